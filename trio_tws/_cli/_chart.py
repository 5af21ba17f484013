"""Bars as candles, drawn with box characters: one column a candle, two steps of height a line.

Only text comes out of here; which colour a candle gets is for whoever prints it.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

import attrs

from trio_tws import Bar

_NOTHING, _WICK, _BODY = range(3)

BOX: Final = (" ╷╻", "╵│╽", "╹╿┃")
"""What stands for the upper half (row) and the lower half (column) of a place."""

ASCII: Final = (" ||", "||#", "###")
"""The same for terminals that have no more than that."""

_MINUTES: Final = (1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440)
"""How long a candle may be, and how far apart the times below it: what divides a day evenly."""

_COLUMNS_BETWEEN_TIMES: Final = 9
_LINES_BETWEEN_PRICES: Final = 3


@attrs.frozen
class Candle:
    """One column of the chart: a bar, or several in a row."""

    time: datetime
    """When it begins; aware, in UTC."""
    open: float
    high: float
    low: float
    close: float

    @property
    def has_risen(self) -> bool:
        """Whether it closed no lower than it opened."""
        return self.close >= self.open


@attrs.frozen
class Chart:
    """A drawing, ready to be printed line by line."""

    candles: list[Candle]
    minutes: int
    """How long a candle is."""
    prices: list[str]
    """The label of each line, all of one width; most are blank."""
    lines: list[str]
    """The drawing from the top, one character for each candle."""
    ruler: str
    """The line below the drawing, marked where the times are."""
    times: str
    """The times of the marks, in UTC."""


def draw(
    bars: Sequence[Bar], *, width: int, height: int, digits: int, ascii_only: bool = False
) -> Chart:
    """Draws bars of less than a day into so many columns and lines.

    Args:
        bars: At least one, oldest first.
        width: Columns for all, the labels included; bars that have no room are joined.
        height: Lines for the candles.
        digits: How many digits a price has after the point.
        ascii_only: Whether to do without box characters.
    """
    margin = max(len(f"{bar.high:,.{digits}f}") for bar in bars) + 2  # a blank and the axis
    minutes, candles = _candles(bars, max(1, width - margin))
    scale = _Scale(min(one.low for one in candles), max(one.high for one in candles), height)
    marks = dict(_times(candles, minutes))
    signs = ASCII if ascii_only else BOX
    plain, marked = "-+" if ascii_only else "─┬"
    return Chart(
        candles,
        minutes,
        _prices(scale, digits),
        ["".join(_place(one, scale, line, signs) for one in candles) for line in range(height)],
        "".join(marked if at in marks else plain for at in range(len(candles))),
        _row_of_times(marks),
    )


def _candles(bars: Sequence[Bar], columns: int) -> tuple[int, list[Candle]]:
    """Joins bars into candles that begin at round times; gives also their length in minutes."""
    moments = [bar.time for bar in bars if isinstance(bar.time, datetime)]
    apart = min((b - a for a, b in pairwise(moments)), default=timedelta())
    fitting = (
        minutes
        for minutes in _MINUTES
        if timedelta(minutes=minutes) >= apart
        and len({_period(moment, minutes) for moment in moments}) <= columns
    )
    minutes = next(fitting, _MINUTES[-1])
    joined: dict[int, list[Bar]] = {}
    for moment, bar in zip(moments, bars, strict=True):
        joined.setdefault(_period(moment, minutes), []).append(bar)
    return minutes, [_join(group) for group in joined.values()]


def _period(moment: datetime, minutes: int) -> int:
    return int(moment.timestamp()) // (60 * minutes)


@attrs.frozen
class _Scale:
    """From prices to steps of half a line, counted from the bottom."""

    low: float
    high: float
    height: int

    def step(self, price: float) -> int:
        if self.high == self.low:
            return self.height
        return round((price - self.low) / (self.high - self.low) * (2 * self.height - 1))

    def line(self, price: float) -> int:
        """Gives the line of a price, counted from the top."""
        return self.height - 1 - self.step(price) // 2


def _join(bars: Sequence[Bar]) -> Candle:
    time = bars[0].time
    assert isinstance(time, datetime), "only bars of a day and longer have a date"  # noqa: S101
    high, low = max(bar.high for bar in bars), min(bar.low for bar in bars)
    return Candle(time, bars[0].open, high, low, bars[-1].close)


def _place(candle: Candle, scale: _Scale, line: int, signs: Sequence[str]) -> str:
    """Gives the character of one candle in one line."""
    lower = 2 * (scale.height - 1 - line)
    return signs[_half(candle, scale, lower + 1)][_half(candle, scale, lower)]


def _half(candle: Candle, scale: _Scale, step: int) -> int:
    ends = scale.step(candle.open), scale.step(candle.close)
    if min(ends) <= step <= max(ends):
        return _BODY
    return _WICK if scale.step(candle.low) <= step <= scale.step(candle.high) else _NOTHING


def _prices(scale: _Scale, digits: int) -> list[str]:
    """Labels the lines of round prices."""
    labels = [""] * scale.height
    step = max(_round_step(scale), 10.0**-digits)
    for at in range(math.ceil(scale.low / step), math.floor(scale.high / step) + 1):
        labels[scale.line(at * step)] = f"{at * step:,.{digits}f}"
    widest = max(len(f"{scale.high:,.{digits}f}"), *map(len, labels))
    return [label.rjust(widest) for label in labels]


def _round_step(scale: _Scale) -> float:
    """Gives the round distance (1, 2, 2.5 or 5 of some power of ten) at which labels have room."""
    least = (scale.high - scale.low) * _LINES_BETWEEN_PRICES / scale.height
    if least <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= least)


def _times(candles: Sequence[Candle], minutes: int) -> Iterator[tuple[int, str]]:
    """Gives the columns at which a round time begins, with that time."""
    least = minutes * _COLUMNS_BETWEEN_TIMES
    every = next((step for step in _MINUTES if step >= least), _MINUTES[-1])
    for at, (before, candle) in enumerate(pairwise(candles), start=1):
        if _period(before.time, every) != _period(candle.time, every):
            yield at, f"{candle.time:%H:%M}"


def _row_of_times(marks: dict[int, str]) -> str:
    """Centres each time under its mark, and leaves out what has no room."""
    row = ""
    for at, text in marks.items():
        start = max(0, at - len(text) // 2)
        if start >= len(row) + (1 if row else 0):
            row = row.ljust(start) + text
    return row
