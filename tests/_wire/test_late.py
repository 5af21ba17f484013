"""Classes whose methods are made when first used: as attrs makes them, but for the moment."""

import inspect
import pickle
import weakref
from collections.abc import Callable
from typing import Any, ClassVar, cast

import attrs
import pytest

from trio_tws._wire.late import Late, frozen


def _not_negative(_: object, attribute: "attrs.Attribute[int]", value: int) -> None:
    if value < 0:
        raise ValueError(attribute.name)


@frozen
class Point:
    """Where something is."""

    UNIT: ClassVar[str] = "m"

    x: int
    y: int = attrs.field(default=0, validator=_not_negative)

    def moved(self) -> "Point":
        """A point beside it."""
        return attrs.evolve(self, x=self.x + 1)

    @property
    def far(self) -> bool:
        """Whether it is far."""
        return self.x > 9


@frozen(kw_only=True)
class Named(Point):
    name: str = "n"


@frozen(eq=False)
class Once:
    a: int = 1


@frozen(weakref_slot=False)
class Light:
    a: int = 1
    b: tuple[int, ...] = attrs.field(factory=tuple[int, ...])


@frozen
class Odd:
    a: int = 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Odd)

    def __hash__(self) -> int:
        return 5

    def __repr__(self) -> str:
        return "odd"


def stand_ins(cls: type) -> set[str]:
    return {name for name, value in vars(cls).items() if isinstance(value, Late)}


def fresh() -> Any:
    @frozen
    class Toy:
        a: int = 1

    return Toy


USES: dict[str, Callable[[Any], object]] = {
    "compared": lambda cls: object.__new__(cls) == 1,
    "asked for its fields": attrs.fields,
    "matched": lambda cls: cast(object, cls.__match_args__),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_methods_are_made_when_one_is_first_used(use: Callable[[Any], object]) -> None:
    toy = fresh()
    assert stand_ins(toy) >= {"__init__", "__eq__", "__hash__", "__repr__", "__attrs_attrs__"}

    use(toy)

    assert stand_ins(toy) == {"__init__"}


def test_a_constructor_is_made_by_itself() -> None:
    toy, asked = fresh(), fresh()
    all_of_it = stand_ins(toy)

    assert str(inspect.signature(asked)) == "(a: int = 1) -> None"
    assert toy(2).a == 2

    assert stand_ins(toy) == stand_ins(asked) == all_of_it - {"__init__"}


def test_a_class_ends_as_attrs_would_have_made_it() -> None:
    @attrs.frozen
    class Toy:
        a: int = 1

    late: type = fresh()
    assert late() == late()

    assert set(vars(late)) == set(vars(Toy))
    assert late.__qualname__ == "fresh.<locals>.Toy"


def test_an_object_is_made_compared_and_shown() -> None:
    assert Point(1) == Point(1, 0)
    assert Point(1) != Point(2)
    assert hash(Point(1)) == hash(Point(1))
    assert repr(Named(x=1)) == "Named(x=1, y=0, name='n')"
    assert Point(1).moved() == Point(2)
    assert Point(10).far
    assert Point.UNIT == "m"
    assert Light().b == ()
    with pytest.raises(ValueError, match="y"):
        Point(1, -1)


def test_an_object_is_frozen_before_any_method_is_made() -> None:
    toy: Any = object.__new__(fresh())

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        toy.a = 5
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del toy.a


def test_a_class_without_eq_compares_by_identity() -> None:
    one = Once()

    assert one == one  # noqa: PLR0124 - the point of the test
    assert one != Once()
    assert hash(one) != hash(Once())
    assert repr(one) == "Once(a=1)"


def test_what_a_class_defines_itself_stays() -> None:
    assert Odd(1) == Odd(2)
    assert hash(Odd()) == 5
    assert repr(Odd()) == "odd"


def test_slots_are_those_of_attrs() -> None:
    assert not hasattr(Named(x=1), "__dict__")
    assert vars(Named)["__slots__"] == ("name",)
    assert weakref.ref(Named(x=1)) is not None
    with pytest.raises(TypeError, match="weak reference"):
        weakref.ref(Light())


def test_an_object_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(Named(x=1))) == Named(x=1)


def test_a_subclass_may_be_used_before_its_base() -> None:
    @frozen
    class Base:
        a: int

    @frozen
    class Below(Base):
        b: int = 2

    assert Below(1) == Below(1, 2)
    assert [field.name for field in attrs.fields(Below)] == ["a", "b"]
    assert Base(1) == Base(1)


@frozen(kw_only=True)
class Keyed:
    b: int = 1
    a: str


@frozen
class Hidden:
    _a: int = 1


def test_a_constructor_is_as_attrs_would_make_it() -> None:
    keyed = Keyed(a="x")

    assert (keyed.a, keyed.b) == ("x", 1)
    assert str(inspect.signature(Keyed)) == "(*, b: int = 1, a: str) -> None"
    assert str(inspect.signature(Hidden)) == "(a: int = 1) -> None"
    with pytest.raises(TypeError, match=r"Keyed\.__init__\(\) missing 1 .*: 'a'"):
        Keyed()  # type: ignore[call-arg]  # the point of the test


def test_what_is_made_need_not_be_a_function() -> None:
    class Toy:
        number: Any = Late("number", lambda cls: {"number": 5, "other": cls.__name__})

    late = vars(Toy)["number"]
    assert Toy().number == 5
    assert late.__get__(Toy()) == late.__get__(None, Toy) == 5  # it is no longer there
    assert vars(Toy)["other"] == "Toy"
