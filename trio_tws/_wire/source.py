"""From lines of code to a function, kept where debuggers and tracebacks find it.

The only place of the package that calls ``exec``. What is compiled is made of our own tables
alone: names of attributes, numbers, and the templates of `kinds`; never of anything a socket
brought. Values are bound to names, and a text that has to stand in the code is its ``repr``. The
lines are put into `linecache`, as attrs does, so that a traceback through a compiled reader shows
them.

Each line remembers which field it is about, so that a failure can name the field.
"""

import contextlib
import itertools
import linecache
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

_SERIAL: Final = itertools.count(1)
_FIELDS_OF_LINES: Final[dict[str, dict[int, str]]] = {}
"""By the name of the compiled file, then by line."""


class Source:
    """Code under construction, with the names it refers to."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._fields: dict[int, str] = {}
        self._indent = ""
        self._holder = ""
        self._names: dict[str, object] = {}

    def add(self, line: str, field: str = "") -> None:
        """Adds a line of code, said to be about a field."""
        self._lines.append(self._indent + line)
        if field:
            self._fields[len(self._lines)] = self._holder + field

    @contextlib.contextmanager
    def block(self, head: str, field: str = "", inside: str = "") -> Iterator[None]:
        """Adds a line that opens a block, and indents what is added inside.

        A block to which nothing is added is left out, head and all.

        Args:
            head: The line that opens it.
            field: What that line is about.
            inside: What comes before the names of the fields that its lines are about.
        """
        self.add(head, field)
        length, indent, holder = len(self._lines), self._indent, self._holder
        self._indent, self._holder = indent + "    ", holder + inside
        yield
        self._indent, self._holder = indent, holder
        if len(self._lines) == length:
            self._lines.pop()
            self._fields.pop(length, None)

    def bind(self, name: str, value: object) -> str:
        """Makes a value known to the code; gives the name it goes by there."""
        name = unique = name if name.isidentifier() else re.sub(r"\W", "_", name)
        serial = 1
        while self._names.setdefault(unique, value) is not value:
            serial += 1
            unique = f"{name}_{serial}"
        return unique

    def text(self) -> str:
        """Gives the code as it stands."""
        return "\n".join(self._lines) + "\n"

    def function(self, name: str, title: str) -> Callable[..., Any]:
        """Compiles the code and gives the function of that name which it defines."""
        filename = f"<trio_tws {title} #{next(_SERIAL)}>"
        text = self.text()
        scope: dict[str, Any] = dict(self._names)
        exec(compile(text, filename, "exec"), scope)  # noqa: S102 - see the module's docstring
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        _FIELDS_OF_LINES[filename] = self._fields
        function: Callable[..., Any] = scope[name]
        return function


def field_at_fault(error: BaseException) -> str:
    """Tells on which field a compiled function failed; empty if it was none or is not known.

    A field of a list's elements has brackets in its path: ``bars[].open``. Where one compiled
    function calls another, that one's field is inside of this one's.
    """
    found: dict[str, str] = {}  # by file: a comprehension is a function in the same one
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        field = _FIELDS_OF_LINES.get(file, {}).get(trace.tb_lineno)
        if field is not None:
            found[file] = field
        trace = trace.tb_next
    return ".".join(found.values())


def source_of(function: Callable[..., Any]) -> str:
    """Gives the code of a compiled function, as it was written."""
    return "".join(linecache.getlines(function.__code__.co_filename))
