"""The numbers of an order, checked: each either comes back, or is a ValueError that names it."""

import math


def finite(name: str, value: float) -> float:
    """Gives any number that is one: a limit price may be negative, of a spread or of oil.

    Raises:
        ValueError: It is infinite, or not a number.
    """
    if not math.isfinite(value):
        raise ValueError(f"{name}={value!r} is no price; give a finite number")
    return float(value)


def finite_or_none(name: str, value: float | None) -> float | None:
    """Gives a finite number, or None for what was not said.

    Raises:
        ValueError: It is infinite, or not a number.
    """
    return None if value is None else finite(name, value)


def positive(name: str, value: float) -> float:
    """Gives a number above zero.

    Raises:
        ValueError: It is not, or not finite.
    """
    if finite(name, value) <= 0:
        raise ValueError(f"{name}={value!r} is not above zero")
    return float(value)


def not_negative(name: str, value: float) -> float:
    """Gives zero or a number above it.

    Raises:
        ValueError: It is below zero, or not finite.
    """
    if finite(name, value) < 0:
        raise ValueError(f"{name}={value!r} is below zero")
    return float(value)


def below(name: str, value: float, limit: float) -> float:
    """Gives a number above zero and below a limit: a percentage, or a fraction.

    Raises:
        ValueError: It is not, or not finite.
    """
    if positive(name, value) >= limit:
        raise ValueError(f"{name}={value!r} is not below {limit}")
    return float(value)


def whole(name: str, value: int, least: int = 1) -> int:
    """Gives a whole number of at least so much.

    Raises:
        ValueError: It is less.
    """
    if value < least:
        raise ValueError(f"{name}={value!r} is less than {least}")
    return value


def price_range(
    names: str, lower: float | None, upper: float | None
) -> tuple[float | None, float | None]:
    """Gives a range of prices, of which either end may be open.

    Raises:
        ValueError: An end is no price, or the lower one is not below the upper one.
    """
    low, high = finite_or_none(names, lower), finite_or_none(names, upper)
    if low is not None and high is not None and low >= high:
        raise ValueError(f"{names}: {lower!r} is not below {upper!r}")
    return low, high


def exactly_one(what: str, **given: float | None) -> None:
    """Refuses none of several, and more than one.

    Raises:
        ValueError: It is not exactly one that is not None.
    """
    told = [f"{name}={value!r}" for name, value in given.items() if value is not None]
    if len(told) != 1:
        found = " and ".join(told) or "none of them"
        raise ValueError(f"{what} needs one of {' and '.join(given)}, not {found}")
