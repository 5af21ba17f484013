"""Every trade, quote or midpoint of an instrument as it happens, and how one of them looks."""

from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from trio_tws import _versions as v
from trio_tws._enums import TickByTickKind
from trio_tws._model.contracts import CONTRACT_OUT, Contract
from trio_tws._wire import (
    Via,
    const,
    in_kind,
    incoming,
    layout,
    outgoing,
    present,
    struct,
    when,
    wire,
)
from trio_tws._wire.kinds import FEW_DECIMALS, FEW_SECONDS, FEW_TEXTS, of_few, own_kind


@struct
class TickAttribLast:
    """What is special about a trade.

    Source: IB's class TickAttribLast.
    """

    past_limit: bool = wire(1, default=False)
    """Its price is beyond the day's limit."""
    unreported: bool = wire(2, default=False)
    """The exchange does not count it in its last price."""


@struct
class TickAttribBidAsk:
    """What is special about a quote.

    Source: IB's class TickAttribBidAsk.
    """

    bid_past_low: bool = wire(1, default=False)
    """The bid is below the day's lowest price."""
    ask_past_high: bool = wire(2, default=False)
    """The ask is above the day's highest price."""


def _read_last(text: str) -> TickAttribLast:
    mask = int(text or 0)
    return TickAttribLast(past_limit=bool(mask & 1), unreported=bool(mask & 2))


def _write_last(attrib: TickAttribLast) -> str:
    return str(attrib.past_limit | attrib.unreported << 1)


def _read_live(text: str) -> TickAttribBidAsk:
    mask = int(text or 0)
    return TickAttribBidAsk(bid_past_low=bool(mask & 1), ask_past_high=bool(mask & 2))


def _write_live(attrib: TickAttribBidAsk) -> str:
    return str(attrib.bid_past_low | attrib.ask_past_high << 1)


def _read_past(text: str) -> TickAttribBidAsk:
    mask = int(text or 0)
    return TickAttribBidAsk(bid_past_low=bool(mask & 2), ask_past_high=bool(mask & 1))


def _write_past(attrib: TickAttribBidAsk) -> str:
    return str(attrib.ask_past_high | attrib.bid_past_low << 1)


LAST_MASK = of_few(own_kind("last_mask", _read_last, _write_last))
"""One number for what is special about a trade: bit 0 past_limit, bit 1 unreported."""
LIVE_BID_ASK_MASK = of_few(own_kind("live_bid_ask_mask", _read_live, _write_live))
"""One number for what is special about a quote: bit 0 bid_past_low, bit 1 ask_past_high."""
PAST_BID_ASK_MASK = of_few(own_kind("past_bid_ask_mask", _read_past, _write_past))
"""The same with the two bits the other way round, as quotes of the past have them."""


@struct
class MidpointTick:
    """A midpoint, of the past or as it happens.

    Source: IB's class HistoricalTick.
    """

    time: datetime = wire(1, kind=FEW_SECONDS)
    """To the second; aware, in UTC."""
    price: float = wire(2, default=0.0)
    """In the contract's currency, per unit."""
    size: Decimal | None = wire(3, kind=FEW_DECIMALS, default=None)
    """Without meaning for a midpoint: 0 or None."""
    is_past: bool = wire(default=False, in_text=False)
    """Not as it happens. Nothing on the wire says so; the message that it came in tells."""


@struct
class TradeTick:
    """A trade, of the past or as it happens.

    Source: IB's class HistoricalTickLast.
    """

    time: datetime = wire(1, kind=FEW_SECONDS)
    """To the second; aware, in UTC. Trades of one second come in their order."""
    tick_attrib_last: TickAttribLast = wire(2, kind=LAST_MASK, factory=TickAttribLast)
    """What is special about it; `past_limit` and `unreported` look it up."""
    price: float = wire(3, default=0.0)
    """In the contract's currency, per unit."""
    size: Decimal | None = wire(4, kind=FEW_DECIMALS, default=None)
    exchange: str = wire(5, kind=FEW_TEXTS, default="")
    special_conditions: str = wire(6, kind=FEW_TEXTS, default="")
    """Letters of the exchange, each with a place of its own in a text padded with blanks."""
    is_past: bool = wire(default=False, in_text=False)
    """Not as it happens. Nothing on the wire says so; the message that it came in tells."""

    @property
    def past_limit(self) -> bool:
        """Whether its price is beyond the day's limit."""
        return self.tick_attrib_last.past_limit

    @property
    def unreported(self) -> bool:
        """Whether the exchange does not count it in its last price."""
        return self.tick_attrib_last.unreported


@struct
class QuoteTick:
    """A quote, of the past or as it happens.

    Source: IB's class HistoricalTickBidAsk.
    """

    time: datetime = wire(1, kind=FEW_SECONDS)
    """To the second; aware, in UTC."""
    tick_attrib_bid_ask: TickAttribBidAsk = wire(
        2, kind=PAST_BID_ASK_MASK, factory=TickAttribBidAsk
    )
    """What is special about it; `bid_past_low` and `ask_past_high` look it up."""
    price_bid: float = wire(3, default=0.0)
    """In the contract's currency, per unit."""
    price_ask: float = wire(4, default=0.0)
    size_bid: Decimal | None = wire(5, kind=FEW_DECIMALS, default=None)
    size_ask: Decimal | None = wire(6, kind=FEW_DECIMALS, default=None)
    is_past: bool = wire(default=False, in_text=False)
    """Not as it happens. Nothing on the wire says so; the message that it came in tells."""

    @property
    def bid_past_low(self) -> bool:
        """Whether the bid is below the day's lowest price."""
        return self.tick_attrib_bid_ask.bid_past_low

    @property
    def ask_past_high(self) -> bool:
        """Whether the ask is above the day's highest price."""
        return self.tick_attrib_bid_ask.ask_past_high


layout(
    MidpointTick,
    MidpointTick.time,
    const("0"),  # where other ticks have their mask
    MidpointTick.price,
    MidpointTick.size,
)

SingleTick: TypeAlias = TradeTick | QuoteTick | MidpointTick
"""A trade, a quote or a midpoint, by what was asked for."""


def _as_past(tick: SingleTick) -> SingleTick:
    object.__setattr__(tick, "is_past", True)  # frozen, but no one else has seen it yet
    return tick


def _as_it_is(tick: SingleTick) -> SingleTick:
    return tick


def of_past(tick: type[SingleTick]) -> Via:
    """Says of a list that its ticks are of the past."""
    return Via(tick.__name__, tick, _as_past, _as_it_is)


@outgoing(98, since=v.TICK_BY_TICK, proto=v.PROTOBUF_HISTORICAL_DATA)
class CancelTickByTickData:
    """Ends a `ReqTickByTickData`.

    Source: EClient.cancelTickByTickData.
    """

    req_id: int = wire(1)


@outgoing(97, since=v.TICK_BY_TICK, proto=v.PROTOBUF_HISTORICAL_DATA, cancel=CancelTickByTickData)
class ReqTickByTickData:
    """Asks for every tick of an instrument from now on, where a line of market data is sampled.

    There is none of it for combinations and options, and for few indices.

    Source: EClient.reqTickByTickData.
    """

    req_id: int = wire(1)
    contract: Contract = wire(2)
    tick_type: str = wire(3, default="Last")
    """Last, AllLast, BidAsk or MidPoint."""
    number_of_ticks: int = wire(4, default=0, since=v.TICK_BY_TICK_IGNORE_SIZE)
    """How many ticks of the past come first, in messages like `HistoricalTicksLast`."""
    ignore_size: bool = wire(5, default=False, since=v.TICK_BY_TICK_IGNORE_SIZE)
    """Whether to leave out quotes of which only a size is new."""


Q = ReqTickByTickData

layout(ReqTickByTickData, Q.req_id, *CONTRACT_OUT, Q.tick_type, Q.number_of_ticks, Q.ignore_size)


@incoming(99, since=v.TICK_BY_TICK, proto=v.PROTOBUF_HISTORICAL_DATA, answers=ReqTickByTickData)
class TickByTick:
    """One tick. The type tells which of the three it is; the other two are None.

    All three are None in a tick of a type that is not known here, if it comes as text.

    Source: EWrapper.tickByTickAllLast, tickByTickBidAsk and tickByTickMidPoint.
    """

    req_id: int = wire(1, default=-1)
    tick_type: TickByTickKind = wire(2, default=TickByTickKind.NONE)
    last: TradeTick | None = wire(3, default=None)
    bid_ask: QuoteTick | None = wire(4, default=None)
    mid_point: MidpointTick | None = wire(5, default=None)


_TRADES = frozenset({TickByTickKind.LAST, TickByTickKind.ALL_LAST})
_KNOWN = _TRADES | {TickByTickKind.BID_ASK, TickByTickKind.MID_POINT}


def _is_unknown(kind: TickByTickKind) -> bool:
    return kind not in _KNOWN


T, L, B, M = TickByTick, TradeTick, QuoteTick, MidpointTick

layout(
    TickByTick,
    T.req_id,
    T.tick_type,
    when(
        T.tick_type,
        _TRADES,
        present(
            T.last,
            L.time,
            L.price,
            L.size,
            L.tick_attrib_last,
            L.exchange,
            L.special_conditions,
        ),
    ),
    when(
        T.tick_type,
        TickByTickKind.BID_ASK,
        present(
            T.bid_ask,
            B.time,
            B.price_bid,
            B.price_ask,
            B.size_bid,
            B.size_ask,
            in_kind(LIVE_BID_ASK_MASK, B.tick_attrib_bid_ask),
        ),
    ),
    when(T.tick_type, TickByTickKind.MID_POINT, present(T.mid_point, M.time, M.price)),
    when(T.tick_type, _is_unknown, const("0")),  # its time, in seconds
)
