"""Scale orders: a ladder of limit orders, and the orders that take the profit of each rung.

The rungs come one after the other, each at a price that is better by the increment. What a rung has
got is offered at once at a profit; of a ladder that is reset, what was closed goes back to where it
was, so that its rung is wanted again, and the order is for as much more.

The orders that take profits are TWS's own: a program hears of their executions, finds them among
all open orders without an id, and can cancel them only together with all others. They outlive the
ladder. IB does not say how a program sees them.

Source: IB's pages "Scale Order Columns" and "Example 4: Scale Order with Restore Size".
"""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, final

import attrs

from trio_tws._model.orders import Order
from trio_tws.testing._order_booked import BookedOrder
from trio_tws.testing._order_kinds import KINDS

if TYPE_CHECKING:
    from trio_tws.testing._order_book import OrderBook

_ZERO = Decimal(0)


@final
@attrs.frozen
class Ladder:
    """The rungs of one order."""

    order: Order
    perm_id: int
    increment: float
    first: int

    @classmethod
    def of(cls, booked: BookedOrder) -> Ladder | None:
        """Gives that of an order; None if it has none."""
        order = booked.order
        first, increment = order.scale_init_level_size, order.scale_price_increment
        if not first or not increment:
            return None
        return cls(order, booked.perm_id, increment, first)

    def rung(self, position: Decimal) -> tuple[int, Decimal]:
        """Gives the number of the rung on which one stands who has climbed so far, and its rest."""
        level, top = 0, self._size(0)
        while position >= top:
            level += 1
            top += self._size(level)
        return level, top - position

    def price(self, level: int, waited: float) -> float:
        """Gives the price of a rung, once the first one has moved for so many seconds."""
        order = self.order
        start = order.lmt_price or 0.0
        if order.scale_price_adjust_value and order.scale_price_adjust_interval:
            moves = waited // order.scale_price_adjust_interval
            start += moves * order.scale_price_adjust_value
        sign = 1 if order.action == "BUY" else -1
        return round(start - sign * level * self.increment, 9)

    def _size(self, level: int) -> Decimal:
        size = self.first if level == 0 else self.order.scale_subs_level_size or self.first
        if self.order.scale_random_percent:
            dice = Random(f"{self.perm_id} {level}")
            return Decimal(max(1, round(size * dice.uniform(0.45, 1.55))))
        return Decimal(size)


def climbed(booked: BookedOrder) -> Decimal:
    """Gives how far an order has come on its ladder, with what it had at the start."""
    order = booked.order
    start = abs(order.scale_init_position or 0) + (order.scale_init_fill_qty or 0)
    return start + booked.filled - booked.restored


def due_rung(booked: BookedOrder, now: float) -> tuple[float, Decimal] | None:
    """Gives the price and the size of the rung that is due; None for an order without a ladder."""
    ladder = Ladder.of(booked)
    if ladder is None:
        return None
    level, left = ladder.rung(climbed(booked))
    return ladder.price(level, now - booked.placed_at), min(booked.remaining, left)


def restored(booked: BookedOrder) -> bool:
    """Puts back what was closed at a profit, if the order is to be reset; tells whether it did."""
    if not booked.order.scale_auto_reset or booked.is_done:
        return False
    closed = sum((taker.filled for taker in booked.takers), _ZERO) - booked.restored
    if not closed:
        return False
    booked.restored += closed
    booked.covered -= closed
    booked.update(total_quantity=booked.total + closed)
    return True


def new_takers(booked: BookedOrder, book: OrderBook, now: float) -> list[BookedOrder]:
    """Takes the orders into the book that take the profit of what was got since the last time."""
    ladder, offset = Ladder.of(booked), booked.order.scale_profit_offset
    if ladder is None or not offset:
        return []
    found: list[BookedOrder] = []
    sign, position = (1 if booked.is_buy else -1), climbed(booked)
    while booked.covered < position:
        level, left = ladder.rung(booked.covered)
        size = min(left, position - booked.covered)
        price = round(ladder.price(level, now - booked.placed_at) + sign * offset, 9)
        found.append(_taker(booked, book.next_perm_id(), size, price, now))
        book.add(found[-1])
        booked.covered += size
    booked.takers += found
    return found


def _taker(
    booked: BookedOrder, perm_id: int, size: Decimal, price: float, now: float
) -> BookedOrder:
    parent = booked.order
    order = Order(
        action="SELL" if booked.is_buy else "BUY",
        total_quantity=size,
        order_type="LMT",
        lmt_price=price,
        tif=parent.tif,
        good_till_date=parent.good_till_date,
        outside_rth=parent.outside_rth,
        account=parent.account,
        fa_group=parent.fa_group,
        fa_method=parent.fa_method,
        model_code=parent.model_code,
        order_ref=parent.order_ref,
        parent_perm_id=booked.perm_id,
    )
    draft = attrs.evolve(booked.draft, order=order, kind=KINDS["LMT"], starts_at=None)
    return BookedOrder(booked.client_id, 0, perm_id, draft, now, is_acknowledged=True)
