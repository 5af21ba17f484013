"""IB's algorithms: the names and values that its documentation has."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from functools import partial
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from tests._orders.built import END, START
from trio_tws import (
    TWAP,
    VWAP,
    AccumulateDistribute,
    Adaptive,
    AdaptivePriority,
    Algo,
    ArrivalPrice,
    BalanceImpactRisk,
    ClosePrice,
    DarkIce,
    LimitOrder,
    MinimizeImpact,
    OtherAlgo,
    PercentOfVolume,
    PriceVariantPercentOfVolume,
    RiskAversion,
    SizeVariantPercentOfVolume,
    TagValue,
    TimeVariantPercentOfVolume,
    TWAPStrategy,
    evolve,
    with_algo,
)
from trio_tws._orders.algos import STRATEGIES

ORDER = LimitOrder("BUY", 1000, 187.5)
NEW_YORK = ZoneInfo("America/New_York")
OPEN, CLOSE = time(9, 30, tzinfo=NEW_YORK), time(16, tzinfo=NEW_YORK)

WHEN = {"start_time": OPEN, "end_time": END}
WHEN_SENT = {"startTime": "09:30:00 America/New_York", "endTime": "20270104-21:00:00 GMT"}

ALL: list[tuple[Algo, str, dict[str, str]]] = [
    (Adaptive(), "Adaptive", {"adaptivePriority": "Normal"}),
    (Adaptive(AdaptivePriority.PATIENT), "Adaptive", {"adaptivePriority": "Patient"}),
    (Adaptive("Urgent"), "Adaptive", {"adaptivePriority": "Urgent"}),
    (VWAP(), "Vwap", {}),
    (
        VWAP(
            max_pct_vol=0.1,
            start_time=OPEN,
            end_time=END,
            allow_past_end_time=True,
            no_take_liq=False,
            speed_up=True,
        ),
        "Vwap",
        {
            "maxPctVol": "0.1",
            **WHEN_SENT,
            "allowPastEndTime": "1",
            "noTakeLiq": "0",
            "speedUp": "1",
        },
    ),
    (
        TWAP(
            strategy_type=TWAPStrategy.MATCHING_SAME_SIDE,
            start_time=OPEN,
            end_time=END,
            allow_past_end_time=False,
        ),
        "Twap",
        {"strategyType": "Matching Same Side", **WHEN_SENT, "allowPastEndTime": "0"},
    ),
    (
        ArrivalPrice(
            max_pct_vol=0.1,
            risk_aversion=RiskAversion.GET_DONE,
            start_time=OPEN,
            end_time=END,
            force_completion=True,
            allow_past_end_time=True,
        ),
        "ArrivalPx",
        {
            "maxPctVol": "0.1",
            "riskAversion": "Get Done",
            **WHEN_SENT,
            "forceCompletion": "1",
            "allowPastEndTime": "1",
        },
    ),
    (
        ClosePrice(
            max_pct_vol=0.4, risk_aversion="Neutral", start_time=OPEN, force_completion=True
        ),
        "ClosePx",
        {
            "maxPctVol": "0.4",
            "riskAversion": "Neutral",
            "startTime": WHEN_SENT["startTime"],
            "forceCompletion": "1",
        },
    ),
    (
        PercentOfVolume(pct_vol=0.5, start_time=OPEN, end_time=END, no_take_liq=True),
        "PctVol",
        {"pctVol": "0.5", **WHEN_SENT, "noTakeLiq": "1"},
    ),
    (
        PriceVariantPercentOfVolume(
            pct_vol=0.1,
            delta_pct_vol=0.05,
            min_pct_vol4_px=0.01,
            max_pct_vol4_px=0.2,
            start_time=OPEN,
            end_time=END,
            no_take_liq=True,
        ),
        "PctVolPx",
        {
            "pctVol": "0.1",
            "deltaPctVol": "0.05",
            "minPctVol4Px": "0.01",
            "maxPctVol4Px": "0.2",
            **WHEN_SENT,
            "noTakeLiq": "1",
        },
    ),
    (
        SizeVariantPercentOfVolume(
            start_pct_vol=0.2, end_pct_vol=0.4, start_time=OPEN, end_time=END, no_take_liq=True
        ),
        "PctVolSz",
        {"startPctVol": "0.2", "endPctVol": "0.4", **WHEN_SENT, "noTakeLiq": "1"},
    ),
    (
        TimeVariantPercentOfVolume(
            start_pct_vol=0.4, end_pct_vol=0.2, start_time=OPEN, end_time=END, no_take_liq=True
        ),
        "PctVolTm",
        {"startPctVol": "0.4", "endPctVol": "0.2", **WHEN_SENT, "noTakeLiq": "1"},
    ),
    (
        DarkIce(display_size=10, start_time=OPEN, end_time=END, allow_past_end_time=True),
        "DarkIce",
        {"displaySize": "10", **WHEN_SENT, "allowPastEndTime": "1"},
    ),
    (
        AccumulateDistribute(
            component_size=10,
            time_between_orders=60,
            randomize_time20=True,
            randomize_size55=True,
            give_up=1,
            catch_up=True,
            wait_for_fill=True,
            active_time_start=START,
            active_time_end=END,
        ),
        "AD",
        {
            "componentSize": "10",
            "timeBetweenOrders": "60",
            "randomizeTime20": "1",
            "randomizeSize55": "1",
            "giveUp": "1",
            "catchUp": "1",
            "waitForFill": "1",
            "activeTimeStart": "20270104-14:30:00 GMT",
            "activeTimeEnd": "20270104-21:00:00 GMT",
        },
    ),
    (
        AccumulateDistribute(component_size=10, time_between_orders=60),
        "AD",
        {"componentSize": "10", "timeBetweenOrders": "60"},
    ),
    (
        BalanceImpactRisk(max_pct_vol=0.1, risk_aversion="Aggressive", force_completion=True),
        "BalanceImpactRisk",
        {"maxPctVol": "0.1", "riskAversion": "Aggressive", "forceCompletion": "1"},
    ),
    (MinimizeImpact(max_pct_vol=0.3), "MinImpact", {"maxPctVol": "0.3"}),
]
"""Each with what IB's page and samples call it and its parameters, in the order of the samples."""


@pytest.mark.parametrize(("algo", "strategy", "params"), ALL)
def test_an_algorithm_is_spelt_as_in_ibs_documentation(
    algo: Algo, strategy: str, params: dict[str, str]
) -> None:
    order = with_algo(ORDER, algo)

    tags = tuple(TagValue(tag, value) for tag, value in params.items())
    assert order == evolve(ORDER, algo_strategy=strategy, algo_params=tags)


def test_every_algorithm_has_a_strategy() -> None:
    assert {*STRATEGIES, OtherAlgo} == {*get_args(Algo)}
    assert {type(algo) for algo, _, _ in ALL} == {*STRATEGIES}


def test_an_algorithm_without_a_class_is_sent_as_it_is() -> None:
    params = (TagValue("StartTime", "10:00:00"), TagValue("RelativeLimit", "0.1"))
    order = with_algo(with_algo(ORDER, VWAP()), OtherAlgo("VWAP", params))

    assert order == evolve(ORDER, algo_strategy="VWAP", algo_params=params)


@pytest.mark.parametrize("volume", [0.01, 0.5])
def test_a_volume_may_be_at_the_end_of_its_range(volume: float) -> None:
    assert MinimizeImpact(max_pct_vol=volume).max_pct_vol == volume


NAIVE: Any = datetime(2027, 1, 4)  # noqa: DTZ001 - that is the point
price_variant = partial(
    PriceVariantPercentOfVolume,
    pct_vol=0.1,
    delta_pct_vol=0.05,
    min_pct_vol4_px=0.1,
    max_pct_vol4_px=0.2,
)
pieces = partial(AccumulateDistribute, component_size=1, time_between_orders=1)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (partial(Adaptive, "Hasty"), "'Hasty' is not a valid AdaptivePriority"),
        (partial(VWAP, max_pct_vol=10), "max_pct_vol=10 is a fraction from 0.01 to 0.5"),
        (partial(MinimizeImpact, max_pct_vol=0), "max_pct_vol=0 is a fraction"),
        (partial(MinimizeImpact, max_pct_vol=float("nan")), "max_pct_vol=nan is a fraction"),
        (partial(TWAP, strategy_type="x"), "'x' is not a valid TWAPStrategy"),
        (partial(TWAP, start_time=NAIVE), "start_time=2027-01-04 00:00:00 has no time zone"),
        (partial(TWAP, end_time=time(9, 30)), "end_time=09:30:00 has no zone with a name"),
        (partial(TWAP, end_time=time(9, tzinfo=UTC)), "end_time=09:00:00.* has no zone with"),
        (
            partial(BalanceImpactRisk, max_pct_vol=0.1, risk_aversion="None"),
            "'None' is not a valid RiskAversion",
        ),
        (partial(price_variant, min_pct_vol4_px=0.3), "min_pct_vol4_px=0.3 is above max_pct_vol4"),
        (partial(price_variant, delta_pct_vol=float("inf")), "delta_pct_vol=inf is no price"),
        (partial(DarkIce, display_size=0), "display_size=0 is less than 1"),
        (partial(pieces, component_size=0), "component_size=0 is less than 1"),
        (partial(pieces, active_time_start=NAIVE), "active_time_start=.* has no time zone"),
    ],
)
def test_what_can_not_be_right_is_named(build: Callable[[], Algo], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build()
