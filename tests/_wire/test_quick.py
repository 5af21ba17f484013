"""Constructors that cost less."""

import attrs
import pytest

from trio_tws._wire.quick import quick


@attrs.frozen(weakref_slot=False)
class Pair:
    """Two things."""

    made: int
    other: str


@attrs.frozen
class Held:
    """It can be referred to weakly, so no twin becomes it."""

    value: int


@pytest.mark.parametrize(("cls", "values"), [(Pair, (1, "b")), (Held, (2,))])
def test_it_makes_what_the_class_makes(cls: type, values: tuple[object, ...]) -> None:
    made: object = quick(cls)(*values)

    assert type(made) is cls
    assert made == cls(*values)
    assert hash(made) == hash(cls(*values))


def test_what_it_makes_is_frozen() -> None:
    pair = quick(Pair)(1, "b")

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        pair.made = 2  # type: ignore[misc]  # the point of the test


def test_every_field_has_to_be_given() -> None:
    with pytest.raises(TypeError):
        quick(Pair)(1)  # type: ignore[call-arg]  # the point of the test
