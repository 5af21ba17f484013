from typing import Any

import pytest

from tests.testing.program import START
from tests.testing.trading import AAPL, EURUSD, SPX, order
from trio_tws._enums import SecType, TriggerMethod
from trio_tws.testing import INSTRUMENTS, Market
from trio_tws.testing._order_triggers import (
    adjusted,
    default_method,
    is_reached,
    reference,
    series_of,
    trailed,
)
from trio_tws.testing._order_views import Leg, View, view_of

MARKET = Market(INSTRUMENTS)
NOW = START.timestamp()


def view(con_id: int = AAPL.con_id, now: float = NOW) -> View:
    return view_of(MARKET, (Leg(con_id),), now)


def ref(method: TriggerMethod, con_id: int = AAPL.con_id, *, is_up: bool) -> float | None:
    return reference(MARKET, (Leg(con_id),), NOW, method, is_up=is_up)


def test_each_method_has_its_price() -> None:
    now, before = view(), view(now=NOW - 1)
    bids, asks = (now.bid or 0, before.bid or 0), (now.ask or 0, before.ask or 0)
    lasts = (now.last or 0, before.last or 0)
    for is_up in (True, False):
        quotes = bids if is_up else asks
        both = min if is_up else max
        either = max if is_up else min
        for method, expected in {
            TriggerMethod.LAST: lasts[0],
            TriggerMethod.BID_ASK: quotes[0],
            TriggerMethod.MIDPOINT: now.middle,
            TriggerMethod.DOUBLE_LAST: both(lasts),
            TriggerMethod.DOUBLE_BID_ASK: both(quotes),
            TriggerMethod.LAST_OR_BID_ASK: either(lasts[0], quotes[0]),
        }.items():
            assert ref(method, is_up=is_up) == expected


def test_what_there_is_has_to_do() -> None:
    pair, index = view(EURUSD.con_id), view(SPX.con_id)
    assert ref(TriggerMethod.LAST, EURUSD.con_id, is_up=True) == pair.bid
    assert ref(TriggerMethod.BID_ASK, SPX.con_id, is_up=False) == index.last
    assert ref(TriggerMethod.MIDPOINT, SPX.con_id, is_up=False) == index.last
    legs = (Leg(AAPL.con_id), Leg(SPX.con_id))
    for method in (TriggerMethod.LAST, TriggerMethod.MIDPOINT):
        assert reference(MARKET, legs, NOW, method, is_up=True) is None


def test_the_default_depends_on_the_instrument() -> None:
    assert default_method(SecType.STOCK) is TriggerMethod.LAST
    assert default_method(SecType.OPTION) is TriggerMethod.DOUBLE_BID_ASK


@pytest.mark.parametrize(
    ("price", "is_up", "expected"),
    [(10.0, True, True), (9.0, True, False), (9.0, False, True), (None, True, False)],
)
def test_a_level_is_reached_from_its_side(price: float | None, is_up: bool, expected: bool) -> None:
    assert is_reached(price, 10.0, is_up=is_up) is expected


@pytest.mark.parametrize(
    ("wanted", "stop", "is_buy", "expected"),
    [
        ({"aux_price": 1.0}, None, False, 99.0),
        ({"aux_price": 1.0}, 99.5, False, 99.5),
        ({"aux_price": 1.0}, 98.0, False, 99.0),
        ({"aux_price": 1.0}, None, True, 101.0),
        ({"aux_price": 1.0}, 100.5, True, 100.5),
        ({"trailing_percent": 2.0}, None, False, 98.0),
        ({}, None, False, 100.0),
    ],
)
def test_a_trailing_stop_only_comes_closer(
    wanted: dict[str, Any], stop: float | None, is_buy: bool, expected: float
) -> None:
    assert trailed(order(**wanted), stop, 100.0, is_buy=is_buy) == expected


def test_a_stop_turns_into_what_it_was_adjusted_to() -> None:
    stop = order(kind="STP", aux_price=5.0, trigger_price=9.0, adjusted_stop_price=8.0)
    plain = adjusted(_as(stop, "STP LMT", adjusted_stop_limit_price=7.5))
    assert (plain.order_type, plain.aux_price, plain.lmt_price) == ("STP LMT", 8.0, 7.5)
    assert (plain.adjusted_order_type, plain.trigger_price) == ("", None)
    trail = adjusted(_as(stop, "TRAIL", adjusted_trailing_amount=0.5))
    assert (trail.trail_stop_price, trail.aux_price, trail.trailing_percent) == (8.0, 0.5, None)
    more = {"adjusted_trailing_amount": 2.0, "adjustable_trailing_unit": 100}
    limit = adjusted(_as(stop, "TRAIL LIMIT", adjusted_stop_limit_price=7.0, **more))
    assert (limit.trailing_percent, limit.aux_price, limit.lmt_price_offset) == (2.0, None, 1.0)


def _as(stop: Any, kind: str, **more: Any) -> Any:
    from trio_tws._wire import evolve

    return evolve(stop, adjusted_order_type=kind, **more)


@pytest.mark.parametrize("con_id", [AAPL.con_id, EURUSD.con_id, SPX.con_id])
@pytest.mark.parametrize("method", sorted(TriggerMethod))
def test_a_price_comes_out_of_its_series(con_id: int, method: TriggerMethod) -> None:
    instrument = MARKET.instrument(con_id)
    moments = [MARKET.path(con_id).moment(int(NOW) - back) for back in (0, 1)]
    for is_up in (True, False):
        shown = ref(method or default_method(SecType(instrument.sec_type)), con_id, is_up=is_up)
        series = series_of(instrument, method or TriggerMethod.LAST, is_up=is_up)
        if not method and con_id == EURUSD.con_id:
            series = series_of(instrument, TriggerMethod.DOUBLE_BID_ASK, is_up=is_up)
        prices = {moment.price_of(one) for moment in moments for one in series}
        assert shown is not None
        assert round(shown / instrument.min_tick * 2) in prices
