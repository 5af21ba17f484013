"""Small messages for the tests of the text form."""

from decimal import Decimal
from typing import Any

import pytest

from tests._wire.toys import class_of, strict
from trio_tws._wire import Registry, incoming, struct, wire
from trio_tws._wire.source import field_at_fault
from trio_tws._wire.text import MissingFields, reader, writer

REGISTRY = Registry()

UNREADABLE = (ValueError, ArithmeticError, MissingFields)
"""What a reader raises for a text that makes no sense."""


def read(cls: type, fields: list[str], version: int = 1, tail: Any = strict) -> Any:
    """Reads fields as they come off the wire: with an empty one behind the last NUL."""
    return reader(cls, version)([*fields, ""], tail)


def at_fault(cls: type, fields: list[str], version: int) -> str:
    """Gives the field at which a message can't be read."""
    with pytest.raises(UNREADABLE) as caught:
        read(cls, fields, version)
    return field_at_fault(caught.value)


def refused(message: Any, version: int) -> tuple[str, str]:
    """Gives the field at which a message can't be written, and why."""
    write = writer(class_of(message), version)
    with pytest.raises((ValueError, TypeError, AttributeError)) as caught:
        write(message)
    return field_at_fault(caught.value), str(caught.value)


@struct
class Point:
    x: int = wire(1, default=0)
    label: str = wire(2, default="", since=3)


@incoming(1, version=6, version_until=5, registry=REGISTRY)
class Price:
    """A message that has as many fields each time."""

    key: int = wire(1)
    price: float | None = wire(2, default=None, unset=-1.0, unset_unless="size")
    size: Decimal | None = wire(3, default=None)
    point: Point = wire(4, default=Point(x=9))


@incoming(2, registry=REGISTRY)
class Lists:
    numbers: tuple[int, ...] = wire(1, default=())
    points: tuple[Point, ...] = wire(2, default=())
    after: str = wire(3, default="")


@struct
class Row:
    cells: tuple[str, ...] = wire(1, default=())
    perhaps: Point | None = wire(2, default=None)


@incoming(4, registry=REGISTRY)
class Last:
    """A message that ends with a list."""

    points: tuple[Point, ...] = wire(1, default=())


@incoming(3, registry=REGISTRY)
class Table:
    rows: tuple[Row, ...] = wire(1, default=())
