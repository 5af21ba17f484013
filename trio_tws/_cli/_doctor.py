"""`trio-tws doctor`: what works between this computer and a TWS, and what to do about the rest."""

from typing import Annotated, Final

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trio_tws._cli._console import INDENT, console
from trio_tws._cli._examination import Finding, Stage, Target, Verdict, examine
from trio_tws._cli._run import FAILED, run
from trio_tws._cli._session_facts import DEFAULT_PORT, address_text

_STYLES: Final = {
    Verdict.OK: "green",
    Verdict.WARNING: "yellow",
    Verdict.FAILED: "bold red",
    Verdict.SKIPPED: "dim",
}
_VERDICT_WIDTH: Final = max(len(verdict.value) for verdict in Verdict)
_STAGE_WIDTH: Final = max(len(stage.value) for stage in Stage)


def doctor(
    host: Annotated[str, typer.Option(help="Where TWS runs.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Its port: 7497, 7496, 4002, 4001.")] = DEFAULT_PORT,
    client_id: Annotated[int, typer.Option(min=0, help="Who we are among its clients.")] = 0,
    timeout: Annotated[float, typer.Option(min=0, help="Seconds to wait for each answer.")] = 10.0,
) -> None:
    """Connect to a TWS stage by stage, and say what is wrong and what to do.

    Exits with 0 if everything a program needs is there. Nothing is ever traded.
    """
    target = Target(host, port, client_id, timeout)
    run(lambda: _doctor(console(), target))


async def _doctor(out: Console, target: Target) -> int:
    where = address_text(target.host, target.port)
    out.print(Text(f"Examining TWS at {where}, as client {target.client_id}", style="bold"))
    out.print()
    with out.status("connecting") as status:  # seen in a terminal only

        def tell(finding: Finding) -> None:
            out.print(_row(finding))

        def enter(stage: Stage) -> None:
            status.update(f"[dim]{stage.value} …")

        is_well = await examine(target, tell, enter)
    out.print()
    if is_well:
        out.print("A program has all it needs here.")
        return 0
    out.print("A program can't work with this TWS as it is.")
    return FAILED


def _row(finding: Finding) -> Padding:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=_VERDICT_WIDTH, no_wrap=True)
    grid.add_column(width=_STAGE_WIDTH, no_wrap=True)
    grid.add_column(overflow="fold")
    verdict = Text(finding.verdict.value, style=_STYLES[finding.verdict])
    stage = Text(finding.stage.value, style=_STYLES[finding.verdict] if finding.is_skipped else "")
    grid.add_row(verdict, stage, Text(finding.what))
    for advice in finding.advice:
        grid.add_row("", "", Text(advice, style="italic"))
    return Padding(grid, (0, 0, 0, INDENT), expand=False)
