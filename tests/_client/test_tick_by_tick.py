from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from trio.testing import wait_all_tasks_blocked

from tests._client.peer import Peer, session
from trio_tws import (
    CancelTickByTickData,
    Gap,
    HistoricalTicks,
    HistoricalTicksBidAsk,
    HistoricalTicksLast,
    LocalProtocolError,
    MidpointTick,
    QuoteTick,
    RemoteProtocolError,
    ReqTickByTickData,
    Stock,
    TickAttribBidAsk,
    TickAttribLast,
    TickByTick,
    TickByTickKind,
    TradeTick,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws._wire.classes import evolve
from trio_tws.testing import open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""What it is written as, zero, means that there is none."""
AAPL = Stock("AAPL")
BOTH = pytest.mark.parametrize("version", [v.TICK_BY_TICK_IGNORE_SIZE, v.MAX_SERVER_VERSION])


@BOTH
async def test_trades_of_the_past_come_first_and_are_those_of_the_market(
    version: int, autojump_clock: object
) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            async with tws.open_tick_by_tick(AAPL, "Last", number_of_ticks=4) as ticks:
                seen = [await anext(ticks) for _ in range(8)]
            await tws.current_time()
            assert simulator.clients[0].requests == {}
    assert [tick.is_past for tick in seen] == [True] * 4 + [False] * 4
    assert [tick.time for tick in seen] == [START + timedelta(seconds=at) for at in range(-3, 5)]
    for tick in seen:
        trade = simulator.market.trade(265598, int(tick.time.timestamp()))
        assert trade is not None
        assert (tick.price, tick.size) == (trade.price, trade.size)
        assert tick.exchange == "NASDAQ"


@BOTH
async def test_quotes_say_what_is_special_about_them(version: int) -> None:
    attrib = TickAttribBidAsk(bid_past_low=True)
    quote = QuoteTick(START, attrib, 1.0, 2.0, Decimal(3), Decimal(4))
    past = evolve(quote, is_past=True)

    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqTickByTickData)
        assert request.ignore_size
        await peer.send(
            HistoricalTicksBidAsk(request.req_id, (past,), done=True),
            TickByTick(request.req_id, TickByTickKind.BID_ASK, bid_ask=quote),
        )

    async with session(act, version) as (tws, _peer):
        async with tws.open_tick_by_tick(AAPL, "BidAsk", ignore_size=True) as ticks:
            seen = [await anext(ticks), await anext(ticks)]
    assert seen == [past, quote]
    for tick in seen:
        assert tick.bid_past_low
        assert not tick.ask_past_high


@BOTH
async def test_trades_and_midpoints_of_the_past_are_as_those_of_now(
    version: int, autojump_clock: object
) -> None:
    trade = TradeTick(START, TickAttribLast(unreported=True), 1.0, Decimal(3), "X", " T")

    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqTickByTickData)
        await peer.send(
            HistoricalTicksLast(request.req_id, (trade, trade), done=True),
            TickByTick(request.req_id, TickByTickKind.ALL_LAST, trade),
        )
        request = await peer.read_until(ReqTickByTickData)
        await peer.send(HistoricalTicks(request.req_id, (MidpointTick(START, 1.5),), done=True))

    async with session(act, version) as (tws, _peer):
        async with tws.open_tick_by_tick(AAPL, "AllLast") as trades:
            seen = [await anext(trades) for _ in range(3)]
            assert [tick.is_past for tick in seen] == [True, True, False]
            assert seen[2] == trade
            assert seen[2].unreported
            assert not seen[2].past_limit
        async with tws.open_tick_by_tick(AAPL, "MidPoint") as midpoints:
            assert await anext(midpoints) == MidpointTick(START, 1.5, is_past=True)


@BOTH
async def test_a_tick_is_the_one_that_its_message_holds(version: int) -> None:
    """Nothing is made a second time for the stream, be it live or past."""
    tick = TradeTick(START, price=1.0)

    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqTickByTickData)
        await peer.send(
            HistoricalTicksLast(request.req_id, (tick,), done=True),
            TickByTick(request.req_id, TickByTickKind.LAST, tick),
        )

    async with session(act, version) as (tws, _peer):
        async with tws.open_events(HistoricalTicksLast, TickByTick) as events:
            async with tws.open_tick_by_tick(AAPL, "Last") as ticks:
                past, live = await anext(events), await anext(events)
                assert isinstance(past, HistoricalTicksLast)
                assert isinstance(live, TickByTick)
                assert await anext(ticks) is past.ticks[0]
                assert await anext(ticks) is live.last


@BOTH
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (TickByTick(0, TickByTickKind.LAST, TradeTick(NO_TIME)), "zero in place of a time"),
        (TickByTick(0, TickByTickKind(9)), "in place of a tick"),
        (HistoricalTicks(0, (MidpointTick(NO_TIME, 1.0),)), "zero in place of a time"),
    ],
)
async def test_a_tick_without_a_time_ends_it(wrong: Any, words: str, version: int) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqTickByTickData)
        await peer.send(evolve(wrong, req_id=request.req_id))

    async with session(act, version) as (tws, peer):
        async with tws.open_tick_by_tick(AAPL, "Last") as ticks:
            with pytest.raises(RemoteProtocolError, match=words):
                await anext(ticks)
            await wait_all_tasks_blocked()
            assert [x for x in peer.received if isinstance(x, CancelTickByTickData)]


async def test_what_is_no_tick_has_no_events() -> None:
    """So that what TWS may come to send here does no harm."""
    from trio_tws._client._tick_by_tick import _ticks

    assert list(_ticks(object())) == []


async def test_a_kind_that_is_not_there_is_refused() -> None:
    kind: Any = "Trades"
    async with session() as (tws, _peer):
        with pytest.raises(LocalProtocolError, match="Last, AllLast, BidAsk, MidPoint"):
            tws.open_tick_by_tick(AAPL, kind)


async def test_a_gap_stands_where_ticks_were_dropped() -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqTickByTickData)
        tick = MidpointTick(START, 1.0)
        message = TickByTick(request.req_id, TickByTickKind.MID_POINT, mid_point=tick)
        await peer.send(*[message] * 5)

    async with session(act) as (tws, _peer):
        opened = tws.open_tick_by_tick(AAPL, "MidPoint", buffer=2, overflow="gap")
        async with opened as ticks:
            await wait_all_tasks_blocked()
            assert [await anext(ticks), await anext(ticks)] == [
                Gap(3),
                MidpointTick(START, 1.0),
            ]
