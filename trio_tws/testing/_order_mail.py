"""Who hears of an order, and how: each client of its own, the master client of all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, final

from trio_tws._model.executions import CommissionAndFeesReport, ExecutionData
from trio_tws._model.open_orders import OrderStatus
from trio_tws._model.session import Error
from trio_tws.testing._executions_log import Deal
from trio_tws.testing._order_booked import BookedOrder
from trio_tws.testing._order_faults import OrderFaults
from trio_tws.testing._order_reports import as_told, open_order, order_status

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._simulator import Simulator


@final
class OrderMail:
    """What is to be told of one event, until it is told at once.

    Args:
        simulator: Whose clients are told.
        later: Has something done after so many seconds.
        faults: What goes wrong on the way.
    """

    def __init__(
        self,
        simulator: Simulator,
        later: Callable[[float, Callable[[], None]], None],
        faults: OrderFaults,
    ) -> None:
        self._simulator = simulator
        self._later = later
        self._messages: list[tuple[BookedOrder, object]] = []
        self.faults = faults

    @property
    def faults(self) -> OrderFaults:
        """What goes wrong; setting it begins to shuffle anew."""
        return self._faults

    @faults.setter
    def faults(self, faults: OrderFaults) -> None:
        self._faults = faults
        self._dice = None if faults.shuffle_seed is None else Random(faults.shuffle_seed)

    def tell(self, booked: BookedOrder, *messages: object) -> None:
        """Puts messages about an order into the post."""
        self._messages += [(booked, message) for message in messages]

    def tell_order(self, booked: BookedOrder) -> None:
        """Puts in what an order is and how it stands, and remembers that."""
        booked.told = (booked.status, booked.why_held)
        self.tell(booked, open_order(booked), order_status(booked))

    def tell_news(self, booked: BookedOrder) -> None:
        """Does the same if its state is not the one that was told last."""
        if booked.told != (booked.status, booked.why_held):
            self.tell_order(booked)

    def tell_error(self, booked: BookedOrder, code: int, words: str) -> None:
        """Puts in an error with the order's number."""
        time = datetime.fromtimestamp(int(self._simulator.now()), UTC)
        self.tell(booked, Error(booked.order_id, code, words, time=time))

    def tell_deal(self, deal: Deal) -> None:
        """Puts in a fill, without its cost."""
        self.tell(deal.booked, deal.data(self._simulator.zone))

    def tell_cost(self, deal: Deal) -> None:
        """Puts in what a fill cost; it goes out after the delay that was set."""
        report = deal.report()
        if report is None:
            return
        delay = self._faults.commission_delay
        if delay:
            self._later(delay, lambda: self._deliver(deal.booked, report))
        else:
            self.tell(deal.booked, report)

    def send(self) -> None:
        """Tells all that is in the post."""
        messages, self._messages = self._messages, []
        if self._dice is not None:
            self._dice.shuffle(messages)
        for booked, message in messages:
            self._deliver(booked, message)
            if self._faults.repeats_status and isinstance(message, OrderStatus):
                self._deliver(booked, message)

    def _deliver(self, booked: BookedOrder, message: object) -> None:
        if self._faults.is_mute:
            return
        for client in self._simulator.clients:
            if hears(client, booked, message):
                told = as_told(message, client.server_version)
                if told is not None:
                    client.send(told)


def hears(client: SimulatedClient, booked: BookedOrder, message: object = None) -> bool:
    """Tells whether a client is told of an order unasked.

    Client 0 hears of what people order once it has an id for that; of their executions at once.
    The master client hears of everything but the errors of others.
    """
    if client.client_id is None:
        return False
    if client.client_id != booked.client_id:
        is_master = client.client_id == client.simulator.master_client_id
        return is_master and not isinstance(message, Error)
    is_deal = isinstance(message, ExecutionData | CommissionAndFeesReport)
    return booked.order_id != 0 or is_deal
