from datetime import UTC, datetime, timedelta

import pytest
from trio.testing import wait_all_tasks_blocked

from tests._client.peer import Peer, session
from trio_tws import (
    CancelRealTimeBars,
    Error,
    Gap,
    RealTimeBar,
    RealTimeBars,
    RemoteProtocolError,
    ReqRealTimeBars,
    RequestError,
    Stock,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws.testing import open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
AAPL = Stock("AAPL")


@pytest.mark.parametrize("version", [v.MIN_SERVER_VERSION, 176, v.MAX_SERVER_VERSION])
@pytest.mark.parametrize("what", ["TRADES", "MIDPOINT"])
async def test_bars_are_those_of_the_market(
    version: int, what: str, autojump_clock: object
) -> None:
    start = START + timedelta(seconds=2)
    async with open_simulator(server_version=version, start=start) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            async with tws.open_real_time_bars(AAPL, what) as bars:
                seen = [await anext(bars) for _ in range(3)]
            await tws.current_time()
            assert simulator.clients[0].requests == {}
    for number, bar in enumerate(seen):
        assert bar.time == START + timedelta(seconds=5 * number)
        at = int(bar.time.timestamp())
        true = simulator.market.bar(265598, at, at + 5, what)
        assert true is not None
        assert (bar.open, bar.high, bar.low, bar.close) == (
            true.open,
            true.high,
            true.low,
            true.close,
        )
        if what == "TRADES":
            assert (bar.volume, bar.wap, bar.count) == (true.volume, true.wap, 5)
        else:
            assert (bar.volume, bar.wap, bar.count) == (None, None, None)


async def test_a_bust_trade_ends_the_bars_after_those_before_it() -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqRealTimeBars)
        assert not request.use_rth
        assert request.bar_size == 5
        bar = RealTimeBars(request.req_id, START, 1.0, 1.0, 1.0, 1.0)
        await peer.send(bar, Error(request.req_id, 10225, "bust event occurred"))

    async with session(act) as (tws, peer):
        async with tws.open_real_time_bars(AAPL, use_rth=False) as bars:
            assert isinstance(await anext(bars), RealTimeBar)
            with pytest.raises(RequestError, match="10225") as caught:
                await anext(bars)
            assert isinstance(caught.value.request, ReqRealTimeBars)
            assert caught.value.advice
            await wait_all_tasks_blocked()
            assert [x for x in peer.received if isinstance(x, CancelRealTimeBars)]


async def test_a_bar_without_a_time_ends_it() -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqRealTimeBars)
        await peer.send(RealTimeBars(request.req_id))

    async with session(act) as (tws, _peer), tws.open_real_time_bars(AAPL) as bars:
        with pytest.raises(RemoteProtocolError, match="bar with a time"):
            await anext(bars)


async def test_a_gap_stands_where_bars_were_dropped() -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqRealTimeBars)
        await peer.send(*(RealTimeBars(request.req_id, START) for _ in range(5)))

    async with session(act) as (tws, _peer):
        async with tws.open_real_time_bars(AAPL, buffer=2, overflow="gap") as bars:
            await wait_all_tasks_blocked()
            assert await anext(bars) == Gap(3)
            assert isinstance(await anext(bars), RealTimeBar)
