import os
import re
import signal
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest
import trio
import typer
from rich.console import Console
from typer.testing import CliRunner

from tests._cli.processes import read_until, running
from tests.served import served
from trio_tws import ConnectFailed, ConnectionLost, Stock, open_tws
from trio_tws._cli import app
from trio_tws._cli._record import _address, _record
from trio_tws.testing import open_simulator, read_recording

pytestmark = pytest.mark.slow


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C reaches a whole console on Windows")
def test_it_stands_between_a_program_and_tws(tmp_path: Path) -> None:
    async def visit(port: int) -> None:
        async with open_tws(port=port) as tws:
            await tws.contract_details(Stock("AAPL"))

    path = tmp_path / "session.txt"
    with (
        served() as tws,
        running("record", str(path), "--listen", "0", "--to", f"127.0.0.1:{tws}") as process,
    ):
        port = int(read_until(process, r"connect to 127\.0\.0\.1:(\d+)")[1])
        trio.run(visit, port)
        read_until(process, "session 1: began")
        read_until(process, "session 1: ended")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)

    assert process.returncode == 0
    assert "The recording has ended." in out
    assert err == ""
    assert len(list(read_recording(path))) > 8


@pytest.mark.skipif(os.name == "nt", reason="Windows kills without a word")
def test_killed_it_leaves_all_that_passed(tmp_path: Path) -> None:
    async def visit(port: int) -> None:
        async with open_tws(port=port) as tws:
            await tws.contract_details(Stock("AAPL"))
            process.kill()
            await trio.to_thread.run_sync(process.wait)

    path = tmp_path / "session.txt"
    with (
        served() as tws,
        running("record", str(path), "--listen", "0", "--to", f"127.0.0.1:{tws}") as process,
    ):
        port = int(read_until(process, r"connect to 127\.0\.0\.1:(\d+)")[1])
        with suppress(ConnectionLost):  # noticed before the block is left, or not
            trio.run(visit, port)

    done = CliRunner().invoke(app, ["show", str(path)])
    assert "ContractDataEnd" in done.stdout
    assert "its last line is missing" in done.stderr


def test_what_goes_wrong_with_a_session_is_told(tmp_path: Path) -> None:
    async def visit(port: int) -> None:
        with pytest.raises(ConnectFailed):
            async with open_tws(port=port):
                pass

    with running("record", str(tmp_path / "x"), "--listen", "0", "--to", "127.0.0.1:1") as process:
        port = int(read_until(process, r"connect to 127\.0\.0\.1:(\d+)")[1])
        trio.run(visit, port)
        read_until(process, "session 1: TWS can't be reached")
        process.kill()
        _, err = process.communicate(timeout=20)

    assert "Error:" in err


def test_a_file_that_is_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("precious")

    done = CliRunner().invoke(app, ["record", str(tmp_path / "x")])

    assert done.exit_code == 2
    assert "give another name" in done.stderr
    assert (tmp_path / "x").read_text() == "precious"


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with served() as port:
        done = CliRunner().invoke(app, ["record", str(tmp_path / "x"), "--listen", str(port)])

    assert done.exit_code == 1
    assert f"Can't listen on 127.0.0.1:{port}" in done.stdout


async def test_it_tells_of_each_session(nursery: trio.Nursery, tmp_path: Path) -> None:
    out = Console(file=StringIO(), width=80)

    async def wait_for(pattern: str) -> re.Match[str]:
        assert isinstance(out.file, StringIO)
        with trio.fail_after(10):
            while True:
                found = re.search(pattern, out.file.getvalue())
                if found:
                    return found
                await trio.sleep(0.01)

    async with open_simulator() as simulator:
        to = ("127.0.0.1", await simulator.listen())
        nursery.start_soon(_record, out, tmp_path / "x.txt", ("127.0.0.1", 0), to)
        port = int((await wait_for(r"connect to 127\.0\.0\.1:(\d+)"))[1])
        async with open_tws(port=port):
            await wait_for(r"session 1: began \(.*x\.txt\)")
        await wait_for(r"session 1: ended")
    with pytest.raises(ConnectFailed):
        async with open_tws(port=port):
            pass
    await wait_for(r"session 2: TWS can't be reached")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("7497", ("127.0.0.1", 7497)),
        (":7497", ("127.0.0.1", 7497)),
        ("tws.example:4002", ("tws.example", 4002)),
        ("[::1]:4002", ("::1", 4002)),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, address: tuple[str, int]) -> None:
    assert _address(text, "--to") == address


@pytest.mark.parametrize("text", ["", "host", "host:", "host:x", "host:65536", "1:-2"])
def test_anything_else_is_a_misuse(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no host:port"):
        _address(text, "--to")
