"""What type checkers understand of a declaration; checked by mypy and pyright, never run.

Each ``type: ignore`` marks a mistake. Both checkers complain of one that is not needed, so that a
mistake which they no longer see is an error here.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from collections.abc import Callable
from decimal import Decimal
from typing import assert_type

from trio_tws._wire import (
    Registry,
    Via,
    beside,
    in_kind,
    incoming,
    layout,
    outgoing,
    present,
    rest,
    since,
    spelt,
    struct,
    when,
    wire,
)
from trio_tws._wire.kinds import BOOL, SECONDS, own_kind

REGISTRY = Registry()

COMMAS = own_kind("commas", lambda text: tuple(text.split(",")), ",".join, packs_list=True)


@struct
class Part:
    a: int = wire(1, default=0)
    b: str | None = wire(2, default=None)


@outgoing(1, registry=REGISTRY)
class Ask:
    key: int = wire(1)
    part: Part = wire(2, default=Part())


@incoming(1, answers=Ask, registry=REGISTRY)
class Answer:
    key: int = wire(1, default=-1)
    price: float | None = wire(2, default=None, unset=-1.0)
    size: Decimal = wire(3, kind=SECONDS, default=Decimal(0))
    parts: tuple[Part, ...] = wire(4, default=())
    words: tuple[str, ...] = wire(5, kind=COMMAS, default=())
    whole: float = wire(6, default=0)


# Constructors take what was declared, by position and by name, with defaults.
assert_type(Ask(1), Ask)
assert_type(Ask(key=1, part=Part(b="x")), Ask)
assert_type(Answer().price, float | None)
assert_type(Answer(1, 2.5, Decimal(3), (Part(4),), ("a",)).parts[0].a, int)

Ask()  # type: ignore[call-arg]  # the key has no default
Ask("1")  # type: ignore[arg-type]  # it is an int
Ask(1, prat=Part())  # type: ignore[call-arg]  # misspelt
Answer(parts=[Part()])  # type: ignore[arg-type]  # a tuple, not a list
Answer(size=None)  # type: ignore[arg-type]  # always has a value

# What is declared is frozen.
Answer().key = 5  # type: ignore[misc]  # frozen
Ask(1).part.a = 5  # type: ignore[misc]  # frozen too
Answer().other  # type: ignore[attr-defined]  # noqa: B018 - no such field

# A layout names attributes, and a misspelt one is an error.
layout(Answer, Answer.key, since(5, Answer.price), when(Answer.key, 1, Part.b))
layout(Answer, Answer.kee)  # type: ignore[attr-defined]  # misspelt
layout(Ask, since(5, Part.c))  # type: ignore[attr-defined]  # misspelt

# A list of a union takes each of its members, and nothing else.


def _seen(part: Part) -> int | Part:
    return part


def _on_wire(member: int | Part) -> Part:
    return Part() if isinstance(member, int) else member


@incoming(2, registry=REGISTRY)
class Union:
    members: tuple[int | Part, ...] = wire(1, via=Via("Member", Part, _seen, _on_wire), default=())
    perhaps: Part | None = wire(2, default=None)
    texts: tuple[str, ...] = wire(3, default=())
    is_sure: bool = wire(4, kind=own_kind("sure", bool, str, like=BOOL), default=True)


assert_type(Union((1, Part())).members, tuple[int | Part, ...])
assert_type(Union().is_sure, bool)
Union(("x",))  # type: ignore[arg-type]  # neither a number nor a part
Via("Member", "Part", _seen, _on_wire)  # type: ignore[arg-type]  # a class, not its name
wire(1, via=_seen)  # type: ignore[call-overload]  # both functions, and the class
own_kind("sure", bool, str, like=bool)  # type: ignore[arg-type]  # a kind, not a type


def _starts(fields: list[str]) -> bool:
    return bool(fields)


def _is_number(text: str) -> bool:
    return text.isdigit()


# The rarer parts of a layout name attributes too.
layout(
    Union,
    present(Union.perhaps, Part.a),
    beside(Union.members, Part.b),
    rest(Union.texts, _starts),
    in_kind(SECONDS, Answer.size),
    spelt(Answer.price),
)
layout(Ask, present(Union.perhapps))  # type: ignore[attr-defined]  # misspelt
layout(Ask, beside(Union.members, Part.c))  # type: ignore[attr-defined]  # misspelt
layout(Ask, spelt(Answer.prize))  # type: ignore[attr-defined]  # misspelt
layout(Ask, in_kind(int, Answer.size))  # type: ignore[arg-type]  # a kind, not a type
layout(Ask, rest(Union.texts, _is_number))  # type: ignore[arg-type]  # it is given many fields

# A default is of the field's type.


@struct
class Wrong:
    a: int = wire(1, default=None)  # type: ignore[assignment]  # an int is never None
    b: str = wire(2, default=0)  # type: ignore[assignment]  # a text
    c: tuple[Part, ...] = wire(3, default=("x",))  # type: ignore[arg-type]  # parts, not texts


# The type of a class is kept by its decorator.
make: Callable[[int], Ask] = Ask
