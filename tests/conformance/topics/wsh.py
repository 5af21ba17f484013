"""The event calendar of Wall Street Horizon."""

from typing import Any

import ibapi.common

from tests.conformance.official import CALLS, field_of, theirs
from trio_tws._model.wsh import ReqWshEventData


def _req_wsh_event_data(client: Any, message: ReqWshEventData) -> None:
    there = ibapi.common.WshEventData()
    for name, own in (
        ("conId", "con_id"),
        ("filter", "filter"),
        ("fillWatchlist", "fill_watchlist"),
        ("fillPortfolio", "fill_portfolio"),
        ("fillCompetitors", "fill_competitors"),
        ("startDate", "start_date"),
        ("endDate", "end_date"),
        ("totalLimit", "total_limit"),
    ):
        assert hasattr(there, name)
        setattr(there, name, theirs(getattr(message, own), field_of(ReqWshEventData, own)))
    client.reqWshEventData(message.req_id, there)


CALLS[ReqWshEventData] = _req_wsh_event_data
