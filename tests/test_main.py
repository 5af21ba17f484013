import runpy
import subprocess
import sys
from importlib.abc import MetaPathFinder

import pytest
from typer.testing import CliRunner

from tests._cli.processes import environment, trio_tws
from trio_tws.__main__ import main
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

    for command in ("codec", "demo", "describe", "doctor", "simulate"):
        assert command in done.stdout


def test_it_exits_with_the_code_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["trio-tws", "--version"])
    with pytest.raises(SystemExit) as excinfo:
        main()

    assert excinfo.value.code == 0


def test_it_runs_as_a_module(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "trio_tws.__main__")
    monkeypatch.setattr(sys, "argv", ["trio-tws", "--version"])
    with pytest.raises(SystemExit) as excinfo:
        runpy.run_module("trio_tws", run_name="__main__")

    assert excinfo.value.code == 0
    assert capsys.readouterr().out.startswith("trio-tws")


class Interrupting(MetaPathFinder):
    """Somebody who presses Ctrl-C while the packages are being loaded."""

    def find_spec(self, *_: object, **__: object) -> None:
        raise KeyboardInterrupt


def test_an_interrupt_while_loading_ends_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "trio_tws._cli")
    monkeypatch.setattr(sys, "meta_path", [Interrupting()])

    assert main() == 130


def test_a_missing_package_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "trio_tws._cli")
    monkeypatch.setitem(sys.modules, "typer", None)

    assert main() == 1
    assert capsys.readouterr().err.startswith("trio-tws needs typer, which is not installed")


def test_any_other_missing_module_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trio_tws._cli", None)
    with pytest.raises(ModuleNotFoundError):
        main()
