"""What a session knows of orders: their ids, what was heard of each, and who waits for news.

Like the session it has no tasks of its own and no checkpoints: an order is sent and entered in the
book in one step, so there is none that the program has sent and does not know.
"""

from collections import deque
from collections.abc import Callable, Iterable
from typing import final
from weakref import ref

import trio

from trio_tws._client._inbox import Inbox
from trio_tws._errors import LocalProtocolError
from trio_tws._model.contracts import Contract
from trio_tws._model.options import ExerciseOptions
from trio_tws._model.orders import Order
from trio_tws._model.place_order import PlaceOrder
from trio_tws._orders.book import TradeBook
from trio_tws._orders.changes import Change
from trio_tws._orders.ids import OrderIds
from trio_tws._orders.limits import MINUTE, OrderLimits
from trio_tws._orders.record import TradeRecord
from trio_tws._orders.trade_state import TradeState


@final
class Link:
    """One state of an order, and the way to the next.

    Whoever goes through the states holds the link of the one that it saw last. Those that nobody
    holds any more are gone; and as long as nobody holds the newest, none is made: the state of an
    order is worked out for those who look at it.
    """

    __slots__ = ("__weakref__", "_lot", "next", "state")

    def __init__(self, state: TradeState) -> None:
        self.state = state
        self.next: Link | None = None
        self._lot: trio.lowlevel.ParkingLot | None = None

    async def wait(self) -> None:
        """Waits until there is a next one, or the session has ended; a checkpoint."""
        if self._lot is None:
            self._lot = trio.lowlevel.ParkingLot()
        await self._lot.park()

    def put(self, state: TradeState) -> "Link":
        """Adds the next state, and wakes up all who wait."""
        self.next = Link(state)
        self.wake()
        return self.next

    def wake(self) -> None:
        """Wakes up all who wait."""
        if self._lot is not None:
            self._lot.unpark_all()


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
        self._links: dict[TradeRecord, ref[Link]] = {}
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

    def take(self, message: object) -> None:
        """Takes a message that may be about an order."""
        if self._followers:
            told = self.book.take(message)
        else:
            heard = self.book.hear(message)
            told = () if heard is None else (heard,)
        for record in told:
            if record.client_id == self.client_id:
                self.ids.see(record.order_id)
            self._tell(record)

    def has(self, order_id: int) -> bool:
        """Tells whether an error with this id is about an order of this program."""
        return self.book.get(order_id) is not None

    def _tell(self, record: TradeRecord) -> None:
        """Tells of an order that may have changed; those who follow all are told in any case."""
        if record in self._links:
            link = self.link(record)
            if link.state is not record.state:
                self._hold(record, link.put(record.state))
        for inbox in self._followers:
            inbox.deliver([record])

    # What is on its way for an order that there is ................................................

    def sending(self, record: TradeRecord, order: Order) -> Change:
        """Takes note of a change that is on its way, and shows it to those who wait."""
        before = record.state
        change = record.sending(order)
        self._tell_if_new(record, before)
        return change

    def cancelling(self, record: TradeRecord) -> None:
        """Takes note of a cancel that is on its way, and shows it to those who wait."""
        before = record.state
        record.cancelling()
        self._tell_if_new(record, before)

    def _tell_if_new(self, record: TradeRecord, before: TradeState) -> None:
        if record.state is not before:
            self._tell(record)

    # Who waits for news ...........................................................................

    def link(self, record: TradeRecord) -> Link:
        """Gives the newest state of an order; the next is put behind it, as long as it is held."""
        known = self._links.get(record)
        link = None if known is None else known()
        if link is None:
            link = Link(record.state)
            self._hold(record, link)
        return link

    def _hold(self, record: TradeRecord, link: Link) -> None:
        def let_go(gone: ref[Link]) -> None:
            if self._links.get(record) is gone:
                del self._links[record]

        self._links[record] = ref(link, let_go)

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
        for link in filter(None, [held() for held in self._links.values()]):
            link.wake()

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
