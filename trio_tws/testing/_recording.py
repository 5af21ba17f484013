r"""The file of a recorded session: one line of ASCII for each thing that passed.

Why lines of text. A recording is made to be looked at, searched, shortened and sent to somebody:
``grep``, ``head``, a mail and a diff do all of that without a tool of ours. It is written while the
session runs and may end with the power: each line stands for itself, so what was written stays
readable whatever comes after. JSON with base64 in it would be no smaller, and would hide the text
that most frames consist of.

A line is the checksum of all that follows it in the line (CRC-32, eight hexadecimal digits), and,
each after one blank, the seconds since the recording began, a mark, and the bytes::

    trio_tws recording 1
    5b610765 # started 2026-01-15T15:00:00.000000+00:00
    6d123ea6 0.000104 >> API\0
    95ddf956 0.000104 > v100..226
    5330e769 0.000391 < 176\020260115 10:00:00 EST\0
    64bb1ccf 12.000512 >|
    1fcce754 # end

The mark has ``>`` for what the client sent and ``<`` for what TWS sent: once for a frame, whose
length in front is left out, twice for bytes that are in no frame (the greeting ``API``, an
unfinished frame, what is no protocol of TWS at all), and with ``|`` where one side has closed.
Printable ASCII stands for itself; ``\0`` is NUL whatever digit follows, ``\\`` a backslash, and
``\xhh`` any other byte.

Lines may be taken out by hand; a changed one is found. The last line tells that nothing was lost at
the end. In place of a line feed there may be a carriage return and a line feed, as a mail leaves
behind.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import Enum
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO, Final, final
from zlib import crc32

import attrs

from trio_tws.protocol import MAX_FRAME, Role, frame

MAGIC: Final = b"trio_tws recording 1"
STARTED: Final = "# started "
END: Final = "# end"

_ESCAPES: Final = {
    byte: "\\0" if byte == 0 else "\\\\" if byte == ord("\\") else f"\\x{byte:02x}"
    for byte in range(256)
    if byte == ord("\\") or not ord(" ") <= byte <= ord("~")
}
_BYTES: Final = {
    **{rb"\x%02x" % byte: bytes([byte]) for byte in range(256)},
    rb"\0": b"\0",
    rb"\\": b"\\",
}
_ESCAPE: Final = re.compile(rb"\\(?:0|\\|x[0-9a-f]{2}|)")
_OFFSET: Final = re.compile(rb"\d{1,12}\.\d{6}")
_CHECKSUM: Final = 8
_LONGEST_ESCAPE: Final = 4
_LONGEST_LINE: Final = _LONGEST_ESCAPE * MAX_FRAME + 100
_SHOWN: Final = 40

File = str | PathLike[str] | BinaryIO
"""A path, or a file that is open for bytes."""


@final
class DamagedRecording(ValueError):
    """A file is no recording, or was changed or cut; what came before the damage is good.

    Attributes:
        line: The number of the line at which it was found, from 1.
        reason: What is wrong with it.
    """

    def __init__(self, name: str, line: int, reason: str) -> None:
        super().__init__(f"{name}, line {line}: {reason}")
        self.line = line
        self.reason = reason


class PassageKind(Enum):
    """What a passage of a recording is."""

    FRAME = "frame"
    """A frame; its data is the payload, without the length."""
    BYTES = "bytes"
    """Bytes that are in no frame."""
    CLOSE = "close"
    """The sender has closed its direction; there is no data."""


@final
@attrs.frozen
class Passage:
    """One thing that passed over the wire in a recorded session."""

    offset: float
    """Seconds since the recording began, on a clock that nobody sets."""
    sender: Role
    """Who sent it."""
    kind: PassageKind
    data: bytes
    started: datetime
    """When the recording began, aware, in UTC."""

    @property
    def time(self) -> datetime:
        """When it passed, aware, in UTC, to the microsecond."""
        return self.started + timedelta(seconds=self.offset)

    @property
    def on_the_wire(self) -> bytes:
        """The bytes as they passed."""
        return frame(self.data) if self.kind is PassageKind.FRAME else self.data


_MARK_OF: Final = {
    (Role.CLIENT, PassageKind.FRAME): ">",
    (Role.CLIENT, PassageKind.BYTES): ">>",
    (Role.CLIENT, PassageKind.CLOSE): ">|",
    (Role.SERVER, PassageKind.FRAME): "<",
    (Role.SERVER, PassageKind.BYTES): "<<",
    (Role.SERVER, PassageKind.CLOSE): "<|",
}
_MARKS: Final = {mark.encode(): meaning for meaning, mark in _MARK_OF.items()}


# Writing ..........................................................................................


def head(started: datetime) -> bytes:
    """Writes the lines at the beginning.

    Raises:
        ValueError: The time has no time zone.
    """
    if started.tzinfo is None:
        raise ValueError(f"started={started} has no time zone; give an aware datetime")
    moment = started.astimezone(UTC).isoformat(timespec="microseconds")
    return MAGIC + b"\n" + _line(STARTED + moment)


def line(passage: Passage) -> bytes:
    """Writes the line of a passage."""
    text = passage.data.decode("latin-1").translate(_ESCAPES)
    if text.endswith(" "):  # which editors like to take away
        text = f"{text[:-1]}\\x20"
    return _line(
        f"{passage.offset:.6f} {_MARK_OF[passage.sender, passage.kind]} {text}".removesuffix(" ")
    )


def tail() -> bytes:
    """Writes the last line."""
    return _line(END)


def _line(text: str) -> bytes:
    body = text.encode("ascii")
    return b"%08x %s\n" % (crc32(body), body)


# Reading ..........................................................................................


def read_recording(file: File) -> Iterator[Passage]:
    """Reads a recording, passage by passage, as they passed.

    Args:
        file: Its path, or the file open for bytes, which is not closed.

    Raises:
        DamagedRecording: While iterating, after everything before the damage has been given: a
            line was changed, or the file was cut, or its writer killed.
        OSError: The file can't be read.
    """
    with open_for_reading(file) as reader:
        yield from reader.passages()


@contextmanager
def open_for_reading(file: File) -> "Iterator[RecordingReader]":
    """Opens a recording, unless it is open already, and reads its head.

    Raises:
        DamagedRecording: It has none.
        OSError: The file can't be read.
    """
    if isinstance(file, str | PathLike):
        with Path(file).open("rb") as source:
            yield RecordingReader(source, fspath(file))
    else:
        yield RecordingReader(file, str(getattr(file, "name", "recording")))


@final
class RecordingReader:
    """Reads a recording from beginning to end.

    Attributes:
        started: When the recording began, aware, in UTC.
    """

    def __init__(self, source: BinaryIO, name: str) -> None:
        self._source = source
        self._name = name
        self._line = 0
        first = self._next()
        if first != MAGIC:
            raise self._damage(
                f"a recording of a form that this version can read begins with {MAGIC!r}, and not "
                f"with {first[:_SHOWN]!r}"
            )
        self.started = self._read_start()

    def passages(self) -> Iterator[Passage]:
        """Gives the passages; raises `DamagedRecording` after the last that is good."""
        while (body := self._body()) != END.encode():
            if not body.startswith(b"#"):  # a remark of a later version
                yield self._passage(body)

    def _next(self) -> bytes:
        """Gives the next line without its end."""
        self._line += 1
        found = self._source.readline(_LONGEST_LINE)
        if not found:
            raise self._damage(
                "the file ends, and its last line is missing: it was cut, or what wrote it was "
                "killed"
            )
        if not found.endswith(b"\n"):
            raise self._damage(f"the file is cut in this line, which begins {found[:_SHOWN]!r}")
        return found[:-1].removesuffix(b"\r")

    def _body(self) -> bytes:
        """Gives what the checksum of the next line is of."""
        found = self._next()
        body = found[_CHECKSUM + 1 :]
        if found[: _CHECKSUM + 1] != b"%08x " % crc32(body):
            raise self._damage(f"it was changed: its checksum does not fit; {found[:_SHOWN]!r}")
        return body

    def _read_start(self) -> datetime:
        text = self._body().decode("latin-1")
        started: datetime | None
        try:
            started = datetime.fromisoformat(text.removeprefix(STARTED))
        except ValueError:
            started = None
        if started is None or started.tzinfo is None:
            raise self._damage(f"it does not tell when the recording began: {text!r}")
        return started

    def _passage(self, body: bytes) -> Passage:
        offset, _, rest = body.partition(b" ")
        mark, _, data = rest.partition(b" ")
        if not _OFFSET.fullmatch(offset) or mark not in _MARKS:
            raise self._damage(f"this version can't read {body[:_SHOWN]!r}")
        sender, kind = _MARKS[mark]
        try:
            data = _ESCAPE.sub(_unescape, data)
        except KeyError as error:
            raise self._damage(f"{error.args[0]!r} stands for no byte") from None
        return Passage(float(offset), sender, kind, data, self.started)

    def _damage(self, reason: str) -> DamagedRecording:
        return DamagedRecording(self._name, self._line, reason)


def _unescape(match: re.Match[bytes]) -> bytes:
    return _BYTES[match[0]]
