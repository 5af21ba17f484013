"""Market depth: the order book of an instrument, as a stream of changes to its rows."""

from decimal import Decimal

from trio_tws import _versions as v
from trio_tws._enums import DepthOperation, DepthSide
from trio_tws._model.contracts import TAGS, Contract, TagValue
from trio_tws._wire import incoming, layout, outgoing, since, struct, wire
from trio_tws._wire.kinds import FEW_DECIMALS, FEW_TEXTS


@outgoing(11, version=1, proto=v.PROTOBUF_MARKET_DATA)
class CancelMktDepth:
    """Ends a `ReqMktDepth`.

    Source: EClient.cancelMktDepth.
    """

    req_id: int = wire(1)
    is_smart_depth: bool = wire(2, default=False, since=v.SMART_DEPTH)
    """The same as in the request."""


@outgoing(10, version=5, proto=v.PROTOBUF_MARKET_DATA, cancel=CancelMktDepth)
class ReqMktDepth:
    """Asks for the order book of an instrument at one exchange, or of all that SMART looks at.

    TWS gives few of them at a time: three for most logins.

    Source: EClient.reqMktDepth.
    """

    req_id: int = wire(1)
    contract: Contract = wire(2)
    num_rows: int = wire(3, default=5)
    """How many rows of each side."""
    is_smart_depth: bool = wire(4, default=False, since=v.SMART_DEPTH)
    """Whether the books of several exchanges are put into one."""
    mkt_depth_options: tuple[TagValue, ...] = wire(5, kind=TAGS, default=())
    """For IB's own use."""


C, Q = Contract, ReqMktDepth

layout(
    ReqMktDepth,
    Q.req_id,
    C.con_id,
    C.symbol,
    C.sec_type,
    C.last_trade_date_or_contract_month,
    C.strike,
    C.right,
    C.multiplier,
    C.exchange,
    since(v.MKT_DEPTH_PRIM_EXCHANGE, C.primary_exchange),
    C.currency,
    C.local_symbol,
    C.trading_class,
    Q.num_rows,
    Q.is_smart_depth,
    Q.mkt_depth_options,
)


@struct
class MarketDepthData:
    """One change to the order book; it takes all of them, in their order, to know the book.

    Source: EWrapper.updateMktDepthL2.
    """

    position: int = wire(1, default=0)
    """The row, counted from 0 on each side; it may for a moment exceed the rows asked for."""
    operation: DepthOperation = wire(2, default=DepthOperation.INSERT)
    side: DepthSide = wire(3, default=DepthSide.ASK)
    price: float = wire(4, default=0.0)
    """In the contract's currency, per unit; without meaning where a row is deleted."""
    size: Decimal | None = wire(5, kind=FEW_DECIMALS, default=None)
    market_maker: str = wire(6, kind=FEW_TEXTS, default="")
    """Whose row it is: a market maker, or the exchange if the depth is SMART."""
    is_smart_depth: bool = wire(7, default=False, since=v.SMART_DEPTH)


@incoming(12, version=1, proto=v.PROTOBUF_MARKET_DATA, answers=ReqMktDepth)
class MarketDepth:
    """A change to the book of an exchange that does not say whose orders those are.

    Error 317 comes between them when the book has to be emptied; the rows follow anew.

    Source: EWrapper.updateMktDepth.
    """

    req_id: int = wire(1, default=-1)
    market_depth_data: MarketDepthData = wire(2, factory=MarketDepthData)
    """Without ``market_maker``."""


@incoming(13, version=1, proto=v.PROTOBUF_MARKET_DATA, answers=ReqMktDepth)
class MarketDepthL2:
    """A change to a book of market makers, or to one that SMART puts together of several exchanges.

    Error 317 comes between them when the book has to be emptied; the rows follow anew.

    Source: EWrapper.updateMktDepthL2.
    """

    req_id: int = wire(1, default=-1)
    market_depth_data: MarketDepthData = wire(2, factory=MarketDepthData)


D = MarketDepthData

layout(MarketDepth, MarketDepth.req_id, D.position, D.operation, D.side, D.price, D.size)
layout(
    MarketDepthL2,
    MarketDepthL2.req_id,
    D.position,
    D.market_maker,
    D.operation,
    D.side,
    D.price,
    D.size,
    D.is_smart_depth,
)


@incoming(92, since=v.CFD_REROUTE, proto=v.PROTOBUF_REST_MESSAGES_1, answers=ReqMktDepth)
class RerouteMktDepthReq:
    """The book of a CFD is that of its underlying: nothing comes until that is asked for instead.

    Source: EWrapper.rerouteMktDepthReq.
    """

    req_id: int = wire(1, default=-1)
    con_id: int = wire(2, default=0)
    """The underlying's."""
    exchange: str = wire(3, default="")
