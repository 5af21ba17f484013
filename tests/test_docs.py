from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs import ROOT, Program, cases, check
from tests.served import served

PAGES = sorted((ROOT / "docs").glob("*.md"))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served() as port:
        yield port


@pytest.mark.slow
@cases(*PAGES)
def test_a_program_does_what_it_says(program: Program, port: int, tmp_path: Path) -> None:
    check(program, port, tmp_path)
