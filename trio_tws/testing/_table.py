"""The table of answers: which function answers which request; and what those functions share.

Each file of answers fills it in with `answers`; `trio_tws.testing._answers` brings them together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar, cast

from trio_tws._model.contracts import Contract
from trio_tws.testing._definitions import matches

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._instrument import Instrument

R = TypeVar("R")

NO_DEFINITION: Final = "No security definition has been found for the request"

ANSWERS: Final[dict[type, Callable[[SimulatedClient, object], None]]] = {}
"""From the type of a request to the function that answers it."""


def answers(
    request: type[R],
) -> Callable[[Callable[[SimulatedClient, R], None]], Callable[[SimulatedClient, R], None]]:
    """Marks the function that answers a type of request."""

    def register(
        function: Callable[[SimulatedClient, R], None],
    ) -> Callable[[SimulatedClient, R], None]:
        ANSWERS[request] = cast(Callable[["SimulatedClient", object], None], function)
        return function

    return register


def invalid(client: SimulatedClient, req_id: int, cause: str) -> None:
    """Refuses a request that makes no sense, as TWS does: error 321; id -1 if it has none."""
    words = f"Error validating request.-'bQ' : cause - {cause}"
    client.send(client.error(req_id, 321, words))


def is_taken(client: SimulatedClient, req_id: int) -> bool:
    """Tells whether an id is in use, and tells it to the client: error 322."""
    if req_id not in client.requests:
        return False
    words = "Error processing request.-'bQ' : cause - Duplicate ticker id"
    client.send(client.error(req_id, 322, words))
    return True


def says_something(contract: Contract) -> bool:
    """Tells whether there is anything in a description to look for."""
    said = contract.con_id or contract.symbol or contract.local_symbol or contract.sec_id
    return bool(said or contract.issuer_id)


def only_match(client: SimulatedClient, req_id: int, wanted: Contract) -> Instrument | None:
    """Finds the one instrument that a request for data has to mean, or tells what is wrong: 200."""
    found = matches(client.simulator.market.instruments, wanted) if says_something(wanted) else []
    if len(found) == 1:
        return found[0]
    words = NO_DEFINITION
    if found:
        words = f"The contract description specified for {wanted.symbol} is ambiguous."
    client.send(client.error(req_id, 200, words))
    return None
