"""How long an order works: a word, or a moment."""

from datetime import datetime
from enum import StrEnum
from typing import final

import attrs

from trio_tws._model.moments import utc_text
from trio_tws._model.orders import Order
from trio_tws._wire import evolve
from trio_tws._wire.late import frozen


class TimeInForce(StrEnum):
    """How long an order works.

    Source: IB's class Order, tif.
    """

    DAY = "DAY"
    """Until the end of the trading day."""
    GTC = "GTC"
    """Until it is cancelled; IB cancels it after some corporate actions and 90 days without a
    login."""
    IOC = "IOC"
    """What can't be filled at once is cancelled."""
    GTD = "GTD"
    """Until a moment: said with `GoodTill`."""
    OPG = "OPG"
    """For the opening auction; on its own with an order at the market, or at a limit."""
    FOK = "FOK"
    """All at once, or cancelled."""
    DTC = "DTC"
    """Until the end of the day; then it is not cancelled but deactivated, and stays in TWS."""
    AUC = "AUC"
    """For the auction before the market opens."""


def _aware(_: object, attribute: "attrs.Attribute[datetime]", value: datetime) -> None:
    utc_text(attribute.name, value)


@final
@frozen
class GoodTill:
    """Until a moment, which has a time zone; it is sent in UTC, to the second.

    Source: IB's class Order, goodTillDate.
    """

    moment: datetime = attrs.field(validator=_aware)


def with_time_in_force(order: Order, tif: str | GoodTill) -> Order:
    """Gives an order that works so long.

    Raises:
        ValueError: It is no time in force that IB has, or it is GTD, which needs a moment.
    """
    if isinstance(tif, GoodTill):
        return evolve(order, tif=TimeInForce.GTD.value, good_till_date=utc_text("tif", tif.moment))
    try:
        known = TimeInForce(tif.upper())
    except ValueError as error:
        words = ", ".join(TimeInForce)
        raise ValueError(
            f"tif={tif!r} is none of {words}; evolve(order, tif=...) sends what IB may add"
        ) from error
    if known is TimeInForce.GTD:
        raise ValueError(f"tif={tif!r} needs a moment; give tif=GoodTill(...)")
    return evolve(order, tif=known.value)
