"""What sessions know of the messages, made once for all of them."""

from collections.abc import Mapping
from functools import cache

from trio_tws._model import MESSAGES
from trio_tws._wire.fields import spec_of
from trio_tws.protocol._routing import Route, routes


@cache
def routes_at(server_version: int) -> tuple[Mapping[type, Route], frozenset[type]]:
    """Gives the routes of messages from TWS, and which of those messages are plain."""
    found = routes(server_version)
    return found, frozenset(cls for cls, route in found.items() if route.is_plain)


@cache
def trading_messages() -> tuple[type, ...]:
    """Gives the classes of messages that trade."""
    return tuple(cls for cls in MESSAGES.outgoing.values() if spec_of(cls).is_trade)
