"""Bar sizes, and how a long stretch of history is cut into requests that TWS takes."""

from datetime import datetime, timedelta
from math import ceil
from typing import Final, final

from trio_tws._errors import LocalProtocolError
from trio_tws._wire.late import frozen

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
_WEEK: Final = 7 * _DAY
_MOST_SECONDS: Final = _DAY
"""A longer duration has to be said in days or more."""


@final
@frozen
class BarSize:
    """A bar size, and the longest stretch that one request for such bars should cover."""

    name: str
    """IB's spelling."""
    seconds: int
    """Its length; of a month the longest."""
    longest: int
    """In seconds."""

    @property
    def has_dates(self) -> bool:
        """Whether such bars are told by their day, and not by the second."""
        return self.seconds >= _DAY

    @property
    def length(self) -> timedelta:
        """How long such a bar is; of a month the longest."""
        return timedelta(seconds=self.seconds)


_SIZES: Final = (
    BarSize("1 secs", 1, _HOUR // 2),
    BarSize("5 secs", 5, _HOUR),
    BarSize("10 secs", 10, 4 * _HOUR),
    BarSize("15 secs", 15, 4 * _HOUR),
    BarSize("30 secs", 30, 8 * _HOUR),
    BarSize("1 min", 60, _DAY),
    BarSize("2 mins", 2 * 60, 2 * _DAY),
    BarSize("3 mins", 3 * 60, _WEEK),
    BarSize("5 mins", 5 * 60, _WEEK),
    BarSize("10 mins", 10 * 60, _WEEK),
    BarSize("15 mins", 15 * 60, _WEEK),
    BarSize("20 mins", 20 * 60, _WEEK),
    BarSize("30 mins", 30 * 60, 4 * _WEEK),
    BarSize("1 hour", _HOUR, 4 * _WEEK),
    BarSize("2 hours", 2 * _HOUR, 4 * _WEEK),
    BarSize("3 hours", 3 * _HOUR, 4 * _WEEK),
    BarSize("4 hours", 4 * _HOUR, 4 * _WEEK),
    BarSize("8 hours", 8 * _HOUR, 4 * _WEEK),
    BarSize("1 day", _DAY, 52 * _WEEK),
    BarSize("1 week", _WEEK, 52 * _WEEK),
    BarSize("1 month", 31 * _DAY, 52 * _WEEK),
)
"""All of them. Source of the last column: the table of step sizes on IB's page "Historical Data
Limitations", its month and year rounded down to whole weeks. IB says that it no longer enforces it
for bars of a minute and more, and that longer requests are slow."""


def bar_size_named(name: str) -> BarSize:
    """Gives the bar size of a name.

    Raises:
        LocalProtocolError: There is none.
    """
    for size in _SIZES:
        if size.name == name:
            return size
    known = ", ".join(size.name for size in _SIZES)
    raise LocalProtocolError(f"bar_size={name!r}: TWS knows {known}")


@final
@frozen
class Piece:
    """One request of a long history."""

    start: datetime
    """The bars that are wanted begin here or later, and before ``end``."""
    end: datetime
    asked_end: datetime
    """Where the request ends: late enough for the last of these bars to be whole."""
    duration: str
    """How far back from there it goes, as TWS spells it."""


def cut(start: datetime, end: datetime, size: BarSize) -> list[Piece]:
    """Cuts a stretch of time, oldest piece first.

    The pieces meet at multiples of the bar size. But where TWS begins its bars is the exchange's
    affair (a bar of four hours at 09:30), and one that lies across a border must not be cut there.
    So each piece is asked for up to one bar beyond its end, and gives only the bars that begin in
    it: none is cut, lost or given twice, wherever they begin.

    Args:
        start: Aware, in UTC.
        end: Aware, in UTC, and later.
        size: Of the bars.
    """
    reach = timedelta(seconds=(size.longest // size.seconds - 1) * size.seconds)
    into_bar = timedelta(seconds=start.timestamp() % size.seconds)
    pieces: list[Piece] = []
    while start < end:
        border = min(start - into_bar + reach, end)
        into_bar = timedelta(0)
        asked_end = min(border + size.length, end)
        pieces.append(Piece(start, border, asked_end, _duration(asked_end - start, size)))
        start = border
    return pieces


def _duration(length: timedelta, size: BarSize) -> str:
    """Spells a duration of at least so much, and of one bar.

    Days are the exchange's: TWS goes back to where a trading day began, and takes the one in which
    the request ends for a whole day. So bars that are told by the second need one day more. IB does
    not say so; observed (rust-ibapi issue 262: a day of bars begins with the opening).
    """
    seconds = max(ceil(length.total_seconds()), size.seconds)
    if not size.has_dates and seconds <= _MOST_SECONDS:
        return f"{seconds} S"
    if seconds % _WEEK == 0:
        return f"{seconds // _WEEK} W"
    days, weeks = ceil(seconds / _DAY) + (not size.has_dates), ceil(seconds / _WEEK)
    return f"{weeks} W" if weeks * _WEEK < days * _DAY else f"{days} D"
