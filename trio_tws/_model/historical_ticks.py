"""Trades, quotes or midpoints of the past, one by one."""

from trio_tws import _versions as v
from trio_tws._model.contracts import CONTRACT_OUT, TAGS, Contract, TagValue
from trio_tws._model.tick_by_tick import (
    MidpointTick,
    QuoteTick,
    ReqTickByTickData,
    TradeTick,
    of_past,
)
from trio_tws._wire import incoming, layout, outgoing, wire


@outgoing(107, since=v.CANCEL_CONTRACT_DATA, proto=v.CANCEL_CONTRACT_DATA)
class CancelHistoricalTicks:
    """Takes back a `ReqHistoricalTicks`; protobuf only.

    Source: EClient.cancelHistoricalTicks.
    """

    req_id: int = wire(1)


@outgoing(
    96,
    since=v.HISTORICAL_TICKS,
    proto=v.PROTOBUF_HISTORICAL_DATA,
    cancel=CancelHistoricalTicks,
)
class ReqHistoricalTicks:
    """Asks for ticks from a moment on, or up to one: exactly one of the two times has to be given.

    Source: EClient.reqHistoricalTicks.
    """

    req_id: int = wire(1)
    contract: Contract = wire(2)
    start_date_time: str = wire(3, default="")
    """``yyyymmdd-hh:mm:ss`` (UTC) or ``yyyymmdd hh:mm:ss Zone/Name``, as is end_date_time."""
    end_date_time: str = wire(4, default="")
    number_of_ticks: int = wire(5, default=1000)
    """At most 1000. All ticks of the last second come, so there may be more."""
    what_to_show: str = wire(6, default="TRADES")
    """TRADES, BID_ASK or MIDPOINT; it decides which of three messages answers."""
    use_rth: bool = wire(7, default=True)
    """Regular trading hours only."""
    ignore_size: bool = wire(8, default=False)
    """Whether to leave out quotes of which only a size is new."""
    misc_options: tuple[TagValue, ...] = wire(9, kind=TAGS, default=())
    """For IB's own use."""


Q = ReqHistoricalTicks

layout(
    ReqHistoricalTicks,
    Q.req_id,
    *CONTRACT_OUT,
    Contract.include_expired,
    Q.start_date_time,
    Q.end_date_time,
    Q.number_of_ticks,
    Q.what_to_show,
    Q.use_rth,
    Q.ignore_size,
    Q.misc_options,
)


@incoming(
    96,
    since=v.HISTORICAL_TICKS,
    proto=v.PROTOBUF_HISTORICAL_DATA,
    answers=(ReqHistoricalTicks, ReqTickByTickData),
)
class HistoricalTicks:
    """Midpoints, oldest first. A `ReqHistoricalTicks` has its whole answer when one says ``done``.

    To a `ReqTickByTickData` they are the past that it asked for, and its stream goes on.

    Source: EWrapper.historicalTicks.
    """

    req_id: int = wire(1, default=-1)
    ticks: tuple[MidpointTick, ...] = wire(2, via=of_past(MidpointTick), default=())
    done: bool = wire(3, default=False)
    """Nothing more of the past will come."""


@incoming(
    97,
    since=v.HISTORICAL_TICKS,
    proto=v.PROTOBUF_HISTORICAL_DATA,
    answers=(ReqHistoricalTicks, ReqTickByTickData),
)
class HistoricalTicksBidAsk:
    """Quotes, oldest first. A `ReqHistoricalTicks` has its whole answer when one says ``done``.

    To a `ReqTickByTickData` they are the past that it asked for, and its stream goes on.

    Source: EWrapper.historicalTicksBidAsk.
    """

    req_id: int = wire(1, default=-1)
    ticks: tuple[QuoteTick, ...] = wire(2, via=of_past(QuoteTick), default=())
    done: bool = wire(3, default=False)
    """Nothing more of the past will come."""


@incoming(
    98,
    since=v.HISTORICAL_TICKS,
    proto=v.PROTOBUF_HISTORICAL_DATA,
    answers=(ReqHistoricalTicks, ReqTickByTickData),
)
class HistoricalTicksLast:
    """Trades, oldest first. A `ReqHistoricalTicks` has its whole answer when one says ``done``.

    To a `ReqTickByTickData` they are the past that it asked for, and its stream goes on.

    Source: EWrapper.historicalTicksLast.
    """

    req_id: int = wire(1, default=-1)
    ticks: tuple[TradeTick, ...] = wire(2, via=of_past(TradeTick), default=())
    done: bool = wire(3, default=False)
    """Nothing more of the past will come."""
