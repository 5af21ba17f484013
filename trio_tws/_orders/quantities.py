"""How much is ordered: a number of shares or contracts, or a sum of money to spend."""

from decimal import Decimal, InvalidOperation
from typing import final

import attrs

from trio_tws._model.orders import Order
from trio_tws._orders.numbers import positive
from trio_tws._wire import evolve
from trio_tws._wire.late import frozen


def _positive(_: object, attribute: "attrs.Attribute[float]", value: float) -> None:
    positive(attribute.name, value)


@final
@frozen
class Cash:
    """A sum of money in place of a quantity: how much to spend, in the contract's currency.

    TWS takes it for currency pairs and cryptocurrencies, and elsewhere where the account may.

    Source: IB's class Order, cashQty.
    """

    amount: float = attrs.field(validator=_positive)


Quantity = Decimal | int | float | str | Cash
"""How much is ordered: exact, if it is no float; a float counts for what it prints as (0.1 is 0.1).

What is not a whole number needs server version 101, and an account that may trade fractions.
"""


def decimal_of(quantity: Decimal | float | str) -> Decimal:
    """Gives a quantity exactly as it was written.

    Raises:
        ValueError: It is no number, or not above zero.
    """
    try:
        number = Decimal(str(quantity))
    except InvalidOperation as error:
        raise ValueError(f"quantity={quantity!r} is no number") from error
    if not number.is_finite() or number <= 0:
        raise ValueError(f"quantity={quantity!r} is not above zero; action says which side it is")
    return number


def with_quantity(order: Order, quantity: Quantity) -> Order:
    """Gives an order for so much.

    Raises:
        ValueError: It is no number, or not above zero.
    """
    if isinstance(quantity, Cash):
        return evolve(order, total_quantity=Decimal(0), cash_qty=float(quantity.amount))
    return evolve(order, total_quantity=decimal_of(quantity))
