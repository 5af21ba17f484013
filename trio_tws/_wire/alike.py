"""Messages that are mostly alike: what follows their first fields is read once and remembered.

Of the 130 fields in which TWS reports an order, two dozen are about this order. The others say, at
length, that nothing special was asked for, or the same as of every other order of the program. So
they are held against those that came lately, as one text; where that is the same, so are the values
in it, and only the first fields have to be read. The text is not even split into its fields, so a
reader of this kind takes that of a whole message.

Rules:

- Which fields come first is said by the layout (``alike_after``). They are a plain row.
- What else decides how the rest is read is a part of the key: a field that one of its conditions
  looks back at.
- What is remembered is taken from a message that was read in full, and only if nothing was missing
  or left over. It is bounded: the other end must not be able to fill our memory.
- A structure among the first fields, such as the contract, is remembered beside it.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from trio_tws._wire import text
from trio_tws._wire.build import Scope, new_source, reach
from trio_tws._wire.fields import fields_of
from trio_tws._wire.layout import carried, own, resolve
from trio_tws._wire.nodes import Carried, Each, Leaf, Maybe, Node, Path, Split, When
from trio_tws._wire.source import Source

Reader: TypeAlias = Callable[[str, text.Tail], Any]
"""Reads the text behind a message's id."""

MOST: Final = 128
"""How many texts are remembered before all are forgotten."""

LONGEST: Final = 4_096
"""The length of a text above which it is not remembered."""


class _Memory(dict[tuple[str, ...], tuple[Any, ...]]):
    """What the fields behind the first ones mean, by their text.

    Args:
        walk: Reads a message in full.
        parts: Gives what is remembered of one.
    """

    def __init__(self, walk: text.Reader, parts: Callable[[Any], tuple[Any, ...]]) -> None:
        super().__init__()
        self._walk = walk
        self._parts = parts

    def learn(self, key: tuple[str, ...], body: str, tail: text.Tail) -> Any:
        """Reads a message in full, and remembers it if it was whole."""
        is_whole = True

        def noted(cls: type, surplus: int) -> None:
            nonlocal is_whole
            is_whole = False
            tail(cls, surplus)

        message = self._walk(body.split("\0"), noted)
        if is_whole and len(key[-1]) <= LONGEST:
            if len(self) >= MOST:
                self.clear()
            self[key] = ({}, *self._parts(message))
        return message


@functools.cache
def reader(cls: type, version: int) -> Reader | None:
    """Compiles the reader of a message that is mostly alike; None if it is not said to be.

    Raises:
        TypeError: The declaration does not say enough to read it, or its first fields are no row.
    """
    nodes = carried(resolve(cls), version)
    first = own(cls, nodes)
    return _remembering(cls, version, first, nodes[len(first) :]) if first else None


def _remembering(
    cls: type,
    version: int,
    first: tuple[Carried, ...],
    rest: tuple[Carried, ...],
) -> Reader:
    walk = text.reader(cls, version)
    own_paths = _paths_of(first)
    if not text.is_row(first) or own_paths & _paths_of(rest):
        raise TypeError(
            f"{cls.__name__}: alike_after takes what ends a plain row of fields that come once"
        )
    left: dict[Path, tuple[str, ...]] = {}
    for *path, name in _left(cls, (), own_paths):
        left[tuple(path)] = (*left.get(tuple(path), ()), name)
    memory = _Memory(walk, _taking_apart(cls, left))
    asked = _asked(rest)
    asking = [at for at, node in enumerate(first) if not asked.isdisjoint(_paths_of((node,)))]
    source = new_source()
    for name, value in (("walk", walk), ("recall", memory.get), ("learn", memory.learn)):
        source.bind(name, value)
    scope = Scope(source, cls, "m")
    row = text.Walk(source, cls, version)
    with source.block("def read(body, tail):"):
        source.add(f'fields = body.split("\\0", {len(first)})')
        with source.block(f"if len(fields) <= {len(first)}:"):
            source.add("return walk(fields, tail)")
        source.add(f"{_listed('x{}_0', range(len(first)))}rest = fields")
        source.add(f"key = ({_listed('x{}_0', asking)}rest,)")
        source.add("known = recall(key)")
        with source.block("if known is None:"):
            source.add("return learn(key, body, tail)")
        source.add(f"kept, {_listed('{}', map(scope.hold, left.keys(), left.values()))} = known")
        once = _add_repeated(source, scope, row, first)
        for at, node in enumerate(first):
            if at not in once:
                row.flat(scope, (node,), f"x{at}_")
        source.add(f"return {scope.finish()}")
    return source.function("read", f"{cls.__name__} from text {version}, remembered")


def _add_repeated(
    source: Source, scope: Scope, row: text.Walk, first: tuple[Carried, ...]
) -> set[int]:
    """Adds the lines for structures that are the same again as a rule; gives which fields are in.

    Those are all that the last of the first fields is not in: it differs.
    """
    done: set[int] = set()
    *_, last = first
    for field in fields_of(scope.cls):
        within = [at for at, node in enumerate(first) if _is_in(field.name, node)]
        if field.struct is None or not within or _is_in(field.name, last):
            continue
        made = scope.local((field.name,))
        key = f"({field.name!r}, {_listed('x{}_0', within)})"
        # By the first text alone: to hash all of them takes twice as long as to compare them.
        source.add(f"texts, {made} = kept.get(x{within[0]}_0, (None, None))")
        with source.block(f"if texts != {key}:"):
            for at in within:
                row.flat(scope, (first[at],), f"x{at}_")
            scope.build(field.struct, (field.name,))
            with source.block(f"if len(kept) < {MOST}:"):
                source.add(f"kept[x{within[0]}_0] = {key}, {made}")
        done.update(within)
    return done


def _is_in(name: str, node: Carried) -> bool:
    """Tells whether a node is a field of a structure."""
    return all(len(path) > 1 and path[0] == name for path in _paths_of((node,)) or ((),))


def _taking_apart(
    cls: type, left: Mapping[Path, tuple[str, ...]]
) -> Callable[[Any], tuple[Any, ...]]:
    source = new_source()
    with source.block("def parts(m):"):
        each = (_listed(f"{reach('m', path)}.{{}}", names) for path, names in left.items())
        source.add(f"return ({_listed('({})', each)})")
    return source.function("parts", f"{cls.__name__} apart")


def _listed(template: str, values: Iterable[object]) -> str:
    return "".join(f"{template.format(value)}, " for value in values)


def _paths_of(nodes: Iterable[Node]) -> set[Path]:
    """Gives the fields that nodes read, those of lists' elements left out."""
    found: set[Path] = set()
    for node in nodes:
        match node:
            case Leaf() | Each():
                found.add(node.path)
            case Split():
                found.update(node.paths)
            case When() | Maybe():
                found |= _paths_of(node.items)
            case _:
                pass
    return found


def _asked(nodes: Iterable[Node]) -> set[Path]:
    """Gives the fields that conditions of nodes look at."""
    found: set[Path] = set()
    for node in nodes:
        if isinstance(node, When | Maybe):
            found |= _asked(node.items)
        if isinstance(node, When):
            found.update(node.paths)
    return found


def _left(cls: type, path: Path, own_paths: set[Path]) -> Iterator[Path]:
    """Gives what a message holds beside some fields, in pieces as large as can be."""
    for field in fields_of(cls):
        here = (*path, field.name)
        if field.struct is not None and any(one[: len(here)] == here for one in own_paths):
            yield from _left(field.struct, here, own_paths)
        elif here not in own_paths:
            yield here
