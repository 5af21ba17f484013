"""Messages of several forms, told apart by an enumeration at their beginning.

Each form by itself is a plain row of fields, which is read twice as fast as one in which every
field has to be looked for.
"""

from collections.abc import Iterator
from typing import cast, final

from trio_tws._wire.kinds import Lookup
from trio_tws._wire.late import frozen
from trio_tws._wire.layout import is_set
from trio_tws._wire.nodes import Carried, Const, Leaf, Maybe, Node, When


class _NotPlainError(Exception):
    """A form is no plain row of fields."""


@final
@frozen
class Variants:
    """The forms of a message.

    Attributes:
        nodes: Those of the message.
        at: Which field tells the form.
        members: The values of that field that are known, by what it is on the wire.
    """

    nodes: tuple[Carried, ...]
    at: int
    members: Lookup

    def row(self, member: object) -> tuple[Leaf | Const, ...]:
        """Gives the fields of one form, in their order."""
        return tuple(_row(self.nodes, member))


def variants_of(nodes: tuple[Carried, ...]) -> Variants | None:
    """Gives the forms of a message; None if it has only one, or they are not that simple."""
    tests = [node for node in nodes if isinstance(node, When)]
    for at, node in enumerate(nodes):
        if not isinstance(node, Leaf) or not tests:
            break
        members = node.field.value_kind.names.get("texts")
        if isinstance(members, Lookup) and all(test.paths == (node.path,) for test in tests):
            found = Variants(nodes, at, members)
            try:
                for member in members.values():
                    found.row(member)
            except _NotPlainError:
                return None
            return found
    return None


def _row(nodes: tuple[Node, ...], member: object) -> Iterator[Leaf | Const]:
    for node in nodes:
        match node:
            case Leaf() | Const():
                yield node
            case When():
                if _holds(node, member):
                    yield from _row(node.items, member)
            case Maybe(has_flag=False):
                yield from _row(node.items, member)
            case _:
                raise _NotPlainError


def _holds(node: When, member: object) -> bool:
    if node.test is is_set:
        return bool(member)
    wanted = node.test
    if isinstance(wanted, frozenset):
        return member in cast(frozenset[object], wanted)
    return bool(wanted(member)) if callable(wanted) else member == wanted
