"""Rows of a few short cells and a line of prose, laid out for a terminal or for a pipe.

In a terminal all of it is seen: prose stands beside the cells if there is room, else below them,
and a cell that is too wide is folded. In a pipe each row is one line, whatever its length, so that
`grep` and `awk` see a row as a whole.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trio_tws._cli._console import INDENT

Cells = tuple[str, ...]
"""The last one is the prose."""

_GAP: Final = 2
_PROSE: Final = 36
"""How many columns prose needs to stand beside the cells."""

_NARROWEST: Final = 14
"""A column is not made narrower than this, which most types have room in."""


def print_listing(out: Console, heads: Cells, rows: Iterable[Cells], main: int = 0) -> None:
    """Prints rows under their heads; a column in which nothing stands is left out.

    Args:
        out: Where to.
        heads: A word for each column.
        rows: The rows.
        main: The column that is printed in bold.
    """
    heads, rows, main = _without_empty_columns(heads, list(rows), main)
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)][:-1]
    if not out.is_terminal:
        for cells in (heads, *rows):
            padded = (f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=False))
            out.out((" " * _GAP).join((*padded, cells[-1])).rstrip(), highlight=False)
        return
    room = out.width - INDENT
    widths = _fit(widths, room, main)
    has_room = room - _taken(widths) >= min(_PROSE, max(len(cells[-1]) for cells in rows))
    out.print(_row(heads, widths, ["dim"] * len(heads), has_room))
    styles = ["bold" if at == main else "" for at in range(len(heads))]
    for cells in rows:
        out.print(_row(cells, widths, styles, has_room))
        if cells[-1] and not has_room:
            below = INDENT + sum(widths[:main]) + main * _GAP + _GAP
            out.print(Padding(Text(cells[-1], style="italic"), (0, 0, 0, below)))


def _without_empty_columns(
    heads: Cells, rows: Sequence[Cells], main: int
) -> tuple[Cells, list[Cells], int]:
    last = len(heads) - 1
    kept = [at for at in range(last) if any(cells[at] for cells in rows)]

    def keep(cells: Cells) -> Cells:
        return (*(cells[at] for at in kept), cells[last])

    return keep(heads), [keep(cells) for cells in rows], kept.index(main)


def _taken(widths: Sequence[int]) -> int:
    return sum(widths) + len(widths) * _GAP


def _fit(widths: Sequence[int], room: int, main: int) -> list[int]:
    """Takes what there is no room for from the widest columns, and from the main one last."""
    fitted = list(widths)
    while _taken(fitted) - _GAP > room:
        others = [at for at, width in enumerate(fitted) if at != main and width > _NARROWEST]
        at = max(others, key=fitted.__getitem__, default=main)
        if fitted[at] <= _NARROWEST:
            break
        fitted[at] -= 1
    return fitted


def _row(cells: Cells, widths: Sequence[int], styles: Sequence[str], has_room: bool) -> Padding:
    grid = Table.grid(padding=(0, _GAP, 0, 0))
    for width in widths:
        grid.add_column(width=width, overflow="fold")
    shown = [Text(cell, style=style) for cell, style in zip(cells, styles, strict=True)]
    if has_room:
        grid.add_column(overflow="fold")
    else:
        shown.pop()
    grid.add_row(*shown)
    return Padding(grid, (0, 0, 0, INDENT), expand=False)
