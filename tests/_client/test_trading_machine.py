"""Random trading through the simulated TWS, held against a plain model after each step.

Orders of a program and of a person are placed, filled in parts, changed, cancelled, refused and
corrected, while TWS repeats itself, tells things in any order, and is late with what they cost.
"""

from collections import defaultdict
from decimal import Decimal
from math import ceil
from typing import Final

import attrs
import pytest
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from tests._client.order_trials import START
from tests._client.trading_model import PlainOrder
from trio_tws import (
    TWS,
    Action,
    Contract,
    LimitOrder,
    LocalProtocolError,
    MarketOrder,
    ModifyRefused,
    Order,
    Stock,
    Trade,
    TradePhase,
    open_tws,
)
from trio_tws.testing import OrderFaults, Simulator, open_simulator
from trio_tws.testing._order_booked import BookedOrder

pytestmark = pytest.mark.no_cover

CONTRACTS: Final = (Stock("AAPL", con_id=265598), Stock("IBM", con_id=8314))
ACCOUNT: Final = "DU1234567"
SIDES: Final[tuple[Action, ...]] = ("BUY", "SELL")
FAR: Final = {"BUY": 1.0, "SELL": 1_000.0}
"""Limits that the market does not come to."""

BAD_PRICE: Final = 1.00001
SOON: Final = 1e-3
HALF: Final = 0.5
"""Steps are taken half a second from the moments at which the market moves."""

LATE: Final = 5.0
"""Seconds after which all that TWS is late with has been told."""


# What can be done .................................................................................


@attrs.frozen
class Place:
    """A new order: one that rests, one for the market, one at its price, one that is refused."""

    kind: str
    side: Action
    quantity: int
    contract: int
    by_hand: bool = False


@attrs.frozen
class Fill:
    """Somebody trades with an order that rests."""

    which: int
    share: float
    price: float


@attrs.frozen
class Change:
    """A change of size and price; the price can be one that TWS refuses."""

    which: int
    total: int
    is_bad: bool


@attrs.frozen
class Cancel:
    """A cancel by the program, or by a person at TWS."""

    which: int
    by_hand: bool


@attrs.frozen
class Correct:
    """A correction of a fill; with a share of 0 it is taken back."""

    which: int
    share: float
    price: float


@attrs.frozen
class Wait:
    """Seconds go by."""

    seconds: int


@attrs.frozen
class Preview:
    """A question that changes nothing."""

    quantity: int


@attrs.frozen
class Ask:
    """A list of TWS, which tells again what is known already."""

    what: str


Step = Place | Fill | Change | Cancel | Correct | Wait | Preview | Ask

_index = st.integers(0, 7)
_share = st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])
_price = st.integers(100, 200_00).map(lambda cents: cents / 100)
_quantity = st.integers(1, 1_500)

STEPS: Final = st.one_of(
    st.builds(
        Place,
        st.sampled_from(["rests", "rests", "market", "near", "refused"]),
        st.sampled_from(SIDES),
        _quantity,
        st.integers(0, 1),
        st.sampled_from([False, False, False, True]),
    ),
    st.builds(Fill, _index, _share, _price),
    st.builds(Change, _index, _quantity, st.sampled_from([False, False, True])),
    st.builds(Cancel, _index, st.sampled_from([False, False, True])),
    st.builds(Correct, _index, _share, _price),
    st.builds(Wait, st.integers(1, 3)),
    st.builds(Preview, _quantity),
    st.builds(Ask, st.sampled_from(["executions", "open", "all", "completed"])),
)

FAULTS: Final = st.builds(
    OrderFaults,
    repeats_status=st.booleans(),
    shuffle_seed=st.none() | st.integers(0, 99),
    commission_delay=st.sampled_from([0.0, 0.7, 2.3]),
    acknowledge_delay=st.sampled_from([None, None, 0.2]),
    cancel_delay=st.sampled_from([0.0, 0.3]),
)


# The machine ......................................................................................


@attrs.define
class Machine:
    """Does each step to the simulated TWS and to the model, and compares."""

    tws: TWS
    simulator: Simulator
    orders: dict[Trade, PlainOrder] = attrs.field(factory=dict[Trade, PlainOrder])
    seen: int = 0
    """How many deals the model has taken."""

    async def run(self, steps: list[Step]) -> None:
        for step in steps:
            await self.do(step)
            await self.settle()
            await self.compare()
        await trio.sleep(LATE)
        await self.settle()
        await self.compare()
        for trade, order in self.orders.items():
            if order.is_done and not order.is_rejected:
                with trio.fail_after(LATE):
                    assert (await trade.settled()) is trade.state

    async def do(self, step: Step) -> None:
        match step:
            case Place(by_hand=True):
                await self._place_by_hand(step)
            case Place():
                await self._place(step)
            case Fill():
                self._fill(step)
            case Change():
                await self._change(step)
            case Cancel():
                await self._cancel(step)
            case Correct():
                self._correct(step)
            case Wait():
                await trio.sleep(step.seconds)
            case Preview():
                order = LimitOrder("BUY", step.quantity, 1.0)
                assert (await self.tws.what_if(CONTRACTS[0], order)).commission is not None
            case Ask():
                await self._ask(step.what)

    # The steps ....................................................................................

    def _order(self, step: Place) -> tuple[Contract, Order]:
        contract, quantity = CONTRACTS[step.contract], step.quantity
        if step.kind == "market":
            return contract, MarketOrder(step.side, quantity)
        price = FAR[step.side]
        if step.kind == "near":
            quote = self.simulator.market.quote(contract.con_id, self.simulator.now())
            assert quote is not None
            price = quote.bid if step.side == "BUY" else quote.ask
        elif step.kind == "refused":
            price = BAD_PRICE
        return contract, LimitOrder(step.side, quantity, price)

    async def _place(self, step: Place) -> None:
        contract, order = self._order(step)
        trade = await self.tws.place_order(contract, order)
        assert trade.phase is TradePhase.SENT
        delay = self.simulator.exchange.faults.acknowledge_delay or 0.0
        plain = PlainOrder(Decimal(step.quantity), self.now() + delay)
        plain.is_rejected = step.kind == "refused"
        self.orders[trade] = plain

    async def _place_by_hand(self, step: Place) -> None:
        contract, order = self._order(step)
        if step.kind == "refused":
            with pytest.raises(ValueError, match="110"):
                self.simulator.exchange.place_manually(contract, order)
            return
        perm_id = self.simulator.exchange.place_manually(contract, order)
        placed_at = self.now()
        await trio.testing.wait_all_tasks_blocked()
        trade = self._by_perm()[perm_id]
        assert trade not in self.orders
        assert not trade.state.is_ours
        self.orders[trade] = PlainOrder(Decimal(step.quantity), placed_at)
        await trio.sleep(1)  # one that TWS has not taken note of can't be told from one that it has

    def _by_perm(self) -> dict[int, Trade]:
        session = self.tws._session
        return {
            record.perm_id: self.tws._trade(record)
            for record in session.orders.book
            if record.perm_id
        }

    def _pick(self, which: int, *, alive: bool = True) -> tuple[Trade, PlainOrder] | None:
        found = [(t, o) for t, o in self.orders.items() if not (alive and o.is_done)]
        return found[which % len(found)] if found else None

    def _booked(self, trade: Trade) -> BookedOrder | None:
        by_perm = {booked.perm_id: booked for booked in self.simulator.exchange.book}
        if trade.perm_id:
            return by_perm[trade.perm_id]
        return self.simulator.exchange.book.find(0, trade.order_id or 0)

    def _fill(self, step: Fill) -> None:
        picked = self._pick(step.which)
        if picked is None:
            return
        booked = self._booked(picked[0])
        if booked is None or not booked.is_at_work or not step.share:
            return
        quantity = Decimal(ceil(float(booked.remaining) * step.share))
        exchange = self.simulator.exchange
        exchange._pit._fill(booked, quantity, step.price, adds=True)
        exchange._finish()

    async def _change(self, step: Change) -> None:
        picked = self._pick(step.which, alive=False)
        if picked is None:
            return
        trade, plain = picked
        price = BAD_PRICE if step.is_bad else FAR[trade.order.action]
        total = Decimal(step.total)
        if total == plain.filled or trade.order.order_type != "LMT":
            return
        is_wrong = step.is_bad or total < plain.filled
        is_wrong |= plain.phase(self.now()) is not TradePhase.WORKING
        if plain.is_done:
            with pytest.raises(LocalProtocolError):
                await trade.modify(total_quantity=total, lmt_price=price)
        elif is_wrong:
            with pytest.raises(ModifyRefused):
                await trade.modify(total_quantity=total, lmt_price=price)
        else:
            state = await trade.modify(total_quantity=total, lmt_price=price)
            assert state.order.total_quantity == total
            assert state.order.lmt_price == price
            plain.total = total

    async def _cancel(self, step: Cancel) -> None:
        picked = self._pick(step.which)
        if picked is None:
            return
        trade, plain = picked
        booked = self._booked(trade)
        if step.by_hand:
            if booked is not None:
                self.simulator.exchange.cancel_manually(booked.perm_id)
                plain.is_cancelled = True
                plain.cancel(self.now())
            return
        delay = self.simulator.exchange.faults.cancel_delay
        is_heard = plain.phase(self.now()) is not TradePhase.SENT
        await trade.request_cancel()
        plain.cancel(self.now() + (delay if is_heard else 0.0))

    def _correct(self, step: Correct) -> None:
        exchange = self.simulator.exchange
        deals = exchange.log.current()
        if not deals:
            return
        deal = deals[step.which % len(deals)]
        shares = Decimal(int(float(abs(deal.quantity)) * step.share))
        if not shares and step.share:
            return
        if shares:
            exchange.correct(deal.exec_id, price=step.price, shares=shares)
        else:
            exchange.bust(deal.exec_id)

    async def _ask(self, what: str) -> None:
        await trio.sleep(1)  # lists tell of what TWS has not taken note of
        await self.settle()
        alive = {trade for trade, plain in self.orders.items() if not plain.is_done}
        if what == "executions":
            known = {one for plain in self.orders.values() for one in plain.told}
            for plain in self.orders.values():
                plain.tell_costs(self.now())
            found = await self.tws.executions()
            told = {(f.execution.exec_id, f.execution.shares, f.execution.price) for f in found}
            assert told == known
            assert len(found) == len(known)
        elif what == "open":
            assert set(await self.tws.open_orders()) == alive
        elif what == "all":
            assert set(await self.tws.all_open_orders()) == alive
        else:
            done = {t for t, o in self.orders.items() if o.is_done and not o.is_rejected}
            assert done <= set(await self.tws.completed_orders())

    # Between steps ................................................................................

    async def settle(self) -> None:
        """Waits until all has arrived, at a whole second, and has the model take what happened."""
        await trio.testing.wait_all_tasks_blocked()
        late = (HALF - trio.current_time()) % 1
        if late > SOON:
            await trio.sleep(late)
            await trio.testing.wait_all_tasks_blocked()
        by_perm = {trade.perm_id: plain for trade, plain in self.orders.items()}
        delay = self.simulator.exchange.faults.commission_delay
        for deal in list(self.simulator.exchange.log)[self.seen :]:
            self.seen += 1
            plain = by_perm[deal.booked.perm_id]
            plain.pass_time(deal.time)
            plain.take(deal, delay)
        for plain in self.orders.values():
            plain.pass_time(self.now())

    def now(self) -> float:
        return self.simulator.now() + SOON

    async def compare(self) -> None:
        """Holds each order and each position against the model and the books of TWS."""
        positions = await self.tws.positions()  # time passes where that waits for its turn
        await self.settle()
        for trade, plain in self.orders.items():
            self._compare_order(trade, plain)
        alive = {trade for trade, plain in self.orders.items() if not plain.is_done}
        assert set(self.tws.trades) == alive
        held = defaultdict[int, Decimal](Decimal)
        for plain in self.orders.values():
            for fill in plain.fills.values():
                held[fill.con_id] += fill.signed
        told = {one.contract.con_id: one.quantity for one in positions}
        assert told == {con_id: quantity for con_id, quantity in held.items() if quantity}
        for con_id, quantity in held.items():
            assert self.simulator.books.position(ACCOUNT, con_id) == quantity

    def _compare_order(self, trade: Trade, plain: PlainOrder) -> None:
        state, booked = trade.state, self._booked(trade)
        assert state.phase is plain.phase(self.now()), trade
        assert (state.rejection is not None) == plain.is_rejected
        compare_fills(trade, plain, self.now())
        assert state.remaining == plain.remaining, trade
        if booked is None:
            assert plain.is_rejected
            return
        assert (state.filled, state.remaining) == (booked.filled, booked.remaining), trade
        assert state.order.total_quantity == booked.total == plain.total, trade
        assert state.is_done == booked.is_done
        if state.phase is not TradePhase.SENT:
            assert state.perm_id == booked.perm_id
            if self.simulator.exchange.faults.shuffle_seed is None:  # else it may be an older one
                assert state.status == booked.status, trade


def compare_fills(trade: Trade, plain: PlainOrder, now: float) -> None:
    state = trade.state
    assert state.filled == plain.filled, trade
    assert state.average_price == pytest.approx(plain.average_price), trade
    assert sum(state.commissions.values(), Decimal(0)) == plain.commissions(now), trade
    told = {(f.execution.exec_id, f.execution.shares, f.execution.price) for f in state.fills}
    assert told == plain.told, trade


async def trade_and_compare(steps: list[Step], faults: OrderFaults, version: int) -> None:
    async with open_simulator(
        server_version=version, start=START, order_faults=faults, cash=Decimal(10**10)
    ) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            await tws.auto_open_orders()
            await trio.sleep(HALF)
            # An error about order -1 can't be told from one about nothing: that number is used up.
            exchange = simulator.exchange
            exchange.cancel_manually(exchange.place_manually(CONTRACTS[0], LimitOrder("BUY", 1, 1)))
            machine = Machine(tws, simulator)
            await machine.run(steps)
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            await compare_after_restart(tws, machine)


async def compare_after_restart(tws: TWS, machine: Machine) -> None:
    """Holds what a new session finds out against the model."""
    await tws.open_orders()
    await tws.executions()
    await tws.completed_orders()
    found = {record.perm_id: tws._trade(record) for record in tws._session.orders.book}
    for before, plain in machine.orders.items():
        if plain.is_rejected:
            continue
        trade = found.pop(before.perm_id)
        assert trade.phase is plain.phase(machine.now()), trade
        assert trade.state.remaining == plain.remaining, trade
        compare_fills(trade, plain, machine.now())
    assert len(found) == 1  # the first one


@pytest.mark.slow
@settings(max_examples=25)
@given(st.lists(STEPS, min_size=10, max_size=30), FAULTS, st.sampled_from([176, 226]))
def test_random_trading_is_told_as_it_happens(
    steps: list[Step], faults: OrderFaults, version: int
) -> None:
    clock = trio.testing.MockClock(autojump_threshold=0)
    trio.run(trade_and_compare, steps, faults, version, clock=clock)


@pytest.mark.wide
@settings(max_examples=100)
@given(st.lists(STEPS, min_size=10, max_size=60), FAULTS, st.sampled_from([150, 176, 203, 226]))
def test_much_random_trading_is_told_as_it_happens(
    steps: list[Step], faults: OrderFaults, version: int
) -> None:
    clock = trio.testing.MockClock(autojump_threshold=0)
    trio.run(trade_and_compare, steps, faults, version, clock=clock)
