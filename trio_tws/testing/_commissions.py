"""What the simulated broker charges: IB's fixed prices in outline, without fees of exchanges.

The least that an order costs is charged with its first fill, so a fill costs what the order costs
with it less what the order had cost without it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, final

import attrs

from trio_tws._enums import SecType
from trio_tws.testing._instrument import Instrument

_ZERO = Decimal(0)
_SMALLEST: Final = Decimal("0.0001")


@final
@attrs.frozen
class _Price:
    each: Decimal = _ZERO
    """For each unit or contract."""
    share: Decimal = _ZERO
    """Of the value."""
    least: Decimal = _ZERO
    """For an order."""


_FOREIGN_STOCK: Final = _Price(share=Decimal("0.0005"), least=Decimal(3))
_PRICES: Final[Mapping[str, _Price]] = {
    SecType.STOCK: _Price(each=Decimal("0.005"), least=Decimal(1)),
    SecType.OPTION: _Price(each=Decimal("0.65"), least=Decimal(1)),
    SecType.FUTURE: _Price(each=Decimal("2.25")),
    SecType.FOREX: _Price(share=Decimal("0.00002"), least=Decimal(2)),
    SecType.BOND: _Price(share=Decimal("0.001"), least=Decimal(1)),
    SecType.CRYPTO: _Price(share=Decimal("0.0018"), least=Decimal("1.75")),
}
_OTHER: Final = _Price(share=Decimal("0.001"), least=Decimal(1))


def commission(instrument: Instrument, quantity: Decimal, price: float) -> Decimal:
    """Gives what an order costs, in the instrument's currency.

    Args:
        instrument: What it trades.
        quantity: How much of it, without a sign; an order for nothing costs nothing.
        price: The average price.
    """
    if not quantity:
        return _ZERO
    tariff = _PRICES.get(instrument.sec_type, _OTHER)
    if instrument.sec_type == SecType.STOCK and instrument.currency != "USD":
        tariff = _FOREIGN_STOCK
    value = abs(Decimal(str(price))) * quantity * Decimal(instrument.multiplier or 1)
    cost = tariff.each * quantity + tariff.share * value
    return max(cost, tariff.least).quantize(_SMALLEST)
