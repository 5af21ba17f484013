"""Limits that a program sets itself: an order that passes one is not sent.

They guard against a slip of the program, such as a loop that orders, or a quantity in the wrong
unit. They don't know positions, and what TWS does with an order is TWS's business.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, final

from trio_tws._enums import SecType
from trio_tws._errors import OrderLimit
from trio_tws._model.contracts import Contract
from trio_tws._model.orders import Order
from trio_tws._orders.fill_sums import NOTHING
from trio_tws._wire.late import frozen

MINUTE: Final = 60.0

_AUX_IS_A_PRICE: Final = frozenset({"STP", "STP LMT", "STP PRT", "MIT", "LIT"})
"""In other types of orders aux_price is an amount or an offset."""

_MULTIPLIED: Final = frozenset(
    {
        SecType.OPTION,
        SecType.FUTURE,
        SecType.CONTINUOUS_FUTURE,
        SecType.FUTURE_OPTION,
        SecType.WARRANT,
        SecType.STRUCTURED_PRODUCT,
    }
)


@final
@frozen
class OrderLimits:
    """What an order may not pass. None is no limit."""

    max_quantity: Decimal | None = None
    """Of one order, in units of the contract."""
    max_notional: Decimal | None = None
    """Of one order: quantity times price times multiplier, in the contract's currency.

    The price is the highest at which the order may trade, as far as it says. An order to buy at a
    limit says so; for others the price of the market counts too, as the caller has it, and with no
    price at all the order is refused. So is a derivative of which the multiplier is not known.
    """
    allowed_symbols: frozenset[str] | None = None
    """The symbols of contracts, as IB has them: ``EUR`` for EUR.USD, ``ES``."""
    max_open_orders: int | None = None
    """With the new one."""
    max_orders_a_minute: int | None = None
    """In any 60 seconds, with the new one."""

    def check(
        self,
        contract: Contract,
        order: Order,
        price_hint: float | None,
        open_orders: int,
        sent_at: Sequence[float],
        now: float,
    ) -> None:
        """Lets an order pass, or raises. No checkpoint; nothing is kept.

        Args:
            contract: What is ordered.
            order: The order that is about to be sent.
            price_hint: About what the contract costs, in its currency; None if nobody knows.
            open_orders: How many orders are open.
            sent_at: When orders were sent, in seconds of any clock, in any order.
            now: What that clock says.

        Raises:
            OrderLimit: The order passes a limit; the first in the order above is named.
        """
        self._check_quantity(order)
        if self.max_notional is not None:
            self._check_notional(self.max_notional, contract, order, price_hint)
        allowed = self.allowed_symbols
        if allowed is not None and contract.symbol not in allowed:
            raise OrderLimit(
                "allowed_symbols",
                ", ".join(sorted(allowed)) or "none",
                contract.symbol or "a contract without a symbol",
                "qualify() fills symbols in; add the symbol if you mean it",
            )
        most = self.max_open_orders
        if most is not None and open_orders >= most:
            raise OrderLimit("max_open_orders", most, open_orders + 1, "cancel one, or wait")
        most = self.max_orders_a_minute
        sent = sum(now - time < MINUTE for time in sent_at)
        if most is not None and sent >= most:
            raise OrderLimit("max_orders_a_minute", most, sent + 1, "wait")

    def _check_quantity(self, order: Order) -> None:
        quantity = order.total_quantity or NOTHING
        if self.max_quantity is not None and quantity > self.max_quantity:
            raise OrderLimit(
                "max_quantity", self.max_quantity, quantity, "order less, or raise the limit"
            )

    @staticmethod
    def _check_notional(
        most: Decimal, contract: Contract, order: Order, price_hint: float | None
    ) -> None:
        if order.cash_qty:
            notional = Decimal(str(order.cash_qty))
        else:
            price = worst_price(order, price_hint)
            if price is None:
                raise OrderLimit(
                    "max_notional",
                    most,
                    None,
                    "a market order has no price: give a price_hint, or a limit price",
                )
            units = multiplier(contract)
            if units is None:
                raise OrderLimit(
                    "max_notional", most, None, "the contract has no multiplier: qualify() it"
                )
            notional = (order.total_quantity or NOTHING) * Decimal(str(price)) * units
        if notional > most:
            raise OrderLimit("max_notional", most, notional, "order less, or raise the limit")


def worst_price(order: Order, price_hint: float | None) -> float | None:
    """Gives the price that makes an order dearest, without its sign; None if it can't be told.

    A price of 0 is taken for none: what a market order has in place of a limit.
    """
    if order.lmt_price and order.action == "BUY":
        return abs(order.lmt_price)
    stop = order.aux_price if order.order_type in _AUX_IS_A_PRICE else None
    prices = (order.lmt_price, stop, price_hint)
    return max((abs(price) for price in prices if price), default=None)


def multiplier(contract: Contract) -> Decimal | None:
    """Gives how many units one contract stands for; None if it can't be told."""
    if not contract.multiplier:
        return None if contract.sec_type in _MULTIPLIED else Decimal(1)
    try:
        return Decimal(contract.multiplier)
    except InvalidOperation:
        return None
