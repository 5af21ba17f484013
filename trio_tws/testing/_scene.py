"""What an act of a scenario has to do with: the simulator, and the message that it is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from random import Random
from typing import TYPE_CHECKING, cast, final

import attrs

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._simulator import Simulator


@final
class ScenarioError(Exception):
    """A rule of a scenario can't be carried out; the text names it, the cause says why."""


@final
@attrs.frozen(eq=False)
class Passing:
    """A message on its way from a program to TWS, or to it."""

    client: SimulatedClient
    """The program's end at TWS."""
    message: object
    onward: Callable[[object], None]
    """Lets a message go on."""
    is_said: bool = False
    """It has been said to the client already."""

    def go(self) -> None:
        """Lets this one go on; where it was meant for somebody who has left, it is lost."""
        if not self.client.has_left:
            self.onward(self.message)


@final
@attrs.frozen(kw_only=True)
class Scene:
    """The moment at which a rule applies."""

    simulator: Simulator
    later: Callable[[float, Callable[[], None]], None]
    """Has something done after so many simulated seconds."""
    fired: Callable[[], None]
    """Takes note that the rule has had an effect."""
    dice: Random
    """Those of the rule."""
    waiting: list[Passing]
    """What the rule holds back."""
    passing: Passing | None = None
    """The message that it is about; None where a clock began it."""


def spell(thing: attrs.AttrsInstance) -> str:
    """Writes something as the call that made it: a class Halt as ``halt('AAPL')``."""
    kind = type(thing)
    name = re.sub("(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()
    parts: list[str] = []
    for field in sorted(attrs.fields(kind), key=lambda field: field.kw_only):
        value = cast(object, getattr(thing, field.name))
        if value == field.default or not field.repr:
            continue
        values = cast(tuple[object, ...], value) if isinstance(value, tuple) else (value,)
        written = ", ".join(map(_spelled, values))
        parts.append(f"{field.name}={written}" if field.kw_only else written)
    return f"{name}({', '.join(parts)})"


def _spelled(value: object) -> str:
    """Gives classes and functions by their names, and messages by those of their classes."""
    if isinstance(value, Enum):
        return str(value)
    name = cast("str | None", getattr(value, "__name__", None))
    if name is not None:
        return name
    return type(value).__name__ if attrs.has(type(value)) else repr(value)
