"""Orders: placing them, asking what they would cost, and the lists of those that there are."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Final, cast

import trio

from trio_tws._client._answers import Answers
from trio_tws._client._conversation import Conversation, Manner
from trio_tws._client._converted import ConvertedSubscription
from trio_tws._client._inbox import Inbox
from trio_tws._client._preview import SECOND_LOOK, OrderPreview
from trio_tws._client._subscription import Subscription
from trio_tws._client._topic import Topic
from trio_tws._client._trade import Trade
from trio_tws._enums import ExerciseAction
from trio_tws._errors import LocalProtocolError, OrderRejected, RequestError, ResponseTimeout
from trio_tws._model.contracts import Contract
from trio_tws._model.moments import utc_text
from trio_tws._model.open_orders import (
    ReqAllOpenOrders,
    ReqAutoOpenOrders,
    ReqCompletedOrders,
    ReqOpenOrders,
)
from trio_tws._model.options import ExerciseOptions
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._model.order_states import AttachedOrders
from trio_tws._model.orders import Order
from trio_tws._model.place_order import PlaceOrder
from trio_tws._orders.groups import OrderGroup
from trio_tws._orders.record import TradeRecord
from trio_tws._wire import evolve

_NONE_ATTACHED: Final = AttachedOrders()

_PREVIEWED: Final = Manner(goes_on=True)
"""No message is the last one about a preview: what looks like it answers something else."""


class OrderMethods(Topic):
    """What `TWS` offers about orders."""

    # Placing ......................................................................................

    async def place_order(
        self,
        contract: Contract,
        order: Order,
        *,
        attached_orders: AttachedOrders = _NONE_ATTACHED,
        reference_price: float | None = None,
    ) -> Trade:
        """Places an order, and gives it back as a `Trade`, without waiting for what TWS says.

        The order stays at TWS when the program ends, however it ends; `open_trade` ties it to a
        block. It gets an order id that nothing in this session had before.

        Args:
            contract: What to trade, and where.
            order: What to do, made by one of the builders, such as `LimitOrder`, or by hand. Ids in
                it are passed over.
            attached_orders: A stop and a profit taker that TWS is to make by its presets; needs
                server version 218.
            reference_price: About what the contract costs, where the limits of this session need a
                price and the order has none.

        Raises:
            LocalProtocolError: A field has a wrong value or needs a newer server, the session is
                ``read_only``, or the order is a preview: that is `what_if`. Nothing was sent.
            OrderLimit: The limits of this session forbid it; nothing was sent.
            ConnectionLost: The session has ended; nothing was sent.

        A checkpoint, and none after the order is on its way: cancelled, it has sent nothing;
        returned, the order is known by its `Trade`. It is never sent twice.

        Sends PlaceOrder. Source: EClient.placeOrder.
        """
        _require_no_preview(order)
        orders = self._session.orders
        draft = PlaceOrder(orders.ids.next, contract, order, attached_orders)
        async with self._session.pacer.turn(draft):
            message = evolve(draft, order_id=orders.ids.next)
            data = self._session.check(message, reference_price)
            self._session.queue(message, data)
            return self._trade(orders.begin(message.order_id, contract, order))

    async def place_group(
        self, contract: Contract, group: OrderGroup, *, reference_price: float | None = None
    ) -> tuple[Trade, ...]:
        """Places orders that belong together, made by `bracket`, `one_cancels_all` and their kind.

        All of them are sent in one go, or none. The orders of a family are held at TWS until the
        last of it is there.

        Args:
            contract: What those trade that have no contract of their own.
            group: The orders.
            reference_price: As for `place_order`, for each of them.

        Returns:
            A `Trade` for each order, in the order of the group.

        Raises:
            LocalProtocolError: As by `place_order`; nothing was sent.
            OrderLimit: The limits of this session forbid one of them; nothing was sent.
            ConnectionLost: The session has ended; nothing was sent.

        A checkpoint, and none after the orders are on their way.

        Sends a PlaceOrder for each. Source: EClient.placeOrder; IB's page "Bracket Orders".
        """
        for grouped in group.orders:
            _require_no_preview(grouped.order)
        orders, count = self._session.orders, len(group.orders)
        async with self._session.pacer.turn(
            PlaceOrder(orders.ids.next, contract, group.orders[0].order)
        ):
            ids = range(orders.ids.next, orders.ids.next + count)
            messages = [
                PlaceOrder(order_id, own or contract, order)
                for order_id, own, order in group.numbered(ids)
            ]
            encoded = [
                self._session.check(message, reference_price, number)
                for number, message in enumerate(messages)
            ]
            for message, data in zip(messages, encoded, strict=True):
                self._session.queue(message, data)
            return tuple(
                self._trade(orders.begin(one.order_id, one.contract, one.order)) for one in messages
            )

    async def exercise_options(
        self,
        contract: Contract,
        quantity: int,
        action: ExerciseAction = ExerciseAction.EXERCISE,
        *,
        account: str = "",
        override: bool = False,
        decided_at: datetime | None = None,
    ) -> Trade:
        """Exercises options that an account holds, or lets them lapse.

        To TWS this is an order, and so it is a `Trade` here: a refusal is its rejection (322, 200).
        It can't be taken back by a cancel.

        Args:
            contract: The option, with its exchange.
            quantity: How many contracts; above zero.
            action: What shall become of them.
            account: Whose they are; may be empty where the login has one account.
            override: Do it even where it is against what would happen by itself, such as exercising
                an option that is out of the money.
            decided_at: When a person decided it; aware. Needs server version 182.

        Raises:
            LocalProtocolError: The quantity is not above zero, the time has no zone, the session is
                ``read_only``, or the server is too old. Nothing was sent.
            ConnectionLost: The session has ended; nothing was sent.

        A checkpoint, and none after it is on its way.

        Sends ExerciseOptions. Source: EClient.exerciseOptions.
        """
        if quantity <= 0:
            raise LocalProtocolError(f"quantity={quantity}: one contract or more is exercised")
        try:
            time = "" if decided_at is None else utc_text("decided_at", decided_at)
        except ValueError as error:
            raise LocalProtocolError(str(error)) from None
        orders = self._session.orders
        draft = ExerciseOptions(
            orders.ids.next, contract, action, quantity, account, override, time
        )
        async with self._session.pacer.turn(draft):
            message = evolve(draft, order_id=orders.ids.next)
            self._session.send_nowait(message)
            as_order = Order(total_quantity=Decimal(quantity), account=account)
            return self._trade(orders.begin(message.order_id, contract, as_order))

    # Asking before ................................................................................

    async def what_if(self, contract: Contract, order: Order) -> OrderPreview:
        """Asks what an order would do to the account's margin, and cost. Nothing is placed.

        It takes an order id of its own, which no order gets afterwards.

        Args:
            contract: What to trade, and where.
            order: What to do; it may have ``what_if`` set or not.

        Raises:
            OrderRejected: TWS or IB would refuse the order.
            ResponseTimeout: Nothing came.
            LocalProtocolError: A field has a wrong value or needs a newer server, or the session is
                ``read_only``; nothing was sent.
            ConnectionLost: The session has ended.

        A checkpoint. It is never sent again: a TWS that takes it for an order would have two.

        Sends PlaceOrder with ``what_if``. Source: EClient.placeOrder; IB's page "Checking Margin
        Changes".
        """
        orders = self._session.orders
        asked = evolve(order, what_if=True, transmit=True)
        answers = Answers()
        async with self._session.pacer.turn(PlaceOrder(orders.ids.next, contract, asked)):
            request = PlaceOrder(orders.ids.next, contract, asked)
            conversation = self._session.begin(request, answers, _PREVIEWED, request.order_id)
        try:
            deadline = conversation.began_at + self._response_timeout
            previews = await self._previews(conversation, deadline)
            if not previews:
                raise ResponseTimeout(request, self._response_timeout)
            if not any(map(_has_figures, previews)):
                previews += await self._previews(conversation, trio.current_time() + SECOND_LOOK)
        except RequestError as error:
            raise OrderRejected(
                error.code, error.message, request.order_id, 0, order, contract, error.advice
            ) from error
        finally:
            self._session.leave(conversation)
        with_figures = list(filter(_has_figures, previews)) or previews
        return OrderPreview(with_figures[-1].order_state)

    # Those that there are .........................................................................

    async def open_orders(self) -> list[Trade]:
        """Gives the open orders of this client; client 0 also gets those that people made in TWS.

        Client 0 binds those to itself by it, so that it can change them. In the order of TWS; an
        empty list if there are none.

        Raises:
            RequestError: 321 in TWS's read-only mode.
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.

        A checkpoint. Callers at the same time share one answer.

        Sends ReqOpenOrders. Source: EClient.reqOpenOrders.
        """
        return _open(self._trades(await self._share(ReqOpenOrders()), OpenOrder))

    async def all_open_orders(self) -> list[Trade]:
        """Gives the open orders of all clients, and of people in TWS, as they stand now.

        What becomes of those of others is not told afterwards: their `Trade` stays as it is until
        they are asked for again. Only the client that placed an order can change it; one that tries
        gets a `LocalProtocolError` that says so.

        Raises:
            RequestError: 321 in TWS's read-only mode.
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.

        A checkpoint. Callers at the same time share one answer.

        Sends ReqAllOpenOrders. Source: EClient.reqAllOpenOrders.
        """
        return _open(await self._list_all())

    async def completed_orders(self, *, api_only: bool = False) -> list[Trade]:
        """Gives the orders of today that are done: filled, cancelled or rejected.

        TWS tells neither who placed them nor their order ids: their perm_ids are what names them.

        Args:
            api_only: Whether to leave out what people ordered in TWS.

        Raises:
            LocalProtocolError: The server is older than version 150; nothing was sent.
            RequestError: 321 in TWS's read-only mode.
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.

        A checkpoint. Callers at the same time share one answer.

        Sends ReqCompletedOrders. Source: EClient.reqCompletedOrders.
        """
        answers = await self._share(ReqCompletedOrders(api_only))
        return self._trades(answers, CompletedOrder)

    async def auto_open_orders(self, *, auto_bind: bool = True) -> None:
        """Lets client 0 see and change what people order in TWS from now on, or no longer.

        Each of those orders gets a negative order id for that; they come through `open_trades`.

        Args:
            auto_bind: False ends it.

        Raises:
            LocalProtocolError: This is not client 0; nothing was sent.
            ConnectionLost: The session has ended.

        A checkpoint. TWS does not confirm it.

        Sends ReqAutoOpenOrders. Source: EClient.reqAutoOpenOrders.
        """
        client_id = self._session.orders.client_id
        if client_id:
            raise LocalProtocolError(
                f"auto_open_orders() is for client 0, and this is client {client_id}; open_tws() "
                "with client_id=0"
            )
        await self._session.send(ReqAutoOpenOrders(auto_bind))

    @property
    def trades(self) -> tuple[Trade, ...]:
        """The orders that this session knows and that are not done, oldest first.

        Own ones, and of others those that TWS has told of. Sends nothing.
        """
        return tuple(map(self._trade, self._session.orders.book.open_records()))

    def trade(self, order_id: int) -> Trade | None:
        """Gives the order of this client with an id, if this session knows it. Sends nothing.

        Those that are done are known for as long as no 1,000 others were done after them.
        """
        record = self._session.orders.book.get(order_id)
        return None if record is None else self._trade(record)

    @asynccontextmanager
    async def open_trades(self) -> AsyncIterator[ConvertedSubscription[Trade]]:
        """Opens a stream of orders, for the length of a block: each whenever there is news of it.

        Orders of this client, and what TWS tells it of others: to client 0 of what people order in
        TWS, to the master client of everything. The state of a `Trade` is that of now; one that is
        taken late has it more than once. None is ever dropped.

        Raises:
            ConnectionLost: The session ended.

        Entering is a checkpoint; leaving is none. Sends nothing.
        """
        await self._session.ready_to_send()
        inbox = Inbox("open_trades")
        leave = self._session.orders.follow(inbox)
        source = Subscription[object](inbox, None, leave)
        try:
            yield ConvertedSubscription[Trade](source, self._news)
        finally:
            leave()

    # Inside .......................................................................................

    def _trade(self, record: TradeRecord) -> Trade:
        return Trade(self._session, record, self._response_timeout)

    def _news(self, record: object) -> tuple[Trade]:
        return (self._trade(cast("TradeRecord", record)),)  # no other thing comes from the desk

    async def _previews(
        self, conversation: Conversation[Answers], deadline: float
    ) -> list[OpenOrder]:
        """Gives the previews that come first, or none if they are late.

        What a program sends by hand may have the same number, and its answers are none.
        """
        while answers := await self._session.watch.first(conversation.inbox, deadline):
            if previews := [one for one in answers if isinstance(one, OpenOrder)]:
                return previews
        return []

    async def _list_all(self) -> list[Trade]:
        """Gives the orders that TWS lists as open, and those of which it had news meanwhile."""
        return self._trades(await self._share(ReqAllOpenOrders()), OpenOrder)

    def _trades(self, answers: Sequence[object], kind: type) -> list[Trade]:
        wanted = [one for one in answers if isinstance(one, kind) and not _is_preview(one)]
        return list(map(self._trade, self._session.orders.find(wanted)))


def _open(trades: list[Trade]) -> list[Trade]:
    """Leaves out what is done: news of that looks like a part of the list, if it comes with it."""
    return [trade for trade in trades if not trade.is_done]


def _require_no_preview(order: Order) -> None:
    if order.what_if:
        raise LocalProtocolError("what_if=True places nothing: ask what_if() instead")


def _is_preview(message: object) -> bool:
    return isinstance(message, OpenOrder) and message.order.what_if


def _has_figures(preview: OpenOrder) -> bool:
    """Tells whether a preview says anything: TWS may send one without figures first."""
    state = preview.order_state
    told = (
        state.init_margin_after,
        state.equity_with_loan_after,
        state.commission_and_fees,
        state.max_commission_and_fees,
        state.reject_reason or None,
    )
    return any(one is not None for one in told)
