"""`trio-tws codec`: the functions that read and write a message, as they are run."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.syntax import Syntax

from trio_tws import _versions as v
from trio_tws._cli._about import About, everything
from trio_tws._cli._console import console
from trio_tws._cli._lookup import check_version, look_up, misuse_told
from trio_tws._cli._options import AT_VERSION, MESSAGE_HELP
from trio_tws._wire import text
from trio_tws._wire.source import source_of


def codec(
    message: Annotated[str, typer.Argument(help=MESSAGE_HELP)],
    version: Annotated[int, AT_VERSION] = v.MAX_SERVER_VERSION,
    reader: Annotated[
        bool | None,
        typer.Option(
            "--reader/--writer", help="Only the one that reads, or writes.", show_default="both"
        ),
    ] = None,
) -> None:
    """Print the code that reads and writes a message at one server version.

    It is compiled from the tables on first use; this is what is run, and what tracebacks show.
    """
    with misuse_told():
        check_version(version)
        one = look_up(message, everything(), version)
    wanted = (reader is not False, reader is not True)
    shown = [
        code for code, is_wanted in zip(_codes(one, version), wanted, strict=True) if is_wanted
    ]
    _print_code(console(), "\n\n".join(shown))


def _codes(one: About, version: int) -> Iterator[str]:
    """Gives the code that reads and the one that writes, each under a title."""
    form = one.format_at(version)
    if form == "text":
        read, write = text.reader(one.cls, version), text.writer(one.cls, version)
        codes = (source_of(read), source_of(write))
    else:
        from trio_tws._wire import proto  # loading protobuf takes longer than all the rest

        codes = (source_of(proto.reader(one.cls)), source_of(proto.writer(one.cls, version)))
    for way, code in zip(("from", "to"), codes, strict=True):
        yield f"# {one.name} {way} {form}, server version {version}\n\n{code}"


def _print_code(out: Console, code: str) -> None:
    """Prints Python, in colours if there is somebody to see them; nothing is wrapped or cut."""
    if out.is_terminal:
        highlighted = Syntax("", "python", theme="ansi_dark").highlight(code)
        out.print(highlighted, soft_wrap=True, end="")
    else:
        out.out(code, end="", highlight=False)
