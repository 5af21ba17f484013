"""Which message goes before which, where several wait to be sent.

Orders go before everything, and what takes a request back before what makes one. But a cancel must
not overtake what it cancels: messages about the same thing have the same key.
"""

from collections.abc import Hashable
from enum import IntEnum
from functools import cache
from typing import Final

from trio_tws._model import MESSAGES
from trio_tws._model.session import StartApi
from trio_tws._wire.fields import spec_of
from trio_tws._wire.late import frozen
from trio_tws.protocol._routing import has_req_id


class Rank(IntEnum):
    """Lower ranks go first."""

    ORDER = 0
    """What trades, and what starts the session."""
    CANCEL = 1
    REQUEST = 2


@frozen
class Place:
    """Where a message stands among those that wait.

    Attributes:
        rank: It goes before those of higher ranks, unless one of them has its key.
        key: What it is about; None if nothing else can be about the same.
    """

    rank: Rank = Rank.REQUEST
    key: Hashable = None


PLAIN: Final = Place()
"""The place of what nothing is known about."""


def place_of(message: object) -> Place:
    """Gives the place of a message to TWS; what can't be sent has any."""
    place = _places().get(type(message), PLAIN)
    if place.key is None:
        return place
    # A request without an id is cancelled without one: those two have the class of the cancel.
    return Place(place.rank, getattr(message, "req_id", place.key))


def rank_of(message: object) -> Rank:
    """Gives the rank of a message to TWS alone, which is quicker."""
    return _places().get(type(message), PLAIN).rank


@cache
def _places() -> dict[type, Place]:
    specs = [spec_of(cls) for cls in MESSAGES.outgoing.values()]
    cancels = {spec.cancel for spec in specs}
    places: dict[type, Place] = {}
    for spec in specs:
        if spec.is_trade or spec.cls is StartApi:
            places[spec.cls] = Place(Rank.ORDER)
        elif spec.cls in cancels:
            places[spec.cls] = Place(Rank.CANCEL, spec.cls)
        elif spec.cancel is not None or has_req_id(spec.cls):
            places[spec.cls] = Place(Rank.REQUEST, spec.cancel or spec.cls)
    return places
