"""Small messages for the tests of the text form."""

from decimal import Decimal
from typing import Any

from tests._wire.toys import strict
from trio_tws._wire import Registry, incoming, struct, wire
from trio_tws._wire.text import reader

REGISTRY = Registry()


def read(cls: type, fields: list[str], version: int = 1, tail: Any = strict) -> Any:
    """Reads fields as they come off the wire: with an empty one behind the last NUL."""
    return reader(cls, version)([*fields, ""], tail)


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
