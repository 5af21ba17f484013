"""Sums that are kept up as fills come and change."""

from decimal import Decimal

import pytest

from tests._orders.telling import cost, together
from trio_tws._model.executions import Execution
from trio_tws._orders.fill_sums import CostSums, QuantitySums, exact


def one(shares: int | None, price: float = 10.0, so_far: int | None = 0) -> Execution:
    return Execution(
        shares=None if shares is None else Decimal(shares),
        price=price,
        cum_qty=None if so_far is None else Decimal(so_far),
        avg_price=price,
    )


def summed(*fills: Execution) -> QuantitySums:
    sums = QuantitySums()
    for fill in fills:
        sums.add(fill, fill.shares or Decimal(0))
    return sums


def test_fills_add_up() -> None:
    sums = summed(one(30, 10.0, 30), one(10, 10.4, 40), one(None, 99.0, None))

    assert together(sums.filled, sums.filled_before, sums.average_price) == (40, 40, 10.1)
    assert together(sums.cumulative, sums.cumulative_price) == (40, 10.4)
    assert not sums.is_corrected


def test_of_two_that_say_as_much_the_first_tells_the_price() -> None:
    assert summed(one(30, 10.0, 60), one(30, 11.0, 60)).cumulative_price == 10.0


def test_a_price_that_is_no_number_counts_0() -> None:
    sums = summed(one(10, float("nan")), one(10, float("-inf")), one(20, 5.0))

    assert sums.average_price == 2.5
    assert together(exact(1.1), exact(float("inf"))) == (Decimal("1.1"), 0)


def test_what_is_corrected_is_taken_out() -> None:
    first, last = one(30, 10.0, 30), one(70, 11.0, 100)
    sums = summed(first, last)
    sums.correct(first, one(20, 9.0, 20), Decimal(0))

    assert together(sums.filled, sums.filled_before, sums.is_corrected) == (90, 100, True)
    assert sums.average_price == float(Decimal(20 * 9 + 70 * 11) / 90)
    assert together(sums.cumulative, sums.cumulative_price, sums.is_doubtful) == (100, 11.0, False)


def test_an_earlier_version_that_comes_late_may_have_been_more() -> None:
    held = one(20, 10.0, 20)
    sums = summed(held)
    sums.correct(held, held, Decimal(30))

    assert together(sums.filled, sums.filled_before) == (20, 50)


@pytest.mark.parametrize(
    ("number", "so_far", "largest"),
    [
        (1, 100, 9.0),  # the last one's price is corrected
        (1, 120, 9.0),  # it knows of more
        (0, 120, 9.0),  # another one does
        (0, 20, 11.0),  # another one knows of less
        (0, 0, 11.0),
        (1, 20, 10.0),  # it knows of less: another is the largest now
        (0, 100, 9.0),  # another knows of as much, and came first
    ],
)
def test_the_largest_is_found_again(number: int, so_far: int, largest: float) -> None:
    fills = [one(30, 10.0, 30), one(70, 11.0, 100)]
    sums = summed(*fills)
    corrected = one(30, 9.0, so_far)
    sums.correct(fills[number], corrected, Decimal(0))
    fills[number] = corrected
    if sums.is_doubtful:
        sums.settle(fills)

    assert not sums.is_doubtful
    assert sums.cumulative_price == largest
    assert sums.cumulative == max(fill.cum_qty or 0 for fill in fills)


def test_nothing_is_the_largest_when_none_says_anything() -> None:
    held = one(30, 10.0, 30)
    sums = summed(held)
    gone = one(0, 10.0, 0)
    sums.correct(held, gone, Decimal(0))
    sums.settle([gone])

    assert together(sums.cumulative, sums.cumulative_price) == (0, None)


def test_costs_add_up_by_currency_and_one_without_any_is_gone() -> None:
    costs = CostSums()
    costs.add(cost("a", 1.0, "USD"))
    costs.add(cost("b", 0.1, "USD"))
    costs.add(cost("c", -2.0, "EUR"))
    before = costs.by_currency()
    costs.take_back(cost("c", -2.0, "EUR"))
    costs.take_back(cost("a", 1.0, "USD"))

    assert before == {"USD": Decimal("1.1"), "EUR": Decimal("-2.0")}
    assert costs.by_currency() == {"USD": Decimal("0.1")}
