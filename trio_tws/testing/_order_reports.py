"""An order in the words of the wire: as TWS reports it, with the placeholders that it uses."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from trio_tws import _versions as v
from trio_tws._enums import OrderStatusName
from trio_tws._model.executions import ExecutionData
from trio_tws._model.open_orders import OrderBound, OrderStatus
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._model.order_states import OrderState
from trio_tws._model.orders import Order
from trio_tws._wire import evolve
from trio_tws.testing._order_booked import BookedOrder
from trio_tws.testing._order_hours import spelled
from trio_tws.testing._order_kinds import TRAILS


def open_order(booked: BookedOrder) -> OpenOrder:
    """Makes the message that describes an order."""
    state = OrderState(status=booked.status)
    if booked.final is OrderStatusName.FILLED and booked.draft.instrument is not None:
        state = evolve(
            state,
            commission_and_fees=float(booked.cost),
            commission_and_fees_currency=booked.draft.instrument.currency,
        )
    return OpenOrder(booked.order_id, booked.draft.contract, _reported(booked), state)


def order_status(booked: BookedOrder) -> OrderStatus:
    """Makes the message that tells how an order stands."""
    return OrderStatus(
        booked.order_id,
        booked.status,
        booked.filled,
        booked.remaining,
        booked.average,
        booked.perm_id,
        booked.order.parent_id,
        booked.last_price,
        booked.client_id,
        booked.why_held,
    )


def completed_order(booked: BookedOrder, zone: ZoneInfo) -> CompletedOrder:
    """Makes the message that describes an order which is done; it has no order id."""
    order = evolve(
        _reported(booked),
        order_id=None,
        client_id=0,
        parent_id=0,
        total_quantity=booked.total,
        filled_quantity=booked.filled,
    )
    state = OrderState(
        status=booked.status,
        completed_time=spelled(booked.done_at, zone),
        completed_status=booked.end,
    )
    return CompletedOrder(booked.draft.contract, order, state)


def _reported(booked: BookedOrder) -> Order:
    """TWS gives back what it was sent, and puts words where there is nothing."""
    order, stop = booked.order, booked.order.trail_stop_price
    if booked.draft.kind.waits in TRAILS:
        stop = booked.stop
    return evolve(
        order,
        client_id=booked.client_id,
        order_id=booked.order_id,
        perm_id=booked.perm_id,
        account=booked.draft.account,
        trail_stop_price=stop,
        open_close=order.open_close or "?",
        delta_neutral_order_type=order.delta_neutral_order_type or "None",
        adjusted_order_type=order.adjusted_order_type or "None",
        transmit=True,
        deactivate=booked.is_off,
    )


def as_told(message: object, server_version: int) -> object | None:
    """Gives a message as a server of a version tells it; None if it doesn't."""
    if isinstance(message, OrderBound) and server_version < v.API_BIND_ORDER:
        return None
    if isinstance(message, ExecutionData) and server_version < v.INSTRUMENT_TIMEZONE:
        day, clock, _ = message.execution.time.split(" ")
        execution = evolve(message.execution, time=f"{day}  {clock}")
        return evolve(message, execution=execution)
    return message
