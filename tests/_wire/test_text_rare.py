"""Readers and writers of the text form: what only few messages need."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests._wire.rare_toys import (
    RARE_TOYS,
    Combo,
    Flags,
    Forms,
    Got,
    Leg,
    Marks,
    OtherRule,
    Put,
    Quote,
    Tick,
    Trade,
    rare_messages,
)
from tests._wire.text_toys import UNREADABLE, at_fault, read, refused
from tests._wire.toys import TEXT_VERSIONS, Color, Lenient, class_of, strict
from trio_tws._wire import (
    Registry,
    beside,
    each,
    incoming,
    layout,
    maybe,
    present,
    struct,
    when,
    wire,
)
from trio_tws._wire.kinds import UNSET_FLOAT, UNSET_INT, UNSET_LONG
from trio_tws._wire.text import reader, writer

LONGEST = str(UNSET_LONG)

NO_SIZES = 4  # the last version at which a combo has no list of sizes


# A structure that another field calls for .........................................................


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        (Tick(), ["", "0"]),
        (Tick("t", Trade(1.5, Marks(two=True), "X")), ["t", "1.5", "2", "X", "0"]),
        (Tick("q", quote=Quote(1.0, 2.0, Marks(one=True))), ["q", "2.0", "1.0", "one", "0"]),
        (Tick("q", quote=Quote()), ["q", "", "", "", "0"]),
    ],
)
def test_a_structure_that_is_called_for_has_no_flag(message: Tick, fields: list[str]) -> None:
    assert writer(Tick, 4)(message) == fields
    assert read(Tick, fields, 4) == message


def test_what_is_called_for_is_built_of_the_real_class() -> None:
    found = read(Tick, ["t", "1.5", "2", "X", "0"], 4)

    assert (type(found.trade), type(found.trade.marks)) == (Trade, Marks)
    assert hash(found) == hash(Tick("t", Trade(1.5, Marks(two=True), "X")))


def test_gates_hold_inside_of_what_is_called_for_and_around_it() -> None:
    assert writer(Tick, 3)(Tick("t", Trade(1.5))) == ["t", "1.5", "0", "0"]
    assert read(Tick, ["t", "1.5", "0", "0"], 3) == Tick("t", Trade(1.5))
    assert writer(Tick, 2)(Tick("q")) == ["q", "0"]
    assert read(Tick, ["q", "0"], 2) == Tick("q")


@pytest.mark.parametrize(("kind", "field"), [("t", "trade"), ("q", "quote")])
def test_what_is_called_for_and_not_there_is_refused(kind: str, field: str) -> None:
    assert refused(Tick(kind), 4) == (field, "is None, and is called for")


def test_a_field_of_what_is_called_for_is_named_when_it_can_not_be_read_or_written() -> None:
    assert at_fault(Tick, ["t", "x", "2", "X", "0"], 4) == "trade.price"
    assert at_fault(Tick, ["q", "1", "x", "", "0"], 4) == "quote.bid"
    assert at_fault(Tick, ["t", "1.5", "x", "X", "0"], 4) == "trade.marks"
    field, _ = refused(Tick("t", Trade(venue="\n\0")), 4)
    assert field == "trade.venue"


def test_what_is_called_for_and_ends_early_is_missing_fields() -> None:
    tail = Lenient()
    with pytest.raises(ValueError, match="Tick: -1"):
        read(Tick, ["t", "1.5"], 4)

    assert read(Tick, ["t", "1.5"], 4, tail) == Tick("t", Trade(1.5))
    assert tail.seen == [-1]


@pytest.mark.parametrize("has_flag", [True, False])
def test_a_structure_may_stand_in_two_places_in_two_forms(has_flag: bool) -> None:
    registry = Registry()
    block = maybe if has_flag else present

    @incoming(1, registry=registry)
    class Toy:
        kind: str = wire(1, default="")
        quote: Quote | None = wire(2, default=None)

    layout(
        Toy,
        Toy.kind,
        when(Toy.kind, "x", block(Toy.quote, Quote.bid, Quote.ask)),
        when(Toy.kind, "y", block(Toy.quote, Quote.bid)),
    )
    flag = ["1"] * has_flag

    assert read(Toy, ["x", *flag, "1", "2"]) == Toy("x", Quote(1.0, 2.0))
    assert read(Toy, ["y", *flag, "1"]) == Toy("y", Quote(1.0))
    assert read(Toy, ["z"]) == Toy("z")


# Values beside a list .............................................................................


@pytest.mark.parametrize(
    ("legs", "fields"),
    [
        ((), ["0", "0"]),
        ((Leg(1), Leg(2)), ["2", "1", "2", "0"]),
        ((Leg(1, 0.5), Leg(2, 1.5)), ["2", "1", "2", "2", "0.5", "1.5"]),
        ((Leg(1), Leg(2, 0.0)), ["2", "1", "2", "2", "", "0.0"]),
    ],
)
def test_values_stand_beside_the_list_they_belong_to(
    legs: tuple[Leg, ...], fields: list[str]
) -> None:
    message = Combo(7, legs, "end")

    assert writer(Combo, NO_SIZES)(message) == ["7", *fields, "end"]
    assert read(Combo, ["7", *fields, "end"], NO_SIZES) == message


def test_two_lists_may_stand_beside_one() -> None:
    message = Combo(7, (Leg(1, 0.5), Leg(2, None, Decimal(3))))

    fields = writer(Combo, 5)(message)

    assert fields == ["7", "2", "1", "2", "2", "0.5", "", "2", "", "3", ""]
    assert read(Combo, fields, 5) == message
    assert hash(read(Combo, fields, 5)) == hash(message)


def test_a_version_without_the_second_list_has_the_first_alone() -> None:
    assert writer(Combo, 2)(Combo(7, (Leg(1),))) == ["7", "1", "1", ""]
    assert read(Combo, ["7", "1", "1", ""], 2) == Combo(7, (Leg(1),))


def test_elements_for_which_there_is_no_value_have_none() -> None:
    found = read(Combo, ["7", "3", "1", "2", "3", "2", "0.5", "1.5", "end"], NO_SIZES)

    assert found == Combo(7, (Leg(1, 0.5), Leg(2, 1.5), Leg(3)), "end")


def test_values_for_which_there_is_no_element_are_refused() -> None:
    fields = ["7", "1", "1", "2", "0.5", "1.5", "end"]

    assert at_fault(Combo, fields, NO_SIZES) == "legs[].price"
    with pytest.raises(ValueError, match="2 values of price for a list of 1"):
        read(Combo, fields, NO_SIZES, Lenient())


@pytest.mark.parametrize("count", ["-1", "99", "9" * 4000])
def test_a_count_of_values_beyond_the_message_is_refused_at_once(count: str) -> None:
    with pytest.raises(ValueError, match=r"a list of -?\d+ elements in a message of 6 fields"):
        read(Combo, ["7", "1", "1", count, ""], NO_SIZES, Lenient())
    assert at_fault(Combo, ["7", "1", "1", count, ""], NO_SIZES) == "legs[].price"


def test_a_value_beside_a_list_is_named_when_it_can_not_be_read_or_written() -> None:
    assert at_fault(Combo, ["7", "1", "1", "1", "x", ""], NO_SIZES) == "legs[].price"
    assert at_fault(Combo, ["7", "1", "1", "x", ""], NO_SIZES) == "legs[].price"
    field, why = refused(Combo(7, (Leg(1, float("nan")),)), NO_SIZES)
    assert (field, "NaN" in why) == ("legs[].price", True)


@pytest.mark.parametrize("fields", [["7", "2", "1", "2", "2", "0.5"], ["7", "2", "1", "2"]])
def test_missing_values_are_none_where_that_may_pass(fields: list[str]) -> None:
    tail = Lenient()
    with pytest.raises(ValueError, match="Combo: -1"):
        read(Combo, fields, NO_SIZES)

    found = read(Combo, fields, NO_SIZES, tail)

    assert [leg.price for leg in found.legs] == [0.5 if "0.5" in fields else None, None]
    assert tail.seen == [-1]


def test_values_may_stand_beside_the_list_of_an_element() -> None:
    @struct
    class Box:
        legs: tuple[Leg, ...] = wire(1, default=())
        after: str = wire(2, default="")

    layout(Box, each(Box.legs, Leg.ratio), beside(Box.legs, Leg.price), Box.after)
    cls = type("Toy", (), {"__annotations__": {"x": tuple[Box, ...]}, "x": wire(1, default=())})
    toy: Any = incoming(1, registry=Registry())(cls)
    message = toy((Box((Leg(1, 0.5),), "a"), Box(), Box((Leg(2), Leg(3)), "b")))

    fields = writer(toy, 1)(message)

    assert fields == ["3", "1", "1", "1", "0.5", "a", "0", "0", "", "2", "2", "3", "0", "b"]
    assert read(toy, fields) == message
    assert at_fault(toy, ["1", "1", "1", "2", "1", "2", "a"], 1) == "x[].legs[].price"


def test_values_can_only_stand_behind_their_list() -> None:
    @incoming(1, registry=Registry())
    class Toy:
        legs: tuple[Leg, ...] = wire(1, default=())

    layout(Toy, beside(Toy.legs, Leg.price), each(Toy.legs, Leg.ratio))

    with pytest.raises(TypeError, match=r"Toy: beside\(\) looks at legs, which is not read "):
        reader(Toy, 1)


# Values in another form ...........................................................................


def test_a_packed_structure_is_one_field() -> None:
    message = Tick(marks=Marks(one=True, two=True))

    assert writer(Tick, 1)(message) == ["", "3"]
    assert read(Tick, ["", "3"], 1) == message
    assert read(Tick, ["", ""], 1) == Tick()
    assert at_fault(Tick, ["", "x"], 1) == "marks"
    assert refused(Tick(marks=None), 1)[0] == "marks"  # type: ignore[arg-type]  # the point


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        (
            Forms(),
            [str(UNSET_INT), str(UNSET_LONG), repr(UNSET_FLOAT), *[str(UNSET_INT)] * 3, "0", ""],
        ),
        (
            Forms(1, 2, 0.5, Color.RED, False, -1, Decimal(3), 4),
            ["1", "2", "0.5", "1", "0", "-1", "3", "4"],
        ),
    ],
)
def test_none_may_be_a_number(message: Forms, fields: list[str]) -> None:
    assert writer(Forms, 2)(message) == fields
    assert read(Forms, fields, 2) == message


def test_a_gate_holds_for_a_number_that_means_none() -> None:
    assert writer(Forms, 1)(Forms()) == [at for at in writer(Forms, 2)(Forms()) if at != LONGEST]


@pytest.mark.parametrize("text", ["", str(UNSET_INT), str(UNSET_LONG)])
def test_any_text_for_none_is_read_where_none_is_a_number_too(text: str) -> None:
    assert read(Forms, [text, text, "", text, text, text, "0", text], 2) == Forms()


def test_a_value_may_have_one_form_here_and_another_there() -> None:
    whole, half = Forms(size=Decimal(3)), Forms(size=Decimal("0.5"))

    assert writer(Forms, 3)(whole)[6] == writer(Forms, 4)(whole)[6] == "3"
    assert writer(Forms, 4)(half)[6] == "0.5"
    assert refused(half, 3) == ("size", "0.5 is not whole")
    assert at_fault(Forms, [*[""] * 6, "0.5", ""], 3) == "size"


def test_flags_are_written_in_their_form() -> None:
    assert writer(Got, 1)(Got()) == ["1", "1", "0", "", "a", "1"]
    assert writer(Put, 1)(Put(Flags(False, False, True, False, False), False)) == [
        *("0", "0", "1", "0", "o", "0"),
    ]
    assert read(Got, ["0", "0", "1", "1", "o", "0"]) == Got(
        Flags(False, False, True, True, False), False
    )
    assert refused(Got(Flags(odd="0")), 1)[0] == "flags.odd"  # type: ignore[arg-type]  # the point


# Properties .......................................................................................


@pytest.mark.slow
@given(st.data(), st.sampled_from(TEXT_VERSIONS))
def test_what_is_written_is_read_again(data: st.DataObject, version: int) -> None:
    message = data.draw(rare_messages(version))
    cls = class_of(message)

    found = read(cls, writer(cls, version)(message), version)

    assert found == message
    assert hash(found) == hash(message)


def _is_told_apart(message: Any) -> bool:
    """Tells whether the end of a message can't be taken for that of one of its elements."""
    return not any(isinstance(rule, OtherRule) for rule in getattr(message, "rules", ()))


@pytest.mark.slow
@given(st.data(), st.sampled_from(TEXT_VERSIONS))
def test_a_message_that_ends_early_is_missing_fields(data: st.DataObject, version: int) -> None:
    message = data.draw(rare_messages(version).filter(_is_told_apart))
    cls = class_of(message)
    fields = writer(cls, version)(message)
    short = fields[: data.draw(st.integers(0, len(fields) - 1))]

    with pytest.raises(UNREADABLE):
        read(cls, short, version)
    tail = Lenient()
    assert type(read(cls, short, version, tail)) is cls
    assert tail.seen
    assert all(surplus < 0 for surplus in tail.seen)


ODD = st.sampled_from(["", "-1", "0", "1", "3", "9", "a", "99999999999", "x", "NaN", "one"])


@pytest.mark.slow
@given(st.data(), st.sampled_from(TEXT_VERSIONS), st.booleans())
def test_no_text_does_more_than_be_refused(
    data: st.DataObject, version: int, is_strict: bool
) -> None:
    message = data.draw(rare_messages(version))
    cls = class_of(message)
    fields = writer(cls, version)(message)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(fields)))
        fields[at : at + data.draw(st.integers(0, 2))] = [data.draw(ODD)]

    try:
        found = read(cls, fields, version, strict if is_strict else Lenient())
    except UNREADABLE:
        return
    assert type(found) is cls


@given(st.lists(ODD, max_size=40), st.sampled_from(list(RARE_TOYS)), st.sampled_from(TEXT_VERSIONS))
def test_nor_does_any_list_of_fields(fields: list[str], cls: type, version: int) -> None:
    try:
        found = read(cls, fields, version, Lenient())
    except UNREADABLE:
        return
    assert type(found) is cls
