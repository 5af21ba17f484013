from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from tests.testing.program import START
from trio_tws import Contract
from trio_tws import _versions as v
from trio_tws._model.bars import HistoricalSchedule, ReqHistoricalData
from trio_tws._model.histogram import ReqHeadTimestamp, ReqHistogramData
from trio_tws.testing import INSTRUMENTS, Market, exchange_hours
from trio_tws.testing._bars import BarRequestError
from trio_tws.testing._past import head_timestamp, histogram, schedule

NOW: Final = START.timestamp()
BY_NAME: Final = {instrument.local_symbol: instrument for instrument in INSTRUMENTS}
MARKET: Final = Market(INSTRUMENTS)
AAPL: Final = BY_NAME["AAPL"]
CONTRACT: Final = Contract(con_id=AAPL.con_id)
ZONE: Final = ZoneInfo("US/Eastern")


@pytest.mark.parametrize(
    ("format_date", "version", "text"),
    [
        (2, 226, "0"),
        (1, v.ADD_Z_SUFFIX_TO_UTC_DATE_TIME, "19700101-00:00:00Z"),
        (1, v.ADD_Z_SUFFIX_TO_UTC_DATE_TIME - 1, "19700101-00:00:00"),
    ],
)
def test_every_market_begins_in_1970(format_date: int, version: int, text: str) -> None:
    asked = ReqHeadTimestamp(7, CONTRACT, format_date=format_date)
    assert head_timestamp(MARKET, AAPL, asked, version).head_timestamp == text


@pytest.mark.parametrize("what", ["GUESSES", "FEE_RATE"])
def test_there_is_no_beginning_of_what_is_not_there(what: str) -> None:
    with pytest.raises(BarRequestError) as caught:
        head_timestamp(MARKET, AAPL, ReqHeadTimestamp(7, CONTRACT, what_to_show=what), 226)
    assert caught.value.code == (321 if what == "GUESSES" else 162)


def test_trades_of_crypto_begin_as_aggregated_ones() -> None:
    coin = BY_NAME["BTC.USD"]
    contract = Contract(con_id=coin.con_id)
    asked = ReqHeadTimestamp(7, contract, what_to_show="AGGTRADES", format_date=2)
    assert head_timestamp(MARKET, coin, asked, 226).head_timestamp == "0"
    with pytest.raises(BarRequestError, match="AGGTRADES"):
        head_timestamp(MARKET, coin, ReqHeadTimestamp(7, contract, what_to_show="TRADES"), 226)


@pytest.mark.parametrize(
    ("period", "seconds"),
    [("90 seconds", 90), ("1 hour", 3600), ("3 days", 259_200), ("2 months", 5_184_000)],
)
def test_a_histogram_has_all_that_was_traded(period: str, seconds: int) -> None:
    found = histogram(MARKET, AAPL, ReqHistogramData(7, CONTRACT, time_period=period), NOW)
    whole = MARKET.bar(AAPL.con_id, int(NOW) - seconds, int(NOW), "TRADES")
    assert whole is not None
    assert sum((item.size or Decimal(0) for item in found.items), Decimal(0)) == whole.volume
    prices = [item.price for item in found.items]
    assert prices == sorted(set(prices))
    assert whole.low <= prices[0] <= prices[-1] <= whole.high


@pytest.mark.slow
def test_a_histogram_of_what_is_hardly_traded_leaves_out_the_rest() -> None:
    slow = next(one for one in INSTRUMENTS if MARKET.trade_interval(one.con_id) > 1)
    asked = ReqHistogramData(7, Contract(con_id=slow.con_id), time_period="1 minute")
    count = 60 // MARKET.trade_interval(slow.con_id)
    assert 1 <= len(histogram(MARKET, slow, asked, NOW).items) <= count + 1


def times(**changed: Any) -> HistoricalSchedule:
    values: dict[str, Any] = {"duration": "2 D", "bar_size_setting": "1 day"} | changed
    asked = ReqHistoricalData(7, CONTRACT, what_to_show="SCHEDULE", **values)
    return schedule(asked, AAPL, NOW, ZONE)


def test_a_schedule_has_the_days_in_the_words_of_the_exchange() -> None:
    found = times()
    assert [session.ref_date for session in found.sessions] == ["20240114", "20240115", "20240116"]
    assert found.sessions[0].start_date_time == found.start_date_time == "20240113-19:00:00"
    assert found.sessions[0].end_date_time == "20240114-19:00:00"
    assert found.end_date_time == "20240116-19:00:00"
    assert times(end_date_time="19690101-00:00:00").sessions[0].ref_date == "19700101"
    assert times(end_date_time="20300101-00:00:00") == found


def test_a_schedule_is_of_days() -> None:
    with pytest.raises(BarRequestError, match="1 day") as caught:
        times(bar_size_setting="1 hour")
    assert caught.value.code == 321
    assert datetime.fromtimestamp(NOW, UTC) == START


# Hours ............................................................................................

HOURS: Final = Market(INSTRUMENTS, hours=exchange_hours)


def hours_of(name: str = "AAPL", now: float = NOW, **changed: Any) -> list[tuple[str, str, str]]:
    instrument = BY_NAME[name]
    values: dict[str, Any] = {"duration": "4 D", "bar_size_setting": "1 day"} | changed
    asked = ReqHistoricalData(
        7, Contract(con_id=instrument.con_id), what_to_show="SCHEDULE", **values
    )
    found = schedule(asked, instrument, now, ZONE, exchange_hours(instrument))
    assert found.time_zone == instrument.time_zone_id
    assert found.start_date_time == found.sessions[0].start_date_time
    assert found.end_date_time == found.sessions[-1].end_date_time
    return [(one.ref_date, one.start_date_time, one.end_date_time) for one in found.sessions]


def test_a_schedule_has_holes_where_nothing_was_open() -> None:
    found = hours_of(now=NOW + 60)
    assert found == [
        (day, f"{day}-09:30:00", f"{day}-16:00:00")
        for day in ("20240110", "20240111", "20240112", "20240116")
    ]
    assert hours_of(now=NOW + 60, use_rth=False)[-1] == (
        "20240116",
        "20240116-04:00:00",
        "20240116-20:00:00",
    )
    (monday,) = hours_of("ESZ7", duration="1 D", end_date_time="20240115-12:00:00", use_rth=False)
    assert monday == ("20240115", "20240114-17:00:00", "20240115-12:00:00")
    week = hours_of("ESZ7", duration="1 W", use_rth=False)
    assert [day for day, _, _ in week][-2:] == ["20240115", "20240116"]


def test_a_schedule_of_a_night_is_nothing() -> None:
    with pytest.raises(BarRequestError, match="returned no data: AAPL@SMART Schedule") as caught:
        hours_of(duration="60 S", end_date_time="20240115-12:00:00")
    assert caught.value.code == 162


@pytest.mark.parametrize(
    ("use_rth", "first"), [(True, "19700102-14:30:00Z"), (False, "19700102-09:00:00Z")]
)
def test_the_first_opening_is_where_the_data_begin(use_rth: bool, first: str) -> None:
    asked = ReqHeadTimestamp(7, CONTRACT, use_rth=use_rth, format_date=1)
    assert head_timestamp(HOURS, AAPL, asked, 226).head_timestamp == first


@pytest.mark.parametrize("use_rth", [True, False])
def test_a_histogram_is_of_the_hours_that_were_asked_for(use_rth: bool) -> None:
    asked = ReqHistogramData(7, CONTRACT, use_rth=use_rth, time_period="2 days")
    found = histogram(HOURS, AAPL, asked, NOW + 3600)
    stop = int(NOW) + 3600
    whole = HOURS.bar(AAPL.con_id, stop - 2 * 86_400, stop, "TRADES", use_rth=use_rth)
    assert whole is not None
    assert sum((item.size or Decimal(0) for item in found.items), Decimal(0)) == whole.volume
