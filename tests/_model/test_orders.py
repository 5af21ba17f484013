"""Orders come back as they were: with every field set, with none, and with any of them."""

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests._model.facts import class_of, name_of
from tests._model.survivors import all_versions, changed, some_versions, survivors
from trio_tws import (
    ComboLeg,
    CompletedOrder,
    Contract,
    LocalProtocolError,
    MarginCondition,
    OpenOrder,
    Order,
    PlaceOrder,
    SecType,
    SoftDollarTier,
    TagValue,
)
from trio_tws import _versions as v
from trio_tws._enums import OpenIntEnum, OpenStrEnum
from trio_tws._wire.fields import WireField, fields_of, spec_of
from trio_tws.protocol._codec import Codec

MESSAGES = [PlaceOrder, OpenOrder, CompletedOrder]

PEGS: tuple[dict[str, Any], ...] = (
    {"order_type": "LMT"},
    {"order_type": "PEG BENCH"},
    {"order_type": "PEG BEST", "compete_against_best_offset": math.inf},
    {"order_type": "PEG MID"},
)
"""Types of orders on which the wire makes fields depend."""


def full(cls: type, number: int = 3) -> Any:
    """Makes a message or structure in which each field has a value, and one of its own."""
    values: dict[str, Any] = {}
    for field in fields_of(cls):
        number += 1
        values[field.name] = value_of(field, number)
    return cls(**values)


def value_of(field: WireField, number: int) -> Any:
    if field.name == "conditions":
        return (MarginCondition(is_more=True, percent=number),)
    if field.struct is TagValue:
        return (TagValue("first", str(number)),)
    if field.struct is not None:
        made = full(field.struct, number)
        return (made, made) if field.is_list else made
    default: Any = field.default
    if isinstance(default, OpenIntEnum | OpenStrEnum):
        return next(member for member in type(default) if member != default)
    match field.value_kind.name:
        case "bool":
            return not default
        case "int" | "long":
            return number
        case "float":
            return number + 0.5
        case "dec":
            return Decimal(number)
        case _:
            return str(number)


def every_field(cls: type, peg: dict[str, Any]) -> Any:
    """Gives a message with all that this type of order can have."""
    message = full(cls)
    contract = changed(
        message.contract, sec_type=SecType.COMBO, exchange="IBKRATS", multiplier="100"
    )
    return changed(message, contract=contract, order=changed(message.order, **peg))


def no_field(cls: type) -> Any:
    return PlaceOrder(1, Contract(), Order()) if cls is PlaceOrder else cls()


def check(message: Any, versions: Iterable[int]) -> None:
    is_incoming = spec_of(class_of(message)).is_incoming
    for version in versions:
        sender, receiver = (
            Codec(version, reads_incoming=side, strict=True)
            for side in (not is_incoming, is_incoming)
        )
        expected = survivors(message, version)
        received = receiver.decode(sender.encode(expected))
        assert received == expected, f"at server version {version}"
        assert repr(received) == repr(expected), f"at server version {version}"


@pytest.mark.parametrize("peg", PEGS, ids=lambda peg: peg["order_type"])
@pytest.mark.parametrize("cls", MESSAGES, ids=name_of)
def test_with_every_field_set(cls: type, peg: dict[str, Any]) -> None:
    check(every_field(cls, peg), some_versions(cls)[::5])


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.parametrize("peg", PEGS, ids=lambda peg: peg["order_type"])
@pytest.mark.parametrize("cls", MESSAGES, ids=name_of)
def test_with_every_field_set_at_every_version(cls: type, peg: dict[str, Any]) -> None:
    check(every_field(cls, peg), all_versions(cls))


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.parametrize("cls", MESSAGES, ids=name_of)
def test_with_no_field_set_at_every_version(cls: type) -> None:
    check(no_field(cls), all_versions(cls))


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.parametrize("cls", MESSAGES, ids=name_of)
@settings(max_examples=40)
@given(data=st.data())
def test_with_any_fields_set_at_every_version(cls: type, data: st.DataObject) -> None:
    whole = every_field(cls, data.draw(st.sampled_from(PEGS)))
    names = [field.name for field in fields_of(Order)]
    chosen = data.draw(st.sets(st.sampled_from(names)))
    order = changed(Order(), **{name: getattr(whole.order, name) for name in chosen})
    check(changed(whole, order=order), data.draw(st.permutations(all_versions(cls)))[:12])


@pytest.mark.parametrize("cls", MESSAGES, ids=name_of)
def test_every_value_is_another_than_the_default(cls: type) -> None:
    """Or the tests above would not see that a field is lost."""
    full_order, empty_order = every_field(cls, PEGS[0]).order, no_field(cls).order
    for field in fields_of(Order):
        assert getattr(full_order, field.name) != getattr(empty_order, field.name), field.name


@pytest.mark.parametrize("name", [field.name for field in fields_of(Order)])
def test_a_field_arrives_or_is_refused_or_is_for_tws_to_tell(name: str) -> None:
    """Nothing that a user may say of an order gets lost on the way to TWS."""
    told = {
        "bond_accrued_interest",
        "basis_points",
        "basis_points_type",
        "client_id",
        "filled_quantity",
        "order_id",
        "parent_perm_id",
        "perm_id",
        "ref_futures_con_id",
        "shareholder",
        "submitter",
        "auto_cancel_date",
    }
    value = getattr(every_field(PlaceOrder, PEGS[0]).order, name)
    if isinstance(value, SoftDollarTier):
        value = SoftDollarTier(value.name, value.val)  # its name for people comes from TWS
    message = PlaceOrder(1, Contract(), changed(Order(), **{name: value}))
    for version in (v.MIN_SERVER_VERSION, 176, v.PROTOBUF_PLACE_ORDER - 1, v.MAX_SERVER_VERSION):
        client = Codec(version, reads_incoming=True, strict=True)
        server = Codec(version, reads_incoming=False, strict=True)
        refused, received = "", None
        try:
            received = server.decode(client.encode(message))
        except LocalProtocolError as error:
            refused = str(error)
        arrived = received == message or (name in told and received == no_field(PlaceOrder))
        assert arrived is not (f"order.{name}" in refused)


# Zero and nothing .................................................................................


@pytest.mark.parametrize("version", [100, 176, 202, 203, 226])
@pytest.mark.parametrize("value", [None, 0.0])
def test_zero_is_zero_and_nothing_is_nothing(version: int, value: float | None) -> None:
    client = Codec(version, reads_incoming=True, strict=True)
    server = Codec(version, reads_incoming=False, strict=True)
    names = [
        field.name
        for field in fields_of(Order)
        if field.is_optional and field.value_kind.name == "float" and field.number is not None
    ]
    conditional = {"compete_against_best_offset", "mid_offset_at_whole", "mid_offset_at_half"}
    scaled = {"scale_price_adjust_value", "scale_profit_offset"}
    for name in names:
        if version < v.PROTOBUF_PLACE_ORDER and name in conditional | scaled:
            continue  # refused unless the order calls for them
        if version < v.CASH_QTY and (
            name == "cash_qty" or name.startswith(("adjusted", "trigger", "lmt_price_offset"))
        ):
            continue
        message = PlaceOrder(1, Contract(strike=value), changed(Order(), **{name: value}))
        assert server.decode(client.encode(message)) == message, name


# Leg prices .......................................................................................


LEGS = (ComboLeg(1, per_leg_price=0.5), ComboLeg(2), ComboLeg(3, per_leg_price=0.0))


def combo(legs: tuple[ComboLeg, ...]) -> PlaceOrder:
    return PlaceOrder(1, Contract(sec_type=SecType.COMBO, combo_legs=legs), Order())


@pytest.mark.parametrize("version", [100, 176, 202, 203, 226])
def test_prices_of_legs_stay_with_their_legs(version: int) -> None:
    client = Codec(version, reads_incoming=True, strict=True)
    server = Codec(version, reads_incoming=False, strict=True)

    assert server.decode(client.encode(combo(LEGS))) == combo(LEGS)


def test_in_text_they_are_a_list_after_the_legs() -> None:
    priced = Codec(176, reads_incoming=True).encode(combo(LEGS))
    plain = Codec(176, reads_incoming=True).encode(combo((ComboLeg(1), ComboLeg(2))))

    assert b"\x003\x001\x000\x00\x00\x000\x000\x00\x00-1\x002\x00" in priced
    assert b"\x003\x000.5\x00\x000.0\x00" in priced
    assert b"\x00-1\x000\x000\x00" in plain  # no prices, no routing parameters


# Whole quantities .................................................................................


def test_a_server_that_takes_no_fractions_is_sent_none() -> None:
    message = PlaceOrder(1, Contract(), Order(total_quantity=Decimal("1.5")))
    old = Codec(v.FRACTIONAL_POSITIONS - 1, reads_incoming=True)
    new = Codec(v.FRACTIONAL_POSITIONS, reads_incoming=True)

    with pytest.raises(LocalProtocolError, match=r"order\.total_quantity.*1\.5 is not whole"):
        old.encode(message)
    assert b"\x001.5\x00" in new.encode(message)
    whole = changed(message, order=Order(total_quantity=Decimal("2.0")))
    assert b"\x002\x00" in old.encode(whole)


def test_transmit_is_true_where_tws_does_not_say() -> None:
    """An order that is read and sent again would be parked, if absent meant false."""
    client = Codec(v.MAX_SERVER_VERSION, reads_incoming=True)
    server = Codec(v.MAX_SERVER_VERSION, reads_incoming=False)
    told = client.decode(bytes.fromhex("000000cd") + b"\x1a\x00")  # an empty order
    parked = PlaceOrder(1, Contract(), Order(transmit=False))

    assert isinstance(told, OpenOrder)
    assert told.order.transmit
    assert server.decode(client.encode(parked)) == parked
