import pytest
import typer

from trio_tws._cli._recordings import failures_told, tell_failure
from trio_tws.testing import DamagedRecording


@pytest.mark.parametrize(
    "error", [DamagedRecording("x.txt", 3, "cut"), OSError(2, "gone", "x.txt")]
)
def test_what_is_wrong_with_a_file_is_told(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as caught, failures_told():
        raise error

    assert caught.value.exit_code == 1
    assert capsys.readouterr().err == f"Error: {error}\n"


def test_a_reader_that_has_gone_is_no_failure_of_a_file() -> None:
    with pytest.raises(BrokenPipeError), failures_told():
        raise BrokenPipeError


def test_brackets_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    tell_failure(ValueError("[bold]x"))

    assert capsys.readouterr().err == "Error: [bold]x\n"
