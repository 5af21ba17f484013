from xml.etree import ElementTree as ET

import pytest

from tests.testing.program import START, Program, session
from trio_tws._model.contracts import TagValue
from trio_tws._model.scanner import (
    CancelScannerSubscription,
    ReqScannerParameters,
    ReqScannerSubscription,
    ScannerData,
    ScannerParameters,
    ScannerSubscription,
)
from trio_tws._model.session import Error
from trio_tws._wire import evolve
from trio_tws.testing import INSTRUMENTS, Market

STOCKS = ScannerSubscription(instrument="STK", location_code="STK.US.MAJOR")
GAINERS = evolve(STOCKS, scan_code="TOP_PERC_GAIN")
US_STOCKS = {"AAPL", "MSFT", "IBM", "SPY"}
NOW = START.timestamp()


def by_name(name: str, value: str) -> dict[str, object]:
    return {"scanner_subscription_filter_options": (TagValue(name, value),)}


async def ranked(program: Program, wanted: ScannerSubscription, req_id: int = 7) -> list[str]:
    await program.send(ReqScannerSubscription(req_id, wanted))
    ranking = await program.until(ScannerData)
    await program.send(CancelScannerSubscription(req_id))
    assert [element.rank for element in ranking.elements] == list(range(len(ranking.elements)))
    return [element.contract.symbol for element in ranking.elements]


async def test_all_that_the_parameters_name_can_be_scanned() -> None:
    async with session() as program:
        await program.send(ReqScannerParameters())
        root = ET.fromstring((await program.until(ScannerParameters)).xml)
        locations = {one.findtext("instruments"): one for one in root.iter("Location")}
        scans = [one.text or "" for one in root.iter("scanCode")]
        assert len(scans) == 4
        for instrument in root.iter("type"):
            location = locations[instrument.text].findtext("locationCode") or ""
            for scan in scans:
                wanted = ScannerSubscription(
                    instrument=instrument.text or "", location_code=location, scan_code=scan
                )
                assert await ranked(program, wanted)


async def test_the_ranking_is_that_of_the_market() -> None:
    market = Market(INSTRUMENTS)
    midnight = NOW - NOW % 86_400
    gains = {
        one.symbol: market.price(one.con_id, NOW) / market.price(one.con_id, midnight - 1)
        for one in INSTRUMENTS
        if one.sec_type == "STK" and one.currency == "USD"
    }
    best_first = sorted(gains, key=lambda symbol: gains[symbol], reverse=True)
    async with session() as program:
        gainers = await ranked(program, GAINERS)
        assert gainers == best_first
        losers = await ranked(program, evolve(STOCKS, scan_code="TOP_PERC_LOSE"))
        assert losers == best_first[::-1]


@pytest.mark.parametrize(
    ("bounds", "symbols"),
    [
        ({"above_price": 400.0}, {"SPY"}),
        ({"below_price": 400.0}, {"AAPL", "IBM", "MSFT"}),
        ({"above_volume": 1}, US_STOCKS),
        ({"above_volume": 10**12}, set[str]()),
        (by_name("priceAbove", "400"), {"SPY"}),
        (by_name("priceBelow", "400"), {"AAPL", "IBM", "MSFT"}),
        (by_name("usdMarketCapAbove", "1"), US_STOCKS),
    ],
)
async def test_filters_leave_things_out(bounds: dict[str, object], symbols: set[str]) -> None:
    async with session() as program:
        assert set(await ranked(program, evolve(GAINERS, **bounds))) == symbols


@pytest.mark.parametrize(("rows", "expected"), [(-1, 4), (2, 2), (0, 0), (99, 4)])
async def test_the_rows_are_counted(rows: int, expected: int) -> None:
    async with session() as program:
        found = await ranked(program, evolve(GAINERS, number_of_rows=rows))
        assert len(found) == expected


async def test_where_nothing_is_found_a_remark_says_so_before_the_empty_ranking() -> None:
    async with session() as program:
        await program.send(ReqScannerSubscription(7, evolve(GAINERS, above_price=1e9)))
        while (remark := await program.until(Error)).req_id != 7:
            pass
        assert remark.code == 165
        assert await program.next() == ScannerData(7)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"instrument": "NOSUCH"}, "Unknown instrument"),
        ({"location_code": ""}, "No location"),
        ({"scan_code": "NOSUCH"}, "Unknown scan code"),
        (
            by_name("priceAbove", "much"),
            "Invalid filter",
        ),
    ],
)
async def test_what_makes_no_sense_is_refused(change: dict[str, object], words: str) -> None:
    async with session() as program:
        wanted = evolve(GAINERS, **change)
        req_id, code, said = await program.error(ReqScannerSubscription(7, wanted))
        assert (req_id, code) == (7, 162)
        assert words in said


async def test_ten_may_run_at_a_time() -> None:
    async with session() as program:
        for req_id in range(10):
            await program.send(ReqScannerSubscription(req_id, GAINERS))
        req_id, code, said = await program.error(ReqScannerSubscription(10, GAINERS))
        assert (req_id, code) == (10, 162)
        assert "simultaneous" in said
        assert (await program.error(ReqScannerSubscription(9, GAINERS)))[:2] == (9, 385)


async def test_a_cancel_is_confirmed_once(autojump_clock: object) -> None:
    async with session(speed=10) as program:
        await program.send(ReqScannerSubscription(7, GAINERS))
        await program.until(ScannerData)
        await program.until(ScannerData)
        cancel = CancelScannerSubscription(7)
        req_id, code, said = await program.error(cancel)
        assert (req_id, code) == (7, 162)
        assert "cancelled" in said
        assert (await program.error(cancel))[:2] == (7, 365)
