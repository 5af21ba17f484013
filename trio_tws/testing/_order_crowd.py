"""How many orders of one side may work on a contract for an account at a time."""

from __future__ import annotations

from trio_tws.testing._order_book import OrderBook
from trio_tws.testing._order_booked import CHILD, BookedOrder
from trio_tws.testing._order_checks import OrderRefusal


def check_crowd(book: OrderBook, booked: BookedOrder, most: int | None) -> None:
    """Looks whether there is room for a new order beside those that work.

    Those that are parked, set aside, or wait for their parent don't count. IB's page says 20, and
    its servers are seen to say 15.

    Args:
        book: All orders.
        booked: The new one.
        most: How many there may be with it; None for any number.

    Raises:
        OrderRefusal: It is one too many (201).
    """
    if most is None or not booked.order.transmit or booked.order.parent_id:
        return
    working = [
        one
        for one in book.open()
        if one.is_at_work and CHILD not in one.held_by and _place(one) == _place(booked)
    ]
    if len(working) >= most:
        words = (
            f"Your account has a minimum of {most} orders working on either the buy or sell side"
        )
        raise OrderRefusal(201, f"Order rejected - reason:{words} for this particular contract")


def _place(booked: BookedOrder) -> tuple[object, ...]:
    return booked.draft.account, booked.draft.legs, booked.is_buy
