"""How much of one instrument an account holds, what it cost, and what the day has brought."""

from decimal import Decimal
from typing import final

import attrs

from trio_tws._enums import SecType
from trio_tws.testing._instrument import Instrument

_ZERO = Decimal(0)

_PER_CENT_OF_A_BOND = Decimal(10)
"""A bond is worth 1,000 in the end, and its price is a percentage of that."""


def unit_value(instrument: Instrument, price: float | Decimal) -> Decimal:
    """Gives what one unit is worth at a price, in the instrument's currency."""
    worth = Decimal(str(price)) * Decimal(instrument.multiplier or 1) / instrument.price_magnifier
    return worth * _PER_CENT_OF_A_BOND if instrument.sec_type == SecType.BOND else worth


@final
@attrs.frozen
class Holding:
    """One account's holding of one instrument; money is in the instrument's currency."""

    day: int
    """The day, counted from 1970 in UTC, that what is of one day belongs to."""
    quantity: Decimal = _ZERO
    """Units or contracts; negative if it is short."""
    average_cost: Decimal = _ZERO
    """Per unit, as IB has it: with the multiplier and commissions in it; 0 if nothing is held."""
    opening: Decimal = _ZERO
    """The quantity at the beginning of the day."""
    flow: Decimal = _ZERO
    """The money that the day's trades have brought; negative if they have cost some."""
    realized: Decimal = _ZERO
    """The profit that the day's closing trades have made, after commissions."""

    def on(self, day: int) -> "Holding":
        """Gives the holding as it is on a day on which nothing has been traded, if it is later."""
        if day <= self.day:
            return self
        return Holding(day, self.quantity, self.average_cost, opening=self.quantity)

    def traded(
        self, quantity: Decimal, unit: Decimal, commission: Decimal, day: int
    ) -> tuple["Holding", Decimal | None]:
        """Gives the holding after a trade, and the profit of what it closed.

        Args:
            quantity: Units; negative if they are sold.
            unit: What one unit is paid with.
            commission: For the whole trade.
            day: The day of it.

        Returns:
            The profit is after the commissions of both ends; None if nothing was closed.
        """
        before = self.on(day)
        held, amount = before.quantity, abs(quantity)
        closed = min(amount, abs(held)) if held * quantity < 0 else _ZERO
        opened, fee = amount - closed, commission / amount
        profit = (unit - before.average_cost) * closed.copy_sign(held) - fee * closed
        cost = before.average_cost
        if opened:
            kept = _ZERO if closed else abs(held)
            paid = unit + (fee if quantity > 0 else -fee)
            cost = (cost * kept + paid * opened) / (kept + opened)
        after = attrs.evolve(
            before,
            quantity=held + quantity,
            average_cost=cost if held + quantity else _ZERO,
            flow=before.flow - quantity * unit - commission,
            realized=before.realized + profit,
        )
        return after, profit if closed else None

    def unrealized(self, unit: Decimal) -> Decimal:
        """Gives the profit of what is held if it were closed for nothing at so much a unit."""
        return (unit - self.average_cost) * self.quantity

    def daily(self, unit: Decimal, unit_before: Decimal) -> Decimal:
        """Gives the profit of the day, out of what a unit is worth and was when the day began."""
        return self.quantity * unit + self.flow - self.opening * unit_before
