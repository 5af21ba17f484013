"""How much money has to stand behind what an account holds, and what an order does to that.

The rules are IB's in outline, for an account under Regulation T: a share of the value for each kind
of instrument, and the usual formula for an option that was sold. Nothing offsets anything: a call
that is covered, or a spread, needs as much as its parts.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, final

import attrs

from trio_tws._enums import SecType
from trio_tws.testing._instrument import Instrument

_ZERO = Decimal(0)
_CENT: Final = Decimal("0.01")

_SHARES: Final[Mapping[str, tuple[Decimal, Decimal]]] = {
    SecType.STOCK: (Decimal("0.5"), Decimal("0.25")),
    SecType.FUTURE: (Decimal("0.08"), Decimal("0.07")),
    SecType.BOND: (Decimal("0.2"), Decimal("0.15")),
    SecType.CRYPTO: (Decimal(1), Decimal(1)),
}
"""Of the value: what has to be there to open a position, and to keep it."""

_SHORT_STOCK: Final = Decimal("0.3")
"""Of the value: what has to be there to keep stock that was sold short."""

_OTHER_CURRENCY: Final = Decimal("0.03")
"""Of what is held, or owed, in a currency that is not the base currency."""

_OPTION: Final = (Decimal("0.2"), Decimal("0.1"))
"""Of the underlying: for an option at the money, and the least for one that is far out."""


@final
@attrs.frozen
class Margin:
    """What has to be there, in the base currency."""

    initial: Decimal = _ZERO
    """To open more."""
    maintenance: Decimal = _ZERO
    """To keep what is there; below it IB sells."""

    def __add__(self, other: "Margin") -> "Margin":
        return Margin(self.initial + other.initial, self.maintenance + other.maintenance)


def margin_of(
    instrument: Instrument, quantity: Decimal, value: Decimal, underlying: Decimal
) -> Margin:
    """Gives the margin of a position.

    Args:
        instrument: What is held.
        quantity: How much of it; negative if it is short.
        value: What all of it is worth, in the base currency; negative if it is short.
        underlying: The price of what an option is on, else 0, in the instrument's currency.
    """
    size = abs(value)
    if instrument.sec_type == SecType.OPTION:
        return _of_option(instrument, quantity, size, underlying)
    initial, maintenance = _SHARES.get(instrument.sec_type, (_ZERO, _ZERO))
    if instrument.sec_type == SecType.STOCK and quantity < 0:
        maintenance = _SHORT_STOCK
    return Margin(size * initial, size * maintenance)


def _of_option(
    instrument: Instrument, quantity: Decimal, size: Decimal, underlying: Decimal
) -> Margin:
    """One that was bought is paid for in full, and counts as nothing; so it needs nothing."""
    if quantity >= 0:
        return Margin()
    strike = Decimal(str(instrument.strike))
    out = max(_ZERO, strike - underlying if instrument.right == "C" else underlying - strike)
    near, far = _OPTION
    behind = max(near * underlying - out, far * underlying)
    need = size + behind * Decimal(instrument.multiplier or 1) * -quantity
    return Margin(need, need)


def margin_of_currency(amount: Decimal) -> Margin:
    """Gives the margin of cash that is not in the base currency, out of its worth in that."""
    need = abs(amount) * _OTHER_CURRENCY
    return Margin(need, need)


@final
@attrs.frozen
class MarginStep:
    """One figure before and after an order, in the base currency, to the cent."""

    before: Decimal
    """As it is."""
    after: Decimal
    """As it would be."""

    @property
    def change(self) -> Decimal:
        """What the order makes of it."""
        return self.after - self.before

    @classmethod
    def of(cls, before: Decimal, after: Decimal) -> "MarginStep":
        """Makes one of figures that have more digits."""
        return cls(before.quantize(_CENT), after.quantize(_CENT))


@final
@attrs.frozen
class MarginPreview:
    """What an order would do to an account if it were filled now.

    Where it can't be said, all figures are 0 and `cause` says why.
    """

    init_margin: MarginStep = MarginStep(_ZERO, _ZERO)
    """What has to be there to open more."""
    maint_margin: MarginStep = MarginStep(_ZERO, _ZERO)
    """What has to be there to keep what is held."""
    equity_with_loan: MarginStep = MarginStep(_ZERO, _ZERO)
    """What there is to stand behind it."""
    currency: str = "USD"
    """The base currency."""
    cause: str = ""
    """Why there is no preview; empty if there is one."""

    @property
    def refusal(self) -> str | None:
        """Why TWS refuses the order, in its words; None if it does not.

        An order that needs no more margin than there is already is never refused for it.
        """
        if self.cause:
            return self.cause
        equity, margin = self.equity_with_loan.after, self.init_margin.after
        if self.init_margin.change <= 0 or equity >= margin:
            return None
        return (
            "YOUR ORDER IS NOT ACCEPTED. IN ORDER TO OBTAIN THE DESIRED POSITION YOUR EQUITY WITH "
            f"LOAN VALUE [{equity} {self.currency}] MUST EXCEED THE INITIAL MARGIN "
            f"[{margin} {self.currency}]"
        )
