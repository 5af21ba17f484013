from typing import Any

import pytest

from trio_tws import (
    Contract,
    Forex,
    ReqContractData,
    ReqHeadTimestamp,
    ReqHistoricalData,
    ReqHistoricalTicks,
    ReqMktData,
    ReqMktDepth,
    ReqRealTimeBars,
    ReqTickByTickData,
    Stock,
)
from trio_tws.protocol import Slot
from trio_tws.protocol._counts import ends_by_itself, is_counted, marks_of, slots_of

AAPL = Stock("AAPL")


def bars(size: str = "5 secs", what: str = "TRADES", **more: Any) -> ReqHistoricalData:
    return ReqHistoricalData(7, AAPL, bar_size_setting=size, what_to_show=what, **more)


def counts(request: object) -> dict[str, int]:
    """Gives how often a request is counted in each rate."""
    return {name: weight for (name, _), weight in marks_of(request).items()}


@pytest.mark.parametrize("size", ["1 secs", "1 sec", "5 secs", "10 secs", "15 secs", "30 secs"])
def test_small_bars_are_counted(size: str) -> None:
    assert counts(bars(size)) == {"small_bars": 1, "same_series": 1, "identical": 1}


@pytest.mark.parametrize(
    "size", ["1 min", "5 mins", "1 hour", "1 day", "60 secs", "secs", "x secs"]
)
def test_bars_of_a_minute_and_more_are_not(size: str) -> None:
    assert counts(bars(size)) == {}


def test_quotes_of_the_past_count_twice_but_are_identical_once() -> None:
    assert counts(bars(what="BID_ASK")) == {"small_bars": 2, "same_series": 2, "identical": 1}
    ticks = ReqHistoricalTicks(7, AAPL, what_to_show="BID_ASK")
    assert counts(ticks) == counts(bars(what="BID_ASK"))


def test_ticks_of_the_past_are_counted_as_small_bars_are() -> None:
    assert counts(ReqHistoricalTicks(7, AAPL)) == counts(bars())


def test_real_time_bars_count_in_the_ten_minutes_alone() -> None:
    assert counts(ReqRealTimeBars(7, AAPL)) == {"small_bars": 1}
    assert marks_of(ReqRealTimeBars(7, AAPL)).keys() <= marks_of(bars()).keys()


def test_tick_by_tick_data_is_counted_for_each_instrument() -> None:
    one, other = Contract(con_id=1, exchange="SMART"), Contract(con_id=2, exchange="SMART")
    elsewhere = Contract(con_id=1, exchange="ISLAND")
    assert counts(ReqTickByTickData(7, one)) == {"same_tick_by_tick": 1}
    assert marks_of(ReqTickByTickData(7, one)) == marks_of(
        ReqTickByTickData(8, elsewhere, "BidAsk")
    )
    assert marks_of(ReqTickByTickData(7, one)) != marks_of(ReqTickByTickData(7, other))
    assert marks_of(ReqTickByTickData(7, AAPL)) != marks_of(ReqTickByTickData(7, Stock("IBM")))


def test_the_same_series_is_one_contract_at_one_exchange_and_one_kind_of_data() -> None:
    def series(contract: Contract, what: str = "TRADES") -> object:
        request = ReqHistoricalData(7, contract, bar_size_setting="5 secs", what_to_show=what)
        return next(key for name, key in marks_of(request) if name == "same_series")

    one = Contract(con_id=1, exchange="SMART")
    assert series(one) == series(Contract(con_id=1, exchange="SMART", symbol="AAPL"))
    assert series(one) != series(Contract(con_id=1, exchange="ISLAND"))
    assert series(one) != series(one, "BID")
    assert series(AAPL) != series(Stock("IBM"))


def test_identical_is_all_but_the_id() -> None:
    def identical(request: object) -> object:
        return next(key for name, key in marks_of(request) if name == "identical")

    assert identical(bars()) == identical(ReqHistoricalData(8, AAPL, bar_size_setting="5 secs"))
    assert identical(bars()) != identical(bars(duration="2 D"))


@pytest.mark.parametrize(
    ("request_", "slots"),
    [
        (bars(), (Slot.HISTORY,)),
        (bars("1 day"), (Slot.HISTORY,)),
        (ReqHistoricalTicks(7, AAPL), (Slot.HISTORY,)),
        (ReqHeadTimestamp(7, AAPL), (Slot.HISTORY,)),
        (ReqMktData(7, AAPL), (Slot.LINE,)),
        (ReqRealTimeBars(7, AAPL), (Slot.LINE,)),
        (ReqMktDepth(7, AAPL), (Slot.LINE, Slot.DEPTH)),
        (ReqTickByTickData(7, AAPL), (Slot.LINE, Slot.TICK_BY_TICK)),
        (ReqContractData(7, Forex("EURUSD")), ()),
    ],
)
def test_what_is_open_takes_slots(request_: object, slots: tuple[Slot, ...]) -> None:
    assert slots_of(request_) == slots
    assert is_counted(request_) == bool(slots)


def test_only_the_past_ends_by_itself_unless_it_is_kept_up_to_date() -> None:
    assert ends_by_itself(bars())
    assert ends_by_itself(ReqHistoricalTicks(7, AAPL))
    assert not ends_by_itself(bars(keep_up_to_date=True))
    assert not ends_by_itself(ReqMktData(7, AAPL))


def test_what_takes_a_slot_may_go_at_any_rate() -> None:
    assert counts(ReqMktData(7, AAPL)) == counts(ReqHeadTimestamp(7, AAPL)) == {}


def test_anything_else_is_counted_nowhere() -> None:
    assert marks_of(ReqContractData(7, AAPL)) == {}
    assert marks_of("no message") == {}
    assert slots_of("no message") == ()
