from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trio
import trio.testing

from tests._client.peer import Peer, session
from trio_tws import (
    Bar,
    BarUpdate,
    CancelHistoricalData,
    ConnectionLost,
    Error,
    Gap,
    HistoricalData,
    HistoricalDataBar,
    HistoricalDataEnd,
    HistoricalDataUpdate,
    LocalProtocolError,
    NoData,
    RemoteProtocolError,
    ReqHistoricalData,
    RequestCancelled,
    SlowConsumer,
    Stock,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws.protocol import frame
from trio_tws.testing import open_simulator

AAPL = Stock("AAPL")
START = datetime(2026, 3, 2, 15, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def bar(minute: int, close: float = 1.0) -> HistoricalDataBar:
    time = int(START.timestamp()) + 60 * minute
    return HistoricalDataBar(str(time), 1.0, 2.0, 0.5, close)


def update(minute: int, close: float, *, is_closed: bool) -> BarUpdate:
    time = START + minute * MINUTE
    return BarUpdate(Bar(time, 1.0, 2.0, 0.5, close, None, None, None), is_closed)


def cancels(peer: Peer) -> list[int]:
    return [one.req_id for one in peer.received if isinstance(one, CancelHistoricalData)]


async def begin(peer: Peer, *bars: HistoricalDataBar) -> int:
    """Answers with bars of the past, as this server does; gives the request's id."""
    request = await peer.read_until(ReqHistoricalData)
    assert request.keep_up_to_date
    await peer.send(HistoricalData(request.req_id, bars=bars))
    if peer.version >= v.HISTORICAL_DATA_END:
        await peer.send(HistoricalDataEnd(request.req_id))
    return request.req_id


@pytest.mark.parametrize("version", [124, 176, 195, 196, 226])
async def test_each_bar_of_the_market_is_closed_once(version: int, autojump_clock: object) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            async with tws.open_bars(AAPL, bar_size="1 min", duration="300 S") as updates:
                seen = [await anext(updates) for _ in range(200)]
        market = simulator.market
    closed = [one.bar for one in seen if one.is_closed]
    assert [one.time for one in closed] == [
        START + timedelta(seconds=30) + minute * MINUTE for minute in range(-5, len(closed) - 5)
    ]
    assert len(closed) >= 6
    for one in closed:
        assert isinstance(one.time, datetime)
        begin = int(one.time.timestamp())
        made = market.bar(265598, begin, begin + 60, "TRADES")
        assert made is not None
        assert (one.open, one.high, one.low, one.close) == (
            made.open,
            made.high,
            made.low,
            made.close,
        )
        assert (one.volume, one.wap, one.count) == (made.volume, made.wap, made.count)


@pytest.mark.parametrize("version", [176, 226])
async def test_a_bar_grows_until_the_next_one_begins(version: int, autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        req_id = await begin(peer, bar(0), bar(1))
        await peer.send(HistoricalDataUpdate(req_id + 1, bar(1, 9.0)))
        await peer.send(HistoricalDataUpdate(req_id, bar(1, 1.5)))
        await peer.send(
            HistoricalDataUpdate(req_id, bar(2, 2.0)), HistoricalDataUpdate(req_id, bar(0, 3.0))
        )
        await peer.send(HistoricalDataUpdate(req_id, bar(2, 2.5)))

    async with session(act, version=version) as (tws, peer):
        async with tws.open_bars(AAPL, bar_size="1 min") as updates:
            assert [await anext(updates) for _ in range(7)] == [
                update(0, 1.0, is_closed=True),
                update(1, 1.0, is_closed=False),
                update(1, 1.5, is_closed=False),
                update(1, 1.5, is_closed=True),
                update(2, 2.0, is_closed=False),
                update(0, 3.0, is_closed=True),  # corrected
                update(2, 2.5, is_closed=False),
            ]
        await trio.testing.wait_all_tasks_blocked()
        assert len(cancels(peer)) == 1


async def test_without_a_past_the_first_state_is_the_first_bar(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        req_id = await begin(peer)
        await peer.send(HistoricalDataUpdate(req_id, bar(0)))

    async with session(act) as (tws, _peer):
        async with tws.open_bars(AAPL) as updates:
            assert await anext(updates) == update(0, 1.0, is_closed=False)


async def test_no_data_is_raised_and_nothing_is_cancelled(autojump_clock: object) -> None:
    async def refuse(peer: Peer) -> None:
        request = await peer.read_until(ReqHistoricalData)
        await peer.send(Error(request.req_id, 162, "HMDS query returned no data"))

    async with session(refuse) as (tws, peer):
        async with tws.open_bars(AAPL) as updates:
            with pytest.raises(NoData):
                await anext(updates)
        await trio.testing.wait_all_tasks_blocked()
        assert cancels(peer) == []


async def test_a_stream_that_tws_ends_raises_after_what_came(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        req_id = await begin(peer, bar(0))
        await peer.send(
            Error(req_id, 2174, "Warning: a zone was assumed"),
            HistoricalDataUpdate(req_id, bar(0, 1.5)),
            Error(req_id, 10182, "Failed to request live updates: subscription cancelled"),
            HistoricalDataUpdate(req_id, bar(0, 1.75)),
        )

    async with session(act) as (tws, peer):
        async with tws.open_bars(AAPL) as updates:
            assert (await anext(updates)).bar.close == 1.0
            assert (await anext(updates)).bar.close == 1.5
            with pytest.raises(RequestCancelled, match="10182"):
                await anext(updates)
        await trio.testing.wait_all_tasks_blocked()
        assert cancels(peer) == []


async def test_an_update_that_can_not_be_read_ends_the_stream(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        req_id = await begin(peer, bar(0))
        await peer.stream.send_all(frame(f"90\0{req_id}\0x\0".encode()))

    async with session(act, version=176) as (tws, peer):
        async with tws.open_bars(AAPL) as updates:
            await anext(updates)
            with pytest.raises(RemoteProtocolError):
                await anext(updates)
        await trio.testing.wait_all_tasks_blocked()
        assert len(cancels(peer)) == 1


async def test_a_bar_without_a_time_ends_the_stream(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        await begin(peer, HistoricalDataBar("noon"))

    async with session(act) as (tws, peer):
        async with tws.open_bars(AAPL) as updates:
            with pytest.raises(RemoteProtocolError, match="noon"):
                await anext(updates)
        await trio.testing.wait_all_tasks_blocked()
        assert len(cancels(peer)) == 1


async def many(peer: Peer) -> None:
    req_id = await begin(peer, bar(0))
    for close in range(30):
        await peer.send(HistoricalDataUpdate(req_id, bar(close // 10, float(close))))


async def test_a_slow_consumer_is_cut_off_and_the_request_taken_back(
    autojump_clock: object,
) -> None:
    async with session(many) as (tws, peer):
        async with tws.open_bars(AAPL, buffer=5) as updates:
            await trio.sleep(1)
            assert len(cancels(peer)) == 1
            with pytest.raises(SlowConsumer):
                while True:
                    await anext(updates)
        await trio.testing.wait_all_tasks_blocked()
        assert len(cancels(peer)) == 1


async def test_a_gap_stands_where_states_were_dropped(autojump_clock: object) -> None:
    async with session(many) as (tws, _peer):
        async with tws.open_bars(AAPL, buffer=5, overflow="gap") as updates:
            await trio.sleep(1)
            gap = await anext(updates)
            assert isinstance(gap, Gap)
            assert gap.lost >= 27
            first = 24.0 + gap.lost - 26  # the past and its end are lost, too
            assert await anext(updates) == update(2, first, is_closed=False)


async def test_latest_keeps_the_last_state_of_each_bar(autojump_clock: object) -> None:
    async with session(many) as (tws, _peer):
        async with tws.open_bars(AAPL, buffer=1, overflow="latest") as updates:
            await trio.sleep(1)
            assert [await anext(updates) for _ in range(6)] == [
                update(0, 1.0, is_closed=False),
                update(0, 9.0, is_closed=False),
                update(0, 9.0, is_closed=True),
                update(1, 19.0, is_closed=False),
                update(1, 19.0, is_closed=True),
                update(2, 29.0, is_closed=False),
            ]


async def test_a_lost_connection_ends_the_stream(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        await begin(peer, bar(0))
        await peer.stream.aclose()

    with pytest.raises(ConnectionLost):
        async with session(act) as (tws, _peer):
            async with tws.open_bars(AAPL) as updates:
                async for _ in updates:
                    pass


@pytest.mark.parametrize(
    ("arguments", "version", "words"),
    [
        ({"what": "SCHEDULE"}, 226, r"schedule\(\)"),
        ({"buffer": 0}, 226, "buffer=0"),
        ({}, v.SYNT_REALTIME_BARS - 1, str(v.SYNT_REALTIME_BARS)),
    ],
)
async def test_what_can_not_be_is_refused_and_nothing_is_sent(
    arguments: dict[str, Any], version: int, words: str
) -> None:
    async with session(version=version) as (tws, peer):
        with pytest.raises(LocalProtocolError, match=words):
            async with tws.open_bars(AAPL, **arguments):
                pass
    assert not [one for one in peer.received if isinstance(one, ReqHistoricalData)]
