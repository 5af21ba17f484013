from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from tests._client.peer import Peer, session, tasks_below
from tests._client.test_cancel_everywhere import cancelled_at
from trio_tws import (
    TWS,
    CancelHistoricalTicks,
    ConnectionLost,
    Error,
    Forex,
    HistoricalSchedule,
    HistoricalSession,
    HistoricalTicksLast,
    Hole,
    LocalProtocolError,
    NoData,
    PacingViolation,
    QuoteTick,
    RemoteProtocolError,
    ReqHistoricalData,
    ReqHistoricalTicks,
    Stock,
    TickHistoryProgress,
    TickPosition,
    TradeTick,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws.testing import Simulator, open_simulator

AAPL = Stock("AAPL")
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NO_DATA = "Failed to request historical ticks:No data"


@asynccontextmanager
async def simulated(version: int = 226, **options: Any) -> AsyncIterator[tuple[TWS, Simulator]]:
    async with open_simulator(server_version=version, start=NOW, **options) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            yield tws, simulator


def asked(source: Simulator | Peer) -> list[ReqHistoricalTicks]:
    received = source.received if isinstance(source, Peer) else source.clients[0].received
    return [one for one in received if isinstance(one, ReqHistoricalTicks)]


def start_of(request: ReqHistoricalTicks) -> datetime:
    return datetime.strptime(f"{request.start_date_time}Z", "%Y%m%d-%H:%M:%S%z")


def trade(time: datetime, price: float = 1.0) -> TradeTick:
    return TradeTick(time, price=price, size=Decimal(1), is_past=True)


Ticks = Sequence[TradeTick]
Answer = Callable[[Any, int], list[object]]


def answering(answer: Answer) -> Callable[[Peer], Any]:
    """Answers each request for the past; is told how many came before."""

    async def act(peer: Peer) -> None:
        done = 0
        while peer.closed_cleanly is None:
            await peer.read()
            requests = [
                one
                for one in peer.received
                if isinstance(one, ReqHistoricalTicks | ReqHistoricalData)
            ]
            for request in requests[done:]:
                done += 1
                await peer.send(*answer(request, done - 1))

    return act


def page(ticks: Ticks, request: ReqHistoricalTicks, *, whole: bool = True) -> list[object]:
    """Answers as IB says that TWS does, or with a last second that is cut."""
    found = [tick for tick in ticks if tick.time >= start_of(request)]
    if not found:
        return [Error(request.req_id, 10187, NO_DATA)]
    size = request.number_of_ticks
    last = found[:size][-1].time
    rest = [tick for tick in found[size:] if tick.time == last] if whole else []
    return [HistoricalTicksLast(request.req_id, (*found[:size], *rest), done=True)]


# What it gives ....................................................................................


@pytest.mark.slow
@pytest.mark.parametrize("version", [v.HISTORICAL_TICKS, 176, 226])
@pytest.mark.parametrize("check", [False, True])
async def test_ticks_are_those_of_the_market_each_once(
    version: int, check: bool, autojump_clock: object
) -> None:
    if check and version < v.HISTORICAL_SCHEDULE:
        return
    start, end = NOW - 17 * HOUR, NOW - 13 * HOUR  # around midnight in UTC
    async with simulated(version) as (tws, simulator):
        async with tws.open_tick_history(AAPL, start, end, check_schedule=check) as history:
            ticks = [tick async for tick in history]
            assert history.position == TickPosition(end)
            assert history.holes == ()
            assert history.progress() == TickHistoryProgress(2, 2, len(ticks))
        market = simulator.market
        interval = market.trade_interval(265598)
    times = [int(tick.time.timestamp()) for tick in ticks]
    first = -(-int(start.timestamp()) // interval) * interval
    assert times == [*range(first, int(end.timestamp()), interval)]
    for tick, second in zip(ticks, times, strict=True):
        made = market.trade(265598, second)
        assert made is not None
        assert (tick.price, tick.size) == (made.price, made.size)


async def test_there_are_three_kinds(autojump_clock: object) -> None:
    async with simulated() as (tws, simulator):
        async with tws.open_tick_history(AAPL, NOW - HOUR, NOW) as trades:
            assert isinstance(await anext(trades), TradeTick)
        async with tws.open_tick_history(
            AAPL, NOW - HOUR, NOW, what="BID_ASK", ignore_size=True, use_rth=False
        ) as quotes:
            quote = await anext(quotes)
            assert isinstance(quote, QuoteTick)
            assert quote.price_bid < quote.price_ask
        async with tws.open_tick_history(AAPL, NOW - HOUR, NOW, what="MIDPOINT") as middles:
            middle = await anext(middles)
            assert middle.price > 0
        (request, *_) = [one for one in asked(simulator) if one.what_to_show == "BID_ASK"]
        assert request.ignore_size
        assert not request.use_rth


async def test_without_an_end_it_goes_up_to_the_time_of_tws(autojump_clock: object) -> None:
    async with simulated() as (tws, _simulator):
        async with tws.open_tick_history(AAPL, NOW - HOUR) as history:
            last = [tick.time async for tick in history][-1]
            assert last is not None
            assert NOW - timedelta(minutes=1) < last < history.position.time
            assert NOW <= history.position.time < NOW + 5 * SECOND


@pytest.mark.parametrize("whole", [True, False])
async def test_equal_ticks_of_one_second_are_given_as_often_as_there_are(
    whole: bool, autojump_clock: object
) -> None:
    start = NOW - HOUR
    ticks = [trade(start)] * 990 + [trade(start + SECOND)] * 30 + [trade(start + 5 * SECOND)] * 990

    async with session(answering(lambda request, _: page(ticks, request, whole=whole))) as (
        tws,
        peer,
    ):
        async with tws.open_tick_history(AAPL, start, NOW) as history:
            assert [tick async for tick in history] == ticks
        starts = [(start_of(request) - start) // SECOND for request in asked(peer)]
    assert starts == [0, 1, 5, 6]


async def test_a_second_may_have_more_than_an_answer_holds(autojump_clock: object) -> None:
    start = NOW - HOUR
    ticks = [trade(start, number) for number in range(2500)]
    ticks += [trade(start + SECOND, number) for number in range(1200)] + [trade(start + HOUR / 2)]

    async with session(answering(lambda request, _: page(ticks, request))) as (tws, peer):
        async with tws.open_tick_history(AAPL, start, NOW) as history:
            assert [tick async for tick in history] == ticks
    assert len(asked(peer)) == 4


@pytest.mark.slow
@given(
    counts=st.lists(st.integers(0, 900), min_size=1, max_size=6),
    prices=st.integers(1, 3),
    stop=st.integers(0, 4000),
    whole=st.booleans(),
    most=st.integers(1, 3),
)
@settings(max_examples=15)
def test_however_ticks_lie_all_are_given_once(
    counts: list[int], prices: int, stop: int, whole: bool, most: int
) -> None:
    """Also when it is left in the middle, and another history goes on from there."""
    step = timedelta(hours=14)
    start = NOW - 6 * step
    ticks = [
        trade(start + at * step + number // 600 * SECOND, number % prices)
        for at, count in enumerate(counts)
        for number in range(count)
    ]

    async def use() -> list[TradeTick]:
        got: list[TradeTick] = []
        act = answering(lambda request, _: page(ticks, request, whole=whole))
        async with session(act, pacing=None) as (tws, _peer):
            position = TickPosition(start)
            async with tws.open_tick_history(AAPL, position, NOW, max_concurrent=most) as history:
                got += [await anext(history) for _ in range(min(stop, len(ticks)))]
                position = history.position
            async with tws.open_tick_history(AAPL, position, NOW, max_concurrent=most) as history:
                try:
                    got += [tick async for tick in history]
                except NoData:
                    assert len(got) == len(ticks)
        return got

    assert trio.run(use, clock=trio.testing.MockClock(autojump_threshold=0)) == ticks


async def test_ticks_that_come_in_no_order_are_put_into_it(autojump_clock: object) -> None:
    start = NOW - HOUR
    late, early = trade(start + 9 * SECOND, 1), trade(start + SECOND, 2)
    twin, before = trade(start + SECOND, 3), trade(start - SECOND)

    def answer(request: ReqHistoricalTicks, number: int) -> list[object]:
        ticks = (late, early, twin, before) if number == 0 else ()
        return [HistoricalTicksLast(request.req_id, ticks, done=True)]

    async with session(answering(answer)) as (tws, peer):
        async with tws.open_tick_history(AAPL, start, NOW) as history:
            assert [tick async for tick in history] == [early, twin, late]
    assert len(asked(peer)) == 2


async def test_no_tick_at_all_is_an_error(autojump_clock: object) -> None:
    async with simulated() as (tws, _simulator):
        async with tws.open_tick_history(Forex("EURUSD"), NOW - 2 * DAY, NOW) as history:
            with pytest.raises(NoData):
                await anext(history)
            assert history.progress() == TickHistoryProgress(3, 3, 0)


async def test_a_tick_without_a_time_is_an_error(autojump_clock: object) -> None:
    def answer(request: ReqHistoricalTicks, number: int) -> list[object]:
        return [
            HistoricalTicksLast(
                request.req_id, (trade(datetime(1970, 1, 1, tzinfo=UTC)),), done=True
            )
        ]

    async with session(answering(answer)) as (tws, _peer):
        async with tws.open_tick_history(AAPL, NOW - HOUR, NOW) as history:
            with pytest.raises(RemoteProtocolError, match="zero in place of a time"):
                await anext(history)


# How it asks ......................................................................................


async def test_where_little_happens_an_answer_serves_many_days(autojump_clock: object) -> None:
    ticks = [trade(NOW - 40 * DAY + number * HOUR) for number in range(960)]

    async with session(answering(lambda request, _: page(ticks, request))) as (tws, peer):
        async with tws.open_tick_history(AAPL, NOW - 40 * DAY, NOW, max_concurrent=1) as history:
            assert [tick async for tick in history] == ticks
            assert history.progress() == TickHistoryProgress(41, 41, 960)
        assert len(asked(peer)) == 2


@pytest.mark.parametrize("most", [1, 3])
async def test_so_many_days_are_under_way_and_no_more(most: int, autojump_clock: object) -> None:
    async with simulated(latency=5) as (tws, simulator):
        async with tws.open_tick_history(
            AAPL, NOW - 10 * DAY, NOW, max_concurrent=most, buffer=1
        ) as history:
            await trio.sleep(60)
            days = {request.start_date_time[:8] for request in asked(simulator)}
            assert len(days) == most
            await anext(history)
            assert history.progress() == TickHistoryProgress(0, 11, 1)


@pytest.mark.parametrize(("buffer", "answers"), [(1, 4), (10_000, 13)])
async def test_what_waits_is_bounded(buffer: int, answers: int, autojump_clock: object) -> None:
    """A request is made while there is room; of the first day one more answer may wait."""
    async with simulated() as (tws, simulator):
        async with tws.open_tick_history(
            AAPL, NOW - 10 * DAY, NOW, max_concurrent=3, buffer=buffer
        ) as history:
            await trio.sleep(3600)
            assert len(asked(simulator)) == answers
            for _ in range(3001):
                await anext(history)
            await trio.sleep(3600)
            assert len(asked(simulator)) > answers


@pytest.mark.slow
async def test_it_keeps_to_the_pace_that_ib_allows(autojump_clock: object) -> None:
    """Quotes count twice: the 31st request is ten minutes after the first."""
    async with simulated() as (tws, simulator):
        async with tws.open_tick_history(
            AAPL, NOW - 10 * DAY, NOW, what="BID_ASK", buffer=10**6
        ) as history:
            await anext(history)
            await trio.sleep(500)
            assert len(asked(simulator)) == 30
            await trio.sleep(200)
            assert 30 < len(asked(simulator)) <= 60


# Where it stops, and how it goes on ...............................................................


async def test_a_request_that_failed_is_made_again(autojump_clock: object) -> None:
    start = NOW - HOUR
    ticks = [trade(start + number * SECOND) for number in range(2500)]

    def answer(request: ReqHistoricalTicks, number: int) -> list[object]:
        if number in {0, 2}:
            words = "Historical data request pacing violation"
            return [Error(request.req_id, 162, words)]
        return page(ticks, request)

    got: list[TradeTick] = []
    async with session(answering(answer)) as (tws, _peer):
        async with tws.open_tick_history(AAPL, start, NOW) as history:
            with pytest.raises(PacingViolation):
                await anext(history)
            with pytest.raises(PacingViolation):
                async for tick in history:
                    got.append(tick)  # noqa: PERF401 - what comes before the error counts
            assert history.position == TickPosition(start + 999 * SECOND, 1)
            got += [tick async for tick in history]
    assert got == ticks


async def test_a_day_that_failed_ahead_is_told_when_it_is_its_turn(autojump_clock: object) -> None:
    start, midnight = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    ticks = [trade(start), trade(start + DAY)]
    failed: list[object] = []

    def answer(request: ReqHistoricalTicks, number: int) -> list[object]:
        if start_of(request) == midnight and not failed:
            failed.append(request)
            return [Error(request.req_id, 162, "Historical data request pacing violation")]
        return page(ticks, request)

    async with session(answering(answer)) as (tws, _peer):
        async with tws.open_tick_history(AAPL, start, NOW) as history:
            await trio.sleep(60)
            assert await anext(history) == ticks[0]
            with pytest.raises(PacingViolation):
                await anext(history)
            assert history.position == TickPosition(midnight)
            assert [tick async for tick in history] == ticks[1:]


async def test_a_lost_connection_is_raised_bare(autojump_clock: object) -> None:
    async def hang_up(peer: Peer) -> None:
        await peer.read_until(ReqHistoricalTicks)
        await peer.stream.aclose()

    with pytest.raises(ConnectionLost):
        async with session(hang_up) as (tws, _peer):
            async with tws.open_tick_history(AAPL, NOW - DAY, NOW) as history:
                await anext(history)


# How it ends ......................................................................................


async def test_leaving_early_takes_back_what_is_under_way(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        async with tws.open_tick_history(AAPL, NOW - 9 * DAY, NOW) as history:
            await trio.testing.wait_all_tasks_blocked()
            assert len(asked(peer)) == 4
        await trio.testing.wait_all_tasks_blocked()
        cancels = [one for one in peer.received if isinstance(one, CancelHistoricalTicks)]
        assert {one.req_id for one in cancels} == {one.req_id for one in asked(peer)}
        with pytest.raises(trio.ClosedResourceError):
            await anext(history)
        assert repr(history).startswith("<TickHistory until 2026-02-21 15:00:00+00:00 ")


async def test_closed_while_somebody_waits_it_tells(autojump_clock: object) -> None:
    async with session() as (tws, _peer):
        async with tws.open_tick_history(AAPL, NOW - DAY, NOW) as history:

            async def wait() -> None:
                with pytest.raises(trio.ClosedResourceError):
                    await anext(history)

            async with trio.open_nursery() as nursery:
                nursery.start_soon(wait)
                await trio.testing.wait_all_tasks_blocked()
                history.close()


async def cancelled_use(number: int) -> tuple[bool, Peer]:
    start = NOW - 2 * DAY
    ticks = [trade(start + number * HOUR) for number in range(40)]

    async with session(answering(lambda request, _: page(ticks, request))) as (tws, peer):

        async def use() -> None:
            async with tws.open_tick_history(AAPL, start, NOW) as history:
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


@pytest.mark.slow
def test_cancelled_at_any_checkpoint_it_leaves_nothing_behind() -> None:
    clock = trio.testing.MockClock
    for number in range(1, 200):
        was_cancelled, peer = trio.run(cancelled_use, number, clock=clock(autojump_threshold=0))
        cancels = [one for one in peer.received if isinstance(one, CancelHistoricalTicks)]
        assert {one.req_id for one in cancels} <= {one.req_id for one in asked(peer)}
        if not was_cancelled:
            assert not cancels
            return
    pytest.fail("it never came to its end")


# Holes ............................................................................................


async def test_a_session_without_a_tick_is_a_hole(autojump_clock: object) -> None:
    days = [
        HistoricalSession(f"202603{day:02}-09:00:00", f"202603{day:02}-17:00:00", f"202603{day:02}")
        for day in (4, 5, 6, 9)
    ]
    begin, end = datetime(2026, 3, 4, 10, tzinfo=UTC), datetime(2026, 3, 9, 16, tzinfo=UTC)
    ticks = [trade(begin + 2 * HOUR), trade(begin + 3 * HOUR), trade(begin + 2 * DAY)]

    def answer(request: Any, number: int) -> list[object]:
        if isinstance(request, ReqHistoricalData):
            assert (request.what_to_show, request.duration) == ("SCHEDULE", "7 D")
            first, last = days[0].start_date_time, days[-1].end_date_time
            return [HistoricalSchedule(request.req_id, first, last, "UTC", tuple(days))]
        return page(ticks, request)

    async with session(answering(answer)) as (tws, peer):
        async with tws.open_tick_history(
            AAPL, begin, end, check_schedule=True, max_concurrent=2
        ) as history:
            assert await anext(history) == ticks[0]
            told = [history.holes]
            assert [tick async for tick in history] == ticks[1:]
            told.append(history.holes)
            assert history.progress() == TickHistoryProgress(4, 4, 3)
    morning = datetime(2026, 3, 5, 9, tzinfo=UTC)
    silent, last = Hole(morning, morning + 8 * HOUR), Hole(morning + 4 * DAY, end)
    assert told == [(), (silent, last)]
    assert {start_of(request) for request in asked(peer)[:2]} == {begin, morning}


# What is refused ..................................................................................


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"start": datetime(2026, 1, 1)}, "start=.* no time zone"),  # noqa: DTZ001
        ({"end": datetime(2026, 4, 1)}, "end=.* no time zone"),  # noqa: DTZ001
        ({"start": NOW}, "not before the end"),
        ({"start": TickPosition(NOW)}, "not before the end"),
        ({"max_concurrent": 0}, "1 to 50"),
        ({"buffer": 0}, "buffer=0"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_nothing_is_sent(
    changed: dict[str, Any], words: str
) -> None:
    arguments: dict[str, Any] = {"start": NOW - DAY, "end": NOW} | changed
    async with session() as (tws, peer):
        with pytest.raises(LocalProtocolError, match=words):
            async with tws.open_tick_history(AAPL, **arguments):
                pass
    assert not asked(peer)


def test_a_position_counts_from_a_moment() -> None:
    with pytest.raises(LocalProtocolError, match="no time zone"):
        TickPosition(datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(LocalProtocolError, match="given=-1"):
        TickPosition(NOW, -1)


async def test_a_server_that_has_no_ticks_of_the_past_is_told_at_the_first_step() -> None:
    async with session(version=v.HISTORICAL_TICKS - 1) as (tws, _peer):
        async with tws.open_tick_history(AAPL, NOW - DAY, NOW) as history:
            with pytest.raises(LocalProtocolError, match=str(v.HISTORICAL_TICKS)):
                await anext(history)
