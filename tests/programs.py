"""The Python programs in the pages for users: found, and run as they stand.

Nothing is put before or after a program. The one thing that is changed is the port: 7497 becomes
that of a simulated TWS, for no test should ever meet a real one. A program with tests in it is
given to pytest, as its reader would.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from tests._cli.processes import environment

ROOT = Path(__file__).parents[1]
PORT = "7497"


@attrs.frozen
class Program:
    """One block of Python."""

    page: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def is_test(self) -> bool:
        """Whether it is for pytest."""
        return "def test_" in self.text


def programs(page: Path) -> Iterator[Program]:
    """Gives the programs of a page."""
    block: list[str] | None = None
    start = 0
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if block is None and line.strip() == "```python":
            block, start = [], number + 1
        elif block is not None and line.strip() == "```":
            yield Program(page, start, "\n".join(block) + "\n")
            block = None
        elif block is not None:
            block.append(line)


def check(program: Program, port: int, where: Path) -> None:
    """Runs a program, or its tests; warnings are errors."""
    text = "\n" * (program.line - 1) + program.text.replace(PORT, str(port))
    if not program.is_test:
        code = compile(text, str(program), "exec")
        exec(code, {"__name__": "__main__"})
        return
    path = where / "test_program.py"
    path.write_text(text, encoding="utf-8")
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "trio",
        "-p",
        "pytest_trio_tws",
        "-W",
        "error",
        "-o",
        "trio_mode=true",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, f"--rootdir={where}", path],
        env=environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),  # others take long to import
        cwd=where,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def cases(*pages: Path) -> pytest.MarkDecorator:
    """Makes a test of each program."""
    found = [program for page in pages for program in programs(page)]
    return pytest.mark.parametrize("program", found, ids=str)
