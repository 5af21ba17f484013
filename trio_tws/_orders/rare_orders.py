"""Orders with a price in volatility, and orders in steps.

Source: IB's pages "Order Types" and "Scale Orders", in the documentation of the TWS API.
"""

# ruff: noqa: N802 - functions named like classes, as in plain_orders

from enum import IntEnum
from typing import Final, Unpack

from trio_tws._model.orders import Order
from trio_tws._orders.numbers import finite, finite_or_none, positive, price_range, whole
from trio_tws._orders.options import Action, OrderOptions, complete
from trio_tws._orders.quantities import Quantity

_RANGE: Final = "stock_range_lower, stock_range_upper"


class VolatilityType(IntEnum):
    """For which time a volatility is.

    Source: IB's class Order, volatilityType.
    """

    DAILY = 1
    ANNUAL = 2


class ReferencePrice(IntEnum):
    """Which price of the underlying an option's price is computed from.

    Source: IB's class Order, referencePriceType.
    """

    AVERAGE = 1
    """Of bid and ask."""
    BID_OR_ASK = 2
    """The bid when a call is bought or a put sold, otherwise the ask."""


def VolatilityOrder(
    action: Action,
    quantity: Quantity,
    volatility: float,
    *,
    volatility_type: VolatilityType = VolatilityType.ANNUAL,
    continuous_update: bool = False,
    reference_price_type: ReferencePrice | None = None,
    stock_range_lower: float | None = None,
    stock_range_upper: float | None = None,
    delta_neutral_order_type: str = "",
    delta_neutral_aux_price: float | None = None,
    delta_neutral_con_id: int = 0,
    **options: Unpack[OrderOptions],
) -> Order:
    """Describes a limit order for an option whose limit is computed from a volatility.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        volatility: In percent: 40 is 40 %.
        volatility_type: For a day or a year.
        continuous_update: The limit follows the underlying.
        reference_price_type: Which price of the underlying; None for TWS's own choice.
        stock_range_lower: It is cancelled when the underlying falls below this …
        stock_range_upper: … or rises above this.
        delta_neutral_order_type: The type of an order that hedges each fill with the underlying;
            empty for none.
        delta_neutral_aux_price: That order's price, where its type has one.
        delta_neutral_con_id: What that order trades, if not the underlying.
        **options: See `OrderOptions`.

    Raises:
        ValueError: The hedging order has a price or a contract and no type, or something can't be
            right.
    """
    low, high = price_range(_RANGE, stock_range_lower, stock_range_upper)
    if not delta_neutral_order_type and (delta_neutral_aux_price, delta_neutral_con_id) != (
        None,
        0,
    ):
        raise ValueError(
            f"delta_neutral_aux_price={delta_neutral_aux_price!r} and"
            f" delta_neutral_con_id={delta_neutral_con_id!r} need a delta_neutral_order_type"
        )
    order = Order(
        order_type="VOL",
        volatility=positive("volatility", volatility),
        volatility_type=VolatilityType(volatility_type).value,
        continuous_update=continuous_update,
        reference_price_type=(
            None if reference_price_type is None else ReferencePrice(reference_price_type).value
        ),
        stock_range_lower=low,
        stock_range_upper=high,
        delta_neutral_order_type=delta_neutral_order_type,
        delta_neutral_aux_price=finite_or_none("delta_neutral_aux_price", delta_neutral_aux_price),
        delta_neutral_con_id=delta_neutral_con_id,
    )
    return complete(order, action, quantity, options)


def ScaleOrder(
    action: Action,
    quantity: Quantity,
    limit_price: float,
    *,
    init_level_size: int,
    price_increment: float,
    subs_level_size: int | None = None,
    price_adjust_value: float | None = None,
    price_adjust_interval: int | None = None,
    profit_offset: float | None = None,
    auto_reset: bool = False,
    init_position: int | None = None,
    init_fill_qty: int | None = None,
    random_percent: bool = False,
    **options: Unpack[OrderOptions],
) -> Order:
    """Describes limit orders in steps: each at a better price than the one before.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much in all.
        limit_price: The price of the first.
        init_level_size: The size of the first.
        price_increment: How far apart the steps are.
        subs_level_size: The size of the others; None for that of the first.
        price_adjust_value: By how much the first price moves …
        price_adjust_interval: … every so many seconds.
        profit_offset: How far from its fill each step is closed at a profit; None for not.
        auto_reset: A step that was closed is placed again.
        init_position: The position at the start.
        init_fill_qty: How much of the first step is filled at the start.
        random_percent: The sizes vary at random by up to 55 %.
        **options: See `OrderOptions`.

    Raises:
        ValueError: The price is to move and it is not said by how much and how often, steps are to
            be placed again and there is no profit, or something can't be right.
    """
    if (price_adjust_value is None) is not (price_adjust_interval is None):
        raise ValueError(
            f"price_adjust_value={price_adjust_value!r} and"
            f" price_adjust_interval={price_adjust_interval!r}: one needs the other"
        )
    if auto_reset and profit_offset is None:
        raise ValueError("auto_reset=True needs a profit_offset: what is not closed can't restart")
    order = Order(
        order_type="LMT",
        lmt_price=finite("limit_price", limit_price),
        scale_init_level_size=whole("init_level_size", init_level_size),
        scale_subs_level_size=_whole_or_none("subs_level_size", subs_level_size),
        scale_price_increment=positive("price_increment", price_increment),
        scale_price_adjust_value=finite_or_none("price_adjust_value", price_adjust_value),
        scale_price_adjust_interval=_whole_or_none("price_adjust_interval", price_adjust_interval),
        scale_profit_offset=(
            None if profit_offset is None else positive("profit_offset", profit_offset)
        ),
        scale_auto_reset=auto_reset,
        scale_init_position=init_position,
        scale_init_fill_qty=_whole_or_none("init_fill_qty", init_fill_qty, least=0),
        scale_random_percent=random_percent,
    )
    return complete(order, action, quantity, options)


def _whole_or_none(name: str, value: int | None, least: int = 1) -> int | None:
    return None if value is None else whole(name, value, least)
