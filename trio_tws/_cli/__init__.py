"""The command line: one file a command, and beside each the logic that it prints."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from trio_tws._cli._codec import codec
from trio_tws._cli._demo import demo
from trio_tws._cli._describe import describe
from trio_tws._cli._doctor import doctor
from trio_tws._cli._record import record
from trio_tws._cli._replay import replay
from trio_tws._cli._scrub import scrub
from trio_tws._cli._show import show
from trio_tws._cli._simulate import simulate

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback is read, and sent to us, as Python writes it
)
app.command()(demo)
app.command()(doctor)
app.command()(simulate)
app.command()(record)
app.command()(show)
app.command()(scrub)
app.command()(replay)
app.command()(describe)
app.command()(codec)


def _print_version(wanted: bool) -> None:
    if wanted:
        try:
            print(f"trio-tws {installed_version('trio-tws')}")
        except PackageNotFoundError:
            print("trio-tws, run from its source tree without being installed")
        raise typer.Exit


@app.callback()
def trio_tws(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """A client for the TWS API of Interactive Brokers, and a simulated TWS to try it against."""
