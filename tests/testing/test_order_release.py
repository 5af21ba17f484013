"""What brings an order to the market, beyond what is tested with the exchange."""

import pytest

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
from trio_tws._enums import SecType
from trio_tws._model.conditions import ExecutionCondition
from trio_tws._wire import evolve


async def test_a_touched_order_waits_for_a_better_price() -> None:
    async with trading() as trader:
        bid = trader.quote().bid
        far = await trader.place(AAPL, order("BUY", 100, "MIT", aux_price=round(bid - 50, 2)))
        near = await trader.place(AAPL, order("BUY", 100, "MIT", aux_price=round(bid + 50, 2)))
        assert (trader.status(far), trader.status(near)) == (PRE_SUBMITTED, FILLED)
        wanted = order("SELL", 100, "LIT", aux_price=1.0, lmt_price=round(bid + 50, 2))
        assert trader.status(await trader.place(AAPL, wanted)) is SUBMITTED


async def test_a_trailing_limit_order_keeps_its_distance() -> None:
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


async def test_a_combination_can_trail() -> None:
    async with trading() as trader:
        wanted = order("SELL", 1, "TRAIL LIMIT", aux_price=900.0, lmt_price_offset=0.1)
        assert trader.status(await trader.place(STRADDLE, wanted)) is PRE_SUBMITTED


async def test_a_stop_is_adjusted_when_the_market_has_gone_its_way() -> None:
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


async def test_a_pair_is_triggered_by_its_quotes() -> None:
    async with trading() as trader:
        bid = trader.quote(EURUSD).bid
        wanted = order("BUY", 20_000, "STP", aux_price=round(bid - 0.1, 5))
        assert trader.status(await trader.place(EURUSD, wanted)) is FILLED


async def test_a_stop_that_is_moved_waits_again() -> None:
    async with trading() as trader:
        bid = trader.quote().bid
        wanted = order("SELL", 100, "STP LMT", aux_price=900.0, lmt_price=round(bid + 9, 2))
        number = await trader.place(AAPL, wanted)
        assert trader.status(number) is SUBMITTED
        await trader.place(AAPL, evolve(wanted, lmt_price=round(bid + 8, 2)), number)
        assert trader.status(number) is SUBMITTED
        await trader.place(AAPL, evolve(wanted, aux_price=1.0), number)
        assert trader.status(number) is PRE_SUBMITTED
