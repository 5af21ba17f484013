"""Whether what an order waits for has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import final
from zoneinfo import ZoneInfo

import attrs

from trio_tws._enums import SecType, TriggerMethod
from trio_tws._model.conditions import (
    Condition,
    ExecutionCondition,
    MarginCondition,
    PercentChangeCondition,
    PriceCondition,
    TimeCondition,
    UnknownCondition,
    VolumeCondition,
)
from trio_tws.testing._books import Books
from trio_tws.testing._market import Market
from trio_tws.testing._order_hours import moment_of
from trio_tws.testing._order_triggers import METHODS, default_method, is_reached, reference
from trio_tws.testing._order_views import Leg


@final
@attrs.frozen
class Circumstances:
    """What conditions are about, at a moment."""

    market: Market
    books: Books
    account: str
    """Whose order it is."""
    zone: ZoneInfo
    """That of TWS."""
    now: float
    """Epoch seconds."""
    has_traded: Callable[[ExecutionCondition], bool]
    """Tells whether the account has traded something since the order came."""
    ignores_rth: bool = False
    """Whether an instrument is looked at outside of its regular hours, too."""

    def hold(self, conditions: Sequence[Condition]) -> bool:
        """Tells whether conditions hold, as they are joined.

        *And* binds closer than *or*; IB does not say.
        """
        is_met = True
        for place, condition in enumerate(conditions, 1):
            is_met = is_met and self._holds(condition)
            if not condition.is_conjunction_connection and place < len(conditions):
                if is_met:
                    return True
                is_met = True
        return is_met

    def _holds(self, condition: Condition) -> bool:
        if not self.ignores_rth and any(
            not self.market.is_open(con_id, self.now, use_rth=True)
            for con_id in con_ids_of([condition])
        ):
            return False
        match condition:
            case PriceCondition():
                return self._has_price(condition)
            case TimeCondition():
                then = moment_of(condition.time, self.zone)
                return then is not None and is_reached(self.now, then, is_up=condition.is_more)
            case MarginCondition():
                return is_reached(self._cushion(), condition.percent, is_up=condition.is_more)
            case ExecutionCondition():
                return self.has_traded(condition)
            case VolumeCondition():
                volume = self.market.session(condition.con_id, self.now).volume
                return is_reached(float(volume), condition.volume, is_up=condition.is_more)
            case PercentChangeCondition():
                change = self._change(condition.con_id)
                return is_reached(change, condition.change_percent, is_up=condition.is_more)
            case _:  # unknown ones were refused
                return False

    def _has_price(self, condition: PriceCondition) -> bool:
        kind = SecType(self.market.instrument(condition.con_id).sec_type)
        method, is_up = condition.trigger_method or default_method(kind), condition.is_more
        legs = (Leg(condition.con_id),)
        price = reference(self.market, legs, self.now, method, is_up=is_up)
        return is_reached(price, condition.price, is_up=is_up)

    def _cushion(self) -> float:
        """Gives what is left of the equity beyond the margin, in percent of the account's worth."""
        worth = float(self.books.worth(self.account, self.now).net_liquidation)
        margin = float(self.books.margin(self.account, self.now).maintenance)
        return 100 * (worth - margin) / worth if worth > 0 else 0.0

    def _change(self, con_id: int) -> float:
        """Gives how far the price has come from yesterday's close, in percent."""
        close = self.market.session(con_id, self.now).close_previous
        return 100 * (self.market.price(con_id, self.now) / close - 1)


def con_ids_of(conditions: Sequence[Condition]) -> set[int]:
    """Gives the instruments whose market conditions look at."""
    return {
        condition.con_id
        for condition in conditions
        if isinstance(condition, PriceCondition | VolumeCondition | PercentChangeCondition)
    }


def times_of(conditions: Sequence[Condition], zone: ZoneInfo) -> list[float]:
    """Gives the moments that conditions name."""
    times = (
        moment_of(condition.time, zone)
        for condition in conditions
        if isinstance(condition, TimeCondition)
    )
    return [time for time in times if time is not None]


def flaw_of(condition: Condition, market: Market, zone: ZoneInfo) -> tuple[int, str] | None:
    """Gives the code and words with which TWS refuses a condition; None if it takes it."""
    known = {instrument.con_id for instrument in market.instruments}
    match condition:
        case UnknownCondition():
            return 10340, f"A condition of type {condition.type} is not supported"
        case PriceCondition() if TriggerMethod(condition.trigger_method) not in METHODS:
            return 146, "Invalid trigger method."
        case PriceCondition() | VolumeCondition() | PercentChangeCondition():
            if condition.con_id not in known:
                return 147, "The conditional contract info is incomplete."
        case TimeCondition():
            if moment_of(condition.time, zone) is None:
                return 391, f"The time or time-zone entered is invalid: {condition.time}"
        case _:
            pass
    return None
