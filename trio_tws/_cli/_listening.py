"""What the commands say of the address that they listen on."""

from logging import NullHandler, getLogger
from typing import Final

from rich.console import Console

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def speak_for_library() -> None:
    """Keeps what the library would warn of off the terminal: `warn_if_open` says it."""
    getLogger("trio_tws.testing").addHandler(NullHandler())


def warn_if_open(out: Console, host: str, what: str) -> None:
    """Says loudly what everyone can do who reaches an address, if others can."""
    if host not in _LOOPBACK:
        out.print(
            f"EVERYONE WHO REACHES THIS ADDRESS CAN {what}: the protocol has no passwords.",
            style="bold red",
        )
