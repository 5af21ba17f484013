"""When the exchange has to look at an order again.

Orders that rest for hours would cost a look a second if they were looked at whenever their market
moves. But the market is known in advance: it can be asked when it next comes to a price at which
something can become of an order. So the exchange sleeps until then, unless something happens to
the market or the order in between.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Final, final

from trio_tws._model.conditions import ExecutionCondition, MarginCondition
from trio_tws.testing._order_booked import CHILD, BookedOrder
from trio_tws.testing._order_conditions import con_ids_of, times_of
from trio_tws.testing._order_hours import working_from
from trio_tws.testing._order_levels import Levels, levels_of, levels_of_condition
from trio_tws.testing._order_pegs import followed_con_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from trio_tws._model.conditions import Condition
    from trio_tws.testing._market import Market

_ABOUT_TRADES: Final = (ExecutionCondition, MarginCondition)


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
        ahead += [
            market.next_moment(con_id, now)
            if levels is None
            else market.next_reach(con_id, now, levels)
            for con_id, levels in _watched(booked, market, is_open=opening <= now).items()
        ]
    return min(ahead, default=None)


def _watched(booked: BookedOrder, market: Market, *, is_open: bool) -> dict[int, Levels]:
    """Gives the instruments by which an order is moved, each with the prices that count."""
    conditions = _pending(booked)
    watched: dict[int, Levels] = {}
    for condition in conditions:
        for con_id in con_ids_of([condition]):
            _add(watched, con_id, levels_of_condition(condition, market))
    if not is_open:
        return watched
    draft = booked.draft
    followed = followed_con_id(draft.kind.pays, draft.order, draft.instrument)
    if followed is not None:
        _add(watched, followed, None)
    is_held = bool(conditions) and not draft.order.conditions_cancel_order
    waits_for_trades = any(isinstance(condition, _ABOUT_TRADES) for condition in conditions)
    is_any = followed is not None or waits_for_trades
    if waits_for_trades or not is_held:
        for leg in draft.legs:
            _add(watched, leg.con_id, None if is_any else levels_of(booked, market))
    return watched


def _add(watched: dict[int, Levels], con_id: int, levels: Levels) -> None:
    before = watched.get(con_id, ())
    watched[con_id] = None if before is None or levels is None else before + levels


def _pending(booked: BookedOrder) -> tuple[Condition, ...]:
    """Gives the conditions that still matter: those that release an order have held for good."""
    order = booked.order
    if booked.is_released and not order.conditions_cancel_order:
        return ()
    return order.conditions


@final
class Wakes:
    """The moments at which orders have to be looked at, each found once.

    Args:
        market: The market.
        zone: The zone of TWS.
    """

    def __init__(self, market: Market, zone: ZoneInfo) -> None:
        self._market = market
        self._zone = zone
        self._planned: dict[int, tuple[object, float]] = {}

    def next(self, orders: Iterable[BookedOrder], now: float) -> float:
        """Gives the first moment at which one of the orders has to be looked at; may be infinite.

        All others are forgotten.
        """
        planned: dict[int, tuple[object, float]] = {}
        for booked in orders:
            state, known = self._state(booked), self._planned.get(booked.perm_id)
            if known is None or known[0] != state or known[1] <= now:
                look = next_look(booked, self._market, self._zone, now)
                known = state, inf if look is None else look
            planned[booked.perm_id] = known
        self._planned = planned
        return min((look for _, look in planned.values()), default=inf)

    def is_due(self, booked: BookedOrder, now: float) -> bool:
        """Tells whether something may become of an order now.

        Others may just have changed it, or traded what it waits for.
        """
        known = self._planned.get(booked.perm_id)
        if known is None or known[1] <= now or known[0] != self._state(booked):
            return True
        return any(isinstance(condition, _ABOUT_TRADES) for condition in _pending(booked))

    def _state(self, booked: BookedOrder) -> object:
        """Gives all that the next look depends on, but for the time."""
        return (
            booked.draft,
            booked.is_at_work,
            booked.held_by,
            booked.is_released,
            booked.is_triggered,
            booked.stop,
            booked.fixed_limit,
            self._market.events,
        )
