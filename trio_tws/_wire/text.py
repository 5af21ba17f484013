"""Compiles the text form of a message, for one server version, into a reader and a writer.

A reader gets the fields that follow the message id, the empty one after the last NUL included. If
the message has the same number of fields each time, it unpacks them in one step; else it walks
them with an iterator. It hands a wrong number of fields to its ``tail`` argument, a function that
raises or takes note: ``tail(cls, surplus)``, negative where fields are missing, which then read as
empty. Counts are held against the number of fields there are, so that a hostile count costs
nothing.

A writer gives the fields that follow the message id.
"""

import functools
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, repeat
from operator import length_hint
from typing import Any

from trio_tws._wire import guard, kinds
from trio_tws._wire.build import Scope, condition, new_source, paste
from trio_tws._wire.fields import WireField, spec_of
from trio_tws._wire.layout import Const, Each, Leaf, Maybe, Node, Path, Split, When, carried, resolve
from trio_tws._wire.source import Source

Tail = Callable[[type, int], None]
Reader = Callable[[list[str], Tail], Any]
Writer = Callable[[Any], list[str]]


class MissingFields(ValueError):
    """A text message ends before its last field."""


@functools.cache
def reader(cls: type, version: int) -> Reader:
    """Compiles the reader of a message for a server version."""
    nodes = carried(resolve(cls), version)
    return _fixed_reader(cls, version, nodes) if _is_flat(nodes) else _walking_reader(cls, version, nodes)


@functools.cache
def writer(cls: type, version: int) -> Writer:
    """Compiles the writer of a message for a server version, its version guard included."""
    return _TextWriter(cls, version).function()


def _is_flat(nodes: Iterable[Node]) -> bool:
    return all(isinstance(node, Leaf | Const | Split) for node in nodes)


def _fixed_reader(cls: type, version: int, nodes: tuple[Node, ...]) -> Reader:
    source = new_source()
    source.bind("fit", _fit)
    source.bind("CLS", cls)
    with source.block("def read(fields, tail):"):
        with source.block(f"if len(fields) != {len(nodes) + 1}:"):
            source.add(f"fields = fit(CLS, fields, {len(nodes)}, tail)")
        source.add("".join(f"x{at}, " for at in range(len(nodes))) + "_ = fields" if nodes else "pass")
        scope = Scope(source, cls, "m")
        _read_flat(source, scope, nodes, "x", version)
        source.add(f"return {scope.finish()}")
    return source.function("read", f"{cls.__name__} from text {version}")


def _fit(cls: type, fields: list[str], wanted: int, tail: Tail) -> list[str]:
    """Brings the fields of a fixed message to the number wanted, if ``tail`` lets that pass."""
    tail(cls, len(fields) - 1 - wanted)
    return [*fields[:wanted], *[""] * (wanted + 1 - len(fields[:wanted]))]


def _read_flat(
    source: Source, scope: Scope, nodes: Iterable[Node], raw: str, version: int
) -> None:
    for at, node in enumerate(nodes):
        _read_one(source, scope, node, f"{raw}{at}", version)


def _read_one(source: Source, scope: Scope, node: Node, expression: str, version: int) -> None:
    """Adds the line for a node that is one field on the wire."""
    match node:
        case Leaf():
            kind = _text_kind(node.field, version)
            template = kind.read_optional if node.field.is_optional else kind.read
            scope.read(node.path, node.field, paste(source, kind, template, expression))
        case Split():
            names = ", ".join(scope.local(path) for path in node.paths)
            call = f"{source.bind('parts', node.read)}({expression})"
            source.add(f"{names} = {call}", ".".join(node.paths[0]))
        case _:
            if expression.endswith(")"):  # a Const costs a call only where fields are walked
                source.add(expression)


def _text_kind(field: WireField, version: int) -> kinds.Kind:
    kind = field.text_kind or field.kind
    assert kind is not None, f"{field.name} is a structure, which is no single field"
    return kind if version >= kind.since else kinds.TEXT


class _Padded(list[str]):
    """Fields that never end: after the last there are empty ones."""

    def __iter__(self) -> Iterator[str]:
        return chain(super().__iter__(), repeat(""))


def _walking_reader(cls: type, version: int, nodes: tuple[Node, ...]) -> Reader:
    source = new_source()
    for name, helper in (
        ("count", _count),
        ("islice", islice),
        ("length_hint", length_hint),
        ("MissingFields", MissingFields),
        ("CLS", cls),
    ):
        source.bind(name, helper)
    with source.block("def read(fields, tail):"):
        source.add("limit = len(fields)")
        source.add("it = iter(fields)")
        source.add("nx = it.__next__")
        scope = Scope(source, cls, "m")
        _Walk(source, version).nodes(scope, cls, nodes)
        source.add("surplus = length_hint(it, 1) - 1")
        with source.block("if surplus:"):
            source.add("tail(CLS, surplus)")
        source.add(f"return {scope.finish()}")
    read: Reader = source.function("read", f"{cls.__name__} from text {version}")

    def read_or_pad(fields: list[str], tail: Tail) -> Any:
        try:
            return read(fields, tail)
        except (StopIteration, MissingFields):
            tail(cls, -1)
            return read(_Padded(fields), tail)

    return read_or_pad


def _count(text: str, limit: int) -> int:
    number = int(text or 0)
    if not 0 <= number <= limit:
        raise ValueError(f"a list of {number} elements in a message of {limit} fields")
    return number


class _Walk:
    """Adds the lines that walk nodes of every sort."""

    def __init__(self, source: Source, version: int) -> None:
        self._source = source
        self._version = version
        self._lists = 0

    def nodes(self, scope: Scope, cls: type, nodes: Iterable[Node]) -> None:
        for node in nodes:
            match node:
                case When():
                    self._when(scope, cls, node)
                case Maybe():
                    self._maybe(scope, node)
                case Each():
                    self._each(scope, node)
                case _:
                    _read_one(self._source, scope, node, "nx()", self._version)

    def _when(self, scope: Scope, cls: type, node: When) -> None:
        source = self._source
        before = scope.names()
        with source.block(f"if {condition(source, node, map(scope.local, node.paths))}:"):
            self.nodes(scope, cls, node.items)
        with source.block("else:"):
            source.add("pass")
            for path, field in _fields_in(node.items):
                if path not in before:
                    source.add(f"{scope.local(path)} = {scope.default(cls, path, field)}")

    def _maybe(self, scope: Scope, node: Maybe) -> None:
        source = self._source
        assert node.field.struct is not None, "layout.maybe takes structures"
        name = scope.local(node.path)
        with source.block("if flag(nx()):", ".".join(node.path)):
            self.nodes(scope, node.field.struct, node.items)
            scope.build(node.field.struct, node.path)
        with source.block("else:"):
            source.add(f"{name} = None")

    def _each(self, scope: Scope, node: Each) -> None:
        source = self._source
        self._lists += 1
        number, name, label = f"n{self._lists}", scope.local(node.path), ".".join(node.path)
        source.add(f"{number} = count(nx(), limit)", label)
        if node.field.struct is None:
            kind = _text_kind(node.field, self._version)
            element = paste(source, kind, kind.read, "e")
            source.add(f"{name} = tuple([{element} for e in islice(it, {number})])", label)
        else:
            inner = Scope(source, node.field.struct, f"e{self._lists}")
            made = f"list{self._lists}"
            source.add(f"{made} = []")
            if _is_flat(node.items):
                raws = "".join(f"x{self._lists}_{at}, " for at in range(len(node.items)))
                head = f"for {raws} in islice(zip({'it, ' * len(node.items)}), {number}):"
                with source.block(head, label):
                    _read_flat(source, inner, node.items, f"x{self._lists}_", self._version)
                    source.add(f"{made}.append({inner.finish()})")
            else:
                with source.block(f"for _ in range({number}):", label):
                    self.nodes(inner, node.field.struct, node.items)
                    source.add(f"{made}.append({inner.finish()})")
            source.add(f"{name} = tuple({made})")
        with source.block(f"if len({name}) != {number}:"):
            source.add("raise MissingFields")


def _fields_in(nodes: Iterable[Node]) -> Iterator[tuple[Path, WireField]]:
    """Gives the fields that nodes read, each with its path."""
    for node in nodes:
        match node:
            case Leaf() | Each() | Maybe():
                yield node.path, node.field
            case When():
                yield from _fields_in(node.items)
            case _:
                pass


class _TextWriter:
    """Adds the lines that write a message's fields."""

    def __init__(self, cls: type, version: int) -> None:
        self._cls = cls
        self._version = version
        self._source = new_source()
        self._pending: list[tuple[str, str]] = []
        self._lists = 0
        # What TWS takes is narrower than what it sends.
        self._check = "plain" if spec_of(cls).is_incoming else "printable"

    def function(self) -> Writer:
        source = self._source
        with source.block("def write(m):"):
            guard.add_checks(source, self._cls, self._version)
            source.add("w = []")
            self._nodes("m", carried(resolve(self._cls), self._version), 0)
            self._flush()
            source.add("return w")
        return source.function("write", f"{self._cls.__name__} to text {self._version}")

    def _nodes(self, root: str, nodes: Iterable[Node], depth: int) -> None:
        for node in nodes:
            match node:
                case Leaf():
                    value = self._value(root, node.path[depth:], node.field)
                    self._pending.append((value, node.name))
                case Const():
                    self._pending.append((repr(node.text), ""))
                case Split():
                    values = ", ".join(_reach(root, path[depth:]) for path in node.paths)
                    call = f"{self._check}({self._source.bind('joined', node.write)}({values}))"
                    self._pending.append((call, ".".join(node.paths[0])))
                case When():
                    operands = (_reach(root, path[depth:]) for path in node.paths)
                    self._flush()
                    with self._source.block(f"if {condition(self._source, node, operands)}:"):
                        self._nodes(root, node.items, depth)
                        self._flush(empty="pass")
                case Maybe():
                    self._maybe(root, node, depth)
                case Each():
                    self._each(root, node, depth)
                case _:
                    raise AssertionError(f"{node} outlived carried()")

    def _maybe(self, root: str, node: Maybe, depth: int) -> None:
        self._flush()
        there = _reach(root, node.path[depth:])
        with self._source.block(f"if {there} is None:", ".".join(node.path)):
            self._source.add('w.append("0")')
        with self._source.block("else:"):
            self._source.add('w.append("1")')
            self._nodes(root, node.items, depth)
            self._flush()

    def _each(self, root: str, node: Each, depth: int) -> None:
        self._lists += 1
        element = f"e{self._lists}"
        values = _reach(root, node.path[depth:])
        self._pending.append((f"int_text(len({values}))", ".".join(node.path)))
        self._flush()
        with self._source.block(f"for {element} in {values}:"):
            if node.field.struct is None:
                field = node.field
                self._pending.append((self._value(element, (), field), ".".join(node.path)))
            else:
                self._nodes(element, node.items, 0)
            self._flush()

    def _value(self, root: str, path: Path, field: WireField) -> str:
        kind = _text_kind(field, self._version)
        expression = _reach(root, path)
        if not field.is_optional:
            written = paste(self._source, kind, kind.write, expression)
            return f"{self._check}({written})" if kind.is_text else written
        unset = '""'
        if field.unset is not None:
            unset = repr(str(field.unset))
            if field.unset_unless:
                unset = f'({unset} if not {_reach(root, (*path[:-1], field.unset_unless))} else "")'
        written = paste(self._source, kind, kind.write, "t")
        return f"{unset} if (t := {expression}) is None else {written}"

    def _flush(self, empty: str = "") -> None:
        if self._pending:
            self._source.add("w += (")
            for value, field in self._pending:
                self._source.add(f"    ({value}),", field)
            self._source.add(")")
        elif empty:
            self._source.add(empty)
        self._pending = []


def _reach(root: str, path: Path) -> str:
    return ".".join((root, *path))
