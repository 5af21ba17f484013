"""How a quantity is divided: whole steps, nothing lost, the rest to those who lost most."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_tws.testing._alloc_shares import shared_out

ONE = Decimal(1)


def shares(total: str, *weights: str, step: Decimal = ONE) -> list[Decimal]:
    return shared_out(Decimal(total), [Decimal(weight) for weight in weights], step)


@pytest.mark.parametrize(
    ("total", "weights", "found"),
    [
        ("400", ["1"] * 6, [67, 67, 67, 67, 66, 66]),
        ("700", ["25000", "50000", "100000"], [100, 200, 400]),
        ("10", ["1", "2", "2"], [2, 4, 4]),
        ("10", ["1", "1", "2"], [3, 2, 5]),
        ("1", ["1", "2"], [0, 1]),
        ("5", ["0", "3"], [0, 5]),
    ],
)
def test_examples(total: str, weights: list[str], found: list[int]) -> None:
    assert shares(total, *weights) == found


def test_steps_can_be_of_any_size() -> None:
    assert shares("1000", "1", "2", step=Decimal(100)) == [300, 700]
    assert shares("0.5", "1", "1", step=Decimal("0.25")) == [Decimal("0.25")] * 2


def test_what_is_less_than_a_step_goes_to_the_next_in_line() -> None:
    assert shares("5.5", "1", "1") == [3, Decimal("2.5")]


@given(
    st.integers(1, 10**7), st.lists(st.integers(0, 10**6), min_size=1).filter(any), st.integers(1)
)
def test_nothing_is_lost_and_nobody_is_a_step_off(
    total: int, weights: list[int], step: int
) -> None:
    total -= total % step
    found = shared_out(Decimal(total), [Decimal(one) for one in weights], Decimal(step))
    assert sum(found) == total
    for share, weight in zip(found, weights, strict=True):
        assert abs(share - Decimal(total) * weight / sum(weights)) < step
