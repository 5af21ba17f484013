from datetime import UTC, datetime, timedelta
from typing import Any, Final

import attrs
import pytest
import trio

from tests.testing.program import START, session
from trio_tws import (
    CancelTickByTickData,
    Contract,
    CurrentTime,
    Forex,
    HistoricalTicks,
    HistoricalTicksBidAsk,
    HistoricalTicksLast,
    Index,
    ReqCurrentTime,
    ReqTickByTickData,
    Stock,
    TickByTick,
    TickByTickKind,
)
from trio_tws.testing import (
    ALWAYS_OPEN,
    INSTRUMENTS,
    Market,
    Permissions,
    TwsLimits,
    exchange_hours,
)
from trio_tws.testing._tick_by_tick_answers import MOST_PAST, _open_seconds, tick_at

NOW: Final = int(START.timestamp())
AAPL: Final = Stock("AAPL")
PAIR: Final = Forex("EURUSD")
STOCK: Final = next(one for one in INSTRUMENTS if one.symbol == "AAPL")
OPTION: Final = next(one for one in INSTRUMENTS if one.sec_type == "OPT")
KINDS: Final = [
    ("Last", TickByTickKind.LAST),
    ("AllLast", TickByTickKind.ALL_LAST),
    ("BidAsk", TickByTickKind.BID_ASK),
    ("MidPoint", TickByTickKind.MID_POINT),
]


def content(tick: TickByTick) -> Any:
    (found,) = (x for x in (tick.last, tick.bid_ask, tick.mid_point) if x is not None)
    return found


@pytest.mark.parametrize("version", [140, 176, 226])
@pytest.mark.parametrize(("name", "kind"), KINDS)
async def test_the_past_and_what_follows_miss_nothing(
    name: str, kind: TickByTickKind, version: int, autojump_clock: object
) -> None:
    async with session(version) as program:
        await program.send(ReqTickByTickData(7, AAPL, name, 5))
        await trio.sleep(10)
        await program.send(CancelTickByTickData(7), ReqCurrentTime())
        told = await program.all_until(CurrentTime)
    (past,) = (
        one
        for one in told
        if isinstance(one, HistoricalTicks | HistoricalTicksBidAsk | HistoricalTicksLast)
    )
    assert past.done
    assert past.req_id == 7
    assert len(past.ticks) == 5
    live = [one for one in told if isinstance(one, TickByTick)]
    assert all(one.tick_type is kind for one in live)
    came = [*past.ticks, *map(content, live)]
    first = came[0].time
    assert first is not None
    seconds = range(int(first.timestamp()), NOW + 11)
    market = Market(INSTRUMENTS)
    true = [tick_at(market, STOCK, kind, at, ignore_size=False) for at in seconds]
    wanted = [one for one in true if one is not None]
    assert [(one.time, prices(one)) for one in came] == [(one.time, prices(one)) for one in wanted]


def prices(tick: Any) -> list[float]:
    names = ("price", "price_bid", "price_ask")
    return [getattr(tick, name) for name in names if hasattr(tick, name)]


def test_a_quote_of_which_only_a_size_is_new_can_be_left_out() -> None:
    market, kind = Market(INSTRUMENTS), TickByTickKind.BID_ASK
    for at in range(NOW, NOW + 200):
        every = tick_at(market, STOCK, kind, at, ignore_size=False)
        some = tick_at(market, STOCK, kind, at, ignore_size=True)
        quote, before = market.quote(STOCK.con_id, at), market.quote(STOCK.con_id, at - 1)
        assert quote is not None
        assert before is not None
        assert (every is None) == (quote == before)
        assert (some is None) == ((quote.bid, quote.ask) == (before.bid, before.ask))


def test_where_nothing_moves_there_are_no_ticks() -> None:
    still = attrs.evolve(STOCK, volatility=0.0, quote_lots=0)
    market = Market([still])
    seconds = range(NOW, NOW + 50)
    for kind in (TickByTickKind.MID_POINT, TickByTickKind.BID_ASK):
        ticks = [tick_at(market, still, kind, at, ignore_size=True) for at in seconds]
        assert None in ticks
    index = next(one for one in INSTRUMENTS if one.sec_type == "IND")
    quotes = tick_at(Market(INSTRUMENTS), index, TickByTickKind.BID_ASK, NOW, ignore_size=False)
    assert quotes is None


def test_an_option_trades_once_a_minute_and_has_no_tick_between() -> None:
    (call,) = [one for one in INSTRUMENTS if one.sec_type == "OPT" and one.right == "C"]
    minute = NOW - NOW % 60
    market = Market(INSTRUMENTS)
    ticks = [
        tick_at(market, call, TickByTickKind.LAST, minute + at, ignore_size=False)
        for at in range(120)
    ]
    assert [at for at, tick in enumerate(ticks) if tick is not None] == [0, 60]


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        (ReqTickByTickData(7, AAPL, "Trades"), 321, "Invalid tick type"),
        (ReqTickByTickData(7, AAPL, "Last", -1), 321, "Invalid tick type"),
        (ReqTickByTickData(7, Stock("NOSUCH")), 200, "No security definition"),
        (ReqTickByTickData(7, PAIR, "Last"), 10189, "not supported for EUR.USD"),
        (ReqTickByTickData(7, Index("SPX", "CBOE"), "BidAsk"), 10189, "not supported for SPX"),
        (ReqTickByTickData(7, Contract(con_id=OPTION.con_id)), 10189, "not supported"),
        (CancelTickByTickData(7), 300, "Can't find EId with tickerId:7"),
    ],
)
async def test_what_makes_no_sense_is_refused(request_: object, code: int, words: str) -> None:
    async with session() as program:
        req_id, answered, message = await program.error(request_)
        assert (req_id, answered) == (7, code)
        assert words in message


async def test_without_permission_there_is_no_tick() -> None:
    async with session(permissions=Permissions(live=lambda _: False)) as program:
        req_id, answered, message = await program.error(ReqTickByTickData(7, AAPL))
        assert (req_id, answered) == (7, 10189)
        assert "No market data permissions" in message


async def test_a_login_has_five_streams() -> None:
    async with session(limits=TwsLimits(same_tick_by_tick=None)) as program:
        for req_id in range(1, 6):
            await program.send(ReqTickByTickData(req_id, AAPL))
        assert (await program.error(ReqTickByTickData(5, AAPL)))[:2] == (5, 322)
        assert (await program.error(ReqTickByTickData(6, AAPL)))[:2] == (6, 10190)
        await program.send(CancelTickByTickData(1), ReqTickByTickData(6, AAPL, "Last", 1))
        assert (await program.until(HistoricalTicksLast)).req_id == 6


async def test_there_are_no_more_than_a_thousand_ticks_of_the_past() -> None:
    async with session() as program:
        await program.send(ReqTickByTickData(6, AAPL, "Last", MOST_PAST + 1))
        assert len((await program.until(HistoricalTicksLast)).ticks) == MOST_PAST


@pytest.mark.parametrize("name", ["Last", "MidPoint"])
async def test_over_a_weekend_nothing_comes(name: str, autojump_clock: object) -> None:
    saturday, opening = START - timedelta(days=3), START.replace(hour=9, minute=0)
    async with session(start=saturday, hours=exchange_hours) as program:
        await program.send(ReqTickByTickData(7, AAPL, name, 3))
        kind = HistoricalTicksLast if name == "Last" else HistoricalTicks
        past: Any = await program.until(kind)
        live = content(await program.until(TickByTick))
    friday = datetime(2024, 1, 13, 1, tzinfo=UTC)
    times = [tick.time for tick in past.ticks]
    assert len(times) == 3
    assert all(friday - timedelta(minutes=1) < time < friday for time in times if time)
    assert live.time == opening


def test_there_is_no_tick_in_the_first_second_of_all() -> None:
    """What is new is told by what was there the second before."""
    assert list(_open_seconds(ALWAYS_OPEN, 3)) == [3, 2, 1]
    friday = int(datetime(1970, 1, 2, 9, 0, 1, tzinfo=UTC).timestamp())
    calendar = exchange_hours(STOCK)
    assert list(_open_seconds(calendar, friday)) == [friday, friday - 1]
