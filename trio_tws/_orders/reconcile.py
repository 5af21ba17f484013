"""What a program knows against what TWS says: what happened while nobody was looking.

TWS's lists are fed to a `TradeBook`, as if all of it had just happened; each order that was known
is then looked up there. Lists reach back to midnight, or some days: an order that is in none is
gone for a reason that can't be told, and executions that are not listed are no news.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import final

from trio_tws._model.executions import ExecutionData
from trio_tws._model.open_orders import OrderStatus
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._model.positions import PositionData
from trio_tws._orders.book import IdConflict, TradeBook
from trio_tws._orders.fill_sums import NOTHING
from trio_tws._orders.known import Known, KnownOrder, held
from trio_tws._orders.record import TradeRecord
from trio_tws._orders.trade_state import TradePhase, TradeState
from trio_tws._wire.late import frozen

_NOBODY = -2
"""No program has this client id: to a comparison, no order is ours."""


@final
@frozen
class OrderGone:
    """An order that was open and is not any more."""

    known: KnownOrder
    outcome: TradePhase | None
    """How it ended; None where TWS's lists don't tell, which does not mean a cancel."""
    state: TradeState | None = None
    """What the lists tell of it, such as fills; None if it is in none of them."""


@final
@frozen
class PositionDifference:
    """A position that is not what was known."""

    account: str
    con_id: int
    known: Decimal
    actual: Decimal


@final
@frozen
class Reconciliation:
    """What TWS says that was not known."""

    new_fills: tuple[ExecutionData, ...] = ()
    """Executions that were not known, corrections too, in the order in which TWS listed them."""
    orders_gone: tuple[OrderGone, ...] = ()
    """Orders that were open and are not any more."""
    orders_unknown: tuple[TradeState, ...] = ()
    """Orders that are open, and were not known."""
    id_conflicts: tuple[IdConflict, ...] = ()
    """Order ids that now name another order than before: TWS's ids were reset."""
    position_differences: tuple[PositionDifference, ...] = ()
    """By account and con_id."""

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing new."""
        return not any(
            (
                self.new_fills,
                self.orders_gone,
                self.orders_unknown,
                self.id_conflicts,
                self.position_differences,
            )
        )


def reconcile(
    known: Known,
    open_orders: Sequence[OpenOrder],
    statuses: Sequence[OrderStatus],
    completed: Sequence[CompletedOrder],
    executions: Sequence[ExecutionData],
    positions: Sequence[PositionData],
) -> Reconciliation:
    """Compares what is known with TWS's lists. No checkpoint.

    Args:
        known: What the program knows.
        open_orders: As `ReqAllOpenOrders` lists them.
        statuses: Those that came with them.
        completed: As `ReqCompletedOrders` lists them.
        executions: As `ReqExecutions` lists them.
        positions: As `ReqPositions` lists them, of all accounts.
    """
    messages = (*executions, *completed, *open_orders, *statuses)
    book = TradeBook(_NOBODY, retention=len(messages))
    for message in messages:
        book.hear(message)
    listed = (_find(book, _name(one)) for one in open_orders if not one.order.what_if)
    is_open = {one: None for one in listed if one is not None and not one.state.is_done}
    found = [(one, _find(book, one)) for one in known.open_orders]
    return Reconciliation(
        _new(executions, known.exec_ids),
        tuple(_gone(one, record) for one, record in found if record not in is_open),
        tuple(one.state for one in is_open if one not in {record for _, record in found}),
        tuple(dict.fromkeys((*book.conflicts, *_conflicts(book, known.open_orders)))),
        _differences(known.positions, held(positions)),
    )


def _name(message: OpenOrder) -> KnownOrder:
    return KnownOrder(message.order.perm_id, message.order.client_id, message.order_id)


def _find(book: TradeBook, name: KnownOrder) -> TradeRecord | None:
    record = book.by_perm(name.perm_id)
    if record is not None or name.order_id is None:
        return record
    record = book.named(name.client_id, name.order_id)
    is_other = record is not None and 0 not in {name.perm_id, record.perm_id}
    return None if is_other else record


def _gone(known: KnownOrder, record: TradeRecord | None) -> OrderGone:
    if record is None:
        return OrderGone(known, None)
    return OrderGone(known, record.state.phase if record.state.is_done else None, record.state)


def _new(executions: Iterable[ExecutionData], known: AbstractSet[str]) -> tuple[ExecutionData, ...]:
    by_id: dict[str, ExecutionData] = {}
    for one in executions:
        by_id.setdefault(one.execution.exec_id, one)
    return tuple(one for exec_id, one in by_id.items() if exec_id not in known)


def _conflicts(book: TradeBook, orders: Iterable[KnownOrder]) -> Iterator[IdConflict]:
    for one in orders:
        record = None if one.order_id is None else book.named(one.client_id, one.order_id)
        if one.order_id and record is not None and 0 != record.perm_id != one.perm_id != 0:
            yield IdConflict(one.client_id, one.order_id, one.perm_id, record.perm_id)


def _differences(
    known: Mapping[tuple[str, int], Decimal], actual: Mapping[tuple[str, int], Decimal]
) -> tuple[PositionDifference, ...]:
    pairs = {
        key: (known.get(key, NOTHING), actual.get(key, NOTHING))
        for key in sorted({*known, *actual})
    }
    return tuple(
        PositionDifference(*key, *pair) for key, pair in pairs.items() if pair[0] != pair[1]
    )
