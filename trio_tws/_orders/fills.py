"""The fills of one order: executions, their corrections and their costs, in any order of arrival.

- An execution is known by its exec_id. The same id but for the digits after the last dot is a
  correction of it: the highest number holds, whichever came first. The same id once more replaces
  what was there.
- A report on commission belongs to the exec_id that it names, and may come before the execution. A
  correction without one keeps that of what it corrects, since IB does not say that all of them get
  one.
- Of a combination, executions of the whole count and those of the legs don't, though all have the
  same order id. An order is one if its contract says so, or if any of its executions does.

What is given is made of what has come, and not of when, so that any interleaving ends the same.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, final

from trio_tws._enums import SecType
from trio_tws._model.executions import CommissionAndFeesReport, ExecutionData
from trio_tws._orders.trade_state import NO_COMMISSIONS, Fill
from trio_tws._wire.late import frozen

MAX_EARLY_REPORTS: Final = 1_000

NOTHING: Final = Decimal(0)


@final
@frozen
class FillTotals:
    """The fills, and what they add up to."""

    fills: tuple[Fill, ...] = ()
    filled: Decimal = NOTHING
    """What they add up to, as corrected."""
    filled_before: Decimal = NOTHING
    """What they would without corrections: how much a status may know of."""
    cumulative: Decimal = NOTHING
    """How much was filled in all when the latest of them happened, by their own word."""
    cumulative_price: float | None = None
    """The average price of that, by their own word."""
    average_price: float | None = None
    """Theirs, as corrected."""
    commissions: Mapping[str, Decimal] = NO_COMMISSIONS

    @property
    def is_corrected(self) -> bool:
        """Whether a correction changed how much was filled."""
        return self.filled != self.filled_before


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
class Fills:
    """What was heard of one order's fills."""

    def __init__(self) -> None:
        self._versions: dict[str, dict[int, ExecutionData]] = {}
        self._reports: dict[str, CommissionAndFeesReport] = {}
        self._early = EarlyReports()
        self._has_whole = False
        self._totals: dict[bool, FillTotals] = {}

    def __bool__(self) -> bool:
        return bool(self._versions)

    def add(self, data: ExecutionData) -> bool:
        """Takes an execution; False if it was known just so."""
        exec_id = data.execution.exec_id
        root, number = split_exec_id(exec_id)
        versions = self._versions.setdefault(root, {})
        known = versions.get(number)
        if known is not None and (known.contract, known.execution) == (
            data.contract,
            data.execution,
        ):
            return False
        versions[number] = data
        self._has_whole = self._has_whole or data.contract.sec_type is SecType.COMBO
        report = self._early.pop(exec_id)
        if report is not None:
            self._reports[exec_id] = report
        self._totals.clear()
        return True

    def report(self, report: CommissionAndFeesReport) -> bool:
        """Takes a report; False if it was known just so, or waits for its execution."""
        exec_id = report.exec_id
        root, number = split_exec_id(exec_id)
        if number not in self._versions.get(root, ()):
            self._early.add(report)
            return False
        if self._reports.get(exec_id) == report:
            return False
        self._reports[exec_id] = report
        self._totals.clear()
        return True

    def exec_ids(self) -> Iterator[str]:
        """Gives the ids of all executions that have come, corrected ones included."""
        for versions in self._versions.values():
            for data in versions.values():
                yield data.execution.exec_id

    def evidence(self) -> Iterator[ExecutionData | CommissionAndFeesReport]:
        """Gives all that was heard."""
        for versions in self._versions.values():
            yield from versions.values()
        yield from self._reports.values()

    def totals(self, *, is_combo: bool) -> FillTotals:
        """Gives the fills and what they add up to; the same object until something new comes."""
        is_combo = is_combo or self._has_whole
        found = self._totals.get(is_combo)
        if found is None:
            found = self._totals[is_combo] = self._add_up(is_combo=is_combo)
        return found

    def _add_up(self, *, is_combo: bool) -> FillTotals:
        fills: list[Fill] = []
        commissions: dict[str, Decimal] = {}
        filled = before = cumulative = value = NOTHING
        cumulative_price: float | None = None
        for versions in self._versions.values():
            fill = self._fill(versions)
            fills.append(fill)
            if fill.report is not None:
                cost = Decimal(str(fill.report.commission_and_fees))
                currency = fill.report.currency
                commissions[currency] = commissions.get(currency, NOTHING) + cost
            if is_combo and fill.contract.sec_type is not SecType.COMBO:
                continue
            shares = fill.execution.shares or NOTHING
            filled += shares
            value += shares * Decimal(str(fill.execution.price))
            before += max(data.execution.shares or NOTHING for data in versions.values())
            so_far = fill.execution.cum_qty or NOTHING
            if so_far > cumulative:
                cumulative, cumulative_price = so_far, fill.execution.avg_price
        return FillTotals(
            tuple(fills),
            filled,
            before,
            cumulative,
            cumulative_price,
            float(value / filled) if filled else None,
            MappingProxyType(commissions),
        )

    def _fill(self, versions: Mapping[int, ExecutionData]) -> Fill:
        *replaced, latest = sorted(versions)
        ids = [versions[number].execution.exec_id for number in (*replaced, latest)]
        reports = (self._reports.get(exec_id) for exec_id in reversed(ids))
        report = next((one for one in reports if one is not None), None)
        data = versions[latest]
        return Fill(data.contract, data.execution, report, tuple(ids[:-1]))
