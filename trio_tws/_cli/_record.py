"""`trio-tws record`: a proxy that writes down what passes between programs and TWS."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import trio
import typer
from rich.console import Console

from trio_tws._cli._console import console
from trio_tws._cli._listening import warn_if_open
from trio_tws._cli._recordings import tell_failure
from trio_tws._cli._run import FAILED, run
from trio_tws._cli._session_facts import DEFAULT_PORT
from trio_tws.testing._proxy import SessionNews, open_proxy

_LISTEN: Final = 7499
_HIGHEST_PORT: Final = 0xFFFF


def record(
    file: Annotated[Path, typer.Argument(help="Where to write; nothing may be there.")],
    listen: Annotated[str, typer.Option(help="Where programs connect: a port.")] = f"{_LISTEN}",
    to: Annotated[str, typer.Option(help="Where TWS is.")] = f"127.0.0.1:{DEFAULT_PORT}",
) -> None:
    """Record what passes between programs, in any language, and TWS, until Ctrl-C.

    Let the program connect to the port of --listen instead of TWS's own. The second session goes to
    another file, with -2 in its name. To look at a recording: trio-tws show; to take account ids
    out of it: trio-tws scrub.
    """
    here, there = _address(listen, "--listen"), _address(to, "--to")
    if file.exists():
        raise typer.BadParameter(f"{file} is there already; give another name", param_hint="FILE")
    run(
        lambda: _record(console(), file, here, there),
        when_interrupted=0,
        last_words="The recording has ended.",
    )


def _address(text: str, option: str) -> tuple[str, int]:
    """Reads ``host:port``, or a port of this computer.

    Raises:
        typer.BadParameter: It is neither.
    """
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > _HIGHEST_PORT:
        raise typer.BadParameter(f"{text!r} is no host:port", param_hint=option)
    return host.strip("[]") or "127.0.0.1", int(port)


async def _record(out: Console, file: Path, here: tuple[str, int], there: tuple[str, int]) -> int:
    def tell(news: SessionNews) -> None:
        name = f" ({news.path})" if news.path else ""
        out.print(
            f"{datetime.now(UTC):%H:%M:%S} UTC  session {news.number}: {news.what}{name}",
            soft_wrap=True,
            markup=False,
        )
        if news.failure is not None:
            tell_failure(news.failure)
        out.file.flush()

    host, port = here
    try:
        async with open_proxy(there, file, host=host, port=port, tell=tell) as taken:
            out.print(f"Recording: connect to {host}:{taken} in place of TWS", style="bold")
            warn_if_open(out, host, "USE YOUR ACCOUNTS")
            out.print(f"TWS is at {there[0]}:{there[1]}. Ctrl-C ends it.", style="dim")
            out.file.flush()
            await trio.sleep_forever()
    except OSError as error:
        out.print(f"Can't listen on {host}:{port}: {error.strerror or error}")
        return FAILED
