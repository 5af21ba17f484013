"""Answers about the event calendar: every stock here tells its earnings once a quarter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, cast

from trio_tws._enums import SecType
from trio_tws._model.wsh import (
    CancelWshEventData,
    CancelWshMetaData,
    ReqWshEventData,
    ReqWshMetaData,
    WshEventData,
    WshMetaData,
)
from trio_tws.testing._table import answers, is_taken

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient

MOST_EVENTS: Final = 100
"""TWS gives no more in one answer."""

_EARNINGS: Final = "wshe_ed"
_META_DATA: Final = {
    "meta_data": {"event_types": [{"name": "Earnings Date", "tag": _EARNINGS}]},
}
_QUARTER: Final = 91
_AHEAD: Final = timedelta(days=365)
_EPOCH: Final = date(1970, 1, 1)


@answers(ReqWshMetaData)
def _meta_data(client: SimulatedClient, request: ReqWshMetaData) -> None:
    req_id = request.req_id
    if is_taken(client, req_id):
        return
    if _is_pending(client, ReqWshMetaData):
        client.send(client.error(req_id, 10278, "Duplicate WSH meta-data request."))
        return

    def work() -> None:
        client.send(WshMetaData(req_id, json.dumps(_META_DATA)))

    client.begin(req_id, request, client.simulator.latency, work)


@answers(ReqWshEventData)
def _events(client: SimulatedClient, request: ReqWshEventData) -> None:
    req_id = request.req_id
    if is_taken(client, req_id):
        return
    refusal = _refusal(client, request)
    if refusal is not None:
        client.send(client.error(req_id, *refusal))
        return

    def work() -> None:
        client.send(WshEventData(req_id, json.dumps(_events_of(client, request))))

    client.begin(req_id, request, client.simulator.latency, work)


def _refusal(client: SimulatedClient, request: ReqWshEventData) -> tuple[int, str] | None:
    if not any(isinstance(message, ReqWshMetaData) for message in client.received):
        return 10282, "WSH meta data must be requested before event data."
    if _is_pending(client, ReqWshEventData):
        return 10281, "Duplicate WSH event request."
    try:
        _con_ids(request)
        _days(request, _EPOCH)
    except ValueError as error:
        return 10309, f"Invalid WSH event request: {error}"
    if request.con_id is not None and request.filter:
        return 10309, "Invalid WSH event request: contract and filter"
    return None


def _is_pending(client: SimulatedClient, kind: type) -> bool:
    return any(isinstance(request, kind) for request in client.requests.values())


def _con_ids(request: ReqWshEventData) -> set[int]:
    """Gives the contracts that are asked about; none says all.

    Raises:
        ValueError: The filter is no JSON object, or has no numbers where they belong.
    """
    if not request.filter:
        return set() if request.con_id is None else {request.con_id}
    said: object = json.loads(request.filter)
    if not isinstance(said, dict):
        raise ValueError(f"{request.filter!r} is no JSON object")  # noqa: TRY004 - the caller's text
    watched: object = cast("dict[str, object]", said).get("watchlist", [])
    if not isinstance(watched, list):
        raise ValueError(f"watchlist={watched!r} is no list")  # noqa: TRY004 - the caller's text
    return {int(str(con_id)) for con_id in cast("list[object]", watched)}


def _days(request: ReqWshEventData, today: date) -> tuple[date, date]:
    first = _day(request.start_date) or today
    return first, _day(request.end_date) or first + _AHEAD


def _day(text: str) -> date | None:
    return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date() if text else None


def _events_of(client: SimulatedClient, request: ReqWshEventData) -> list[dict[str, object]]:
    simulator, wanted = client.simulator, _con_ids(request)
    first, last = _days(request, datetime.fromtimestamp(simulator.now(), UTC).date())
    found = sorted(
        (day, instrument.con_id, instrument.symbol)
        for instrument in simulator.market.instruments
        if instrument.sec_type == SecType.STOCK and (not wanted or instrument.con_id in wanted)
        for day in _earnings(instrument.con_id, first, last)
    )
    most = MOST_EVENTS if request.total_limit is None else min(request.total_limit, MOST_EVENTS)
    return [
        {
            "event_type": _EARNINGS,
            "conids": [str(con_id)],
            "index_date": f"{day:%Y%m%d}",
            "data": {"earnings_date": f"{day:%Y%m%d}", "symbol": symbol},
        }
        for day, con_id, symbol in found[:most]
    ]


def _earnings(con_id: int, first: date, last: date) -> Iterator[date]:
    """Gives the days of earnings; each company has its own in the quarter."""
    until_next = (con_id - (first - _EPOCH).days) % _QUARTER
    for days in range(until_next, (last - first).days + 1, _QUARTER):
        yield first + timedelta(days=days)


@answers(CancelWshMetaData)
def _cancel_meta_data(client: SimulatedClient, request: CancelWshMetaData) -> None:
    if not client.end(request.req_id, ReqWshMetaData):
        client.send(client.error(request.req_id, 10280, "Failed to cancel WSH meta data request."))


@answers(CancelWshEventData)
def _cancel_events(client: SimulatedClient, request: CancelWshEventData) -> None:
    if not client.end(request.req_id, ReqWshEventData):
        client.send(client.error(request.req_id, 10284, "Failed to cancel WSH event request."))
