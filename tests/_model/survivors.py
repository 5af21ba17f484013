"""What of a message is still there after a trip, said without the codecs.

The codecs are compiled from the declarations; this walks the same declarations with the message in
hand. It is slow and has no text and no bytes in it, only which field goes where.
"""

import functools
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, TypeVar

import attrs

from tests._model.facts import class_of
from trio_tws import _versions as v
from trio_tws._model.conditions import CONDITIONS
from trio_tws._model.place_order import WHOLE
from trio_tws._wire.fields import WireField, fields_of, spec_of
from trio_tws._wire.layout import carried, is_set, resolve
from trio_tws._wire.nodes import (
    Beside,
    Carried,
    Each,
    Gate,
    Leaf,
    Maybe,
    Node,
    Path,
    Rest,
    Split,
    When,
)

T = TypeVar("T")
Known = dict[Path, Any]


def survivors(message: Any, version: int) -> Any:
    """Gives the message that arrives: what this version does not carry has its default."""
    cls = class_of(message)
    if spec_of(cls).is_proto(version):
        found = _from_proto(cls, (), message, version, is_guarded=not spec_of(cls).is_incoming)
        _take_apart(cls, message, found)
    else:
        found = dict(_from_text(message, _carried(cls, version)))
    return _built(cls, (), found)


def differences(message: Any, other: Any) -> set[Path]:
    """Gives the paths at which two messages differ, without the places in lists."""
    return set(_different((), message, other))


@functools.cache
def never_carried(cls: type, version: int) -> set[Path]:
    """Gives the paths that a message has in the format of this version at no version."""
    is_proto = spec_of(cls).is_proto(version)
    in_text = set(_text_paths((), resolve(cls)))
    every = set(_paths(cls, ()))
    with_number = {path for path, field in every if field.number is not None}
    here = with_number if is_proto else in_text
    return {path for path, _ in every} - here - (in_text if is_proto else set[Path]())


# Text .............................................................................................


@functools.cache
def _carried(cls: type, version: int) -> tuple[Carried, ...]:
    return carried(resolve(cls), version)


def _reach(root: Any, path: Path) -> Any:
    for name in path:
        root = getattr(root, name)
    return root


def _holds(node: When, root: Any) -> bool:
    values = [_reach(root, path) for path in node.paths]
    test: Any = node.test
    if test is is_set:
        return bool(values[0])
    if callable(test):
        return bool(test(*values))
    return bool(values[0] in test if isinstance(test, frozenset) else values[0] == test)


def _from_text(root: Any, nodes: Iterable[Node]) -> Iterator[tuple[Path, Any]]:
    every = tuple(nodes)
    for node in every:
        match node:
            case Leaf():
                yield from _leaf(root, node)
            case Rest():
                yield node.path, _reach(root, node.path)
            case Split():
                parts = node.read(node.write(*(_reach(root, path) for path in node.paths)))
                yield from zip(node.paths, parts, strict=True)
            case When() if _holds(node, root):
                yield from _from_text(root, node.items)
            case Each() if node.field.struct is not None:
                yield node.path, _elements(root, node, node.field.struct, every)
            case Each():
                yield node.path, _reach(root, node.path)
            case Maybe() if _reach(root, node.path) is not None:
                inner = dict(_from_text(root, node.items))
                yield node.path, _built(node.struct, node.path, inner)
            case _:
                pass


def _leaf(root: Any, node: Leaf) -> Iterator[tuple[Path, Any]]:
    value = _reach(root, node.path)
    if node.field.text_kind is not WHOLE:
        yield node.path, value
    elif value is not None and value == int(value):
        yield node.path, Decimal(int(value))


def _elements(root: Any, node: Each, struct: type, nodes: Iterable[Node]) -> tuple[Any, ...]:
    apart = [at.part.name for at in nodes if isinstance(at, Beside) and at.path == node.path]
    arrived: list[Any] = []
    for element in _on_wire(node.field, _reach(root, node.path)):
        found = dict(_from_text(element, node.items))
        found |= {(name,): getattr(element, name) for name in apart}
        arrived.append(_built(struct, (), found))
    return _seen(node.field, arrived)


def _on_wire(field: WireField, values: Iterable[Any]) -> Iterable[Any]:
    return values if field.via is None else map(field.via.write, values)


def _seen(field: WireField, values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(values if field.via is None else map(field.via.read, values))


def _text_paths(prefix: Path, nodes: Iterable[Node]) -> Iterator[Path]:
    for node in nodes:
        match node:
            case Gate() | When():
                yield from _text_paths(prefix, node.items)
            case Leaf() | Rest():
                yield (*prefix, *node.path)
            case Beside():
                yield (*prefix, *node.path, node.part.name)
            case Split():
                yield from ((*prefix, *path) for path in node.paths)
            case Each():
                yield (*prefix, *node.path)
                yield from _text_paths((*prefix, *node.path), node.items)
            case Maybe():
                yield (*prefix, *node.path)
                yield from _text_paths(prefix, node.items)
            case _:
                pass


# Protobuf .........................................................................................


def _from_proto(cls: type, path: Path, root: Any, version: int, *, is_guarded: bool) -> Known:
    found: Known = {}
    for field in fields_of(cls):
        if field.number is None or (is_guarded and not field.since <= version < field.until):
            continue
        here, value = (*path, field.name), getattr(root, field.name)
        if field.struct is None or value is None:
            found[here] = value
        elif field.is_list:
            arrived = (
                _from_proto(field.struct, (), element, version, is_guarded=is_guarded)
                for element in _on_wire(field, value)
            )
            found[here] = _seen(field, [_built(field.struct, (), known) for known in arrived])
        else:
            inner = _from_proto(field.struct, here, value, version, is_guarded=is_guarded)
            found[here] = _built(field.struct, here, inner)
            found |= inner
    return found


def _take_apart(cls: type, message: Any, found: Known) -> None:
    """Applies the texts that hold several attributes: they go by their protobuf carrier."""
    for node in _carried(cls, v.MAX_SERVER_VERSION):
        if isinstance(node, Split):
            parts = node.read(node.write(*(_reach(message, path) for path in node.paths)))
            own = dict(found)
            found[node.proto] = ""
            for path, part in zip(node.paths, parts, strict=True):
                found[path] = part or (own.get(path, "") if path != node.proto else "")
            for path in {path[:depth] for path in (*node.paths, node.proto) for depth in (1, 2)}:
                if path and path not in (*node.paths, node.proto):
                    found.pop(path, None)  # it has to be built again


# Both .............................................................................................


def _built(cls: type, path: Path, found: Known) -> Any:
    begun = {known[:depth] for known in found for depth in range(1, len(known))}
    arguments: dict[str, Any] = {}
    for field in fields_of(cls):
        here = (*path, field.name)
        if here in found:
            arguments[field.name] = found[here]
        elif field.struct is not None and here in begun:
            arguments[field.name] = _built(field.struct, here, found)
        else:
            arguments[field.name] = field.default
    return cls(**arguments)


def _different(path: Path, one: Any, other: Any) -> Iterator[Path]:
    cls = class_of(one)
    if one == other:
        return
    if cls is type(other) and attrs.has(cls) and cls not in CONDITIONS.values():
        for field in fields_of(cls):
            here = (*path, field.name)
            yield from _different(here, getattr(one, field.name), getattr(other, field.name))
    elif cls is tuple and len(one) == len(other):
        for mine, theirs in zip(one, other, strict=True):
            yield from _different(path, mine, theirs)
    else:
        yield path


def changed(value: T, **values: Any) -> T:
    """Gives a message or structure with other values; `attrs.evolve`, as type checkers take it."""
    untyped: Any = value
    made: T = attrs.evolve(untyped, **values)
    return made


def _paths(cls: type, prefix: Path) -> Iterator[tuple[Path, WireField]]:
    for field in fields_of(cls):
        path = (*prefix, field.name)
        yield path, field
        if field.struct is not None:
            yield from _paths(field.struct, path)


# Versions .........................................................................................

SHARE = 6
"""Where all versions are looked at, one message is at each so-manieth of them: between two gates
they differ in nothing, and on both sides of a gate `some_versions` has every message."""

LANDMARKS = (100, 163, v.PROTOBUF - 1, v.PROTOBUF, v.MAX_SERVER_VERSION)
"""Server versions worth a look for every message."""


def all_versions(cls: type) -> range:
    """Gives the server versions that know a message."""
    return range(max(spec_of(cls).since, v.MIN_SERVER_VERSION), v.MAX_SERVER_VERSION + 1)


def some_versions(cls: type) -> list[int]:
    """Gives those at which something changes for a message, their neighbours, and a few more."""
    spec = spec_of(cls)
    gates = {spec.since, spec.version_until, spec.proto or 0, *_gates(resolve(cls))}
    for _, field in _paths(cls, ()):
        gates |= {field.since, field.until, field.kind.since if field.kind else 0}
    near = {version for gate in gates for version in (gate - 1, gate, gate + 1)}
    return sorted((near | {*LANDMARKS}) & {*all_versions(cls)})


def _gates(nodes: Iterable[Node]) -> Iterator[int]:
    for node in nodes:
        if isinstance(node, Gate):
            yield from (node.since, node.until)
        if isinstance(node, Gate | When | Maybe | Each):
            yield from _gates(node.items)


Versions = Callable[[type], Iterable[int]]
