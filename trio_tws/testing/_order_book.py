"""All orders of all clients, and the numbers that they have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, final

from trio_tws.testing._order_booked import BookedOrder

_FIRST_PERM_ID: Final = 2**33 + 1
"""More than 32 bits hold, as IB's have become."""


@final
class OrderBook:
    """Every order that was taken, by client and order id, and by perm id.

    Iterating gives the orders in which they came.
    """

    def __init__(self) -> None:
        self._orders: dict[int, BookedOrder] = {}
        self._open: dict[int, BookedOrder] = {}
        self._by_key: dict[tuple[int, int], BookedOrder] = {}
        self._highest: dict[int, int] = {}
        self._next_bound = -1

    def __iter__(self) -> Iterator[BookedOrder]:
        return iter(tuple(self._orders.values()))

    def __getitem__(self, perm_id: int) -> BookedOrder:
        return self._orders[perm_id]

    def next_perm_id(self) -> int:
        """Gives the number of the next order."""
        return _FIRST_PERM_ID + len(self._orders)

    def add(self, booked: BookedOrder) -> None:
        """Takes an order in; one that was rejected at once need not be."""
        self._orders[booked.perm_id] = self._open[booked.perm_id] = booked
        if booked.order_id:
            self._by_key[booked.client_id, booked.order_id] = booked

    def find(self, client_id: int, order_id: int) -> BookedOrder | None:
        """Gives the order that a client knows under a number."""
        return self._by_key.get((client_id, order_id))

    def bind(self, booked: BookedOrder) -> None:
        """Gives an order of a person a negative number, by which client 0 can change it."""
        booked.order_id = self._next_bound
        self._next_bound -= 1
        self._by_key[booked.client_id, booked.order_id] = booked

    def use(self, client_id: int, order_id: int) -> None:
        """Remembers that a client has used a number, whatever came of it."""
        self._highest[client_id] = max(order_id, self._highest.get(client_id, 0))

    def highest(self, client_id: int) -> int:
        """Gives the highest number that a client has used; 0 if none."""
        return self._highest.get(client_id, 0)

    def forget_numbers(self) -> None:
        """Lets numbers begin anew for clients without open orders."""
        busy = {booked.client_id for booked in self.open()}
        for client_id in set(self._highest) - busy:
            del self._highest[client_id]
        for key in [key for key in self._by_key if key[0] not in busy]:
            del self._by_key[key]

    def open(self) -> list[BookedOrder]:
        """Gives the orders that are not done, oldest first."""
        still = [booked for booked in self._open.values() if not booked.is_done]
        if len(still) < len(self._open):
            self._open = {booked.perm_id: booked for booked in still}
        return still

    def done(self) -> list[BookedOrder]:
        """Gives those that are."""
        return [booked for booked in self if booked.is_done]

    def parent(self, booked: BookedOrder) -> BookedOrder | None:
        """Gives the order to which one is attached."""
        parent_id = booked.order.parent_id
        return self.find(booked.client_id, parent_id) if parent_id else None

    def children(self, booked: BookedOrder) -> list[BookedOrder]:
        """Gives the open orders that are attached to one."""
        if not booked.order_id:
            return []
        return [
            one
            for one in self.open()
            if (one.client_id, one.order.parent_id) == (booked.client_id, booked.order_id)
        ]

    def rivals(self, booked: BookedOrder) -> list[BookedOrder]:
        """Gives the other open orders of which one takes the place when it fills.

        They are those of its group; and, as TWS puts the children of an order that close it into a
        group of their own, those of its brothers that trade the same side and are no hedges.
        """
        others = [one for one in self.open() if one is not booked]
        if booked.group is not None:
            return [one for one in others if one.group == booked.group]
        parent = self.parent(booked)
        if parent is None or not _closes(booked, parent):
            return []
        return [
            one
            for one in others
            if self.parent(one) is parent and one.group is None and _closes(one, parent)
        ]


def _closes(booked: BookedOrder, parent: BookedOrder) -> bool:
    return booked.is_buy is not parent.is_buy and not booked.order.hedge_type
