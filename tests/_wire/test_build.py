"""From values in local names to frozen objects."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from trio_tws._wire import Via, struct, wire
from trio_tws._wire.build import Scope, condition, new_source, on_wire, paste, reach, seen
from trio_tws._wire.fields import WireField, fields_of
from trio_tws._wire.kinds import INT, UNSET_INT
from trio_tws._wire.layout import is_positive, is_set
from trio_tws._wire.nodes import When
from trio_tws._wire.source import Source

HALF = 0.5


@struct
class C:
    c: int = wire(1, default=0)


@struct
class BC:
    b_c: int = wire(1, default=0)
    other: int = wire(2, default=7)


@struct
class Whole:
    a_b: C = wire(1, default=C())
    a: BC = wire(2, default=BC())
    flag: bool = wire(3, default=True)
    half: float = wire(4, default=HALF)
    text: str = wire(5, default="x'\n\"{}")
    empty: str = wire(6, default="")
    perhaps: C | None = wire(7, default=None)
    list: tuple[C, ...] = wire(8, default=())


@struct
class Needs:
    a: int = wire(1)


@struct
class Price:
    price: float | None = wire(1, default=None, unset=-1.0, unset_unless="size")
    size: Decimal | None = wire(2, default=None)
    count: int | None = wire(3, default=None, unset=-1)


def field(cls: type, name: str) -> WireField:
    return next(field for field in fields_of(cls) if field.name == name)


def built(cls: type, lines: Callable[[Scope], None]) -> Any:
    source = new_source()
    with source.block("def f():"):
        scope = Scope(source, cls, "m")
        lines(scope)
        source.add(f"return {scope.finish()}")
    return source.function("f", "built")()


def test_an_object_is_built_of_defaults() -> None:
    assert built(Whole, lambda scope: None) == Whole()


def test_a_default_stands_in_the_code_only_if_it_is_empty() -> None:
    scope = Scope(Source(), Whole, "m")

    def default(name: str) -> str:
        return scope.default((name,), field(Whole, name))

    assert default("text") == "default_text"
    assert default("flag") == "default_flag"
    assert default("half") == "default_half"
    assert default("a") == "default_a"
    assert (default("empty"), default("perhaps"), default("list")) == ("''", "None", "()")


def test_structures_are_built_from_the_inside_out() -> None:
    def lines(scope: Scope) -> None:
        scope.read(("a", "b_c"), field(BC, "b_c"), "1")

    made = built(Whole, lines)

    assert made == Whole(a=BC(1))
    assert (type(made), type(made.a)) == (Whole, BC)


def test_two_fields_never_share_a_name() -> None:
    def lines(scope: Scope) -> None:
        scope.read(("a", "b_c"), field(BC, "b_c"), "1")
        scope.read(("a_b", "c"), field(C, "c"), "2")

    assert built(Whole, lines) == Whole(a=BC(1), a_b=C(2))


def test_a_field_read_twice_has_its_last_value() -> None:
    def lines(scope: Scope) -> None:
        scope.read(("half",), field(Whole, "half"), "1.0")
        scope.read(("half",), field(Whole, "half"), "2.0")

    assert built(Whole, lines) == Whole(half=2.0)


def test_a_field_that_is_not_read_needs_a_default() -> None:
    with pytest.raises(TypeError, match=r"Needs\.a is not always sent, so it needs a default"):
        built(Needs, lambda scope: None)


def test_fields_that_are_held_go_in_at_once() -> None:
    def lines(scope: Scope) -> None:
        scope.read(("flag",), field(Whole, "flag"), "False")
        scope._source.add(f"{scope.hold((), ('half', 'text'))} = 2.0, 'y'")
        scope._source.add(f"{scope.hold(('a',), ('other',))} = (8,)")
        scope.read(("a", "b_c"), field(BC, "b_c"), "1")

    assert built(Whole, lines) == Whole(a=BC(1, 8), flag=False, half=2.0, text="y")


def test_what_a_field_that_is_read_depends_on_is_not_held() -> None:
    def lines(scope: Scope) -> None:
        scope.read(("price",), field(Price, "price"), "-1.0")
        scope.hold((), ("size", "count"))

    with pytest.raises(TypeError, match="Price can't be made of what is held"):
        built(Price, lines)


def test_a_class_that_can_not_be_swapped_in_is_called() -> None:
    class Base:
        __slots__ = ("__weakref__",)  # which the plain class lacks

    @struct
    class Other(Base):
        a: int = wire(1, default=3)

    assert built(Other, lambda scope: None) == Other(3)


@pytest.mark.parametrize(
    ("price", "size", "count", "expected"),
    [
        ("-1.0", "None", "-1", Price()),
        ("-1.0", "Decimal(0)", "2", Price(None, Decimal(0), 2)),
        ("-1.0", "Decimal(5)", "0", Price(-1.0, Decimal(5), 0)),
        ("1.5", "None", "None", Price(1.5)),
    ],
)
def test_a_number_that_means_unset_becomes_none(
    price: str, size: str, count: str, expected: Price
) -> None:
    def lines(scope: Scope) -> None:
        scope.read(("price",), field(Price, "price"), price)
        scope.read(("size",), field(Price, "size"), size)
        scope.read(("count",), field(Price, "count"), count)

    assert built(Price, lines) == expected


def test_a_field_that_is_not_there_makes_no_difference_to_what_is_unset() -> None:
    def lines(scope: Scope) -> None:
        scope.read(("price",), field(Price, "price"), "-1.0")

    assert built(Price, lines) == Price()


def test_a_field_is_known_once_it_is_read_and_known_to_be_set() -> None:
    scope = Scope(Source(), Price, "m")
    assert not scope.is_known(("count",))

    scope.read(("count",), field(Price, "count"), "1")
    scope.read(("price",), field(Price, "price"), "1")

    assert scope.is_known(("count",))
    assert not scope.is_known(("price",))
    assert scope.names() == {("count",): "m_count", ("price",): "m_price"}


@struct
class Spelt:
    count: int | None = wire(1, default=None, unset=UNSET_INT)


def test_the_number_that_a_kind_knows_itself_is_not_looked_for() -> None:
    source = Source()

    Scope(source, Spelt, "m").read(("count",), field(Spelt, "count"), "x")

    assert source.text() == "m_count = x\n"


@struct
class Box:
    price: Price | None = wire(1, default=None)


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_structure_that_may_be_read_in_two_ways_is_built_of_what_was_read(
    is_whole: bool,
) -> None:
    source = new_source()
    scope = Scope(source, Box, "m")
    with source.block("def f(is_whole):"):
        with source.block("if is_whole:"):
            scope.read(("price", "price"), field(Price, "price"), "-1.0")
            scope.read(("price", "size"), field(Price, "size"), "Decimal(5)")
            scope.build(Price, ("price",))
        with source.block("else:"):
            scope.read(("price", "count"), field(Price, "count"), "7")
            scope.build(Price, ("price",))
        source.add(f"return {scope.finish()}")

    made = source.function("f", "built")(is_whole)

    assert made == Box(Price(-1.0, Decimal(5)) if is_whole else Price(count=7))


def test_the_names_inside_of_what_was_built_are_free_again() -> None:
    scope = Scope(new_source(), Box, "m")
    scope.read(("price", "price"), field(Price, "price"), "-1.0")

    scope.build(Price, ("price",))

    assert scope.names() == {("price",): "m_price"}
    assert scope.is_known(("price",))


# Unions ...........................................................................................


def _doubled(held: C) -> int:
    return 2 * held.c


def _halved(number: int) -> C:
    return C(number // 2)


@struct
class Unions:
    union: "tuple[int, ...]" = wire(1, via=Via("Numbers", C, _doubled, _halved), default=())
    plain: "tuple[C, ...]" = wire(2, default=())


def test_an_element_of_a_union_goes_through_its_two_functions() -> None:
    source, union = new_source(), field(Unions, "union")
    with source.block("def read(x):"):
        source.add(f"return {seen(source, union, 'x')}")
    with source.block("def write(m):"):
        source.add(f"return [*{on_wire(source, union, 'm.union')}]")

    assert source.function("read", "toy")(C(5)) == 10
    assert source.function("write", "toy")(Unions((2, 4))) == [C(1), C(2)]


def test_an_element_of_any_other_list_stays_as_it_is() -> None:
    assert seen(Source(), field(Unions, "plain"), "x") == "x"
    assert on_wire(Source(), field(Unions, "plain"), "m.plain") == "m.plain"


# Conditions .......................................................................................


def holds(node: When, *values: object) -> bool:
    source = new_source()
    with source.block("def f(a, b=None):"):
        source.add(f"return bool({condition(source, node, ['a', 'b'][: len(node.paths)])})")
    return bool(source.function("f", "condition")(*values))


ONE, TWO = (("a",),), (("a",), ("b",))


def test_a_condition_compares_with_a_value() -> None:
    assert holds(When(ONE, "x", ()), "x")
    assert not holds(When(ONE, "x", ()), "y")


def test_a_condition_looks_into_a_set() -> None:
    assert holds(When(ONE, frozenset({1, 2}), ()), 2)
    assert not holds(When(ONE, frozenset({1, 2}), ()), 3)


def test_a_condition_calls_a_function() -> None:
    assert holds(When(ONE, is_positive, ()), 1)
    assert not holds(When(ONE, is_positive, ()), None)
    assert holds(When(TWO, operator.eq, ()), 4, 4)
    assert not holds(When(TWO, operator.eq, ()), 4, 5)


def test_a_condition_asks_whether_a_field_is_set() -> None:
    assert condition(Source(), When(ONE, is_set, ()), ["a"]) == "a"


def test_a_template_gets_its_expression() -> None:
    assert paste(new_source(), INT, INT.read, "x[0]") == "int(x[0] or 0)"


def test_the_way_to_a_field_is_written_with_dots() -> None:
    assert reach("m", ()) == "m"
    assert reach("m", ("a", "b")) == "m.a.b"
