"""How an order with an algorithm is worked: when how much of it is due, and until when.

IB publishes what its algorithms are for, not what they do. These do what is said of them, in the
plainest way that can be foreseen: they trade in steps of a minute, or with the volume as it comes.
That the simulated market knows its future makes `VWAP` better than any real one.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime
from itertools import accumulate
from typing import Final, TypeAlias, final

import attrs

from trio_tws._orders.algos import (
    TWAP,
    VWAP,
    AccumulateDistribute,
    Adaptive,
    Algo,
    ArrivalPrice,
    BalanceImpactRisk,
    ClosePrice,
    DarkIce,
    MinimizeImpact,
    Moment,
    RiskAversion,
)
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market import Market
from trio_tws.testing._order_checks import OrderRefusal
from trio_tws.testing._shapes import DAY

Steps: TypeAlias = tuple[tuple[float, float], ...]
"""Moments in epoch seconds, each with the share of the order that is due from then on."""

_STEP: Final = 60
"""Seconds between two steps of a schedule."""

_IN_A_HURRY: Final = {
    RiskAversion.GET_DONE: 600,
    RiskAversion.AGGRESSIVE: 1800,
    RiskAversion.NEUTRAL: 7200,
}
"""Seconds in which an order is worked off; a passive one has all the time there is. IB does not
publish its numbers."""


@final
@attrs.frozen(kw_only=True)
class AlgoPlan:
    """An algorithm, and what of it depends on nothing but the time."""

    algo: Algo
    starts_at: float
    """When it begins to work, in epoch seconds as all of them."""
    ends_at: float
    """When it is to be done: at its end, or at the close."""
    steps: Steps = ()
    """Its schedule; empty if all is due at once."""
    expires: bool = True
    """Whether what is left at the end is cancelled."""

    @property
    def expires_at(self) -> float | None:
        """When what is left is cancelled; None for never."""
        return self.ends_at if self.expires else None

    def share_due(self, now: float) -> float:
        """Gives the share of the order that is due at a moment."""
        if not self.steps or now >= self.ends_at:
            return 1.0
        at = bisect_right(self.steps, now, key=lambda step: step[0])
        return self.steps[at - 1][1] if at else 0.0


def plan_of(
    algo: Algo, instrument: Instrument, market: Market, now: float, close: float
) -> AlgoPlan:
    """Makes out how an order is worked that comes now.

    Args:
        algo: The algorithm.
        instrument: What is ordered.
        market: Where it is traded.
        now: Epoch seconds.
        close: When regular hours end, after now.

    Raises:
        OrderRefusal: It would end before it begins (441).
    """
    wanted_start, wanted_end = _window(algo, now)
    start = max(now, wanted_start or now)
    end = wanted_end or max(close, start + _STEP)
    if end <= start:
        raise OrderRefusal(441, "Algo attributes validation failed: it ends before it starts")
    steps: Steps = ()
    match algo:
        case VWAP():
            steps = _by_volume(market, instrument, start, end)
        case TWAP() | MinimizeImpact():
            steps = _evenly(start, end)
        case ArrivalPrice() | BalanceImpactRisk():
            length = _IN_A_HURRY.get(algo.risk_aversion, end - start)
            steps = _evenly(start, min(end, start + length))
        case ClosePrice():
            length = _IN_A_HURRY.get(algo.risk_aversion, end - start)
            start = max(start, end - length)
            steps = _evenly(start, end)
        case _:
            pass
    is_endless = wanted_end is None and isinstance(algo, Adaptive | AccumulateDistribute | DarkIce)
    goes_on = bool(getattr(algo, "allow_past_end_time", False))
    return AlgoPlan(
        algo=algo, starts_at=start, ends_at=end, steps=steps, expires=not (is_endless or goes_on)
    )


def _window(algo: Algo, now: float) -> tuple[float | None, float | None]:
    """Gives when an algorithm is to start and to end, where it says that."""
    names = ("start_time", "end_time")
    if isinstance(algo, AccumulateDistribute):
        names = ("active_time_start", "active_time_end")
    start, end = (_epoch(getattr(algo, name, None), now) for name in names)
    return start, end


def _epoch(moment: Moment | None, now: float) -> float | None:
    """Gives a moment in epoch seconds; a time of day is one of the day that it is in its zone."""
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        today = datetime.fromtimestamp(now, moment.tzinfo).date()
        moment = datetime.combine(today, moment)
    return moment.timestamp()


def _evenly(start: float, end: float) -> Steps:
    """Makes a schedule of equal steps."""
    count = max(1, int((end - start) // _STEP))
    return tuple((start + at * (end - start) / count, (at + 1) / count) for at in range(count))


def _by_volume(market: Market, instrument: Instrument, start: float, end: float) -> Steps:
    """Makes a schedule by the volume that the market is going to have, minute by minute."""
    length = int(end - start) + 1
    if not instrument.has_trades or length > DAY:
        return _evenly(start, end)
    bars = market.bars(instrument.con_id, end, f"{length} S", "1 min", "TRADES")
    whole = sum(bar.volume for bar in bars)
    if not whole:
        return _evenly(start, end)
    so_far = accumulate(bar.volume for bar in bars)
    return tuple(
        (float(bar.start), float(volume / whole)) for bar, volume in zip(bars, so_far, strict=True)
    )
