"""What the tables say of a message, for people."""

from trio_tws._wire import (
    Registry,
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
from trio_tws._wire.describe import Row, describe, field_docs, kind_word
from trio_tws._wire.fields import FOREVER, fields_of
from trio_tws._wire.kinds import LONG, own_kind
from trio_tws._wire.layout import is_positive

REGISTRY = Registry()

COMMAS = own_kind("commas", lambda text: (), ",".join, packs_list=True)


@struct
class Leg:
    """A leg."""

    ratio: int = wire(1, default=1)
    """How many."""
    hidden: float | None = wire(2, default=None, in_text=False)


@struct
class Extra:
    """What may be missing."""

    a: int = wire(1, default=0)
    b: int = wire(2, default=0, since=7)


def _read(text: str) -> tuple[str, ...]:
    return text, ""


def _write(one: str, two: str) -> str:
    return one + two


def _is_odd(number: int) -> bool:
    return number % 2 == 1


@incoming(1, version=3, version_until=5, proto=10, registry=REGISTRY)
class Toy:
    """A toy."""

    key: int = wire(1, default=0)
    """The id,
    on two lines."""
    kind: str = wire(2, default="")
    # A comment is no documentation.
    legs: tuple[Leg, ...] = wire(3, default=())
    extra: Extra | None = wire(4, default=None)
    one: str = wire(5, default="")
    two: str = wire(default="")
    words: tuple[str, ...] = wire(6, kind=COMMAS, default=())
    numbers: tuple[int, ...] = wire(7, kind=LONG, default=())
    odd: int | None = wire(8, default=None)
    late: str = wire(9, default="", in_text=False, since=12)
    """Only in protobuf."""
    gone: int = wire(11, default=0, in_text=False, until=15)
    spare: Extra | None = wire(10, default=None, in_text=False)


T = Toy

layout(
    Toy,
    T.key,
    until(4, const("x")),
    T.kind,
    when(T.kind, "a", each(T.legs), when(T.key, is_positive, T.odd)),
    when(T.kind, frozenset({"c", "b"}), until(8, T.odd)),
    when((T.kind, T.key), _write, maybe(T.extra)),
    when(T.key, _is_odd, since(6, T.words)),
    split(T.one, T.two, read=_read, write=_write),
    T.numbers,
)


def columns(*names: str) -> list[tuple[str, ...]]:
    return [tuple(str(getattr(row, name)) for name in names) for row in describe(Toy)]


def test_a_row_says_all_of_a_field() -> None:
    assert describe(Toy)[1] == Row(
        position="2",
        path="key",
        kind="int",
        since=0,
        until=0,
        condition="",
        number="1",
        doc="The id, on two lines.",
    )


def test_rows_are_in_the_order_of_text_and_what_only_protobuf_has_comes_last() -> None:
    assert columns("position", "path", "kind") == [
        ("1", "", "constant '3'"),
        ("2", "key", "int"),
        ("3", "", "constant 'x'"),
        ("4", "kind", "str"),
        ("5", "legs", "count of Leg[]"),
        ("5.1", "legs[].ratio", "int"),
        ("6", "odd", "int?"),
        ("7", "odd", "int?"),
        ("8", "extra", "flag"),
        ("8.1", "extra.a", "int"),
        ("8.2", "extra.b", "int"),
        ("9", "words", "commas"),
        ("10", "one", "part"),
        ("10", "two", "part"),
        ("11", "numbers", "count of long[]"),
        ("", "legs[].hidden", "float?"),
        ("", "late", "str"),
        ("", "gone", "int"),
        ("", "spare", "Extra?"),
        ("", "spare.a", "int"),
        ("", "spare.b", "int"),
    ]


def test_rows_tell_the_versions_that_have_them() -> None:
    limited = [row for row in columns("path", "since", "until") if row[1:] != ("0", "0")]

    assert limited == [
        ("", "0", "5"),
        ("", "0", "4"),
        ("odd", "0", "8"),
        ("extra.b", "7", "0"),
        ("words", "6", "0"),
        ("legs[].hidden", "10", "0"),
        ("late", "12", "0"),
        ("gone", "10", "15"),
        ("spare", "10", "0"),
        ("spare.a", "10", "0"),
        ("spare.b", "10", "0"),
    ]


def test_rows_tell_what_they_depend_on() -> None:
    assert [row for row in columns("path", "condition") if row[1]] == [
        ("legs", "kind = a"),
        ("legs[].ratio", "kind = a"),
        ("odd", "kind = a and key: is positive"),
        ("odd", "kind in b, c"),
        ("extra", "kind and key: write"),
        ("extra.a", "kind and key: write and extra is there"),
        ("extra.b", "kind and key: write and extra is there"),
        ("words", "key: is odd"),
    ]


def test_numbers_come_after_those_of_what_holds_them() -> None:
    numbers = {path: number for path, number in columns("path", "number") if path}

    assert numbers["legs"] == "3"
    assert numbers["legs[].ratio"] == "3.1"
    assert numbers["extra.b"] == "4.2"
    assert numbers["two"] == ""


def test_a_message_without_a_protobuf_form_has_no_numbers() -> None:
    @incoming(2, registry=REGISTRY)
    class Plain:
        a: int = wire(1, default=0)
        b: Extra = wire(2, default=Extra())
        hidden: int = wire(3, default=0, in_text=False)

    assert [(row.path, row.number) for row in describe(Plain)] == [
        ("a", ""),
        ("b.a", ""),
        ("b.b", ""),
    ]


def test_a_condition_may_be_any_function() -> None:
    class Test:
        def __call__(self, value: object) -> bool:
            return True

    @incoming(3, registry=REGISTRY)
    class Plain:
        a: int = wire(1, default=0)

    layout(Plain, Plain.a, when(Plain.a, Test(), between_all()))

    assert describe(Plain)[1].condition == "a: test"


def between_all() -> object:
    return since(0, until(FOREVER, const("c")))


def test_the_word_for_a_type_tells_lists_and_what_may_be_missing() -> None:
    words = {field.name: kind_word(field) for field in fields_of(Toy)}

    assert words["key"] == "int"
    assert words["legs"] == "Leg[]"
    assert words["extra"] == "Extra?"
    assert words["words"] == "commas"
    assert words["odd"] == "int?"


def test_documentation_stands_below_its_field() -> None:
    assert field_docs(Toy) == {"key": "The id, on two lines.", "late": "Only in protobuf."}
    assert field_docs(Leg) == {"ratio": "How many."}


def test_a_class_without_source_has_no_documentation() -> None:
    assert field_docs(type("Made", (), {})) == {}
