"""One order: what is told of it comes in, and how it stands comes out.

How it stands is worked out of all that was heard, by the rules in `heard`; what an error does is
judged by those in `rejections`, and answers to changes are sorted in `changes`. What ended an order
without a status (a refusal, 202, the list of completed orders) holds until a status says that it
lives, or an OpenOrder if there never was a status: TWS knows best, and to take an order for dead
that lives is the dearer mistake.
"""

from collections import deque
from collections.abc import Iterator
from typing import Final, final

from trio_tws._enums import OrderStatusName
from trio_tws._errors import OrderRejected
from trio_tws._model.codes import code_table
from trio_tws._model.contracts import Contract
from trio_tws._model.executions import CommissionAndFeesReport, ExecutionData
from trio_tws._model.open_orders import OrderBound, OrderStatus
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._model.orders import Order
from trio_tws._model.session import Error
from trio_tws._orders.changes import Change, Changes
from trio_tws._orders.heard import End, Heard, filled_by, standing
from trio_tws._orders.rejections import Doing, Verdict, judge, says_cancelled
from trio_tws._orders.trade_state import TradePhase, TradeState
from trio_tws.protocol import Notice

MAX_WARNINGS: Final = 100

NO_ORDER_ID: Final = 2**31 - 1
"""What TWS sends as the id of an order that has none."""

_S = OrderStatusName
_LIVE_WORDS: Final = frozenset({_S.API_PENDING, _S.PENDING_SUBMIT, _S.PRE_SUBMITTED, _S.SUBMITTED})
_REVIVES: Final = {
    TradePhase.REJECTED: _LIVE_WORDS | {_S.PENDING_CANCEL},
    TradePhase.CANCELLED: _LIVE_WORDS,
}
"""The words that say of an order which was done that it lives."""


@final
class TradeRecord:
    """One order, and what was heard of it.

    Args:
        client_id: The program that placed it.
        order_id: Its number there; None if it has none.
        perm_id: Its number in the account; 0 if it is not known.
        contract: What it is for, as sent; None if it was not sent from here.
        order: The order, as sent; None likewise.
        is_ours: Whether it was placed with this client id.
    """

    def __init__(
        self,
        client_id: int,
        order_id: int | None = None,
        perm_id: int = 0,
        contract: Contract | None = None,
        order: Order | None = None,
        *,
        is_ours: bool = False,
    ) -> None:
        self.client_id = client_id
        self.order_id = order_id
        self.perm_id = perm_id
        self.is_ours = is_ours
        self._told = Heard(contract, order)
        self._changes = Changes()
        self._is_cancelling = False
        self._cancel_refusal: Notice | None = None
        self._warnings: deque[Notice] = deque(maxlen=MAX_WARNINGS)
        self._state = self._make_state()

    # What comes in ...............................................................................

    def take(self, message: object) -> bool:
        """Takes a message that is about this order, and tells whether its `state` changed.

        Those of other kinds change nothing, and neither does an OpenOrder that is a preview. No
        checkpoint.
        """
        if not self._take(message):
            return False
        new = self._make_state()
        if new == self._state:
            return False
        self._state = new
        return True

    def sending(self, order: Order) -> Change:
        """Takes note that a change is sent; what is given tells later what TWS made of it.

        No checkpoint.
        """
        change = self._changes.send(order, self._told.order)
        self._state = self._make_state()
        return change

    def cancelling(self) -> None:
        """Takes note that a cancel is sent; the state changes when TWS says so. No checkpoint."""
        self._is_cancelling = True
        self._cancel_refusal = None
        self._state = self._make_state()

    def exec_ids(self) -> Iterator[str]:
        """Gives the ids of the executions that have come, corrected ones included."""
        return self._told.fills.exec_ids()

    def evidence(self) -> Iterator[object]:
        """Gives messages that make another record know what this one was told, errors left out."""
        told = self._told
        heard = (told.open_order, told.fullest_status, told.last_status, told.completed)
        yield from (message for message in heard if message is not None)
        yield from told.fills.evidence()

    # What goes out ...............................................................................

    @property
    def is_open(self) -> bool:
        """Whether the order is known, and not done.

        One of which nothing but fills was told may be either, and is mostly long done.
        """
        return not self._state.is_done and not self._told.is_mere_fills

    @property
    def state(self) -> TradeState:
        """How the order stands; the same object until that changes."""
        return self._state

    def _take(self, message: object) -> bool:
        match message:
            case OpenOrder():
                return self._heard_open_order(message)
            case OrderStatus():
                return self._heard_status(message)
            case ExecutionData():
                one = message.execution
                is_named = self._name(one.order_id, one.client_id, one.perm_id)
                return self._told.fills.add(message) or is_named
            case CommissionAndFeesReport():
                return self._told.fills.report(message)
            case CompletedOrder():
                return self._heard_completed(message)
            case OrderBound():
                return self._name(message.order_id, message.client_id, message.perm_id)
            case Error():
                return self._heard_error(Notice.of(message))
            case Notice():
                return self._heard_error(message)
            case _:
                return False

    def _name(self, order_id: int | None, client_id: int, perm_id: int) -> bool:
        """Learns how the order is called, as far as that was not known."""
        before = (self.order_id, self.perm_id)
        self.perm_id = self.perm_id or perm_id
        if self.order_id is None and order_id and order_id != NO_ORDER_ID:
            self.order_id, self.client_id = order_id, client_id
        return before != (self.order_id, self.perm_id)

    def _heard_open_order(self, message: OpenOrder) -> bool:
        if message.order.what_if:
            return False
        order = message.order
        self._name(message.order_id, order.client_id, order.perm_id)
        self._changes.show(order)
        self._told.open_order = message
        if self._told.last_status is None:
            self._hear_word(message.order_state.status)
        self._told.is_told_filled |= message.order_state.status is _S.FILLED
        return True

    def _heard_status(self, message: OrderStatus) -> bool:
        self._name(message.order_id, message.client_id, message.perm_id)
        self._told.last_status = message
        if self._told.fullest_status is None or filled_by(message) >= filled_by(
            self._told.fullest_status
        ):
            self._told.fullest_status = message
            self._hear_word(message.status)
        return True

    def _hear_word(self, word: OrderStatusName) -> None:
        self._told.is_told_filled |= word is _S.FILLED
        if self._told.end is not None and word in _REVIVES[self._told.end.phase]:
            self._told.end = None

    def _heard_completed(self, message: CompletedOrder) -> bool:
        self._name(message.order.order_id, message.order.client_id, message.order.perm_id)
        self._told.completed = message
        word, words = message.order_state.status, message.order_state.completed_status
        if word is _S.FILLED:
            self._told.is_told_filled = True
        elif words.startswith("Rejected") or (
            word is _S.INACTIVE and not words.startswith("Cancelled")
        ):
            self._reject(None, words)
        else:
            self._cancelled()
        return True

    def _heard_error(self, notice: Notice) -> bool:
        doing = Doing(
            self._told.is_anything,
            is_changing=bool(self._changes),
            is_cancelling=self._is_cancelling,
            is_attached=bool(self._told.order.parent_id),
        )
        match judge(notice.code, notice.message, doing):
            case Verdict.REMARK:
                if notice not in self._warnings:
                    self._warnings.append(notice)
            case Verdict.CHANGE_REFUSED:
                self._changes.refuse(notice)
            case Verdict.CANCEL_REFUSED:
                self._is_cancelling = False
                self._cancel_refusal = notice
                if says_cancelled(notice):
                    self._cancelled()
            case Verdict.CANCELLED:
                self._cancelled()
            case _:  # rejected
                self._reject(notice.code, notice.message, notice.advanced_order_reject_json)
        return True

    def _cancelled(self) -> None:
        if self._told.end is None:  # a refusal says more
            self._told.end = End(TradePhase.CANCELLED)

    def _reject(self, code: int | None, words: str, json: str = "") -> None:
        """Takes note of a refusal: the first one holds, as it is what was refused."""
        if self._told.end is not None and self._told.end.phase is TradePhase.REJECTED:
            return
        facts = None if code is None else code_table().get(code)
        rejection = OrderRejected(
            code,
            words,
            self.order_id,
            self.perm_id,
            self._told.order,
            self._told.contract,
            "" if facts is None else facts.advice,
            json,
        )
        self._told.end = End(TradePhase.REJECTED, rejection)

    def _make_state(self) -> TradeState:
        told = self._told
        stands = standing(told, self._changes.orders)
        status = stands.status
        end = told.end if stands.phase is TradePhase.REJECTED else None
        return TradeState(
            phase=stands.phase,
            status=stands.word,
            order_id=self.order_id,
            client_id=self.client_id,
            perm_id=self.perm_id,
            contract=told.contract,
            order=told.order,
            order_state=told.order_state,
            filled=stands.filled,
            remaining=stands.remaining,
            average_price=stands.average_price,
            fills=stands.totals.fills,
            commissions=stands.totals.commissions,
            why_held="" if status is None else status.why_held,
            mkt_cap_price=None if status is None else status.mkt_cap_price,
            warnings=tuple(self._warnings),
            rejection=None if end is None else end.rejection,
            refused_change=self._changes.refusal,
            cancel_refusal=self._cancel_refusal,
            changes_pending=len(self._changes),
            is_ours=self.is_ours,
            completed_status=told.completed_status,
        )
