"""The two tasks: whatever comes, they record it and every waiter hears of it."""

import contextlib
import logging
from decimal import Decimal
from typing import Any

import pytest
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from tests._client.peer import Peer, session, tasks_below
from trio_tws import (
    ConnectFailed,
    ConnectionLost,
    CurrentTime,
    Gap,
    InternalError,
    ManagedAccounts,
    NextValidId,
    Pacing,
    ReqCurrentTime,
    SlowConsumer,
    Stock,
    TickSize,
    TickType,
    open_tws,
)
from trio_tws._client import _session
from trio_tws.protocol import Connection, Hello, Role, ServerHello

# Garbage ..........................................................................................


async def outcome_of(garbage: bytes, version: int, greeted: bool) -> BaseException | None:
    """Feeds bytes to a client, before or after its session is ready; gives what came out."""
    ours, theirs = trio.testing.memory_stream_pair()
    peer = Peer(theirs, version)

    async def serve() -> None:
        with contextlib.suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            if greeted:
                await peer.greet()
            await theirs.send_all(garbage)
            await theirs.send_eof()
            await peer.read_to_end()

    before = tasks_below()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        try:
            with trio.fail_after(100):
                async with open_tws(stream=ours) as tws, tws.open_ticks(Stock("AAPL")) as ticks:
                    async for _ in ticks:
                        pass
        except BaseException as error:  # noqa: BLE001 - looked at by the test
            return error
        finally:
            nursery.cancel_scope.cancel()
    assert tasks_below() == before
    return None


def run(garbage: bytes, version: int, greeted: bool) -> BaseException | None:
    clock = trio.testing.MockClock(autojump_threshold=0)
    return trio.run(outcome_of, garbage, version, greeted, clock=clock)


def framed(payload: bytes) -> bytes:
    return len(payload).to_bytes(4) + payload


some_bytes = st.one_of(
    st.binary(max_size=60),
    st.lists(st.binary(max_size=30).map(framed), max_size=5).map(b"".join),
    st.lists(
        st.tuples(
            st.sampled_from([1, 2, 4, 9, 10, 15, 17, 45, 46, 49, 58, 81]), st.binary(max_size=40)
        ).map(lambda one: framed((200 + one[0]).to_bytes(4) + one[1])),
        max_size=5,
    ).map(b"".join),
    st.lists(
        st.tuples(
            st.sampled_from([1, 2, 4, 9, 10, 15, 17, 18, 45, 46, 49, 57]),
            st.lists(
                st.sampled_from(["", "0", "1", "-1", "99999999999", "x", "1e400", "\udce9"]),
                max_size=20,
            ),
        ).map(
            lambda one: framed(
                "\0".join([str(one[0]), *one[1], ""]).encode("utf-8", "surrogateescape")
            )
        ),
        max_size=5,
    ).map(b"".join),
)


@pytest.mark.slow
@settings(max_examples=150)
@given(some_bytes, st.sampled_from([100, 176, 200, 201, 226]))
def test_garbage_in_a_session_ends_in_one_typed_error(garbage: bytes, version: int) -> None:
    assert isinstance(run(garbage, version, greeted=True), ConnectionLost)


@pytest.mark.slow
@settings(max_examples=100)
@given(some_bytes)
def test_garbage_before_the_session_ends_in_one_typed_error(garbage: bytes) -> None:
    assert isinstance(run(garbage, 226, greeted=False), ConnectFailed)


async def test_a_frame_that_is_too_long_ends_the_session_and_says_507() -> None:
    async def shout(peer: Peer) -> None:
        await peer.stream.send_all(b"\x7f\xff\xff\xff")

    with pytest.raises(ConnectionLost, match="507"):
        async with session(shout) as (_tws, _peer):
            await trio.sleep_forever()


async def test_the_longest_frame_is_the_callers_choice() -> None:
    async def shout(peer: Peer) -> None:
        await peer.send(ManagedAccounts(("D" * 200,)))

    with pytest.raises(ConnectionLost, match="100 is the limit"):
        async with session(shout, max_frame=100) as (_tws, _peer):
            await trio.sleep_forever()


# Breaks ...........................................................................................


async def test_a_broken_stream_is_a_loss_that_names_the_cause() -> None:
    async def break_off(peer: Peer) -> None:
        await trio.aclose_forcefully(peer.stream)

    with pytest.raises(ConnectionLost, match=r"TWS closed it|broke"):
        async with session(break_off) as (_tws, _peer):
            await trio.sleep_forever()


async def test_a_stream_that_can_not_send_is_a_loss() -> None:
    class Deaf(trio.abc.HalfCloseableStream):
        """Fails to send once it is told to."""

        def __init__(self, stream: trio.abc.HalfCloseableStream) -> None:
            self.stream = stream
            self.is_deaf = False

        async def send_all(self, data: bytes | bytearray | memoryview) -> None:
            if self.is_deaf:
                raise OSError("no route to host")
            await self.stream.send_all(data)

        async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
            return await self.stream.receive_some(max_bytes)

        async def wait_send_all_might_not_block(self) -> None:
            await trio.lowlevel.checkpoint()

        async def send_eof(self) -> None:
            await self.stream.send_eof()

        async def aclose(self) -> None:
            await self.stream.aclose()

    ours, theirs = trio.testing.memory_stream_pair()
    deaf = Deaf(ours)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Peer(theirs, 226).greet)
        with pytest.raises(ConnectionLost, match="no route to host"):
            async with open_tws(stream=deaf) as tws:
                deaf.is_deaf = True
                await tws.current_time()


async def test_a_stream_without_half_close_is_closed_at_once(autojump_clock: object) -> None:
    class Plain(trio.abc.Stream):
        def __init__(self, stream: trio.abc.Stream) -> None:
            self.stream = stream

        async def send_all(self, data: bytes | bytearray | memoryview) -> None:
            await self.stream.send_all(data)

        async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
            return await self.stream.receive_some(max_bytes)

        async def wait_send_all_might_not_block(self) -> None:
            await self.stream.wait_send_all_might_not_block()

        async def aclose(self) -> None:
            await self.stream.aclose()

    ours, theirs = trio.testing.memory_stream_pair()
    peer = Peer(theirs, 226)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(peer.greet)
        started = trio.current_time()
        async with open_tws(stream=Plain(ours)):
            pass
        assert trio.current_time() == started


async def test_a_bug_of_ours_ends_the_session_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, events: list[object], payloads: object = ()) -> Any:
        if any(isinstance(event, CurrentTime) for event in events):
            raise ZeroDivisionError("a bug")
        return []

    async def act(peer: Peer) -> None:
        from datetime import UTC, datetime

        await peer.send(CurrentTime(datetime(2026, 1, 1, tzinfo=UTC)))

    monkeypatch.setattr(_session.Session, "dispatch", broken)
    with pytest.raises(InternalError, match="report") as caught:
        async with session(act) as (_tws, _peer):
            await trio.sleep_forever()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


# How fast .........................................................................................


async def sends_of(count: int, **options: Any) -> list[tuple[float, int]]:
    """Sends so many messages at once; gives when the socket was written to, and with how many."""
    ours, theirs = trio.testing.memory_stream_pair()
    peer = Peer(theirs, 226)
    sends: list[tuple[float, int]] = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(peer.greet)
        started = trio.current_time()
        async with open_tws(stream=ours, **options) as tws:
            assert trio.current_time() == started

            hand_over = ours.send_stream.send_all_hook

            async def write_down() -> None:
                assert hand_over is not None
                await hand_over()
                seen = len(peer.received)
                await peer.read()
                sends.append((trio.current_time() - started, len(peer.received) - seen))

            ours.send_stream.send_all_hook = write_down
            for _ in range(count):
                tws._session.send_nowait(ReqCurrentTime())
            await tws._session.outbox.wait_until_written()
        await theirs.aclose()
    return sends


async def test_without_pacing_all_that_waits_goes_in_one_send(autojump_clock: object) -> None:
    assert await sends_of(1000, pacing=None) == [(0, 1000)]


async def test_no_more_goes_in_a_second_than_allowed_and_that_in_one_send(
    autojump_clock: object,
) -> None:
    """The messages of the start are not held up, and one in ten is left to orders."""
    assert await sends_of(100) == [(0, 40), (1, 40), (2, 20)]
    assert await sends_of(100, pacing=Pacing(messages_per_second=100)) == [(0, 90), (1, 10)]


# A newer server ...................................................................................


async def test_surplus_fields_are_logged_once_for_each_kind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def act(peer: Peer) -> None:
        for _ in range(3):
            await peer.stream.send_all(framed(b"9\x001\x0077\0new\0"))
        await peer.send(NextValidId(80))

    with caplog.at_level(logging.WARNING):
        async with session(act, version=176) as (tws, _peer):
            async for event in tws.events:
                if event == NextValidId(80):
                    break
            assert tws.next_order_id == 80
    assert [record.message for record in caplog.records] == [
        "NextValidId has more fields than are known; ignored"
    ]


# Slow consumers ...................................................................................

TICKS = 20_000


async def blast(peer: Peer) -> None:
    """Sends many ticks of a hundred types, and one more."""
    from trio_tws import ReqMktData

    request = await peer.read_until(ReqMktData)
    for number in range(TICKS // 100):
        await peer.send(
            *(TickSize(request.req_id, TickType(kind), Decimal(number)) for kind in range(100))
        )


@pytest.mark.slow
@pytest.mark.parametrize("version", [176, 226])
@pytest.mark.parametrize("overflow", ["raise", "gap", "latest", "wait"])
async def test_what_is_delivered_and_what_is_reported_add_up(version: int, overflow: Any) -> None:
    delivered = lost = 0
    async with session(blast, version=version) as (tws, _peer):
        async with tws.open_ticks(Stock("AAPL"), buffer=500, overflow=overflow) as ticks:
            await trio.testing.wait_all_tasks_blocked()
            before = ticks.statistics()
            if overflow == "wait":
                assert before.waiting < 3 * 500
            try:
                while True:
                    event = await anext(ticks)
                    if isinstance(event, Gap):
                        lost += event.lost
                    else:
                        delivered += 1
                    if ticks.statistics().delivered + lost + ticks.statistics().replaced == TICKS:
                        break
            except SlowConsumer as error:
                lost = error.lost
                assert overflow == "raise"
            else:
                assert overflow != "raise"
            numbers = ticks.statistics()
        assert delivered + lost + numbers.replaced == TICKS
        assert (lost > 0) == (overflow in ("raise", "gap"))
        assert (numbers.replaced > 0) == (overflow == "latest")
        assert tws.is_connected


# Nobody reads .....................................................................................


@pytest.mark.slow
@pytest.mark.wide
async def test_a_million_messages_that_nobody_reads_cost_no_memory_and_nothing_asked_for() -> None:
    """The consumer gets every tick; ``tws.events`` is never read and stays within its bound."""
    from trio_tws import ReqMktData

    million, block = 1_000_000, 10_000
    server = Connection(Role.SERVER)
    server.receive_data(Connection(Role.CLIENT).send(Hello()))
    server.events()
    server.send(ServerHello(176))
    block_of_ticks = b"".join(
        server.send(TickSize(1_000_000_000, TickType.VOLUME, Decimal(number)))
        for number in range(block)
    )

    async def serve(stream: trio.SocketStream) -> None:
        peer = Peer(stream, 176)
        await peer.greet()
        await peer.read_until(ReqMktData)
        with contextlib.suppress(trio.BrokenResourceError):
            for _ in range(million // block):
                await stream.send_all(block_of_ticks)
            await peer.read_to_end()

    async with trio.open_nursery() as nursery:
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, serve, [listener])
        port = listener.socket.getsockname()[1]
        async with open_tws(port=port, event_buffer=1000) as tws:
            async with tws.open_ticks(Stock("AAPL")) as ticks:
                count = 0
                async for _ in ticks:
                    count += 1
                    if count == million:
                        break
            numbers = tws.events.statistics()
            assert numbers.waiting <= 1000
            assert numbers.lost + numbers.waiting == million + 2
        nursery.cancel_scope.cancel()
