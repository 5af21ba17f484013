"""Whose an order is: of one account, or divided among those of a group or of a model portfolio."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from trio_tws._enums import FADataType
from trio_tws._model.orders import Order
from trio_tws._wire import evolve
from trio_tws.testing._alloc_methods import SIZED, Asked, parts_of
from trio_tws.testing._alloc_shares import Part
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._order_checks import OrderRefusal
from trio_tws.testing._order_views import Leg, view_of

if TYPE_CHECKING:
    from trio_tws.testing._simulator import Simulator


def account_of(simulator: Simulator, order: Order) -> str:
    """Gives the account of an order; the master account for one that is for a group.

    Raises:
        OrderRefusal: There is none of that name (321), or none is named where there are several
            (435, for an adviser 436); the login is no adviser's (344), the group is named beside
            one of its accounts (201), or the account is not invested in the model (321).
    """
    accounts, is_adviser = simulator.accounts, simulator.desk.is_adviser
    if order.account and order.account not in accounts:
        words = f"Invalid account code '{order.account}'."
        raise OrderRefusal(321, f"Error validating request.-'bQ' : cause - {words}")
    if order.model_code:
        return _account_of_model(simulator, order)
    if order.fa_group:
        if not is_adviser:
            raise OrderRefusal(344, "The account is not a financial advisor account.")
        if order.account not in {"", accounts[0]}:
            raise OrderRefusal(201, "Order rejected - reason:Invalid account number")
        return accounts[0]
    if order.account:
        return order.account
    if len(accounts) == 1:
        return accounts[0]
    if is_adviser:
        words = "You must specify an allocation (either a single account, group, or profile)."
        raise OrderRefusal(436, words)
    raise OrderRefusal(435, "You must specify an account.")


def _account_of_model(simulator: Simulator, order: Order) -> str:
    """Gives the account of an order for a model portfolio; an adviser's is for all of it."""
    invested = simulator.desk.models.get(order.model_code, ())
    meant = order.account or simulator.accounts[0]
    is_for_all = simulator.desk.is_adviser and meant == simulator.accounts[0]
    if not invested or order.fa_group or not (is_for_all or meant in invested):
        words = f"Invalid model code '{order.model_code}'"
        raise OrderRefusal(321, f"Error validating request.-'bQ' : cause - {words}")
    return meant


def divided(
    simulator: Simulator,
    order: Order,
    account: str,
    instrument: Instrument | None,
    legs: tuple[Leg, ...],
) -> tuple[Order, tuple[Part, ...]]:
    """Makes out whom an order for a group or a model is divided among, and how much it is for."""
    if order.model_code and account not in simulator.desk.models[order.model_code]:
        invested = simulator.desk.models[order.model_code]
        return order, tuple(Part(one, Decimal(1)) for one in invested)
    if not order.fa_group:
        return order, ()
    now = simulator.now()
    view = view_of(simulator.market, legs, now)
    quoted = view.ask if order.action == "BUY" else view.bid
    asked = Asked(order, instrument, order.lmt_price or quoted or 0.0, simulator.books, now)
    method, parts = parts_of(asked, simulator.desk.advice[FADataType.GROUPS])
    if method in SIZED:
        total = sum((part.weight for part in parts), Decimal(0))
        order = evolve(order, total_quantity=total)
    return order, parts
