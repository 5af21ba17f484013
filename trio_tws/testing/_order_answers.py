"""What the simulated TWS does with requests about orders and executions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Final, TypeVar

from trio_tws._model.cancels import CancelOrder, ReqGlobalCancel
from trio_tws._model.executions import ExecutionDataEnd, ReqExecutions
from trio_tws._model.open_orders import (
    CompletedOrdersEnd,
    OpenOrderEnd,
    ReqAllOpenOrders,
    ReqAutoOpenOrders,
    ReqCompletedOrders,
    ReqOpenOrders,
)
from trio_tws._model.options import ExerciseOptions
from trio_tws._model.place_order import PlaceOrder
from trio_tws.testing._executions_log import is_wanted
from trio_tws.testing._order_booked import BookedOrder
from trio_tws.testing._order_checks import OrderRefusal
from trio_tws.testing._order_exercise import exercise
from trio_tws.testing._order_hours import begin_of_day
from trio_tws.testing._order_mail import hears
from trio_tws.testing._order_reports import as_told, completed_order, open_order, order_status
from trio_tws.testing._table import answers, invalid

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient

R = TypeVar("R")

_READ_ONLY: Final = "The API interface is currently in Read-Only mode."


def _trades(
    function: Callable[[SimulatedClient, R], None],
) -> Callable[[SimulatedClient, R], None]:
    """Has an answer refused where the API may only read, and tells a refusal as an error."""

    @wraps(function)
    def guarded(client: SimulatedClient, request: R) -> None:
        order_id: int = getattr(request, "order_id", -1)
        if is_read_only(client):
            invalid(client, order_id, _READ_ONLY)
            return
        try:
            function(client, request)
        except OrderRefusal as refusal:
            client.send(client.error(order_id, refusal.code, refusal.words))

    return guarded


def is_read_only(client: SimulatedClient) -> bool:
    """Tells whether the user of TWS lets programs read only."""
    api = client.simulator.desk.config.api
    return api is not None and api.settings is not None and bool(api.settings.read_only_api)


def _client_id(client: SimulatedClient) -> int:
    return client.client_id or 0


@answers(PlaceOrder)
@_trades
def _place_order(client: SimulatedClient, request: PlaceOrder) -> None:
    preview = client.simulator.exchange.place(_client_id(client), request)
    if preview is not None:
        client.send(preview)


@answers(CancelOrder)
@_trades
def _cancel_order(client: SimulatedClient, request: CancelOrder) -> None:
    client.simulator.exchange.cancel(_client_id(client), request.order_id)


@answers(ReqGlobalCancel)
@_trades
def _global_cancel(client: SimulatedClient, _: ReqGlobalCancel) -> None:
    client.simulator.exchange.cancel_all()


@answers(ExerciseOptions)
@_trades
def _exercise_options(client: SimulatedClient, request: ExerciseOptions) -> None:
    exercise(client.simulator, _client_id(client), request)


# Lists ............................................................................................


def tell_orders(client: SimulatedClient, orders: Iterable[BookedOrder]) -> None:
    """Tells a client what some orders are and how they stand."""
    for booked in orders:
        client.send(open_order(booked))
        client.send(order_status(booked))


def greet(client: SimulatedClient) -> None:
    """Tells a client that has come back of its open orders, if the user of TWS wants that."""
    api = client.simulator.desk.config.api
    settings = None if api is None else api.settings
    if settings is not None and settings.download_open_orders_on_connection:
        tell_orders(client, _own(client))


def _own(client: SimulatedClient) -> list[BookedOrder]:
    """Gives the open orders of a client; those of people are client 0's once they are bound."""
    return [
        booked
        for booked in client.simulator.exchange.book.open()
        if booked.client_id == client.client_id and booked.order_id
    ]


@answers(ReqOpenOrders)
@_trades
def _open_orders(client: SimulatedClient, _: ReqOpenOrders) -> None:
    exchange = client.simulator.exchange
    if client.client_id == 0:
        for booked in exchange.book.open():
            exchange.bind(booked)
    tell_orders(client, _own(client))
    client.send(OpenOrderEnd())


@answers(ReqAllOpenOrders)
@_trades
def _all_open_orders(client: SimulatedClient, _: ReqAllOpenOrders) -> None:
    tell_orders(client, client.simulator.exchange.book.open())
    client.send(OpenOrderEnd())


@answers(ReqAutoOpenOrders)
@_trades
def _auto_open_orders(client: SimulatedClient, request: ReqAutoOpenOrders) -> None:
    if client.client_id != 0:
        invalid(client, -1, "Only the default client (i.e 0) can auto bind orders.")
        return
    client.simulator.exchange.auto_binds = request.auto_bind


@answers(ReqCompletedOrders)
@_trades
def _completed_orders(client: SimulatedClient, request: ReqCompletedOrders) -> None:
    simulator = client.simulator
    midnight = begin_of_day(simulator.now(), simulator.zone)
    for booked in simulator.exchange.book.done():
        if booked.done_at >= midnight and not (request.api_only and booked.is_manual):
            client.send(completed_order(booked, simulator.zone))
    client.send(CompletedOrdersEnd())


@answers(ReqExecutions)
def _executions(client: SimulatedClient, request: ReqExecutions) -> None:
    """Corrections come after what they correct, as they were made."""
    simulator, req_id = client.simulator, request.req_id
    now, zone = simulator.now(), simulator.zone
    for deal in simulator.exchange.log:
        message = deal.data(zone, req_id)
        if not hears(client, deal.booked, message):
            continue
        if is_wanted(deal, request.exec_filter, now, zone):
            client.send(as_told(message, client.server_version))
            report = deal.report()
            if report is not None:
                client.send(report)
    client.send(ExecutionDataEnd(req_id))
