"""Options that several commands have."""

from typing import Annotated

import typer

from trio_tws import _versions as v

ServerVersion = Annotated[
    int,
    typer.Option(
        min=v.MIN_SERVER_VERSION, max=v.MAX_SERVER_VERSION, help="The newest one to speak."
    ),
]
