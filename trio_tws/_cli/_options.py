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

AT_VERSION = typer.Option(
    "--version",
    help=f"A server version, from {v.MIN_SERVER_VERSION} to {v.MAX_SERVER_VERSION}.",
)

MESSAGE_HELP = "By name (TickPrice, tick_price), IB's method (EWrapper.tickPrice) or id (in:1)."
"""How a message can be named; `_lookup` knows."""
