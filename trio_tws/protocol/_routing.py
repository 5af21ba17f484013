"""Which conversation a message belongs to, derived from the tables.

A conversation is a request and its answers. Most carry a request id in both; the others are told
by the type of the answer. Whether an answer is the last of its conversation may depend on the
server version.
"""

from functools import cache
from typing import Final, final

from trio_tws._model import MESSAGES
from trio_tws._model.executions import ExecutionData
from trio_tws._model.open_orders import OrderStatus
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._wire.classes import wires_of
from trio_tws._wire.fields import spec_of
from trio_tws._wire.late import frozen

_NEWS_OF_ORDERS: Final = (OpenOrder, OrderStatus, ExecutionData, CompletedOrder)


@final
@frozen
class Route:
    """How the messages of one type are handed on.

    Attributes:
        is_keyed: Whether the message names its request by ``req_id``.
        requests: The requests it answers.
        is_last: Whether its conversation ends with it.
        is_news_of_orders: Whether it tells of an order, asked for or not.
    """

    is_keyed: bool
    requests: tuple[type, ...]
    is_last: bool
    is_news_of_orders: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to do with one but to hand it to its conversation."""
        return self.is_keyed and not self.is_last and not self.is_news_of_orders


def routes(server_version: int) -> dict[type, Route]:
    """Gives the route of each message from TWS that answers a request, by its class."""
    found: dict[type, Route] = {}
    for cls in MESSAGES.incoming.values():
        spec = spec_of(cls)
        if spec.answers:
            is_last = server_version in spec.ends
            found[cls] = Route(has_req_id(cls), spec.answers, is_last, cls in _NEWS_OF_ORDERS)
    return found


@cache
def rivals(request: type) -> frozenset[type]:
    """Gives the requests without an id whose answers can't be told from those to this one.

    Itself is among them: there is one under way of all of them at a time.
    """
    found = {request}
    for cls in MESSAGES.incoming.values():
        answered = spec_of(cls).answers
        if request in answered and spec_of(cls).ends and not has_req_id(cls):
            found.update(answered)
    return frozenset(found)


def has_req_id(cls: type) -> bool:
    """Tells whether a message names the request it belongs to."""
    return "req_id" in wires_of(cls)


def cancel_of(request: object, req_id: int | None, server_version: int) -> object | None:
    """Makes the message that takes a request back; None if this server knows none.

    What a request shares with its cancel (whether depth is SMART) is copied. The request id goes in
    if the cancel has one: a subscription without an id is cancelled without one.
    """
    cls: type = type(request)
    cancel = spec_of(cls).cancel
    if cancel is None or server_version < spec_of(cancel).since:
        return None
    has = wires_of(cls)
    wanted = [name for name in wires_of(cancel) if name in has]
    values = {name: getattr(request, name) for name in wanted}
    if has_req_id(cancel):
        values["req_id"] = req_id
    made: object = cancel(**values)
    return made
