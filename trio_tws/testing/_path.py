"""Where an instrument's market is at every second, for any second at once.

Prices are in half ticks, sizes in lots, times in whole epoch seconds, UTC; see `_shapes`, where the
idea of it all is told.
"""

import functools
import math
import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, Protocol, final

import attrs

from trio_tws.testing._instrument import Instrument
from trio_tws.testing._shapes import (
    DAY,
    YEAR,
    Level,
    Moment,
    Run,
    Series,
    Shape,
    days,
    instant,
    join,
    run_of,
)

__all__ = ["OptionPath", "Path", "WalkPath"]

_HOUR: Final = 3600


_STRETCH: Final = 1024
"""So many days are laid out at once."""


class Path(Protocol):
    """The market of one instrument."""

    interval: int
    """A new moment begins at each multiple of so many seconds, and holds until the next."""

    def moment(self, second: int) -> Moment:
        """The moment that holds at this second."""
        ...

    def run(self, start: int, end: int, series: Series) -> Run:
        """One series from `start` to before `end`; without moments if none was in that time."""
        ...

    def reach(self, start: int, end: int, levels: Sequence[Level]) -> int | None:
        """The first second from `start` to before `end` that may come to one of some levels.

        None if none of them does, surely.
        """
        ...


@final
class WalkPath:
    """The market of anything but an option: a walk, day after day from 1970 on.

    What each day does is drawn from the instrument's days. These come in pairs, of which one rises
    and the other is its mirror image; the pair is drawn evenly, and then, the further the price is
    from its base, the likelier the one that leads back. So a day always begins between half and
    one and a half times the base, or a day's step beyond.

    Raises:
        ValueError: The instrument is so volatile that its price could reach zero.
    """

    interval: int = 1

    def __init__(self, instrument: Instrument, seed: int) -> None:
        """Lay out the first day; the others follow as they are asked for."""
        self._days = days(instrument, seed)
        self._base = 2 * round(instrument.base_price / instrument.min_tick)
        deepest = min(day.run("BID").low for day in self._days)
        # From half the base every day leads up: at worst one day went down to there and beyond,
        # and the next goes down once more before it rises.
        if self._base + 4 * deepest <= 0:
            raise ValueError(
                f"{instrument.local_symbol}: with a volatility of {instrument.volatility} and a"
                f" spread of {instrument.spread_ticks} ticks the price could fall from"
                f" {instrument.base_price} to zero; lower them"
            )
        self._instrument = instrument
        self._seed = seed
        self._laid_out: list[tuple[int, Shape]] = []
        self._last: tuple[int, Moment] | None = None

    def _day(self, number: int) -> tuple[int, Shape]:
        """Where the day of this number since 1970 begins, and its shape."""
        while len(self._laid_out) <= number:
            stretch = len(self._laid_out) // _STRETCH
            self._laid_out += _stretch(self._instrument, self._seed, stretch).days
        return self._laid_out[number]

    def _shapes(self, start: int, end: int) -> Iterator[tuple[int, Shape]]:
        """The fewest shapes that fill the time, each with the level at which it begins."""
        while start < end:
            day, second = divmod(start, DAY)
            level, shape = self._day(day)
            while second or start + shape.seconds > end:
                part, second = divmod(second, shape.parts[0].seconds)
                level += shape.levels[part]
                shape = shape.parts[part]
            yield level, shape
            start += shape.seconds

    def moment(self, second: int) -> Moment:
        """The moment that holds at this second."""
        if self._last is None or self._last[0] != second:  # mostly it is asked for several times
            self._last = second, self._found(second)
        return self._last[1]

    def _found(self, second: int) -> Moment:
        day, second = divmod(second, DAY)
        level, shape = self._day(day)
        while shape.parts:
            part, second = divmod(second, shape.parts[0].seconds)
            level += shape.levels[part]
            shape = shape.parts[part]
        return shape.last.at(level)

    def run(self, start: int, end: int, series: Series) -> Run:
        """One series from `start` to before `end`; without moments if the time is empty."""
        if end - start == 1:
            return instant(self.moment(start), series)
        return join((level, shape.run(series)) for level, shape in self._shapes(start, end))

    def reach(self, start: int, end: int, levels: Sequence[Level]) -> int | None:
        """The first second from `start` to before `end` that comes to one of some levels."""
        while start < end:
            day, second = divmod(start, DAY)
            base, shape = self._day(day)
            found = shape.reach(second, [level.seen_from(base) for level in levels])
            if found is not None:
                reached = day * DAY + found
                return reached if reached < end else None
            start += DAY - second
        return None


@attrs.frozen
class _Stretch:
    """Some days of a walk, and what the next ones follow from."""

    days: tuple[tuple[int, Shape], ...]
    level: int
    drawn: tuple[object, ...]


@functools.lru_cache(maxsize=512)
def _stretch(instrument: Instrument, seed: int, number: int) -> _Stretch:
    """The days of a walk from 1970 on, in order, shared by all who simulate the same market.

    A program that opens a simulator for each of its tests walks from 1970 to today once.
    """
    kinds = days(instrument, seed)
    base = 2 * round(instrument.base_price / instrument.min_tick)
    draw = random.Random(f"days {seed} {instrument.under_con_id or instrument.con_id}")
    level = base
    if number:
        former = _stretch(instrument, seed, number - 1)
        level = former.level
        draw.setstate(former.drawn)
    found: list[tuple[int, Shape]] = []
    for _ in range(_STRETCH):
        pair = int(draw.random() * (len(kinds) // 2))
        chance_to_rise = 0.5 - (level - base) / base
        falls = draw.random() >= chance_to_rise
        shape = kinds[2 * pair + falls]
        found.append((level, shape))
        level += shape.net
    return _Stretch(tuple(found), level, draw.getstate())


@final
class OptionPath:
    """The market of an option: Black and Scholes on its underlying's midpoint, without interest.

    It has a new moment only once a minute, since its bars, unlike a walk's, have to be made from
    the moments one by one. What is random about it (sizes, and whether a trade is at the bid or at
    the ask) it takes from its underlying's moment.
    """

    interval: int = 60

    def __init__(self, instrument: Instrument, underlying: Instrument, path: Path) -> None:
        """Take the terms from `instrument`; `path` is the market of `underlying`."""
        self._instrument = instrument
        self._path = path
        self._half_tick = underlying.min_tick / 2
        self._expiry = expiry_of(instrument)
        self._hours: dict[tuple[int, Series], Run] = {}

    def moment(self, second: int) -> Moment:
        """The moment that holds at this second."""
        begin = second - second % self.interval
        option = self._instrument
        bid, ask, bid_lots, ask_lots, price, lots = self._path.moment(begin)
        fair = option_price(
            spot=(bid + ask) // 2 * self._half_tick,
            strike=option.strike,
            right=option.right,
            volatility=option.volatility,
            years=max(0, self._expiry - begin) / YEAR,
        )
        # A bid of at least one tick, as there is always somebody.
        option_bid = 2 * max(1, round(fair / option.min_tick) - option.spread_ticks // 2)
        option_ask = option_bid + 2 * option.spread_ticks
        return Moment(
            option_bid,
            option_ask,
            1 + bid_lots % (2 * option.quote_lots + 1),
            1 + ask_lots % (2 * option.quote_lots + 1),
            option_ask if 2 * price > bid + ask else option_bid,
            1 + lots % (2 * option.trade_lots + 1),
        )

    def _pieces(self, start: int, end: int, series: Series) -> Iterator[Run]:
        """The time in whole hours as far as possible, and in minutes or less where it is not."""
        while start < end:
            if start % _HOUR == 0 and start + _HOUR <= end:
                yield self._hour(start, series)
                start += _HOUR
            else:
                stop = min(end, start - start % self.interval + self.interval)
                # A trade belongs to the second it happens at, a quote to all the time it holds.
                if series != "TRADES" or start % self.interval == 0:
                    yield run_of([self.moment(start)], series, stop - start)
                start = stop

    def _hour(self, start: int, series: Series) -> Run:
        hour = self._hours.get((start, series))
        if hour is None:
            begins = range(start, start + _HOUR, self.interval)
            hour = run_of([self.moment(begin) for begin in begins], series, self.interval)
            self._hours[start, series] = hour
        return hour

    def run(self, start: int, end: int, series: Series) -> Run:
        """One series from `start` to before `end`; without moments if nothing traded by then.

        Whole hours are kept once they are made, about 300 bytes each.
        """
        return join((0, run) for run in self._pieces(start, end, series))

    def reach(self, start: int, end: int, levels: Sequence[Level]) -> int | None:
        """The first moment from `start` to before `end`: where that leads it takes to try."""
        del levels
        begin = start + -start % self.interval
        return begin if begin < end else None


def expiry_of(option: Instrument) -> int:
    """When an option expires, in epoch seconds: at the end of its last day, in UTC."""
    day = f"{option.last_trade_date_or_contract_month} +0000"
    return int(datetime.strptime(day, "%Y%m%d %z").timestamp()) + DAY


def option_price(
    *, spot: float, strike: float, right: str, volatility: float, years: float
) -> float:
    """The value of a European option by Black and Scholes, without interest or dividends.

    Args:
        spot: Price of the underlying.
        strike: Strike price.
        right: C or P.
        volatility: Standard deviation of a year's return.
        years: Time to expiry; at 0 what is left is the intrinsic value.
    """
    spread = volatility * math.sqrt(years)
    if spread > 0:
        distance = math.log(spot / strike) / spread
        call = spot * _normal(distance + spread / 2) - strike * _normal(distance - spread / 2)
    else:
        call = max(0.0, spot - strike)
    return call if right == "C" else call - spot + strike


def _normal(x: float) -> float:
    """The cumulated normal distribution."""
    return math.erfc(-x / math.sqrt(2)) / 2
