# ruff: noqa: INP001 - docs is no package
"""The pages of the messages and of the server versions."""

import functools
import inspect
import sys
from collections.abc import Iterable, Iterator

from _changes import Changes, changes, named_versions
from _table import table

from trio_tws._cli._about import About, everything
from trio_tws._cli._describe import versions
from trio_tws._wire.describe import Row, describe

TOPICS = "messages"
"""The folder of the pages: one for each module of tables."""


# The index ........................................................................................


def index() -> str:
    """Lists every message, each with a link to its section, and the pages where these are."""
    pages = "\n".join(f"{TOPICS}/{topic}" for topic in by_topic())
    return (
        f"## What a client sends\n\n{_list('out')}\n\n"
        f"## What TWS sends\n\n{_list('in')}\n\n"
        f"```{{toctree}}\n:hidden:\n\n{pages}\n```\n"
    )


def _list(direction: str) -> str:
    heads = ("id", "message", "since", "protobuf", "what it is")
    return table(
        heads,
        (
            (str(m.id), link(m), _number(m.since), _number(m.protobuf_since), m.summary)
            for m in everything()
            if m.direction == direction
        ),
    )


def _number(version: int | None) -> str:
    return "" if version is None else str(version)


def link(message: About, folder: str = f"{TOPICS}/") -> str:
    """Gives a link to the section of a message, from a page beside the folder or in it."""
    return f"[{message.name}]({folder}{_topic(message)}.md#{message.name.lower()})"


def _topic(message: About) -> str:
    return message.cls.__module__.rpartition(".")[2]


def by_topic() -> dict[str, list[About]]:
    """Gives the messages by the module that declares them, in its order."""
    found: dict[str, list[About]] = {}
    for one in everything():
        found.setdefault(_topic(one), []).append(one)
    for messages in found.values():
        declared = list(vars(sys.modules[messages[0].cls.__module__]))
        messages.sort(key=lambda one: declared.index(one.name))
    return dict(sorted(found.items()))


# A page of a topic ................................................................................


def pages() -> dict[str, str]:
    """Gives a page for each topic, with a section for each of its messages."""
    return {topic: _page(topic, messages) for topic, messages in by_topic().items()}


def _page(topic: str, messages: list[About]) -> str:
    docs = inspect.getdoc(sys.modules[messages[0].cls.__module__]) or ""
    intro = docs.partition("\n\n")[0].replace("``", "`")
    sections = "\n\n".join(map(_section, messages))
    return (
        f"# {_title(topic)}\n\n{intro}\n\n"
        "What the columns mean is told [with the list of all messages](../messages.md).\n\n"
        f"{sections}\n"
    )


def _title(topic: str) -> str:
    words = topic.replace("_", " ")
    return words.capitalize() if set(words) & set("aeiou") else words.upper()


def _section(message: About) -> str:
    rows = describe(message.cls)
    parts = (
        f"## {message.name}",
        message.summary,
        message.details,
        f"{'; '.join(_facts(message))}.",
        _fields(rows) if rows else "It has no fields.",
    )
    return "\n\n".join(filter(None, parts))


def _facts(message: About) -> Iterator[str]:
    methods = ", ".join(f"`{method}`" for method in message.methods)
    yield f"Message {message.id} {'to the client' if message.direction == 'in' else 'to TWS'}"
    yield f"IB calls it {methods}"
    if message.since is not None:
        yield f"since server version {message.since}"
    if message.protobuf_since is None:
        yield "always text"
    else:
        yield f"protobuf from server version {message.protobuf_since} on"
    if message.version_until is not None:
        yield f"its own version number is sent below server version {message.version_until}"
    if message.answers:
        last = "" if not message.is_last else ", and nothing comes after it"
        until = message.is_last_until
        below = "" if until is None else f" below server version {until}"
        yield f"answers {_links(message.answers)}{last}{below}"
    if message.answered_by:
        yield f"answered by {_links(message.answered_by)}"
    if message.cancelled_by is not None:
        yield f"taken back with {_links([message.cancelled_by])}"
    if message.cancels:
        yield f"takes back {_links(message.cancels)}"
    if message.is_trade:
        yield "a read-only session refuses it"


def _links(names: Iterable[str]) -> str:
    return ", ".join(link(_by_name()[name], "") for name in names)


@functools.cache
def _by_name() -> dict[str, About]:
    return {one.name: one for one in everything()}


def _fields(rows: list[Row]) -> str:
    heads = ("text", "field", "type", "versions", "protobuf", "what it is")
    cells = [_cells(row) for row in rows]
    kept = [at for at in range(len(heads)) if any(line[at] for line in cells)]
    return table(
        tuple(heads[at] for at in kept), (tuple(line[at] for at in kept) for line in cells)
    )


def _cells(row: Row) -> tuple[str, ...]:
    condition = f"if `{row.condition}`" if row.condition else ""
    return (
        row.position,
        f"`{row.path or row.kind}`",
        row.kind if row.path else "",
        versions(row),
        row.number,
        "; ".join(filter(None, (condition, row.doc.replace("``", "`")))),
    )


# What each server version changed .................................................................


def server_versions() -> str:
    """Lists the server versions with what each of them changed."""
    found = changes()
    return table(
        ("version", "name", "what it changed"),
        (
            (str(version) if at == 0 else "", f"`{name}`" if at == 0 else "", what)
            for name, version in named_versions().items()
            for at, what in enumerate(_changed(found[version]) or ["no field"])
        ),
    )


def _changed(what: Changes) -> list[str]:
    """Gives a line for each kind of change."""
    lists = (
        ("new", what.messages),
        ("protobuf from here on", what.protobuf),
        ("without a version number of their own from here on", what.unnumbered),
    )
    fields = (
        ("new", what.new),
        ("in another place or form", what.changed),
        ("gone", what.gone),
    )
    return [
        *(f"{kind}: {', '.join(map(link, messages))}" for kind, messages in lists if messages),
        *(f"{kind}: {_changed_fields(paths)}" for kind, paths in fields if paths),
    ]


def _changed_fields(paths: dict[str, list[About]]) -> str:
    """Lists fields, those together that the same messages carry."""
    groups: dict[str, list[str]] = {}
    for path, messages in paths.items():
        groups.setdefault(", ".join(map(link, messages)), []).append(f"`{path}`")
    return "; ".join(f"{', '.join(fields)} of {where}" for where, fields in groups.items())
