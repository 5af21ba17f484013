"""Conditions: six classes that travel as one structure, and whatever else may come."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from itertools import product
from typing import Any, get_args

import attrs
import pytest

from trio_tws import (
    CompletedOrder,
    Condition,
    Contract,
    ExecutionCondition,
    JoinedConditions,
    LocalProtocolError,
    MalformedMessage,
    MarginCondition,
    OpenOrder,
    Order,
    PercentChangeCondition,
    PlaceOrder,
    PriceCondition,
    SecType,
    TimeCondition,
    TriggerMethod,
    UnknownCondition,
    VolumeCondition,
)
from trio_tws import _versions as v
from trio_tws._model.conditions import CONDITIONS
from trio_tws._wire.fields import fields_of
from trio_tws.protocol._codec import Codec

ALL: tuple[Condition, ...] = (
    PriceCondition(265598, "SMART", is_more=True, price=180.5),
    TimeCondition(is_more=False, time="20261231 12:00:00 US/Eastern"),
    MarginCondition(is_more=True, percent=30, is_conjunction_connection=False),
    ExecutionCondition("EUR", SecType.FOREX, "IDEALPRO"),
    VolumeCondition(8314, "SMART", is_more=True, volume=10000),
    PercentChangeCondition(8314, "SMART", is_more=False, change_percent=-2.5),
)

BODIES = (
    "1 a 1 180.5 265598 SMART 0",
    "3 a 0 20261231_12:00:00_US/Eastern",
    "4 o 1 30",
    "5 a CASH IDEALPRO EUR",
    "6 a 1 10000 8314 SMART",
    "7 a 0 -2.5 8314 SMART",
)
"""The same in text, with spaces for NUL."""

LAST_TEXT = v.PROTOBUF_PLACE_ORDER - 1


def body(*texts: str) -> bytes:
    """Gives the fields of conditions as they stand on the wire."""
    fields = [text.replace("_", " ") for condition in texts for text in condition.split(" ")]
    return "".join(f"{field}\0" for field in (str(len(texts)), *fields)).encode()


def client(version: int) -> Codec:
    return Codec(version, reads_incoming=True, strict=True)


def server(version: int) -> Codec:
    return Codec(version, reads_incoming=False, strict=True)


def opened(*conditions: Condition) -> OpenOrder:
    return OpenOrder(7, order=Order(conditions=conditions, conditions_ignore_rth=True))


def placed(*conditions: Condition) -> PlaceOrder:
    return PlaceOrder(7, Contract(), Order(conditions=conditions))


def test_every_type_has_a_class_and_every_class_a_type() -> None:
    assert {*CONDITIONS.values(), UnknownCondition} == {*get_args(Condition)}
    assert [type(condition) for condition in ALL] == [*CONDITIONS.values()]


@pytest.mark.parametrize("cls", [*CONDITIONS.values()], ids=lambda cls: cls.__name__)
def test_a_condition_has_fields_of_the_structure_it_travels_as(cls: Any) -> None:
    assert {*attrs.fields_dict(cls)} <= {field.name for field in fields_of(UnknownCondition)}


@pytest.mark.parametrize(("condition", "text"), [*zip(ALL, BODIES, strict=True)])
def test_a_condition_is_its_type_and_its_fields(condition: Condition, text: str) -> None:
    assert body(text) in client(v.PEGGED_TO_BENCHMARK).encode(placed(condition))
    assert body(text) in server(LAST_TEXT).encode(opened(condition))


@pytest.mark.parametrize("version", [v.PEGGED_TO_BENCHMARK, LAST_TEXT, v.MAX_SERVER_VERSION])
def test_conditions_come_back_as_they_were(version: int) -> None:
    received = client(version).decode(server(version).encode(opened(*ALL)))
    assert received == opened(*ALL)
    assert server(version).decode(client(version).encode(placed(*ALL))) == placed(*ALL)


def test_a_server_that_is_too_old_is_sent_none() -> None:
    with pytest.raises(LocalProtocolError, match=r"order\.conditions .*needs server version 102"):
        client(v.PEGGED_TO_BENCHMARK - 1).encode(placed(*ALL))


@pytest.mark.parametrize("version", [LAST_TEXT, v.MAX_SERVER_VERSION])
def test_what_is_no_condition_is_refused(version: int) -> None:
    wrong: Any = "price > 5"
    with pytest.raises(LocalProtocolError, match=r"order\.conditions.*not a condition"):
        client(version).encode(placed(wrong))


def test_what_protobuf_leaves_out_of_a_condition_reads_as_nothing() -> None:
    bare = UnknownCondition(type=1)
    received = client(v.MAX_SERVER_VERSION).decode(
        server(v.MAX_SERVER_VERSION).encode(opened(bare))
    )
    assert isinstance(received, OpenOrder)
    assert received.order.conditions == (
        PriceCondition(0, "", is_more=False, price=0.0, trigger_method=TriggerMethod.DEFAULT),
    )


# Types that no one knows ..........................................................................


@pytest.mark.parametrize("version", [v.PEGGED_TO_BENCHMARK, 176, LAST_TEXT])
@pytest.mark.parametrize("at", range(3))
def test_an_unknown_condition_is_kept_with_its_fields(version: int, at: int) -> None:
    new = UnknownCondition(type=8, fields=("a", "1", "0.25", "265598", "SMART"))
    conditions = [ALL[2], ALL[4]]
    conditions.insert(at, new)
    sent = opened(*conditions)

    assert client(version).decode(server(version).encode(sent)) == sent


def test_several_are_told_apart_by_how_they_begin() -> None:
    first = UnknownCondition(type=8, fields=("a", "1", "x"))
    second = UnknownCondition(type=9, fields=("o",))
    sent = CompletedOrder(order=Order(conditions=(first, second, ALL[0], first)))

    assert client(LAST_TEXT).decode(server(LAST_TEXT).encode(sent)) == sent


def test_protobuf_keeps_what_it_has_of_one() -> None:
    new = UnknownCondition(
        type=8, is_more=True, is_conjunction_connection=False, price=5.0, time="20261231"
    )
    version = v.MAX_SERVER_VERSION

    assert client(version).decode(server(version).encode(opened(new))) == opened(new)
    assert server(version).decode(client(version).encode(placed(new))) == placed(new)


def test_it_is_sent_again_as_it_came() -> None:
    new = UnknownCondition(type=8, fields=("a", "1", "0.25"))

    assert body("8 a 1 0.25") in client(LAST_TEXT).encode(placed(new))


@pytest.mark.parametrize(
    ("version", "condition"),
    [
        (LAST_TEXT, UnknownCondition(type=8, price=5.0)),
        (LAST_TEXT, UnknownCondition(type=1, fields=("a",))),
        (v.MAX_SERVER_VERSION, UnknownCondition(type=8, fields=("a",))),
    ],
)
def test_what_its_format_can_not_carry_is_refused(
    version: int, condition: UnknownCondition
) -> None:
    with pytest.raises(LocalProtocolError, match=r"order\.conditions\[\]\.(price|fields)"):
        client(version).encode(placed(condition))


def test_in_an_order_that_a_client_places_its_end_can_not_be_told() -> None:
    payload = client(LAST_TEXT).encode(placed(UnknownCondition(type=8, fields=("a",))))
    received = server(LAST_TEXT).decode(payload)

    assert isinstance(received, MalformedMessage)
    assert received.payload == payload


# Joined ...........................................................................................

A, B, C, D = (
    VolumeCondition(1, "SMART", is_more=True, volume=1),
    VolumeCondition(2, "SMART", is_more=True, volume=1),
    VolumeCondition(3, "SMART", is_more=True, volume=1),
    VolumeCondition(4, "SMART", is_more=True, volume=1),
)


def holds_and_first(chain: Sequence[Condition], holds: Callable[[Condition], bool]) -> bool:
    """Whether a list holds, if "and" binds before "or"."""
    groups: list[list[bool]] = [[]]
    for condition in chain:
        groups[-1].append(holds(condition))
        if not condition.is_conjunction_connection:
            groups.append([])
    return any(all(group) for group in groups if group)


def holds_from_the_start(chain: Sequence[Condition], holds: Callable[[Condition], bool]) -> bool:
    """Whether a list holds, if it is read from its start."""
    so_far, joined_by_and = True, True
    for condition in chain:
        here = holds(condition)
        so_far = so_far and here if joined_by_and else so_far or here
        joined_by_and = condition.is_conjunction_connection is True
    return so_far


JOINED: list[tuple[JoinedConditions, Callable[[bool, bool, bool, bool], bool]]] = [
    (A & B, lambda a, b, _c, _d: a and b),
    (A | B, lambda a, b, _c, _d: a or b),
    (A & B & C & D, lambda a, b, c, d: a and b and c and d),
    (A & (B & (C & D)), lambda a, b, c, d: a and b and c and d),
    (A | B | C | D, lambda a, b, c, d: a or b or c or d),
    (A | (B | (C | D)), lambda a, b, c, d: a or b or c or d),
    (A & B | C, lambda a, b, c, _d: (a and b) or c),
    (A | B & C, lambda a, b, c, _d: a or (b and c)),
    (A | B & C | D, lambda a, b, c, d: a or (b and c) or d),
    ((A & B) | (C | D), lambda a, b, c, d: (a and b) or c or d),
]
"""Each with what it means, of whether the four hold."""


@pytest.mark.parametrize(("joined", "meant"), JOINED)
def test_what_is_joined_holds_in_both_ways_of_reading_a_list(
    joined: JoinedConditions, meant: Callable[..., bool]
) -> None:
    chain = joined.chain()

    assert chain[-1].is_conjunction_connection
    for values in product((False, True), repeat=4):

        def holds(condition: Condition, values: tuple[bool, ...] = values) -> bool:
            assert isinstance(condition, VolumeCondition)
            return values[condition.con_id - 1]

        assert holds_and_first(chain, holds) is meant(*values)
        assert holds_from_the_start(chain, holds) is meant(*values)


@pytest.mark.parametrize("joined", [A & B | C & D, (A | B) & C, A & (B | C), (A | B) & (C | D)])
def test_what_the_two_ways_read_differently_is_refused(joined: JoinedConditions) -> None:
    with pytest.raises(ValueError, match="IB does not say how such a list is read"):
        joined.chain()


def test_what_brackets_only_seem_to_change_is_accepted() -> None:
    assert ((A | B) | C).chain() == (A | (B | C)).chain()


@pytest.mark.parametrize("known", [*ALL])
def test_any_of_the_six_can_be_joined(known: Any) -> None:
    assert [type(one) for one in (known & A).chain()] == [type(known), VolumeCondition]
    assert [type(one) for one in (A | known).chain()] == [VolumeCondition, type(known)]


@pytest.mark.parametrize("wrong", ["price > 5", 5, None, UnknownCondition(type=8)])
def test_nothing_else_can_be_joined(wrong: Any) -> None:
    joins: list[Callable[[Any], object]] = [A.__and__, A.__or__, (A & B).__and__, (A & B).__or__]
    for join in joins:
        with pytest.raises(TypeError, match="can't be joined to a condition"):
            join(wrong)


def test_a_time_is_a_moment_with_a_zone() -> None:
    moment = datetime(2027, 1, 4, 9, 30, tzinfo=timezone(timedelta(hours=-5)))

    assert TimeCondition.after(moment) == TimeCondition(is_more=True, time="20270104-14:30:00")
    assert TimeCondition.before(moment) == TimeCondition(is_more=False, time="20270104-14:30:00")
    with pytest.raises(ValueError, match=r"moment=.* has no time zone"):
        TimeCondition.after(moment.replace(tzinfo=None))
