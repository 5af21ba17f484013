"""Orders whose price follows another one: the bid, the ask, the midpoint, a stock, a benchmark.

Source: IB's page "Order Types", in the documentation of the TWS API.
"""

# ruff: noqa: N802 - functions named like classes, as in plain_orders

import math
from typing import Final, Unpack

from trio_tws._model.orders import Order
from trio_tws._orders.numbers import (
    below,
    exactly_one,
    finite,
    finite_or_none,
    not_negative,
    positive,
    price_range,
    whole,
)
from trio_tws._orders.options import Action, OrderOptions, complete
from trio_tws._orders.quantities import Quantity

_RANGE: Final = "stock_range_lower, stock_range_upper"

UP_TO_MIDPOINT: Final = math.inf
"""The offset of a `PeggedToBestOrder` that competes up to the midpoint."""


def PeggedToMarketOrder(
    action: Action,
    quantity: Quantity,
    offset: float = 0.0,
    *,
    limit_price: float | None = None,
    **options: Unpack[OrderOptions],
) -> Order:
    """Describes an order that follows the other side of the market: buys at the ask.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        offset: How far from it, on the passive side.
        limit_price: The worst price; None for any.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    return complete(_with_offset("PEG MKT", offset, limit_price), action, quantity, options)


def PeggedToMidpointOrder(
    action: Action,
    quantity: Quantity,
    offset: float = 0.0,
    *,
    limit_price: float | None = None,
    min_trade_qty: int | None = None,
    mid_offset_at_whole: float | None = None,
    mid_offset_at_half: float | None = None,
    **options: Unpack[OrderOptions],
) -> Order:
    """Describes an order that follows the midpoint between bid and ask.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        offset: How far from it, on the passive side.
        limit_price: The worst price; None for any.
        min_trade_qty: The least that a trade may be. This and the next two are for IBKRATS, with
            ``not_held``, since server version 170.
        mid_offset_at_whole: The offset where the midpoint is a price that can be quoted …
        mid_offset_at_half: … and where it is between two of them.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    order = Order(
        order_type="PEG MID",
        aux_price=not_negative("offset", offset),
        lmt_price=finite_or_none("limit_price", limit_price),
        min_trade_qty=None if min_trade_qty is None else whole("min_trade_qty", min_trade_qty),
        mid_offset_at_whole=finite_or_none("mid_offset_at_whole", mid_offset_at_whole),
        mid_offset_at_half=finite_or_none("mid_offset_at_half", mid_offset_at_half),
    )
    return complete(order, action, quantity, options)


def PeggedToBestOrder(
    action: Action,
    quantity: Quantity,
    *,
    limit_price: float | None = None,
    compete_against_best_offset: float | None = None,
    min_trade_qty: int | None = None,
    min_compete_size: int | None = None,
    mid_offset_at_whole: float | None = None,
    mid_offset_at_half: float | None = None,
    **options: Unpack[OrderOptions],
) -> Order:
    """Describes an order that outbids the best bid or ask; for IBKRATS, with ``not_held``.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        limit_price: The worst price; None for any.
        compete_against_best_offset: By how much it outbids: `UP_TO_MIDPOINT` for as far as that.
        min_trade_qty: The least that a trade may be.
        min_compete_size: The least size to compete against.
        mid_offset_at_whole: Up to the midpoint: the offset where that can be quoted …
        mid_offset_at_half: … and where it is between two prices that can.
        **options: See `OrderOptions`.

    Raises:
        ValueError: An offset from the midpoint is given and the order does not go up to it, or
            something can't be right.
    """
    offset = compete_against_best_offset
    is_up_to_midpoint = offset == UP_TO_MIDPOINT
    if offset is not None and not is_up_to_midpoint:
        positive("compete_against_best_offset", offset)
    if not is_up_to_midpoint and (mid_offset_at_whole, mid_offset_at_half) != (None, None):
        raise ValueError(
            f"mid_offset_at_whole={mid_offset_at_whole!r} and"
            f" mid_offset_at_half={mid_offset_at_half!r} need"
            " compete_against_best_offset=UP_TO_MIDPOINT"
        )
    order = Order(
        order_type="PEG BEST",
        lmt_price=finite_or_none("limit_price", limit_price),
        compete_against_best_offset=offset,
        min_trade_qty=None if min_trade_qty is None else whole("min_trade_qty", min_trade_qty),
        min_compete_size=(
            None if min_compete_size is None else whole("min_compete_size", min_compete_size)
        ),
        mid_offset_at_whole=finite_or_none("mid_offset_at_whole", mid_offset_at_whole),
        mid_offset_at_half=finite_or_none("mid_offset_at_half", mid_offset_at_half),
    )
    return complete(order, action, quantity, options)


def PeggedToStockOrder(
    action: Action,
    quantity: Quantity,
    *,
    delta: float,
    starting_price: float,
    stock_ref_price: float | None = None,
    stock_range_lower: float | None = None,
    stock_range_upper: float | None = None,
    **options: Unpack[OrderOptions],
) -> Order:
    """Describes an order for an option whose price follows its stock, by a delta.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        delta: How much the price moves with the stock's, from 0 to 1.
        starting_price: The option's price at the start.
        stock_ref_price: The stock's price at the start; None for the market's.
        stock_range_lower: It is cancelled when the stock's price falls below this …
        stock_range_upper: … or rises above this.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    if not 0 <= delta <= 1:
        raise ValueError(f"delta={delta!r} is not from 0 to 1; action says on which side it is")
    low, high = price_range(_RANGE, stock_range_lower, stock_range_upper)
    order = Order(
        order_type="PEG STK",
        delta=float(delta),
        starting_price=positive("starting_price", starting_price),
        stock_ref_price=finite_or_none("stock_ref_price", stock_ref_price),
        stock_range_lower=low,
        stock_range_upper=high,
    )
    return complete(order, action, quantity, options)


def PeggedToBenchmarkOrder(
    action: Action,
    quantity: Quantity,
    *,
    starting_price: float,
    reference_contract_id: int,
    reference_exchange_id: str,
    reference_change_amount: float,
    pegged_change_amount: float,
    is_pegged_change_amount_decrease: bool = False,
    stock_ref_price: float | None = None,
    stock_range_lower: float | None = None,
    stock_range_upper: float | None = None,
    **options: Unpack[OrderOptions],
) -> Order:
    """Describes an order whose price follows that of any other contract, its benchmark.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        starting_price: Its price at the start.
        reference_contract_id: The con_id of the benchmark.
        reference_exchange_id: Where the benchmark trades.
        reference_change_amount: For each move of the benchmark's price by this …
        pegged_change_amount: … the price moves by this.
        is_pegged_change_amount_decrease: It moves the other way.
        stock_ref_price: The benchmark's price at the start; None for the market's.
        stock_range_lower: It is cancelled when the benchmark's price falls below this …
        stock_range_upper: … or rises above this.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    low, high = price_range(_RANGE, stock_range_lower, stock_range_upper)
    if not reference_exchange_id:
        raise ValueError("reference_exchange_id='' is no exchange; name the benchmark's")
    order = Order(
        order_type="PEG BENCH",
        starting_price=finite("starting_price", starting_price),
        reference_contract_id=whole("reference_contract_id", reference_contract_id),
        reference_exchange_id=reference_exchange_id,
        reference_change_amount=positive("reference_change_amount", reference_change_amount),
        pegged_change_amount=positive("pegged_change_amount", pegged_change_amount),
        is_pegged_change_amount_decrease=is_pegged_change_amount_decrease,
        stock_ref_price=finite_or_none("stock_ref_price", stock_ref_price),
        stock_range_lower=low,
        stock_range_upper=high,
    )
    return complete(order, action, quantity, options)


def RelativeOrder(
    action: Action,
    quantity: Quantity,
    offset: float | None = None,
    *,
    percent_offset: float | None = None,
    limit_price: float | None = None,
    **options: Unpack[OrderOptions],
) -> Order:
    """Describes an order that stays ahead of its side of the market: pegged to primary.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        offset: By how much it is better than the best bid or ask; 0 joins it …
        percent_offset: … or that as a fraction of the price: 0.01 for one percent.
        limit_price: The worst price; None for any.
        **options: See `OrderOptions`.

    Raises:
        ValueError: There is not exactly one offset, or something can't be right.
    """
    exactly_one("a relative order", offset=offset, percent_offset=percent_offset)
    order = Order(
        order_type="REL",
        aux_price=None if offset is None else not_negative("offset", offset),
        percent_offset=None
        if percent_offset is None
        else below("percent_offset", percent_offset, 1),
        lmt_price=finite_or_none("limit_price", limit_price),
    )
    return complete(order, action, quantity, options)


def PassiveRelativeOrder(
    action: Action,
    quantity: Quantity,
    offset: float = 0.0,
    *,
    limit_price: float | None = None,
    **options: Unpack[OrderOptions],
) -> Order:
    """Describes an order that stays behind its side of the market.

    Args:
        action: BUY, SELL or SSHORT.
        quantity: How much.
        offset: By how much it is worse than the best bid or ask.
        limit_price: The worst price; None for any.
        **options: See `OrderOptions`.

    Raises:
        ValueError: Something can't be right.
    """
    return complete(_with_offset("PASSV REL", offset, limit_price), action, quantity, options)


def _with_offset(order_type: str, offset: float, limit_price: float | None) -> Order:
    return Order(
        order_type=order_type,
        aux_price=not_negative("offset", offset),
        lmt_price=finite_or_none("limit_price", limit_price),
    )
