"""What a program has subscribed to about accounts: its work at times, and at each trade."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from trio_tws.testing._table import invalid

if TYPE_CHECKING:
    from trio_tws.testing._books import Books
    from trio_tws.testing._client import SimulatedClient

ACCOUNT_DATA: Final = -6
POSITIONS: Final = -61
"""What stands for the ids of subscriptions that have none, among what is under way."""

EVERY_THREE_MINUTES: Final = 180.0
"""Seconds between two looks at the values of an account."""


def at_each_trade(
    client: SimulatedClient,
    req_id: int,
    request: object,
    act: Callable[[str, int], None],
    books: Books | None = None,
) -> None:
    """Has something done with the account and the con_id of each trade, until the request ends.

    Args:
        client: Whose request it is.
        req_id: Its id.
        request: The request.
        act: What is done.
        books: Those of a model; None for all that accounts trade.
    """

    def is_wanted() -> bool:
        return client.requests.get(req_id) is request and client in client.simulator.clients

    (client.simulator.books if books is None else books).subscribe(act, is_wanted)


def accounts_meant(
    client: SimulatedClient, req_id: int, account: str, model_code: str = ""
) -> Sequence[str] | None:
    """Finds the accounts that a request names, or tells what is wrong: 321.

    ``All`` is for advisers, of all whom they advise. Of a model it is those that are invested in
    it, unless one account is named.
    """
    known, desk = client.simulator.accounts, client.simulator.desk
    is_adviser = desk.is_adviser
    if model_code and model_code not in desk.models:
        cause = f"Invalid model code '{model_code}'"
    elif model_code and account in {"", "All"}:
        return desk.models[model_code]
    elif account in known:
        return [account]
    elif account == "All" and is_adviser:
        return known[1:] or known
    elif account:
        cause = f"Invalid account code '{account}'"
    elif len(known) == 1:
        return known
    else:
        cause = "The account code is required for this operation"
    invalid(client, req_id, cause)
    return None
