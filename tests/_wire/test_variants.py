"""Messages of several forms, told apart by an enumeration."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests._wire.toys import Color
from trio_tws._wire import (
    Registry,
    const,
    each,
    incoming,
    layout,
    present,
    struct,
    text,
    when,
    wire,
)
from trio_tws._wire.layout import carried, is_set, resolve
from trio_tws._wire.nodes import Carried
from trio_tws._wire.text import MissingFields
from trio_tws._wire.variants import variants_of

REGISTRY = Registry()


@struct
class Drop:
    size: int = wire(1, default=0)
    kind: str = wire(2, default="")


@incoming(1, registry=REGISTRY)
class Rain:
    """What follows depends on the color."""

    key: int = wire(1, default=0)
    color: Color = wire(2, default=Color.NONE)
    drop: Drop | None = wire(3, default=None)
    weight: float | None = wire(4, default=None)
    words: str = wire(5, default="")
    tail: str = wire(6, default="")


def _is_dull(color: Color) -> bool:
    return color is Color.NONE


layout(
    Rain,
    Rain.key,
    Rain.color,
    when(Rain.color, frozenset({Color.RED}), present(Rain.drop), const("0")),
    when(Rain.color, Color.BLUE, Rain.weight),
    when(Rain.color, is_set, Rain.words),
    when(Rain.color, _is_dull, const("dull")),
    Rain.tail,
)


@incoming(2, registry=REGISTRY)
class Listed:
    """One form has a list."""

    color: Color = wire(1, default=Color.NONE)
    drops: tuple[Drop, ...] = wire(2, default=())


layout(Listed, Listed.color, when(Listed.color, Color.RED, each(Listed.drops)))


@incoming(3, registry=REGISTRY)
class Counted:
    """What tells the forms apart is no enumeration."""

    number: int = wire(1, default=0)
    words: str = wire(2, default="")


layout(Counted, Counted.number, when(Counted.number, 1, Counted.words))


@incoming(4, registry=REGISTRY)
class Hidden:
    """What tells the forms apart comes after a list."""

    drops: tuple[Drop, ...] = wire(1, default=())
    color: Color = wire(2, default=Color.NONE)
    words: str = wire(3, default="")


layout(Hidden, each(Hidden.drops), Hidden.color, when(Hidden.color, Color.RED, Hidden.words))


@incoming(5, registry=REGISTRY)
class Single:
    """There is one form."""

    color: Color = wire(1, default=Color.NONE)


@incoming(6, registry=REGISTRY)
class Empty:
    """There is nothing in it."""


def nodes_of(cls: type) -> tuple[Carried, ...]:
    return carried(resolve(cls), 100)


@pytest.mark.parametrize("cls", [Listed, Counted, Hidden, Single, Empty])
def test_others_have_no_forms(cls: type) -> None:
    assert variants_of(nodes_of(cls)) is None


def test_each_form_is_a_row_of_fields() -> None:
    variants = variants_of(nodes_of(Rain))

    assert variants is not None
    assert variants.at == 1
    lengths = {member: len(variants.row(member)) for member in Color}
    assert lengths == {Color.NONE: 4, Color.RED: 7, Color.BLUE: 5}


def outcome(read: Callable[..., Any], fields: list[str]) -> object:
    """Tells what reading gives: the message and what was said of its length, or the refusal."""
    told: list[int] = []

    def tail(_: type, surplus: int) -> None:
        told.append(surplus > 0)

    try:
        return read(list(fields), tail), told
    except (ValueError, ArithmeticError) as error:
        return type(error)


TEXTS = st.sampled_from(["", "0", "1", "2", "3", "01", "1.5", "x"])


@given(st.lists(TEXTS, max_size=9))
def test_a_form_reads_as_the_walk_does(fields: list[str]) -> None:
    fields = [*fields, ""]

    found = outcome(text.reader(Rain, 100), fields)

    assert found == outcome(text._walking(Rain, 100, nodes_of(Rain)), fields)


def test_missing_fields_can_be_refused() -> None:
    def tail(_: type, surplus: int) -> None:
        raise MissingFields(surplus)

    with pytest.raises(MissingFields):
        text.reader(Rain, 100)(["7", "1", ""], tail)
    with pytest.raises(MissingFields):
        text.reader(Rain, 100)([""], tail)
