"""Orders that TWS makes itself when one is placed that wants them: a stop loss, a profit taker.

What is wanted is an id for each, and that it be made by the preset: nothing else is taken. What
becomes of the family then is not known of TWS, and here the same as of a bracket.

Source: what a TWS of server version 220 answered (wboayue/rust-ibapi#842).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trio_tws._model.order_states import AttachedOrders
from trio_tws._model.orders import Order
from trio_tws._model.place_order import PlaceOrder
from trio_tws._wire import evolve
from trio_tws.testing._order_booked import Draft
from trio_tws.testing._order_checks import OrderRefusal
from trio_tws.testing._order_drafts import draft_of
from trio_tws.testing._order_pegs import on_tick
from trio_tws.testing._order_presets import OrderPreset
from trio_tws.testing._order_views import view_of

if TYPE_CHECKING:
    from trio_tws.testing._simulator import Simulator

_BY_PRESET: Final = "PRESET"


def check_attached(wanted: AttachedOrders) -> None:
    """Looks whether what is wanted can be read.

    Raises:
        OrderRefusal: An id is without its type or the other way round, or TWS does not know the
            type (320). TWS says that it is the stop loss, whichever it is.
    """
    pairs = ((wanted.sl_order_id, wanted.sl_order_type), (wanted.pt_order_id, wanted.pt_order_type))
    if any(pair != (None, "") and (pair[0] is None or pair[1] != _BY_PRESET) for pair in pairs):
        words = "Error reading request. Invalid value for Stop Loss order-id or order-type"
        raise OrderRefusal(320, words)


def attached_to(simulator: Simulator, draft: Draft, request: PlaceOrder) -> list[tuple[int, Draft]]:
    """Gives what is to be attached to an order, each with its id: the stop loss first.

    Args:
        simulator: Whose preset says at which prices.
        draft: The order.
        request: What was sent, with what was found in order by `check_attached`.

    Raises:
        OrderRefusal: There is no preset for what is wanted (10355), or it makes no sense for what
            is ordered; the order is discarded.
    """
    view = view_of(simulator.market, draft.legs, simulator.now())
    quoted = view.ask if draft.order.action == "BUY" else view.bid
    price = draft.order.lmt_price or quoted or 0.0
    preset = simulator.desk.preset
    return [
        (order_id, draft_of(simulator, request.contract, order))
        for order_id, order in _orders(request, draft, preset, price)
    ]


def _orders(
    request: PlaceOrder, draft: Draft, preset: OrderPreset, price: float
) -> list[tuple[int, Order]]:
    wanted = request.attached_orders
    if wanted.pt_order_id is not None and preset.profit_offset is None:
        raise _undefined("Profit Taker")
    if wanted.sl_order_id is not None and preset.loss_offset is None:
        raise _undefined("Stop Loss")
    parent, is_buy = draft.order, draft.order.action == "BUY"
    sign = 1 if is_buy else -1
    common = Order(
        action="SELL" if is_buy else "BUY",
        total_quantity=parent.total_quantity,
        tif=parent.tif,
        good_till_date=parent.good_till_date,
        outside_rth=parent.outside_rth,
        account=parent.account,
        fa_group=parent.fa_group,
        fa_method=parent.fa_method,
        fa_percentage=parent.fa_percentage,
        model_code=parent.model_code,
        order_ref=parent.order_ref,
        transmit=parent.transmit,
        parent_id=request.order_id,
    )
    found: list[tuple[int, Order]] = []
    if wanted.sl_order_id is not None:
        stop = on_tick(price - sign * (preset.loss_offset or 0.0), draft.tick, is_buy=not is_buy)
        found.append((wanted.sl_order_id, evolve(common, order_type="STP", aux_price=stop)))
    if wanted.pt_order_id is not None:
        limit = on_tick(price + sign * (preset.profit_offset or 0.0), draft.tick, is_buy=not is_buy)
        found.append((wanted.pt_order_id, evolve(common, order_type="LMT", lmt_price=limit)))
    return found


def _undefined(what: str) -> OrderRefusal:
    return OrderRefusal(10355, f"Cannot auto-attach {what}. Preset is not defined.")
