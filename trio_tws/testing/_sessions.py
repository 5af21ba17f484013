"""When a market is open: the sessions of each trading day, found for any second at once.

**Theory of operation.** A `Calendar` is a rule that gives the hours of a trading day by the clock
of its zone, and nothing else; all other questions are answered from its sessions. A question about
a second looks at the sessions of a few days about it, and remembers the stretch that it found,
because the next question is mostly about the next second. Summer time needs no care: the clock is
turned into epoch seconds session by session.

**Rules.** Days follow each other: a session ends before those of the next trading day begin. A
session begins on the evening before its day at the earliest, and ends with its day at the latest.
All begin and end at whole minutes, so that no quote of an option, which holds for a minute, is cut.
There is nothing before 1970.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import takewhile
from typing import Final, final
from zoneinfo import ZoneInfo

import attrs

__all__ = ["ALWAYS_OPEN", "CLOSED", "Calendar", "DayHours", "MarketSession"]

_ONE_DAY: Final = timedelta(days=1)
_FIRST_DAY: Final = date(1970, 1, 1)
_SPAN: Final = re.compile("([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")


@cache
def _spans(text: str) -> tuple[tuple[timedelta, timedelta], ...]:
    """Reads hours: begins and ends, from the midnight that begins the trading day."""
    return tuple(_span(part) for part in text.split(",") if text)


def _span(text: str) -> tuple[timedelta, timedelta]:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"hours {text!r}: they are spelled as 09:30-16:00")
    hour, minute, last_hour, last_minute = map(int, found.groups())
    begin = timedelta(hours=hour, minutes=minute)
    end = timedelta(hours=last_hour, minutes=last_minute)
    return (begin if begin < end else begin - _ONE_DAY), end


@final
@attrs.frozen
class DayHours:
    """When one trading day is open, by the exchange's clock.

    Hours are spelled ``09:30-16:00``, several with commas between, none as nothing; what begins
    later than it ends begins on the evening before: ``18:00-17:00``.

    Raises:
        ValueError: They are spelled otherwise.
    """

    regular: str
    """The regular hours."""
    extended: str = ""
    """All hours in which there is trading, the regular ones included; empty if it is those."""

    def __attrs_post_init__(self) -> None:
        _spans(self.regular)
        _spans(self.extended)


CLOSED: Final = DayHours("")
"""The hours of a holiday."""


@final
@attrs.frozen
class MarketSession:
    """A stretch of time without a break in which a market is open."""

    day: date
    """The trading day that it counts for."""
    start: int
    """Epoch seconds, UTC, as the end, which is not in it."""
    end: int


@final
@attrs.frozen
class _Stretch:
    """What was found about a second, and holds for those around it."""

    start: int
    end: int
    is_open: bool


@final
class Calendar:
    """When a market is open, from 1970 on.

    Of all its methods those with ``use_rth`` look at the regular hours alone if that is true.

    Raises:
        ValueError: There is no such time zone.
    """

    def __init__(self, zone: str, hours: Callable[[date], DayHours]) -> None:
        """Makes the calendar of an exchange.

        Args:
            zone: The zone of its clock, an IANA name.
            hours: Gives the hours of a day, weekends and holidays too: `CLOSED`. It is asked once
                for a day, and has to give the same each time.
        """
        self.zone: Final = ZoneInfo(zone)
        self._hours = hours
        self._days: dict[tuple[date, bool], tuple[MarketSession, ...]] = {}
        self._found: dict[bool, _Stretch] = {}

    def day(self, day: date, *, use_rth: bool = False) -> tuple[MarketSession, ...]:
        """Gives the sessions of a trading day, none of a holiday."""
        sessions = self._days.get((day, use_rth))
        if sessions is None:
            hours = self._hours(day) if day >= _FIRST_DAY else CLOSED
            spans = _spans(hours.regular if use_rth or not hours.extended else hours.extended)
            midnight = datetime.combine(day, time(), self.zone)
            made = (
                MarketSession(
                    day,
                    max(0, int((midnight + begin).timestamp())),
                    int((midnight + end).timestamp()),
                )
                for begin, end in spans
            )
            sessions = tuple(session for session in made if session.end > session.start)
            self._days[day, use_rth] = sessions
        return sessions

    def sessions_from(self, second: int, *, use_rth: bool = False) -> Iterator[MarketSession]:
        """Gives the sessions that end after a second, oldest first, without an end."""
        day = self._date(second)
        while True:
            for session in self.day(day, use_rth=use_rth):
                if session.end > second:
                    yield session
            day += _ONE_DAY

    def sessions_before(self, second: int, *, use_rth: bool = False) -> Iterator[MarketSession]:
        """Gives the sessions that begin before a second, newest first."""
        day = self._date(second) + _ONE_DAY
        while day >= _FIRST_DAY:
            for session in reversed(self.day(day, use_rth=use_rth)):
                if session.start < second:
                    yield session
            day -= _ONE_DAY

    def between(self, start: int, end: int, *, use_rth: bool = False) -> Iterator[tuple[int, int]]:
        """Gives the open stretches from a start to before an end, oldest first, cut to fit."""
        stretch = self._stretch(start, use_rth)
        if end <= stretch.end:  # the next second, mostly
            if stretch.is_open and start < end:
                yield start, end
        else:
            ahead = self.sessions_from(start, use_rth=use_rth)
            for session in takewhile(lambda one: one.start < end, ahead):
                yield max(start, session.start), min(session.end, end)

    def is_open(self, second: int, *, use_rth: bool = False) -> bool:
        """Tells whether it is open in a second."""
        return self._stretch(second, use_rth).is_open

    def last_open(self, second: int, *, use_rth: bool = False) -> int | None:
        """Gives the last open second, this one included; None before the first."""
        stretch = self._stretch(second, use_rth)
        if stretch.is_open:
            return second
        return stretch.start - 1 if stretch.start > 0 else None

    def next_open(self, second: int, *, use_rth: bool = False) -> int:
        """Gives the next open second, this one included."""
        stretch = self._stretch(second, use_rth)
        return second if stretch.is_open else stretch.end

    def _stretch(self, second: int, use_rth: bool) -> _Stretch:
        found = self._found.get(use_rth)
        if found is not None and found.start <= second < found.end:
            return found
        session = next(self.sessions_from(second, use_rth=use_rth))
        if session.start <= second:
            found = _Stretch(session.start, session.end, is_open=True)
        else:
            before = next(self.sessions_before(second, use_rth=use_rth), None)
            found = _Stretch(0 if before is None else before.end, session.start, is_open=False)
        self._found[use_rth] = found
        return found

    def _date(self, second: int) -> date:
        return datetime.fromtimestamp(second, self.zone).date()


ALWAYS_OPEN: Final = Calendar("UTC", lambda _: DayHours("00:00-24:00"))
"""Of a market that never closes, whose day is a day in UTC."""
