"""Where the bars of a market begin and end that closes at times.

Bars shorter than a day begin at multiples of their size, as `bar_bounds` has them, and where the
market opens between two of these, with its opening: the first hour of a stock begins at 09:30. They
end where it closes, so that none has something of two trading days. Bars of a day and more are of
trading days, by whose dates they are told, and which may begin the evening before.

A duration of days counts trading days: one day before a Sunday is Friday. So TWS does it; how it
counts seconds over a night IB does not say, and here they go on while the market is closed, as
weeks, months and years do.
"""

from calendar import timegm
from collections.abc import Iterator
from datetime import date
from itertools import takewhile
from math import ceil
from typing import final

import attrs

from trio_tws.testing._bars import DAY, BarSize, Duration
from trio_tws.testing._sessions import Calendar

__all__ = ["Bounds", "bounds_of", "growing_bounds", "midnight_of", "start_of"]


@final
@attrs.frozen
class Bounds:
    """Of one bar; all in epoch seconds, UTC."""

    label: int
    """What it is told by: its beginning, of a bar of days the midnight in UTC of its date."""
    start: int
    """The bar has what happens from here on while the market is open."""
    end: int
    """It has nothing of this second."""


def midnight_of(day: date) -> int:
    """Gives the midnight in UTC by which a trading day is told, in epoch seconds."""
    return timegm((day.year, day.month, day.day, 0, 0, 0))


def start_of(
    calendar: Calendar, end: float, duration: Duration, *, has_dates: bool, use_rth: bool
) -> float:
    """Gives where a duration begins that ends at a moment, both in epoch seconds.

    Args:
        calendar: When the market is open.
        end: Where it ends.
        duration: How long it is.
        has_dates: Whether it is for bars that are told by dates: then a trading day begins with the
            midnight in UTC of its date, and otherwise with its session.
        use_rth: Whether only regular hours count.
    """
    if duration.unit != "D":
        return duration.before(end)
    begins: dict[date, int] = {}
    for session in calendar.sessions_before(ceil(end), use_rth=use_rth):
        if session.day not in begins and len(begins) == duration.count:
            break
        begins[session.day] = session.start
    if not begins:
        return 0.0
    day, start = begins.popitem()
    return midnight_of(day) if has_dates else start


def bounds_of(
    calendar: Calendar, end: float, duration: Duration, size: BarSize, *, use_rth: bool
) -> Iterator[Bounds]:
    """Gives the bars of a request, oldest first; none begins before the duration does."""
    has_dates = size.seconds >= DAY
    begin = ceil(start_of(calendar, end, duration, has_dates=has_dates, use_rth=use_rth))
    for bounds in _bounds_between(calendar, begin, ceil(end), size, use_rth=use_rth):
        if bounds.label >= begin:
            yield bounds


def _bounds_between(
    calendar: Calendar, begin: int, end: int, size: BarSize, *, use_rth: bool
) -> Iterator[Bounds]:
    """Gives the bars that have something of a stretch of time, oldest first, the last one cut."""
    if size.seconds >= DAY:
        yield from _of_days(calendar, begin, end, size, use_rth)
        return
    for opening, close in calendar.between(size.start(begin), end, use_rth=use_rth):
        for mark in range(size.start(opening), close, size.seconds):
            start = max(mark, opening)
            yield Bounds(start, start, min(mark + size.seconds, close))


def _of_days(
    calendar: Calendar, begin: int, end: int, size: BarSize, use_rth: bool
) -> Iterator[Bounds]:
    found: Bounds | None = None
    ahead = calendar.sessions_from(max(0, size.start(begin) - DAY), use_rth=use_rth)
    for session in takewhile(lambda one: one.start < end, ahead):
        label, stop = size.start(midnight_of(session.day)), min(session.end, end)
        if found is not None and found.label == label:
            found = attrs.evolve(found, end=stop)
            continue
        if found is not None:
            yield found
        found = Bounds(label, session.start, stop)
    if found is not None:
        yield found


def growing_bounds(
    calendar: Calendar, second: int, size: BarSize, *, use_rth: bool
) -> Bounds | None:
    """Gives the bar that grows in a second, that included; None while the market is closed."""
    if not calendar.is_open(second, use_rth=use_rth):
        return None
    *_, bounds = _bounds_between(calendar, second, second + 1, size, use_rth=use_rth)
    return bounds
