"""Throws garbage at the codec: it must decode, or be unknown or malformed, and be quick about it.

With atheris installed it is an atheris target, guided by coverage, and takes atheris's arguments;
otherwise, or with ``--seconds``, it damages valid frames at random for that long::

    python -m fuzz.fuzz_codec --seconds 60 --seed 1

A finding is printed with the bytes, the server version and the direction, and belongs into
``tests/protocol/test_codec.py`` as a sample.
"""

import argparse
import random
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from tests._model.strategies import examples
from tests._model.survivors import some_versions, survivors
from trio_tws import _versions as v
from trio_tws._model import MESSAGES
from trio_tws._wire.fields import spec_of
from trio_tws.protocol._codec import Codec
from trio_tws.protocol._events import MalformedMessage, UnknownMessage

VERSIONS: Final = (v.MIN_SERVER_VERSION, 145, 176, v.PROTOBUF - 1, v.PROTOBUF, v.MAX_SERVER_VERSION)
CODECS: Final = [
    Codec(version, reads_incoming=reads_incoming, strict=strict)
    for version in VERSIONS
    for reads_incoming in (True, False)
    for strict in (True, False)
]
TYPES: Final = frozenset((*MESSAGES, MalformedMessage, UnknownMessage))

SLOW: Final = 0.25
"""Seconds for one frame, and as much again for each 64 KiB in it, that are too many."""

ODD: Final = (
    b"\0", b"\0\0\0", b"", b"-1", b"99999999999999999999", b"1e999", b"NaN", b"Infinity", b"\xff",
    b"2147483647", b"\\ud800", b"1_0", b"\xd9\xa1", b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80",
)  # fmt: skip


def try_one(codec: Codec, payload: bytes) -> None:
    """Decodes one payload and checks what is promised of it."""
    began = time.perf_counter()
    found = codec.decode(payload)
    took = time.perf_counter() - began
    assert type(found) in TYPES, f"it became {found!r}"
    if isinstance(found, MalformedMessage | UnknownMessage):
        assert found.payload == payload, "an event lost bytes"
    assert took < SLOW * (1 + len(payload) / 65536), f"it took {took:.3f} s"


def corpus() -> list[bytes]:
    """Gives valid frames of every message, at the versions where something changes for it."""
    frames: list[bytes] = []
    for cls in MESSAGES:
        for version in some_versions(cls):
            writer = Codec(version, reads_incoming=not spec_of(cls).is_incoming)
            frames += [writer.encode(survivors(message, version)) for message in examples(cls, 10)]
    return frames


def damage(rng: random.Random, frame: bytes) -> bytes:
    """Overwrites, cuts, doubles or exchanges some pieces."""
    for _ in range(rng.randint(1, 5)):
        at = rng.randint(0, len(frame))
        to = min(len(frame), at + rng.randint(0, 12))
        piece = rng.choice(
            (
                rng.choice(ODD),
                b"",
                frame[at:to] * rng.randint(2, 50),
                rng.randbytes(rng.randint(0, 8)),
            )
        )
        frame = frame[:at] + piece + frame[to:]
    return frame


def run_plain(seconds: float, seed: int) -> int:
    """Damages frames for so many seconds; gives how many."""
    rng = random.Random(seed)
    frames, tried, end = corpus(), 0, time.monotonic() + seconds
    while time.monotonic() < end:
        payload = damage(rng, rng.choice(frames))
        codec = rng.choice(CODECS)
        try:
            try_one(codec, payload)
        except BaseException:
            print(f"server version {codec.server_version}, payload {payload!r}", file=sys.stderr)
            raise
        tried += 1
    return tried


def try_input(data: bytes) -> None:
    """Takes the codec from the first byte: the target of atheris."""
    if data:
        try_one(CODECS[data[0] % len(CODECS)], data[1:])


def main() -> None:
    """Runs under atheris if that is there, else for some seconds."""
    if find_spec("atheris") is not None and "--seconds" not in sys.argv:
        atheris = import_module("atheris")
        atheris.instrument_all()
        atheris.Setup(sys.argv, try_input)
        atheris.Fuzz()
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    tried = run_plain(arguments.seconds, arguments.seed)
    print(f"{tried} frames were damaged with seed {arguments.seed}; none did harm")


if __name__ == "__main__":
    main()
