"""A change of a working order: what TWS lets be changed, and what begins anew with it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from trio_tws._enums import OrderStatusName
from trio_tws._model.orders import Order
from trio_tws._model.place_order import PlaceOrder
from trio_tws.testing._order_booked import BookedOrder, Draft
from trio_tws.testing._order_checks import OrderRefusal, check_change
from trio_tws.testing._order_drafts import draft_of
from trio_tws.testing._order_preview import require_margin

if TYPE_CHECKING:
    from trio_tws.testing._simulator import Simulator


def changed_draft(simulator: Simulator, booked: BookedOrder, request: PlaceOrder) -> Draft:
    """Makes out what a program wants a working order of its own to be.

    Raises:
        OrderRefusal: It can't become that; it stays what it is.
    """
    if booked.final is OrderStatusName.FILLED:
        raise OrderRefusal(104, "Cannot modify a filled order.")
    if booked.is_done:
        raise OrderRefusal(103, "Duplicate order id")
    if not booked.is_acknowledged or booked.is_cancelling:
        raise OrderRefusal(2102, "Unable to modify this order as it is still being processed.")
    if _allocation(request.order) != _allocation(booked.order):
        raise OrderRefusal(422, "Account and clearing attributes of this order can't be changed.")
    if _algo(request.order) != _algo(booked.order):
        raise OrderRefusal(105, "Order being modified does not match original order.")
    draft = draft_of(simulator, request.contract, request.order, booked.draft)
    if (draft.legs, draft.account) != (booked.draft.legs, booked.draft.account):
        raise OrderRefusal(105, "Order being modified does not match original order.")
    check_change(booked.order, draft.order, booked.filled)
    if not draft.order.parent_id:
        left = max(Decimal(0), (draft.order.total_quantity or Decimal(0)) - booked.filled)
        require_margin(draft, left, simulator.books, simulator.market, simulator.now())
    return attrs.evolve(draft, anchor=booked.draft.anchor)


def apply_change(booked: BookedOrder, draft: Draft) -> None:
    """Makes an order what it is to be; it comes anew, and a stop that has moved waits again."""
    former, booked.draft = booked.order, draft
    order = draft.order
    if _stop(former) != _stop(order):
        booked.is_triggered, booked.stop = False, None
    booked.is_released = booked.is_released and former.conditions == order.conditions
    booked.is_off = order.deactivate
    booked.fixed_limit = booked.live_since = booked.told = None


def _allocation(order: Order) -> tuple[object, ...]:
    return (order.fa_group, order.fa_method, order.fa_percentage)


def _algo(order: Order) -> tuple[object, ...]:
    return (order.algo_strategy, {(one.tag, one.value) for one in order.algo_params})


def _stop(order: Order) -> tuple[object, ...]:
    return (order.order_type, order.aux_price, order.trail_stop_price, order.trailing_percent)
