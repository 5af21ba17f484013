"""The prices and sizes of an instrument, out of the half ticks and lots that markets count in."""

from decimal import Decimal
from math import ceil, floor
from typing import Final, Self, final

import attrs

from trio_tws.testing._instrument import Instrument
from trio_tws.testing._shapes import Level, Run, Series

_MOST: Final = 1e15
"""Half ticks beyond which no price ever is."""

_BLUR: Final = 0.25
"""Half ticks by which floats may be off."""


@final
@attrs.frozen
class Grid:
    """An instrument's prices and sizes, out of half ticks and lots."""

    half_tick: Decimal
    unit: float
    """The same, to count with."""
    digits: int
    lot_size: Decimal

    @classmethod
    def of(cls, instrument: Instrument) -> Self:
        """The grid of an instrument."""
        half_tick = Decimal(str(instrument.min_tick)) / 2
        digits = max(0, -int(half_tick.as_tuple().exponent))
        return cls(half_tick, float(half_tick), digits, instrument.lot_size)

    def price(self, half_ticks: int) -> float:
        """The float that is nearest to the price, so that it prints without a tail of digits."""
        return round(half_ticks * self.unit, self.digits)

    def average(self, run: Run) -> Decimal:
        """The average price by weight, to three more digits; 0 if there is no weight."""
        if not run.weight:
            return Decimal(0)
        exact = self.half_tick * run.weighted / run.weight
        return exact.quantize(Decimal(1).scaleb(-self.digits - 3))

    def size(self, lots: int) -> Decimal:
        """So many lots, in units."""
        return lots * self.lot_size

    def level(self, series: Series, price: float, *, is_up: bool) -> Level:
        """The first price of a series that is at least, or at most, as high as this one."""
        half_ticks = max(-_MOST, min(_MOST, price / self.unit))
        count = ceil(half_ticks - _BLUR) if is_up else floor(half_ticks + _BLUR)
        return Level(series, count, is_up)
