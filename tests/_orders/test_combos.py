"""Combinations whose legs have a price each."""

import math
from typing import Any

import pytest

from trio_tws import Combo, ComboLeg, Stock, with_leg_prices

LEGS = (ComboLeg(1, 1, "BUY"), ComboLeg(2, 1, "SELL"), ComboLeg(3, 2, "BUY"))
COMBO = Combo(LEGS, "AAPL")


def test_each_leg_gets_its_price() -> None:
    priced = with_leg_prices(COMBO, (0.5, None, -1))

    assert [leg.per_leg_price for leg in priced.combo_legs] == [0.5, None, -1.0]
    assert with_leg_prices(priced, (None, 1, None)).combo_legs[0] == COMBO.combo_legs[0]


@pytest.mark.parametrize(
    ("contract", "prices", "words"),
    [
        (Stock("AAPL"), (1.0,), "has no legs; a combination has"),
        (COMBO, (1.0, 2.0), r"prices=\[1.0, 2.0\] are not prices for 3 legs"),
        (COMBO, (None, None, None), r"prices=\[None, None, None\] are not prices"),
        (COMBO, (1.0, math.inf, None), r"prices\[1\]=inf is no price"),
    ],
)
def test_what_can_not_be_right_is_named(contract: Any, prices: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        with_leg_prices(contract, prices)
