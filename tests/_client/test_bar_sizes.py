from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_tws import LocalProtocolError
from trio_tws._client._bar_sizes import _SIZES, BarSize, bar_size_named, cut
from trio_tws.testing._bars import BAR_SIZES, check_bar_request, parse_duration

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def at(second: int) -> datetime:
    return EPOCH + timedelta(seconds=second)


def test_they_are_those_of_tws() -> None:
    assert [size.name for size in _SIZES] == [size.name for size in BAR_SIZES]
    assert [size.seconds for size in _SIZES[:-1]] == [size.seconds for size in BAR_SIZES[:-1]]


def test_an_unknown_size_names_the_known_ones() -> None:
    assert bar_size_named("1 min").length == timedelta(minutes=1)
    with pytest.raises(LocalProtocolError, match=r"'1 minute'.*1 min,"):
        bar_size_named("1 minute")


@given(
    st.sampled_from(_SIZES),
    st.integers(0, 2**31),
    st.integers(1, 60),
    st.integers(0, 86_400),
)
def test_pieces_cover_everything_once_in_requests_that_tws_takes(
    size: BarSize, start: int, bars: int, rest: int
) -> None:
    first = at(start // 86_400 * 86_400 if size.has_dates else start)
    end = first + timedelta(seconds=size.longest * bars // 20 + rest + 1)
    pieces = cut(first, end, size)

    assert (pieces[0].start, pieces[-1].end) == (first, end)
    for before, after in pairwise(pieces):
        assert before.end == after.start
        assert after.start.timestamp() % size.seconds == 0
        assert before.asked_end >= min(before.end + size.length, end)
    for piece in pieces:
        length = parse_duration(piece.duration)
        check_bar_request(piece.duration, size.name, "TRADES")
        assert piece.asked_end - timedelta(seconds=length.seconds) <= piece.start
        assert piece.asked_end <= end
        assert length.seconds <= size.longest + 86_400


@pytest.mark.parametrize(
    ("name", "seconds", "durations"),
    [
        ("1 secs", 1800 + 1799, ["1800 S", "1800 S", "1 S"]),
        ("1 min", 30, ["60 S"]),
        ("1 min", 2 * 86_400 - 60, ["86400 S", "86400 S", "60 S"]),
        ("5 mins", 3 * 86_400 + 1, ["5 D"]),
        ("5 mins", 6 * 86_400 + 1, ["1 W"]),
        ("5 mins", 8 * 86_400, ["1 W", "3 D"]),
        ("1 day", 3600, ["1 D"]),
        ("1 day", 370 * 86_400, ["52 W", "1 W"]),
        ("1 month", 86_400, ["31 D"]),
    ],
)
def test_durations_are_spelled_as_tws_wants_them(
    name: str, seconds: int, durations: list[str]
) -> None:
    pieces = cut(at(0), at(seconds), bar_size_named(name))
    assert [piece.duration for piece in pieces] == durations
