"""Tells what the tables say of a message, as rows for documentation, the command line and tools."""

import ast
import functools
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from itertools import count, pairwise
from typing import cast

from trio_tws._wire.fields import FOREVER, WireField, fields_of, spec_of
from trio_tws._wire.guard import ALWAYS, Bounds
from trio_tws._wire.late import frozen
from trio_tws._wire.layout import resolve
from trio_tws._wire.nodes import Beside, Const, Each, Gate, Maybe, Node, Path, Split, When


@frozen
class Row:
    """One field of a message.

    Attributes:
        position: Its place in text among the rows, counted from 1 as if every server version and
            condition were met at once; ``5.2`` is the second of what stands at 5 once for each
            element, or if it is there. Empty if it has no text form.
        path: The attribute, with the structures that hold it; ``bars[].date`` is one in each
            element of a list. Empty for a constant.
        kind: The word for its type; a question mark says that None is a value.
        since: The first server version that has it, 0 for all that have the message.
        until: The first server version that no longer has it, or 0.
        condition: What else it depends on.
        number: Its number in protobuf, after those of the structures that hold it; empty if none.
        doc: The line of documentation under its declaration.
    """

    position: str
    path: str
    kind: str
    since: int
    until: int
    condition: str
    number: str
    doc: str


def describe(cls: type) -> list[Row]:
    """Gives a row for each field of a message, in the order of its text form.

    What only protobuf carries comes last. A field that has several places in text has as many rows.
    """
    first = spec_of(cls).proto
    table = _Table(cls, has_proto=first is not None)
    rows = list(table.rows(resolve(cls), ALWAYS))
    listed = {row.path for row in rows}
    for name, fact in table.facts.items():
        is_whole = fact.field.struct is None or fact.field.is_list or fact.field.is_optional
        if fact.number and is_whole and name not in listed:
            bounds = Bounds(max(fact.field.since, first or 0), fact.field.until)
            rows.append(table.row(name, kind_word(fact.field), bounds))
    return rows


@frozen
class _Fact:
    field: WireField
    number: str
    doc: str


class _Table:
    """Makes the rows of a message."""

    def __init__(self, cls: type, *, has_proto: bool) -> None:
        self.facts = dict(_facts(cls, "", "" if has_proto else None))

    def row(
        self, name: str, kind: str, bounds: Bounds, condition: str = "", position: str = ""
    ) -> Row:
        """Makes the row of a field."""
        fact = self.facts[name]
        until = bounds.until if bounds.until < FOREVER else 0
        return Row(position, name, kind, bounds.since, until, condition, fact.number, fact.doc)

    def rows(
        self,
        nodes: Iterable[Node],
        bounds: Bounds,
        condition: str = "",
        holder: str = "",
        places: Iterator[str] | None = None,
    ) -> Iterator[Row]:
        """Makes the rows of nodes.

        Args:
            nodes: The nodes.
            bounds: The server versions that have them.
            condition: What else they depend on.
            holder: What comes before their paths.
            places: Where the positions come from.
        """
        places = places or _places("")
        for node in nodes:
            match node:
                case Gate():
                    inner = bounds.within(node)
                    yield from self.rows(node.items, inner, condition, holder, places)
                case When():
                    test = " and ".join(filter(None, (condition, _test(node, holder))))
                    yield from self.rows(node.items, bounds, test, holder, places)
                case Maybe() if not node.has_flag:
                    yield from self.rows(node.items, bounds, condition, holder, places)
                case Beside():
                    at, part = next(places), f"{holder}{_dotted(node.path)}[].{node.part.name}"
                    yield self.row(part, f"count of {kind_word(node.part)}", bounds, condition, at)
                case Maybe():
                    at, name = next(places), holder + _dotted(node.path)
                    yield self.row(name, "flag", bounds, condition, at)
                    test = " and ".join(filter(None, (condition, f"{name} is there")))
                    yield from self.rows(node.items, bounds, test, holder, _places(at))
                case Each():
                    at, name = next(places), holder + _dotted(node.path)
                    yield self.row(name, f"count of {kind_word(node.field)}", bounds, condition, at)
                    inside = f"{name}[]."
                    yield from self.rows(node.items, bounds, condition, inside, _places(at))
                case Const():
                    until = bounds.until if bounds.until < FOREVER else 0
                    kind = f"constant {node.text!r}"
                    yield Row(next(places), "", kind, bounds.since, until, condition, "", "")
                case Split():
                    at = next(places)
                    for path in node.paths:
                        yield self.row(holder + _dotted(path), "part", bounds, condition, at)
                case _:
                    name = holder + _dotted(node.path)
                    yield self.row(name, kind_word(node.field), bounds, condition, next(places))


def _facts(cls: type, holder: str, numbers: str | None) -> Iterator[tuple[str, _Fact]]:
    """Gives what is declared of each field, by its path; ``numbers`` are those of its holders."""
    docs = field_docs(cls)
    for field in fields_of(cls):
        name = holder + field.name
        own = f"{numbers}{field.number}" if None not in (numbers, field.number) else None
        yield name, _Fact(field, own or "", docs.get(field.name, ""))
        if field.struct is not None:
            inside = f"{name}[]." if field.is_list else f"{name}."
            yield from _facts(field.struct, inside, own and f"{own}.")


def _places(holder: str) -> Iterator[str]:
    return (f"{holder}.{at}".lstrip(".") for at in count(1))


def _dotted(path: Path) -> str:
    return ".".join(path)


def kind_word(field: WireField) -> str:
    """Gives the word for the type of a field; a question mark says that None is a value."""
    if field.via is not None:
        name = field.via.name
    else:
        name = field.struct.__name__ if field.struct is not None else field.value_kind.name
    return f"{name}{'[]' if field.is_list else ''}{'?' if field.is_optional else ''}"


def _test(node: When, holder: str) -> str:
    names = " and ".join(holder + _dotted(path) for path in node.paths)
    wanted = node.test
    if isinstance(wanted, frozenset):
        several = cast(frozenset[object], wanted)
        return f"{names} in {', '.join(sorted(map(str, several)))}"
    if callable(wanted):
        return f"{names}: {getattr(wanted, '__name__', 'test').strip('_').replace('_', ' ')}"
    return f"{names} = {wanted}"


@functools.cache
def field_docs(cls: type) -> dict[str, str]:
    """Gives the line of documentation under each field, read from the source of the class.

    Empty where there is no source to read, as in a frozen program.
    """
    try:
        source = inspect.getsource(cls)
    except (OSError, TypeError):
        return {}
    body = [line for node in ast.parse(textwrap.dedent(source)).body for line in _body(node)]
    docs: dict[str, str] = {}
    for pair in pairwise(body):
        match pair:
            case ast.AnnAssign(ast.Name(name)), ast.Expr(ast.Constant(str(text))):
                docs[name] = " ".join(text.split())
            case _:
                pass
    return docs


def _body(node: ast.stmt) -> list[ast.stmt]:
    return node.body if isinstance(node, ast.ClassDef) else []
