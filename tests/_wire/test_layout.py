"""The text order of messages, as written and as resolved."""

from decimal import Decimal

import pytest

from trio_tws._wire import (
    Registry,
    between,
    const,
    each,
    incoming,
    layout,
    maybe,
    since,
    split,
    struct,
    until,
    when,
    wire,
)
from trio_tws._wire.fields import FOREVER
from trio_tws._wire.kinds import own_kind
from trio_tws._wire.layout import carried, is_positive, is_set, own, resolve, splits_of
from trio_tws._wire.nodes import Const, Each, Gate, Leaf, Maybe, Node, Split, When

REGISTRY = Registry()

PARTS = own_kind("parts", lambda text: (), lambda value: "", packs_list=True)


@struct
class Part:
    a: int = wire(1, default=0)
    b: str = wire(2, default="", since=5)


@struct
class Ordered:
    """A structure with a layout of its own."""

    a: int = wire(1, default=0)
    b: int = wire(2, default=0)


layout(Ordered, Ordered.b, Ordered.a)


@struct
class Late:
    """A structure of which nothing exists below version 5."""

    a: int = wire(1, default=0, since=5)


@incoming(1, version=3, registry=REGISTRY)
class Plain:
    """A message without a layout."""

    key: int = wire(1)
    part: Part = wire(2, default=Part())
    perhaps: Part | None = wire(3, default=None)
    parts: tuple[Part, ...] = wire(4, default=())
    packed: tuple[Part, ...] = wire(5, kind=PARTS, default=())
    numbers: tuple[int, ...] = wire(6, default=(), since=4, until=6)
    ordered: Ordered = wire(7, default=Ordered())
    proto: int = wire(8, default=0, in_text=False)


def show(nodes: tuple[Node, ...]) -> list[object]:
    """Gives nodes in a form that is easy to compare."""
    return [_show(node) for node in nodes]


def _show(node: Node) -> object:
    match node:
        case Leaf():
            return node.name
        case Const():
            return repr(node.text)
        case Gate():
            return (node.since, node.until, *show(node.items))
        case When():
            return ("when", *(".".join(path) for path in node.paths), node.test, *show(node.items))
        case Each():
            return ("each", ".".join(node.path), *show(node.items))
        case Maybe():
            return ("maybe", ".".join(node.path), *show(node.items))
        case Split():
            return ("split", *(".".join(path) for path in node.paths), ".".join(node.proto))
        case _:
            return node  # in the tests of what only few messages need


def test_without_a_layout_the_order_is_that_of_the_declaration() -> None:
    assert show(resolve(Plain)) == [
        (0, FOREVER, "'3'"),
        "key",
        "part.a",
        (5, FOREVER, "part.b"),
        ("maybe", "perhaps", "perhaps.a", (5, FOREVER, "perhaps.b")),
        ("each", "parts", "a", (5, FOREVER, "b")),
        "packed",
        (4, 6, ("each", "numbers")),
        "ordered.b",
        "ordered.a",
    ]


def test_at_one_version_there_are_no_gates() -> None:
    assert show(carried(resolve(Plain), 4)) == [
        "'3'",
        "key",
        "part.a",
        ("maybe", "perhaps", "perhaps.a"),
        ("each", "parts", "a"),
        "packed",
        ("each", "numbers"),
        "ordered.b",
        "ordered.a",
    ]


def test_the_first_version_of_a_gate_is_inside_and_the_last_is_not() -> None:
    def has_numbers(version: int) -> bool:
        return ("each", "numbers") in show(carried(resolve(Plain), version))

    assert [has_numbers(version) for version in (3, 4, 5, 6)] == [False, True, True, False]


@incoming(2, version=1, version_until=9, proto=8, registry=REGISTRY)
class Laid:
    key: str = wire(1, default="")
    part: Part = wire(2, default=Part())
    perhaps: Ordered | None = wire(3, default=None, since=2)
    parts: tuple[Part, ...] = wire(4, default=(), since=3)
    time: str = wire(default="")
    late: tuple[Late, ...] = wire(6, default=())
    none: tuple[Late, ...] = wire(7, default=())


def read(text: str) -> tuple[str, ...]:
    return text, ""


def write(one: str, two: str) -> str:
    return one + two


layout(
    Laid,
    since(2, Part.a),
    until(3, const("c")),
    between(4, 6, Part.b),
    when(Laid.key, "x", since(4, const("d")), until(4, const("e"))),
    when(Laid.key, "y", since(4, const("f"))),
    when((Laid.key, Part.a), write, const("g")),
    each(Laid.parts),
    maybe(Laid.perhaps),
    split(Laid.key, Laid.time, read=read, write=write),
    split(Part.b, Laid.time, read=read, write=write, proto=Laid.key),
)


def test_a_layout_says_the_order() -> None:
    assert show(resolve(Laid)) == [
        (0, 9, "'1'"),
        (2, FOREVER, "part.a"),
        (0, 3, "'c'"),
        (4, 6, (5, FOREVER, "part.b")),
        ("when", "key", "x", (4, FOREVER, "'d'"), (0, 4, "'e'")),
        ("when", "key", "y", (4, FOREVER, "'f'")),
        ("when", "key", "part.a", write, "'g'"),
        (3, FOREVER, ("each", "parts", "a", (5, FOREVER, "b"))),
        (2, FOREVER, ("maybe", "perhaps", "perhaps.b", "perhaps.a")),
        ("split", "key", "time", "key"),
        ("split", "part.b", "time", "key"),
    ]


def test_a_condition_over_nothing_is_left_out() -> None:
    assert show(carried(resolve(Laid), 1)) == [
        "'1'",
        "'c'",
        ("when", "key", "x", "'e'"),
        ("when", "key", "part.a", write, "'g'"),
        ("split", "key", "time", "key"),
        ("split", "part.b", "time", "key"),
    ]


def test_protobuf_has_the_splits_of_the_version_in_which_it_begins() -> None:
    assert show(splits_of(Laid)) == [
        ("split", "key", "time", "key"),
        ("split", "part.b", "time", "key"),
    ]


def test_a_split_of_old_versions_is_not_in_protobuf() -> None:
    @incoming(100, proto=8, registry=REGISTRY)
    class Toy:
        a: str = wire(1, default="")
        b: str = wire(default="")

    layout(
        Toy,
        until(8, split(Toy.a, Toy.b, read=read, write=write)),
        since(8, when(Toy.a, is_set, split(Toy.b, Toy.a, read=read, write=write, proto=Toy.a))),
    )

    assert show(splits_of(Toy)) == [("split", "b", "a", "a")]


def test_is_set_is_true_for_what_is_neither_empty_nor_zero() -> None:
    assert [is_set(value) for value in ("", "a", 0, 1, None, (), Decimal(0))] == [
        *(False, True, False, True, False, False, False),
    ]


def test_is_positive_is_false_for_none() -> None:
    assert [is_positive(value) for value in (None, -1, 0, 0.5, 2)] == [
        *(False, False, False, True, True),
    ]


# What is refused ..................................................................................


def test_a_class_has_one_layout() -> None:
    with pytest.raises(ValueError, match="Laid has a layout already"):
        layout(Laid, Laid.key)


@pytest.mark.parametrize("test", ["x", frozenset({"x"}), is_set])
def test_only_a_function_tests_several_fields(test: object) -> None:
    with pytest.raises(ValueError, match="only a function"):
        when((Laid.key, Laid.time), test, const("g"))


@struct
class Foreign:
    a: int = wire(1, default=0)


@incoming(3, registry=REGISTRY)
class Doubled:
    number: int = wire(1, default=0)
    one: Part = wire(2, default=Part())
    two: Part = wire(3, default=Part())
    perhaps: Ordered | None = wire(4, default=None)
    late: tuple[Late, ...] = wire(5, default=())
    nothing: tuple[Ordered, ...] = wire(6, default=())


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (Foreign.a, "does not always hold Foreign, whose a its layout names"),
        (Part.a, "holds more than one Part, whose a its layout names"),
        (Ordered.a, "does not always hold Ordered, whose a"),
        (Late.a, "does not always hold Late"),
        ("number", "'number' in the layout is not an attribute"),
        (5, "5 in the layout is not an attribute"),
        (when(Foreign.a, 1), "does not always hold Foreign"),
        (since(5, Foreign.a), "does not always hold Foreign"),
        (each(Doubled.number), r"each\(\) takes a list, and held.number is none"),
        (each(Doubled.one), r"each\(\) takes a list, and held.one is none"),
        (maybe(Doubled.one), r"maybe\(\) takes a structure or None, and held.one is not"),
        (maybe(Doubled.number), r"maybe\(\) takes a structure or None, and held.number is not"),
        (each(Doubled.late, Doubled.number), "Late does not always hold Doubled"),
        (
            split(Doubled.number, read=read, write=write),
            r"split\(\) takes texts, and number is none",
        ),
        (split(Doubled.one, read=read, write=write), r"split\(\) takes texts, and one is none"),
    ],
)
def test_a_layout_that_makes_no_sense_is_refused(item: object, problem: str) -> None:
    registry = Registry()
    cls = incoming(1, registry=registry)(
        type(
            "Toy",
            (),
            {
                "__annotations__": {"held": Doubled},
                "held": wire(1, default=Doubled()),
            },
        )
    )
    layout(cls, item)

    with pytest.raises(TypeError, match=problem):
        resolve(cls)


def test_an_attribute_of_an_optional_structure_is_named_inside_of_maybe() -> None:
    @incoming(101, registry=REGISTRY)
    class Toy:
        perhaps: Ordered | None = wire(1, default=None)

    layout(Toy, maybe(Toy.perhaps, Ordered.a))

    assert show(resolve(Toy)) == [("maybe", "perhaps", "perhaps.a")]


def test_elements_of_which_nothing_exists_are_refused() -> None:
    @incoming(102, registry=REGISTRY)
    class Toy:
        late: tuple[Late, ...] = wire(1, default=())

    assert show(carried(resolve(Toy), 5)) == [("each", "late", "a")]
    with pytest.raises(TypeError, match=r"nothing of the elements of late exists at .* version 4"):
        carried(resolve(Toy), 4)


def test_a_split_in_a_list_has_no_protobuf_form() -> None:
    @struct
    class Element:
        a: str = wire(1, default="")
        b: str = wire(default="")

    layout(Element, split(Element.a, Element.b, read=read, write=write))
    cls = type("Toy", (), {"__annotations__": {"x": tuple[Element, ...]}, "x": wire(1, default=())})
    made = incoming(103, registry=REGISTRY)(cls)

    with pytest.raises(TypeError, match="a split inside x has no protobuf form"):
        splits_of(made)


def test_a_layout_may_say_what_of_a_message_differs() -> None:
    @incoming(104, registry=REGISTRY)
    class Toy:
        first: int = wire(1, default=0)
        ordered: Ordered = wire(2, factory=Ordered)
        last: str = wire(3, default="")

    @incoming(105, registry=REGISTRY)
    class Other:
        first: int = wire(1, default=0)

    layout(Toy, const("0"), Toy.first, Ordered.a, Toy.last, alike_after=Ordered.a)
    nodes = carried(resolve(Toy), 5)

    assert own(Toy, nodes) == nodes[:3]
    assert own(Other, carried(resolve(Other), 5)) == ()
