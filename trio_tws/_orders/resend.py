"""What TWS reports of an order is not what it takes: what has to go before it is sent again."""

from typing import Final

from trio_tws._model.orders import Order
from trio_tws._wire import evolve

_PLACEHOLDERS: Final = {
    "delta_neutral_order_type": "None",
    "adjusted_order_type": "None",
    "open_close": "?",
}
"""What TWS writes where nothing is set; sent back, it is refused."""

_TRAILING: Final = ("TRAIL", "TRAIL LIMIT", "TRAIL LIT", "TRAIL MIT")

_VOLATILITY: Final = "VOL"


def resendable(order: Order) -> Order:
    """Gives an order, as TWS reported it, in the form in which it can be sent as a change.

    Placeholders go, and so does what TWS fills in by itself: the ids, what is filled, the stop
    price of an order that does not trail, the volatility of one that is not priced by it. It is
    sent for work (``transmit``), and is no preview.

    Source: orders that users of other clients have published, such as erdewit/ib_insync#509; that
    TWS refuses what it sent itself, erdewit/ib_insync#317.
    """
    cleared: dict[str, object] = {
        name: "" for name, word in _PLACEHOLDERS.items() if getattr(order, name) == word
    }
    if order.order_type not in _TRAILING:
        cleared["trail_stop_price"] = None
    if order.order_type != _VOLATILITY:
        cleared |= {"volatility": None, "volatility_type": None, "reference_price_type": None}
    return evolve(
        order,
        client_id=0,
        order_id=None,
        perm_id=0,
        parent_perm_id=None,
        filled_quantity=None,
        ref_futures_con_id=None,
        bond_accrued_interest="",
        basis_points=None,
        basis_points_type=None,
        transmit=True,
        what_if=False,
        **cleared,
    )
