import pytest

from trio_tws import Stock
from trio_tws._model.bars import CancelHistoricalData, ReqHistoricalData
from trio_tws._model.codes import is_notice
from trio_tws._model.contracts import ReqContractData
from trio_tws._model.depth import ReqMktDepth
from trio_tws._model.histogram import ReqHeadTimestamp, ReqHistogramData
from trio_tws._model.historical_ticks import ReqHistoricalTicks
from trio_tws._model.real_time_bars import ReqRealTimeBars
from trio_tws._model.session import ReqCurrentTime
from trio_tws._model.tick_by_tick import ReqTickByTickData
from trio_tws._model.ticks import CancelMktData, ReqMktData
from trio_tws.protocol._routing import has_req_id
from trio_tws.testing import Farm, FarmState
from trio_tws.testing._farms import (
    _NEEDS,
    farm_notice,
    farm_of,
    is_cancel_of_data,
    is_lost_with_data,
    last_words,
)

AAPL = Stock("AAPL")


def test_what_needs_a_farm_has_an_id() -> None:
    assert all(has_req_id(cls) for cls in _NEEDS)


@pytest.mark.parametrize(
    ("request_", "farm", "is_lost"),
    [
        (ReqMktData(1, AAPL), Farm.MARKET_DATA, True),
        (ReqHistoricalData(1, AAPL), Farm.HISTORICAL, True),
        (ReqContractData(1, AAPL), Farm.DEFINITIONS, False),
        (ReqCurrentTime(), None, False),
    ],
)
def test_a_request_needs_a_farm(request_: object, farm: Farm | None, is_lost: bool) -> None:
    assert farm_of(request_) is farm
    assert is_lost_with_data(request_) is is_lost
    assert not is_cancel_of_data(request_)


def test_cancels_need_none() -> None:
    for cancel in (CancelMktData(1), CancelHistoricalData(1)):
        assert is_cancel_of_data(cancel)
        assert farm_of(cancel) is None


def test_the_notices_are_notices_and_name_their_farm() -> None:
    known = [farm_notice(farm, state) for farm in Farm for state in FarmState]
    codes = [notice[0] for notice in known if notice is not None and is_notice(*notice)]
    assert sorted(codes) == [2103, 2104, 2105, 2106, 2107, 2108, 2119, 2157, 2158]
    assert farm_notice(Farm.HISTORICAL, FarmState.CONNECTED) == (
        2106,
        "HMDS data farm connection is OK:ushmds",
    )


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (ReqHistoricalData(1, AAPL, keep_up_to_date=True), 10182),
        (ReqHistoricalData(1, AAPL), 162),
        (ReqHeadTimestamp(1, AAPL), 162),
        (ReqHistogramData(1, AAPL), 162),
        (ReqHistoricalTicks(1, AAPL), 10187),
        (ReqMktDepth(1, AAPL), 316),
        (ReqRealTimeBars(1, AAPL), 10225),
    ],
)
def test_some_have_last_words(request_: object, code: int) -> None:
    words = last_words(request_)
    assert words is not None
    assert words[0] == code


@pytest.mark.parametrize("request_", [ReqMktData(1, AAPL), ReqTickByTickData(1, AAPL)])
def test_others_die_in_silence(request_: object) -> None:
    assert last_words(request_) is None
