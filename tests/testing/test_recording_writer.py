import logging
import os
import stat
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import pieces
from tests.testing.recordings import STARTED
from trio_tws.protocol import MAX_FRAME, Role, frame
from trio_tws.testing import PassageKind, read_recording
from trio_tws.testing._recording import File
from trio_tws.testing._recording_writer import Recorder

BYTES, FRAME, CLOSE = PassageKind.BYTES, PassageKind.FRAME, PassageKind.CLOSE


def recorder(file: File) -> Recorder:
    ticks = iter(range(1_000_000))
    return Recorder(file, STARTED, lambda: next(ticks) / 4)


def kept(file: BytesIO) -> list[tuple[Role, PassageKind, bytes]]:
    file.seek(0)
    return [(one.sender, one.kind, one.data) for one in read_recording(file)]


@pytest.mark.slow
@given(st.lists(st.binary(max_size=20), max_size=5), st.lists(st.integers(0, 200), max_size=6))
def test_frames_are_found_however_the_bytes_come(payloads: list[bytes], cuts: list[int]) -> None:
    file = BytesIO()
    made = recorder(file)

    for piece in pieces(b"API\0" + b"".join(map(frame, payloads)), cuts):
        made.feed(Role.CLIENT, piece)
    made.close()

    assert kept(file) == [
        (Role.CLIENT, BYTES, b"API\0"),
        *((Role.CLIENT, FRAME, payload) for payload in payloads),
    ]


@pytest.mark.slow
@given(st.binary(min_size=1, max_size=60), st.lists(st.integers(0, 60), max_size=6))
def test_no_byte_is_lost_whatever_it_is(data: bytes, cuts: list[int]) -> None:
    for sender in Role:
        file = BytesIO()
        made = recorder(file)
        for piece in pieces(data, cuts):
            made.feed(sender, piece)
        made.end(sender)
        made.close()

        file.seek(0)
        found = list(read_recording(file))
        assert b"".join(one.on_the_wire for one in found) == data
        assert [one.kind for one in found if one.kind is CLOSE] == [CLOSE]


def test_what_is_no_frame_is_kept_as_it_comes() -> None:
    file = BytesIO()
    made = recorder(file)

    made.feed(Role.SERVER, frame(b"good") + b"HTTP/1.1 400")
    made.feed(Role.SERVER, b" Bad")
    made.feed(Role.CLIENT, b"GET / HTTP/1.1")
    made.feed(Role.CLIENT, b" more")
    made.close()

    assert kept(file) == [
        (Role.SERVER, FRAME, b"good"),
        (Role.SERVER, BYTES, b"HTTP/1.1 400"),
        (Role.SERVER, BYTES, b" Bad"),
        (Role.CLIENT, BYTES, b"GET / HTTP/1.1"),
        (Role.CLIENT, BYTES, b" more"),
    ]


@pytest.mark.slow
def test_the_longest_frame_is_a_frame() -> None:
    file = BytesIO()
    made = recorder(file)
    longest = b"a" * MAX_FRAME
    made.feed(Role.SERVER, frame(longest))
    made.feed(Role.SERVER, b"\1\0\0\0")
    made.close()

    assert kept(file) == [(Role.SERVER, FRAME, longest), (Role.SERVER, BYTES, b"\1\0\0\0")]


def test_the_end_is_told_once_and_after_what_is_left() -> None:
    file = BytesIO()
    made = recorder(file)
    made.feed(Role.SERVER, b"\0\0\0\x09half")
    made.end(Role.SERVER)
    made.end(Role.SERVER)
    made.close()
    made.close()

    assert kept(file) == [
        (Role.SERVER, BYTES, b"\0\0\0\x09half"),
        (Role.SERVER, CLOSE, b""),
    ]


def test_a_frame_has_the_time_of_its_last_byte() -> None:
    file = BytesIO()
    made = recorder(file)
    made.feed(Role.SERVER, frame(b"ab")[:5])
    made.feed(Role.SERVER, frame(b"ab")[5:])
    made.close()

    file.seek(0)
    assert [one.offset for one in read_recording(file)] == [0.5]


def test_what_has_passed_is_in_the_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "session.txt"
    made = recorder(path)
    made.feed(Role.SERVER, frame(b"now"))

    assert path.read_bytes().endswith(b" 0.250000 < now\n")
    made.close()
    assert path.read_bytes().endswith(b" # end\n")


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    recorder(tmp_path / "session.txt").close()

    assert stat.S_IMODE((tmp_path / "session.txt").stat().st_mode) == 0o600


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "session.txt").write_text("precious")

    with pytest.raises(FileExistsError):
        recorder(tmp_path / "session.txt")

    assert (tmp_path / "session.txt").read_text() == "precious"


def test_a_start_without_a_zone_is_refused_before_there_is_a_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        Recorder(tmp_path / "x", datetime(2026, 1, 15), lambda: 0.0)  # noqa: DTZ001 - the point

    assert not (tmp_path / "x").exists()


class FullDisk(BytesIO):
    def write(self, data: object, /) -> int:
        if self.tell() > 100:
            raise OSError(28, "No space left on device")
        assert isinstance(data, bytes)
        return super().write(data)


def test_a_full_disk_ends_the_recording_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    file = FullDisk()
    made = recorder(file)
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            made.feed(Role.SERVER, frame(b"some text that takes room"))
        made.end(Role.SERVER)
        made.close()

    assert made.failure is not None
    assert len(caplog.records) == 1
    assert "No space left on device" in caplog.text
    assert not file.closed
