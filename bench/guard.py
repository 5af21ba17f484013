"""Fails if a hot path has become slower, as a multiple of a loop that runs beside it.

``python -m bench.guard`` takes some seconds and is run by the tests. A time in itself says nothing
on a machine that others use; a ratio of two loops that take turns does, and the least of many tries
is what neither was disturbed in. The limits leave room for other versions of Python: they catch
what doubles the work, not what adds a tenth.
"""

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bench.frames import Frames
from bench.scenarios import PROTOBUF, TEXT
from trio_tws.protocol import Codec, FrameBuffer

TRIES: Final = 9
"""How often the two loops take turns."""

AGAIN: Final = 3
"""How often a path that seems slow is looked at once more."""

EVENTS: Final = 400

_FIELDS: Final = "99\x001\x002\x001768489200\x00187.05\x00100\x000\x00ARCA\x00\x00"


@dataclass(frozen=True)
class Path:
    """Something that is done for each event.

    Attributes:
        make: Prepares it; what comes back does it for some events.
        events: How many.
        limit: What it may take for one event, in turns of the reference.
    """

    name: str
    make: Callable[[], Callable[[], object]]
    events: int
    limit: float


def refer() -> None:
    """Is the reference: it takes a trade apart and converts its numbers, as often as `EVENTS`."""
    for _ in range(EVENTS):
        fields = _FIELDS.split("\0")
        _ = (int(fields[1]), int(fields[3]), float(fields[4]), Decimal(fields[5]), fields[7])


def _payloads(server_version: int, kind: str, count: int) -> list[bytes]:
    frames, found = Frames(server_version), list[bytes]()
    data = frames.orders(1, count, 7) if kind == "orders" else getattr(frames, kind)(1, count)
    FrameBuffer().feed(data, found)
    return found


def _reading(server_version: int, kind: str, count: int = EVENTS) -> Callable[[], object]:
    codec = Codec(server_version, reads_incoming=True)
    payloads = _payloads(server_version, kind, count)

    def read() -> object:
        return codec.decode_all(payloads)

    return read


def _writing(server_version: int, kind: str, count: int = EVENTS) -> Callable[[], object]:
    reader = Codec(server_version, reads_incoming=True)
    writer = Codec(server_version, reads_incoming=False)
    messages = [reader.decode(payload) for payload in _payloads(server_version, kind, count)]

    def write() -> object:
        return [writer.encode(message) for message in messages]

    return write


def _framing() -> Callable[[], object]:
    data = Frames(TEXT).trades(1, EVENTS)

    def split() -> object:
        found: list[bytes] = []
        FrameBuffer().feed(data, found)
        return found

    return split


PATHS: Final = (
    Path("split frames", _framing, EVENTS, 0.6),
    Path("read ticks text", lambda: _reading(TEXT, "ticks"), EVENTS, 2.2),
    Path("read ticks protobuf", lambda: _reading(PROTOBUF, "ticks"), EVENTS, 3.1),
    Path("read trades text", lambda: _reading(TEXT, "trades"), EVENTS, 3.8),
    Path("read trades protobuf", lambda: _reading(PROTOBUF, "trades"), EVENTS, 6.3),
    Path("read bars text", lambda: _reading(TEXT, "history"), EVENTS, 4.8),
    Path("read bars protobuf", lambda: _reading(PROTOBUF, "history"), EVENTS, 4.8),
    Path("read orders text", lambda: _reading(TEXT, "orders", 90), 90, 9.5),
    Path("read orders protobuf", lambda: _reading(PROTOBUF, "orders", 90), 90, 29),
    Path("write ticks text", lambda: _writing(TEXT, "ticks"), EVENTS, 6.2),
    Path("write ticks protobuf", lambda: _writing(PROTOBUF, "ticks"), EVENTS, 3.3),
)


def measure(path: Path, tries: int = TRIES) -> float:
    """Gives what one event takes, in turns of the reference; the two loops take turns."""
    work = path.make()
    work()
    ours = theirs = float("inf")
    for _ in range(tries):
        theirs = min(theirs, _time(refer) / EVENTS)
        ours = min(ours, _time(work) / path.events)
    return ours / theirs


def slow(paths: Iterable[Path] = PATHS, tries: int = TRIES) -> list[str]:
    """Names the paths that take more than they may, each time of `AGAIN` that they are tried."""
    found: list[str] = []
    for path in paths:
        least = measure(path, tries)
        for _ in range(AGAIN - 1):
            if least > path.limit:
                least = min(least, measure(path, tries))
        print(f"{path.name:22} {least:6.2f} of at most {path.limit:g}")
        if least > path.limit:
            found.append(
                f"{path.name} takes {least:.2f} turns of the reference, not {path.limit:g}"
            )
    return found


def _time(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    """Ends with 1 if something has become slower."""
    found = slow()
    for one in found:
        print(one, file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
