"""Where orders meet the market: each is looked at, filled, and ended, with what hangs on it."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Final, final

from trio_tws._enums import OrderStatusName
from trio_tws._model.conditions import ExecutionCondition
from trio_tws.testing._executions_log import ExecutionsLog
from trio_tws.testing._matching import Supply, auction, match, parts_of
from trio_tws.testing._order_book import OrderBook
from trio_tws.testing._order_booked import LOCATE, BookedOrder
from trio_tws.testing._order_conditions import Circumstances
from trio_tws.testing._order_fills import Fills
from trio_tws.testing._order_groups import CANCELS, hedge_size, reduced_total
from trio_tws.testing._order_hours import calendars_of, waiting, working_from
from trio_tws.testing._order_kinds import Pays, Waits
from trio_tws.testing._order_mail import OrderMail
from trio_tws.testing._order_release import holds
from trio_tws.testing._order_scale import new_takers, restored
from trio_tws.testing._order_terms import terms_of
from trio_tws.testing._order_views import view_of

if TYPE_CHECKING:
    from trio_tws.testing._simulator import Simulator

CANCELED: Final = "Order Canceled - reason:"
"""How TWS begins to say why an order was cancelled; often it does not go on."""

LOCATING: Final = (
    "Shares for this order are not immediately available for short sale."
    " The order will be held while we attempt to locate the shares."
)

_ENDS_AT_ONCE: Final = frozenset({"IOC", "FOK"})
_DAY_TILL_CANCELED: Final = "DTC"


@final
class Pit:
    """Works the orders of a book; what becomes of them is put into the mail."""

    def __init__(
        self, simulator: Simulator, book: OrderBook, log: ExecutionsLog, mail: OrderMail
    ) -> None:
        self.fills = Fills(simulator, log)
        self.filled_groups: set[tuple[str, str]] = set()
        """Groups of which an order has filled: nobody can join them any more."""
        self._simulator = simulator
        self._book = book
        self._log = log
        self._mail = mail
        self._supply = Supply()

    def look(self, booked: BookedOrder) -> None:
        """Does with an order what there is to do now."""
        now, conditions = self._simulator.now(), booked.order.conditions
        if not booked.is_at_work:
            self._mail.tell_news(booked)
            return
        if booked.draft.expires_at is not None and now >= booked.draft.expires_at:
            self._expire(booked)
            return
        circumstances = self._circumstances(booked, now)
        if conditions and booked.order.conditions_cancel_order and circumstances.hold(conditions):
            self.end(booked, "Cancelled by condition")
            return
        booked.held_by = holds(booked, self._book.parent(booked), circumstances)
        self._mail.tell_news(booked)
        self._announce(booked, now)
        if booked.held_by:
            return
        if booked.live_since is None:
            booked.live_since = now
            self._tend_ladder(booked)
        if restored(booked):
            self._mail.tell_order(booked)
        self._trade(booked, now)

    def _announce(self, booked: BookedOrder, now: float) -> None:
        """Says once of an order that the exchange is closed, if it came when that was so."""
        if not booked.is_announced:
            booked.is_announced = True
            opening = working_from(self._simulator.market, booked.draft, now)
            if now < opening < inf:
                words = waiting(booked.draft, opening, self._simulator.zone)
                self._mail.tell_error(booked, 399, words)
            if LOCATE in booked.held_by:
                self._mail.tell_error(booked, 404, LOCATING)

    def _circumstances(self, booked: BookedOrder, now: float) -> Circumstances:
        simulator, account = self._simulator, booked.draft.account
        has_traded = partial(self._has_traded, booked)
        return Circumstances(
            simulator.market,
            simulator.books,
            account,
            simulator.zone,
            now,
            has_traded,
            ignores_rth=booked.order.conditions_ignore_rth,
        )

    def _has_traded(self, booked: BookedOrder, condition: ExecutionCondition) -> bool:
        wanted = (condition.symbol, condition.sec_type)
        return any(
            deal.time >= booked.placed_at
            and deal.booked.draft.account == booked.draft.account
            and (deal.contract.symbol, deal.contract.sec_type) == wanted
            and condition.exchange in {"", "SMART", deal.contract.exchange}
            for deal in self._log
        )

    def _expire(self, booked: BookedOrder) -> None:
        """An order for the day ends; one that is good till it is cancelled by hand is set aside."""
        if booked.order.tif == _DAY_TILL_CANCELED:
            booked.is_off = True
            self._mail.tell_news(booked)
        else:
            self.end(booked, "Expired")

    # Fills ........................................................................................

    def _trade(self, booked: BookedOrder, now: float) -> None:
        market, draft = self._simulator.market, booked.draft
        # The close is the last price of regular hours, and not one of those after them.
        closes = draft.kind.waits is Waits.FOR_CLOSE and calendars_of(market, draft.legs)
        at_close = draft.auction_at - 1 if draft.auction_at is not None and closes else now
        view = view_of(market, draft.legs, at_close)
        parts = parts_of(market, draft.legs, view, at_close)
        is_halted = any(market.is_halted(leg.con_id, now) for leg in draft.legs)
        while not booked.is_done and not is_halted:
            terms = terms_of(booked, market, view, now)
            if draft.auction_at is not None:
                found = auction(terms, view)
            else:
                found = match(terms, view, self._supply, parts)
            if found is None or not found.quantity:
                break
            if draft.auction_at is None:
                self._supply.take(parts, found.side, found.quantity)
            self._fill(booked, found.quantity, found.price, adds=found.adds_liquidity)
        is_over = draft.auction_at is not None or booked.order.tif in _ENDS_AT_ONCE
        if is_over and not booked.is_done:
            self.end(booked, "Cancelled by the exchange")

    def _fill(self, booked: BookedOrder, quantity: Decimal, price: float, *, adds: bool) -> None:
        deals = self.fills.add(booked, quantity, price, adds=adds)
        if booked.draft.kind.pays is Pays.FIRST_PRICE and booked.fixed_limit is None:
            booked.fixed_limit = price
        if not booked.remaining:
            self._complete(booked)
        for deal in deals:
            self._mail.tell_deal(deal)
        self._mail.tell_order(booked)
        for deal in deals:
            self._mail.tell_cost(deal)
        if booked.group is not None and (booked.is_done or booked.order.oca_type == CANCELS):
            self.filled_groups.add(booked.group)
        for rival in self._book.rivals(booked):
            self._reduce(rival, reduced_total(booked, rival, quantity))
        self._tend_ladder(booked)
        if booked.is_done:
            self._release_children(booked)

    def _tend_ladder(self, booked: BookedOrder) -> None:
        """Has what a scale order has got offered at a profit."""
        for taker in new_takers(booked, self._book, self._simulator.now()):
            self.look(taker)

    def _complete(self, booked: BookedOrder) -> None:
        words = f"Filled Size: {booked.filled}"
        booked.settle(OrderStatusName.FILLED, words, self._simulator.now())

    def _reduce(self, rival: BookedOrder, total: Decimal) -> None:
        if total <= rival.filled:
            self.end(rival, "Cancelled by its group")
        else:
            rival.update(total_quantity=total)
            self._mail.tell_order(rival)

    def _release_children(self, booked: BookedOrder) -> None:
        """Children of an order that is done work for what it has bought or sold, if anything."""
        now = self._simulator.now()
        children = self._book.children(booked)
        for child in children:
            size = hedge_size(child, booked, self._simulator.market, now)
            if size is None:
                size = min(child.total, booked.filled) if booked.remaining else child.total
            if not booked.filled or not size:
                self.end(child, "Cancelled with its parent")
            elif size != child.total:
                child.update(total_quantity=size)
                child.told = None
        for child in children:
            self.look(child)

    def fill(self, booked: BookedOrder, quantity: Decimal, price: float) -> None:
        """Fills some of an order because a scenario says so, whatever the market is."""
        self._fill(booked, quantity, price, adds=False)

    # Ends .........................................................................................

    def end(
        self,
        booked: BookedOrder,
        end: str,
        status: OrderStatusName = OrderStatusName.CANCELLED,
    ) -> None:
        """Cancels what is left of an order, unless it is done, and tells why in words."""
        if booked.is_done:
            return
        booked.settle(status, end, self._simulator.now())
        self._mail.tell_order(booked)
        self._mail.tell_error(booked, 202, CANCELED)
        self._release_children(booked)
