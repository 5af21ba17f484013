"""A working day of other people's clients, unmodified, against the simulated TWS on TCP.

Each connects with all that its start-up asks for, looks things up, watches a stream of each kind,
trades, looks at its account, goes, and comes back. What it reports in the end has to be what the
simulator's books say: see `checks`.
"""

import json
import os
import shutil
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
import trio

from tests.conformance.days import plan
from tests.conformance.days.checks import CHECKS, IB_ASYNC, OFFICIAL, Day
from trio_tws import Stock
from trio_tws import _versions as v
from trio_tws._model.orders import Order
from trio_tws.testing import Simulator, open_simulator

pytestmark = pytest.mark.slow

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[2]
START: Final = datetime(2026, 3, 11, 15, tzinfo=UTC)
SPEED: Final = 5.0
DEADLINE: Final = 40.0

IB_INSYNC: Final = "ib_insync"
STOQEY: Final = "stoqey"
NEWEST: Final = {
    OFFICIAL: v.MAX_SERVER_VERSION,
    IB_ASYNC: v.PENDING_PRICE_REVISION,
    IB_INSYNC: v.BOND_ISSUERID,
    STOQEY: v.CME_TAGGING_FIELDS_IN_OPEN_ORDER,
}

wide = pytest.mark.wide
DAYS: Final = (
    (OFFICIAL, 100),
    (OFFICIAL, 145),
    (OFFICIAL, 176),
    (OFFICIAL, 200),
    (OFFICIAL, 213),
    (OFFICIAL, 226),
    pytest.param(IB_ASYNC, 157, marks=wide),
    (IB_ASYNC, 226),
    pytest.param(IB_INSYNC, 157, marks=wide),
    (IB_INSYNC, 226),
    # Below 177 it reads one field too few of a completed order, that of the adviser's profile.
    pytest.param(STOQEY, v.FA_PROFILE_DESUPPORT, marks=wide),
    (STOQEY, 226),
)


def command(client: str, port: int) -> list[str]:
    """Gives what runs a client."""
    if client != STOQEY:
        module = "official" if client == OFFICIAL else "insync"
        return [sys.executable, "-m", f"tests.conformance.days.{module}", str(port), client]
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node here")
    if not (HERE / "node_modules/@stoqey/ib").exists():
        pytest.skip(f"@stoqey/ib is not there; `npm install --prefix {HERE.relative_to(ROOT)}`")
    words = {name: value for name, value in vars(plan).items() if name.isupper()}
    return [node, str(HERE / "stoqey.cjs"), str(port), json.dumps(words)]


def prepare(simulator: Simulator) -> None:
    """Has people trade something before the client comes, and leaves an order of theirs open."""
    other = Stock("MSFT")
    order = Order(action="BUY", order_type="MKT", total_quantity=Decimal(30))
    simulator.exchange.place_manually(other, order)
    order = Order(action="SELL", order_type="LMT", total_quantity=Decimal(10), lmt_price=900.0)
    simulator.exchange.place_manually(other, order)


async def spend(client: str, version: int) -> Day:
    """Has a client spend its day; gives what it reports, and with whom it was."""
    async with open_simulator(server_version=version, start=START, speed=SPEED) as simulator:
        prepare(simulator)
        port, began = await simulator.listen(), simulator.now()
        with trio.fail_after(DEADLINE):
            done = await trio.run_process(
                command(client, port),
                capture_stdout=True,
                capture_stderr=True,
                check=False,
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
            )
        complaints = done.stderr.decode()
        assert done.stdout, complaints
        assert "Traceback" not in complaints
        report: dict[str, Any] = json.loads(done.stdout)
        agreed = min(version, NEWEST[client])
        return Day(client, agreed, report, simulator, began, simulator.now())


@pytest.mark.parametrize(("client", "version"), DAYS)
async def test_what_a_client_reports_of_its_day_is_what_the_books_say(
    client: str, version: int
) -> None:
    day = await spend(client, version)
    for check in CHECKS:
        check(day)
