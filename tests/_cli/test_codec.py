import ast
from io import StringIO

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from trio_tws import TickPrice
from trio_tws import _versions as v
from trio_tws._cli import app
from trio_tws._cli._codec import _print_code
from trio_tws._wire import proto, text
from trio_tws._wire.source import source_of

TEXT = v.PROTOBUF_MARKET_DATA - 1
PROTOBUF = v.PROTOBUF_MARKET_DATA
OLDEST = v.MIN_SERVER_VERSION


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["codec", *arguments])


def told(*arguments: str) -> str:
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_it_is_the_code_that_is_run_in_text() -> None:
    code = told("TickPrice", "--version", str(TEXT))

    assert code == (
        f"# TickPrice from text, server version {TEXT}\n\n"
        f"{source_of(text.reader(TickPrice, TEXT))}\n\n"
        f"# TickPrice to text, server version {TEXT}\n\n"
        f"{source_of(text.writer(TickPrice, TEXT))}"
    )
    assert "def read(fields, tail):" in code
    assert "int_text(m.req_id)" in code


def test_it_is_the_code_that_is_run_in_protobuf() -> None:
    code = told("TickPrice", "--version", str(PROTOBUF))

    assert code == (
        f"# TickPrice from protobuf, server version {PROTOBUF}\n\n"
        f"{source_of(proto.reader(TickPrice))}\n\n"
        f"# TickPrice to protobuf, server version {PROTOBUF}\n\n"
        f"{source_of(proto.writer(TickPrice, PROTOBUF))}"
    )
    assert "p.SerializeToString()" in code


def test_without_a_version_it_is_the_newest() -> None:
    assert told("in:1") == told("tick_price", "--version", str(v.MAX_SERVER_VERSION))


@pytest.mark.parametrize("version", [TEXT, PROTOBUF])
def test_one_of_the_two_can_be_asked_for(version: int) -> None:
    both = told("TickPrice", "--version", str(version))
    reader = told("TickPrice", "--version", str(version), "--reader")
    writer = told("TickPrice", "--version", str(version), "--writer")

    assert both == f"{reader}\n\n{writer}"
    assert reader.count("\ndef ") == writer.count("\ndef ") == 1


@pytest.mark.parametrize("name", ["OpenOrder", "PlaceOrder", "HistoricalData", "ReqCurrentTime"])
@pytest.mark.parametrize("version", [v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION])
def test_what_comes_out_is_python(name: str, version: int) -> None:
    functions = ast.parse(told(name, "--version", str(version))).body

    assert {one.name for one in functions if isinstance(one, ast.FunctionDef)} >= {"read", "write"}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("TickPrize",), "there is no message TickPrize; did you mean TickPrice or "),
        (
            ("TickPrice", "--version", f"{OLDEST - 1}"),
            f"server version {OLDEST - 1} is not spoken ",
        ),
        (
            ("TickReqParams", "--version", f"{OLDEST}"),
            f"server version {OLDEST} has no TickReqParams; {v.REQ_SMART_COMPONENTS} is the first",
        ),
    ],
)
def test_what_makes_no_sense_is_told(arguments: tuple[str, ...], why: str) -> None:
    done = run(*arguments)

    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"Error: {why}")


CODE = f"# a title\n\ndef f():\n    return {'1 + ' * 40}1\n"


@pytest.mark.parametrize("is_terminal", [True, False])
def test_only_a_terminal_sees_colours_and_no_line_is_cut(is_terminal: bool) -> None:
    file = StringIO()
    out = Console(file=file, width=40, force_terminal=is_terminal, color_system="standard")
    _print_code(out, CODE)
    plain = Console(file=StringIO(), width=40, force_terminal=is_terminal, color_system=None)
    _print_code(plain, CODE)

    assert ("\x1b[" in file.getvalue()) == is_terminal
    assert isinstance(plain.file, StringIO)
    assert plain.file.getvalue() == CODE
