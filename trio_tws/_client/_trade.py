"""An order as its user holds it."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Final, final

import trio

from trio_tws._client._order_desk import Link
from trio_tws._client._session import Session
from trio_tws._errors import (
    CancelRefused,
    ModifyRefused,
    OrderCancelled,
    OrderRejected,
    ResponseTimeout,
)
from trio_tws._model.cancels import CancelOrder, OrderCancel
from trio_tws._model.codes import code_table
from trio_tws._model.contracts import Contract
from trio_tws._model.orders import Order
from trio_tws._model.place_order import PlaceOrder
from trio_tws._orders.changes import ChangeOutcome
from trio_tws._orders.record import TradeRecord
from trio_tws._orders.resend import resendable
from trio_tws._orders.trade_state import Fill, TradePhase, TradeState
from trio_tws._wire import evolve
from trio_tws.protocol import Notice

_NO_CANCEL: Final = OrderCancel()


@final
class Trade:
    """One order and what becomes of it, made by `TWS.place_order` and the lists of orders.

    ``async for state in trade`` gives each `TradeState`, first the one of now, and ends after the
    one in which the order is done. Any number of tasks may iterate it, each for itself; none misses
    a state. Two of these are equal if they are the same order.

    What TWS says of the order, and nothing else, decides its state: see `TradePhase`. What waits
    here raises `ConnectionLost` when the session ends; the state stays what was last heard.
    """

    def __init__(self, session: Session, record: TradeRecord, response_timeout: float) -> None:
        self._session = session
        self._record = record
        self._response_timeout = response_timeout

    def __repr__(self) -> str:
        state = self.state
        order = state.order
        return (
            f"<Trade {state.order_id} {state.phase.value}: {order.action} {order.total_quantity} "
            f"{state.contract.symbol} {order.order_type}, {state.filled} filled>"
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trade) and other._record is self._record

    def __hash__(self) -> int:
        return hash(self._record)

    # Plain state ..................................................................................

    @property
    def state(self) -> TradeState:
        """How it stands."""
        return self._record.state

    @property
    def phase(self) -> TradePhase:
        """How far it has come."""
        return self._record.state.phase

    @property
    def is_done(self) -> bool:
        """Whether no more is expected of it; see `TradePhase.is_done`."""
        return self._record.is_done

    @property
    def order_id(self) -> int | None:
        """Its number in the program that placed it; None where it has none."""
        return self._record.state.order_id

    @property
    def perm_id(self) -> int:
        """Its number in the account, for good; 0 until TWS has told."""
        return self._record.state.perm_id

    @property
    def contract(self) -> Contract:
        """What it is for, as TWS last reported it, else as it was sent."""
        return self._record.state.contract

    @property
    def order(self) -> Order:
        """The order as TWS last reported it, else as it was sent."""
        return self._record.state.order

    @property
    def fills(self) -> tuple[Fill, ...]:
        """What was traded so far."""
        return self._record.state.fills

    # Waiting ......................................................................................

    def __aiter__(self) -> "TradeStates":
        return TradeStates(self._newest, self._after)

    async def wait_for(self, condition: Callable[[TradeState], bool]) -> TradeState:
        """Waits for a state that meets a condition, and gives it; that of now counts.

        A state that holds for no longer than an instant is not missed. A checkpoint.

        Raises:
            ConnectionLost: The session has ended.
        """
        await trio.lowlevel.checkpoint()
        link = self._newest
        while not condition(link.state):
            link = await self._after(link)
        return link.state

    async def accepted(self) -> TradeState:
        """Waits until TWS has acknowledged the order, and gives how it stands. A checkpoint.

        Raises:
            OrderRejected: TWS or IB refused it.
            ConnectionLost: The session has ended.
        """
        return _or_raise(await self.wait_for(lambda state: state.phase is not TradePhase.SENT))

    async def done(self) -> TradeState:
        """Waits until the order is filled or cancelled, and gives how it stands. A checkpoint.

        Raises:
            OrderRejected: TWS or IB refused it.
            ConnectionLost: The session has ended.
        """
        return _or_raise(await self.wait_for(lambda state: state.is_done))

    async def filled(self) -> TradeState:
        """Waits until all of the order is filled, and gives how it stands. A checkpoint.

        Raises:
            OrderCancelled: It was cancelled before that; its state has what was filled.
            OrderRejected: TWS or IB refused it.
            ConnectionLost: The session has ended.
        """
        state = await self.done()
        if state.phase is TradePhase.CANCELLED:
            raise OrderCancelled(state, state.order_id, state.perm_id)
        return state

    async def settled(self) -> TradeState:
        """Waits until the order is done and the cost of each fill is known. A checkpoint.

        TWS tells the cost with the fill, or seconds later; where fills are missing that the status
        speaks of, those are awaited too.

        Raises:
            OrderRejected: TWS or IB refused it.
            ConnectionLost: The session has ended.
        """
        return _or_raise(await self.wait_for(_is_settled))

    async def _after(self, link: Link) -> Link:
        """Gives the state after one, when it comes."""
        while link.next is None:
            self._session.raise_if_lost()
            await link.wait()
        return link.next

    @property
    def _newest(self) -> Link:
        return self._session.orders.link(self._record)

    # Cancelling ...................................................................................

    async def cancel(self, order_cancel: OrderCancel = _NO_CANCEL) -> TradeState:
        """Cancels the order, and waits until TWS confirms that it is done.

        A fill may come first: look at what is given. Of one that is done already nothing is sent.
        A checkpoint. Cancelled before its turn, nothing is sent; afterwards, the cancel is on its
        way, and the state of this trade tells what comes of it.

        Args:
            order_cancel: What a regulator wants to know; needs server version 169, parts of it 192.

        Returns:
            How the order stands: cancelled, filled, or rejected.

        Raises:
            CancelRefused: TWS refused (161, 136, 10147, 10148), and the order is not done.
            LocalProtocolError: It is an order of another client, or of the TWS window.
            ResponseTimeout: TWS said nothing to it; the order may work on.
            ConnectionLost: The session has ended; the order may work on.

        Sends CancelOrder. Source: EClient.cancelOrder.
        """
        await self.request_cancel(order_cancel)
        sent = self._newest
        state = await self._reaction(
            CancelOrder(self.order_id or 0, order_cancel),
            lambda state: (
                state.is_done
                or state.cancel_refusal is not None
                or state.phase is TradePhase.CANCELLING
            ),
            sent,
        )
        if state.phase is TradePhase.CANCELLING:
            state = await self.wait_for(
                lambda state: state.is_done or state.cancel_refusal is not None
            )
        refusal = state.cancel_refusal
        if state.is_done or refusal is None:
            return state
        raise CancelRefused(refusal.code, refusal.message, state.order_id, _advice(refusal))

    async def request_cancel(self, order_cancel: OrderCancel = _NO_CANCEL) -> None:
        """Sends the cancel without waiting for what comes of it; see `cancel`."""
        if self.is_done:
            await trio.lowlevel.checkpoint()
            return
        order_id = self._session.orders.require_ours(self._record, "cancelling")
        message = CancelOrder(order_id, order_cancel)
        async with self._session.pacer.turn(message):
            self._session.send_nowait(message)
            self._session.orders.cancelling(self._record)

    async def _reaction(
        self, message: object, condition: Callable[[TradeState], bool], since: Link
    ) -> TradeState:
        with trio.move_on_after(self._response_timeout):
            link = since
            while not condition(link.state):
                link = await self._after(link)
            return link.state
        raise ResponseTimeout(message, self._response_timeout)

    # Changing .....................................................................................

    async def modify(
        self,
        order: Order | None = None,
        *,
        total_quantity: Decimal | int | None = None,
        lmt_price: float | None = None,
        aux_price: float | None = None,
        trailing_percent: float | None = None,
        tif: str | None = None,
    ) -> TradeState:
        """Changes the working order, and waits until TWS has taken the change or refused it.

        TWS takes an order as a whole, never a difference. So what is sent is the order as TWS last
        reported it, cleared of what only TWS fills in, with the arguments put into it. Changes of
        price, size and time in force are taken; for another side or instrument, cancel the order
        and place a new one.

        A checkpoint. Cancelled before its turn, nothing is sent; afterwards, the change is on its
        way.

        Args:
            order: The whole order as it is to be, instead of the one that TWS reports.
            total_quantity: The new size, what is filled included.
            lmt_price: The new limit.
            aux_price: The new stop price, trailing amount or offset, as the order's type has it.
            trailing_percent: The new distance of a trailing stop.
            tif: How long it works.

        Returns:
            How the order stands: with the change, or done where that came first.

        Raises:
            ModifyRefused: TWS refused the change (104, 105, 110, …); the order works as before.
            OrderRejected: The order itself was refused before the change came to bear.
            OrderLimit: The limits of this session forbid it; nothing was sent.
            LocalProtocolError: It is an order of another client, or of the TWS window; it is done;
                or a field needs a newer server. Nothing was sent.
            ResponseTimeout: TWS said nothing to it.
            ConnectionLost: The session has ended; whether the change was taken is not known.

        Sends PlaceOrder with the same order id. Source: EClient.placeOrder.
        """
        order_id = self._session.orders.require_ours(self._record, "changing")
        changed = _changed(
            resendable(self.order) if order is None else order,
            total_quantity=None if total_quantity is None else Decimal(total_quantity),
            lmt_price=lmt_price,
            aux_price=aux_price,
            trailing_percent=trailing_percent,
            tif=tif,
        )
        message = PlaceOrder(order_id, self.contract, changed)
        async with self._session.pacer.turn(message):
            self._session.orders.require_alive(self._record)
            self._session.send_nowait(message)
            change = self._session.orders.sending(self._record, changed)
        await self._reaction(
            message,
            lambda state: state.is_done or change.outcome is not ChangeOutcome.PENDING,
            self._newest,
        )
        if change.outcome is ChangeOutcome.REFUSED and change.refusal is not None:
            refusal = change.refusal
            raise ModifyRefused(refusal.code, refusal.message, order_id, _advice(refusal))
        return _or_raise(self.state)  # the outcome may be known before its state has been seen


@final
class TradeStates:
    """The states of one order, from now on: what ``async for`` goes through."""

    def __init__(self, first: Link, after: Callable[[Link], Awaitable[Link]]) -> None:
        self._link = first
        self._after = after
        self._has_begun = False

    def __aiter__(self) -> "TradeStates":
        return self

    async def __anext__(self) -> TradeState:
        await trio.lowlevel.checkpoint()
        if not self._has_begun:
            self._has_begun = True
        elif self._link.state.is_done and self._link.next is None:
            _or_raise(self._link.state)
            raise StopAsyncIteration
        else:
            self._link = await self._after(self._link)
        return self._link.state


def _changed(order: Order, **values: object) -> Order:
    given = {name: value for name, value in values.items() if value is not None}
    return evolve(order, **given) if given else order


def _is_settled(state: TradeState) -> bool:
    if not state.is_done:
        return False
    told = sum((fill.execution.shares or Decimal(0) for fill in state.fills), Decimal(0))
    return told >= state.filled and all(fill.report is not None for fill in state.fills)


def _or_raise(state: TradeState) -> TradeState:
    """Gives a state, unless the order is rejected: then an exception of one's own."""
    if state.phase is TradePhase.REJECTED and state.rejection is not None:
        first = state.rejection
        raise OrderRejected(
            first.code,
            first.message,
            state.order_id,
            state.perm_id,
            first.order,
            first.contract,
            first.advice,
            first.advanced_reject_json,
        )
    return state


def _advice(refusal: Notice) -> str:
    facts = code_table().get(refusal.code)
    return "" if facts is None else facts.advice
