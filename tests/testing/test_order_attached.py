"""Orders that TWS attaches by itself, as the real client asks for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import trio

from tests.testing.trading import (
    AAPL,
    BOND,
    CANCELLED,
    PENDING_SUBMIT,
    Trader,
    limit,
    order,
    trading,
)
from trio_tws import (
    TWS,
    AttachedOrders,
    LimitOrder,
    OrderRejected,
    OrderStatusName,
    Stock,
    evolve,
    open_tws,
)
from trio_tws._model.cancels import CancelOrder
from trio_tws._model.place_order import PlaceOrder
from trio_tws._model.session import NextValidId, ReqIds
from trio_tws.testing import OrderPreset, Simulator, open_simulator

START = datetime(2026, 1, 15, 15, tzinfo=UTC)
BOTH = AttachedOrders(2, "PRESET", 3, "PRESET")
PRESET = OrderPreset(profit_offset=2.0, loss_offset=1.5)


@asynccontextmanager
async def session() -> AsyncIterator[tuple[Simulator, TWS]]:
    async with open_simulator(start=START) as sim:
        async with open_tws(stream=sim.open_stream(), client_id=1) as tws:
            yield sim, tws


async def place(trader: Trader, wanted: AttachedOrders, *, transmit: bool = True) -> None:
    entry = limit("BUY", 100, 200.0, transmit=transmit)
    await trader.say(PlaceOrder(1, AAPL, entry, wanted))


async def test_a_family_is_made_of_one_order(autojump_clock: object) -> None:
    async with session() as (sim, tws):
        sim.desk.preset = PRESET
        aapl = await tws.qualify(Stock("AAPL"))
        quote = sim.market.quote(aapl.con_id, sim.now())
        assert quote is not None
        entry = LimitOrder("BUY", 100, quote.ask, order_ref="mine", tif="GTC")
        trade = await tws.place_order(aapl, entry, attached_orders=BOTH)
        await trade.filled()
        stop, profit = sim.exchange.book.open()
        assert (stop.order_id, stop.order.order_type) == (2, "STP")
        assert stop.order.aux_price == pytest.approx(quote.ask - 1.5)
        assert (profit.order_id, profit.order.order_type) == (3, "LMT")
        assert profit.order.lmt_price == pytest.approx(quote.ask + 2)
        for one in (stop, profit):
            assert (one.order.action, one.total, one.order.parent_id) == ("SELL", Decimal(100), 1)
            assert (one.order.order_ref, one.order.tif) == ("mine", "GTC")
        while not (stop.is_done and profit.is_done):
            assert sim.now() < START.timestamp() + 86400
            await trio.sleep(60)
        assert sorted(one.status for one in (stop, profit)) == ["Cancelled", "Filled"]
        assert sim.books.position(sim.accounts[0], aapl.con_id) == 0


async def test_an_order_whose_preset_is_missing_is_discarded(autojump_clock: object) -> None:
    async with session() as (_, tws):
        aapl = await tws.qualify(Stock("AAPL"))
        trade = await tws.place_order(aapl, LimitOrder("BUY", 1, 1.0), attached_orders=BOTH)
        with pytest.raises(OrderRejected, match="auto-attach Profit Taker") as excinfo:
            await trade.accepted()
        assert excinfo.value.code == 10355


@pytest.mark.parametrize(
    ("wanted", "preset", "what"),
    [
        (BOTH, OrderPreset(profit_offset=1), "Stop Loss"),
        (BOTH, OrderPreset(loss_offset=1), "Profit Taker"),
        (AttachedOrders(2, "PRESET"), OrderPreset(profit_offset=1), "Stop Loss"),
    ],
)
async def test_a_discarded_order_has_been_there(
    wanted: AttachedOrders, preset: OrderPreset, what: str, autojump_clock: object
) -> None:
    async with trading() as trader:
        trader.simulator.desk.preset = preset
        await place(trader, wanted, transmit=False)
        assert trader.errors(1) == [10355, 202]
        assert trader.status(1) is CANCELLED
        assert trader.told(1).perm_id > 0
        assert what in str(trader.heard[0])
        assert await trader.say(ReqIds()) == [NextValidId(2)]


@pytest.mark.parametrize(
    "wanted",
    [
        AttachedOrders(2),
        AttachedOrders(sl_order_type="PRESET"),
        AttachedOrders(2, "STP"),
        AttachedOrders(2, "PRESET", 3),
        AttachedOrders(pt_order_id=3, pt_order_type="LMT"),
    ],
)
async def test_what_cannot_be_read_makes_no_order(
    wanted: AttachedOrders, autojump_clock: object
) -> None:
    async with trading() as trader:
        trader.simulator.desk.preset = PRESET
        await place(trader, wanted)
        assert trader.errors(1) == [320]
        await trader.say(CancelOrder(1))
        assert trader.errors(1) == [320, 10147]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (AttachedOrders(2, "PRESET"), [(2, "STP", 201.5)]),
        (AttachedOrders(pt_order_id=2, pt_order_type="PRESET"), [(2, "LMT", 198.0)]),
    ],
)
async def test_one_can_be_attached_alone(
    wanted: AttachedOrders, found: list[tuple[int, str, float]], autojump_clock: object
) -> None:
    async with trading() as trader:
        trader.simulator.desk.preset = PRESET
        await trader.say(PlaceOrder(1, AAPL, limit("SELL", 100, 200.0, transmit=False), wanted))
        assert trader.status(1) is PENDING_SUBMIT
        children = [one for one in trader.simulator.exchange.book.open() if one.order.parent_id]
        assert found == [
            (one.order_id, one.order.order_type, one.order.aux_price or one.order.lmt_price)
            for one in children
        ]
        assert all(one.is_buy and one.is_parked for one in children)
        # The parent releases what was parked with it.
        order = evolve(limit("SELL", 100, 200.0), transmit=True)
        await trader.place(AAPL, order, 1)
        assert not any(one.is_parked for one in trader.simulator.exchange.book.open())


async def test_what_ends_with_its_order_ends(autojump_clock: object) -> None:
    async with trading() as trader:
        trader.simulator.desk.preset = PRESET
        await trader.say(PlaceOrder(1, AAPL, limit("BUY", 100, 1.0), BOTH))
        await trader.say(CancelOrder(1))
        assert [trader.status(number) for number in (1, 2, 3)] == [CANCELLED] * 3


async def test_an_order_at_the_market_has_the_quote_for_its_price(autojump_clock: object) -> None:
    async with trading() as trader:
        trader.simulator.desk.preset = PRESET
        bid = trader.quote().bid
        wanted = AttachedOrders(2, "PRESET")
        await trader.say(PlaceOrder(1, AAPL, order("SELL", 100), wanted))
        assert trader.status(1) is OrderStatusName.FILLED
        assert trader.open_order(2).order.aux_price == pytest.approx(bid + 1.5)


async def test_ids_of_what_is_attached_are_used_up(autojump_clock: object) -> None:
    async with trading() as trader:
        trader.simulator.desk.preset = PRESET
        await trader.say(PlaceOrder(1, AAPL, limit("BUY", 100, 1.0), BOTH))
        assert await trader.say(ReqIds()) == [NextValidId(4)]
        await trader.say(PlaceOrder(4, AAPL, limit("BUY", 100, 1.0), BOTH))
        assert trader.errors(4) == [103]


async def test_what_can_have_no_stop_can_have_none_attached(autojump_clock: object) -> None:
    async with trading() as trader:
        trader.simulator.desk.preset = PRESET
        wanted = AttachedOrders(2, "PRESET")
        await trader.say(PlaceOrder(1, BOND, limit("BUY", 10, 86.0), wanted))
        assert trader.errors(1) == [387, 202]
