"""How single values stand on the wire."""

import math
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from enum import Enum, IntEnum, IntFlag
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests._wire.toys import Color, Mask, Shape
from trio_tws._wire.build import new_source, paste
from trio_tws._wire.kinds import (
    BOOL,
    DECIMAL,
    ESCAPED,
    FEW_DECIMALS,
    FEW_SECONDS,
    FEW_TEXTS,
    FLAG_NUMBER,
    FLOAT,
    FLOAT_TEXT,
    ID,
    INT,
    LONG,
    MILLIS,
    NUMBER_TEXT,
    SECONDS,
    TEXT,
    UNSET_FLOAT,
    UNSET_INT,
    UNSET_LONG,
    Kind,
    Lookup,
    Remembered,
    kind_of,
    of_few,
    own_kind,
)

MAX = str(UNSET_FLOAT)
SOON = datetime(2026, 3, 20, 12, 30, 15, 123000, UTC)


def through(kind: Kind, template: str, value: object) -> Any:
    """Sends a value through one of the templates of a kind."""
    source = new_source()
    with source.block("def f(x):"):
        source.add(f"return {paste(source, kind, template, 'x', 'x is not None')}")
    return source.function("f", "template")(value)


# Text in ..........................................................................................


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (INT, "", 0),
        (INT, "-7", -7),
        (LONG, "9999999999", 9999999999),
        (FLOAT, "", 0.0),
        (FLOAT, "1.5", 1.5),
        (BOOL, "", False),
        (BOOL, "0", False),
        (BOOL, "1", True),
        (BOOL, "2", True),
        (BOOL, "00", False),
        (FLAG_NUMBER, "", False),
        (FLAG_NUMBER, "2", True),
        (TEXT, "", ""),
        (TEXT, "a\\u0041", "a\\u0041"),
        (ESCAPED, "a\\u0041", "aA"),
        (DECIMAL, "", Decimal(0)),
        (DECIMAL, "0.10", Decimal("0.10")),
        (SECONDS, "1", datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)),
        (SECONDS, "", datetime(1970, 1, 1, tzinfo=UTC)),
        (MILLIS, "1", datetime(1970, 1, 1, 0, 0, 0, 1000, UTC)),
        (MILLIS, "", datetime(1970, 1, 1, tzinfo=UTC)),
        (FLOAT_TEXT, "0.5", 0.5),
        (NUMBER_TEXT, "100.0", "100.0"),
        (kind_of(Color), "2", Color.BLUE),
        (kind_of(Color), "", Color.NONE),
        (kind_of(Mask), "3", Mask.A | Mask.B),
        (kind_of(Shape), "ROUND", Shape.ROUND),
        (kind_of(Shape), "", Shape.NONE),
    ],
)
def test_a_text_reads_as_its_value(kind: Kind, text: str, value: object) -> None:
    found = through(kind, kind.read, text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["", "2147483647", "9223372036854775807"])
@pytest.mark.parametrize(
    "kind", [INT, LONG, BOOL, FLAG_NUMBER, DECIMAL, SECONDS, MILLIS, kind_of(Color)]
)
def test_the_numbers_that_mean_unset_read_as_none(kind: Kind, text: str) -> None:
    assert through(kind, kind.read_optional, text) is None


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FLOAT, ""),
        (FLOAT, MAX),
        (FLOAT, "1.7976931348623157E308"),
        (FLOAT, "NaN"),
        (FLOAT_TEXT, ""),
        (DECIMAL, "NaN"),
        (DECIMAL, "-NaN"),
        (DECIMAL, "sNaN"),
        (DECIMAL, "+Infinity"),
        (DECIMAL, "-inf"),
        (DECIMAL, "-9223372036854775808"),
        (DECIMAL, "1.7976931348623157E308"),
        (DECIMAL, "Infinity"),
        (SECONDS, "0"),
        (MILLIS, "0"),
    ],
)
def test_so_does_what_a_kind_has_of_its_own(kind: Kind, text: str) -> None:
    assert through(kind, kind.read_optional, text) is None


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (INT, "0", 0),
        (LONG, "5", 5),
        (FLOAT, "0", 0.0),
        (FLOAT, "-1.5", -1.5),
        (BOOL, "0", False),
        (BOOL, "1", True),
        (BOOL, "3", True),
        (DECIMAL, "0", Decimal(0)),
        (SECONDS, "60", datetime(1970, 1, 1, 0, 1, tzinfo=UTC)),
        (MILLIS, "1500", datetime(1970, 1, 1, 0, 0, 1, 500000, UTC)),
        (kind_of(Color), "1", Color.RED),
    ],
)
def test_any_other_text_is_a_value_where_none_is_one_too(
    kind: Kind, text: str, value: object
) -> None:
    assert through(kind, kind.read_optional, text) == value


@pytest.mark.parametrize("kind", [INT, LONG, FLOAT, BOOL, DECIMAL, SECONDS, MILLIS])
@pytest.mark.parametrize("text", ["x", "1,5", "--1"])
def test_a_text_that_is_no_number_is_refused(kind: Kind, text: str) -> None:
    for template in (kind.read, kind.read_optional):
        with pytest.raises((ValueError, InvalidOperation)):
            through(kind, template, text)


@pytest.mark.parametrize("kind", [SECONDS, MILLIS])
def test_a_time_beyond_the_calendar_is_refused(kind: Kind) -> None:
    with pytest.raises(OverflowError):
        through(kind, kind.read, "9" * 30)


# Text out .........................................................................................


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (INT, 5, "5"),
        (INT, -(1 << 31), "-2147483648"),
        (INT, True, "1"),
        (LONG, 1 << 40, "1099511627776"),
        (FLOAT, 1.0, "1.0"),
        (FLOAT, 5, "5.0"),
        (FLOAT, math.inf, "Infinity"),
        (FLOAT, -math.inf, "-Infinity"),
        (BOOL, True, "1"),
        (BOOL, False, "0"),
        (FLAG_NUMBER, True, "1"),
        (FLAG_NUMBER, False, "0"),
        (TEXT, "a", "a"),
        (ESCAPED, "é", "\\u00e9"),
        (DECIMAL, Decimal("0.10"), "0.10"),
        (DECIMAL, 100, "100"),
        (DECIMAL, Decimal("1E+2"), "100"),
        (DECIMAL, 0.1, "0.1"),
        (SECONDS, SOON, "1774009815"),
        (MILLIS, SOON, "1774009815123"),
        (FLOAT_TEXT, 0.25, "0.25"),
        (kind_of(Color), Color.BLUE, "2"),
        (kind_of(Mask), Mask.A | Mask.B, "3"),
        (kind_of(Shape), Shape.ROUND, "ROUND"),
    ],
)
def test_a_value_is_written_as_its_text(kind: Kind, value: object, text: str) -> None:
    assert through(kind, kind.write, value) == text


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (INT, 1 << 31),
        (INT, -(1 << 31) - 1),
        (INT, 1.5),
        (INT, "1"),
        (LONG, 1 << 63),
        (FLOAT, math.nan),
        (FLOAT, "x"),
        (DECIMAL, Decimal("NaN")),
        (DECIMAL, math.inf),
        (DECIMAL, "x"),
        (SECONDS, SOON.replace(tzinfo=None)),
        (MILLIS, SOON.replace(tzinfo=None)),
    ],
)
def test_a_value_that_does_not_fit_is_not_written(kind: Kind, value: object) -> None:
    with pytest.raises((ValueError, InvalidOperation)):
        through(kind, kind.write, value)


@pytest.mark.parametrize("kind", [INT, LONG, FLOAT, BOOL, FLAG_NUMBER])
def test_none_is_not_written_where_it_is_no_value(kind: Kind) -> None:
    with pytest.raises(TypeError):
        through(kind, kind.write, None)


@pytest.mark.parametrize("value", ["0", "false", 1.5])
def test_what_is_no_flag_is_not_written_as_one(value: object) -> None:
    with pytest.raises(TypeError):
        through(BOOL, BOOL.write, value)


def test_a_moment_keeps_its_instant_in_any_time_zone() -> None:
    there = SOON.astimezone(timezone(timedelta(hours=-5)))

    assert through(MILLIS, MILLIS.write, there) == through(MILLIS, MILLIS.write, SOON)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_comes_back_exactly(value: float) -> None:
    assert through(FLOAT, FLOAT.read, through(FLOAT, FLOAT.write, value)) == value


# Protobuf .........................................................................................


@pytest.mark.parametrize(
    ("kind", "held", "value"),
    [
        (INT, 5, 5),
        (FLOAT, 1.5, 1.5),
        (BOOL, True, True),
        (FLAG_NUMBER, 0, False),
        (FLAG_NUMBER, 1, True),
        (FLAG_NUMBER, -2, True),
        (TEXT, b"\xc3\xa9", "é"),
        (TEXT, b"\xff", "\\xff"),
        (ESCAPED, b"a\\u0041", "a\\u0041"),
        (DECIMAL, b"1.50", Decimal("1.50")),
        (DECIMAL, b"", Decimal(0)),
        (SECONDS, 60, datetime(1970, 1, 1, 0, 1, tzinfo=UTC)),
        (MILLIS, 60, datetime(1970, 1, 1, 0, 0, 0, 60000, UTC)),
        (FLOAT_TEXT, b"0.5", 0.5),
        (FLOAT_TEXT, b"", 0.0),
        (NUMBER_TEXT, 100.0, "100"),
        (NUMBER_TEXT, 0.5, "0.5"),
        (NUMBER_TEXT, UNSET_FLOAT, ""),
        (kind_of(Color), 2, Color.BLUE),
        (kind_of(Shape), b"FLAT", Shape.FLAT),
    ],
)
def test_what_protobuf_holds_reads_as_its_value(kind: Kind, held: object, value: object) -> None:
    assert through(kind, kind.proto_read, held) == value


@pytest.mark.parametrize(
    ("kind", "held"),
    [
        (INT, UNSET_INT),
        (LONG, UNSET_INT),
        (LONG, UNSET_LONG),
        (FLOAT, UNSET_FLOAT),
        (FLOAT, math.nan),
        (BOOL, None),
        (FLAG_NUMBER, UNSET_INT),
        (DECIMAL, b""),
        (DECIMAL, b"2147483647"),
        (SECONDS, 0),
        (SECONDS, UNSET_LONG),
        (MILLIS, 0),
        (FLOAT_TEXT, b""),
        (FLOAT_TEXT, MAX.encode()),
        (kind_of(Color), UNSET_INT),
    ],
)
def test_what_protobuf_holds_for_unset_reads_as_none(kind: Kind, held: object) -> None:
    assert through(kind, kind.proto_read_optional, held) is None


@pytest.mark.parametrize(
    ("kind", "held", "value"),
    [
        (INT, 0, 0),
        (LONG, 7, 7),
        (FLOAT, 0.0, 0.0),
        (BOOL, False, False),
        (FLAG_NUMBER, 0, False),
        (FLAG_NUMBER, 2, True),
        (DECIMAL, b"0", Decimal(0)),
        (SECONDS, 1, datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)),
        (MILLIS, 1, datetime(1970, 1, 1, 0, 0, 0, 1000, UTC)),
        (FLOAT_TEXT, b"0", 0.0),
        (kind_of(Color), 0, Color.NONE),
    ],
)
def test_anything_else_in_protobuf_is_a_value(kind: Kind, held: object, value: object) -> None:
    assert through(kind, kind.proto_read_optional, held) == value


@pytest.mark.parametrize(
    ("kind", "value", "held"),
    [
        (DECIMAL, Decimal("1.50"), "1.50"),
        (DECIMAL, Decimal("1E-8"), "0.00000001"),
        (FLAG_NUMBER, True, 1),
        (FLAG_NUMBER, False, 0),
        (SECONDS, SOON, 1774009815),
        (MILLIS, SOON, 1774009815123),
        (FLOAT_TEXT, 0.5, "0.5"),
        (NUMBER_TEXT, "100", 100.0),
        (kind_of(Color), Color.RED, 1),
        (kind_of(Shape), Shape.FLAT, "FLAT"),
    ],
)
def test_a_value_is_put_into_protobuf(kind: Kind, value: object, held: object) -> None:
    assert through(kind, kind.proto_write, value) == held


# Enumerations, and kinds of one's own .............................................................


class Closed(IntEnum):
    ONE = 1


def test_an_open_enumeration_makes_a_member_and_does_not_keep_it() -> None:
    lookup = Lookup(Color, str)

    assert lookup["99"] == 99
    assert isinstance(lookup["99"], Color)
    assert len(lookup) == len(Color)


def test_an_unknown_text_is_a_member_too() -> None:
    shape = Lookup(Shape, str)["SQUARE"]

    assert shape == "SQUARE"
    assert isinstance(shape, Shape)


def test_a_closed_enumeration_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="2 is not a valid"):
        Lookup(Closed, int)[2]


@pytest.mark.parametrize("number", [-1, 1 << 16, 1 << 70])
def test_a_mask_has_sixteen_flags(number: int) -> None:
    with pytest.raises(ValueError, match="no mask"):
        Lookup(Mask, str)[str(number)]


def test_a_mask_takes_flags_that_it_has_no_name_for() -> None:
    assert Lookup(Mask, int)[5] == 5


def test_a_type_has_one_kind() -> None:
    assert kind_of(int) is INT
    assert kind_of(bool) is BOOL
    assert kind_of(str) is TEXT
    assert kind_of(float) is FLOAT
    assert kind_of(Decimal) is DECIMAL
    assert kind_of(Color) is kind_of(Color)
    assert kind_of(Color).name == "Color"


class NoNumber(Enum):
    A = "a"


class MixedIn(str, Enum):  # noqa: UP042 - its text form changed between versions of Python
    A = "a"


@pytest.mark.parametrize(
    "annotation", [bytes, NoNumber, MixedIn, int | str, list[int], IntFlag | str]
)
def test_any_other_type_needs_a_kind_by_name(annotation: Any) -> None:
    with pytest.raises(TypeError, match="no wire kind for"):
        kind_of(annotation)


def test_a_kind_of_ones_own_calls_its_two_functions() -> None:
    kind = own_kind("reversed", lambda text: text[::-1], lambda value: value[::-1])

    assert through(kind, kind.read, "abc") == "cba"
    assert through(kind, kind.write, "abc") == "cba"
    assert through(kind, kind.proto_read, b"abc") == "cba"
    assert through(kind, kind.proto_write, "abc") == "cba"
    assert (kind.is_text, kind.packs_list) == (True, False)


def _read_answer(text: str) -> bool:
    return text == "yes"


def _write_answer(value: bool) -> str:
    return "yes" if value else "no"


def test_a_kind_of_ones_own_may_be_like_another_in_protobuf() -> None:
    kind = own_kind("answer", _read_answer, _write_answer, like=BOOL)

    assert (kind.name, kind.proto, kind.proto_default, kind.is_text) == (
        *("answer", "bool", False, False),
    )
    assert through(kind, kind.read, "yes") is through(kind, kind.read_optional, "yes") is True
    assert through(kind, kind.write, False) == "no"
    assert through(kind, kind.proto_read, True) is through(kind, kind.proto_write, True) is True
    assert through(kind, kind.proto_read_optional, None) is None


def test_an_empty_field_is_for_the_function_to_read() -> None:
    kind = own_kind("answer", {"yes": True}.get, _write_answer, like=BOOL)

    assert through(kind, kind.read_optional, "") is None
    assert through(kind, kind.read_optional, "yes") is True


def test_a_kind_like_one_that_has_no_unset_form_has_none_either() -> None:
    assert own_kind("loud", str.upper, str.lower, like=TEXT).read_optional == ""
    assert own_kind("loud", str.upper, str.lower).read_optional == ""


def test_a_kind_may_be_like_that_of_an_enumeration() -> None:
    like = kind_of(Color)
    kind = own_kind("name", lambda text: Color[text], lambda color: color.name, like=like)

    assert through(kind, kind.read, "RED") is Color.RED
    assert through(kind, kind.write, Color.BLUE) == "BLUE"
    assert through(kind, kind.proto_read, 2) is Color.BLUE
    assert through(kind, kind.proto_read_optional, UNSET_INT) is None
    assert through(kind, kind.proto_write, Color.RED) == 1


def test_two_kinds_with_one_name_keep_their_own_functions() -> None:
    one = own_kind("same", lambda text: "one", str)
    two = own_kind("same", lambda text: "two", str)
    source = new_source()
    with source.block("def f(x):"):
        parts = [paste(source, kind, kind.read, "x") for kind in (one, two, one)]
        source.add(f"return {', '.join(parts)}")

    assert source.function("f", "kinds")("") == ("one", "two", "one")


def test_the_name_of_a_kind_is_for_people_and_can_be_any_text() -> None:
    kind = own_kind("a list; of '{words}'", str.upper, str)

    assert through(kind, kind.read, "abc") == "ABC"


def test_kinds_are_compared_by_identity() -> None:
    assert attrs.evolve(TEXT) != TEXT


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "sNaN"])
def test_a_quantity_that_has_to_be_there_has_to_be_finite(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quantity"):
        through(DECIMAL, DECIMAL.read, text)


# Values of which there are few ....................................................................


@pytest.mark.parametrize(
    ("kind", "like", "texts"),
    [
        (ID, INT, ["", "0", "-1", "1000000000"]),
        (FEW_DECIMALS, DECIMAL, ["", "0", "1E-8", "100", str(UNSET_INT), "170.5"]),
        (FEW_SECONDS, SECONDS, ["", "0", "1", "1760000000"]),
    ],
    ids=["ids", "decimals", "seconds"],
)
def test_what_is_remembered_is_what_would_be_read(kind: Kind, like: Kind, texts: list[str]) -> None:
    for text in [*texts, *texts]:
        assert through(kind, kind.read_optional, text) == through(like, like.read_optional, text)


def test_a_time_that_has_to_be_there_is_not_zero() -> None:
    moment = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert through(FEW_SECONDS, FEW_SECONDS.read, "1") == moment
    assert through(FEW_SECONDS, FEW_SECONDS.proto_read, 1) == moment
    for text in ("", "0"):
        with pytest.raises(ValueError, match="zero in place of a time"):
            through(FEW_SECONDS, FEW_SECONDS.read, text)
    with pytest.raises(ValueError, match="zero in place of a time"):
        through(FEW_SECONDS, FEW_SECONDS.proto_read, 0)


def test_what_protobuf_holds_as_bytes_is_remembered_too() -> None:
    first = through(FEW_DECIMALS, FEW_DECIMALS.proto_read_optional, b"12.5")
    again = through(FEW_DECIMALS, FEW_DECIMALS.proto_read_optional, b"12.5")

    assert again is first
    assert first == Decimal("12.5")
    assert through(FEW_TEXTS, FEW_TEXTS.proto_read, b"\xff") == "\\xff"


def test_a_number_that_needs_no_work_is_not_looked_up() -> None:
    assert ID.proto_read == INT.proto_read


def test_a_kind_of_two_functions_can_be_remembered() -> None:
    read: list[str] = []

    def note(text: str) -> str:
        read.append(text)
        return text.upper()

    kind = of_few(own_kind("noted", note, str))

    assert [through(kind, kind.read, "a") for _ in range(3)] == ["A"] * 3
    assert read == ["a"]


def test_what_is_wrong_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(InvalidOperation):
            through(FEW_DECIMALS, FEW_DECIMALS.read_optional, "much")


def test_it_forgets_rather_than_grow() -> None:
    known = Remembered("int({x} or 0)", {})
    most = 0
    for number in range(5000):
        assert known[str(number)] == number
        most = max(most, len(known))
    assert most <= 1024

    assert known["0" * 100 + "7"] == 7
    assert "0" * 100 + "7" not in known
