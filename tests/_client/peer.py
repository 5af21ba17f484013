"""A TWS that does what a test says, and no more: the server's end of one connection."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import trio
import trio.testing

from trio_tws import (
    TWS,
    ManagedAccounts,
    NextValidId,
    ReqCurrentTime,
    open_tws,
)
from trio_tws.protocol import Connection, EndOfStream, Hello, Role, ServerHello, SessionReady, State

T = TypeVar("T")

MemoryStream = trio.StapledStream[trio.testing.MemorySendStream, trio.testing.MemoryReceiveStream]


class Peer:
    """The server's end, driven by hand."""

    def __init__(self, stream: trio.abc.HalfCloseableStream, version: int) -> None:
        self.stream = stream
        self.version = version
        self.connection = Connection(Role.SERVER, strict=True)
        self.received: list[object] = []
        self.closed_cleanly: bool | None = None

    async def read(self) -> list[object]:
        """Reads once; gives what came, and keeps it."""
        self.connection.receive_data(bytes(await self.stream.receive_some()))
        events = self.connection.events()
        for event in events:
            if isinstance(event, EndOfStream):
                self.closed_cleanly = event.partial == 0
        self.received += events
        return events

    async def read_until(self, wanted: type[T]) -> T:
        """Reads until a message of this type has come; takes the first of them out."""
        while True:
            for at, event in enumerate(self.received):
                if isinstance(event, wanted):
                    del self.received[at]
                    return event
            if self.closed_cleanly is not None:
                raise trio.ClosedResourceError  # or it would read the end for ever
            await self.read()

    async def read_to_end(self) -> None:
        while self.closed_cleanly is None:
            await self.read()

    async def send(self, *messages: object) -> None:
        """Sends messages in one segment."""
        await self.stream.send_all(b"".join(map(self.connection.send, messages)))

    async def greet(self, accounts: tuple[str, ...] = ("DU1",), next_order_id: int = 1) -> None:
        """Does all that TWS does until a session is ready."""
        await self.read_until(Hello)
        await self.send(ServerHello(self.version, "20260302 10:00:00", "EST"))
        while self.connection.state is not State.STARTING:
            await self.read()
        await self.send(ManagedAccounts(accounts), NextValidId(next_order_id))
        self.connection.events()


Act = Callable[[Peer], Coroutine[Any, Any, None]]


@asynccontextmanager
async def session(
    act: Act | None = None, version: int = 226, **options: Any
) -> AsyncIterator[tuple[TWS, Peer]]:
    """Opens a session with a peer that greets, then acts, then reads until the end."""
    ours, theirs = trio.testing.memory_stream_pair()
    peer = Peer(theirs, version)

    async def serve() -> None:
        try:
            await peer.greet()
            if act is not None:
                await act(peer)
            await peer.read_to_end()
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            pass
        finally:
            await trio.aclose_forcefully(theirs)

    caught: BaseException | None = None
    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        try:
            async with open_tws(stream=ours, **options) as tws:
                yield tws, peer
        except BaseException as error:  # noqa: BLE001 - raised again below, bare
            caught = error
    if caught is not None:
        raise caught


def tasks_below(task: trio.lowlevel.Task | None = None) -> int:
    """Counts the tasks below one, or below the current one: trio's own view of what still runs."""
    task = task or trio.lowlevel.current_task()
    children = [child for nursery in task.child_nurseries for child in nursery.child_tasks]
    return len(children) + sum(map(tasks_below, children))


__all__ = [
    "Act",
    "MemoryStream",
    "Peer",
    "ReqCurrentTime",
    "SessionReady",
    "session",
    "tasks_below",
]
