"""Readers and writers of the text form."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import attrs
import pytest

from tests._wire.text_toys import Last, Lists, Point, Price, Row, Table, read
from tests._wire.toys import (
    Body,
    Color,
    Empty,
    Engine,
    Lenient,
    Mask,
    Maybes,
    Nested,
    Optionals,
    Pair,
    Scalars,
    Shape,
    Wheel,
    strict,
)
from trio_tws._wire import (
    Registry,
    const,
    each,
    incoming,
    layout,
    maybe,
    outgoing,
    since,
    split,
    struct,
    when,
    wire,
)
from trio_tws._wire.kinds import ESCAPED
from trio_tws._wire.layout import is_set
from trio_tws._wire.source import field_at_fault, source_of
from trio_tws._wire.text import reader, writer

REGISTRY = Registry()


# Messages of a fixed length .......................................................................


def test_a_message_is_read_field_by_field() -> None:
    assert read(Price, ["6", "1", "2.5", "100", "7"]) == Price(1, 2.5, Decimal(100), Point(7))


def test_a_gate_opens_and_closes_with_the_version() -> None:
    assert read(Price, ["6", "1", "", "", "7", "a"], 3) == Price(1, point=Point(7, "a"))
    assert read(Price, ["1", "", "", "7", "a"], 5) == Price(1, point=Point(7, "a"))
    assert writer(Price, 2)(Price(1)) == ["6", "1", "-1.0", "", "9"]
    assert writer(Price, 5)(Price(1)) == ["1", "-1.0", "", "9", ""]


def test_what_is_read_is_like_what_is_constructed() -> None:
    found, made = read(Price, ["6", "1", "2.5", "100", "7"]), Price(1, 2.5, Decimal(100), Point(7))

    assert type(found) is Price
    assert type(found.point) is Point
    assert hash(found) == hash(made)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        found.key = 2  # type: ignore[misc]  # the point of the test


def test_a_message_without_fields_is_read_and_written() -> None:
    assert read(Empty, []) == Empty()
    assert writer(Empty, 1)(Empty()) == []


@pytest.mark.parametrize(
    ("fields", "surplus"),
    [(["6", "1", "2", "3", "4", "5"], 1), (["6", "1"], -3), ([], -5)],
)
def test_a_wrong_number_of_fields_is_told(fields: list[str], surplus: int) -> None:
    tail = Lenient()
    with pytest.raises(ValueError, match=f"Price: {surplus}"):
        read(Price, fields)

    read(Price, fields, tail=tail)

    assert tail.seen == [surplus]


def test_missing_fields_read_as_unset_where_that_may_pass() -> None:
    assert read(Price, ["6", "1"], tail=Lenient()) == Price(1, point=Point(0))


def test_left_over_fields_are_left_where_that_may_pass() -> None:
    fields = ["6", "1", "2.5", "100", "7"]

    assert read(Price, [*fields, "x", "y"], tail=Lenient()) == read(Price, fields)


def test_a_simple_message_is_read_in_a_straight_line() -> None:
    code = source_of(reader(Price, 1))

    assert "x0, x1, x2, x3, x4, _ = fields" in code
    assert not any(word in code for word in ("for ", "while ", "try", "iter(", "else:"))


# Lists ............................................................................................


def test_a_list_has_a_count_and_its_elements() -> None:
    message = Lists((1, 2), (Point(3, "a"), Point(4, "b")), "end")

    fields = writer(Lists, 3)(message)

    assert fields == ["2", "1", "2", "2", "3", "a", "4", "b", "end"]
    assert read(Lists, fields, 3) == message


def test_an_empty_list_is_a_zero_or_an_empty_field() -> None:
    assert writer(Lists, 3)(Lists()) == ["0", "0", ""]
    assert read(Lists, ["", "", "x"]) == Lists(after="x")


def test_a_gate_inside_of_a_list_holds_for_each_element() -> None:
    assert read(Lists, ["0", "2", "3", "4", "end"], 2).points == (Point(3), Point(4))
    assert read(Lists, ["0", "2", "3", "a", "4", "b", "end"], 3).points[1] == Point(4, "b")


def test_elements_may_hold_lists_and_what_may_be_missing() -> None:
    message = Table((Row(("a", "b"), Point(1)), Row(), Row(("c",))))

    fields = writer(Table, 1)(message)

    assert fields == ["3", "2", "a", "b", "1", "1", "0", "0", "1", "c", "0"]
    assert read(Table, fields) == message
    assert {type(row) for row in read(Table, fields).rows} == {Row}


@pytest.mark.parametrize(
    ("cls", "fields", "surplus"),
    [
        (Lists, ["1", "5", "0", "end", "more"], 1),
        (Lists, ["1", "5", "0"], -1),
        (Lists, ["1", "5"], -1),
        (Lists, ["2", "5"], -1),
        (Lists, ["0", "1"], -1),
        (Table, ["2", "0"], -1),
        (Table, [], -1),
    ],
)
def test_a_wrong_number_of_fields_is_told_of_lists_too(
    cls: type, fields: list[str], surplus: int
) -> None:
    tail = Lenient()
    with pytest.raises(ValueError, match=f": {surplus}$"):
        read(cls, fields)

    read(cls, fields, tail=tail)

    assert tail.seen == [surplus]


def test_missing_elements_read_as_empty_where_that_may_pass() -> None:
    assert read(Lists, ["0", "2", "7"], 3, Lenient()).points == (Point(7), Point())
    assert read(Lists, ["3", "7"], 3, Lenient()).numbers == (7, 0, 0)
    assert read(Last, ["3", "7"], 1, Lenient()).points == (Point(7), Point(), Point())
    assert read(Table, ["2", "1", "a"], tail=Lenient()) == Table((Row(("a",)), Row()))


@pytest.mark.parametrize("count", ["-1", "99", "2147483647", "9" * 4000])
@pytest.mark.parametrize("cls", [Lists, Table])
@pytest.mark.parametrize("tail", [strict, Lenient()])
def test_a_count_beyond_the_message_is_refused_at_once(
    cls: type, count: str, tail: Callable[[type, int], None]
) -> None:
    with pytest.raises(ValueError, match=r"a list of -?\d+ elements in a message of 3 fields"):
        read(cls, [count, "1"], tail=tail)


def test_nested_counts_can_not_multiply() -> None:
    size = 300
    found = read(Table, [str(size)] * size, tail=Lenient())

    assert len(found.rows) == size
    assert sum(len(row.cells) for row in found.rows) <= 2 * size


# Conditions, blocks and parts .....................................................................


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            ["1", "0", "x", "", "", "-1", "", "", "0"],
            Nested(key=0),
        ),
        (
            ["1", "0", "x", "a", "", "5", "2026 12", "11", "12", "13", "14", "", "0"],
            Nested(0, "a", 5, Body(), "2026", "12", 11, 12, 13, 14),
        ),
        (
            ["1", "0", "x", "b", "FLAT", "-1", "", "12", "0.5", "n", "0"],
            Nested(0, "b", None, Body("n", Shape.FLAT, length=0.5), two=12),
        ),
        (
            [
                *("1", "2", "x", "b", "", "-2", "", "12", "13"),
                *("1", "t", "v", "1", "3.5", "f", "-1", "-1.0"),
                *("n", "1", "-1", "2", "8", "9", "1"),
            ],
            Nested(
                2,
                "b",
                -2,
                Body(
                    "n", Shape.NONE, Engine(3.5, "f", None, -1.0), (Wheel(None, (8, 9), Color(1)),)
                ),
                two=12,
                three=13,
                five=(Pair("t", "v"),),
            ),
        ),
    ],
)
def test_conditions_decide_what_is_there(fields: list[str], expected: Nested) -> None:
    fields = [*fields[:5], "gone", *fields[5:]]  # between versions 2 and 4

    assert read(Nested, fields, 3) == expected
    again = writer(Nested, 3)(expected)
    assert read(Nested, again, 3) == expected
    assert len(again) == len(fields)


def test_a_field_that_moved_is_written_once() -> None:
    old, new = (writer(Nested, version)(Nested(1, "k", 7)) for version in (1, 4))

    assert old == ["1", "1", "x", "k", "", "7", "", "0", "", "0"]
    assert new == ["1", "x", "k", "", "7", "", "0", "", "0"]


def test_what_may_be_missing_has_a_flag() -> None:
    engine = Engine(1.0, "gas", 2, 3.0)

    assert writer(Maybes, 1)(Maybes(1)) == ["1", "0", "", "", "0", "0", ""]
    assert writer(Maybes, 1)(Maybes(1, engine))[:6] == ["1", "1", "1.0", "gas", "2", "3.0"]
    assert read(Maybes, ["1", "1", "1", "gas", "2", "3", "", "", "0", "0", ""]) == Maybes(1, engine)


def test_an_unset_number_is_unset_inside_of_a_block_too() -> None:
    found = read(Maybes, ["1", "1", "0", "", "-1", "-1", "", "", "0", "0", ""])

    assert found.engine == Engine()


def test_a_flag_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError) as caught:
        read(Maybes, ["1", "yes", "", "", "0", "0", ""])
    assert field_at_fault(caught.value) == "engine"


def test_a_condition_sees_none_where_the_wire_has_a_number() -> None:
    @incoming(10, registry=REGISTRY)
    class Toy:
        count: int | None = wire(1, default=None, unset=-1)
        more: str = wire(2, default="")

    layout(Toy, Toy.count, when(Toy.count, is_set, Toy.more))

    assert writer(Toy, 1)(Toy()) == ["-1"]
    assert read(Toy, ["-1"]) == Toy()
    assert read(Toy, ["-2", "x"]) == Toy(-2, "x")


def test_a_field_may_stand_behind_either_of_two_conditions() -> None:
    @incoming(11, registry=REGISTRY)
    class Toy:
        kind: str = wire(1, default="")
        a: int = wire(2, default=0)
        b: int = wire(3, default=0)

    layout(Toy, Toy.kind, when(Toy.kind, "x", Toy.a, Toy.b), when(Toy.kind, "y", Toy.b, Toy.a))

    assert read(Toy, ["x", "1", "2"]) == Toy("x", 1, 2)
    assert read(Toy, ["y", "1", "2"]) == Toy("y", 2, 1)
    assert read(Toy, ["z"]) == Toy("z")


def _halves(text: str) -> tuple[str, ...]:
    one, two = text.split("/")
    return one, two


def test_a_split_stands_behind_a_condition_and_in_a_list_too() -> None:
    @struct
    class Element:
        kind: str = wire(1, default="")
        a: str = wire(2, default="")
        b: str = wire(3, default="")

    halves = split(Element.a, Element.b, read=_halves, write="{}/{}".format)
    layout(Element, Element.kind, when(Element.kind, "x", const("c"), halves))

    cls = type("Toy", (), {"__annotations__": {"x": tuple[Element, ...]}, "x": wire(1, default=())})
    toy: Any = incoming(12, registry=REGISTRY)(cls)
    message = toy((Element("x", "1", "2"), Element("y")))

    assert writer(toy, 1)(message) == ["2", "x", "c", "1/2", "y"]
    assert read(toy, ["2", "x", "c", "1/2", "y"]) == message
    with pytest.raises(ValueError) as caught:
        read(toy, ["1", "x", "c", "1"])
    assert field_at_fault(caught.value) == "x[].a"


def test_a_block_behind_a_condition_is_none_if_it_is_not_there() -> None:
    @incoming(13, registry=REGISTRY)
    class Toy:
        kind: str = wire(1, default="")
        point: Point | None = wire(2, default=None)
        points: tuple[Point, ...] = wire(3, default=())

    layout(
        Toy,
        Toy.kind,
        when(Toy.kind, "x", maybe(Toy.point), when(Toy.point, is_set, each(Toy.points))),
    )

    assert read(Toy, ["y"]) == Toy("y")
    assert read(Toy, ["x", "0"]) == Toy("x")
    assert read(Toy, ["x", "1", "5", "1", "6"]) == Toy("x", Point(5), (Point(6),))


def test_escaped_text_is_plain_below_its_version() -> None:
    new, old = ESCAPED.since, ESCAPED.since - 1
    message = Nested(body=Body(name="é\\u0041"))

    assert "é\\u0041" in writer(Nested, old)(message)
    assert "\\u00e9\\u005cu0041" in writer(Nested, new)(message)
    assert read(Nested, writer(Nested, new)(message), new) == message
    assert read(Nested, writer(Nested, old)(message), old) == message


def test_open_enumerations_and_masks_take_what_they_do_not_know() -> None:
    message = Scalars(1, color=Color(99), shape=Shape("SQUARE"), mask=Mask(6))

    found = read(Scalars, writer(Scalars, 1)(message))

    assert found == message
    assert (type(found.color), type(found.shape), type(found.mask)) == (Color, Shape, Mask)


def test_a_constant_may_contain_any_character() -> None:
    tricky = '\'"\\\n{x}"""); raise SystemExit #'

    @incoming(14, registry=REGISTRY)
    class Toy:
        a: str = wire(1, default="")

    layout(Toy, const(tricky), Toy.a)

    assert writer(Toy, 1)(Toy("b")) == [tricky, "b"]
    assert read(Toy, ["", "b"]) == Toy("b")


def test_a_constant_may_be_a_member_of_an_enumeration() -> None:
    @incoming(15, registry=REGISTRY)
    class Toy:
        pass

    layout(Toy, const(Shape.ROUND))

    assert writer(Toy, 1)(Toy()) == ["ROUND"]


def test_no_value_reaches_the_code() -> None:
    secret = "s3cret'\"\\"

    @incoming(16, registry=REGISTRY)
    class Toy:
        kind: str = wire(1, default=secret)
        shape: Shape = wire(2, default=Shape(secret))
        number: int = wire(3, default=73313)

    layout(Toy, Toy.kind, when(Toy.kind, secret, Toy.shape, Toy.number))

    assert read(Toy, ["x"]) == Toy("x")
    assert read(Toy, writer(Toy, 1)(Toy())) == Toy()
    for function in (reader(Toy, 1), writer(Toy, 1)):
        assert "s3cret" not in source_of(function)
        assert "73313" not in source_of(function)


def test_optional_values_come_back_as_none() -> None:
    assert read(Optionals, [""] * 12) == Optionals()


# Declarations that do not make sense ..............................................................


def test_a_condition_can_only_look_back() -> None:
    @incoming(20, registry=REGISTRY)
    class Toy:
        a: int = wire(1, default=0)
        b: int = wire(2, default=0)

    layout(Toy, when(Toy.b, 1, Toy.a), Toy.b)

    with pytest.raises(TypeError, match=r"Toy: when\(\) looks at b, which is not read before it"):
        reader(Toy, 1)


def test_a_condition_on_what_a_version_has_not_is_refused() -> None:
    @incoming(21, registry=REGISTRY)
    class Toy:
        a: int = wire(1, default=0)
        b: int = wire(2, default=0)

    layout(Toy, since(3, Toy.b), when(Toy.b, 1, Toy.a))

    assert read(Toy, ["1", "2"], 3) == Toy(2, 1)
    with pytest.raises(TypeError, match="not read before it at server version 2"):
        reader(Toy, 2)


@pytest.mark.parametrize("is_gated", [True, False])
def test_a_field_that_is_not_always_there_needs_a_default(is_gated: bool) -> None:
    @outgoing(1, registry=Registry())
    class Toy:
        a: int = wire(1)
        b: int = wire(2)

    layout(Toy, Toy.a, since(3, Toy.b) if is_gated else when(Toy.a, 1, Toy.b))

    with pytest.raises(TypeError, match=r"Toy\.b is not always sent, so it needs a default"):
        reader(Toy, 2)
