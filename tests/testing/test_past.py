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
from trio_tws.testing import INSTRUMENTS, Market
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
