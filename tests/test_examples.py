import importlib.util
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from types import ModuleType

import pytest
import trio
import trio.testing

from tests._cli.processes import environment, read_until
from tests.programs import ROOT
from tests.served import served
from trio_tws import ConnectionLost, Stock, open_tws
from trio_tws.testing import Faults, open_simulator

pytestmark = pytest.mark.no_cover

SPREAD_WATCH = ROOT / "examples" / "spread_watch.py"
BREAKOUT_BOT = ROOT / "examples" / "breakout_bot"
START = datetime(2026, 1, 15, 15, tzinfo=UTC)

takes_ctrl_c = pytest.mark.skipif(
    os.name == "nt" or signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
    reason="on Windows it reaches a whole console; in the background of a shell it is ignored",
)


@pytest.fixture
def spread_watch(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("spread_watch", SPREAD_WATCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "spread_watch", module)
    spec.loader.exec_module(module)
    return module


async def test_it_tells_the_wide_ones(
    spread_watch: ModuleType, autojump_clock: trio.testing.MockClock
) -> None:
    told: list[object] = []
    report = spread_watch.Report()
    async with open_simulator(start=START) as sim, open_tws(stream=sim.open_stream()) as tws:
        with trio.move_on_after(60):
            await spread_watch.watch_spread(tws, Stock("AAPL"), 0.01, told.append, report)
        seen = [sim.market.quote(265598, START.timestamp() + second) for second in range(61)]

    spreads = [round(quote.ask - quote.bid, 2) for quote in seen if quote is not None]
    assert report.wide == len(told) > 0
    assert round(report.widest.spread, 2) >= max(spreads)
    assert report.quotes > 60


async def test_cancelled_it_leaves_nothing_at_tws(
    spread_watch: ModuleType, autojump_clock: trio.testing.MockClock
) -> None:
    report = spread_watch.Report()
    async with open_simulator(start=START) as sim, open_tws(stream=sim.open_stream()) as tws:
        (client,) = sim.clients
        with trio.move_on_after(1):
            await spread_watch.watch_spread(tws, Stock("AAPL"), 9.0, print, report)
        await trio.testing.wait_all_tasks_blocked()
        assert client.requests == {}

    assert "0 wide" in str(report)


async def test_what_was_seen_outlives_the_connection(
    spread_watch: ModuleType, autojump_clock: trio.testing.MockClock
) -> None:
    report = spread_watch.Report()
    async with open_simulator(start=START) as sim:
        with pytest.raises(ConnectionLost):
            async with open_tws(stream=sim.open_stream(Faults(cut_after=3_000))) as tws:
                await spread_watch.watch_spread(tws, Stock("AAPL"), 9.0, print, report)

    assert report.quotes > 0


def test_nothing_seen_is_said(spread_watch: ModuleType) -> None:
    assert str(spread_watch.Report()) == "no quotes"


@pytest.mark.slow
@takes_ctrl_c
def test_as_a_program_it_ends_with_its_report() -> None:
    with (
        served() as port,
        subprocess.Popen(
            [sys.executable, SPREAD_WATCH, "--port", str(port), "--wide", "0"],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as process,
    ):
        read_until(process, "spread 0")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)

    assert process.returncode == 130
    assert err == ""
    assert "quotes" in out.splitlines()[-1]


@pytest.mark.slow
def test_the_bot_passes_its_tests() -> None:
    plain = ["-q", "-p", "no:cacheprovider", "-p", "pytest_trio_tws"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plain, BREAKOUT_BOT],
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@takes_ctrl_c
def test_the_bot_is_a_program() -> None:
    with (
        served() as port,
        subprocess.Popen(
            [sys.executable, "-u", BREAKOUT_BOT / "bot.py", "--port", str(port)],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as process,
    ):
        try:
            read_until(process, "waiting for AAPL to rise above")
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=20)
        finally:
            process.kill()

    assert process.returncode == 130
    assert err == ""
