"""Orders as a plain model has them: what was done to each, and how it stands by that."""

from decimal import Decimal
from typing import Final

import attrs

from trio_tws import TradePhase
from trio_tws.testing._executions_log import Deal

ZERO: Final = Decimal(0)


@attrs.frozen
class PlainFill:
    """A fill, as corrected last."""

    exec_id: str
    con_id: int
    shares: Decimal
    signed: Decimal
    price: float
    cost: Decimal
    cost_told_at: float


@attrs.define(eq=False)
class PlainOrder:
    """One order; the test changes it as it acts."""

    total: Decimal
    heard_at: float
    """When TWS first says something of it."""
    is_rejected: bool = False
    is_cancelled: bool = False
    cancelled_at: float | None = None
    """When a cancel that is under way is to take effect."""
    was_filled: bool = False
    fills: dict[str, PlainFill] = attrs.field(factory=dict[str, PlainFill])
    """By the name that all corrections of one share."""

    @property
    def filled(self) -> Decimal:
        return sum((fill.shares for fill in self.fills.values()), ZERO)

    @property
    def remaining(self) -> Decimal:
        return self.total - self.filled

    @property
    def average_price(self) -> float | None:
        if not self.filled:
            return None
        value = sum(float(fill.shares) * fill.price for fill in self.fills.values())
        return value / float(self.filled)

    @property
    def is_done(self) -> bool:
        return self.is_rejected or self.is_cancelled or self.was_filled

    def phase(self, now: float) -> TradePhase:
        if self.is_rejected:
            return TradePhase.REJECTED
        if self.was_filled:
            return TradePhase.FILLED
        if self.is_cancelled:
            return TradePhase.CANCELLED
        if now < self.heard_at:
            return TradePhase.SENT
        return TradePhase.WORKING if self.cancelled_at is None else TradePhase.CANCELLING

    @property
    def told(self) -> set[tuple[str, Decimal, float]]:
        """What is to be told of its fills: id, size and price."""
        return {(fill.exec_id, fill.shares, fill.price) for fill in self.fills.values()}

    def commissions(self, now: float) -> Decimal:
        """Gives what it has cost as far as that has been told."""
        return sum((f.cost for f in self.fills.values() if f.cost_told_at <= now), ZERO)

    def tell_costs(self, now: float) -> None:
        """Has TWS tell now what all fills have cost."""
        for name, fill in self.fills.items():
            self.fills[name] = attrs.evolve(fill, cost_told_at=min(now, fill.cost_told_at))

    def cancel(self, at: float) -> None:
        """Has it cancelled at a time, unless it is filled until then."""
        if self.cancelled_at is None:
            self.cancelled_at = at

    def pass_time(self, now: float) -> None:
        """Takes what is due by now."""
        if self.cancelled_at is not None and self.cancelled_at <= now and not self.is_done:
            self.is_cancelled = True

    def take(self, deal: Deal, delay: float) -> None:
        """Takes a fill or a correction of one; what it cost is told so many seconds later."""
        former = self.fills.get(deal.name)
        told_at = deal.time + delay
        if former is not None:
            told_at = min(told_at, former.cost_told_at)
        self.fills[deal.name] = PlainFill(
            deal.exec_id,
            deal.con_id,
            abs(deal.quantity),
            deal.quantity,
            deal.price,
            deal.cost or ZERO,
            told_at,
        )
        self.was_filled = self.was_filled or (not self.is_done and self.remaining <= 0)
