from datetime import UTC, datetime, time
from decimal import Decimal

import attrs
import pytest

from trio_tws._cli._simulate_facts import simulated, ways_in
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
)

USUAL = ["server version", "market", "hours", "time", "accounts", "data", "limits"]


def test_a_good_day_is_short() -> None:
    facts = dict(simulated(Setup(start=datetime(2026, 1, 15, 14, 30, tzinfo=UTC))))

    assert list(facts) == USUAL
    assert facts["server version"].startswith("226, ")
    assert facts["market"].startswith("13 instruments of AAPL, BTC, ES, ")
    assert facts["hours"] == "open at all hours"
    assert facts["time"] == "2026-01-15 09:30:00 EST (US/Eastern)"
    assert facts["accounts"] == "DU1234567 (paper) with 1,000,000 USD"
    assert facts["data"] == "all of it, live"
    assert facts["limits"] == (
        "100 market data lines, 50 messages a second, 3 books, 5 tick-by-tick streams"
    )


def test_without_a_start_it_begins_now() -> None:
    assert dict(simulated(Setup()))["time"].startswith(f"{datetime.now(UTC).year}-")


@pytest.mark.parametrize(
    ("setup", "name", "text"),
    [
        (Setup(seed=5), "market", "seed 5"),
        (Setup(hours=exchange_hours), "hours", "those of the exchanges"),
        (Setup(speed=60), "time", "(US/Eastern), 60 times as fast as in reality"),
        (Setup(zone="Europe/Berlin"), "time", "(Europe/Berlin)"),
        (
            Setup(accounts=("DU1", "U2"), cash=Decimal(5000)),
            "accounts",
            "DU1 (paper), U2 (LIVE), each with 5,000 USD",
        ),
        (Setup(next_order_id=50), "next order id", "50"),
        (Setup(master_client_id=0), "master client", "0"),
        (
            Setup(permissions=read_permissions("all", None, None)),
            "data",
            "no live data of anything",
        ),
        (
            Setup(permissions=read_permissions("OPT,ES", "CASH,ESZ7", "STK")),
            "data",
            "no live data of FUT, OPT; no delayed data of ESZ7, CASH; no depth of STK",
        ),
        (Setup(limits=TwsLimits.for_lines(200)), "limits", "200 market data lines, 100 messages"),
        (Setup(limits=None), "limits", "none"),
        (Setup(latency=0.25), "IB", "0.25 s away"),
        (
            Setup(idle_farms=True, is_competing=True),
            "IB",
            "its farms sleep until they are needed; somebody uses the login's market data",
        ),
        (Setup(nightly_reset=NightlyReset()), "IB", "lost each night at 23:45 for 60 s"),
        (
            Setup(nightly_reset=NightlyReset(at=time(1), seconds=5, keeps_data=False)),
            "IB",
            "lost each night at 01:00 for 5 s, and requests for data with it",
        ),
        (
            Setup(order_faults=OrderFaults(is_deaf=True, is_mute=True, greets_first=True)),
            "orders",
            "heard, and not acted on; worked without a word; told to who comes back before",
        ),
        (
            Setup(
                order_faults=OrderFaults(acknowledge_delay=0, cancel_delay=2, commission_delay=3)
            ),
            "orders",
            "taken note of after 0 s; cancelled after 2 s; costs told after 3 s",
        ),
        (
            Setup(order_faults=OrderFaults(repeats_status=True, shuffle_seed=0)),
            "orders",
            "each state told twice; shuffled with seed 0",
        ),
        (
            Setup(faults=Faults(silent_after=Stage.HELLO, cut_after=0, segment=1)),
            "connections",
            "silent after hello; cut after 0 bytes; in pieces of 1 bytes",
        ),
        (
            Setup(faults=Faults(startup_delay=1, deaf_for=2)),
            "connections",
            "1 s before each thing at their start; deaf for 2 s after their start",
        ),
    ],
)
def test_what_is_otherwise_is_said(setup: Setup, name: str, text: str) -> None:
    facts = dict(simulated(setup))

    assert text in facts[name]
    assert facts.keys() - {name} == set(USUAL) - {name}


def test_every_fault_that_can_be_said_is_said() -> None:
    """So that a new option can't be forgotten here."""
    orders = {field.name for field in attrs.fields(OrderFaults)}
    of_bytes = {"garbage", "garbage_after", "merge", "startup", "before_version", "answer_version"}
    connections = {field.name for field in attrs.fields(Faults)} - of_bytes
    all_of_it = Setup(
        order_faults=OrderFaults(**dict.fromkeys(orders, True)),
        faults=Faults(
            silent_after=Stage.READY, cut_after=1, segment=1, startup_delay=1, deaf_for=1
        ),
    )
    facts = dict(simulated(all_of_it))

    assert len(facts["orders"].split("; ")) == len(orders)
    assert len(facts["connections"].split("; ")) == len(connections)


def test_all_rules_are_listed() -> None:
    first, second = Scenario(at(1).restart(), at(2).compete()), Scenario(at(3).lose_ib())
    facts = list(simulated(Setup(scenarios=(first, second))))[len(USUAL) :]

    assert facts == [
        ("what happens", "at(1).restart()"),
        ("", "at(2).compete()"),
        ("", "at(3).lose_ib()"),
    ]


@pytest.mark.parametrize(
    ("host", "near"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("tws.example", "tws.example")],
)
def test_programs_are_told_where_to_go(host: str, near: str) -> None:
    facts = dict(ways_in(host, 4002))

    assert facts == {
        "from trio_tws": f'open_tws("{near}", 4002, client_id=1)',
        "from ibapi": f'app.connect("{near}", 4002, clientId=1)',
        "from ib_async": f'ib.connect("{near}", 4002, clientId=1)',
        "to look at it": f"trio-tws doctor --host {near} --port 4002",
    }
