"""Orders with a price in volatility, and orders in steps."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests._orders.built import RARE, name_of
from trio_tws import Order, ScaleOrder, VolatilityOrder

NO_TYPE: Any = 7
volatility = partial(VolatilityOrder, "BUY", 1)
scale = partial(ScaleOrder, "BUY", 100, 30, init_level_size=10, price_increment=0.1)


@pytest.mark.parametrize("pair", RARE, ids=name_of)
def test_a_builder_fills_in_what_its_type_needs(pair: tuple[Order, Order]) -> None:
    built, expected = pair
    assert built == expected


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (partial(volatility, 0), "volatility=0 is not above zero"),
        (partial(volatility, 40, volatility_type=NO_TYPE), "7 is not a valid VolatilityType"),
        (partial(volatility, 40, reference_price_type=NO_TYPE), "7 is not a valid ReferencePrice"),
        (partial(volatility, 40, stock_range_lower=2, stock_range_upper=1), "2 is not below 1"),
        (
            partial(volatility, 40, delta_neutral_aux_price=1),
            "delta_neutral_aux_price=1 and delta_neutral_con_id=0 need a delta_neutral_order_type",
        ),
        (partial(volatility, 40, delta_neutral_con_id=5), "delta_neutral_con_id=5 need"),
        (partial(scale, price_increment=0), "price_increment=0 is not above zero"),
        (partial(scale, init_level_size=0), "init_level_size=0 is less than 1"),
        (partial(scale, subs_level_size=0), "subs_level_size=0 is less than 1"),
        (partial(scale, init_fill_qty=-1), "init_fill_qty=-1 is less than 0"),
        (partial(scale, price_adjust_value=1), "price_adjust_interval=None: one needs the other"),
        (partial(scale, price_adjust_interval=1), "price_adjust_value=None and price_adjust_int"),
        (partial(scale, auto_reset=True), "auto_reset=True needs a profit_offset"),
        (partial(scale, profit_offset=0), "profit_offset=0 is not above zero"),
        (
            partial(ScaleOrder, "BUY", 1, math.inf, init_level_size=1, price_increment=1),
            "limit_price=inf is no price",
        ),
    ],
)
def test_what_can_not_be_right_is_named(build: Callable[[], Order], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build()
