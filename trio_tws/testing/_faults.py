"""What can go wrong with a connection, as switches, and the stream that does it.

All is deterministic: bytes are counted from the first that the server sends, and nothing is left to
chance or to the clock.
"""

from enum import Enum
from typing import final

import attrs
import trio
import trio.testing
from attrs.validators import ge, optional


class Stage(Enum):
    """The steps of a session's start, in order."""

    HELLO = "hello"
    """The client's offer has come; the version is due."""
    VERSION = "version"
    """The version was sent; StartApi is due, and after it the accounts."""
    ACCOUNTS = "accounts"
    """The first of accounts and next order id was sent; the other is due."""
    READY = "ready"
    """All was sent; requests are due."""


class Startup(Enum):
    """What a server tells after StartApi; the order is not fixed."""

    ACCOUNTS = "accounts"
    NEXT_ID = "next order id"
    FARMS = "farms"
    """The notices 2104, 2106 and 2158."""


@final
@attrs.frozen
class Faults:
    """What goes wrong on a simulated connection; by default nothing.

    Raises:
        ValueError: A number is below its range.
    """

    silent_after: Stage | None = None
    """The server says nothing more once it has come so far; it still reads."""
    cut_after: int | None = attrs.field(default=None, validator=optional(ge(0)))
    """The connection breaks after so many bytes from the server."""
    segment: int | None = attrs.field(default=None, validator=optional(ge(1)))
    """The server's bytes come in segments of so many; in memory each is read by itself."""
    merge: bool = False
    """What the server writes before all tasks wait comes in one segment."""
    garbage: bytes = b""
    """Bytes that make no sense, sent once."""
    garbage_after: int = attrs.field(default=0, validator=ge(0))
    """How many of the server's bytes come before the garbage."""
    startup: tuple[Startup, ...] = (Startup.ACCOUNTS, Startup.NEXT_ID, Startup.FARMS)
    """What is told after StartApi, in this order."""
    startup_delay: float = attrs.field(default=0.0, validator=ge(0))
    """Seconds before each of these."""
    deaf_for: float = attrs.field(default=0.0, validator=ge(0))
    """Seconds after the next order id in which requests are dropped, as while farms connect."""
    before_version: tuple[bytes, ...] = ()
    """Payloads of frames that come before the version, as news has been seen to."""
    answer_version: int | None = None
    """A version to answer with whatever the client offers; -1 sends it to another address."""


@final
class FaultyStream(trio.abc.HalfCloseableStream):
    """A stream whose sending side does what `Faults` say; receiving is left alone."""

    def __init__(self, stream: trio.abc.HalfCloseableStream, faults: Faults) -> None:
        self._stream = stream
        self._faults = faults
        self._garbage = faults.garbage
        self._sent = 0

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """Sends the bytes, but for what goes wrong.

        Raises:
            trio.BrokenResourceError: The connection is broken, or the faults have cut it.
        """
        rest = bytes(data)
        if self._garbage and self._sent + len(rest) >= self._faults.garbage_after:
            at = self._faults.garbage_after - self._sent
            rest, self._garbage = rest[:at] + self._garbage + rest[at:], b""
        cut = self._faults.cut_after
        if cut is None or self._sent + len(rest) < cut:
            await self._send_segments(rest)
            return
        await self._send_segments(rest[: cut - self._sent])
        await trio.aclose_forcefully(self._stream)
        raise trio.BrokenResourceError(f"cut after {cut} bytes, as the faults say")

    async def _send_segments(self, data: bytes) -> None:
        size = self._faults.segment or max(1, len(data))
        for at in range(0, len(data), size):
            part = data[at : at + size]
            self._sent += len(part)
            await self._stream.send_all(part)
            if self._faults.segment:
                # The other end reads each segment by itself.
                await trio.testing.wait_all_tasks_blocked()

    async def wait_send_all_might_not_block(self) -> None:
        """As the stream inside."""
        await self._stream.wait_send_all_might_not_block()

    async def send_eof(self) -> None:
        """As the stream inside."""
        await self._stream.send_eof()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        """As the stream inside."""
        return await self._stream.receive_some(max_bytes)

    async def aclose(self) -> None:
        """As the stream inside."""
        await self._stream.aclose()
