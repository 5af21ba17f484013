"""Readers and writers of the protobuf form."""

import math
import traceback
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests._wire.toys import (
    PROTO,
    TOYS,
    Body,
    Color,
    Engine,
    Mask,
    Maybes,
    Nested,
    Optionals,
    Pair,
    Scalars,
    Shape,
    Wheel,
    class_of,
    maybes,
    nesteds,
    optionals,
    scalars,
)
from trio_tws._errors import LocalProtocolError
from trio_tws._wire import Registry, each, incoming, layout, outgoing, split, struct, wire
from trio_tws._wire.fields import spec_of
from trio_tws._wire.kinds import UNSET_FLOAT, UNSET_INT, own_kind
from trio_tws._wire.proto import DecodeError, protobuf_class, reader, writer
from trio_tws._wire.source import field_at_fault, source_of

REGISTRY = Registry()

UNREADABLE = (ValueError, ArithmeticError, DecodeError)


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*made, number])


def tag(number: int, value: int | bytes) -> bytes:
    """Writes one field by hand: an integer, or bytes with their length."""
    if isinstance(value, bytes):
        return varint(number << 3 | 2) + varint(len(value)) + value
    return varint(number << 3) + varint(value)


@struct
class Leaf:
    number: int = wire(1, default=0)
    held: "Leg | None" = wire(2, default=None)


@struct
class Leg:
    leaf: int = wire(1, default=0)


@struct
class Middle:
    """Has a list whose elements hold a structure under the name that it goes by itself."""

    legs: tuple[Leaf, ...] = wire(1, default=())
    after: int = wire(2, default=0)


@incoming(1, proto=1, registry=REGISTRY)
class Message:
    key: int = wire(3, default=-1)
    text: str = wire(1, default="")
    held: Middle = wire(2, default=Middle())
    only_text: str = wire(default="d")
    only_text_held: Leg = wire(default=Leg(5))
    color: Color = wire(5, default=Color.BLUE)


def test_tags_may_come_in_any_order() -> None:
    fields = [tag(1, b"a"), tag(3, 7), tag(2, tag(2, 9)), tag(5, 1)]
    expected = Message(7, "a", Middle(after=9), color=Color.RED)

    assert reader(Message)(b"".join(fields)) == expected
    assert reader(Message)(b"".join(reversed(fields))) == expected


def test_absent_fields_read_as_what_was_declared() -> None:
    found = reader(Message)(b"")

    assert found == Message(-1, "", Middle(), "d", Leg(5), Color.BLUE)
    assert type(found.color) is Color
    assert reader(Optionals)(b"") == Optionals()
    assert reader(Scalars)(b"") == Scalars(0)


def test_unknown_tags_are_read_past() -> None:
    assert reader(Message)(tag(99, b"new") + tag(3, 7) + tag(98, 5)) == Message(7)


def test_a_tag_of_another_type_is_as_good_as_unknown() -> None:
    assert reader(Message)(tag(3, b"text") + tag(1, 5)) == Message()


def test_the_last_of_two_equal_tags_counts() -> None:
    assert reader(Message)(tag(3, 1) + tag(3, 2)) == Message(2)


def test_zero_is_not_absent() -> None:
    assert reader(Message)(tag(3, 0)) == Message(0)
    assert reader(Optionals)(tag(1, 0) + tag(5, 0)) == Optionals(number=0, flag=False)


def test_text_that_is_not_utf_8_is_replaced() -> None:
    assert reader(Message)(tag(1, b"a\xff")).text == "a\\xff"


def test_numbers_that_mean_unset_read_as_none() -> None:
    found = reader(Optionals)(tag(1, UNSET_INT) + tag(2, UNSET_INT) + tag(4, b"2147483647"))

    assert found == Optionals()


@pytest.mark.parametrize(
    ("price", "size", "expected"),
    [(-1.0, Decimal(0), None), (-1.0, None, None), (-1.0, Decimal(5), -1.0), (2.0, None, 2.0)],
)
def test_a_number_may_mean_unset_or_not_as_another_field_says(
    price: float, size: Decimal | None, expected: float | None
) -> None:
    data = protobuf_class(Optionals)(price=price, size=str(size or "").encode())

    assert reader(Optionals)(data.SerializeToString()).price == expected


def test_tws_fills_in_the_number_that_means_unset_and_we_do_not() -> None:
    sent = protobuf_class(Optionals).FromString(writer(Optionals, PROTO)(Optionals()))
    assert (sent.price, sent.count) == (-1.0, -1)
    sent = protobuf_class(Optionals).FromString(
        writer(Optionals, PROTO)(Optionals(size=Decimal(1)))
    )
    assert not sent.HasField("price")
    sent = protobuf_class(Maybes).FromString(writer(Maybes, PROTO)(Maybes(1, Engine())))
    assert not sent.engine.HasField("weight")


def test_an_element_may_use_the_name_of_what_holds_it() -> None:
    message = Message(held=Middle((Leaf(1, Leg(2)), Leaf(3)), after=4))

    assert reader(Message)(writer(Message, 1)(message)) == message


def test_what_is_read_is_like_what_is_constructed() -> None:
    message = Nested(1, body=Body(engine=Engine(), wheels=(Wheel(Decimal(1)),)), five=(Pair(),))
    found = reader(Nested)(writer(Nested, PROTO)(message))

    assert found == message
    assert hash(found) == hash(message)
    assert [type(part) for part in (found, found.body, found.body.engine, found.five[0])] == [
        *(Nested, Body, Engine, Pair),
    ]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        found.key = 2


def test_numbers_in_lists_are_packed_and_read_either_way() -> None:
    data = writer(Nested, PROTO)(Nested(body=Body(wheels=(Wheel(spokes=(1, 2)),))))

    assert tag(3, b"\x01\x02") in data
    loose = tag(4, tag(4, tag(3, 1) + tag(3, 2)))
    assert reader(Nested)(loose).body.wheels == (Wheel(spokes=(1, 2)),)


def test_empty_texts_and_false_are_left_out_and_zero_is_not() -> None:
    assert writer(Message, 1)(Message(0, color=Color.NONE)) == tag(2, tag(2, 0)) + tag(3, 0) + tag(
        5, 0
    )
    assert tag(6, 0) not in writer(Scalars, PROTO)(Scalars(1))


def test_a_structure_that_is_always_there_is_sent_even_if_it_is_empty() -> None:
    sent = protobuf_class(Maybes).FromString(writer(Maybes, PROTO)(Maybes(1)))

    assert sent.HasField("body")
    assert not sent.HasField("engine")


def test_a_kind_of_ones_own_may_have_a_value_that_is_false() -> None:
    number = own_kind("number", int, str)

    @incoming(2, proto=1, registry=REGISTRY)
    class Toy:
        x: int = wire(1, kind=number, default=1)

    assert reader(Toy)(writer(Toy, 1)(Toy(0))) == Toy(0)
    assert writer(Toy, 1)(Toy(0)) == tag(1, b"0")


# Splits ...........................................................................................


def _halves(text: str) -> tuple[str, ...]:
    one, _, two = text.partition("/")
    return one, two


@struct
class Holder:
    carrier: str = wire(1, default="c")


@incoming(3, proto=1, registry=REGISTRY)
class Halves:
    held: Holder = wire(1, default=Holder())
    one: str = wire(default="")
    two: str = wire(2, default="")


layout(
    Halves, split(Halves.one, Halves.two, read=_halves, write="{}/{}".format, proto=Holder.carrier)
)


def test_a_text_that_holds_two_attributes_goes_by_its_carrier() -> None:
    message = Halves(one="1", two="2")

    assert writer(Halves, 1)(message) == tag(1, tag(1, b"1/2")) + tag(2, b"2")
    assert reader(Halves)(writer(Halves, 1)(message)) == message


def test_the_own_field_of_a_half_fills_in_for_it() -> None:
    assert reader(Halves)(tag(1, tag(1, b"1")) + tag(2, b"2")) == Halves(one="1", two="2")
    assert reader(Halves)(tag(1, tag(1, b"1/3")) + tag(2, b"2")) == Halves(one="1", two="3")


def test_the_first_half_is_the_carrier_unless_another_is_named() -> None:
    sent = protobuf_class(Nested).FromString(writer(Nested, PROTO)(Nested(date="d", time="t")))
    assert sent.date == b"d t"
    assert reader(Nested)(tag(5, b"d t")) == Nested(date="d", time="t")


def test_a_split_only_touches_the_field_it_is_about() -> None:
    @struct
    class Element:
        one: str = wire(1, default="")

    cls = type(
        "Toy",
        (),
        {
            "__annotations__": {"one": str, "two": str, "list": tuple[Element, ...]},
            "one": wire(1, default=""),
            "two": wire(default=""),
            "list": wire(2, default=()),
        },
    )
    toy: Any = incoming(4, proto=1, registry=REGISTRY)(cls)
    layout(toy, split(toy.one, toy.two, read=_halves, write="{}/{}".format), each(toy.list))
    message = toy("a", "b", (Element("c/d"),))

    assert reader(toy)(writer(toy, 1)(message)) == message


# Failures .........................................................................................


@pytest.mark.parametrize("data", [b"\x08", b"\xff", tag(1, b"abc")[:-1], tag(2, b"\x08"), b"\x00"])
def test_what_is_no_protobuf_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        reader(Message)(data)


@pytest.mark.parametrize(
    ("cls", "data", "field"),
    [
        (Scalars, tag(4, b"x"), "decimal"),
        (Scalars, tag(10, 1 << 60), "seconds"),
        (Scalars, tag(14, -1), "mask"),
        (Optionals, tag(12, 5) + tag(4, b"x"), "decimal"),
        (Nested, tag(4, tag(4, tag(1, b"x"))), "body.wheels[].size"),
    ],
)
def test_a_field_that_can_not_be_read_is_named(cls: type, data: bytes, field: str) -> None:
    with pytest.raises(UNREADABLE) as caught:
        reader(cls)(data)

    assert field_at_fault(caught.value) == field
    shown = "".join(traceback.format_exception(caught.value))
    assert f"<trio_tws {cls.__name__} from protobuf #" in shown


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (Message("x"), "key"),  # type: ignore[arg-type]  # the point of the test
        (Message(1 << 40), "key"),
        (Message(text=None), "text"),  # type: ignore[arg-type]  # the point of the test
        (Message(held=None), "held.legs"),  # type: ignore[arg-type]  # the point of the test
        (Message(held=Middle((Leaf(1 << 40),))), "held.legs[].number"),
        (Scalars(1, flag=None), "flag"),  # type: ignore[arg-type]  # the point of the test
        (Scalars(1, flag="false"), "flag"),  # type: ignore[arg-type]  # the point of the test
        (Scalars(1, number_text="x"), "number_text"),
        (Scalars(1, float_text=math.nan), "float_text"),
        (Scalars(1, words=("a\0",)), "words"),
        (Nested(date="\0"), "date"),
        (Nested(names=("\0",)), "names"),
        (Nested(body=Body(name="\ud800")), "body.name"),
        (Optionals(count="x"), "count"),  # type: ignore[arg-type]  # the point of the test
    ],
)
def test_a_value_that_can_not_be_written_is_named(message: Any, field: str) -> None:
    cls = class_of(message)
    write = writer(cls, PROTO)
    with pytest.raises((ValueError, TypeError, AttributeError)) as caught:
        write(message)

    assert field_at_fault(caught.value) == field


def test_what_goes_to_tws_has_to_be_ascii() -> None:
    with pytest.raises(ValueError, match="printable"):
        writer(Maybes, PROTO)(Maybes(1, Engine(fuel="é")))
    assert "é".encode() in writer(Message, 1)(Message(text="é"))


def test_what_a_version_can_not_carry_is_refused() -> None:
    @outgoing(1, proto=1, registry=REGISTRY)
    class Toy:
        new: int = wire(1, default=0, since=3)

    assert writer(Toy, 3)(Toy(5)) == tag(1, 5)
    with pytest.raises(LocalProtocolError, match="needs server version 3, this server has 2"):
        writer(Toy, 2)(Toy(5))


def test_a_simple_message_is_read_in_a_straight_line() -> None:
    @incoming(5, proto=1, registry=REGISTRY)
    class Toy:
        key: int = wire(1, default=-1)
        price: float | None = wire(2, default=None)
        mask: Mask = wire(3, default=Mask(0))
        shape: Shape = wire(4, default=Shape.NONE)

    code = source_of(reader(Toy))

    assert not any(word in code for word in ("for ", "while ", "try", "HasField", "else:"))
    assert reader(Toy)(tag(4, b"FLAT")) == Toy(shape=Shape.FLAT)


# Properties .......................................................................................


@pytest.mark.slow
@given(st.one_of(scalars, optionals, nesteds(PROTO), maybes(PROTO)))
def test_what_is_written_is_read_again(message: Any) -> None:
    cls = class_of(message)

    assert reader(cls)(writer(cls, PROTO)(message)) == message


def mangled(data: bytes, draw: st.DataObject) -> Iterator[bytes]:
    yield data[: draw.draw(st.integers(0, len(data)))]
    at = draw.draw(st.integers(0, len(data)))
    yield data[:at] + draw.draw(st.binary(max_size=4)) + data[at + draw.draw(st.integers(0, 3)) :]


@pytest.mark.slow
@given(st.data(), st.one_of(scalars, optionals, nesteds(PROTO), maybes(PROTO)))
def test_no_bytes_do_more_than_be_refused(data: st.DataObject, message: Any) -> None:
    cls = class_of(message)
    for damaged in mangled(writer(cls, PROTO)(message), data):
        try:
            found = reader(cls)(damaged)
        except UNREADABLE:
            continue
        assert type(found) is cls


WITH_PROTO = [cls for cls in TOYS if spec_of(cls).proto is not None]


@given(st.binary(max_size=60), st.sampled_from(WITH_PROTO))
def test_nor_do_any_bytes_at_all(data: bytes, cls: type) -> None:
    try:
        found = reader(cls)(data)
    except UNREADABLE:
        return
    assert type(found) is cls


def test_every_prefix_of_a_message_is_a_message_or_is_refused() -> None:
    message = Nested(
        1, "a", 2, Body("n", Shape.FLAT, Engine(1.0, "x", 5, UNSET_FLOAT / 2), (Wheel(Decimal(1)),))
    )
    data = writer(Nested, PROTO)(message)
    outcomes = set[bool]()
    for end in range(len(data)):
        try:
            assert type(reader(Nested)(data[:end])) is Nested
            outcomes.add(True)
        except DecodeError:
            outcomes.add(False)

    assert outcomes == {True, False}
