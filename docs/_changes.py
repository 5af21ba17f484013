# ruff: noqa: INP001 - docs is no package
"""What each server version changed, out of the gates that the tables have."""

from collections.abc import Iterable, Iterator

import attrs

from trio_tws import _versions as v
from trio_tws._cli._about import About, everything
from trio_tws._cli._rows import proto_rows
from trio_tws._wire.describe import Row, describe


@attrs.define
class Changes:
    """What one server version changed; fields are given with the messages that carry them.

    That a message turns from text to protobuf brings all the fields of its structures with it,
    which are not counted here.
    """

    messages: list[About] = attrs.field(factory=list[About])
    """Those that it brought."""
    protobuf: list[About] = attrs.field(factory=list[About])
    """Those that are protobuf from it on, and were text before."""
    new: dict[str, list[About]] = attrs.field(factory=dict[str, list[About]])
    """Fields that it brought to messages which were there."""
    gone: dict[str, list[About]] = attrs.field(factory=dict[str, list[About]])
    """Fields that it took away."""
    changed: dict[str, list[About]] = attrs.field(factory=dict[str, list[About]])
    """Fields that it gave another place or another form in text."""
    unnumbered: list[About] = attrs.field(factory=list[About])
    """Messages that no longer begin with a version number of their own."""


def changes() -> dict[int, Changes]:
    """Gives for each server version that has a name what it changed."""
    found = {version: Changes() for version in named_versions().values()}
    for one in everything():
        if one.since is not None:
            found[one.since].messages.append(one)
        if one.protobuf_since is not None and one.protobuf_since != one.since:
            found[one.protobuf_since].protobuf.append(one)
        if one.version_until is not None:
            found[one.version_until].unnumbered.append(one)
        for version, kind, path in (*_in_text(one), *_in_protobuf(one)):
            fields: dict[str, list[About]] = getattr(found[version], kind)
            fields.setdefault(path, []).append(one)
    return found


def named_versions() -> dict[str, int]:
    """Gives the server versions by their names, those of the oldest and newest one left out."""
    return {
        name: value
        for name, value in vars(v).items()
        if isinstance(value, int) and not name.startswith(("MIN_", "MAX_"))
    }


def _in_text(one: About) -> Iterator[tuple[int, str, str]]:
    """Gives what changed while the message was text: the version, how, and which field."""
    places: dict[tuple[str, str], list[Row]] = {}
    for row in describe(one.cls)[0 if one.version is None else 1 :]:  # the number has its own list
        if row.position:
            key = (row.path, "") if row.path else (row.kind, row.position)
            places.setdefault(key, []).append(row)
    first, end = one.since or v.MIN_SERVER_VERSION, one.protobuf_since or v.MAX_SERVER_VERSION + 1
    gates = {gate for rows in places.values() for row in rows for gate in (row.since, row.until)}
    for version in sorted(gate for gate in gates if first < gate < end):
        found = {
            (kind, name): None
            for (name, _), rows in places.items()
            if (kind := _what(_at(rows, version - 1), _at(rows, version)))
        }
        yield from ((version, kind, path) for kind, path in _outermost(list(found)))


def _at(rows: Iterable[Row], version: int) -> list[Row]:
    return [row for row in rows if row.since <= version and (not row.until or version < row.until)]


def _what(before: list[Row], after: list[Row]) -> str:
    if before == after:
        return ""
    return "changed" if before and after else "new" if after else "gone"


def _in_protobuf(one: About) -> Iterator[tuple[int, str, str]]:
    """Gives what changed since the message is protobuf."""
    if one.protobuf_since is None:
        return
    first, rows = one.protobuf_since, list(proto_rows(one.cls))
    for version in sorted(
        {gate for row in rows for gate in (row.since, row.until) if gate > first}
    ):
        found = [("new", row.path) for row in rows if row.since == version]
        found += [("gone", row.path) for row in rows if row.until == version]
        yield from ((version, kind, path) for kind, path in _outermost(found))


def _outermost(found: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Leaves out what came, or went, with the list or structure that holds it."""
    paths = {path for _, path in found}
    for kind, path in found:
        parts = path.split(".")
        holders = (".".join(parts[:depth]).removesuffix("[]") for depth in range(1, len(parts)))
        if not any(holder in paths for holder in holders):
            yield kind, path
