"""What a scenario can have happen in the world: to the market, the connections, and orders."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, final

import attrs
from attrs.validators import ge, gt, optional

from trio_tws._model.place_order import PlaceOrder
from trio_tws.testing._farms import Farm
from trio_tws.testing._market_events import EventfulPath, jump, named
from trio_tws.testing._scene import Scene

if TYPE_CHECKING:
    from trio_tws.testing._instrument import Instrument
    from trio_tws.testing._order_booked import BookedOrder
    from trio_tws.testing._simulator import Simulator


@attrs.frozen
class WorldAct:
    """What all acts have: the time that goes by before they happen."""

    after: float = attrs.field(default=0.0, validator=ge(0), kw_only=True)

    @property
    def is_behind(self) -> bool:
        """Whether it needs what a request has done; orders do."""
        return False

    def check(self, simulator: Simulator) -> None:
        """Raises ValueError if it can't happen in a simulator."""

    def do(self, scene: Scene) -> bool:
        """Does it; tells whether that had an effect."""
        raise NotImplementedError


# The market .......................................................................................


@attrs.frozen
class _OfSymbol(WorldAct):
    symbol: str = attrs.field(kw_only=False)

    def check(self, simulator: Simulator) -> None:
        """Looks the symbol up."""
        named(simulator.market, self.symbol)


@final
@attrs.frozen
class Halt(_OfSymbol):
    """Nobody trades what has the symbol, options on it included."""

    seconds: float | None = attrs.field(default=None, validator=optional(gt(0)), kw_only=True)

    def do(self, scene: Scene) -> bool:
        """Halts what is not halted yet."""
        simulator = scene.simulator
        market, now = simulator.market, simulator.now()
        halted = [
            market.path(one.con_id)
            for one in named(market, self.symbol)
            if market.path(one.con_id).halt(now)
        ]
        if halted and self.seconds is not None:
            for path in halted:
                scene.later(self.seconds, partial(_resume, simulator, path))
        return bool(halted)


@final
@attrs.frozen
class Resume(_OfSymbol):
    """It is traded again."""

    def do(self, scene: Scene) -> bool:
        """Ends the halt."""
        market, now = scene.simulator.market, scene.simulator.now()
        resumed = [market.path(one.con_id).resume(now) for one in named(market, self.symbol)]
        return any(resumed)


@final
@attrs.frozen
class Gap(_OfSymbol):
    """The price jumps, and goes on from there."""

    percent: float = attrs.field(kw_only=False)

    def check(self, simulator: Simulator) -> None:
        """Looks for something whose price is its own."""
        if not self._found(simulator):
            raise ValueError(f"{self.symbol!r} is an option, whose price follows another")

    def _found(self, simulator: Simulator) -> list[Instrument]:
        return [one for one in named(simulator.market, self.symbol) if one.sec_type != "OPT"]

    def do(self, scene: Scene) -> bool:
        """Moves all prices from the next second on."""
        simulator = scene.simulator
        for one in self._found(simulator):
            jump(simulator.market, one, simulator.now(), self.percent)
        return True


# Connections ......................................................................................


@final
@attrs.frozen
class LoseConnection(WorldAct):
    """The connection breaks: that of the program whose message it was, else all."""

    def do(self, scene: Scene) -> bool:
        """Cuts it; what is not written yet is lost, but for a message that has been said."""
        passing = scene.passing
        concerned = scene.simulator.clients if passing is None else [passing.client]
        clients = [client for client in concerned if not client.has_left]
        for client in clients:
            if passing is not None and passing.is_said and not self.after:
                client.hang_up_when_written()
            else:
                client.hang_up()
        return bool(clients)


@final
@attrs.frozen
class LoseIb(WorldAct):
    """IB is out of reach for a time."""

    seconds: float = attrs.field(default=60.0, validator=gt(0), kw_only=False)
    keeps_data: bool = attrs.field(default=True, kw_only=True)

    def do(self, scene: Scene) -> bool:
        """Loses it, and has it back later."""
        network = scene.simulator.network
        network.lose()
        scene.later(self.seconds, partial(network.restore, keeps_data=self.keeps_data))
        return True


@final
@attrs.frozen
class LoseFarm(WorldAct):
    """A farm of IB is out of reach, for a time or for good."""

    farm: Farm = attrs.field(kw_only=False)
    seconds: float | None = attrs.field(default=None, validator=optional(gt(0)), kw_only=True)

    def do(self, scene: Scene) -> bool:
        """Breaks it, and mends it later."""
        network = scene.simulator.network
        network.break_farm(self.farm)
        if self.seconds is not None:
            scene.later(self.seconds, partial(network.mend_farm, self.farm))
        return True


@final
@attrs.frozen
class Compete(WorldAct):
    """Somebody uses the login's market data elsewhere, for a time or for good."""

    seconds: float | None = attrs.field(default=None, validator=optional(gt(0)), kw_only=True)

    def do(self, scene: Scene) -> bool:
        """Takes the data away, and gives it back later."""
        network = scene.simulator.network
        if network.is_competing:
            return False
        network.compete()
        if self.seconds is not None:
            scene.later(self.seconds, partial(network.compete, is_competing=False))
        return True


@final
@attrs.frozen
class Restart(WorldAct):
    """TWS ends and starts again."""

    seconds: float = attrs.field(default=30.0, validator=gt(0), kw_only=False)

    def do(self, scene: Scene) -> bool:
        """Has it restart."""
        scene.simulator.start_soon(partial(scene.simulator.restart, self.seconds))
        return True


@final
@attrs.frozen
class Do(WorldAct):
    """Whatever a function of the test does to the simulator."""

    act: Callable[[Simulator], object] = attrs.field(kw_only=False)

    def do(self, scene: Scene) -> bool:
        """Calls it."""
        self.act(scene.simulator)
        return True


# Orders ...........................................................................................


@attrs.frozen
class _OfOrder(WorldAct):
    """Something that happens to the order that was placed."""

    @property
    def is_behind(self) -> bool:
        """The order has to be there."""
        return True

    def found(self, scene: Scene) -> BookedOrder | None:
        """Gives the order; None if TWS has not taken it."""
        passing = scene.passing
        if passing is None or not isinstance(passing.message, PlaceOrder):
            return None
        client_id, order_id = passing.client.client_id or 0, passing.message.order_id
        return scene.simulator.exchange.book.find(client_id, order_id)


@final
@attrs.frozen
class Fill(_OfOrder):
    """Some of it is filled."""

    quantity: Decimal = attrs.field(validator=gt(Decimal(0)), kw_only=False)
    price: float | None = attrs.field(default=None, kw_only=False)

    def do(self, scene: Scene) -> bool:
        """Fills it, if it works."""
        booked = self.found(scene)
        fill = scene.simulator.exchange.fill
        return booked is not None and fill(booked, self.quantity, self.price)


@final
@attrs.frozen
class Cancel(_OfOrder):
    """The exchange cancels what is left of it."""

    def do(self, scene: Scene) -> bool:
        """Cancels it, if it is not done."""
        booked = self.found(scene)
        return booked is not None and scene.simulator.exchange.end(booked)


@final
@attrs.frozen
class Correct(_OfOrder):
    """The exchange corrects the last fill of it."""

    price: float | None = attrs.field(default=None, kw_only=True)
    shares: Decimal | None = attrs.field(default=None, kw_only=True)

    def do(self, scene: Scene) -> bool:
        """Corrects it, if there is one."""
        exchange, booked = scene.simulator.exchange, self.found(scene)
        deals = [deal for deal in exchange.log.current() if deal.booked is booked]
        if not deals:
            return False
        exchange.correct(deals[-1].exec_id, price=self.price, shares=self.shares)
        return True


def _resume(simulator: Simulator, path: EventfulPath) -> None:
    path.resume(simulator.now())
