"""Refuses what this server can't carry, before anything is sent.

Derived from the same declarations as the codecs. A field that stands in a message's layout behind a
gate which is closed at this server version, or behind a condition that does not hold, must have its
default; so must a field that only a later protobuf form has. A field that a message never carries
(a description inside the contract of a market data request) is not its business and passes.

Only messages to TWS are guarded: what TWS itself sends at a version is defined by that version.
"""

from collections.abc import Iterable, Iterator

import attrs

from trio_tws._errors import LocalProtocolError
from trio_tws._wire.build import condition
from trio_tws._wire.fields import FOREVER, WireField, fields_of, spec_of
from trio_tws._wire.layout import Each, Gate, Leaf, Maybe, Node, Path, Split, When, resolve
from trio_tws._wire.source import Source


@attrs.frozen
class Bounds:
    """Which server versions carry a field: ``since <= version < until``."""

    since: int
    until: int


def add_checks(source: Source, cls: type, version: int) -> None:
    """Adds the lines that refuse a message ``m`` with a field this server can't carry."""
    spec = spec_of(cls)
    if spec.is_incoming:
        return
    source.bind("refuse", _refuse)
    source.bind("CLS", cls)
    if spec.is_proto(version):
        for path, field, bounds in _proto_fields(cls):
            if not bounds.since <= version < bounds.until:
                _check(source, cls, path, field, bounds, version)
        return
    nodes = resolve(cls)
    _add_text_checks(source, cls, nodes, Bounds(0, FOREVER), version)
    for path, field, bounds in _proto_fields(cls):
        if not field.in_text:
            _check(source, cls, path, field, bounds, version)


def bounds_of(cls: type) -> dict[Path, Bounds]:
    """Tells for each field of a message's text form which server versions carry it there."""
    return dict(_text_bounds(resolve(cls), Bounds(0, FOREVER)))


def _text_bounds(nodes: Iterable[Node], bounds: Bounds) -> Iterator[tuple[Path, Bounds]]:
    for node in nodes:
        match node:
            case Gate():
                yield from _text_bounds(node.items, _narrow(bounds, node))
            case Leaf() | Each():
                yield node.path, bounds
            case Maybe():
                yield node.path, bounds
                yield from _text_bounds(node.items, bounds)
            case When():
                yield from _text_bounds(node.items, bounds)
            case Split():
                for path in node.paths:
                    yield path, bounds
            case _:
                pass


def _narrow(bounds: Bounds, gate: Gate) -> Bounds:
    return Bounds(max(bounds.since, gate.since), min(bounds.until, gate.until))


def _add_text_checks(
    source: Source, cls: type, nodes: Iterable[Node], bounds: Bounds, version: int
) -> None:
    for node in nodes:
        match node:
            case Gate():
                _add_text_checks(source, cls, node.items, _narrow(bounds, node), version)
            case When() if bounds.since <= version < bounds.until:
                operands = (".".join(("m", *path)) for path in node.paths)
                with source.block(f"if {condition(source, node, operands)}:"):
                    source.add("pass")
                    _add_text_checks(source, cls, node.items, bounds, version)
                with source.block("else:"):
                    source.add("pass")
                    _add_idle_checks(source, cls, node)
            case When() | Maybe():
                _add_text_checks(source, cls, node.items, bounds, version)
            case Leaf() | Each() if not bounds.since <= version < bounds.until:
                _check(source, cls, node.path, node.field, bounds, version)
            case _:
                pass


def _add_idle_checks(source: Source, cls: type, node: When) -> None:
    """Refuses fields whose condition does not hold: TWS would never see them."""
    why = f"is only sent where {' and '.join('.'.join(path) for path in node.paths)} call for it"
    for item in node.items:
        if isinstance(item, Leaf | Each):
            _refuse_unless_default(source, cls, item.path, item.field, why)


def _check(
    source: Source, cls: type, path: Path, field: WireField, bounds: Bounds, version: int
) -> None:
    if bounds.until <= version:
        why = f"is gone since server version {bounds.until}, this server has {version}"
    elif bounds.since >= FOREVER:
        why = f"has no form at server version {version}"
    else:
        why = f"needs server version {bounds.since}, this server has {version}"
    _refuse_unless_default(source, cls, path, field, why)


def _refuse_unless_default(
    source: Source, cls: type, path: Path, field: WireField, why: str
) -> None:
    value = ".".join(("m", *path))
    # A structure that is not there has no fields to refuse.
    tests = [f"{'.'.join(('m', *path[:depth]))} is not None" for depth in range(1, len(path))]
    if field.default is not attrs.NOTHING:
        tests.append(f"{value} != {source.bind(f'default_{field.name}', field.default)}")
    with source.block(f"if {' and '.join(tests) or 'True'}:"):
        source.add(f"refuse(CLS, {'.'.join(path)!r}, {value}, {why!r})")


def _refuse(cls: type, path: str, value: object, why: str) -> None:
    raise LocalProtocolError(f"{cls.__name__}.{path} = {value!r} {why}")


def _proto_fields(cls: type) -> Iterator[tuple[Path, WireField, Bounds]]:
    """Gives the fields that not every server version of a message's protobuf form carries.

    A field without a number counts only if the message's text form has it.
    """
    in_text = bounds_of(cls)
    first = spec_of(cls).proto or FOREVER

    def walk(holder: type, prefix: Path) -> Iterator[tuple[Path, WireField, Bounds]]:
        for field in fields_of(holder):
            path = (*prefix, field.name)
            if field.number is None:
                if path in in_text:
                    yield path, field, Bounds(FOREVER, FOREVER)
            elif field.struct is not None and not field.is_list:
                yield from walk(field.struct, path)
            elif field.since > first or field.until < FOREVER or not field.in_text:
                yield path, field, Bounds(max(field.since, first), field.until)

    return walk(cls, ())
