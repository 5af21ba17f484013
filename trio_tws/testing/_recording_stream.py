"""A stream that writes what passes through it to a recording, and changes nothing."""

from datetime import datetime
from typing import final

import trio

from trio_tws.protocol import Role
from trio_tws.testing._recording import File
from trio_tws.testing._recording_writer import Recorder


@final
class RecordedStream(trio.abc.HalfCloseableStream):
    """A stream that is recorded, made by `recorded`."""

    def __init__(self, stream: trio.abc.HalfCloseableStream, recorder: Recorder, end: Role) -> None:
        self._stream = stream
        self._recorder = recorder
        self._end = end

    @property
    def failure(self) -> OSError | None:
        """Why the recording has ended before the session; None if it has not."""
        return self._recorder.failure

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """Records the bytes and sends them.

        They are recorded first: their answer could come before `send_all` returns.
        """
        self._recorder.feed(self._end, bytes(data))
        await self._stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        """As the stream inside."""
        await self._stream.wait_send_all_might_not_block()

    async def send_eof(self) -> None:
        """Records the end of what is sent, and sends it."""
        self._recorder.end(self._end)
        await self._stream.send_eof()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        """Receives as the stream inside, and records what came."""
        data = await self._stream.receive_some(max_bytes)
        if data:
            self._recorder.feed(self._end.other, bytes(data))
        else:
            self._recorder.end(self._end.other)
        return data

    async def aclose(self) -> None:
        """Ends the recording, and closes the stream inside."""
        self._recorder.end(self._end)
        self._recorder.close()
        await self._stream.aclose()


def recorded(
    stream: trio.abc.HalfCloseableStream,
    file: File,
    *,
    end: Role = Role.CLIENT,
    started: datetime | None = None,
) -> RecordedStream:
    """Makes a stream whose session is written to a file, for ``open_tws(stream=…)``.

    What passes is neither changed nor delayed; the file is written without waiting, and is whole
    once the stream is closed. If it can't be written any further (the disk is full), the session
    goes on, a warning is logged, and `RecordedStream.failure` says why.

    It tells all that the session tells: accounts, positions, orders. So only its owner can read the
    file, and `scrub_recording` takes the accounts and names out before it is sent to somebody.

    Args:
        stream: What to record, one end of a connection.
        file: A path, where nothing may be yet, or a file that is open for bytes; the latter stays
            open.
        end: Whose end of the connection the stream is.
        started: What to take for the time at which the recording begins, aware; None for now.

    Raises:
        OSError: The file can't be made; FileExistsError if there is one.
        ValueError: The time has no time zone.
    """
    return RecordedStream(stream, Recorder(file, started), end)
