"""Whom an adviser's order for a group is divided among, and how: by the method of the group.

Three methods say how much each account gets, and so how much is ordered in all: sizes, money, and a
change of what is held. The others divide what is ordered by weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, final

import attrs

from trio_tws._model.orders import Order
from trio_tws.testing._alloc_groups import Group, Member, groups_in
from trio_tws.testing._alloc_shares import Part
from trio_tws.testing._books import Books
from trio_tws.testing._holdings import unit_value
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._order_checks import OrderRefusal

_ZERO = Decimal(0)
_ALL: Final = Decimal(100)


class Method(StrEnum):
    """How an order is divided among the accounts of a group."""

    EQUAL = "Equal"
    NET_LIQUIDATION = "NetLiq"
    AVAILABLE_EQUITY = "AvailableEquity"
    PERCENT = "Percent"
    RATIO = "Ratio"
    CONTRACTS_OR_SHARES = "ContractsOrShares"
    MONETARY_AMOUNT = "MonetaryAmount"
    PERCENT_CHANGE = "PctChange"


SIZED: Final = frozenset(
    {Method.CONTRACTS_OR_SHARES, Method.MONETARY_AMOUNT, Method.PERCENT_CHANGE}
)
"""Those that say how much is ordered; the weights of the parts are their sizes then."""

_SPELLINGS: Final[Mapping[str, Method]] = {"EqualQuantity": Method.EQUAL}
"""IB's older names."""


@final
@attrs.frozen
class Asked:
    """An order for a group, and what its division depends on."""

    order: Order
    instrument: Instrument | None
    """None for a combination, of which no account has a position and no money is the price."""
    price: float
    """What one of it costs, about."""
    books: Books
    now: float


def parts_of(asked: Asked, groups: str) -> tuple[Method, tuple[Part, ...]]:
    """Gives how an order is divided, and among whom.

    Args:
        asked: The order.
        groups: The document about groups.

    Raises:
        OrderRefusal: There is no such group (436) or method (321), the accounts of the group have
            no amounts for it (333), a percentage is wrong (10012), nothing can be divided by
            (201), or the size is not the sum of those of the accounts (144, 10294).
    """
    order = asked.order
    group = next((one for one in groups_in(groups) if one.name == order.fa_group), None)
    if group is None or not group.members:
        words = "You must specify an allocation (either a single account, group, or profile)."
        raise OrderRefusal(436, words)
    name = order.fa_method or group.method
    try:
        method = _SPELLINGS.get(name) or Method(name)
    except ValueError:
        words = f"Error validating request.-'bQ' : cause - Invalid allocation method '{name}'"
        raise OrderRefusal(321, words) from None
    weights = [_WEIGHTS[method](asked, member) for member in group.members]
    parts = tuple(
        Part(member.account, weight)
        for member, weight in zip(group.members, weights, strict=True)
        if weight
    )
    _check(method, asked, group, sum(weights, _ZERO))
    return method, parts


def _check(method: Method, asked: Asked, group: Group, total: Decimal) -> None:
    order, size = asked.order, asked.order.total_quantity
    if method is Method.PERCENT and total != _ALL:
        raise OrderRefusal(10012, f"Invalid percentages: those of {group.name} add up to {total}.")
    if not total:
        if method in SIZED:
            raise OrderRefusal(434, "The order size cannot be zero.")
        raise OrderRefusal(201, "Order rejected - reason:No account can take part of it.")
    if method is Method.CONTRACTS_OR_SHARES and size and size != total:
        raise OrderRefusal(144, "Order size does not match total share allocation.")
    if method is Method.MONETARY_AMOUNT and order.cash_qty:
        money = sum((_amount(asked, member) for member in group.members), _ZERO)
        if money != Decimal(str(order.cash_qty)):
            raise OrderRefusal(10294, "Cash quantity does not match that of the group.")


def _amount(_: Asked, member: Member) -> Decimal:
    if member.amount is None:
        raise OrderRefusal(333, "Invalid share allocation: an account of the group has no amount.")
    return member.amount


def _units(asked: Asked, member: Member) -> Decimal:
    """Gives how much the money of an account buys, which is in the currency of the contract."""
    instrument = asked.instrument
    if instrument is None:
        raise OrderRefusal(10244, "Cash Quantity cannot be used for this order")
    each = unit_value(instrument, asked.price)
    step = instrument.size_increment
    return _amount(asked, member) / each // step * step


def _net_liquidation(asked: Asked, member: Member) -> Decimal:
    return max(_ZERO, asked.books.worth(member.account, asked.now).net_liquidation)


def _available(asked: Asked, member: Member) -> Decimal:
    equity = asked.books.worth(member.account, asked.now).equity_with_loan
    return max(_ZERO, equity - asked.books.margin(member.account, asked.now).initial)


def _change(asked: Asked, member: Member) -> Decimal:
    """Gives a share of what an account holds, if the order changes it the way that is asked for.

    What is long is made larger by a purchase of a positive percentage, and smaller by a sale of a
    negative one; what is short the other way round.
    """
    try:
        percent = Decimal(asked.order.fa_percentage)
    except InvalidOperation:
        percent = Decimal("nan")
    if not percent.is_finite() or not percent:
        raise OrderRefusal(10012, f"Invalid allocation percentage '{asked.order.fa_percentage}'")
    if asked.instrument is None:
        return _ZERO
    held = asked.books.position(member.account, asked.instrument.con_id)
    grows = (held > 0) is (asked.order.action == "BUY")
    if not held or grows is not (percent > 0):
        return _ZERO
    step = asked.instrument.size_increment
    return abs(held * percent) / _ALL // step * step


_WEIGHTS: Final[Mapping[Method, Callable[[Asked, Member], Decimal]]] = {
    Method.EQUAL: lambda _asked, _member: Decimal(1),
    Method.NET_LIQUIDATION: _net_liquidation,
    Method.AVAILABLE_EQUITY: _available,
    Method.PERCENT: _amount,
    Method.RATIO: _amount,
    Method.CONTRACTS_OR_SHARES: _amount,
    Method.MONETARY_AMOUNT: _units,
    Method.PERCENT_CHANGE: _change,
}
