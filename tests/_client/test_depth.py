from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from tests._client.peer import Act, Peer, session
from trio_tws import (
    Book,
    BookLevel,
    CancelMktDepth,
    DepthOperation,
    DepthSide,
    DepthSubscription,
    Error,
    Forex,
    LocalProtocolError,
    MarketDepth,
    MarketDepthData,
    MarketDepthL2,
    Notice,
    ReqMktDepth,
    RequestError,
    RerouteMktDepthReq,
    SlowConsumer,
    Stock,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws.testing import open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
AAPL = Stock("AAPL")


def data(
    at: int, price: float, operation: DepthOperation = DepthOperation.INSERT
) -> MarketDepthData:
    return MarketDepthData(at, operation, DepthSide.BID, price, Decimal(1))


def prices(depth: DepthSubscription) -> list[float]:
    return [level.price for level in depth.book.bids]


@asynccontextmanager
async def depth_of(act: Act) -> AsyncIterator[DepthSubscription]:
    async with session(act) as (tws, _peer), tws.open_depth(AAPL) as depth:
        yield depth


@pytest.mark.parametrize("version", [v.MIN_SERVER_VERSION, 176, v.MAX_SERVER_VERSION])
async def test_the_book_is_that_of_the_market(version: int, autojump_clock: object) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            (pair,) = await tws.contract_details(Forex("EURUSD"))
            async with tws.open_depth(pair.contract, 3) as depth:
                assert depth.book == Book()
                while depth.book.sequence < 40 or len(depth.book.bids) < 3:
                    await anext(depth)
                assert depth.book.is_valid
                assert not depth.book.misplaced
                assert isinstance(depth.book.bids[0], BookLevel)
                assert isinstance(depth.request, ReqMktDepth)
                (client,) = simulator.clients
                assert depth.request in client.requests.values()
            await tws.current_time()
            assert client.requests == {}


async def test_batches_leave_the_book_as_the_market_is(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_depth(Stock("AAPL"), smart=True) as depth:
                seconds = 0
                with trio.move_on_after(20.5):
                    async for _batch in depth.batches():
                        await wait_all_tasks_blocked()
                        if depth.statistics().waiting or not depth.book.asks:
                            continue
                        quote = simulator.market.quote(265598, simulator.now())
                        assert quote is not None
                        assert depth.book.bids[0].price == quote.bid
                        assert depth.book.asks[0].price == quote.ask
                        assert depth.book.asks[0].is_smart_depth
                        assert len(depth.book.bids) == len(depth.book.asks) == 5
                        seconds += 1
                assert seconds > 10


async def test_a_reset_between_rows_of_one_read_empties_the_book_there() -> None:
    async def act(peer: Peer) -> None:
        req_id = (await peer.read_until(ReqMktDepth)).req_id
        await peer.send(
            MarketDepth(req_id, data(0, 1.0)),
            MarketDepth(req_id, data(1, 2.0)),
            Error(req_id, 317, "Market depth data has been RESET."),
            MarketDepthL2(req_id, data(0, 5.0)),
        )

    async with depth_of(act) as depth:
        await anext(depth)
        await anext(depth)
        assert prices(depth) == [1.0, 2.0]
        reset = await anext(depth)
        assert isinstance(reset, Notice)
        assert reset.code == 317
        assert depth.book == Book(sequence=3)
        await anext(depth)
        assert prices(depth) == [5.0]
        assert depth.book.is_valid


async def test_a_halted_book_is_empty_and_the_stream_says_so() -> None:
    async def act(peer: Peer) -> None:
        req_id = (await peer.read_until(ReqMktDepth)).req_id
        await peer.send(
            Error(req_id, 2152, "Exchanges - Depth: ARCA"), MarketDepth(req_id, data(0, 1.0))
        )
        await peer.send(Error(req_id, 316, "Market depth data has been HALTED."))

    async with depth_of(act) as depth:
        came = [await anext(depth) for _ in range(3)]
        codes = [one.code for one in came if isinstance(one, Notice)]
        assert codes == [2152, 316]
        assert came[1] == data(0, 1.0)
        assert depth.book == Book(sequence=2)


async def test_a_row_that_does_not_fit_is_told_by_the_book() -> None:
    async def act(peer: Peer) -> None:
        req_id = (await peer.read_until(ReqMktDepth)).req_id
        await peer.send(MarketDepth(req_id, data(4, 1.0, DepthOperation.DELETE)))

    async with depth_of(act) as depth:
        await anext(depth)
        assert depth.book == Book(sequence=1, misplaced=1)


async def test_a_contract_for_difference_is_sent_elsewhere() -> None:
    async def act(peer: Peer) -> None:
        req_id = (await peer.read_until(ReqMktDepth)).req_id
        await peer.send(RerouteMktDepthReq(req_id, 265598, "SMART"))

    async with depth_of(act) as depth:
        elsewhere = await anext(depth)
        assert isinstance(elsewhere, RerouteMktDepthReq)
        assert elsewhere.con_id == 265598
        assert not depth.book.is_valid


async def test_a_slow_consumer_gets_no_wrong_book() -> None:
    async def act(peer: Peer) -> None:
        req_id = (await peer.read_until(ReqMktDepth)).req_id
        await peer.send(*(MarketDepth(req_id, data(at, 1.0)) for at in range(5)))

    async with session(act) as (tws, peer), tws.open_depth(AAPL, buffer=2) as depth:
        await wait_all_tasks_blocked()
        assert [await anext(depth), await anext(depth)] == [data(0, 1.0), data(1, 1.0)]
        with pytest.raises(SlowConsumer):
            await anext(depth)
        await wait_all_tasks_blocked()
        assert [x for x in peer.received if isinstance(x, CancelMktDepth)]


async def test_a_failure_ends_it_and_smart_depth_is_cancelled_as_such() -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqMktDepth)
        assert request.is_smart_depth
        assert request.num_rows == 7
        cancel = await peer.read_until(CancelMktDepth)
        assert cancel == CancelMktDepth(request.req_id, is_smart_depth=True)
        request = await peer.read_until(ReqMktDepth)
        await peer.send(
            Error(request.req_id, 317, "reset"), Error(request.req_id, 309, "Max number (3)")
        )

    async with session(act) as (tws, _peer):
        async with tws.open_depth(AAPL, 7, smart=True) as depth:
            await wait_all_tasks_blocked()
        async with tws.open_depth(AAPL) as depth:
            assert isinstance(await anext(depth), Notice)
            with pytest.raises(RequestError, match="309"):
                await anext(depth)


async def test_smart_depth_needs_a_newer_server() -> None:
    async with session(version=v.SMART_DEPTH - 1) as (tws, peer):
        with pytest.raises(LocalProtocolError):
            async with tws.open_depth(AAPL, smart=True):
                pytest.fail("it was opened")
        await wait_all_tasks_blocked()
        assert not [x for x in peer.received if isinstance(x, ReqMktDepth)]


async def test_a_request_that_was_sent_again_has_its_notices_too(autojump_clock: object) -> None:
    """Right after the start TWS may not listen, and the second request has another id."""

    async def act(peer: Peer) -> None:
        await peer.read_until(ReqMktDepth)
        req_id = (await peer.read_until(ReqMktDepth)).req_id
        await peer.send(MarketDepth(req_id, data(0, 1.0)), Error(req_id, 316, "HALTED"))

    async with depth_of(act) as depth:
        assert await anext(depth) == data(0, 1.0)
        halted = await anext(depth)
        assert isinstance(halted, Notice)
        assert halted.code == 316
