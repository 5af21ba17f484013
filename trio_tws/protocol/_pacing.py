"""When a request may go, so that TWS refuses none; nothing here waits or reads a clock.

Theory of operation. Requests that want to go stand in a line. The first one with room in everything
that it is counted in may go. One without holds up nobody who needs something else, so a request for
day bars does not wait behind one for small bars. But what is full is kept for who came first. Where
there is room for one, and the first counts twice, others take it only if that puts nobody off:
keeping it would cost a plan of many requests ten minutes for each that counts twice.

The steps of a request, for each of which its ticket stands::

    join ──> in the line ──queue──> about to be sent ──record──> sent ──finish──> over
                 └──leave──> gone

What is about to be sent counts as if it went now, because nobody knows yet when it will. Slots are
taken from `queue` to `finish`; what was sent counts in its rates for as long as those look back.

Rules for this file: time enters as an argument and never goes back; a step may make room, so the
caller asks `next` after each.
"""

import math
from collections import Counter
from collections.abc import Mapping
from enum import Enum
from typing import Final, final
from weakref import WeakValueDictionary

from trio_tws._wire.late import frozen
from trio_tws.protocol._counts import Mark, Slot, ends_by_itself, is_counted, marks_of, slots_of
from trio_tws.protocol._limits import Pacing, Rate
from trio_tws.protocol._window import SlidingWindow


class _Queue(Enum):
    """Where what is about to be sent waits.

    It holds half of what goes in a second, so nothing stands there for longer than that, and the
    time that a request is given to be answered is not spent there.
    """

    ROOM = "room in the queue"


_Need = SlidingWindow | Slot | _Queue

_IN_NOTHING: Final[Mapping[SlidingWindow, int]] = {}
_IN_THE_QUEUE: Final[frozenset[_Need]] = frozenset({_Queue.ROOM})
"""The counts and the needs of most requests, which are limited by nothing but the message rate."""

_PUT_OFF: Final = 1.0
"""Seconds; what went in one go is not recorded at quite the same time."""


@final
@frozen(eq=False)
class Ticket:
    """A request, and what it is counted in; no two are equal.

    Attributes:
        request: The request.
        counts: What it is counted in, and how often.
        slots: What it takes while it is open.
        needs: Everything that may have no room for it.
    """

    request: object
    counts: Mapping[SlidingWindow, int]
    slots: tuple[Slot, ...]
    needs: frozenset[_Need]


@final
class RequestPacing:
    """The line of requests that want to go, and the counts that tell whether they may.

    Args:
        pacing: The limits.
    """

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        rates = {
            "small_bars": pacing.small_bars,
            "same_series": pacing.same_series,
            "identical": pacing.identical,
            "same_tick_by_tick": pacing.same_tick_by_tick,
        }
        self._rates = {
            name: Rate(rate.most, rate.seconds + pacing.margin)
            for name, rate in rates.items()
            if rate is not None
        }
        self._sizes: Mapping[Slot, int | None] = {
            Slot.HISTORY: pacing.open_history,
            Slot.LINE: pacing.market_data_lines,
            Slot.DEPTH: pacing.market_depth,
            Slot.TICK_BY_TICK: pacing.tick_by_tick,
        }
        self._most_queued = pacing.messages_per_second and max(pacing.messages_per_second // 2, 1)
        self._line: dict[Ticket, None] = {}  # as a set in order; so are the next two
        self._open: dict[Ticket, None] = {}
        self._recent: dict[SlidingWindow, None] = {}  # keeps those alive that no ticket needs
        self._windows: WeakValueDictionary[Mark, SlidingWindow] = WeakValueDictionary()
        self._queued = 0
        self._taken: Counter[Slot] = Counter()

    # The steps of a request .......................................................................

    def ticket(self, request: object) -> Ticket:
        """Makes a ticket for a request that stands in no line."""
        if not is_counted(request):
            return Ticket(request, _IN_NOTHING, (), _IN_THE_QUEUE)
        counts = {
            self._window(mark): min(weight, self._rates[mark[0]].most)
            for mark, weight in marks_of(request).items()
            if mark[0] in self._rates
        }
        slots = slots_of(request)
        return Ticket(request, counts, slots, frozenset({*counts, *slots, _Queue.ROOM}))

    def lets_pass(self, request: object) -> bool:
        """Tells whether a request may go now that needs no ticket, as it is counted nowhere."""
        return not self._line and not is_counted(request) and self._has_room

    def at_once(self, request: object, now: float) -> Ticket | None:
        """Makes a ticket for a request that needs not stand in the line; None if it has to."""
        if self._line:
            return None
        ticket = self.ticket(request)
        for need in ticket.needs:
            if self._opens_at(need, ticket, now) > now:
                return None
        return ticket

    def join(self, request: object) -> Ticket:
        """Puts a request at the end of the line."""
        ticket = self.ticket(request)
        self._line[ticket] = None
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Takes a request out of the line, if it is still there."""
        self._line.pop(ticket, None)

    def queue(self, ticket: Ticket) -> None:
        """A request is about to be sent, from the line or past it."""
        self.leave(ticket)
        self._queued += 1
        for window, count in ticket.counts.items():
            window.hold(count)
            self._recent[window] = None
        if ticket.slots:
            self._open[ticket] = None
            self._taken.update(ticket.slots)

    def record(self, ticket: Ticket, now: float) -> None:
        """A request that was about to be sent is sent now."""
        self._queued -= 1
        for window, count in ticket.counts.items():
            window.record_held(now, count)
        if ticket.counts:
            self._recent = {one: None for one in self._recent if not one.is_empty(now)}

    def finish(self, ticket: Ticket) -> None:
        """A request is over; it gives its slots back, if it has not yet."""
        if ticket in self._open:
            del self._open[ticket]
            self._taken.subtract(ticket.slots)

    # Questions ....................................................................................

    @property
    def waiting(self) -> int:
        """How many stand in the line."""
        return len(self._line)

    def taken(self, slot: Slot) -> int:
        """Gives how many of these are in use, limited or not."""
        return self._taken[slot]

    def next(self, now: float) -> tuple[Ticket | None, float]:
        """Gives the first in the line that may go now; None, and when to ask again, if none may.

        The time is infinite if all wait for others to be sent or to end.
        """
        shut: set[_Need] = set()
        kept: Counter[SlidingWindow] = Counter()
        again = math.inf
        for ticket in self._line:
            if _Queue.ROOM in shut:
                break  # everyone needs that
            if not shut.isdisjoint(ticket.needs):
                continue
            opens = {need: self._opens_at(need, ticket, now) for need in ticket.needs}
            latest = max(opens.values())
            if latest > now:
                again = min(again, latest)
                for need in (need for need, at in opens.items() if at > now):
                    if isinstance(need, SlidingWindow) and need.room(now) > 0:
                        kept[need] += ticket.counts[need]
                    else:
                        shut.add(need)
            elif not any(_puts_off(ticket, window, count, now) for window, count in kept.items()):
                return ticket, now
        return None, again

    def how_long(self, request: object, now: float) -> float | None:
        """Gives the seconds that a request would wait if it came now, behind those in the line.

        It is an estimate: requests that end by themselves are taken to do so at once. None says
        that others have to be cancelled first.
        """
        trial, at = self._trial(now), now
        ticket = trial.join(request)
        while at < math.inf:
            chosen, at = trial.next(at)
            if chosen is ticket:
                return at - now
            if chosen is not None:
                trial.queue(chosen)
                trial.record(chosen, at)
                trial._finish_what_ends_by_itself()
        return None

    # Inside .......................................................................................

    def _window(self, mark: Mark) -> SlidingWindow:
        window = self._windows.get(mark)
        if window is None:
            window = self._windows[mark] = SlidingWindow(self._rates[mark[0]])
        return window

    def _opens_at(self, need: _Need, ticket: Ticket, now: float) -> float:
        """Gives when there is room in something: now, later, or nobody knows."""
        if isinstance(need, SlidingWindow):
            return need.opens_at(now, ticket.counts[need])
        if isinstance(need, _Queue):
            return now if self._has_room else math.inf
        size = self._sizes[need]
        return now if size is None or self._taken[need] < size else math.inf

    @property
    def _has_room(self) -> bool:
        """Whether one more may be about to be sent."""
        return self._most_queued is None or self._queued < self._most_queued

    def _trial(self, now: float) -> "RequestPacing":
        """Makes another to try things with, in which everything about to be sent has been."""
        trial = RequestPacing(self._pacing)
        for mark, window in self._windows.items():
            trial._windows[mark] = copied = window.copy(now)
            trial._recent[copied] = None
        for ticket in self._line:
            trial.join(ticket.request)
        trial._open = dict(self._open)
        trial._taken = Counter(self._taken)
        trial._finish_what_ends_by_itself()
        return trial

    def _finish_what_ends_by_itself(self) -> None:
        for ticket in list(self._open):
            if ends_by_itself(ticket.request):
                self.finish(ticket)


def _puts_off(ticket: Ticket, window: SlidingWindow, kept: int, now: float) -> bool:
    """Tells whether those for whom room is kept would have to wait longer if one went before."""
    count = ticket.counts.get(window, 0)
    return window.opens_at(now, kept + count) > window.opens_at(now, kept) + _PUT_OFF
