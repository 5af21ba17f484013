"""Which price brings a stop to life, and how far a trailing stop has come.

The price that counts is IB's: the last one, for options, pairs and combinations the bid or ask
twice in a row, or what the order's trigger_method says. A stop that waits for a rise looks at the
bid, one that waits for a fall at the ask, so that a wide market alone sets nothing off.
"""

from __future__ import annotations

from typing import Final

from trio_tws._enums import SecType, TriggerMethod
from trio_tws._model.orders import Order
from trio_tws._wire import evolve
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market import Market
from trio_tws.testing._order_views import Leg, View, view_of
from trio_tws.testing._shapes import Series

_BY_QUOTES: Final = frozenset({SecType.OPTION, SecType.FOREX, SecType.COMBO})
_TWICE: Final = frozenset({TriggerMethod.DOUBLE_BID_ASK, TriggerMethod.DOUBLE_LAST})
_LAST: Final = frozenset(
    {TriggerMethod.LAST, TriggerMethod.DOUBLE_LAST, TriggerMethod.LAST_OR_BID_ASK}
)

METHODS: Final = frozenset(TriggerMethod)
"""All that TWS knows; another is refused with 146."""


def default_method(sec_type: SecType) -> TriggerMethod:
    """Gives what TriggerMethod.DEFAULT means for a kind of instrument."""
    return TriggerMethod.DOUBLE_BID_ASK if sec_type in _BY_QUOTES else TriggerMethod.LAST


def reference(
    market: Market, legs: tuple[Leg, ...], now: float, method: TriggerMethod, *, is_up: bool
) -> float | None:
    """Gives the price that counts for what waits for a rise, or for a fall; None without one.

    What waits for a rise to a level has it when this price is there or above.
    """
    view = view_of(market, legs, now)
    prices = _prices(view, method, is_up)
    if method in _TWICE:
        # Both have to be there: for a rise the lower of the two counts.
        prices += _prices(view_of(market, legs, view.since - 1), method, is_up)
        return (min if is_up else max)(prices, default=None)
    return (max if is_up else min)(prices, default=None)


def _prices(view: View, method: TriggerMethod, is_up: bool) -> list[float]:
    if method is TriggerMethod.MIDPOINT:
        return [] if view.middle is None else [view.middle]
    quoted = view.bid if is_up else view.ask
    found = [view.last] if method in _LAST else [quoted]
    if method is TriggerMethod.LAST_OR_BID_ASK:
        found.append(quoted)
    # Where there are no trades, or no quotes, the others have to do.
    known = [price for price in found if price is not None]
    return known or [price for price in (view.last, quoted) if price is not None]


def series_of(instrument: Instrument, method: TriggerMethod, *, is_up: bool) -> list[Series]:
    """Gives the series out of which that price comes, whenever the instrument is traded."""
    quoted: Series = "BID" if is_up else "ASK"
    if not instrument.has_quotes:
        return ["TRADES"]
    if method is TriggerMethod.MIDPOINT:
        return ["MIDPOINT"]
    if method not in _LAST or not instrument.has_trades:
        return [quoted]
    return ["TRADES", quoted] if method is TriggerMethod.LAST_OR_BID_ASK else ["TRADES"]


def is_reached(price: float | None, level: float, *, is_up: bool) -> bool:
    """Tells whether a price has come to a level, rising or falling."""
    return price is not None and (price >= level if is_up else price <= level)


def trailed(order: Order, stop: float | None, price: float, *, is_buy: bool) -> float:
    """Gives where a trailing stop is now: it follows the price, and never goes back.

    Args:
        order: The order, which says how far behind it stays.
        stop: Where it was; None if it has been nowhere yet.
        price: The price it follows.
        is_buy: Whether it waits above a falling price, or below a rising one.
    """
    if order.trailing_percent is not None:
        distance = price * order.trailing_percent / 100
    else:
        distance = order.aux_price or 0.0
    wanted = price + distance if is_buy else price - distance
    if stop is None:
        return wanted
    return min(stop, wanted) if is_buy else max(stop, wanted)


def adjusted(order: Order) -> Order:
    """Gives what a stop turns into when its trigger_price is reached: its adjusted order."""
    stop, limit = order.adjusted_stop_price, order.adjusted_stop_limit_price
    changes: dict[str, object] = {
        "order_type": order.adjusted_order_type,
        "adjusted_order_type": "",
        "trigger_price": None,
    }
    if order.adjusted_order_type.startswith("TRAIL"):
        is_percent = bool(order.adjustable_trailing_unit)
        amount = order.adjusted_trailing_amount
        changes |= {
            "trail_stop_price": stop,
            "trailing_percent": amount if is_percent else None,
            "aux_price": None if is_percent else amount,
        }
        if stop is not None and limit is not None:
            changes["lmt_price_offset"] = abs(stop - limit)
    else:
        changes |= {"aux_price": stop, "lmt_price": limit}
    return evolve(order, **changes)
