"""The text order of a message, where it is not simply the order of its fields.

A layout is a tuple of the attributes themselves, so that an editor renames them and a type checker
refuses a misspelt one::

    layout(
        ContractData,
        until(v.SIZE_RULES, const("8")),
        ContractData.req_id, Contract.symbol, ...
        when(Contract.sec_type, "FUND", ContractDetails.fund_name, ...),
    )

An attribute of a nested structure is found wherever the message holds that structure; it must hold
it once. `resolve` turns what was written into nodes (`Leaf`, `Gate`, `When`, `Each` and so on)
whose paths start at the message, or at the element of the list they stand in.
"""

import functools
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType
from typing import Any, Final, cast

import attrs

from trio_tws._wire.fields import FOREVER, WireField, fields_of, spec_of
from trio_tws._wire.kinds import TEXT, Kind
from trio_tws._wire.nodes import (
    Beside,
    Carried,
    Const,
    Each,
    Gate,
    Leaf,
    Maybe,
    Node,
    Path,
    Rest,
    Split,
    When,
)

Item = Callable[[type, Path], Iterable[Node]]
"""What a layout holds beside attributes: gives the nodes of a class whose path is known by then."""

_LAYOUTS: Final[dict[type, tuple[object, ...]]] = {}
_ALIKE_AFTER: Final[dict[type, object]] = {}


def layout(cls: type, *items: object, alike_after: object = None) -> None:
    """Gives a message or structure a text order of its own.

    Args:
        cls: The class.
        *items: What stands on the wire, in order.
        alike_after: The last attribute that differs from message to message as a rule; see `alike`.

    Raises:
        ValueError: It has one already.
    """
    if cls in _LAYOUTS:
        raise ValueError(f"{cls.__name__} has a layout already")
    _LAYOUTS[cls] = items
    if alike_after is not None:
        _ALIKE_AFTER[cls] = alike_after


def since(version: int, *items: object) -> Item:
    """Says that the items exist from this server version on."""
    return between(version, FOREVER, *items)


def until(version: int, *items: object) -> Item:
    """Says that the items exist below this server version."""
    return between(0, version, *items)


def between(first: int, end: int, *items: object) -> Item:
    """Says that the items exist from ``first`` on and below ``end``."""
    return lambda root, prefix: (Gate(first, end, _resolved(root, prefix, items)),)


def when(fields: object, test: object, *items: object) -> Item:
    """Says that the items exist only if a field, or several in a tuple, pass a test.

    The test is a value to equal, a frozenset to be in, or a function of the fields' values.

    Raises:
        ValueError: There are several fields, and a test that takes one.
    """
    several = isinstance(fields, tuple)
    if several and (not callable(test) or test is is_set):
        raise ValueError("only a function can test several fields")
    tested = cast(tuple[object, ...], fields) if several else (fields,)

    def nodes(root: type, prefix: Path) -> Iterator[Node]:
        paths = tuple(_find(root, prefix, field)[0] for field in tested)
        yield When(paths, test, _resolved(root, prefix, items))

    return nodes


def each(field: object, *items: object) -> Item:
    """Says that a count comes, then the items of each element of a list (all, if none is named)."""

    def nodes(root: type, prefix: Path) -> Iterator[Node]:
        path, found = _find(root, prefix, field)
        yield from _gated(found, _each(path, found, items))

    return nodes


def maybe(field: object, *items: object) -> Item:
    """Says that a flag comes, then the items of a structure if there is one."""
    return _structure(field, items, has_flag=True)


def present(field: object, *items: object) -> Item:
    """Says that the items of a structure come which may be None elsewhere.

    That it is there has to be told by a `when` around it.
    """
    return _structure(field, items, has_flag=False)


def _structure(field: object, items: tuple[object, ...], *, has_flag: bool) -> Item:
    def nodes(root: type, prefix: Path) -> Iterator[Node]:
        path, found = _find(root, prefix, field)
        yield from _gated(found, _maybe(path, found, items, has_flag=has_flag))

    return nodes


def beside(field: object, part: object) -> Item:
    """Says that the values of one field of a list's elements come apart from them.

    First their number: that of the elements, or 0 if none of them has a value.
    """
    return lambda root, prefix: _beside(root, prefix, field, part)


def rest(field: object, starts: Callable[[list[str]], bool]) -> Item:
    """Says that all comes here which an element of a list has left; see `Rest`."""
    return lambda root, prefix: _rest(root, prefix, field, starts)


def in_kind(kind: Kind, *fields: object) -> Item:
    """Says that the fields have another text form here than they declare, and no gate of theirs."""

    def nodes(root: type, prefix: Path) -> Iterator[Node]:
        for path, field in (_find(root, prefix, field) for field in fields):
            yield Leaf(path, _in_kind(root, field, kind))

    return nodes


def spelt(*fields: object) -> Item:
    """Says that None is written here as the number that stands for it, not as an empty field."""

    def nodes(root: type, prefix: Path) -> Iterator[Node]:
        for path, field in (_find(root, prefix, field) for field in fields):
            yield from _gated(field, Leaf(path, _spelt(root, field)))

    return nodes


def const(text: str) -> Item:
    """Says that a field comes which is always written so, and never looked at."""
    return lambda _root, _prefix: (Const(text),)


def split(
    *fields: object,
    read: Callable[[str], tuple[str, ...]],
    write: Callable[..., str],
    proto: object = None,
) -> Item:
    """Says that one field holds several attributes; ``proto`` names its protobuf carrier.

    Without ``proto`` the carrier is the first attribute.
    """

    def nodes(root: type, prefix: Path) -> Iterator[Node]:
        paths, parts = zip(*(_find(root, prefix, field) for field in fields), strict=True)
        carrier, carrying = _find(root, prefix, fields[0] if proto is None else proto)
        for field in (*parts, carrying):
            if field.kind is None or not field.kind.is_text:
                raise TypeError(f"{root.__name__}: split() takes texts, and {field.name} is none")
        yield Split(paths, parts, read, write, carrier, carrying)

    return nodes


def is_set(value: object) -> bool:
    """A test for `when`: the field is not empty, zero or None."""
    return bool(value)


def is_positive(value: float | None) -> bool:
    """A test for `when`: the field is set and above zero."""
    return value is not None and value > 0


@functools.cache
def resolve(cls: type) -> tuple[Node, ...]:
    """Gives the text order of a message, its own version number first.

    Raises:
        TypeError: The layout names something the message does not hold, or holds twice.
    """
    spec = spec_of(cls)
    nodes = _resolved(cls, (), _LAYOUTS.get(cls))
    if spec.version is not None:
        nodes = (Gate(0, spec.version_until, (Const(str(spec.version)),)), *nodes)
    return nodes


def carried(nodes: tuple[Node, ...], version: int) -> tuple[Carried, ...]:
    """Gives the nodes that exist at a server version, without their gates.

    Raises:
        TypeError: A list has elements of which nothing exists. Their number could not be held
            against anything.
    """
    return tuple(_carried(nodes, version))


def _carried(nodes: tuple[Node, ...], version: int) -> Iterator[Carried]:
    for node in nodes:
        if isinstance(node, Gate):
            if node.since <= version < node.until:
                yield from _carried(node.items, version)
        elif isinstance(node, Each):
            items = carried(node.items, version)
            if node.field.struct is not None and not items:
                raise TypeError(
                    f"nothing of the elements of {'.'.join(node.path)} exists at server version "
                    f"{version}; let the gate stand around the list"
                )
            yield Each(node.path, node.field, items)
        elif isinstance(node, Maybe):
            items = carried(node.items, version)
            yield Maybe(node.path, node.field, node.struct, items, node.has_flag)
        elif isinstance(node, When):
            if items := carried(node.items, version):
                yield When(node.paths, node.test, items)
        else:
            yield node


def own(cls: type, nodes: tuple[Carried, ...]) -> tuple[Carried, ...]:
    """Gives the first nodes of a message, after which it is mostly alike; none if that is not said.

    Args:
        cls: The message.
        nodes: All of its nodes.
    """
    last = _ALIKE_AFTER.get(cls)
    if last is None:
        return ()
    path, _ = _find(cls, (), last)
    paths = [node.path if isinstance(node, Leaf) else () for node in nodes]
    return nodes[: paths.index(path) + 1]


def splits_of(cls: type) -> tuple[Split, ...]:
    """Gives the splits that a message's protobuf form has: those of the last text form before it.

    Raises:
        TypeError: One stands where protobuf can't follow.
    """
    return tuple(_splits(carried(resolve(cls), spec_of(cls).proto or 0)))


def _splits(nodes: Iterable[Node]) -> Iterator[Split]:
    for node in nodes:
        if isinstance(node, Split):
            yield node
        elif isinstance(node, When):
            yield from _splits(node.items)
        elif isinstance(node, Each | Maybe) and any(_splits(node.items)):
            raise TypeError(f"a split inside {'.'.join(node.path)} has no protobuf form")


def _resolved(root: type, prefix: Path, items: tuple[object, ...] | None) -> tuple[Node, ...]:
    if items is None:
        return tuple(
            node for field in fields_of(root) if field.in_text for node in _declared(prefix, field)
        )
    return tuple(node for item in items for node in _node(root, prefix, item))


def _declared(prefix: Path, field: WireField) -> Iterator[Node]:
    path = (*prefix, field.name)
    nodes: tuple[Node, ...]
    if field.text_kind is not None or (field.struct is None and not field.is_list):
        nodes = (Leaf(path, field),)
    elif field.is_list:
        nodes = (_each(path, field, ()),)
    elif field.is_optional:
        nodes = (_maybe(path, field, (), has_flag=True),)
    else:
        nodes = _parts(field, path, ())
    yield from _gated(field, *nodes)


def _gated(field: WireField, *nodes: Node) -> Iterator[Node]:
    if field.since or field.until < FOREVER:
        yield Gate(field.since, field.until, nodes)
    else:
        yield from nodes


def _each(path: Path, field: WireField, items: tuple[object, ...]) -> Each:
    if not field.is_list:
        raise TypeError(f"each() takes a list, and {'.'.join(path)} is none")
    return Each(path, field, _parts(field, (), items))


def _maybe(path: Path, field: WireField, items: tuple[object, ...], *, has_flag: bool) -> Maybe:
    if field.struct is None or not field.is_optional:
        word = "maybe" if has_flag else "present"
        raise TypeError(f"{word}() takes a structure or None, and {'.'.join(path)} is not that")
    return Maybe(path, field, field.struct, _parts(field, path, items), has_flag)


def _beside(root: type, prefix: Path, whole: object, of_each: object) -> Iterator[Node]:
    path, field = _find(root, prefix, whole)
    if field.struct is None or not field.is_list or field.via is not None:
        raise TypeError(f"beside() takes a list of structures, and {'.'.join(path)} is none")
    (name, *more), part = _find(field.struct, (), of_each)
    if more or not part.is_optional or part.kind is None or part.unset is not None:
        raise TypeError(f"beside() takes a value or None, and {name} is not that")
    yield from _gated(field, *_gated(part, Beside(path, field, part)))


def _rest(
    root: type, prefix: Path, texts: object, starts: Callable[[list[str]], bool]
) -> Iterator[Node]:
    path, field = _find(root, prefix, texts)
    if field.kind is not TEXT or not field.is_list:
        raise TypeError(f"rest() takes a list of texts, and {'.'.join(path)} is none")
    yield from _gated(field, Rest(path, field, starts))


def _in_kind(root: type, field: WireField, kind: Kind) -> WireField:
    fits = kind.read_optional if field.is_optional else True
    if not fits or (field.is_list and not kind.packs_list):
        raise TypeError(f"{root.__name__}: {kind.name} is not for {field.name}")
    return attrs.evolve(field, text_kind=kind)


def _spelt(root: type, field: WireField) -> WireField:
    unset = None if field.kind is None else field.kind.proto_unset
    if not field.is_optional or unset is None:
        raise TypeError(f"{root.__name__}: no number stands for {field.name} = None")
    return attrs.evolve(field, unset=unset)


def _parts(field: WireField, prefix: Path, items: tuple[object, ...]) -> tuple[Node, ...]:
    if field.struct is None:
        return ()
    return _resolved(field.struct, prefix, items or _LAYOUTS.get(field.struct))


def _node(root: type, prefix: Path, item: object) -> Iterable[Node]:
    if isinstance(item, FunctionType):
        return cast(Item, item)(root, prefix)
    path, field = _find(root, prefix, item)
    return _declared(path[:-1], field)


def _find(root: type, prefix: Path, attribute: Any) -> tuple[Path, WireField]:
    """Finds the path to an attribute, given as the slot it is on its class."""
    owner, name = getattr(attribute, "__objclass__", None), getattr(attribute, "__name__", "")
    if owner is None:
        raise TypeError(f"{root.__name__}: {attribute!r} in the layout is not an attribute")
    paths = _paths(root).get(owner, ())
    if len(paths) != 1:
        held = "holds more than one" if paths else "does not always hold"
        raise TypeError(f"{root.__name__} {held} {owner.__name__}, whose {name} its layout names")
    return (*prefix, *paths[0], name), _by_name(owner)[name]


@functools.cache
def _by_name(cls: type) -> dict[str, WireField]:
    return {field.name: field for field in fields_of(cls)}


@functools.cache
def _paths(cls: type) -> dict[type, tuple[Path, ...]]:
    """Gives the ways to each structure; what may be missing is only reached by `maybe`."""
    found: dict[type, tuple[Path, ...]] = {cls: ((),)}
    for field in fields_of(cls):
        if field.struct is not None and not field.is_list and not field.is_optional:
            for owner, paths in _paths(field.struct).items():
                below = tuple((field.name, *path) for path in paths)
                found[owner] = (*found.get(owner, ()), *below)
    return found
