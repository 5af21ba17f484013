"""Durations and bar sizes: spelling, limits, alignment."""

from datetime import UTC, datetime
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_tws.testing._bars import (
    BAR_SIZES,
    MOST_BARS,
    BarRequestError,
    BarSize,
    Duration,
    bar_bounds,
    check_bar_request,
    parse_bar_size,
    parse_duration,
)

BEFORE_2100 = 4_102_444_800
seconds = st.integers(0, BEFORE_2100)
sizes = st.sampled_from(BAR_SIZES)


def epoch(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize("size", BAR_SIZES, ids=str)
def test_a_size_is_found_by_its_name(size: BarSize) -> None:
    assert parse_bar_size(size.name) is size


@pytest.mark.parametrize(
    ("alias", "name"), [("1 sec", "1 secs"), ("1W", "1 week"), ("1M", "1 month")]
)
def test_other_spellings_are_understood(alias: str, name: str) -> None:
    assert parse_bar_size(alias).name == name


@pytest.mark.parametrize("text", ["", "1", "1 mins", "7 mins", "1min", "1 Min", " 1 min", "1 year"])
def test_an_unknown_size_is_refused_with_the_list_of_the_known(text: str) -> None:
    with pytest.raises(
        BarRequestError, match=rf"^{text!r}: .*1 secs, 5 secs, .*, 1W, 1M$"
    ) as caught:
        parse_bar_size(text)
    assert caught.value.code == 321
    assert caught.value.text.startswith("Error validating request")


@given(st.integers(1, 365), st.sampled_from("SD"))
def test_a_duration_is_read(count: int, unit: str) -> None:
    assert parse_duration(f"{count} {unit}") == Duration(count, unit)


@pytest.mark.parametrize(
    "text", ["", "D", "1D", "1 d", "1  D", "-1 D", "1.5 D", "1 D ", "1 H", "१ D"]
)
def test_a_misspelled_duration_is_refused_with_the_format(text: str) -> None:
    with pytest.raises(
        BarRequestError, match=r"integer\{SPACE\}unit \(S\|D\|W\|M\|Y\)\.$"
    ) as caught:
        parse_duration(text)
    assert caught.value.code == 321


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0 D", "duration is invalid"),
        ("86401 S", "86400 seconds"),
        ("366 D", "365 days must be made in years"),
        ("53 W", "52 weeks must be made in years"),
        ("13 M", "12 months must be made in years"),
        ("1001 Y", "duration is invalid"),
    ],
)
def test_a_duration_out_of_range_is_refused(text: str, says: str) -> None:
    with pytest.raises(BarRequestError, match=f"^'{text}': .*{says}") as caught:
        parse_duration(text)
    assert caught.value.code == 321


@pytest.mark.parametrize("text", ["86400 S", "365 D", "52 W", "12 M", "1000 Y"])
def test_the_longest_durations_are_read(text: str) -> None:
    assert parse_duration(text)


@pytest.mark.parametrize(
    ("duration", "bar_size"),
    [
        ("60 S", "1 secs"),
        ("60 S", "1 min"),
        ("1800 S", "1 secs"),
        ("3600 S", "5 secs"),
        ("14400 S", "10 secs"),
        ("28800 S", "30 secs"),
        ("1 D", "1 min"),
        ("1 D", "1 day"),
        ("1 W", "3 mins"),
        ("1 W", "1 week"),
        ("1 M", "30 mins"),
        ("1 M", "1 month"),
        ("30 D", "1 min"),
        ("1 Y", "1 hour"),
        ("1 Y", "1 day"),
        ("20 Y", "1 day"),
    ],
)
def test_sensible_requests_pass(duration: str, bar_size: str) -> None:
    length, size = check_bar_request(duration, bar_size, "TRADES")
    assert (length, size) == (parse_duration(duration), parse_bar_size(bar_size))


@pytest.mark.parametrize(
    ("duration", "bar_size", "step"),
    [
        ("1 D", "1 secs", 1),
        ("1801 S", "1 secs", 1),
        ("7200 S", "5 secs", 5),
        ("1 D", "30 secs", 30),
        ("1 Y", "1 min", 60),
        ("30 S", "1 min", 60),
        ("1 D", "1 week", 604_800),
        ("1 W", "1 month", 2_592_000),
    ],
)
def test_impossible_steps_are_refused(duration: str, bar_size: str, step: int) -> None:
    with pytest.raises(BarRequestError, match=f"^'{duration} of {bar_size}': ") as caught:
        check_bar_request(duration, bar_size, "TRADES")
    assert caught.value.code == 162
    assert caught.value.text == f"Historical Market Data Service error message:invalid step: {step}"


def test_an_unknown_thing_to_show_is_refused() -> None:
    with pytest.raises(BarRequestError, match=r"^'LAST': .*What to show") as caught:
        check_bar_request("1 D", "1 min", "LAST")
    assert caught.value.code == 321


@given(seconds, sizes)
def test_a_second_is_in_the_bar_that_it_starts(second: int, size: BarSize) -> None:
    start = size.start(second)
    assert start <= second < size.after(start)
    assert size.start(start) == start
    assert size.start(size.after(start)) == size.after(start)


@given(st.integers(7 * 86_400, BEFORE_2100))
def test_days_begin_at_midnight_weeks_on_monday_and_months_on_the_first(second: int) -> None:
    days = {name: parse_bar_size(name).start(second) for name in ("1 day", "1 week", "1 month")}
    begins = {name: datetime.fromtimestamp(start, UTC) for name, start in days.items()}
    assert all(begin.strftime("%H%M%S") == "000000" for begin in begins.values())
    assert begins["1 week"].weekday() == 0
    assert begins["1 month"].day == 1


@given(seconds, sizes, sizes)
def test_a_small_bar_lies_within_one_larger_bar_that_it_divides(
    second: int, small: BarSize, large: BarSize
) -> None:
    """Weeks are left out: a month does not begin on a Monday."""
    if large.seconds % small.seconds or "1 week" in {small.name, large.name}:
        return
    start = small.start(second)
    assert large.start(start) <= start < small.after(start) <= large.after(large.start(start))


@pytest.mark.parametrize(
    ("end", "duration", "begin"),
    [
        ("2026-03-31T12:00:00.5", "90 S", "2026-03-31T11:58:30.5"),
        ("2026-03-31T12:00", "2 D", "2026-03-29T12:00"),
        ("2026-03-31T12:00", "1 W", "2026-03-24T12:00"),
        ("2026-03-31T12:00:00.5", "1 M", "2026-02-28T12:00:00.5"),
        ("2026-03-31T12:00", "3 M", "2025-12-31T12:00"),
        ("2024-02-29T12:00", "1 Y", "2023-02-28T12:00"),
        ("1970-01-02T00:00", "1 W", "1970-01-01T00:00"),
        ("1970-02-02T00:00", "1 Y", "1970-01-01T00:00"),
        ("1970-02-02T00:00", "1 M", "1970-01-02T00:00"),
    ],
)
def test_a_duration_reaches_back(end: str, duration: str, begin: str) -> None:
    assert parse_duration(duration).before(epoch(end)) == epoch(begin)


@given(
    end=st.floats(0, BEFORE_2100),
    duration=st.builds(Duration, st.integers(1, 12), st.sampled_from("SDWMY")),
    size=sizes,
)
def test_bounds_follow_each_other_within_the_duration(
    end: float, duration: Duration, size: BarSize
) -> None:
    if duration.seconds / size.seconds > MOST_BARS / 60:
        return
    bounds = list(bar_bounds(end, duration, size))
    starts = [start for start, _ in bounds]
    assert all(duration.before(end) <= start < end for start in starts)
    assert [after for _, after in bounds[:-1]] == starts[1:]
    assert all(size.start(start) == start for start in starts)
    if bounds:
        assert bounds[-1][1] == ceil(end)
        assert size.start(starts[0] - 1) < duration.before(end)
