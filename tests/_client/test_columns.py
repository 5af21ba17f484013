from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any, Literal, cast

import attrs
import pytest

from trio_tws import (
    Bar,
    ComboLeg,
    Contract,
    ContractData,
    ContractDetails,
    CurrentTime,
    DeltaNeutralContract,
    ExecutionCondition,
    MalformedMessage,
    OpenOrder,
    Order,
    RemoteProtocolError,
    SecType,
    TagValue,
    Tick,
    TickGeneric,
    TickPrice,
    TickReqParams,
    TickSize,
    TickString,
    TickType,
)
from trio_tws._client._columns import Column, Many, Record, Scalar, columns
from trio_tws._model import MESSAGES

MOMENT = datetime(2026, 1, 16, 14, 30, tzinfo=UTC)


def by_name(items: list[Any], kind: Any = None) -> dict[str, Column]:
    return {column.name: column for column in columns(items, kind)}


def bar(time: datetime | date) -> Bar:
    return Bar(time, 1.5, 2, 1, 1.75, Decimal("0.30"), None, 7)


def test_fields_are_columns_in_their_order() -> None:
    eastern = timezone(timedelta(hours=-5))
    found = columns([bar(MOMENT.astimezone(eastern)), bar(MOMENT)], None)

    assert [column.name for column in found] == list(attrs.fields_dict(Bar))
    assert found[0] == Column("time", Scalar.MOMENT, is_optional=False, values=[MOMENT, MOMENT])
    assert {type(value) for value in found[2].values} == {float}
    assert found[5] == Column("volume", Scalar.NUMBER, is_optional=True, values=[0.3, 0.3])
    assert found[6] == Column("wap", Scalar.NUMBER, is_optional=True, values=[None, None])
    assert found[7].shape is Scalar.INTEGER


def test_the_time_of_bars_is_a_moment_or_a_day_as_they_have_it() -> None:
    day = date(2026, 1, 16)

    assert by_name([bar(day)])["time"].shape is Scalar.DAY
    assert by_name([bar(day)])["time"].values == [day]
    assert by_name([], Bar)["time"].shape is Scalar.MOMENT
    with pytest.raises(TypeError, match="time has moments and days"):
        columns([bar(day), bar(MOMENT)], None)


def test_nothing_has_no_columns_and_with_a_kind_those_of_the_kind() -> None:
    assert columns([], None) == []
    for kind in (Bar, ContractData, OpenOrder, Tick):
        empty = columns([], kind)
        assert empty
        assert not any(column.values for column in empty)


def test_the_columns_of_an_empty_list_are_those_of_a_full_one() -> None:
    full = columns([ContractData(1), ContractData(2)], None)
    empty = columns([], ContractData)

    assert [(c.name, c.shape, c.is_optional) for c in full] == [
        (c.name, c.shape, c.is_optional) for c in empty
    ]


@pytest.mark.parametrize("message", list(MESSAGES))
def test_every_message_has_a_column_for_each_field(message: type) -> None:
    names = [column.name for column in columns([], message)]

    assert len(set(names)) == len(names)
    assert {name.partition(".")[0] for name in names} == set(attrs.fields_dict(message))


def test_a_structure_becomes_columns_named_by_their_path() -> None:
    contract = Contract(con_id=7, symbol="SPY", delta_neutral_contract=DeltaNeutralContract(8))
    found = by_name(
        [ContractData(1, contract), ContractData(2, details=ContractDetails(min_size=Decimal(5)))]
    )

    assert found["contract.symbol"].values == ["SPY", ""]
    assert found["contract.con_id"].is_optional is False
    assert found["contract.delta_neutral_contract.con_id"].values == [8, None]
    assert found["contract.delta_neutral_contract.con_id"].is_optional is True
    assert found["details.min_size"].values == [None, 5.0]


def test_tuples_are_lists_and_their_structures_stay_together() -> None:
    contract = Contract(combo_legs=(ComboLeg(7, per_leg_price=1.5),))
    details = ContractDetails(sec_id_list=(TagValue("ISIN", "US1"), TagValue("CUSIP", "2")))
    found = by_name([ContractData(1, contract, details)])
    legs = found["contract.combo_legs"]

    assert found["details.sec_id_list"].shape == Many(
        Record((("tag", Scalar.TEXT), ("value", Scalar.TEXT)))
    )
    assert found["details.sec_id_list"].values == [
        [{"tag": "ISIN", "value": "US1"}, {"tag": "CUSIP", "value": "2"}]
    ]
    (leg,) = cast(list[dict[str, object]], legs.values[0])
    assert (leg["con_id"], leg["per_leg_price"]) == (7, 1.5)


def test_what_has_no_better_form_is_text() -> None:
    condition = ExecutionCondition("IBM", SecType.STOCK, "SMART")
    (value,) = by_name([OpenOrder(order=Order(conditions=(condition,)))])["order.conditions"].values
    malformed = by_name([MalformedMessage(TickPrice, 46, b"\1", RemoteProtocolError("no"))])

    assert value == [str(condition)]
    assert malformed["payload"].values == [b"\1"]
    assert malformed["payload"].shape is Scalar.BYTES
    assert malformed["error"].values == ["no"]
    assert malformed["message_type"].values == ["TickPrice"]


def test_an_enumeration_is_its_values() -> None:
    found = by_name([TickPrice(1, TickType.BID, 2.5)])
    sec_type = by_name([ContractData(contract=Contract(sec_type=SecType.STOCK))])[
        "contract.sec_type"
    ]

    assert found["tick_type"] == Column("tick_type", Scalar.INTEGER, is_optional=False, values=[1])
    assert type(found["tick_type"].values[0]) is int
    assert type(found["attribs"].values[0]) is int
    assert (sec_type.shape, sec_type.values) == (Scalar.TEXT, ["STK"])
    assert type(sec_type.values[0]) is str


def test_classes_are_merged_by_name_behind_their_own() -> None:
    found = by_name(
        [
            TickPrice(1, TickType.BID, 2.5),
            TickSize(1, TickType.BID_SIZE, Decimal(3)),
            TickReqParams(1, 0.01),
        ]
    )

    assert next(iter(found)) == "class"
    assert found["class"].values == ["TickPrice", "TickSize", "TickReqParams"]
    assert found["class"].is_optional is False
    assert found["req_id"] == Column("req_id", Scalar.INTEGER, is_optional=False, values=[1, 1, 1])
    assert found["price"] == Column("price", Scalar.NUMBER, True, [2.5, None, None])
    assert found["size"].values == [None, 3.0, None]
    assert found["tick_type"].is_optional is True


def test_a_union_says_which_classes_there_may_be() -> None:
    found = by_name([TickPrice(1, TickType.BID, 2.5)], TickPrice | TickSize)

    assert list(found) == ["class", "req_id", "tick_type", "price", "size", "attribs"]


def test_text_and_a_number_in_one_column_are_text() -> None:
    items = [TickString(1, TickType.LAST_EXCH, "N"), TickGeneric(1, TickType.HALTED, 0.5)]

    for value in (by_name(items)["value"], by_name(items[::-1])["value"]):
        assert value.shape is Scalar.TEXT
        assert sorted(cast(list[str], value.values)) == ["0.5", "N"]


class Number(IntEnum):
    ONE = 1


class Word(StrEnum):
    HI = "hi"


class Mixed(Enum):
    ONE = 1
    HALF = 0.5


class Nothing(Enum):
    pass


@attrs.frozen
class First:
    both: int | float
    choice: Literal["a", "b"]
    number: Number | int
    word: Word | None
    mixed: Mixed
    nothing: Nothing | None
    pair: tuple[int, str]
    maybe: tuple[int | None, ...]
    anything: object
    later: int


@attrs.frozen
class Second:
    both: int
    later: float


def test_every_annotation_has_a_shape() -> None:
    row = First(1, "a", Number.ONE, Word.HI, Mixed.HALF, None, (1, "x"), (1, None), 3, 4)
    found = by_name([row])

    assert {name: column.shape for name, column in found.items()} == {
        "both": Scalar.NUMBER,
        "choice": Scalar.TEXT,
        "number": Scalar.INTEGER,
        "word": Scalar.TEXT,
        "mixed": Scalar.NUMBER,
        "nothing": Scalar.TEXT,
        "pair": Scalar.TEXT,
        "maybe": Many(Scalar.INTEGER),
        "anything": Scalar.TEXT,
        "later": Scalar.INTEGER,
    }
    assert [column.values[0] for column in found.values()] == [
        1.0, "a", 1, "hi", 0.5, None, "(1, 'x')", [1, None], "3", 4,
    ]  # fmt: skip


def test_whole_numbers_and_others_in_one_column_are_numbers() -> None:
    first = First(1, "a", 1, None, Mixed.ONE, None, (1, "x"), (), None, 4)
    found = by_name([first, Second(5, 0.5)])

    assert found["both"].shape is Scalar.NUMBER
    assert found["later"] == Column("later", Scalar.NUMBER, is_optional=False, values=[4.0, 0.5])
    assert type(found["later"].values[0]) is float


def test_an_item_of_another_class_is_refused() -> None:
    with pytest.raises(TypeError, match=r"item 1 is a TickSize, which kind=.*TickPrice.* excludes"):
        columns([TickPrice(1), TickSize(1)], TickPrice)


@pytest.mark.parametrize(("items", "kind"), [([1, 2], None), ([], int)])
def test_what_is_no_message_is_refused(items: list[object], kind: type | None) -> None:
    with pytest.raises(TypeError, match="int has no fields to make columns of"):
        columns(items, kind)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone; give an aware datetime"):
        columns([CurrentTime(MOMENT.replace(tzinfo=None))], None)
