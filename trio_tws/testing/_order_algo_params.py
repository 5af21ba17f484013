"""IB's algorithms as an order names them: read back into what the client has for them.

The classes of the client say which parameters there are, and what they may be.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from enum import StrEnum
from types import NoneType
from typing import Final, cast, get_args
from zoneinfo import ZoneInfo

import attrs

from trio_tws._client._times import read_time, read_zone
from trio_tws._errors import RemoteProtocolError
from trio_tws._model.orders import Order
from trio_tws._orders.algos import STRATEGIES, Algo
from trio_tws.testing._order_checks import OrderRefusal

_CLASSES: Final = {name: cls for cls, name in STRATEGIES.items()}
_FLAGS: Final = {"1": True, "true": True, "0": False, "false": False}


def algo_of(order: Order, zone: ZoneInfo) -> Algo | None:
    """Gives the algorithm that an order names, with its parameters; None if it names none.

    Args:
        order: The order.
        zone: That of TWS, for times of day that name none.

    Raises:
        OrderRefusal: There is no such algorithm (439) or parameter (443), or one is missing or
            can't be what it is (441).
    """
    if not order.algo_strategy:
        return None
    cls = _CLASSES.get(order.algo_strategy)
    if cls is None:
        words = "Order processing failed. Algorithm definition not found."
        raise OrderRefusal(439, f"{words} {order.algo_strategy}")
    known = {name.replace("_", ""): field for name, field in attrs.fields_dict(cls).items()}
    said: dict[str, object] = {}
    for parameter in order.algo_params:
        field = known.get(parameter.tag.lower())
        if field is None:
            raise OrderRefusal(443, f"Unknown algo attribute. {parameter.tag}")
        try:
            said[field.name] = _value(parameter.value, field.type, zone)
        except (ValueError, KeyError, RemoteProtocolError) as error:
            raise _invalid(f"{parameter.tag}={parameter.value}") from error
    try:
        return cast("Algo", cls(**said))
    except (TypeError, ValueError) as error:
        raise _invalid(str(error)) from error


def _invalid(what: str) -> OrderRefusal:
    return OrderRefusal(441, f"Algo attributes validation failed: {what}")


def _value(text: str, annotation: object, zone: ZoneInfo) -> object:
    """Reads a parameter as what its field holds.

    Raises:
        ValueError, KeyError, RemoteProtocolError: It can't be read as that.
    """
    kinds = set(get_args(annotation) or (annotation,)) - {NoneType}
    if time in kinds or datetime in kinds:
        return _moment(text, zone)
    (kind,) = kinds
    if kind is bool:
        return _FLAGS[text.lower()]
    if kind is int:
        return int(text)
    return cast("type[StrEnum]", kind)(text) if kind is not float else float(text)


def _moment(text: str, zone: ZoneInfo) -> datetime | time:
    """Reads a moment, or a time of day with the name of its zone."""
    clock, _, name = text.partition(" ")
    if "-" in clock or " " in name:
        return read_time(text, zone).astimezone(UTC)
    return time.fromisoformat(clock).replace(tzinfo=read_zone(name) if name else zone)
