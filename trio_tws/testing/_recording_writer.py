"""Writes a recording while the session runs: bytes in as they pass, lines out.

A frame is written once it is whole, with the time at which its last byte passed. All that one read
brought is handed to the operating system at once, so nothing is lost when the program is killed;
when the power fails, the last seconds may be.

A session matters more than its recording: a disk that is full ends the recording, with a warning
in the log, and never the session.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from logging import getLogger
from os import PathLike
from struct import Struct
from typing import BinaryIO, Final, final

import trio

from trio_tws.protocol import MAX_FRAME, Role
from trio_tws.protocol._handshake import PREAMBLE
from trio_tws.testing._recording import File, Passage, PassageKind, head, line, tail

_LENGTH: Final = Struct(">I")
_PRIVATE: Final = 0o600
"""For the user alone: it tells what the accounts hold."""

_logger = getLogger("trio_tws.testing")


@final
class Recorder:
    """Writes one session to a file.

    Args:
        file: A path, where nothing may be yet, or a file open for bytes, which is not closed.
        started: What to give as the time at which it began, aware; None for now.
        clock: Gives the seconds by which passages are timed.

    Attributes:
        failure: Why the recording has ended early; None while it has not.

    Raises:
        OSError: The file can't be made; FileExistsError if there is one.
        ValueError: The time has no time zone.
    """

    def __init__(
        self,
        file: File,
        started: datetime | None = None,
        clock: Callable[[], float] = trio.current_time,
    ) -> None:
        self.failure: OSError | None = None
        self._started = datetime.now(UTC) if started is None else started
        self._clock = clock
        self._began_at = clock()
        self._sides = {Role.CLIENT: _Side(PREAMBLE), Role.SERVER: _Side(b"")}
        beginning = head(self._started)
        self._is_ours = isinstance(file, str | PathLike)
        self._file: BinaryIO | None = create(file)
        self._write(beginning)

    def feed(self, sender: Role, data: bytes) -> None:
        """Takes what one side has sent."""
        self._put(sender, self._sides[sender].cut(data))

    def end(self, sender: Role) -> None:
        """One side has closed its direction; saying so again changes nothing."""
        self._put(sender, self._sides[sender].end())

    def close(self) -> None:
        """Writes the last line and closes the file, if it is ours."""
        if self._file is None:
            return
        for sender, side in self._sides.items():
            self._put(sender, side.rest())
        self._write(tail())
        self._close()

    def _put(self, sender: Role, passed: Iterator[tuple[PassageKind, bytes]]) -> None:
        offset = max(0.0, self._clock() - self._began_at)
        made = partial(Passage, offset, sender, started=self._started)
        self._write(b"".join([line(made(what, data)) for what, data in passed]))

    def _write(self, data: bytes) -> None:
        if self._file is None or not data:
            return
        try:
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            self.failure = error
            _logger.warning("the recording of a session has ended early: %s", error)
            self._close()

    def _close(self) -> None:
        file, self._file = self._file, None
        if self._is_ours and file is not None:
            file.close()


def create(file: File) -> BinaryIO:
    """Makes the file of a recording, for its owner alone; one that is open is given back.

    Raises:
        OSError: It can't be made; FileExistsError if there is one.
    """
    if not isinstance(file, str | PathLike):
        return file

    def opener(path: str, flags: int) -> int:
        return os.open(path, flags, _PRIVATE)

    return open(file, "xb", opener=opener)


class _Side:
    """One direction: cuts bytes into frames for as long as they are frames."""

    def __init__(self, preamble: bytes) -> None:
        self._preamble = preamble
        self._kept = bytearray()
        self._wanted = len(preamble) or _LENGTH.size
        self._has_frames = True
        self._has_ended = False

    def cut(self, data: bytes) -> Iterator[tuple[PassageKind, bytes]]:
        """Gives what these bytes complete."""
        self._kept += data
        if self._has_frames and len(self._kept) < self._wanted:
            return
        if self._preamble and self._has_frames:
            self._has_frames = self._kept.startswith(self._preamble)
            if self._has_frames:
                yield PassageKind.BYTES, self._preamble
                del self._kept[: len(self._preamble)]
                self._preamble = b""
        if self._has_frames:
            yield from self._frames()
        if not self._has_frames:
            yield from self.rest()

    def _frames(self) -> Iterator[tuple[PassageKind, bytes]]:
        at, kept = 0, self._kept
        self._wanted = _LENGTH.size
        while len(kept) - at >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(kept, at)
            start = at + _LENGTH.size
            self._has_frames = length <= MAX_FRAME
            if not self._has_frames or start + length > len(kept):
                self._wanted = _LENGTH.size + length
                break
            at = start + length
            yield PassageKind.FRAME, bytes(kept[start:at])
        del kept[:at]

    def rest(self) -> Iterator[tuple[PassageKind, bytes]]:
        """Gives what is left of an unfinished frame."""
        if self._kept:
            yield PassageKind.BYTES, bytes(self._kept)
            self._kept.clear()

    def end(self) -> Iterator[tuple[PassageKind, bytes]]:
        """The direction has ended."""
        if not self._has_ended:
            self._has_ended = True
            yield from self.rest()
            yield PassageKind.CLOSE, b""
