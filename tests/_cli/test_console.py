import sys
from contextlib import redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from rich.console import Console

from trio_tws._cli._console import console, error_console, facts


def test_what_is_no_terminal_gets_no_control_codes() -> None:
    with redirect_stdout(StringIO()) as caught:
        console().print("[bold]5 ± 0.1[/]")

    assert caught.getvalue() == "5 ± 0.1\n"


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_what_can_not_be_encoded_is_a_question_mark(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = BytesIO()
    monkeypatch.setattr(sys, name, TextIOWrapper(written, encoding="ascii"))
    out = console() if name == "stdout" else error_console()
    out.print("5 ± 0.1")

    assert written.getvalue() == b"5 ? 0.1\n"


def test_facts_stand_in_two_columns() -> None:
    out = Console(file=StringIO(), width=40)
    out.print(facts([("accounts", "DU1"), ("next order id", "[7]")]))

    assert isinstance(out.file, StringIO)
    assert [line.rstrip() for line in out.file.getvalue().splitlines()] == [
        "  accounts       DU1",
        "  next order id  [7]",
    ]
