"""The numbers of orders: each is taken once, and above all that were seen.

TWS wants the id of a new order to be above every id that this client id has used (103). It tells
the lowest that will do when a session starts; open orders, completed ones and executions of this
client id may show higher ones, and raise it.

Source: EWrapper.nextValidId.
"""

from typing import Final, final

from trio_tws._errors import LocalProtocolError

MAX_ORDER_ID: Final = 2**31 - 2
"""The highest id that fits a message; the number above it stands for an order without one."""


@final
class OrderIds:
    """Gives the order ids of one client id, in growing order."""

    def __init__(self, next_valid_id: int = 1) -> None:
        self._highest = 0
        self.see(next_valid_id - 1)

    def see(self, order_id: int | None) -> None:
        """Takes note of an id that is in use; one that names no order of a program is passed over.

        Args:
            order_id: None, 0, a negative number or 2147483647 are those of people in TWS.
        """
        if order_id is not None and self._highest < order_id <= MAX_ORDER_ID:
            self._highest = order_id

    @property
    def next(self) -> int:
        """The id that would be given next."""
        return self._highest + 1

    def take(self) -> int:
        """Gives the next id, which nobody else gets.

        Raises:
            LocalProtocolError: There is none left.
        """
        return self.take_many(1)[0]

    def take_many(self, count: int) -> range:
        """Gives that many ids in a row, which nobody else gets.

        Raises:
            LocalProtocolError: There are not so many left; none is taken.
        """
        first = self.next
        if first + count - 1 > MAX_ORDER_ID:
            raise LocalProtocolError(
                f"{count} order ids from {first} on would pass the highest there is, "
                f"{MAX_ORDER_ID}; use another client_id, or reset the ids in TWS under Global "
                "Configuration > API > Settings"
            )
        self._highest += count
        return range(first, first + count)
