import os
import signal

import pytest
import trio
import typer

from trio_tws import ConnectionRefused, LocalProtocolError
from trio_tws._cli._run import FAILED, INTERRUPTED, run


def code_of(excinfo: pytest.ExceptionInfo[typer.Exit]) -> int:
    return excinfo.value.exit_code


def test_the_code_of_the_work_is_the_exit_code() -> None:
    async def work() -> int:
        await trio.lowlevel.checkpoint()
        return 3

    with pytest.raises(typer.Exit) as excinfo:
        run(work)
    assert code_of(excinfo) == 3


@pytest.mark.skipif(os.name == "nt", reason="os.kill ends a process on Windows")
@pytest.mark.parametrize("code", [INTERRUPTED, 0])
def test_an_interrupt_cancels_the_work(code: int, capsys: pytest.CaptureFixture[str]) -> None:
    cleaned_up: list[str] = []

    async def work() -> int:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            await trio.sleep_forever()
        finally:
            cleaned_up.append("yes")
        raise AssertionError

    with pytest.raises(typer.Exit) as excinfo:
        run(work, when_interrupted=code, last_words="Goodbye.")
    assert code_of(excinfo) == code
    assert cleaned_up == ["yes"]
    assert capsys.readouterr().out == "Goodbye.\n"


def test_an_error_of_ours_is_a_message_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    async def work() -> int:
        await trio.lowlevel.checkpoint()
        raise ConnectionRefused("no connection to nowhere")

    with pytest.raises(typer.Exit) as excinfo:
        run(work)
    assert code_of(excinfo) == FAILED
    assert capsys.readouterr().err.startswith("Error: no connection to nowhere")


def test_brackets_in_an_error_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    async def work() -> int:
        await trio.lowlevel.checkpoint()
        raise LocalProtocolError("[bold] and [/]")

    with pytest.raises(typer.Exit):
        run(work)
    assert capsys.readouterr().err == "Error: [bold] and [/]\n"


def test_errors_of_several_tasks_are_told_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    async def work() -> int:
        await trio.lowlevel.checkpoint()
        inner = ExceptionGroup("", [LocalProtocolError("second")])
        raise ExceptionGroup("", [LocalProtocolError("first"), inner])

    with pytest.raises(typer.Exit) as excinfo:
        run(work)
    assert code_of(excinfo) == FAILED
    assert capsys.readouterr().err == "Error: first\nError: second\n"


def test_a_reader_that_has_gone_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    async def work() -> int:
        await trio.lowlevel.checkpoint()
        raise BaseExceptionGroup("", [BrokenPipeError()])

    with pytest.raises(typer.Exit) as excinfo:
        run(work)
    assert code_of(excinfo) == FAILED
    assert capsys.readouterr().err == ""


def test_a_bug_keeps_its_traceback() -> None:
    async def work() -> int:
        await trio.lowlevel.checkpoint()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(work)
