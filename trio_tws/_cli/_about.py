"""What there is to say of a message as a whole, out of its declaration and its docstring."""

import inspect
import re
from collections.abc import Iterable
from typing import Final

import attrs

from trio_tws._model import MESSAGES
from trio_tws._wire.fields import FOREVER, MessageSpec, Registry, spec_of

_SOURCE: Final = "Source:"
_METHODS: Final = re.compile(r"\b(EClient|EWrapper)\.(\w+(?:(?:, | and )[a-z]+[A-Z]\w*)*)")
"""A method of IB's client, and those of the same class that are named after it."""


@attrs.frozen
class About:
    """The facts of one message; other messages are named as they are in Python.

    Attributes:
        cls: The message class.
        name: What it is called here.
        direction: ``in`` from TWS to the client, ``out`` the other way.
        id: Its id, the same in both formats.
        summary: What it is, in a sentence.
        details: What else its documentation says; empty if nothing.
        methods: What IB's own client calls it, as in ``EWrapper.tickPrice``.
        since: The first server version that knows it; None if all do that are spoken here.
        protobuf_since: The server version from which it is protobuf; None if it never is.
        version: The message's own version number, sent as its first text field; None if none is.
        version_until: The server version from which that number is no longer sent; None if it
            always is.
        answers: The requests that it answers.
        answered_by: The messages that answer it.
        is_last: Whether it can be the last answer to its request.
        is_last_until: The server version from which it no longer is; None if it always is.
        cancelled_by: The message that takes it back; None if none does.
        cancels: The requests that it takes back.
        is_trade: Whether it places, changes or cancels an order.
    """

    cls: type
    name: str
    direction: str
    id: int
    summary: str
    details: str
    methods: tuple[str, ...]
    since: int | None
    protobuf_since: int | None
    version: int | None
    version_until: int | None
    answers: tuple[str, ...]
    answered_by: tuple[str, ...]
    is_last: bool
    is_last_until: int | None
    cancelled_by: str | None
    cancels: tuple[str, ...]
    is_trade: bool

    @property
    def key(self) -> str:
        """The direction and the id, as in ``in:1``."""
        return f"{self.direction}:{self.id}"

    def is_known_to(self, server_version: int) -> bool:
        """Tells whether a server version has the message."""
        return self.since is None or server_version >= self.since

    def format_at(self, server_version: int) -> str:
        """Gives the format in which it travels at a server version: ``text`` or ``protobuf``."""
        first = self.protobuf_since
        return "protobuf" if first is not None and server_version >= first else "text"

    def sends_own_version_at(self, server_version: int) -> bool:
        """Tells whether its own version number comes with it at a server version."""
        is_sent = self.version_until is None or server_version < self.version_until
        return self.version is not None and is_sent and self.format_at(server_version) == "text"


def about(cls: type, messages: Registry = MESSAGES) -> About:
    """Gives what there is to say of a message.

    Raises:
        TypeError: The class is not a message.
    """
    spec = spec_of(cls)
    summary, details, methods = _documentation(cls)
    return About(
        cls=cls,
        name=cls.__name__,
        direction="in" if spec.is_incoming else "out",
        id=spec.id,
        summary=summary,
        details=details,
        methods=methods,
        since=spec.since or None,
        protobuf_since=spec.proto,
        version=spec.version,
        version_until=_end(spec.version_until),
        answers=_names(spec.answers),
        answered_by=_names(one.cls for one in _specs(messages) if cls in one.answers),
        is_last=bool(spec.ends),
        is_last_until=_end(spec.ends.stop) if spec.ends else None,
        cancelled_by=None if spec.cancel is None else spec.cancel.__name__,
        cancels=_names(one.cls for one in _specs(messages) if one.cancel is cls),
        is_trade=spec.is_trade,
    )


def everything(messages: Registry = MESSAGES) -> list[About]:
    """Gives what there is to say of every message: those a client sends first, by id."""
    found = [about(cls, messages) for cls in messages]
    return sorted(found, key=lambda one: (one.direction == "in", one.id))


def _specs(messages: Registry) -> Iterable[MessageSpec]:
    return map(spec_of, messages)


def _names(classes: Iterable[type]) -> tuple[str, ...]:
    return tuple(cls.__name__ for cls in classes)


def _end(version: int) -> int | None:
    return version if version < FOREVER else None


def _documentation(cls: type) -> tuple[str, str, tuple[str, ...]]:
    """Takes a docstring apart: the summary, the paragraphs after it, and IB's names for it."""
    summary, *rest = inspect.cleandoc(cls.__doc__ or "").replace("``", "`").split("\n\n")
    details = [part for part in rest if not part.startswith(_SOURCE)]
    sources = " ".join(part for part in rest if part.startswith(_SOURCE))
    found = (
        f"{owner}.{name}"
        for owner, names in _METHODS.findall(sources)
        for name in re.split(", | and ", names)
    )
    methods = tuple(dict.fromkeys(found))
    return " ".join(summary.split()), "\n\n".join(" ".join(p.split()) for p in details), methods
