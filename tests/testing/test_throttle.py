"""That what is too much is refused, and nothing else; and that our own client is never refused."""

from collections.abc import Sequence
from functools import partial

import pytest
import trio

from tests.testing.program import Program, running, session
from trio_tws import LimitReached, PacingViolation, Stock, open_tws
from trio_tws._model.bars import (
    CancelHistoricalData,
    HistoricalDataEnd,
    HistoricalDataUpdate,
    ReqHistoricalData,
)
from trio_tws._model.depth import ReqMktDepth
from trio_tws._model.histogram import HeadTimestamp, ReqHeadTimestamp
from trio_tws._model.historical_ticks import ReqHistoricalTicks
from trio_tws._model.real_time_bars import ReqRealTimeBars
from trio_tws._model.session import CurrentTime, Error, ReqCurrentTime
from trio_tws._model.tick_by_tick import ReqTickByTickData
from trio_tws._model.ticks import CancelMktData, ReqMktData
from trio_tws._wire import evolve
from trio_tws.protocol import EndOfStream, Rate
from trio_tws.testing import TwsLimits
from trio_tws.testing._throttle import MessageRate, Throttle

AAPL, MSFT = Stock("AAPL"), Stock("MSFT")
VERSIONS = (176, 226)
SMALL = ReqHistoricalData(1, AAPL, duration="60 S", bar_size_setting="5 secs")
TICKS = ReqHistoricalTicks(1, AAPL, start_date_time="20240110-12:00:00")


def refusals(limits: TwsLimits, asked: Sequence[tuple[float, object]]) -> list[int | None]:
    """Gives the codes for requests of which none is under way for any time."""
    throttle = Throttle(limits)
    taken = [throttle.take(request, [], at) for at, request in asked]
    return [one and one.code for one in taken]


def small(number: int, what: str = "TRADES") -> ReqHistoricalData:
    """Gives one of requests that differ in their instruments."""
    contract = evolve(AAPL, con_id=1 + number)
    return evolve(SMALL, contract=contract, what_to_show=what)


# What is counted in time ..........................................................................


def test_sixty_small_requests_go_in_ten_minutes() -> None:
    asked = [(0.0, small(number)) for number in range(61)]
    asked += [(599.0, small(61)), (600.0, small(62))]
    assert refusals(TwsLimits(), asked) == [None] * 60 + [162, 162, None]


def test_bid_ask_counts_twice() -> None:
    asked = [(0.0, small(number, "BID_ASK")) for number in range(31)]
    assert refusals(TwsLimits(), asked) == [None] * 30 + [162]


def test_the_same_is_refused_for_fifteen_seconds() -> None:
    again = evolve(SMALL, req_id=2)
    asked = [(0.0, SMALL), (14.9, again), (15.0, again)]
    assert refusals(TwsLimits(), asked) == [None, 162, None]


def test_the_sixth_of_a_series_is_refused_for_two_seconds() -> None:
    asked: list[tuple[float, object]] = [
        (0.1 * number, evolve(SMALL, duration=f"{60 + number} S")) for number in range(6)
    ]
    asked.append((2.0, evolve(SMALL, duration="90 S")))
    assert refusals(TwsLimits(), asked) == [None] * 5 + [162, None]


def test_larger_bars_are_not_counted() -> None:
    asked = [(0.0, evolve(SMALL, bar_size_setting="1 min"))] * 100
    assert refusals(TwsLimits(), asked) == [None] * 100


def test_what_is_refused_is_not_counted() -> None:
    """A rate that has room is left alone if another has none."""
    asked = [(0.0, SMALL)] * 3 + [(0.0, small(1))]
    limits = TwsLimits(small_bars=Rate(2, 600), same_series=None)
    assert refusals(limits, asked) == [None, 162, 162, None]


def test_what_counts_twice_may_go_where_one_may() -> None:
    assert refusals(TwsLimits(small_bars=Rate(1, 9)), [(0.0, small(1, "BID_ASK"))]) == [None]


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        (SMALL, 162, "Historical Market Data Service error message:"),
        (TICKS, 10187, "Failed to request historical ticks:"),
        (ReqRealTimeBars(1, AAPL), 420, "Invalid Real-time Query:"),
        (ReqTickByTickData(1, AAPL), 10189, "Failed to request tick-by-tick data:"),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
async def test_each_kind_is_refused_with_its_code(
    version: int, request_: object, code: int, words: str
) -> None:
    limits = TwsLimits(small_bars=Rate(1, 600))
    async with session(version, limits=limits) as program:
        again = evolve(request_, req_id=2)
        req_id, told, message = await program.error(request_, again)
        assert (req_id, told) == (2, code)
        assert message.startswith(words)
        assert "pacing violation" in message


# What is open .....................................................................................


@pytest.mark.parametrize("version", VERSIONS)
async def test_all_kinds_of_data_share_the_lines_of_the_login(version: int) -> None:
    async with running(server_version=version, limits=TwsLimits(market_data_lines=4)) as simulator:
        one = await Program.started(simulator, 1)
        other = await Program.started(simulator, 2)
        await one.send(ReqMktData(1, AAPL), ReqRealTimeBars(2, AAPL), ReqCurrentTime())
        await one.until(CurrentTime)
        depth = ReqMktDepth(1, AAPL, num_rows=1, is_smart_depth=True)
        await other.send(depth, ReqTickByTickData(2, AAPL), ReqCurrentTime())
        await other.until(CurrentTime)
        told = await one.error(ReqMktData(3, MSFT))
        assert told == (3, 101, "Max number of tickers has been reached")
        await one.send(CancelMktData(1), ReqMktData(3, MSFT), ReqMktData(4, MSFT))
        assert (await one.error())[:2] == (4, 101)


@pytest.mark.parametrize("version", VERSIONS)
async def test_bars_that_grow_take_their_place(version: int, autojump_clock: object) -> None:
    grows = ReqHistoricalData(1, AAPL, bar_size_setting="1 min", keep_up_to_date=True)
    async with session(version, limits=TwsLimits(open_history=1)) as program:
        await program.send(grows)
        await program.until(HistoricalDataUpdate if version < 196 else HistoricalDataEnd)
        req_id, code, words = await program.error(ReqHeadTimestamp(2, AAPL))
        assert (req_id, code) == (2, 162)
        assert "Only 1 simultaneous API historical data requests allowed." in words
        await program.send(CancelHistoricalData(1), ReqHeadTimestamp(2, AAPL))
        assert (await program.until(HeadTimestamp)).req_id == 2


@pytest.mark.parametrize(
    ("request_", "most", "code"),
    [(ReqMktDepth(1, AAPL), 3, 309), (ReqTickByTickData(1, AAPL), 5, 10190)],
)
def test_what_is_scarce_runs_out_before_the_lines(request_: object, most: int, code: int) -> None:
    throttle = Throttle(TwsLimits())
    for is_full in (False, True):
        excess = throttle.take(request_, others(request_, most - 1 + is_full), 0)
        assert (excess and excess.code) == (code if is_full else None)


def others(request: object, count: int) -> list[object]:
    return [evolve(request, req_id=100 + number) for number in range(count)]


def test_a_request_does_not_stand_in_its_own_way() -> None:
    throttle, request = Throttle(TwsLimits(market_data_lines=1)), ReqMktData(1, AAPL)
    assert throttle.take(request, [request], 0) is None
    assert throttle.take(request, [ReqMktData(2, AAPL)], 0) is not None


# Our client .......................................................................................


@pytest.mark.parametrize("version", VERSIONS)
async def test_our_client_hears_the_right_failure(version: int, autojump_clock: object) -> None:
    async with (
        running(server_version=version, limits=TwsLimits(market_data_lines=1)) as simulator,
        open_tws(stream=simulator.open_stream(), pacing=None) as tws,
        tws.open_ticks(AAPL) as ticks,
    ):
        await anext(ticks)
        with pytest.raises(LimitReached):
            async with tws.open_ticks(MSFT) as others:
                await anext(others)
        await tws.historical_bars(AAPL, duration="60 S", bar_size="5 secs")
        with pytest.raises(PacingViolation):
            await tws.historical_bars(AAPL, duration="60 S", bar_size="5 secs")


@pytest.mark.parametrize("version", VERSIONS)
async def test_our_client_keeps_to_the_limits(version: int, autojump_clock: object) -> None:
    async with (
        running(server_version=version) as simulator,
        open_tws(stream=simulator.open_stream()) as tws,
        trio.open_nursery() as nursery,
    ):
        bars = partial(tws.historical_bars, AAPL, duration="60 S", bar_size="5 secs")
        for _ in range(3):
            nursery.start_soon(bars)
        for _ in range(300):
            nursery.start_soon(tws.current_time)
            nursery.start_soon(tws.contract_details, AAPL)


# Messages .........................................................................................


def test_messages_count_for_a_second() -> None:
    rate = MessageRate(TwsLimits(messages_per_second=2))
    assert [rate.count(at) for at in (0, 0.5, 1, 1.2)] == [
        "",
        "",
        "",
        "Max rate of messages per second has been exceeded:max=2 rec=3 (1)",
    ]
    assert [rate.count(1.2), rate.count(1.2)] == ["", ""]  # it counts anew
    assert rate.count(1.2).endswith("rec=3 (2)")
    assert rate.warnings == 2


def test_without_a_limit_no_message_is_too_many() -> None:
    rate = MessageRate(TwsLimits(messages_per_second=None))
    assert [rate.count(0) for _ in range(1000)] == [""] * 1000
    assert rate.opens_at(0) == 0


@pytest.mark.parametrize("version", VERSIONS)
async def test_who_does_not_hear_is_cut_off(version: int) -> None:
    async with session(version) as program:
        await program.send(*[ReqCurrentTime()] * 51)
        words = "Max rate of messages per second has been exceeded:max=50 rec=51"
        assert await program.error() == (-1, 100, f"{words} (1)")
        await program.send(*[ReqCurrentTime()] * 102)
        events = await program.all_until(EndOfStream)
        errors = [one for one in events if isinstance(one, Error) and one.code == 100]
        assert [one.message for one in errors] == [f"{words} (2)", f"{words} (3)"]


@pytest.mark.parametrize("version", VERSIONS)
async def test_with_paceapi_it_takes_its_time(version: int, autojump_clock: object) -> None:
    async with running(server_version=version) as simulator:
        program = await Program.started(simulator, options="+PACEAPI")
        began = trio.current_time()
        await program.send(*[ReqCurrentTime()] * 200)
        for _ in range(200):
            await program.until(CurrentTime)
        assert trio.current_time() - began == 4  # with what started the session, 201
