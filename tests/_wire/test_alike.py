"""Messages that are mostly alike: what is remembered of them, and what is not."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests._model.strategies import messages
from tests._model.survivors import survivors
from tests._wire.toys import Color
from trio_tws import _versions as v
from trio_tws._model.executions import ExecutionData
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._wire import (
    Registry,
    alike,
    const,
    each,
    evolve,
    incoming,
    layout,
    split,
    struct,
    text,
    when,
    wire,
)
from trio_tws._wire.source import field_at_fault

REGISTRY = Registry()
VERSION = 1


@struct
class Owner:
    name: str = wire(1, default="")
    age: int = wire(2, default=0)
    motto: str = wire(3, default="")


@struct
class Price:
    amount: float | None = wire(1, default=None)
    currency: str = wire(2, default="")


@struct
class Deed:
    number: int = wire(1, default=0)
    color: Color = wire(2, default=Color.NONE)
    price: Price = wire(3, factory=Price)
    rooms: tuple[int, ...] = wire(4, default=())
    garden: str = wire(5, default="")


@incoming(1, registry=REGISTRY)
class House:
    """Its deed differs, its owner is often the same, and the rest mostly."""

    key: int = wire(1, default=0)
    owner: Owner = wire(2, factory=Owner)
    deed: Deed = wire(3, factory=Deed)
    words: str = wire(4, default="")


def _two(text: str) -> tuple[str, str]:
    one, _, other = text.partition("/")
    return one, other


def _joined(one: str, other: str) -> str:
    return f"{one}/{other}"


layout(
    House,
    House.key,
    Owner.name,
    Owner.age,
    const("0"),
    Deed.color,
    Deed.number,
    Price.amount,
    Price.currency,
    each(Deed.rooms),
    when(Deed.color, Color.RED, Deed.garden),
    split(Owner.motto, House.words, read=_two, write=_joined),
    alike_after=Deed.number,
)


@incoming(2, registry=REGISTRY)
class Plain:
    key: int = wire(1, default=0)


@incoming(3, registry=REGISTRY)
class Listed:
    """What comes first is no row."""

    rooms: tuple[int, ...] = wire(1, default=())
    key: int = wire(2, default=0)
    words: str = wire(3, default="")


layout(Listed, each(Listed.rooms), Listed.key, Listed.words, alike_after=Listed.key)


@incoming(4, registry=REGISTRY)
class Twice:
    """One of the first comes again."""

    key: int = wire(1, default=0)
    words: str = wire(2, default="")


layout(Twice, Twice.key, Twice.words, Twice.key, alike_after=Twice.key)


def no_tail(cls: type, surplus: int) -> None:
    raise AssertionError(f"{cls} has {surplus} fields too many")


def fresh() -> text.Reader:
    """A reader that remembers nothing yet; of fields, as others are."""
    return over_fields(alike.reader.__wrapped__(House, VERSION))


def over_fields(read: alike.Reader | None) -> text.Reader:
    assert read is not None
    return lambda fields, tail: read("\0".join(fields), tail)


def fields_of(house: House) -> list[str]:
    return [*text.writer(House, VERSION)(house), ""]


def house(**changes: Any) -> House:
    return evolve(
        House(1, Owner("Ann", 30, "onward"), Deed(7, Color.BLUE, Price(9.5, "EUR"), (1, 2)), "so"),
        **changes,
    )


def test_what_follows_is_remembered_and_what_comes_first_is_read() -> None:
    read = fresh()
    first, second = house(), house(key=2, deed=evolve(house().deed, number=8))

    found = [read(fields_of(one), no_tail) for one in (first, second)]
    assert found == [first, second]
    assert found[1].deed.price is found[0].deed.price
    assert found[1].deed is not found[0].deed


def test_a_structure_among_the_first_fields_is_remembered_with_it() -> None:
    read = fresh()
    read(fields_of(house()), no_tail)  # what is read in full is not taken for another's
    one, same = read(fields_of(house(key=2)), no_tail), read(fields_of(house(key=3)), no_tail)
    other = read(fields_of(house(owner=Owner("Bob", 30, "onward"))), no_tail)

    assert one.owner is same.owner
    assert (other.owner.name, other.owner.motto) == ("Bob", "onward")
    assert read(fields_of(house(owner=Owner("Ann", 30, "back"))), no_tail).owner.motto == "back"


def test_a_field_that_a_condition_looks_back_at_is_part_of_what_is_compared() -> None:
    """The same text after it means another thing: a garden and words, or words and too much."""
    read, told = fresh(), list[int]()
    red = House(1, Owner(motto="b"), Deed(1, Color.RED, garden="a"), "c")
    fields = fields_of(red)
    assert fields[-3:] == ["a", "b/c", ""]

    for _ in range(2):
        assert read(list(fields), no_tail) == red
        found = read([*fields[:4], "2", *fields[5:]], lambda _, surplus: told.append(surplus))
        assert (found.deed.color, found.deed.garden, found.owner.motto) == (Color.BLUE, "", "a")
    assert told == [1, 1]


def test_missing_and_left_over_fields_are_told_each_time() -> None:
    read, told = fresh(), list[int]()

    def tail(_cls: type, surplus: int) -> None:
        told.append(surplus)

    for fields in (fields_of(house()), [*fields_of(house()), ""], fields_of(house())[:-2], ["1"]):
        for _ in range(3):
            read(list(fields), tail)
    assert told == [1, 1, 1, -1, -1, -1, -1, -1, -1]
    assert read(fields_of(house()), no_tail) == house()


def test_a_field_that_can_not_be_read_is_named() -> None:
    read = fresh()
    read(fields_of(house()), no_tail)
    for at, name in ((0, "key"), (2, "owner.age"), (5, "deed.number"), (6, "deed.price.amount")):
        fields = fields_of(house())
        fields[at] = "wrong"
        with pytest.raises(ValueError, match="wrong") as caught:
            read(fields, no_tail)
        assert field_at_fault(caught.value) == name


def test_what_is_remembered_is_bounded() -> None:
    read = fresh()

    def price(number: int, words: str = "so") -> object:
        return read(fields_of(house(key=number, words=words)), no_tail).deed.price

    first = price(0)
    for number in range(alike.MOST - 1):
        price(number, str(number))
    assert price(1) is first
    price(0, "one more")
    assert price(1) is not first
    long = "x" * alike.LONGEST
    assert price(0, long) is not price(1, long)


def test_structures_that_are_remembered_are_bounded() -> None:
    read = fresh()
    read(fields_of(house()), no_tail)
    for number in range(alike.MOST):
        read(fields_of(house(owner=Owner(f"Ann {number}", 5, "onward"))), no_tail)
    known, new = (
        [read(fields_of(house(owner=Owner(name, 5, "onward"))), no_tail).owner for _ in range(2)]
        for name in ("Ann 7", "Bob")
    )

    assert known[0] is known[1]
    assert new[0] == new[1]
    assert new[0] is not new[1]


def test_of_structures_that_begin_alike_the_last_is_remembered() -> None:
    read = fresh()
    owners = [Owner("Ann", age, "onward") for age in (5, 5, 6, 6, 5)]
    found = [read(fields_of(house(owner=owner)), no_tail).owner for owner in [*owners[:1], *owners]]

    assert found[1:] == owners
    assert found[1] is found[2]
    assert found[3] is found[4]
    assert found[5] is not found[1]


def test_a_message_of_which_nothing_is_said_is_read_as_ever() -> None:
    assert alike.reader(Plain, VERSION) is None


@pytest.mark.parametrize("cls", [Listed, Twice])
def test_what_comes_first_has_to_be_a_row_of_fields_that_come_once(cls: type) -> None:
    with pytest.raises(TypeError, match=f"{cls.__name__}: alike_after takes what ends a plain row"):
        alike.reader(cls, VERSION)


HOUSES = st.builds(
    House,
    st.integers(0, 3),
    st.builds(Owner, st.sampled_from(["", "Ann"]), st.integers(0, 2), st.sampled_from(["", "on"])),
    st.builds(
        Deed,
        st.integers(0, 3),
        st.sampled_from(Color),
        st.builds(Price, st.none() | st.just(1.5), st.sampled_from(["", "EUR"])),
        st.lists(st.integers(0, 2), max_size=2).map(tuple),
        st.sampled_from(["", "roses"]),
    ),
    st.sampled_from(["", "so"]),
)


@settings(max_examples=20)
@given(houses=st.lists(HOUSES, max_size=8))
def test_it_reads_what_the_plain_reader_reads(houses: list[House]) -> None:
    read, plain = fresh(), text.reader(House, VERSION)
    for one in houses:
        fields = fields_of(one)
        assert repr(read(list(fields), no_tail)) == repr(plain(list(fields), no_tail))


@pytest.mark.slow
@pytest.mark.parametrize("cls", [OpenOrder, CompletedOrder, ExecutionData])
@given(data=st.data())
def test_orders_are_read_the_same_once_and_again(cls: type, data: st.DataObject) -> None:
    version = data.draw(st.sampled_from([v.COMPLETED_ORDERS, 176, v.PROTOBUF - 1]))
    message = survivors(data.draw(messages(cls)), version)
    fields = [*text.writer(cls, version)(message), ""]
    expected = repr(text.reader(cls, version)(list(fields), no_tail))

    for _ in range(3):
        assert repr(over_fields(alike.reader(cls, version))(fields, no_tail)) == expected
