"""The words in which a test says what happens: `at`, `on`, `before`, `after`, and what follows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar, cast, final, overload

import attrs

from trio_tws._model.place_order import PlaceOrder
from trio_tws.testing import _message_acts as message_acts
from trio_tws.testing import _world_acts as world_acts
from trio_tws.testing._farms import Farm
from trio_tws.testing._message_acts import MessageAct
from trio_tws.testing._scenario import Rule
from trio_tws.testing._triggers import After, At, Before, Moment, On
from trio_tws.testing._world_acts import WorldAct

if TYPE_CHECKING:
    from trio_tws.testing._simulator import Simulator

T = TypeVar("T")


class HappensInWorld:
    """What can happen at any time, and with any message.

    All of it takes `after`: the simulated seconds that go by first. What is of no effect, such as
    the halt of what is halted, does not count as fired.
    """

    @abstractmethod
    def _rule(self, act: WorldAct | MessageAct) -> Rule:
        raise NotImplementedError

    def halt(self, symbol: str, *, seconds: float | None = None, after: float = 0.0) -> Rule:
        """Halts all that has the symbol: stock, futures and options, or one local symbol.

        From then on nobody trades it: its quote stays, orders wait, bars leave the time out. Market
        data lines tell it as `TickType.HALTED`.

        Args:
            symbol: A symbol, as "AAPL", or a local symbol.
            seconds: How long; None until `resume`.
            after: See above.
        """
        return self._rule(world_acts.Halt(symbol, seconds=seconds, after=after))

    def resume(self, symbol: str, *, after: float = 0.0) -> Rule:
        """Ends a halt."""
        return self._rule(world_acts.Resume(symbol, after=after))

    def gap(self, symbol: str, percent: float, *, after: float = 0.0) -> Rule:
        """Has the price jump by so many percent, and go on from there; options follow.

        Within a second that has begun nothing changes; the next one opens at the new price. While
        it is halted, the jump shows when that ends.

        Args:
            symbol: A symbol, as "AAPL", or a local symbol.
            percent: How far, of the price of the moment; negative for down.
            after: See above.
        """
        return self._rule(world_acts.Gap(symbol, percent, after=after))

    def lose_connection(self, *, after: float = 0.0) -> Rule:
        """Breaks the connection of the program whose message it is; at a time, of all programs.

        With `on`, the request is taken: TWS acts on it, and the program never hears of that. With
        `before`, the message is lost; with `after`, it arrives.
        """
        return self._rule(world_acts.LoseConnection(after=after))

    def lose_ib(
        self, seconds: float = 60.0, *, keeps_data: bool = True, after: float = 0.0
    ) -> Rule:
        """Has TWS lose IB, 1100, and find it again, 1102; 1101 unless requests for data live on."""
        return self._rule(world_acts.LoseIb(seconds, keeps_data=keeps_data, after=after))

    def lose_farm(self, farm: Farm, *, seconds: float | None = None, after: float = 0.0) -> Rule:
        """Has TWS lose a farm of data; None for good."""
        return self._rule(world_acts.LoseFarm(farm, seconds=seconds, after=after))

    def compete(self, *, seconds: float | None = None, after: float = 0.0) -> Rule:
        """Has somebody use the login's market data elsewhere: 10197, and none here meanwhile.

        Args:
            seconds: How long; None for good.
            after: See above.
        """
        return self._rule(world_acts.Compete(seconds=seconds, after=after))

    def restart(self, seconds: float = 30.0, *, after: float = 0.0) -> Rule:
        """Ends TWS, and starts it again so many seconds later; no connection lives through it."""
        return self._rule(world_acts.Restart(seconds, after=after))

    def do(self, act: Callable[[Simulator], object], *, after: float = 0.0) -> Rule:
        """Calls a function of the test with the simulator, for all that has no word here.

        What it raises comes out of `open_simulator` as the cause of a `ScenarioError`.
        """
        return self._rule(world_acts.Do(act, after=after))


class HappensToMessages(HappensInWorld):
    """What can happen to messages of either direction, too."""

    def drop(self) -> Rule:
        """Loses it."""
        return self._rule(message_acts.Drop())

    def delay(self, seconds: float) -> Rule:
        """Holds it back for so many simulated seconds; other messages overtake it."""
        return self._rule(message_acts.Delay(seconds))

    def duplicate(self, times: int = 2) -> Rule:
        """Has it come so many times."""
        return self._rule(message_acts.Duplicate(times))

    def reorder(self, *, within: float = 0.1) -> Rule:
        """Has those change places that come within so many simulated seconds of the first.

        They are held back until then, and go on in an order drawn from the scenario's seed, which
        is another one than they came in.
        """
        return self._rule(message_acts.Reorder(within))


@final
@attrs.frozen
class AtMoment(HappensInWorld):
    """What happens at a time; made by `at`."""

    _at: At

    def _rule(self, act: WorldAct | MessageAct) -> Rule:
        return Rule(self._at, act)


@attrs.frozen
class OnRequest(HappensToMessages):
    """What happens when a program sends something; made by `on`."""

    _on: On

    def _rule(self, act: WorldAct | MessageAct) -> Rule:
        return Rule(self._on, act)

    def reject(self, code: int, words: str) -> Rule:
        """Refuses it with an error, under its own id; TWS does not look at it."""
        return self._rule(message_acts.Reject(code, words))

    def answer(self, *messages: object) -> Rule:
        """Answers it with messages, in place of the simulated TWS.

        A `req_id` in them is replaced by that of the request.
        """
        return self._rule(message_acts.Answer(messages))


@final
@attrs.frozen
class OnOrder(OnRequest):
    """What happens when a program places an order, or changes one; made by ``on(PlaceOrder)``.

    What happens to the order has no effect, and does not count as fired, where TWS has not taken
    it, or it is done. TWS takes it when it has heard it, plus the latency of the simulator: with
    one, use `after`.
    """

    def fill(
        self,
        quantity: Decimal | float | str,
        price: float | None = None,
        *,
        after: float = 0.0,
    ) -> Rule:
        """Fills some of the order, whatever the market is, if it is working.

        Args:
            quantity: How much; no more than is left of it.
            price: The price; None for its limit, or the middle of the market.
            after: Simulated seconds that go by first.
        """
        return self._rule(world_acts.Fill(Decimal(str(quantity)), price, after=after))

    def cancel(self, *, after: float = 0.0) -> Rule:
        """Cancels what is left of it, as an exchange does by itself."""
        return self._rule(world_acts.Cancel(after=after))

    def correct(
        self,
        *,
        price: float | None = None,
        shares: Decimal | float | str | None = None,
        after: float = 0.0,
    ) -> Rule:
        """Corrects the last fill of it, as exchanges do; with 0 shares it is taken back.

        Args:
            price: The price that is right; None for the one that was told.
            shares: The size that is right; None for the one that was told.
            after: Simulated seconds that go by first.
        """
        right = None if shares is None else Decimal(str(shares))
        return self._rule(world_acts.Correct(price=price, shares=right, after=after))


@final
@attrs.frozen
class BeforeMessage(HappensToMessages):
    """What happens when TWS is about to send something; made by `before`."""

    _before: Before

    def _rule(self, act: WorldAct | MessageAct) -> Rule:
        return Rule(self._before, act)


@final
@attrs.frozen
class AfterMessage(HappensInWorld):
    """What happens when TWS has sent something; made by `after`."""

    _after: After

    def _rule(self, act: WorldAct | MessageAct) -> Rule:
        return Rule(self._after, act)


def at(moment: Moment) -> AtMoment:
    """Says when something happens, once: ``at("10:00").halt("AAPL")``.

    It comes before everything else that happens at that moment.

    Args:
        moment: A time of day, as "10:00" or a `datetime.time`, by the clock of the simulated TWS,
            the next time that it shows it; an aware `datetime.datetime`; or the simulated seconds
            from when the rule is added to what is played, which for 0 is at once.

    Raises:
        ValueError: It is none of these.
    """
    return AtMoment(At(moment))


@overload
def on(
    message: type[PlaceOrder],
    /,
    *,
    where: Callable[[PlaceOrder], bool] | None = None,
    nth: int | None = None,
    client_id: int | None = None,
) -> OnOrder: ...


@overload
def on(
    message: type[T],
    /,
    *more: type[T],
    where: Callable[[T], bool] | None = None,
    nth: int | None = None,
    client_id: int | None = None,
) -> OnRequest: ...


def on(
    message: type[T],
    /,
    *more: type[T],
    where: Callable[[T], bool] | None = None,
    nth: int | None = None,
    client_id: int | None = None,
) -> OnRequest:
    """Says that something happens when a program sends a message: ``on(PlaceOrder).reject(…)``.

    Args:
        message: The class of the message.
        *more: Other classes that count as well.
        where: Which of them count; all, if nothing is said.
        nth: Only the one with this number, from 1, among those that count; None for each.
        client_id: Only those of one program.

    Raises:
        ValueError: TWS sends this, and no program; or a number is below its range.
        TypeError: This is no message.
    """
    trigger = On((message, *more), where=_wide(where), nth=nth, client_id=client_id)
    return OnOrder(trigger) if trigger.kinds == (PlaceOrder,) else OnRequest(trigger)


def before(
    message: type[T],
    /,
    *more: type[T],
    where: Callable[[T], bool] | None = None,
    nth: int | None = None,
    client_id: int | None = None,
) -> BeforeMessage:
    """Says that something happens when TWS is about to send a message to a program.

    ``before(ExecutionData).delay(5)``. For the arguments see `on`.
    """
    return BeforeMessage(Before((message, *more), where=_wide(where), nth=nth, client_id=client_id))


def after(
    message: type[T],
    /,
    *more: type[T],
    where: Callable[[T], bool] | None = None,
    nth: int | None = None,
    client_id: int | None = None,
) -> AfterMessage:
    """Says that something happens when TWS has sent a message to a program.

    ``after(ExecutionData, nth=1).lose_connection()``. For the arguments see `on`.
    """
    return AfterMessage(After((message, *more), where=_wide(where), nth=nth, client_id=client_id))


def _wide(where: Callable[[T], bool] | None) -> Callable[[object], bool] | None:
    """Takes it as a test of anything: it is shown only what it is for."""
    return cast("Callable[[object], bool] | None", where)
