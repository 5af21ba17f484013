"""Which conversation a message belongs to, derived from the tables.

A conversation is a request and its answers. Most carry a request id in both; the others are told
by the type of the answer. Whether an answer is the last of its conversation may depend on the
server version.
"""

from typing import final

import attrs

from trio_tws._model import MESSAGES
from trio_tws._wire.fields import fields_of, spec_of


@final
@attrs.frozen
class Route:
    """How the messages of one type are handed on.

    Attributes:
        is_keyed: Whether the message names its request by ``req_id``.
        requests: The requests it answers.
        is_last: Whether its conversation ends with it.
    """

    is_keyed: bool
    requests: tuple[type, ...]
    is_last: bool


def routes(server_version: int) -> dict[type, Route]:
    """Gives the route of each message from TWS that answers a request, by its class."""
    found: dict[type, Route] = {}
    for cls in MESSAGES.incoming.values():
        spec = spec_of(cls)
        if spec.answers:
            found[cls] = Route(has_req_id(cls), spec.answers, server_version in spec.ends)
    return found


def has_req_id(cls: type) -> bool:
    """Tells whether a message names the request it belongs to."""
    return any(field.name == "req_id" for field in fields_of(cls))


def cancel_of(request: object, req_id: int | None, server_version: int) -> object | None:
    """Makes the message that takes a request back; None if this server knows none.

    What a request shares with its cancel (whether depth is SMART) is copied. The request id goes in
    if the cancel has one: a subscription without an id is cancelled without one.
    """
    cls: type = type(request)
    cancel = spec_of(cls).cancel
    if cancel is None or server_version < spec_of(cancel).since:
        return None
    has = {field.name for field in fields_of(cls)}
    wanted = [field.name for field in fields_of(cancel) if field.name in has]
    values = {name: getattr(request, name) for name in wanted}
    if has_req_id(cancel):
        values["req_id"] = req_id
    made: object = cancel(**values)
    return made
