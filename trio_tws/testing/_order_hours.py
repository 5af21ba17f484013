"""The hours that orders know: when a session opens and closes, when a day ends; and their texts.

Where the market is open at all hours these are appointments and nothing more. They are kept by the
clock of TWS, in its zone: opening orders fill at 09:30, closing orders at 16:00, and orders for the
day end at midnight. Weekends are days like any other.

Where the market has hours, orders wait for its regular ones, or for any if they are to fill outside
of these too; opening and closing orders fill with the first and at the last price of regular hours,
and orders for the day end when the hours do that they wait for. An order for a combination waits
until all of it is traded.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from math import floor, inf
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from trio_tws._client._times import read_time
from trio_tws._errors import RemoteProtocolError
from trio_tws.testing._market import Market
from trio_tws.testing._order_kinds import Waits
from trio_tws.testing._sessions import ALWAYS_OPEN, Calendar

if TYPE_CHECKING:
    from trio_tws.testing._order_booked import Draft
    from trio_tws.testing._order_views import Leg

OPENING: Final = time(9, 30)
"""When orders for the opening are filled."""

CLOSING: Final = time(16)
"""When orders for the close are filled."""

MIDNIGHT: Final = time(0)
"""When orders for the day end."""

_LENGTH_OF_DAY: Final = 8
_MOST_TRIES: Final = 1000
_ONE_DAY: Final = timedelta(days=1)


def next_at(clock: time, now: float, zone: ZoneInfo) -> float:
    """Gives the first moment after now at which the clock of a zone shows a time."""
    day = datetime.fromtimestamp(now, zone).date()
    while True:
        then = datetime.combine(day, clock, zone).timestamp()
        if then > now:
            return then
        day += _ONE_DAY


def begin_of_day(now: float, zone: ZoneInfo, days_before: int = 0) -> float:
    """Gives the midnight that began the day of a zone, or one so many days before."""
    day = datetime.fromtimestamp(now, zone).date() - days_before * _ONE_DAY
    return datetime.combine(day, MIDNIGHT, zone).timestamp()


def calendars_of(market: Market, legs: tuple[Leg, ...]) -> tuple[Calendar, ...]:
    """Gives the calendars that orders have to wait for, none where nothing ever closes."""
    calendars = (market.calendar(leg.con_id) for leg in legs)
    return tuple(one for one in calendars if one is not ALWAYS_OPEN)


def open_from(calendars: tuple[Calendar, ...], now: float, *, use_rth: bool) -> float:
    """Gives the first moment from now on at which all are open; infinity if there is none."""
    second = floor(now)
    for _ in range(_MOST_TRIES):
        later = max((one.next_open(second, use_rth=use_rth) for one in calendars), default=second)
        if later == second:
            return max(now, second)
        second = later
    return inf


def working_from(market: Market, draft: Draft, now: float) -> float:
    """Gives the first moment from now on at which an order can be worked, now if it can be now.

    An order for an auction has an appointment of its own, and can be worked at any time.
    """
    if draft.auction_at is not None:
        return now
    calendars = calendars_of(market, draft.legs)
    return open_from(calendars, now, use_rth=not draft.order.outside_rth)


def auction_of(
    waits: Waits, calendars: tuple[Calendar, ...], now: float, zone: ZoneInfo
) -> float | None:
    """Gives when an order that waits for the opening or the close is filled; None for any other.

    Args:
        waits: What it waits for.
        calendars: Those of what is ordered.
        now: The time, in epoch seconds.
        zone: That of TWS.
    """
    is_opening = waits is Waits.FOR_OPENING
    if not is_opening and waits is not Waits.FOR_CLOSE:
        return None
    if not calendars:
        return next_at(OPENING if is_opening else CLOSING, now, zone)
    (calendar,) = calendars
    sessions = calendar.sessions_from(floor(now), use_rth=True)
    days = (calendar.day(session.day, use_rth=True) for session in sessions)
    edges = (of_day[0].start if is_opening else of_day[-1].end for of_day in days)
    return next(then for then in edges if then > now)


def end_of_day(
    calendars: tuple[Calendar, ...], now: float, zone: ZoneInfo, *, use_rth: bool
) -> float:
    """Gives when an order for the day ends that comes now."""
    if not calendars:
        return next_at(MIDNIGHT, now, zone)
    opening = open_from(calendars, now, use_rth=use_rth)
    if opening == inf:
        return inf
    ends: list[float] = []
    for calendar in calendars:
        session = next(calendar.sessions_from(floor(opening), use_rth=use_rth))
        ends.append(calendar.day(session.day, use_rth=use_rth)[-1].end)
    return min(ends)


def moment_of(text: str, zone: ZoneInfo) -> float | None:
    """Gives the moment that an order names, in epoch seconds; None if it can't be read.

    Args:
        text: A time in one of IB's forms, or a day, whose end is meant.
        zone: That of TWS, for a time that names none.
    """
    try:
        if len(text) == _LENGTH_OF_DAY:
            end = datetime.strptime(text, "%Y%m%d").replace(tzinfo=zone) + _ONE_DAY
            return end.timestamp()
        return read_time(text, zone).timestamp()
    except (ValueError, RemoteProtocolError):
        return None


def spelled(now: float, zone: ZoneInfo) -> str:
    """Writes a moment as TWS writes those of orders and executions: with the zone's name."""
    return f"{datetime.fromtimestamp(now, zone):%Y%m%d %H:%M:%S} {zone.key}"


def waiting(draft: Draft, opening: float, zone: ZoneInfo) -> str:
    """Says of an order that it waits for the exchange, in TWS's words; they go with code 399."""
    order, contract = draft.order, draft.contract
    where = f"{contract.primary_exchange or contract.exchange}.{contract.trading_class}"
    what = f"{order.action} {order.total_quantity} {contract.symbol} {where}"
    then = f"{datetime.fromtimestamp(opening, zone):%Y-%m-%d %H:%M:%S} {zone.key}"
    warning = f"Warning: Your order will not be placed at the exchange until {then}."
    return f"Order Message:\n{what}\n{warning}"
