"""What the readers of both formats share: from values in local names to a frozen message.

A reader puts each value it meets into a local name, by the path of its field; `Scope` keeps the
book. At the end the objects are built from the inside out, every field by position (keywords would
cost as much as all the rest), with the default for what this version does not carry.
"""

from collections.abc import Iterable
from decimal import Decimal

import attrs

from trio_tws._wire import kinds
from trio_tws._wire.classes import twin
from trio_tws._wire.fields import WireField, fields_of
from trio_tws._wire.layout import is_set
from trio_tws._wire.nodes import Path, When
from trio_tws._wire.source import Source


def new_source() -> Source:
    """Starts a function that can use the helpers of `kinds`."""
    source = Source()
    for name, helper in kinds.HELPERS.items():
        source.bind(name, helper)
    return source


def paste(
    source: Source, kind: kinds.Kind, template: str, expression: str, presence: str = ""
) -> str:
    """Puts an expression, and one that tells whether it has a value, into a template of a kind."""
    names = {key: source.bind(f"{key}_{kind.name}", value) for key, value in kind.names.items()}
    return template.format(x=expression, has=presence, **names)


def reach(root: str, path: Path) -> str:
    """Writes the way from an object to one of its fields."""
    return ".".join((root, *path))


def seen(source: Source, field: WireField, element: str) -> str:
    """Writes what users see of the element of a list which was read."""
    return element if field.via is None else f"{source.bind('seen', field.via.read)}({element})"


def on_wire(source: Source, field: WireField, elements: str) -> str:
    """Writes what of a list's elements goes to the wire."""
    via = field.via
    return elements if via is None else f"map({source.bind('on_wire', via.write)}, {elements})"


def condition(source: Source, node: When, operands: Iterable[str]) -> str:
    """Writes the test of a `When` over the expressions that hold its fields."""
    values = list(operands)
    if node.test is is_set:
        return values[0]
    if callable(node.test):
        return f"{source.bind('test', node.test)}({', '.join(values)})"
    wanted = source.bind("wanted", node.test)
    return f"{values[0]} {'in' if isinstance(node.test, frozenset) else '=='} {wanted}"


class Scope:
    """The local names of one object under construction, be it a message or a list's element."""

    def __init__(self, source: Source, cls: type, label: str) -> None:
        self.cls = cls
        self._source = source
        self._label = label
        self._names: dict[Path, str] = {}
        self._late: dict[Path, WireField] = {}  # whether they are set depends on another field
        self._held: dict[Path, tuple[str, tuple[str, ...]]] = {}

    def local(self, path: Path) -> str:
        """Gives the name that holds the field at this path."""
        if path not in self._names:
            name = "_".join((self._label, *path))
            while name in self._names.values():  # ("a_b", "c") and ("a", "b_c") are two fields
                name += "_"
            self._names[path] = name
        return self._names[path]

    def read(self, path: Path, field: WireField, expression: str) -> None:
        """Adds the line that puts a field's value into its name."""
        self._source.add(f"{self.local(path)} = {expression}", ".".join(path))
        if field.unset_unless:
            self._late[path] = field
        elif field.unset is not None and field.unset != field.value_kind.proto_unset:
            self._clear(path, field)

    def hold(self, path: Path, fields: tuple[str, ...]) -> str:
        """Says that some fields of a structure are there as one tuple; gives the name that has it.

        They go from there into the object at once, which takes two thirds of the time that names of
        their own would.
        """
        name = "_".join((self._label, *path, "left"))
        self._held[path] = name, fields
        return name

    def is_known(self, path: Path) -> bool:
        """Tells whether a field has its value by now."""
        return path in self._names and path not in self._late

    def names(self) -> dict[Path, str]:
        """Gives the names in use so far."""
        return dict(self._names)

    def finish(self) -> str:
        """Adds the lines that build the object; gives the name that holds it."""
        return self.build(self.cls, ())

    def build(self, cls: type, path: Path) -> str:
        """Adds the lines that build one structure; gives the name that holds it."""
        by_name = {field.name: field for field in fields_of(cls)}
        holder, held = self._held.get(path, ("", ()))
        if held and (twin(cls) is cls or any((*path, name) in self._late for name in by_name)):
            raise TypeError(f"{cls.__name__} can't be made of what is held")
        for name, field in by_name.items():
            if (*path, name) in self._late:
                other = by_name[field.unset_unless]
                value = self._argument((*path, other.name), other)
                self._clear((*path, name), field, f" and not {value}")
        arguments = {
            name: self._argument((*path, name), field)
            for name, field in by_name.items()
            if name not in held
        }
        made = self.local(path)
        filling = f"{''.join(f'{made}.{name}, ' for name in held)}= {holder}" if held else ""
        self._construct(made, cls, arguments, filling)
        self._forget_parts(path)
        return made

    def _construct(self, made: str, cls: type, arguments: dict[str, str], filling: str) -> None:
        """Adds the lines that fill an object; a call would cost half as much again."""
        source, plain = self._source, twin(cls)
        if plain is cls:
            source.add(
                f"{made} = {source.bind(cls.__name__, cls)}({', '.join(arguments.values())})"
            )
            return
        source.add(f"{made} = {source.bind(plain.__name__, plain)}()")
        if filling:
            source.add(filling)
        for name, argument in arguments.items():
            source.add(f"{made}.{name} = {argument}")
        source.add(f"{made}.__class__ = {source.bind(cls.__name__, cls)}")

    def _forget_parts(self, path: Path) -> None:
        """Frees the names inside of a structure: another place may hold less of it."""
        for known in self.names():
            if len(known) > len(path) and known[: len(path)] == path:
                del self._names[known]
                self._late.pop(known, None)

    def default(self, path: Path, field: WireField) -> str:
        """Gives the expression for a field that is not on the wire.

        Raises:
            TypeError: The declaration has no default for it.
        """
        if field.default is attrs.NOTHING:
            where = f"{self.cls.__name__}.{'.'.join(path)}"
            raise TypeError(f"{where} is not always sent, so it needs a default")
        if type(field.default) in (bool, int, str, tuple, type(None)) and not field.default:
            return repr(field.default)
        return self._source.bind(f"default_{field.name}", field.default)

    def _clear(self, path: Path, field: WireField, unless: str = "") -> None:
        name, unset = self.local(path), repr(field.unset)
        if field.value_kind is kinds.DECIMAL:  # it compares with its like in half the time
            unset = self._source.bind("unset", Decimal(unset))
        with self._source.block(f"if {name} == {unset}{unless}:", ".".join(path)):
            self._source.add(f"{name} = None")

    def _argument(self, path: Path, field: WireField) -> str:
        if path in self._names:
            return self._names[path]
        if field.struct is not None and any(known[: len(path)] == path for known in self._names):
            return self.build(field.struct, path)
        return self.default(path, field)
