"""What the user of TWS has set up for orders: precautions, and prices of orders to be attached."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, final

import attrs
from attrs.validators import gt, optional

from trio_tws._model.orders import Order
from trio_tws.testing._order_checks import OrderRefusal
from trio_tws.testing._order_kinds import OrderKind, Pays, Waits
from trio_tws.testing._order_views import View

_ZERO = Decimal(0)
_WHERE: Final = (
    "Restriction is specified in Precautionary Settings of Global Configuration/Presets."
)
_AT_LIMIT: Final = frozenset({Pays.LIMIT})
_AT_STOP: Final = frozenset({Waits.FOR_STOP, Waits.FOR_TOUCH})


@final
@attrs.frozen(kw_only=True)
class OrderPreset:
    """What TWS holds against a slip of the finger, and what it attaches to orders that want it.

    Nothing is set up unless it is said. What an order may not pass is a precaution: where TWS asks
    the person before it, a program gets an error. Precautions are lifted by the setting
    `bypass_order_precautions`, those about prices by an order's `override_percentage_constraints`.

    Raises:
        ValueError: A number is not above 0.
    """

    percentage: float | None = attrs.field(default=None, validator=optional(gt(0)))
    """How many percent a price may be from the quote of the other side: 163, for a stop price 109.

    IB does not say which of the two codes is for what."""
    ticks: int | None = attrs.field(default=None, validator=optional(gt(0)))
    """How many ticks a limit price may be from it: 382."""
    size_limit: Decimal | None = attrs.field(default=None, validator=optional(gt(_ZERO)))
    """The most that may be ordered: 383."""
    profit_offset: float | None = attrs.field(default=None, validator=optional(gt(0)))
    """How far from its price an order's attached profit taker is; without it 10355."""
    loss_offset: float | None = attrs.field(default=None, validator=optional(gt(0)))
    """The same of an attached stop loss."""

    def check(self, order: Order, kind: OrderKind, view: View, tick: float) -> None:
        """Looks at an order before it is transmitted; one without quotes passes.

        Raises:
            OrderRefusal: It goes against a precaution.
        """
        size = order.total_quantity or _ZERO
        if self.size_limit is not None and size > self.size_limit:
            limit = f"exceeds the Size Limit of {self.size_limit}"
            raise OrderRefusal(383, f"The size of the order {limit}. {_WHERE}")
        quoted = view.ask if order.action == "BUY" else view.bid
        if not quoted or order.override_percentage_constraints:
            return
        if order.lmt_price and kind.pays in _AT_LIMIT:
            self._check_price(163, order.lmt_price, quoted)
            if self.ticks is not None and _ticks(order.lmt_price - quoted, tick) > self.ticks:
                limit = f"exceeds the Number of ticks constraint of {self.ticks}"
                raise OrderRefusal(382, f"The price of the order {limit}. {_WHERE}")
        if order.aux_price and kind.waits in _AT_STOP:
            self._check_price(109, order.aux_price, quoted)

    def _check_price(self, code: int, price: float, quoted: float) -> None:
        if self.percentage is not None and abs(price / quoted - 1) > self.percentage / 100:
            limit = f"exceeds the Percentage constraint of {self.percentage:g}%"
            raise OrderRefusal(code, f"The price of the order {limit}. {_WHERE}")


def _ticks(distance: float, tick: float) -> int:
    return round(abs(distance) / tick)


NO_PRESET: Final = OrderPreset()
"""Nothing is set up."""
