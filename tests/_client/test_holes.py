from datetime import UTC, date, datetime, timedelta

from trio_tws import Hole, TradingSession
from trio_tws._client._bar_sizes import bar_size_named
from trio_tws._client._holes import HoleFinder, hole_finder, silence_finder

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def day(number: int, opens: int = 9, closes: int = 17) -> TradingSession:
    """A session of that week, Monday being 0."""
    midnight = MONDAY + number * DAY
    return TradingSession(midnight + opens * HOUR, midnight + closes * HOUR, midnight.date())


def hours_of(start: datetime, *sessions: TradingSession) -> HoleFinder:
    return hole_finder(sessions, start, MONDAY + 7 * DAY, bar_size_named("1 hour"))


def days_of(start: datetime, end: datetime, *sessions: TradingSession) -> HoleFinder:
    return hole_finder(sessions, start, end, bar_size_named("1 day"))


def see(finder: HoleFinder, number: int, *hours: int) -> None:
    for hour in hours:
        finder.seen(MONDAY + number * DAY + hour * HOUR)


def test_a_whole_day_has_no_hole() -> None:
    finder = hours_of(MONDAY, day(0), day(1))
    see(finder, 0, *range(9, 17))
    see(finder, 1, *range(9, 17))
    finder.passed(MONDAY + 7 * DAY)
    assert finder.holes == []


def test_what_no_bar_covers_is_a_hole_within_the_session_only() -> None:
    finder = hours_of(MONDAY, day(1), day(0))
    see(finder, 0, 8, 10, 13)
    assert finder.holes == [
        Hole(MONDAY + 9 * HOUR, MONDAY + 10 * HOUR),
        Hole(MONDAY + 11 * HOUR, MONDAY + 13 * HOUR),
    ]
    see(finder, 1, 10)
    finder.passed(MONDAY + DAY + 12 * HOUR)
    assert finder.holes[2:] == [
        Hole(MONDAY + 14 * HOUR, MONDAY + 17 * HOUR),
        Hole(MONDAY + DAY + 9 * HOUR, MONDAY + DAY + 10 * HOUR),
        Hole(MONDAY + DAY + 11 * HOUR, MONDAY + DAY + 12 * HOUR),
    ]


def test_a_hole_across_a_border_is_one() -> None:
    finder = hours_of(MONDAY, day(0))
    finder.passed(MONDAY + 11 * HOUR)
    finder.passed(MONDAY + 11 * HOUR)
    finder.passed(MONDAY + 12 * HOUR)
    see(finder, 0, *range(13, 17))
    assert finder.holes == [Hole(MONDAY + 9 * HOUR, MONDAY + 13 * HOUR)]


def test_what_was_before_the_start_is_no_hole() -> None:
    finder = hours_of(MONDAY + 20 * HOUR, day(0), day(1))
    see(finder, 1, *range(9, 17))
    assert finder.holes == []


def test_a_day_without_a_bar_is_a_hole() -> None:
    finder = days_of(MONDAY, MONDAY + 5 * DAY, day(3), *map(day, range(3)), day(9))
    finder.seen(MONDAY)
    finder.seen(MONDAY + 2 * DAY)
    missing = Hole(MONDAY + DAY + 9 * HOUR, MONDAY + DAY + 17 * HOUR)
    assert finder.holes == [missing]
    finder.passed(MONDAY + 5 * DAY)
    assert finder.holes == [
        missing,
        Hole(MONDAY + 3 * DAY + 9 * HOUR, MONDAY + 3 * DAY + 17 * HOUR),
    ]


def test_two_sessions_of_a_day_have_one_bar() -> None:
    finder = days_of(MONDAY, MONDAY + DAY, day(0, 9, 12), day(0, 13, 17))
    finder.seen(MONDAY)
    finder.passed(MONDAY + DAY)
    assert finder.holes == []


def test_a_session_that_has_not_begun_is_no_hole() -> None:
    finder = days_of(MONDAY, MONDAY + 8 * HOUR, day(0))
    finder.passed(MONDAY + 8 * HOUR)
    assert finder.holes == []
    assert day(0).trading_day == date(2026, 3, 2)


def test_a_session_without_a_tick_is_a_hole() -> None:
    sessions = [day(number) for number in (3, 0, 1, 2, 4)]
    finder = silence_finder(sessions, MONDAY + 10 * HOUR, MONDAY + 3 * DAY + 12 * HOUR)
    see(finder, 0, 8)
    finder.passed(MONDAY + 17 * HOUR)
    first = Hole(MONDAY + 10 * HOUR, MONDAY + 17 * HOUR)
    assert finder.holes == [first]
    see(finder, 1, 18)
    see(finder, 2, 9, 10, 16, 17)
    finder.passed(MONDAY + 3 * DAY + 12 * HOUR)
    assert finder.holes == [
        first,
        Hole(MONDAY + DAY + 9 * HOUR, MONDAY + DAY + 17 * HOUR),
        Hole(MONDAY + 3 * DAY + 9 * HOUR, MONDAY + 3 * DAY + 12 * HOUR),
    ]
