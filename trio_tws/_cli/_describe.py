"""`trio-tws describe`: what the tables say of the messages, or of the fields of one."""

import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Final

import attrs
import typer
from rich.console import Console
from rich.text import Text

from trio_tws._cli._about import About, everything
from trio_tws._cli._console import console, facts
from trio_tws._cli._listing import print_listing
from trio_tws._cli._lookup import check_version, look_up, misuse_told
from trio_tws._cli._options import AT_VERSION, MESSAGE_HELP
from trio_tws._cli._rows import Place, all_places, proto_places, text_places
from trio_tws._wire.describe import Row

_FACT_WIDTH: Final = 16


def describe(
    message: Annotated[
        str | None,
        typer.Argument(help=MESSAGE_HELP, show_default="all of them"),
    ] = None,
    version: Annotated[int | None, AT_VERSION] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the messages of the protocol, or the fields of one: where each is, and since when."""
    messages = everything()
    with misuse_told():
        check_version(version)
        one = None if message is None else look_up(message, messages, version)
    if one is None:
        known = [each for each in messages if version is None or each.is_known_to(version)]
        if as_json:
            _print_json({"server_version": version, "messages": list(_list_data(known, version))})
        else:
            _print_list(console(), known, version)
        return
    if as_json:
        fields = [_field_data(place) for place in _places(one, version)]
        _print_json({"server_version": version, **_data(one, version), "fields": fields})
    else:
        _print_message(console(), one, version)


def _places(one: About, version: int | None) -> list[Place]:
    if version is None:
        return all_places(one.cls)
    of_format = text_places if one.format_at(version) == "text" else proto_places
    return of_format(one.cls, version)


# For people .......................................................................................


def _print_list(out: Console, messages: Sequence[About], version: int | None) -> None:
    if version is None:
        about_format = ("since", "protobuf")
        formats = [(_number(one.since), _number(one.protobuf_since)) for one in messages]
    else:
        about_format = ("format", "")
        formats = [(one.format_at(version), "") for one in messages]
    rows = [
        (one.key, one.name, *form, plain(one.summary))
        for one, form in zip(messages, formats, strict=True)
    ]
    print_listing(out, ("id", "name", *about_format, "what it is"), rows, main=1)


def _print_message(out: Console, one: About, version: int | None) -> None:
    is_piped, places = not out.is_terminal, _places(one, version)
    out.print(Text(f"{one.name}: {plain(one.summary)}", style="bold"), soft_wrap=is_piped)
    if one.details:
        out.print()
        out.print(Text(plain(one.details)), soft_wrap=is_piped)
    out.print()
    if is_piped:
        for name, value in _facts(one, version):
            out.out(f"{name:<{_FACT_WIDTH}}{value}", highlight=False)
    else:
        out.print(facts(_facts(one, version)))
    out.print()
    if not places:
        out.print("It has no fields.")
        return
    heads = ("text", "field", "type", "versions", "protobuf", "what it is")
    print_listing(out, heads, [_cells(place, version) for place in places], main=1)
    out.print()
    out.print(Text(_legend(places, version), style="dim"), soft_wrap=is_piped)


def _facts(one: About, version: int | None) -> Iterator[tuple[str, str]]:
    sender = "from TWS to the client" if one.direction == "in" else "from the client to TWS"
    yield "message", f"{one.key}, {sender}"
    yield "since", _since(one.since)
    yield "format", _format(one, version)
    if version is None or one.sends_own_version_at(version):
        yield from _own_version(one)
    if one.answers:
        yield "answers", ", ".join(one.answers) + _last(one)
    if one.answered_by:
        yield "answered by", ", ".join(one.answered_by)
    if one.cancelled_by:
        yield "cancelled by", one.cancelled_by
    if one.cancels:
        yield "cancels", ", ".join(one.cancels)
    if one.is_trade:
        yield "trades", "yes: a read-only session refuses it"
    yield "IB's name", ", ".join(one.methods) or "none"


def _since(version: int | None) -> str:
    return "every server version" if version is None else f"server version {version}"


def _format(one: About, version: int | None) -> str:
    first = one.protobuf_since
    if first is None:
        return "text at every server version"
    if first == one.since:
        return "protobuf at every server version that has it"
    told = f"text, and protobuf from server version {first} on"
    return told if version is None else f"{one.format_at(version)} at {version} ({told})"


def _own_version(one: About) -> Iterator[tuple[str, str]]:
    if one.version is not None:
        until = one.version_until
        when = "" if until is None else f", below server version {until}"
        yield "own version", f"{one.version}, as the first field of text{when}"


def _last(one: About) -> str:
    if not one.is_last:
        return ""
    if one.is_last_until is None:
        return "; nothing comes after it"
    return f"; nothing comes after it below server version {one.is_last_until}"


def _cells(place: Place, version: int | None) -> tuple[str, ...]:
    row = place.row
    prose = "; ".join(filter(None, (row.condition and f"if {row.condition}", plain(row.doc))))
    number = row.number if version is None or not place.position else ""
    approximately = "" if version is None or place.is_exact or not place.position else "~"
    return (
        approximately + place.position,
        row.path or row.kind,
        row.kind if row.path else "",
        versions(row),
        number,
        prose,
    )


def _legend(places: Sequence[Place], version: int | None) -> str:
    """Tells what the first column means."""
    if not any(place.position for place in places):
        return "protobuf: the number of the field, after those of the structures that hold it."
    parts = ["text: the place in the text form, from 1 after the message id"]
    if version is None:
        parts.append(", counted as if every server version and condition were met at once")
    if any("." in place.position for place in places):
        parts.append("; 5.2 is the second of what stands at 5, for each element or if it is there")
    if version is not None and not all(place.is_exact for place in places):
        parts.append("; after ~ as if no condition before it held but its own, all lists empty")
    return f"{''.join(parts)}."


def versions(row: Row) -> str:
    """Gives the server versions that have a field in words; empty for all with the message."""
    if row.since and row.until:
        return f"{row.since} to {row.until - 1}"
    if row.since:
        return f"from {row.since}"
    return f"to {row.until - 1}" if row.until else ""


def plain(text: str) -> str:
    """Takes the markup of code out of a line of documentation."""
    return text.replace("`", "")


def _number(version: int | None) -> str:
    return "" if version is None else str(version)


# For programs .....................................................................................

_LIST_KEYS: Final = (
    "name",
    "direction",
    "id",
    "since",
    "protobuf_since",
    "format",
    "summary",
)


def _list_data(messages: Sequence[About], version: int | None) -> Iterator[dict[str, object]]:
    for one in messages:
        told = _data(one, version)
        yield {key: told[key] for key in _LIST_KEYS}


def _data(one: About, version: int | None) -> dict[str, object]:
    told = attrs.asdict(one, filter=lambda attribute, _: attribute.name != "cls")
    return {**told, "format": None if version is None else one.format_at(version)}


def _field_data(place: Place) -> dict[str, object]:
    row = place.row
    return {
        "position": place.position or None,
        "is_exact": place.is_exact,
        "path": row.path or None,
        "kind": row.kind,
        "since": row.since or None,
        "until": row.until or None,
        "condition": row.condition or None,
        "protobuf": row.number or None,
        "doc": row.doc or None,
    }


def _print_json(data: dict[str, object]) -> None:
    print(json.dumps(data, indent=2))
