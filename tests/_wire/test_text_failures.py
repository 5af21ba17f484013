"""Text that can't be read or written, and whatever else comes along."""

import traceback
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests._wire.text_toys import UNREADABLE, Lists, Point, Price, Row, Table, read
from tests._wire.toys import (
    TEXT_VERSIONS,
    TOYS,
    Engine,
    Lenient,
    Maybes,
    Nested,
    Scalars,
    class_of,
    messages,
    strict,
)
from trio_tws._wire.kinds import UNSET_INT
from trio_tws._wire.source import field_at_fault
from trio_tws._wire.text import writer

# What can't be read or written ....................................................................


@pytest.mark.parametrize(
    ("cls", "fields", "field"),
    [
        (Price, ["6", "x", "", "", ""], "key"),
        (Price, ["6", "1", "x", "", ""], "price"),
        (Price, ["6", "1", "", "x", ""], "size"),
        (Price, ["6", "1", "", "", "x"], "point.x"),
        (Lists, ["x"], "numbers"),
        (Lists, ["1", "x"], "numbers"),
        (Lists, ["0", "1", "x", ""], "points[].x"),
        (Table, ["1", "0", "1", "x"], "rows[].perhaps.x"),
        (Table, ["1", "9"], "rows[].cells"),
    ],
)
def test_a_field_that_can_not_be_read_is_named(cls: type, fields: list[str], field: str) -> None:
    with pytest.raises(UNREADABLE) as caught:
        read(cls, fields)

    assert field_at_fault(caught.value) == field


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (Price("x"), "key"),  # type: ignore[arg-type]  # the point of the test
        (Price(1, size=Decimal("NaN")), "size"),
        (Price(1, point=Point(1 << 40)), "point.x"),
        (Price(1, point=None), "point.x"),  # type: ignore[arg-type]  # the point of the test
        (Lists((1, 1 << 40)), "numbers"),
        (Lists(None), "numbers"),  # type: ignore[arg-type]  # the point of the test
        (Lists(points=(Point(None),)), "points[].x"),  # type: ignore[arg-type]  # the same
        (Lists(after="\0"), "after"),
        (Table((Row(("\0",)),)), "rows[].cells"),
        (Scalars(1, words=("a\0",)), "words"),
        (Scalars(1, flag=None), "flag"),  # type: ignore[arg-type]  # the point of the test
        (Nested(date="\0"), "date"),
    ],
)
def test_a_value_that_can_not_be_written_is_named(message: Any, field: str) -> None:
    cls = class_of(message)
    write = writer(cls, 1)
    with pytest.raises((ValueError, TypeError, AttributeError)) as caught:
        write(message)

    assert field_at_fault(caught.value) == field


@pytest.mark.parametrize("cls", [Price, Lists])
def test_a_traceback_shows_the_line_of_the_reader(cls: type) -> None:
    with pytest.raises(ValueError) as caught:
        read(cls, ["6", "x", "", "", ""])

    shown = "".join(traceback.format_exception(caught.value))
    assert f"<trio_tws {cls.__name__} from text 1 #" in shown
    assert "int(" in shown


def test_what_goes_to_tws_has_to_be_ascii() -> None:
    with pytest.raises(ValueError, match="printable"):
        writer(Maybes, 1)(Maybes(1, Engine(fuel="é")))
    assert writer(Lists, 1)(Lists(after="é"))[-1] == "é"


# Properties .......................................................................................


@pytest.mark.slow
@given(st.data(), st.sampled_from(TEXT_VERSIONS))
def test_what_is_written_is_read_again(data: st.DataObject, version: int) -> None:
    message = data.draw(messages(version))
    cls = class_of(message)

    assert read(cls, writer(cls, version)(message), version) == message


@pytest.mark.slow
@given(st.data(), st.sampled_from(TEXT_VERSIONS))
def test_a_message_that_ends_early_is_missing_fields(data: st.DataObject, version: int) -> None:
    message = data.draw(messages(version))
    cls = class_of(message)
    fields = writer(cls, version)(message)
    assume(fields)
    short = fields[: data.draw(st.integers(0, len(fields) - 1))]

    with pytest.raises(UNREADABLE):
        read(cls, short, version)
    tail = Lenient()
    assert type(read(cls, short, version, tail)) is cls
    assert all(surplus < 0 for surplus in tail.seen)
    assert tail.seen


ODD = st.sampled_from(
    ["", "-1", "0", "1", "2", "99999999999", "x", "NaN", "sNaN", "1e400", "\\ud800", str(UNSET_INT)]
)


@pytest.mark.slow
@given(st.data(), st.sampled_from(TEXT_VERSIONS), st.booleans())
def test_no_text_does_more_than_be_refused(
    data: st.DataObject, version: int, is_strict: bool
) -> None:
    message = data.draw(messages(version))
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


@given(st.lists(ODD, max_size=40), st.sampled_from(list(TOYS)), st.sampled_from(TEXT_VERSIONS))
def test_nor_does_any_list_of_fields(fields: list[str], cls: type, version: int) -> None:
    try:
        found = read(cls, fields, version, Lenient())
    except UNREADABLE:
        return
    assert type(found) is cls
