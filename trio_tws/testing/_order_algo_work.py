"""What an order with an algorithm takes at a moment: no more than is due, and at which price.

What is random in IB's algorithms is drawn here by the number of the order and of the draw, so that
the same order does the same each time.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Final, TypeAlias, final

import attrs

from trio_tws._orders.algos import (
    TWAP,
    VWAP,
    AccumulateDistribute,
    Adaptive,
    AdaptivePriority,
    ArrivalPrice,
    BalanceImpactRisk,
    ClosePrice,
    DarkIce,
    MinimizeImpact,
    PercentOfVolume,
    PriceVariantPercentOfVolume,
    SizeVariantPercentOfVolume,
    TimeVariantPercentOfVolume,
    TWAPStrategy,
)
from trio_tws.testing._matching import Terms
from trio_tws.testing._order_algos import AlgoPlan
from trio_tws.testing._order_pegs import on_tick
from trio_tws.testing._order_views import View

_ZERO = Decimal(0)

_PATIENCE: Final = {
    AdaptivePriority.URGENT: 5,
    AdaptivePriority.NORMAL: 30,
    AdaptivePriority.PATIENT: 120,
}
"""Seconds in which an order waits between bid and ask before it takes what there is; IB does not
publish its numbers."""

_FORCED: Final = 60
"""Seconds before the end from which on what is to be completed heeds no volume."""

_HIDDEN: Final = 0.1
"""How often an order that varies what it shows shows nothing."""

_OfVolume: TypeAlias = (
    VWAP
    | ArrivalPrice
    | ClosePrice
    | BalanceImpactRisk
    | MinimizeImpact
    | PercentOfVolume
    | PriceVariantPercentOfVolume
    | SizeVariantPercentOfVolume
    | TimeVariantPercentOfVolume
)


@final
@attrs.frozen
class Stage:
    """How far an order has come."""

    perm_id: int
    is_buy: bool
    total: Decimal
    filled: Decimal
    live_since: float
    """When it came to the market."""
    tick: float
    step: Decimal
    """What sizes are multiples of."""


@final
class AlgoWork:
    """The work on one order, which goes on from moment to moment."""

    def __init__(self, plan: AlgoPlan) -> None:
        self._plan = plan
        self._since = -1
        self._filled_before = _ZERO
        self._arrival: float | None = None
        self._allowance = _ZERO
        """How much of the volume that has come is its share."""
        self._pieces = 0
        self._released = _ZERO
        self._next_piece = plan.starts_at

    def narrowed(self, terms: Terms, stage: Stage, view: View, now: float) -> Terms:
        """Gives what of an order's terms is due at a moment."""
        if view.since > self._since:
            self._since, self._filled_before = view.since, stage.filled
            self._count(stage, view, now)
        due = max(_ZERO, self._due(stage, now) - stage.filled)
        quantity = min(terms.quantity, due // stage.step * stage.step)
        price, limit = self._price(stage, view, now), terms.limit
        if price is not None:
            own = on_tick(price, stage.tick, is_buy=stage.is_buy)
            nearer = min if stage.is_buy else max
            limit = own if limit is None else nearer(own, limit)
        return attrs.evolve(terms, quantity=quantity, limit=limit)

    def _count(self, stage: Stage, view: View, now: float) -> None:
        """Takes note of what a moment brings: its trade, or the time for another piece."""
        algo, price = self._plan.algo, view.middle
        if self._arrival is None:
            self._arrival = price
        if isinstance(algo, AccumulateDistribute):
            self._release(algo, stage, now)
        elif isinstance(algo, _OfVolume):
            share = self._share(algo, stage, price, now)
            if share is not None:
                self._allowance += Decimal(str(share)) * view.last_size

    def _share(
        self, algo: _OfVolume, stage: Stage, price: float | None, now: float
    ) -> float | None:
        """Gives the share of the volume of this moment that is the order's; None for all of it."""
        plan = self._plan
        match algo:
            case PercentOfVolume():
                return algo.pct_vol
            case PriceVariantPercentOfVolume():
                change = (price or 1.0) / (self._arrival or 1.0) - 1  # what is ordered has a price
                gain = -100 * change if stage.is_buy else 100 * change
                wanted = algo.pct_vol + algo.delta_pct_vol * gain
                return min(max(wanted, algo.min_pct_vol4_px), algo.max_pct_vol4_px)
            case SizeVariantPercentOfVolume():
                done = float(stage.filled / stage.total)
                return algo.start_pct_vol + (algo.end_pct_vol - algo.start_pct_vol) * done
            case TimeVariantPercentOfVolume():
                done = min(1.0, (now - plan.starts_at) / (plan.ends_at - plan.starts_at))
                return algo.start_pct_vol + (algo.end_pct_vol - algo.start_pct_vol) * done
            case _:
                return algo.max_pct_vol

    def _due(self, stage: Stage, now: float) -> Decimal:
        """Gives how much of the order may have been filled by now."""
        plan = self._plan
        algo = plan.algo
        # What floats have lost in the way must not cost a whole share.
        due = round(stage.total * Decimal(str(plan.share_due(now))), 6)
        match algo:
            case AccumulateDistribute():
                return min(due, self._released)
            case DarkIce():
                return min(due, self._filled_before + self._shown(algo, stage))
            case ArrivalPrice() | ClosePrice() | BalanceImpactRisk() if algo.force_completion:
                is_capped = now < plan.ends_at - _FORCED
            case _:
                is_capped = isinstance(algo, _OfVolume)
        if isinstance(algo, VWAP) and algo.max_pct_vol is None:
            is_capped = False
        return min(due, self._allowance) if is_capped else due

    def _shown(self, algo: DarkIce, stage: Stage) -> Decimal:
        dice = Random(f"{stage.perm_id} {self._since}")
        if dice.random() < _HIDDEN:
            return _ZERO
        return Decimal(round(algo.display_size * dice.uniform(0.5, 1.5)))

    def _release(self, algo: AccumulateDistribute, stage: Stage, now: float) -> None:
        """Releases the pieces whose time has come, each after the one before if that is wanted."""
        while now >= self._next_piece and self._released < stage.total:
            if algo.wait_for_fill and stage.filled < self._released:
                return
            dice = Random(f"{stage.perm_id} {self._pieces}")
            size, pause = float(algo.component_size), float(algo.time_between_orders)
            if algo.randomize_size55:
                size = max(1.0, size * dice.uniform(0.45, 1.55))
            if algo.randomize_time20:
                pause *= dice.uniform(0.8, 1.2)
            self._pieces += 1
            self._released += Decimal(round(size))
            self._next_piece += pause

    def _price(self, stage: Stage, view: View, now: float) -> float | None:
        """Gives the price beyond which the algorithm does not go at this moment; None for any."""
        algo, own = self._plan.algo, view.bid if stage.is_buy else view.ask
        if isinstance(algo, Adaptive):
            is_patient = now - stage.live_since < _PATIENCE[algo.adaptive_priority]
            return view.middle if is_patient else None
        if isinstance(algo, TWAP):
            prices = {
                TWAPStrategy.MATCHING_MIDPOINT: view.middle,
                TWAPStrategy.MATCHING_SAME_SIDE: own,
                TWAPStrategy.MATCHING_LAST: view.last,
            }
            return prices.get(algo.strategy_type or TWAPStrategy.MARKETABLE)
        return own if getattr(algo, "no_take_liq", False) else None
