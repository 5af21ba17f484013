"""What the commands about recordings share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer
from rich.text import Text

from trio_tws._cli._console import error_console
from trio_tws._cli._run import FAILED
from trio_tws.testing import DamagedRecording

RECORDING: Final = typer.Argument(help="A file that trio-tws record has written.")


def tell_failure(error: Exception) -> None:
    """Prints what went wrong, on standard error."""
    error_console().print(Text.assemble(("Error:", "bold"), " ", str(error)), soft_wrap=True)


@contextmanager
def failures_told() -> Iterator[None]:
    """Prints that a file is damaged, is not there or is there already, and exits.

    Raises:
        typer.Exit: It is.
    """
    try:
        yield
    except BrokenPipeError:
        raise  # whoever read our output has gone, as `head` does: that is no failure of a file
    except (DamagedRecording, OSError) as error:
        tell_failure(error)
        raise typer.Exit(FAILED) from None
