"""A protocol of toys: together its messages have every construct that a declaration can have."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, IntFlag, StrEnum
from typing import Any, Self

from hypothesis import strategies as st

from trio_tws._wire import (
    Registry,
    between,
    const,
    each,
    incoming,
    layout,
    maybe,
    outgoing,
    since,
    split,
    struct,
    until,
    when,
    wire,
)
from trio_tws._wire.fields import MessageSpec, spec_of
from trio_tws._wire.kinds import (
    ESCAPED,
    FLOAT_TEXT,
    LONG,
    MILLIS,
    NUMBER_TEXT,
    SECONDS,
    UNSET_FLOAT,
    UNSET_INT,
    UNSET_LONG,
    own_kind,
)
from trio_tws._wire.layout import is_positive, is_set

TOYS = Registry()

PROTO = 8
"""The version from which the toys have a protobuf form."""

TEXT_VERSIONS = range(1, PROTO)


class Color(IntEnum):
    """An open enumeration of numbers."""

    NONE = 0
    RED = 1
    BLUE = 2

    @classmethod
    def _missing_(cls, value: object) -> Self:
        assert isinstance(value, int), "the engine asks for numbers"
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        return member


class Shape(StrEnum):
    """An open enumeration of texts."""

    NONE = ""
    ROUND = "ROUND"
    FLAT = "FLAT"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        member = str.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = str(value)
        return member


class Mask(IntFlag):
    """Flags."""

    A = 1
    B = 2


def _read_words(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)


WORDS = own_kind("words", _read_words, ",".join, packs_list=True)


@struct
class Pair:
    """What a packed list and a plain one hold."""

    tag: str = wire(1, default="")
    value: str = wire(2, default="")


def _read_pairs(text: str) -> tuple[Pair, ...]:
    return tuple(Pair(*part.split("=")) for part in text.split(";") if part)


def _write_pairs(pairs: tuple[Pair, ...]) -> str:
    return "".join(f"{pair.tag}={pair.value};" for pair in pairs)


PAIRS = own_kind("pairs", _read_pairs, _write_pairs, packs_list=True)


@struct
class Wheel:
    """An element with a gate and a list inside."""

    size: Decimal | None = wire(1, default=None, unset=-1)
    spokes: tuple[int, ...] = wire(3, default=())
    color: Color = wire(2, default=Color.NONE, since=3)


@struct
class Engine:
    """A structure that may be missing."""

    power: float = wire(1, default=0.0)
    fuel: str = wire(2, default="")
    weight: int | None = wire(3, default=None, unset=-1)
    price: float | None = wire(4, default=None, unset=-1.0, unset_unless="power")


@struct
class Body:
    """A structure that is always there."""

    name: str = wire(1, kind=ESCAPED, default="")
    shape: Shape = wire(2, default=Shape.NONE)
    engine: Engine | None = wire(3, default=None)
    wheels: tuple[Wheel, ...] = wire(4, default=())
    length: float | None = wire(5, default=None)


@incoming(1, version=3, proto=PROTO, registry=TOYS)
class Scalars:
    """Every kind of value."""

    number: int = wire(15)
    long: int = wire(2, kind=LONG, default=0)
    float_: float = wire(3, default=0.0)
    decimal: Decimal = wire(4, default=Decimal(0))
    text: str = wire(5, default="")
    flag: bool = wire(6, default=False)
    escaped: str = wire(7, kind=ESCAPED, default="")
    float_text: float = wire(8, kind=FLOAT_TEXT, default=0.0)
    number_text: str = wire(9, kind=NUMBER_TEXT, default="")
    seconds: datetime = wire(10, kind=SECONDS, default=datetime(1970, 1, 1, tzinfo=UTC))
    millis: datetime = wire(11, kind=MILLIS, default=datetime(1970, 1, 1, tzinfo=UTC))
    color: Color = wire(12, default=Color.NONE)
    shape: Shape = wire(13, default=Shape.NONE)
    mask: Mask = wire(14, default=Mask(0))
    words: tuple[str, ...] = wire(1, kind=WORDS, default=())
    pairs: tuple[Pair, ...] = wire(16, kind=PAIRS, default=())


@incoming(2, proto=PROTO, registry=TOYS)
class Optionals:
    """Every kind of value that may be unset."""

    number: int | None = wire(1, default=None)
    long: int | None = wire(2, kind=LONG, default=None)
    float_: float | None = wire(3, default=None)
    decimal: Decimal | None = wire(4, default=None)
    flag: bool | None = wire(5, default=None)
    float_text: float | None = wire(6, kind=FLOAT_TEXT, default=None)
    seconds: datetime | None = wire(7, kind=SECONDS, default=None)
    millis: datetime | None = wire(8, kind=MILLIS, default=None)
    color: Color | None = wire(9, default=None)
    price: float | None = wire(10, default=None, unset=-1.0, unset_unless="size")
    size: Decimal | None = wire(11, default=None)
    count: int | None = wire(12, default=None, unset=-1)


def _read_date(text: str) -> tuple[str, ...]:
    date, _, time = text.partition(" ")
    return date, time


def _write_date(date: str, time: str) -> str:
    return f"{date} {time}".rstrip()


def _both(kind: str, count: int) -> bool:
    return kind == "b" and count > 1


@incoming(3, version=1, version_until=4, proto=PROTO, registry=TOYS)
class Nested:
    """Every construct of a layout."""

    key: int = wire(1, default=-1)
    kind: str = wire(2, default="")
    count: int | None = wire(3, default=None, unset=-1)
    body: Body = wire(4, default=Body())
    date: str = wire(5, default="")
    time: str = wire(default="")
    one: int = wire(6, default=0)
    two: int = wire(7, default=0)
    three: int = wire(8, default=0)
    four: int = wire(9, default=0)
    five: tuple[Pair, ...] = wire(10, default=())
    six: tuple[float, ...] = wire(11, default=())
    flags: tuple[bool, ...] = wire(12, default=())
    names: tuple[str, ...] = wire(13, default=())
    late: str = wire(14, default="", in_text=False)


N, B = Nested, Body

layout(
    Nested,
    N.key,
    const("x"),
    N.kind,
    B.shape,
    until(2, N.count),
    between(2, 4, const("gone")),
    since(2, N.count),  # it moved
    split(N.date, N.time, read=_read_date, write=_write_date),
    when(N.kind, "a", N.one),
    when(N.kind, frozenset({"a", "b"}), N.two, since(3, when(N.count, is_set, N.three))),
    when((N.kind, N.key), _both, each(N.five), maybe(B.engine)),
    when(N.count, is_positive, N.four),
    when(B.shape, Shape.FLAT, B.length),
    B.name,
    each(B.wheels),
    since(5, each(N.six), N.flags, N.names),
)


@outgoing(4, proto=PROTO, registry=TOYS)
class Maybes:
    """Flags and structures by declaration alone."""

    key: int = wire(1)
    engine: Engine | None = wire(2, default=None)
    body: Body = wire(3, default=Body())
    spare: Engine | None = wire(4, default=None, since=5)


@outgoing(5, registry=TOYS)
class Empty:
    """No field at all, and no protobuf form."""


# Values ...........................................................................................

SENTINELS = frozenset({UNSET_INT, UNSET_LONG, -UNSET_LONG - 1, UNSET_FLOAT, -UNSET_FLOAT, -1})

printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=4)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)
ints = st.integers(-(1 << 31), (1 << 31) - 1).filter(lambda number: number not in SENTINELS)
longs = st.integers(-(1 << 63), (1 << 63) - 1).filter(lambda number: number not in SENTINELS)
floats = st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: x not in SENTINELS)
decimals = st.decimals(allow_nan=False, allow_infinity=False).filter(lambda x: x not in SENTINELS)
words = st.lists(st.sampled_from(["a", "bc", "def"]), max_size=3).map(tuple)
pairs = st.builds(Pair, printable, printable)
plain_pairs = st.builds(Pair, st.sampled_from(["a", "b"]), st.sampled_from(["", "1"]))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
counts = st.integers(1, 1 << 42).filter(lambda number: number not in SENTINELS)
seconds = st.integers(1, 1 << 30).map(lambda number: _EPOCH + timedelta(seconds=number))
millis = counts.map(lambda number: _EPOCH + timedelta(milliseconds=number))
colors = st.sampled_from(Color) | ints.map(Color)
shapes = st.sampled_from(Shape) | printable.map(Shape)


def lists(elements: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(elements, max_size=3).map(tuple)


scalars = st.builds(
    Scalars,
    number=ints,
    long=longs,
    float_=floats,
    decimal=decimals,
    text=texts,
    flag=st.booleans(),
    escaped=texts,
    float_text=floats,
    number_text=st.sampled_from(["", "100", "0.5"]),
    seconds=seconds,
    millis=millis,
    color=colors,
    shape=shapes,
    mask=st.integers(0, 7).map(Mask),
    words=words,
    pairs=lists(plain_pairs),
)

optionals = st.builds(
    Optionals,
    number=st.none() | ints,
    long=st.none() | longs,
    float_=st.none() | floats,
    decimal=st.none() | decimals,
    flag=st.none() | st.booleans(),
    float_text=st.none() | floats,
    seconds=st.none() | seconds,
    millis=st.none() | millis,
    color=st.none() | colors,
    price=st.none() | floats,
    size=st.none() | decimals,
    count=st.none() | ints,
)

engines = st.builds(
    Engine,
    power=floats,
    fuel=printable,
    weight=st.none() | ints,
    price=st.none() | floats,
)


def wheels(version: int) -> st.SearchStrategy[Wheel]:
    color = colors if version >= 3 else st.just(Color.NONE)
    return st.builds(Wheel, size=st.none() | decimals, spokes=lists(ints), color=color)


def maybes(version: int) -> st.SearchStrategy[Maybes]:
    bodies = st.builds(
        Body,
        name=printable,
        shape=shapes,
        engine=st.none() | engines,
        wheels=lists(wheels(version)),
        length=st.none() | floats,
    )
    spare = st.none() | engines if version >= 5 else st.none()
    return st.builds(Maybes, key=ints, engine=st.none() | engines, body=bodies, spare=spare)


@st.composite
def nesteds(draw: st.DrawFn, version: int) -> Nested:
    """Gives messages of which every field has a place at the version."""
    is_proto = spec(Nested).is_proto(version)

    def place(condition: bool, values: st.SearchStrategy[Any], default: Any) -> Any:
        return draw(values) if condition or is_proto else default

    key, kind = draw(st.integers(0, 3)), draw(st.sampled_from(["", "a", "b", "c"]))
    count = draw(st.none() | st.integers(-3, 3).filter(lambda number: number != -1))
    shape = draw(shapes)
    return Nested(
        key=key,
        kind=kind,
        count=count,
        body=Body(
            name=draw(texts),
            shape=shape,
            engine=place(_both(kind, key), st.none() | engines, None),
            wheels=draw(lists(wheels(version))),
            length=place(shape == Shape.FLAT, st.none() | floats, None),
        ),
        date=draw(st.sampled_from(["", "2026"])),
        time="",
        one=place(kind == "a", ints, 0),
        two=place(kind in {"a", "b"}, ints, 0),
        three=place(kind in {"a", "b"} and version >= 3 and bool(count), ints, 0),
        four=place(is_positive(count), ints, 0),
        five=place(_both(kind, key), lists(pairs), ()),
        six=place(version >= 5, lists(floats), ()),
        flags=place(version >= 5, lists(st.booleans()), ()),
        names=place(version >= 5, lists(texts), ()),
        late=place(False, texts, ""),
    )


def spec(cls: type) -> MessageSpec:
    return spec_of(cls)


def messages(version: int) -> st.SearchStrategy[Any]:
    return scalars | optionals | nesteds(version) | maybes(version) | st.just(Empty())


def class_of(message: object) -> type:
    return type(message)


def strict(cls: type, surplus: int) -> None:
    raise ValueError(f"{cls.__name__}: {surplus}")


class Lenient:
    """A tail that lets everything pass and remembers it."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    def __call__(self, cls: type, surplus: int) -> None:
        self.seen.append(surplus)
