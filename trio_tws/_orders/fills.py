"""The fills of one order: executions, their corrections and their costs, in any order of arrival.

- An execution is known by its exec_id. The same id but for the digits after the last dot is a
  correction of it: the highest number holds, whichever came first. The same id once more replaces
  what was there.
- A report on commission belongs to the exec_id that it names, and may come before the execution. A
  correction without one keeps that of what it corrects, since IB does not say that all of them get
  one.
- Of a combination, executions of the whole count and those of the legs don't, though all have the
  same order id. An order is one if its contract says so, or if any of its executions does.

What is given is made of what has come, and not of when, so that any interleaving ends the same. To
take a message costs the same however many fills there are.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import chain, islice
from types import MappingProxyType
from typing import Final, final

from trio_tws._enums import SecType
from trio_tws._model.contracts import Contract
from trio_tws._model.executions import CommissionAndFeesReport, ExecutionData
from trio_tws._orders.fill_sums import NOTHING, CostSums, QuantitySums
from trio_tws._orders.trade_state import NO_COMMISSIONS, Fill
from trio_tws._wire.quick import quick

MAX_EARLY_REPORTS: Final = 1_000

_fill = quick(Fill)


def split_exec_id(exec_id: str) -> tuple[str, int]:
    """Gives what all corrections of a fill share, and which of them this is.

    An id without digits after a dot is a fill that is never corrected.
    """
    root, dot, number = exec_id.rpartition(".")
    if dot and number.isascii() and number.isdecimal():
        return root, int(number)
    return exec_id, 0


@final
class EarlyReports:
    """Reports on executions that have not come yet: the newest of them."""

    def __init__(self, limit: int = MAX_EARLY_REPORTS) -> None:
        self._limit = limit
        self._reports: OrderedDict[str, CommissionAndFeesReport] = OrderedDict()

    def __len__(self) -> int:
        return len(self._reports)

    def add(self, report: CommissionAndFeesReport) -> None:
        """Keeps one, and lets the oldest go if there are too many."""
        self._reports[report.exec_id] = report
        self._reports.move_to_end(report.exec_id)
        if len(self._reports) > self._limit:
            self._reports.popitem(last=False)

    def pop(self, exec_id: str) -> CommissionAndFeesReport | None:
        """Gives the one on an execution, if there is one, and keeps it no longer."""
        return self._reports.pop(exec_id, None)


@final
class _History:
    """One fill in all its versions, by their numbers.

    Args:
        fill: What it was before it was corrected.
    """

    __slots__ = ("reports", "versions")

    def __init__(self, fill: Fill) -> None:
        _, number = split_exec_id(fill.execution.exec_id)
        self.versions = {number: ExecutionData(-1, fill.contract, fill.execution)}
        self.reports = {} if fill.report is None else {number: fill.report}

    def add(self, number: int, data: ExecutionData) -> bool:
        """Takes a version; False if it was known just so."""
        known = self.versions.get(number)
        if known is not None and (known.contract, known.execution) == (
            data.contract,
            data.execution,
        ):
            return False
        self.versions[number] = data
        return True

    @property
    def most(self) -> Decimal:
        """The greatest quantity that it ever had."""
        return max(data.execution.shares or NOTHING for data in self.versions.values())

    def fill(self) -> Fill:
        """Gives it as corrected."""
        numbers = sorted(self.versions)
        *replaced, data = (self.versions[number] for number in numbers)
        reports = (self.reports.get(number) for number in reversed(numbers))
        report = next((one for one in reports if one is not None), None)
        ids = tuple(version.execution.exec_id for version in replaced)
        return Fill(data.contract, data.execution, report, ids)


@final
class Fills:
    """What was heard of one order's fills."""

    __slots__ = (
        "_all",
        "_commissions",
        "_costs",
        "_counted",
        "_early",
        "_fills",
        "_histories",
        "_sums",
        "_wholes",
    )

    def __init__(self) -> None:
        self._fills: dict[str, Fill] = {}
        self._histories: dict[str, _History] = {}
        self._early: EarlyReports | None = None
        self._sums: QuantitySums | None = None
        self._counted = 0
        self._wholes: QuantitySums | None = None
        self._costs: CostSums | None = None
        self._all: tuple[Fill, ...] | None = ()
        self._commissions: Mapping[str, Decimal] | None = NO_COMMISSIONS

    def __bool__(self) -> bool:
        return bool(self._fills)

    # What comes in ...............................................................................

    def add(self, data: ExecutionData) -> bool:
        """Takes an execution; False if it was known just so."""
        execution = data.execution
        root, number = split_exec_id(execution.exec_id)
        if self._wholes is None and data.contract.sec_type is SecType.COMBO:
            self._wholes = QuantitySums()
        report = None if self._early is None else self._early.pop(execution.exec_id)
        known = self._fills.get(root)
        if known is None:
            self._begin(root, _fill(data.contract, execution, report, ()))
            return True
        history = self._histories.get(root) or _History(known)
        most = history.most
        if not history.add(number, data):
            return False
        if report is not None:
            history.reports[number] = report
        self._histories[root] = history
        self._correct(root, history.fill(), history.most - most)
        return True

    def report(self, report: CommissionAndFeesReport) -> bool:
        """Takes a report; False if it was known just so, or waits for its execution."""
        root, number = split_exec_id(report.exec_id)
        known, history = self._fills.get(root), self._histories.get(root)
        if history is not None and number in history.versions:
            if history.reports.get(number) == report:
                return False
            history.reports[number] = report
            self._put(root, history.fill())
            return True
        if known is None or history is not None or known.execution.exec_id != report.exec_id:
            if self._early is None:
                self._early = EarlyReports()
            self._early.add(report)
            return False
        if known.report == report:
            return False
        self._put(root, Fill(known.contract, known.execution, report))
        return True

    def _begin(self, root: str, fill: Fill) -> None:
        if self._wholes is not None and _is_whole(fill):
            self._wholes.add(fill.execution, fill.execution.shares or NOTHING)
        self._put(root, fill)

    def _correct(self, root: str, fill: Fill, more: Decimal) -> None:
        before, sums = self._fills[root], self._counted_up()
        self._put(root, fill)
        sums.correct(before.execution, fill.execution, more)
        if self._wholes is not None and (_is_whole(before) or _is_whole(fill)):
            if _is_whole(before) and _is_whole(fill):
                self._wholes.correct(before.execution, fill.execution, more)
            else:
                self._wholes = self._count_wholes()

    def _counted_up(self) -> QuantitySums:
        """Counts what has come since this was asked: of most orders, nobody asks at each fill."""
        sums = self._sums
        if sums is None:
            sums = self._sums = QuantitySums()
        new = len(self._fills) - self._counted
        for fill in reversed([*islice(reversed(self._fills.values()), new)]):
            sums.add(fill.execution, fill.execution.shares or NOTHING)
        self._counted += new
        return sums

    def _count_wholes(self) -> QuantitySums:
        """Adds up those of the whole: one was taken for that of a leg, or the other way round."""
        sums = QuantitySums()
        for root, fill in self._fills.items():
            if _is_whole(fill):
                history = self._histories.get(root) or _History(fill)
                sums.add(fill.execution, history.most)
        return sums

    def _put(self, root: str, fill: Fill) -> None:
        before = self._fills.get(root)
        self._fills[root] = fill
        self._all = None
        old = None if before is None else before.report
        if fill.report is None or fill.report is old:
            return
        if self._costs is None:
            self._costs = CostSums()
        if old is not None:
            self._costs.take_back(old)
        self._costs.add(fill.report)
        self._commissions = None

    # What goes out ...............................................................................

    @property
    def all(self) -> tuple[Fill, ...]:
        """As corrected, in the order in which they came; the same object until one changes."""
        if self._all is None:
            self._all = tuple(self._fills.values())
        return self._all

    def of(self, exec_id: str) -> Fill | None:
        """Gives the one that an execution is of, as corrected; None if there is none."""
        root, _ = split_exec_id(exec_id)
        return self._fills.get(root)

    @property
    def commissions(self) -> Mapping[str, Decimal]:
        """What they cost, by currency; the same object until that changes."""
        if self._commissions is None and self._costs is not None:
            self._commissions = MappingProxyType(self._costs.by_currency())
        return self._commissions or NO_COMMISSIONS

    @property
    def contract(self) -> Contract | None:
        """What was traded first: of a combination the whole, as soon as one of it has come."""
        fills = self._fills.values()
        wholes = () if self._wholes is None else filter(_is_whole, fills)
        return next((fill.contract for fill in chain(wholes, fills)), None)

    def quantities(self, *, is_combo: bool) -> QuantitySums:
        """Gives what they add up to as of now: of a combination, those of the whole."""
        is_combo = is_combo or self._wholes is not None
        sums = (self._wholes or QuantitySums()) if is_combo else self._counted_up()
        if sums.is_doubtful:
            fills = self._fills.values()
            sums.settle(one.execution for one in fills if not is_combo or _is_whole(one))
        return sums

    def exec_ids(self) -> Iterator[str]:
        """Gives the ids of all executions that have come, corrected ones included."""
        for fill in self._fills.values():
            yield from fill.replaces
            yield fill.execution.exec_id

    def evidence(self) -> Iterator[ExecutionData | CommissionAndFeesReport]:
        """Gives all that was heard."""
        for root, fill in self._fills.items():
            history = self._histories.get(root) or _History(fill)
            yield from history.versions.values()
            yield from history.reports.values()


def _is_whole(fill: Fill) -> bool:
    """Tells whether it is one of a combination as such."""
    return fill.contract.sec_type is SecType.COMBO
