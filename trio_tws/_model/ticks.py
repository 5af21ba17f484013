"""Market data lines: sampled prices, sizes and other values of an instrument."""

from decimal import Decimal

from trio_tws import _versions as v
from trio_tws._enums import MarketDataKind, TickAttrib, TickType
from trio_tws._model.contracts import CONTRACT_OUT, FOUR_FIELD_LEG, TAGS, Contract, TagValue
from trio_tws._wire import each, incoming, layout, maybe, outgoing, since, when, wire
from trio_tws._wire.kinds import FEW_DECIMALS, FLOAT_TEXT, UNSET_FLOAT


@outgoing(2, version=2, proto=v.PROTOBUF_MARKET_DATA)
class CancelMktData:
    """Ends a `ReqMktData` with all that belongs to it.

    Source: EClient.cancelMktData.
    """

    req_id: int = wire(1)


@outgoing(1, version=11, proto=v.PROTOBUF_MARKET_DATA, cancel=CancelMktData)
class ReqMktData:
    """Asks for a line of market data, or for one snapshot of it.

    Source: EClient.reqMktData.
    """

    req_id: int = wire(1)
    contract: Contract = wire(2)
    generic_tick_list: str = wire(3, default="")
    """Comma list of generic tick ids; empty for a snapshot."""
    snapshot: bool = wire(4, default=False)
    regulatory_snapshot: bool = wire(5, default=False)
    """Costs a fee each time, on a paper account too."""
    mkt_data_options: tuple[TagValue, ...] = wire(6, kind=TAGS, default=())


layout(
    ReqMktData,
    ReqMktData.req_id,
    *CONTRACT_OUT,
    when(Contract.sec_type, "BAG", each(Contract.combo_legs, *FOUR_FIELD_LEG)),
    maybe(Contract.delta_neutral_contract),
    ReqMktData.generic_tick_list,
    ReqMktData.snapshot,
    since(v.REQ_SMART_COMPONENTS, ReqMktData.regulatory_snapshot),
    ReqMktData.mkt_data_options,
)


@outgoing(59, version=1, proto=v.PROTOBUF_MARKET_DATA)
class ReqMarketDataType:
    """Says which market data later requests of this connection want; live always wins if there is.

    Source: EClient.reqMarketDataType.
    """

    market_data_type: MarketDataKind = wire(1)


@incoming(1, version=6, proto=v.PROTOBUF_MARKET_DATA, answers=ReqMktData)
class TickPrice:
    """One price of a line, with the size that belongs to it.

    Source: EWrapper.tickPrice.
    """

    req_id: int = wire(1, default=-1)
    tick_type: TickType = wire(2, default=TickType.BID)
    price: float | None = wire(3, default=None, unset=-1.0, unset_unless="size")
    """In the contract's currency; None while there is no quote (TWS sends -1 with size 0)."""
    size: Decimal | None = wire(4, kind=FEW_DECIMALS, default=None)
    """The size quoted at a bid or ask, or traded at a last; the same may come as a `TickSize`."""
    attribs: TickAttrib = wire(5, default=TickAttrib(0))


@incoming(2, version=6, proto=v.PROTOBUF_MARKET_DATA, answers=ReqMktData)
class TickSize:
    """One size of a line.

    Source: EWrapper.tickSize.
    """

    req_id: int = wire(1, default=-1)
    tick_type: TickType = wire(2, default=TickType.BID_SIZE)
    size: Decimal | None = wire(3, kind=FEW_DECIMALS, default=None)
    """Shares of US stocks are counted in lots of 100 below server version 159."""


@incoming(45, version=6, proto=v.PROTOBUF_MARKET_DATA, answers=ReqMktData)
class TickGeneric:
    """One value of a line that is neither price nor size.

    Source: EWrapper.tickGeneric.
    """

    req_id: int = wire(1, default=-1)
    tick_type: TickType = wire(2, default=TickType.BID_SIZE)
    value: float | None = wire(3, default=None, unset=UNSET_FLOAT)


@incoming(46, version=6, proto=v.PROTOBUF_MARKET_DATA, answers=ReqMktData)
class TickString:
    """One text of a line, such as the time of the last trade (epoch seconds).

    Source: EWrapper.tickString.
    """

    req_id: int = wire(1, default=-1)
    tick_type: TickType = wire(2, default=TickType.BID_SIZE)
    value: str = wire(3, default="")


@incoming(58, version=1, proto=v.PROTOBUF_MARKET_DATA, answers=ReqMktData)
class MarketDataType:
    """Which market data a line carries; sent when it differs from live, and at each change.

    Source: EWrapper.marketDataType.
    """

    req_id: int = wire(1, default=-1)
    market_data_type: MarketDataKind = wire(2, default=MarketDataKind.LIVE)


@incoming(81, since=v.REQ_SMART_COMPONENTS, proto=v.PROTOBUF_MARKET_DATA, answers=ReqMktData)
class TickReqParams:
    """What a line's prices mean; sent when it starts.

    Source: EWrapper.tickReqParams.
    """

    req_id: int = wire(1, default=-1)
    min_tick: float | None = wire(2, kind=FLOAT_TEXT, default=None)
    """The smallest step of the price, in the contract's currency."""
    bbo_exchange: str = wire(3, default="")
    """A code that a request for smart components explains."""
    snapshot_permissions: int = wire(4, default=0)
    last_price_precision: Decimal | None = wire(5, default=None, in_text=False)
    last_size_precision: Decimal | None = wire(6, default=None, in_text=False)


@incoming(57, version=1, proto=v.PROTOBUF_MARKET_DATA, answers=ReqMktData, ends=True)
class TickSnapshotEnd:
    """A snapshot is complete; it comes after about 11 seconds at the latest.

    Source: EWrapper.tickSnapshotEnd.
    """

    req_id: int = wire(1, default=-1)


@incoming(47, version=6, answers=ReqMktData)
class TickEFP:
    """One value of an exchange of stock for a single-stock future; always text.

    Source: EWrapper.tickEFP.
    """

    req_id: int = wire(default=-1)
    tick_type: TickType = wire(default=TickType.BID_EFP_COMPUTATION)
    basis_points: float = wire(default=0.0)
    """The yearly rate of interest that the two prices imply."""
    formatted_basis_points: str = wire(default="")
    """The same as a text in per cent."""
    total_dividends: float = wire(default=0.0)
    """In spite of its name the price that is implied for the future."""
    hold_days: int = wire(default=0)
    """Days until the future expires."""
    future_last_trade_date: str = wire(default="")
    """yyyymmdd."""
    dividend_impact: float = wire(default=0.0)
    """What the dividends change of the rate."""
    dividends_to_last_trade_date: float = wire(default=0.0)
    """The dividends expected until the future expires, per share."""


@incoming(91, since=v.CFD_REROUTE, proto=v.PROTOBUF_REST_MESSAGES_1, answers=ReqMktData)
class RerouteMktDataReq:
    """The line of a CFD is that of its underlying: nothing comes until that is asked for instead.

    Source: EWrapper.rerouteMktDataReq.
    """

    req_id: int = wire(1, default=-1)
    con_id: int = wire(2, default=0)
    """The underlying's."""
    exchange: str = wire(3, default="")
