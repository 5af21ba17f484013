"""At which prices something can become of an order, so that it need not be looked at before.

To look once too often does no harm, and once too seldom does: where it is not known which prices
count, all do. So whatever is not named here is looked at whenever its market moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from trio_tws._enums import SecType
from trio_tws._model.conditions import Condition, PriceCondition
from trio_tws._model.orders import Order
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market import Market
from trio_tws.testing._order_booked import BookedOrder
from trio_tws.testing._order_kinds import Pays, Waits
from trio_tws.testing._order_triggers import default_method, series_of
from trio_tws.testing._shapes import Level, Series

Levels: TypeAlias = tuple[Level, ...] | None
"""None for all prices."""

_LIMITED: Final = frozenset({Pays.LIMIT, Pays.TRAILED_LIMIT})

_CAPPED: Final = frozenset(
    {
        Pays.OWN_SIDE,
        Pays.BEHIND_OWN_SIDE,
        Pays.OTHER_SIDE,
        Pays.MIDDLE,
        Pays.MIDPRICE,
        Pays.PROTECTED,
    }
)
"""What follows the quotes, and goes no further than lmt_price where that is filled in."""

_ON_TRIGGER: Final = frozenset({Waits.FOR_STOP, Waits.FOR_TOUCH, Waits.FOR_TRAIL})


def levels_of(booked: BookedOrder, market: Market) -> Levels:
    """Gives the prices of what is ordered; all of a combination, and of a restless order."""
    instrument = booked.draft.instrument
    if instrument is None or booked.draft.is_restless:
        return None
    if booked.draft.kind.waits in _ON_TRIGGER and not booked.is_triggered:
        return _before_trigger(booked, instrument, market)
    worst, is_up = _worst_price(booked), not booked.is_buy
    if worst is None:
        return None
    series: list[Series] = ["BID" if is_up else "ASK"]
    if instrument.has_trades:
        series.append("TRADES")
    return _levels(market, instrument, series, worst, is_up=is_up)


def levels_of_condition(condition: Condition, market: Market) -> Levels:
    """Gives the prices at which a condition about an instrument may come true."""
    if not isinstance(condition, PriceCondition):
        return None
    instrument, is_up = market.instrument(condition.con_id), condition.is_more
    method = condition.trigger_method or default_method(SecType(instrument.sec_type))
    series = series_of(instrument, method, is_up=is_up)
    return _levels(market, instrument, series, condition.price, is_up=is_up)


def _levels(
    market: Market,
    instrument: Instrument,
    series: Sequence[Series],
    price: float,
    *,
    is_up: bool,
) -> tuple[Level, ...]:
    return tuple(market.level(instrument.con_id, one, price, is_up=is_up) for one in series)


def _worst_price(booked: BookedOrder) -> float | None:
    """Gives the worst price at which an order ever trades; None if it isn't known."""
    order, pays = booked.order, booked.draft.kind.pays
    if booked.fixed_limit is not None:
        return booked.fixed_limit
    if pays in _CAPPED:
        return order.lmt_price or None
    if pays not in _LIMITED or order.lmt_price is None:
        return None
    reach = order.discretionary_amt or 0.0
    return order.lmt_price + reach if booked.is_buy else order.lmt_price - reach


def _before_trigger(booked: BookedOrder, instrument: Instrument, market: Market) -> Levels:
    """Gives the prices that set a stop off, that move it, or that adjust it."""
    order, is_buy, waits = booked.order, booked.is_buy, booked.draft.kind.waits
    is_up = is_buy is not (waits is Waits.FOR_TOUCH)
    method = order.trigger_method or default_method(SecType(instrument.sec_type))
    series = series_of(instrument, method, is_up=is_up)
    found: tuple[Level, ...] = ()
    level = order.aux_price or 0.0
    if waits is Waits.FOR_TRAIL:
        if booked.stop is None:
            return None
        level = booked.stop
        moving = _price_that_moves(order, level, booked.draft.tick, is_buy=is_buy)
        found += _levels(market, instrument, series, moving, is_up=not is_up)
    found += _levels(market, instrument, series, level, is_up=is_up)
    if order.adjusted_order_type and order.trigger_price is not None:
        series = series_of(instrument, method, is_up=not is_buy)
        found += _levels(market, instrument, series, order.trigger_price, is_up=not is_buy)
    return found


def _price_that_moves(order: Order, stop: float, tick: float, *, is_buy: bool) -> float:
    """Gives the price at which a trailing stop moves on, by half a tick, which is then rounded."""
    sign = 1 if is_buy else -1
    wanted = stop - sign * tick / 2
    if order.trailing_percent is not None:
        return wanted / (1 + sign * order.trailing_percent / 100)
    return wanted - sign * (order.aux_price or 0.0)
