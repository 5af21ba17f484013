"""A simulator with the hours of the exchanges, as a client and its orders meet them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any, Final

import pytest

from tests.testing.trading import (
    AAPL,
    CALL,
    CANCELLED,
    ES,
    EURUSD,
    FILLED,
    PRE_SUBMITTED,
    STRADDLE,
    SUBMITTED,
    Trader,
    limit,
    order,
    trading,
)
from trio_tws import TWS, Contract, Error, Forex, Future, Index, Stock, open_tws
from trio_tws._client._bars import moment_of
from trio_tws._model.conditions import PriceCondition
from trio_tws.testing import INSTRUMENTS, Simulator, exchange_hours, open_simulator

VERSIONS: Final = pytest.mark.parametrize("version", [176, 226])
NOW: Final = datetime(2026, 3, 20, 15, tzinfo=UTC)
"""A Friday, in American regular hours, and since twelve days in summer time."""
DAYS: Final = timedelta(days=1)
STOCK: Final = Stock("AAPL")
FUTURE: Final = Future("ES", "20271217", "CME")
PAIR: Final = Forex("EURUSD")
TUESDAY: Final = datetime(2024, 1, 16, 14, 30, tzinfo=UTC)
"""When stocks open in New York after a long weekend."""
OPENING: Final = "2024-01-16 09:30:00 US/Eastern"


@asynccontextmanager
async def connected(version: int) -> AsyncIterator[tuple[TWS, Simulator]]:
    async with open_simulator(server_version=version, start=NOW, hours=exchange_hours) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            yield tws, simulator


# History ..........................................................................................


@pytest.mark.slow
@pytest.mark.no_cover
@VERSIONS
@pytest.mark.parametrize(
    ("contract", "size", "use_rth"),
    [
        (STOCK, "1 day", True),
        (STOCK, "1 hour", True),
        (STOCK, "30 mins", False),
        (FUTURE, "1 day", False),
        (FUTURE, "4 hours", False),
        (PAIR, "1 hour", True),
        (Index("SPX", "CBOE"), "1 day", True),
        (Stock("SAP", "IBIS", "EUR"), "1 hour", True),
    ],
    ids=lambda value: str(getattr(value, "symbol", value)),
)
async def test_a_year_has_no_holes_but_those_of_its_schedule(
    version: int, contract: Contract, size: str, use_rth: bool, autojump_clock: object
) -> None:
    start = NOW.replace(hour=0) - 366 * DAYS
    async with connected(version) as (tws, simulator):
        what = "MIDPOINT" if contract.sec_type == "CASH" else "TRADES"
        async with tws.open_history(
            contract,
            start,
            NOW,
            bar_size=size,
            what=what,
            use_rth=use_rth,
            check_schedule=True,
        ) as history:
            begins = [moment_of(bar) async for bar in history]
            assert history.holes == ()
        (found,) = await tws.contract_details(contract)
        calendar = simulator.market.calendar(found.contract.con_id)
    assert begins == sorted(set(begins))
    ahead = calendar.sessions_from(int(start.timestamp()), use_rth=use_rth)
    sessions = list(takewhile(lambda one: one.start < NOW.timestamp(), ahead))
    days = {session.day for session in sessions if session.day <= NOW.date()}
    if size == "1 day":
        assert {begin.date() for begin in begins} == days
    else:
        seconds = [int(begin.timestamp()) for begin in begins]
        assert all(calendar.is_open(second, use_rth=use_rth) for second in seconds)
        assert {session.start for session in sessions} <= {*seconds, sessions[0].start}
    assert 250 <= len(days) <= 262


@VERSIONS
async def test_bars_ticks_and_details_are_of_one_calendar(
    version: int, autojump_clock: object
) -> None:
    async with connected(version) as (tws, simulator):
        close = datetime(2026, 3, 13, 20, tzinfo=UTC)
        seconds = await tws.historical_bars(STOCK, duration="1800 S", bar_size="1 secs", end=close)
        assert moment_of(seconds[-1]) == datetime(2026, 3, 13, 19, 59, 59, tzinfo=UTC)
        ticks = await tws.historical_ticks(STOCK, end=close + 2 * DAYS, number=3)
        assert [tick.time for tick in ticks] == [moment_of(bar) for bar in seconds[-3:]]
        (details,) = await tws.contract_details(STOCK)
        assert details.details.liquid_hours.startswith("20260320:0930-20260320:1600;20260321:CLO")
        con_id = details.contract.con_id
        day = simulator.market.session(con_id, NOW.timestamp())
        (today,) = await tws.historical_bars(STOCK, duration="1 D", bar_size="1 day", use_rth=False)
        assert (today.open, today.high, today.low) == (day.open, day.high, day.low)
        head = await tws.head_timestamp(STOCK)
        assert head == datetime(1970, 1, 2, 14, 30, tzinfo=UTC)


# Orders ...........................................................................................


@asynccontextmanager
async def trading_at(moment: datetime, **arguments: Any) -> AsyncIterator[Trader]:
    async with trading(start=moment, hours=exchange_hours, **arguments) as trader:
        yield trader


def warnings(trader: Trader) -> list[str]:
    found = (one for one in trader.heard if isinstance(one, Error))
    return [one.message for one in found if one.code == 399]


@VERSIONS
async def test_an_order_waits_for_the_opening(version: int, autojump_clock: object) -> None:
    async with trading_at(TUESDAY - timedelta(seconds=90), version=version) as trader:
        number = await trader.place(AAPL, order("BUY", 100))
        assert trader.status(number) is PRE_SUBMITTED
        (words,) = warnings(trader)
        assert words.splitlines() == [
            "Order Message:",
            "BUY 100 AAPL NASDAQ.NMS",
            f"Warning: Your order will not be placed at the exchange until {OPENING}.",
        ]
        await trader.news(80)
        assert trader.status(number) is PRE_SUBMITTED
        await trader.news(11)
        assert trader.status(number) is FILLED
        (fill,) = trader.fills(number)
        assert fill.execution.time == "20240116 09:30:00 US/Eastern"
        assert len(warnings(trader)) == 1


async def test_an_order_that_fills_outside_regular_hours_does(autojump_clock: object) -> None:
    async with trading_at(TUESDAY - timedelta(hours=1)) as trader:
        ask = trader.quote().ask
        number = await trader.place(AAPL, limit("BUY", 100, ask, outside_rth=True))
        assert trader.status(number) is FILLED
        assert warnings(trader) == []


async def test_over_a_long_weekend_nothing_is_traded(autojump_clock: object) -> None:
    async with trading_at(TUESDAY - timedelta(days=3)) as trader:
        stock = await trader.place(AAPL, order("BUY", 100, outside_rth=True))
        future = await trader.place(ES, order("BUY", 1, outside_rth=True))
        pair = await trader.place(EURUSD, order("BUY", 20_000))
        straddle = await trader.place(STRADDLE, order("BUY", 1))
        until = [words.split("until ")[1] for words in warnings(trader)]
        assert until == [
            "2024-01-16 04:00:00 US/Eastern.",
            "2024-01-14 18:00:00 US/Eastern.",
            "2024-01-14 17:15:00 US/Eastern.",
            f"{OPENING}.",
        ]
        await trader.news(3 * 24 * 3600 - 1)
        assert trader.status(stock) is trader.status(future) is trader.status(pair) is FILLED
        assert trader.status(straddle) is PRE_SUBMITTED
        await trader.news(2)
        assert trader.status(straddle) is FILLED


async def test_an_order_for_the_day_ends_with_its_hours(autojump_clock: object) -> None:
    close = TUESDAY + timedelta(hours=6.5)
    async with trading_at(close - timedelta(seconds=90)) as trader:
        regular = await trader.place(AAPL, limit("BUY", 100, 1.0))
        every = await trader.place(AAPL, limit("BUY", 100, 1.0, outside_rth=True))
        for_ever = await trader.place(AAPL, limit("BUY", 100, 1.0, tif="GTC"))
        both = await trader.place(STRADDLE, limit("BUY", 1, 1.0))
        await trader.news(89)
        assert {trader.status(one) for one in (regular, every, for_ever, both)} == {SUBMITTED}
        await trader.news(2)
        assert trader.status(regular) is trader.status(both) is CANCELLED
        assert trader.status(every) is SUBMITTED
        assert trader.status(for_ever) is PRE_SUBMITTED
        late = await trader.place(AAPL, limit("BUY", 100, 1.0))
        assert len(warnings(trader)) == 1
        booked = trader.simulator.exchange.book.open()
        ends = [one.draft.expires_at for one in booked if one.order_id in {every, late}]
        assert ends == [(close + timedelta(hours=more)).timestamp() for more in (4, 24)]


async def test_opening_orders_get_the_first_price_and_closing_orders_the_last(
    autojump_clock: object,
) -> None:
    async with trading_at(TUESDAY - timedelta(hours=20)) as trader:
        market, day = trader.simulator.market, "1 D"
        at_open = await trader.place(AAPL, order("BUY", 100, "MKT", tif="OPG"))
        at_close = await trader.place(AAPL, order("SELL", 100, "MOC"))
        option = await trader.place(CALL, order("BUY", 1, "MOC"))
        assert warnings(trader) == []
        await trader.news(20 * 3600 + 1)
        assert trader.status(at_open) is FILLED
        assert trader.status(at_close) is PRE_SUBMITTED
        await trader.news(6.5 * 3600)
        now = trader.simulator.now()
        for number, contract, price in (
            (at_open, AAPL, "open"),
            (at_close, AAPL, "close"),
            (option, CALL, "close"),
        ):
            (bar,) = market.bars(contract.con_id, now, day, "1 day", "TRADES", use_rth=True)
            assert trader.told(number).avg_fill_price == getattr(bar, price)


async def test_on_a_half_day_the_close_is_early(autojump_clock: object) -> None:
    async with trading_at(datetime(2024, 7, 3, 16, 59, tzinfo=UTC)) as trader:
        number = await trader.place(AAPL, order("BUY", 100, "MOC"))
        for_day = await trader.place(AAPL, limit("BUY", 100, 1.0))
        await trader.news(61)
        assert trader.status(number) is FILLED
        assert trader.status(for_day) is CANCELLED


async def test_a_condition_is_watched_while_the_market_of_its_order_is_closed(
    autojump_clock: object,
) -> None:
    """The future is traded in the night, the stock is not."""
    async with trading_at(TUESDAY - timedelta(minutes=5)) as trader:
        price = trader.simulator.market.price(ES.con_id, trader.simulator.now()) / 2
        condition = PriceCondition(con_id=ES.con_id, exchange="CME", price=price, is_more=True)
        never = PriceCondition(con_id=ES.con_id, exchange="CME", price=price, is_more=False)
        number, held = [
            await trader.place(
                AAPL, order("BUY", 100, conditions=(one,), conditions_ignore_rth=True)
            )
            for one in (condition, never)
        ]
        await trader.news(60)
        released = [one.is_released for one in trader.simulator.exchange.book.open()]
        assert released == [True, False]
        assert trader.status(number) is PRE_SUBMITTED
        await trader.news(241)
        assert trader.status(number) is FILLED
        assert trader.status(held) is PRE_SUBMITTED


async def test_a_stop_sleeps_outside_regular_hours(autojump_clock: object) -> None:
    async with trading_at(TUESDAY - timedelta(hours=1)) as trader:
        price = round(trader.quote().ask + 50, 2)
        number = await trader.place(AAPL, order("SELL", 100, "STP", aux_price=price, tif="GTC"))
        awake = await trader.place(
            AAPL, order("SELL", 100, "STP", aux_price=price, outside_rth=True)
        )
        await trader.news(60)
        assert trader.status(awake) is FILLED
        assert trader.status(number) is PRE_SUBMITTED
        assert trader.told(number).why_held == "trigger"
        await trader.news(3600)
        assert trader.status(number) is FILLED


def test_every_instrument_of_the_simulator_has_hours() -> None:
    assert all(exchange_hours(one) is not None for one in INSTRUMENTS)
