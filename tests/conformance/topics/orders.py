"""Orders, their conditions and their states."""

from typing import Any

import attrs
import ibapi.order
import ibapi.order_condition
import ibapi.softdollartier

from tests._model.survivors import changed
from tests.conformance.official import (
    CALLS,
    EXPECTED,
    MADE,
    OBJECTS,
    ONLY_THERE,
    SAME,
    Expected,
    callback,
    object_of,
)
from trio_tws import _versions as v
from trio_tws._model.conditions import CONDITIONS
from trio_tws._model.order_reports import OpenOrder
from trio_tws._model.orders import Order
from trio_tws._model.place_order import PlaceOrder
from trio_tws._model.reference import SoftDollarTier
from trio_tws._wire.fields import spec_of

OBJECTS[SoftDollarTier] = ibapi.softdollartier.SoftDollarTier
OBJECTS[Order] = ibapi.order.Order

ONLY_THERE[Order] = frozenset(
    {"orderComboLegs", "slOrderId", "slOrderType", "ptOrderId", "ptOrderType"}
)

_TYPES: dict[type, int] = {cls: number for number, cls in CONDITIONS.items()}


def _names(condition: Any) -> dict[str, Any]:
    """Gives what a condition says, by the names of its attributes over there."""
    found: dict[str, Any] = {}
    for name in attrs.fields_dict(type(condition)):
        first, *others = name.split("_")
        found[first + "".join(map(str.capitalize, others))] = getattr(condition, name)
    return found


def _condition(ours: Any) -> Any:
    made = ibapi.order_condition.Create(_TYPES[type(ours)])
    for name, value in _names(ours).items():
        assert hasattr(made, name)
        setattr(made, name, value)
    return made


def _same_condition(ours: Any, there: Any) -> bool:
    told = {name: getattr(there, name) for name in _names(ours)}
    told = {name: "" if value is None else value for name, value in told.items()}  # absent texts
    return bool(there.condType == _TYPES[type(ours)] and told == _names(ours))


for _cls in CONDITIONS.values():
    MADE[_cls] = _condition
    SAME[_cls] = _same_condition


def _place_order(client: Any, message: PlaceOrder) -> None:
    contract, order = object_of(message.contract), object_of(message.order)
    prices = [leg.per_leg_price for leg in message.contract.combo_legs]
    if prices.count(None) < len(prices):
        order.orderComboLegs = [ibapi.order.OrderComboLeg() for _ in prices]
        for leg, price in zip(order.orderComboLegs, prices, strict=True):
            leg.price = leg.price if price is None else price
    attached = message.attached_orders
    order.slOrderType, order.ptOrderType = attached.sl_order_type, attached.pt_order_type
    if attached.sl_order_id is not None:
        order.slOrderId = attached.sl_order_id
    if attached.pt_order_id is not None:
        order.ptOrderId = attached.pt_order_id
    if client.serverVersion() < v.CASH_QTY and message.order.cash_qty is None:
        order.cashQty = 0  # or it holds its own number for none for a quantity, and refuses
    client.placeOrder(message.order_id, contract, order)


CALLS[PlaceOrder] = _place_order


def _open_order(message: OpenOrder, version: int) -> list[Expected]:
    if not spec_of(OpenOrder).is_proto(version) or message.order.order_id is None:
        order = changed(message.order, order_id=message.order_id)
        message = changed(message, order=order)
    return [callback("openOrder", message)]


EXPECTED[OpenOrder] = _open_order
