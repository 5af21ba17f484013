import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time
from decimal import Decimal
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import trio
from rich.console import Console
from typer.testing import CliRunner

from tests._cli.processes import read_until, running
from trio_tws import (
    LimitOrder,
    MarketOrder,
    Notice,
    ReqCurrentTime,
    ReqIds,
    Stock,
    open_tws,
)
from trio_tws._cli import app
from trio_tws._cli._simulate import _introduce, is_news, simulate_until_cancelled
from trio_tws._cli._simulate_setup import Setup, read_permissions
from trio_tws.testing import (
    Faults,
    NightlyReset,
    OrderFaults,
    Scenario,
    Stage,
    TwsLimits,
    at,
    exchange_hours,
    on,
)

START = datetime(2026, 1, 15, 14, 30, tzinfo=UTC)

pytestmark = pytest.mark.slow


class Screen:
    """What the command prints."""

    def __init__(self) -> None:
        self.file = StringIO()
        self.out = Console(file=self.file, width=80)

    @property
    def text(self) -> str:
        return self.file.getvalue()

    async def wait_for(self, pattern: str) -> re.Match[str]:
        with trio.fail_after(10):
            while True:
                found = re.search(pattern, self.text)
                if found:
                    return found
                await trio.sleep(0.01)


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
        process.kill()
        assert process.communicate()[1] == ""  # nor a second time, as a warning

    assert port > 0


def test_a_port_that_is_taken_is_told() -> None:
    with running("simulate", "--port", "0") as process:
        port = read_until(process, r"listening on 127\.0\.0\.1:(\d+)")[1]
        done = CliRunner().invoke(app, ["simulate", "--port", port])

    assert done.exit_code == 1
    assert f"Can't listen on 127.0.0.1:{port}" in done.stdout
    assert "--port 0 takes any that is free" in done.stdout


async def test_an_address_of_others_is_told() -> None:
    screen = Screen()

    assert await simulate_until_cancelled(screen.out, "192.0.2.1", 0, Setup()) == 1
    assert screen.text.startswith("Can't listen on 192.0.2.1:0: ")
    assert "--port" not in screen.text


@asynccontextmanager
async def simulated(setup: Setup, host: str = "127.0.0.1") -> AsyncIterator[Screen]:
    """Runs the command's work in this program; gives what it prints."""
    screen = Screen()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(simulate_until_cancelled, screen.out, host, 0, setup)
        await screen.wait_for("Ctrl-C ends it")
        yield screen
        nursery.cancel_scope.cancel()


async def test_it_tells_who_comes_and_goes() -> None:
    async with simulated(Setup(start=START), "localhost") as screen:
        port = int((await screen.wait_for(r"listening on localhost:(\d+)"))[1])
        async with open_tws("localhost", port, client_id=3):
            await screen.wait_for(r"\n09:30:0\d EST  client 3 came, at server version 226")
        await screen.wait_for("client 3 left")
        stranger = await trio.open_tcp_stream("localhost", port)
        await trio.sleep(0.2)
        await stranger.aclose()
        await screen.wait_for("a program that had no session left")
        assert "EVERYONE" not in screen.text


async def test_it_tells_what_becomes_of_orders() -> None:
    async with simulated(Setup(start=START)) as screen:
        port = int((await screen.wait_for(r"listening on 127.0.0.1:(\d+)"))[1])
        async with open_tws(port=port, client_id=3) as tws:
            await tws.place_order(Stock("AAPL"), MarketOrder("BUY", 1))
            await tws.place_order(Stock("AAPL"), LimitOrder("BUY", 1, 50.003))
            await screen.wait_for(r"client 3 was told about 2: 110, The price")
            came, bought, filled = re.findall(r"\d EST  client 3, order 1: (.*)\n", screen.text)
        await screen.wait_for("client 3 left")

    assert (came, bought[:18], filled) == ("BUY 1 AAPL MKT", "bought 1 AAPL at 2", "Filled")


async def test_it_tells_what_has_happened_and_what_has_not() -> None:
    scenario = Scenario(
        at(0).gap("AAPL", 1),
        on(ReqCurrentTime).duplicate(),
        at(1000).lose_ib(),
        on(ReqIds).do(lambda one: one.network.compete()),
    )
    setup = Setup(start=START, scenarios=(scenario,))
    async with simulated(setup) as screen:
        port = int((await screen.wait_for(r"listening on 127.0.0.1:(\d+)"))[1])
        await screen.wait_for(r"09:30:\d\d EST  at\(0\)\.gap\('AAPL', 1\)\n")
        async with open_tws(port=port) as tws:
            await tws.current_time()
            await screen.wait_for(r"EST  on\(ReqCurrentTime\)\.duplicate\(\)\n")
            await tws.current_time()
            await screen.wait_for(r"EST  on\(ReqCurrentTime\)\.duplicate\(\), 2 times\n")
        assert "never" not in screen.text

    *_, third, fourth = screen.text.splitlines()
    assert third.endswith("  never happened: at(1000).lose_ib()")
    assert fourth.endswith("  never happened: on(ReqIds).do(<lambda>)")


def test_what_happens_all_the_time_is_told_now_and_then() -> None:
    told = [0]
    for times in range(1_000):
        if is_news(times, told[-1]):
            told.append(times)

    assert told == [*range(11), 100]


async def test_others_can_reach_it_only_if_that_is_said() -> None:
    async with simulated(Setup()) as alone, simulated(Setup(), "0.0.0.0") as shown:
        assert "EVERYONE" not in alone.text
        assert "EVERYONE WHO REACHES THIS ADDRESS CAN CONNECT" in shown.text


async def test_somebody_can_have_the_data_from_the_start() -> None:
    async with simulated(Setup(is_competing=True)) as screen:
        port = int((await screen.wait_for(r"listening on 127.0.0.1:(\d+)"))[1])
        async with open_tws(port=port) as tws:
            async with tws.open_ticks(Stock("AAPL")):
                async for event in tws.events:
                    if isinstance(event, Notice) and event.code == 10197:
                        break


async def test_what_can_not_happen_is_told_at_once() -> None:
    screen = Screen()
    setup = Setup(scenarios=(Scenario(at("10:00").halt("APPL")),))

    assert await simulate_until_cancelled(screen.out, "127.0.0.1", 0, setup) == 1
    assert "This can't happen here: at('10:00').halt('APPL'): nothing with" in screen.text


def stumble(_: object) -> None:
    raise LookupError("of the file")


@pytest.mark.parametrize("seconds", [0, 0.1])
async def test_a_scenario_that_goes_wrong_ends_it(seconds: float) -> None:
    screen = Screen()
    setup = Setup(scenarios=(Scenario(at(seconds).do(stumble)),))

    assert await simulate_until_cancelled(screen.out, "127.0.0.1", 0, setup) == 1
    assert f"The scenario went wrong: at({seconds}).do(stumble): of the file" in screen.text
    line = stumble.__code__.co_firstlineno + 1
    assert screen.text.endswith(f"\n  {__file__}:{line}, in stumble\n")


async def test_what_the_market_can_not_do_ends_it_with_a_word() -> None:
    screen = Screen()
    setup = Setup(start=START, scenarios=(Scenario(at(0).gap("AAPL", -100)),))

    assert await simulate_until_cancelled(screen.out, "127.0.0.1", 0, setup) == 1
    words = " ".join(screen.text.split())
    assert words.startswith("The scenario went wrong: at(0).gap('AAPL', -100): -100 % from ")
    assert words.endswith("without that")


# The command line .................................................................................


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--zone", "Berlin"], "--zone: 'Berlin' is no time zone"),
        (["--start", "noon"], "--start: 'noon' is no time"),
        (["--speed", "0"], "--speed: 0: time goes forward only"),
        (["--lines", "99"], "Invalid value for '--lines'"),
        (["--no-live", "APPL"], "--no-live: appl is not traded here"),
        (["--nightly-loses-data"], "--nightly-reset: give the time"),
        (["--scenario", "nowhere.py"], "--scenario: nowhere.py: there is no such file"),
        (["--rule", "at(1).stop()"], "--rule: 'at(1).stop()': at() goes with"),
        (["--hours", "mine"], "'mine' is not one of 'always', 'exchange'"),
    ],
)
def test_what_makes_no_sense_is_told(arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(app, ["simulate", *arguments], env={"COLUMNS": "300"})

    assert done.exit_code == 2
    assert words in done.stderr


EVERYTHING = Setup(
    server_version=176,
    seed=5,
    hours=exchange_hours,
    accounts=("DU1", "DU2"),
    cash=Decimal(7),
    next_order_id=50,
    start=datetime(2026, 1, 15, 9, 30, tzinfo=ZoneInfo("Europe/Berlin")),
    zone="Europe/Berlin",
    latency=0.1,
    speed=60,
    faults=Faults(silent_after=Stage.READY, cut_after=5, segment=6, startup_delay=7, deaf_for=8),
    order_faults=OrderFaults(
        repeats_status=True,
        shuffle_seed=4,
        commission_delay=2,
        acknowledge_delay=1,
        cancel_delay=3,
        is_deaf=True,
        is_mute=True,
        greets_first=True,
    ),
    master_client_id=9,
    permissions=read_permissions("STK", "OPT", "FUT"),
    limits=TwsLimits.for_lines(200),
    idle_farms=True,
    nightly_reset=NightlyReset(at=time(1), seconds=5, keeps_data=False),
    is_competing=True,
    scenarios=(Scenario(at(1).restart()),),
)
SAID = """--server-version 176 --seed 5 --hours exchange --speed 60 --start 2026-01-15T09:30
    --zone Europe/Berlin --account DU1 --account DU2 --cash 7 --next-order-id 50
    --master-client-id 9 --lines 200 --latency 0.1 --idle-farms --competing --no-live STK
    --no-delayed OPT --no-depth FUT --nightly-reset 01:00 --nightly-seconds 5 --nightly-loses-data
    --rule at(1).restart() --acknowledge-delay 1 --commission-delay 2 --cancel-delay 3
    --repeat-status --mute --deaf --shuffle-seed 4 --greet-first --silent-after ready
    --cut-after 5 --segment 6 --startup-delay 7 --deaf-for 8"""
ELSE_USUAL = Setup(start=datetime(2026, 1, 15, 9, 30, tzinfo=ZoneInfo("US/Eastern")), limits=None)


@pytest.mark.parametrize(
    ("line", "setup"),
    [
        (SAID, EVERYTHING),
        ("--start 2026-01-15T09:30 --no-limits", ELSE_USUAL),
    ],
)
def test_everything_that_is_said_arrives(line: str, setup: Setup) -> None:
    """As it says itself: each option shows in what it prints."""
    with running("simulate", "--port", "0", *line.split()) as process:
        port = int(read_until(process, r"listening on 127\.0\.0\.1:(\d+)")[1])
        assert process.stdout is not None
        shown: list[str] = []
        while "Ctrl-C" not in "".join(shown[-1:]):
            shown.append(process.stdout.readline())
    screen = Screen()
    _introduce(screen.out, "127.0.0.1", port, setup)

    assert "".join(shown) == screen.text.partition("\n")[2]


def test_a_file_and_rules_are_played_beside_each_other(tmp_path: Path) -> None:
    file = tmp_path / "morning.py"
    file.write_text("from trio_tws.testing import *\nscenario = Scenario(at(0).restart(1))\n")
    arguments = ["simulate", "--port", "0", "--scenario", f"{file}", "--rule", "at(0).gap('ES', 1)"]
    with running(*arguments) as process:
        read_until(process, r"what happens +at\(0\)\.restart\(1\)")
        read_until(process, r"^ +at\(0\)\.gap\('ES', 1\)")
        read_until(process, r"E[SD]T  at\(0\)\.restart\(1\)")
        read_until(process, r"E[SD]T  at\(0\)\.gap\('ES', 1\)")
