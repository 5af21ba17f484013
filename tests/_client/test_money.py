from decimal import Decimal

import pytest

from trio_tws import AccountValue, Money
from trio_tws._client._money import money_of


def test_money_reads_as_people_write_it() -> None:
    assert str(Money(Decimal("1234.50"), "EUR")) == "1234.50 EUR"
    assert str(Money(Decimal("1E+3"), "JPY")) == "1000 JPY"


def test_a_floating_point_number_has_the_digits_that_it_shows() -> None:
    assert money_of(0.1, "USD") == Money(Decimal("0.1"), "USD")
    assert money_of(201.8829709, "USD").amount == Decimal("201.8829709")


@pytest.mark.parametrize("value", ["12.50", "-3", "0.00", "1E5"])
def test_a_value_with_a_currency_is_money(value: str) -> None:
    found = AccountValue("DU1", "NetLiquidation", value, "USD")
    assert found.number == Decimal(value)
    assert found.amount == Money(Decimal(value), "USD")


def test_a_sum_over_all_currencies_is_in_the_base_currency() -> None:
    assert AccountValue("DU1", "CashBalance", "1", "BASE").amount == Money(Decimal(1), "BASE")


def test_a_number_without_a_currency_is_no_money() -> None:
    cushion = AccountValue("DU1", "Cushion", "0.83")
    assert cushion.number == Decimal("0.83")
    assert cushion.amount is None


@pytest.mark.parametrize("value", ["", "true", "USD", "NaN", "Infinity", "1.7976931348623157E308"])
def test_what_is_no_number_has_none(value: str) -> None:
    found = AccountValue("DU1", "Currency", value, "USD")
    assert found.number is None
    assert found.amount is None
