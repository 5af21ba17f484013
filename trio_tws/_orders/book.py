"""All orders that were heard of, and which message is about which of them.

- perm_id names an order for good and goes first. Until there is one, an order is named by the
  program that placed it and its order id there. What people order in TWS has no order id (0, or
  2147483647) or one that client 0 was given for it (negative).
- A perm_id is often learnt after the order id, now and then before it; two records that turn out to
  be of one order become one, and the one that was begun here stays.
- One order id with two perm_ids are two orders: the ids were reset in TWS. The newer has the id
  from then on, and the older is found by its perm_id.
- An error names an order id of this program, and counts only if there is such an order: requests
  are numbered too.
- An OpenOrder that is a preview (what_if) is about no order, and neither is a report on an
  execution that has not come; that one is kept until it does.
- All orders that are open are kept, and of the others those that were done last. An order of which
  nothing but fills is told does not count as open: lists of executions are full of them.
"""

from collections.abc import Iterator
from typing import Final, TypeAlias, final

from trio_tws._errors import LocalProtocolError
from trio_tws._model.contracts import Contract
from trio_tws._model.executions import CommissionAndFeesReport, ExecutionData
from trio_tws._model.open_orders import OrderBound, OrderStatus
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._model.orders import Order
from trio_tws._model.session import Error
from trio_tws._orders.fills import EarlyReports
from trio_tws._orders.record import NO_ORDER_ID, TradeRecord
from trio_tws._wire.late import frozen
from trio_tws.protocol import Notice

RETENTION: Final = 1_000
MAX_CONFLICTS: Final = 100

ABOUT_NOTHING: Final = -1
"""What an error has for an id when it is about no request and no order."""

_Key: TypeAlias = tuple[int, int]
"""A client id and an order id."""


@final
@frozen
class IdConflict:
    """One order id that names two orders, because the ids were reset in TWS."""

    client_id: int
    order_id: int
    older: int
    """The perm_id of the order that had the id first."""
    newer: int


@final
@frozen
class _Name:
    """What a message calls an order."""

    perm_id: int
    """0 if it does not tell."""
    client_id: int
    order_id: int
    """0 if the order has none.

    With a perm_id, that is its only name then. Without, all such orders of a client are one, as
    nothing tells them apart; TWS is not known to send any.
    """

    @property
    def key(self) -> _Key:
        return (self.client_id, self.order_id)

    def is_other_than(self, record: TradeRecord) -> bool:
        """Tells whether the order that has this key is another one, by its perm_id."""
        if not self.order_id:
            return bool(self.perm_id)
        return 0 not in {self.perm_id, record.perm_id} and self.perm_id != record.perm_id


def _name_of(message: object) -> _Name | None:
    names: tuple[int, int, int | None]
    match message:
        case OpenOrder(order=order) if not order.what_if:
            names = (order.perm_id, order.client_id, message.order_id)
        case OrderStatus() | OrderBound():
            names = (message.perm_id, message.client_id, message.order_id)
        case ExecutionData(execution=one):
            names = (one.perm_id, one.client_id, one.order_id)
        case CompletedOrder(order=order):
            names = (order.perm_id, order.client_id, order.order_id)
        case _:
            return None
    perm_id, client_id, order_id = names
    return _Name(perm_id, client_id, 0 if order_id in {None, NO_ORDER_ID} else order_id or 0)


@final
class TradeBook:
    """The orders of one session.

    Args:
        client_id: The id of this program: its orders are ours.
        retention: How many orders are kept that are done.
    """

    def __init__(self, client_id: int, retention: int = RETENTION) -> None:
        self._client_id = client_id
        self._retention = retention
        self._by_perm: dict[int, TradeRecord] = {}
        self._by_key: dict[_Key, TradeRecord] = {}
        self._by_exec: dict[str, TradeRecord] = {}
        self._records: dict[TradeRecord, None] = {}
        self._done: dict[TradeRecord, None] = {}
        self._early = EarlyReports()
        self._conflicts: dict[IdConflict, None] = {}

    def __iter__(self) -> Iterator[TradeRecord]:
        """Gives all records that are kept, in the order in which they were heard of."""
        return iter(tuple(self._records))

    def __len__(self) -> int:
        return len(self._records)

    @property
    def conflicts(self) -> tuple[IdConflict, ...]:
        """The order ids that turned out to name two orders: the last 100 of them."""
        return tuple(self._conflicts)

    def alive(self) -> int:
        """Gives the number of orders that are not done."""
        return len(self._records) - len(self._done)

    def open_records(self) -> tuple[TradeRecord, ...]:
        """Gives the orders that are not done, in the order in which they were heard of."""
        return tuple(record for record in self._records if record not in self._done)

    def get(self, order_id: int) -> TradeRecord | None:
        """Gives the order of this program with an order id, if it is kept."""
        return self.named(self._client_id, order_id)

    def named(self, client_id: int, order_id: int) -> TradeRecord | None:
        """Gives the order that a program has placed with an order id, if it is kept."""
        return self._by_key.get((client_id, order_id)) if order_id else None

    def by_perm(self, perm_id: int) -> TradeRecord | None:
        """Gives the order with a perm_id, if it is kept."""
        return self._by_perm.get(perm_id)

    def begin(self, order_id: int, contract: Contract, order: Order) -> TradeRecord:
        """Makes the record of an order that is about to be sent.

        Raises:
            LocalProtocolError: There is an order with this id already; nothing has changed.
        """
        key = (self._client_id, order_id)
        if key in self._by_key:
            raise LocalProtocolError(
                f"order id {order_id} is that of another order of client {self._client_id}; "
                "take the next one, or change that order instead"
            )
        record = TradeRecord(self._client_id, order_id, 0, contract, order, is_ours=True)
        self._by_key[key] = record
        self._records[record] = None
        return record

    def of(self, message: object) -> TradeRecord | None:
        """Gives the order that a message is about, if it is kept. Nothing changes."""
        match message:
            case Error() | Notice():
                return None if message.req_id == ABOUT_NOTHING else self.get(message.req_id)
            case CommissionAndFeesReport():
                return self._by_exec.get(message.exec_id)
            case _:
                name = _name_of(message)
                return None if name is None else self._find(name)

    def take(self, message: object) -> tuple[TradeRecord, ...]:
        """Takes a message to the order that it is about, and gives that if its state changed.

        An order that was not heard of before is entered. Nothing is given, too, for a message that
        is about no order, or about one that is not kept: an error may then be about a request. No
        checkpoint.
        """
        record = self.of(message)
        before = None if record is None else record.state
        name = _name_of(message)
        if name is not None:
            record = record or self._enter(name)
            self._index(record, name)
        if record is None:
            if isinstance(message, CommissionAndFeesReport):
                self._early.add(message)
            return ()
        record.take(message)
        if isinstance(message, ExecutionData):
            self._executed(record, message.execution.exec_id)
        self._keep_or_let_go(record)
        return () if record.state is before else (record,)

    def _executed(self, record: TradeRecord, exec_id: str) -> None:
        self._by_exec[exec_id] = record
        report = self._early.pop(exec_id)
        if report is not None:
            record.take(report)

    def _keep_or_let_go(self, record: TradeRecord) -> None:
        if record.is_open:
            self._done.pop(record, None)
            return
        self._done[record] = None
        if len(self._done) > self._retention:
            self._forget(next(iter(self._done)))

    # Who is who ...................................................................................

    def _find(self, name: _Name) -> TradeRecord | None:
        by_perm = self._by_perm.get(name.perm_id)
        by_key = self._by_key.get(name.key)
        if by_key is None or name.is_other_than(by_key):
            return by_perm
        is_by_key = by_perm is None or by_perm.order_id is None
        return by_key if is_by_key else by_perm

    def _enter(self, name: _Name) -> TradeRecord:
        is_ours = name.client_id == self._client_id and name.order_id > 0
        record = TradeRecord(name.client_id, name.order_id or None, name.perm_id, is_ours=is_ours)
        self._records[record] = None
        older = self._by_key.get(name.key)
        if older is not None and name.order_id:
            self._conflict(IdConflict(*name.key, older.perm_id, name.perm_id))
            del self._by_key[name.key]
        return record

    def _index(self, record: TradeRecord, name: _Name) -> None:
        """Makes the record be found by a name, which another one may have been found by."""
        if name.perm_id:
            other = self._by_perm.get(name.perm_id, record)
            if other is not record:
                self._merge(other, record)
            self._by_perm[name.perm_id] = record
        has_key = record.order_id is None or name.key == (record.client_id, record.order_id)
        if has_key and (name.order_id or not name.perm_id):
            self._by_key.setdefault(name.key, record)

    def _merge(self, goes: TradeRecord, stays: TradeRecord) -> None:
        """Makes two records of one order one: the one without an order id goes."""
        for message in goes.evidence():
            stays.take(message)
        for exec_id in goes.exec_ids():
            self._by_exec[exec_id] = stays
        self._records.pop(goes)
        self._done.pop(goes, None)

    def _forget(self, record: TradeRecord) -> None:
        del self._records[record]
        del self._done[record]
        for exec_id in record.exec_ids():
            self._by_exec.pop(exec_id, None)
        if self._by_perm.get(record.perm_id) is record:
            del self._by_perm[record.perm_id]
        key = (record.client_id, record.order_id or 0)
        if self._by_key.get(key) is record:
            del self._by_key[key]

    def _conflict(self, conflict: IdConflict) -> None:
        self._conflicts[conflict] = None
        if len(self._conflicts) > MAX_CONFLICTS:
            del self._conflicts[next(iter(self._conflicts))]
