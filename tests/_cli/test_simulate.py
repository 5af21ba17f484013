import os
import re
import signal
from io import StringIO

import pytest
import trio
from rich.console import Console
from typer.testing import CliRunner

from tests._cli.processes import read_until, running
from trio_tws import Stock, open_tws
from trio_tws._cli import app
from trio_tws._cli._simulate import _simulate

pytestmark = pytest.mark.slow


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C reaches a whole console on Windows")
def test_programs_can_connect_as_soon_as_it_says_so() -> None:
    async def visit(port: int) -> str:
        async with open_tws(port=port, client_id=5) as tws:
            (aapl,) = await tws.contract_details(Stock("AAPL"))
            assert tws.server_version == 176
            with trio.fail_after(10):
                await trio.to_thread.run_sync(read_until, process, "client 5 came")
            return aapl.contract.symbol

    with running("simulate", "--port", "0", "--server-version", "176") as process:
        port = int(read_until(process, r"listening on 127\.0\.0\.1:(\d+)")[1])
        assert trio.run(visit, port) == "AAPL"
        read_until(process, "client 5 left")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)

    assert process.returncode == 0
    assert err == ""


def test_it_says_loudly_when_others_can_reach_it() -> None:
    with running("simulate", "--port", "0", "--host", "0.0.0.0") as process:
        read_until(process, "EVERYONE WHO REACHES THIS ADDRESS CAN CONNECT")
        port = int(read_until(process, r'open_tws\("127.0.0.1", (\d+)')[1])

    assert port > 0


def test_a_port_that_is_taken_is_told() -> None:
    with running("simulate", "--port", "0") as process:
        port = read_until(process, r"listening on 127\.0\.0\.1:(\d+)")[1]
        done = CliRunner().invoke(app, ["simulate", "--port", port])

    assert done.exit_code == 1
    assert f"Can't listen on 127.0.0.1:{port}" in done.stdout


async def test_it_tells_who_comes_and_goes(nursery: trio.Nursery) -> None:
    out = Console(file=StringIO(), width=80)

    def printed() -> str:
        assert isinstance(out.file, StringIO)
        return out.file.getvalue()

    async def wait_for(pattern: str) -> re.Match[str]:
        with trio.fail_after(10):
            while True:
                found = re.search(pattern, printed())
                if found:
                    return found
                await trio.sleep(0.01)

    nursery.start_soon(_simulate, out, "localhost", 0, 0, 226)
    port = int((await wait_for(r"listening on localhost:(\d+)"))[1])
    async with open_tws("localhost", port, client_id=3):
        await wait_for("client 3 came, at server version 226")
    await wait_for("client 3 left")
    stranger = await trio.open_tcp_stream("localhost", port)
    await trio.sleep(0.2)
    await stranger.aclose()
    await wait_for("a program that had no session left")
    assert "EVERYONE" not in printed()
