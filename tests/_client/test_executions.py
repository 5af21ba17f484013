import pytest
import trio

from tests._client.broker import AAPL, S, execution, order, placed, report, status
from tests._client.peer import Peer, session
from trio_tws import (
    ConnectionLost,
    Error,
    ExecutionDataEnd,
    ExecutionFilter,
    LocalProtocolError,
    ReqExecutions,
    RequestError,
    ResponseTimeout,
    SecType,
    evolve,
)

VERSIONS = pytest.mark.parametrize("version", [176, 226])


@VERSIONS
async def test_they_come_corrected_and_with_what_they_cost(
    version: int, autojump_clock: object
) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqExecutions)
        assert request.exec_filter.symbol == "AAPL"
        own = request.req_id
        await peer.send(
            execution(1, 10, "a.01", req_id=own),
            report("a.01"),
            execution(1, 20, "b.01", req_id=own),
            execution(1, 15, "b.02", req_id=own),
            report("somebody's"),
            ExecutionDataEnd(own),
        )
        await trio.sleep(1)
        await peer.send(report("b.02"))

    async with session(act, version=version) as (tws, _peer):
        first, second = await tws.executions(ExecutionFilter(symbol="AAPL"))
        assert (first.execution.exec_id, first.report) == ("a.01", report("a.01"))
        assert (second.execution.exec_id, second.replaces) == ("b.02", ("b.01",))
        assert second.report == report("b.02")
        assert trio.current_time() == pytest.approx(1)
        assert tws.trade(1) is not None  # news of orders, too


async def test_reports_are_not_waited_for_without_end(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqExecutions)
        await peer.send(execution(1, req_id=request.req_id), ExecutionDataEnd(request.req_id))

    async with session(act) as (tws, _peer):
        (fill,) = await tws.executions()
        assert fill.report is None
        assert trio.current_time() == pytest.approx(3)


async def test_where_nothing_was_traded_the_list_is_empty(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqExecutions)
        await peer.send(ExecutionDataEnd(request.req_id))
        request = await peer.read_until(ReqExecutions)
        await peer.send(Error(request.req_id, 321, "Invalid account"))
        await peer.read_until(ReqExecutions)

    async with session(act, version=176) as (tws, _peer):
        assert await tws.executions() == []
        assert trio.current_time() == 0
        with pytest.raises(RequestError, match="Invalid account"):
            await tws.executions(ExecutionFilter(acct_code="X"))
        with pytest.raises(ResponseTimeout):
            await tws.executions()
        with pytest.raises(LocalProtocolError, match="last_n_days"):
            await tws.executions(ExecutionFilter(last_n_days=3))


@VERSIONS
async def test_the_stream_gives_each_and_again_with_what_it_cost(
    version: int, autojump_clock: object
) -> None:
    async def act(peer: Peer) -> None:
        request = await placed(peer)
        order_id = request.order_id
        await peer.send(
            execution(order_id, 40, "a.01"),
            execution(order_id, 40, "z.01", req_id=77),  # somebody has asked for it
            status(order_id, S.SUBMITTED, 40),
        )
        await trio.sleep(1)
        await peer.send(report("a.01"), report("nobody's"))
        await trio.sleep(1)
        await peer.send(execution(order_id, 30, "a.02"))

    async with session(act, version=version) as (tws, _peer):
        async with tws.open_executions() as fills:
            await tws.place_order(AAPL, order())
            first, second, third = [await anext(fills) for _ in range(3)]
        assert (first.execution.exec_id, first.report) == ("a.01", None)
        assert (second.execution.exec_id, second.report) == ("a.01", report("a.01"))
        assert (third.execution.exec_id, third.replaces) == ("a.02", ("a.01",))


async def test_what_was_corrected_before_it_was_taken_comes_once(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await placed(peer)
        order_id = request.order_id
        await peer.send(execution(order_id, 40, "a.01"), execution(order_id, 30, "a.02"))
        await peer.send(execution(order_id, 30, "b.01"))

    async with session(act) as (tws, _peer):
        async with tws.open_executions() as fills:
            await tws.place_order(AAPL, order())
            await trio.sleep(1)
            found = [(await anext(fills)).execution.exec_id for _ in range(2)]
        assert found == ["a.02", "b.01"]


async def test_legs_of_a_combination_come_too(autojump_clock: object) -> None:
    bag = evolve(AAPL, sec_type=SecType.COMBO)

    async def act(peer: Peer) -> None:
        await placed(peer)
        await peer.send(execution(1, 1, "a.01", contract=bag), execution(1, 1, "b.01"))

    async with session(act) as (tws, _peer):
        async with tws.open_executions() as fills:
            await tws.place_order(bag, order())
            found = [(await anext(fills)).contract.sec_type for _ in range(2)]
        assert found == [SecType.COMBO, SecType.STOCK]


async def test_a_lost_connection_ends_the_stream() -> None:
    with pytest.raises(ConnectionLost):
        async with session() as (tws, peer):
            async with tws.open_executions() as fills:
                await peer.stream.aclose()
                await anext(fills)


async def test_fills_of_orders_that_are_not_kept_come_as_they_are(autojump_clock: object) -> None:
    """The book of orders keeps a thousand that are done; a late consumer may ask for older ones."""

    async def act(peer: Peer) -> None:
        for number in range(1, 1_003):
            await peer.send(
                execution(number, exec_id=f"{number}.01"), status(number, S.FILLED, 100)
            )
        await peer.send(report("1.01"))

    async with session(act) as (tws, _peer):
        async with tws.open_executions() as fills:
            await trio.sleep(1)
            assert tws.trade(1) is None
            assert (await anext(fills)).execution.exec_id == "1.01"
