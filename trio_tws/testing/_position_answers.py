"""Answers about what accounts hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from trio_tws._enums import SecType
from trio_tws._model.contracts import Contract
from trio_tws._model.positions import (
    CancelPositions,
    CancelPositionsMulti,
    PositionData,
    PositionEnd,
    PositionMulti,
    PositionMultiEnd,
    ReqPositions,
    ReqPositionsMulti,
)
from trio_tws.testing._followers import POSITIONS, accounts_meant, at_each_trade
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._ledger import HoldingWorth
from trio_tws.testing._table import answers, is_taken

if TYPE_CHECKING:
    from trio_tws.testing._books import Books
    from trio_tws.testing._client import SimulatedClient


def contract_held(instrument: Instrument, *, in_portfolio: bool) -> Contract:
    """Makes the contract of a holding, as TWS describes it there.

    In a portfolio it says where it is listed. Elsewhere there is no field for that: the listing
    exchange of a stock stands in the place of the exchange, and for other things there is none.
    """
    listed = instrument.primary_exchange
    return Contract(
        con_id=instrument.con_id,
        symbol=instrument.symbol,
        sec_type=SecType(instrument.sec_type),
        last_trade_date_or_contract_month=instrument.last_trade_date_or_contract_month,
        strike=instrument.strike,
        right=instrument.right,
        multiplier=instrument.multiplier,
        exchange="" if in_portfolio else listed,
        primary_exchange=listed if in_portfolio else "",
        currency=instrument.currency,
        local_symbol=instrument.local_symbol,
        trading_class=instrument.trading_class,
    )


def _held(books: Books, accounts: Sequence[str], now: float) -> Iterator[tuple[str, HoldingWorth]]:
    for account in accounts:
        for con_id in books.held(account):
            yield account, books.holding(account, con_id, now)


@answers(ReqPositions)
def _positions(client: SimulatedClient, request: ReqPositions) -> None:
    """Tells all, and each that changes; asked again, it tells all again."""
    simulator = client.simulator

    def tell(account: str, held: HoldingWorth) -> None:
        contract = contract_held(held.instrument, in_portfolio=False)
        client.send(PositionData(account, contract, held.quantity, float(held.average_cost)))

    client.requests[POSITIONS] = request
    for account, held in _held(simulator.books, simulator.accounts, simulator.now()):
        tell(account, held)
    client.send(PositionEnd())
    at_each_trade(
        client,
        POSITIONS,
        request,
        lambda account, con_id: tell(
            account, simulator.books.holding(account, con_id, simulator.now())
        ),
    )


@answers(CancelPositions)
def _cancel_positions(client: SimulatedClient, _: CancelPositions) -> None:
    """One that cancels nothing is met with silence; what TWS does is not known."""
    client.end(POSITIONS, ReqPositions)


@answers(ReqPositionsMulti)
def _positions_multi(client: SimulatedClient, request: ReqPositionsMulti) -> None:
    simulator, req_id = client.simulator, request.req_id
    if is_taken(client, req_id):
        return
    accounts = accounts_meant(client, req_id, request.account, request.model_code)
    if accounts is None:
        return

    model = request.model_code
    books = simulator.books.of_model(model)

    def tell(account: str, held: HoldingWorth) -> None:
        contract = contract_held(held.instrument, in_portfolio=False)
        cost = float(held.average_cost)
        client.send(PositionMulti(req_id, account, contract, held.quantity, cost, model))

    def on_trade(account: str, con_id: int) -> None:
        if account in accounts:
            tell(account, books.holding(account, con_id, simulator.now()))

    client.requests[req_id] = request
    for account, held in _held(books, accounts, simulator.now()):
        tell(account, held)
    client.send(PositionMultiEnd(req_id))
    at_each_trade(client, req_id, request, on_trade, books)


@answers(CancelPositionsMulti)
def _cancel_positions_multi(client: SimulatedClient, request: CancelPositionsMulti) -> None:
    """One that cancels nothing is met with silence; what TWS does is not known."""
    client.end(request.req_id, ReqPositionsMulti)
