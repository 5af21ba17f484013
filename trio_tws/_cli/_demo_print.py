"""How the demo looks; nothing here decides anything."""

import math
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Final, Self

import attrs
from rich import box
from rich.console import Console
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trio_tws import TWS, Bar, MarketDataKind, TickType
from trio_tws._cli._chart import Chart, draw
from trio_tws._cli._console import INDENT, facts
from trio_tws._cli._session_facts import accounts_text, version_text
from trio_tws._cli._watchlist import Line, digits

_UP: Final = "green"
_DOWN: Final = "red"
_CHART_HEIGHT: Final = 12
_WIDEST_CHART: Final = 120
_PLAIN_UPDATES: Final = 4
"""How often the prices are printed where they can't be overwritten."""

_DELAYED: Final = frozenset({MarketDataKind.DELAYED, MarketDataKind.DELAYED_FROZEN})


@attrs.frozen
class _Column:
    head: str
    cell: Callable[[Line], str]
    least_width: int = 0
    """How wide the terminal has to be for it."""


_COLUMNS: Final = (
    _Column("bid size", lambda line: line.size(TickType.BID_SIZE), 76),
    _Column("bid", lambda line: line.price(TickType.BID)),
    _Column("ask", lambda line: line.price(TickType.ASK)),
    _Column("ask size", lambda line: line.size(TickType.ASK_SIZE), 76),
    _Column("last", lambda line: line.price(TickType.LAST)),
    _Column("size", lambda line: line.size(TickType.LAST_SIZE), 84),
    _Column("volume", lambda line: line.size(TickType.VOLUME), 58),
)


def session(out: Console, tws: TWS, where: str, now: datetime) -> None:
    """Prints what there is to know of a session."""
    out.print(Text(f"Connected to {where}", style="bold"))
    out.print()
    zone = f" (its own zone: {tws.time_zone_name})" if tws.time_zone_name else ""
    out.print(
        facts(
            (
                ("server version", version_text(tws.server_version)),
                ("accounts", accounts_text(tws.accounts)),
                ("next order id", str(tws.next_order_id)),
                ("time of TWS", f"{now:%Y-%m-%d %H:%M:%S} UTC{zone}"),
            )
        )
    )
    out.print()


class Market:
    """The prices: in a terminal one table that changes, elsewhere a few lines of plain text."""

    def __init__(self, out: Console, lines: Sequence[Line], seconds: float) -> None:
        self._out = out
        self._lines = lines
        self._interval = max(1.0, seconds / _PLAIN_UPDATES)
        self._next = -math.inf
        self._live = Live(console=out, auto_refresh=False) if out.is_terminal else None

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.__enter__()
        return self

    def refresh(self) -> None:
        """Shows the prices as they are now."""
        if self._live is not None:
            self._live.update(_table(self._lines, self._out.width), refresh=True)
        elif time.monotonic() >= self._next and any(line.has_price for line in self._lines):
            self._next = time.monotonic() + self._interval
            self._out.print("  " + "   ".join(map(_short, self._lines)))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.update(_table(self._lines, self._out.width), refresh=True)
            self._live.__exit__(kind, error, traceback)
        else:
            self._out.print()
            self._out.print(_table(self._lines, self._out.width))
        self._out.print()


def _short(line: Line) -> str:
    if line.price(TickType.BID) == line.price(TickType.ASK) == "–":
        return f"{line.name} {line.price(TickType.LAST)}"
    return f"{line.name} {line.price(TickType.BID)}/{line.price(TickType.ASK)}"


def _table(lines: Sequence[Line], width: int) -> Padding:
    columns = [column for column in _COLUMNS if width >= column.least_width]
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        header_style="dim",
        show_edge=False,
        collapse_padding=True,
    )
    table.add_column("", no_wrap=True, style="bold")
    for column in columns:
        table.add_column(column.head, justify="right", no_wrap=True)
    table.add_column("change", justify="right", no_wrap=True)
    for line in lines:
        name = f"{line.name} (delayed)" if line.kind in _DELAYED else line.name
        cells = [column.cell(line) for column in columns]
        table.add_row(name, *cells, Text(line.change_text, style=_change_style(line)))
    return Padding(table, (0, 0, 0, INDENT), expand=False)


def _change_style(line: Line) -> str:
    if not line.change:
        return ""
    return _UP if line.change > 0 else _DOWN


def troubles(out: Console, lines: Sequence[Line]) -> None:
    """Prints what TWS refused, if anything, and which lines stayed silent."""
    for line in lines:
        if line.trouble and line.kind in _DELAYED:
            out.print(f"{line.name} is delayed, because TWS said: {line.trouble}")
        elif line.trouble:
            out.print(f"{line.name}: TWS said: {line.trouble}")
        elif not line.has_price:
            out.print(f"{line.name}: no price came; the market may be closed.")


def chart(out: Console, line: Line, bars: Sequence[Bar]) -> None:
    """Prints bars as candles, with prices and times."""
    drawn = draw(
        bars,
        width=min(out.width, _WIDEST_CHART) - INDENT - 1,
        height=_CHART_HEIGHT,
        digits=digits(line.min_tick),
        ascii_only=out.options.ascii_only,
    )
    out.print(Text(f"{line.name}, {_span(bars)}", style="bold"))
    out.print()
    margin = " " * INDENT
    axis, corner = ("|", "+") if out.options.ascii_only else ("│", "└")
    for label, row in zip(drawn.prices, drawn.lines, strict=True):
        text = Text(f"{margin}{label} {axis}", style="dim")
        for sign, candle in zip(row, drawn.candles, strict=True):
            text.append(sign, style=f"not dim {_UP if candle.has_risen else _DOWN}")
        out.print(text, no_wrap=True)
    blank = margin + " " * (len(drawn.prices[0]) + 1)
    out.print(Text(f"{blank}{corner}{drawn.ruler}", style="dim"), no_wrap=True)
    out.print(Text(f"{blank} {drawn.times}", style="dim"), no_wrap=True)
    out.print(Text(f"{blank} times in UTC; {_each(drawn, len(bars))}", style="dim"))
    out.print()


def _span(bars: Sequence[Bar]) -> str:
    first, last = bars[0].time, bars[-1].time
    return f"{first:%d %b %H:%M} to {last:%d %b %Y %H:%M} UTC"


def _each(drawn: Chart, bars: int) -> str:
    return f"{bars} bars, in candles of {drawn.minutes} minutes"


def summary(out: Console, lines: Sequence[Line], seconds: float, bars: int) -> None:
    """Prints the last line."""
    each = ", ".join(f"{line.name} {line.ticks}" for line in lines) or "none"
    out.print(
        f"Ticks in {seconds:g} s: {each}. Bars: {bars}. "
        "The connection is closed and nothing is left running."
    )
