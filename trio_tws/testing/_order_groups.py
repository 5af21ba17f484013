"""What the fill of an order does to others: those of its group, and those attached to it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from trio_tws.testing._market import Market
from trio_tws.testing._order_booked import BookedOrder

CANCELS: Final = 1
"""The type of a group of which the first fill ends the others."""

_REDUCES: Final = 3


def reduced_total(booked: BookedOrder, rival: BookedOrder, quantity: Decimal) -> Decimal:
    """Gives how much a rival wants in all after a fill of an order; what it has if it is to end.

    With type 1 it ends. With 2 and 3 it loses the share that the fill was of what the order still
    wanted; the market here is not fast enough for the difference between these two.
    """
    kind = booked.order.oca_type if booked.group is not None else _REDUCES
    if kind == CANCELS or not booked.remaining:
        return rival.filled
    before = booked.remaining + quantity
    instrument = rival.draft.instrument
    step = Decimal(1) if instrument is None else instrument.size_increment
    return rival.filled + rival.remaining * booked.remaining / before // step * step


def hedge_size(
    child: BookedOrder, parent: BookedOrder, market: Market, now: float
) -> Decimal | None:
    """Gives the size of a hedge once its parent has filled; None for what keeps its own.

    D hedges the delta that hedge_param gives as a number (1 if it is empty), B the parent's value
    by beta, F its value in the currency that it is quoted in, P by a ratio of units.
    """
    kind, instrument = child.order.hedge_type, parent.draft.instrument
    if not kind or instrument is None or child.draft.instrument is None:
        return None
    units = parent.filled * Decimal(instrument.multiplier or 1)
    value = units * Decimal(str(parent.average))
    param = Decimal(child.order.hedge_param or 1)
    own = child.draft.instrument
    match kind:
        case "P":
            size = parent.filled * param
        case "F":
            size = value
        case "B":
            price = Decimal(str(market.price(own.con_id, now)))
            size = value * param / (price * Decimal(own.multiplier or 1))
        case _:
            size = units * abs(param)
    return size // own.size_increment * own.size_increment
