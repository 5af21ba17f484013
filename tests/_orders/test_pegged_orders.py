"""Orders whose price follows another one."""

import math
from collections.abc import Callable
from functools import partial

import pytest

from tests._orders.built import PEGGED, name_of
from trio_tws import (
    Order,
    PassiveRelativeOrder,
    PeggedToBenchmarkOrder,
    PeggedToBestOrder,
    PeggedToMarketOrder,
    PeggedToMidpointOrder,
    PeggedToStockOrder,
    RelativeOrder,
)

stock = partial(PeggedToStockOrder, "BUY", 1)
best = partial(PeggedToBestOrder, "BUY", 1)
midpoint = partial(PeggedToMidpointOrder, "BUY", 1)
benchmark = partial(
    PeggedToBenchmarkOrder,
    "BUY",
    1,
    starting_price=30,
    reference_contract_id=1,
    reference_exchange_id="ISLAND",
    reference_change_amount=1,
    pegged_change_amount=1,
)


@pytest.mark.parametrize("pair", PEGGED, ids=name_of)
def test_a_builder_fills_in_what_its_type_needs(pair: tuple[Order, Order]) -> None:
    built, expected = pair
    assert built == expected


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (partial(PeggedToMarketOrder, "BUY", 1, -1), "offset=-1 is below zero"),
        (partial(PassiveRelativeOrder, "BUY", 1, -1), "offset=-1 is below zero"),
        (partial(midpoint, -1), "offset=-1 is below zero"),
        (partial(midpoint, limit_price=math.inf), "limit_price=inf is no price"),
        (partial(midpoint, min_trade_qty=0), "min_trade_qty=0 is less than 1"),
        (partial(best, compete_against_best_offset=0), "best_offset=0 is not above zero"),
        (partial(best, min_compete_size=0), "min_compete_size=0 is less than 1"),
        (partial(best, min_trade_qty=0), "min_trade_qty=0 is less than 1"),
        (partial(best, mid_offset_at_half=0.1), "mid_offset_at_half=0.1 need"),
        (
            partial(best, mid_offset_at_whole=0.1, compete_against_best_offset=0.5),
            "mid_offset_at_whole=0.1 and mid_offset_at_half=None need",
        ),
        (partial(stock, delta=-0.5, starting_price=1), "delta=-0.5 is not from 0 to 1"),
        (partial(stock, delta=math.nan, starting_price=1), "delta=nan is not from 0 to 1"),
        (partial(stock, delta=0.5, starting_price=0), "starting_price=0 is not above zero"),
        (
            partial(stock, delta=1, starting_price=1, stock_range_lower=2, stock_range_upper=1),
            "stock_range_lower, stock_range_upper: 2 is not below 1",
        ),
        (partial(benchmark, reference_exchange_id=""), "reference_exchange_id='' is no exchange"),
        (partial(benchmark, reference_contract_id=0), "reference_contract_id=0 is less than 1"),
        (partial(benchmark, pegged_change_amount=0), "pegged_change_amount=0 is not above"),
        (partial(benchmark, reference_change_amount=-1), "reference_change_amount=-1 is not"),
        (partial(benchmark, starting_price=math.inf), "starting_price=inf is no price"),
        (
            partial(benchmark, stock_range_lower=2, stock_range_upper=2),
            "stock_range_lower, stock_range_upper: 2 is not below 2",
        ),
        (partial(RelativeOrder, "BUY", 1), "needs one of offset and percent_offset, not none"),
        (partial(RelativeOrder, "BUY", 1, 1, percent_offset=0.1), "not offset=1 and percent_off"),
        (partial(RelativeOrder, "BUY", 1, -1), "offset=-1 is below zero"),
        (partial(RelativeOrder, "BUY", 1, percent_offset=5), "percent_offset=5 is not below 1"),
    ],
)
def test_what_can_not_be_right_is_named(build: Callable[[], Order], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build()
