"""The classes of the tables: what is shared, what is made when first used, and twins."""

import copy
import inspect
import pickle
from typing import Any

import attrs
import pytest

from trio_tws._wire import evolve, struct, wire
from trio_tws._wire.classes import is_declared, twin, wires_of
from trio_tws._wire.late import Late, frozen


@struct
class Part:
    """A structure."""

    a: int = wire(1, default=0)


@struct
class Whole:
    """One that holds another."""

    key: int = wire(1)
    text: str = wire(2, default="x")
    part: Part = wire(3, factory=Part)
    parts: tuple[Part, ...] = wire(4, default=())


@struct
class Nothing:
    pass


@frozen
class Value:
    a: int
    b: int = 2


@frozen(weakref_slot=False)
class Light:
    a: int


def is_late(cls: type, name: str) -> bool:
    return isinstance(vars(cls)[name], Late)


def test_a_constructor_is_made_when_it_is_first_used() -> None:
    @struct
    class Toy:
        a: int = wire(1, default=0)

    assert is_late(Toy, "__init__")
    assert Toy(5).a == 5
    assert not is_late(Toy, "__init__")
    assert is_late(Toy, "__attrs_attrs__")


def test_a_default_is_made_with_the_constructor() -> None:
    made: list[int] = []

    def default() -> Part:
        made.append(1)
        return Part(7)

    @struct
    class Toy:
        part: Part = wire(1, factory=default)

    assert made == []
    assert Toy().part is Toy().part
    assert Toy().part == Part(7)
    assert made == [1]


def test_fields_are_given_by_position_and_by_name() -> None:
    whole = Whole(1, "y", parts=(Part(2),))

    assert (whole.key, whole.text, whole.part, whole.parts) == (1, "y", Part(), (Part(2),))
    with pytest.raises(TypeError, match=r"Whole\.__init__\(\) missing 1 .*: 'key'"):
        Whole()  # type: ignore[call-arg]  # the point of the test


def test_a_constructor_tells_its_parameters() -> None:
    signature = inspect.signature(Whole)

    assert list(signature.parameters) == ["key", "text", "part", "parts"]
    assert signature.parameters["key"].annotation is int
    assert signature.parameters["text"].default == "x"
    assert signature.return_annotation is None


def test_events_are_frozen() -> None:
    part: Any = Part()

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        part.a = 5
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del part.a
    with pytest.raises(AttributeError):
        part.other = 5
    assert not hasattr(part, "__dict__")


def test_equal_events_have_equal_hashes() -> None:
    one, two = Whole(1, parts=(Part(2),)), Whole(1, parts=(Part(2),))

    assert one == two
    assert hash(one) == hash(two)
    assert one != Whole(2)
    others: list[object] = [(1,), Value(1)]
    assert Part(1) not in others


def test_an_event_shows_its_fields() -> None:
    assert repr(Whole(1)) == "Whole(key=1, text='x', part=Part(a=0), parts=())"
    assert repr(Nothing()) == "Nothing()"


def test_an_event_is_taken_apart_by_position() -> None:
    match Whole(1):
        case Whole(key, text):
            assert (key, text) == (1, "x")


def test_an_event_can_be_copied_and_pickled() -> None:
    whole = Whole(1, part=Part(2))

    assert pickle.loads(pickle.dumps(whole)) == whole
    assert copy.deepcopy(whole) == whole


def test_what_a_class_defines_itself_stays() -> None:
    @struct
    class Toy:
        a: int = wire(1, default=0)

        def __repr__(self) -> str:
            return f"<{self.doubled}>"

        @property
        def doubled(self) -> int:
            return 2 * self.a

    assert repr(Toy(3)) == "<6>"


def test_the_functions_of_attrs_know_the_classes() -> None:
    cls: Any = Whole  # type checkers do not know that it is of attrs
    whole: Any = Whole(1)

    assert attrs.has(cls)
    assert [field.name for field in attrs.fields(cls)] == ["key", "text", "part", "parts"]
    assert attrs.fields(cls).part.default == Part()
    assert attrs.fields(cls).key.default is attrs.NOTHING
    assert attrs.fields(cls).key.type is int
    assert attrs.evolve(whole, key=6) == Whole(6)
    assert attrs.asdict(whole) == {"key": 1, "text": "x", "part": {"a": 0}, "parts": ()}


# Copies ...........................................................................................


def test_a_copy_may_differ_in_some_fields() -> None:
    whole = Whole(1, "y")

    assert evolve(whole, text="z", key=2) == Whole(2, "z")
    assert whole.text == "y"
    replace: Any = vars(Whole)["__replace__"]  # what copy.replace() calls from Python 3.13 on
    assert replace(whole, key=3) == Whole(3, "y")


def test_a_copy_of_another_value_may_differ_too() -> None:
    assert evolve(Value(1), b=3) == Value(1, 3)


@pytest.mark.parametrize("thing", [Whole(1), Value(1)])
def test_a_copy_has_no_other_fields(thing: object) -> None:
    with pytest.raises(TypeError, match="colour"):
        evolve(thing, colour="red")


# Twins ............................................................................................


def filled(cls: type, *values: object) -> Any:
    """Fills a twin and turns it into the real class, as a reader does."""
    made: Any = twin(cls)()
    for name, value in zip(wires_of(cls), values, strict=True):
        setattr(made, name, value)
    made.__class__ = cls
    return made


def test_a_twin_becomes_the_real_class() -> None:
    assert twin(Part) is not Part
    part = filled(Part, 5)

    assert isinstance(part, Part)
    assert (part, hash(part)) == (Part(5), hash(Part(5)))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        part.a = 7  # type: ignore[misc]  # the point of the test


def test_another_value_may_have_a_twin() -> None:
    made: Any = twin(Light)()
    made.a = 3
    made.__class__ = Light

    assert made == Light(3)
    assert twin(Value) is Value


def test_a_message_without_fields_has_a_twin() -> None:
    assert filled(Nothing) == Nothing()


def test_a_class_that_a_twin_can_not_become_is_filled_itself() -> None:
    class Base:
        __slots__ = ("__weakref__",)

    @struct
    class Other(Base):
        a: int = wire(1, default=0)

    assert twin(Other) is Other


# Declarations .....................................................................................


def test_a_declared_class_is_known() -> None:
    assert is_declared(Part)
    assert not is_declared(Value)
    assert not is_declared(Part())
    assert not is_declared(tuple[Part, ...])
    assert list(wires_of(Whole)) == ["key", "text", "part", "parts"]
    with pytest.raises(TypeError, match="Value is no message and no structure"):
        wires_of(Value)


def declared(**said: object) -> type:
    hints = dict.fromkeys(said, int)
    return struct(type("Toy", (), {**said, "__annotations__": hints}))


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"x": 5}, r"Toy\.x is not declared with wire\(\)"),
        ({"x": wire(1, default=0), "y": wire(2)}, r"Toy\.y needs a default: a field before it has"),
        ({"x": wire(1, factory=int), "y": wire(2)}, r"Toy\.y needs a default"),
    ],
)
def test_a_declaration_that_makes_no_class_is_refused(said: dict[str, Any], problem: str) -> None:
    with pytest.raises(TypeError, match=problem):
        declared(**said)


def test_a_field_without_a_value_is_not_declared() -> None:
    with pytest.raises(TypeError, match=r"Toy\.x is not declared"):
        struct(type("Toy", (), {"__annotations__": {"x": int}}))
