from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_tws.testing import INSTRUMENTS, Calendar, exchange_hours
from trio_tws.testing._bars import BAR_SIZES, BarSize, Duration, parse_bar_size
from trio_tws.testing._calendar_bars import (
    Bounds,
    bounds_of,
    growing_bounds,
    midnight_of,
    start_of,
)
from trio_tws.testing._shapes import DAY

BY_NAME = {instrument.local_symbol: instrument for instrument in INSTRUMENTS}
STOCKS, FUTURES, PAIRS = (exchange_hours(BY_NAME[name]) for name in ("AAPL", "ESZ7", "EUR.USD"))
CALENDARS = st.sampled_from([STOCKS, FUTURES, PAIRS])
SECONDS = st.integers(1_700_000_000, 1_740_000_000)


def at(text: str) -> int:
    """Reads a time in UTC such as ``2024-01-16 14:30``."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def told(
    calendar: Calendar, end: str, duration: tuple[int, str], size: str, *, use_rth: bool = True
) -> list[str]:
    found = bounds_of(calendar, at(end), Duration(*duration), parse_bar_size(size), use_rth=use_rth)
    return [
        " ".join(
            f"{datetime.fromtimestamp(moment, UTC):%m%d-%H%M}"
            for moment in (bounds.label, bounds.start, bounds.end)
        )
        for bounds in found
    ]


def test_the_first_bar_of_a_day_begins_with_the_opening() -> None:
    found = told(STOCKS, "2024-01-16 16:10", (1, "D"), "1 hour")
    assert found == [
        "0116-1430 0116-1430 0116-1500",
        "0116-1500 0116-1500 0116-1600",
        "0116-1600 0116-1600 0116-1610",
    ]


def test_a_day_before_a_holiday_weekend_is_friday() -> None:
    (only,) = told(STOCKS, "2024-01-15 20:00", (1, "D"), "8 hours", use_rth=True)[-1:]
    assert only == "0112-1600 0112-1600 0112-2100"
    assert told(STOCKS, "2024-01-15 20:00", (2, "D"), "1 day") == [
        "0111-0000 0111-1430 0111-2100",
        "0112-0000 0112-1430 0112-2100",
    ]


def test_a_duration_of_seconds_goes_on_in_the_night() -> None:
    assert told(STOCKS, "2024-01-15 20:00", (3600, "S"), "5 mins") == []
    assert told(STOCKS, "2024-01-12 21:10", (1200, "S"), "5 mins") == [
        "0112-2050 0112-2050 0112-2055",
        "0112-2055 0112-2055 0112-2100",
    ]


def test_a_bar_that_begins_before_the_duration_is_left_out() -> None:
    assert told(STOCKS, "2024-01-16 16:10", (4800, "S"), "1 hour") == [
        "0116-1500 0116-1500 0116-1600",
        "0116-1600 0116-1600 0116-1610",
    ]
    assert told(STOCKS, "2024-01-16 16:10", (6000, "S"), "1 hour")[0].startswith("0116-1430")


def test_days_of_futures_begin_the_evening_before() -> None:
    assert told(FUTURES, "2024-01-19 23:00", (3, "D"), "1 day", use_rth=False) == [
        "0117-0000 0116-2300 0117-2200",
        "0118-0000 0117-2300 0118-2200",
        "0119-0000 0118-2300 0119-2200",
    ]
    assert told(FUTURES, "2024-01-18 23:30", (1, "D"), "1 day", use_rth=False) == [
        "0119-0000 0118-2300 0118-2330"
    ]


def test_weeks_and_months_have_whole_trading_days() -> None:
    assert told(FUTURES, "2024-01-24 00:00", (2, "W"), "1 week", use_rth=False) == [
        "0115-0000 0114-2300 0119-2200",
        "0122-0000 0121-2300 0124-0000",
    ]
    assert told(STOCKS, "2024-03-15 00:00", (2, "M"), "1 month") == [
        "0201-0000 0201-1430 0229-2100",
        "0301-0000 0301-1430 0314-2000",
    ]


def test_nothing_is_before_the_first_opening() -> None:
    assert told(STOCKS, "1970-01-02 10:00", (3, "D"), "1 day") == []
    begin = start_of(STOCKS, at("1970-01-02 08:00"), Duration(1, "D"), has_dates=True, use_rth=True)
    assert begin == 0


def test_a_day_begins_with_its_date_or_with_its_session() -> None:
    end, length = at("2024-01-19 12:00"), Duration(2, "D")
    for has_dates, begin in ((True, "2024-01-18 00:00"), (False, "2024-01-17 23:00")):
        found = start_of(FUTURES, end, length, has_dates=has_dates, use_rth=False)
        assert found == at(begin)
    assert midnight_of(date(2024, 1, 18)) == at("2024-01-18 00:00")


@pytest.mark.parametrize(
    ("moment", "size", "label", "start"),
    [
        ("2024-01-16 14:45", "1 hour", "2024-01-16 14:30", "2024-01-16 14:30"),
        ("2024-01-16 15:45", "1 hour", "2024-01-16 15:00", "2024-01-16 15:00"),
        ("2024-01-16 15:45", "1 day", "2024-01-16 00:00", "2024-01-16 14:30"),
        ("2024-01-17 15:45", "1 week", "2024-01-15 00:00", "2024-01-16 14:30"),
        ("2024-01-17 15:45", "1 month", "2024-01-01 00:00", "2024-01-02 14:30"),
    ],
)
def test_the_bar_that_grows(moment: str, size: str, label: str, start: str) -> None:
    second = at(moment)
    found = growing_bounds(STOCKS, second, parse_bar_size(size), use_rth=True)
    assert found == Bounds(at(label), at(start), second + 1)


def test_on_sunday_evening_the_week_of_futures_grows() -> None:
    second = at("2024-01-21 23:30")
    found = growing_bounds(FUTURES, second, parse_bar_size("1 week"), use_rth=False)
    assert found == Bounds(at("2024-01-22 00:00"), at("2024-01-21 23:00"), second + 1)


def test_nothing_grows_while_it_is_closed() -> None:
    second = at("2024-01-16 12:00")
    assert growing_bounds(STOCKS, second, parse_bar_size("1 hour"), use_rth=True) is None
    assert growing_bounds(STOCKS, second, parse_bar_size("1 hour"), use_rth=False) is not None


@given(
    calendar=CALENDARS,
    end=SECONDS,
    days=st.integers(1, 40),
    size=st.sampled_from(BAR_SIZES[10:-2]),
    use_rth=st.booleans(),
)
def test_bars_cover_what_is_open_and_nothing_twice(
    calendar: Calendar, end: int, days: int, size: BarSize, use_rth: bool
) -> None:
    length = Duration(days, "D")
    found = list(bounds_of(calendar, end, length, size, use_rth=use_rth))
    has_dates = size.seconds >= DAY
    begin = start_of(calendar, end, length, has_dates=has_dates, use_rth=use_rth)
    covered = [
        stretch
        for bounds in found
        for stretch in calendar.between(bounds.start, bounds.end, use_rth=use_rth)
    ]
    first = found[0].start if has_dates else int(begin)
    whole = list(calendar.between(first, end, use_rth=use_rth))
    assert sum(b - a for a, b in covered) == sum(b - a for a, b in whole)
    assert all(one[1] <= other[0] for one, other in pairwise(covered))
    labels = [bounds.label for bounds in found]
    assert labels == sorted(set(labels))
    if has_dates:
        assert len(labels) == days
