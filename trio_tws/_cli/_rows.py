"""The fields of a message at one server version, in the format in which it travels there.

`describe` counts the places of text as if every server version were met at once. At one version
they can be counted as they are on the wire, up to the first condition, list or structure that may
be missing; what comes after it can be counted for the plainest message, without any of these.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from trio_tws._wire.describe import Row, describe, field_docs, kind_word
from trio_tws._wire.fields import FOREVER, fields_of
from trio_tws._wire.guard import ALWAYS, Bounds

_FLAG: Final = "flag"
_COUNT: Final = "count of "
"""The words by which `describe` tells a field that decides how many others follow it."""


@attrs.frozen
class Place:
    """A field, and where it is.

    Attributes:
        row: What the tables say of it, for all server versions.
        position: Its place in text, counted from 1 after the message id; empty if it has none.
        is_exact: Whether that is where it always stands. Otherwise it is counted as if no condition
            before it held but its own, and every list before it were empty.
    """

    row: Row
    position: str
    is_exact: bool


def text_places(cls: type, server_version: int) -> list[Place]:
    """Gives the fields of a message's text form at a server version, in their order."""
    rows = [row for row in describe(cls) if row.position and _is_there(row, server_version)]
    return list(_counted(rows))


def proto_places(cls: type, server_version: int) -> list[Place]:
    """Gives the fields of a message's protobuf form at a server version, by their numbers."""
    rows = [row for row in proto_rows(cls) if _is_there(row, server_version)]
    return [Place(row, "", is_exact=False) for row in rows]


def all_places(cls: type) -> list[Place]:
    """Gives every field that a message has at some server version, with its place in text.

    That is counted as if all server versions and conditions were met at once.
    """
    return [Place(row, row.position, is_exact=False) for row in describe(cls)]


def _is_there(row: Row, server_version: int) -> bool:
    return row.since <= server_version and (not row.until or server_version < row.until)


@attrs.define
class _Holder:
    """What holds rows while their places are counted: the message, or one row of it."""

    position: str
    is_exact: bool
    conditions: list[tuple[str, int]]
    """Those under which the rows now stand, each inside the one before, with what was taken when it
    began. The first one all rows share."""
    taken: int = 0

    def count(self, row: Row) -> Place:
        """Gives the next place to a row."""
        under = self.conditions
        while len(under) > 1 and not _is_within(row.condition, under[-1][0]):
            _, self.taken = under.pop()
            self.is_exact = False
        if row.condition != under[-1][0]:
            under.append((row.condition, self.taken))
        self.taken += 1
        place = Place(row, f"{self.position}.{self.taken}".lstrip("."), self.is_exact)
        self.is_exact = self.is_exact and not _varies(row)
        return place


def _is_within(condition: str, outer: str) -> bool:
    return f"{condition} and ".startswith(f"{outer} and ")


def _counted(rows: Iterable[Row]) -> Iterator[Place]:
    """Counts the places anew, for those rows that are there."""
    holders = {"": _Holder("", is_exact=True, conditions=[("", 0)])}
    known: dict[str, Place] = {}
    for row in rows:
        at = row.position
        if at in known:  # several fields in one place
            yield attrs.evolve(known[at], row=row)
            continue
        place = known[at] = holders[at.rpartition(".")[0]].count(row)
        inside = row.condition
        if row.kind == _FLAG:
            inside = " and ".join(filter(None, (inside, f"{row.path} is there")))
        holders[at] = _Holder(place.position, place.is_exact, [(inside, 0)])
        yield place


def _varies(row: Row) -> bool:
    """Tells whether it decides how many fields follow it."""
    return row.kind == _FLAG or row.kind.startswith(_COUNT)


def proto_rows(cls: type) -> Iterator[Row]:
    """Gives a row for each field of a message's protobuf form, by their numbers.

    `Row.since` and `Row.until` are those of the field, whatever the format of the message.
    """
    return _proto_rows(cls, "", "", ALWAYS)


def _proto_rows(cls: type, holder: str, numbers: str, bounds: Bounds) -> Iterator[Row]:
    docs = field_docs(cls)
    numbered = [(field.number, field) for field in fields_of(cls) if field.number is not None]
    for number, field in sorted(numbered, key=lambda pair: pair[0]):
        here, path = bounds.within(field), f"{holder}{field.name}"
        until = here.until if here.until < FOREVER else 0
        doc = docs.get(field.name, "")
        own = f"{numbers}{number}"
        yield Row("", path, kind_word(field), here.since, until, "", own, doc)
        if field.struct is not None:
            inside = f"{path}[]." if field.is_list else f"{path}."
            yield from _proto_rows(field.struct, inside, f"{own}.", here)
