import inspect
import re
import shlex
from collections.abc import Iterator
from typing import cast, get_args

import pytest
from typer.models import OptionInfo
from typer.testing import CliRunner

from tests._cli.processes import read_until, running
from tests.programs import ROOT
from trio_tws._cli import _simulate_options as options
from trio_tws._cli import app
from trio_tws._cli._simulate import simulate


def infos() -> Iterator[tuple[str, OptionInfo]]:
    for name, parameter in inspect.signature(simulate).parameters.items():
        _, info = get_args(parameter.annotation)
        yield name, cast(OptionInfo, info)


def test_each_option_is_explained_in_its_group() -> None:
    for name, info in infos():
        assert info.help, name
        assert info.help[0].isupper(), name
        assert info.help.endswith("."), name
        assert info.rich_help_panel, name
    assert {id(info) for _, info in infos()} == {
        id(get_args(one)[1])
        for one in vars(options).values()
        if len(get_args(one)) > 1 and isinstance(get_args(one)[1], OptionInfo)
    }


def shown() -> Iterator[str]:
    for page in sorted((ROOT / "docs").glob("*.md")):
        yield from re.findall(r"^\$ trio-tws simulate(.*)$", page.read_text("utf-8"), re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("line", list(shown()))
def test_the_pages_show_what_can_be_said(line: str) -> None:
    with running("simulate", *shlex.split(line), "--port", "0") as process:
        read_until(process, "Ctrl-C ends it")


@pytest.mark.parametrize("width", [80, 120])
def test_help_keeps_to_the_width_of_the_terminal(width: int) -> None:
    done = CliRunner().invoke(app, ["simulate", "--help"], env={"COLUMNS": str(width)})

    assert done.exit_code == 0
    assert max(map(len, done.stdout.splitlines())) <= width
    assert "…" not in done.stdout
    words = " ".join(re.sub("[│╭╮╰╯─]", " ", done.stdout).split())
    for group in ("Where it listens", "What happens", "Trouble with each connection"):
        assert group in words
    assert "[default: 127.0.0.1]" in words
