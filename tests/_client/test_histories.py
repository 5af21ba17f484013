from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tests._client.peer import Peer, session
from trio_tws import (
    Forex,
    HeadTimestamp,
    HistogramData,
    HistoricalSchedule,
    HistoricalSession,
    LocalProtocolError,
    NoData,
    RemoteProtocolError,
    ReqHeadTimestamp,
    ReqHistogramData,
    ReqHistoricalData,
    Stock,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws.testing import open_simulator

AAPL = Stock("AAPL")
START = datetime(2026, 3, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("345479400", datetime(1980, 12, 12, 14, 30, tzinfo=UTC)),
        ("19801212-14:30:00", datetime(1980, 12, 12, 14, 30, tzinfo=UTC)),
        ("19801212-14:30:00Z", datetime(1980, 12, 12, 14, 30, tzinfo=UTC)),
    ],
)
async def test_the_beginning_is_read_in_every_form(text: str, moment: datetime) -> None:
    async def answer(peer: Peer) -> None:
        request = await peer.read_until(ReqHeadTimestamp)
        assert (request.what_to_show, request.use_rth, request.format_date) == ("BID", False, 2)
        await peer.send(HeadTimestamp(request.req_id, text))

    async with session(answer) as (tws, _peer):
        assert await tws.head_timestamp(AAPL, what="BID", use_rth=False) == moment


async def test_a_beginning_that_can_not_be_read_says_so() -> None:
    async def answer(peer: Peer) -> None:
        request = await peer.read_until(ReqHeadTimestamp)
        await peer.send(HeadTimestamp(request.req_id, "long ago"))

    async with session(answer) as (tws, _peer):
        with pytest.raises(RemoteProtocolError, match="long ago"):
            await tws.head_timestamp(AAPL)


@pytest.mark.parametrize("version", [v.REQ_HEAD_TIMESTAMP, 176, 226])
async def test_the_simulated_market_begins_in_1970(version: int) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            assert await tws.head_timestamp(AAPL) == datetime(1970, 1, 1, tzinfo=UTC)
            with pytest.raises(NoData):
                await tws.head_timestamp(Forex("EURUSD"))


@pytest.mark.parametrize("version", [v.REQ_HISTOGRAM, 176, 226])
async def test_a_histogram_has_all_that_was_traded(version: int, autojump_clock: object) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            entries = await tws.histogram(AAPL, period="3 hours")
            bars = await tws.historical_bars(AAPL, duration="10800 S", bar_size="1 hour")
    prices = [entry.price for entry in entries]
    assert prices == sorted(set(prices))
    sizes = sum((entry.size or Decimal(0) for entry in entries), Decimal(0))
    assert sizes == sum((bar.volume or Decimal(0) for bar in bars), Decimal(0)) > 0


async def test_a_histogram_without_trades_is_empty_if_tws_says_so() -> None:
    async def answer(peer: Peer) -> None:
        request = await peer.read_until(ReqHistogramData)
        await peer.send(HistogramData(request.req_id))

    async with session(answer) as (tws, _peer):
        assert await tws.histogram(AAPL) == []


@pytest.mark.parametrize("version", [v.HISTORICAL_SCHEDULE, 226])
async def test_a_schedule_has_a_session_for_each_day_with_a_bar(version: int) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            end = START - timedelta(days=1)
            found = await tws.schedule(AAPL, duration="4 D", end=end)
    assert found.time_zone == "US/Eastern"
    assert found.start == datetime(2026, 2, 25, tzinfo=UTC) == found.sessions[0].start
    assert found.end == datetime(2026, 3, 2, tzinfo=UTC) == found.sessions[-1].end
    days = [session.trading_day for session in found.sessions]
    assert days == [*(date(2026, 2, day) for day in (25, 26, 27, 28)), date(2026, 3, 1)]


@pytest.mark.parametrize(
    ("zone", "start", "day", "words"),
    [
        ("Nowhere/Land", "20260302-09:30:00", "20260302", "Nowhere/Land"),
        ("MET", "9:30", "20260302", "9:30"),
        ("MET", "20260302-09:30:00", "Monday", "Monday"),
    ],
)
async def test_a_schedule_that_can_not_be_read_says_so(
    zone: str, start: str, day: str, words: str
) -> None:
    async def answer(peer: Peer) -> None:
        request = await peer.read_until(ReqHistoricalData)
        times = HistoricalSession(start, start, day)
        await peer.send(HistoricalSchedule(request.req_id, start, start, zone, (times,)))

    async with session(answer) as (tws, _peer):
        with pytest.raises(RemoteProtocolError, match=words):
            await tws.schedule(AAPL)


async def test_what_can_not_be_is_refused_and_nothing_is_sent() -> None:
    async with session(version=v.HISTORICAL_SCHEDULE - 1) as (tws, peer):
        with pytest.raises(LocalProtocolError, match=str(v.HISTORICAL_SCHEDULE)):
            await tws.schedule(AAPL)
    assert not [one for one in peer.received if isinstance(one, ReqHistoricalData)]
    async with session() as (tws, _peer):
        with pytest.raises(LocalProtocolError, match=r"end=.* no time zone"):
            await tws.schedule(AAPL, end=datetime(2026, 3, 2))  # noqa: DTZ001
    async with session(version=v.REQ_HEAD_TIMESTAMP - 1) as (tws, _peer):
        with pytest.raises(LocalProtocolError):
            await tws.head_timestamp(AAPL)
        with pytest.raises(LocalProtocolError):
            await tws.histogram(AAPL)


@pytest.mark.parametrize(
    ("length", "duration"),
    [
        (timedelta(hours=1), "2 D"),
        (timedelta(days=364), "365 D"),
        (timedelta(days=364, seconds=1), "2 Y"),
    ],
)
async def test_a_history_asks_for_the_schedule_of_all_its_days(
    length: timedelta, duration: str
) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_tick_history(AAPL, START - length, START, check_schedule=True):
                received = simulator.clients[0].received
    (request,) = [one for one in received if isinstance(one, ReqHistoricalData)]
    assert (request.what_to_show, request.duration) == ("SCHEDULE", duration)
