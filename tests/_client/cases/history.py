"""Bars that grow, ticks of the past, and what is known of it as a whole."""

from datetime import UTC, date, datetime
from decimal import Decimal

from tests._client.cases import Case
from trio_tws import (
    TWS,
    Bar,
    BarUpdate,
    CancelHeadTimestamp,
    CancelHistogramData,
    CancelHistoricalData,
    CancelHistoricalTicks,
    HeadTimestamp,
    HistogramData,
    HistogramDataEntry,
    HistoricalData,
    HistoricalDataBar,
    HistoricalDataEnd,
    HistoricalDataUpdate,
    HistoricalSchedule,
    HistoricalSession,
    HistoricalTicks,
    HistoricalTicksBidAsk,
    HistoricalTicksLast,
    MidpointTick,
    QuoteTick,
    ReqHeadTimestamp,
    ReqHistogramData,
    ReqHistoricalData,
    ReqHistoricalTicks,
    Stock,
    TradeTick,
    TradingSchedule,
    TradingSession,
)

AAPL = Stock("AAPL")
MORNING = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
EVENING = datetime(2026, 3, 2, 21, tzinfo=UTC)
BAR = HistoricalDataBar("20260302", 1.0, 2.0, 0.5, 1.5)


def _bar(day: int, close: float) -> Bar:
    return Bar(date(2026, 3, day), 1.0, 2.0, 0.5, close, None, None, None)


def _growing(request: ReqHistoricalData) -> list[object]:
    req_id = request.req_id
    return [
        HistoricalData(req_id, bars=(BAR,)),
        HistoricalDataEnd(req_id),
        HistoricalDataUpdate(req_id, HistoricalDataBar("20260302", 1.0, 2.0, 0.5, 1.75)),
        HistoricalDataUpdate(req_id, HistoricalDataBar("20260303", 1.0, 2.0, 0.5, 1.0)),
    ]


async def _first_of_many(tws: TWS) -> object:
    async with tws.open_tick_history(AAPL, MORNING, EVENING) as history:
        return await anext(history)


async def _four_updates(tws: TWS) -> object:
    async with tws.open_bars(AAPL, bar_size="1 day", duration="1 D") as updates:
        return [await anext(updates) for _ in range(4)]


def _schedule(request: ReqHistoricalData) -> list[object]:
    first, last = "20260302-09:30:00", "20260302-16:00:00"
    session = HistoricalSession(first, last, "20260302")
    return [HistoricalSchedule(request.req_id, first, last, "US/Eastern", (session,))]


CASES = [
    Case(
        "open_bars",
        _four_updates,
        ReqHistoricalData,
        _growing,
        [
            BarUpdate(_bar(2, 1.5), is_closed=False),
            BarUpdate(_bar(2, 1.75), is_closed=False),
            BarUpdate(_bar(2, 1.75), is_closed=True),
            BarUpdate(_bar(3, 1.0), is_closed=False),
        ],
        cancel=CancelHistoricalData,
        is_stream=True,
        versions=(196, 226),
    ),
    Case(
        "schedule",
        lambda tws: tws.schedule(AAPL, duration="1 D"),
        ReqHistoricalData,
        _schedule,
        TradingSchedule(
            MORNING, EVENING, "US/Eastern", (TradingSession(MORNING, EVENING, date(2026, 3, 2)),)
        ),
        cancel=CancelHistoricalData,
    ),
    Case(
        "head_timestamp",
        lambda tws: tws.head_timestamp(AAPL),
        ReqHeadTimestamp,
        lambda request: [HeadTimestamp(request.req_id, str(int(MORNING.timestamp())))],
        MORNING,
        cancel=CancelHeadTimestamp,
    ),
    Case(
        "histogram",
        lambda tws: tws.histogram(AAPL, period="1 day"),
        ReqHistogramData,
        lambda request: [HistogramData(request.req_id, (HistogramDataEntry(187.5, Decimal(300)),))],
        [HistogramDataEntry(187.5, Decimal(300))],
        cancel=CancelHistogramData,
    ),
    Case(
        "historical_ticks",
        lambda tws: tws.historical_ticks(AAPL, end=MORNING),
        ReqHistoricalTicks,
        lambda request: [
            HistoricalTicksLast(request.req_id, (TradeTick(MORNING, price=187.5, is_past=True),)),
            HistoricalTicksLast(request.req_id, done=True),
        ],
        [TradeTick(MORNING, price=187.5, is_past=True)],
        cancel=CancelHistoricalTicks,
    ),
    Case(
        "historical_ticks, quotes",
        lambda tws: tws.historical_ticks(AAPL, start=MORNING, what="BID_ASK", number=10),
        ReqHistoricalTicks,
        lambda request: [
            HistoricalTicksBidAsk(
                request.req_id, (QuoteTick(MORNING, price_bid=1.5, is_past=True),), done=True
            )
        ],
        [QuoteTick(MORNING, price_bid=1.5, is_past=True)],
        cancel=CancelHistoricalTicks,
    ),
    Case(
        "historical_ticks, midpoints",
        lambda tws: tws.historical_ticks(AAPL, start=MORNING, what="MIDPOINT", number=10),
        ReqHistoricalTicks,
        lambda request: [
            HistoricalTicks(request.req_id, (MidpointTick(MORNING, 1.5, is_past=True),), done=True)
        ],
        [MidpointTick(MORNING, 1.5, is_past=True)],
        cancel=CancelHistoricalTicks,
    ),
    Case(
        "open_tick_history",
        _first_of_many,
        ReqHistoricalTicks,
        lambda request: [
            HistoricalTicksLast(
                request.req_id,
                (TradeTick(MORNING, is_past=True), TradeTick(EVENING, is_past=True)),
                done=True,
            )
        ],
        TradeTick(MORNING, is_past=True),
        cancel=CancelHistoricalTicks,
    ),
]
