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
_INDEPENDENT: Final = "Subscription-independent ticks are still active."
_MORE_FOR_API: Final = (
    "requires additional subscription for API. See link in 'Market Data Connections' dialog for "
    "more details"
)


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
    words = f"Requested market data {_MORE_FOR_API}.{_delayed(client, instrument)}"
    client.send(client.error(req_id, 10089, words))
    return None


def has_model(
    client: SimulatedClient, req_id: int, instrument: Instrument, kind: MarketDataKind
) -> bool:
    """Tells whether a line has what is computed from the underlying, and says what is missing.

    An option alone brings its quotes and trades; without live data of the underlying TWS can
    compute nothing from it: 10090. A delayed line is computed from what is late, with 10091.

    Source: IB's page on error codes (10090), and messages that users of other clients have
    published: the words of both, and 10091 between 10167 and the delayed computation
    (wboayue/rust-ibapi#804). Not known: whether TWS says 10091 to who asks for live data, too.
    """
    if instrument.sec_type != "OPT":
        return False
    underlying = client.simulator.market.instrument(instrument.under_con_id)
    if client.simulator.permissions.live(underlying):
        return True
    is_late = kind is MarketDataKind.DELAYED
    code = 10091 if is_late else 10090
    cause = f"{_MORE_FOR_API}." if is_late else f"is not subscribed. {_INDEPENDENT}"
    words = f"Part of requested market data {cause}{_delayed(client, underlying)}"
    client.send(client.error(req_id, code, words))
    return is_late and client.simulator.permissions.delayed(underlying)


def _delayed(client: SimulatedClient, instrument: Instrument) -> str:
    """Says whether there is delayed data, and of what."""
    no = "" if client.simulator.permissions.delayed(instrument) else "not "
    where = f"{instrument.symbol} {instrument.primary_exchange or instrument.exchange}/TOP/ALL"
    return f"Delayed market data is {no}available.{where}"
