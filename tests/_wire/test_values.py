"""Single values between Python and the wire."""

import math
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trio_tws._wire.values import (
    decimal_text,
    escape,
    flag,
    flag_text,
    float_text,
    from_millis,
    from_seconds,
    int_text,
    long_text,
    millis_of,
    nonzero,
    number_text,
    plain,
    printable,
    quantity,
    seconds_of,
    unescape,
)

# Flags and integers ...............................................................................


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", False),
        ("0", False),
        ("00", False),
        ("-0", False),
        ("1", True),
        ("2", True),
        ("-1", True),
    ],
)
def test_any_number_but_zero_is_a_flag_that_is_set(text: str, value: bool) -> None:
    assert flag(text) is value


@pytest.mark.parametrize("text", ["x", "true", "1.0", " "])
def test_a_text_that_is_no_number_is_no_flag(text: str) -> None:
    with pytest.raises(ValueError):
        flag(text)


@pytest.mark.parametrize(("value", "text"), [(True, "1"), (False, "0"), (1, "1"), (0, "0")])
def test_a_flag_is_one_or_zero(value: Any, text: str) -> None:
    assert flag_text(value) == text


@pytest.mark.parametrize("value", ["0", "", None, 1.0])
def test_what_is_no_flag_is_not_written_as_one(value: Any) -> None:
    with pytest.raises(TypeError):
        flag_text(value)


@pytest.mark.parametrize(("write", "bits"), [(int_text, 31), (long_text, 63)])
def test_an_integer_has_so_many_bits(write: Any, bits: int) -> None:
    most = (1 << bits) - 1

    assert write(most) == str(most)
    assert write(-most - 1) == str(-most - 1)
    for value in (most + 1, -most - 2):
        with pytest.raises(ValueError, match=f"{value} does not fit into {bits + 1} bits"):
            write(value)


@pytest.mark.parametrize("write", [int_text, long_text])
@pytest.mark.parametrize("value", [1.5, "1", None])
def test_what_is_no_integer_is_not_written_as_one(write: Any, value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        write(value)


# Floats and quantities ............................................................................


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1.0"), (5, "5.0"), (math.inf, "Infinity"), (-math.inf, "-Infinity"), (1e22, "1e+22")],
)
def test_a_float_is_written_as_tws_reads_it(value: float, text: str) -> None:
    assert float_text(value) == text


def test_what_is_not_a_number_is_not_written() -> None:
    with pytest.raises(ValueError, match="NaN can't be sent; leave the value out with None"):
        float_text(math.nan)


@given(st.floats(allow_nan=False))
def test_a_float_comes_back_exactly(value: float) -> None:
    assert float(float_text(value)) == value


@pytest.mark.parametrize(("value", "text"), [(100.0, "100"), (0.5, "0.5"), (-0.0, "-0")])
def test_a_number_stands_for_the_text_without_a_point_if_it_can(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize("text", ["0", "1.50", "-7", "1E+2"])
def test_a_quantity_is_a_finite_number(text: str) -> None:
    assert str(quantity(text)) == text
    assert quantity(0) == 0


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_any_other_number_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quantity"):
        quantity(text)
    with pytest.raises(ValueError, match="is not a quantity; leave the value out with None"):
        decimal_text(Decimal(text))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("0.10"), "0.10"),
        (Decimal(100), "100"),
        (Decimal("1E+2"), "100"),
        (Decimal("1.5E+3"), "1500"),
        (Decimal("1E-8"), "0.00000001"),
        (Decimal("-1.20E-7"), "-0.000000120"),
        (Decimal("0E-8"), "0.00000000"),
        (Decimal("0E+5"), "0"),
        (Decimal("-0"), "-0"),
        (Decimal("1E+39"), "1" + "0" * 39),
        (Decimal("1E+40"), "1E+40"),
        (Decimal("1E-39"), "0." + "0" * 38 + "1"),
        (Decimal("1E-40"), "1E-40"),
        (Decimal("-1E+999999"), "-1E+999999"),
        (Decimal("0E-999999"), "0E-999999"),
        (Decimal("9" * 50), "9" * 50),
        (5, "5"),
        (0.1, "0.1"),
        (1e22, "10000000000000000000000"),
        (1e-7, "0.0000001"),
    ],
)
def test_a_quantity_is_written_in_plain_digits_unless_these_are_too_many(
    value: Decimal | float, text: str
) -> None:
    assert decimal_text(value) == text


@pytest.mark.parametrize("value", ["x", "", True])
def test_what_is_no_number_is_not_written_as_a_quantity(value: Any) -> None:
    with pytest.raises(InvalidOperation):
        decimal_text(value)


EXPONENTS = st.integers(-60, 60) | st.sampled_from([-999_999, -7000, 7000, 999_999])
DIGITS = st.lists(st.integers(0, 9), min_size=1, max_size=60).map(tuple)
DECIMALS = st.builds(Decimal, st.tuples(st.integers(0, 1), DIGITS, EXPONENTS))


@given(DECIMALS)
@example(Decimal("-0"))
def test_a_quantity_comes_back_with_its_value(value: Decimal) -> None:
    found = Decimal(decimal_text(value))

    assert found == value
    assert found.is_signed() == value.is_signed()


@given(st.builds(Decimal, st.tuples(st.integers(0, 1), DIGITS, st.integers(-5, 0))))
def test_a_quantity_comes_back_with_its_digits_if_it_has_no_exponent(value: Decimal) -> None:
    assert decimal_text(value) == str(value)
    assert Decimal(decimal_text(value)).as_tuple() == value.as_tuple()


@given(DECIMALS)
def test_a_quantity_is_never_much_longer_than_its_digits(value: Decimal) -> None:
    assert len(decimal_text(value)) <= len(value.as_tuple().digits) + 45


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_a_quantity_that_is_no_decimal_is_the_one_it_shows(value: float) -> None:
    assert Decimal(decimal_text(value)) == Decimal(str(value))


# Moments ..........................................................................................

SOON = datetime(2026, 3, 20, 12, 30, 15, 123456, UTC)


def test_a_moment_is_a_number_of_whole_seconds_or_milliseconds() -> None:
    assert seconds_of(SOON) == 1774009815
    assert millis_of(SOON) == 1774009815123
    assert from_seconds(1774009815) == SOON.replace(microsecond=0)
    assert from_millis(1774009815123) == SOON.replace(microsecond=123000)


@pytest.mark.parametrize("number_of", [seconds_of, millis_of])
def test_a_moment_has_a_time_zone_and_is_the_same_in_any(number_of: Any) -> None:
    assert number_of(SOON.astimezone(timezone(timedelta(hours=-5)))) == number_of(SOON)
    with pytest.raises(ValueError, match="has no time zone; give an aware datetime"):
        number_of(SOON.replace(tzinfo=None))


def test_a_moment_before_1970_is_a_negative_number() -> None:
    assert millis_of(datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)) == -1000
    assert from_millis(-1000) == from_seconds(-1)


def test_a_system_without_times_before_1970_is_no_hindrance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Narrow(datetime):
        @classmethod
        def fromtimestamp(cls, timestamp: float, tz: object = None) -> "Narrow":
            raise OSError(f"no {timestamp} in {tz}")

    expected = from_seconds(-86_400)
    monkeypatch.setattr("trio_tws._wire.values.datetime", Narrow)

    assert from_seconds(-86_400) == expected


def test_zero_is_refused_where_it_would_mean_nothing() -> None:
    assert nonzero(-1) == -1
    with pytest.raises(ValueError, match="zero in place of a time"):
        nonzero(0)


@pytest.mark.parametrize("moment_of", [from_seconds, from_millis])
def test_a_moment_beyond_the_calendar_is_refused(moment_of: Any) -> None:
    with pytest.raises(OverflowError):
        moment_of(10**30)


# Characters .......................................................................................


@pytest.mark.parametrize("text", ["", "abc", "é", "\n", "\x7f", "😀"])
def test_any_text_without_nul_is_plain(text: str) -> None:
    assert plain(text) == text


def test_a_text_with_nul_is_not_plain() -> None:
    with pytest.raises(ValueError, match="NUL"):
        plain("a\0b")


@pytest.mark.parametrize("text", ["", "a ~", "a\tb\r\n"])
def test_ascii_is_printable(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize("text", ["\0", "é", "\x7f", "\x1f", "\x0b"])
def test_any_other_character_is_not_printable(text: str) -> None:
    with pytest.raises(ValueError, match="characters"):
        printable(text)


@pytest.mark.parametrize("check", [plain, printable])
@pytest.mark.parametrize("value", [None, 5, b"abc"])
def test_what_is_no_text_passes_no_check(check: Any, value: object) -> None:
    with pytest.raises(TypeError):
        check(value)


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("\\u00e9t\\u00e9", "été"),
        ("a\\u00E9", "aé"),
        ("\\ud83d\\ude00", "😀"),
        ("\\ud83d", "\ufffd"),
        ("\\ude00\\ud83d", "\ufffd\ufffd"),
        ("\\u12", "\\u12"),
        ("\\uzzzz", "\\uzzzz"),
        ("\\u", "\\u"),
        ("c:\\dir\\new", "c:\\dir\\new"),
        ("\\u00e", "\\u00e"),
        ("\\u٠٠٤١", "\\u٠٠٤١"),
        ("\\u 041", "\\u 041"),
        ("é\\u0041", "éA"),
    ],
)
def test_escapes_are_undone_and_nothing_else(escaped: str, text: str) -> None:
    assert unescape(escaped) == text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(["\\u0041"]))
def test_a_text_comes_back_from_its_escapes_which_are_ascii(text: str) -> None:
    assert escape(text).isascii()
    assert unescape(escape(text)) == text


def test_a_lone_half_is_written_as_a_question_mark() -> None:
    assert escape("a\ud800") == "a?"
