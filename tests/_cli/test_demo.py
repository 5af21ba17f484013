import os
import re
import signal
import time
from io import StringIO

import pytest
import trio
from rich.console import Console
from typer.testing import CliRunner

from tests._cli.processes import read_until, running, trio_tws
from tests.served import served
from trio_tws import Forex, Stock, open_tws
from trio_tws import _versions as v
from trio_tws._cli import app
from trio_tws._cli._demo import Options, _chart_first, _demo, _find_all
from trio_tws._cli._watchlist import WATCHED, Line, find
from trio_tws.testing import INSTRUMENTS, open_simulator

pytestmark = pytest.mark.slow

CONTROL_CODES = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def test_it_shows_everything_without_a_terminal() -> None:
    done = trio_tws("demo", "--seconds", "1", "--seed", "3")

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert CONTROL_CODES.search(done.stdout) is None
    for expected in (
        "a simulated TWS in this process, over TCP at 127.0.0.1:",
        f"server version  {v.MAX_SERVER_VERSION}, ",
        "DU1234567 (paper)",
        "next order id   1",
        "2026-01-15 15:00:00 UTC",
        "AAPL 236.",  # a plain update
        "EUR.USD",
        "times in UTC; 288 bars, in candles of 30 minutes",
        "Bars: 288. The connection is",
    ):
        assert expected in done.stdout
    assert re.search(r"Ticks in 1 s: AAPL \d+, EUR.USD \d+, ESZ7 \d+\.", done.stdout)


def test_with_a_seed_the_chart_is_the_same_each_time() -> None:
    """The prices above it are of the second at which they were seen, and a computer may be busy."""

    def chart(seed: int) -> str:
        arguments = ["demo", "--seconds", "0.1", "--seed", str(seed)]
        shown = CliRunner().invoke(app, arguments).stdout
        _, title, rest = shown.partition("AAPL, 14 Jan 15:05 to 15 Jan 2026 15:00 UTC\n")
        drawn, end, _ = rest.partition("times in UTC; 288 bars")
        assert title
        assert end
        return drawn

    assert chart(7) == chart(7) != chart(8)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_keeps_to_the_width_of_the_terminal(width: int) -> None:
    done = CliRunner().invoke(app, ["demo", "--seconds", "0.3"], env={"COLUMNS": str(width)})

    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= width
    assert not any("…" in line for line in lines)


def test_in_a_terminal_the_prices_stay_where_they_are() -> None:
    terminal = {"FORCE_COLOR": "1", "TTY_COMPATIBLE": "1", "TERM": "xterm", "COLUMNS": "80"}
    done = CliRunner().invoke(app, ["demo", "--seconds", "0.6"], env=terminal)

    assert done.exit_code == 0
    assert "\x1b[1A" in done.stdout  # up a line, to write over it
    assert "\x1b[?25h" in done.stdout  # the cursor is back


def test_a_terminal_without_unicode_gets_plain_characters() -> None:
    done = trio_tws("demo", "--seconds", "0.3", PYTHONIOENCODING="ascii")

    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert "#" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C reaches a whole console on Windows")
@pytest.mark.parametrize("delay", [0.0, 0.2, 0.5])
def test_an_interrupt_ends_it_cleanly(delay: float) -> None:
    with running("demo", "--seconds", "60") as process:
        read_until(process, "Connected to")
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)

    assert process.returncode == 130
    assert err == ""
    assert out.rstrip().endswith("nothing is left running.")


def test_a_reader_that_goes_away_is_no_error() -> None:
    with running("demo", "--seconds", "60") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(20) == 1


def test_it_looks_at_another_tws() -> None:
    with served(server_version=v.PROTOBUF - 1) as port:
        done = CliRunner().invoke(app, ["demo", "--port", str(port), "--seconds", "0.5"])

    assert done.exit_code == 0
    assert f"Connected to TWS at 127.0.0.1:{port}" in done.stdout
    assert f"{v.PROTOBUF - 1}, all in text" in done.stdout


def test_a_live_account_has_to_be_meant() -> None:
    with served(accounts=("U1",)) as port:
        arguments = ["demo", "--port", str(port), "--seconds", "0.3"]
        refused = CliRunner().invoke(app, arguments)
        welcome = CliRunner().invoke(app, [*arguments, "--live"])

    assert refused.exit_code == 1
    assert "U1 is not a paper account: give --live" in refused.stdout
    assert welcome.exit_code == 0
    assert "U1 (LIVE)" in welcome.stdout


def test_where_nothing_listens_it_says_what_to_do() -> None:
    with served() as port:
        pass
    done = CliRunner().invoke(app, ["demo", "--port", str(port)])

    assert done.exit_code == 1
    assert "Enable ActiveX and Socket Clients" in " ".join(done.stderr.split())


def test_a_seed_is_for_the_simulated_market() -> None:
    done = CliRunner().invoke(app, ["demo", "--port", "7497", "--seed", "1"])

    assert done.exit_code == 2
    assert "only a simulated market has one" in done.stderr


async def test_it_leaves_no_task_behind() -> None:
    out = console()
    before = trio.lowlevel.current_statistics().tasks_living
    assert await _demo(out, Options(seconds=0.3)) == 0

    assert trio.lowlevel.current_statistics().tasks_living == before
    assert "nothing is left running" in printed(out).replace("\n", " ")


def test_three_kinds_of_instrument_are_watched() -> None:
    assert len({contract.sec_type for contract in WATCHED}) == 3


def console() -> Console:
    return Console(file=StringIO(), width=80)


def printed(out: Console) -> str:
    assert isinstance(out.file, StringIO)
    return out.file.getvalue()


async def test_what_tws_does_not_know_is_left_out() -> None:
    out = console()
    known = [instrument for instrument in INSTRUMENTS if instrument.symbol != "ES"]
    async with (
        open_simulator(instruments=known) as sim,
        open_tws(stream=sim.open_stream()) as tws,
    ):
        lines = await _find_all(out, tws)

    assert [line.name for line in lines] == ["AAPL", "EUR.USD"]
    assert printed(out).startswith("ES FUT is left out")


async def test_the_chart_is_of_the_first_that_has_bars() -> None:
    out = console()
    nothing = Line("NOSUCH", Stock("NOSUCH"), 0.01)
    async with open_simulator() as sim, open_tws(stream=sim.open_stream()) as tws:
        assert await _chart_first(out, tws, [nothing]) == 0
        assert await _chart_first(out, tws, [nothing, await find(tws, Forex("EURUSD"))]) > 0

    assert "No chart of NOSUCH" in printed(out)
    assert "EUR.USD, " in printed(out)
