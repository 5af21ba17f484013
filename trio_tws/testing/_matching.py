"""What an order gets at a moment, out of what the market shows then.

An order first takes what is quoted: a buyer pays the ask, which may be less than the limit, and
gets as much as is offered there; the next moment offers more. What its price does not reach rests,
and is filled at its own price when somebody trades there or beyond, but at no worse one than is
quoted then. What one order takes of a moment is gone for the next order; what a combination takes
is gone for orders for its legs.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from typing import Final, final

import attrs

from trio_tws.testing._market import Market
from trio_tws.testing._order_views import Leg, View, view_of

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


_OTHER: Final = {Side.BID: Side.ASK, Side.ASK: Side.BID, Side.TRADE: Side.TRADE}


@final
@attrs.frozen
class Part:
    """One instrument of what is ordered, and its market at the moment."""

    leg: Leg
    view: View

    def side(self, side: Side) -> Side:
        """Gives what it draws from when the whole draws from a side."""
        return side if self.leg.ratio > 0 else _OTHER[side]


def parts_of(market: Market, legs: Sequence[Leg], view: View, now: float) -> list[Part]:
    """Gives the parts of what is ordered, whose market as a whole is known already."""
    if len(legs) == 1:
        return [Part(legs[0], view)]
    return [Part(leg, view_of(market, (Leg(leg.con_id),), now)) for leg in legs]


@final
class Supply:
    """What is left of each moment's quotes and trades."""

    def __init__(self) -> None:
        self._taken: dict[tuple[int, Side], tuple[int, Decimal]] = {}

    def left(self, parts: Sequence[Part], side: Side) -> Decimal:
        """Gives how much of all the parts together nobody has taken yet."""
        return min(self._left(part, part.side(side)) for part in parts)

    def _left(self, part: Part, side: Side) -> Decimal:
        left = _size(part.view, side) - self._gone(part, side)
        return left if abs(part.leg.ratio) == 1 else left // abs(part.leg.ratio)

    def _gone(self, part: Part, side: Side) -> Decimal:
        since, taken = self._taken.get((part.leg.con_id, side), (part.view.since, _ZERO))
        return taken if since == part.view.since else _ZERO

    def take(self, parts: Sequence[Part], side: Side, quantity: Decimal) -> None:
        """Takes some of it."""
        for part in parts:
            own = part.side(side)
            taken = self._gone(part, own) + quantity * abs(part.leg.ratio)
            self._taken[part.leg.con_id, own] = (part.view.since, taken)


def _size(view: View, side: Side) -> Decimal:
    return {
        Side.BID: view.bid_size,
        Side.ASK: view.ask_size,
        Side.TRADE: view.last_size,
    }[side]


def match(terms: Terms, view: View, supply: Supply, parts: Sequence[Part]) -> Match | None:
    """Gives what an order gets at this moment, None if nothing; the caller takes it away.

    Args:
        terms: What it wants.
        view: The market.
        supply: What is left of it.
        parts: What is ordered.
    """
    side = Side.ASK if terms.is_buy else Side.BID
    price = view.ask if terms.is_buy else view.bid
    if price is not None and _reaches(terms, terms.limit, price):
        quantity = min(terms.quantity, supply.left(parts, side))
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
    quantity = min(terms.quantity, supply.left(parts, Side.TRADE))
    if quantity > 0 and quantity >= terms.least:
        # A limit beyond the quote, of which others have taken all: nobody gives more than is asked.
        quoted = rest if price is None else price
        own = min(rest, quoted) if terms.is_buy else max(rest, quoted)
        return Match(quantity, own, Side.TRADE)
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
