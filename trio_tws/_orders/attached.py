"""Orders with a profit, a loss or a hedge attached."""

from enum import StrEnum
from itertools import pairwise
from typing import Final, Literal, Unpack

from trio_tws._model.contracts import Contract
from trio_tws._model.orders import Order
from trio_tws._orders.groups import GroupedOrder, OrderGroup, attach
from trio_tws._orders.numbers import finite, positive, whole
from trio_tws._orders.options import Action, OrderOptions, complete
from trio_tws._orders.times_in_force import TimeInForce
from trio_tws._wire import evolve

_LASTING: Final = (TimeInForce.DAY, TimeInForce.GTC, TimeInForce.GTD, TimeInForce.DTC)
"""What an exit takes over from its entry; the others end before there is anything to exit."""

_AT_LIMIT: Final = ("LMT", "LOC", "LIT")
"""Orders that mean to fill at their limit price; of others it is no more than a cap."""


def bracket(
    entry: Order,
    *,
    take_profit: float | Order | None = None,
    stop_loss: float | Order | None = None,
) -> OrderGroup:
    """Attaches a profit and a loss to an order; when one of them is filled the other is cancelled.

    A price makes a limit order of the take profit, and a stop of the stop loss: for the same
    quantity, on the other side, with the entry's account, order_ref, outside_rth and tif (DAY where
    that is over at once). An order of any other kind is taken as it is.

    Args:
        entry: What opens the position.
        take_profit: The price at which it is closed with a profit.
        stop_loss: The price at which it is closed with a loss.

    Returns:
        The entry, the take profit, the stop loss; without one that is None.

    Raises:
        ValueError: Both are None, the entry has no quantity to close, an order is on the side of
            the entry, or the prices are not in line: stop loss, entry, take profit for one that
            buys, the other way round for one that sells; attach() takes them in any order.
    """
    if take_profit is None and stop_loss is None:
        raise ValueError("bracket() needs a take_profit, a stop_loss or both")
    if not entry.total_quantity:
        raise ValueError(f"total_quantity={entry.total_quantity!r} can't be closed; give a number")
    _check_line(entry, take_profit, stop_loss)
    exits: list[Order] = []
    if take_profit is not None:
        exits.append(_exit(entry, "take_profit", "LMT", take_profit))
    if stop_loss is not None:
        exits.append(_exit(entry, "stop_loss", "STP", stop_loss))
    return attach(entry, *exits)


def _check_line(
    entry: Order, take_profit: float | Order | None, stop_loss: float | Order | None
) -> None:
    """Refuses prices at which a profit is a loss."""
    limit = entry.lmt_price if entry.order_type in _AT_LIMIT else None
    line = {
        "stop_loss": stop_loss.aux_price if isinstance(stop_loss, Order) else stop_loss,
        "the entry's limit price": limit,
        "take_profit": take_profit.lmt_price if isinstance(take_profit, Order) else take_profit,
    }
    if isinstance(stop_loss, Order) and stop_loss.order_type not in ("STP", "STP LMT"):
        line["stop_loss"] = None  # of a trailing stop it is a distance
    known = [(name, price) for name, price in line.items() if price is not None]
    rises = entry.action == "BUY"
    for (lower_name, lower), (upper_name, upper) in pairwise(known):
        if (lower < upper) is not rises or lower == upper:
            relation = "below" if rises else "above"
            raise ValueError(
                f"{lower_name}={lower!r} is not {relation} {upper_name}={upper!r}, as it is when"
                f" the entry's action is {entry.action}"
            )


def _exit(entry: Order, name: str, order_type: str, price: float | Order) -> Order:
    side = "SELL" if entry.action == "BUY" else "BUY"
    if isinstance(price, Order):
        if price.action == entry.action:
            raise ValueError(f"{name} has action={price.action!r}, as the entry; it closes")
        return price
    at = finite(name, price)
    lasts = entry.tif in _LASTING
    return Order(
        action=side,
        order_type=order_type,
        total_quantity=entry.total_quantity,
        lmt_price=at if order_type == "LMT" else None,
        aux_price=at if order_type == "STP" else None,
        tif=entry.tif if lasts else TimeInForce.DAY.value,
        good_till_date=entry.good_till_date if lasts else "",
        outside_rth=entry.outside_rth,
        order_ref=entry.order_ref,
        account=entry.account,
        model_code=entry.model_code,
        fa_group=entry.fa_group,
        fa_method=entry.fa_method,
        fa_percentage=entry.fa_percentage,
        transmit=entry.transmit,
    )


class HedgeType(StrEnum):
    """What an attached order hedges.

    Source: IB's class Order, hedgeType.
    """

    DELTA = "D"
    """The delta of an option, with its underlying."""
    BETA = "B"
    """The market, by a beta."""
    FX = "F"
    """The currency of the contract."""
    PAIR = "P"
    """The contract, with another one, by a ratio."""


def hedge(
    parent: Order,
    contract: Contract,
    hedge_type: HedgeType | Literal["D", "B", "F", "P"],
    action: Action,
    hedge_param: float | None = None,
    *,
    hedge_max_size: int | None = None,
    **options: Unpack[OrderOptions],
) -> OrderGroup:
    """Attaches a market order that hedges what an order fills.

    It has no quantity of its own: TWS computes that from the fills.

    Args:
        parent: What is hedged.
        contract: What the hedge trades: a currency pair, a stock, an underlying.
        hedge_type: What is hedged of it.
        action: The side of the hedge.
        hedge_param: The beta of a beta hedge, or the ratio of a pair; others have none.
        hedge_max_size: The most that the hedge may trade; needs server version 223.
        **options: Of the hedge; see `OrderOptions`.

    Returns:
        The parent, and the hedge with its contract.

    Raises:
        ValueError: A beta or a pair has no hedge_param, or another hedge has one, or something
            can't be right.
    """
    kind = HedgeType(hedge_type)
    needs_param = kind in (HedgeType.BETA, HedgeType.PAIR)
    if needs_param is not (hedge_param is not None):
        has = "needs one" if needs_param else "has none"
        raise ValueError(f"hedge_param={hedge_param!r}: a hedge of type {kind.value} {has}")
    param = "" if hedge_param is None else str(positive("hedge_param", hedge_param))
    size = None if hedge_max_size is None else whole("hedge_max_size", hedge_max_size)
    order = complete(Order(order_type="MKT"), action, None, options)
    order = evolve(order, hedge_type=kind.value, hedge_param=param, hedge_max_size=size)
    return attach(parent, GroupedOrder(order, contract=contract))
