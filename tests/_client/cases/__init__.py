"""A case for each method of a session: what it sends, what TWS answers, what it gives.

One module a topic, like the methods. `tests/_client/test_every_method.py` holds what is true of all
of them: the answer, an error, silence, cancellation at every checkpoint, a connection that breaks.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import attrs

from trio_tws import TWS


@attrs.frozen
class Case:
    """One method, and how it is used.

    Attributes:
        name: What it is called in the tests.
        use: Calls it; for a stream, opens it and gives the first events.
        request: What it sends.
        answers: What TWS sends for the request, the end included; for a stream the first of it.
        result: What `use` gives then.
        cancel: What takes the request back.
        is_stream: Whether it goes on until it is left.
        versions: The server versions it is tried at, at least one of each format.
        in_simulator: Whether the simulated TWS answers it.
        is_harmless: Whether TWS may be sent it twice.
    """

    name: str
    use: Callable[[TWS], Awaitable[object]]
    request: type
    answers: Callable[[Any], Sequence[object]]
    result: object
    cancel: type | None = None
    is_stream: bool = False
    versions: tuple[int, ...] = (176, 226)
    in_simulator: bool = True
    is_harmless: bool = True


def every_case() -> list[Case]:
    """Gives the cases of all topics."""
    found: list[Case] = []
    for module in pkgutil.iter_modules(__path__):
        found += importlib.import_module(f"{__name__}.{module.name}").CASES
    return found
