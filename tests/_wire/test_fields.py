"""How messages are declared, and which declarations are refused."""

from decimal import Decimal
from typing import Any

import attrs
import pytest

from trio_tws._wire import Registry, Via, fields, incoming, outgoing, struct, wire
from trio_tws._wire.fields import FOREVER, fields_of, spec_of
from trio_tws._wire.kinds import ID, INT, LONG, own_kind

REGISTRY = Registry()

COMMAS = own_kind("commas", lambda text: tuple(text.split(",")), ",".join, packs_list=True)


@struct
class Part:
    a: int = wire(1, default=0)


@outgoing(2, registry=REGISTRY)
class Cancel:
    key: int = wire(1)


@outgoing(1, version=3, since=5, cancel=Cancel, is_trade=True, registry=REGISTRY)
class Ask:
    key: int = wire(1)


@incoming(1, version=2, version_until=9, proto=7, answers=Ask, ends=True, registry=REGISTRY)
class Answer:
    key: int = wire(1, default=-1)
    part: Part = wire(2, default=Part())
    maybe: Part | None = wire(3, default=None)
    parts: tuple[Part, ...] = wire(4, default=())
    numbers: tuple[int, ...] = wire(5, kind=LONG, default=())
    words: tuple[str, ...] = wire(kind=COMMAS, default=())
    packed: tuple[Part, ...] = wire(6, kind=COMMAS, default=())
    price: Decimal | None = wire(
        7, default=None, since=3, until=8, in_text=False, unset=-1, unset_unless="key"
    )


@incoming(2, answers=(Ask, Cancel), ends_until=6, registry=REGISTRY)
class More:
    pass


def field(cls: type, name: str) -> fields.WireField:
    return next(field for field in fields_of(cls) if field.name == name)


def test_a_registry_finds_messages_by_direction_and_id() -> None:
    assert REGISTRY.incoming == {1: Answer, 2: More}
    assert REGISTRY.outgoing == {1: Ask, 2: Cancel}
    assert set(REGISTRY) == {Ask, Cancel, Answer, More}


def test_an_id_is_given_out_once_per_direction() -> None:
    registry = Registry()
    incoming(1, registry=registry)(type("One", (), {}))
    outgoing(1, registry=registry)(type("Other", (), {}))

    with pytest.raises(ValueError, match="Two: id 1 is One's"):
        incoming(1, registry=registry)(type("Two", (), {}))
    assert [cls.__name__ for cls in registry] == ["Other", "One"]


def test_what_was_said_of_a_request_is_kept() -> None:
    spec = spec_of(Ask)

    assert (spec.cls, spec.id, spec.is_incoming) == (Ask, 1, False)
    assert (spec.version, spec.version_until, spec.since) == (3, FOREVER, 5)
    assert (spec.cancel, spec.is_trade, spec.answers) == (Cancel, True, ())
    assert not spec.ends


def test_what_was_said_of_an_answer_is_kept() -> None:
    spec = spec_of(Answer)

    assert (spec.is_incoming, spec.version, spec.version_until) == (True, 2, 9)
    assert (spec.answers, spec.cancel, spec.is_trade) == ((Ask,), None, False)
    assert spec.ends == range(FOREVER)


def test_an_answer_may_end_its_request_up_to_some_version() -> None:
    assert spec_of(More).answers == (Ask, Cancel)
    assert 5 in spec_of(More).ends
    assert 6 not in spec_of(More).ends


def test_a_message_travels_as_protobuf_from_its_version_on() -> None:
    assert [spec_of(Answer).is_proto(version) for version in (6, 7, 8)] == [False, True, True]
    assert not spec_of(Ask).is_proto(FOREVER)


def test_what_is_no_message_has_no_spec() -> None:
    with pytest.raises(TypeError, match="Part is not a message"):
        spec_of(Part)


def test_a_field_knows_what_it_holds() -> None:
    assert field(Answer, "key").kind is INT
    assert field(Answer, "part").struct is Part
    assert field(Answer, "maybe").is_optional
    assert field(Answer, "parts").is_list
    assert field(Answer, "numbers").value_kind is LONG
    assert [known.name for known in fields_of(Answer)] == [
        *("key", "part", "maybe", "parts", "numbers", "words", "packed", "price"),
    ]


def test_a_packed_list_of_values_is_one_field_in_both_formats() -> None:
    words = field(Answer, "words")

    assert (words.kind, words.text_kind, words.is_list, words.struct) == (COMMAS, None, False, None)


def test_a_packed_list_of_structures_is_one_field_in_text_alone() -> None:
    packed = field(Answer, "packed")

    assert (packed.kind, packed.text_kind, packed.is_list, packed.struct) == (
        *(None, COMMAS, True, Part),
    )


def _part(text: str) -> Part:
    return Part(int(text))


PART = own_kind("part", _part, str)


@struct
class Other:
    """What holds a structure in one field of text, and a union."""

    part: Part = wire(1, kind=PART, default=Part())
    union: "tuple[int | Part, ...]" = wire(2, via=Via("P", Part, int, Part), default=())
    packed: "tuple[int | Part, ...]" = wire(
        3, via=Via("P", Part, int, Part), kind=COMMAS, default=()
    )


def test_a_packed_structure_is_one_field_in_text_alone() -> None:
    part = field(Other, "part")

    assert (part.kind, part.text_kind, part.is_list, part.struct) == (None, PART, False, Part)


def test_a_union_holds_the_structure_that_it_is_on_the_wire() -> None:
    union = field(Other, "union")

    assert (union.kind, union.text_kind, union.is_list, union.struct) == (None, None, True, Part)
    assert union.via == Via("P", Part, int, Part)
    assert field(Other, "packed").text_kind is COMMAS
    assert field(Other, "part").via is None


def test_what_a_request_is_known_by_is_read_once() -> None:
    @struct
    class Toy:
        req_id: int = wire(1, default=-1)
        order_id: int = wire(2, default=0)

    assert (field(Toy, "req_id").kind, field(Toy, "order_id").kind) == (ID, INT)


def test_a_default_may_be_made_when_it_is_needed() -> None:
    @struct
    class Whole:
        part: Part = wire(1, factory=Part)

    assert field(Whole, "part").default == Part()
    assert Whole() == Whole(Part())


def test_a_field_keeps_what_else_was_said_of_it() -> None:
    price = field(Answer, "price")

    assert (price.number, price.default, price.since, price.until) == (7, None, 3, 8)
    assert (price.in_text, price.unset, price.unset_unless) == (False, -1, "key")
    assert field(Ask, "key").default is attrs.NOTHING


def test_a_structure_has_no_kind_of_value() -> None:
    with pytest.raises(TypeError, match="part holds structures"):
        _ = field(Answer, "part").value_kind


# Declarations that do not make sense ..............................................................


def declared(annotation: Any, attribute: Any) -> type:
    return struct(type("Toy", (), {"__annotations__": {"x": annotation}, "x": attribute}))


@pytest.mark.parametrize(
    ("annotation", "attribute", "problem"),
    [
        (bytes, wire(1), r"Toy\.x: no wire kind for"),
        (int | str, wire(1), r"Toy\.x: no wire kind for int \| str"),
        (int | str | None, wire(1), r"Toy\.x: no wire kind for"),
        (str | None, wire(1), r"Toy\.x: str has no unset form"),
        (tuple[int | None, ...], wire(1), r"Toy\.x: no wire kind for int \| None"),
        (tuple[int, int], wire(1), r"Toy\.x: .* write tuple\[X, \.\.\.\]"),
        (tuple[int], wire(1), r"Toy\.x: .* write tuple\[X, \.\.\.\]"),
        (tuple[int, ...] | None, wire(1), r"Toy\.x: a list can't be None"),
        (tuple[Part, ...] | None, wire(1), r"Toy\.x: a list can't be None"),
        (int, wire(1, unset=-1), r"Toy\.x can't be None, so no number"),
        (int | None, wire(1, unset=-1, unset_unless="y"), r"Toy\.x looks at y: no field"),
        (Part, wire(1, kind=COMMAS), r"Toy\.x: commas is not for .*Part"),
        (tuple[Part, ...], wire(1, kind=PART), r"Toy\.x: part is not for tuple\[.*Part, \.\.\.\]"),
        (Part | None, wire(1, kind=PART), r"Toy\.x: part is not for .*Part"),
        (
            Part,
            wire(1, via=Via("P", Part, int, Part)),
            r"Toy\.x: via is for the elements of a list",
        ),
        (
            int | None,
            wire(1, via=Via("P", Part, int, Part)),
            r"Toy\.x: via is for the elements of a",
        ),
        (
            tuple[int, ...],
            wire(1, via=Via("P", Part, int, Part), kind=PART),
            r"Toy\.x: part is not for",
        ),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused(
    annotation: Any, attribute: Any, problem: str
) -> None:
    with pytest.raises(TypeError, match=problem):
        fields_of(declared(annotation, attribute))


def test_a_number_is_given_out_once() -> None:
    @struct
    class Twice:
        a: int = wire(1, default=0)
        b: int = wire(default=0)
        c: int = wire(default=0)
        d: int = wire(1, default=0)

    with pytest.raises(TypeError, match="Twice has number 1 twice"):
        fields_of(Twice)
