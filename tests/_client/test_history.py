from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import trio
import trio.testing

from tests._client.peer import Peer, session, tasks_below
from tests._client.test_cancel_everywhere import cancelled_at
from trio_tws import (
    TWS,
    CancelHistoricalData,
    ConnectionLost,
    Error,
    Forex,
    HistoricalData,
    HistoricalDataBar,
    HistoricalDataEnd,
    HistoricalSchedule,
    HistoricalSession,
    HistoryProgress,
    Hole,
    LocalProtocolError,
    NoData,
    PacingViolation,
    ReqHistoricalData,
    Stock,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws.testing import Simulator, open_simulator

AAPL = Stock("AAPL")
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NO_DATA = "Historical Market Data Service error message:HMDS query returned no data: AAPL@SMART"


@asynccontextmanager
async def simulated(version: int = 226, **options: Any) -> AsyncIterator[tuple[TWS, Simulator]]:
    async with open_simulator(server_version=version, start=NOW, **options) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            yield tws, simulator


def asked(source: Simulator | Peer) -> list[ReqHistoricalData]:
    received = source.received if isinstance(source, Peer) else source.clients[0].received
    return [one for one in received if isinstance(one, ReqHistoricalData)]


def bar_at(moment: datetime, name: str = "") -> HistoricalDataBar:
    return HistoricalDataBar(name or str(int(moment.timestamp())), 1.0, 1.0, 1.0, 1.0)


Answer = Callable[[ReqHistoricalData, int], list[object]]


def answering(answer: Answer) -> Callable[[Peer], Any]:
    """Answers each request for bars; is told how many came before."""

    async def act(peer: Peer) -> None:
        done = 0
        while peer.closed_cleanly is None:
            await peer.read()
            for request in asked(peer)[done:]:
                done += 1
                await peer.send(*answer(request, done - 1))

    return act


def bars_of(request: ReqHistoricalData, *moments: datetime) -> list[object]:
    bars = tuple(map(bar_at, moments))
    return [HistoricalData(request.req_id, bars=bars), HistoricalDataEnd(request.req_id)]


def refused(request: ReqHistoricalData, words: str) -> list[object]:
    return [Error(request.req_id, 162, words)]


# What it gives ....................................................................................


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("version", [176, 226])
@pytest.mark.parametrize(
    ("size", "length"),
    [
        ("1 secs", timedelta(hours=1, seconds=17)),
        ("1 min", timedelta(days=2, hours=1)),
        ("1 hour", timedelta(days=100)),
        ("1 day", timedelta(days=1100)),
    ],
)
async def test_bars_are_those_of_the_market_each_once(
    size: str, length: timedelta, version: int, autojump_clock: object
) -> None:
    start = NOW - length
    async with simulated(version) as (tws, simulator):
        async with tws.open_history(AAPL, start, NOW, bar_size=size) as history:
            bars = [bar async for bar in history]
            total = history.progress().total
        assert len(asked(simulator)) == total > 2
        market = simulator.market
        seconds = {"1 secs": 1, "1 min": 60, "1 hour": 3600, "1 day": 86400}[size]
        first = int(start.timestamp()) // seconds * seconds
        if size != "1 day" and first < start.timestamp():
            first += seconds
        ends = int(NOW.timestamp())
        expected = [
            market.bar(265598, at, min(at + seconds, ends), "TRADES")
            for at in range(first, ends, seconds)
        ]
    assert len(bars) == len(expected)
    for bar, made in zip(bars, expected, strict=True):
        assert made is not None
        moment = datetime.fromtimestamp(made.start, UTC)
        assert bar.time == (moment.date() if size == "1 day" else moment)
        assert (bar.open, bar.close, bar.volume, bar.count) == (
            made.open,
            made.close,
            made.volume,
            made.count,
        )


async def test_without_an_end_it_goes_up_to_the_time_of_tws(autojump_clock: object) -> None:
    async with simulated() as (tws, _simulator):
        async with tws.open_history(AAPL, NOW - HOUR, bar_size="30 mins") as history:
            assert [bar.time async for bar in history] == [NOW - HOUR, NOW - HOUR / 2]


async def test_weekends_are_passed_over(autojump_clock: object) -> None:
    def answer(request: ReqHistoricalData, number: int) -> list[object]:
        if number in {0, 2}:
            return refused(request, NO_DATA)
        return bars_of(request, NOW - 2 * DAY)

    async with session(answering(answer)) as (tws, peer):
        start = NOW - 3 * DAY
        async with tws.open_history(
            AAPL, start, NOW, bar_size="1 min", max_concurrent=1
        ) as history:
            assert [bar.time async for bar in history] == [NOW - 2 * DAY]
            assert history.progress() == HistoryProgress(4, 4, 1)
    assert len(asked(peer)) == 4


async def test_no_bar_at_all_is_an_error(autojump_clock: object) -> None:
    async with simulated() as (tws, _simulator):
        start = NOW - 3 * DAY
        async with tws.open_history(Forex("EURUSD"), start, NOW, bar_size="1 min") as history:
            with pytest.raises(NoData):
                await anext(history)
            assert history.progress().done == history.progress().total


async def test_bars_beyond_a_piece_are_not_given_twice(autojump_clock: object) -> None:
    """TWS may go further back than was asked, and repeat itself."""

    def answer(request: ReqHistoricalData, number: int) -> list[object]:
        return bars_of(request, *(NOW - 2 * DAY + hours * HOUR for hours in (47, 0, 24, 24, 5)))

    async with session(answering(answer)) as (tws, _peer):
        async with tws.open_history(AAPL, NOW - 2 * DAY, NOW, bar_size="1 min") as history:
            times = [bar.time async for bar in history]
    assert times == [NOW - 2 * DAY + hours * HOUR for hours in (0, 5, 24, 47)]


# How it asks ......................................................................................


@pytest.mark.parametrize("most", [1, 3])
async def test_so_many_pieces_are_under_way_and_no_more(most: int, autojump_clock: object) -> None:
    async with simulated(latency=5) as (tws, simulator):
        async with tws.open_history(
            AAPL, NOW - 10 * DAY, NOW, bar_size="1 min", max_concurrent=most
        ) as history:
            await trio.sleep(60)
            assert len(asked(simulator)) == most
            await anext(history)
            await trio.sleep(60)
            assert len(asked(simulator)) == most + 1
            assert history.progress() == HistoryProgress(0, 11, 1)


async def test_pieces_come_in_their_order_whoever_is_answered_first(
    autojump_clock: object,
) -> None:
    async def act(peer: Peer) -> None:
        while len(asked(peer)) < 2:
            await peer.read()
        first, second = sorted(asked(peer), key=lambda request: request.end_date_time)
        await peer.send(*bars_of(second, NOW - HOUR))
        await trio.sleep(5)
        await peer.send(*bars_of(first, NOW - 20 * HOUR))

    async with session(act) as (tws, _peer):
        start = NOW - timedelta(hours=40)
        async with tws.open_history(AAPL, start, NOW, bar_size="1 min") as history:
            assert [bar.time async for bar in history] == [NOW - 20 * HOUR, NOW - HOUR]


# Where it stops, and how it goes on ...............................................................


async def test_it_goes_on_from_its_position(autojump_clock: object) -> None:
    start = NOW - 3 * DAY
    async with simulated() as (tws, _simulator):
        async with tws.open_history(AAPL, start, NOW, bar_size="1 hour") as history:
            whole = [bar async for bar in history]
            assert history.position == NOW
        times: list[datetime | date] = []
        position = start
        while position < NOW:
            async with tws.open_history(AAPL, position, NOW, bar_size="1 hour") as history:
                assert history.position == position
                times += [(await anext(history)).time for _ in range(9)]
                position = history.position
    assert times == [bar.time for bar in whole]


async def test_a_bar_that_was_cut_comes_again(autojump_clock: object) -> None:
    async with simulated() as (tws, _simulator):
        end = NOW - HOUR / 4
        async with tws.open_history(AAPL, NOW - 2 * HOUR, end, bar_size="1 hour") as history:
            cut = [bar async for bar in history][-1]
            assert history.position == cut.time == NOW - HOUR
        async with tws.open_history(AAPL, history.position, NOW, bar_size="1 hour") as history:
            (whole,) = [bar async for bar in history]
        assert (whole.time, whole.open) == (cut.time, cut.open)
        assert whole.count == 4 * (cut.count or 0) / 3


async def test_after_long_bars_it_goes_on_the_day_after(autojump_clock: object) -> None:
    start, end = datetime(2026, 1, 5, 12, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC)
    async with simulated() as (tws, _simulator):
        async with tws.open_history(AAPL, start, end, bar_size="1 week") as history:
            assert (await anext(history)).time == date(2026, 1, 5)
            assert history.position == datetime(2026, 1, 6, tzinfo=UTC)
            rest = [bar.time async for bar in history]
            assert history.position == end
        assert rest == [date(2026, 1, 12), date(2026, 1, 19), date(2026, 1, 26)]


async def test_a_piece_that_failed_is_asked_for_again(autojump_clock: object) -> None:
    def answer(request: ReqHistoricalData, number: int) -> list[object]:
        if number == 1:
            return refused(request, "Historical data request pacing violation")
        return bars_of(request, NOW - 47 * HOUR, NOW - 20 * HOUR)

    async with session(answering(answer)) as (tws, peer):
        async with tws.open_history(
            AAPL, NOW - 2 * DAY, NOW, bar_size="1 min", max_concurrent=1
        ) as history:
            first = await anext(history)
            with pytest.raises(PacingViolation):
                await anext(history)
            assert history.position == NOW - 2 * DAY + timedelta(minutes=1439)
            second = await anext(history)
            assert [bar.time for bar in (first, second)] == [NOW - 47 * HOUR, NOW - 20 * HOUR]
            assert [bar async for bar in history] == []
    assert len(asked(peer)) == 4


async def test_a_lost_connection_is_raised_bare(autojump_clock: object) -> None:
    async def hang_up(peer: Peer) -> None:
        await peer.read_until(ReqHistoricalData)
        await peer.stream.aclose()

    with pytest.raises(ConnectionLost):
        async with session(hang_up) as (tws, _peer):
            async with tws.open_history(AAPL, NOW - DAY, NOW) as history:
                await anext(history)


# How it ends ......................................................................................


async def test_leaving_early_cancels_what_is_under_way(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        async with tws.open_history(AAPL, NOW - 9 * DAY, NOW, bar_size="1 min") as history:
            await trio.testing.wait_all_tasks_blocked()
            assert len(asked(peer)) == 4
        await trio.testing.wait_all_tasks_blocked()
        cancels = [one for one in peer.received if isinstance(one, CancelHistoricalData)]
        assert {one.req_id for one in cancels} == {one.req_id for one in asked(peer)}
        with pytest.raises(trio.ClosedResourceError):
            await anext(history)
        assert repr(history).startswith("<History until 2026-02-21 15:00:00+00:00 ")


async def test_closed_while_somebody_waits_it_tells(autojump_clock: object) -> None:
    async with session() as (tws, _peer):
        async with tws.open_history(AAPL, NOW - DAY, NOW) as history:

            async def wait() -> None:
                with pytest.raises(trio.ClosedResourceError):
                    await anext(history)

            async with trio.open_nursery() as nursery:
                nursery.start_soon(wait)
                await trio.testing.wait_all_tasks_blocked()
                history.close()


async def test_the_error_of_the_block_comes_out_bare_even_when_cancelled(
    autojump_clock: object,
) -> None:
    async with session() as (tws, _peer):
        with trio.CancelScope() as scope:
            with pytest.raises(KeyError):
                async with tws.open_history(AAPL, NOW - DAY, NOW):
                    scope.cancel()
                    raise KeyError
        assert not scope.cancelled_caught


async def cancelled_use(number: int) -> tuple[bool, Peer]:
    def answer(request: ReqHistoricalData, number: int) -> list[object]:
        return bars_of(request, NOW - 47 * HOUR, NOW - 20 * HOUR)

    async with session(answering(answer)) as (tws, peer):

        async def use() -> None:
            async with tws.open_history(AAPL, NOW - 2 * DAY, NOW, bar_size="1 min") as history:
                async for _ in history:
                    await trio.sleep(0.01)

        await trio.testing.wait_all_tasks_blocked()
        before = tasks_below()
        with trio.CancelScope() as scope:
            await cancelled_at(use(), number, scope, [0])
        assert tasks_below() == before
        await trio.sleep(1)
        assert tws.is_connected
    return scope.cancelled_caught, peer


def test_cancelled_at_any_checkpoint_it_leaves_nothing_behind() -> None:
    clock = trio.testing.MockClock
    for number in range(1, 100):
        was_cancelled, peer = trio.run(cancelled_use, number, clock=clock(autojump_threshold=0))
        cancels = [one for one in peer.received if isinstance(one, CancelHistoricalData)]
        assert {one.req_id for one in cancels} <= {one.req_id for one in asked(peer)}
        if not was_cancelled:
            assert not cancels
            return
    pytest.fail("it never came to its end")


async def test_others_get_their_turn() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await trio.lowlevel.checkpoint()

    async with simulated() as (tws, _simulator), trio.open_nursery() as nursery:
        async with tws.open_history(AAPL, NOW - DAY, NOW, bar_size="1 min") as history:
            await anext(history)
            nursery.start_soon(count)
            async for _ in history:
                pass
        assert turns > 0
        nursery.cancel_scope.cancel()


# Holes ............................................................................................


@pytest.mark.parametrize("version", [v.HISTORICAL_SCHEDULE, 226])
@pytest.mark.parametrize(("size", "days"), [("1 hour", 40), ("1 day", 500)])
async def test_a_market_that_never_closes_has_no_holes(
    size: str, days: int, version: int, autojump_clock: object
) -> None:
    async with simulated(version) as (tws, _simulator):
        async with tws.open_history(
            AAPL, NOW - days * DAY, NOW, bar_size=size, check_schedule=True
        ) as history:
            assert len([bar async for bar in history]) >= days
            assert history.holes == ()


async def test_holes_are_told_as_they_are_passed(autojump_clock: object) -> None:
    opens, closes = "20260302-09:00:00", "20260302-17:00:00"
    day = HistoricalSession(opens, closes, "20260302")

    def answer(request: ReqHistoricalData, number: int) -> list[object]:
        if request.what_to_show == "SCHEDULE":
            return [HistoricalSchedule(request.req_id, opens, closes, "UTC", (day,))]
        return bars_of(request, *(NOW - hours * HOUR for hours in (5, 4, 1)))

    async with session(answering(answer)) as (tws, _peer):
        start = NOW - timedelta(hours=12)
        async with tws.open_history(
            AAPL, start, NOW + HOUR, bar_size="1 hour", check_schedule=True
        ) as history:
            told = [history.holes]
            await anext(history)
            told.append(history.holes)
            assert len([bar async for bar in history]) == 2
            told.append(history.holes)
    morning = Hole(NOW - 6 * HOUR, NOW - 5 * HOUR)
    noon, last = Hole(NOW - 3 * HOUR, NOW - HOUR), Hole(NOW, NOW + HOUR)
    assert told == [(), (morning,), (morning, noon, last)]


# What is refused ..................................................................................


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"start": datetime(2026, 1, 1)}, "start=.* no time zone"),  # noqa: DTZ001
        ({"end": datetime(2026, 4, 1)}, "end=.* no time zone"),  # noqa: DTZ001
        ({"start": NOW}, "not before the end"),
        ({"bar_size": "7 mins"}, "7 mins.*1 month"),
        ({"what": "ADJUSTED_LAST"}, "historical_bars"),
        ({"what": "SCHEDULE"}, "schedule"),
        ({"max_concurrent": 0}, "1 to 50"),
        ({"max_concurrent": 51}, "1 to 50"),
        ({"bar_size": "1 week", "check_schedule": True}, "longer bars"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_nothing_is_sent(
    changed: dict[str, Any], words: str
) -> None:
    arguments: dict[str, Any] = {"start": NOW - DAY, "end": NOW} | changed
    async with session() as (tws, peer):
        with pytest.raises(LocalProtocolError, match=words):
            async with tws.open_history(AAPL, **arguments):
                pass
    assert not asked(peer)


async def test_a_schedule_needs_a_server_that_has_it() -> None:
    async with session(version=v.HISTORICAL_SCHEDULE - 1) as (tws, peer):
        with pytest.raises(LocalProtocolError, match=str(v.HISTORICAL_SCHEDULE)):
            async with tws.open_history(AAPL, NOW - DAY, NOW, check_schedule=True):
                pass
    assert not asked(peer)
