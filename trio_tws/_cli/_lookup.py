"""From what somebody types to the message that is meant.

A message answers to its name here, to IB's name for it on the wire (`tick_price`, which is the same
but for case and underscores), to the method of IB's client (`EWrapper.tickPrice`, or without its
class), and to its id, with the direction before it if both have the id (`in:1`).
"""

import contextlib
import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import typer
from rich.text import Text

from trio_tws import _versions as v
from trio_tws._cli._about import About
from trio_tws._cli._console import error_console

_MISUSED: Final = 2
"""The exit code when what was typed makes no sense; typer's own errors have the same."""

_ID: Final = re.compile(r"(?:(in|out):)?(\d+)")
_SUGGESTIONS: Final = 5
_LIKENESS: Final = 0.7
"""How much of a name has to agree, as difflib counts it; at 0.6 half of the list would qualify."""


class Misuse(Exception):
    """What was typed makes no sense; the text is for whoever typed it."""


@contextlib.contextmanager
def misuse_told() -> Iterator[None]:
    """Prints a `Misuse` of the block, and exits.

    Raises:
        typer.Exit: There was one.
    """
    try:
        yield
    except Misuse as error:
        told = Text.assemble(("Error:", "bold"), " ", str(error))
        error_console().print(told, soft_wrap=True)
        raise typer.Exit(_MISUSED) from None


def check_version(server_version: int | None) -> None:
    """Lets a server version pass that is spoken here, and None.

    Raises:
        Misuse: It is another one.
    """
    first, last = v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION
    if server_version is not None and not first <= server_version <= last:
        raise Misuse(f"server version {server_version} is not spoken here, only {first} to {last}")


def look_up(typed: str, messages: Sequence[About], server_version: int | None = None) -> About:
    """Gives the message that is meant.

    Args:
        typed: How it was named.
        messages: All there are.
        server_version: One that has to know the message; None if that does not matter.

    Raises:
        Misuse: None is meant, or several may be, and it names those that come close; or the
            server version does not know it.
    """
    wanted = _plain(typed)
    found = _by_id(wanted, messages)
    if found is None:
        found = [one for one in messages if _plain(one.name) == wanted]
        found = found or [one for one in messages if wanted in _method_names(one)]
    if len(found) > 1:
        keys = " or ".join(f"{one.key} ({one.name})" for one in found)
        raise Misuse(f"{typed} may be {keys}: say which")
    if not found:
        close = _close(wanted, messages)
        hint = f"did you mean {' or '.join(close)}?" if close else "`trio-tws describe` lists all"
        raise Misuse(f"there is no message {typed}; {hint}")
    (one,) = found
    if server_version is not None and not one.is_known_to(server_version):
        raise Misuse(f"server version {server_version} has no {one.name}; {one.since} is the first")
    return one


def _plain(name: str) -> str:
    return name.strip().replace("_", "").lower()


def _by_id(wanted: str, messages: Iterable[About]) -> list[About] | None:
    """Gives the messages of an id; None if it is not an id that was asked for."""
    match = _ID.fullmatch(wanted)
    if match is None:
        return None
    direction, number = match[1], int(match[2])
    return [one for one in messages if one.id == number and direction in (None, one.direction)]


def _method_names(message: About) -> set[str]:
    """Gives the names of its methods, with the class of each and without."""
    whole = [_plain(method) for method in message.methods]
    return {*whole, *(name.rpartition(".")[2] for name in whole)}


def _close(wanted: str, messages: Iterable[About]) -> list[str]:
    """Gives the names that are like what was typed, best first, then those that contain it."""
    names: dict[str, str] = {}
    for message in messages:
        for plain in (_plain(message.name), *sorted(_method_names(message))):
            names.setdefault(plain, message.name)
    like = difflib.get_close_matches(wanted, names, n=_SUGGESTIONS, cutoff=_LIKENESS)
    containing = [name for name in names if wanted and wanted in name]
    return list(dict.fromkeys(names[name] for name in [*like, *containing]))[:_SUGGESTIONS]
