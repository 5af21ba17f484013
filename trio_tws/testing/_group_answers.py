"""Answers about display groups, which all programs of one TWS see and change together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trio_tws._model.groups import (
    DisplayGroupList,
    DisplayGroupUpdated,
    QueryDisplayGroups,
    SubscribeToGroupEvents,
    UnsubscribeFromGroupEvents,
    UpdateDisplayGroup,
)
from trio_tws.testing._desk import NOTHING_SHOWN
from trio_tws.testing._table import answers, invalid, is_taken

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._market import Market


@answers(QueryDisplayGroups)
def _groups(client: SimulatedClient, request: QueryDisplayGroups) -> None:
    groups = "|".join(map(str, client.simulator.desk.groups))
    client.send(DisplayGroupList(request.req_id, groups))


@answers(SubscribeToGroupEvents)
def _subscribe(client: SimulatedClient, request: SubscribeToGroupEvents) -> None:
    req_id = request.req_id
    if is_taken(client, req_id):
        return
    shown = client.simulator.desk.groups.get(request.group_id)
    if shown is None:
        invalid(client, req_id, f"Unknown display group {request.group_id}")
        return
    client.requests[req_id] = request
    client.send(DisplayGroupUpdated(req_id, shown))


@answers(UpdateDisplayGroup)
def _update(client: SimulatedClient, request: UpdateDisplayGroup) -> None:
    """One that makes no sense ends the subscription, as an error ends a request elsewhere."""
    simulator, req_id = client.simulator, request.req_id
    subscribed = client.requests.get(req_id)
    if not isinstance(subscribed, SubscribeToGroupEvents):
        invalid(client, req_id, f"No display group has the id {req_id}")
        return
    if not _is_known(simulator.market, request.contract_info):
        del client.requests[req_id]
        invalid(client, req_id, f"Unknown contract {request.contract_info!r}")
        return
    simulator.desk.groups[subscribed.group_id] = request.contract_info
    for each in simulator.clients:
        for other_id, other in each.requests.items():
            if isinstance(other, SubscribeToGroupEvents) and other.group_id == subscribed.group_id:
                each.send(DisplayGroupUpdated(other_id, request.contract_info))


def _is_known(market: Market, contract_info: str) -> bool:
    con_id, _, exchange = contract_info.partition("@")
    return contract_info == NOTHING_SHOWN or any(
        con_id == str(one.con_id) and exchange in one.valid_exchanges.split(",")
        for one in market.instruments
    )


@answers(UnsubscribeFromGroupEvents)
def _unsubscribe(client: SimulatedClient, request: UnsubscribeFromGroupEvents) -> None:
    """One that ends nothing is met with silence; what TWS does is not known."""
    client.end(request.req_id, SubscribeToGroupEvents)
