"""What is known of an instrument's past as a whole: how much at which price, and since when."""

from decimal import Decimal

from trio_tws import _versions as v
from trio_tws._model.contracts import CONTRACT_OUT, Contract
from trio_tws._wire import incoming, layout, outgoing, struct, wire


@outgoing(89, since=v.REQ_HISTOGRAM, proto=v.PROTOBUF_HISTORICAL_DATA)
class CancelHistogramData:
    """Takes back a `ReqHistogramData`.

    Source: EClient.cancelHistogramData.
    """

    req_id: int = wire(1)


@outgoing(88, since=v.REQ_HISTOGRAM, proto=v.PROTOBUF_HISTORICAL_DATA, cancel=CancelHistogramData)
class ReqHistogramData:
    """Asks how much of an instrument was traded at which price.

    Source: EClient.reqHistogramData.
    """

    req_id: int = wire(1)
    contract: Contract = wire(2)
    use_rth: bool = wire(3, default=True)
    """Regular trading hours only."""
    time_period: str = wire(4, default="1 week")
    """How far back from now: a number and a unit, as in ``3 days``."""


layout(
    ReqHistogramData,
    ReqHistogramData.req_id,
    *CONTRACT_OUT,
    Contract.include_expired,
    ReqHistogramData.use_rth,
    ReqHistogramData.time_period,
)


@struct
class HistogramDataEntry:
    """One price of a histogram.

    Source: IB's class HistogramData.
    """

    price: float = wire(1, default=0.0)
    """In the contract's currency, per unit."""
    size: Decimal | None = wire(2, default=None)
    """How much was traded at it."""


@incoming(
    89,
    since=v.REQ_HISTOGRAM,
    proto=v.PROTOBUF_HISTORICAL_DATA,
    answers=ReqHistogramData,
    ends=True,
)
class HistogramData:
    """The whole answer to a `ReqHistogramData`.

    Source: EWrapper.histogramData.
    """

    req_id: int = wire(1, default=-1)
    items: tuple[HistogramDataEntry, ...] = wire(2, default=())


@outgoing(90, since=v.CANCEL_HEADTIMESTAMP, proto=v.PROTOBUF_HISTORICAL_DATA)
class CancelHeadTimestamp:
    """Takes back a `ReqHeadTimestamp`; other clients send it after the answer too, to free the id.

    Source: EClient.cancelHeadTimeStamp.
    """

    req_id: int = wire(1)


@outgoing(
    87, since=v.REQ_HEAD_TIMESTAMP, proto=v.PROTOBUF_HISTORICAL_DATA, cancel=CancelHeadTimestamp
)
class ReqHeadTimestamp:
    """Asks since when there are data of an instrument.

    Source: EClient.reqHeadTimeStamp.
    """

    req_id: int = wire(1)
    contract: Contract = wire(2)
    use_rth: bool = wire(3, default=True)
    """Regular trading hours only."""
    what_to_show: str = wire(4, default="TRADES")
    """TRADES, MIDPOINT, BID or ASK, and some more that bars have."""
    format_date: int = wire(5, default=1)
    """1 text, 2 epoch seconds."""


layout(
    ReqHeadTimestamp,
    ReqHeadTimestamp.req_id,
    *CONTRACT_OUT,
    Contract.include_expired,
    ReqHeadTimestamp.use_rth,
    ReqHeadTimestamp.what_to_show,
    ReqHeadTimestamp.format_date,
)


@incoming(
    88,
    since=v.REQ_HEAD_TIMESTAMP,
    proto=v.PROTOBUF_HISTORICAL_DATA,
    answers=ReqHeadTimestamp,
    ends=True,
)
class HeadTimestamp:
    """Since when there are data; error 162 comes instead if there are none.

    Source: EWrapper.headTimestamp.
    """

    req_id: int = wire(1, default=-1)
    head_timestamp: str = wire(2, default="")
    """``yyyymmdd-hh:mm:ss`` in UTC (since 214 with a Z), or epoch seconds, as asked for."""
