"""What an order would cost, and what it would do to the margin of its account."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce

from trio_tws._enums import OrderStatusName
from trio_tws._model.order_reports import OpenOrder
from trio_tws._model.order_states import OrderAllocation, OrderState
from trio_tws._wire import evolve
from trio_tws.testing._books import Books
from trio_tws.testing._commissions import commission
from trio_tws.testing._margins import MarginPreview, MarginStep
from trio_tws.testing._market import Market
from trio_tws.testing._order_booked import Draft
from trio_tws.testing._order_checks import OrderRefusal
from trio_tws.testing._order_views import Leg, View, view_of

Trade = tuple[int, Decimal, float, Decimal]
"""A con_id, a signed quantity, a price, and what that costs."""


def leg_price(view: View, signed: Decimal) -> float:
    """Gives what a leg costs at the quotes of a moment; legs have quotes."""
    return (view.ask if signed > 0 else view.bid) or 0.0


def trades_of(draft: Draft, quantity: Decimal, market: Market, now: float) -> list[Trade]:
    """Gives what filling so much of an order would trade: at the quotes, or at a worse limit.

    A better limit does not count, because what is held is valued by the market.
    """
    is_buy = draft.order.action == "BUY"
    trades: list[Trade] = []
    for leg in draft.legs:
        signed = quantity * leg.ratio * (1 if is_buy else -1)
        price = leg_price(view_of(market, (Leg(leg.con_id),), now), signed)
        if draft.instrument is not None:
            limit = draft.order.lmt_price or price
            price = max(price, limit) if signed > 0 else min(price, limit)
        cost = commission(market.instrument(leg.con_id), abs(signed), price)
        trades.append((leg.con_id, signed, price, cost))
    return trades


def require_margin(
    draft: Draft, quantity: Decimal, books: Books, market: Market, now: float
) -> MarginPreview:
    """Tells what filling so much of an order would do to its account; to all of them, added up.

    Raises:
        OrderRefusal: An account has not enough to stand behind it.
    """
    previews: list[MarginPreview] = []
    for account, share in draft.divided(quantity):
        trades = trades_of(draft, share, market, now) if share else []
        preview = books.preview_legs(account, trades, now)
        reason = books.refusal(preview)
        if reason is not None:
            raise OrderRefusal(201, f"Order rejected - reason:{reason}")
        previews.append(preview)
    return reduce(_added, previews)


def _added(one: MarginPreview, other: MarginPreview) -> MarginPreview:
    return MarginPreview(
        _sum(one.init_margin, other.init_margin),
        _sum(one.maint_margin, other.maint_margin),
        _sum(one.equity_with_loan, other.equity_with_loan),
        one.currency,
    )


def _sum(one: MarginStep, other: MarginStep) -> MarginStep:
    return MarginStep(one.before + other.before, one.after + other.after)


def _cost_of(draft: Draft, quantity: Decimal, market: Market, now: float) -> Decimal:
    trades = [
        trade
        for _, share in draft.divided(quantity)
        if share
        for trade in trades_of(draft, share, market, now)
    ]
    return sum((trade[3] for trade in trades), Decimal(0))


def _allocations(draft: Draft, quantity: Decimal, books: Books) -> tuple[OrderAllocation, ...]:
    """Says what an order does to each of its accounts; TWS says so of instruments in groups."""
    instrument = draft.instrument
    if not draft.parts or instrument is None:
        return ()
    sign = 1 if draft.order.action == "BUY" else -1
    found: list[OrderAllocation] = []
    for account, share in draft.divided(quantity):
        held = books.position(account, instrument.con_id)
        after = held + sign * share
        found.append(OrderAllocation(account, held, after, after, share, share))
    return tuple(found)


def what_if(
    order_id: int, client_id: int, draft: Draft, books: Books, market: Market, now: float
) -> OpenOrder:
    """Makes the answer to an order that asks what it would do.

    Raises:
        OrderRefusal: It would be refused.
    """
    quantity = draft.order.total_quantity or Decimal(0)
    preview = require_margin(draft, quantity, books, market, now)
    cost = _cost_of(draft, quantity, market, now)
    initial, kept, equity = preview.init_margin, preview.maint_margin, preview.equity_with_loan
    state = OrderState(
        status=OrderStatusName.PRE_SUBMITTED,
        init_margin_before=float(initial.before),
        maint_margin_before=float(kept.before),
        equity_with_loan_before=float(equity.before),
        init_margin_change=float(initial.change),
        maint_margin_change=float(kept.change),
        equity_with_loan_change=float(equity.change),
        init_margin_after=float(initial.after),
        maint_margin_after=float(kept.after),
        equity_with_loan_after=float(equity.after),
        commission_and_fees=float(cost),
        commission_and_fees_currency=market.instrument(draft.legs[0].con_id).currency,
        margin_currency=preview.currency,
        suggested_size=quantity,
        order_allocations=_allocations(draft, quantity, books),
    )
    order = evolve(draft.order, client_id=client_id, order_id=order_id, account=draft.account)
    return OpenOrder(order_id, draft.contract, order, state)
