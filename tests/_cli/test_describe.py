import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from tests._cli.processes import trio_tws
from trio_tws import _versions as v
from trio_tws._cli import app
from trio_tws._cli._about import everything
from trio_tws._cli._describe import _print_list, _print_message, plain, versions
from trio_tws._cli._lookup import look_up
from trio_tws._model import MESSAGES
from trio_tws._wire.describe import Row
from trio_tws._wire.describe import describe as rows_of

LAST_TEXT = v.PROTOBUF_MARKET_DATA - 1
"""The last server version at which market data is text."""

OLDEST, NEWEST = v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["describe", *arguments])


def told(*arguments: str) -> str:
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    return done.stdout


def data(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told(*arguments, "--json"))
    return found


def lines_of_fields(output: str) -> list[str]:
    """The lines of the table, without its heads."""
    blocks = output.split("\n\n")
    return blocks[-2].splitlines()[1:]


# The list .........................................................................................


def test_without_a_message_it_lists_them_all() -> None:
    lines = told().splitlines()

    assert lines[0].split() == ["id", "name", "since", "protobuf", "what", "it", "is"]
    assert [line.split()[:2] for line in lines[1:]] == [[one.key, one.name] for one in everything()]
    (params,) = (line for line in lines if "TickReqParams" in line)
    words = params.split()
    assert words[2:4] == [str(v.REQ_SMART_COMPONENTS), str(v.PROTOBUF_MARKET_DATA)]
    assert params.endswith("What a line's prices mean; sent when it starts.")


def test_the_list_of_a_version_has_what_that_version_knows() -> None:
    before, since = (told("--version", str(v.REQ_SMART_COMPONENTS - at)) for at in (1, 0))

    assert "TickReqParams" not in before
    (params,) = (line for line in since.splitlines() if "TickReqParams" in line)
    assert params.split()[:3] == ["in:81", "TickReqParams", "text"]
    assert " protobuf " not in since


def test_the_list_is_there_for_programs() -> None:
    found = data()

    assert found["server_version"] is None
    messages = found["messages"]
    assert len(messages) == len(list(MESSAGES))
    assert messages[0] == {
        "name": "ReqMktData",
        "direction": "out",
        "id": 1,
        "since": None,
        "protobuf_since": v.PROTOBUF_MARKET_DATA,
        "format": None,
        "summary": "Asks for a line of market data, or for one snapshot of it.",
    }


def test_the_list_of_a_version_is_there_for_programs() -> None:
    found = data("--version", str(v.MIN_SERVER_VERSION))

    assert found["server_version"] == v.MIN_SERVER_VERSION
    messages = found["messages"]
    assert {message["format"] for message in messages} == {"text"}
    assert {message["since"] for message in messages} == {None}


# One message ......................................................................................


def test_a_message_is_told_with_its_facts() -> None:
    output = told("tick_price")

    assert output.startswith("TickPrice: One price of a line, with the size that belongs to it.\n")
    for name, value in (
        ("message", "in:1, from TWS to the client"),
        ("since", "every server version"),
        ("format", f"text, and protobuf from server version {v.PROTOBUF_MARKET_DATA} on"),
        ("own version", "6, as the first field of text"),
        ("answers", "ReqMktData"),
        ("IB's name", "EWrapper.tickPrice"),
    ):
        assert re.search(rf"^{name} +{re.escape(value)}$", output, re.MULTILINE), name


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        (("CancelMktData",), "cancels +ReqMktData"),
        (("ReqMktData",), "cancelled by +CancelMktData"),
        (("ReqMktData",), "answered by +TickPrice, TickSize, .*TickSnapshotEnd.*"),
        (("ReqMktData",), "message +out:1, from the client to TWS"),
        (("TickSnapshotEnd",), "answers +ReqMktData; nothing comes after it"),
        (
            ("HistoricalData",),
            f"answers +ReqHistoricalData; .* below server version {v.HISTORICAL_DATA_END}",
        ),
        (("CancelOrder",), "trades +yes: a read-only session refuses it"),
        (
            ("CancelOrder",),
            f"own version +1, as the first .*, below server version {v.CME_TAGGING_FIELDS}",
        ),
        (("TickReqParams",), f"since +server version {v.REQ_SMART_COMPONENTS}"),
        (
            ("CancelContractData",),
            "format +protobuf at every server version that has it",
        ),
        (("TickEFP",), "format +text at every server version"),
        (
            ("TickPrice", "--version", f"{LAST_TEXT}"),
            rf"format +text at {LAST_TEXT} \(text, and protobuf .* {LAST_TEXT + 1} on\)",
        ),
    ],
)
def test_facts(arguments: tuple[str, ...], fact: str) -> None:
    assert re.search(f"^{fact}$", told(*arguments), re.MULTILINE)


def test_more_of_the_documentation_comes_after_the_summary() -> None:
    (one,) = (one for one in everything() if one.name == "OpenOrder")

    assert one.details
    assert f"\n\n{plain(one.details)}\n\nmessage" in told("OpenOrder")


def test_a_field_is_told_with_all_its_facts() -> None:
    lines = lines_of_fields(told("ReqMktData"))

    assert lines[0].split() == ["1", "constant", "'11'"]
    (ratio,) = (line for line in lines if "combo_legs[].ratio" in line)
    assert re.split(" {2,}", ratio) == [
        "15.2",
        "contract.combo_legs[].ratio",
        "int",
        "2.20.2",
        "if contract.sec_type = BAG; How many of this leg one combination holds.",
    ]
    (snapshot,) = (line for line in lines if "regulatory_snapshot" in line)
    assert f" from {v.REQ_SMART_COMPONENTS} " in snapshot


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [(0, 0, ""), (150, 0, "from 150"), (0, 150, "to 149"), (150, 160, "150 to 159")],
)
def test_versions_are_told_in_words(since: int, until: int, expected: str) -> None:
    assert versions(Row("1", "a", "int", since, until, "", "", "")) == expected


def test_at_a_text_version_there_is_what_that_version_has() -> None:
    version = v.REQ_SMART_COMPONENTS - 1
    output = told("ReqMktData", "--version", str(version))

    assert "regulatory_snapshot" not in output
    assert "issuer_id" not in output
    assert re.search("^14 +contract.trading_class +str$", output, re.MULTILINE)
    assert re.search("^~15 +contract.delta_neutral_contract +flag$", output, re.MULTILINE)
    assert re.search("^~18 +mkt_data_options", output, re.MULTILINE)
    assert "after ~ as if no condition before it held" in output


def test_at_a_protobuf_version_there_are_the_numbers_only() -> None:
    output = told("TickPrice", "--version", str(LAST_TEXT + 1))

    assert [line.split()[:3] for line in lines_of_fields(output)] == [
        ["req_id", "int", "1"],
        ["tick_type", "TickType", "2"],
        ["price", "float?", "3"],
        ["size", "dec?", "4"],
        ["attribs", "TickAttrib", "5"],
    ]
    assert "own version" not in output
    assert "constant" not in output


def test_its_own_version_number_is_told_where_it_is_sent() -> None:
    before, since = (
        told("CancelOrder", "--version", str(v.CME_TAGGING_FIELDS - at)) for at in (1, 0)
    )

    assert "\nown version " in before
    assert "\nown version " not in since


@pytest.mark.parametrize(
    ("arguments", "legend"),
    [
        (("TickPrice",), ", from 1 after the message id, counted as if every .* met at once."),
        (("TickPrice", "--version", "176"), ", from 1 after the message id."),
        (("ReqMktData",), ".* at once; 5.2 is the second of what stands at 5, .* is there."),
        (("ReqMktData", "--version", "176"), ".* is there; after ~ as if no .* empty."),
    ],
)
def test_what_positions_mean_is_told(arguments: tuple[str, ...], legend: str) -> None:
    last = told(*arguments).splitlines()[-1]

    assert re.fullmatch(f"text: the place in the text form{legend}", last)


def test_a_message_may_have_no_fields() -> None:
    assert told("ReqCurrentTime", "--version", str(NEWEST)).endswith("\nIt has no fields.\n")


def test_markup_of_documentation_is_not_shown() -> None:
    assert plain("``yyyymmdd`` of a `Contract`") == "yyyymmdd of a Contract"
    assert "`" not in told()


# For programs .....................................................................................


def test_a_message_is_there_for_programs() -> None:
    found = data("tickprice")
    fields = found.pop("fields")

    assert found == {
        "server_version": None,
        "name": "TickPrice",
        "direction": "in",
        "id": 1,
        "summary": "One price of a line, with the size that belongs to it.",
        "details": "",
        "methods": ["EWrapper.tickPrice"],
        "since": None,
        "protobuf_since": v.PROTOBUF_MARKET_DATA,
        "version": 6,
        "version_until": None,
        "answers": ["ReqMktData"],
        "answered_by": [],
        "is_last": False,
        "is_last_until": None,
        "cancelled_by": None,
        "cancels": [],
        "is_trade": False,
        "format": None,
    }
    assert fields[0] == {
        "position": "1",
        "is_exact": False,
        "path": None,
        "kind": "constant '6'",
        "since": None,
        "until": None,
        "condition": None,
        "protobuf": None,
        "doc": None,
    }
    assert [field["path"] for field in fields] == [
        row.path or None for row in rows_of(MESSAGES.incoming[1])
    ]


def test_a_message_at_a_version_is_there_for_programs() -> None:
    found = data("ReqMktData", "--version", str(LAST_TEXT))
    fields = found["fields"]

    assert (found["server_version"], found["format"]) == (LAST_TEXT, "text")
    by_path = {field["path"]: field for field in fields}
    assert by_path["contract.combo_legs[].ratio"] == {
        "position": "15.2",
        "is_exact": True,
        "path": "contract.combo_legs[].ratio",
        "kind": "int",
        "since": None,
        "until": None,
        "condition": "contract.sec_type = BAG",
        "protobuf": "2.20.2",
        "doc": "How many of this leg one combination holds.",
    }
    assert not by_path["snapshot"]["is_exact"]
    assert by_path["regulatory_snapshot"]["since"] == v.REQ_SMART_COMPONENTS


def test_in_protobuf_there_are_no_positions() -> None:
    found = data("ReqMktData", "--version", str(LAST_TEXT + 1))
    fields = found["fields"]

    assert found["format"] == "protobuf"
    assert {field["position"] for field in fields} == {None}
    assert all(field["protobuf"] for field in fields)


# What may go wrong ................................................................................


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("TickPrize",), "there is no message TickPrize; did you mean TickPrice or "),
        (("1",), "1 may be out:1 (ReqMktData) or in:1 (TickPrice): say which"),
        (
            ("--version", f"{OLDEST - 1}"),
            f"server version {OLDEST - 1} is not spoken here, only {OLDEST} to {NEWEST}\n",
        ),
        (
            ("TickPrice", "--version", f"{NEWEST + 1}"),
            f"server version {NEWEST + 1} is not spoken here, only ",
        ),
        (
            ("TickReqParams", "--version", f"{OLDEST}"),
            f"server version {OLDEST} has no TickReqParams; {v.REQ_SMART_COMPONENTS} is the first",
        ),
    ],
)
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_what_makes_no_sense_is_told(
    arguments: tuple[str, ...], why: str, more: tuple[str, ...]
) -> None:
    done = run(*arguments, *more)

    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"Error: {why}")
    assert len(done.stderr.splitlines()) == 1


# On a terminal ....................................................................................


@contextmanager
def terminal(width: int) -> Iterator[tuple[Console, list[str]]]:
    """A terminal, and the lines that it shows once the block has ended."""
    file, lines = StringIO(), list[str]()
    yield Console(file=file, width=width, force_terminal=True, color_system=None), lines
    lines += [line.rstrip() for line in file.getvalue().splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("version", [None, LAST_TEXT])
@pytest.mark.parametrize("width", [80, 120])
def test_the_list_keeps_to_the_width_of_a_terminal(width: int, version: int | None) -> None:
    with terminal(width) as (out, lines):
        _print_list(out, everything(), version)

    assert len(lines) > len(list(MESSAGES))
    assert max(map(len, lines)) <= width


@pytest.mark.slow
@pytest.mark.parametrize("version", [None, LAST_TEXT, LAST_TEXT + 1])
@pytest.mark.parametrize("name", ["ReqMktData", "OpenOrder"])
@pytest.mark.parametrize("width", [80, 120])
def test_a_message_keeps_to_the_width_of_a_terminal(
    width: int, name: str, version: int | None
) -> None:
    with terminal(width) as (out, lines):
        _print_message(out, look_up(name, everything()), version)

    assert lines[0].startswith(f"{name}: ")
    assert "  message" in {line[:9] for line in lines}
    assert max(map(len, lines)) <= width


# As a process .....................................................................................


@pytest.mark.slow
def test_names_are_whole_in_a_pipe_however_narrow_the_terminal_was() -> None:
    done = trio_tws("describe", "placeorder", COLUMNS="40")

    lines = lines_of_fields(done.stdout)
    assert len(lines) == len(rows_of(MESSAGES.outgoing[3]))
    for row in rows_of(MESSAGES.outgoing[3]):
        assert any(f" {row.path} " in f"{line} " for line in lines)


@pytest.mark.slow
def test_it_needs_no_more_than_ascii() -> None:
    done = trio_tws("describe", "TickPrice", PYTHONIOENCODING="ascii")

    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "tick_type" in done.stdout
