"""How a message is declared: `wire` for a field, `struct`, `incoming` and `outgoing` for a class.

A declaration holds every fact of a field once: its type, its number in protobuf, its default, the
server versions that have it. What is derived from it is computed on first use and kept.
"""

import functools
import types
from collections.abc import Callable, Iterator
from typing import (
    Any,
    Final,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
    overload,
)

import attrs

from trio_tws._wire import kinds
from trio_tws._wire.classes import Wire, declare, is_declared, made_by, wires_of
from trio_tws._wire.late import frozen

C = TypeVar("C", bound=type)
T = TypeVar("T")

FOREVER: Final = 1_000_000
"""The upper end of a range of server versions that has none."""


@frozen
class Via:
    """How what users see of a list's elements travels as one structure.

    That is a union, told apart by a field; or a structure that knows of its place in a message.

    Attributes:
        name: What users call it.
        struct: The structure on the wire.
        read: From the structure to what users see.
        write: And back.
    """

    name: str
    struct: type
    read: Callable[[Any], object]
    write: Callable[[Any], object]


@frozen
class WireField:
    """One field of a message or structure, as declared.

    Attributes:
        name: The attribute.
        number: Its number in protobuf; None if protobuf does not carry it.
        kind: How the value, or each element of a list of values, is written; None for structures.
        text_kind: The kind of a structure, or a list of them, that text packs into one field; None
            for all others.
        struct: The structure it holds, or holds a list of; None for values.
        via: The two functions between what users see and the structure on the wire; None where that
            is the same.
        is_list: Whether it is a tuple of values or structures.
        is_optional: Whether None is a value of it.
        given: Its default; `attrs.NOTHING` if it has none, or one that is made.
        factory: What makes its default when that is first needed.
        since: The first server version that has it.
        until: The first server version that no longer has it.
        in_text: Whether it has a text form at all.
        unset: The number that stands for None in text, beside the general ones.
        unset_unless: The name of the field beside it which, when not zero, makes `unset` a number
            like any other.
    """

    name: str
    number: int | None
    kind: kinds.Kind | None
    text_kind: kinds.Kind | None
    struct: type | None
    via: "Via | None"
    is_list: bool
    is_optional: bool
    given: Any
    factory: Callable[[], object] | None
    since: int
    until: int
    in_text: bool
    unset: float | None
    unset_unless: str

    @property
    def default(self) -> Any:
        """What it is when nothing is said; `attrs.NOTHING` if that is not allowed."""
        return self.given if self.factory is None else made_by(self.factory)

    @property
    def value_kind(self) -> kinds.Kind:
        """How the value, or each element of a list of values, is written.

        Raises:
            TypeError: The field holds structures, which have no kind.
        """
        if self.kind is None:
            raise TypeError(f"{self.name} holds structures, not values")
        return self.kind


@frozen(eq=False)
class MessageSpec:
    """What is said of a message as a whole.

    Attributes:
        cls: The message class.
        id: Its id, the same in both formats.
        is_incoming: Whether it goes from TWS to the client.
        version: The message's own version number, sent as the first field; None if it has none.
        version_until: The server version from which that number is no longer sent.
        since: The first server version that knows the message.
        proto: The server version from which it is protobuf; None if it never is.
        answers: The requests that it answers.
        ends: The server versions, as a range, in which it is the last answer to its request.
        cancel: For a request that can be taken back, the message that does it.
        is_trade: Whether it places, changes or cancels an order.
    """

    cls: type
    id: int
    is_incoming: bool
    version: int | None
    version_until: int
    since: int
    proto: int | None
    answers: tuple[type, ...]
    ends: range
    cancel: type | None
    is_trade: bool

    def is_proto(self, server_version: int) -> bool:
        """Tells whether the message travels as protobuf at this server version."""
        return self.proto is not None and server_version >= self.proto


class Registry:
    """The messages of a protocol, by direction and id."""

    def __init__(self) -> None:
        self.incoming: dict[int, type] = {}
        self.outgoing: dict[int, type] = {}

    def add(self, spec: MessageSpec) -> None:
        """Takes up a message.

        Raises:
            ValueError: Its id is taken.
        """
        side = self.incoming if spec.is_incoming else self.outgoing
        if spec.id in side:
            raise ValueError(f"{spec.cls.__name__}: id {spec.id} is {side[spec.id].__name__}'s")
        side[spec.id] = spec.cls

    def __iter__(self) -> Iterator[type]:
        yield from self.outgoing.values()
        yield from self.incoming.values()


REGISTRY: Final = Registry()
"""The messages of the package's own tables; a declaration may name another registry."""


@overload
def wire(
    number: int | None = None,
    *,
    kind: kinds.Kind | None = None,
    via: Via | None = None,
    since: int = 0,
    until: int = FOREVER,
    in_text: bool = True,
    unset: float | None = None,
    unset_unless: str = "",
) -> Any: ...
@overload
def wire(
    number: int | None = None,
    *,
    default: T,
    kind: kinds.Kind | None = None,
    via: Via | None = None,
    since: int = 0,
    until: int = FOREVER,
    in_text: bool = True,
    unset: float | None = None,
    unset_unless: str = "",
) -> T: ...
@overload
def wire(
    number: int | None = None,
    *,
    factory: Callable[[], T],
    kind: kinds.Kind | None = None,
    via: Via | None = None,
    since: int = 0,
    until: int = FOREVER,
    in_text: bool = True,
    unset: float | None = None,
    unset_unless: str = "",
) -> T: ...
def wire(
    number: int | None = None,
    *,
    default: Any = attrs.NOTHING,
    factory: Callable[[], Any] | None = None,
    kind: kinds.Kind | None = None,
    via: Via | None = None,
    since: int = 0,
    until: int = FOREVER,
    in_text: bool = True,
    unset: float | None = None,
    unset_unless: str = "",
) -> Any:
    """Declares a field; see `WireField` for what each argument says.

    A default that is dear to make, such as an order, is given as the ``factory`` that makes it when
    it is first needed. To a type checker it gives its default, so that one of the wrong type is
    refused.
    """
    facts = {
        "number": number,
        "kind": kind,
        "via": via,
        "since": since,
        "until": until,
        "in_text": in_text,
        "unset": unset,
        "unset_unless": unset_unless,
    }
    return Wire(default, factory, facts)


@dataclass_transform(frozen_default=True, field_specifiers=(wire,))
def struct(cls: C) -> C:
    """Declares a structure that messages hold."""
    return declare(cls)


@dataclass_transform(frozen_default=True, field_specifiers=(wire,))
def incoming(
    id: int,  # noqa: A002 - IB's own word for it
    *,
    version: int | None = None,
    version_until: int = FOREVER,
    since: int = 0,
    proto: int | None = None,
    answers: type | tuple[type, ...] = (),
    ends: bool = False,
    ends_until: int = 0,
    registry: Registry = REGISTRY,
) -> Callable[[C], C]:
    """Declares a message from TWS to the client; see `MessageSpec`."""
    requests = answers if isinstance(answers, tuple) else (answers,)
    last = range(FOREVER) if ends else range(ends_until)

    def declare(cls: C) -> C:
        return _message(
            cls,
            registry,
            id=id,
            is_incoming=True,
            version=version,
            version_until=version_until,
            since=since,
            proto=proto,
            answers=requests,
            ends=last,
            cancel=None,
            is_trade=False,
        )

    return declare


@dataclass_transform(frozen_default=True, field_specifiers=(wire,))
def outgoing(
    id: int,  # noqa: A002 - IB's own word for it
    *,
    version: int | None = None,
    version_until: int = FOREVER,
    since: int = 0,
    proto: int | None = None,
    cancel: type | None = None,
    is_trade: bool = False,
    registry: Registry = REGISTRY,
) -> Callable[[C], C]:
    """Declares a message from the client to TWS; see `MessageSpec`."""

    def declare(cls: C) -> C:
        return _message(
            cls,
            registry,
            id=id,
            is_incoming=False,
            version=version,
            version_until=version_until,
            since=since,
            proto=proto,
            answers=(),
            ends=range(0),
            cancel=cancel,
            is_trade=is_trade,
        )

    return declare


def _message(cls: C, registry: Registry, **facts: Any) -> C:
    made = declare(cls)
    spec = MessageSpec(cls=made, **facts)
    registry.add(spec)
    _SPECS[made] = spec
    return made


_SPECS: Final[dict[type, MessageSpec]] = {}


def spec_of(cls: type) -> MessageSpec:
    """Gives what was declared of a message class.

    Raises:
        TypeError: The class is not a message.
    """
    try:
        return _SPECS[cls]
    except KeyError:
        raise TypeError(
            f"{cls.__name__} is not a message; messages are declared with incoming() and outgoing()"
        ) from None


@functools.cache
def fields_of(cls: type) -> tuple[WireField, ...]:
    """Gives the fields of a message or structure in their declared order.

    Raises:
        TypeError: The declaration of a field does not make sense; the message says why.
    """
    hints = get_type_hints(cls)
    fields = tuple(
        _wire_field(cls, name, wire, hints[name]) for name, wire in wires_of(cls).items()
    )
    names, numbers = {field.name for field in fields}, set[int]()
    for field in fields:
        if field.unset_unless not in names | {""}:
            raise TypeError(f"{cls.__name__}.{field.name} looks at {field.unset_unless}: no field")
        if field.number in numbers:
            raise TypeError(f"{cls.__name__} has number {field.number} twice")
        numbers |= set() if field.number is None else {field.number}
    return fields


def _wire_field(cls: type, name: str, wire: Wire, hint: Any) -> WireField:
    where, facts = f"{cls.__name__}.{name}", wire.facts
    annotation, is_optional = _without_none(hint)
    is_list = get_origin(annotation) is tuple
    element, *rest = get_args(annotation) if is_list else (annotation, ...)
    if rest != [...]:
        raise TypeError(f"{where}: {annotation} is no tuple of any length; write tuple[X, ...]")
    if is_list and is_optional:
        raise TypeError(f"{where}: a list can't be None; an empty one says as much")
    via: Via | None = facts["via"]
    if via is not None and not is_list:
        raise TypeError(f"{where}: via is for the elements of a list")
    holds = via.struct if via is not None else element if is_declared(element) else None
    given: kinds.Kind | None = facts["kind"]
    is_packed = given is not None and given.packs_list
    if holds is not None and given is not None and (is_packed is not is_list or is_optional):
        raise TypeError(f"{where}: {given.name} is not for {annotation}")
    kind = None if holds is not None else given or _kind_of(where, name, element)
    if kind is not None and is_optional and not kind.read_optional:
        raise TypeError(f"{where}: {kind.name} has no unset form, so it can't be None")
    if facts["unset"] is not None and not is_optional:
        raise TypeError(f"{where} can't be None, so no number stands for that")
    return WireField(
        name=name,
        kind=kind,
        text_kind=given if holds is not None else None,
        struct=holds,
        is_list=is_list and (holds is not None or not is_packed),
        is_optional=is_optional,
        given=wire.given,
        factory=wire.factory,
        **{key: fact for key, fact in facts.items() if key != "kind"},
    )


def _kind_of(where: str, name: str, annotation: Any) -> kinds.Kind:
    if name == "req_id" and annotation is int:
        return kinds.ID
    try:
        return kinds.kind_of(annotation)
    except TypeError as error:
        raise TypeError(f"{where}: {error}") from None


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [part for part in get_args(annotation) if part is not type(None)]
        if len(rest) == 1 and len(get_args(annotation)) == 2:
            return rest[0], True
    return annotation, False
