"""Classes whose methods are made when they are first used.

attrs writes the methods of a class as text and compiles it, half a millisecond a class. There are
more than three hundred classes in the package, of which a program uses one in ten; to compile all
of them took three quarters of the time that importing the package did (Python 3.11, 2026). So a
class begins with its slots alone, and with a `Late` in the place of each thing that is made later.
What is looked up takes the place of its stand-in, by Python itself as by users: calling the class
looks up ``__init__``, comparing ``__eq__``, and `attrs.fields` ``__attrs_attrs__``. From then on
the class is like any other, and as fast. Many are only ever constructed, so the constructor is made
apart from the rest.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, get_origin

import attrs


class Late:
    """Stands in a class for what is made when it is first looked up there.

    Args:
        make: Gives what belongs in the class given, by name: this, and others if they come
            together. Two threads may call it at once; either's result will do.
    """

    def __init__(self, make: Callable[[type], Mapping[str, object]]) -> None:
        self._make = make

    def __set_name__(self, holder: type, name: str) -> None:
        self._holder = holder
        self._name = name

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        made = self._make(self._holder)
        for name, value in made.items():
            setattr(self._holder, name, value)
        found = made[self._name]
        bind = getattr(type(found), "__get__", None)
        return found if bind is None else bind(found, instance, owner)


def slotted(
    cls: type, slots: tuple[str, ...], names: tuple[str, ...], added: Mapping[str, object]
) -> type:
    """Makes a class again, with slots in the place of the defaults of its fields.

    A method of the class can't say ``super()``: that would still mean the class before.

    Args:
        cls: The class as it was written. What it defines itself stays.
        slots: The names of its slots.
        names: The names of its fields.
        added: What else stands in it, unless the class defines it.
    """
    dropped = {*names, "__dict__", "__weakref__"}
    kept = {name: value for name, value in vars(cls).items() if name not in dropped}
    body = {**added, **kept, "__slots__": slots, "__qualname__": cls.__qualname__}
    return type(cls)(cls.__name__, cls.__bases__, body)


class _Plain:
    __slots__ = ("__weakref__",)


@attrs.frozen
class _Sample:
    pass


MADE_BY_ATTRS: Final = vars(_Sample).keys() - vars(_Plain).keys()
"""What attrs adds to a class; it depends on the versions of attrs and of Python."""

_COMPARING: Final = frozenset({"__eq__", "__ne__", "__hash__"})


def _frozen(cls: type, **options: Any) -> type:
    """Does to a class what `attrs.frozen` does, and leaves the methods for later."""
    own: set[str] = set(vars(cls))
    wanted = MADE_BY_ATTRS - own - {"__init__"}
    if "__eq__" in own or not options.get("eq", True):
        wanted -= _COMPARING

    bare: dict[str, Any] = {**options, "eq": False, "repr": False}

    def make_constructor(_: type) -> dict[str, object]:
        made: type = attrs.frozen(cls, **bare)
        return {"__init__": vars(made)["__init__"]}

    def make_rest(_: type) -> dict[str, object]:
        made: type = attrs.frozen(cls, **options)
        return {name: vars(made)[name] for name in wanted}

    hints: dict[str, object] = cls.__annotations__
    names = tuple(name for name, hint in hints.items() if get_origin(hint) is not ClassVar)
    slots = (*names, "__weakref__") if options.get("weakref_slot", True) else names
    above = {name for base in cls.__mro__[1:] for name in getattr(base, "__slots__", ())}
    return slotted(
        cls,
        tuple(name for name in slots if name not in above),
        names,
        {**{name: Late(make_rest) for name in wanted}, "__init__": Late(make_constructor)},
    )


if TYPE_CHECKING:
    from attrs import frozen as frozen  # noqa: PLC0414 - so it is exported
else:

    def frozen(cls: type | None = None, **options: Any) -> Any:
        """Declares a class as `attrs.frozen` does; its methods are made when they are first used.

        The options are those of attrs; the class has slots.
        """
        if cls is None:
            return lambda written: _frozen(written, **options)
        return _frozen(cls, **options)
