"""What an order on the market takes at a moment: its limit of now, its size of now."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from trio_tws._model.orders import Order
from trio_tws.testing._market import Market
from trio_tws.testing._matching import Terms
from trio_tws.testing._order_algo_work import AlgoWork, Stage
from trio_tws.testing._order_algos import AlgoPlan
from trio_tws.testing._order_booked import BookedOrder
from trio_tws.testing._order_kinds import Pays
from trio_tws.testing._order_pegs import Peg, limit_of
from trio_tws.testing._order_scale import due_rung
from trio_tws.testing._order_views import View

_ZERO: Final = Decimal(0)


def terms_of(booked: BookedOrder, market: Market, view: View, now: float) -> Terms:
    """Gives what an order takes now; what it finds once and keeps is kept in it."""
    draft, order, is_buy = booked.draft, booked.order, booked.is_buy
    pays = draft.kind.pays
    limit = booked.fixed_limit
    if limit is None:
        peg = Peg(market, draft.instrument, now, draft.tick, draft.anchor)
        limit = limit_of(pays, order, view, peg, is_buy=is_buy)
        if draft.kind.is_fixed or pays is Pays.PROTECTED:
            booked.fixed_limit = limit
    rest, quantity = None, booked.remaining
    if limit is not None and pays is Pays.LIMIT:
        limit, quantity = due_rung(booked, now) or (limit, quantity)
        if order.discretionary_amt:
            reach = order.discretionary_amt
            rest, limit = limit, round(limit + reach if is_buy else limit - reach, 9)
    terms = Terms(
        is_buy,
        quantity,
        limit,
        rest,
        _least(order, booked, quantity),
        rested=booked.live_since is not None and booked.live_since < view.since,
    )
    return terms if draft.algo is None else _narrowed(booked, draft.algo, terms, view, now)


def _narrowed(booked: BookedOrder, plan: AlgoPlan, terms: Terms, view: View, now: float) -> Terms:
    """Gives what of them is due by the order's algorithm."""
    if booked.algo_work is None:
        booked.algo_work = AlgoWork(plan)
    draft, live_since = booked.draft, booked.live_since
    stage = Stage(
        booked.perm_id,
        booked.is_buy,
        booked.total,
        booked.filled,
        now if live_since is None else live_since,
        draft.tick,
        draft.step,
    )
    return booked.algo_work.narrowed(terms, stage, view, now)


def _least(order: Order, booked: BookedOrder, quantity: Decimal) -> Decimal:
    if order.all_or_none or order.tif == "FOK":
        return booked.remaining
    if order.min_qty and not booked.filled:
        return min(Decimal(order.min_qty), quantity)
    return _ZERO
