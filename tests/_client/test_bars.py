from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from trio.testing import MockClock

from tests._client.peer import Peer, session
from trio_tws import (
    Bar,
    CancelHistoricalData,
    Forex,
    HistoricalData,
    HistoricalDataBar,
    HistoricalDataEnd,
    LocalProtocolError,
    RemoteProtocolError,
    ReqHistoricalData,
    RequestError,
    Stock,
    open_tws,
)
from trio_tws.testing import open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize("version", [100, 123, 176, 195, 196, 226])
async def test_bars_are_those_of_the_market(version: int, autojump_clock: MockClock) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            bars = await tws.historical_bars(Stock("AAPL"), duration="3600 S", bar_size="5 mins")
            expected = simulator.market.bars(265598, simulator.now(), "3600 S", "5 mins", "TRADES")
    assert len(bars) == len(expected) == 12
    for bar, made in zip(bars, expected, strict=True):
        assert bar == Bar(
            datetime.fromtimestamp(made.start, UTC),
            made.open,
            made.high,
            made.low,
            made.close,
            made.volume,
            made.wap,
            made.count,
        )


@pytest.mark.parametrize("version", [176, 226])
async def test_daily_bars_have_dates(version: int) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            bars = await tws.historical_bars(Stock("AAPL"), duration="5 D", bar_size="1 day")
    assert bars[-1].time == date(2026, 3, 2)
    assert not isinstance(bars[-1].time, datetime)


@pytest.mark.parametrize("version", [176, 226])
async def test_bars_of_quotes_have_no_volume(version: int) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            bars = await tws.historical_bars(
                Forex("EURUSD"), duration="600 S", bar_size="1 min", what="MIDPOINT"
            )
    assert {(bar.volume, bar.wap, bar.count) for bar in bars} == {(None, None, None)}


async def test_the_end_is_sent_in_utc_whatever_its_zone() -> None:
    async def answer(peer: Peer) -> None:
        request = await peer.read_until(ReqHistoricalData)
        assert request.end_date_time == "20260302-14:30:00"
        await peer.send(
            HistoricalData(request.req_id, bars=(HistoricalDataBar("20260302"),)),
            HistoricalDataEnd(request.req_id),
        )

    eastern = timezone(timedelta(hours=-5))
    async with session(answer) as (tws, _peer):
        end = datetime(2026, 3, 2, 9, 30, tzinfo=eastern)
        (bar,) = await tws.historical_bars(Stock("AAPL"), end=end)
        assert bar == Bar(date(2026, 3, 2), 0.0, 0.0, 0.0, 0.0, None, None, None)


async def test_a_naive_end_is_refused_and_nothing_is_sent() -> None:
    async with session() as (tws, peer):
        with pytest.raises(LocalProtocolError, match="no time zone"):
            await tws.historical_bars(Stock("AAPL"), end=datetime(2026, 3, 2))  # noqa: DTZ001
    assert not any(isinstance(event, ReqHistoricalData) for event in peer.received)


async def test_a_schedule_is_no_list_of_bars() -> None:
    async with session() as (tws, peer):
        with pytest.raises(LocalProtocolError, match="HistoricalSchedule"):
            await tws.historical_bars(Stock("AAPL"), what="SCHEDULE")
    assert not any(isinstance(event, ReqHistoricalData) for event in peer.received)


async def test_no_data_is_an_error_and_not_an_empty_list() -> None:
    async with open_simulator() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(RequestError, match="no data") as caught:
                await tws.historical_bars(Forex("EURUSD"), what="TRADES")
            assert caught.value.code == 162


async def test_a_bar_with_an_unreadable_time_raises() -> None:
    async def answer(peer: Peer) -> None:
        request = await peer.read_until(ReqHistoricalData)
        bar = HistoricalDataBar("yesterday", volume=Decimal(1))
        await peer.send(
            HistoricalData(request.req_id, bars=(bar,)), HistoricalDataEnd(request.req_id)
        )

    async with session(answer) as (tws, peer):
        with pytest.raises(RemoteProtocolError, match="yesterday"):
            await tws.historical_bars(Stock("AAPL"))
    assert not any(isinstance(event, CancelHistoricalData) for event in peer.received)
