"""What brings an order to the market, beyond what is tested with the exchange."""

from datetime import UTC, datetime
from decimal import Decimal
from math import inf

import attrs
import pytest
import trio

from tests.testing.trading import (
    AAPL,
    EURUSD,
    FILLED,
    MSFT,
    PRE_SUBMITTED,
    STRADDLE,
    SUBMITTED,
    order,
    trading,
)
from trio_tws import MarketOrder, Order, Stock, open_tws
from trio_tws._enums import SecType
from trio_tws._model.conditions import ExecutionCondition
from trio_tws._wire import evolve
from trio_tws.testing import INSTRUMENTS, open_simulator


async def test_a_touched_order_waits_for_a_better_price(autojump_clock: object) -> None:
    async with trading() as trader:
        bid = trader.quote().bid
        far = await trader.place(AAPL, order("BUY", 100, "MIT", aux_price=round(bid - 50, 2)))
        near = await trader.place(AAPL, order("BUY", 100, "MIT", aux_price=round(bid + 50, 2)))
        assert (trader.status(far), trader.status(near)) == (PRE_SUBMITTED, FILLED)
        wanted = order("SELL", 100, "LIT", aux_price=1.0, lmt_price=round(bid + 50, 2))
        assert trader.status(await trader.place(AAPL, wanted)) is SUBMITTED


async def test_a_trailing_limit_order_keeps_its_distance(autojump_clock: object) -> None:
    async with trading() as trader:
        stop = round(trader.quote().bid - 2, 2)
        wanted = order(
            "SELL",
            100,
            "TRAIL LIMIT",
            aux_price=2.0,
            trail_stop_price=stop,
            lmt_price=round(stop - 0.5, 2),
        )
        number = await trader.place(AAPL, wanted)
        told = trader.open_order(number).order
        assert told.lmt_price == pytest.approx((told.trail_stop_price or 0) - 0.5)
        buy = await trader.place(AAPL, evolve(wanted, action="BUY", trail_stop_price=None))
        told = trader.open_order(buy).order
        assert told.lmt_price == told.trail_stop_price


@pytest.mark.parametrize("version", [176, 226])
async def test_a_touch_can_follow_the_price_as_it_goes_away(
    version: int, autojump_clock: object
) -> None:
    start = datetime(2026, 1, 15, 15, tzinfo=UTC)
    async with open_simulator(server_version=version, start=start) as sim:
        async with open_tws(stream=sim.open_stream(), client_id=1) as tws:
            aapl = await tws.qualify(Stock("AAPL"))
            began = sim.market.price(aapl.con_id, sim.now())
            buys, sells = [
                await tws.place_order(
                    aapl,
                    Order(
                        action=action,
                        total_quantity=Decimal(10),
                        order_type=kind,
                        aux_price=0.4,
                        lmt_price_offset=offset,
                        tif="GTC",
                    ),
                )
                for action, kind, offset in (("BUY", "TRAIL MIT", None), ("SELL", "TRAIL LIT", 0.1))
            ]
            await buys.accepted()
            await sells.accepted()
            assert (buys.order.trail_stop_price or 0) == pytest.approx(began - 0.4, abs=0.03)
            assert (sells.order.trail_stop_price or 0) == pytest.approx(began + 0.4, abs=0.03)
            stop = sells.order.trail_stop_price or 0
            assert sells.order.lmt_price == pytest.approx(stop - 0.1)
            bought, sold = await buys.filled(), await sells.filled()
            # Each stop has come nearer, if at all, and was met there.
            assert (buys.order.trail_stop_price or 0) >= round(began - 0.43, 2)
            assert (bought.average_price or 0) <= (buys.order.trail_stop_price or 0) + 0.1
            assert (sold.average_price or 0) >= (sells.order.lmt_price or 0)


async def test_a_combination_can_trail(autojump_clock: object) -> None:
    async with trading() as trader:
        wanted = order("SELL", 1, "TRAIL LIMIT", aux_price=900.0, lmt_price_offset=0.1)
        assert trader.status(await trader.place(STRADDLE, wanted)) is PRE_SUBMITTED


async def test_a_stop_is_adjusted_when_the_market_has_gone_its_way(autojump_clock: object) -> None:
    async with trading() as trader:
        bid = trader.quote().bid
        wanted = order(
            "SELL",
            100,
            "STP",
            aux_price=round(bid - 9, 2),
            adjusted_order_type="TRAIL",
            trigger_price=1.0,
            adjusted_stop_price=round(bid - 5, 2),
            adjusted_trailing_amount=5.0,
        )
        number = await trader.place(AAPL, wanted)
        waiting = await trader.place(AAPL, evolve(wanted, trigger_price=round(bid + 90, 2)))
        trader.simulator.exchange.bind(trader.simulator.exchange.book.open()[0])
        open_orders = trader.simulator.exchange.book.open()
        assert [one.order.order_type for one in open_orders] == ["TRAIL", "STP"]
        assert open_orders[0].stop == pytest.approx(bid - 5, abs=0.05)
        assert trader.status(number) is trader.status(waiting) is PRE_SUBMITTED


async def test_an_execution_releases_an_order(autojump_clock: object) -> None:
    async with trading() as trader:
        traded = ExecutionCondition("MSFT", SecType.STOCK, "SMART")
        number = await trader.place(AAPL, order("BUY", 100, conditions=(traded,)))
        await trader.news(2)
        assert trader.status(number) is PRE_SUBMITTED
        await trader.place(MSFT, order("BUY", 100))
        await trader.news(2)
        assert trader.status(number) is FILLED


async def test_a_pair_is_triggered_by_its_quotes(autojump_clock: object) -> None:
    async with trading() as trader:
        bid = trader.quote(EURUSD).bid
        wanted = order("BUY", 20_000, "STP", aux_price=round(bid - 0.1, 5))
        assert trader.status(await trader.place(EURUSD, wanted)) is FILLED


async def test_a_stop_that_is_moved_waits_again(autojump_clock: object) -> None:
    async with trading() as trader:
        bid = trader.quote().bid
        wanted = order("SELL", 100, "STP LMT", aux_price=900.0, lmt_price=round(bid + 9, 2))
        number = await trader.place(AAPL, wanted)
        assert trader.status(number) is SUBMITTED
        await trader.place(AAPL, evolve(wanted, lmt_price=round(bid + 8, 2)), number)
        assert trader.status(number) is SUBMITTED
        await trader.place(AAPL, evolve(wanted, aux_price=1.0), number)
        assert trader.status(number) is PRE_SUBMITTED


# Short sales ......................................................................................

RARE = tuple(
    attrs.evolve(one, locate_seconds=30.0 if one.symbol == "AAPL" else inf) for one in INSTRUMENTS
)


@pytest.mark.parametrize("version", [176, 226])
async def test_shares_are_looked_for_before_they_are_sold_short(
    version: int, autojump_clock: object
) -> None:
    async with open_simulator(server_version=version, instruments=RARE) as sim:
        async with open_tws(stream=sim.open_stream(), client_id=1) as tws:
            trade = await tws.place_order(await tws.qualify(Stock("AAPL")), MarketOrder("SELL", 10))
            state = await trade.accepted()
            while not state.warnings:
                await trio.sleep(0.1)
                state = trade.state
            began = sim.now()
            assert state.why_held == "locate"
            assert state.status is PRE_SUBMITTED
            assert [notice.code for notice in state.warnings] == [404]
            await trade.filled()
            assert sim.now() - began == pytest.approx(30, abs=1)


async def test_what_is_held_need_not_be_located(autojump_clock: object) -> None:
    async with trading(instruments=RARE) as trader:
        await trader.place(AAPL, order("BUY", 100))
        wanted = order("SELL", 60, "STP", aux_price=1.0)
        held = await trader.place(AAPL, wanted)
        assert trader.told(held).why_held == "trigger"
        short = await trader.place(AAPL, order("SELL", 101, "STP", aux_price=900.0))
        assert trader.told(short).why_held == "locate,trigger"
        await trader.place(AAPL, order("SELL", 102, "STP", aux_price=900.0), short)
        assert trader.errors(short) == [404]
        await trader.news(31)
        assert trader.status(short) is FILLED
        vain = await trader.place(MSFT, order("SELL", 1))
        await trader.news(1000)
        assert trader.told(vain).why_held == "locate"
