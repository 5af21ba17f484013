"""What the simulated market is made of: minutes, hours and days that can be joined without a rest.

**Theory of operation.** A market that can be asked for last year's daily bars and for this
second's trade, and whose bars are exactly those trades, cannot be a random walk that is played
through: a year has 31 million seconds. So the walk is put together from a small set of parts, as
sentences are from words. A `Shape` is a stretch of the market, told relative to where it begins:

- 32 minutes, each of 60 random steps, and their mirror images, in which each step is reversed;
- 32 hours, each a row of 60 of these minutes, and their mirror images;
- 32 days, each a row of 24 of these hours, and their mirror images.

A shape knows its own open, high, low, close, volume and so on, in every series, and where its parts
begin. The facts of any stretch of time are joined from the largest shapes that fit into it: a year
is 365 days, and three minutes past ten are ten hours and three minutes.

**Rules.** Prices are in half ticks, so that the midpoint of two prices is a whole number. Sizes are
in lots. All numbers are whole, so joining is exact and may be done in any grouping. Each shape at
an even index is followed by its mirror image.
"""

import functools
import math
import random
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise, repeat
from operator import mul
from statistics import fmean
from typing import Final, Literal, NamedTuple, TypeAlias, final

import attrs

from trio_tws.testing._instrument import Instrument

__all__ = [
    "DAY",
    "YEAR",
    "Level",
    "Moment",
    "Run",
    "Series",
    "Shape",
    "days",
    "instant",
    "join",
    "run_of",
]

DAY: Final = 86_400
YEAR: Final = 365 * DAY

_PAIRS: Final = 32  # Shapes of each length; more is more variety and a slower beginning.

Series: TypeAlias = Literal["TRADES", "BID", "ASK", "MIDPOINT"]


class Moment(NamedTuple):
    """The market at one second: prices in half ticks, sizes in lots."""

    bid: int
    ask: int
    bid_lots: int
    ask_lots: int
    price: int
    """What is traded at, between bid and ask."""
    lots: int
    """How much is traded."""

    def price_of(self, series: Series) -> int:
        """The price that a series shows at this moment."""
        if series == "TRADES":
            return self.price
        if series == "MIDPOINT":
            return (self.bid + self.ask) // 2
        return self.bid if series == "BID" else self.ask

    def at(self, level: int) -> "Moment":
        """The same moment, its prices told from a level further down."""
        bid, ask, bid_lots, ask_lots, price, lots = self
        return Moment(level + bid, level + ask, bid_lots, ask_lots, level + price, lots)


class Run(NamedTuple):
    """One series over a stretch of time, in half ticks."""

    open: int
    high: int
    low: int
    close: int
    weight: int
    """Lots traded; of quotes the seconds they held."""
    weighted: int
    """Each price times its weight, added up."""
    moments: int
    """How many trades or quotes; 0 if nothing happened, and then the rest means nothing."""

    def then(self, more: "Run") -> "Run":
        """What this and the one after it are together; both are of the same series and level."""
        return Run(
            self.open,
            max(self.high, more.high),
            min(self.low, more.low),
            more.close,
            self.weight + more.weight,
            self.weighted + more.weighted,
            self.moments + more.moments,
        )


class Level(NamedTuple):
    """A price that a series can come to."""

    series: Series
    half_ticks: int
    is_up: bool
    """Whether it is reached from below: by this price or any above, else by any below."""

    def is_in(self, run: Run) -> bool:
        """Whether a run comes to it."""
        return run.high >= self.half_ticks if self.is_up else run.low <= self.half_ticks

    def is_at(self, moment: Moment) -> bool:
        """Whether a single moment comes to it."""
        price = moment.price_of(self.series)
        return price >= self.half_ticks if self.is_up else price <= self.half_ticks

    def seen_from(self, level: int) -> "Level":
        """The same price, told from a level further up."""
        return Level(self.series, self.half_ticks - level, self.is_up)


def run_of(moments: Sequence[Moment], series: Series, seconds: int = 1) -> Run:
    """The run of one moment or more, each of which holds for so many seconds."""
    prices = [moment.price_of(series) for moment in moments]
    if series == "TRADES":
        weights = [moment.lots for moment in moments]
    else:
        weights = [seconds] * len(moments)
    weighted = sum(map(mul, prices, weights))
    count = len(moments)
    return Run(prices[0], max(prices), min(prices), prices[-1], sum(weights), weighted, count)


def join(runs: Iterable[tuple[int, Run]]) -> Run:
    """Join runs that follow each other, each told from its own level; all zero if there is none."""
    first = highest = lowest = last = all_weight = all_weighted = all_moments = 0
    for level, (opened, high, low, close, weight, weighted, moments) in runs:
        if not all_moments:
            first = level + opened
            highest = level + high
            lowest = level + low
        highest = max(highest, level + high)
        lowest = min(lowest, level + low)
        last = level + close
        all_weight += weight
        all_weighted += weighted + level * weight
        all_moments += moments
    return Run(first, highest, lowest, last, all_weight, all_weighted, all_moments)


@final
@attrs.frozen(eq=False)
class Shape:
    """A stretch of the market, told relative to the level it begins at."""

    seconds: int
    """How long it is."""
    net: int
    """The level it leads to, where the next one begins."""
    last: Moment
    """Its last moment."""
    parts: tuple["Shape", ...] = ()
    """What it is made of, all of one length; nothing if it is a single second."""
    levels: tuple[int, ...] = ()
    """The level at which each part begins."""
    _runs: dict[Series, Run] = attrs.field(init=False, factory=dict[Series, Run])

    def run(self, series: Series) -> Run:
        """Its run in a series, counted together when it is first asked for: many never are."""
        if not self.parts:
            return instant(self.last, series)
        run = self._runs.get(series)
        if run is None:
            parts = zip(self.levels, self.parts, strict=True)
            run = self._runs[series] = join((level, part.run(series)) for level, part in parts)
        return run

    def reach(self, second: int, levels: Sequence[Level]) -> int | None:
        """The first of its seconds from `second` on that comes to one of some levels, if any.

        What does not come there as a whole need not be looked into.
        """
        if not self.parts:
            return 0 if any(level.is_at(self.last) for level in levels) else None
        if not any(level.is_in(self.run(level.series)) for level in levels):
            return None
        length = self.parts[0].seconds
        begin, second = divmod(second, length)
        for part in range(begin, len(self.parts)):
            base = self.levels[part]
            seen = [level.seen_from(base) for level in levels]
            found = self.parts[part].reach(second, seen)
            if found is not None:
                return part * length + found
            second = 0
        return None


def instant(moment: Moment, series: Series) -> Run:
    """The run of one moment that holds for a second, a fifth of the work of `run_of`."""
    price = moment.price_of(series)
    weight = moment.lots if series == "TRADES" else 1
    return Run(price, price, price, price, weight, price * weight, 1)


def _row(parts: list[Shape]) -> Shape:
    """One shape of several, one after the other."""
    level = 0
    levels: list[int] = []
    for part in parts:
        levels.append(level)
        level += part.net
    last = parts[-1].last.at(levels[-1])
    return Shape(parts[0].seconds * len(parts), level, last, tuple(parts), tuple(levels))


@attrs.frozen
class _Dice:
    """The few distributions that are needed, from the one stream Python promises not to change."""

    random: random.Random

    def unit(self) -> float:
        """From 0 to less than 1."""
        return self.random.random()

    def normal(self) -> float:
        """Of mean 0 and deviation 1, by the transform of Box and Muller."""
        return math.sqrt(-2 * math.log(1 - self.unit())) * math.cos(math.tau * self.unit())

    def lots(self, typical: int) -> int:
        """Exponential, for sizes: many small ones and a few large; none if none is typical."""
        return typical and 1 + int(-typical * math.log(1 - self.unit()))

    def below(self, end: int) -> int:
        """A whole number from 0 to less than `end`."""
        return int(self.unit() * end)


def _quotes(instrument: Instrument, dice: _Dice) -> list[Moment]:
    """A minute of quotes and trades about a price that stands still at 0."""
    seconds: list[Moment] = []
    for _ in range(60):
        spread = instrument.spread_ticks and instrument.spread_ticks + dice.below(2)
        bid = -2 * (spread // 2)
        bid_lots, ask_lots = dice.lots(instrument.quote_lots), dice.lots(instrument.quote_lots)
        price, lots = bid + 2 * dice.below(spread + 1), dice.lots(instrument.trade_lots)
        seconds.append(Moment(bid, bid + 2 * spread, bid_lots, ask_lots, price, lots))
    return seconds


def _minutes(moments: list[Moment], walk: list[float], step: float) -> tuple[Shape, Shape]:
    """A minute along a walk, and its mirror image; `step` is in ticks."""
    # Rounding the walk and not its steps keeps those of less than a tick from getting lost.
    nets = [there - here for here, there in pairwise(2 * round(step * at) for at in walk)]
    return (
        _row([Shape(1, net, moment) for moment, net in zip(moments, nets, strict=True)]),
        _row([Shape(1, -net, moment) for moment, net in zip(moments, nets, strict=True)]),
    )


@functools.lru_cache(maxsize=64)
def days(instrument: Instrument, seed: int) -> tuple[Shape, ...]:
    """The days an instrument's market is made of, at even index those that do not fall.

    Instruments with the same underlying and the same settings get the same days, so that the
    expiries of one future move together.
    """
    dice = _Dice(random.Random(f"shapes {seed} {instrument.under_con_id or instrument.con_id}"))
    quotes = [_quotes(instrument, dice) for _ in range(_PAIRS)]
    walks = [[0.0, *accumulate(dice.normal() for _ in range(60))] for _ in range(_PAIRS)]
    hours = [[dice.below(2 * _PAIRS) for _ in range(60)] for _ in range(_PAIRS)]
    days = [[dice.below(2 * _PAIRS) for _ in range(24)] for _ in range(_PAIRS)]

    # So few shapes of so few could well move twice as far as they should, or half. But how far is
    # known before the size of a step is, which can thus be chosen for the days to come out right.
    nets = [walk[-1] for walk in walks]
    for picks in (hours, days):
        mirrored = [sign * net for net in nets for sign in (1, -1)]
        nets = [sum(mirrored[pick] for pick in row) for row in picks]
    ticks_a_day = instrument.base_price / instrument.min_tick * instrument.volatility
    step = ticks_a_day * math.sqrt(DAY / YEAR) / math.sqrt(fmean(net**2 for net in nets))

    pairs = map(_minutes, quotes, walks, repeat(step))
    shapes = [minute for pair in pairs for minute in pair]
    for picks in (hours, days):
        shapes = [_row([shapes[pick ^ flip] for pick in row]) for row in picks for flip in (0, 1)]
    for index in range(0, len(shapes), 2):
        shapes[index : index + 2] = sorted(shapes[index : index + 2], key=lambda day: -day.net)
    return tuple(shapes)
