"""Historical bars."""

from decimal import Decimal

from trio_tws import _versions as v
from trio_tws._model.contracts import CONTRACT_OUT, FOUR_FIELD_LEG, TAGS, Contract, TagValue
from trio_tws._wire import const, each, incoming, layout, outgoing, since, struct, until, when, wire


@outgoing(25, version=1, proto=v.PROTOBUF_HISTORICAL_DATA)
class CancelHistoricalData:
    """Takes back a `ReqHistoricalData`; TWS confirms with error 162.

    Source: EClient.cancelHistoricalData.
    """

    req_id: int = wire(1)


@outgoing(
    20,
    version=6,
    version_until=v.SYNT_REALTIME_BARS,
    proto=v.PROTOBUF_HISTORICAL_DATA,
    cancel=CancelHistoricalData,
)
class ReqHistoricalData:
    """Asks for bars of the past, and if wished for those to come.

    Source: EClient.reqHistoricalData.
    """

    req_id: int = wire(1)
    contract: Contract = wire(2)
    end_date_time: str = wire(3, default="")
    """``yyyymmdd-hh:mm:ss`` (UTC) or ``yyyymmdd hh:mm:ss Zone/Name``; empty for now."""
    bar_size_setting: str = wire(4, default="1 min")
    duration: str = wire(5, default="1 D")
    use_rth: bool = wire(6, default=True)
    """Regular trading hours only."""
    what_to_show: str = wire(7, default="TRADES")
    format_date: int = wire(8, default=1)
    """1 text, 2 epoch seconds; days are yyyymmdd in both."""
    keep_up_to_date: bool = wire(9, default=False)
    chart_options: tuple[TagValue, ...] = wire(10, kind=TAGS, default=())


Q = ReqHistoricalData

layout(
    ReqHistoricalData,
    Q.req_id,
    *CONTRACT_OUT,
    Contract.include_expired,
    Q.end_date_time,
    Q.bar_size_setting,
    Q.duration,
    Q.use_rth,
    Q.what_to_show,
    Q.format_date,
    when(Contract.sec_type, "BAG", each(Contract.combo_legs, *FOUR_FIELD_LEG)),
    since(v.SYNT_REALTIME_BARS, Q.keep_up_to_date),
    Q.chart_options,
)


@struct
class HistoricalDataBar:
    """One bar as TWS sends it.

    Source: IB's class Bar.
    """

    date: str = wire(1, default="")
    """When it begins: epoch seconds, yyyymmdd, or text with or without a zone, as asked for."""
    open: float = wire(2, default=0.0)
    high: float = wire(3, default=0.0)
    low: float = wire(4, default=0.0)
    close: float = wire(5, default=0.0)
    volume: Decimal | None = wire(6, default=None, unset=-1)
    """None for bars that are not made of trades."""
    wap: Decimal | None = wire(7, default=None, unset=-1)
    """The volume-weighted average price; None for bars that are not made of trades."""
    bar_count: int | None = wire(8, default=None, unset=-1)
    """How many trades; None for bars that are not made of trades."""


@incoming(
    17,
    version=3,
    version_until=v.SYNT_REALTIME_BARS,
    proto=v.PROTOBUF_HISTORICAL_DATA,
    answers=ReqHistoricalData,
    ends_until=v.HISTORICAL_DATA_END,
)
class HistoricalData:
    """The bars of a `ReqHistoricalData`, oldest first.

    Below server version 196 this is the whole answer; from then on `HistoricalDataEnd` follows.

    Source: EWrapper.historicalData.
    """

    req_id: int = wire(1, default=-1)
    start_date: str = wire(default="", until=v.HISTORICAL_DATA_END)
    end_date: str = wire(default="", until=v.HISTORICAL_DATA_END)
    bars: tuple[HistoricalDataBar, ...] = wire(2, default=())


B = HistoricalDataBar

layout(
    HistoricalData,
    HistoricalData.req_id,
    HistoricalData.start_date,
    HistoricalData.end_date,
    each(
        HistoricalData.bars,
        B.date,
        B.open,
        B.high,
        B.low,
        B.close,
        B.volume,
        B.wap,
        until(v.SYNT_REALTIME_BARS, const("false")),  # whether the bar has gaps
        B.bar_count,
    ),
)


@incoming(
    108,
    since=v.HISTORICAL_DATA_END,
    proto=v.PROTOBUF_HISTORICAL_DATA,
    answers=ReqHistoricalData,
    ends=True,
)
class HistoricalDataEnd:
    """All bars of a `ReqHistoricalData` have come.

    Source: EWrapper.historicalDataEnd.
    """

    req_id: int = wire(1, default=-1)
    start_date: str = wire(2, default="")
    """In the time zone of TWS."""
    end_date: str = wire(3, default="")


@incoming(
    90, since=v.SYNT_REALTIME_BARS, proto=v.PROTOBUF_HISTORICAL_DATA, answers=ReqHistoricalData
)
class HistoricalDataUpdate:
    """The newest bar of a `ReqHistoricalData` that is kept up to date, as it is now.

    A bar comes again and again while it grows, every few seconds; one with another date is new.

    Source: EWrapper.historicalDataUpdate.
    """

    req_id: int = wire(1, default=-1)
    bar: HistoricalDataBar = wire(2, factory=HistoricalDataBar)


layout(
    HistoricalDataUpdate,
    HistoricalDataUpdate.req_id,
    B.bar_count,
    B.date,
    B.open,
    B.close,
    B.high,
    B.low,
    B.wap,
    B.volume,
)


@struct
class HistoricalSession:
    """One session of a trading schedule.

    Source: IB's class HistoricalSession.
    """

    start_date_time: str = wire(1, default="")
    """``yyyymmdd-hh:mm:ss`` in the time zone of the schedule."""
    end_date_time: str = wire(2, default="")
    ref_date: str = wire(3, default="")
    """The trading day that the session counts for, yyyymmdd."""


@incoming(
    106,
    since=v.HISTORICAL_SCHEDULE,
    proto=v.PROTOBUF_REST_MESSAGES_1,
    answers=ReqHistoricalData,
    ends=True,
)
class HistoricalSchedule:
    """When an instrument was traded: the whole answer if SCHEDULE is what a request wants to see.

    Source: EWrapper.historicalSchedule.
    """

    req_id: int = wire(1, default=-1)
    start_date_time: str = wire(2, default="")
    """``yyyymmdd-hh:mm:ss``, as is end_date_time."""
    end_date_time: str = wire(3, default="")
    time_zone: str = wire(4, default="")
    """The time zone of all times in it, by its name."""
    sessions: tuple[HistoricalSession, ...] = wire(5, default=())
