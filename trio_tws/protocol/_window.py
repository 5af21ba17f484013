"""How many things went lately, and when the next one may."""

from collections import deque
from typing import final

from trio_tws.protocol._limits import Rate


@final
class SlidingWindow:
    """Keeps to a rate: in no stretch of its length, wherever it begins, go more than it allows.

    Not a bucket that fills up, which would let twice as many through around one moment.

    What is held is about to go, and counts as if it went now, whenever now is.
    """

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._times: deque[float] = deque()
        self._held = 0

    def room(self, now: float) -> int:
        """Gives how many may go now; negative if more went than may."""
        while self._times and self._times[0] + self._rate.seconds <= now:
            self._times.popleft()
        return self._rate.most - len(self._times) - self._held

    def opens_at(self, now: float, count: int = 1) -> float:
        """Gives when the last of so many may go, if each goes as soon as it may."""
        room = self.room(now)
        rounds, at = divmod(count - 1, self._rate.most)
        first = now
        if at >= room:
            went = self._times[at - room] if at - room < len(self._times) else now
            first = went + self._rate.seconds
        return first + rounds * self._rate.seconds

    def hold(self, count: int = 1) -> None:
        """So many are about to go, whether or not there is room."""
        self._held += count

    def record(self, now: float, count: int = 1) -> None:
        """So many go now, whether or not there is room."""
        self._times.extend([now] * count)

    def record_held(self, now: float, count: int = 1) -> None:
        """So many of those that were held go now."""
        self._held -= count
        self.record(now, count)

    def is_empty(self, now: float) -> bool:
        """Tells whether nothing is counted."""
        return self.room(now) == self._rate.most

    def copy(self, now: float) -> "SlidingWindow":
        """Makes another with the same counts, in which all that is held goes now."""
        made = SlidingWindow(self._rate)
        made._times = self._times.copy()
        made.record(now, self._held)
        return made
