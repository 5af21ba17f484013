from pathlib import Path

from typer.testing import CliRunner

from tests.testing.recordings import S, Said, passages, written
from trio_tws._cli import app
from trio_tws._model.session import Error
from trio_tws.testing import read_recording


def scrub(where: Path, *more: str, cut: int | None = None) -> tuple[int, str, str]:
    data = written(passages(Said(2, S, Error(-1, 100, "for jane"))))
    (where / "in.txt").write_bytes(data[:cut])
    done = CliRunner().invoke(app, ["scrub", str(where / "in.txt"), str(where / "out.txt"), *more])
    return done.exit_code, done.stdout, done.stderr


def test_what_was_replaced_is_printed(tmp_path: Path) -> None:
    code, out, _ = scrub(tmp_path, "--hide", "jane")

    assert code == 0
    assert [line.split() for line in out.splitlines()[:2]] == [
        ["jane", "hid1"],
        ["DU1234567", "DU0000001"],
    ]
    assert out.splitlines()[2] == f"2 replaced, everywhere in {tmp_path / 'out.txt'}"
    assert b"DU1234567" not in (tmp_path / "out.txt").read_bytes()
    assert len(list(read_recording(tmp_path / "out.txt"))) == 6


def test_nothing_may_be_to_replace(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes(written([]))
    names = [str(tmp_path / "in.txt"), str(tmp_path / "out.txt")]
    done = CliRunner().invoke(app, ["scrub", *names])

    assert done.stdout.startswith("0 replaced")


def test_what_is_too_short_to_hide_is_a_misuse(tmp_path: Path) -> None:
    code, _, err = scrub(tmp_path, "--hide", "abc")

    assert code == 2
    assert "too short" in err


def test_a_damaged_file_is_told_after_all_before_was_written(tmp_path: Path) -> None:
    for more in ((), ("--hide", "jane")):
        code, _, err = scrub(tmp_path, *more, cut=-30)
        assert code == 1
        assert "line 8" in err
        assert (tmp_path / "out.txt").exists()
        (tmp_path / "out.txt").unlink()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_text("precious")

    code, _, err = scrub(tmp_path)

    assert code == 1
    assert "File exists" in err
    assert (tmp_path / "out.txt").read_text() == "precious"
