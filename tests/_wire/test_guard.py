"""What a server version can't carry is refused before it is sent."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests._wire.toys import class_of
from trio_tws._errors import LocalProtocolError
from trio_tws._wire import (
    Registry,
    between,
    each,
    incoming,
    layout,
    maybe,
    outgoing,
    proto,
    since,
    split,
    struct,
    text,
    until,
    when,
    wire,
)
from trio_tws._wire.fields import FOREVER
from trio_tws._wire.guard import Bounds, bounds_of
from trio_tws._wire.layout import is_positive
from trio_tws._wire.source import field_at_fault, source_of

REGISTRY = Registry()

PROTO = 10


@struct
class Leg:
    ratio: int = wire(1, default=1)
    slot: int = wire(2, default=0, since=5)
    price: float | None = wire(3, default=None, in_text=False)
    new: int = wire(4, default=0, in_text=False, since=12)


@struct
class Extra:
    a: int = wire(1, default=0)
    b: int = wire(2, default=0, since=5)


@struct
class Contract:
    kind: str = wire(1, default="")
    legs: tuple[Leg, ...] = wire(2, default=())
    extra: Extra | None = wire(3, default=None)
    description: str = wire(4, default="")


def _read(value: str) -> tuple[str, ...]:
    date, _, time = value.partition(" ")
    return date, time


@outgoing(1, version=1, proto=PROTO, registry=REGISTRY)
class Ask:
    key: int = wire(1)
    contract: Contract = wire(2, default=Contract())
    old: int = wire(3, default=0)
    new: Decimal | None = wire(4, default=None)
    middle: bool = wire(5, default=True)
    moved: int = wire(6, default=0)
    gone_and_back: int = wire(7, default=0)
    date: str = wire(8, default="")
    time: str = wire(default="")
    spare: Extra | None = wire(9, default=None, since=4)
    only_proto: str = wire(10, default="", in_text=False)
    later_proto: Extra = wire(11, default=Extra(), in_text=False, since=12)
    only_text: int = wire(default=0)
    count: int = wire(12, default=0)
    one: int = wire(13, default=0)
    two: int = wire(14, default=0)
    never: int = wire(15, default=0, until=11)
    twice: int = wire(16, default=0)
    left: int = wire(17, default=0)


A, C = Ask, Contract

layout(
    Ask,
    A.key,
    C.kind,
    until(4, A.moved),
    until(3, A.old),
    since(3, A.new),
    between(3, 5, A.middle),
    since(4, A.moved),
    until(3, A.gone_and_back),
    since(6, A.gone_and_back),
    since(2, split(A.date, A.time, read=_read, write="{} {}".format)),
    when(C.kind, "BAG", each(C.legs), maybe(C.extra)),
    maybe(A.spare),
    A.only_text,
    A.count,
    when(A.count, is_positive, A.one, since(4, A.two)),
    when(C.kind, "TWO", A.two, since(3, A.new)),
    between(3, 4, A.twice),
    since(6, A.twice),
    between(3, 4, A.left),
    until(2, A.left),
)


def refusal(message: Any, version: int) -> str:
    """Gives the words with which a message is refused; empty if it is written."""
    cls = class_of(message)
    compiled: Any = (proto if version >= PROTO else text).writer(cls, version)
    try:
        compiled(message)
    except LocalProtocolError as error:
        return str(error)
    return ""


EVERY = [1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13]

NEVER = set[int]()


@pytest.mark.parametrize("version", EVERY)
def test_defaults_pass(version: int) -> None:
    assert refusal(Ask(1), version) == ""


@pytest.mark.parametrize(
    ("message", "refused"),
    [
        (Ask(1, old=5), {3, 4, 5, 6, 9}),
        (Ask(1, new=Decimal(0)), {1, 2}),  # also behind a condition, which does not matter
        (Ask(1, middle=False), {1, 2, 5, 6, 9}),
        (Ask(1, moved=5), NEVER),
        (Ask(1, gone_and_back=5), {3, 4, 5}),
        (Ask(1, date="d"), {1}),
        (Ask(1, date="d", time="t"), {1}),
        (Ask(1, spare=Extra()), {1, 2, 3}),
        (Ask(1, spare=Extra(a=5)), {1, 2, 3}),
        (Ask(1, spare=Extra(b=5)), {1, 2, 3, 4}),
        (Ask(1, only_proto="x"), {1, 2, 3, 4, 5, 6, 9}),
        (Ask(1, later_proto=Extra(a=5)), {1, 2, 3, 4, 5, 6, 9, 10, 11}),
        (Ask(1, only_text=5), {10, 11, 12, 13}),
        (Ask(1, contract=Contract(description="x")), NEVER),
        (Ask(1, never=5), {11, 12, 13}),
    ],
)
def test_exactly_what_a_version_can_not_carry_is_refused(message: Ask, refused: set[int]) -> None:
    assert {version for version in EVERY if refusal(message, version)} == refused


@pytest.mark.parametrize(
    ("message", "version", "words"),
    [
        (Ask(1, new=Decimal(7)), 2, "new = Decimal('7') needs server version 3, this server has 2"),
        (Ask(1, old=5), 4, "old = 5 is gone since server version 3, this server has 4"),
        (Ask(1, left=5), 2, "left = 5 needs server version 3, this server has 2"),
        (Ask(1, left=5), 4, "left = 5 is gone since server version 4, this server has 4"),
        (Ask(1, twice=5), 1, "twice = 5 needs server version 3, this server has 1"),
        (Ask(1, twice=5), 4, "twice = 5 needs server version 6, this server has 4"),
        (Ask(1, middle=False), 1, "middle = False needs server version 3, this server has 1"),
        (
            Ask(1, middle=False),
            5,
            "middle = False is gone since server version 5, this server has 5",
        ),
        (Ask(1, gone_and_back=5), 4, "gone_and_back = 5 needs server version 6, this server has 4"),
        (Ask(1, only_proto="x"), 4, "only_proto = 'x' needs server version 10, this server has 4"),
        (Ask(1, only_text=5), 10, "only_text = 5 has no form at server version 10"),
        (Ask(1, never=5), 11, "never = 5 is gone since server version 11, this server has 11"),
        (
            Ask(1, later_proto=Extra(5)),
            10,
            "later_proto = Extra(a=5, b=0) needs server version 12, this server has 10",
        ),
        (Ask(1, one=5), 2, "one = 5 is only sent where count calls for it"),
        (
            Ask(1, two=5),
            4,
            "two = 5 is only sent where count and contract.kind call for it",
        ),
        (
            Ask(1, contract=Contract("BAG", (Leg(slot=5),))),
            4,
            "contract.legs[].slot = 5 needs server version 5, this server has 4",
        ),
    ],
)
def test_a_refusal_names_the_field_and_both_versions(
    message: Ask, version: int, words: str
) -> None:
    assert refusal(message, version) == f"Ask.{words}"


SMALL = st.sampled_from([*[0] * 12, 5])
LEGS = st.builds(Leg, ratio=SMALL, slot=SMALL, price=st.sampled_from([*[None] * 9, 1.0]), new=SMALL)
EXTRAS = st.sampled_from([*[None] * 6, Extra(), Extra(5), Extra(b=5)])
ASKS = st.builds(
    Ask,
    key=SMALL,
    contract=st.builds(
        Contract,
        kind=st.sampled_from(["", "BAG", "TWO"]),
        legs=st.just(()) | st.lists(LEGS, max_size=2).map(tuple),
        extra=EXTRAS,
    ),
    old=SMALL,
    new=st.sampled_from([None, None, None, Decimal(5)]),
    middle=st.sampled_from([True, True, True, False]),
    moved=SMALL,
    gone_and_back=SMALL,
    date=st.sampled_from(["", "", "d"]),
    time=st.sampled_from(["", "", "t"]),
    spare=EXTRAS,
    only_proto=st.sampled_from([*[""] * 6, "p"]),
    later_proto=st.builds(Extra, SMALL, SMALL),
    only_text=SMALL,
    count=SMALL,
    one=SMALL,
    two=SMALL,
    twice=SMALL,
    left=SMALL,
)


def _broken(cls: type, surplus: int) -> None:
    raise AssertionError(f"{cls.__name__}: {surplus}")


@pytest.mark.slow
@given(ASKS, st.sampled_from(EVERY))
def test_what_is_not_refused_arrives_whole(message: Ask, version: int) -> None:
    event(f"refused: {bool(refusal(message, version))}")
    if refusal(message, version):
        return
    found: object
    if version >= PROTO:
        found = proto.reader(Ask)(proto.writer(Ask, version)(message))
    else:
        found = text.reader(Ask, version)([*text.writer(Ask, version)(message), ""], _broken)
    assert found == message


def test_a_field_whose_condition_does_not_hold_is_refused() -> None:
    leg = Contract(legs=(Leg(),))

    assert "only sent where contract.kind calls for it" in refusal(Ask(1, leg), 1)
    assert "only sent where" in refusal(Ask(1, Contract(extra=Extra())), 1)
    assert refusal(Ask(1, Contract("BAG", (Leg(),), Extra())), 1) == ""
    assert refusal(Ask(1, leg), PROTO) == ""


def test_a_field_behind_two_conditions_needs_one_of_them() -> None:
    assert refusal(Ask(1, count=1, two=5), 4) == ""
    assert refusal(Ask(1, Contract("TWO"), two=5), 4) == ""
    assert refusal(Ask(1, count=1, two=5), 3) != ""
    assert refusal(Ask(1, Contract("TWO"), two=5), 3) == ""


@pytest.mark.parametrize(
    ("leg", "refused"),
    [
        (Leg(5), NEVER),
        (Leg(slot=5), {1, 2, 3, 4}),
        (Leg(price=1.0), {1, 2, 3, 4, 5, 6, 9}),
        (Leg(new=1), {1, 2, 3, 4, 5, 6, 9, 10, 11}),
    ],
)
def test_each_element_of_a_list_is_looked_at(leg: Leg, refused: set[int]) -> None:
    message = Ask(1, Contract("BAG", (Leg(), leg)))

    assert {version for version in EVERY if refusal(message, version)} == refused


def test_what_is_inside_of_a_block_is_looked_at_if_it_is_there() -> None:
    assert "extra.b = 5 needs" in refusal(Ask(1, Contract("BAG", extra=Extra(b=5))), 4)
    assert refusal(Ask(1, Contract("BAG", extra=Extra(b=5))), 5) == ""


def test_only_what_may_be_missing_is_asked_for() -> None:
    code = source_of(text.writer(Ask, 1))

    assert "m.contract is not None" not in code
    assert "m.contract.extra is not None and" in code
    assert "m.spare.a" not in code.partition("w = []")[0]  # there is no spare that passes


def test_a_version_in_which_nothing_is_missing_has_no_checks() -> None:
    @outgoing(2, registry=REGISTRY)
    class Toy:
        legs: tuple[Leg, ...] = wire(1, default=())
        a: int = wire(2, default=0)

    code = source_of(text.writer(Toy, 5))
    assert code.count("refuse") == 2  # what no text form has: the elements' price and new
    assert "refuse" in source_of(text.writer(Late, 1))
    assert "refuse" not in source_of(text.writer(Late, 2))


@outgoing(7, registry=REGISTRY)
class Late:
    """A message with one limit."""

    a: int = wire(1, default=0, since=2)


@outgoing(3, registry=REGISTRY)
class Simple:
    """A message that protobuf never carries."""

    a: int = wire(1, default=0)
    hidden: int = wire(2, default=0, in_text=False)
    b: int = wire(3, default=0)


layout(Simple, since(FOREVER, Simple.b), Simple.a)


def test_a_field_without_any_form_is_refused() -> None:
    assert refusal(Simple(hidden=5), 4) == "Simple.hidden = 5 has no form at server version 4"
    assert refusal(Simple(b=5), 4) == "Simple.b = 5 has no form at server version 4"


def test_a_required_field_that_has_no_place_refuses_the_message() -> None:
    @outgoing(4, registry=REGISTRY)
    class Toy:
        a: int = wire(1, since=3)

    assert refusal(Toy(0), 3) == ""
    assert refusal(Toy(0), 2) == "Toy.a = 0 needs server version 3, this server has 2"


def test_what_tws_sends_is_not_guarded() -> None:
    @incoming(1, registry=REGISTRY)
    class Toy:
        a: int = wire(1, default=0, since=3)

    assert refusal(Toy(5), 2) == ""
    assert "refuse" not in source_of(text.writer(Toy, 2))


def test_a_list_inside_of_what_may_be_missing_is_looked_at_if_that_is_there() -> None:
    @struct
    class Box:
        legs: tuple[Leg, ...] = wire(1, default=())

    cls = type("Toy", (), {"__annotations__": {"box": Box | None}, "box": wire(1, default=None)})
    toy: Any = outgoing(5, registry=REGISTRY)(cls)

    assert refusal(toy(None), 4) == ""
    assert refusal(toy(Box((Leg(),))), 4) == ""
    assert "box.legs[].slot = 5 needs" in refusal(toy(Box((Leg(slot=5),))), 4)


def test_a_message_that_makes_no_sense_fails_with_the_name_of_the_field() -> None:
    message = Ask(1, contract=None)  # type: ignore[arg-type]  # the point of the test

    with pytest.raises(AttributeError) as caught:
        text.writer(Ask, 3)(message)
    assert field_at_fault(caught.value) == "contract.legs"


def test_an_element_of_text_alone_is_refused_in_protobuf() -> None:
    @struct
    class Element:
        a: int = wire(1, default=0)
        b: int = wire(default=0)

    cls = type("Toy", (), {"__annotations__": {"x": tuple[Element, ...]}, "x": wire(1, default=())})
    toy: Any = outgoing(6, proto=PROTO, registry=REGISTRY)(cls)

    assert refusal(toy((Element(b=5),)), 1) == ""
    assert "x[].b = 5 has no form" in refusal(toy((Element(b=5),)), PROTO)


def test_bounds_tell_which_versions_have_a_field_in_text() -> None:
    bounds = bounds_of(Ask)

    assert bounds["key",] == Bounds(0, FOREVER)
    assert bounds["old",] == Bounds(0, 3)
    assert bounds["middle",] == Bounds(3, 5)
    assert bounds["moved",] == bounds["gone_and_back",] == Bounds(0, FOREVER)
    assert bounds["date",] == bounds["time",] == Bounds(2, FOREVER)
    assert bounds["spare",] == bounds["spare", "a"] == Bounds(4, FOREVER)
    assert bounds["spare", "b"] == Bounds(5, FOREVER)
    assert ("only_proto",) not in bounds
    assert ("contract", "description") not in bounds


def test_bounds_contain_their_first_version_and_not_their_last() -> None:
    assert [version in Bounds(3, 5) for version in (2, 3, 4, 5)] == [False, True, True, False]
