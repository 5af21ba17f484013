"""What may be said of an order of any type, said in one place."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, TypedDict, final, get_args

from trio_tws._enums import TriggerMethod
from trio_tws._model.contracts import TagValue
from trio_tws._model.moments import utc_text
from trio_tws._model.orders import Order
from trio_tws._orders.numbers import not_negative, whole
from trio_tws._orders.quantities import Quantity, with_quantity
from trio_tws._orders.times_in_force import GoodTill, with_time_in_force
from trio_tws._wire import evolve

Action = Literal["BUY", "SELL", "SSHORT"]
"""Which side: SSHORT sells short, for institutions; everyone else's SELL does so by itself."""

ACTIONS: Final[tuple[Action, ...]] = get_args(Action)


@final
class OrderOptions(TypedDict, total=False):
    """What may be said of an order of any type: keywords that every builder of orders takes.

    What is not said is left as a raw `Order` has it. All else that an `Order` holds is said by
    ``evolve(order, ...)``.
    """

    tif: str | GoodTill
    """A `TimeInForce` or its letters; `GoodTill` for one that ends at a moment. DAY unless said."""
    good_after_time: datetime
    """When it starts to work; aware."""
    outside_rth: bool
    """Works outside regular trading hours, too."""
    include_overnight: bool
    """Works overnight, too; needs server version 189."""
    account: str
    """For logins with several."""
    model_code: str
    order_ref: str
    """A text of your own, which TWS gives back."""
    fa_group: str
    """A group of accounts to share it out to, in place of an account."""
    fa_method: str
    fa_percentage: str
    open_close: Literal["", "O", "C"]
    """Opens or closes a position; for institutions."""
    short_sale_slot: int
    """1 shares held by the broker, 2 held elsewhere."""
    designated_location: str
    """Where, with slot 2."""
    all_or_none: bool
    """Is filled at once and whole, or waits."""
    min_qty: int
    """The least that a fill may be."""
    display_size: int
    """Makes it an iceberg: how much of it the market sees at a time."""
    hidden: bool
    """The market sees nothing of it; where the exchange allows."""
    sweep_to_fill: bool
    """Takes what there is at each price, best first."""
    block_order: bool
    """A large order in options, at ISE."""
    discretionary_amt: float
    """How far beyond the limit price it may go unseen."""
    not_held: bool
    """For IBKRATS."""
    trigger_method: TriggerMethod
    """Which price triggers it."""
    non_guaranteed: bool
    """A combination's legs may be filled apart from each other."""
    override_percentage_constraints: bool
    """Passes a price that TWS holds for a slip of the finger."""
    transmit: bool
    """False parks it in TWS."""
    what_if: bool
    """Asks what it would cost, and places nothing."""


_SAID_OTHERWISE: Final = frozenset({"tif", "good_after_time", "non_guaranteed"})
NON_GUARANTEED: Final = (TagValue("NonGuaranteed", "1"),)


def complete(order: Order, action: str, quantity: Quantity | None, options: OrderOptions) -> Order:
    """Adds to an order of some type what orders of any type have.

    Args:
        order: One with its type and its prices, and with a time in force if its type has one.
        action: The side.
        quantity: How much; None where the order that it hangs on says.
        options: All the rest.

    Raises:
        TypeError: There is no such option.
        ValueError: Something can't be right.
    """
    said: Mapping[str, object] = options
    unknown = said.keys() - OrderOptions.__annotations__
    if unknown:
        raise TypeError(f"an order has no option {', '.join(sorted(unknown))}")
    if action not in ACTIONS:
        raise ValueError(f"action={action!r}; it is BUY, SELL or SSHORT")
    if order.tif and "tif" in options:
        raise ValueError(f"tif={options['tif']!r}: this type of order has {order.tif}")
    made = with_time_in_force(order, options.get("tif", order.tif or "DAY"))
    if quantity is None:
        made = evolve(made, total_quantity=Decimal(0))
    else:
        made = with_quantity(made, quantity)
    made = evolve(
        made,
        action=action,
        good_after_time=_start(options),
        smart_combo_routing_params=NON_GUARANTEED if options.get("non_guaranteed") else (),
        **{name: value for name, value in said.items() if name not in _SAID_OTHERWISE},
    )
    _check(made)
    return made


def _start(options: OrderOptions) -> str:
    if "good_after_time" not in options:
        return ""
    start = utc_text("good_after_time", options["good_after_time"])
    tif = options.get("tif")
    if isinstance(tif, GoodTill) and tif.moment <= options["good_after_time"]:
        raise ValueError(f"good_after_time={start} is not before the end, {tif.moment}")
    return start


def _check(order: Order) -> None:
    quantity = order.total_quantity
    shown = whole("display_size", order.display_size or 0, least=0)
    if shown and quantity and shown >= quantity:
        raise ValueError(f"display_size={shown} is not below the quantity, {quantity}")
    if shown and order.discretionary_amt:
        raise ValueError(
            f"display_size={shown} and discretionary_amt={order.discretionary_amt!r}"
            " exclude each other (TWS's error 157)"
        )
    not_negative("discretionary_amt", order.discretionary_amt)
    if order.min_qty is not None:
        least = whole("min_qty", order.min_qty)
        if quantity and least > quantity:
            raise ValueError(f"min_qty={least} is above the quantity, {quantity}")
    if order.short_sale_slot not in (0, 1, 2):
        raise ValueError(f"short_sale_slot={order.short_sale_slot}; it is 0, 1 or 2")
    if (order.short_sale_slot == 2) is not bool(order.designated_location):  # noqa: PLR2004
        raise ValueError(
            f"short_sale_slot={order.short_sale_slot} and"
            f" designated_location={order.designated_location!r}: slot 2 has a location, and no"
            " other has"
        )
    if order.what_if and not order.transmit:
        raise ValueError("what_if=True with transmit=False: TWS answers only what is transmitted")
