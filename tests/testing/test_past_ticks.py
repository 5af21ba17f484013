from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from tests.testing.program import START
from trio_tws import Contract, TradeTick
from trio_tws._enums import TickByTickKind
from trio_tws._model.historical_ticks import (
    HistoricalTicks,
    HistoricalTicksBidAsk,
    HistoricalTicksLast,
    ReqHistoricalTicks,
)
from trio_tws.testing import INSTRUMENTS, Market, exchange_hours
from trio_tws.testing._bars import BarRequestError
from trio_tws.testing._past_ticks import past_ticks
from trio_tws.testing._tick_by_tick_answers import tick_at

NOW: Final = START.timestamp()
MARKET: Final = Market(INSTRUMENTS)
BY_NAME: Final = {instrument.local_symbol: instrument for instrument in INSTRUMENTS}
NOON: Final = "20240116-12:00:00"


def ticks(
    name: str = "AAPL", now: float = NOW, market: Market = MARKET, **changed: Any
) -> list[Any]:
    contract = Contract(con_id=BY_NAME[name].con_id)
    request = ReqHistoricalTicks(7, contract, **changed)
    found = past_ticks(market, BY_NAME[name], request, now, ZoneInfo("US/Eastern"))
    assert found.done
    kind = {"BID_ASK": HistoricalTicksBidAsk, "MIDPOINT": HistoricalTicks}
    assert type(found) is kind.get(request.what_to_show, HistoricalTicksLast)
    return list(found.ticks)


def seconds(found: list[Any]) -> list[int]:
    return [int(tick.time.timestamp()) for tick in found]


@pytest.mark.parametrize("what", ["TRADES", "BID_ASK", "MIDPOINT"])
def test_they_begin_at_a_start_and_end_before_an_end(what: str) -> None:
    noon = int(datetime(2024, 1, 16, 12, tzinfo=UTC).timestamp())
    after = seconds(ticks(start_date_time=NOON, number_of_ticks=5, what_to_show=what))
    before = seconds(ticks(end_date_time=NOON, number_of_ticks=5, what_to_show=what))
    assert after == [noon, *(noon + at for at in range(1, 5))]
    assert before == [noon - at for at in range(5, 0, -1)]


def test_the_future_is_not_told() -> None:
    last = seconds(ticks(end_date_time="20300101-00:00:00", number_of_ticks=3))
    assert last == [int(NOW) - 3, int(NOW) - 2, int(NOW) - 1]
    left = ticks(start_date_time="20240116-14:29:30")
    assert len(left) == 30


@pytest.mark.parametrize("what", ["TRADES", "BID_ASK", "MIDPOINT"])
def test_nothing_happens_to_what_is_halted(what: str) -> None:
    halted, con_id = Market(INSTRUMENTS), BY_NAME["AAPL"].con_id
    noon = int(datetime(2024, 1, 16, 12, tzinfo=UTC).timestamp())
    halted.path(con_id).halt(noon + 1.5)
    halted.path(con_id).resume(noon + 3.5)
    after = ticks(market=halted, start_date_time=NOON, number_of_ticks=4, what_to_show=what)
    assert seconds(after) == [noon + at for at in (0, 1, 4, 5)]
    until = "20240116-12:00:06"
    assert after == ticks(market=halted, end_date_time=until, number_of_ticks=4, what_to_show=what)
    bars = halted.bars(con_id, noon + 6, "6 S", "1 secs", what)
    assert [bar.start for bar in bars] == seconds(after)


@pytest.mark.parametrize("now", [NOW, NOW + 0.5])
def test_they_end_where_bars_end(now: float) -> None:
    (tick,) = ticks(end_date_time="20300101-00:00:00", number_of_ticks=1, now=now)
    *_, bar = MARKET.bars(BY_NAME["AAPL"].con_id, now, "30 S", "1 secs", "TRADES")
    assert (tick.time.timestamp(), tick.price, tick.size) == (bar.start, bar.close, bar.volume)


@pytest.mark.parametrize(("name", "exchange"), [("AAPL", "NASDAQ"), ("ESZ7", "CME")])
def test_trades_were_made_where_live_ones_are(name: str, exchange: str) -> None:
    (tick,) = ticks(name, start_date_time=NOON, number_of_ticks=1)
    live = tick_at(MARKET, BY_NAME[name], TickByTickKind.LAST, seconds([tick])[0], ignore_size=True)
    assert isinstance(live, TradeTick)
    assert tick.exchange == live.exchange == exchange


def test_before_1970_there_was_nothing() -> None:
    assert seconds(ticks(start_date_time="19690101-00:00:00", number_of_ticks=2)) == [0, 1]


def test_slow_markets_have_fewer_ticks() -> None:
    slow = next(
        one for one in INSTRUMENTS if MARKET.trade_interval(one.con_id) > 1 and one.has_quotes
    )
    interval = MARKET.trade_interval(slow.con_id)
    found = seconds(ticks(slow.local_symbol, start_date_time=NOON, number_of_ticks=3))
    assert {later - sooner for sooner, later in pairwise(found)} == {interval}


@pytest.mark.parametrize(
    ("name", "changed", "code"),
    [
        ("AAPL", {}, 321),
        ("AAPL", {"start_date_time": NOON, "end_date_time": NOON}, 321),
        ("AAPL", {"start_date_time": NOON, "number_of_ticks": 1001}, 321),
        ("AAPL", {"start_date_time": NOON, "number_of_ticks": 0}, 321),
        ("AAPL", {"start_date_time": NOON, "what_to_show": "BID"}, 321),
        ("AAPL", {"start_date_time": "noon"}, 10314),
        ("AAPL", {"start_date_time": "20300101-00:00:00"}, 10187),
        ("AAPL", {"end_date_time": "19690101-00:00:00"}, 10187),
        ("EUR.USD", {"start_date_time": NOON}, 10187),
        ("SPX", {"start_date_time": NOON, "what_to_show": "MIDPOINT"}, 10187),
    ],
)
def test_what_tws_refuses_is_refused(name: str, changed: dict[str, Any], code: int) -> None:
    with pytest.raises(BarRequestError) as caught:
        ticks(name, **changed)
    assert caught.value.code == code


HOURS: Final = Market(INSTRUMENTS, hours=exchange_hours)


def open_ticks(name: str = "AAPL", **changed: Any) -> list[str]:
    instrument = BY_NAME[name]
    request = ReqHistoricalTicks(7, Contract(con_id=instrument.con_id), **changed)
    now = NOW + 3600
    found = past_ticks(HOURS, instrument, request, now, ZoneInfo("US/Eastern"))
    return [f"{tick.time:%m%d %H:%M:%S}" for tick in found.ticks]


def test_ticks_are_of_the_hours_that_were_asked_for() -> None:
    regular = open_ticks(end_date_time="20240116-14:30:02", number_of_ticks=4)
    assert regular == ["0112 20:59:58", "0112 20:59:59", "0116 14:30:00", "0116 14:30:01"]
    every = open_ticks(end_date_time="20240116-14:30:01", number_of_ticks=2, use_rth=False)
    assert every == ["0116 14:29:59", "0116 14:30:00"]
    after = open_ticks(start_date_time="20240112-20:59:59", number_of_ticks=3)
    assert after == ["0112 20:59:59", "0116 14:30:00", "0116 14:30:01"]
    option = open_ticks(
        "AAPL  271217C00230000", end_date_time="20240116-14:31:30", number_of_ticks=3
    )
    assert option == ["0112 20:59:00", "0116 14:30:00", "0116 14:31:00"]
    assert open_ticks(start_date_time="20240116-15:29:58") == ["0116 15:29:58", "0116 15:29:59"]


def test_nothing_is_before_the_first_opening() -> None:
    with pytest.raises(BarRequestError, match="No data"):
        open_ticks(end_date_time="19700101-00:00:00")
    with pytest.raises(BarRequestError, match="No data"):
        open_ticks(end_date_time="19700102-12:00:00")
