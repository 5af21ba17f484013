"""The plugin for pytest, in processes of its own: it is loaded by name, installed or not."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests._cli.processes import environment

pytestmark = pytest.mark.slow

PROGRAM = """
from datetime import UTC, datetime

import pytest
import trio

from trio_tws import ConnectionLost, LimitOrder, OrderRejected, PlaceOrder, Stock, open_tws
from trio_tws.testing import at, on


async def test_time_is_virtual_and_begins_at_the_opening(tws):
    assert await tws.current_time() == datetime(2026, 1, 15, 14, 30, tzinfo=UTC)
    await trio.sleep(3600)
    assert await tws.current_time() == datetime(2026, 1, 15, 15, 30, tzinfo=UTC)


async def test_rules_are_added_in_the_test(tws, scenario):
    scenario.add(on(PlaceOrder).reject(201, "no"))
    trade = await tws.place_order(Stock("AAPL"), LimitOrder("BUY", 1, 1.0))
    with pytest.raises(OrderRejected):
        await trade.done()
    assert not scenario.unfired


@pytest.mark.server_version(100, 176)
@pytest.mark.tws_options(accounts=("DU7",))
class TestMarks:
    async def test_of_a_class(self, tws, tws_server_version):
        assert tws.server_version == tws_server_version
        assert tws.accounts == ("DU7",)

    @pytest.mark.server_version(150)
    @pytest.mark.tws_options(accounts=("DU8", "DU9"), next_order_id=5)
    async def test_of_a_test_count_more(self, tws):
        assert tws.server_version == 150
        assert tws.accounts == ("DU8", "DU9")

    def test_of_those_who_do_not_care(self):
        pass


async def test_a_lost_connection_fails(tws, scenario):
    scenario.add(at(1).lose_connection())
    await trio.sleep(10)


async def test_a_lost_connection_can_be_expected(tws_simulator, scenario):
    scenario.add(at(1).lose_connection())
    with pytest.raises(ConnectionLost):
        async with open_tws(stream=tws_simulator.open_stream()):
            await trio.sleep_forever()
    assert trio.current_time() > 0.9


async def test_a_clock_of_its_own_is_kept(tws, mock_clock):
    assert trio.lowlevel.current_clock() is mock_clock
    mock_clock.jump(60)
    assert (await tws.current_time()).minute == 31


@pytest.mark.trio(run=trio.run)
@pytest.mark.tws_options(speed=1000)
async def test_a_port_is_in_real_time(tws_simulator):
    async with open_tws(port=await tws_simulator.listen()) as tws:
        before = await tws.current_time()
        await trio.sleep(0.1)
        assert (await tws.current_time() - before).total_seconds() > 60


class TestFixture:
    @pytest.fixture
    def tws_options(self):
        return {"accounts": ("DU1", "DU2")}

    async def test_options_can_be_a_fixture(self, tws):
        assert tws.accounts == ("DU1", "DU2")


def test_nothing_else_is_touched():
    pass
"""

PASSED = """
test_time_is_virtual_and_begins_at_the_opening
test_rules_are_added_in_the_test
test_of_a_class[100]
test_of_a_class[176]
test_of_a_test_count_more[150]
test_of_those_who_do_not_care
test_a_lost_connection_can_be_expected
test_a_clock_of_its_own_is_kept
test_a_port_is_in_real_time
test_options_can_be_a_fixture
test_nothing_else_is_touched
"""


def run(where: Path, program: str, *options: str) -> subprocess.CompletedProcess[str]:
    (where / "test_program.py").write_text(program, encoding="utf-8")
    plain = ["-p", "no:cacheprovider", "-p", "pytest_trio_tws", "--strict-markers", "-W", "error"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-v", *plain, f"--rootdir={where}", *options],
        env=environment(),
        cwd=where,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
    )


@pytest.mark.parametrize("trio_mode", ["true", "false"])
def test_the_fixtures_need_no_configuration(trio_mode: str, tmp_path: Path) -> None:
    done = run(tmp_path, PROGRAM, "-o", f"trio_mode={trio_mode}")

    assert re.findall(r"::(test_\S+) PASSED", done.stdout) == PASSED.split(), done.stdout
    assert re.findall(r"::(test_\S+) FAILED", done.stdout) == ["test_a_lost_connection_fails"]
    assert "ConnectionLost: the connection to TWS is lost" in done.stdout


def test_it_says_that_it_needs_pytest_trio(tmp_path: Path) -> None:
    program = "async def test_it(tws): ...\n"
    done = run(tmp_path, program, "-p", "no:trio")

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "test_it needs pytest-trio: pip install trio-tws[testing]" in done.stderr


def test_it_imports_nothing_before_it_has_to(tmp_path: Path) -> None:
    program = """
import sys

def test_it():
    assert "pytest_trio_tws" in sys.modules
    assert "trio_tws" not in sys.modules
"""
    done = run(tmp_path, program)

    assert done.returncode == 0, done.stdout


def test_the_markers_are_listed(tmp_path: Path) -> None:
    done = run(tmp_path, "", "--markers")

    assert "@pytest.mark.server_version(*versions): " in done.stdout
    assert "@pytest.mark.tws_options(**options): " in done.stdout
