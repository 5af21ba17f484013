"""Time, contracts, lines and bars."""

from datetime import UTC, date, datetime

from tests._client.cases import Case
from trio_tws import (
    TWS,
    Bar,
    CancelContractData,
    CancelHistoricalData,
    CancelMktData,
    ContractData,
    ContractDataEnd,
    CurrentTime,
    HistoricalData,
    HistoricalDataBar,
    HistoricalDataEnd,
    ReqContractData,
    ReqCurrentTime,
    ReqHistoricalData,
    ReqMktData,
    Stock,
    TickReqParams,
    TickSnapshotEnd,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def _first_tick(tws: TWS) -> object:
    async with tws.open_ticks(Stock("AAPL")) as ticks:
        return type(await anext(ticks))


def _bars(request: ReqHistoricalData) -> list[object]:
    bar = HistoricalDataBar("20260302", 1.0, 2.0, 0.5, 1.5)
    return [HistoricalData(request.req_id, bars=(bar,)), HistoricalDataEnd(request.req_id)]


CASES = [
    Case(
        "current_time",
        lambda tws: tws.current_time(),
        ReqCurrentTime,
        lambda request: [CurrentTime(NOON)],
        NOON,
    ),
    Case(
        "contract_details",
        lambda tws: tws.contract_details(Stock("AAPL")),
        ReqContractData,
        lambda request: [ContractData(request.req_id), ContractDataEnd(request.req_id)],
        [ContractData(1_000_000_000)],
        cancel=CancelContractData,
    ),
    Case(
        "open_ticks",
        _first_tick,
        ReqMktData,
        lambda request: [TickReqParams(request.req_id)],
        TickReqParams,
        cancel=CancelMktData,
        is_stream=True,
    ),
    Case(
        "tick_snapshot",
        lambda tws: tws.tick_snapshot(Stock("AAPL")),
        ReqMktData,
        lambda request: [TickReqParams(request.req_id), TickSnapshotEnd(request.req_id)],
        [TickReqParams(1_000_000_000)],
        cancel=CancelMktData,
    ),
    Case(
        "historical_bars",
        lambda tws: tws.historical_bars(Stock("AAPL"), bar_size="1 day", duration="1 D"),
        ReqHistoricalData,
        _bars,
        [Bar(date(2026, 3, 2), 1.0, 2.0, 0.5, 1.5, None, None, None)],
        cancel=CancelHistoricalData,
        versions=(196, 226),
    ),
]
