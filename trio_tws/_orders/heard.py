"""What was heard of one order, and how it stands by that.

What is given is made of what has come, and not of when: any interleaving of OpenOrder, OrderStatus,
ExecutionData and CommissionAndFeesReport that keeps each kind in order ends the same. The rules:

- The status word is that of the last OrderStatus; as long as there is none, that of the last
  OpenOrder, which also counts if it says that the order is cancelled. A status that knows of less
  that is filled than an earlier one is stale, unless a correction has lowered the fills.
- Filled beats everything: as a word, ever, or as a quantity that makes up the whole, for which no
  status need come. With a change to a larger quantity pending, the whole is that.
- How much is filled: the most that a status or a fill says. What the fills explain in full, they
  tell better: then the average price is theirs, and a correction may lower it.
- What ended otherwise (refused, cancelled by 202, in the list of completed orders) is done.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, final

from trio_tws._enums import OrderStatusName, SecType
from trio_tws._errors import OrderRejected
from trio_tws._model.contracts import Contract
from trio_tws._model.open_orders import OrderStatus
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._model.order_states import OrderState
from trio_tws._model.orders import Order
from trio_tws._orders.fill_sums import NOTHING
from trio_tws._orders.fills import Fills
from trio_tws._orders.trade_state import TradePhase, no_contract, no_order, no_order_state
from trio_tws._wire.late import frozen

CANCELLED_WORDS: Final = frozenset({OrderStatusName.CANCELLED, OrderStatusName.API_CANCELLED})

_PHASES: Final = {
    **dict.fromkeys(CANCELLED_WORDS, TradePhase.CANCELLED),
    OrderStatusName.PENDING_CANCEL: TradePhase.CANCELLING,
    OrderStatusName.INACTIVE: TradePhase.INACTIVE,
}
"""What a status word makes of an order; any other, an unknown one too, leaves it working."""

_ENDS_SHORT: Final = CANCELLED_WORDS | {OrderStatusName.INACTIVE}
"""With these a status may say that nothing remains, of an order that was not filled."""


@final
@frozen
class End:
    """That an order is done, said by something else than a status."""

    phase: TradePhase
    rejection: OrderRejected | None = None


@final
class Heard:
    """All that was heard of one order.

    Args:
        sent_contract: What it is for, as it was sent; None if it was not sent from here.
        sent_order: The order, as it was sent; None likewise.

    Attributes:
        open_order: The last.
        fullest_status: The last of those that know of the most that is filled.
        is_told_filled: Whether TWS has ever said Filled.
    """

    __slots__ = (
        *("sent_contract", "sent_order", "open_order", "completed", "last_status"),
        *("fullest_status", "is_told_filled", "end", "fills"),
    )

    def __init__(self, sent_contract: Contract | None, sent_order: Order | None) -> None:
        self.sent_contract = sent_contract
        self.sent_order = sent_order
        self.open_order: OpenOrder | None = None
        self.completed: CompletedOrder | None = None
        self.last_status: OrderStatus | None = None
        self.fullest_status: OrderStatus | None = None
        self.is_told_filled = False
        self.end: End | None = None
        self.fills = Fills()

    @property
    def is_mere_fills(self) -> bool:
        """Whether nothing but fills tells of the order: lists have those of yesterday, too."""
        return (self.open_order or self.last_status or self.completed or self.sent_order) is None

    @property
    def is_anything(self) -> bool:
        """Whether TWS has said anything of the order but errors."""
        return bool(self.open_order or self.last_status or self.completed or self.fills)

    @property
    def contract(self) -> Contract:
        """As TWS last reported it, else as sent, else as a fill has it."""
        if self.open_order is not None:
            return self.open_order.contract
        if self.sent_contract is not None:
            return self.sent_contract
        if self.completed is not None:
            return self.completed.contract
        return self.fills.contract or no_contract()

    @property
    def order(self) -> Order:
        """As TWS last reported it, else as sent."""
        if self.open_order is not None:
            return self.open_order.order
        if self.sent_order is not None:
            return self.sent_order
        return no_order() if self.completed is None else self.completed.order

    @property
    def order_state(self) -> OrderState:
        """As TWS last reported it."""
        report = self.open_order or self.completed
        return no_order_state() if report is None else report.order_state

    @property
    def completed_status(self) -> str:
        """TWS's words on how it ended."""
        listed = self.completed.order_state.completed_status if self.completed else ""
        return listed or self.order_state.completed_status


@final
@frozen
class Standing:
    """How an order stands."""

    phase: TradePhase
    word: OrderStatusName
    filled: Decimal
    remaining: Decimal | None
    average_price: float | None
    status: OrderStatus | None
    """The one that counts."""


def standing(heard: Heard, pending: Iterable[Order] = ()) -> Standing:
    """Works out how an order stands.

    Args:
        heard: What was heard of it.
        pending: The changes that TWS has not answered yet.
    """
    sums = heard.fills.quantities(is_combo=heard.contract.sec_type is SecType.COMBO)
    is_corrected = sums.is_corrected
    status = heard.last_status if is_corrected else heard.fullest_status
    by_status = status_total(status)
    told = filled_by(status)
    if heard.completed is not None:
        told = max(told, heard.completed.order.filled_quantity or NOTHING)
    average = None if status is None else status.avg_fill_price
    if sums.cumulative > told and not is_corrected:
        told, average = sums.cumulative, sums.cumulative_price
    filled = told
    if sums.filled_before >= told:
        filled, average = sums.filled, sums.average_price
    ordered = heard.order.total_quantity or NOTHING
    whole = max(ordered, by_status, NOTHING)
    for order in pending:
        whole = max(whole, order.total_quantity or NOTHING)
    is_filled = heard.is_told_filled or (whole > 0 and filled >= whole)
    if is_filled and not is_corrected and not _tells_filled(status):
        filled = max(filled, ordered)  # an OpenOrder says so, and not how much that is
    word = _word(heard, status)
    if is_filled:
        phase = TradePhase.FILLED
    elif heard.end is not None:
        phase = heard.end.phase
    elif not heard.is_anything:
        phase = TradePhase.SENT
    else:
        phase = _PHASES.get(word, TradePhase.WORKING)
    remaining = _remaining(by_status or ordered, filled, status)
    if is_filled and not is_corrected:
        remaining = NOTHING
    return Standing(phase, word, filled, remaining, average if filled else None, status)


def is_plainly_working(heard: Heard) -> bool:
    """Tells of most orders which are not done that they are not.

    It costs a tenth of what `standing` does. If it is false, only that can tell.
    """
    status, report = heard.fullest_status, heard.open_order
    if status is None or heard.is_told_filled or heard.end or heard.completed:
        return False
    return (
        bool(status.remaining and status.remaining > NOTHING)
        and status.status not in _ENDS_SHORT
        and (report is None or report.order_state.status not in CANCELLED_WORDS)
        and not heard.fills
    )


def filled_by(status: OrderStatus | None) -> Decimal:
    """Gives how much a status says is filled."""
    return NOTHING if status is None else status.filled or NOTHING


def _tells_filled(status: OrderStatus | None) -> bool:
    return status is not None and status.status is OrderStatusName.FILLED


def status_total(status: OrderStatus | None) -> Decimal:
    """Gives the quantity of an order by its status, which may have been reduced; 0 if not told."""
    if status is None or status.remaining is None or status.status in _ENDS_SHORT:
        return NOTHING
    return filled_by(status) + status.remaining


def _remaining(total: Decimal, filled: Decimal, status: OrderStatus | None) -> Decimal | None:
    if total:
        return max(total - filled, NOTHING)
    return None if status is None else status.remaining


def _word(heard: Heard, status: OrderStatus | None) -> OrderStatusName:
    is_over = heard.end is not None or heard.is_told_filled
    if heard.completed is not None and is_over:
        return heard.completed.order_state.status
    reported = heard.order_state.status
    if status is None:
        return reported
    if reported in CANCELLED_WORDS and status.status is not OrderStatusName.FILLED:
        return reported
    return status.status
