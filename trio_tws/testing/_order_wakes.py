"""When the exchange has to look at an order again."""

from __future__ import annotations

from math import inf
from zoneinfo import ZoneInfo

from trio_tws.testing._market import Market
from trio_tws.testing._order_booked import CHILD, BookedOrder
from trio_tws.testing._order_conditions import con_ids_of, times_of
from trio_tws.testing._order_hours import working_from
from trio_tws.testing._order_pegs import followed_con_id
from trio_tws.testing._order_views import next_moment


def next_look(booked: BookedOrder, market: Market, zone: ZoneInfo, now: float) -> float | None:
    """Gives the next moment at which something can become of an order; None if only others tell.

    What waits for a parent, for a time, for an auction or for the market to open is not moved by
    the market; but its conditions are by theirs.
    """
    if not booked.is_at_work:
        return None
    draft = booked.draft
    appointments = [draft.starts_at, draft.auction_at]
    is_early = any(time is not None and now < time for time in appointments)
    times = [*appointments, draft.expires_at, *times_of(booked.order.conditions, zone)]
    opening = working_from(market, draft, now)
    ahead = [time for time in (*times, opening) if time is not None and now < time < inf]
    if not is_early and CHILD not in booked.held_by:
        con_ids = con_ids_of(booked.order.conditions)
        if opening <= now:
            con_ids |= {leg.con_id for leg in draft.legs}
            followed = followed_con_id(draft.kind.pays, draft.order, draft.instrument)
            con_ids |= set() if followed is None else {followed}
        if con_ids:
            ahead.append(next_moment(market, con_ids, now))
    return min(ahead, default=None)
