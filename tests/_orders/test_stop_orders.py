"""Stops: fixed, trailing, and such that change."""

import math
from collections.abc import Callable
from functools import partial

import pytest

from tests._orders.built import SELL_STOP, STOPS, name_of
from trio_tws import (
    MarketOrder,
    Order,
    StopLimitOrder,
    StopOrder,
    StopWithProtectionOrder,
    TrailingStopLimitOrder,
    TrailingStopOrder,
    adjusted,
)

trail = partial(TrailingStopOrder, "SELL", 100)
trail_limit = partial(TrailingStopLimitOrder, "SELL", 100)


@pytest.mark.parametrize("pair", STOPS, ids=name_of)
def test_a_builder_fills_in_what_its_type_needs(pair: tuple[Order, Order]) -> None:
    built, expected = pair
    assert built == expected


@pytest.mark.parametrize(
    "stop",
    [
        SELL_STOP,
        StopLimitOrder("SELL", 1, 30, 29),
        trail(trailing_amount=1),
        trail_limit(trailing_amount=1, limit_price=29),
    ],
)
def test_stops_of_any_kind_can_be_adjusted(stop: Order) -> None:
    assert adjusted(stop, 35, stop_price=33).adjusted_order_type == "STP"


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (partial(StopOrder, "SELL", 1, math.inf), "stop_price=inf is no price"),
        (partial(StopWithProtectionOrder, "SELL", 1, math.inf), "stop_price=inf is no price"),
        (partial(StopLimitOrder, "SELL", 1, math.inf, 1), "stop_price=inf is no price"),
        (partial(StopLimitOrder, "SELL", 1, 1, math.inf), "limit_price=inf is no price"),
        (trail, "a trailing stop needs one of trailing_amount and trailing_percent, not none"),
        (
            partial(trail, trailing_amount=1, trailing_percent=2),
            "not trailing_amount=1 and trailing_percent=2",
        ),
        (partial(trail, trailing_amount=0), "trailing_amount=0 is not above zero"),
        (partial(trail, trailing_percent=100), "trailing_percent=100 is not below 100"),
        (partial(trail, trailing_percent=-5), "trailing_percent=-5 is not above zero"),
        (partial(trail, trailing_amount=1, stop_price=math.inf), "stop_price=inf is no price"),
        (
            partial(trail_limit, trailing_amount=1),
            "a trailing limit needs one of limit_price and limit_price_offset, not none",
        ),
        (
            partial(trail_limit, trailing_amount=1, limit_price=1, limit_price_offset=2),
            "not limit_price=1 and limit_price_offset=2",
        ),
        (partial(trail_limit, limit_price=1), "a trailing stop needs one of"),
        (
            partial(adjusted, MarketOrder("BUY", 1), 30, stop_price=29),
            "order_type='MKT' is no stop: one of STP, STP LMT, TRAIL, TRAIL LIMIT",
        ),
        (
            partial(adjusted, SELL_STOP, 35, stop_price=33, trailing_amount=1, trailing_percent=2),
            "a trailing stop needs one of",
        ),
        (
            partial(adjusted, SELL_STOP, 35, stop_price=33, trailing_percent=0),
            "trailing_percent=0 is not above zero",
        ),
        (
            partial(adjusted, SELL_STOP, 35, stop_price=33, trailing_amount=-1),
            "trailing_amount=-1 is not above zero",
        ),
        (partial(adjusted, SELL_STOP, math.nan, stop_price=33), "trigger_price=nan is no price"),
    ],
)
def test_what_can_not_be_right_is_named(build: Callable[[], Order], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build()
