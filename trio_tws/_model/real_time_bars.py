"""Bars of five seconds, each sent when it is complete."""

from datetime import datetime
from decimal import Decimal

from trio_tws import _versions as v
from trio_tws._model.contracts import CONTRACT_OUT, TAGS, Contract, TagValue
from trio_tws._wire import incoming, layout, outgoing, wire
from trio_tws._wire.kinds import SECONDS


@outgoing(51, version=1, proto=v.PROTOBUF_HISTORICAL_DATA)
class CancelRealTimeBars:
    """Ends a `ReqRealTimeBars`.

    Source: EClient.cancelRealTimeBars.
    """

    req_id: int = wire(1)


@outgoing(50, version=3, proto=v.PROTOBUF_HISTORICAL_DATA, cancel=CancelRealTimeBars)
class ReqRealTimeBars:
    """Asks for a bar every five seconds, from now on.

    After error 10225 it has to be cancelled and asked anew; 420 means no permission, or too many
    requests.

    Source: EClient.reqRealTimeBars.
    """

    req_id: int = wire(1)
    contract: Contract = wire(2)
    bar_size: int = wire(3, default=5)
    """In seconds; TWS takes nothing but 5."""
    what_to_show: str = wire(4, default="TRADES")
    """TRADES, MIDPOINT, BID or ASK."""
    use_rth: bool = wire(5, default=True)
    """Regular trading hours only."""
    real_time_bars_options: tuple[TagValue, ...] = wire(6, kind=TAGS, default=())
    """For IB's own use."""


Q = ReqRealTimeBars

layout(
    ReqRealTimeBars,
    Q.req_id,
    *CONTRACT_OUT,
    Q.bar_size,
    Q.what_to_show,
    Q.use_rth,
    Q.real_time_bars_options,
)


@incoming(50, version=3, proto=v.PROTOBUF_HISTORICAL_DATA, answers=ReqRealTimeBars)
class RealTimeBars:
    """One bar of five seconds; it is sent once, and does not change afterwards.

    Source: EWrapper.realtimeBar.
    """

    req_id: int = wire(1, default=-1)
    time: datetime | None = wire(2, kind=SECONDS, default=None)
    """When it begins, aware, in UTC."""
    open: float = wire(3, default=0.0)
    """In the contract's currency, as are high, low and close."""
    high: float = wire(4, default=0.0)
    low: float = wire(5, default=0.0)
    close: float = wire(6, default=0.0)
    volume: Decimal | None = wire(7, default=None, unset=-1)
    """None for bars that are not made of trades."""
    wap: Decimal | None = wire(8, default=None, unset=-1)
    """The volume-weighted average price; None for bars that are not made of trades."""
    count: int | None = wire(9, default=None, unset=-1)
    """How many trades; None for bars that are not made of trades."""
