"""What `trio-tws simulate` tells of orders and errors: a line for each thing that happened."""

from collections.abc import Iterator
from itertools import islice, takewhile
from typing import Final, final

from trio_tws._enums import OrderStatusName
from trio_tws._model.contracts import Contract
from trio_tws._model.session import Error
from trio_tws.testing import Exchange, SimulatedClient
from trio_tws.testing._executions_log import Deal
from trio_tws.testing._order_booked import BookedOrder

_CANCELLED: Final = 202
"""The state of the order says the same."""

_FARMS: Final = range(2100, 2200)
"""What is told of them at the start of each session, and is as it should be."""

_AS_IT_COMES: Final = frozenset({OrderStatusName.PENDING_SUBMIT, OrderStatusName.SUBMITTED})
"""States that are not worth a word of their own."""


@final
class OrderNews:
    """What has become of the orders of an exchange since it was looked at last."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._orders = 0
        self._deals = 0
        self._told: dict[BookedOrder, tuple[str, OrderStatusName]] = {}

    def news(self) -> Iterator[str]:
        """Gives what came, what was filled, and what changed otherwise."""
        for booked in islice(self._exchange.book, self._orders, None):
            self._orders += 1
            status = OrderStatusName.PENDING_SUBMIT
            self._told[booked] = (_wanted(booked), status)
            yield f"{_name(booked)}: {_wanted(booked)}"
        for deal in islice(self._exchange.log, self._deals, None):
            self._deals += 1
            yield f"{_name(deal.booked)}: {_traded(deal)}"
        for booked, (wanted, status) in tuple(self._told.items()):
            now = (_wanted(booked), booked.status)
            self._told[booked] = now
            if now[0] != wanted:
                yield f"{_name(booked)} is now: {now[0]}"
            if now[1] is not status and not _AS_IT_COMES.issuperset({status, now[1]}):
                yield f"{_name(booked)}: {now[1].value}"
            if booked.is_done:
                del self._told[booked]


@final
class ErrorNews:
    """The errors and notices that programs were told since they were looked at last."""

    def __init__(self) -> None:
        self._last: dict[SimulatedClient, Error] = {}

    def news(self, client: SimulatedClient) -> Iterator[str]:
        """Gives those that say something which isn't told otherwise."""
        last = self._last.get(client)
        fresh = list(takewhile(lambda error: error is not last, reversed(client.errors)))
        for error in reversed(fresh):
            self._last[client] = error
            if error.code not in _FARMS and error.code != _CANCELLED:
                who = "a program" if client.client_id is None else f"client {client.client_id}"
                about = "" if error.req_id < 0 else f" about {error.req_id}"
                words = " ".join(error.message.split())
                yield f"{who} was told{about}: {error.code}, {words}"

    def forget(self, client: SimulatedClient) -> None:
        """Lets go of one that has left."""
        self._last.pop(client, None)


def _name(booked: BookedOrder) -> str:
    if booked.is_manual:
        return f"somebody at TWS, order {booked.perm_id}"
    return f"client {booked.client_id}, order {booked.order_id}"


def _wanted(booked: BookedOrder) -> str:
    order, contract = booked.order, booked.draft.contract
    prices = [str(price) for price in (order.lmt_price, order.aux_price) if price is not None]
    tif = [] if order.tif in {"", "DAY"} else [order.tif]
    words = [order.action, f"{booked.total:f}", _symbol(contract), order.order_type, *prices, *tif]
    return " ".join(words)


def _traded(deal: Deal) -> str:
    what = f"{'bought' if deal.is_buy else 'sold'} {abs(deal.quantity):f} {_symbol(deal.contract)}"
    again = "corrected: " if deal.revision > 1 else ""
    return f"{again}{what} at {deal.price}"


def _symbol(contract: Contract) -> str:
    return contract.local_symbol or contract.symbol
