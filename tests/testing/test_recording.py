import re
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.testing.recordings import STARTED, file_of, passages, written
from trio_tws.protocol import Role, frame
from trio_tws.testing import DamagedRecording, Passage, PassageKind, read_recording
from trio_tws.testing import _recording as recording
from trio_tws.testing._recording import head, line

KINDS = st.sampled_from([PassageKind.FRAME, PassageKind.BYTES])
DATA = st.binary() | st.binary().map(lambda data: data + b" ") | st.just(rb"\0\x00\\")
PASSAGES = st.builds(
    Passage,
    st.integers(0, 10**12).map(lambda micros: micros / 1_000_000),
    st.sampled_from(Role),
    KINDS,
    DATA,
    st.just(STARTED),
) | st.builds(
    Passage, st.just(1.5), st.sampled_from(Role), st.just(PassageKind.CLOSE), st.just(b""),
    st.just(STARTED),
)  # fmt: skip

SMALL = written(
    [
        Passage(0.0, Role.CLIENT, PassageKind.BYTES, b"API\0", STARTED),
        Passage(0.25, Role.CLIENT, PassageKind.FRAME, b"v100..226", STARTED),
        Passage(0.5, Role.SERVER, PassageKind.FRAME, b"", STARTED),
        Passage(0.5, Role.SERVER, PassageKind.FRAME, b"4\0\xff\\ x ", STARTED),
        Passage(1.0, Role.SERVER, PassageKind.CLOSE, b"", STARTED),
    ]
)


def intact(file: str | Path | BinaryIO) -> tuple[list[Passage], DamagedRecording | None]:
    """What can be read of a file, and what is wrong with it."""
    found: list[Passage] = []
    try:
        found.extend(read_recording(file))
    except DamagedRecording as error:
        return found, error
    return found, None


def checked(body: bytes) -> bytes:
    return b"%08x %s\n" % (crc32(body), body)


def test_the_form_is_as_documented() -> None:
    example = "\n".join(re.findall(r"^    (.*)$", recording.__doc__ or "", re.MULTILINE))

    assert [(one.offset, one.sender, one.kind, one.data) for one in intact(
        BytesIO(f"{example}\n".encode())
    )[0]] == [
        (0.000104, Role.CLIENT, PassageKind.BYTES, b"API\0"),
        (0.000104, Role.CLIENT, PassageKind.FRAME, b"v100..226"),
        (0.000391, Role.SERVER, PassageKind.FRAME, b"176\x0020260115 10:00:00 EST\0"),
        (12.000512, Role.CLIENT, PassageKind.CLOSE, b""),
    ]  # fmt: skip
    assert intact(BytesIO(f"{example}\n".encode()))[1] is None


@pytest.mark.slow
@given(st.lists(PASSAGES, max_size=8))
def test_whatever_is_written_is_read_again(found: list[Passage]) -> None:
    data = written(found)

    assert data.isascii()
    assert b" \n" not in data
    assert list(read_recording(BytesIO(data))) == found


@pytest.mark.slow
@given(st.lists(PASSAGES, max_size=4))
def test_line_ends_of_mails_are_read(found: list[Passage]) -> None:
    data = written(found).replace(b"\n", b"\r\n")

    assert list(read_recording(BytesIO(data))) == found


def test_of_a_file_cut_anywhere_all_that_is_whole_is_given() -> None:
    whole, _ = intact(BytesIO(SMALL))
    for cut in range(len(SMALL)):
        found, damage = intact(BytesIO(SMALL[:cut]))

        assert found == whole[: max(0, SMALL[:cut].count(b"\n") - 2)]
        assert damage is not None
        assert damage.line == SMALL[:cut].count(b"\n") + 1
        assert "cut" in damage.reason


@pytest.mark.slow
def test_every_flipped_bit_is_found() -> None:
    whole, _ = intact(BytesIO(SMALL))
    for at in range(len(SMALL)):
        for bit in range(8):
            changed = bytearray(SMALL)
            changed[at] ^= 1 << bit
            found, damage = intact(BytesIO(bytes(changed)))
            assert damage is not None, (at, bit)
            assert found == whole[: len(found)]
            assert damage.line - 3 == max(-2, len(found)) or len(found) == 0


def test_a_damage_names_the_file_the_line_and_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "session.txt"
    path.write_bytes(SMALL.replace(b"v100..226", b"v100..225"))

    found, damage = intact(path)

    assert len(found) == 1
    assert str(damage).startswith(f"{path}, line 4: it was changed: its checksum does not fit")


def test_a_file_that_its_writer_did_not_end_says_so() -> None:
    found, damage = intact(BytesIO(SMALL[: SMALL.rindex(b"\n", 0, -1) + 1]))

    assert len(found) == 5
    assert str(damage) == (
        "recording, line 8: the file ends, and its last line is missing: it was cut, or what wrote "
        "it was killed"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "the file ends"),
        (b"hello\n", "begins with b'trio_tws recording 1', and not with b'hello'"),
        (b"trio_tws recording 2\n", "a recording of a form that this version can read"),
        (b"trio_tws recording 1\n" + checked(b"# at noon"), "does not tell when the recording beg"),
        (b"trio_tws recording 1\n" + checked(b"# started 2026-01-15"), "does not tell when"),
        (head(STARTED) + checked(b""), "this version can't read b''"),
        (head(STARTED) + checked(b"1.000000 = x"), "this version can't read b'1.000000 = x'"),
        (head(STARTED) + checked(b"soon > x"), "this version can't read b'soon > x'"),
        (head(STARTED) + checked(b"1.000000 > \\y"), "stands for no byte"),
        (head(STARTED) + checked(b"1.000000 > \\x2E"), "stands for no byte"),
    ],
)
def test_what_is_no_recording_is_refused(text: bytes, reason: str) -> None:
    found, damage = intact(BytesIO(text))

    assert found == []
    assert damage is not None
    assert reason in damage.reason


def test_remarks_of_later_versions_are_passed_over() -> None:
    first, second, *rest = SMALL.splitlines(keepends=True)
    text = first + second + checked(b"# by somebody") + b"".join(rest)

    assert intact(BytesIO(text)) == intact(BytesIO(SMALL))


def test_lines_may_be_taken_out_by_hand() -> None:
    lines = SMALL.splitlines(keepends=True)
    del lines[3]

    found, damage = intact(BytesIO(b"".join(lines)))

    assert len(found) == 4
    assert damage is None


def test_a_passage_knows_its_time_and_its_bytes() -> None:
    passage = Passage(90.5, Role.SERVER, PassageKind.FRAME, b"abc", STARTED)

    assert passage.time == datetime(2026, 1, 15, 15, 1, 30, 500_000, tzinfo=UTC)
    assert passage.on_the_wire == frame(b"abc")
    loose = Passage(90.5, Role.SERVER, PassageKind.BYTES, b"abc", STARTED)
    assert loose.on_the_wire == b"abc"


def test_the_beginning_is_kept_in_utc() -> None:
    zone = timezone(timedelta(hours=2))
    data = head(datetime(2026, 1, 15, 17, tzinfo=zone)) + line(
        Passage(0.0, Role.CLIENT, PassageKind.FRAME, b"x", STARTED)
    )

    ((passage,), _) = intact(BytesIO(data))
    assert passage.started == STARTED
    assert passage.started.tzinfo is UTC


def test_a_beginning_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        head(datetime(2026, 1, 15))  # noqa: DTZ001 - the point


def test_an_open_file_stays_open() -> None:
    file = file_of(passages())
    assert len(list(read_recording(file))) == 5
    assert not file.closed


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_recording(tmp_path / "nothing"))
