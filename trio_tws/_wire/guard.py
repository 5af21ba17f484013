"""Refuses what this server can't carry, before anything is sent.

Derived from the same declarations as the codecs. A field must have its default where every place
that it has in a message's layout is behind a gate which is closed at this server version, or behind
a condition that does not hold; so must a field that only another protobuf form has. A field that a
message never carries (a description inside the contract of a market data request) is not its
business and passes.

Only messages to TWS are guarded: what TWS itself sends at a version is defined by that version.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import groupby
from typing import Final

import attrs

from trio_tws._errors import LocalProtocolError
from trio_tws._wire.build import condition, on_wire, reach
from trio_tws._wire.fields import FOREVER, WireField, fields_of, spec_of
from trio_tws._wire.late import frozen
from trio_tws._wire.layout import resolve, splits_of
from trio_tws._wire.nodes import Beside, Each, Gate, Leaf, Maybe, Node, Path, Rest, Split, When
from trio_tws._wire.source import Source


@frozen
class Bounds:
    """Which server versions carry a field: ``since <= version < until``."""

    since: int
    until: int

    def __contains__(self, version: int) -> bool:
        return self.since <= version < self.until

    def within(self, other: "Gate | WireField") -> "Bounds":
        """Gives the versions that are in both."""
        return Bounds(max(self.since, other.since), min(self.until, other.until))


ALWAYS: Final = Bounds(0, FOREVER)
NEVER: Final = Bounds(FOREVER, FOREVER)


@frozen
class _Place:
    """One of the places that a field has in a message.

    Attributes:
        path: Where it is in the message, or in the element of the list in which it stands.
        field: Its declaration.
        bounds: Which server versions have this place.
        holders: The structures above it that may be missing.
        conditions: What has to hold for it to be there.
        elements: For a list, the places in each element.
    """

    path: Path
    field: WireField
    bounds: Bounds
    holders: tuple[Path, ...] = ()
    conditions: tuple[When, ...] = ()
    elements: tuple["_Place", ...] = ()


def bounds_of(cls: type) -> dict[Path, Bounds]:
    """Tells for each field of a message's text form which server versions carry it there.

    Of a field that has several places, from the first version of any to the last.
    """
    found: dict[Path, Bounds] = {}
    for place in _text_places(resolve(cls), ALWAYS):
        known = found.get(place.path, place.bounds)
        since = min(known.since, place.bounds.since)
        found[place.path] = Bounds(since, max(known.until, place.bounds.until))
    return found


def add_checks(source: Source, cls: type, version: int) -> None:
    """Adds the lines that refuse a message ``m`` with a field this server can't carry."""
    spec = spec_of(cls)
    if spec.is_incoming:
        return
    source.bind("refuse", _refuse)
    source.bind("CLS", cls)
    if spec.is_proto(version):
        _Guard(source, version).add("m", "", _proto_places(cls))
    else:
        _Guard(source, version).add("m", "", _text_places(resolve(cls), ALWAYS))
        _Guard(source, version).add("m", "", _without_text(_proto_places(cls)))


def _text_places(
    nodes: Iterable[Node],
    bounds: Bounds,
    holders: tuple[Path, ...] = (),
    conditions: tuple[When, ...] = (),
) -> tuple[_Place, ...]:
    """Gives the places that layout nodes make, in their order."""
    found: list[_Place] = []
    for node in nodes:
        match node:
            case Gate():
                found += _text_places(node.items, bounds.within(node), holders, conditions)
            case When():
                found += _text_places(node.items, bounds, holders, (*conditions, node))
            case Leaf() | Rest():
                found.append(_Place(node.path, node.field, bounds, holders, conditions))
            case Split():
                for path, field in zip(node.paths, node.fields, strict=True):
                    found.append(_Place(path, field, bounds, holders, conditions))
            case Each():
                parts = _text_places(node.items, bounds)
                found.append(_Place(node.path, node.field, bounds, holders, conditions, parts))
            case Maybe():
                found.append(_Place(node.path, node.field, bounds, holders, conditions))
                found += _text_places(node.items, bounds, (*holders, node.path), conditions)
            case Beside():
                part = _Place((node.part.name,), node.part, bounds)
                found.append(_Place(node.path, node.field, bounds, holders, conditions, (part,)))
            case _:
                pass
    return tuple(found)


def _proto_places(cls: type) -> tuple[_Place, ...]:
    """Gives the places of a message's protobuf form.

    A field without a number has none, and counts only if the message's text form has it.
    """
    first = spec_of(cls).proto
    in_text = set(_paths_of(_text_places(resolve(cls), ALWAYS)))
    if first is not None:  # what goes by another field's number
        in_text -= set(_paths_of(_text_places(splits_of(cls), ALWAYS)))

    def walk(
        holder: type, whole: Path, prefix: Path, bounds: Bounds, holders: tuple[Path, ...]
    ) -> Iterator[_Place]:
        for field in fields_of(holder):
            full, path = (*whole, field.name), (*prefix, field.name)
            here = bounds.within(field)
            if field.number is None:
                if full in in_text:
                    yield _Place(path, field, NEVER, holders)
                continue
            if field.struct is not None and field.is_list:
                parts = tuple(walk(field.struct, full, (), here, ()))
                yield _Place(path, field, here, holders, elements=parts)
                continue
            yield _Place(path, field, here, holders)
            if field.struct is not None:
                below = (*holders, path) if field.is_optional else holders
                yield from walk(field.struct, full, path, here, below)

    return tuple(walk(cls, (), (), NEVER if first is None else Bounds(first, FOREVER), ()))


def _paths_of(places: Iterable[_Place], prefix: Path = ()) -> Iterator[Path]:
    for place in places:
        yield (*prefix, *place.path)
        yield from _paths_of(place.elements, (*prefix, *place.path))


def _without_text(places: Iterable[_Place]) -> Iterator[_Place]:
    """Gives the places whose fields have no text form, and the lists in whose elements such are."""
    for place in places:
        if not place.field.in_text:
            yield place
        elif parts := tuple(_without_text(place.elements)):
            yield attrs.evolve(place, bounds=ALWAYS, elements=parts)


class _Guard:
    """Adds the checks for one server version."""

    def __init__(self, source: Source, version: int) -> None:
        self._source = source
        self._version = version

    def add(self, root: str, label: str, places: Iterable[_Place]) -> None:
        """Adds the checks of places in the object called ``root``; ``label`` is its own path."""
        by_path: dict[Path, list[_Place]] = {}
        for place in places:
            by_path.setdefault(place.path, []).append(place)
        closed: set[Path] = set()
        checks: list[tuple[str, _Place, str]] = []
        loops: list[tuple[_Place, list[_Place]]] = []
        for path, known in by_path.items():
            there = [place for place in known if self._version in place.bounds]
            if any(path[:depth] in closed for depth in range(len(path))):
                continue
            if not there:
                closed.add(path)
                checks.append((self._above(root, known[0]), known[0], self._why_closed(known)))
            elif all(place.conditions for place in there):
                test = self._above(root, there[0], self._idle(root, there))
                checks.append((test, there[0], _why_idle(there)))
            parts = [part for place in known for part in place.elements]
            loops.append((known[0], parts if there else []))
        for test, group in groupby(checks, key=lambda check: check[0]):
            alike = list(group)
            with self._where(test, label + ".".join(alike[0][1].path)):
                for _, place, why in alike:
                    self._refuse_unless_default(root, label, place, why)
        for place, parts in loops:
            self._loop(root, label, place, parts)

    def _loop(self, root: str, label: str, place: _Place, parts: list[_Place]) -> None:
        element, name = f"{root}_", label + ".".join(place.path)
        loop = f"for {element} in {on_wire(self._source, place.field, reach(root, place.path))}:"
        with self._where(self._above(root, place), name), self._source.block(loop, name):
            self.add(element, f"{name}[].", parts)

    def _where(self, test: str, name: str) -> AbstractContextManager[None]:
        return self._source.block(f"if {test}:", name) if test else nullcontext()

    def _above(self, root: str, place: _Place, *tests: str) -> str:
        """Writes the tests that have to pass before a place can be looked at."""
        # A structure that is not there has no fields to refuse.
        present = [f"{reach(root, path)} is not None" for path in place.holders]
        return " and ".join([*present, *tests])

    def _idle(self, root: str, places: Iterable[_Place]) -> str:
        tests: list[str] = []
        for place in places:
            each = [
                condition(self._source, node, [reach(root, path) for path in node.paths])
                for node in place.conditions
            ]
            tests.append(f"not ({' and '.join(each)})")
        return " and ".join(tests)

    def _why_closed(self, places: Iterable[_Place]) -> str:
        now = f"this server has {self._version}"
        every = [place.bounds for place in places if place.bounds.since < place.bounds.until]
        if later := [bounds.since for bounds in every if bounds.since > self._version]:
            return f"needs server version {min(later)}, {now}"
        if every:
            return f"is gone since server version {max(bounds.until for bounds in every)}, {now}"
        return f"has no form at server version {self._version}"

    def _refuse_unless_default(self, root: str, label: str, place: _Place, why: str) -> None:
        name, value = label + ".".join(place.path), reach(root, place.path)
        refusal = f"refuse(CLS, {name!r}, {value}, {why!r})"
        default = place.field.default
        if default is attrs.NOTHING:
            self._source.add(refusal, name)
            return
        bound = self._source.bind(f"default_{place.field.name}", default)
        with self._source.block(f"if {value} != {bound}:", name):
            self._source.add(refusal, name)


def _why_idle(places: Iterable[_Place]) -> str:
    paths = dict.fromkeys(
        ".".join(path) for place in places for node in place.conditions for path in node.paths
    )
    return (
        f"is only sent where {' and '.join(paths)} {'calls' if len(paths) == 1 else 'call'} for it"
    )


def _refuse(cls: type, path: str, value: object, why: str) -> None:
    raise LocalProtocolError(f"{cls.__name__}.{path} = {value!r} {why}")
