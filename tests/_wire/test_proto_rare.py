"""Readers and writers of the protobuf form: what only few messages need."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests._wire.rare_toys import (
    RARE_TOYS,
    AfterTime,
    AskRules,
    AtPrice,
    Combo,
    Flags,
    Forms,
    Got,
    Leg,
    Marks,
    OtherRule,
    Put,
    Quote,
    Ruled,
    Tick,
    Trade,
    rare_messages,
)
from tests._wire.toys import PROTO, class_of
from trio_tws._wire import Registry, incoming, outgoing, struct, wire
from trio_tws._wire.kinds import UNSET_INT, of_few, own_kind
from trio_tws._wire.proto import DecodeError, protobuf_class, reader, writer
from trio_tws._wire.source import field_at_fault

UNREADABLE = (ValueError, ArithmeticError, DecodeError)


def sent(message: Any) -> Any:
    """Gives what the library sees of a written message."""
    cls = class_of(message)
    return protobuf_class(cls).FromString(writer(cls, PROTO)(message))


def read(cls: type, **fields: Any) -> Any:
    """Reads a message that the library has written."""
    return reader(cls)(protobuf_class(cls)(**fields).SerializeToString())


def through(message: Any) -> Any:
    cls = class_of(message)
    return reader(cls)(writer(cls, PROTO)(message))


# Unions ...........................................................................................


def test_a_member_is_a_structure_and_its_type() -> None:
    rules = sent(Ruled(7, (AtPrice(1.5), AfterTime("t", is_and=False)))).rules

    assert [(rule.type, rule.is_and) for rule in rules] == [(1, True), (3, False)]
    assert rules[0].price == 1.5
    assert rules[1].time == b"t"
    assert not rules[0].HasField("is_later")


def test_a_member_is_read_as_its_own_class_and_an_unknown_one_as_the_structure() -> None:
    rules = (AtPrice(1.5), OtherRule(9, price=2.5, time="t"), AfterTime("t", is_later=True))
    message = Ruled(7, rules, strict=True, note="n", last="l")

    assert through(message) == message
    assert [type(rule) for rule in through(message).rules] == [AtPrice, OtherRule, AfterTime]
    assert read(Ruled, rules=[{"type": 1}]).rules == (AtPrice(0.0, is_and=False),)


@pytest.mark.parametrize("cls", [Ruled, AskRules])
def test_what_is_no_member_is_not_written(cls: type) -> None:
    with pytest.raises(TypeError, match="5 is not a rule") as caught:
        writer(cls, PROTO)(cls(7, (5,)))
    assert field_at_fault(caught.value) == "rules"


def test_a_field_of_a_member_is_named_when_it_can_not_be_written() -> None:
    with pytest.raises(ValueError, match="printable") as caught:
        writer(AskRules, PROTO)(AskRules(2, (AfterTime("é"),)))
    assert field_at_fault(caught.value) == "rules[].time"


# Flags ............................................................................................


def test_an_absent_flag_of_tws_has_its_default() -> None:
    assert reader(Got)(b"") == Got()
    assert read(Got, flags={}) == Got(Flags())
    assert read(Got, flags={"sure": False, "likely": 0}, sure=False) == Got(
        Flags(sure=False, likely=False), sure=False
    )


def test_an_absent_flag_of_a_client_is_false() -> None:
    assert reader(Put)(b"") == Put(Flags(False, False, letter=False), False)


def test_tws_says_that_a_flag_is_false_where_true_is_the_default() -> None:
    got = sent(Got(Flags(False, False, False, None, False), False))

    for name in ("sure", "likely", "letter"):
        assert got.flags.HasField(name)
        assert not getattr(got.flags, name)
    assert got.HasField("sure")
    assert not got.flags.HasField("odd")
    assert not got.flags.HasField("perhaps")


def test_a_client_leaves_out_what_is_false() -> None:
    none = sent(Put(Flags(False, False, False, None, False), False))
    every = sent(Put(Flags(odd=True, perhaps=True)))

    assert none.flags.ListFields() == []
    assert not none.HasField("sure")
    assert (every.flags.sure, every.flags.letter, every.sure) == (True, True, True)
    assert (every.flags.likely, every.flags.odd, every.flags.perhaps) == (1, 1, 1)


@pytest.mark.parametrize("cls", [Got, Put])
@pytest.mark.parametrize("sure", [True, False])
def test_a_flag_comes_back_whatever_its_default(cls: type, sure: bool) -> None:
    for perhaps in (None, True, False):
        message = cls(Flags(sure, sure, sure, perhaps, sure), sure)

        assert through(message) == message


@pytest.mark.parametrize(
    ("number", "flag", "perhaps"),
    [
        (0, False, False),
        (1, True, True),
        (2, True, True),
        (-1, True, True),
        (UNSET_INT, True, None),
    ],
)
def test_a_flag_may_be_a_number(number: int, flag: bool, perhaps: bool | None) -> None:
    found = read(Got, flags={"likely": number, "odd": number, "perhaps": number}).flags

    assert (found.likely, found.odd, found.perhaps) == (flag, flag, perhaps)


def test_a_flag_that_is_a_number_and_false_is_told_from_none() -> None:
    flags = sent(Got(Flags(perhaps=False))).flags

    assert flags.HasField("perhaps")
    assert flags.perhaps == 0


def test_what_is_no_flag_is_not_written_as_a_number() -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        writer(Put, PROTO)(Put(Flags(odd="false")))  # type: ignore[arg-type]  # the point
    assert field_at_fault(caught.value) == "flags.odd"


# What has another form in text ....................................................................


def test_a_structure_that_text_packs_is_one_in_protobuf() -> None:
    message = Tick(marks=Marks(two=True))

    assert sent(message).marks.two is True
    assert through(message) == message
    assert read(Tick, marks={"one": True}) == Tick(marks=Marks(one=True))


def _no_text(_: object) -> Any:
    raise NotImplementedError


FEW = of_few(own_kind("few", _no_text, _no_text))
TOYS = Registry()


@struct
class Size:
    """What the same few of come again and again."""

    number: Decimal | None = wire(1, default=None)
    is_whole: bool = wire(2, default=True)


@struct
class Deal:
    size: Size = wire(1, kind=FEW, default=Size())


@incoming(1, proto=PROTO, registry=TOYS)
class Deals:
    last: Size = wire(1, kind=FEW, default=Size())
    deals: tuple[Deal, ...] = wire(2, default=())
    plain: Size = wire(3, default=Size())


@outgoing(1, proto=PROTO, registry=TOYS)
class AskDeals:
    last: Size = wire(1, kind=FEW, default=Size())


SIZES = [Size(), Size(Decimal(7)), Size(None, is_whole=False), Size(Decimal("0.5"), is_whole=False)]


@pytest.mark.parametrize("size", SIZES)
def test_a_structure_of_which_there_are_few_is_read_once(size: Size) -> None:
    found = through(Deals(size, (Deal(size), Deal(size)), size))

    assert found == Deals(size, (Deal(size), Deal(size)), size)
    assert found.last is found.deals[0].size is found.deals[1].size
    assert found.last is through(Deals(size)).last
    assert found.plain is not found.last


@pytest.mark.parametrize("size", SIZES)
def test_it_has_the_bytes_of_any_other(size: Size) -> None:
    """Read as one that is not looked up, it is the same; also if it is empty, which is there."""
    sizes = sent(Deals(size, plain=size))

    assert sizes.last == sizes.plain.SerializeToString()
    assert sizes.HasField("last")
    assert writer(Deals, PROTO)(Deals(Size())).startswith(b"\x0a\x02\x10\x01")
    assert writer(AskDeals, PROTO)(AskDeals(Size(is_whole=False))) == b"\x0a\x00"


def test_it_is_read_as_its_message_is_where_something_is_absent() -> None:
    """A flag that a client leaves out is false; one that TWS leaves out is as was declared."""
    assert reader(Deals)(b"") == Deals()
    assert reader(AskDeals)(b"").last == Size(is_whole=False)


def test_what_can_not_be_read_in_it_is_named() -> None:
    wrong, torn = b"\x0a\x01x", b"\x0a\x01"
    for data, field in ((wrong, "size.number"), (torn, "size")):
        with pytest.raises(UNREADABLE) as caught:
            read(Deals, deals=[protobuf_class(Deal)(size=data)])
        assert field_at_fault(caught.value) == f"deals[].{field}"


def test_what_can_not_be_written_in_it_is_named() -> None:
    wrong: Any = Size("x")  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(Exception) as caught:
        writer(Deals, PROTO)(Deals(deals=(Deal(wrong),)))
    assert field_at_fault(caught.value) == "deals[].size.number"


def test_a_structure_that_is_called_for_in_text_may_be_there_or_not_in_protobuf() -> None:
    message = Tick("t", quote=Quote(1.0, None, Marks(one=True)))

    assert not sent(message).HasField("trade")
    assert through(message) == message
    assert through(Tick("t", Trade(1.5), Quote())) == Tick("t", Trade(1.5), Quote())


def test_a_value_beside_a_list_in_text_is_in_its_elements() -> None:
    message = Combo(7, (Leg(1, 0.5), Leg(2), Leg(3, None, Decimal(1))))

    legs = sent(message).legs

    assert [leg.HasField("price") for leg in legs] == [True, False, False]
    assert through(message) == message


def test_a_number_that_means_none_in_text_is_left_out() -> None:
    assert [field.name for field, _ in sent(Forms()).ListFields()] == ["size"]
    assert through(Forms()) == Forms()


def test_a_size_that_is_whole_in_text_may_have_a_fraction() -> None:
    assert sent(Forms(size=Decimal("0.5"))).size == b"0.5"
    assert sent(Forms(size=Decimal("1E+2"))).size == b"100"
    assert read(Forms, size=b"1E+2") == Forms(size=Decimal(100))


# Properties .......................................................................................


@pytest.mark.slow
@given(rare_messages(PROTO))
def test_what_is_written_is_read_again(message: Any) -> None:
    found = through(message)

    assert found == message
    assert hash(found) == hash(message)


@pytest.mark.slow
@given(rare_messages(PROTO), st.data())
def test_no_bytes_do_more_than_be_refused(message: Any, data: st.DataObject) -> None:
    cls = class_of(message)
    whole = writer(cls, PROTO)(message)
    at, skipped = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 3))
    damaged = whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + skipped :]

    try:
        found = reader(cls)(damaged)
    except UNREADABLE:
        return
    assert type(found) is cls


@given(st.binary(max_size=60), st.sampled_from(list(RARE_TOYS)))
def test_nor_do_any_bytes_at_all(data: bytes, cls: type) -> None:
    try:
        found = reader(cls)(data)
    except UNREADABLE:
        return
    assert type(found) is cls
