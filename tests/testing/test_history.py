from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from tests.testing.program import START, Program, running
from trio_tws import Contract, Stock, open_tws
from trio_tws import _versions as v
from trio_tws._model.bars import HistoricalData, HistoricalDataEnd, ReqHistoricalData
from trio_tws.testing import INSTRUMENTS, Market, exchange_hours
from trio_tws.testing._bars import BarRequestError
from trio_tws.testing._history import historical_answers, updates

NOW: Final = START.timestamp()
ZONE: Final = ZoneInfo("US/Eastern")
BY_NAME: Final = {instrument.local_symbol: instrument for instrument in INSTRUMENTS}
MARKET: Final = Market(INSTRUMENTS)
SERVICE: Final = "Historical Market Data Service error message:"
FORMATS: Final = [
    (format_date, version)
    for format_date in (1, 2)
    for version in (
        v.MIN_SERVER_VERSION,
        v.INSTRUMENT_TIMEZONE - 1,
        v.INSTRUMENT_TIMEZONE,
        v.HISTORICAL_DATA_END - 1,
        v.HISTORICAL_DATA_END,
        v.PROTOBUF_HISTORICAL_DATA,
        v.MAX_SERVER_VERSION,
    )
]


def request(name: str = "AAPL", **changed: Any) -> ReqHistoricalData:
    values: dict[str, Any] = {"duration": "1 D", "bar_size_setting": "1 hour"} | changed
    return ReqHistoricalData(7, Contract(con_id=BY_NAME[name].con_id), **values)


def answers(
    name: str = "AAPL", version: int = v.MAX_SERVER_VERSION, now: float = NOW, **changed: Any
) -> list[Any]:
    return historical_answers(MARKET, BY_NAME[name], request(name, **changed), now, ZONE, version)


def refusal(name: str = "AAPL", **changed: Any) -> tuple[int, str]:
    with pytest.raises(BarRequestError) as caught:
        answers(name, **changed)
    return caught.value.code, caught.value.text


def test_trades_of_crypto_are_aggregated_since_servers_can_say_so() -> None:
    said = refusal("BTC.USD")
    assert said == (10299, "Expected what to show is AGGTRADES, please use that instead of TRADES.")
    aggregated = answers("BTC.USD", what_to_show="AGGTRADES")
    older = answers("BTC.USD", v.CRYPTO_AGGREGATED_TRADES - 1)
    assert [bar.volume for bar in aggregated[0].bars] == [bar.volume for bar in older[0].bars]
    assert refusal(what_to_show="AGGTRADES")[0] == 162


@pytest.mark.parametrize(("format_date", "version"), FORMATS)
@pytest.mark.parametrize("what", ["TRADES", "MIDPOINT", "BID_ASK"])
def test_bars_are_those_of_the_market(format_date: int, version: int, what: str) -> None:
    sent = answers(version=version, what_to_show=what, format_date=format_date)[0].bars
    expected = MARKET.bars(265598, NOW, "1 D", "1 hour", what)
    assert len(sent) == len(expected) == 24
    for bar, true in zip(sent, expected, strict=True):
        assert (bar.open, bar.high, bar.low, bar.close) == (
            true.open,
            true.high,
            true.low,
            true.close,
        )
        assert (bar.volume, bar.wap, bar.bar_count) == (
            (true.volume, true.wap, true.count) if what == "TRADES" else (None, None, None)
        )


@pytest.mark.parametrize(
    ("name", "version", "format_date", "size", "text"),
    [
        ("AAPL", 226, 2, "1 hour", "1705330800"),
        ("AAPL", v.INSTRUMENT_TIMEZONE, 1, "1 hour", "20240115 10:00:00 US/Eastern"),
        ("AAPL", v.INSTRUMENT_TIMEZONE - 1, 1, "1 hour", "20240115  10:00:00"),
        ("SAP", v.INSTRUMENT_TIMEZONE, 1, "1 hour", "20240115 16:00:00 MET"),
        ("SAP", v.INSTRUMENT_TIMEZONE - 1, 1, "1 hour", "20240115  10:00:00"),
        ("AAPL", 226, 1, "1 day", "20240116"),
        ("AAPL", 100, 2, "1 day", "20240116"),
    ],
)
def test_times_are_written_as_each_server_does(
    name: str, version: int, format_date: int, size: str, text: str
) -> None:
    sent = answers(name, version, bar_size_setting=size, format_date=format_date)[0].bars
    assert sent[0].date == text


def test_the_answer_ends_as_each_server_ends_it() -> None:
    first, last = "20240115  09:30:00", "20240116  09:30:00"
    (whole,) = answers(version=v.HISTORICAL_DATA_END - 1)
    assert (whole.req_id, whole.start_date, whole.end_date) == (7, first, last)
    bars, end = answers(version=v.HISTORICAL_DATA_END)
    assert isinstance(bars, HistoricalData)
    assert (bars.start_date, bars.end_date) == ("", "")
    assert bars.bars == whole.bars
    assert end == HistoricalDataEnd(7, first, last)


@pytest.mark.parametrize(
    "text",
    [
        "20240110-15:00:00",
        "20240110-15:00:00Z",
        "20240110 10:00:00 US/Eastern",
        "20240110 16:00:00 MET",
        "20240110  10:00:00",
    ],
)
def test_an_end_can_be_spelled_in_several_ways(text: str) -> None:
    expected = MARKET.bars(
        265598, datetime(2024, 1, 10, 15, tzinfo=UTC).timestamp(), "1 D", "1 hour", "TRADES"
    )
    sent = answers(end_date_time=text, format_date=2)[0].bars
    assert [int(bar.date) for bar in sent] == [bar.start for bar in expected]


@pytest.mark.parametrize("text", ["", "20250101-00:00:00", "99991231 23:59:59 US/Eastern"])
def test_the_future_is_not_told(text: str) -> None:
    assert answers(end_date_time=text) == answers()


@pytest.mark.parametrize(
    "text",
    [
        *("yesterday", "20240110", "2024-01-10", "20240132-00:00:00", "20240110 25:00:00"),
        *("20240110 10:00:00 Nowhere/Land", "20240110 10:00:00 US", "20240110 10:00:00 ../x"),
    ],
)
def test_an_end_that_makes_no_sense_is_refused(text: str) -> None:
    code, words = refusal(end_date_time=text)
    assert code == 10314
    assert "yyyymmdd" in words


@pytest.mark.parametrize(
    "text", ["19691231-00:00:00", "00010101 00:00:00 MET", "19700101-00:00:00"]
)
def test_there_is_no_data_before_the_market_began(text: str) -> None:
    assert refusal(end_date_time=text) == (
        162,
        f"{SERVICE}HMDS query returned no data: AAPL@SMART Trades",
    )


def test_what_tws_refuses_is_refused() -> None:
    assert refusal(duration="1 Y", bar_size_setting="1 secs")[0] == 162
    assert "invalid step" in refusal(duration="1 Y", bar_size_setting="1 secs")[1]
    assert refusal(duration="one day")[0] == 321
    assert refusal(bar_size_setting="7 mins")[0] == 321
    assert refusal(what_to_show="GUESSES")[0] == 321
    assert refusal("EUR.USD", what_to_show="TRADES")[0] == 162
    assert refusal("SPX", what_to_show="BID")[0] == 162


def test_a_bar_grows_only_by_what_was_traded() -> None:
    slow = next(one for one in INSTRUMENTS if MARKET.trade_interval(one.con_id) > 1)
    interval = MARKET.trade_interval(slow.con_id)
    traded = int(NOW) // interval * interval
    asked = request(slow.local_symbol, bar_size_setting="1 secs", format_date=2)
    (update,) = updates(MARKET, slow, asked, traded + 0.5, ZONE, 226)
    trade = MARKET.trade(slow.con_id, traded)
    assert trade is not None
    assert (update.req_id, update.bar.date, update.bar.close) == (7, str(traded), trade.price)
    assert updates(MARKET, slow, asked, traded + 1.5, ZONE, 226) == []


@pytest.mark.parametrize("version", sorted({version for _, version in FORMATS}))
async def test_bars_over_the_wire_are_those_of_the_market(
    autojump_clock: object, version: int
) -> None:
    end = datetime(2024, 1, 10, tzinfo=UTC)
    async with running(server_version=version) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            for what in ("TRADES", "BID"):
                bars = await tws.historical_bars(
                    Stock("AAPL"), duration="1 D", bar_size="15 mins", what=what, end=end
                )
                expected = simulator.market.bars(265598, end.timestamp(), "1 D", "15 mins", what)
                assert len(bars) == len(expected) == 96
                for bar, true in zip(bars, expected, strict=True):
                    assert bar.time == datetime.fromtimestamp(true.start, UTC)
                    assert (bar.open, bar.high, bar.low) == (true.open, true.high, true.low)
                    assert (bar.close, bar.volume or Decimal(-1)) == (true.close, true.volume)
                    assert (bar.wap or -1, bar.count or -1) == (true.wap, true.count)
            days = await tws.historical_bars(
                Stock("AAPL"), duration="5 D", bar_size="1 day", end=end
            )
            assert [day.time for day in days] == [date(2024, 1, 5 + at) for at in range(5)]


@pytest.mark.parametrize(("format_date", "version"), FORMATS)
async def test_every_format_comes_over_the_wire_as_it_was_made(
    autojump_clock: object, format_date: int, version: int
) -> None:
    asked = request(format_date=format_date, end_date_time="20240110-15:00:00")
    async with running(server_version=version) as simulator:
        program = await Program.started(simulator)
        await program.send(asked)
        expected = historical_answers(
            simulator.market, BY_NAME["AAPL"], asked, NOW, simulator.zone, version
        )
        assert await program.until(HistoricalData) == expected[0]
        for rest in expected[1:]:
            assert await program.next() == rest


# Hours ............................................................................................

HOURS: Final = Market(INSTRUMENTS, hours=exchange_hours)


def open_answers(name: str = "AAPL", now: float = NOW, **changed: Any) -> list[Any]:
    return historical_answers(HOURS, BY_NAME[name], request(name, **changed), now, ZONE, 226)


def test_bars_are_of_the_hours_that_were_asked_for() -> None:
    regular, end = open_answers(now=NOW + 1800)
    assert [bar.date for bar in regular.bars] == ["20240116 09:30:00 US/Eastern"]
    assert end.start_date == "20240116  09:30:00"
    every, end = open_answers(now=NOW + 1800, use_rth=False)
    assert [bar.date[9:14] for bar in every.bars] == [
        f"{hour:02}:00" for hour in (4, 5, 6, 7, 8, 9)
    ]
    assert end.start_date == "20240116  04:00:00"
    days, end = open_answers("ESZ7", duration="3 D", bar_size_setting="1 day", use_rth=False)
    assert [bar.date for bar in days.bars] == ["20240112", "20240115", "20240116"]
    with pytest.raises(BarRequestError, match="returned no data"):
        open_answers(duration="3600 S", bar_size_setting="5 mins")


def test_a_growing_bar_grows_in_its_hours() -> None:
    asked = request(duration="3600 S", bar_size_setting="1 hour", keep_up_to_date=True)
    opening = NOW + 5  # of a day that begins at 09:30
    (found,) = updates(HOURS, BY_NAME["AAPL"], asked, opening, ZONE, 226)
    assert found.bar.date == "20240116 09:30:00 US/Eastern"
    assert found.bar.bar_count == 6
    assert updates(HOURS, BY_NAME["AAPL"], asked, NOW - 5, ZONE, 226) == []
    daily = request("ESZ7", bar_size_setting="1 day", use_rth=False)
    evening = NOW + 10 * 3600
    (found,) = updates(HOURS, BY_NAME["ESZ7"], daily, evening, ZONE, 226)
    assert found.bar.date == "20240117"
