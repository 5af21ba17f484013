from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs import ROOT, Program, cases, check, programs
from tests.served import served

README = ROOT / "README.md"

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served() as port:
        yield port


@cases(README)
def test_a_program_does_what_it_says(program: Program, port: int, tmp_path: Path) -> None:
    check(program, port, tmp_path)


def test_there_is_a_program_and_a_test() -> None:
    assert {program.is_test for program in programs(README)} == {True, False}
