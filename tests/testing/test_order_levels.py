"""At which prices something can become of an order; that all are there shows `test_order_wakes`."""

from decimal import Decimal
from typing import Any

import pytest

from tests.testing.trading import AAPL, EURUSD, MSFT, Trader, limit, order, trading
from trio_tws._enums import TriggerMethod
from trio_tws._model.conditions import PriceCondition
from trio_tws._model.orders import Order
from trio_tws.testing._order_booked import BookedOrder
from trio_tws.testing._order_levels import levels_of, levels_of_condition


async def booked_of(trader: Trader, wanted: Order) -> BookedOrder:
    number = await trader.place(AAPL, wanted)
    booked = trader.simulator.exchange.book.find(1, number)
    assert booked is not None
    return booked


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (limit("BUY", 100, 1.0), {("ASK", 200, False), ("TRADES", 200, False)}),
        (limit("SELL", 100, 900.0), {("BID", 180_000, True), ("TRADES", 180_000, True)}),
        (
            limit("BUY", 100, 1.0, discretionary_amt=0.5),
            {("ASK", 300, False), ("TRADES", 300, False)},
        ),
        (
            order("BUY", 100, "REL", aux_price=0.0, lmt_price=1.0),
            {("ASK", 200, False), ("TRADES", 200, False)},
        ),
        (order("SELL", 100, "STP", aux_price=1.0), {("TRADES", 200, False)}),
        (order("SELL", 100, "MIT", aux_price=900.0), {("TRADES", 180_000, True)}),
        (
            order("SELL", 100, "STP", aux_price=1.0, trigger_method=TriggerMethod.LAST_OR_BID_ASK),
            {("TRADES", 200, False), ("ASK", 200, False)},
        ),
        (
            order(
                "SELL",
                100,
                "STP",
                aux_price=1.0,
                trigger_price=900.0,
                adjusted_order_type="STP",
                adjusted_stop_price=2.0,
            ),
            {("TRADES", 200, False), ("TRADES", 180_000, True)},
        ),
    ],
)
async def test_each_order_has_its_prices(wanted: Order, expected: Any) -> None:
    async with trading() as trader:
        booked = await booked_of(trader, wanted)
        assert set(levels_of(booked, trader.simulator.market) or ()) == expected


@pytest.mark.parametrize(
    ("action", "more", "moves"),
    [
        ("SELL", {"aux_price": 5.0}, 15.005),
        ("BUY", {"aux_price": 5.0}, 4.995),
        ("SELL", {"trailing_percent": 50.0}, 20.01),
        ("BUY", {"trailing_percent": 25.0}, 7.996),
    ],
)
async def test_a_trailing_stop_moves_by_a_price_that_is_reached(
    action: str, more: dict[str, float], moves: float
) -> None:
    async with trading() as trader:
        market = trader.simulator.market
        booked = await booked_of(trader, order(action, 100, "TRAIL", **more))
        booked.is_triggered, booked.stop = False, 10.0
        is_up = action == "SELL"
        assert levels_of(booked, market) == (
            market.level(AAPL.con_id, "TRADES", moves, is_up=is_up),
            market.level(AAPL.con_id, "TRADES", 10.0, is_up=not is_up),
        )
        booked.stop = None
        assert levels_of(booked, market) is None


async def test_a_price_that_was_found_is_kept() -> None:
    async with trading(cash=Decimal(10**9)) as trader:
        booked = await booked_of(trader, order("BUY", 10**4, "MTL"))
        assert booked.fixed_limit is not None
        level = trader.simulator.market.level(AAPL.con_id, "ASK", booked.fixed_limit, is_up=False)
        assert level in (levels_of(booked, trader.simulator.market) or ())


async def test_a_pair_has_no_trades_to_wait_for() -> None:
    async with trading() as trader:
        number = await trader.place(EURUSD, limit("BUY", 25_000, 0.5))
        booked = trader.simulator.exchange.book.find(1, number)
        assert booked is not None
        levels = levels_of(booked, trader.simulator.market)
        assert [level.series for level in levels or ()] == ["ASK"]


async def test_a_condition_has_the_price_of_its_method() -> None:
    async with trading() as trader:
        condition = PriceCondition(
            is_more=True,
            price=2.0,
            con_id=MSFT.con_id,
            exchange="SMART",
            trigger_method=TriggerMethod.MIDPOINT,
        )
        levels = levels_of_condition(condition, trader.simulator.market)
        assert levels == (("MIDPOINT", 400, True),)
