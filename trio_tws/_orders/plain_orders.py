"""Orders at the market and at a limit: now, at the open, at the close, or once a price is touched.

Builders of orders are functions named like classes, because that is what they read like where they
are used. Each fills in an `Order`; none sends anything. What can't be right is a ValueError that
names it. Prices are in the contract's currency, and may be zero or negative where only some
instruments have such prices: TWS knows which.

Source: IB's page "Order Types", in the documentation of the TWS API.
"""

# ruff: noqa: N802 - see above

from typing import Unpack

from trio_tws._model.orders import Order
from trio_tws._orders.numbers import finite, finite_or_none
from trio_tws._orders.options import Action, OrderOptions, complete
from trio_tws._orders.quantities import Quantity
from trio_tws._orders.times_in_force import TimeInForce


def MarketOrder(action: Action, quantity: Quantity, **options: Unpack[OrderOptions]) -> Order:
    """Describes an order that trades at once, at whatever price there is.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much; `Cash` for a sum of money.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    return complete(Order(order_type="MKT"), action, quantity, options)


def LimitOrder(
    action: Action, quantity: Quantity, limit_price: float, **options: Unpack[OrderOptions]
) -> Order:
    """Describes an order that trades at a price, or at a better one.

    Icebergs, hidden, discretionary, block and sweep-to-fill orders are limit orders with the
    option of that name; an iceberg's is ``display_size``.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much; `Cash` for a sum of money.
        limit_price: The worst price; negative for some spreads.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    return _limit("LMT", action, quantity, limit_price, options)


def MarketOnOpenOrder(action: Action, quantity: Quantity, **options: Unpack[OrderOptions]) -> Order:
    """Describes an order that trades at the opening price; tif is OPG.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        **options: See `OrderOptions`; without tif.

    Raises:
        ValueError: Something can't be right.
    """
    opening = Order(order_type="MKT", tif=TimeInForce.OPG.value)
    return complete(opening, action, quantity, options)


def LimitOnOpenOrder(
    action: Action, quantity: Quantity, limit_price: float, **options: Unpack[OrderOptions]
) -> Order:
    """Describes an order that trades at the opening price, if that is no worse; tif is OPG.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        limit_price: The worst price.
        **options: See `OrderOptions`; without tif.

    Raises:
        ValueError: Something can't be right.
    """
    return _limit("LMT", action, quantity, limit_price, options, tif=TimeInForce.OPG)


def MarketOnCloseOrder(
    action: Action, quantity: Quantity, **options: Unpack[OrderOptions]
) -> Order:
    """Describes an order that trades at the closing price.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    return complete(Order(order_type="MOC"), action, quantity, options)


def LimitOnCloseOrder(
    action: Action, quantity: Quantity, limit_price: float, **options: Unpack[OrderOptions]
) -> Order:
    """Describes an order that trades at the closing price, if that is no worse.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        limit_price: The worst price.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    return _limit("LOC", action, quantity, limit_price, options)


def MarketIfTouchedOrder(
    action: Action, quantity: Quantity, trigger_price: float, **options: Unpack[OrderOptions]
) -> Order:
    """Describes a market order that waits for a better price: buys below, sells above the market.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        trigger_price: The price to touch.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    trigger = finite("trigger_price", trigger_price)
    return complete(Order(order_type="MIT", aux_price=trigger), action, quantity, options)


def LimitIfTouchedOrder(
    action: Action,
    quantity: Quantity,
    trigger_price: float,
    limit_price: float,
    **options: Unpack[OrderOptions],
) -> Order:
    """Describes a limit order that waits for a better price: buys below, sells above the market.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        trigger_price: The price to touch.
        limit_price: The worst price, from then on.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    trigger, limit = finite("trigger_price", trigger_price), finite("limit_price", limit_price)
    order = Order(order_type="LIT", aux_price=trigger, lmt_price=limit)
    return complete(order, action, quantity, options)


def MarketToLimitOrder(
    action: Action, quantity: Quantity, **options: Unpack[OrderOptions]
) -> Order:
    """Describes a market order whose rest becomes a limit order at the price of the first fill.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    return complete(Order(order_type="MTL"), action, quantity, options)


def MarketWithProtectionOrder(
    action: Action, quantity: Quantity, **options: Unpack[OrderOptions]
) -> Order:
    """Describes a market order whose rest becomes a limit order near the market; for futures.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    return complete(Order(order_type="MKT PRT"), action, quantity, options)


def MidpriceOrder(
    action: Action,
    quantity: Quantity,
    limit_price: float | None = None,
    **options: Unpack[OrderOptions],
) -> Order:
    """Describes an order that tries for the midpoint between bid and ask, or better.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        limit_price: The worst price; None for any.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    limit = finite_or_none("limit_price", limit_price)
    return complete(Order(order_type="MIDPRICE", lmt_price=limit), action, quantity, options)


def BoxTopOrder(action: Action, quantity: Quantity, **options: Unpack[OrderOptions]) -> Order:
    """Describes an order at the best price of BOX, whose rest becomes a limit order there.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    return complete(Order(order_type="BOX TOP"), action, quantity, options)


def AuctionOrder(
    action: Action, quantity: Quantity, limit_price: float, **options: Unpack[OrderOptions]
) -> Order:
    """Describes an order for the auction before the market opens; tif is AUC.

    What the auction leaves becomes a limit order.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        limit_price: The worst price.
        **options: See `OrderOptions`; without tif.

    Raises:
        ValueError: Something can't be right.
    """
    return _limit("MTL", action, quantity, limit_price, options, tif=TimeInForce.AUC)


def LegLimitOrder(action: Action, quantity: Quantity, **options: Unpack[OrderOptions]) -> Order:
    """Describes a limit order for a combination whose legs have a price each.

    The prices are the contract's: see `trio_tws.with_leg_prices`.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How many combinations.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    return complete(Order(order_type="LMT"), action, quantity, options)


def _limit(
    order_type: str,
    action: Action,
    quantity: Quantity,
    limit_price: float,
    options: OrderOptions,
    *,
    tif: str = "",
) -> Order:
    limit = finite("limit_price", limit_price)
    order = Order(order_type=order_type, lmt_price=limit, tif=str(tif))
    return complete(order, action, quantity, options)
