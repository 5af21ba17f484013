"""The stream that a session makes for itself, on sockets of this machine."""

import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType
from typing import Final

import pytest
import trio
import trio.testing

from trio_tws._client._tcp import TCPStream, open_tcp

PLENTY: Final = bytes(8 << 20)
"""More than the system keeps for a socket that nobody reads."""


async def pair() -> tuple[TCPStream, TCPStream]:
    ours, theirs = socket.socketpair()
    return TCPStream(ours), TCPStream(theirs)


async def clogged_pair() -> tuple[TCPStream, TCPStream]:
    both = await pair()
    for stream in both:
        while stream.send_nowait(bytes(1024)):
            pass
    return both


@pytest.mark.slow
async def test_it_keeps_all_that_a_stream_promises() -> None:
    await trio.testing.check_half_closeable_stream(pair, clogged_pair)


# Receiving ........................................................................................


@contextmanager
def calls_of(name: str) -> Iterator[list[str]]:
    """Collects the calls of built-in functions of that name."""
    found: list[str] = []

    def look(_: FrameType, event: str, what: object) -> None:
        if event == "c_call" and getattr(what, "__name__", "") == name:
            found.append(name)

    sys.setprofile(look)
    try:
        yield found
    finally:
        sys.setprofile(None)


async def test_after_a_read_that_took_all_the_next_one_waits_and_does_not_try_first() -> None:
    ours, theirs = await pair()
    with calls_of("recv") as reads:
        async with ours, theirs, trio.open_nursery() as nursery:

            async def receive() -> None:
                for data in (b"one", b"two", b"three"):
                    assert await ours.receive_some() == data

            nursery.start_soon(receive)
            for data in (b"one", b"two", b"three"):
                await trio.testing.wait_all_tasks_blocked()
                await theirs.send_all(data)
    assert len(reads) == 3


async def test_what_is_more_than_one_read_takes_comes_piece_by_piece_and_others_get_turns() -> None:
    ours, theirs = await pair()
    async with ours, theirs:
        await theirs.send_all(b"abcdef")
        for piece in (b"ab", b"cd", b"ef"):
            with trio.testing.assert_checkpoints():
                assert await ours.receive_some(2) == piece
        await theirs.send_eof()
        assert await ours.receive_some(2) == b""


async def test_a_socket_that_counts_as_readable_and_is_not_is_waited_for_again() -> None:
    ours, theirs = socket.socketpair()
    stream = TCPStream(ours)

    class Thief(trio.abc.Instrument):
        """Takes what has come before the task does that waits for it."""

        def after_io_wait(self, timeout: float) -> None:
            try:
                assert ours.recv(100) == b"stolen"
            except BlockingIOError:
                return
            trio.lowlevel.remove_instrument(self)

    async with stream, trio.open_nursery() as nursery:

        async def receive() -> None:
            assert await stream.receive_some() == b"kept"

        nursery.start_soon(receive)
        await trio.testing.wait_all_tasks_blocked()
        trio.lowlevel.add_instrument(Thief())
        theirs.send(b"stolen")
        await trio.testing.wait_all_tasks_blocked()
        theirs.send(b"kept")
    theirs.close()


async def test_a_connection_that_the_other_end_threw_away_is_broken() -> None:
    async with tcp_pair() as (ours, theirs):
        linger = b"\1\0\0\0\0\0\0\0"
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)  # closing resets
        theirs.close()
        with pytest.raises(trio.BrokenResourceError):
            await ours.receive_some()


# Sending ..........................................................................................


async def test_what_fits_is_written_at_once() -> None:
    ours, theirs = await pair()
    async with ours, theirs:
        assert ours.send_nowait(b"at once") == len(b"at once")
        assert await theirs.receive_some() == b"at once"


async def test_of_what_does_not_fit_the_beginning_is_written_and_then_nothing() -> None:
    ours, theirs = await pair()
    async with ours, theirs:
        assert 0 < ours.send_nowait(PLENTY) < len(PLENTY)
        while ours.send_nowait(PLENTY):
            pass
        assert ours.send_nowait(b"more") == 0


async def test_nothing_is_written_to_what_is_broken_or_closed_and_send_all_tells_why() -> None:
    ours, theirs = await pair()
    await theirs.aclose()
    assert ours.send_nowait(b"lost") == 0
    with pytest.raises(trio.BrokenResourceError):
        await ours.send_all(b"lost")
    await ours.aclose()
    assert ours.send_nowait(b"lost") == 0
    with pytest.raises(trio.ClosedResourceError):
        await ours.send_all(b"lost")


# Connecting .......................................................................................


@asynccontextmanager
async def tcp_pair(host: str = "127.0.0.1") -> AsyncIterator[tuple[TCPStream, socket.socket]]:
    """Connects to a port of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    address = "127.0.0.1" if host == "localhost" else host
    with socket.create_server((address, 0), family=family) as listener:
        async with await open_tcp(host, listener.getsockname()[1]) as ours:
            theirs, _ = listener.accept()
            with theirs:
                yield ours, theirs


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
async def test_it_connects_to_numbers_and_names(host: str) -> None:
    if host == "::1" and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    async with tcp_pair(host) as (ours, theirs):
        ours.send_nowait(b"hello")
        theirs.settimeout(5)
        assert theirs.recv(5) == b"hello"


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


async def test_nobody_there_is_an_error_and_leaves_no_socket_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(OSError, match=r"refused|failed"):  # an open one would warn
            await open_tcp(host, port)


async def test_a_number_is_connected_to_without_a_task_of_its_own() -> None:
    """The path through names starts one for each address."""

    class Births(trio.abc.Instrument):
        count = 0

        def task_spawned(self, task: trio.lowlevel.Task) -> None:
            self.count += 1

    births = Births()
    trio.lowlevel.add_instrument(births)
    async with tcp_pair():
        trio.lowlevel.remove_instrument(births)
    assert births.count == 0


async def test_a_peer_that_vanished_is_looked_for_and_small_frames_are_not_held_back() -> None:
    async with tcp_pair() as (ours, _theirs):
        options = ours._socket.getsockopt
        assert options(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert options(socket.IPPROTO_TCP, socket.TCP_NODELAY)
