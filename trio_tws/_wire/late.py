"""Classes whose methods are made when they are first used.

attrs writes the methods of a class as text and compiles it, half a millisecond a class. There are
more than three hundred classes in the package, of which a program uses one in ten; to compile all
of them took three quarters of the time that importing the package did (Python 3.11, 2026). So a
class begins with its slots alone, and with a `Late` in the place of each thing that is made later.
What is looked up takes the place of its stand-in, by Python itself as by users: calling the class
looks up ``__init__``, comparing ``__eq__``, and `attrs.fields` ``__attrs_attrs__``. From then on
the class is like any other, and as fast. Many are only ever constructed, so the constructor is made
apart from the rest, and where it needs nothing that only attrs can do, not by attrs.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast, get_origin

import attrs

from trio_tws._wire.source import Source


class Late:
    """Stands in classes for what is made when it is first looked up there.

    Args:
        name: What it stands for.
        make: Gives what belongs in the class given, by name: this, and others if they come
            together. Two threads may call it at once; either's result will do.
    """

    def __init__(self, name: str, make: Callable[[type], Mapping[str, object]]) -> None:
        self._name = name
        self._make = make

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        cls = type(instance) if owner is None else owner
        holder = next((base for base in cls.__mro__ if vars(base).get(self._name) is self), None)
        if holder is None:  # another thread was faster
            return getattr(cls if instance is None else instance, self._name)
        made = self._make(holder)
        for name, value in made.items():
            setattr(holder, name, value)
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


def constructor(
    cls: type, defaults: Mapping[str, Any], *, kw_only: bool = False
) -> dict[str, object]:
    """Compiles the constructor of a class, in a quarter of the time that attrs takes for its own.

    Args:
        cls: The class, with its slots.
        defaults: Those of its fields, in their order; `attrs.NOTHING` where there is none.
        kw_only: Whether fields are given by name alone.
    """
    put_each = [vars(cls)[name].__set__ for name in defaults]

    def fill(made: object, values: tuple[object, ...]) -> None:
        for put, value in zip(put_each, values, strict=True):
            put(made, value)

    source = Source()
    source.bind("fill", fill)
    parameters = ["self", "*"] if kw_only else ["self"]
    for name, default in defaults.items():
        given = "" if default is attrs.NOTHING else f"={source.bind(f'default_{name}', default)}"
        parameters.append(name + given)
    # A line for each field would take three times as long to compile, and as long to run.
    with source.block(f"def __init__({', '.join(parameters)}):"):
        given = "".join(f"{name}, " for name in defaults)
        source.add(f"fill(self, ({given}))" if given else "pass")
        if hasattr(cls, "__attrs_post_init__"):
            source.add("self.__attrs_post_init__()")
    made = source.function("__init__", f"{cls.__name__}()")
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__annotations__ = {**cls.__annotations__, "return": None}
    return {"__init__": made}


class _Plain:
    __slots__ = ("__weakref__",)


@attrs.frozen
class _Sample:
    pass


MADE_BY_ATTRS: Final = vars(_Sample).keys() - vars(_Plain).keys()
"""What attrs adds to a class; it depends on the versions of attrs and of Python."""

_FIELD: Final = cast(type, attrs.field().__class__)

_WRITTEN: Final[dict[type, tuple[type, dict[str, Any]]]] = {}
"""By class: the class as it was written, and the options given to attrs."""


def _make_constructor(cls: type) -> dict[str, object]:
    written, options = _WRITTEN[cls]
    defaults = {name: vars(written).get(name, attrs.NOTHING) for name in _own_fields(written)}
    is_special = (
        any(isinstance(default, _FIELD) for default in defaults.values())
        or any(name.startswith("_") for name in defaults)
        or hasattr(written, "__attrs_pre_init__")
        or any("__attrs_attrs__" in vars(base) for base in written.__mro__)
    )
    if not is_special:
        return constructor(cls, defaults, kw_only=options.get("kw_only", False))
    bare: dict[str, Any] = {**options, "eq": False, "repr": False}
    made: type = attrs.frozen(written, **bare)
    return {"__init__": vars(made)["__init__"]}


def _make_rest(cls: type) -> dict[str, object]:
    written, options = _WRITTEN[cls]
    made = vars(attrs.frozen(written, **options))
    return {name: made[name] for name in (_REST.keys() & made.keys()) - vars(written).keys()}


_REST: Final = {name: Late(name, _make_rest) for name in MADE_BY_ATTRS - {"__init__"}}
_CONSTRUCTOR: Final = {"__init__": Late("__init__", _make_constructor)}
_LATE: Final = _REST | _CONSTRUCTOR
_LATE_WITHOUT_EQ: Final = {
    name: late for name, late in _LATE.items() if name not in ("__eq__", "__ne__", "__hash__")
}


def _own_fields(cls: type) -> tuple[str, ...]:
    hints: dict[str, object] = cls.__annotations__
    return tuple(name for name, hint in hints.items() if get_origin(hint) is not ClassVar)


def _frozen(cls: type, **options: Any) -> type:
    """Does to a class what `attrs.frozen` does, and leaves the methods for later."""
    compares = options.get("eq", True) and "__eq__" not in vars(cls)
    names = _own_fields(cls)
    slots = (*names, "__weakref__") if options.get("weakref_slot", True) else names
    above = {name for base in cls.__mro__[1:] for name in getattr(base, "__slots__", ())}
    own = tuple(name for name in slots if name not in above)
    made = slotted(cls, own, names, _LATE if compares else _LATE_WITHOUT_EQ)
    _WRITTEN[made] = cls, options
    return made


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
