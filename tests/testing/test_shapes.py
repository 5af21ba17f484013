"""What the market is made of, and that joining it loses nothing."""

import math
from collections.abc import Iterator
from functools import cache
from itertools import islice
from statistics import fmean
from typing import get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_tws.testing._instruments import INSTRUMENTS
from trio_tws.testing._shapes import (
    DAY,
    YEAR,
    Level,
    Moment,
    Run,
    Series,
    Shape,
    days,
    instant,
    join,
    run_of,
)

BY_NAME = {instrument.local_symbol: instrument for instrument in INSTRUMENTS}
AAPL, SPX = BY_NAME["AAPL"], BY_NAME["SPX"]

numbers = st.integers(-1000, 1000)
moments = st.builds(Moment, numbers, numbers, numbers, numbers, numbers, st.integers(0, 100))
series_of_any_kind = st.sampled_from(get_args(Series))


def seconds_of(shape: Shape, level: int = 0) -> Iterator[Moment]:
    """Every moment of a shape, told from one level."""
    if not shape.parts:
        yield shape.last.at(level)
    for begin, part in zip(shape.levels, shape.parts, strict=True):
        yield from seconds_of(part, level + begin)


def test_a_moment_has_a_price_in_each_series() -> None:
    moment = Moment(bid=10, ask=14, bid_lots=1, ask_lots=2, price=14, lots=3)
    assert [moment.price_of(series) for series in get_args(Series)] == [14, 10, 14, 12]
    assert moment.at(5) == Moment(15, 19, 1, 2, 19, 3)


def test_a_run_weighs_trades_by_lots_and_quotes_by_seconds() -> None:
    two = [Moment(10, 14, 1, 2, 14, 3), Moment(8, 12, 1, 2, 8, 1)]
    assert run_of(two, "TRADES") == Run(14, 14, 8, 8, 4, 3 * 14 + 8, 2)
    assert run_of(two, "BID", seconds=60) == Run(10, 10, 8, 8, 120, 60 * 18, 2)


def test_nothing_joined_has_no_moments() -> None:
    assert join([]).moments == 0


@pytest.mark.slow
@given(
    st.lists(st.lists(moments, min_size=1, max_size=5), min_size=1, max_size=5), series_of_any_kind
)
def test_joined_runs_are_the_run_of_all_their_moments(
    groups: list[list[Moment]], series: Series
) -> None:
    everything = [moment for group in groups for moment in group]
    assert join((0, run_of(group, series)) for group in groups) == run_of(everything, series)


@given(
    st.lists(moments, min_size=1, max_size=5),
    st.lists(moments, min_size=1, max_size=5),
    series_of_any_kind,
)
def test_a_run_and_the_one_after_it_are_the_run_of_both(
    before: list[Moment], after: list[Moment], series: Series
) -> None:
    both = run_of([*before, *after], series)
    assert run_of(before, series).then(run_of(after, series)) == both
    assert run_of(before, series).then(instant(after[0], series)) == run_of(
        [*before, after[0]], series
    )


@given(st.lists(moments, min_size=1, max_size=5), numbers, series_of_any_kind)
def test_a_level_moves_prices_and_nothing_else(
    group: list[Moment], level: int, series: Series
) -> None:
    moved = [moment.at(level) for moment in group]
    assert join([(level, run_of(group, series))]) == run_of(moved, series)


def test_a_day_has_its_seconds_and_their_facts() -> None:
    day = days(AAPL, 0)[0]
    hour = day.parts[7]
    assert (day.seconds, hour.seconds, hour.parts[0].seconds) == (DAY, 3600, 60)
    seconds = list(seconds_of(hour))
    assert len(seconds) == 3600
    for series in get_args(Series):
        assert hour.run(series) == run_of(seconds, series)
    assert hour.last == seconds[-1]


def test_shapes_come_with_their_mirror_images_and_the_rising_first() -> None:
    shapes = days(AAPL, 0)
    for rising, falling in zip(shapes[::2], shapes[1::2], strict=True):
        assert rising.net == -falling.net >= 0


def test_quotes_are_around_the_trade_and_even() -> None:
    for moment in seconds_of(days(AAPL, 0)[3].parts[0]):
        assert moment.bid <= moment.price <= moment.ask
        assert AAPL.spread_ticks <= (moment.ask - moment.bid) / 2 <= AAPL.spread_ticks + 1
        assert moment.bid % 2 == moment.ask % 2 == moment.price % 2 == 0
        assert min(moment.bid_lots, moment.ask_lots, moment.lots) >= 1


def test_an_index_has_values_without_spread_or_size() -> None:
    for moment in seconds_of(days(SPX, 0)[0].parts[0]):
        assert moment.bid == moment.ask == moment.price
        assert (moment.bid_lots, moment.ask_lots, moment.lots) == (0, 0, 0)


@pytest.mark.parametrize("name", ["AAPL", "SPY", "ESZ7", "SPX", "EUR.USD", "IBCID127128131"])
def test_a_days_step_fits_the_volatility(name: str) -> None:
    instrument = BY_NAME[name]
    steps = [
        day.net * instrument.min_tick / 2 / instrument.base_price for day in days(instrument, 0)
    ]
    volatility = math.sqrt(fmean(step**2 for step in steps) * YEAR / DAY)
    assert math.isclose(volatility, instrument.volatility, rel_tol=0.1)


def test_typical_sizes_are_typical() -> None:
    day = days(AAPL, 0)[0]
    assert math.isclose(day.run("TRADES").weight / DAY, AAPL.trade_lots, rel_tol=0.2)


def test_without_volatility_nothing_moves() -> None:
    assert {day.net for day in days(attrs.evolve(AAPL, volatility=0.0), 0)} == {0}


@pytest.mark.slow
def test_seed_and_instrument_tell_markets_apart() -> None:
    assert days(AAPL, 0) is days(AAPL, 0)
    nets = {tuple(day.net for day in days(one, seed)) for one in (AAPL, SPX) for seed in (0, 1)}
    assert len(nets) == 4


@given(
    start=st.integers(0, DAY - 1),
    offset=st.integers(-400, 400),
    is_up=st.booleans(),
    series=st.sampled_from(get_args(Series)),
)
def test_a_price_is_found_without_looking_everywhere(
    start: int, offset: int, is_up: bool, series: Series
) -> None:
    day = days(AAPL, 0)[0]
    wanted = [Level(series, offset, is_up), Level(series, 10**9, is_up=True)]
    found = day.reach(start, wanted)
    if found is None:
        stretch = islice(prices(series), start, None)
        assert not any(price >= offset if is_up else price <= offset for price in stretch)
    else:
        stretch = islice(prices(series), start, found + 1)
        reached = [price >= offset if is_up else price <= offset for price in stretch]
        assert reached.index(True) == found - start


@cache
def prices(series: Series) -> list[int]:
    """Gives the price of each second of a day."""
    return [moment.price_of(series) for moment in seconds_of(days(AAPL, 0)[0])]
