"""What an order gets at a moment, out of what the market shows then.

An order first takes what is quoted: a buyer pays the ask, which may be less than the limit, and
gets as much as is offered there; the next moment offers more. What its price does not reach rests,
and is filled at its own price when somebody trades there or beyond. What one order takes of a
moment is gone for the next order.
"""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from enum import Enum
from typing import final

import attrs

from trio_tws.testing._order_views import View

_ZERO = Decimal(0)


class Side(Enum):
    """What an order can draw from."""

    BID = "bid"
    ASK = "ask"
    TRADE = "trade"


@final
@attrs.frozen
class Terms:
    """What an order takes at a moment, and at which price."""

    is_buy: bool
    quantity: Decimal
    """The most; positive."""
    limit: float | None = None
    """The worst price; None for any."""
    resting_limit: float | None = None
    """The price at which it rests; None where that is the limit too."""
    least: Decimal = _ZERO
    """It takes nothing that is less than this."""
    rested: bool = False
    """Whether it was on the market before this moment began, so that somebody could trade with
    it."""


@final
@attrs.frozen
class Match:
    """One fill."""

    quantity: Decimal
    price: float
    side: Side
    """What it came from."""

    @property
    def adds_liquidity(self) -> bool:
        """Whether somebody else took what the order had offered."""
        return self.side is Side.TRADE


@final
class Supply:
    """What is left of each moment's quotes and trades."""

    def __init__(self) -> None:
        self._taken: dict[tuple[Hashable, Side], tuple[int, Decimal]] = {}

    def left(self, what: Hashable, side: Side, view: View) -> Decimal:
        """Gives how much nobody has taken yet."""
        since, taken = self._taken.get((what, side), (view.since, _ZERO))
        return _size(view, side) - (taken if since == view.since else _ZERO)

    def take(self, what: Hashable, side: Side, view: View, quantity: Decimal) -> None:
        """Takes some of it."""
        since, taken = self._taken.get((what, side), (view.since, _ZERO))
        before = taken if since == view.since else _ZERO
        self._taken[what, side] = (view.since, before + quantity)


def _size(view: View, side: Side) -> Decimal:
    return {
        Side.BID: view.bid_size,
        Side.ASK: view.ask_size,
        Side.TRADE: view.last_size,
    }[side]


def match(terms: Terms, view: View, supply: Supply, what: Hashable) -> Match | None:
    """Gives what an order gets at this moment, None if nothing; the caller takes it away.

    Args:
        terms: What it wants.
        view: The market.
        supply: What is left of it.
        what: The name of the instrument in the supply.
    """
    side = Side.ASK if terms.is_buy else Side.BID
    price = view.ask if terms.is_buy else view.bid
    if price is not None and _reaches(terms, terms.limit, price):
        quantity = min(terms.quantity, supply.left(what, side, view))
        if quantity > 0 and quantity >= terms.least:
            return Match(quantity, price, side)
    rest = terms.limit if terms.resting_limit is None else terms.resting_limit
    if (
        rest is None
        or view.last is None
        or not terms.rested
        or not _reaches(terms, rest, view.last)
    ):
        return None
    quantity = min(terms.quantity, supply.left(what, Side.TRADE, view))
    if quantity > 0 and quantity >= terms.least:
        return Match(quantity, rest, Side.TRADE)
    return None


def auction(terms: Terms, view: View) -> Match | None:
    """Gives what an order gets at the opening or the close: all of it at the one price, or nothing.

    That price is the one of the last trade, or the middle where no trades are published.
    """
    price = view.middle if view.last is None else view.last
    if price is None or not _reaches(terms, terms.limit, price):
        return None
    return Match(terms.quantity, price, Side.TRADE)


def _reaches(terms: Terms, limit: float | None, price: float) -> bool:
    if limit is None:
        return True
    return price <= limit if terms.is_buy else price >= limit
