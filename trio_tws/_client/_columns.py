"""Lists of messages as columns, before any library has made a table of them.

A class says by its annotations which columns it has, so that an empty list has them too. A
structure inside a message becomes columns of its own, named by their path as in ``trio-tws
describe``: ``contract.symbol``. A dot can't collide with a field's name, as an underscore could.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import (
    Final,
    Literal,
    TypeAlias,
    TypeGuard,
    Union,
    assert_never,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs

from trio_tws._wire.late import frozen


class Scalar(StrEnum):
    """What one value is, when it is no structure."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    BYTES = "bytes"
    MOMENT = "moment"
    """An aware datetime in UTC."""
    DAY = "day"
    MOMENT_OR_DAY = "moment or day"
    """Which of them, the values tell; all are of one kind."""


@frozen
class Many:
    """A tuple."""

    of: "Shape"


@frozen
class Record:
    """A structure, with its fields by name."""

    fields: tuple[tuple[str, "Shape"], ...]


Shape: TypeAlias = Scalar | Many | Record


@attrs.define
class Column:
    """One column; its values fit its shape, or are None."""

    name: str
    shape: Shape
    is_optional: bool
    """Whether None is a value of it, whatever the values are."""
    values: list[object]


SCALARS: Final[dict[object, Scalar]] = {
    bool: Scalar.BOOLEAN,
    int: Scalar.INTEGER,
    float: Scalar.NUMBER,
    Decimal: Scalar.NUMBER,
    str: Scalar.TEXT,
    bytes: Scalar.BYTES,
    datetime: Scalar.MOMENT,
    date: Scalar.DAY,
}

TOGETHER: Final = {
    frozenset({Scalar.INTEGER, Scalar.NUMBER}): Scalar.NUMBER,
    frozenset({Scalar.MOMENT, Scalar.DAY}): Scalar.MOMENT_OR_DAY,
}
"""What two shapes make where a field, or two classes, have both; any others make text."""


def columns(items: Iterable[object], kind: type | UnionType | None) -> list[Column]:
    """Lays out messages as columns, in the order of the fields.

    Args:
        items: Instances of one attrs class or several.
        kind: The class, or the union of classes; None to take those of the items.

    Returns:
        The columns. Those of several classes are merged by name, after one named ``class`` that
        has the name of each item's class; no field can be called so.

    Raises:
        TypeError: An item is of another class, or of one without fields.
        ValueError: A datetime has no time zone.
    """
    rows = list(items)
    kinds = tuple(dict.fromkeys(type(row) for row in rows)) if kind is None else _kinds(kind)
    for cls in kinds:
        if not attrs.has(cls):
            raise TypeError(f"{cls.__name__} has no fields to make columns of; give messages")
    places: dict[type, list[int]] = {cls: [] for cls in kinds}
    for place, row in enumerate(rows):
        if type(row) not in places:
            raise TypeError(f"item {place} is a {type(row).__name__}, which kind={kind} excludes")
        places[type(row)].append(place)

    merged: dict[str, Column] = {}
    if len(kinds) > 1:
        names: list[object] = [type(row).__name__ for row in rows]
        merged["class"] = Column("class", Scalar.TEXT, is_optional=False, values=names)
    seen: dict[str, int] = {}
    for cls, at in places.items():
        for part in _parts(cls, [rows[place] for place in at], ""):
            seen[part.name] = seen.get(part.name, 0) + 1
            _merge(merged, part, at, len(rows))
    for column in merged.values():
        if column.name in seen:
            column.is_optional |= seen[column.name] < len(kinds)
        _settle(column)
    return list(merged.values())


def _kinds(kind: type | UnionType) -> tuple[type, ...]:
    return get_args(kind) if isinstance(kind, UnionType) else (kind,)


def _parts(
    cls: type, rows: Sequence[object], prefix: str, *, is_optional: bool = False
) -> list[Column]:
    """Gives the columns of one class; a row that is None has None in all of them."""
    found: list[Column] = []
    for name, annotation in _fields(cls):
        values = [None if row is None else getattr(row, name) for row in rows]
        inner, may_be_none = _without_none(annotation)
        may_be_none |= is_optional
        if isinstance(inner, type) and attrs.has(inner):
            found += _parts(inner, values, f"{prefix}{name}.", is_optional=may_be_none)
        else:
            shape = _shape(inner)
            found.append(Column(prefix + name, shape, may_be_none, _plain(values, shape)))
    return found


def _merge(merged: dict[str, Column], part: Column, places: list[int], length: int) -> None:
    column = merged.get(part.name)
    if column is None:
        column = Column(part.name, part.shape, part.is_optional, [None] * length)
        merged[part.name] = column
    elif column.shape != part.shape:
        column.shape = part.shape = _together({column.shape, part.shape})
        for each in (column, part):
            each.values = _plain(each.values, each.shape)
    column.is_optional |= part.is_optional
    for place, value in zip(places, part.values, strict=True):
        column.values[place] = value


def _settle(column: Column) -> None:
    """Decides between moments and days."""
    if column.shape is not Scalar.MOMENT_OR_DAY:
        return
    are_days = {not isinstance(value, datetime) for value in column.values if value is not None}
    if len(are_days) > 1:
        raise TypeError(f"{column.name} has moments and days; make a table of each")
    column.shape = Scalar.DAY if are_days == {True} else Scalar.MOMENT


@cache
def _fields(cls: type) -> tuple[tuple[str, object], ...]:
    """Gives the fields of an attrs class, with their annotations."""
    hints = get_type_hints(cls)
    return tuple((name, hints[name]) for name in attrs.fields_dict(cls))


def _without_none(annotation: object) -> tuple[object, bool]:
    """Takes the None out of a union, and tells whether there was one."""
    if get_origin(annotation) not in {Union, UnionType}:
        return annotation, False
    members: tuple[object, ...] = get_args(annotation)
    others = tuple(member for member in members if member is not NoneType)
    return Union[others], len(others) < len(members)  # noqa: UP007 - of a tuple


def _shape(annotation: object) -> Shape:
    """Gives the shape of what an annotation allows; text where nothing else fits."""
    annotation, _ = _without_none(annotation)
    origin = get_origin(annotation)
    arguments: tuple[object, ...] = get_args(annotation)
    if origin in {Union, UnionType}:
        return _together({_shape(member) for member in arguments})
    if origin is Literal:
        return _together({_shape(type(member)) for member in arguments})
    if origin is tuple and arguments[-1] is Ellipsis:
        return Many(_shape(arguments[0]))
    if not _is_class(annotation):
        return Scalar.TEXT
    if issubclass(annotation, Enum):
        values: list[object] = [member.value for member in annotation]
        return _together({_shape(type(value)) for value in values})
    if attrs.has(annotation):
        return Record(tuple((name, _shape(inner)) for name, inner in _fields(annotation)))
    return SCALARS.get(annotation, Scalar.TEXT)


def _is_class(annotation: object) -> TypeGuard[type[object]]:
    return isinstance(annotation, type)


def _together(shapes: set[Shape]) -> Shape:
    if len(shapes) == 1:
        return shapes.pop()
    return TOGETHER.get(frozenset(shapes), Scalar.TEXT)  # type: ignore[arg-type]  # others miss


def _plain(values: Sequence[object], shape: Shape) -> list[object]:
    """Makes values what all libraries understand."""
    match shape:
        case Many(inner):
            tuples = cast(Sequence[tuple[object, ...] | None], values)
            return [None if each is None else _plain(each, inner) for each in tuples]
        case Record(fields):
            names = [name for name, _ in fields]
            parts = [
                _plain([getattr(each, name) for each in values], inner) for name, inner in fields
            ]
            return [dict(zip(names, row, strict=True)) for row in zip(*parts, strict=True)]
        case Scalar():
            # Most values are as they should be; that is seen here, and not in a call for each.
            exact, convert = EXACT.get(shape), CONVERT[shape]
            return [
                value if value is None or type(value) is exact else convert(value)
                for value in values
            ]
        case _:
            assert_never(shape)


def _value(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _text(value: object) -> str:
    value = _value(value)
    return value.__name__ if isinstance(value, type) else str(value)


def _number(value: object) -> float:
    value = _value(value)
    assert isinstance(value, int | float | Decimal), "its annotation says so"  # noqa: S101
    return float(value)


def _moment(value: object) -> object:
    if not isinstance(value, datetime) or value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone; give an aware datetime")
    return value.astimezone(UTC)


EXACT: Final[dict[Scalar, type]] = {
    Scalar.BOOLEAN: bool,
    Scalar.INTEGER: int,
    Scalar.NUMBER: float,
    Scalar.TEXT: str,
    Scalar.BYTES: bytes,
}
"""The class whose values stay as they are."""

CONVERT: Final[dict[Scalar, Callable[[object], object]]] = {
    Scalar.BOOLEAN: _value,
    Scalar.INTEGER: _value,
    Scalar.NUMBER: _number,
    Scalar.TEXT: _text,
    Scalar.BYTES: _value,
    Scalar.DAY: _value,
    Scalar.MOMENT: _moment,
    Scalar.MOMENT_OR_DAY: _moment,
}
"""What is done to the others."""
