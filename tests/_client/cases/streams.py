"""Depth, single ticks, bars of five seconds, and calculations about options."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests._client.cases import Case
from trio_tws import (
    TWS,
    CancelCalcImpliedVolat,
    CancelCalcOptionPrice,
    CancelMktDepth,
    CancelRealTimeBars,
    CancelTickByTickData,
    Contract,
    DepthOperation,
    DepthSide,
    Forex,
    MarketDepth,
    MarketDepthData,
    MarketDepthL2,
    MidpointTick,
    QuoteTick,
    RealTimeBar,
    RealTimeBars,
    ReqCalcImpliedVolat,
    ReqCalcOptionPrice,
    ReqMktDepth,
    ReqRealTimeBars,
    ReqTickByTickData,
    Stock,
    TickByTick,
    TickByTickKind,
    TickKind,
    TickOptionComputation,
    TickType,
    TradeTick,
)
from trio_tws.testing import INSTRUMENTS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AAPL = Stock("AAPL")
EURUSD = Forex("EURUSD")
ROW = MarketDepthData(0, DepthOperation.INSERT, DepthSide.BID, 1.5, Decimal(3))
OPTION = Contract(con_id=next(one.con_id for one in INSTRUMENTS if one.sec_type == "OPT"))


async def _first_row(tws: TWS) -> object:
    async with tws.open_depth(EURUSD) as depth:
        return await anext(depth)


async def _first_smart_row(tws: TWS) -> object:
    async with tws.open_depth(AAPL, smart=True) as depth:
        while True:
            row = await anext(depth)
            if isinstance(row, MarketDepthData):
                return row


TRADE = TradeTick(NOON, price=1.5, size=Decimal(3), exchange="ARCA")
QUOTE = QuoteTick(NOON, price_bid=1.5, price_ask=2.0, size_bid=Decimal(3), size_ask=Decimal(4))
MIDPOINT = MidpointTick(NOON, 1.75)


def _single(kind: TickKind, number: TickByTickKind, result: object) -> Case:
    async def use(tws: TWS) -> object:
        async with tws.open_tick_by_tick(AAPL, kind) as ticks:
            return await anext(ticks)

    return Case(
        f"open_tick_by_tick, {kind}",
        use,
        ReqTickByTickData,
        _ticks(number),
        result,
        cancel=CancelTickByTickData,
        is_stream=True,
    )


def _ticks(kind: TickByTickKind) -> Callable[[Any], list[object]]:
    def answers(request: ReqTickByTickData) -> list[object]:
        is_trade = kind in (TickByTickKind.LAST, TickByTickKind.ALL_LAST)
        return [
            TickByTick(
                request.req_id,
                kind,
                TRADE if is_trade else None,
                QUOTE if kind is TickByTickKind.BID_ASK else None,
                MIDPOINT if kind is TickByTickKind.MID_POINT else None,
            )
        ]

    return answers


async def _first_bar(tws: TWS) -> object:
    async with tws.open_real_time_bars(AAPL) as bars:
        return await anext(bars)


def _computation(request: Any) -> list[object]:
    return [TickOptionComputation(request.req_id, TickType.CUST_OPTION_COMPUTATION, delta=0.5)]


COMPUTED = TickOptionComputation(1_000_000_000, TickType.CUST_OPTION_COMPUTATION, delta=0.5)


CASES = [
    Case(
        "open_depth",
        _first_row,
        ReqMktDepth,
        lambda request: [MarketDepth(request.req_id, ROW)],
        ROW,
        cancel=CancelMktDepth,
        is_stream=True,
    ),
    Case(
        "open_depth, smart",
        _first_smart_row,
        ReqMktDepth,
        lambda request: [MarketDepthL2(request.req_id, ROW)],
        ROW,
        cancel=CancelMktDepth,
        is_stream=True,
    ),
    _single("Last", TickByTickKind.LAST, TRADE),
    _single("AllLast", TickByTickKind.ALL_LAST, TRADE),
    _single("BidAsk", TickByTickKind.BID_ASK, QUOTE),
    _single("MidPoint", TickByTickKind.MID_POINT, MIDPOINT),
    Case(
        "open_real_time_bars",
        _first_bar,
        ReqRealTimeBars,
        lambda request: [RealTimeBars(request.req_id, NOON, 1.0, 2.0, 0.5, 1.5, Decimal(7))],
        RealTimeBar(NOON, 1.0, 2.0, 0.5, 1.5, Decimal(7), None, None),
        cancel=CancelRealTimeBars,
        is_stream=True,
    ),
    # A calculation is a stream to TWS, which is left after its first answer.
    Case(
        "implied_volatility",
        lambda tws: tws.implied_volatility(OPTION, 12.5, 230.0),
        ReqCalcImpliedVolat,
        _computation,
        COMPUTED,
        cancel=CancelCalcImpliedVolat,
        is_stream=True,
    ),
    Case(
        "option_price",
        lambda tws: tws.option_price(OPTION, 0.3, 230.0),
        ReqCalcOptionPrice,
        _computation,
        COMPUTED,
        cancel=CancelCalcOptionPrice,
        is_stream=True,
    ),
]
