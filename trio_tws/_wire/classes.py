"""What a declaration becomes: a frozen class with slots, and the twin that readers fill instead.

An event is handed to several tasks, so its class is frozen. Filling a frozen object costs three
times a plain one; a reader therefore fills a `twin`, a subclass that is not frozen, and turns it
into the frozen class by assigning ``__class__``, which Python allows between classes of equal
layout. Between a class and its subclass, it sees that without a look at the slots, of which an
order has 150.

To its users the class is one of attrs. But attrs would compile five methods for each of two hundred
classes whenever the package is imported. Here all classes share what can be shared, and the rest is
left for the first use: the constructor, and what `attrs.fields` and its like want to know.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, NoReturn, TypeVar, cast

import attrs

from trio_tws._wire.late import MADE_BY_ATTRS, Late, constructor, slotted

C = TypeVar("C", bound=type)
T = TypeVar("T")


class Wire(NamedTuple):
    """What `wire` says of a field.

    Attributes:
        given: Its default; `attrs.NOTHING` if it has none, or one that is made.
        factory: What makes its default when that is first needed.
        facts: The rest, by the names that `WireField` has for them.
    """

    given: Any
    factory: Callable[[], object] | None
    facts: Mapping[str, Any]

    @property
    def default(self) -> Any:
        """The default; `attrs.NOTHING` if the field has none."""
        return self.given if self.factory is None else made_by(self.factory)


@functools.cache
def made_by(factory: Callable[[], object]) -> object:
    """Gives what a factory of defaults makes; as it is frozen, the same each time."""
    return factory()


_WIRES: Final[dict[type, dict[str, Wire]]] = {}
"""What was said of the fields of each class, by their names."""


def declare(cls: C) -> C:
    """Makes a frozen class of one whose fields were declared by `wire`.

    Raises:
        TypeError: A field was declared otherwise, or has no default and comes after one that has.
    """
    names = tuple(cls.__annotations__)
    wires: dict[str, Wire] = {}
    may_lack = False
    for name in names:
        said = vars(cls).get(name)
        if not isinstance(said, Wire):
            raise TypeError(f"{cls.__name__}.{name} is not declared with wire()")
        lacks = said.given is attrs.NOTHING and said.factory is None
        if lacks and may_lack:
            raise TypeError(f"{cls.__name__}.{name} needs a default: a field before it has one")
        may_lack = not lacks
        wires[name] = said
    made = slotted(cls, names, names, {**_SHARED, "__match_args__": names})
    _WIRES[made] = wires
    return cast(C, made)


def wires_of(cls: type) -> Mapping[str, Wire]:
    """Gives what was said of the fields of a class, by their names.

    Raises:
        TypeError: It is no message and no structure.
    """
    try:
        return _WIRES[cls]
    except KeyError:
        raise TypeError(f"{cls.__name__} is no message and no structure") from None


def is_declared(cls: object) -> bool:
    """Tells whether something is the class of a message or structure."""
    return isinstance(cls, type) and cls in _WIRES


# What is made when it is first used ..............................................................


def _constructor(cls: type) -> dict[str, object]:
    return constructor(cls, {name: wire.default for name, wire in wires_of(cls).items()})


_FOR_ATTRS: Final = tuple(name for name in MADE_BY_ATTRS if name.startswith("__attrs_"))
"""What the functions of attrs look for in a class."""


def _for_attrs(cls: type) -> dict[str, object]:
    body = {name: attrs.field(default=wire.default) for name, wire in wires_of(cls).items()}
    written = type(cls.__name__, (), {**body, "__annotations__": cls.__annotations__})
    made = vars(attrs.frozen(written))
    return {name: made[name] for name in _FOR_ATTRS}


# What all classes share ..........................................................................


def _names(thing: object) -> tuple[str, ...]:
    names: tuple[str, ...] = cast(Any, thing).__slots__
    return names


def _values(thing: object) -> tuple[object, ...]:
    return tuple([getattr(thing, name) for name in _names(thing)])


def _eq(self: object, other: object) -> object:
    if type(other) is not type(self):
        return NotImplemented
    return _values(self) == _values(other)


def _hash(self: object) -> int:
    return hash(_values(self))


def _repr(self: object) -> str:
    told = zip(_names(self), _values(self), strict=True)
    return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in told)})"


def _refuse_change(_self: object, _name: str, _value: object = None) -> NoReturn:
    raise attrs.exceptions.FrozenInstanceError


def _getstate(self: object) -> dict[str, object]:
    return dict(zip(_names(self), _values(self), strict=True))


def _setstate(self: object, state: dict[str, object]) -> None:
    for name, value in state.items():
        object.__setattr__(self, name, value)


def evolve(thing: T, **changes: object) -> T:
    """Gives a copy of a message, a structure or another value with some of its fields changed.

    Raises:
        TypeError: It has no field of that name.
    """
    cls = type(thing)
    if not is_declared(cls):
        copy: T = attrs.evolve(cast(Any, thing), **changes)
        return copy
    names = _names(thing)
    if unknown := changes.keys() - set(names):
        raise TypeError(f"{cls.__name__} has no field {', '.join(sorted(unknown))}")
    # By position: so many keywords would take ten times as long.
    return cls(*[changes[name] if name in changes else getattr(thing, name) for name in names])


_SHARED: Final[Mapping[str, object]] = {
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _refuse_change,
    "__delattr__": _refuse_change,
    "__getstate__": _getstate,
    "__setstate__": _setstate,
    "__replace__": evolve,
    "__init__": Late("__init__", _constructor),
    **{name: Late(name, _for_attrs) for name in _FOR_ATTRS},
}


_NOT_FROZEN: Final[Mapping[str, object]] = {
    name: vars(object)[name] for name in ("__init__", "__setattr__", "__delattr__")
}
"""What a frozen class does in its own way, as Python does it for a plain one: all of it in C."""


@functools.cache
def twin(cls: type) -> type:
    """Makes the class that a reader fills, attribute by attribute, for the frozen one.

    For a class with a slot for weak references, the class itself is given: slower, and the same to
    the caller. It is none of those declared here, and may do more in its constructor.
    """
    if hasattr(cls, "__weakref__"):
        return cls
    return type(f"{cls.__name__}Twin", (cls,), {"__slots__": (), **_NOT_FROZEN})
