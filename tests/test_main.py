import subprocess
import sys

import pytest
from typer.testing import CliRunner

from tests._cli.processes import environment, trio_tws
from trio_tws._cli import app

WITHOUT = """
import sys
sys.modules[{missing!r}] = None  # what makes an import fail
from trio_tws.__main__ import main
sys.exit(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["rich", "typer"])
def test_what_is_missing_is_told_in_one_line(missing: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(missing=missing)],
        env=environment(),
        capture_output=True,
        check=False,
        text=True,
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "python -m pip install 'trio-tws[cli]'" in done.stderr


@pytest.mark.slow
def test_another_import_that_fails_is_a_bug() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(missing="decimal")],
        env=environment(),
        capture_output=True,
        check=False,
        text=True,
    )

    assert "ModuleNotFoundError" in done.stderr


@pytest.mark.slow
def test_it_tells_its_version() -> None:
    done = trio_tws("--version")

    assert done.returncode == 0
    assert done.stdout.startswith("trio-tws")


@pytest.mark.parametrize("is_installed", [True, False])
def test_a_source_tree_has_no_version(is_installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import metadata

    import trio_tws._cli

    def look_up(name: str) -> str:
        if is_installed:
            return "1.2.3"
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(trio_tws._cli, "installed_version", look_up)
    done = CliRunner().invoke(app, ["--version"])

    assert done.exit_code == 0
    assert ("1.2.3" in done.stdout) == is_installed


def test_it_lists_its_commands() -> None:
    done = CliRunner().invoke(app, ["--help"])

    assert all(command in done.stdout for command in ("demo", "doctor", "simulate"))
