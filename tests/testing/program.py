"""A program made by hand, to say to the simulator what no client of ours would."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final, Self, TypeVar

import trio

from trio_tws import _versions as v
from trio_tws._model.session import Error, StartApi
from trio_tws.protocol import (
    NEED_DATA,
    Connection,
    EndOfStream,
    Hello,
    Role,
    ServerHello,
    SessionReady,
    frame,
)
from trio_tws.testing import Simulator, open_simulator

START: Final = datetime(2024, 1, 16, 14, 30, tzinfo=UTC)
"""When the simulators of the tests begin, unless that is what is tested."""

VERSIONS: Final = (v.MIN_SERVER_VERSION, 176, v.PROTOBUF - 1, v.PROTOBUF, 213, v.MAX_SERVER_VERSION)

E = TypeVar("E")


class Program:
    """The client's end of one connection, event by event."""

    def __init__(self, stream: trio.abc.HalfCloseableStream) -> None:
        self.stream = stream
        self.connection = Connection(Role.CLIENT, strict=True)

    @classmethod
    async def started(
        cls, simulator: Simulator, client_id: int = 1, stream: Any = None, **hello: Any
    ) -> Self:
        """Connects and waits for the first two facts of the session."""
        program = cls(simulator.open_stream() if stream is None else stream)
        await program.greet(**hello)
        await program.send(StartApi(client_id))
        await program.until(SessionReady)
        return program

    async def greet(self, **hello: Any) -> ServerHello:
        """Offers versions, and waits for the answer."""
        await self.send(Hello(**hello))
        return await self.until(ServerHello)

    async def send(self, *messages: object) -> None:
        """Sends messages in one write."""
        await self.stream.send_all(b"".join(map(self.connection.send, messages)))

    async def send_raw(self, *payloads: bytes) -> None:
        """Sends payloads in one write, whatever is in them."""
        await self.stream.send_all(b"".join(map(frame, payloads)))

    async def next(self) -> object:
        """Gives the next event."""
        while (event := self.connection.next_event()) is NEED_DATA:
            self.connection.receive_data(bytes(await self.stream.receive_some()))
        return event

    async def until(self, kind: type[E]) -> E:
        """Gives the first event of a kind; what comes before it is passed over."""
        while not isinstance(event := await self.next(), kind):
            assert not isinstance(event, EndOfStream), f"the end came, and no {kind.__name__}"
        return event

    async def all_until(self, *kinds: type) -> list[object]:
        """Gives the events up to the first of one of these kinds, and that too."""
        found = [await self.next()]
        while not isinstance(found[-1], kinds):
            found.append(await self.next())
        return found

    async def error(self, *messages: object) -> tuple[int, int, str]:
        """Sends messages; gives the first error that is no notice about farms."""
        await self.send(*messages)
        while True:
            event = await self.until(Error)
            if event.code not in range(2100, 2200):
                return event.req_id, event.code, event.message

    async def rest(self) -> bytes:
        """Gives all that still comes, as bytes."""
        received = b""
        while data := await self.stream.receive_some():
            received += data
        return received


@asynccontextmanager
async def running(**arguments: Any) -> AsyncIterator[Simulator]:
    """Runs a simulator that begins at a known time."""
    arguments.setdefault("start", START)
    async with open_simulator(**arguments) as simulator:
        yield simulator


@asynccontextmanager
async def session(version: int = v.MAX_SERVER_VERSION, **arguments: Any) -> AsyncIterator[Program]:
    """Runs a simulator, and a program that has started its session."""
    async with running(server_version=version, **arguments) as simulator:
        yield await Program.started(simulator)


def without_times(events: Sequence[object]) -> list[object]:
    """Gives events with the time taken out of errors."""
    return [
        Error(event.req_id, event.code, event.message) if isinstance(event, Error) else event
        for event in events
    ]
