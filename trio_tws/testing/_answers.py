"""What the simulated TWS does with each request: a function each, and a table of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar, cast

from trio_tws._model.bars import CancelHistoricalData, ReqHistoricalData
from trio_tws._model.cancels import CancelOrder, ReqGlobalCancel
from trio_tws._model.contracts import CancelContractData, Contract, ContractDataEnd, ReqContractData
from trio_tws._model.session import (
    CurrentTime,
    ManagedAccounts,
    NextValidId,
    ReqCurrentTime,
    ReqIds,
    ReqManagedAccts,
)
from trio_tws._model.ticks import CancelMktData, ReqMarketDataType, ReqMktData, TickSnapshotEnd
from trio_tws.protocol import UnknownMessage
from trio_tws.testing._bars import BarRequestError
from trio_tws.testing._definitions import contract_data, matches
from trio_tws.testing._history import historical_answers
from trio_tws.testing._lines import Line

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._instrument import Instrument

R = TypeVar("R")

_NO_DEFINITION: Final = "No security definition has been found for the request"

_ANSWERS: Final[dict[type, Callable[[SimulatedClient, object], None]]] = {}
"""From the type of a request to the function that answers it."""


def answer(client: SimulatedClient, request: object) -> None:
    """Answers a request of a session that has started, at once or by beginning work on it.

    To what the simulator does not know it says so, as TWS does to what it finds invalid.
    """
    found = _ANSWERS.get(type(request))
    if found is not None:
        found(client, request)
    elif isinstance(request, UnknownMessage):
        _invalid(client, -1, f"The simulated TWS does not know message {request.id}")
    else:
        name, req_id = type(request).__name__, getattr(request, "req_id", -1)
        _invalid(client, req_id, f"The simulated TWS has no answer to {name}")


def _answers(
    request: type[R],
) -> Callable[[Callable[[SimulatedClient, R], None]], Callable[[SimulatedClient, R], None]]:
    def register(
        function: Callable[[SimulatedClient, R], None],
    ) -> Callable[[SimulatedClient, R], None]:
        _ANSWERS[request] = cast(Callable[["SimulatedClient", object], None], function)
        return function

    return register


def _invalid(client: SimulatedClient, req_id: int, cause: str) -> None:
    words = f"Error validating request.-'bQ' : cause - {cause}"
    client.send(client.error(req_id, 321, words))


def _is_taken(client: SimulatedClient, req_id: int) -> bool:
    """Tells whether an id is in use, and tells it to the client."""
    if req_id not in client.requests:
        return False
    words = "Error processing request.-'bQ' : cause - Duplicate ticker id"
    client.send(client.error(req_id, 322, words))
    return True


# The session ......................................................................................


@_answers(ReqCurrentTime)
def _time(client: SimulatedClient, _: ReqCurrentTime) -> None:
    now = datetime.fromtimestamp(int(client.simulator.now()), UTC)
    client.send(CurrentTime(now))


@_answers(ReqManagedAccts)
def _accounts(client: SimulatedClient, _: ReqManagedAccts) -> None:
    client.send(ManagedAccounts(client.simulator.accounts))


@_answers(ReqIds)
def _ids(client: SimulatedClient, _: ReqIds) -> None:
    client.send(NextValidId(client.simulator.next_order_id))


# Contracts ........................................................................................


@_answers(ReqContractData)
def _contract_details(client: SimulatedClient, request: ReqContractData) -> None:
    simulator, req_id = client.simulator, request.req_id
    if _is_taken(client, req_id):
        return
    if not _says_something(request.contract):
        _invalid(client, req_id, "Please enter a valid symbol")
        return

    def work() -> None:
        found = matches(simulator.market.instruments, request.contract)
        now = datetime.fromtimestamp(simulator.now(), UTC)
        for instrument in found:
            client.send(contract_data(req_id, instrument, request.contract, now))
        client.send(ContractDataEnd(req_id) if found else client.error(req_id, 200, _NO_DEFINITION))

    client.begin(req_id, request, simulator.latency, work)


def _says_something(contract: Contract) -> bool:
    said = contract.con_id or contract.symbol or contract.local_symbol or contract.sec_id
    return bool(said or contract.issuer_id)


def _only_match(client: SimulatedClient, req_id: int, wanted: Contract) -> Instrument | None:
    """Finds the one instrument that a request for data has to mean, or tells what is wrong."""
    found = matches(client.simulator.market.instruments, wanted) if _says_something(wanted) else []
    if len(found) == 1:
        return found[0]
    words = _NO_DEFINITION
    if found:
        words = f"The contract description specified for {wanted.symbol} is ambiguous."
    client.send(client.error(req_id, 200, words))
    return None


@_answers(CancelContractData)
def _cancel_contract_details(client: SimulatedClient, request: CancelContractData) -> None:
    """How TWS confirms this is not known; here it does not."""
    client.end(request.req_id, ReqContractData)


# Market data ......................................................................................


@_answers(ReqMarketDataType)
def _market_data_type(client: SimulatedClient, request: ReqMarketDataType) -> None:
    """Live data is there for everything, and live always wins."""


@_answers(ReqMktData)
def _market_data(client: SimulatedClient, request: ReqMktData) -> None:
    simulator, req_id = client.simulator, request.req_id
    is_snapshot = request.snapshot or request.regulatory_snapshot
    if req_id in client.requests:
        client.send(client.error(req_id, 102, "Duplicate ticker id"))
        return
    if is_snapshot and request.generic_tick_list:
        cause = "Snapshot market data subscription is not applicable to generic ticks"
        _invalid(client, req_id, cause)
        return
    instrument = _only_match(client, req_id, request.contract)
    if instrument is None:
        return
    line = Line(simulator.market, instrument, req_id)

    def work() -> float | None:
        now = simulator.now()  # once: the clock may pass a trade while this is told
        for message in line.news(now, client.server_version):
            client.send(message)
        if is_snapshot:
            client.send(TickSnapshotEnd(req_id))
            return None
        return line.pause(now) / simulator.speed

    client.begin(req_id, request, 0, work)


@_answers(CancelMktData)
def _cancel_market_data(client: SimulatedClient, request: CancelMktData) -> None:
    req_id = request.req_id
    if not client.end(req_id, ReqMktData):
        client.send(client.error(req_id, 300, f"Can't find EId with tickerId:{req_id}"))


# Bars .............................................................................................


@_answers(ReqHistoricalData)
def _history(client: SimulatedClient, request: ReqHistoricalData) -> None:
    simulator, req_id = client.simulator, request.req_id
    if _is_taken(client, req_id):
        return
    if request.keep_up_to_date:
        _invalid(client, req_id, "The simulated TWS has no answer to keepUpToDate")
        return

    def work() -> None:
        instrument = _only_match(client, req_id, request.contract)
        if instrument is None:
            return
        try:
            answers = historical_answers(
                simulator.market,
                instrument,
                request,
                simulator.now(),
                simulator.zone,
                client.server_version,
            )
        except BarRequestError as error:
            answers = [client.error(req_id, error.code, error.text)]
        for message in answers:
            client.send(message)

    client.begin(req_id, request, simulator.latency, work)


@_answers(CancelHistoricalData)
def _cancel_history(client: SimulatedClient, request: CancelHistoricalData) -> None:
    req_id = request.req_id
    if client.end(req_id, ReqHistoricalData):
        cause = f"API historical data query cancelled: {req_id}"
        words = f"Historical Market Data Service error message:{cause}"
        client.send(client.error(req_id, 162, words))
    else:
        words = f"No historical data query found for ticker id:{req_id}"
        client.send(client.error(req_id, 366, words))


# Orders ...........................................................................................


@_answers(CancelOrder)
def _cancel_order(client: SimulatedClient, request: CancelOrder) -> None:
    order_id = request.order_id
    words = f"OrderId {order_id} that needs to be cancelled is not found."
    client.send(client.error(order_id, 10147, words))


@_answers(ReqGlobalCancel)
def _global_cancel(client: SimulatedClient, request: ReqGlobalCancel) -> None:
    """There are no orders to cancel, and TWS confirms each order by itself."""
