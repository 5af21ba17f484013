"""Where an instrument is at every second."""

import math
from itertools import pairwise
from typing import get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_tws.testing._instruments import INSTRUMENTS
from trio_tws.testing._path import OptionPath, Path, WalkPath, option_price
from trio_tws.testing._shapes import DAY, YEAR, Level, Series

BY_NAME = {instrument.local_symbol: instrument for instrument in INSTRUMENTS}
AAPL = BY_NAME["AAPL"]
CALL, PUT = BY_NAME["AAPL  271217C00230000"], BY_NAME["AAPL  271217P00230000"]

STOCK_PATH = WalkPath(AAPL, 0)
CALL_PATH = OptionPath(CALL, AAPL, STOCK_PATH)
PUT_PATH = OptionPath(PUT, AAPL, STOCK_PATH)

NOON = 1_792_843_200  # 2026-10-24 12:00 UTC

paths = st.sampled_from([STOCK_PATH, CALL_PATH])
times = st.integers(NOON - 3 * DAY, NOON)
lengths = st.one_of(st.integers(1, 200), st.integers(1, 5_000))
series_of_any_kind = st.sampled_from(get_args(Series))


def trades_and_quotes(path: Path, start: int, end: int, series: Series) -> list[int]:
    """The price at each second, or of trades at each second that has one."""
    seconds = range(start, end)
    if series == "TRADES":
        seconds = range(start + -start % path.interval, end, path.interval)
    return [path.moment(second).price_of(series) for second in seconds]


@pytest.mark.slow
@given(path=paths, start=times, length=lengths, series=series_of_any_kind)
def test_a_run_is_made_of_its_moments(path: Path, start: int, length: int, series: Series) -> None:
    run = path.run(start, start + length, series)
    prices = trades_and_quotes(path, start, start + length, series)
    assert (run.moments == 0) == (not prices)
    if prices:
        assert (run.open, run.close) == (prices[0], prices[-1])
        assert (run.high, run.low) == (max(prices), min(prices))
    if series == "TRADES":
        assert run.moments == len(prices)
    else:
        assert (run.weight, run.weighted) == (length, sum(prices))


@pytest.mark.slow
@given(path=paths, cuts=st.lists(times, min_size=2, max_size=6), series=series_of_any_kind)
def test_a_run_is_the_sum_of_its_parts(path: Path, cuts: list[int], series: Series) -> None:
    cuts.sort()
    whole = path.run(cuts[0], cuts[-1], series)
    parts = [path.run(start, end, series) for start, end in pairwise(cuts)]
    assert whole.weight == sum(part.weight for part in parts)
    assert whole.weighted == sum(part.weighted for part in parts)


@given(second=times)
def test_an_option_moves_once_a_minute(second: int) -> None:
    assert CALL_PATH.moment(second) == CALL_PATH.moment(second - second % 60)


def test_days_follow_each_other_without_a_jump() -> None:
    step = AAPL.base_price * AAPL.volatility / math.sqrt(YEAR)
    for midnight in range(NOON // DAY * DAY, NOON + 20 * DAY, DAY):
        before, after = (STOCK_PATH.moment(second) for second in (midnight - 1, midnight))
        jump = abs(after.price_of("MIDPOINT") - before.price_of("MIDPOINT")) * AAPL.min_tick / 2
        assert jump < 6 * step


def test_the_order_of_the_questions_does_not_matter() -> None:
    other = WalkPath(AAPL, 0)
    late, early = other.moment(NOON), other.moment(0)
    assert (early, late) == (STOCK_PATH.moment(0), STOCK_PATH.moment(NOON))


def test_it_begins_at_the_base_and_stays_about_it_for_a_century() -> None:
    base = AAPL.base_price / (AAPL.min_tick / 2)
    assert math.isclose(STOCK_PATH.moment(0).price_of("MIDPOINT"), base, rel_tol=0.001)
    prices = [STOCK_PATH.moment(day * DAY).price for day in range(36_500)]
    assert 0.5 * base < min(prices) < 0.9 * base
    assert 1.1 * base < max(prices) < 1.5 * base


def test_one_that_could_fall_to_zero_is_refused() -> None:
    with pytest.raises(ValueError, match=r"AAPL: with a volatility of 3.0 .* lower them"):
        WalkPath(attrs.evolve(AAPL, volatility=3.0), 0)


@pytest.mark.slow
def test_the_expiries_of_a_future_move_together() -> None:
    """Tick for tick within a day; over the years only about, as each keeps to a base of its own."""
    december, march = (WalkPath(BY_NAME[name], 0) for name in ("ESZ7", "ESH8"))
    spread = [
        march.moment(second).price_of("MIDPOINT") - december.moment(second).price_of("MIDPOINT")
        for second in range(NOON, NOON + 3600, 10)
    ]
    base = december.moment(NOON).price_of("MIDPOINT")
    assert max(spread) - min(spread) < 0.002 * base


@given(second=times)
def test_call_and_put_are_at_par_to_the_tick(second: int) -> None:
    """The call less the put is the stock less the strike, but for the rounding of each."""
    stock, call, put = (
        path.moment(second - second % 60).price_of("MIDPOINT") * AAPL.min_tick / 2
        for path in (STOCK_PATH, CALL_PATH, PUT_PATH)
    )
    assert math.isclose(call - put, stock - CALL.strike, abs_tol=1.01 * CALL.min_tick)


def test_an_option_quotes_around_its_trade_with_its_spread() -> None:
    for minute in range(NOON, NOON + 3600, 60):
        moment = CALL_PATH.moment(minute)
        assert moment.ask - moment.bid == 2 * CALL.spread_ticks
        assert moment.price in {moment.bid, moment.ask}
        assert min(moment.bid_lots, moment.ask_lots, moment.lots) >= 1
    assert {CALL_PATH.moment(minute).lots for minute in range(NOON, NOON + 3600, 60)} != {1}


def test_after_expiry_an_option_is_worth_what_exercise_brings() -> None:
    expiry = 1_829_088_000  # 2027-12-18, the midnight after
    stock, call, put = (
        path.moment(expiry + DAY).price_of("MIDPOINT") * AAPL.min_tick / 2
        for path in (STOCK_PATH, CALL_PATH, PUT_PATH)
    )
    least = CALL.min_tick * (1 + CALL.spread_ticks / 2)
    assert math.isclose(call, max(least, stock - CALL.strike), abs_tol=CALL.min_tick)
    assert math.isclose(put, max(least, PUT.strike - stock), abs_tol=PUT.min_tick)


def test_an_options_hour_is_counted_once() -> None:
    """The second time it comes from memory, so that the day so far is cheap to ask for."""
    path = OptionPath(CALL, AAPL, STOCK_PATH)
    start = NOON - 5 * 3600
    assert path.run(start, NOON, "TRADES") == path.run(start, NOON, "TRADES")


@pytest.mark.parametrize(
    ("right", "price"),
    # Hull, Options, Futures and Other Derivatives: S = 42, K = 40, sigma = 20 %, half a year, with
    # the rate taken out by discounting the strike at 10 %: K = 40 * exp(-0.05).
    [("C", 4.76), ("P", 0.81)],
)
def test_the_textbook_option(right: str, price: float) -> None:
    strike = 40 * math.exp(-0.05)
    value = option_price(spot=42, strike=strike, right=right, volatility=0.2, years=0.5)
    assert math.isclose(value, price, abs_tol=0.005)


@pytest.mark.slow
@given(
    path=paths,
    start=times,
    length=lengths,
    series=series_of_any_kind,
    offset=st.integers(-60, 60),
    is_up=st.booleans(),
)
def test_a_price_is_reached_no_earlier_than_it_is_found(
    path: Path, start: int, length: int, series: Series, offset: int, is_up: bool
) -> None:
    price = path.moment(start).price_of(series) + offset
    levels = [Level(series, price, is_up), Level(series, -(10**9), is_up=False)]
    found = path.reach(start, start + length, levels)
    seconds = range(start + -start % path.interval, start + length, path.interval)
    if isinstance(path, OptionPath):
        assert found == next(iter(seconds), None)
        return
    prices = ((second, path.moment(second).price_of(series)) for second in seconds)
    assert found == next(
        (second for second, one in prices if (one >= price if is_up else one <= price)), None
    )


def test_a_price_that_is_far_away_is_reached_after_days_or_never() -> None:
    high = Level("TRADES", STOCK_PATH.moment(NOON).price + 2000, is_up=True)
    found = STOCK_PATH.reach(NOON, NOON + 100 * DAY, [high])
    assert found is not None
    assert found > NOON + DAY
    assert STOCK_PATH.moment(found).price >= high.half_ticks
    assert STOCK_PATH.reach(NOON, found, [high]) is None
    assert STOCK_PATH.reach(NOON, found + 1, [high]) == found
    assert STOCK_PATH.reach(NOON, NOON, [high]) is None
