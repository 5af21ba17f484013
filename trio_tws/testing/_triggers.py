"""When a rule of a scenario applies: at a time, or with a message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, tzinfo
from typing import Final, final

import attrs
from attrs.validators import ge, instance_of, optional

from trio_tws._model.session import StartApi
from trio_tws._wire.fields import spec_of
from trio_tws.testing._nights import seconds_until

Moment = str | time | datetime | float
"""A time of day as ``"10:00"``, or as a `datetime.time`, by the clock of TWS, which comes next; an
aware `datetime.datetime`; or simulated seconds from when the rule is added."""

_SHOWN: Final = "%Y-%m-%d %H:%M:%S %Z"


def _moment(_: object, __: object, moment: Moment) -> None:
    if isinstance(moment, datetime) and moment.tzinfo is None:
        raise ValueError(f"at({moment!r}) has no time zone; give an aware datetime")
    if isinstance(moment, time) and moment.tzinfo is not None:
        raise ValueError(f"at({moment!r}): a time of day is by the clock of TWS, without a zone")
    if isinstance(moment, str):
        clock_of(moment)
    if isinstance(moment, int | float) and not moment >= 0:
        raise ValueError(f"at({moment!r}) is in the past; give seconds from now on")


def clock_of(text: str) -> time:
    """Reads a time of day.

    Raises:
        ValueError: It is none.
    """
    try:
        clock = time.fromisoformat(text)
    except ValueError:
        raise ValueError(f"at({text!r}) is no time of day; write 10:00 or 10:00:30") from None
    if clock.tzinfo is not None:
        raise ValueError(f"at({text!r}): a time of day is by the clock of TWS, without a zone")
    return clock


@final
@attrs.frozen
class At:
    """A moment."""

    moment: Moment = attrs.field(validator=_moment)

    def seconds_left(self, now: float, zone: tzinfo) -> float:
        """Gives the simulated seconds from now, in epoch seconds, until the moment.

        Raises:
            ValueError: It is past.
        """
        match self.moment:
            case datetime():
                left = self.moment.timestamp() - now
                if left < 0:
                    here = datetime.fromtimestamp(now, zone)
                    raise ValueError(f"that time is past: it is {here:{_SHOWN}}")
                return left
            case str():
                return _seconds_left(clock_of(self.moment), now, zone)
            case time():
                return _seconds_left(self.moment, now, zone)
            case _:
                return self.moment


def _seconds_left(clock: time, now: float, zone: tzinfo) -> float:
    if datetime.fromtimestamp(now, zone).time() == clock:
        return 0.0
    return seconds_until(clock, now, zone)


def _to_tws(kind: type) -> None:
    if spec_of(kind).is_incoming:
        name = kind.__name__
        raise ValueError(f"on({name}): TWS sends {name}; use before({name}) or after({name})")
    if kind is StartApi:
        raise ValueError("on(StartApi): what goes wrong at the start of a session is in Faults")


def _from_tws(kind: type) -> None:
    if not spec_of(kind).is_incoming:
        name = kind.__name__
        raise ValueError(f"{name} is sent to TWS; use on({name})")


@attrs.frozen
class _Message:
    """A message of one of some kinds."""

    kinds: tuple[type, ...]
    where: Callable[[object], bool] | None = attrs.field(default=None, kw_only=True)
    nth: int | None = attrs.field(
        default=None, validator=optional([instance_of(int), ge(1)]), kw_only=True
    )
    client_id: int | None = attrs.field(default=None, kw_only=True)

    def fits(self, client_id: int | None, message: object) -> bool:
        """Tells whether a message is meant, whichever in number it is."""
        return (
            isinstance(message, self.kinds)
            and self.client_id in {None, client_id}
            and (self.where is None or self.where(message))
        )


@final
@attrs.frozen
class On(_Message):
    """A message that a program sends."""

    def __attrs_post_init__(self) -> None:
        for kind in self.kinds:
            _to_tws(kind)


@final
@attrs.frozen
class Before(_Message):
    """A message that TWS is about to send."""

    def __attrs_post_init__(self) -> None:
        for kind in self.kinds:
            _from_tws(kind)


@final
@attrs.frozen
class After(_Message):
    """A message that TWS has sent."""

    def __attrs_post_init__(self) -> None:
        for kind in self.kinds:
            _from_tws(kind)


Trigger = At | On | Before | After
