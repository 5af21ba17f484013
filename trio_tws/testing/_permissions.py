"""What the login of the simulated TWS has subscribed to at IB, instrument by instrument."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, final

import attrs

from trio_tws.testing._instrument import Instrument

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient


def everything(_: Instrument) -> bool:
    """Says yes to all instruments."""
    return True


@final
@attrs.frozen(kw_only=True)
class Permissions:
    """Which data the login may see; each field is asked about an instrument.

    For example ``Permissions(live=lambda one: one.sec_type != "OPT")`` is for a login without
    options, and ``Permissions(live=lambda _: False)`` for one that pays for no data at all.
    """

    live: Callable[[Instrument], bool] = everything
    """Live data: market data lines, real-time bars, tick-by-tick data, and all that is past.

    Options have theirs; what is computed from it and the underlying needs that of both.
    """
    delayed: Callable[[Instrument], bool] = everything
    """Delayed data, for those who ask for that."""
    depth: Callable[[Instrument], bool] = everything
    """Depth, where there is live data."""


def has_no_live_data(
    client: SimulatedClient, req_id: int, instrument: Instrument, code: int, service: str
) -> bool:
    """Tells whether live data is missing, and tells it to the client, in the words of a service."""
    if client.simulator.permissions.live(instrument):
        return False
    exchange = instrument.primary_exchange or instrument.exchange
    words = f"No market data permissions for {exchange} {instrument.sec_type}"
    client.send(client.error(req_id, code, f"{service}:{words}"))
    return True
