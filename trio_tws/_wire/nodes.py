"""What a text order consists of once it is resolved: fields, and whether they are there.

Paths start at the message, or at the element of the list that a node stands in.
"""

from collections.abc import Callable

from trio_tws._wire.fields import WireField
from trio_tws._wire.late import frozen

Path = tuple[str, ...]


@frozen
class Leaf:
    """A field, or a whole structure or list where its own declaration says all."""

    path: Path
    field: WireField

    @property
    def name(self) -> str:
        """The path as it is shown to people."""
        return ".".join(self.path)


@frozen
class Gate:
    """Nodes that only some server versions have: ``since <= version < until``."""

    since: int
    until: int
    items: tuple["Node", ...]


@frozen
class When:
    """Nodes that stand on the wire only if fields read before them pass a test."""

    paths: tuple[Path, ...]
    test: object
    """A value to equal, a frozenset to be in, or a function of the fields' values."""
    items: tuple["Node", ...]


@frozen
class Each:
    """A count, then the nodes of each element of a list; for a list of values there are none."""

    path: Path
    field: WireField
    items: tuple["Node", ...]


@frozen
class Maybe:
    """A flag, then the nodes of a structure if it is there.

    Without the flag where the conditions around it tell already that it is.
    """

    path: Path
    field: WireField
    struct: type
    items: tuple["Node", ...]
    has_flag: bool = True


@frozen
class Beside:
    """A count, then one value for each element of a list that came before, or for none of them.

    Attributes:
        path: The list.
        field: The same.
        part: The field of its elements that the values belong to.
    """

    path: Path
    field: WireField
    part: WireField


@frozen
class Rest:
    """All that is left of an element of a list, where nothing else tells how much that is.

    What follows the list has to be of known length.

    Attributes:
        path: A field of texts.
        field: The same.
        starts: Tells whether fields begin with another element; it gets the first few of them.
    """

    path: Path
    field: WireField
    starts: Callable[[list[str]], bool]


@frozen
class Const:
    """A field that says nothing any more: written as given, read past."""

    text: str


@frozen
class Split:
    """One field on the wire that holds several attributes, packed by two named functions.

    Attributes:
        read: From the text to the values, in the order of the paths.
        write: From the values to the text.
        proto: The path of the protobuf field that carries the text.
        carrier: That field.
    """

    paths: tuple[Path, ...]
    fields: tuple[WireField, ...]
    read: Callable[[str], tuple[str, ...]]
    write: Callable[..., str]
    proto: Path
    carrier: WireField


Carried = Leaf | When | Each | Maybe | Beside | Rest | Const | Split
Node = Carried | Gate
