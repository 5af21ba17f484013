"""Answers about profit and loss as they run.

IB does not say in which currency they are: here an account's are in the base currency, and those of
one position in its own.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from trio_tws._model.pnl import CancelPnL, CancelPnLSingle, PnL, PnLSingle, ReqPnL, ReqPnLSingle
from trio_tws.testing._followers import accounts_meant
from trio_tws.testing._table import answers, is_taken

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient


@answers(ReqPnL)
def _pnl(client: SimulatedClient, request: ReqPnL) -> None:
    simulator, req_id = client.simulator, request.req_id
    if is_taken(client, req_id):
        return
    accounts = accounts_meant(client, req_id, request.account, request.model_code)
    if accounts is None:
        return

    books = simulator.books.of_model(request.model_code)

    def now() -> PnL:
        worths = [books.worth(account, simulator.now()) for account in accounts]
        return PnL(
            req_id,
            _cents(sum((worth.daily for worth in worths), Decimal(0))),
            _cents(sum((worth.unrealized for worth in worths), Decimal(0))),
            _cents(sum((worth.realized for worth in worths), Decimal(0))),
        )

    _run(client, req_id, request, PnL(req_id), now)


@answers(ReqPnLSingle)
def _pnl_single(client: SimulatedClient, request: ReqPnLSingle) -> None:
    """Of what is not held it knows that, and no more."""
    simulator, req_id, con_id = client.simulator, request.req_id, request.con_id
    books = simulator.books.of_model(request.model_code)
    if is_taken(client, req_id):
        return
    accounts = accounts_meant(client, req_id, request.account, request.model_code)
    if accounts is None:
        return
    is_traded = any(one.con_id == con_id for one in simulator.market.instruments)

    def now() -> PnLSingle:
        held = [
            books.holding(account, con_id, simulator.now()) for account in accounts if is_traded
        ]
        quantity = sum((one.quantity for one in held), Decimal(0))
        if not any(one.quantity for one in held):
            return PnLSingle(req_id, quantity)
        return PnLSingle(
            req_id,
            quantity,
            _cents(sum((one.daily for one in held), Decimal(0))),
            _cents(sum((one.unrealized for one in held), Decimal(0))),
            _cents(sum((one.realized for one in held), Decimal(0))),
            _cents(sum((one.market_value for one in held), Decimal(0))),
        )

    _run(client, req_id, request, PnLSingle(req_id, now().pos), now)


def _cents(amount: Decimal) -> float:
    return round(float(amount), 2)


def _run(
    client: SimulatedClient,
    req_id: int,
    request: object,
    unknown: PnL | PnLSingle,
    now: Callable[[], PnL | PnLSingle],
) -> None:
    """Tells first that nothing is known yet, and then each second what has changed."""
    told: PnL | PnLSingle | None = None

    def work() -> float:
        nonlocal told
        news = unknown if told is None else now()
        if news != told:
            client.send(news)
        told = news
        return 1 / client.simulator.speed

    client.begin(req_id, request, 0, work)


@answers(CancelPnL)
def _cancel_pnl(client: SimulatedClient, request: CancelPnL) -> None:
    if not client.end(request.req_id, ReqPnL):
        _not_subscribed(client, request.req_id)


@answers(CancelPnLSingle)
def _cancel_pnl_single(client: SimulatedClient, request: CancelPnLSingle) -> None:
    if not client.end(request.req_id, ReqPnLSingle):
        _not_subscribed(client, request.req_id)


def _not_subscribed(client: SimulatedClient, req_id: int) -> None:
    client.send(client.error(req_id, 10185, "Failed to cancel PNL (not subscribed)"))
