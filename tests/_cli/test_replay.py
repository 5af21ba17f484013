import math
import os
import re
import signal
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
import trio
from rich.console import Console
from typer.testing import CliRunner

from tests._cli.processes import read_until, running
from tests.served import served
from tests.testing.recordings import C, Said, passages, written
from trio_tws import RequestError, Stock, open_tws
from trio_tws._cli import app
from trio_tws._cli._replay import _intact, _replay
from trio_tws._model.session import ReqIds

pytestmark = pytest.mark.slow


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "session.txt"
    path.write_bytes(written(passages(Said(2, C, ReqIds()), version=176)))
    return path


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C reaches a whole console on Windows")
def test_a_recording_is_served_until_it_is_ended(recording: Path) -> None:
    async def visit(port: int) -> None:
        async with open_tws(port=port) as tws:
            assert tws.accounts == ("DU1234567",)
            with pytest.raises(RequestError) as caught:
                await tws.contract_details(Stock("AAPL"))
            assert caught.value.code == 321

    with running("replay", str(recording), "--port", "0", "--speed", "max") as process:
        port = int(read_until(process, r"served on 127\.0\.0\.1:(\d+)")[1])
        read_until(process, r"Server version 176\.")
        trio.run(visit, port)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)

    assert process.returncode == 0
    assert "The replay has ended." in out
    assert "the recording has no ReqContractData" in err


def test_it_says_once_that_others_can_read_it(recording: Path) -> None:
    with running("replay", str(recording), "--port", "0", "--host", "0.0.0.0") as process:
        read_until(process, "EVERYONE WHO REACHES THIS ADDRESS CAN READ IT")
        process.kill()
        assert process.communicate()[1] == ""  # nor a second time, as a warning


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C reaches a whole console on Windows")
def test_of_a_damaged_file_what_is_good_is_served(recording: Path) -> None:
    async def visit(port: int) -> tuple[str, ...]:
        async with open_tws(port=port) as tws:
            return tws.accounts

    recording.write_bytes(recording.read_bytes()[:-20])
    arguments = ["--port", "0", "--speed", "10", "--timeline"]
    with running("replay", str(recording), *arguments) as process:
        port = int(read_until(process, r"served on 127\.0\.0\.1:(\d+)")[1])
        assert trio.run(visit, port) == ("DU1234567",)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)

    assert "the file is cut" in err


async def test_it_says_where_it_is_and_what_is_missing(
    nursery: trio.Nursery, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Console(file=StringIO(), width=80)
    address = ("127.0.0.1", 0)
    nursery.start_soon(partial(_replay, out, passages(), address, speed=math.inf, timeline=False))
    assert isinstance(out.file, StringIO)
    with trio.fail_after(10):
        while "Ctrl-C" not in out.file.getvalue():  # noqa: ASYNC110 - it has no event for it
            await trio.sleep(0.01)
    found = re.search(r":(\d+)", out.file.getvalue())
    assert found is not None
    async with open_tws(port=int(found[1])) as tws:
        with pytest.raises(RequestError):
            await tws.contract_details(Stock("AAPL"))

    assert "the recording has no ReqContractData" in capsys.readouterr().err


def test_a_file_that_is_good_but_for_its_end_is_served(
    recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = _intact(recording)
    assert capsys.readouterr().err == ""
    recording.write_bytes(recording.read_bytes()[:-5])

    assert _intact(recording) == whole
    assert "is cut" in capsys.readouterr().err


@pytest.mark.parametrize("text", [b"hello", b"trio_tws recording 1\n"])
def test_what_has_nothing_good_is_not_served(recording: Path, text: bytes) -> None:
    recording.write_bytes(text)

    done = CliRunner().invoke(app, ["replay", str(recording)])

    assert done.exit_code == 1
    assert "line " in done.stderr


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan"])
def test_a_speed_is_a_positive_number(recording: Path, speed: str) -> None:
    done = CliRunner().invoke(app, ["replay", str(recording), "--speed", speed])

    assert done.exit_code == 2
    assert "nor max" in done.stderr


def test_a_port_that_is_taken_is_told(recording: Path) -> None:
    with served() as port:
        done = CliRunner().invoke(app, ["replay", str(recording), "--port", str(port)])

    assert done.exit_code == 1
    assert f"Can't listen on 127.0.0.1:{port}" in done.stdout
