"""Why an order is not on the market yet: parent, time, conditions, auction, closed market, stop."""

from __future__ import annotations

import attrs

from trio_tws._enums import SecType
from trio_tws.testing._market import Market
from trio_tws.testing._order_booked import CHILD, LATER, LOCATE, TRIGGER, BookedOrder
from trio_tws.testing._order_conditions import Circumstances
from trio_tws.testing._order_hours import working_from
from trio_tws.testing._order_kinds import KINDS, TRAILS, Pays, Waits
from trio_tws.testing._order_triggers import (
    adjusted,
    default_method,
    is_reached,
    reference,
    trailed,
)

_ON_TRIGGER = frozenset({Waits.FOR_STOP, Waits.FOR_TOUCH, *TRAILS})
_ON_BETTER = frozenset({Waits.FOR_TOUCH, Waits.FOR_TRAILED_TOUCH})
"""What waits for a price that is better than the market's."""


def holds(
    booked: BookedOrder, parent: BookedOrder | None, circumstances: Circumstances
) -> tuple[str, ...]:
    """Gives why an order is held, nothing if it isn't; moves its stop with the market.

    A stop begins to look at prices when nothing else holds it.
    """
    draft, now = booked.draft, circumstances.now
    trigger = (TRIGGER,) if draft.kind.waits in _ON_TRIGGER and not booked.is_triggered else ()
    if parent is not None and not parent.is_done:
        return (CHILD, *trigger)
    if draft.starts_at is not None and now < draft.starts_at:
        return (LATER, *trigger)
    if not booked.is_released and not booked.order.conditions_cancel_order:
        booked.is_released = circumstances.hold(booked.order.conditions)
        if not booked.is_released:
            return (LATER, *trigger)
    if draft.auction_at is not None and now < draft.auction_at:
        return (LATER,)
    if now < working_from(circumstances.market, draft, now):
        return (LATER, *trigger)
    if draft.located_at is not None and now < draft.located_at:
        return (LOCATE, *trigger)
    if trigger and not _is_triggered(booked, circumstances.market, now):
        return trigger
    return ()


def _is_triggered(booked: BookedOrder, market: Market, now: float) -> bool:
    _adjust(booked, market, now)
    waits, is_buy = booked.draft.kind.waits, booked.is_buy
    is_up = is_buy is not (waits in _ON_BETTER)
    price = _reference(booked, market, now, is_up=is_up)
    if waits in TRAILS:
        if booked.stop is None:
            booked.stop = booked.order.trail_stop_price
        stop = trailed(booked.order, booked.stop, price, is_buy=is_up)
        level = booked.stop = _on_tick(stop, booked.draft.tick)
        if booked.draft.kind.pays is Pays.TRAILED_LIMIT:
            _move_limit(booked, level)
    else:
        level = booked.order.aux_price or 0.0
    booked.is_triggered = is_reached(price, level, is_up=is_up)
    return booked.is_triggered


def _reference(booked: BookedOrder, market: Market, now: float, *, is_up: bool) -> float:
    """Gives the price that an order waits on; what can be ordered here has one."""
    instrument = booked.draft.instrument
    kind = SecType.COMBO if instrument is None else SecType(instrument.sec_type)
    method = booked.order.trigger_method or default_method(kind)
    return reference(market, booked.draft.legs, now, method, is_up=is_up) or 0.0


def _move_limit(booked: BookedOrder, stop: float) -> None:
    offset, tick = booked.order.lmt_price_offset or 0.0, booked.draft.tick
    limit = stop + offset if booked.is_buy else stop - offset
    booked.update(lmt_price=_on_tick(limit, tick))


def _on_tick(price: float, tick: float) -> float:
    return round(round(price / tick) * tick, 9)


def _adjust(booked: BookedOrder, market: Market, now: float) -> None:
    """Turns a stop into its adjusted order once the market has gone far enough its way."""
    order, is_up = booked.order, not booked.is_buy
    if not order.adjusted_order_type or order.trigger_price is None:
        return
    price = _reference(booked, market, now, is_up=is_up)
    if not is_reached(price, order.trigger_price, is_up=is_up):
        return
    order = adjusted(order)
    booked.draft = attrs.evolve(booked.draft, order=order, kind=KINDS[order.order_type])
