"""The checks of numbers: they give the number back, or name it."""

import math
from collections.abc import Callable
from functools import partial

import pytest

from trio_tws._orders.numbers import (
    below,
    exactly_one,
    finite,
    finite_or_none,
    not_negative,
    positive,
    price_range,
    whole,
)


@pytest.mark.parametrize("value", [-37.63, 0, 5, 0.01])
def test_a_price_may_be_any_finite_number(value: float) -> None:
    assert repr(finite("price", value)) == repr(float(value))
    assert finite_or_none("price", value) == value


def test_no_price_is_none() -> None:
    assert finite_or_none("price", None) is None
    assert price_range("a, b", None, None) == (None, None)
    assert price_range("a, b", 1, None) == (1.0, None)
    assert price_range("a, b", None, 1) == (None, 1.0)


def test_a_number_in_its_bounds_comes_back() -> None:
    assert positive("amount", 1) == 1.0
    assert not_negative("offset", 0) == 0.0
    assert below("percent", 99.9, 100) == 99.9
    assert whole("size", 1) == 1
    assert whole("size", 0, least=0) == 0
    assert price_range("a, b", 1, 2) == (1.0, 2.0)
    exactly_one("it", a=1, b=None)


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (partial(finite, "price", math.inf), "price=inf is no price"),
        (partial(finite, "price", math.nan), "price=nan is no price"),
        (partial(finite_or_none, "price", -math.inf), "price=-inf is no price"),
        (partial(positive, "amount", 0), "amount=0 is not above zero"),
        (partial(positive, "amount", math.nan), "amount=nan is no price"),
        (partial(not_negative, "offset", -0.01), "offset=-0.01 is below zero"),
        (partial(below, "percent", 100, 100), "percent=100 is not below 100"),
        (partial(below, "percent", 0, 100), "percent=0 is not above zero"),
        (partial(whole, "size", 0), "size=0 is less than 1"),
        (partial(whole, "size", -1, least=0), "size=-1 is less than 0"),
        (partial(price_range, "a, b", 2, 1), "a, b: 2 is not below 1"),
        (partial(price_range, "a, b", 2, 2), "a, b: 2 is not below 2"),
        (partial(price_range, "a, b", None, math.inf), "a, b=inf is no price"),
        (partial(exactly_one, "it", a=None, b=None), "it needs one of a and b, not none of them"),
        (partial(exactly_one, "it", a=1, b=2), "it needs one of a and b, not a=1 and b=2"),
    ],
)
def test_what_can_not_be_right_is_named(check: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check()
