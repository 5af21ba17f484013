from decimal import Decimal

import pytest

from trio_tws.testing import INSTRUMENTS
from trio_tws.testing._commissions import commission

BY_NAME = {one.local_symbol: one for one in INSTRUMENTS}


@pytest.mark.parametrize(
    ("name", "quantity", "price", "cost"),
    [
        ("AAPL", 10, 200.0, "1"),  # the least
        ("AAPL", 1000, 200.0, "5"),
        ("AAPL", 0, 200.0, "0"),
        ("SAP", 100, 200.0, "10"),
        ("ESZ7", 2, 6000.0, "4.5"),
        ("EUR.USD", 1_000_000, 1.1, "22"),
        ("AAPL  271217C00230000", 10, 20.0, "6.5"),
        ("IBCID127128131", 100, 86.0, "8.6"),
        ("BTC.USD", Decimal("0.5"), 65_000.0, "58.5"),
        ("BTC.USD", Decimal("0.0001"), 65_000.0, "1.75"),  # the least
        ("SPX", 1, 6000.0, "6"),
    ],
)
def test_an_order_costs_what_its_kind_costs(
    name: str, quantity: Decimal | int, price: float, cost: str
) -> None:
    assert commission(BY_NAME[name], Decimal(quantity), price) == Decimal(cost)
