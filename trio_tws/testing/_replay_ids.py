"""The ids that a program chooses, in every message that has one.

A program that is served a recording chooses its own ids, so each id of the recording stands for one
of the program's. Request ids and order ids are two kinds: a program may use the same number for
both.
"""

from collections.abc import Callable
from typing import Final, final

import attrs

from trio_tws._model.executions import ExecutionData
from trio_tws._model.session import NextValidId
from trio_tws._wire import evolve

_REQUEST: Final = "req_id"
_ORDERS: Final = ("order_id", "parent_id", "sl_order_id", "pt_order_id")
_HOLDERS: Final = ("order", "execution", "attached_orders")
"""The fields whose structures name orders too."""


@final
@attrs.frozen
class Id:
    """The id of a request, or of an order."""

    is_order: bool
    number: int


Renumber = Callable[[Id], int]
"""Gives the number that stands for an id."""


def id_of(message: object) -> Id | None:
    """Gives the id by which a message names what it is about; None if it names nothing.

    That of an error is given as a request's; it may be an order's as well.
    """
    if isinstance(message, NextValidId):
        return None  # it names an order that is not there yet
    request = getattr(message, _REQUEST, None)
    if isinstance(request, int) and request >= 0:
        return Id(is_order=False, number=request)
    about: object = message.execution if isinstance(message, ExecutionData) else message
    order = getattr(about, "order_id", None)
    return Id(is_order=True, number=order) if isinstance(order, int) and order > 0 else None


def renumbered(message: object, renumber: Renumber) -> object:
    """Gives a message, or a structure in one, with other ids."""
    if isinstance(message, NextValidId):
        return message
    changes: dict[str, object] = {}
    request = getattr(message, _REQUEST, None)
    if isinstance(request, int) and request >= 0:
        changes[_REQUEST] = renumber(Id(is_order=False, number=request))
    for name in _ORDERS:
        order = getattr(message, name, None)
        if isinstance(order, int) and order > 0:
            changes[name] = renumber(Id(is_order=True, number=order))
    for name in _HOLDERS:
        held = getattr(message, name, None)
        if held is not None:
            changes[name] = renumbered(held, renumber)
    return evolve(message, **changes) if changes else message
