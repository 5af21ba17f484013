"""Compiles the text form of a message, for one server version, into a reader and a writer.

A reader gets the fields that follow the message id, the empty one after the last NUL included. If
the message has the same number of fields each time, or each time of a form of it, it unpacks them
in one step; else it walks them with an iterator. It hands a wrong number of fields to its ``tail``
argument, a function that raises or takes note: ``tail(cls, surplus)``, negative where fields are
missing, which then read as empty. Counts are held against the number of fields there are, so that a
hostile count costs nothing.

A writer gives the fields that follow the message id.
"""

import functools
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, repeat
from operator import length_hint
from typing import Any, Final, cast

from trio_tws._wire import guard, kinds
from trio_tws._wire.build import Scope, condition, new_source, on_wire, paste, reach, seen
from trio_tws._wire.fields import WireField, spec_of
from trio_tws._wire.layout import carried, is_set, resolve
from trio_tws._wire.nodes import (
    Beside,
    Carried,
    Const,
    Each,
    Leaf,
    Maybe,
    Node,
    Path,
    Rest,
    Split,
    When,
)
from trio_tws._wire.source import Source
from trio_tws._wire.variants import Variants, variants_of

Tail = Callable[[type, int], None]
Reader = Callable[[list[str], Tail], Any]
Writer = Callable[[Any], list[str]]


_START: Final = 16
"""How many fields tell whether an element begins there; all would make a long message costly."""


class MissingFields(ValueError):
    """A text message ends before its last field."""


@functools.cache
def reader(cls: type, version: int) -> Reader:
    """Compiles the reader of a message for a server version.

    Raises:
        TypeError: The declaration does not say enough to read it.
    """
    nodes = carried(resolve(cls), version)
    if is_row(nodes):
        return _fixed(cls, version, nodes)
    variants = variants_of(nodes)
    if variants is None:
        return _walking(cls, version, nodes)
    readers, at = _Variants(cls, version, variants), variants.at
    return lambda fields, tail: readers[fields[at] if at < len(fields) else ""](fields, tail)


@functools.cache
def writer(cls: type, version: int) -> Writer:
    """Compiles the writer of a message for a server version, its version guard included."""
    return _TextWriter(cls, version).function()


class _Variants(dict[str, Reader]):
    """The readers of the forms of a message, by the text that tells them, each made on first use.

    A form that is not known, or misspelt, is walked.
    """

    def __init__(self, cls: type, version: int, variants: Variants) -> None:
        super().__init__()
        self._cls = cls
        self._version = version
        self._variants = variants

    def __missing__(self, text: str) -> Reader:
        member = self._variants.members.get(text)
        if member is None:
            return self._walking
        read = self[text] = _fixed(self._cls, self._version, self._variants.row(member))
        return read

    @functools.cached_property
    def _walking(self) -> Reader:
        return _walking(self._cls, self._version, self._variants.nodes)


def is_row(nodes: Iterable[Node]) -> bool:
    """Tells whether nodes are one field each."""
    return all(isinstance(node, Leaf | Const | Split) for node in nodes)


def _fixed(cls: type, version: int, nodes: tuple[Carried, ...]) -> Reader:
    source = new_source()
    source.bind("fit", _fit)
    source.bind("CLS", cls)
    with source.block("def read(fields, tail):"):
        with source.block(f"if len(fields) != {len(nodes) + 1}:"):
            source.add(f"fields = fit(CLS, fields, {len(nodes)}, tail)")
        source.add(f"{_unpacked(len(nodes), 'x')}_ = fields")
        scope = Scope(source, cls, "m")
        Walk(source, cls, version).flat(scope, nodes, "x")
        source.add(f"return {scope.finish()}")
    return source.function("read", f"{cls.__name__} from text {version}")


def _unpacked(count: int, name: str) -> str:
    return "".join(f"{name}{at}, " for at in range(count))


def _fit(cls: type, fields: list[str], wanted: int, tail: Tail) -> list[str]:
    """Brings the fields of a fixed message to the number wanted, if ``tail`` lets that pass."""
    tail(cls, len(fields) - 1 - wanted)
    return [*fields, *[""] * (wanted + 1)][: wanted + 1]


class _Padded(list[str]):
    """Fields that never end: after the last there are empty ones."""

    def __iter__(self) -> Iterator[str]:
        return chain(super().__iter__(), repeat(""))


def _walking(cls: type, version: int, nodes: tuple[Node, ...]) -> Reader:
    source = new_source()
    for name, helper in (
        ("count", _count),
        ("islice", islice),
        ("length_hint", length_hint),
        ("lay_beside", _lay_beside),
        ("rest_of", _rest_of),
        ("MissingFields", MissingFields),
        ("Padded", _Padded),
        ("CLS", cls),
    ):
        source.bind(name, helper)
    with source.block("def walk(fields, tail):"):
        source.add("limit = len(fields)")
        source.add("it = iter(fields)")
        source.add("nx = it.__next__")
        scope = Scope(source, cls, "m")
        Walk(source, cls, version).nodes(scope, nodes)
        source.add("surplus = length_hint(it, 1) - 1")
        with source.block("if surplus:"):
            source.add("tail(CLS, surplus)")
        source.add(f"return {scope.finish()}")
    with source.block("def read(fields, tail):"):
        with source.block("try:"):
            source.add("return walk(fields, tail)")
        with source.block("except (StopIteration, MissingFields):"):
            source.add("tail(CLS, -1)")
            source.add("return walk(Padded(fields), tail)")
    return source.function("read", f"{cls.__name__} from text {version}")


def _count(text: str, limit: int) -> int:
    number = int(text or 0)
    if not 0 <= number <= limit:
        raise ValueError(f"a list of {number} elements in a message of {limit} fields")
    return number


def _lay_beside(elements: tuple[Any, ...], part: str, values: list[Any]) -> None:
    """Puts values into elements that no one else has seen yet."""
    if len(values) > len(elements):
        raise ValueError(f"{len(values)} values of {part} for a list of {len(elements)}")
    for element, value in zip(elements, values, strict=False):
        object.__setattr__(element, part, value)


def _rest_of(
    fields: list[str], left: int, after: int, more: int, starts: Callable[[list[str]], bool]
) -> int:
    """Counts the fields that an element has left.

    Args:
        fields: Those of the message, the empty one after the last NUL included.
        left: How many of them have not been read.
        after: How many come after the list; negative if that is not known.
        more: How many elements follow.
        starts: Tells whether fields begin with an element.
    """
    if after < 0:
        raise ValueError("an element of unknown length, and what follows it has none either")
    first, end = len(fields) - left, len(fields) - 1 - after
    if more:
        after_it = (at for at in range(first, end) if starts(fields[at : min(at + _START, end)]))
        end = next(after_it, end)
    return max(end - first, 0)


def _text_kind(field: WireField, version: int) -> kinds.Kind:
    kind = field.text_kind or field.value_kind
    return kind if version >= kind.since else kinds.TEXT


class Walk:
    """Adds the lines that read nodes of every sort."""

    def __init__(self, source: Source, cls: type, version: int) -> None:
        self._source = source
        self._cls = cls
        self._version = version
        self._lists = 0
        self._list: Each | None = None  # the one whose element is at hand
        self._left = ""  # what tells how many fields follow it, and how many elements are left

    def flat(self, scope: Scope, nodes: Iterable[Node], raw: str) -> None:
        """Adds the lines for nodes that are one field each, held by ``raw`` and a number."""
        for at, node in enumerate(nodes):
            self._one(scope, node, f"{raw}{at}")

    def nodes(self, scope: Scope, nodes: tuple[Node, ...], then: tuple[Node, ...] = ()) -> None:
        """Adds the lines for nodes of every sort, their fields taken one by one.

        ``then`` is what comes after them: in a list's element, the list itself once more.
        """
        for at, node in enumerate(nodes, 1):
            after = (*nodes[at:], *then)
            match node:
                case When():
                    self._when(scope, node, after)
                case Maybe():
                    self._maybe(scope, node, after)
                case Each():
                    self._each(scope, node, after)
                case Beside():
                    self._beside(scope, node)
                case Rest():
                    self._rest(scope, node, after)
                case Const():
                    self._source.add("nx()")
                case _:
                    self._one(scope, node, "nx()")

    def _one(self, scope: Scope, node: Node, expression: str) -> None:
        match node:
            case Leaf():
                kind = _text_kind(node.field, self._version)
                template = kind.read_optional if node.field.is_optional else kind.read
                value = paste(self._source, kind, template, expression)
                scope.read(node.path, node.field, value)
            case Split():
                names = ", ".join(scope.local(path) for path in node.paths)
                call = f"{self._source.bind('parts', node.read)}({expression})"
                self._source.add(f"{names} = {call}", ".".join(node.paths[0]))
            case _:
                pass  # a constant says nothing

    def _when(self, scope: Scope, node: When, after: tuple[Node, ...]) -> None:
        source = self._source
        for path in node.paths:
            self._look_back(scope, path, "when()")
        test = condition(source, node, map(scope.local, node.paths))
        before = scope.names()
        with source.block(f"if {test}:"):
            self.nodes(scope, node.items, after)
        with source.block("else:"):
            for path, field in _fields_in(node.items):
                if path not in before:
                    source.add(f"{scope.local(path)} = {scope.default(path, field)}")

    def _look_back(self, scope: Scope, path: Path, what: str) -> None:
        if not scope.is_known(path):
            raise TypeError(
                f"{self._cls.__name__}: {what} looks at {'.'.join(path)}, which is not read "
                f"before it at server version {self._version}"
            )

    def _maybe(self, scope: Scope, node: Maybe, after: tuple[Node, ...]) -> None:
        source = self._source
        name = scope.local(node.path)
        if not node.has_flag:
            self.nodes(scope, node.items, after)
            scope.build(node.struct, node.path)
            return
        with source.block("if flag(nx()):", ".".join(node.path)):
            self.nodes(scope, node.items, after)
            scope.build(node.struct, node.path)
        with source.block("else:"):
            source.add(f"{name} = None")

    def _beside(self, scope: Scope, node: Beside) -> None:
        source, label = self._source, f"{'.'.join(node.path)}[].{node.part.name}"
        self._look_back(scope, node.path, "beside()")
        self._lists += 1
        at = self._lists
        kind = _text_kind(node.part, self._version)
        value = paste(source, kind, kind.read_optional, "e")
        source.add(f"n{at} = count(nx(), limit)", label)
        source.add(f"list{at} = [{value} for e in islice(it, n{at})]", label)
        with source.block(f"if len(list{at}) != n{at}:"):
            source.add("raise MissingFields")
        source.add(f"lay_beside({scope.local(node.path)}, {node.part.name!r}, list{at})", label)

    def _rest(self, scope: Scope, node: Rest, after: tuple[Node, ...]) -> None:
        source, label = self._source, ".".join(node.path)
        if self._list is None or after[0] is not self._list:
            raise TypeError(
                f"{self._cls.__name__}: rest() can only be the last of a list's element, and "
                f"{label} is not"
            )
        starts = source.bind("starts", node.starts)
        length = f"rest_of(fields, length_hint(it), {self._left}, {starts})"
        source.add(f"{scope.local(node.path)} = tuple([*islice(it, {length})])", label)

    def _each(self, scope: Scope, node: Each, after: tuple[Node, ...]) -> None:
        source, field = self._source, node.field
        self._lists += 1
        at = self._lists
        name, label = scope.local(node.path), ".".join(node.path)
        source.add(f"n{at} = count(nx(), limit)", label)
        if field.struct is None:
            kind = _text_kind(field, self._version)
            element = paste(source, kind, kind.read, "e")
            source.add(f"{name} = tuple([{element} for e in islice(it, n{at})])", label)
        else:
            inner = Scope(source, field.struct, f"e{at}")
            raw = f"x{at}_"
            head = f"for _ in range(n{at}):"
            around = self._list, self._left
            self._list = node
            self._left = f"{_count_after(node, after)}, n{at} - len(list{at}) - 1"
            if is_flat := is_row(node.items):
                count = len(node.items)
                every = f"zip({', '.join(['it'] * count)})"
                head = f"for {_unpacked(count, raw)}in islice({every}, n{at}):"
            source.add(f"list{at} = []")
            with source.block(head, label, inside=f"{label}[]."):
                if is_flat:
                    self.flat(inner, node.items, raw)
                else:
                    self.nodes(inner, node.items, (node,))
                source.add(f"list{at}.append({seen(source, field, inner.finish())})")
            self._list, self._left = around
            source.add(f"{name} = tuple(list{at})")
        with source.block(f"if len({name}) != n{at}:"):
            source.add("raise MissingFields")


def _count_after(node: Each, nodes: tuple[Node, ...]) -> int:
    """Counts the fields that follow a list which is not empty; -1 if that depends on others."""
    total = 0
    for later in nodes:
        match later:
            case Leaf() | Const() | Split():
                total += 1
            case When(test=test) if test is is_set and later.paths == (node.path,):
                if not is_row(later.items):
                    return -1
                total += len(later.items)
            case _:
                return -1
    return total


def _fields_in(nodes: Iterable[Node]) -> Iterator[tuple[Path, WireField]]:
    """Gives the fields that nodes read, each with its path."""
    for node in nodes:
        match node:
            case Leaf() | Each() | Maybe() | Rest():
                yield node.path, node.field
            case Split():
                yield from zip(node.paths, node.fields, strict=True)
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
            source.add("return w")
        return source.function("write", f"{self._cls.__name__} to text {self._version}")

    def _nodes(self, root: str, nodes: Iterable[Node], depth: int) -> None:
        """Adds the lines for nodes; ``root`` is the first ``depth`` names of their paths."""
        for node in cast(Iterable[Carried], nodes):  # what is inside of carried nodes is too
            match node:
                case Leaf():
                    value = self._value(root, node.path[depth:], node.field)
                    self._pending.append((value, node.name))
                case Const():
                    self._pending.append((repr(str(node.text)), ""))
                case Split():
                    values = ", ".join(reach(root, path[depth:]) for path in node.paths)
                    call = f"{self._check}({self._source.bind('joined', node.write)}({values}))"
                    self._pending.append((call, ".".join(node.paths[0])))
                case When():
                    operands = (reach(root, path[depth:]) for path in node.paths)
                    self._flush()
                    with self._source.block(f"if {condition(self._source, node, operands)}:"):
                        self._nodes(root, node.items, depth)
                case Maybe():
                    self._maybe(root, node, depth)
                case Beside():
                    self._beside(root, node, depth)
                case Rest():
                    self._rest(root, node, depth)
                case _:
                    self._each(root, node, depth)
        self._flush()

    def _maybe(self, root: str, node: Maybe, depth: int) -> None:
        self._flush()
        there, label = reach(root, node.path[depth:]), ".".join(node.path)
        if not node.has_flag:
            with self._source.block(f"if {there} is None:", label):
                self._source.add('raise ValueError("is None, and is called for")', label)
            self._nodes(root, node.items, depth)
            return
        with self._source.block(f"if {there} is None:", label):
            self._source.add('w.append("0")')
        with self._source.block("else:"):
            self._source.add('w.append("1")')
            self._nodes(root, node.items, depth)

    def _beside(self, root: str, node: Beside, depth: int) -> None:
        source, label = self._source, f"{'.'.join(node.path)}[].{node.part.name}"
        self._flush()
        values = f"[e.{node.part.name} for e in {reach(root, node.path[depth:])}]"
        source.add(f"beside = {values}", label)
        with source.block("if beside.count(None) == len(beside):", label):
            source.add("beside = []")
        self._pending.append(("int_text(len(beside))", label))
        self._flush()
        with source.block("for e in beside:", label):
            self._pending.append((self._value("e", (), node.part), label))
            self._flush()

    def _rest(self, root: str, node: Rest, depth: int) -> None:
        self._flush()
        values, label = reach(root, node.path[depth:]), ".".join(node.path)
        self._source.add(f"w += [{self._check}(e) for e in {values}]", label)

    def _each(self, root: str, node: Each, depth: int) -> None:
        self._lists += 1
        element = f"e{self._lists}"
        label = ".".join(node.path)
        values = reach(root, node.path[depth:])
        self._pending.append((f"int_text(len({values}))", label))
        self._flush()
        if node.field.struct is None:
            with self._source.block(f"for {element} in {values}:"):
                self._pending.append((self._value(element, (), node.field), label))
                self._flush()
        else:
            sent = on_wire(self._source, node.field, values)
            with self._source.block(f"for {element} in {sent}:", label, inside=f"{label}[]."):
                self._nodes(element, node.items, 0)

    def _value(self, root: str, path: Path, field: WireField) -> str:
        kind = _text_kind(field, self._version)
        expression = reach(root, path)
        if not field.is_optional:
            written = paste(self._source, kind, kind.write, expression)
            return f"{self._check}({written})" if kind.is_text else written
        unset = '""'
        if field.unset is not None:
            unset = repr(str(field.unset))
            if field.unset_unless:
                unset = f'({unset} if not {reach(root, (*path[:-1], field.unset_unless))} else "")'
        written = paste(self._source, kind, kind.write, "t")
        return f"{unset} if (t := {expression}) is None else {written}"

    def _flush(self) -> None:
        if self._pending:
            self._source.add("w += (")
            for value, field in self._pending:
                self._source.add(f"    {value},", field)
            self._source.add(")")
        self._pending = []
