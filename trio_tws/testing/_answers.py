"""What the simulated TWS does with each request: a function each, in the table of answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from trio_tws._model.contracts import CancelContractData, ContractDataEnd, ReqContractData
from trio_tws._model.session import (
    CurrentTime,
    ManagedAccounts,
    NextValidId,
    ReqCurrentTime,
    ReqIds,
    ReqManagedAccts,
)
from trio_tws._model.ticks import CancelMktData, ReqMarketDataType, ReqMktData, TickSnapshotEnd
from trio_tws._wire.fields import spec_of
from trio_tws.protocol import UnknownMessage
from trio_tws.testing import (
    _account_answers,
    _advisor_answers,
    _depth_answers,
    _group_answers,
    _history_answers,
    _news_answers,
    _options_answers,
    _order_answers,
    _pnl_answers,
    _position_answers,
    _real_time_bars_answers,
    _reference_answers,
    _scanner_answers,
    _settings_answers,
    _tick_by_tick_answers,
    _wsh_answers,
)
from trio_tws.testing._data_kinds import has_model, kind_for
from trio_tws.testing._definitions import contract_data, matches
from trio_tws.testing._lines import Line
from trio_tws.testing._table import (
    ANSWERS,
    NO_DEFINITION,
    answers,
    invalid,
    is_taken,
    only_match,
    says_something,
)
from trio_tws.testing._throttle import is_too_much

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient

TOPICS: Final = (
    _account_answers,
    _advisor_answers,
    _depth_answers,
    _group_answers,
    _history_answers,
    _news_answers,
    _options_answers,
    _order_answers,
    _pnl_answers,
    _position_answers,
    _real_time_bars_answers,
    _reference_answers,
    _scanner_answers,
    _settings_answers,
    _tick_by_tick_answers,
    _wsh_answers,
)
"""The other files of answers, which fill in the table when they are imported."""


def answer(client: SimulatedClient, request: object) -> None:
    """Answers a request of a session that has started, at once or by beginning work on it.

    To what the simulator does not know it says so, as TWS does to what it finds invalid.
    """
    found = ANSWERS.get(type(request))
    if isinstance(request, UnknownMessage):
        invalid(client, -1, f"The simulated TWS does not know message {request.id}")
        return
    name, req_id = type(request).__name__, getattr(request, "req_id", -1)
    if found is None:
        invalid(client, req_id, f"The simulated TWS has no answer to {name}")
    elif (since := spec_of(type(request)).since) > client.server_version:
        # Other clients do send these: IB's own asks for completed orders at any version.
        invalid(client, req_id, f"{name} needs server version {since}")
    else:
        found(client, request)


# The session ......................................................................................


@answers(ReqCurrentTime)
def _time(client: SimulatedClient, _: ReqCurrentTime) -> None:
    now = datetime.fromtimestamp(int(client.simulator.now()), UTC)
    client.send(CurrentTime(now))


@answers(ReqManagedAccts)
def _accounts(client: SimulatedClient, _: ReqManagedAccts) -> None:
    client.send(ManagedAccounts(client.simulator.accounts))


@answers(ReqIds)
def _ids(client: SimulatedClient, _: ReqIds) -> None:
    client.send(NextValidId(client.simulator.exchange.next_order_id(client.client_id or 0)))


# Contracts ........................................................................................


@answers(ReqContractData)
def _contract_details(client: SimulatedClient, request: ReqContractData) -> None:
    simulator, req_id = client.simulator, request.req_id
    if is_taken(client, req_id):
        return
    if not says_something(request.contract):
        invalid(client, req_id, "Please enter a valid symbol")
        return

    def work() -> None:
        found = matches(simulator.market.instruments, request.contract)
        now = datetime.fromtimestamp(simulator.now(), UTC)
        for instrument in found:
            calendar = simulator.market.calendar(instrument.con_id)
            client.send(contract_data(req_id, instrument, request.contract, now, calendar))
        client.send(ContractDataEnd(req_id) if found else client.error(req_id, 200, NO_DEFINITION))

    client.begin(req_id, request, simulator.latency, work)


@answers(CancelContractData)
def _cancel_contract_details(client: SimulatedClient, request: CancelContractData) -> None:
    """How TWS confirms this is not known; here it does not."""
    client.end(request.req_id, ReqContractData)


# Market data ......................................................................................


@answers(ReqMarketDataType)
def _market_data_type(client: SimulatedClient, request: ReqMarketDataType) -> None:
    client.market_data_kind = request.market_data_type


@answers(ReqMktData)
def _market_data(client: SimulatedClient, request: ReqMktData) -> None:
    simulator, req_id = client.simulator, request.req_id
    is_snapshot = request.snapshot or request.regulatory_snapshot
    if req_id in client.requests:
        client.send(client.error(req_id, 102, "Duplicate ticker id"))
        return
    if is_snapshot and request.generic_tick_list:
        cause = "Snapshot market data subscription is not applicable to generic ticks"
        invalid(client, req_id, cause)
        return
    instrument = only_match(client, req_id, request.contract)
    if instrument is None:
        return
    kind = kind_for(client, req_id, instrument, is_paid=request.regulatory_snapshot)
    if kind is None or is_too_much(client, request):
        return
    with_model = has_model(client, req_id, instrument, kind)
    line = Line(simulator.market, instrument, req_id, kind, has_model=with_model)

    def work() -> float | None:
        now = simulator.now()  # once: the clock may pass a trade while this is told
        for message in line.news(now, client.server_version, client.market_data_kind):
            client.send(message)
        if is_snapshot:
            client.send(TickSnapshotEnd(req_id))
            return None
        return line.pause(now) / simulator.speed

    client.begin(req_id, request, 0, work)


@answers(CancelMktData)
def _cancel_market_data(client: SimulatedClient, request: CancelMktData) -> None:
    req_id = request.req_id
    if not client.end(req_id, ReqMktData):
        client.send(client.error(req_id, 300, f"Can't find EId with tickerId:{req_id}"))
