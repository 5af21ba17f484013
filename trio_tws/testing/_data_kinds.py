"""Live, frozen and delayed: which of them a market data line of the simulated TWS has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from trio_tws._enums import MarketDataKind, TickType

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._instrument import Instrument

DELAY: Final = 900.0
"""Seconds; IB delays by 15 to 20 minutes, depending on the exchange."""

DELAYED: Final[Mapping[TickType, TickType]] = {
    TickType.BID: TickType.DELAYED_BID,
    TickType.ASK: TickType.DELAYED_ASK,
    TickType.LAST: TickType.DELAYED_LAST,
    TickType.BID_SIZE: TickType.DELAYED_BID_SIZE,
    TickType.ASK_SIZE: TickType.DELAYED_ASK_SIZE,
    TickType.LAST_SIZE: TickType.DELAYED_LAST_SIZE,
    TickType.HIGH: TickType.DELAYED_HIGH,
    TickType.LOW: TickType.DELAYED_LOW,
    TickType.VOLUME: TickType.DELAYED_VOLUME,
    TickType.CLOSE: TickType.DELAYED_CLOSE,
    TickType.OPEN: TickType.DELAYED_OPEN,
    TickType.MODEL_OPTION: TickType.DELAYED_MODEL_OPTION,
    TickType.LAST_TIMESTAMP: TickType.DELAYED_LAST_TIMESTAMP,
    TickType.HALTED: TickType.DELAYED_HALTED,
}
"""What a tick is called when it is late."""

_DELAYED_KINDS: Final = (MarketDataKind.DELAYED, MarketDataKind.DELAYED_FROZEN)
_NOT_SUBSCRIBED: Final = "Requested market data is not subscribed."


def kind_for(
    client: SimulatedClient, req_id: int, instrument: Instrument, *, is_paid: bool = False
) -> MarketDataKind | None:
    """Chooses what a line has, and tells the client if that is delayed or nothing.

    Live always wins. The frozen kinds are for when the market is closed, which the line sees by
    itself. What is paid by the piece, a regulatory snapshot, is live.
    """
    permissions = client.simulator.permissions
    if is_paid or permissions.live(instrument):
        return MarketDataKind.LIVE
    if not permissions.delayed(instrument):
        client.send(client.error(req_id, 354, _NOT_SUBSCRIBED))
        return None
    if client.market_data_kind in _DELAYED_KINDS:
        words = f"{_NOT_SUBSCRIBED} Displaying delayed market data."
        client.send(client.error(req_id, 10167, words))
        return MarketDataKind.DELAYED
    where = f"{instrument.symbol} {instrument.primary_exchange or instrument.exchange}/TOP/ALL"
    words = (
        "Requested market data requires additional subscription for API. See link in 'Market Data "
        f"Connections' dialog for more details.Delayed market data is available.{where}"
    )
    client.send(client.error(req_id, 10089, words))
    return None
