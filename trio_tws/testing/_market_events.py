"""What a test has happen to a simulated market: halts, and jumps of a price.

The market stays a function of the time: an event changes what comes after it and nothing before, so
what programs were told stays true, and bars are made of what was told. While an instrument is
halted the moment before the halt holds, and nobody trades; its price goes its way unseen. A jump
moves all prices from its second on by the same amount.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import floor, inf
from typing import TYPE_CHECKING, Final, final

import attrs

from trio_tws.testing._path import Path
from trio_tws.testing._shapes import YEAR, Level, Moment, Run, Series, join

if TYPE_CHECKING:
    from trio_tws.testing._instrument import Instrument
    from trio_tws.testing._market import Market

_FOREVER: Final = 2**62
"""A second that does not come."""


@attrs.define
class _Halt:
    since: float
    until: float = inf

    @property
    def seconds(self) -> tuple[int, int]:
        """The seconds that are lost, the last not included: not the one in which it begins."""
        end = _FOREVER if self.until == inf else floor(self.until) + 1
        return floor(self.since) + 1, end


@final
class EventfulPath:
    """The way of one instrument with what has happened to it.

    An event that comes within a second changes the market from the next second on; orders feel a
    halt at once.

    Args:
        path: The way that it would go.
        tell: Is called after each event.
    """

    def __init__(self, path: Path, tell: Callable[[], None]) -> None:
        self.interval = path.interval
        self._path = path
        self._tell = tell
        self._halts: list[_Halt] = []
        self._jumps: list[tuple[int, int]] = []

    def is_halted(self, t: float) -> bool:
        """Tells whether nothing is traded at a moment."""
        return any(halt.since <= t < halt.until for halt in self._halts)

    def halt(self, t: float) -> bool:
        """Halts it; tells whether it was not halted already."""
        if self.is_halted(t):
            return False
        self._halts.append(_Halt(t))
        self._tell()
        return True

    def resume(self, t: float) -> bool:
        """Ends a halt; tells whether there was one."""
        for halt in self._halts:
            if halt.since <= t < halt.until:
                halt.until = t
                self._tell()
                return True
        return False

    def jump(self, t: float, half_ticks: int) -> None:
        """Moves the price from the next second on."""
        self._jumps.append((floor(t) + 1, half_ticks))
        self._tell()

    def shown(self, second: int) -> int:
        """Gives the second whose moment holds: this one, or the last before a halt."""
        for halt in reversed(self._halts):  # where one follows the other at once, the first counts
            start, end = halt.seconds
            if start <= second < end:
                second = start - 1
        return second

    def moment(self, second: int) -> Moment:
        """Gives the moment that holds at this second."""
        if self._halts:
            second = self.shown(second)
        moment = self._path.moment(second)
        return moment.at(self._level(second)) if self._jumps else moment

    def run(self, start: int, end: int, series: Series) -> Run:
        """Gives one series from `start` to before `end`; without moments if none was in it."""
        if not self._halts and not self._jumps:
            return self._path.run(start, end, series)
        pieces = (
            (self._level(first), self._path.run(first, last, series))
            for first, last in self._pieces(start, end)
        )
        return join((level, run) for level, run in pieces if run.moments)

    def reach(self, start: int, end: int, levels: Sequence[Level]) -> int | None:
        """Gives the first second from `start` to before `end` that may come to one of some levels.

        While it is halted that is each: what has waited for a trade then does with the quotes.
        """
        if any(halt.seconds[1] >= start for halt in self._halts):
            return start
        for first, last in self._pieces(start, end):
            base = self._level(first)
            found = self._path.reach(first, last, [level.seen_from(base) for level in levels])
            if found is not None:
                return found
        return None

    def _pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Gives the stretches without an event within."""
        edges = {second for second, _ in self._jumps}
        edges |= {second for halt in self._halts for second in halt.seconds}
        marks = [start, *sorted(edge for edge in edges if start < edge < end), end]
        for first, last in pairwise(marks):
            if self.shown(first) == first:
                yield first, last

    def _level(self, second: int) -> int:
        # The moment of an option begins before the second that shows it.
        begin = second - second % self.interval
        return sum(half_ticks for since, half_ticks in self._jumps if since <= begin)


def named(market: "Market", symbol: str) -> "list[Instrument]":
    """Gives the instruments with a symbol, or with that local symbol.

    A bond has the symbol of who owes it, whose stock is another matter: it needs its local one.

    Raises:
        ValueError: There is none.
    """
    found = [
        one
        for one in market.instruments
        if one.local_symbol == symbol or (one.symbol == symbol and one.sec_type != "BOND")
    ]
    if not found:
        known = ", ".join(sorted({one.symbol for one in market.instruments}))
        raise ValueError(f"nothing with the symbol {symbol!r} is traded here; there are {known}")
    return found


def jump(market: "Market", instrument: "Instrument", t: float, percent: float) -> None:
    """Moves a price by so many percent of what it is, to a whole tick.

    Raises:
        ValueError: It would fall to zero, or does so within a year from then.
    """
    con_id, tick = instrument.con_id, instrument.min_tick
    ticks = round(market.price(con_id, t) * percent / 100 / tick)
    second = floor(t) + 1
    what = "MIDPOINT" if instrument.has_quotes else "TRADES"
    year = market.bar(con_id, second, second + YEAR, what)
    # Half the spread and a tick less than the middle is the bid.
    room = 0.0 if year is None else year.low - (instrument.spread_ticks + 1) * tick
    if year is not None and room + ticks * tick <= 0:
        raise ValueError(
            f"{percent} % from {market.price(con_id, t)} would take {instrument.local_symbol} to"
            f" zero within a year, where it goes down to {year.low} without that"
        )
    market.path(con_id).jump(t, 2 * ticks)
