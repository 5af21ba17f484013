from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_tws.testing import CLOSED, Calendar, DayHours
from trio_tws.testing._sessions import ALWAYS_OPEN, MarketSession
from trio_tws.testing._shapes import DAY

SUNDAY = 6


def weekdays(day: date) -> DayHours:
    return CLOSED if day.weekday() > 4 else DayHours("09:30-16:00", "04:00-20:00")


def nights(day: date) -> DayHours:
    return CLOSED if day.weekday() > 4 else DayHours("17:15-17:00")


def lunch(day: date) -> DayHours:
    return CLOSED if day.weekday() > 4 else DayHours("09:00-11:30,12:30-15:00")


STOCKS = Calendar("America/New_York", weekdays)
PAIRS = Calendar("America/New_York", nights)
TOKYO = Calendar("Asia/Tokyo", lunch)
CALENDARS = st.sampled_from([STOCKS, PAIRS, TOKYO, ALWAYS_OPEN])
SECONDS = st.integers(1_700_000_000, 1_740_000_000)


def at(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp())  # type: ignore[misc,arg-type]


def slowly_open(calendar: Calendar, second: int, *, use_rth: bool) -> bool:
    """Goes through the sessions of the days about a second."""
    there = datetime.fromtimestamp(second, calendar.zone).date()
    return any(
        session.start <= second < session.end
        for ahead in range(-2, 3)
        for session in calendar.day(there + timedelta(days=ahead), use_rth=use_rth)
    )


@pytest.mark.parametrize("hours", ["9:30-16:00", "09:30", "09:30-16:00;", "24:00-25:00", "x"])
def test_hours_are_spelled_in_one_way(hours: str) -> None:
    with pytest.raises(ValueError, match="they are spelled as 09:30-16:00"):
        DayHours(hours)
    with pytest.raises(ValueError, match="they are spelled as 09:30-16:00"):
        DayHours("09:30-16:00", hours)


@pytest.mark.parametrize(
    ("day", "opening", "close"),
    [
        (date(2024, 3, 8), at(2024, 3, 8, 14, 30), at(2024, 3, 8, 21)),
        (date(2024, 3, 11), at(2024, 3, 11, 13, 30), at(2024, 3, 11, 20)),
        (date(2024, 11, 1), at(2024, 11, 1, 13, 30), at(2024, 11, 1, 20)),
        (date(2024, 11, 4), at(2024, 11, 4, 14, 30), at(2024, 11, 4, 21)),
    ],
)
def test_summer_time_moves_a_session(day: date, opening: int, close: int) -> None:
    assert STOCKS.day(day, use_rth=True) == (MarketSession(day, opening, close),)


def test_a_night_in_which_the_clock_goes_forward_is_shorter() -> None:
    lengths = [
        session.end - session.start
        for day in (date(2024, 3, 8), date(2024, 3, 11), date(2024, 11, 4))
        for session in PAIRS.day(day)
    ]
    whole = DAY - 900
    assert lengths == [whole, whole, whole]  # the clock is changed on Sundays, while all sleeps
    always = Calendar("America/New_York", lambda _: DayHours("00:00-24:00"))
    hours = [
        (session.end - session.start) // 3600
        for day in (date(2024, 3, 9), date(2024, 3, 10), date(2024, 11, 3))
        for session in always.day(day)
    ]
    assert hours == [24, 23, 25]


def test_a_day_can_begin_in_the_evening_before() -> None:
    (monday,) = PAIRS.day(date(2024, 1, 15))
    assert (monday.start, monday.end) == (at(2024, 1, 14, 22, 15), at(2024, 1, 15, 22))
    assert not PAIRS.is_open(monday.start - 1)
    assert PAIRS.is_open(monday.start)
    assert not PAIRS.is_open(monday.end)
    assert PAIRS.next_open(monday.end) == monday.end + 900


def test_regular_hours_are_all_hours_where_nothing_else_is_said() -> None:
    day = date(2024, 1, 15)
    assert PAIRS.day(day, use_rth=True) == PAIRS.day(day)
    assert STOCKS.day(day, use_rth=True) != STOCKS.day(day)
    assert STOCKS.day(date(2024, 1, 14)) == ()


def test_a_day_can_have_a_break() -> None:
    morning, afternoon = TOKYO.day(date(2024, 1, 15))
    assert (morning.end, afternoon.start) == (at(2024, 1, 15, 2, 30), at(2024, 1, 15, 3, 30))
    noon = at(2024, 1, 15, 3)
    assert TOKYO.last_open(noon) == morning.end - 1
    assert TOKYO.next_open(noon) == afternoon.start
    before = list(islice(TOKYO.sessions_before(noon + 3600), 3))
    assert before[:2] == [afternoon, morning]
    assert list(islice(TOKYO.sessions_from(noon), 1)) == [afternoon]


def test_nothing_is_before_1970() -> None:
    assert STOCKS.last_open(0) is None
    assert list(STOCKS.sessions_before(at(1970, 1, 1))) == []
    first = STOCKS.next_open(0)
    assert first == at(1970, 1, 1, 9)
    assert STOCKS.last_open(first) == first
    sydney = Calendar("Australia/Sydney", lambda _: DayHours("08:00-16:00"))
    (cut,) = sydney.day(date(1970, 1, 1))
    assert (cut.start, cut.end) == (0, at(1970, 1, 1, 6))
    early = Calendar("Australia/Sydney", lambda _: DayHours("08:00-09:00"))
    assert early.day(date(1970, 1, 1)) == ()


@given(calendar=CALENDARS, second=SECONDS, use_rth=st.booleans())
def test_a_second_is_open_if_a_session_has_it(
    calendar: Calendar, second: int, use_rth: bool
) -> None:
    is_open = slowly_open(calendar, second, use_rth=use_rth)
    assert calendar.is_open(second, use_rth=use_rth) is is_open
    last = calendar.last_open(second, use_rth=use_rth)
    following = calendar.next_open(second, use_rth=use_rth)
    assert (last == second) is (following == second) is is_open
    assert last is not None
    assert last <= second <= following
    assert slowly_open(calendar, last, use_rth=use_rth)
    assert slowly_open(calendar, following, use_rth=use_rth)
    if not is_open:
        assert not slowly_open(calendar, last + 1, use_rth=use_rth)
        assert not slowly_open(calendar, following - 1, use_rth=use_rth)


@given(calendar=CALENDARS, start=SECONDS, length=st.integers(-5, 9 * DAY), use_rth=st.booleans())
def test_open_stretches_are_all_that_is_open(
    calendar: Calendar, start: int, length: int, use_rth: bool
) -> None:
    end = start + length
    found = list(calendar.between(start, end, use_rth=use_rth))
    reached = start
    for opening, close in found:
        assert reached <= opening < close <= end
        if opening > reached:
            assert not slowly_open(calendar, opening - 1, use_rth=use_rth)
            assert not slowly_open(calendar, reached, use_rth=use_rth)
        assert slowly_open(calendar, opening, use_rth=use_rth)
        assert slowly_open(calendar, close - 1, use_rth=use_rth)
        reached = close
    if reached < end:
        assert not slowly_open(calendar, end - 1, use_rth=use_rth)


@given(calendar=CALENDARS, second=SECONDS, use_rth=st.booleans())
def test_sessions_go_on_both_ways(calendar: Calendar, second: int, use_rth: bool) -> None:
    ahead = list(islice(calendar.sessions_from(second, use_rth=use_rth), 5))
    behind = list(islice(calendar.sessions_before(second, use_rth=use_rth), 5))
    assert all(session.end > second for session in ahead)
    assert all(session.start < second for session in behind)
    line = [*reversed(behind), *(one for one in ahead if one not in behind)]
    assert line == sorted(line, key=lambda session: session.start)
    assert all(one.end <= other.start for one, other in pairwise(line))
