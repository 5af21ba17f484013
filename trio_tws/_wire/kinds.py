"""How one value stands on the wire: a row per kind, for text and for protobuf.

A row holds templates, not functions: the compiler pastes them, with ``{x}`` replaced by the
expression at hand, into straight-line code, where a call per field would double the cost of a
message. A template may use the scratch name ``t`` and the helpers in `HELPERS`. No number that
stands for "unset" is known outside this file.

Which texts mean "unset": the official clients' sentinels for integers (2147483647, and
9223372036854775807 for long ones) and floats (1.797…e308), and the empty field. TWS sends any of
them in any numeric field.
"""

import functools
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum, IntEnum, IntFlag, StrEnum
from types import MappingProxyType
from typing import Any, Final

from trio_tws._wire.late import frozen
from trio_tws._wire.source import Source
from trio_tws._wire.values import (
    decimal_text,
    escape,
    flag,
    flag_text,
    float_text,
    from_millis,
    from_seconds,
    int_text,
    long_text,
    millis_of,
    nonzero,
    number_text,
    plain,
    printable,
    quantity,
    seconds_of,
    unescape,
)

UNSET_INT: Final = 2147483647
UNSET_LONG: Final = 9223372036854775807
UNSET_FLOAT: Final = 1.7976931348623157e308

_UNSET_INTS: Final = frozenset({"", str(UNSET_INT), str(UNSET_LONG)})
_UNSET_DECIMALS: Final = frozenset(
    {
        "",
        str(UNSET_INT),
        str(UNSET_LONG),
        "-9223372036854775808",
        "1.7976931348623157E308",
        "1.7976931348623157e+308",
        "170141183460469231731687303715884105727",
    }
)
_MOST_MASKS: Final = 256

_MOST_REMEMBERED: Final = 1024
_LONGEST_REMEMBERED: Final = 32


@frozen(eq=False)
class Kind:
    """One row: how a value of this kind is read and written in both formats.

    Attributes:
        name: The word for it in generated documentation.
        proto: The type of the field in protobuf; text travels as ``bytes`` there, because the
            library refuses a whole message for one text that is not UTF-8.
        read: Text in, where the field always has a value; the empty field reads as zero.
        read_optional: Text in, where None is a value. Empty if the kind has no unset form.
        write: Text out.
        proto_read: Protobuf in, for a value that is always there or whose absence is its default.
        proto_read_optional: Protobuf in, where None is a value; ``{has}`` asks for presence.
        proto_write: Protobuf out: what is assigned to the field, or its text if ``proto`` is bytes.
        proto_omits_falsy: Whether an empty or false value is left out of a protobuf message.
        proto_default: What an absent protobuf field reads as.
        proto_unset: What an absent protobuf field reads as, where None is a value.
        is_text: Whether the text form is free text, whose characters have to be checked.
        packs_list: Whether one text holds all elements of a list.
        since: The server version below which the text form is plain text instead.
        names: What the templates need besides `HELPERS`, by the placeholders that stand for it.
    """

    name: str
    proto: str
    read: str
    write: str
    read_optional: str = ""
    proto_read: str = "{x}"
    proto_read_optional: str = ""
    proto_write: str = "{x}"
    proto_omits_falsy: bool = False
    proto_default: int | float | bool | None = None
    proto_unset: int | float | None = None
    is_text: bool = False
    packs_list: bool = False
    since: int = 0
    names: Mapping[str, object] = MappingProxyType({})

    def but(self, **changes: Any) -> "Kind":
        """Gives the same row but for some columns.

        Raises:
            TypeError: There is no such column.
        """
        return Kind(**{name: getattr(self, name) for name in Kind.__annotations__} | changes)


class Lookup(dict[Any, Any]):
    """From a value on the wire to a member of an enumeration, faster than calling its class.

    Unknown values make a member on the spot. They are not remembered: what the other end sends
    must not grow our memory.
    """

    def __init__(self, members: type[Enum], as_key: Callable[[Any], Any]) -> None:
        self._members: Callable[[Any], Any] = members
        self._is_number = issubclass(members, int)
        self._is_mask = issubclass(members, IntFlag)
        values = [member.value for member in members]
        if self._is_mask:  # most masks are no single flag, and zero is the commonest
            values = [*range(min(2 * max(values), _MOST_MASKS))]
        super().__init__({as_key(value): self._members(value) for value in values})

    def __missing__(self, key: Any) -> Any:
        if not self._is_number:
            return self._members(key)
        number = int(key or 0)
        # The standard library keeps every combination of flags it has seen for good.
        if self._is_mask and not 0 <= number < 1 << 16:
            raise ValueError(f"{number} is no mask of 16 flags")
        return self._members(number)


class Remembered(dict[Any, Any]):
    """From a value on the wire to what is read from it, where the same few come again and again.

    Args:
        template: How it is read, as in `Kind`.
        names: What the template needs besides `HELPERS`.
    """

    def __init__(self, template: str, names: Mapping[str, object]) -> None:
        super().__init__()
        self._template = template
        self._names = names
        self._read: Callable[[Any], Any] | None = None

    def __missing__(self, key: Any) -> Any:
        if self._read is None:
            self._read = self._compiled()
        value = self._read(key)
        # What the other end sends must not grow our memory.
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        if isinstance(key, int) or len(key) <= _LONGEST_REMEMBERED:
            self[key] = value
        return value

    def _compiled(self) -> Callable[[Any], Any]:
        source = Source()
        for name, value in {**HELPERS, **self._names}.items():
            source.bind(name, value)
        own = {name: name for name in self._names}
        with source.block("def remembered(x):"):
            source.add(f"return {self._template.format(x='x', **own)}")
        return source.function("remembered", f"remembered {self._template}")


HELPERS: Final[Mapping[str, object]] = {
    "UNSET_INTS": _UNSET_INTS,
    "UNSET_DECIMALS": _UNSET_DECIMALS,
    "quantity": quantity,
    "UNSET_FLOAT": UNSET_FLOAT,
    "Decimal": Decimal,
    "flag": flag,
    "flag_text": flag_text,
    "int_text": int_text,
    "long_text": long_text,
    "plain": plain,
    "printable": printable,
    "float_text": float_text,
    "decimal_text": decimal_text,
    "seconds_of": seconds_of,
    "millis_of": millis_of,
    "from_seconds": from_seconds,
    "from_millis": from_millis,
    "nonzero": nonzero,
    "unescape": unescape,
    "escape": escape,
    "number_text": number_text,
}
"""What the templates may call. Everything here checks its argument; nothing here touches I/O."""

_DECODED: Final = '{x}.decode("utf-8", "backslashreplace")'
_READ_INT: Final = "int({x} or 0)"
_READ_INT_OPTIONAL: Final = "None if (t := {x}) in UNSET_INTS else int(t)"
_READ_DECIMAL_OPTIONAL: Final = (
    "None if (t := {x}) in UNSET_DECIMALS or not (t := Decimal(t)).is_finite() else t"
)

INT: Final = Kind(
    name="int",
    proto="int32",
    read=_READ_INT,
    read_optional=_READ_INT_OPTIONAL,
    write="int_text({x})",
    proto_read_optional=f"None if (t := {{x}}) == {UNSET_INT} else t",
    proto_default=0,
    proto_unset=UNSET_INT,
)
LONG: Final = INT.but(
    name="long",
    proto="int64",
    write="long_text({x})",
    proto_read_optional=f"None if (t := {{x}}) == {UNSET_LONG} or t == {UNSET_INT} else t",
    proto_unset=UNSET_LONG,
)
FLOAT: Final = Kind(
    name="float",
    proto="double",
    read="float({x} or 0)",
    read_optional="None if not (t := {x}) or (t := float(t)) == UNSET_FLOAT or t != t else t",
    write="float_text({x})",
    proto_read_optional="None if (t := {x}) == UNSET_FLOAT or t != t else t",
    proto_default=0.0,
    proto_unset=UNSET_FLOAT,
)
BOOL: Final = Kind(
    name="bool",
    proto="bool",
    read='(t := {x}) == "1" or t != "0" and flag(t)',
    read_optional='None if (t := {x}) in UNSET_INTS else t == "1" or flag(t)',
    write="flag_text({x})",
    proto_read_optional="{x} if {has} else None",
    proto_omits_falsy=True,
    proto_default=False,
)
TEXT: Final = Kind(
    name="str",
    proto="bytes",
    read="{x}",
    write="{x}",
    proto_read=_DECODED,
    proto_omits_falsy=True,
    is_text=True,
)
DECIMAL: Final = Kind(
    name="dec",
    proto="bytes",
    read="quantity({x} or 0)",
    read_optional=_READ_DECIMAL_OPTIONAL,
    write="decimal_text({x})",
    proto_read=f"quantity({_DECODED} or 0)",
    proto_read_optional=_READ_DECIMAL_OPTIONAL.replace("{x}", _DECODED),
    proto_write="decimal_text({x})",
)

ESCAPED: Final = TEXT.but(name="str(esc)", read="unescape({x})", write="escape({x})", since=153)
r"""Text in which TWS writes what is not ASCII as ``\uXXXX``, since the version that says so."""

SECONDS: Final = INT.but(
    name="time (s)",
    proto="int64",
    read="from_seconds(int({x} or 0))",
    read_optional='None if (t := {x}) in UNSET_INTS or t == "0" else from_seconds(int(t))',
    write="long_text(seconds_of({x}))",
    proto_read="from_seconds({x})",
    proto_read_optional=f"None if (t := {{x}}) in (0, {UNSET_LONG}) else from_seconds(t)",
    proto_write="seconds_of({x})",
    proto_unset=UNSET_LONG,
)
"""Seconds since 1970 as an aware datetime in UTC; zero means that there is none."""

MILLIS: Final = SECONDS.but(
    name="time (ms)",
    read="from_millis(int({x} or 0))",
    read_optional='None if (t := {x}) in UNSET_INTS or t == "0" else from_millis(int(t))',
    write="long_text(millis_of({x}))",
    proto_read="from_millis({x})",
    proto_read_optional=f"None if (t := {{x}}) in (0, {UNSET_LONG}) else from_millis(t)",
    proto_write="millis_of({x})",
)
"""Milliseconds since 1970 as an aware datetime in UTC; zero means that there is none."""

FLOAT_TEXT: Final = FLOAT.but(
    name="float",
    proto="bytes",
    proto_read=f"float({_DECODED} or 0)",
    proto_read_optional=(
        f"None if not (t := {_DECODED}) or (t := float(t)) == UNSET_FLOAT or t != t else t"
    ),
    proto_write="float_text({x})",
    proto_default=None,
    proto_unset=None,
)
"""A float that protobuf carries as text too."""

FLAG_NUMBER: Final = BOOL.but(
    proto="int32",
    proto_read="{x} != 0",
    proto_read_optional=f"None if (t := {{x}}) == {UNSET_INT} else t != 0",
    proto_write="int({x})",
    proto_default=0,
    proto_unset=UNSET_INT,
)
"""A flag that protobuf carries as a number."""

NUMBER_TEXT: Final = TEXT.but(
    name="str",
    proto="double",
    proto_read='"" if (t := {x}) == UNSET_FLOAT else number_text(t)',
    proto_write="float({x})",
    proto_default=UNSET_FLOAT,
)
"""Text that is a number, and that protobuf carries as a double: a contract's multiplier."""

_BY_TYPE: Final[Mapping[type, Kind]] = {
    bool: BOOL,
    int: INT,
    float: FLOAT,
    str: TEXT,
    Decimal: DECIMAL,
}


@functools.cache
def kind_of(annotation: Any) -> Kind:
    """Finds the kind of a value by its Python type; enumerations get one of their own.

    Raises:
        TypeError: No kind fits; the declaration has to name one.
    """
    if annotation in _BY_TYPE:
        return _BY_TYPE[annotation]
    if isinstance(annotation, type) and issubclass(annotation, IntEnum | IntFlag):
        return INT.but(
            name=annotation.__name__,
            read="{texts}[{x}]",
            read_optional="None if (t := {x}) in UNSET_INTS else {texts}[t]",
            proto_read="{numbers}[{x}]",
            proto_read_optional=f"None if (t := {{x}}) == {UNSET_INT} else {{numbers}}[t]",
            proto_write="int({x})",
            names={"texts": Lookup(annotation, str), "numbers": Lookup(annotation, int)},
        )
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return TEXT.but(
            name=annotation.__name__,
            read="{texts}[{x}]",
            proto_read=f"{{texts}}[{_DECODED}]",
            names={"texts": Lookup(annotation, str)},
        )
    raise TypeError(f"no wire kind for {annotation!r}; name one with kind=")


def of_few(kind: Kind) -> Kind:
    """Makes the kind of a field in which the same few values come again and again.

    Each of them is read once and remembered: a look-up costs a fifth of making a Decimal.
    """
    templates = {
        "read": kind.read,
        "read_optional": kind.read_optional,
        "proto_read": kind.proto_read,
        "proto_read_optional": kind.proto_read_optional,
    }
    calls = {name: template for name, template in templates.items() if "(" in template}
    known = {f"known_{name}": Remembered(template, kind.names) for name, template in calls.items()}
    changed = {name: f"{{known_{name}}}[{{x}}]" for name in calls}
    read, read_optional, proto_read, proto_read_optional = (templates | changed).values()
    return kind.but(
        read=read,
        read_optional=read_optional,
        proto_read=proto_read,
        proto_read_optional=proto_read_optional,
        names={**kind.names, **known},
    )


def own_kind(
    name: str,
    read: Callable[[str], object],
    write: Callable[[Any], str],
    *,
    packs_list: bool = False,
    like: Kind | None = None,
) -> Kind:
    """Makes a kind of two functions, for a field that packs a value of its own into text.

    Protobuf carries the same text, or what it carries for the kind that this one is ``like``.
    """
    if like is not None:
        return like.but(
            name=name,
            read="{read}({x})",
            read_optional=like.read_optional and "{read}({x})",
            write="{write}({x})",
            names={**like.names, "read": read, "write": write},
        )
    return Kind(
        name=name,
        proto="bytes",
        read="{read}({x})",
        write="{write}({x})",
        proto_read=f"{{read}}({_DECODED})",
        proto_write="{write}({x})",
        proto_omits_falsy=True,
        is_text=True,
        packs_list=packs_list,
        names={"read": read, "write": write},
    )


ID: Final = of_few(INT)
"""What a request is known by: a stream has the same all the time."""
FEW_DECIMALS: Final = of_few(DECIMAL)
"""Sizes of quotes and trades."""
FEW_SECONDS: Final = of_few(
    SECONDS.but(
        read="from_seconds(nonzero(int({x} or 0)))",
        proto_read="from_seconds(nonzero({x}))",
    )
)
"""Times of what comes several times a second; where there has to be one, zero can't be read."""
FEW_TEXTS: Final = of_few(TEXT)
"""Names of exchanges and the like; only in protobuf does a text have to be made."""
