"""`trio-tws simulate`: a simulated TWS on a port, for programs in any language."""

from datetime import UTC, datetime
from typing import Annotated, Final, Never

import trio
import typer
from rich.console import Console

from trio_tws import _versions as v
from trio_tws._cli._console import console, facts
from trio_tws._cli._options import ServerVersion
from trio_tws._cli._run import FAILED, run
from trio_tws._cli._session_facts import DEFAULT_PORT, version_text
from trio_tws.testing import SimulatedClient, Simulator, open_simulator

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_EVERYWHERE: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - only to be recognised
_LOOK_EVERY: Final = 0.05


def simulate(
    port: Annotated[int, typer.Option(min=0, help="0: any that is free.")] = DEFAULT_PORT,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    seed: Annotated[int, typer.Option(help="Tells one market from another.")] = 0,
    server_version: ServerVersion = v.MAX_SERVER_VERSION,
) -> None:
    """Run a simulated TWS until Ctrl-C, for programs in any language."""
    run(
        lambda: _simulate(console(), host, port, seed, server_version),
        when_interrupted=0,
        last_words="The simulated TWS has ended.",
    )


async def _simulate(out: Console, host: str, port: int, seed: int, server_version: int) -> int:
    async with open_simulator(seed=seed, server_version=server_version) as simulator:
        try:
            taken = await simulator.listen(port, host)
        except OSError as error:
            out.print(f"Can't listen on {host}:{port}: {error.strerror or error}")
            return FAILED
        _introduce(out, host, taken, server_version)
        await _report(out, simulator)
    raise AssertionError("the report has no end")


def _introduce(out: Console, host: str, port: int, server_version: int) -> None:
    """Says where it listens, and how programs get there; the first line is for programs too."""
    out.print(f"A simulated TWS is listening on {host}:{port}", soft_wrap=True, style="bold")
    if host not in _LOOPBACK:
        out.print(
            "EVERYONE WHO REACHES THIS ADDRESS CAN CONNECT: the protocol has no passwords.",
            style="bold red",
        )
    near = host if host in _LOOPBACK else "127.0.0.1" if host in _EVERYWHERE else host
    out.print()
    out.print(
        facts(
            (
                ("server version", version_text(server_version)),
                ("from trio_tws", f'open_tws("{near}", {port}, client_id=1)'),
                ("from ibapi", f'app.connect("{near}", {port}, clientId=1)'),
                ("to look at it", f"trio-tws doctor --host {near} --port {port}"),
            )
        )
    )
    out.print()
    out.print("Ctrl-C ends it.", style="dim")
    out.file.flush()


async def _report(out: Console, simulator: Simulator) -> Never:
    """Prints who comes and goes, for as long as it is let."""
    here: dict[SimulatedClient, int | None] = {}
    while True:
        now = {client: client.client_id for client in simulator.clients}
        for client, client_id in now.items():
            if client_id is not None and here.get(client) is None:
                _say(out, f"client {client_id} came, at server version {client.server_version}")
        for client in here.keys() - now.keys():
            left = here[client]
            name = "a program that had no session" if left is None else f"client {left}"
            _say(out, f"{name} left")
        here = now
        await trio.sleep(_LOOK_EVERY)


def _say(out: Console, what: str) -> None:
    out.print(f"{datetime.now(UTC):%H:%M:%S} UTC  {what}", soft_wrap=True)
    out.file.flush()
