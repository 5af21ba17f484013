"""Days on which exchanges are closed, or close early, by the rules of each.

Rules and not lists: a test may be about any year, and lists end. What was decided for one day alone
(a hurricane, a funeral) is not in them, and the rules are those of today, for the past as well,
except where a holiday is young. Sources: the holiday pages of NYSE, CME Group, SIFMA and Xetra.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from typing import Final, TypeAlias

__all__ = [
    "Holidays",
    "american_bond_holidays",
    "american_half_days",
    "american_holidays",
    "currency_holidays",
    "easter",
    "futures_half_days",
    "futures_holidays",
    "xetra_holidays",
]

Holidays: TypeAlias = Callable[[int], frozenset[date]]
"""Gives the days of one kind in a year."""

_ONE_DAY: Final = timedelta(days=1)
_MONDAY, _THURSDAY, _FRIDAY, _SATURDAY, _SUNDAY = 0, 3, 4, 5, 6
_FIRST_KING_DAY: Final = 1998
_FIRST_JUNETEENTH: Final = 2022


def easter(year: int) -> date:
    """Gives Easter Sunday of the Gregorian calendar, by the method of Gauss as Lichtenberg has it.

    Source: H. Lichtenberg, Historia Mathematica 24 (1997), 441-444.
    """
    century = year // 100
    moon = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    sun = 2 - (3 * century + 3) // 4
    golden = year % 19
    first = (19 * golden + moon) % 30
    first -= (first + golden // 11) // 29
    sunday = 7 - (year + year // 4 + sun) % 7
    full_moon = 21 + first
    return date(year, 3, 1) + (full_moon - 1 + 7 - (full_moon - sunday) % 7) * _ONE_DAY


def _nth(year: int, month: int, weekday: int, count: int) -> date:
    """Gives the first, second, … Monday or the like of a month."""
    first = date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (count - 1)) * _ONE_DAY


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - last.weekday() * _ONE_DAY


def _observed(day: date) -> date:
    """Gives when a holiday is kept that has a date: on Friday or Monday in place of the weekend."""
    if day.weekday() == _SATURDAY:
        return day - _ONE_DAY
    return day + _ONE_DAY if day.weekday() == _SUNDAY else day


def _new_year(year: int) -> date:
    """Gives when New Year is kept: on a Saturday not at all, because Friday ends the year."""
    day = date(year, 1, 1)
    return day + _ONE_DAY if day.weekday() == _SUNDAY else day


def _good_friday(year: int) -> date:
    return easter(year) - 2 * _ONE_DAY


def _american_mondays(year: int) -> Iterator[date]:
    """Gives what American exchanges keep beside New Year, Good Friday and Christmas."""
    if year >= _FIRST_KING_DAY:
        yield _nth(year, 1, _MONDAY, 3)
    yield _nth(year, 2, _MONDAY, 3)
    yield _last_monday_of_may(year)
    if year >= _FIRST_JUNETEENTH:
        yield _observed(date(year, 6, 19))
    yield _observed(date(year, 7, 4))
    yield _nth(year, 9, _MONDAY, 1)
    yield _nth(year, 11, _THURSDAY, 4)


@cache
def american_holidays(year: int) -> frozenset[date]:
    """Gives the days on which American stock exchanges are closed."""
    christmas = _observed(date(year, 12, 25))
    return frozenset({_new_year(year), _good_friday(year), christmas, *_american_mondays(year)})


@cache
def american_half_days(year: int) -> frozenset[date]:
    """Gives the days on which American stock exchanges close early.

    These are the days before Independence Day and Christmas, and the one after Thanksgiving, unless
    they are holidays or weekends themselves.
    """
    days = (date(year, 7, 3), _nth(year, 11, _THURSDAY, 4) + _ONE_DAY, date(year, 12, 24))
    closed = american_holidays(year)
    return frozenset(day for day in days if day.weekday() <= _FRIDAY and day not in closed)


@cache
def american_bond_holidays(year: int) -> frozenset[date]:
    """Gives the days on which American bonds are not traded: Columbus and Veterans Day as well."""
    veterans = _observed(date(year, 11, 11))
    return american_holidays(year) | {_nth(year, 10, _MONDAY, 2), veterans}


@cache
def futures_holidays(year: int) -> frozenset[date]:
    """Gives the days on which CME's futures are not traded at all."""
    return frozenset({_new_year(year), _good_friday(year), _observed(date(year, 12, 25))})


@cache
def futures_half_days(year: int) -> frozenset[date]:
    """Gives the holidays on which CME's futures are traded in the night and the morning only."""
    return american_holidays(year) - futures_holidays(year)


@cache
def currency_holidays(year: int) -> frozenset[date]:
    """Gives the days on which nobody trades currencies: New Year and Christmas, as they fall."""
    return frozenset({date(year, 1, 1), date(year, 12, 25)})


@cache
def xetra_holidays(year: int) -> frozenset[date]:
    """Gives the days on which Xetra is closed; none is kept on another day."""
    monday = easter(year) + _ONE_DAY
    fixed = ((1, 1), (5, 1), (12, 24), (12, 25), (12, 26), (12, 31))
    return frozenset({_good_friday(year), monday, *(date(year, *day) for day in fixed)})
