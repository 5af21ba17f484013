"""Where a history has nothing although the instrument was traded, by its schedule."""

from collections import deque
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol, final

from trio_tws._client._bar_sizes import BarSize
from trio_tws._client._histories import TradingSession
from trio_tws._wire.late import frozen


@final
@frozen
class Hole:
    """A stretch of time without bars or ticks, in which the instrument was traded by its schedule.

    TWS makes no bar of trades where nothing was traded, so in a quiet market a hole is no fault.
    """

    start: datetime
    """Aware, in UTC, as is end. For bars of a day, the session whose day is missing; for ticks, a
    session without any."""
    end: datetime


class HoleFinder(Protocol):
    """Is told of all bars or ticks in their order, and finds what is missing between them."""

    holes: list[Hole]
    """What was found so far, oldest first."""

    def seen(self, moment: datetime) -> None:
        """Takes in a tick, or where a bar begins; one with a date does at its midnight in UTC."""
        ...

    def passed(self, moment: datetime) -> None:
        """Takes in that there is nothing more before this."""
        ...


def hole_finder(
    sessions: Sequence[TradingSession], start: datetime, end: datetime, size: BarSize
) -> HoleFinder:
    """Makes the finder for bars of a day or shorter, from a start to before an end."""
    if size.has_dates:
        return _MissingDays(sessions, start, end)
    return _MissingBars(sessions, start, size.length)


def silence_finder(
    sessions: Sequence[TradingSession], start: datetime, end: datetime
) -> HoleFinder:
    """Makes the finder for ticks, from a start to before an end."""
    return _SilentSessions(sessions, start, end)


@final
class _MissingBars:
    """Finds stretches that no bar covers."""

    def __init__(
        self, sessions: Sequence[TradingSession], start: datetime, length: timedelta
    ) -> None:
        self.holes: list[Hole] = []
        self._sessions = deque(sorted(sessions, key=lambda session: session.start))
        self._reached = start
        self._length = length

    def seen(self, moment: datetime) -> None:
        """See `HoleFinder`."""
        self.passed(moment)
        self._reached = max(self._reached, moment + self._length)

    def passed(self, moment: datetime) -> None:
        """See `HoleFinder`."""
        start, self._reached = self._reached, max(self._reached, moment)
        while start < moment and self._sessions and self._sessions[0].start < moment:
            session = self._sessions[0]
            if session.end > start:
                self._add(max(start, session.start), min(moment, session.end))
            if session.end > moment:
                return
            self._sessions.popleft()

    def _add(self, start: datetime, end: datetime) -> None:
        if self.holes and self.holes[-1].end == start:
            start = self.holes.pop().start
        self.holes.append(Hole(start, end))


@final
class _MissingDays:
    """Finds trading days without a bar."""

    def __init__(self, sessions: Sequence[TradingSession], start: datetime, end: datetime) -> None:
        self.holes: list[Hole] = []
        expected = [
            session
            for session in sessions
            if session.trading_day >= start.date() and session.start < end
        ]
        self._sessions = deque(sorted(expected, key=lambda session: session.trading_day))
        self._last: date | None = None

    def seen(self, moment: datetime) -> None:
        """See `HoleFinder`."""
        self.passed(moment)
        self._last = moment.date()

    def passed(self, moment: datetime) -> None:
        """See `HoleFinder`."""
        while self._sessions and _midnight(self._sessions[0].trading_day) < moment:
            session = self._sessions.popleft()
            if session.trading_day != self._last:
                self.holes.append(Hole(session.start, session.end))


@final
class _SilentSessions:
    """Finds sessions without a tick; how far apart ticks should be, nobody knows."""

    def __init__(self, sessions: Sequence[TradingSession], start: datetime, end: datetime) -> None:
        self.holes: list[Hole] = []
        expected = [
            Hole(max(start, session.start), min(session.end, end))
            for session in sessions
            if session.start < end and session.end > start
        ]
        self._expected = deque(sorted(expected, key=lambda hole: hole.start))

    def seen(self, moment: datetime) -> None:
        """See `HoleFinder`."""
        self.passed(moment)
        if self._expected and self._expected[0].start <= moment:
            self._expected.popleft()

    def passed(self, moment: datetime) -> None:
        """See `HoleFinder`."""
        while self._expected and self._expected[0].end <= moment:
            self.holes.append(self._expected.popleft())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
