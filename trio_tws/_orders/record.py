"""One order: what is told of it comes in, and how it stands comes out.

How it stands is worked out of all that was heard, by the rules in `heard`; what an error does is
judged by those in `rejections`, and answers to changes are sorted in `changes`. What ended an order
without a status (a refusal, 202, the list of completed orders) holds until a status says that it
lives, or an OpenOrder if there never was a status: TWS knows best, and to take an order for dead
that lives is the dearer mistake.
"""

from collections.abc import Iterator
from operator import attrgetter
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
from trio_tws._orders.heard import End, Heard, filled_by, is_plainly_working, standing
from trio_tws._orders.rejections import Doing, Verdict, judge, says_cancelled
from trio_tws._orders.trade_state import Fill, TradePhase, TradeState
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


_NO_CHANGES: Final = Changes()
"""Those of an order that nobody has changed from here, as most are; never sent to."""

_FACTS: Final["attrgetter[tuple[object, ...]]"] = attrgetter(*TradeState.__annotations__)
"""Takes a state apart.

As tuples two of them are compared by identity first, and that is mostly enough: an order has 150
fields, and is seldom another object than before.
"""


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

    __slots__ = (
        "__weakref__",
        "_cancel_refusal",
        "_changes",
        "_is_cancelling",
        "_is_news",
        "_state",
        "_told",
        "_warnings",
        "client_id",
        "is_ours",
        "order_id",
        "perm_id",
    )

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
        self._changes = _NO_CHANGES
        self._is_cancelling = False
        self._cancel_refusal: Notice | None = None
        self._warnings: tuple[Notice, ...] = ()
        self._state: TradeState | None = None
        self._is_news = True

    # What comes in ...............................................................................

    def take(self, message: object) -> None:
        """Takes a message that is about this order.

        Those of other kinds change nothing, and neither does an OpenOrder that is a preview. No
        checkpoint.
        """
        if isinstance(message, OrderStatus):
            self._heard_status(message)
        elif isinstance(message, OpenOrder):
            self._heard_open_order(message)
        elif isinstance(message, ExecutionData):
            self._heard_execution(message)
        elif isinstance(message, CommissionAndFeesReport):
            self._told.fills.report(message)
        elif isinstance(message, CompletedOrder):
            self._heard_completed(message)
        elif isinstance(message, OrderBound):
            self._name(message.order_id, message.client_id, message.perm_id)
        elif isinstance(message, Notice):
            self._heard_error(message)
        elif isinstance(message, Error):
            self._heard_error(Notice.of(message))
        self._is_news = True

    def sending(self, order: Order) -> Change:
        """Takes note that a change is sent; what is given tells later what TWS made of it.

        No checkpoint.
        """
        self._is_news = True
        if self._changes is _NO_CHANGES:
            self._changes = Changes()
        return self._changes.send(order, self._told.order)

    def cancelling(self) -> None:
        """Takes note that a cancel is sent; the phase changes when TWS says so. No checkpoint."""
        self._is_news = True
        self._is_cancelling = True
        self._cancel_refusal = None

    def exec_ids(self) -> Iterator[str]:
        """Gives the ids of the executions that have come, corrected ones included."""
        return self._told.fills.exec_ids()

    def fill_of(self, exec_id: str) -> Fill | None:
        """Gives the fill, as corrected, that an execution is of; None if it is not known."""
        return self._told.fills.of(exec_id)

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
        return is_plainly_working(self._told) or not (self._told.is_mere_fills or self.is_done)

    @property
    def is_done(self) -> bool:
        """Whether no more is expected of the order, as `state` says; none is made for it."""
        if self._state is not None and not self._is_news:
            return self._state.is_done
        if self._told.is_told_filled:  # that word is the last
            return True
        if is_plainly_working(self._told):
            return False
        return standing(self._told, self._changes.orders).phase.is_done

    @property
    def state(self) -> TradeState:
        """How the order stands; the same object until that changes.

        It is worked out when somebody asks: most of what TWS tells is followed by more before that.
        """
        known = self._state
        if known is not None and not self._is_news:
            return known
        self._is_news = False
        state = self._make_state()
        if known is not None and _FACTS(known) == _FACTS(state):
            return known
        self._state = state
        return state

    def _name(self, order_id: int | None, client_id: int, perm_id: int) -> None:
        """Learns how the order is called, as far as that was not known."""
        self.perm_id = self.perm_id or perm_id
        if self.order_id is None and order_id and order_id != NO_ORDER_ID:
            self.order_id, self.client_id = order_id, client_id

    def _heard_open_order(self, message: OpenOrder) -> None:
        if message.order.what_if:
            return
        order = message.order
        self._name(message.order_id, order.client_id, order.perm_id)
        if self._changes is not _NO_CHANGES:
            self._changes.show(order)
        self._told.open_order = message
        if self._told.last_status is None:
            self._hear_word(message.order_state.status)
        self._told.is_told_filled |= message.order_state.status is _S.FILLED

    def _heard_status(self, message: OrderStatus) -> None:
        self._name(message.order_id, message.client_id, message.perm_id)
        self._told.last_status = message
        if self._told.fullest_status is None or filled_by(message) >= filled_by(
            self._told.fullest_status
        ):
            self._told.fullest_status = message
            self._hear_word(message.status)

    def _heard_execution(self, message: ExecutionData) -> None:
        one = message.execution
        self._name(one.order_id, one.client_id, one.perm_id)
        self._told.fills.add(message)

    def _hear_word(self, word: OrderStatusName) -> None:
        self._told.is_told_filled |= word is _S.FILLED
        if self._told.end is not None and word in _REVIVES[self._told.end.phase]:
            self._told.end = None

    def _heard_completed(self, message: CompletedOrder) -> None:
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

    def _heard_error(self, notice: Notice) -> None:
        doing = Doing(
            self._told.is_anything,
            is_changing=bool(self._changes),
            is_cancelling=self._is_cancelling,
            is_attached=bool(self._told.order.parent_id),
        )
        match judge(notice.code, notice.message, doing):
            case Verdict.REMARK:
                if notice not in self._warnings:
                    self._warnings = (*self._warnings, notice)[-MAX_WARNINGS:]
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
            fills=told.fills.all,
            commissions=told.fills.commissions,
            why_held="" if status is None else status.why_held,
            mkt_cap_price=None if status is None else status.mkt_cap_price,
            warnings=self._warnings,
            rejection=None if end is None else end.rejection,
            refused_change=self._changes.refusal,
            cancel_refusal=self._cancel_refusal,
            changes_pending=len(self._changes),
            is_ours=self.is_ours,
            completed_status=told.completed_status,
        )
