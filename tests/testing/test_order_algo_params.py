"""What an algorithm may be told, and what TWS says to the rest."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from tests.testing.trading import AAPL, CALL, STRADDLE, limit, order, trading
from trio_tws import (
    TWAP,
    VWAP,
    AccumulateDistribute,
    Adaptive,
    Algo,
    ArrivalPrice,
    ClosePrice,
    Contract,
    DarkIce,
    LimitOrder,
    Order,
    OtherAlgo,
    PriceVariantPercentOfVolume,
    TagValue,
    with_algo,
)
from trio_tws._wire import evolve
from trio_tws.testing._order_algo_params import algo_of
from trio_tws.testing._order_checks import OrderRefusal

ZONE = ZoneInfo("US/Eastern")
MOMENT = datetime(2026, 1, 15, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "algo",
    [
        Adaptive("Patient"),
        VWAP(max_pct_vol=0.2, start_time=MOMENT, allow_past_end_time=True, no_take_liq=False),
        TWAP(strategy_type="Matching Last", start_time=time(9, tzinfo=ZoneInfo("US/Pacific"))),
        ArrivalPrice(max_pct_vol=0.1, risk_aversion="Get Done"),
        ClosePrice(max_pct_vol=0.1, risk_aversion="Neutral", force_completion=True),
        PriceVariantPercentOfVolume(
            pct_vol=0.1, delta_pct_vol=0.5, min_pct_vol4_px=0.05, max_pct_vol4_px=0.2
        ),
        DarkIce(display_size=100),
        AccumulateDistribute(
            component_size=100, time_between_orders=60, give_up=3, active_time_start=MOMENT
        ),
    ],
)
def test_what_the_client_writes_is_read(algo: Algo) -> None:
    assert algo_of(with_algo(LimitOrder("BUY", 1, 1.0), algo), ZONE) == algo


def test_an_order_need_not_have_one() -> None:
    assert algo_of(Order(), ZONE) is None


def test_a_time_of_day_without_a_zone_is_that_of_tws() -> None:
    other = OtherAlgo("Twap", (TagValue("startTime", "09:30:00"), TagValue("endTime", "10:00:00")))
    algo = algo_of(with_algo(Order(), other), ZONE)
    assert algo == TWAP(start_time=time(9, 30, tzinfo=ZONE), end_time=time(10, tzinfo=ZONE))


@pytest.mark.parametrize(
    ("strategy", "tag", "value", "code"),
    [
        ("Astrology", "", "", 439),
        ("Twap", "mood", "good", 443),
        ("Twap", "startTime", "noon", 441),
        ("Twap", "startTime", "09:00:00 Nowhere", 441),
        ("Twap", "startTime", "20260115-09:00:00 Nowhere", 441),
        ("Twap", "strategyType", "Wait", 441),
        ("Twap", "allowPastEndTime", "maybe", 441),
        ("Vwap", "maxPctVol", "0.9", 441),
        ("Vwap", "maxPctVol", "much", 441),
        ("DarkIce", "displaySize", "1.5", 441),
        ("DarkIce", "startTime", "09:00:00", 441),
    ],
)
def test_what_makes_no_sense_is_refused(strategy: str, tag: str, value: str, code: int) -> None:
    params = (TagValue(tag, value),) if tag else ()
    with pytest.raises(OrderRefusal) as excinfo:
        algo_of(with_algo(Order(), OtherAlgo(strategy, params)), ZONE)
    assert excinfo.value.code == code


@pytest.mark.parametrize(
    ("contract", "wanted", "code"),
    [
        (STRADDLE, order(), 442),
        (AAPL, order(kind="STP", aux_price=1.0), 442),
        (AAPL, order(kind="REL", aux_price=0.0), 442),
        (AAPL, order(tif="IOC"), 442),
        (CALL, limit("BUY", 1, 1.0), None),
    ],
)
async def test_algorithms_are_for_plain_orders(
    contract: Contract, wanted: Order, code: int | None, autojump_clock: object
) -> None:
    async with trading() as trader:
        number = await trader.place(contract, with_algo(wanted, Adaptive()))
        assert trader.errors(number) == ([] if code is None else [code])


async def test_an_algorithm_can_neither_change_nor_end_before_it_starts(
    autojump_clock: object,
) -> None:
    async with trading() as trader:
        wanted = with_algo(limit("BUY", 100, 1.0), Adaptive())
        number = await trader.place(AAPL, wanted)
        await trader.place(AAPL, with_algo(wanted, Adaptive("Urgent")), number)
        assert trader.errors(number) == [105]
        await trader.place(AAPL, evolve(wanted, lmt_price=2.0), number)
        assert trader.errors(number) == [105]
        assert trader.open_order(number).order.lmt_price == 2.0
        early = VWAP(end_time=datetime(2020, 1, 1, tzinfo=UTC))
        number = await trader.place(AAPL, with_algo(wanted, early))
        assert trader.errors(number) == [441]
