"""Orders that wait for the price to turn against them, or that follow it.

Source: IB's pages "Order Types" and "Adjustable Stops", in the documentation of the TWS API.
"""

# ruff: noqa: N802 - functions named like classes, as in plain_orders

from typing import Final, Unpack

from trio_tws._model.orders import Order
from trio_tws._orders.numbers import below, exactly_one, finite, finite_or_none, positive
from trio_tws._orders.options import Action, OrderOptions, complete
from trio_tws._orders.quantities import Quantity
from trio_tws._wire import evolve

_ALL: Final = 100
_STOPS: Final = ("STP", "STP LMT", "TRAIL", "TRAIL LIMIT")
_IN_PERCENT: Final = 100
"""The adjustable_trailing_unit for a trailing percentage; 0 is for an amount."""


def StopOrder(
    action: Action, quantity: Quantity, stop_price: float, **options: Unpack[OrderOptions]
) -> Order:
    """Describes a market order that waits for a worse price: buys above, sells below the market.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        stop_price: The price that releases it.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    stop = finite("stop_price", stop_price)
    return complete(Order(order_type="STP", aux_price=stop), action, quantity, options)


def StopLimitOrder(
    action: Action,
    quantity: Quantity,
    stop_price: float,
    limit_price: float,
    **options: Unpack[OrderOptions],
) -> Order:
    """Describes a limit order that waits for a worse price: buys above, sells below the market.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        stop_price: The price that releases it.
        limit_price: The worst price, from then on.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    stop, limit = finite("stop_price", stop_price), finite("limit_price", limit_price)
    order = Order(order_type="STP LMT", aux_price=stop, lmt_price=limit)
    return complete(order, action, quantity, options)


def StopWithProtectionOrder(
    action: Action, quantity: Quantity, stop_price: float, **options: Unpack[OrderOptions]
) -> Order:
    """Describes a stop that becomes a market order with protection; for futures.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        stop_price: The price that releases it.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    stop = finite("stop_price", stop_price)
    return complete(Order(order_type="STP PRT", aux_price=stop), action, quantity, options)


def TrailingStopOrder(
    action: Action,
    quantity: Quantity,
    *,
    trailing_amount: float | None = None,
    trailing_percent: float | None = None,
    stop_price: float | None = None,
    **options: Unpack[OrderOptions],
) -> Order:
    """Describes a stop that follows the market at a distance, and stays where it turns.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        trailing_amount: The distance, in the contract's currency …
        trailing_percent: … or in percent of the price.
        stop_price: Where it starts; None for the distance from the market.
        **options: See `OrderOptions`.

    Raises:
        ValueError: There is not exactly one distance, or something can't be right.
    """
    order = _trailing("TRAIL", trailing_amount, trailing_percent, stop_price)
    return complete(order, action, quantity, options)


def TrailingStopLimitOrder(
    action: Action,
    quantity: Quantity,
    *,
    trailing_amount: float | None = None,
    trailing_percent: float | None = None,
    stop_price: float | None = None,
    limit_price: float | None = None,
    limit_price_offset: float | None = None,
    **options: Unpack[OrderOptions],
) -> Order:
    """Describes a trailing stop that becomes a limit order, whose limit follows the market too.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        trailing_amount: The distance, in the contract's currency …
        trailing_percent: … or in percent of the price.
        stop_price: Where it starts; None for the distance from the market.
        limit_price: Where the limit starts …
        limit_price_offset: … or how far beyond the stop price it is.
        **options: See `OrderOptions`.

    Raises:
        ValueError: There is not exactly one distance, or not exactly one limit, or something can't
            be right.
    """
    exactly_one("a trailing limit", limit_price=limit_price, limit_price_offset=limit_price_offset)
    order = evolve(
        _trailing("TRAIL LIMIT", trailing_amount, trailing_percent, stop_price),
        lmt_price=finite_or_none("limit_price", limit_price),
        lmt_price_offset=finite_or_none("limit_price_offset", limit_price_offset),
    )
    return complete(order, action, quantity, options)


def _trailing(
    order_type: str, amount: float | None, percent: float | None, stop_price: float | None
) -> Order:
    exactly_one("a trailing stop", trailing_amount=amount, trailing_percent=percent)
    return Order(
        order_type=order_type,
        aux_price=None if amount is None else positive("trailing_amount", amount),
        trailing_percent=None if percent is None else below("trailing_percent", percent, _ALL),
        trail_stop_price=finite_or_none("stop_price", stop_price),
    )


def adjusted(
    order: Order,
    trigger_price: float,
    *,
    stop_price: float,
    limit_price: float | None = None,
    trailing_amount: float | None = None,
    trailing_percent: float | None = None,
) -> Order:
    """Gives a stop that turns, once, into another stop when the market reaches a price.

    What it turns into is told by what is given: a stop, a stop limit with a limit price, a trailing
    stop with a distance, a trailing limit with both.

    Args:
        order: A stop of any kind.
        trigger_price: The price at which it turns.
        stop_price: Its stop price from then on.
        limit_price: Its limit price from then on.
        trailing_amount: The distance at which it trails, in the contract's currency …
        trailing_percent: … or in percent of the price.

    Raises:
        ValueError: The order is no stop, both distances are given, or something can't be right.
    """
    if order.order_type not in _STOPS:
        raise ValueError(f"order_type={order.order_type!r} is no stop: one of {', '.join(_STOPS)}")
    trails = trailing_amount is not None or trailing_percent is not None
    trail = _trailing("TRAIL", trailing_amount, trailing_percent, None) if trails else Order()
    return evolve(
        order,
        trigger_price=finite("trigger_price", trigger_price),
        adjusted_order_type=_STOPS[2 * trails + (limit_price is not None)],
        adjusted_stop_price=finite("stop_price", stop_price),
        adjusted_stop_limit_price=finite_or_none("limit_price", limit_price),
        adjusted_trailing_amount=(
            trail.aux_price if trailing_percent is None else trail.trailing_percent
        ),
        adjustable_trailing_unit=0 if trailing_percent is None else _IN_PERCENT,
    )
