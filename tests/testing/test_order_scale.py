"""Ladders of orders: their rungs, and what takes the profit of each."""

from decimal import Decimal
from typing import Any

import pytest

from tests.testing.trading import AAPL, CANCELLED, FILLED, SUBMITTED, Trader, limit, trading
from trio_tws import CommissionAndFeesReport, ExecutionData, Order, ScaleOrder, Stock, open_tws
from trio_tws._model.cancels import CancelOrder, ReqGlobalCancel
from trio_tws._model.open_orders import ReqAllOpenOrders
from trio_tws._wire import evolve
from trio_tws.testing import open_simulator
from trio_tws.testing._order_booked import BookedOrder


def ladder(action: str, price: float, total: int = 300, **more: Any) -> Order:
    fields = {"scale_init_level_size": 100, "scale_price_increment": 0.1}
    return limit(action, total, round(price, 2), **(fields | more))


def takers(trader: Trader) -> list[tuple[str, int, float | None]]:
    return [
        (one.order.action, int(one.remaining), one.order.lmt_price)
        for one in trader.simulator.exchange.book.open()
        if not one.order_id
    ]


@pytest.mark.parametrize("version", [176, 226])
async def test_each_rung_is_offered_at_its_profit(version: int, autojump_clock: object) -> None:
    async with open_simulator(server_version=version, cash=Decimal(10**7)) as sim:
        async with open_tws(stream=sim.open_stream(), client_id=1) as tws:
            aapl = await tws.qualify(Stock("AAPL"))
            quote = sim.market.quote(aapl.con_id, sim.now())
            assert quote is not None
            wanted = ScaleOrder(
                "BUY",
                300,
                round(quote.ask + 0.05, 2),
                init_level_size=100,
                price_increment=0.1,
                profit_offset=0.2,
                order_ref="ladder",
            )
            async with tws.open_events(ExecutionData, CommissionAndFeesReport) as events:
                trade = await tws.place_order(aapl, wanted)
                executions: list[ExecutionData] = []
                while len({one.execution.side for one in executions}) < 2:
                    event = await anext(events)
                    if isinstance(event, ExecutionData):
                        executions.append(event)
            sold = executions[-1].execution
            assert sold.order_id == 0
            assert sold.order_ref == "ladder"
            assert sold.price >= round(quote.ask + 0.05 + 0.2 - 0.2, 2)
            assert trade.state.filled >= 100
            assert all(one.execution.side == "BOT" for one in trade.state.fills)


@pytest.mark.parametrize(("action", "sign"), [("BUY", 1), ("SELL", -1)])
async def test_rungs_and_their_takers_have_their_prices(
    action: str, sign: int, autojump_clock: object
) -> None:
    async with trading(cash=Decimal(10**7)) as trader:
        near = trader.quote().ask if sign > 0 else trader.quote().bid
        price = round(near + sign * 0.15, 2)
        wanted = ladder(action, price, scale_init_level_size=50, scale_profit_offset=5.0)
        number = await trader.place(AAPL, wanted)
        assert trader.told(number).filled == 100
        other = "SELL" if action == "BUY" else "BUY"
        assert takers(trader) == [
            (other, 50, round(price + sign * 5, 2)),
            (other, 50, round(price + sign * 4.9, 2)),
        ]
        (first, *_) = (one for one in trader.simulator.exchange.book.open() if not one.order_id)
        assert first.order.parent_perm_id == trader.told(number).perm_id
        await trader.say(ReqAllOpenOrders())
        assert trader.status(0) is SUBMITTED
        await trader.say(CancelOrder(number))
        assert trader.status(number) is CANCELLED
        assert len(takers(trader)) == 2
        await trader.say(ReqGlobalCancel())
        assert takers(trader) == []


async def test_a_part_of_a_rung_is_offered_too(autojump_clock: object) -> None:
    async with trading(cash=Decimal(10**7)) as trader:
        wanted = ladder("BUY", 1.0, scale_profit_offset=900.0)
        await trader.place(AAPL, wanted)
        (booked,) = trader.simulator.exchange.book.open()
        trader.simulator.exchange.fill(booked, Decimal(30))
        trader.simulator.exchange.fill(booked, Decimal(120))
        # 30 and 70 of the first rung, 50 of the second.
        assert takers(trader) == [("SELL", 30, 901.0), ("SELL", 70, 901.0), ("SELL", 50, 900.9)]


async def closed_at_a_profit(trader: Trader, **more: Any) -> tuple[int, BookedOrder]:
    """Places a ladder that gets 100, and has these closed."""
    price = trader.quote().ask + 0.05
    wanted = ladder("BUY", price, scale_profit_offset=5.0, **more)
    number = await trader.place(AAPL, wanted)
    booked, taker = trader.simulator.exchange.book.open()
    trader.simulator.exchange.fill(taker, Decimal(100))
    return number, booked


async def test_a_ladder_that_is_reset_wants_again_what_was_closed(autojump_clock: object) -> None:
    async with trading(cash=Decimal(10**7)) as trader:
        number, booked = await closed_at_a_profit(trader, scale_auto_reset=True)
        await trader.news(1)
        told = trader.open_order(number).order
        assert told.total_quantity == 400
        state = trader.told(number)
        assert (state.filled or 0) + (state.remaining or 0) == 400
        assert booked.restored == 100
        # The first rung is due again, at its price.
        await trader.news(60)
        assert (trader.told(number).filled or 0) >= 200
        assert takers(trader)[0][2] == pytest.approx((told.lmt_price or 0) + 5)


async def test_a_ladder_that_is_not_reset_goes_on(autojump_clock: object) -> None:
    async with trading(cash=Decimal(10**7)) as trader:
        number, booked = await closed_at_a_profit(trader)
        await trader.news(1)
        assert trader.open_order(number).order.total_quantity == 300
        assert booked.restored == 0


async def test_a_ladder_that_is_done_is_not_reset(autojump_clock: object) -> None:
    async with trading(cash=Decimal(10**7)) as trader:
        price = trader.quote().ask + 5
        wanted = ladder("BUY", price, scale_profit_offset=50.0, scale_auto_reset=True)
        number = await trader.place(AAPL, wanted)
        assert trader.status(number) is FILLED
        for taker in trader.simulator.exchange.book.open():
            trader.simulator.exchange.fill(taker, Decimal(100))
        await trader.news(5)
        assert trader.status(number) is FILLED
        assert trader.position() == 0


async def test_a_ladder_can_begin_in_the_middle(autojump_clock: object) -> None:
    async with trading(cash=Decimal(10**7)) as trader:
        ask = trader.quote().ask
        wanted = ladder(
            "BUY",
            ask + 0.15,
            scale_init_position=100,
            scale_init_fill_qty=50,
            scale_profit_offset=9.0,
        )
        number = await trader.place(AAPL, wanted)
        # The rest of the second rung; the third is below the market.
        assert trader.told(number).filled == 50
        assert takers(trader) == [
            ("SELL", 100, round(ask + 9.15, 2)),
            ("SELL", 50, round(ask + 9.05, 2)),
            ("SELL", 50, round(ask + 9.05, 2)),
        ]


async def test_its_first_price_can_move(autojump_clock: object) -> None:
    async with trading(cash=Decimal(10**7)) as trader:
        wanted = ladder(
            "BUY",
            trader.quote().ask - 5,
            scale_price_adjust_value=1.0,
            scale_price_adjust_interval=10,
        )
        number = await trader.place(AAPL, wanted)
        await trader.news(35)
        assert trader.told(number).filled == 0
        await trader.news(30)
        assert (trader.told(number).filled or 0) > 0


async def test_rungs_can_vary(autojump_clock: object) -> None:
    async with trading(cash=Decimal(10**7)) as trader:
        wanted = ladder("BUY", trader.quote().ask + 0.25, 1000, scale_random_percent=True)
        number = await trader.place(AAPL, wanted)
        sizes = [fill.execution.shares or 0 for fill in trader.fills(number)]
        assert len(sizes) == 3
        assert all(45 <= size <= 155 for size in sizes)
        assert len(set(sizes)) > 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scale_init_level_size": 0}, 417),
        ({"scale_init_level_size": None}, 419),
        ({"scale_price_increment": None}, 408),
        ({"scale_price_increment": -0.1}, 408),
        ({"scale_subs_level_size": -1}, 410),
        ({"scale_profit_offset": -1.0}, 418),
        ({"scale_auto_reset": True}, 446),
        ({"scale_price_adjust_interval": 5}, 447),
        ({"scale_price_adjust_value": 0.1}, 448),
        ({"scale_price_adjust_value": 0.1, "scale_price_adjust_interval": 0}, 448),
    ],
)
async def test_what_makes_no_ladder_is_refused(
    changes: dict[str, Any], code: int, autojump_clock: object
) -> None:
    async with trading() as trader:
        number = await trader.place(AAPL, evolve(ladder("BUY", 100.0), **changes))
        assert trader.errors(number) == [code]


async def test_what_is_divided_cannot_be_reset(autojump_clock: object) -> None:
    async with trading(accounts=("DF1", "DU2")) as trader:
        wanted = ladder("BUY", 100.0, scale_auto_reset=True, scale_profit_offset=1.0)
        number = await trader.place(AAPL, evolve(wanted, fa_group="All"))
        assert trader.errors(number) == [433]
