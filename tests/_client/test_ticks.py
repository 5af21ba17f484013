from datetime import UTC, datetime
from decimal import Decimal
from typing import get_args

import pytest
import trio

from tests._client.peer import Peer, session
from trio_tws import (
    Error,
    Gap,
    MarketDataKind,
    MarketDataType,
    Notice,
    ReqMarketDataType,
    ReqMktData,
    RequestError,
    Stock,
    Tick,
    TickNews,
    TickPrice,
    TickReqParams,
    TickSize,
    TickSnapshotEnd,
    TickType,
    open_tws,
)
from trio_tws._model import MESSAGES
from trio_tws._wire.fields import spec_of
from trio_tws.testing import open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize("version", [100, 176, 226])
async def test_ticks_are_those_of_the_market(version: int, autojump_clock: object) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            async with tws.open_ticks(Stock("AAPL")) as ticks:
                quote = simulator.market.quote(265598, simulator.now())
                assert quote is not None
                seen: dict[TickType, TickPrice] = {}
                async for tick in ticks:
                    if isinstance(tick, TickPrice):
                        seen.setdefault(tick.tick_type, tick)
                    if {TickType.BID, TickType.ASK} <= seen.keys():
                        break
                bid, ask = seen[TickType.BID], seen[TickType.ASK]
                assert (bid.price, bid.size) == (quote.bid, quote.bid_size)
                assert (ask.price, ask.size) == (quote.ask, quote.ask_size)
                (client,) = simulator.clients
                assert [type(request) for request in client.requests.values()] == [ReqMktData]
            await tws.current_time()
            assert client.requests == {}


async def test_the_first_ticks_say_what_the_prices_mean(autojump_clock: object) -> None:
    async with open_simulator() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_ticks(Stock("AAPL")) as ticks:
                first = await anext(ticks)
                assert isinstance(first, TickReqParams)
                assert first.min_tick == 0.01


@pytest.mark.parametrize("version", [100, 226])
async def test_a_snapshot_ends_by_itself(version: int) -> None:
    async with open_simulator(server_version=version) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_ticks(Stock("AAPL"), snapshot=True) as ticks:
                seen = [tick async for tick in ticks]
            assert isinstance(seen[-1], TickSnapshotEnd)
            assert any(isinstance(tick, TickPrice) for tick in seen)


@pytest.mark.parametrize("version", [100, 176, 226])
async def test_a_snapshot_is_one_answer(version: int, autojump_clock: object) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            quote = simulator.market.quote(265598, simulator.now())
            assert quote is not None
            ticks = await tws.tick_snapshot(Stock("AAPL"))
            prices = {tick.tick_type: tick.price for tick in ticks if isinstance(tick, TickPrice)}
            assert (prices[TickType.BID], prices[TickType.ASK]) == (quote.bid, quote.ask)
            assert not any(isinstance(tick, TickSnapshotEnd) for tick in ticks)
            await tws.current_time()
            assert simulator.clients[0].requests == {}


async def test_a_snapshot_that_is_bought_asks_for_that(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqMktData)
        assert (request.snapshot, request.regulatory_snapshot) == (False, True)
        price = TickPrice(request.req_id, TickType.LAST, 1.5)
        await peer.send(price, TickSnapshotEnd(request.req_id))

    async with session(act) as (tws, _peer):
        (tick,) = await tws.tick_snapshot(Stock("AAPL"), regulatory_snapshot=True)
        assert isinstance(tick, TickPrice)
        assert tick.price == 1.5


async def test_a_gap_stands_where_ticks_were_dropped() -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqMktData)
        await peer.send(*(TickSize(request.req_id, TickType.VOLUME) for _ in range(50)))

    async with session(act) as (tws, _peer):
        async with tws.open_ticks(Stock("AAPL"), buffer=20, overflow="gap") as ticks:
            await trio.testing.wait_all_tasks_blocked()
            assert await anext(ticks) == Gap(30)
            assert isinstance(await anext(ticks), TickSize)
            assert ticks.statistics().lost == 30


async def test_latest_keeps_one_tick_of_each_type() -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqMktData)
        req_id = request.req_id
        for price in range(1, 51):
            await peer.send(
                TickPrice(req_id, TickType.BID, float(price)),
                TickPrice(req_id, TickType.ASK, price + 0.5),
                TickSize(req_id, TickType.BID_SIZE, Decimal(price)),
            )

    async with session(act) as (tws, _peer):
        async with tws.open_ticks(Stock("AAPL"), buffer=10, overflow="latest") as ticks:
            await trio.testing.wait_all_tasks_blocked()
            waiting = ticks.statistics().waiting
            newest = [await anext(ticks) for _ in range(waiting)][-3:]
            assert [tick.price for tick in newest if isinstance(tick, TickPrice)] == [50.0, 50.5]
            assert waiting + ticks.statistics().replaced == 150


async def test_latest_keeps_every_headline() -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqMktData)
        for number in (1, 2, 2):
            await peer.send(TickNews(request.req_id, None, "BRFG", f"BRFG${number}"))

    async with session(act) as (tws, _peer):
        async with tws.open_ticks(Stock("AAPL"), "292", buffer=1, overflow="latest") as ticks:
            await trio.testing.wait_all_tasks_blocked()
            assert (ticks.statistics().waiting, ticks.statistics().replaced) == (2, 1)


def test_a_tick_is_whatever_answers_a_line() -> None:
    answers = {cls for cls in MESSAGES.incoming.values() if ReqMktData in spec_of(cls).answers}

    assert {*get_args(Tick)} == answers


@pytest.mark.parametrize("code", [200, 354, 101, 10089, 10168])
async def test_a_line_that_tws_refuses_raises(code: int) -> None:
    async def refuse(peer: Peer) -> None:
        request = await peer.read_until(ReqMktData)
        await peer.send(Error(request.req_id, code, "no"))

    async with session(refuse) as (tws, _peer), tws.open_ticks(Stock("AAPL")) as ticks:
        with pytest.raises(RequestError, match=str(code)) as caught:
            await anext(ticks)
        assert caught.value.advice


async def test_delayed_data_goes_on_after_its_notice_if_it_was_asked_for() -> None:
    async def act(peer: Peer) -> None:
        asked = await peer.read_until(ReqMarketDataType)
        assert asked == ReqMarketDataType(MarketDataKind.DELAYED)
        request = await peer.read_until(ReqMktData)
        req_id = request.req_id
        await peer.send(
            Error(req_id, 10089, "delayed data is available"),
            MarketDataType(req_id, MarketDataKind.DELAYED),
            TickPrice(req_id, TickType.DELAYED_BID, 1.5),
        )

    async with session(act) as (tws, _peer):
        await tws.set_market_data_type(MarketDataKind.DELAYED)
        async with tws.open_ticks(Stock("AAPL")) as ticks:
            kind = await anext(ticks)
            assert isinstance(kind, MarketDataType)
            assert kind.market_data_type is MarketDataKind.DELAYED
        async for event in tws.events:
            if isinstance(event, Notice):
                assert event.code == 10089
                assert event.req_id == kind.req_id
                break
