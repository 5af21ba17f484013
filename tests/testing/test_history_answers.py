from typing import Any

import pytest
import trio

from tests.testing.program import START, session
from trio_tws import Contract, Forex, Index, Stock
from trio_tws import _versions as v
from trio_tws._model.bars import (
    CancelHistoricalData,
    HistoricalData,
    HistoricalDataUpdate,
    HistoricalSchedule,
    ReqHistoricalData,
)
from trio_tws._model.histogram import (
    CancelHeadTimestamp,
    CancelHistogramData,
    HeadTimestamp,
    HistogramData,
    ReqHeadTimestamp,
    ReqHistogramData,
)
from trio_tws._model.historical_ticks import (
    CancelHistoricalTicks,
    HistoricalTicksLast,
    ReqHistoricalTicks,
)
from trio_tws._model.session import CurrentTime, ReqCurrentTime

AAPL = Stock("AAPL")
FROM_NOON = "20240110-12:00:00"


def growing(contract: Contract = AAPL, **changed: Any) -> ReqHistoricalData:
    values: dict[str, Any] = {"duration": "60 S", "bar_size_setting": "5 secs", "format_date": 2}
    return ReqHistoricalData(7, contract, keep_up_to_date=True, **(values | changed))


@pytest.mark.parametrize("version", [v.SYNT_REALTIME_BARS, 176, 226])
async def test_bars_grow_with_each_trade_until_they_are_cancelled(
    version: int, autojump_clock: object
) -> None:
    async with session(version) as program:
        await program.send(growing())
        past = await program.until(HistoricalData)
        updates = [await program.until(HistoricalDataUpdate) for _ in range(12)]
        first = int(past.bars[-1].date) + 5
        assert first == START.timestamp()
        assert [int(one.bar.date) - first for one in updates] == [
            0,
            0,
            0,
            0,
            5,
            5,
            5,
            5,
            5,
            10,
            10,
            10,
        ]
        assert [one.bar.bar_count for one in updates[4:9]] == [1, 2, 3, 4, 5]
        assert (await program.error(CancelHistoricalData(7)))[:2] == (7, 162)
        await trio.sleep(60)
        await program.send(ReqCurrentTime())
        assert isinstance(await program.next(), CurrentTime)


async def test_bars_of_quotes_grow_too(autojump_clock: object) -> None:
    async with session() as program:
        await program.send(growing(Forex("EURUSD"), what_to_show="MIDPOINT"))
        assert (await program.error(growing()))[:2] == (7, 322)
        update = await program.until(HistoricalDataUpdate)
        assert update.bar.volume is None


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"end_date_time": FROM_NOON}, 321, "has to be empty"),
        ({"what_to_show": "SCHEDULE", "bar_size_setting": "1 day"}, 321, "SCHEDULE"),
        ({"bar_size_setting": "1 secs"}, 321, "5 secs or more"),
        ({"bar_size_setting": "7 secs"}, 321, "bar size setting is invalid"),
        ({"contract": Stock("NOSUCH")}, 200, "No security definition"),
        ({"contract": Forex("EURUSD")}, 162, "no data"),
    ],
)
async def test_bars_that_can_not_grow_are_refused(
    changed: dict[str, Any], code: int, words: str
) -> None:
    async with session() as program:
        req_id, answered, message = await program.error(growing(**changed))
        assert (req_id, answered) == (7, code)
        assert words in message
        assert (await program.error(CancelHistoricalData(7)))[1] == 366


async def test_below_its_version_a_schedule_is_refused() -> None:
    async with session(v.HISTORICAL_SCHEDULE - 1) as program:
        asked = ReqHistoricalData(7, AAPL, bar_size_setting="1 day", what_to_show="SCHEDULE")
        assert (await program.error(asked))[1] == 162


async def test_a_schedule_is_the_whole_answer() -> None:
    async with session() as program:
        asked = ReqHistoricalData(7, AAPL, bar_size_setting="1 day", what_to_show="SCHEDULE")
        await program.send(asked)
        assert (await program.until(HistoricalSchedule)).time_zone == "US/Eastern"
        assert (await program.error(CancelHistoricalData(7)))[1] == 366


ONCE = [
    (ReqHeadTimestamp(7, AAPL), HeadTimestamp, CancelHeadTimestamp(7)),
    (ReqHistogramData(7, AAPL, time_period="1 hour"), HistogramData, CancelHistogramData(7)),
    (ReqHistoricalTicks(7, AAPL, FROM_NOON), HistoricalTicksLast, CancelHistoricalTicks(7)),
]


@pytest.mark.parametrize(("request_", "answer", "cancel"), ONCE)
async def test_one_message_answers(
    request_: object, answer: type[Any], cancel: object, autojump_clock: object
) -> None:
    async with session(latency=5, limits=None) as program:
        await program.send(request_)
        assert (await program.error(request_))[:2] == (7, 322)
        assert (await program.until(answer)).req_id == 7
        await program.send(request_, cancel)
        await trio.sleep(60)
        await program.send(ReqCurrentTime())
        assert isinstance(await program.next(), CurrentTime)


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        (ReqHeadTimestamp(7, AAPL, what_to_show="GUESSES"), 321, "What to show"),
        (ReqHeadTimestamp(7, Forex("EURUSD")), 162, "no data"),
        (ReqHeadTimestamp(7, Stock("NOSUCH")), 200, "No security definition"),
        (ReqHistogramData(7, AAPL, time_period="a while"), 321, "a while"),
        (ReqHistogramData(7, Forex("EURUSD"), time_period="1 day"), 162, "no data"),
        (ReqHistoricalTicks(7, AAPL), 321, "Exactly one"),
        (
            ReqHistoricalTicks(7, Index("SPX", exchange="CBOE"), FROM_NOON, what_to_show="BID_ASK"),
            10187,
            "No data",
        ),
    ],
)
async def test_what_tws_refuses_is_refused(request_: object, code: int, words: str) -> None:
    async with session() as program:
        req_id, answered, message = await program.error(request_)
        assert (req_id, answered) == (7, code)
        assert words in message
