"""Where `trio-tws simulate` has its rules from: Python files, and rules on the command line."""

import ast
import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from runpy import run_path
from traceback import extract_tb
from typing import Final, Protocol, cast

from trio_tws._model import MESSAGES
from trio_tws.testing import Farm, Rule, Scenario, after, at, before, on


class _Word(Protocol):
    """What is called with what the command line says, which it looks at by itself."""

    def __call__(self, *arguments: object, **named: object) -> object: ...


_USUAL_NAME: Final = "scenario"
_TRIGGERS: Final[Mapping[str, object]] = {
    "at": at,
    "on": on,
    "before": before,
    "after": after,
}
_FORM: Final = "a rule is written at(60).lose_ib(30): at, on, before or after, and what happens"


def read_scenario(source: str) -> Scenario:
    """Gets a scenario out of ``FILE.py``, ``FILE.py:NAME`` or ``MODULE:NAME``.

    The name stands for a `Scenario`, or for a function without arguments that makes one; it is
    ``scenario`` where none is given. The folder of the file, or for a module the current one, is
    searched for what it imports, as by ``python FILE.py`` and ``python -m MODULE``.

    Raises:
        ValueError: There is none; the text says why.
    """
    where, name = source, _USUAL_NAME
    if not source.endswith(".py"):
        where, _, name = source.rpartition(":")
    if not where or not name:
        raise ValueError(f"{source!r}: write FILE.py, FILE.py:NAME or MODULE:NAME")
    if where.endswith(".py") and not Path(where).is_file():
        raise ValueError(f"{where}: there is no such file")
    try:
        found = _names_in(where).get(name)
        if callable(found):
            found = found()
    except Exception as error:
        raise ValueError(f"{_place(error, where)}: {type(error).__name__}: {error}") from error
    if isinstance(found, Scenario):
        return found
    what = "nothing" if found is None else f"an object of {type(found).__name__}"
    raise ValueError(f"{where}: {name} is {what}, and should be a Scenario")


def _names_in(where: str) -> Mapping[str, object]:
    """Executes a file, or imports a module; gives what it has by name."""
    if where.endswith(".py"):
        sys.path.insert(0, str(Path(where).resolve().parent))
        return run_path(where, run_name=Path(where).stem)
    sys.path.insert(0, str(Path.cwd()))
    return vars(import_module(where))


def _place(error: Exception, where: str) -> str:
    """Says where in the file something went wrong: the innermost line of it."""
    lines = [at.lineno for at in extract_tb(error.__traceback__) if at.filename.endswith(where)]
    return f"{where}:{lines[-1]}" if lines else where


def read_rule(text: str) -> Rule:
    """Reads one rule, as a scenario in a file would have it: ``at(60).halt("AAPL", seconds=5)``.

    Arguments are numbers, texts, classes of messages and farms. What needs more, such as
    ``where=`` with a function, needs a file.

    Raises:
        ValueError: It is none; the text says why.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"{text!r} is no Python: {error.msg}; {_FORM}") from None
    match tree:
        case ast.Call(
            func=ast.Attribute(value=ast.Call(func=ast.Name(when)) as trigger, attr=what)
        ):
            pass
        case _:
            raise ValueError(f"{text!r}: {_FORM}")
    try:
        if when not in _TRIGGERS:
            raise ValueError(_FORM)
        began = _called(_TRIGGERS[when], trigger)
        act = cast("object", getattr(began, what, None))
        if what.startswith("_") or not callable(act):
            words = ", ".join(name for name in dir(began) if not name.startswith("_"))
            raise ValueError(f"{when}() goes with {words}, and not with {what}")
        return cast(Rule, _called(act, tree))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{text!r}: {error}") from error


def _called(word: object, call: ast.Call) -> object:
    named = {one.arg: _value(one.value) for one in call.keywords if one.arg is not None}
    return cast(_Word, word)(*map(_value, call.args), **named)


@cache
def _names() -> Mapping[str, object]:
    messages = {message.__name__: message for message in MESSAGES}
    return {**messages, **{str(farm): farm for farm in Farm}}


def _value(node: ast.expr) -> object:
    if isinstance(node, ast.Name | ast.Attribute):
        name = ast.unparse(node)
        if name in _names():
            return _names()[name]
        raise ValueError(f"{name} is no message and no farm")
    try:
        return cast("object", ast.literal_eval(node))
    except ValueError:
        raise ValueError(f"{ast.unparse(node)} needs a file, and --scenario") from None
