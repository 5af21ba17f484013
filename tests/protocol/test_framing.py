"""Frames out of a stream that may be cut anywhere."""

import random
import tracemalloc
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers import pieces
from trio_tws._errors import LocalProtocolError, RemoteProtocolError
from trio_tws.protocol import MAX_FRAME, FrameBuffer, frame

LIMIT = 100


def fed(buffer: FrameBuffer, data: bytes) -> list[bytes]:
    found: list[bytes] = []
    buffer.feed(data, found)
    return found


def refused(buffer: FrameBuffer, data: bytes) -> list[bytes]:
    found: list[bytes] = []
    with pytest.raises(RemoteProtocolError, match="507"):
        buffer.feed(data, found)
    return found


payloads = st.lists(st.binary(max_size=8), max_size=5)
cuts = st.lists(st.integers(0, 60), max_size=10)


@settings(max_examples=50)
@given(payloads, cuts)
def test_frames_are_the_same_wherever_the_stream_is_cut(sent: list[bytes], cuts: list[int]) -> None:
    buffer = FrameBuffer()
    found: list[bytes] = []

    for piece in pieces(b"".join(map(frame, sent)), cuts):
        buffer.feed(piece, found)

    assert found == sent
    assert buffer.kept == 0


@settings(max_examples=50)
@given(payloads)
def test_frames_are_the_same_when_single_bytes_come(sent: list[bytes]) -> None:
    data = b"".join(map(frame, sent))
    buffer = FrameBuffer()
    found: list[bytes] = []

    for piece in pieces(data, range(len(data))):
        buffer.feed(piece, found)

    assert found == sent


@settings(max_examples=50)
@given(payloads, st.binary(max_size=8), st.integers(0, 11), cuts)
def test_what_is_kept_and_missing_make_up_the_unfinished_frame(
    sent: list[bytes], last: bytes, keep: int, cuts: list[int]
) -> None:
    whole = frame(last)
    tail = whole[: min(keep, len(whole) - 1)]
    buffer = FrameBuffer()

    for piece in pieces(b"".join(map(frame, sent)) + tail, cuts):
        buffer.feed(piece, [])

    assert buffer.kept == len(tail)
    assert buffer.kept + buffer.missing == (4 if len(tail) < 4 else len(whole))
    assert fed(buffer, whole[len(tail) :]) == [last]


def test_a_new_buffer_misses_a_length() -> None:
    assert (FrameBuffer().kept, FrameBuffer().missing) == (0, 4)


def test_no_bytes_change_nothing() -> None:
    buffer = FrameBuffer()

    assert fed(buffer, b"\0\0") == []
    assert fed(buffer, b"") == []

    assert (buffer.kept, buffer.missing) == (2, 2)


def test_a_frame_may_be_empty() -> None:
    assert frame(b"") == b"\0\0\0\0"
    assert fed(FrameBuffer(), frame(b"") * 2) == [b"", b""]


def test_a_frame_may_be_as_long_as_the_limit() -> None:
    assert fed(FrameBuffer(LIMIT), frame(bytes(LIMIT))) == [bytes(LIMIT)]


def test_a_longer_frame_is_refused_after_its_length_and_nothing_of_it_is_kept() -> None:
    buffer = FrameBuffer(LIMIT)

    assert fed(buffer, b"\0\0\0") == []
    assert refused(buffer, bytes([LIMIT + 1])) == []

    assert buffer.kept == 0


def test_what_came_before_a_frame_that_is_too_long_is_given() -> None:
    buffer = FrameBuffer(LIMIT)

    assert refused(buffer, frame(b"one") + frame(b"two") + b"\xff" * 50) == [b"one", b"two"]

    assert buffer.kept == 0


def test_a_refusal_names_the_length_and_shows_how_the_frame_begins() -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        fed(FrameBuffer(), b"HTTP/1.1 400 Bad Request\r\n")

    assert str(caught.value) == (
        f"a frame of {int.from_bytes(b'HTTP')} bytes was announced, and {MAX_FRAME} is the limit "
        "(507); it begins b'HTTP/1.1 400 Bad'"
    )


@pytest.mark.parametrize("piece", [1, 3, 100])
def test_an_unfinished_frame_takes_no_more_memory_than_its_bytes(piece: int) -> None:
    size = 20_000
    data = frame(bytes(size))[:-1]
    buffer = FrameBuffer()

    tracemalloc.start()
    for start in range(0, len(data), piece):
        buffer.feed(data[start : start + piece], [])
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert buffer.kept == len(data)
    assert kept < 1.3 * size


def test_a_long_frame_in_small_pieces_costs_no_more_than_its_length() -> None:
    """The same bytes as many short frames are what it is held against: those are never joined."""
    piece, count = 64, 8_000
    short = frame(bytes(piece - 4)) * count
    long = frame(bytes(len(short) - 4))

    def seconds(data: bytes) -> float:
        buffer = FrameBuffer()
        found: list[bytes] = []
        start = perf_counter()
        for at in range(0, len(data), piece):
            buffer.feed(data[at : at + piece], found)
        assert buffer.kept == 0
        return perf_counter() - start

    assert min(seconds(long) for _ in range(3)) < 10 * min(seconds(short) for _ in range(3))


def test_a_payload_over_the_limit_is_not_framed() -> None:
    assert len(frame(bytes(LIMIT), LIMIT)) == 4 + LIMIT
    with pytest.raises(LocalProtocolError, match="101 bytes is too long; 100 is the limit"):
        frame(bytes(LIMIT + 1), LIMIT)


def test_random_reads_of_many_frames_give_all_of_them() -> None:
    """As a busy socket would: reads of a few kilobytes, frames of 0 to 300 bytes."""
    chance = random.Random(1)
    sent = [chance.randbytes(chance.randrange(300)) for _ in range(500)]
    data = b"".join(map(frame, sent))
    buffer = FrameBuffer()
    found: list[bytes] = []

    for piece in pieces(data, (chance.randrange(len(data)) for _ in range(40))):
        buffer.feed(piece, found)

    assert found == sent
