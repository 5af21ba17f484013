"""Other people's clients, unmodified and in processes of their own, against the simulated TWS.

What they report has to be what the simulator's market says. They are witnesses for each other too:
each trading day of theirs is one process that runs `trio-tws simulate`, to which both connect at
once, beside a client of ours.
"""

import functools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs
import pytest
import trio

from tests.conformance.foreign_questions import BAR_REQUEST, CON_IDS
from trio_tws import Stock, open_tws
from trio_tws import _versions as v
from trio_tws._model.ticks import TickPrice, TickSize, TickString
from trio_tws.testing import INSTRUMENTS, Instrument, Market, MarketBar

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).parents[2]
DEADLINE: Final = 30.0
WATCH_SECONDS: Final = 1.6
WATCHED: Final = 265598
TWS_ZONE: Final = ZoneInfo("US/Eastern")

OFFICIAL, IB_ASYNC = "official", "ib_async"
VERSIONS: Final = {
    OFFICIAL: (100, 157, 176, 178, 200, 213, 226),  # it offers all there are
    IB_ASYNC: (157, 176, 178, 226),  # it offers 157 to 178
}
NEWEST: Final = {OFFICIAL: v.MAX_SERVER_VERSION, IB_ASYNC: 178}
PAIRS: Final = [(client, version) for client in VERSIONS for version in VERSIONS[client]]

market = Market(INSTRUMENTS)
each_pair = pytest.mark.parametrize(("client", "version"), PAIRS)


# Running them .....................................................................................


@contextmanager
def simulator(version: int) -> Iterator[int]:
    """Runs `trio-tws simulate` on a free port; gives the port."""
    command = [*("-m", "trio_tws", "simulate", "--port", "0"), "--server-version", str(version)]
    with subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        watchdog = threading.Timer(2 * DEADLINE, process.kill)
        watchdog.start()
        try:
            first_line = process.stdout.readline()
            assert "127.0.0.1:" in first_line
            yield int(first_line.rpartition(":")[2])
            assert process.poll() is None, "the simulator has ended by itself"
        finally:
            process.terminate()
            _, complaints = process.communicate()
            watchdog.cancel()
    assert "Traceback" not in complaints


def run_client(name: str, port: int, client_id: int, watch_seconds: float) -> dict[str, Any]:
    """Runs one of the clients to its end; gives what it reports."""
    arguments = [str(port), str(client_id), str(watch_seconds)]
    done = subprocess.run(
        [sys.executable, "-m", f"tests.conformance.foreign_{name}", *arguments],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
        timeout=DEADLINE,
    )
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report | {"stderr": done.stderr}


@attrs.frozen
class Day:
    """What all clients that were connected to one simulator report."""

    reports: dict[str, dict[str, Any]]
    ours: list[object]
    """The ticks of a client of ours."""
    began: float
    ended: float


@functools.cache
def day(version: int) -> Day:
    """Runs all clients that can speak to a server of this version, at once."""
    with simulator(version) as port:
        began = time.time()
        reports, ours = trio.run(together, port, version)
        return Day(reports, ours, began, time.time())


async def together(port: int, version: int) -> tuple[dict[str, dict[str, Any]], list[object]]:
    reports: dict[str, dict[str, Any]] = {}
    ours: list[object] = []

    async def foreign(name: str, client_id: int) -> None:
        reports[name] = await trio.to_thread.run_sync(
            run_client, name, port, client_id, WATCH_SECONDS
        )

    async with open_tws(port=port, client_id=1, strict=True) as tws:
        async with tws.open_ticks(Stock("AAPL")) as ticks, trio.open_nursery() as nursery:
            clients = [client for client in VERSIONS if version in VERSIONS[client]]
            for client_id, client in enumerate(clients, 2):
                nursery.start_soon(foreign, client, client_id)
            while len(reports) < len(clients):
                ours.append(await anext(ticks))
    return reports, ours


# What they have to report .........................................................................


@each_pair
def test_a_session_begins_and_each_question_is_answered(client: str, version: int) -> None:
    report = day(version).reports[client]
    assert "failure" not in report, report
    # ib_async can't read one of the bonds: see below
    assert report["stderr"].count("Traceback") == (client == IB_ASYNC)
    assert report["is_connected"]
    assert report["server_version"] == min(version, NEWEST[client])
    assert report["accounts"] == "DU1234567"
    assert report["next_valid_id"] == 1
    assert day(version).began - 1 <= report["time"] <= day(version).ended + 1
    codes = {code for _, code, _ in report["errors"]}
    assert codes == {2104, 2106, 2158, 200}


@each_pair
def test_the_unknown_contract_is_refused(client: str, version: int) -> None:
    report = day(version).reports[client]
    (words,) = [words for _, code, words in report["errors"] if code == 200]
    assert words == "No security definition has been found for the request"
    assert report.get("unknown", 0) == 0


CONTRACT: Final = {
    "con_id": "conId",
    "symbol": "symbol",
    "sec_type": "secType",
    "exchange": "exchange",
    "currency": "currency",
    "trading_class": "tradingClass",
}
CONTRACT_BUT_BONDS: Final = {
    "last_trade_date_or_contract_month": "lastTradeDateOrContractMonth",
    "strike": "strike",
    "right": "right",
    "multiplier": "multiplier",
    "primary_exchange": "primaryExchange",
    "local_symbol": "localSymbol",
}
DETAILS: Final = {
    "min_tick": ("minTick", 0),
    "order_types": ("orderTypes", 0),
    "valid_exchanges": ("validExchanges", 0),
    "long_name": ("longName", 0),
    "market_rule_ids": ("marketRuleIds", v.MARKET_RULES),
    "min_size": ("minSize", v.SIZE_RULES),
    "size_increment": ("sizeIncrement", v.SIZE_RULES),
}
DETAILS_BUT_BONDS: Final = {
    "price_magnifier": ("priceMagnifier", 0),
    "under_con_id": ("underConId", 0),
    "contract_month": ("contractMonth", 0),
    "industry": ("industry", 0),
    "category": ("category", 0),
    "subcategory": ("subcategory", 0),
    "time_zone_id": ("timeZoneId", 0),
    "under_symbol": ("underSymbol", v.UNDERLYING_INFO),
    "under_sec_type": ("underSecType", v.UNDERLYING_INFO),
    "last_trade_date_or_contract_month": ("realExpirationDate", v.REAL_EXPIRATION_DATE),
    "stock_type": ("stockType", v.STOCK_TYPE),
}
DETAILS_OF_BONDS: Final = {
    "cusip": ("cusip", 0),
    "coupon": ("coupon", 0),
    "maturity": ("maturity", 0),
    "issue_date": ("issueDate", 0),
    "ratings": ("ratings", 0),
    "bond_type": ("bondType", 0),
    "coupon_type": ("couponType", 0),
    "convertible": ("convertible", 0),
    "callable": ("callable", 0),
    "putable": ("putable", 0),
    "desc_append": ("descAppend", 0),
}


@each_pair
@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda one: one.local_symbol)
def test_contract_details_are_those_of_the_instrument(
    client: str, version: int, instrument: Instrument
) -> None:
    if client == IB_ASYNC and instrument.coupon % 1:
        pytest.skip("ib_async reads no such coupon: see the next test")
    (found,) = details_of(instrument, client, version)
    is_bond = instrument.sec_type == "BOND"
    contract = CONTRACT if is_bond else CONTRACT | CONTRACT_BUT_BONDS
    details = DETAILS | (DETAILS_OF_BONDS if is_bond else DETAILS_BUT_BONDS)
    expected = {theirs: getattr(instrument, ours) for ours, theirs in contract.items()}
    assert {name: like(found["contract"][name], expected[name]) for name in expected} == expected
    expected = {
        theirs: getattr(instrument, ours)
        for ours, (theirs, since) in details.items()
        if min(version, NEWEST[client]) >= since
    }
    assert {name: like(found[name], expected[name]) for name in expected} == expected
    assert found["secIdList"] == dict(instrument.identifiers)


def details_of(instrument: Instrument, client: str, version: int) -> list[dict[str, Any]]:
    assert set(CON_IDS) == {one.con_id for one in INSTRUMENTS}
    all_details: dict[str, Any] = day(version).reports[client]["details"]
    found: list[dict[str, Any]] = all_details[str(100 + CON_IDS.index(instrument.con_id))]
    return found


@pytest.mark.parametrize("version", VERSIONS[IB_ASYNC])
def test_a_coupon_that_is_no_whole_number_is_too_much_for_ib_async(version: int) -> None:
    """Its ContractDetails has ``coupon: int = 0``, and its decoder goes by that type.

    IB's own clients read a float there, and bonds do pay 3.85 per cent.
    """
    (bond,) = [instrument for instrument in INSTRUMENTS if instrument.coupon % 1]
    assert details_of(bond, IB_ASYNC, version) == []
    stderr = day(version).reports[IB_ASYNC]["stderr"]
    assert f"invalid literal for int() with base 10: '{bond.coupon}'" in stderr


def like(theirs: Any, ours: Any) -> Any:
    """Gives a value of theirs in the type of ours."""
    return Decimal(str(theirs)) if isinstance(ours, Decimal) else theirs


@each_pair
@pytest.mark.parametrize("shape", range(len(BAR_REQUEST.shapes)))
def test_bars_are_those_of_the_market(client: str, version: int, shape: int) -> None:
    size, show, format_date = BAR_REQUEST.shapes[shape]
    end = datetime(2024, 1, 17, tzinfo=UTC).timestamp()
    expected = market.bars(WATCHED, end, BAR_REQUEST.duration, size, show)
    report = day(version).reports[client]
    found = report["bars"][str(300 + shape)]
    assert len(expected) == len(found)
    for ours, theirs in zip(expected, found, strict=True):
        assert as_bar(theirs) == ours
    if size != "1 day" and format_date == 1:
        in_zone = min(version, NEWEST[client]) >= v.INSTRUMENT_TIMEZONE
        text = found[0]["date"]
        assert (("US/Eastern" in text) if client == OFFICIAL else ("-05:00" in text)) == in_zone
    if client == OFFICIAL:
        assert report["ends"][str(300 + shape)] == ["20240115  19:00:00", "20240116  19:00:00"]


def as_bar(theirs: dict[str, Any]) -> MarketBar:
    """Gives a bar of either client as one of ours."""
    return MarketBar(
        start=moment(theirs["date"]),
        open=theirs["open"],
        high=theirs["high"],
        low=theirs["low"],
        close=theirs["close"],
        volume=Decimal(str(theirs["volume"])),
        wap=Decimal(str(theirs["wap"] if "wap" in theirs else theirs["average"])),
        count=theirs["barCount"],
    )


def moment(text: str) -> int:
    """Reads a time in any of the forms of TWS, or in that of `datetime.isoformat`."""
    if len(text) == 8:
        return int(datetime.strptime(f"{text}Z", "%Y%m%d%z").timestamp())
    if text.isdigit():
        return int(text)
    if "T" in text:
        read = datetime.fromisoformat(text)
    else:
        day, clock, *zone = text.split()
        read = datetime.strptime(f"{day} {clock}", "%Y%m%d %H:%M:%S")  # noqa: DTZ007 - next line
        read = read.replace(tzinfo=ZoneInfo(zone[0])) if zone else read
    return int((read if read.tzinfo else read.replace(tzinfo=TWS_ZONE)).timestamp())


@pytest.mark.parametrize("version", VERSIONS[OFFICIAL])
@pytest.mark.parametrize("which", ["snapshot", "ticks"])
def test_the_official_client_sees_the_market(version: int, which: str) -> None:
    report = day(version).reports[OFFICIAL]
    seen: dict[int, str] = {}
    seconds: list[int] = []
    for _, tick_type, value in report[which]:
        seen[tick_type] = str(value)
        if tick_type == 45:
            seconds.append(int(value))
            check_prices(seen, seconds[-1])
        elif tick_type == 8:
            assert Decimal(value) == market.session(WATCHED, seconds[-1]).volume
    session = market.session(WATCHED, seconds[-1])
    told = [float(seen[tick_type]) for tick_type in (6, 7, 9, 14)]
    assert told == [session.high, session.low, session.close_previous, session.open]
    assert seconds == sorted(set(seconds))
    assert len(seconds) >= (2 if which == "ticks" else 1)
    assert report["market_data_type"] == 1
    assert report.get("min_tick") == (0.01 if version >= v.REQ_SMART_COMPONENTS else None)


def check_prices(seen: dict[int, str], second: int) -> None:
    quote, trade = market.quote(WATCHED, second), market.trade(WATCHED, second)
    assert quote is not None
    assert trade is not None
    prices = [float(seen[tick_type]) for tick_type in (1, 2, 4)]
    assert prices == [quote.bid, quote.ask, trade.price]
    sizes = [Decimal(seen[tick_type]) for tick_type in (0, 3, 5)]
    assert sizes == [quote.bid_size, quote.ask_size, trade.size]


@pytest.mark.parametrize("version", VERSIONS[IB_ASYNC])
@pytest.mark.parametrize("which", ["snapshot", "watched"])
def test_ib_async_sees_the_market(version: int, which: str) -> None:
    today = day(version)
    seen = today.reports[IB_ASYNC][which]
    seconds = range(int(today.began), int(today.ended) + 1)
    # The volume grows with each trade, so it tells which second this is a picture of.
    (second,) = [
        second for second in seconds if market.session(WATCHED, second).volume == seen["volume"]
    ]
    names = {1: "bid", 2: "ask", 4: "last", 0: "bidSize", 3: "askSize", 5: "lastSize"}
    check_prices({tick_type: str(seen[name]) for tick_type, name in names.items()}, second)
    session = market.session(WATCHED, second)
    told = [seen[name] for name in ("high", "low", "close", "open")]
    assert told == [session.high, session.low, session.close_previous, session.open]
    assert seen["minTick"] == 0.01
    assert seen["marketDataType"] == 1


@pytest.mark.parametrize("version", VERSIONS[OFFICIAL])
def test_a_client_of_ours_beside_them_sees_the_market_too(version: int) -> None:
    seen: dict[int, str] = {}
    seconds: list[int] = []
    for tick in day(version).ours:
        match tick:
            case TickPrice():
                seen[tick.tick_type] = str(tick.price)
            case TickSize():
                seen[tick.tick_type] = str(tick.size)
            case TickString():
                seconds.append(int(tick.value))
                check_prices(seen, seconds[-1])
            case _:
                pass
    assert seconds == sorted(set(seconds))
    assert len(seconds) >= 2


# Being turned away ................................................................................


def turned_away(client: str) -> dict[str, Any]:
    """Runs a client with an id that a client of ours has."""

    async def beside_ours(port: int) -> dict[str, Any]:
        async with open_tws(port=port, client_id=7) as tws:
            report = await trio.to_thread.run_sync(run_client, client, port, 7, -1)
            await tws.current_time()  # ours has noticed nothing
            return report

    with simulator(v.MAX_SERVER_VERSION) as port:
        return trio.run(beside_ours, port)


def test_the_official_client_is_told_that_its_id_is_in_use() -> None:
    report = turned_away(OFFICIAL)
    ((req_id, code, words),) = report["errors"]
    assert (req_id, code) == (-1, 326)
    assert "client id is already in use" in words
    assert report["is_closed"]
    assert "next_valid_id" not in report


def test_ib_async_is_told_that_its_id_is_in_use() -> None:
    report = turned_away(IB_ASYNC)
    ((req_id, code, words),) = report["errors"]
    assert (req_id, code) == (-1, 326)
    assert "client id is already in use" in words
    assert report["api_errors"][0].startswith("Peer closed connection.")
    assert not report["is_connected"]


def test_ib_async_refuses_a_server_that_is_too_old_for_it() -> None:
    with simulator(156) as port:
        report = run_client(IB_ASYNC, port, 1, -1)
    assert "must be >= 972" in report["api_errors"][0]
