from decimal import Decimal

import pytest
import trio
import trio.testing

from tests._cli.refusing import NOT_SUBSCRIBED, refuse
from trio_tws import (
    Contract,
    Forex,
    Future,
    MarketDataKind,
    MarketDataType,
    RequestError,
    Stock,
    TickGeneric,
    TickPrice,
    TickSize,
    TickType,
    open_tws,
)
from trio_tws._cli._watchlist import WATCHED, Line, digits, find, watch
from trio_tws.testing import open_simulator


def line(min_tick: float = 0.01) -> Line:
    return Line("AAPL", Contract(), min_tick)


def told(*prices: tuple[TickType, float | None]) -> Line:
    one = line()
    for kind, price in prices:
        one.take(TickPrice(1, kind, price))
    return one


@pytest.mark.parametrize(
    ("min_tick", "count"), [(0.01, 2), (0.25, 2), (0.00005, 5), (1.0, 0), (10, 0)]
)
def test_a_smallest_step_says_how_many_digits_there_are(min_tick: float, count: int) -> None:
    assert digits(min_tick) == count


def test_prices_have_the_digits_of_their_smallest_step() -> None:
    one = line(0.25)
    one.take(TickPrice(1, TickType.BID, 6316.5))

    assert one.price(TickType.BID) == "6,316.50"
    assert one.price(TickType.ASK) == "–"


def test_sizes_are_short() -> None:
    one = line()
    one.take(TickSize(1, TickType.BID_SIZE, Decimal("200.0")))
    one.take(TickSize(1, TickType.VOLUME, Decimal(35_210_000)))
    one.take(TickSize(1, TickType.LAST_SIZE, Decimal(0)))

    assert one.size(TickType.BID_SIZE) == "200"
    assert one.size(TickType.VOLUME) == "35.2M"
    assert one.size(TickType.LAST_SIZE) == "–"
    assert one.size(TickType.ASK_SIZE) == "–"


def test_every_tick_counts() -> None:
    one = line()
    one.take(TickGeneric(1, TickType.HALTED, 0.0))
    one.take(TickPrice(1, TickType.BID, None))

    assert one.ticks == 2
    assert not one.has_price


def test_the_change_is_that_of_the_last_trade() -> None:
    one = told(
        (TickType.CLOSE, 200.0), (TickType.BID, 90.0), (TickType.ASK, 91.0), (TickType.LAST, 198.0)
    )

    assert one.change_text == "-1.00%"


def test_the_change_is_that_of_the_middle_where_no_trades_are_published() -> None:
    one = told((TickType.CLOSE, 1.0), (TickType.BID, 1.005), (TickType.ASK, 1.015))

    assert one.change_text == "+1.00%"


def test_no_change_is_not_negative() -> None:
    assert told((TickType.CLOSE, 100.0), (TickType.LAST, 99.9999)).change_text == "+0.00%"


@pytest.mark.parametrize("kind", [TickType.CLOSE, TickType.LAST])
def test_there_is_no_change_without_both_prices(kind: TickType) -> None:
    assert told((kind, 100.0)).change_text == "–"


def test_delayed_ticks_stand_in_the_same_columns() -> None:
    one = line()
    one.take(MarketDataType(1, MarketDataKind.DELAYED))
    one.take(TickPrice(1, TickType.DELAYED_BID, 187.5))
    one.take(TickSize(1, TickType.DELAYED_VOLUME, Decimal(5)))

    assert one.kind is MarketDataKind.DELAYED
    assert one.price(TickType.BID) == "187.50"
    assert one.size(TickType.VOLUME) == "5"


async def test_of_several_expiries_the_first_is_found() -> None:
    async with open_simulator() as sim, open_tws(stream=sim.open_stream()) as tws:
        found = await find(tws, Future("ES", exchange="CME"))
        expiries = [
            one.contract.last_trade_date_or_contract_month
            for one in await tws.contract_details(Future("ES", exchange="CME"))
        ]

    assert found.contract.last_trade_date_or_contract_month == min(expiries)
    assert found.min_tick == 0.25


async def test_all_that_is_watched_is_there_and_ticks(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with open_simulator() as sim, open_tws(stream=sim.open_stream()) as tws:
        lines = [await find(tws, wanted) for wanted in WATCHED]
        with trio.move_on_after(3):
            async with trio.open_nursery() as nursery:
                for one in lines:
                    nursery.start_soon(watch, tws, one)

    assert all(one.has_price and one.ticks > 10 for one in lines)


async def test_what_is_not_known_is_not_found() -> None:
    async with open_simulator() as sim, open_tws(stream=sim.open_stream()) as tws:
        with pytest.raises(RequestError):
            await find(tws, Stock("NOSUCH"))


@pytest.mark.parametrize("code", [354, 10089, 10091])
async def test_where_live_data_is_refused_delayed_data_is_shown(
    code: int, nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    ours, theirs = trio.testing.memory_stream_pair()
    nursery.start_soon(refuse, theirs, code)
    async with open_tws(stream=ours) as tws:
        one = Line("EUR.USD", Forex("EURUSD"), 0.01)
        with trio.move_on_after(1):
            await watch(tws, one)

    assert one.kind is MarketDataKind.DELAYED
    assert one.has_price
    assert one.trouble == f"{NOT_SUBSCRIBED} ({code})"


@pytest.mark.parametrize("code", [354, 200])
async def test_where_no_data_is_there_at_all_the_line_ends(
    code: int, nursery: trio.Nursery
) -> None:
    ours, theirs = trio.testing.memory_stream_pair()

    async def serve() -> None:
        await refuse(theirs, code, has_delayed=False)

    nursery.start_soon(serve)
    async with open_tws(stream=ours) as tws:
        one = Line("AAPL", Stock("AAPL"), 0.01)
        await watch(tws, one)

    assert not one.has_price
    assert one.trouble == f"{NOT_SUBSCRIBED} ({code})"
