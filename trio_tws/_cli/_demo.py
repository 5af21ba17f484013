"""`trio-tws demo`: a look at everything at once, simulated or real; it never trades."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Final

import attrs
import trio
import typer
from rich.console import Console

from trio_tws import TWS, LiveAccount, RequestError, SecType, open_tws
from trio_tws import _versions as v
from trio_tws._cli import _demo_print as show
from trio_tws._cli._console import console
from trio_tws._cli._options import ServerVersion
from trio_tws._cli._run import run
from trio_tws._cli._session_facts import DEFAULT_PORT, address_text
from trio_tws._cli._watchlist import WATCHED, Line, find, watch
from trio_tws.testing import INSTRUMENTS, Market, open_simulator

_REFRESH: Final = 0.25
"""Seconds between two pictures; TWS samples a line about as often."""

_SEEDED_START: Final = datetime(2026, 1, 15, 15, 0, 0, 500_000, tzinfo=UTC)
"""When a market with a seed begins. Half a second off, so that where the whole seconds fall, at
which prices change, does not depend on how long a computer takes for this and that."""


@attrs.frozen
class Options:
    """What the command line said."""

    host: str | None = None
    port: int | None = None
    client_id: int = 0
    seconds: float = 5.0
    seed: int | None = None
    server_version: int = v.MAX_SERVER_VERSION
    live: bool = False

    @property
    def is_simulated(self) -> bool:
        """Whether no other TWS was named."""
        return self.host is None and self.port is None


def demo(
    host: Annotated[str | None, typer.Option(help="Where a real TWS runs.")] = None,
    port: Annotated[int | None, typer.Option(help="Its port: 7497, 7496, 4002, 4001.")] = None,
    client_id: Annotated[int, typer.Option(min=0, help="Who we are among its clients.")] = 0,
    seconds: Annotated[float, typer.Option(min=0, help="How long to watch the market.")] = 5.0,
    seed: Annotated[int | None, typer.Option(help="Repeat this simulated market.")] = None,
    server_version: ServerVersion = v.MAX_SERVER_VERSION,
    live: Annotated[bool, typer.Option("--live", help="Allow an account with real money.")] = False,
) -> None:
    """Show a session, live prices and a chart: of a simulated TWS, or of yours with --port.

    Nothing is ever traded.
    """
    options = Options(host, port, client_id, seconds, seed, server_version, live)
    if seed is not None and not options.is_simulated:
        raise typer.BadParameter("only a simulated market has one", param_hint="--seed")
    run(lambda: _demo(console(), options))


async def _demo(out: Console, options: Options) -> int:
    try:
        async with _open(options) as (tws, where):
            show.session(out, tws, where, await tws.current_time())
            lines = await _find_all(out, tws)
            await _watch_all(out, tws, lines, options.seconds)
            bars = await _chart_first(out, tws, lines)
    except LiveAccount as error:
        out.print(f"{error.message}: give --live if that is what you mean; the demo never trades.")
        return 1
    show.summary(out, lines, options.seconds, bars)
    return 0


@asynccontextmanager
async def _open(options: Options) -> AsyncIterator[tuple[TWS, str]]:
    """Opens a session with what the options name; gives it and its name."""
    if not options.is_simulated:
        address = options.host or "127.0.0.1", options.port or DEFAULT_PORT
        async with open_tws(
            *address,
            client_id=options.client_id,
            live=options.live,
            read_only=True,
            max_server_version=options.server_version,
        ) as tws:
            yield tws, f"TWS at {address_text(*address)}"
        return
    seed = options.seed or 0
    start = datetime.now(UTC) if options.seed is None else _SEEDED_START
    _think_up(seed, start)
    async with open_simulator(
        server_version=options.server_version, seed=seed, start=start
    ) as simulator:
        port = await simulator.listen()
        async with open_tws(port=port, client_id=options.client_id, read_only=True) as tws:
            yield tws, f"a simulated TWS in this process, over TCP at 127.0.0.1:{port}"


def _think_up(seed: int, start: datetime) -> None:
    """Lets the simulator work out its prices before the clock runs; it keeps what is costly."""
    market = Market(INSTRUMENTS, seed)
    symbols = {wanted.symbol for wanted in WATCHED}
    for instrument in INSTRUMENTS:
        if instrument.symbol in symbols:
            market.session(instrument.con_id, start.timestamp())


async def _find_all(out: Console, tws: TWS) -> list[Line]:
    lines: list[Line] = []
    for wanted in WATCHED:
        try:
            lines.append(await find(tws, wanted))
        except RequestError as error:
            out.print(f"{wanted.symbol} {wanted.sec_type} is left out: {error}")
    return lines


async def _watch_all(out: Console, tws: TWS, lines: list[Line], seconds: float) -> None:
    """Shows the lines for a while; leaving cancels each of them at TWS."""
    with show.Market(out, lines, seconds) as market:
        async with trio.open_nursery() as nursery:
            for line in lines:
                nursery.start_soon(watch, tws, line)
            with trio.move_on_after(seconds):
                while True:
                    await trio.sleep(_REFRESH)
                    market.refresh()
            nursery.cancel_scope.cancel()
    show.troubles(out, lines)


async def _chart_first(out: Console, tws: TWS, lines: list[Line]) -> int:
    """Draws the last day of the first instrument; gives the number of bars."""
    for line in lines:
        try:
            bars = await tws.historical_bars(
                line.contract, duration="1 D", bar_size="5 mins", what=_what_is_shown(line)
            )
        except RequestError as error:
            out.print(f"No chart of {line.name}: {error}")
            continue
        show.chart(out, line, bars)
        return len(bars)
    return 0


def _what_is_shown(line: Line) -> str:
    return "MIDPOINT" if line.contract.sec_type is SecType.FOREX else "TRADES"
