# ruff: noqa: INP001 - docs is no package
"""Draws what the pages say from the tables that the code has.

Tables that are read on their own stand in the pages, between two marks: `python docs/_generate.py`
brings them up to date, and a test sees that they are. What is long is made at each build instead.
"""

import ast
import importlib
import inspect
import re
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

import _messages
from _table import table

import trio_tws
from trio_tws import ConnectFailed, RequestError, TWSError, protocol, testing
from trio_tws._model.codes import CodeClass, CodeFacts, Ends, Scope, code_table
from trio_tws._model.families import WORDS
from trio_tws.protocol import MAY_SEND, TRANSITIONS, Role, State, Step

DOCS = Path(__file__).parent
BUILT = DOCS / "_build"


# States ...........................................................................................


def diagram() -> str:
    """Draws the way forward as a line of states, with what may happen beside each."""
    lines: list[str] = []
    state: State | None = State.IDLE
    while state is not None:
        lines.append(state.name)
        stays = [step.value for step, to in TRANSITIONS[state].items() if to is state]
        forward = [(s, to) for s, to in TRANSITIONS[state].items() if is_forward(state, s, to)]
        lines += [f"  │  ↻ {what}" for what in stays]
        for step, _ in forward:
            lines += ["  │", f"  │  {step.value}{_by(state, step)}", "  ▼"]
        state = forward[0][1] if forward else None
    lines += ["", f"any state ── {Step.CLOSE.value} ──▶ {State.CLOSED.name}"]
    return "```text\n" + "\n".join(lines) + "\n```"


def is_forward(state: State, step: Step, to: State) -> bool:
    """Tells whether a step leads on, rather than nowhere or to the end."""
    return to is not state and step is not Step.CLOSE


def _by(state: State, step: Step) -> str:
    senders = [role.value for role in Role if step in MAY_SEND[role][state]]
    return f" (the {senders[0]} sends it)" if senders else " (by itself)"


def transitions() -> str:
    """Lays the transitions out: a row for each state, a column for each step."""
    rows = (
        (f"`{state.name}`", *(_target(TRANSITIONS[state].get(step)) for step in Step))
        for state in State
    )
    return table(("state", *(step.value for step in Step)), rows)


def _target(state: State | None) -> str:
    return "" if state is None else f"`{state.name}`"


def may_send() -> str:
    """Lays out what each end may send in each state."""
    rows = (
        (f"`{state.name}`", *(_steps(MAY_SEND[role][state]) for role in Role)) for state in State
    )
    return table(("state", *(role.value for role in Role)), rows)


def _steps(steps: frozenset[Step]) -> str:
    return ", ".join(step.value for step in Step if step in steps) or "nothing"


# Errors ...........................................................................................


def errors() -> str:
    """Draws the tree of exceptions, with the first line of each one's docstring."""
    return "```text\n" + "\n".join(_tree(TWSError, "")) + "\n```"


def _tree(cls: type[Exception], indent: str) -> Iterator[str]:
    yield f"{indent}{cls.__name__:<{30 - len(indent)}}{_summary(cls)}"
    for below in cls.__subclasses__():
        yield from _tree(below, indent + "  ")


def _summary(thing: object) -> str:
    return (thing.__doc__ or "").strip().partition("\n")[0].replace("``", "`")


def advice() -> str:
    """Lays out what to do about each failure to connect."""
    rows = (
        (f"`{cls.__name__}`", _summary(cls), cls.advice) for cls in ConnectFailed.__subclasses__()
    )
    return table(("exception", "what it means", "what to do"), rows)


def families() -> str:
    """Lays out the kinds of refusals, and the codes that are always of a kind."""
    rows = ((f"`{cls.__name__}`", _summary(cls), cls.advice, _codes_of(cls)) for cls in _kinds())
    return table(("exception", "what it means", "what to do", "codes"), rows)


def _kinds(above: type[RequestError] = RequestError) -> Iterator[type[RequestError]]:
    for cls in above.__subclasses__():
        yield cls
        yield from _kinds(cls)


def _codes_of(cls: type[RequestError]) -> str:
    found = [
        str(code)
        for code, facts in code_table().items()
        if facts.family.removesuffix("?") == cls.__name__
    ]
    by_words = ["by its words"] if any(told is cls for _, told, _ in WORDS) else []
    return ", ".join(found + by_words)


def words() -> str:
    """Lays out what TWS's words tell, where the code leaves it open."""
    rows = ((part, f"`{told.__name__}`", advice or told.advice) for part, told, advice in WORDS)
    return table(("in TWS's words", "exception", "what to do"), rows)


def codes() -> str:
    """Lays out every code that TWS sends."""
    rows = (
        (str(code), facts.code_class.value, _ended(facts), _raised(facts), _told(facts))
        for code, facts in code_table().items()
        if facts.code_class is not CodeClass.CLIENT
    )
    return table(("code", "class", "ends", "raises", "what it means"), rows)


def client_codes() -> str:
    """Lays out the codes that IB's own clients make up."""
    rows = (
        (str(code), facts.meaning)
        for code, facts in code_table().items()
        if facts.code_class is CodeClass.CLIENT
    )
    return table(("code", "what it means"), rows)


def _ended(facts: CodeFacts) -> str:
    match facts.ends:
        case Ends.NO:
            return ""
        case Ends.NEW:
            return "the order, if it is new"
        case Ends.LIVE:
            return "the request, if it is for live data"
        case Ends.YES:
            named = "request or order" if facts.scope is Scope.ANY else facts.scope.value
            return f"the {named}"


def _raised(facts: CodeFacts) -> str:
    if facts.code_class is CodeClass.REQUEST and not facts.family:
        return "`RequestError`"
    name, is_open, _ = facts.family.partition("?")
    found = [f"`{name}`"] if name else []
    return ", or ".join([*found, "by its words"] if is_open else found)


def _told(facts: CodeFacts) -> str:
    return f"{facts.meaning}. {facts.advice}" if facts.advice else facts.meaning


# API ..............................................................................................

SECTIONS: Mapping[str, str] = {
    "_client": "Sessions and streams",
    "_errors": "Errors",
    "_model.codes": "Codes of messages",
    "_model.builders": "Contracts, by kind",
    "_orders": "Orders",
    "_enums": "Enumerations",
    "_model": "Messages and what they hold",
    "protocol": "Events that are no messages",
    "": "Also here",
}
"""From where a name comes from to the section it stands in; the first that fits."""


HANDLES = frozenset(
    {
        "TWS",
        "Trade",
        "History",
        "TickHistory",
        "Subscription",
        "Simulator",
        "SimulatedClient",
        "RecordedStream",
        "Replay",
        "AtMoment",
        "OnRequest",
        "OnOrder",
        "BeforeMessage",
        "AfterMessage",
    }
)
"""Classes whose objects are made by functions: how they are constructed is nobody's business."""


def api() -> str:
    """Lists every public name, for Sphinx to fill in."""
    left = origins(trio_tws)
    parts: list[str] = []
    for prefix, title in SECTIONS.items():
        names = {name: at for name, at in left.items() if at.startswith(f"trio_tws.{prefix}")}
        left = {name: at for name, at in left.items() if name not in names}
        parts.append(_section(title, trio_tws, names))
    for module in (protocol, testing):
        names = {n: at for n, at in origins(module).items() if not hasattr(trio_tws, n)}
        parts.append(_section(f"`{module.__name__}`", module, names))
    return "\n\n".join(parts) + "\n"


def origins(module: ModuleType) -> dict[str, str]:
    """Gives the names that a public module passes on, and the modules where they are defined."""
    found: dict[str, str] = {}
    tree = ast.walk(ast.parse(inspect.getsource(module)))
    for node in (node for node in tree if isinstance(node, ast.ImportFrom)):
        for alias in node.names:
            if alias.name == "*":
                found |= origins(importlib.import_module(str(node.module)))
            elif alias.asname is None or not alias.asname.startswith("_"):
                found[alias.name] = str(node.module)
    return found


def _section(title: str, module: ModuleType, names: Mapping[str, str]) -> str:
    entries = "\n\n".join(_entry(module, name, at) for name, at in names.items())
    return f"## {title}\n\n```{{eval-rst}}\n{entries}\n```"


def _entry(module: ModuleType, name: str, defined_in: str) -> str:
    thing, path = getattr(module, name), f"{module.__name__}.{name}"
    if isinstance(thing, type):
        kind = "autoexception" if issubclass(thing, BaseException) else "autoclass"
        if name in HANDLES:
            return f".. {kind}:: {path}()\n   :inherited-members:"
        return f".. {kind}:: {path}"
    if callable(thing):
        return f".. autofunction:: {path}"
    from sphinx.pycode import ModuleAnalyzer  # noqa: PLC0415 - a build has it, a test need not

    docs = ModuleAnalyzer.for_module(defined_in).find_attr_docs().get(("", name), [])
    return f".. py:data:: {path}\n\n" + "\n".join(f"   {line}" for line in docs)


# The command line .................................................................................

_TERMINAL: Mapping[str, str | None] = {"FORCE_COLOR": "1", "TERM": "dumb", "COLUMNS": None}
"""What makes rich print as on a terminal of 80 columns that knows no colours."""


def output(command: str) -> str:
    """Runs a command and gives what it prints, as a terminal would show it."""
    from typer.testing import CliRunner  # noqa: PLC0415 - only what checks the pages needs it

    from trio_tws._cli import app  # noqa: PLC0415

    _, *arguments = shlex.split(command)
    done = CliRunner(env=_TERMINAL).invoke(app, arguments, catch_exceptions=False)
    lines = [line.rstrip() for line in done.output.rstrip().splitlines()]
    return "\n".join(["```console", f"$ {command}", *lines, "```"])


# The pages ........................................................................................

GENERATED: Mapping[str, Callable[[], str]] = {
    "diagram": diagram,
    "transitions": transitions,
    "may-send": may_send,
    "errors": errors,
    "advice": advice,
    "families": families,
    "words": words,
    "codes": codes,
    "client-codes": client_codes,
}
"""What stands in the pages between its marks."""

MARKED = re.compile(r"(<!-- (generated|output): ([^\n]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def up_to_date(text: str) -> str:
    """Gives a page with everything between marks drawn anew."""
    return MARKED.sub(_drawn, text)


def _drawn(found: re.Match[str]) -> str:
    mark, kind, what, end = found.groups()
    new = output(what) if kind == "output" else GENERATED[what]()
    return f"{mark}\n{new}\n\n{end}"


def build() -> None:
    """Writes what is made at each build."""
    BUILT.mkdir(exist_ok=True)
    (BUILT / "messages.md").write_text(_messages.index(), encoding="utf-8")
    (BUILT / "versions.md").write_text(_messages.server_versions(), encoding="utf-8")
    (BUILT / "api.md").write_text(api(), encoding="utf-8")
    shutil.rmtree(DOCS / _messages.TOPICS, ignore_errors=True)  # a topic may have gone
    (DOCS / _messages.TOPICS).mkdir()
    for topic, text in _messages.pages().items():
        (DOCS / _messages.TOPICS / f"{topic}.md").write_text(text, encoding="utf-8")


def main() -> None:
    """Brings the pages up to date."""
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        page.write_text(up_to_date(text), encoding="utf-8")


if __name__ == "__main__":
    main()
