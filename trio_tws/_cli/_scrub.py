"""`trio-tws scrub`: a recording without account ids and user names."""

from pathlib import Path
from typing import Annotated

import typer

from trio_tws._cli._console import console, facts
from trio_tws._cli._recordings import RECORDING, failures_told
from trio_tws.testing import DamagedRecording, scrub_recording


def scrub(
    file: Annotated[Path, RECORDING],
    to: Annotated[Path, typer.Argument(help="Where to write the other; nothing may be there.")],
    hide: Annotated[
        list[str] | None,
        typer.Option(help="Something else that has to go; may be given several times."),
    ] = None,
) -> None:
    """Write a recording again without account ids and user names, to be shown to others.

    Orders, positions and amounts stay. What was replaced is printed: look whether anything is
    missing there.
    """
    out = console()
    with failures_told():
        try:
            found = scrub_recording(file, to, hide=hide or ())
        except DamagedRecording:
            raise
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--hide") from None
    if found:
        out.print(facts(found.items()))
    out.print(f"{len(found)} replaced, everywhere in {to}", soft_wrap=True, markup=False)
