"""Times each reader and writer alone: ``python -m bench.micro``, ``… TickPrice OpenOrder``.

The messages are those that the tests make up, of all shapes, most of them smaller than what TWS
sends. Numbers are microseconds, and in brackets turns of the reference loop of `bench.guard`, which
is what can be compared from one machine to another. The first message of a kind is timed apart, in
milliseconds: its reader or writer is compiled for it. It needs what the tests need.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from bench.guard import EVENTS, refer
from bench.scenarios import PROTOBUF, TEXT
from tests._model.strategies import examples
from tests._model.survivors import survivors
from trio_tws._errors import LocalProtocolError
from trio_tws._model import MESSAGES
from trio_tws._wire.fields import spec_of
from trio_tws.protocol import Codec

EXAMPLES: Final = 20
TRIES: Final = 5
TURNS: Final = 20


@dataclass(frozen=True)
class Timing:
    """One reader or writer.

    Attributes:
        microseconds: For one message, the least of all tries.
        references: The same in turns of the reference.
        size: Bytes of a message, on average.
        first: Milliseconds for the first of its kind. A message that comes after others of the same
            structures has less to do.
    """

    message: str
    server_version: int
    direction: str
    microseconds: float
    references: float
    size: int
    first: float

    def __str__(self) -> str:
        return (
            f"{self.message:32} {self.server_version} {self.direction:5} {self.size:6} bytes "
            f"{self.microseconds:8.2f} µs ({self.references:6.1f}), first {self.first:5.1f} ms"
        )


def timings(cls: type, tries: int = TRIES, turns: int = TURNS) -> list[Timing]:
    """Times a message's reader and writer, in text and in protobuf if it has both."""
    found: list[Timing] = []
    for version in (TEXT, PROTOBUF):
        is_incoming = spec_of(cls).is_incoming
        writer = Codec(version, reads_incoming=not is_incoming)
        reader = Codec(version, reads_incoming=is_incoming)
        made = examples(cls, EXAMPLES)
        first_written = _once(writer.encode, survivors(made[0], version))
        messages = _sendable(writer, made, version)
        if not messages:
            continue
        payloads = [writer.encode(message) for message in messages]
        size = sum(map(len, payloads)) // len(payloads)
        first_read = _once(reader.decode, payloads[0])
        for direction, first, work, things in (
            ("read", first_read, reader.decode, payloads),
            ("write", first_written, writer.encode, messages),
        ):
            seconds, reference = _least(work, things, tries, turns)
            cost = seconds * 1e6, seconds / reference
            found.append(Timing(cls.__name__, version, direction, *cost, size, first))
    return found


def _once(work: Callable[[Any], object], thing: object) -> float:
    """Gives the milliseconds that something takes, whether it is refused or not."""
    began = time.process_time()
    with suppress(LocalProtocolError):
        work(thing)
    return (time.process_time() - began) * 1e3


def _sendable(writer: Codec, messages: Sequence[Any], version: int) -> list[Any]:
    """Leaves out what this server version has no place for."""
    found: list[Any] = []
    for message in messages:
        kept = survivors(message, version)
        try:
            writer.encode(kept)
        except LocalProtocolError:
            continue
        found.append(kept)
    return found


def _least(
    work: Callable[[Any], object], things: Sequence[Any], tries: int, turns: int
) -> tuple[float, float]:
    """Gives the seconds for one thing and for one turn of the reference; the two take turns."""
    ours = reference = float("inf")
    for _ in range(tries):
        began = time.process_time()
        refer()
        reference = min(reference, (time.process_time() - began) / EVENTS)
        began = time.process_time()
        for _ in range(turns):
            for thing in things:
                work(thing)
        ours = min(ours, (time.process_time() - began) / turns / len(things))
    return ours, reference


def main() -> None:
    """Times the messages that are named, or all."""
    parser = argparse.ArgumentParser("bench.micro", description=__doc__)
    parser.add_argument("message", nargs="*", help="names of messages; none for all")
    wanted = parser.parse_args().message
    unknown = set(wanted) - {cls.__name__ for cls in MESSAGES}
    if unknown:
        sys.exit(f"there is no message called {', '.join(sorted(unknown))}")
    for cls in MESSAGES:
        if not wanted or cls.__name__ in wanted:
            for timing in timings(cls):
                print(timing, flush=True)


if __name__ == "__main__":
    main()
