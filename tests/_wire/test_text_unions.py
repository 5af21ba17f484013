"""Readers and writers of the text form of unions, known members and unknown ones."""

from typing import Any

import pytest

from tests._wire.rare_toys import (
    AfterTime,
    AskRules,
    AtPrice,
    Leg,
    OtherRule,
    Ruled,
)
from tests._wire.text_toys import UNREADABLE, at_fault, read, refused
from tests._wire.toys import Lenient
from trio_tws._wire import (
    Registry,
    between,
    const,
    each,
    incoming,
    layout,
    maybe,
    present,
    rest,
    struct,
    when,
    wire,
)
from trio_tws._wire.layout import is_set
from trio_tws._wire.text import reader, writer

# Unions ...........................................................................................

TAILS = {1: ["1"], 2: ["1", "between"], 3: ["1", "n", "between"], 4: ["1", "n"], 5: ["1", "n", "l"]}


def tailed(version: int, *rules: Any) -> Ruled:
    return Ruled(7, rules, True, "n" if version >= 3 else "", "l" if version >= 5 else "")


@pytest.mark.parametrize("version", TAILS)
@pytest.mark.parametrize(
    ("rules", "fields"),
    [
        ([AtPrice(1.5)], ["1", "1", "a", "1.5"]),
        ([AfterTime("t", is_and=False)], ["1", "3", "o", "0", "t"]),
        ([AtPrice(1.5), AtPrice(2.5)], ["2", "1", "a", "1.5", "1", "a", "2.5"]),
        ([OtherRule(9)], ["1", "9"]),
        ([OtherRule(9, fields=("a", "", "5"))], ["1", "9", "a", "", "5"]),
        ([AtPrice(1.5), OtherRule(9, fields=("x",))], ["2", "1", "a", "1.5", "9", "x"]),
        ([OtherRule(9, fields=("x",)), AtPrice(1.5)], ["2", "9", "x", "1", "a", "1.5"]),
        ([OtherRule(9), AtPrice(1.5)], ["2", "9", "1", "a", "1.5"]),
        (
            [OtherRule(9, fields=("x", "y")), AtPrice(1.5), OtherRule(8, fields=("z",))],
            ["3", "9", "x", "y", "1", "a", "1.5", "8", "z"],
        ),
    ],
)
def test_an_unknown_member_has_what_no_other_takes(
    version: int, rules: list[Any], fields: list[str]
) -> None:
    message = tailed(version, *rules)
    whole = ["7", *fields, *TAILS[version]]

    assert writer(Ruled, version)(message) == whole
    assert read(Ruled, whole, version) == message
    assert [type(rule) for rule in read(Ruled, whole, version).rules] == [*map(type, rules)]


def test_an_empty_list_has_none_of_its_tail() -> None:
    assert writer(Ruled, 3)(Ruled(7)) == ["7", "0", "between"]
    assert read(Ruled, ["7", "0", "between"], 3) == Ruled(7)


def test_of_two_unknown_members_in_a_row_the_first_takes_all() -> None:
    with pytest.raises(UNREADABLE):
        read(Ruled, ["7", "2", "9", "x", "8", "y", "1"], 1)


def test_an_unknown_member_with_too_short_a_tail_takes_nothing() -> None:
    tail = Lenient()
    with pytest.raises(ValueError, match="Ruled: -1"):
        read(Ruled, ["7", "1", "9", "1"], 3)

    assert read(Ruled, ["7", "1", "9", "1"], 3, tail) == Ruled(7, (OtherRule(9),), True)
    assert tail.seen == [-1]


def test_an_unknown_member_before_a_tail_of_unknown_length_is_refused() -> None:
    known, unknown = ["2", "1", "1", "a", "1.5"], ["2", "1", "9", "x"]

    assert read(AskRules, known, 5) == AskRules(2, (AtPrice(1.5),))
    assert read(AskRules, unknown, 4) == AskRules(2, (OtherRule(9, fields=("x",)),))
    assert at_fault(AskRules, unknown, 5) == "rules[].fields"
    with pytest.raises(ValueError, match="an element of unknown length"):
        read(AskRules, unknown, 5)


def test_what_is_no_member_is_not_written() -> None:
    assert refused(Ruled(7, (5,)), 1) == ("rules", "5 is not a rule")  # type: ignore[arg-type]
    assert refused(AskRules(7, ("x",)), 1)[0] == "rules"  # type: ignore[arg-type]  # the point


def test_what_a_member_has_left_is_checked_like_any_text() -> None:
    assert refused(Ruled(7, (OtherRule(9, fields=("a\0",)),)), 1)[0] == "rules[].fields"
    assert refused(AskRules(7, (OtherRule(9, fields=("é",)),)), 1)[0] == "rules[].fields"
    assert refused(Ruled(7, (OtherRule(9, fields=None),)), 1)[0] == "rules[].fields"  # type: ignore[arg-type]


@pytest.mark.parametrize("count", ["-1", "99", "9" * 4000])
def test_a_count_of_members_beyond_the_message_is_refused_at_once(count: str) -> None:
    with pytest.raises(ValueError, match=r"a list of -?\d+ elements in a message of 5 fields"):
        read(Ruled, ["7", count, "9", "1"], 1, Lenient())


# Lists of unions in other places ..................................................................


def _is_odd(number: int) -> bool:
    return number % 2 == 1


SHOWN = list[int]()
"""How many fields were shown to `_starts`, each time."""


def _starts(fields: list[str]) -> bool:
    SHOWN.append(len(fields))
    return fields[0].isdigit()


@struct
class Member:
    """Has what is left if its type is odd, from type 3 on after a list."""

    type: int = wire(1, default=0)
    legs: tuple[Leg, ...] = wire(2, default=())
    fields: tuple[str, ...] = wire(default=())


layout(
    Member,
    Member.type,
    when(Member.type, 3, each(Member.legs, Leg.ratio, when(Leg.ratio, 5, Leg.price))),
    when(Member.type, _is_odd, rest(Member.fields, _starts)),
)


@struct
class Group:
    members: tuple[Member, ...] = wire(1, default=())


REGISTRY = Registry()


@incoming(1, registry=REGISTRY)
class Grouped:
    """A list at each version somewhere else."""

    kind: str = wire(1, default="x")
    members: tuple[Member, ...] = wire(2, default=())
    group: Group | None = wire(3, default=None)
    groups: tuple[Group, ...] = wire(4, default=())
    after: str = wire(5, default="")


G = Grouped

layout(
    Grouped,
    G.kind,
    between(1, 2, when(G.kind, "x", each(G.members))),
    between(2, 3, maybe(G.group)),
    between(3, 4, when(G.kind, "x", present(G.group))),
    between(4, 5, each(G.groups)),
    between(5, 6, each(G.members), when(G.members, len, const("c"))),
    between(6, 7, each(G.members), when(G.members, is_set, each(G.groups))),
    G.after,
)


@incoming(2, registry=REGISTRY)
class Simple:
    members: tuple[Member, ...] = wire(1, default=())
    after: str = wire(2, default="")


ONE = (Member(1, fields=("x", "y")),)


def test_a_list_in_an_element_does_not_hide_what_follows_the_element() -> None:
    members = (Member(3, (Leg(2), Leg(5, 0.5)), ("x", "y")), Member(2), Member(3))
    fields = ["3", "3", "2", "2", "5", "0.5", "x", "y", "2", "3", "0", "end"]

    assert writer(Simple, 1)(Simple(members, "end")) == fields
    assert read(Simple, fields) == Simple(members, "end")


@pytest.mark.parametrize(
    ("version", "message", "fields"),
    [
        (1, Grouped("x", ONE, after="end"), ["x", "1", "1", "x", "y", "end"]),
        (1, Grouped("y", after="end"), ["y", "end"]),
        (2, Grouped(group=Group(ONE), after="end"), ["x", "1", "1", "1", "x", "y", "end"]),
        (2, Grouped(after="end"), ["x", "0", "end"]),
        (3, Grouped(group=Group(ONE), after="end"), ["x", "1", "1", "x", "y", "end"]),
    ],
)
def test_what_follows_the_block_around_a_list_is_not_part_of_its_elements(
    version: int, message: Grouped, fields: list[str]
) -> None:
    assert writer(Grouped, version)(message) == fields
    assert read(Grouped, fields, version) == message


@pytest.mark.parametrize(
    ("version", "fields", "field"),
    [
        (4, ["x", "1", "1", "1", "x", "y", "end"], "groups[].members[].fields"),
        (5, ["x", "1", "1", "x", "y", "c", "end"], "members[].fields"),
        (6, ["x", "1", "1", "x", "y", "0", "end"], "members[].fields"),
    ],
)
def test_an_unknown_member_is_refused_where_more_may_follow(
    version: int, fields: list[str], field: str
) -> None:
    assert at_fault(Grouped, fields, version) == field


def test_a_long_unknown_member_costs_no_more_than_its_length() -> None:
    SHOWN.clear()

    found = read(Simple, ["2", "1", *["x"] * 5000, "2", "end"])

    assert len(found.members[0].fields) == len(SHOWN) - 1 == 5000
    assert max(SHOWN) <= 16


@struct
class Early:
    """More follows what is left: a contradiction."""

    fields: tuple[str, ...] = wire(default=())
    after: str = wire(1, default="")


@incoming(3, registry=REGISTRY)
class Contradiction:
    early: tuple[Early, ...] = wire(1, default=())


@incoming(4, registry=REGISTRY)
class NoElement:
    fields: tuple[str, ...] = wire(1, default=())


layout(Early, rest(Early.fields, _starts), Early.after)
layout(NoElement, rest(NoElement.fields, _starts))


@pytest.mark.parametrize("cls", [Contradiction, NoElement])
def test_what_is_left_can_only_be_the_last_of_an_element(cls: type) -> None:
    problem = r"rest\(\) can only be the last of a list's element, and fields is not"
    with pytest.raises(TypeError, match=f"{cls.__name__}: {problem}"):
        reader(cls, 1)
