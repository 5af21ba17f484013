"""The state of a session and the dispatch of what comes; no tasks of its own.

Everything here is synchronous and runs between two checkpoints of whichever task calls it, so it
needs no locks: a request is registered and its bytes are queued in one step, and no answer can come
in between.
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import partial
from logging import getLogger
from typing import Final, cast

import trio

from trio_tws._client._answers import Answers
from trio_tws._client._conversation import ANSWERED, AnyBox, Box, Conversation, Keyed, Manner
from trio_tws._client._event_stream import EventStreams
from trio_tws._client._inbox import Inbox
from trio_tws._client._known import routes_at, trading_messages
from trio_tws._client._lost import ConnectionLost, again, refusal_of
from trio_tws._client._order_desk import OrderDesk
from trio_tws._client._pacer import Pacer
from trio_tws._client._unkeyed import Following, Unkeyed
from trio_tws._client._watch import Watch
from trio_tws._enums import MarketDataKind
from trio_tws._errors import InternalError, LocalProtocolError
from trio_tws._model.codes import ends_session, is_notice
from trio_tws._model.families import request_error
from trio_tws._model.options import ExerciseOptions
from trio_tws._model.order_reports import OpenOrder
from trio_tws._model.place_order import PlaceOrder
from trio_tws._model.session import Error, ManagedAccounts, NextValidId, StartApi
from trio_tws._model.ticks import ReqMarketDataType
from trio_tws._orders.limits import OrderLimits
from trio_tws._wire import evolve
from trio_tws.protocol import (
    Connection,
    EndOfStream,
    MalformedMessage,
    Notice,
    ServerHello,
    SessionReady,
)
from trio_tws.protocol._limits import UNPACED, Pacing
from trio_tws.protocol._routing import Route, cancel_of

_FIRST_REQUEST_ID: Final = 1_000_000_000
"""Request ids begin here, far above the order ids that TWS counts up from 1.

An error names its request or its order by the same number, so the two must never meet. Where a
program has driven its order ids up here (some use the clock), request ids begin at 1.
"""

_NOT_SHOWN: Final = (ServerHello, SessionReady, EndOfStream)
"""Steps of the session, which its state tells; they are no messages of TWS."""

_logger = getLogger("trio_tws")


class Session:
    """A session that stands, until it is lost or closed.

    Attributes:
        accounts: The accounts of the login; none until the session is ready.
        next_order_id: The lowest order id that may be used; 0 until the session is ready.
        server_version: The agreed version.
        connected_at: When the version was agreed, by this computer's clock; aware, in UTC.
        lost: Why the session has ended; None while it stands.
        ready: Set once requests are welcome.
        ready_at: When that was, on trio's clock.
        is_closing: Whether this side is leaving, so that the other end's closing is no loss.
        ended: Set once the other end has closed.
        spread: To how many conversations the events of the last read belonged.
        late: How many answers came to requests that nobody waits for any more.
        pacer: Lets requests wait for their turn.
        outbox: What waits to be written.
        orders: What is known of orders, and who waits for news of them.
        unkeyed: The requests that have no id, and who waits for their answers.
        streams: Who wants messages by type.
        watch: Looks at the clock for those who wait for an answer.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        live: bool,
        read_only: bool,
        pacing: Pacing = UNPACED,
        client_id: int = 0,
        limits: OrderLimits | None = None,
    ) -> None:
        self.connection = connection
        self.pacer = Pacer(pacing, self.raise_if_lost)
        self.outbox = self.pacer.outbox
        self.unkeyed = Unkeyed()
        self.watch = Watch()
        self.streams = EventStreams()
        self.orders = OrderDesk(client_id, limits)
        self.accounts: tuple[str, ...] = ()
        self.next_order_id = 0
        self.ready = trio.Event()
        self.ended = trio.Event()
        self.is_closing = False
        self.server_version = connection.server_version
        self.connected_at = datetime.now(UTC)
        self.lost: ConnectionLost | InternalError | None = None
        self.late = 0
        self.ready_at = 0.0
        self.spread = 0
        self._live = live
        self._read_only = read_only
        self._trades = trading_messages()
        self._routes, self._plain = routes_at(connection.server_version)
        self._conversations: dict[int, Conversation[Box]] = {}
        self._first_request_id = self._next_request_id = _FIRST_REQUEST_ID
        self._market_data = MarketDataKind.LIVE
        self._last_words: Error | None = None
        self._surplus_told: set[type] = set()

    # Sending ......................................................................................

    def take_request_id(self) -> int:
        """Gives a request id that was never used in this session."""
        taken = self._next_request_id
        self._next_request_id += 1
        return taken

    def check(
        self, message: object, price_hint: float | None = None, orders_before: int = 0
    ) -> bytes:
        """Encodes a message that may be sent; nothing is sent, and only `queue` has to follow.

        Args:
            message: What is to be sent.
            price_hint: About what is ordered costs, for the limits.
            orders_before: How many orders are going to be sent before this one.

        Raises:
            LocalProtocolError: It can't be sent.
            OrderLimit: It is an order that the limits forbid.
            ConnectionLost: The session has ended.
        """
        self.raise_if_lost()
        if self._read_only and isinstance(message, self._trades):
            raise LocalProtocolError(
                f"{type(message).__name__} was refused: this session is read_only; open it without "
                "read_only=True to trade"
            )
        if isinstance(message, PlaceOrder):
            self.orders.check(message, price_hint, orders_before)
        return self.connection.send(message)

    def queue(self, message: object, data: bytes) -> None:
        """Queues a message that was checked; never waits."""
        self.pacer.put(message, data)
        if isinstance(message, (PlaceOrder, ExerciseOptions)):
            self.orders.sent(message)
        elif isinstance(message, ReqMarketDataType):
            self._market_data = message.market_data_type
        elif isinstance(message, StartApi):
            self.orders = self.orders.started_as(message.client_id)

    def send_nowait(self, message: object) -> None:
        """Checks, encodes and queues a message; never waits.

        Raises:
            LocalProtocolError: It can't be sent; nothing was.
            OrderLimit: It is an order that the limits forbid; nothing was sent.
            ConnectionLost: The session has ended.
        """
        self.queue(message, self.check(message))

    async def send(self, message: object) -> None:
        """Queues a message in its turn; a checkpoint before, none after."""
        async with self.pacer.turn(message):
            self.send_nowait(message)
        self.pacer.finish(message)  # nothing will tell when it is over

    async def ready_to_send(self) -> None:
        """Waits for room in the queue; a checkpoint.

        Raises:
            ConnectionLost: The session has ended.
        """
        await self.outbox.wait_for_room()
        self.raise_if_lost()

    def raise_if_lost(self) -> None:
        """Raises why the session has ended, if it has."""
        if self.lost is not None:
            raise again(self.lost)

    # Conversations ................................................................................

    def begin(
        self,
        request: object,
        inbox: AnyBox,
        manner: Manner = ANSWERED,
        order_id: int | None = None,
    ) -> Conversation[AnyBox]:
        """Sends a request and registers who gets the answers.

        Args:
            request: The request.
            inbox: Where its answers go.
            manner: What is particular about it.
            order_id: Its id, if that is one of orders: of a preview.

        Raises:
            LocalProtocolError: It can't be sent, or its id is in use; nothing was sent.
            ConnectionLost: The session has ended.
        """
        req_id: int | None = getattr(request, "req_id", order_id)
        if req_id in self._conversations:
            raise LocalProtocolError(
                f"request id {req_id} is in use by {self._conversations[req_id].request!r}"
            )
        self.queue(request, self.check(request))
        conversation = Conversation(request, inbox, req_id, manner)
        if req_id is None:
            self.unkeyed.add(conversation)
        else:
            self._conversations[req_id] = conversation
        return conversation

    def renewed(self, request: object) -> object:
        """Gives the same request with an id of its own."""
        return evolve(request, req_id=self.take_request_id())

    def replace(self, conversation: Conversation[Inbox]) -> Conversation[Inbox]:
        """Takes a request back that TWS may not have heard, and begins it again in its place."""
        assert conversation.req_id is not None, "only what has an id is replaced"  # noqa: S101
        request = self.renewed(conversation.request)
        renewed = self.begin(request, conversation.inbox, conversation.manner)
        self._conversations.pop(conversation.req_id, None)
        self.pacer.finish(conversation.request)
        self._cancel(conversation)
        return renewed

    def join(self, under_way: Conversation[Box], inbox: Answers) -> Conversation[Answers]:
        """Registers another who gets the answers to a request without an id."""
        conversation = Conversation(under_way.request, inbox, None)
        self.unkeyed.add(conversation)
        return conversation

    def follow(self, following: Following, inbox: Inbox) -> Conversation[Inbox]:
        """Joins a subscription without an id, or begins it.

        Raises:
            LocalProtocolError: It can't be sent; nothing was.
            ConnectionLost: The session has ended.
        """
        if self.unkeyed.shared(type(following.request)) is None:
            self.send_nowait(following.request)
        return self.unkeyed.follow(following, inbox)

    def unfollow(self, conversation: Conversation[Box]) -> None:
        """Leaves a subscription without an id; TWS is told to stop if this was the last."""
        conversation.inbox.discard()
        stop = self.unkeyed.unfollow(conversation)
        if stop is not None and self.lost is None:
            self.send_nowait(stop)

    def finish(self, conversation: Conversation[Box]) -> None:
        """Ends a conversation that TWS has ended, which only its asker could tell."""
        assert conversation.req_id is not None, "only what has an id is finished"  # noqa: S101
        conversation.end()
        self._conversations.pop(conversation.req_id, None)

    def leave(self, conversation: Conversation[Box]) -> None:
        """Ends a conversation from this side; TWS is told to stop if it has not.

        One without an id stays on the books: its answer is still to come, and is nobody else's.
        """
        conversation.inbox.discard()
        self.pacer.finish(conversation.request)
        if conversation.req_id is not None:
            self._conversations.pop(conversation.req_id, None)
            self._cancel(conversation)

    def _cancel(self, conversation: Conversation[Box]) -> None:
        if not conversation.is_open or self.lost is not None or conversation.req_id is None:
            return
        conversation.is_open = False
        cancel = cancel_of(conversation.request, conversation.req_id, self.server_version)
        if cancel is not None:
            self.send_nowait(cancel)

    # Receiving ....................................................................................

    def dispatch(self, events: list[object], payloads: Collection[bytes] = ()) -> list[Inbox]:
        """Hands the events of one read to their conversations; gives those that are behind.

        Args:
            events: The events.
            payloads: What they were read from, one for each, if they all come from one each.
        """
        touched: list[Conversation[Box]] = []
        shown: dict[int, object] = {}
        plain, conversations = self._plain, self._conversations
        takers: dict[int, Callable[[object], None]] = {}
        for event in cast("list[Keyed]", events):  # only what is plain is asked for its id
            if type(event) not in plain:
                takers.clear()  # this may end conversations
                self._take(event, touched, shown)
                continue
            req_id = event.req_id
            take = takers.get(req_id)
            if take is not None:  # most of all events: one more for a conversation of this read
                take(event)
                continue
            conversation = conversations.get(req_id)
            if conversation is None:
                self._count_late(req_id)
                continue
            if conversation.add(event):
                touched.append(conversation)
            takers[req_id] = conversation.taker
        self.spread = len(touched)
        if shown and self.streams:
            every = (shown.get(id(event), event) for event in events)
            events = [event for event in every if event is not None]
        return self._flush(touched) + self.streams.deliver(events, () if shown else payloads)

    def _take(
        self, event: object, touched: list[Conversation[Box]], shown: dict[int, object]
    ) -> None:
        """Takes an event with which there is more to do than to hand it to its conversation.

        Args:
            event: The event.
            touched: Gets the conversations to which there is something to flush.
            shown: Gets what the public streams see of an event that answers no request of the
                tables, by its identity; None for nothing.
        """
        route = self._routes.get(type(event))
        if route is None:
            shown[id(event)] = self._take_special(event, touched)
            return
        if route.is_news_of_orders:
            self.orders.take(event)
        if not route.is_keyed:
            touched += self._take_unkeyed(event, route)
            return
        req_id = cast("Keyed", event).req_id
        conversation = self._conversations.get(req_id)
        if conversation is None:
            self._count_late(req_id)
            return
        if conversation.add(event):
            touched.append(conversation)
        if route.is_last and not conversation.manner.goes_on:
            conversation.end()
            del self._conversations[req_id]

    def _count_late(self, req_id: int) -> None:
        """Counts what comes to a request of ours that is over; ids of the caller's are its own."""
        if self._first_request_id <= req_id < self._next_request_id:
            self.late += 1

    def _flush(self, touched: list[Conversation[Box]]) -> list[Inbox]:
        """Hands over what was added to conversations; gives the inboxes that are behind."""
        behind: list[Inbox] = []
        for conversation in touched:
            conversation.flush()
            inbox = conversation.inbox
            if inbox.is_closed and conversation.is_open:  # it overflowed
                self._cancel(conversation)
            if isinstance(inbox, Inbox) and inbox.is_behind:
                behind.append(inbox)
        return behind

    def _take_unkeyed(self, event: object, route: Route) -> list[Conversation[Box]]:
        """Gives an answer to all who asked for it; gives those to whom more is to come."""
        if route.is_news_of_orders:
            if isinstance(event, OpenOrder) and event.order.what_if:
                preview = self._conversations.get(event.order_id)
                return [preview] if preview is not None and preview.add(event) else []
        elif isinstance(event, NextValidId):
            self.next_order_id = max(self.next_order_id, event.order_id)
            self.orders.ids.see(event.order_id - 1)
        elif isinstance(event, ManagedAccounts):
            self.accounts = event.accounts_list
        return self.unkeyed.take(event, route)

    def _take_special(self, event: object, touched: list[Conversation[Box]]) -> object | None:
        """Takes what answers no request of the tables; gives what the public streams see of it."""
        if isinstance(event, Error):
            return self._take_error(event, touched)
        if isinstance(event, MalformedMessage):
            self._take_malformed(event)
        elif isinstance(event, SessionReady):
            self._take_ready(event)
        else:
            self.orders.take(event)
        return None if isinstance(event, _NOT_SHOWN) else event

    def _take_ready(self, event: SessionReady) -> None:
        self.accounts = event.accounts
        self.next_order_id = event.next_order_id
        self.orders.ids.see(event.next_order_id - 1)
        if event.next_order_id >= _FIRST_REQUEST_ID:
            self._first_request_id = self._next_request_id = 1
        refusal = refusal_of(event.accounts, live=self._live)
        if refusal is not None:
            self.lose(str(refusal), refusal)
        self.ready_at = trio.current_time()
        self.ready.set()

    def _take_error(self, error: Error, touched: list[Conversation[Box]]) -> object:
        self.unkeyed.fail(error)
        if error.req_id == -1:
            if ends_session(error.code):
                self._last_words = error
            return Notice.of(error)
        conversation = self._conversations.get(error.req_id)
        if conversation is None:
            is_about_order = self.orders.has(error.req_id)
            self.orders.take(error)
            self._count_late(error.req_id)
            is_mere_notice = is_about_order and is_notice(error.code, error.message)
            return Notice.of(error) if is_mere_notice else error
        if is_notice(error.code, error.message, self._market_data):
            notice = Notice.of(error)
            if error.code in conversation.manner.notices and conversation.add(notice):
                touched.append(conversation)
            return notice
        conversation.fail(request_error(error, conversation.request))
        self._conversations.pop(error.req_id, None)
        return error

    def _take_malformed(self, event: MalformedMessage) -> None:
        """Gives the error to whoever waits for what could not be read."""
        if event.req_id is not None:
            keyed = self._conversations.get(event.req_id)
            if keyed is not None:
                keyed.flush()
                keyed.inbox.close(lambda: event.error)
                self._cancel(keyed)
            return
        route = self._routes.get(event.message_type) if event.message_type is not None else None
        if route is not None and not route.is_keyed:
            self.unkeyed.fail_to_read(route, event.error)

    def tell_surplus(self) -> None:
        """Logs, once for each kind, messages with more fields than the tables know."""
        for cls in self.connection.surplus:
            if cls not in self._surplus_told:
                self._surplus_told.add(cls)
                _logger.warning("%s has more fields than are known; ignored", cls.__name__)

    # The end ......................................................................................

    def lose(self, reason: str, cause: BaseException | None = None) -> None:
        """Records why the session has ended; the task that serves it tells everyone who waits."""
        if self._last_words is not None:
            words = self._last_words
            reason = f"{reason}; TWS said before: {words.message} ({words.code})"
        self._record(ConnectionLost(reason), cause)

    def break_down(self, cause: Exception) -> None:
        """Records that a task of ours has failed, which is a bug."""
        made = InternalError(f"a bug in trio_tws ended the session: {cause!r}; please report it")
        self._record(made, cause)

    def _record(self, error: ConnectionLost | InternalError, cause: BaseException | None) -> None:
        if self.lost is not None:
            return
        error.__cause__ = cause
        self.lost = error

    def tell_lost(self, lost: ConnectionLost | InternalError) -> None:
        """Ends every conversation and stream with the reason of the loss."""
        raised = partial(again, lost)
        self.ready.set()
        self.pacer.stop()
        for conversation in self._all_conversations():
            conversation.is_open = False
            conversation.flush()
            conversation.inbox.close(raised)
        self.streams.close(raised)
        self.orders.tell_lost(raised)

    def _all_conversations(self) -> list[Conversation[Box]]:
        return [*self._conversations.values(), *self.unkeyed.conversations()]
