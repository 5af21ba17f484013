"""What TWS looks at before it takes an order, with the codes and words of its refusals."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final, final
from zoneinfo import ZoneInfo

import attrs

from trio_tws._enums import SecType, TriggerMethod
from trio_tws._model.orders import Order
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market import Market
from trio_tws.testing._order_conditions import flaw_of
from trio_tws.testing._order_hours import moment_of
from trio_tws.testing._order_kinds import TRAILS, OrderKind, Pays, Waits
from trio_tws.testing._order_triggers import METHODS

_ZERO = Decimal(0)


@final
class OrderRefusal(Exception):
    """TWS refuses an order, with an error that has this code and these words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(code, words)
        self.code = code
        self.words = words


@final
@attrs.frozen
class Setting:
    """What an order is looked at against."""

    market: Market
    zone: ZoneInfo
    instrument: Instrument | None
    """What is ordered; None for a combination."""
    kind: OrderKind
    tick: float


_ACTIONS: Final = frozenset({"BUY", "SELL", "SSHORT"})
_TIFS: Final = frozenset(
    {"", "DAY", "GTC", "IOC", "GTD", "OPG", "FOK", "DTC", "AUC", "GTX", "Minutes"}
)
_AT_OPENING: Final = frozenset({"OPG", "AUC"})
_AT_ONCE: Final = frozenset({"IOC", "FOK"})
_OCA_TYPES: Final = range(4)
_ADJUSTED: Final = frozenset({"STP", "STP LMT", "TRAIL", "TRAIL LIMIT"})
_NOT_FOR_COMBOS: Final = frozenset({Pays.STOCK, Pays.VOLATILITY})
_AUCTIONS: Final = frozenset({Waits.FOR_OPENING, Waits.FOR_CLOSE})
_BY_CASH: Final = frozenset({SecType.FOREX, SecType.STOCK, SecType.CRYPTO})
_PRICES: Final = (
    "lmt_price",
    "aux_price",
    "trail_stop_price",
    "adjusted_stop_price",
    "adjusted_stop_limit_price",
)


def check(order: Order, setting: Setting) -> None:
    """Looks at an order, the first things first.

    Raises:
        OrderRefusal: TWS would not take it.
    """
    for look in _LOOKS:
        look(order, setting)


def _look_at_action(order: Order, _: Setting) -> None:
    if order.action not in _ACTIONS:
        raise OrderRefusal(
            321, f"Error validating request.-'bQ' : cause - Invalid side {order.action}"
        )


def _look_at_kind(order: Order, setting: Setting) -> None:
    kind, instrument = setting.kind, setting.instrument
    if instrument is None:
        is_fit = kind.pays not in _NOT_FOR_COMBOS and kind.waits not in _AUCTIONS
    elif kind.sec_types is None:
        is_fit = instrument.sec_type != SecType.BOND
    else:
        is_fit = instrument.sec_type in kind.sec_types
    if not is_fit:
        raise unsupported(order.order_type)


def unsupported(order_type: str) -> OrderRefusal:
    """Makes the refusal of an order type; TWS does not name it, and it helps."""
    words = "Unsupported order type for this exchange and security type"
    return OrderRefusal(387, f"{words}: {order_type}")


def _look_at_what_it_needs(order: Order, setting: Setting) -> None:
    needs = setting.kind.needs
    missing = [name for name in needs if _is_missing(getattr(order, name), setting)]
    if setting.kind.waits in TRAILS:
        if not order.aux_price and not order.trailing_percent:
            missing.append("aux_price or trailing_percent")
        is_limit = setting.kind.pays is Pays.TRAILED_LIMIT
        if is_limit and order.lmt_price_offset is None and order.lmt_price is None:
            missing.append("lmt_price_offset or lmt_price")
    if missing:
        raise OrderRefusal(107, f"Cannot transmit incomplete order: {', '.join(missing)}")


def _is_missing(value: object, setting: Setting) -> bool:
    """The prices of combinations can be 0."""
    return value is None or (setting.instrument is not None and not value)


def _look_at_size(order: Order, setting: Setting) -> None:
    size, instrument = order.total_quantity or _ZERO, setting.instrument
    if size < 0 or not (size or order.hedge_type):
        raise OrderRefusal(434, "The order size cannot be zero.")
    if instrument is None:
        if size % 1:
            raise OrderRefusal(10243, "Fractional-sized order cannot be placed via API.")
        return
    if size and size < instrument.min_size and not order.cash_qty:
        least = instrument.min_size
        raise OrderRefusal(
            388, f"Order size {size} is smaller than the minimum required size of {least}."
        )
    if size % instrument.size_increment and not order.cash_qty:
        if size % 1:
            raise OrderRefusal(10243, "Fractional-sized order cannot be placed via API.")
        raise OrderRefusal(355, "Order size does not conform to market rule.")
    if order.display_size and order.discretionary_amt:
        raise OrderRefusal(157, "Order can be EITHER Iceberg or Discretionary.")


def _look_at_prices(order: Order, setting: Setting) -> None:
    step = Decimal(str(setting.tick))
    for name in _PRICES:
        price: float | None = getattr(order, name)
        if price is not None and Decimal(str(price)) % step:
            words = "The price does not conform to the minimum price variation for this contract."
            raise OrderRefusal(110, words)


def _look_at_cash(order: Order, setting: Setting) -> None:
    if not order.cash_qty:
        return
    instrument, pays = setting.instrument, setting.kind.pays
    is_fit = pays in {Pays.ANY, Pays.LIMIT} and setting.kind.waits is Waits.FOR_NOTHING
    if instrument is None or instrument.sec_type not in _BY_CASH or not is_fit:
        raise OrderRefusal(10244, "Cash Quantity cannot be used for this order")


def _look_at_time_in_force(order: Order, setting: Setting) -> None:
    tif, kind = order.tif, setting.kind
    is_known = tif in _TIFS
    if tif in _AT_OPENING:
        is_known = kind.waits is Waits.FOR_OPENING
    elif tif in _AT_ONCE:
        is_known = kind.waits not in _AUCTIONS
    if not is_known:
        words = "The TIF (Time In Force) type and the order type combination is invalid"
        raise OrderRefusal(111, f"{words}: {tif}")


def _look_at_times(order: Order, setting: Setting) -> None:
    times = [order.good_after_time, order.good_till_date]
    if order.tif == "GTD" and not order.good_till_date and not order.duration:
        raise OrderRefusal(391, "The time or time-zone entered is invalid.")
    for text in times:
        if text and moment_of(text, setting.zone) is None:
            raise OrderRefusal(391, f"The time or time-zone entered is invalid: {text}")


def _look_at_triggers(order: Order, setting: Setting) -> None:
    if TriggerMethod(order.trigger_method) not in METHODS:
        raise OrderRefusal(146, "Invalid trigger method.")
    for condition in order.conditions:
        flaw = flaw_of(condition, setting.market, setting.zone)
        if flaw is not None:
            raise OrderRefusal(*flaw)
    adjusted = order.adjusted_order_type
    if adjusted in {"", "None"}:
        return
    if adjusted not in _ADJUSTED or setting.kind.waits is not Waits.FOR_STOP:
        raise unsupported(adjusted)
    if order.trigger_price is None:
        raise OrderRefusal(361, "Invalid trigger price.")
    if order.adjusted_stop_price is None:
        raise OrderRefusal(362, "Invalid adjusted stop price.")


def _look_at_ladder(order: Order, _: Setting) -> None:
    """Looks at a scale order; of one that has no field of it nothing is said."""
    first, increment = order.scale_init_level_size, order.scale_price_increment
    following, offset = order.scale_subs_level_size, order.scale_profit_offset
    value, interval = order.scale_price_adjust_value, order.scale_price_adjust_interval
    flaws = {
        417: first is not None and first <= 0,
        419: not first and increment is not None,
        408: (first is not None and increment is None)
        or (increment is not None and increment <= 0),
        410: following is not None and following <= 0,
        418: offset is not None and offset <= 0,
        446: order.scale_auto_reset and offset is None,
        447: interval is not None and value is None,
        448: value is not None and not (interval or 0) > 0,
        433: order.scale_auto_reset and bool(order.fa_group),
    }
    for code, is_there in flaws.items():
        if is_there:
            raise OrderRefusal(code, _LADDER[code])


_LADDER: Final = {
    408: "The price increment of the scale order is invalid.",
    410: "The subsequent component size of the scale order is invalid.",
    417: "The initial component size of the scale order is invalid.",
    418: "The profit offset of the scale order is invalid.",
    419: "The initial component size of the scale order is missing.",
    433: "Invalid 'Restore size after taking profit' for multiple account allocation scale order.",
    446: "The profit offset of the scale order is missing.",
    447: "The price adjustment of the scale order is missing.",
    448: "The interval of the scale order's price adjustment is invalid.",
}
"""What TWS says of a ladder, in words of ours where IB's are not published in full."""


def _look_at_the_rest(order: Order, setting: Setting) -> None:
    if order.oca_type not in _OCA_TYPES:
        raise OrderRefusal(10324, "Invalid OCA handling: OCA type is 1, 2 or 3.")
    known = {instrument.con_id for instrument in setting.market.instruments}
    if setting.kind.pays is Pays.BENCHMARK and order.reference_contract_id not in known:
        raise OrderRefusal(200, "No security definition has been found for the reference contract")
    if order.what_if and not order.transmit:
        raise OrderRefusal(
            321, "Error validating request.-'bQ' : cause - What-If orders must be transmitted"
        )


_LOOKS: Final[tuple[Callable[[Order, Setting], None], ...]] = (
    _look_at_action,
    _look_at_kind,
    _look_at_what_it_needs,
    _look_at_cash,
    _look_at_size,
    _look_at_time_in_force,
    _look_at_prices,
    _look_at_times,
    _look_at_triggers,
    _look_at_ladder,
    _look_at_the_rest,
)


def check_change(former: Order, order: Order, filled: Decimal) -> None:
    """Looks at what a change of a working order changes.

    Raises:
        OrderRefusal: It can't be changed; the order stays as it is.
    """
    if former.action != order.action:
        raise OrderRefusal(105, "Order being modified does not match original order.")
    if former.parent_id != order.parent_id:
        raise OrderRefusal(10341, "Parent order ID cannot be changed.")
    if former.oca_group != order.oca_group:
        raise OrderRefusal(10326, "OCA group revision is not allowed.")
    if order.oca_group and former.oca_type != order.oca_type:
        raise OrderRefusal(10327, "OCA type revision is not allowed.")
    if order.cash_qty and former.cash_qty != order.cash_qty:
        raise OrderRefusal(10241, "Cash quantity order cannot be modified.")
    if (order.total_quantity or _ZERO) < filled:
        raise OrderRefusal(201, f"Order rejected - reason:{filled} have been filled already")
