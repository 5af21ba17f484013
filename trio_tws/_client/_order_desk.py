"""What a session knows of orders: their ids, what was heard of each, and who waits for news.

Like the session it has no tasks of its own and no checkpoints: an order is sent and entered in the
book in one step, so there is none that the program has sent and does not know.
"""

from collections import deque
from collections.abc import Callable, Iterable
from typing import final
from weakref import WeakKeyDictionary

import trio

from trio_tws._client._inbox import Inbox
from trio_tws._errors import LocalProtocolError
from trio_tws._model.contracts import Contract
from trio_tws._model.executions import ExecutionData
from trio_tws._model.open_orders import OrderStatus
from trio_tws._model.options import ExerciseOptions
from trio_tws._model.order_reports import OpenOrder
from trio_tws._model.orders import Order
from trio_tws._model.place_order import PlaceOrder
from trio_tws._orders.book import TradeBook
from trio_tws._orders.ids import OrderIds
from trio_tws._orders.limits import MINUTE, OrderLimits
from trio_tws._orders.record import TradeRecord
from trio_tws._orders.trade_state import TradeState


class Link:
    """One state of an order, and the way to the next.

    Whoever goes through the states holds the link of the one that it saw last; those that nobody
    holds any more are gone.
    """

    __slots__ = ("next", "state")

    def __init__(self, state: TradeState) -> None:
        self.state = state
        self.next: Link | None = None


class Feed:
    """The states of one order, as they come.

    Attributes:
        last: The newest.
        lot: Where those are who wait for a newer one.
    """

    def __init__(self, state: TradeState) -> None:
        self.last = Link(state)
        self.lot = trio.lowlevel.ParkingLot()

    def put(self, state: TradeState) -> None:
        """Adds a state, and wakes up all who wait."""
        link = Link(state)
        self.last.next, self.last = link, link
        self.lot.unpark_all()


@final
class OrderDesk:
    """The orders of one session.

    Args:
        client_id: The number of this program at TWS.
        limits: What the program allows itself; None for anything.

    Attributes:
        ids: Gives each order its number.
        book: What was heard of each order.
        client_id: The number of this program at TWS.
    """

    def __init__(self, client_id: int, limits: OrderLimits | None = None) -> None:
        self.client_id = client_id
        self.ids = OrderIds()
        self.book = TradeBook(client_id)
        self._limits = limits
        self._feeds: WeakKeyDictionary[TradeRecord, Feed] = WeakKeyDictionary()
        self._followers: list[Inbox] = []
        self._sent_at: deque[float] = deque()

    def started_as(self, client_id: int) -> "OrderDesk":
        """Gives the desk of a session that is started later, when its client id is known."""
        return OrderDesk(client_id, self._limits)

    # What goes out ................................................................................

    def check(
        self, message: PlaceOrder, price_hint: float | None = None, orders_before: int = 0
    ) -> None:
        """Holds an order against the limits, whether it is new or a change.

        Args:
            message: What is to be sent.
            price_hint: About what is ordered costs; None if nobody knows.
            orders_before: How many orders are going to be sent before this one.

        Raises:
            OrderLimit: One of them forbids it.
        """
        if self._limits is None or message.order.what_if:
            return
        now = trio.current_time()
        is_new = self.book.get(message.order_id) is None
        self._limits.check(
            message.contract,
            message.order,
            price_hint,
            open_orders=self.book.alive() + orders_before if is_new else 0,
            sent_at=[*self._sent_at, *[now] * orders_before] if is_new else (),
            now=now,
        )

    def sent(self, message: PlaceOrder | ExerciseOptions) -> None:
        """Takes note of an order that is on its way, sent by whatever method."""
        self.ids.see(message.order_id)
        if self._limits is None:
            return
        now = trio.current_time()
        self._sent_at.append(now)
        while self._sent_at[0] <= now - MINUTE:
            self._sent_at.popleft()

    def begin(self, order_id: int, contract: Contract, order: Order) -> TradeRecord:
        """Enters an order that is on its way."""
        record = self.book.begin(order_id, contract, order)
        self._tell(record)
        return record

    # What comes in ................................................................................

    def take(self, message: object) -> bool:
        """Takes a message that may be about an order; tells whether an order is known by it."""
        match message:
            case OpenOrder():
                self._see(message.order.client_id, message.order_id)
            case OrderStatus():
                self._see(message.client_id, message.order_id)
            case ExecutionData():
                self._see(message.execution.client_id, message.execution.order_id)
            case _:
                pass
        changed = self.book.take(message)
        for record in changed:
            self._tell(record)
        return bool(changed)

    def _see(self, client_id: int, order_id: int | None) -> None:
        if client_id == self.client_id:
            self.ids.see(order_id)

    def has(self, order_id: int) -> bool:
        """Tells whether an error with this id is about an order of this program."""
        return self.book.get(order_id) is not None

    def _tell(self, record: TradeRecord) -> None:
        feed = self._feeds.get(record)
        if feed is not None:
            feed.put(record.state)
        for inbox in self._followers:
            inbox.deliver([record])

    # Who waits for news ...........................................................................

    def feed(self, record: TradeRecord) -> Feed:
        """Gives the feed of an order."""
        feed = self._feeds.get(record)
        if feed is None:
            feed = self._feeds[record] = Feed(record.state)
        return feed

    def refresh(self, record: TradeRecord) -> None:
        """Shows those who wait what was noted here of an order that is changed or cancelled."""
        if self.feed(record).last.state is not record.state:
            self._tell(record)

    def follow(self, inbox: Inbox) -> Callable[[], None]:
        """Delivers the record of each order that has news to an inbox; gives what ends that."""
        self._followers.append(inbox)

        def leave() -> None:
            inbox.discard()
            if inbox in self._followers:
                self._followers.remove(inbox)

        return leave

    def tell_lost(self, error: Callable[[], Exception]) -> None:
        """Wakes up all who wait; the session says why."""
        for inbox in self._followers:
            inbox.close(error)
        for feed in self._feeds.values():
            feed.lot.unpark_all()

    def find(self, messages: Iterable[object]) -> list[TradeRecord]:
        """Gives the orders that a list of TWS speaks of, each once, in its order."""
        found: dict[TradeRecord, None] = {}
        for message in messages:
            record = self.book.of(message)
            if record is not None:
                found[record] = None
        return list(found)

    def require_alive(self, record: TradeRecord) -> None:
        """Makes sure that an order can still be changed.

        Raises:
            LocalProtocolError: It is done; with its id, a change would be a new order.
        """
        state = record.state
        if state.is_done:
            raise LocalProtocolError(
                f"order {state.order_id} is {state.phase.value} and can't be changed; place another"
            )

    def require_ours(self, record: TradeRecord, what: str) -> int:
        """Gives the order id by which this program can change an order.

        Raises:
            LocalProtocolError: It can't; nothing was sent.
        """
        order_id = record.order_id
        if order_id is None or order_id == 0:
            raise LocalProtocolError(
                f"{what} order perm_id {record.perm_id}: it was placed in TWS, which lets client 0 "
                "alone change it, after auto_open_orders()"
            )
        if record.client_id != self.client_id:
            raise LocalProtocolError(
                f"{what} order {order_id} of client {record.client_id}: TWS lets only the client "
                f"that placed it do so, and this is client {self.client_id}; cancel_all() cancels "
                "those of all clients"
            )
        return order_id
