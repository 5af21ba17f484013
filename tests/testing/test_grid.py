"""Prices out of half ticks, and the half ticks at which a price is reached."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_tws.testing._grid import Grid
from trio_tws.testing._instruments import INSTRUMENTS
from trio_tws.testing._shapes import Run

GRIDS = [Grid.of(instrument) for instrument in INSTRUMENTS]


def test_prices_print_without_a_tail_of_digits() -> None:
    grid = Grid.of(INSTRUMENTS[0])
    assert [grid.price(count) for count in (1, 2, 46_143)] == [0.005, 0.01, 230.715]
    assert grid.size(3) == Decimal(300)


def test_an_average_has_three_more_digits() -> None:
    grid = Grid.of(INSTRUMENTS[0])
    assert str(grid.average(Run(0, 0, 0, 0, weight=3, weighted=46_144, moments=2))) == "76.906667"
    assert grid.average(Run(0, 0, 0, 0, weight=0, weighted=0, moments=1)) == 0


@given(
    grid=st.sampled_from(GRIDS),
    count=st.integers(1, 10**6),
    offset=st.sampled_from([-1, -0.5, 0, 0.5, 1]),
    is_up=st.booleans(),
)
def test_a_level_is_the_first_price_that_reaches(
    grid: Grid, count: int, offset: float, is_up: bool
) -> None:
    """Never later; earlier only where a float may just have been off."""
    wanted = grid.price(count) + offset * grid.unit
    level = grid.level("TRADES", wanted, is_up=is_up)
    for near in range(count - 3, count + 4):
        price = grid.price(near)
        reaches = price >= wanted if is_up else price <= wanted
        is_in = near >= level.half_ticks if is_up else near <= level.half_ticks
        assert is_in or not reaches
        assert reaches or not is_in or math.isclose(price, wanted, rel_tol=1e-9)


@pytest.mark.parametrize("price", [math.inf, -math.inf, math.nan, 1e300])
def test_a_price_that_is_none_makes_a_level_all_the_same(price: float) -> None:
    for is_up in (True, False):
        assert isinstance(GRIDS[0].level("BID", price, is_up=is_up).half_ticks, int)
