"""The exchange behind the simulated TWS: it takes orders, works them, and tells what becomes of it.

It looks at an order when it comes, and then at each moment of the market that can mean something to
it; without such moments it sleeps. All that it does, it does in the order in which the orders came,
so that the same orders at the same times make the same trades.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Final, final

import trio

from trio_tws._enums import OrderStatusName
from trio_tws._model.contracts import Contract
from trio_tws._model.open_orders import OrderBound
from trio_tws._model.order_reports import OpenOrder
from trio_tws._model.orders import Order
from trio_tws._model.place_order import PlaceOrder
from trio_tws.testing._agenda import Agenda
from trio_tws.testing._executions_log import ExecutionsLog
from trio_tws.testing._order_attached import attached_to, check_attached
from trio_tws.testing._order_book import OrderBook
from trio_tws.testing._order_booked import BookedOrder, Draft
from trio_tws.testing._order_changes import apply_change, changed_draft
from trio_tws.testing._order_checks import OrderRefusal
from trio_tws.testing._order_crowd import check_crowd
from trio_tws.testing._order_drafts import draft_of
from trio_tws.testing._order_faults import OrderFaults
from trio_tws.testing._order_mail import OrderMail
from trio_tws.testing._order_pit import Pit
from trio_tws.testing._order_preview import require_margin, what_if
from trio_tws.testing._order_views import view_of
from trio_tws.testing._order_wakes import Wakes

if TYPE_CHECKING:
    from trio_tws._enums import OptionExerciseType
    from trio_tws.testing._instrument import Instrument
    from trio_tws.testing._simulator import Simulator

_SHORTEST_PAUSE: Final = 1e-6
_BY_TRADER: Final = "Cancelled by Trader"
_BY_EXCHANGE: Final = "Cancelled by the exchange"


@final
class Exchange:
    """Where the orders of a simulated TWS are worked: `Simulator.exchange`.

    Attributes:
        book: All orders that were taken since the simulator began.
        log: All executions.
        auto_binds: Whether orders of people get a number for client 0 as they come.
    """

    def __init__(self, simulator: Simulator, faults: OrderFaults) -> None:
        self.book = OrderBook()
        self.log = ExecutionsLog()
        self.auto_binds = False
        self._simulator = simulator
        self._agenda = Agenda()
        self._mail = OrderMail(simulator, self._agenda.put, faults)
        self._pit = Pit(simulator, self.book, self.log, self._mail)
        self._wakes = Wakes(simulator.market, simulator.zone)
        self._next_wake = inf
        simulator.market.listen(self._plan)

    @property
    def faults(self) -> OrderFaults:
        """What goes wrong with orders from now on; set it to change that."""
        return self._mail.faults

    @faults.setter
    def faults(self, faults: OrderFaults) -> None:
        self._mail.faults = faults

    async def run(self) -> None:
        """Works the orders, until cancelled."""
        await self._agenda.run(trio.lowlevel.checkpoint)

    async def catch_up(self) -> None:
        """Waits until what is due now is done: what a moment brings is traded before it is told."""
        if self._agenda.is_behind:
            await self._agenda.catch_up()

    # Programs .....................................................................................

    def next_order_id(self, client_id: int) -> int:
        """Gives the lowest number that a client may give to an order."""
        return max(self._simulator.next_order_id, self.book.highest(client_id) + 1)

    def place(self, client_id: int, request: PlaceOrder) -> OpenOrder | None:
        """Takes an order of a client, or a change of one.

        Returns:
            The answer to an order that only asks what it would do; None for any other.

        Raises:
            OrderRefusal: TWS does not take it.
        """
        order_id, simulator = request.order_id, self._simulator
        former = self.book.find(client_id, order_id)
        if former is None:
            self.use_number(client_id, order_id)
        if self.faults.is_deaf:
            return None
        check_attached(request.attached_orders)
        if former is not None:
            draft = changed_draft(simulator, former, request)
            self._after_delay(partial(self._change, former, draft))
            return None
        draft, now = draft_of(simulator, request.contract, request.order), simulator.now()
        if draft.order.what_if:
            return what_if(order_id, client_id, draft, simulator.books, simulator.market, now)
        booked = BookedOrder(client_id, order_id, self.book.next_perm_id(), draft, now)
        self._check_company(booked)
        if not draft.order.parent_id:  # a child closes what its parent opens
            require_margin(draft, booked.total, simulator.books, simulator.market, now)
        try:
            attached = attached_to(simulator, draft, request)
        except OrderRefusal as refusal:
            self._discard(booked, refusal)
            return None
        for number, _ in attached:
            self.use_number(client_id, number)
        self._take(booked, attached)
        return None

    def cancel(self, client_id: int, order_id: int) -> None:
        """Cancels an order of a client.

        Raises:
            OrderRefusal: There is nothing to cancel.
        """
        booked = self.book.find(client_id, order_id)
        name = f"OrderId {order_id} that needs to be cancelled"
        if booked is None:
            raise OrderRefusal(10147, f"{name} is not found.")
        if booked.final is OrderStatusName.FILLED:
            words = "Cancel attempted when order is not in a cancellable state."
            raise OrderRefusal(161, f"{words}  Order permId ={booked.perm_id}")
        if booked.is_done or booked.is_cancelling:
            raise OrderRefusal(10148, f"{name} can not be cancelled, state: {booked.status}.")
        self._cancel(booked)

    def cancel_all(self) -> None:
        """Cancels every open order, of people and other programs too."""
        for booked in self.book.open():
            if not booked.is_cancelling:
                self._cancel(booked)

    def use_number(self, client_id: int, order_id: int) -> None:
        """Takes a number for a new order; whatever comes of that order, it is used up.

        Raises:
            OrderRefusal: It can't be used.
        """
        if order_id < 0 and client_id == 0:
            raise OrderRefusal(135, f"Can't find order with id ={order_id}")
        if order_id <= 0:
            raise OrderRefusal(10149, f"Invalid order id: {order_id}")
        if order_id < self.next_order_id(client_id):
            raise OrderRefusal(103, "Duplicate order id")
        self.book.use(client_id, order_id)

    # People .......................................................................................

    def place_manually(self, contract: Contract, order: Order) -> int:
        """Places an order as a person does at a window of TWS; gives its perm id.

        Raises:
            ValueError: TWS would not take it; the text has its code and words.
        """
        simulator = self._simulator
        try:
            draft = draft_of(simulator, contract, order)
        except OrderRefusal as refusal:
            raise ValueError(f"{refusal.code}: {refusal.words}") from refusal
        perm_id = self.book.next_perm_id()
        booked = BookedOrder(0, 0, perm_id, draft, simulator.now(), is_manual=True)
        self._take(booked)
        if self.auto_binds:
            self.bind(booked)
        return perm_id

    def cancel_manually(self, perm_id: int) -> None:
        """Cancels an order, whose ever it is, as a person does at a window of TWS.

        Raises:
            KeyError: There is no such order.
        """
        self._pit.end(self.book[perm_id], _BY_TRADER)
        self._finish()

    def fill(self, booked: BookedOrder, quantity: Decimal, price: float | None = None) -> bool:
        """Fills some of an order, whatever the market is; tells whether it could be.

        Args:
            booked: An order; only one that is working can be filled.
            quantity: How much; no more than is left of it.
            price: The price; None for the order's limit, or the middle of the market.
        """
        quantity = min(quantity, booked.remaining)
        if not booked.is_at_work or not quantity:
            return False
        view = view_of(self._simulator.market, booked.draft.legs, self._simulator.now())
        prices = (price, booked.order.lmt_price, view.middle, 0.0)
        self._pit.fill(booked, quantity, next(one for one in prices if one is not None))
        self._finish()
        return True

    def end(self, booked: BookedOrder) -> bool:
        """Cancels an order as an exchange does by itself; tells whether there was anything left."""
        if booked.is_done:
            return False
        self._pit.end(booked, _BY_EXCHANGE)
        self._finish()
        return True

    def bind(self, booked: BookedOrder) -> None:
        """Gives a person's order a number, by which client 0 can change it, and tells that."""
        if booked.is_manual and not booked.order_id:
            self.book.bind(booked)
            self._mail.tell(booked, OrderBound(booked.perm_id, 0, booked.order_id))
            self._mail.tell_order(booked)
            self._finish()

    def correct(
        self, exec_id: str, *, price: float | None = None, shares: Decimal | None = None
    ) -> str:
        """Corrects an execution; gives the id under which the correction was told.

        Args:
            exec_id: The id of the execution, or of a former correction of it.
            price: The price that is right; None for the one that was told.
            shares: The size that is right, 0 for none; None for the one that was told.

        Raises:
            KeyError: There is no such execution.
        """
        deal = self.log.find(exec_id)
        right = deal.quantity
        if shares is not None:
            right = shares if deal.is_buy else -shares
        corrected = self._pit.fills.correct(deal, deal.price if price is None else price, right)
        self._mail.tell_deal(corrected)
        self._mail.tell_order(corrected.booked)
        self._mail.tell_cost(corrected)
        self._finish()
        return corrected.exec_id

    def bust(self, exec_id: str) -> str:
        """Takes an execution back, as exchanges do with errors; as `correct`, with 0 shares."""
        return self.correct(exec_id, shares=Decimal(0))

    def exercise(
        self, booked: BookedOrder, option: Instrument, size: Decimal, kind: OptionExerciseType
    ) -> None:
        """Enters an exercise of options, which is done as it comes."""
        booked.is_acknowledged = True
        self.book.add(booked)
        self._mail.tell_order(booked)
        deals = self._pit.fills.exercise(booked, option, size, kind)
        booked.settle(OrderStatusName.FILLED, f"Filled Size: {booked.filled}", booked.placed_at)
        for deal in deals:
            self._mail.tell_deal(deal)
        self._mail.tell_order(booked)
        for deal in deals:
            self._mail.tell_cost(deal)
        self._finish()

    # Orders .......................................................................................

    def _check_company(self, booked: BookedOrder) -> None:
        """Looks at the parent and the group of a new order."""
        parent = self.book.parent(booked)
        if booked.order.parent_id and parent is None:
            raise OrderRefusal(10006, "Missing parent order.")
        if parent is not None and parent.is_done and not parent.filled:
            raise OrderRefusal(201, "Order rejected - reason:Parent order is being cancelled.")
        if booked.group in self._pit.filled_groups:
            raise OrderRefusal(201, "Order rejected - reason:OCA group is already filled.")
        check_crowd(self.book, booked, self._simulator.throttle.limits.orders_per_side)

    def _take(self, booked: BookedOrder, attached: Iterable[tuple[int, Draft]] = ()) -> None:
        booked.is_off = booked.order.deactivate
        self.book.add(booked)
        family = [booked]
        for number, draft in attached:
            perm_id, now = self.book.next_perm_id(), booked.placed_at
            family.append(BookedOrder(booked.client_id, number, perm_id, draft, now))
            self.book.add(family[-1])
        for one in family:
            one.is_parked = not one.order.transmit
            self._after_delay(partial(self._acknowledge, one))

    def _discard(self, booked: BookedOrder, refusal: OrderRefusal) -> None:
        """Takes an order in, only to end it: TWS could not attach what it was to have."""
        self.book.add(booked)
        self._mail.tell_error(booked, refusal.code, refusal.words)
        self._pit.end(booked, "Order was discarded")
        self._finish()

    def _after_delay(self, act: Callable[[], None]) -> None:
        wanted = self.faults.acknowledge_delay
        delay = self._simulator.latency if wanted is None else wanted
        if delay:
            self._agenda.put(delay, act)
        else:
            act()

    def _acknowledge(self, booked: BookedOrder) -> None:
        if not booked.is_done:
            booked.is_acknowledged = True
            for one in self._family(booked) if booked.order.transmit else [booked]:
                one.is_parked = not booked.order.transmit
                self._pit.look(one)
        self._finish()

    def _family(self, booked: BookedOrder) -> list[BookedOrder]:
        """Gives what is transmitted with an order: parked parents and children, parents first."""
        root = booked
        while (parent := self.book.parent(root)) is not None and parent.is_parked:
            root = parent
        family = [root]
        for one in family:  # which grows meanwhile
            family += [
                child for child in self.book.children(one) if child.is_parked or child is booked
            ]
        return [one for one in family if one.is_acknowledged]

    def _change(self, booked: BookedOrder, draft: Draft) -> None:
        if booked.is_done:
            self._mail.tell_error(booked, 104, "Cannot modify a filled order.")
            self._finish()
            return
        apply_change(booked, draft)
        self._acknowledge(booked)

    def _cancel(self, booked: BookedOrder) -> None:
        if booked.is_parked or not booked.is_acknowledged:
            self._pit.end(booked, _BY_TRADER, OrderStatusName.API_CANCELLED)
        elif self.faults.cancel_delay:
            booked.is_cancelling = True
            self._mail.tell_news(booked)
            self._agenda.put(self.faults.cancel_delay, partial(self._end_cancelling, booked))
        else:
            self._pit.end(booked, _BY_TRADER)
        self._finish()

    def _end_cancelling(self, booked: BookedOrder) -> None:
        self._pit.end(booked, _BY_TRADER)
        self._finish()

    # Time .........................................................................................

    def _finish(self) -> None:
        """Ends an event: tells what there is to tell, and makes out when there will be more."""
        self._mail.send()
        self._plan()

    def _plan(self) -> None:
        now = self._simulator.now()
        then = self._wakes.next(self.book.open(), now)
        if then >= self._next_wake:
            return
        self._next_wake = then
        delay = max((then - now) / self._simulator.speed, _SHORTEST_PAUSE)
        self._agenda.put(delay, partial(self._wake, then))

    def _wake(self, planned: float) -> None:
        if planned != self._next_wake:
            return  # something came earlier
        self._next_wake, now = inf, self._simulator.now()
        for booked in self.book.open():
            if booked.is_at_work and self._wakes.is_due(booked, now):
                self._pit.look(booked)
        self._finish()
