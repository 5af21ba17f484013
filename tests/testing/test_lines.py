import functools
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.testing.program import START, VERSIONS, running
from trio_tws import Contract, TickType, open_tws
from trio_tws import _versions as v
from trio_tws._enums import MarketDataKind
from trio_tws._model.ticks import (
    MarketDataType,
    TickGeneric,
    TickPrice,
    TickReqParams,
    TickSize,
    TickSnapshotEnd,
    TickString,
)
from trio_tws.testing import INSTRUMENTS, Instrument, Market, exchange_hours
from trio_tws.testing._lines import Line

NOW: Final = START.timestamp()
BY_NAME: Final = {instrument.local_symbol: instrument for instrument in INSTRUMENTS}
AAPL: Final = BY_NAME["AAPL"]
PRICES: Final = {
    TickType.BID: TickType.BID_SIZE,
    TickType.ASK: TickType.ASK_SIZE,
    TickType.LAST: TickType.LAST_SIZE,
}


@functools.cache
def market_of(seed: int) -> Market:
    return Market(INSTRUMENTS, seed)


def line(instrument: Instrument) -> Line:
    return Line(market_of(0), instrument, 7)


def seen(ticks: Iterable[Any]) -> dict[TickType, object]:
    """Gives what a client knows after some ticks."""
    known: dict[TickType, object] = {}
    for tick in ticks:
        match tick:
            case TickPrice():
                known[tick.tick_type] = tick.price
                if tick.tick_type in PRICES:
                    known[PRICES[tick.tick_type]] = tick.size
            case TickSize():
                known[tick.tick_type] = tick.size
            case TickString() | TickGeneric():
                known[tick.tick_type] = tick.value
            case _:
                pass
    return known


def true(market: Market, instrument: Instrument, now: float) -> dict[TickType, object]:
    """Gives what there is to know at a moment."""
    con_id = instrument.con_id
    known: dict[TickType, object] = {TickType.HALTED: 0.0}
    quote = market.quote(con_id, now)
    if quote is not None:
        known |= {
            TickType.BID: quote.bid,
            TickType.ASK: quote.ask,
            TickType.BID_SIZE: quote.bid_size,
            TickType.ASK_SIZE: quote.ask_size,
        }
    if instrument.has_trades:
        second = int(now)
        while (trade := market.trade(con_id, second)) is None:
            second -= 1
        known |= {
            TickType.LAST: trade.price,
            TickType.LAST_SIZE: trade.size,
            TickType.LAST_TIMESTAMP: str(trade.time),
            TickType.VOLUME: market.session(con_id, now).volume,
        }
    day = market.session(con_id, now)
    return known | {
        TickType.OPEN: day.open,
        TickType.HIGH: day.high,
        TickType.LOW: day.low,
        TickType.CLOSE: day.close_previous,
    }


@pytest.mark.slow
@settings(max_examples=40)
@given(
    instrument=st.sampled_from(INSTRUMENTS),
    seed=st.integers(0, 1),
    steps=st.lists(st.floats(0, 10_000), min_size=1, max_size=5),
)
def test_whoever_adds_up_the_ticks_knows_the_market(
    instrument: Instrument, seed: int, steps: list[float]
) -> None:
    market, now, told = market_of(seed), NOW, list[object]()
    watched = Line(market, instrument, 7)
    for step in steps:
        now += step
        told += watched.news(now, v.MAX_SERVER_VERSION)
        assert seen(told) == true(market, instrument, now)


@pytest.mark.parametrize("version", [v.REQ_SMART_COMPONENTS - 1, v.REQ_SMART_COMPONENTS])
def test_a_line_begins_with_what_its_prices_mean(version: int) -> None:
    told = list(line(AAPL).news(NOW, version))
    means = [TickReqParams(7, 0.01, "9c0001", 3)] if version >= v.REQ_SMART_COMPONENTS else []
    assert told[: len(means) + 2] == [
        *means,
        TickGeneric(7, TickType.HALTED, 0.0),
        MarketDataType(7, MarketDataKind.LIVE),
    ]
    index = list(line(BY_NAME["SPX"]).news(NOW, v.MAX_SERVER_VERSION))
    assert index[0] == TickReqParams(7, BY_NAME["SPX"].min_tick, "", 3)


def test_a_size_is_told_with_its_price_and_by_itself() -> None:
    told = list(line(AAPL).news(NOW, v.MAX_SERVER_VERSION))
    for price_type, size_type in PRICES.items():
        (price,) = [x for x in told if isinstance(x, TickPrice) and x.tick_type is price_type]
        (size,) = [x for x in told if isinstance(x, TickSize) and x.tick_type is size_type]
        assert price.size == size.size
        assert told.index(size) == told.index(price) + 1
    others = [x for x in told if isinstance(x, TickPrice) and x.tick_type not in PRICES]
    assert [other.size for other in others] == [Decimal(0)] * 4


def test_what_has_not_changed_is_not_told_again() -> None:
    watched = line(AAPL)
    assert list(watched.news(NOW, 226))
    assert list(watched.news(NOW + 0.25, 226)) == []
    again = list(watched.news(NOW + 1, 226))
    assert again
    assert not [tick for tick in again if isinstance(tick, TickReqParams | MarketDataType)]


@given(instrument=st.sampled_from(INSTRUMENTS), now=st.floats(NOW, NOW + 100_000))
def test_nothing_changes_during_a_pause(instrument: Instrument, now: float) -> None:
    watched = line(instrument)
    assert list(watched.news(now, 226))
    pause = watched.pause(now)
    assert 0 < pause <= market_of(0).trade_interval(instrument.con_id)
    assert list(watched.news(now + 0.999 * pause, 226)) == []
    assert list(watched.news(now + pause + 0.001, 226))


def test_an_index_has_no_quotes_and_a_currency_pair_no_trades() -> None:
    index = seen(line(BY_NAME["SPX"]).news(NOW, 226))
    assert not index.keys() & {TickType.BID, TickType.ASK, TickType.BID_SIZE}
    assert TickType.LAST in index
    pair = seen(line(BY_NAME["EUR.USD"]).news(NOW, 226))
    assert not pair.keys() & {TickType.LAST, TickType.VOLUME, TickType.LAST_TIMESTAMP}
    assert TickType.BID in pair


@pytest.mark.slow
@pytest.mark.parametrize("version", [VERSIONS[0], v.PROTOBUF - 1, VERSIONS[-1]])
async def test_a_snapshot_over_the_wire_is_the_market(autojump_clock: object, version: int) -> None:
    async with running(server_version=version) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            for instrument in INSTRUMENTS:
                wanted = Contract(con_id=instrument.con_id)
                async with tws.open_ticks(wanted, snapshot=True) as ticks:
                    told: list[object] = [tick async for tick in ticks]
                    assert isinstance(told[-1], TickSnapshotEnd)
                    now = simulator.now()
                    assert seen(told) == true(simulator.market, instrument, now)


# Hours ............................................................................................

CLOSE = 1_705_107_600.0  # 2024-01-13 01:00 UTC, when stocks close for a long weekend
OPENING = 1_705_395_600.0  # 2024-01-16 09:00 UTC


def told_of_kind(ticks: list[object]) -> list[MarketDataKind]:
    return [tick.market_data_type for tick in ticks if isinstance(tick, MarketDataType)]


@pytest.mark.parametrize(
    ("kind", "frozen", "delay"),
    [
        (MarketDataKind.LIVE, MarketDataKind.FROZEN, 0),
        (MarketDataKind.DELAYED, MarketDataKind.DELAYED_FROZEN, 900),
    ],
)
def test_at_the_close_prices_freeze_for_those_who_want_that(
    kind: MarketDataKind, frozen: MarketDataKind, delay: int
) -> None:
    market, close = Market(INSTRUMENTS, hours=exchange_hours), CLOSE + delay
    aapl = INSTRUMENTS[0]
    watched = Line(market, aapl, 7, kind)
    told = list(watched.news(close - 0.5, 226, frozen))
    assert told_of_kind(told) == [kind]
    assert watched.pause(close - 0.5) == 0.5
    assert list(watched.news(close, 226, frozen)) == [MarketDataType(7, frozen)]
    assert watched.pause(close) == OPENING + delay - close
    told = list(watched.news(OPENING + delay, 226, frozen))
    assert told_of_kind(told) == [kind]
    assert len(told) > 5


def test_at_the_close_others_have_no_bid_and_no_ask() -> None:
    market, aapl = Market(INSTRUMENTS, hours=exchange_hours), INSTRUMENTS[0]
    watched = Line(market, aapl, 7)
    known = seen(watched.news(CLOSE + 60, 226))
    assert (known[TickType.BID], known[TickType.ASK]) == (-1.0, -1.0)
    assert (known[TickType.BID_SIZE], known[TickType.ASK_SIZE]) == (0, 0)
    last = market.trade(aapl.con_id, int(CLOSE) - 1)
    assert last is not None
    assert (known[TickType.LAST], known[TickType.LAST_TIMESTAMP]) == (last.price, str(last.time))
    day = market.session(aapl.con_id, CLOSE)
    assert known[TickType.VOLUME] == day.volume
    quote = market.quote(aapl.con_id, CLOSE + 60)
    assert quote is not None
    assert seen(watched.news(CLOSE + 61, 226, MarketDataKind.FROZEN))[TickType.BID] == quote.bid
