"""Orders at the market and at a limit."""

import math
from collections.abc import Callable
from functools import partial

import pytest

from tests._orders.built import PLAIN, name_of
from trio_tws import (
    AuctionOrder,
    LimitIfTouchedOrder,
    LimitOnCloseOrder,
    LimitOnOpenOrder,
    LimitOrder,
    MarketIfTouchedOrder,
    MidpriceOrder,
    Order,
)


@pytest.mark.parametrize("pair", PLAIN, ids=name_of)
def test_a_builder_fills_in_what_its_type_needs(pair: tuple[Order, Order]) -> None:
    built, expected = pair
    assert built == expected


@pytest.mark.parametrize(
    ("build", "name"),
    [
        (partial(LimitOrder, "BUY", 1, math.nan), "limit_price"),
        (partial(LimitOnOpenOrder, "BUY", 1, math.inf), "limit_price"),
        (partial(LimitOnCloseOrder, "BUY", 1, math.inf), "limit_price"),
        (partial(AuctionOrder, "BUY", 1, math.inf), "limit_price"),
        (partial(MidpriceOrder, "BUY", 1, math.inf), "limit_price"),
        (partial(MarketIfTouchedOrder, "BUY", 1, math.inf), "trigger_price"),
        (partial(LimitIfTouchedOrder, "BUY", 1, math.inf, 1), "trigger_price"),
        (partial(LimitIfTouchedOrder, "BUY", 1, 1, math.inf), "limit_price"),
    ],
)
def test_a_price_that_is_none_is_named(build: Callable[[], Order], name: str) -> None:
    with pytest.raises(ValueError, match=rf"{name}=(inf|nan) is no price"):
        build()
