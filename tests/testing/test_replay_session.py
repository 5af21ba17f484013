"""What one program is told that is served a recording."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from tests.testing.program import Program
from tests.testing.recordings import STARTED, C, S, Said, close, loose, passages
from trio_tws._model.cancels import CancelOrder
from trio_tws._model.contracts import Contract, ContractDataEnd, ReqContractData
from trio_tws._model.executions import Execution, ExecutionData
from trio_tws._model.open_orders import OrderStatus
from trio_tws._model.orders import Order
from trio_tws._model.place_order import PlaceOrder
from trio_tws._model.positions import CancelPositions, PositionData, ReqPositions
from trio_tws._model.session import CurrentTime, Error, ReqCurrentTime, StartApi
from trio_tws._model.ticks import CancelMktData, ReqMktData, TickSize
from trio_tws.protocol import EndOfStream, Hello, ServerHello, SessionReady, UnknownMessage, frame
from trio_tws.testing import Passage, Replay, ReplayMismatch, open_replay

A, B = Contract(symbol="A"), Contract(symbol="B")
VERSIONS = [176, 226]


@asynccontextmanager
async def served(found: list[Passage], **arguments: Any) -> AsyncIterator[tuple[Replay, Program]]:
    """A program that has started its session."""
    async with open_replay(found, **arguments) as replay:
        program = Program(replay.open_stream())
        await program.greet()
        await program.send(StartApi(1))
        await program.until(SessionReady)
        yield replay, program


async def next_after(program: Program) -> tuple[float, object]:
    began = trio.current_time()
    message = await program.next()
    return round(trio.current_time() - began, 6), message


def tick(req_id: int, size: int) -> TickSize:
    return TickSize(req_id, size=Decimal(size))


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_session_starts_at_the_recorded_pace(
    version: int, autojump_clock: MockClock
) -> None:
    async with open_replay(passages(version=version)) as replay:
        assert replay.server_version == version
        program = Program(replay.open_stream())
        began = trio.current_time()
        assert await program.greet() == ServerHello(version, "20260115 10:00:00", "EST")
        assert trio.current_time() - began == pytest.approx(0.25)
        await program.send(StartApi(99))
        await program.until(SessionReady)
        assert trio.current_time() - began == pytest.approx(0.75)


@pytest.mark.parametrize("version", VERSIONS)
async def test_answers_come_as_long_after_their_request_and_with_its_id(
    version: int, autojump_clock: MockClock
) -> None:
    found = passages(
        Said(100, C, ReqContractData(1, A)),
        Said(101, C, ReqContractData(2, B)),
        Said(103, S, ContractDataEnd(2)),
        Said(104, S, Error(1, 200, "no")),
        version=version,
    )
    async with served(found) as (replay, program):
        await program.send(ReqContractData(70, B))
        assert await next_after(program) == (2, ContractDataEnd(70))
        assert list(replay.missing) == [ReqContractData(1, A)]
        await program.send(ReqContractData(70, A))
        assert await next_after(program) == (4, Error(70, 200, "no"))
        assert replay.missing == ()


async def test_the_same_request_gets_the_next_answer(autojump_clock: MockClock) -> None:
    found = passages(
        Said(2, C, ReqContractData(1, A)),
        Said(3, S, Error(1, 200, "not yet")),
        Said(4, C, ReqContractData(2, A)),
        Said(5, S, ContractDataEnd(2)),
    )
    async with served(found) as (_, program):
        await program.send(ReqContractData(8, A), ReqContractData(9, A))
        assert await program.next() == Error(8, 200, "not yet")
        assert await program.next() == ContractDataEnd(9)


@pytest.mark.parametrize("version", VERSIONS)
async def test_orders_get_the_ids_of_the_program(version: int, autojump_clock: MockClock) -> None:
    parent = PlaceOrder(5, A, Order())
    child = PlaceOrder(6, A, Order(parent_id=5))
    fill = ExecutionData(execution=Execution(order_id=5, exec_id="x"))
    found = passages(
        Said(2, C, parent),
        Said(2, C, child),
        Said(3, S, OrderStatus(6, parent_id=5)),
        Said(3, S, fill),
        Said(4, C, PlaceOrder(5, A, Order(lmt_price=2.5))),
        Said(5, S, OrderStatus(5, filled=None)),
        Said(6, C, CancelOrder(6)),
        Said(7, S, Error(6, 202, "cancelled")),
        version=version,
    )
    async with served(found) as (replay, program):
        await program.send(PlaceOrder(20, A, Order()), PlaceOrder(30, A, Order(parent_id=20)))
        first, second = await program.next(), await program.next()
        assert {type(first), type(second)} == {OrderStatus, ExecutionData}
        status, execution = sorted([first, second], key=lambda one: type(one).__name__)[::-1]
        assert isinstance(status, OrderStatus)
        assert (status.order_id, status.parent_id) == (30, 20)
        assert isinstance(execution, ExecutionData)
        assert execution.execution.order_id == 20
        await program.send(PlaceOrder(20, A, Order(lmt_price=2.5)))
        changed = await program.next()
        assert isinstance(changed, OrderStatus)
        assert changed.order_id == 20
        await program.send(CancelOrder(30))
        assert await program.next() == Error(30, 202, "cancelled")
        assert replay.missing == ()


async def test_a_change_is_not_taken_for_a_new_order(autojump_clock: MockClock) -> None:
    found = passages(
        Said(2, C, PlaceOrder(5, A, Order())),
        Said(3, C, PlaceOrder(5, A, Order())),
        Said(4, S, OrderStatus(5)),
    )
    with pytest.raises(ReplayMismatch):
        async with served(found) as (_, program):
            await program.send(PlaceOrder(5, A, Order()), PlaceOrder(6, A, Order()))
            await trio.sleep(10)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_stream_ends_with_its_cancel(version: int, autojump_clock: MockClock) -> None:
    found = passages(
        Said(2, C, ReqMktData(1, A)),
        Said(3, S, tick(1, 10)),
        Said(10, S, tick(1, 20)),
        Said(11, S, tick(1, 30)),
        Said(12, C, CancelMktData(1)),
        Said(12.5, S, Error(1, 300, "no such line")),
        version=version,
    )
    async with served(found) as (_, program):
        await program.send(ReqMktData(8, A))
        assert await next_after(program) == (1, tick(8, 10))
        await program.send(CancelMktData(8))
        assert await next_after(program) == (0.5, Error(8, 300, "no such line"))
        with trio.move_on_after(20) as scope:
            await program.next()
        assert scope.cancelled_caught


async def test_a_cancel_too_many_is_no_mismatch(autojump_clock: MockClock) -> None:
    found = passages(
        Said(2, C, ReqPositions()),
        Said(3, S, PositionData("DU1234567")),
        Said(9, S, PositionData("DU1234567")),
    )
    async with served(found) as (_, program):
        await program.send(ReqPositions())
        await program.until(PositionData)
        await program.send(CancelPositions(), CancelMktData(77))
        with trio.move_on_after(20) as scope:
            await program.next()
        assert scope.cancelled_caught


async def test_what_was_not_recorded_ends_the_block_and_tells_what_differs(
    autojump_clock: MockClock,
) -> None:
    found = passages(Said(2, C, ReqContractData(1, A)))

    with pytest.raises(ReplayMismatch) as caught:
        async with served(found) as (_, program):
            await program.send(ReqContractData(1, B))
            await trio.sleep_forever()

    assert caught.value.sent == ReqContractData(1, B)
    assert caught.value.nearest == ReqContractData(1, A)
    assert str(caught.value).startswith(
        "the program sent a ReqContractData that the recording does not have; contract is Contract"
    )


async def test_what_was_not_recorded_can_be_told_and_is_answered(autojump_clock: MockClock) -> None:
    told: list[ReplayMismatch] = []
    found = passages(Said(2, C, ReqCurrentTime()))
    async with served(found, on_mismatch=told.append) as (_, program):
        await program.send(ReqContractData(4, A))
        answer = await program.until(Error)
        await program.send_raw(b"\0\0\3\xe7")
        await wait_all_tasks_blocked()

    assert (answer.req_id, answer.code) == (4, 321)
    assert [one.nearest for one in told] == [None, None]
    assert "the recording has no ReqContractData that is left" in str(told[0])
    assert isinstance(told[1].sent, UnknownMessage)


async def test_a_mismatch_of_unreadable_bytes_can_be_told(autojump_clock: MockClock) -> None:
    assert str(ReplayMismatch("a", "b")).endswith("does not have; ")
    told: list[ReplayMismatch] = []
    async with served(passages(version=176), on_mismatch=told.append) as (_, program):
        await program.send_raw(b"9\x008\0one\0")
        await wait_all_tasks_blocked()
    assert len(told) == 1


async def test_a_second_start_is_none(autojump_clock: MockClock) -> None:
    told: list[ReplayMismatch] = []
    async with served(passages(), on_mismatch=told.append) as (_, program):
        await program.send_raw(program.connection._agreed_codec.encode(StartApi(1)))
        await wait_all_tasks_blocked()
    assert len(told) == 1


async def test_on_a_timeline_nothing_depends_on_the_program(autojump_clock: MockClock) -> None:
    found = passages(
        Said(2, C, ReqContractData(1, A)),
        Said(3, S, ContractDataEnd(1)),
        Said(4, S, b"\0\0\3\xe7"),
    )
    async with served(found, timeline=True) as (_, program):
        await program.send(ReqContractData(9, B))
        assert await next_after(program) == (2, ContractDataEnd(1))
        assert await next_after(program) == (1, UnknownMessage(799, b"\0\0\3\xe7"))


@pytest.mark.parametrize(("speed", "seconds"), [(10, 0.4), (float("inf"), 0)])
async def test_it_may_be_faster(speed: float, seconds: float, autojump_clock: MockClock) -> None:
    found = passages(Said(2, C, ReqContractData(1, A)), Said(6, S, ContractDataEnd(1)))
    async with served(found, speed=speed) as (_, program):
        await program.send(ReqContractData(1, A))
        assert await next_after(program) == (seconds, ContractDataEnd(1))


async def test_bytes_that_are_no_frame_come_as_they_were(autojump_clock: MockClock) -> None:
    found = [*passages(), loose(b"HTTP", S, 4.0)]
    async with open_replay(found) as replay:
        program = Program(replay.open_stream())
        await program.greet()
        await program.send(StartApi(1))
        await program.until(SessionReady)
        assert await program.stream.receive_some() == b"HTTP"


async def test_the_recorded_end_comes_after_all_else(autojump_clock: MockClock) -> None:
    found = [
        *passages(Said(2, C, ReqContractData(1, A)), Said(3, S, ContractDataEnd(1))),
        close(3.0, S),
    ]
    async with served(found) as (_, program):
        await program.send(ReqContractData(1, A))
        assert await program.next() == ContractDataEnd(1)
        assert await program.next() == EndOfStream(0)
        began = trio.current_time()
        await wait_all_tasks_blocked()
        with pytest.raises(trio.BrokenResourceError):
            while True:
                await program.stream.send_all(b"x")
                await trio.sleep(0.25)
        assert trio.current_time() - began >= 1


async def test_a_slower_program_has_its_time(autojump_clock: MockClock) -> None:
    asked = Said(2, C, ReqContractData(1, A)), Said(3, S, ContractDataEnd(1))
    found = [*passages(*asked), close(4.0, C), close(4.0, S)]
    async with served(found) as (_, program):
        await program.send(ReqContractData(1, A))
        assert await program.next() == ContractDataEnd(1)
        with pytest.raises(trio.TooSlowError), trio.fail_after(3600):
            await program.next()


async def test_a_server_that_closed_without_a_word_does_so_again(autojump_clock: MockClock) -> None:
    found = [*passages()[:1], close(0.5, S)]
    async with open_replay(found) as replay:
        assert replay.server_version == 0
        program = Program(replay.open_stream())
        await program.send(Hello())
        assert await program.next() == EndOfStream(0)


async def test_a_recording_of_nothing_closes(autojump_clock: MockClock) -> None:
    async with open_replay([]) as replay:
        program = Program(replay.open_stream())
        await program.send(Hello())
        assert await program.next() == EndOfStream(0)
        await program.stream.aclose()


async def test_frames_before_the_version_come_again(autojump_clock: MockClock) -> None:
    first, *rest = passages()
    news = passages(Said(0.1, S, b"news"))[-1]
    async with open_replay([first, news, *rest]) as replay:
        program = Program(replay.open_stream())
        await program.send(Hello())
        assert await program.next() == UnknownMessage(-1, b"news")
        assert isinstance(await program.next(), ServerHello)


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1", b"API\0" + frame(b"hello")])
async def test_what_is_no_client_is_left(data: bytes, autojump_clock: MockClock) -> None:
    async with open_replay(passages()) as replay:
        stream = replay.open_stream()
        await stream.send_all(data)
        assert await stream.receive_some() == b""


async def test_a_program_may_leave_at_any_time(autojump_clock: MockClock) -> None:
    found = passages(*(Said(2, S, CurrentTime(STARTED)) for _ in range(3)))
    async with open_replay(found) as replay:
        for _ in range(2):
            program = Program(replay.open_stream())
            await program.greet()
            await program.send(StartApi(1))
            await program.stream.aclose()
            await trio.sleep(5)


@pytest.mark.parametrize("found", [passages(), [*passages()[:1], close(0.5, S)]])
async def test_a_program_that_does_not_listen_is_left(
    found: list[Passage], autojump_clock: MockClock
) -> None:
    async with open_replay(found) as replay:
        stream = replay.open_stream()
        await Program(stream).send(Hello())
        await stream.receive_stream.aclose()
        await trio.sleep(5)
        with pytest.raises(trio.BrokenResourceError):
            await stream.send_all(b"x")
