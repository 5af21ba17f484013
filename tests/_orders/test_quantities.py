"""Quantities: exact, and money in their place."""

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_tws import Cash, Order
from trio_tws._orders.quantities import Quantity, decimal_of, with_quantity


@pytest.mark.parametrize(
    ("quantity", "exact"),
    [
        (100, "100"),
        (0.1, "0.1"),
        (1e-08, "1E-8"),
        ("0.00000001", "1E-8"),
        (Decimal("100.50"), "100.50"),
    ],
)
def test_a_quantity_is_what_it_prints_as(quantity: Quantity, exact: str) -> None:
    assert with_quantity(Order(), quantity).total_quantity == Decimal(exact)


@given(st.floats(min_value=0, exclude_min=True, allow_nan=False, allow_infinity=False))
def test_a_float_comes_back_from_its_quantity(number: float) -> None:
    assert float(decimal_of(number)) == number


def test_money_takes_the_place_of_a_quantity() -> None:
    order = with_quantity(Order(), Cash(500))

    assert (order.total_quantity, order.cash_qty) == (Decimal(0), 500.0)
    assert with_quantity(Order(), 5).cash_qty is None


@pytest.mark.parametrize("quantity", [0, -1, -0.5, Decimal(0), math.inf, math.nan, "-3", "NaN"])
def test_a_quantity_is_above_zero(quantity: Any) -> None:
    with pytest.raises(ValueError, match=r"quantity=.* is not above zero; action says"):
        with_quantity(Order(), quantity)


@pytest.mark.parametrize("quantity", ["many", "", True])
def test_a_quantity_is_a_number(quantity: Any) -> None:
    with pytest.raises(ValueError, match=f"quantity={quantity!r} is no number"):
        with_quantity(Order(), quantity)


@pytest.mark.parametrize("amount", [0, -500, math.inf])
def test_money_is_above_zero(amount: float) -> None:
    with pytest.raises(ValueError, match="amount="):
        Cash(amount)
