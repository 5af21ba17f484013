"""Where the commands print, and the few shapes in which they do."""

import io
import sys
from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

INDENT = 2


def console() -> Console:
    """Gives the console of standard output, with control codes only if it is a terminal."""
    _never_fail_to_encode(sys.stdout)
    return Console(highlight=False)


def error_console() -> Console:
    """Gives the console of standard error."""
    _never_fail_to_encode(sys.stderr)
    return Console(stderr=True, highlight=False)


def _never_fail_to_encode(stream: object) -> None:
    """Lets a terminal without Unicode show question marks instead of ending the program."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")


def facts(rows: Iterable[tuple[str, str]]) -> Padding:
    """Lays names and values out in two columns."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(Text(name), Text(value))
    return Padding(grid, (0, 0, 0, INDENT), expand=False)
