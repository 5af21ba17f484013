"""Tells what the tables say of a message, as rows for documentation, the command line and tools."""

import ast
import functools
import inspect
import textwrap
from collections.abc import Iterable, Iterator

import attrs

from trio_tws._wire.fields import FOREVER, WireField, fields_of, spec_of
from trio_tws._wire.guard import Bounds
from trio_tws._wire.layout import Const, Each, Gate, Leaf, Maybe, Node, Path, Split, When, resolve


@attrs.frozen
class Row:
    """One field of a message.

    Attributes:
        position: Where it stands in text, dotted inside blocks; empty if it has no text form.
        path: The attribute, with the structures that hold it.
        kind: The word for its type; a question mark says that None is a value.
        since: The first server version that has it in text, 0 for all.
        until: The first server version that no longer has it in text, or 0.
        condition: What else it depends on.
        number: Its number in protobuf, with those of the structures that hold it; empty if none.
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

    What only protobuf carries comes last.
    """
    facts = dict(_facts(cls, (), ""))
    rows = list(_rows(facts, resolve(cls), Bounds(0, FOREVER), "", ""))
    listed = {row.path for row in rows}
    for path, (field, number, doc) in facts.items():
        name = ".".join(path)
        if name not in listed and number and (field.struct is None or field.is_list):
            proto = spec_of(cls).proto or 0
            rows.append(Row("", name, _kind(field), max(field.since, proto), 0, "", number, doc))
    return rows


_Facts = dict[Path, tuple[WireField, str, str]]


def _facts(cls: type, prefix: Path, number: str) -> Iterator[tuple[Path, tuple[WireField, str, str]]]:
    docs = field_docs(cls)
    for field in fields_of(cls):
        path = (*prefix, field.name)
        own = f"{number}.{field.number}".lstrip(".") if field.number is not None else ""
        yield path, (field, own, docs.get(field.name, ""))
        if field.struct is not None:
            yield from _facts(field.struct, path, own)


def _rows(
    facts: _Facts, nodes: Iterable[Node], bounds: Bounds, why: str, prefix: str
) -> Iterator[Row]:
    at = 0
    for node in nodes:
        at += 1
        position = f"{prefix}{at}"
        match node:
            case Gate():
                inner = Bounds(max(bounds.since, node.since), min(bounds.until, node.until))
                at -= 1
                for row in _rows(facts, node.items, inner, why, prefix):
                    at += "." not in row.position.removeprefix(prefix)
                    yield attrs.evolve(row, position=_shift(row.position, prefix, at))
            case When():
                test = " and ".join(".".join(path) for path in node.paths)
                wanted = f"{test} {_test(node.test)}"
                yield from _rows(facts, node.items, bounds, wanted, f"{position}.")
            case Maybe():
                yield _row(facts, node.path, "flag", bounds, why, position)
                there = f"if {'.'.join(node.path)}"
                yield from _rows(facts, node.items, bounds, there, f"{position}.")
            case Each():
                yield _row(facts, node.path, "count", bounds, why, position)
                inside = {path[len(node.path) :]: fact for path, fact in facts.items()
                          if path[: len(node.path)] == node.path}
                for row in _rows(inside, node.items, bounds, "for each", f"{position}."):
                    yield attrs.evolve(row, path=f"{'.'.join(node.path)}[].{row.path}")
            case Const():
                yield Row(position, "-", f"constant {node.text!r}", bounds.since, _end(bounds), why, "", "")
            case Split():
                yield _row(facts, node.paths[0], "str", bounds, why, position)
                for path in node.paths[1:]:
                    yield _row(facts, path, "part of the field before", bounds, why, position)
            case Leaf():
                yield _row(facts, node.path, "", bounds, why, position)


def _shift(position: str, prefix: str, at: int) -> str:
    rest = position.removeprefix(prefix).partition(".")
    return f"{prefix}{at}{rest[1]}{rest[2]}"


def _row(facts: _Facts, path: Path, kind: str, bounds: Bounds, why: str, position: str) -> Row:
    field, number, doc = facts[path]
    name = ".".join(path)
    return Row(position, name, kind or _kind(field), bounds.since, _end(bounds), why, number, doc)


def _end(bounds: Bounds) -> int:
    return bounds.until if bounds.until < FOREVER else 0


def _kind(field: WireField) -> str:
    kind = field.text_kind or field.kind
    name = kind.name if kind is not None else field.struct.__name__ if field.struct else ""
    return f"{name}{'[]' if field.is_list else ''}{'?' if field.is_optional else ''}"


def _test(test: object) -> str:
    if isinstance(test, frozenset):
        return f"in {', '.join(sorted(map(str, test)))}"
    name = getattr(test, "__name__", None)
    return name.strip("_").replace("_", " ") if callable(test) and name else f"= {test}"


@functools.cache
def field_docs(cls: type) -> dict[str, str]:
    """Gives the line of documentation under each field, read from the source of the class.

    Empty where there is no source to read, as in a frozen program.
    """
    try:
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    except (OSError, TypeError):
        return {}
    assert isinstance(tree, ast.ClassDef), f"{cls} is not a class"
    docs: dict[str, str] = {}
    for declared, below in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(declared, ast.AnnAssign) and isinstance(declared.target, ast.Name):
            match below:
                case ast.Expr(ast.Constant(str(text))):
                    docs[declared.target.id] = " ".join(text.split())
                case _:
                    pass
    return docs
