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
from itertools import islice
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

_NO_ORDER: Final = (-1, 0)
"""What an error has for an id when it is about no request and no order."""

LOOK_AFTER: Final = 64
"""How many orders there may be news of before the book looks which of them are done."""

_Key: TypeAlias = tuple[int, int]
"""A client id and an order id."""

_Name: TypeAlias = tuple[int, int, int]
"""What a message calls an order: a perm_id, a client id and an order id.

The first is 0 if it does not tell. The last is 0 if the order has none. With a perm_id, that is its
only name then. Without, all such orders of a client are one, as nothing tells them apart; TWS is
not known to send any.
"""


@final
@frozen
class IdConflict:
    """One order id that names two orders, because the ids were reset in TWS."""

    client_id: int
    order_id: int
    older: int
    """The perm_id of the order that had the id first."""
    newer: int


def _name_of(message: object) -> _Name | None:
    order_id: int | None
    if isinstance(message, (OrderStatus, OrderBound)):
        perm_id, client_id, order_id = message.perm_id, message.client_id, message.order_id
    elif isinstance(message, OpenOrder):
        order = message.order
        if order.what_if:
            return None
        perm_id, client_id, order_id = order.perm_id, order.client_id, message.order_id
    elif isinstance(message, ExecutionData):
        one = message.execution
        perm_id, client_id, order_id = one.perm_id, one.client_id, one.order_id
    elif isinstance(message, CompletedOrder):
        order = message.order
        perm_id, client_id, order_id = order.perm_id, order.client_id, order.order_id
    else:
        return None
    return perm_id, client_id, 0 if order_id is None or order_id == NO_ORDER_ID else order_id


def _is_other(name: _Name, record: TradeRecord) -> bool:
    """Tells whether the order of that name is not the one that has its key, by their perm_ids."""
    perm_id, _, order_id = name
    if not order_id:
        return bool(perm_id)
    return 0 not in {perm_id, record.perm_id} and perm_id != record.perm_id


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
        self._news: dict[TradeRecord, None] = {}
        self._latest: TradeRecord | None = None
        self._early = EarlyReports()
        self._conflicts: dict[IdConflict, None] = {}

    def __iter__(self) -> Iterator[TradeRecord]:
        """Gives all records that are kept, in the order in which they were heard of."""
        self._look()
        return iter(tuple(self._records))

    def __len__(self) -> int:
        self._look()
        return len(self._records)

    @property
    def conflicts(self) -> tuple[IdConflict, ...]:
        """The order ids that turned out to name two orders: the last 100 of them."""
        return tuple(self._conflicts)

    def alive(self) -> int:
        """Gives the number of orders that are not done."""
        self._look()
        return len(self._records) - len(self._done)

    def open_records(self) -> tuple[TradeRecord, ...]:
        """Gives the orders that are not done, in the order in which they were heard of."""
        self._look()
        return tuple(record for record in self._records if record not in self._done)

    def get(self, order_id: int) -> TradeRecord | None:
        """Gives the order of this program with an order id, if it is kept."""
        return self.named(self._client_id, order_id)

    def named(self, client_id: int, order_id: int) -> TradeRecord | None:
        """Gives the order that a program has placed with an order id, if it is kept."""
        self._look()
        return self._by_key.get((client_id, order_id)) if order_id else None

    def by_perm(self, perm_id: int) -> TradeRecord | None:
        """Gives the order with a perm_id, if it is kept."""
        self._look()
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
                key = (self._client_id, message.req_id)
                return None if message.req_id in _NO_ORDER else self._by_key.get(key)
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

        The state is worked out for that, before and after; `hear` spares it.
        """
        known = self.of(message)
        before = None if known is None else known.state
        record = self.hear(message)
        return () if record is None or record.state is before else (record,)

    def hear(self, message: object) -> TradeRecord | None:
        """Takes a message as `take` does, and gives the order that it is about, changed or not.

        No checkpoint.
        """
        name = _name_of(message)
        record = self.of(message) if name is None else self._meant(name)
        if record is None:
            if isinstance(message, CommissionAndFeesReport):
                self._early.add(message)
            return None
        record.take(message)
        if isinstance(message, ExecutionData):
            self._executed(record, message.execution.exec_id)
        if record is not self._latest:  # as a rule there are several reports of one in a row
            self._latest = record
            self._news.pop(record, None)
            self._news[record] = None
            if len(self._news) > LOOK_AFTER:
                self._look()
        return record

    def _executed(self, record: TradeRecord, exec_id: str) -> None:
        self._by_exec[exec_id] = record
        report = self._early.pop(exec_id)
        if report is not None:
            record.take(report)

    def _look(self) -> None:
        """Looks which of the orders are done of which there was news, and lets the oldest go."""
        for record in self._news:
            if record.is_open:
                self._done.pop(record, None)
            else:
                self._done.setdefault(record)
        self._news.clear()
        self._latest = None
        too_many = len(self._done) - self._retention
        if too_many > 0:
            for record in tuple(islice(self._done, too_many)):
                self._forget(record)

    # Who is who ...................................................................................

    def _meant(self, name: _Name) -> TradeRecord:
        """Gives the order of that name, and makes it be found by it from now on."""
        record = self._by_perm.get(name[0])
        if record is not None and record.order_id is not None:  # the hot path
            self._have_key(record, name)
            return record
        record = self._find(name) or self._enter(name)
        self._index(record, name)
        return record

    def _find(self, name: _Name) -> TradeRecord | None:
        perm_id, client_id, order_id = name
        by_perm = self._by_perm.get(perm_id)
        by_key = self._by_key.get((client_id, order_id))
        if by_key is None or _is_other(name, by_key):
            return by_perm
        is_by_key = by_perm is None or by_perm.order_id is None
        return by_key if is_by_key else by_perm

    def _enter(self, name: _Name) -> TradeRecord:
        perm_id, client_id, order_id = name
        is_ours = client_id == self._client_id and order_id > 0
        record = TradeRecord(client_id, order_id or None, perm_id, is_ours=is_ours)
        self._records[record] = None
        older = self._by_key.get((client_id, order_id))
        if older is not None and order_id:
            self._conflict(IdConflict(client_id, order_id, older.perm_id, perm_id))
            del self._by_key[client_id, order_id]
        return record

    def _index(self, record: TradeRecord, name: _Name) -> None:
        """Makes the record be found by a name, which another one may have been found by."""
        perm_id = name[0]
        if perm_id:
            other = self._by_perm.get(perm_id, record)
            if other is not record:
                self._merge(other, record)
            self._by_perm[perm_id] = record
        self._have_key(record, name)

    def _have_key(self, record: TradeRecord, name: _Name) -> None:
        perm_id, client_id, order_id = name
        if record.order_id is not None and (
            record.order_id != order_id or record.client_id != client_id
        ):
            return
        if order_id or not perm_id:
            self._by_key.setdefault((client_id, order_id), record)

    def _merge(self, goes: TradeRecord, stays: TradeRecord) -> None:
        """Makes two records of one order one: the one without an order id goes."""
        for message in goes.evidence():
            stays.take(message)
        for exec_id in goes.exec_ids():
            self._by_exec[exec_id] = stays
        self._records.pop(goes)
        self._done.pop(goes, None)
        self._news.pop(goes, None)

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
