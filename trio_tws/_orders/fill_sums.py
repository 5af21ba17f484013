"""What the fills of an order add up to, kept up as they come.

An order may have thousands of fills, and each may be corrected. So what comes is added to the sums,
and what is corrected is taken out of them; nothing is added up twice.
"""

from collections.abc import Iterable
from decimal import Decimal
from math import isfinite
from typing import Final, final

from trio_tws._model.executions import CommissionAndFeesReport, Execution

NOTHING: Final = Decimal(0)


@final
class QuantitySums:
    """How much was filled, and for how much.

    Attributes:
        filled: What the fills add up to, as corrected.
        filled_before: What they would without corrections: how much a status may know of.
        is_doubtful: Whether a correction has left open which of them happened last: `settle` looks
            for it.
    """

    __slots__ = ("_largest", "_value", "filled", "filled_before", "is_doubtful")

    def __init__(self) -> None:
        self.filled = self.filled_before = self._value = NOTHING
        self.is_doubtful = False
        self._largest: Execution | None = None

    @property
    def is_corrected(self) -> bool:
        """Whether a correction changed how much was filled."""
        return self.filled != self.filled_before

    @property
    def average_price(self) -> float | None:
        """Of all fills, as corrected; None while nothing is filled."""
        return float(self._value / self.filled) if self.filled else None

    @property
    def cumulative(self) -> Decimal:
        """How much was filled in all when the latest of them happened, by their own word."""
        return _so_far(self._largest)

    @property
    def cumulative_price(self) -> float | None:
        """The average price of that, by their own word; of several that say as much, the first."""
        return None if self._largest is None else self._largest.avg_price

    def add(self, one: Execution, most: Decimal) -> None:
        """Counts a fill.

        Args:
            one: As it was told, or as corrected.
            most: The greatest quantity that it ever had.
        """
        shares = one.shares or NOTHING
        self.filled += shares
        self.filled_before += most
        self._value += shares * exact(one.price)
        if _so_far(one) > self.cumulative:
            self._largest = one

    def correct(self, old: Execution, new: Execution, more: Decimal) -> None:
        """Counts a fill, which is counted as what it was, as what it is.

        Args:
            old: What it was.
            new: What it is.
            more: By how much the greatest quantity that it ever had has grown.
        """
        shares, before = new.shares or NOTHING, old.shares or NOTHING
        self.filled += shares - before
        self.filled_before += more
        self._value += shares * exact(new.price) - before * exact(old.price)
        so_far, most = _so_far(new), self.cumulative
        if so_far > most or (old is self._largest and so_far == most):
            self._largest = new
        elif old is self._largest or (so_far and so_far == most):
            self.is_doubtful = True

    def settle(self, fills: Iterable[Execution]) -> None:
        """Looks for the one that knows of the most.

        Args:
            fills: All that are counted, the earliest first.
        """
        self.is_doubtful = False
        self._largest = None
        for one in fills:
            if _so_far(one) > self.cumulative:
                self._largest = one


def _so_far(one: Execution | None) -> Decimal:
    return NOTHING if one is None else one.cum_qty or NOTHING


def exact(number: float) -> Decimal:
    """Gives the decimal that a number shows; 0 for what is none, as that can't be added up."""
    return Decimal(str(number)) if isfinite(number) else NOTHING


@final
class CostSums:
    """What fills cost, by currency."""

    __slots__ = ("_counts", "_sums")

    def __init__(self) -> None:
        self._sums: dict[str, Decimal] = {}
        self._counts: dict[str, int] = {}

    def add(self, report: CommissionAndFeesReport) -> None:
        """Counts a cost."""
        currency, cost = report.currency, exact(report.commission_and_fees)
        self._sums[currency] = self._sums.get(currency, NOTHING) + cost
        self._counts[currency] = self._counts.get(currency, 0) + 1

    def take_back(self, report: CommissionAndFeesReport) -> None:
        """Counts a cost no longer; a currency without any is gone."""
        currency, cost = report.currency, exact(report.commission_and_fees)
        self._sums[currency] -= cost
        self._counts[currency] -= 1
        if not self._counts[currency]:
            del self._sums[currency], self._counts[currency]

    def by_currency(self) -> dict[str, Decimal]:
        """Gives the sums as of now."""
        return dict(self._sums)
