"""The event calendar of Wall Street Horizon: dates of earnings, dividends, meetings and so on."""

from trio_tws import _versions as v
from trio_tws._wire import incoming, layout, outgoing, spelt, wire


@outgoing(101, since=v.WSHE_CALENDAR, proto=v.PROTOBUF_NEWS_DATA)
class CancelWshMetaData:
    """Takes back a `ReqWshMetaData`.

    Source: EClient.cancelWshMetaData.
    """

    req_id: int = wire(1)


@outgoing(100, since=v.WSHE_CALENDAR, proto=v.PROTOBUF_NEWS_DATA, cancel=CancelWshMetaData)
class ReqWshMetaData:
    """Asks which events and filters there are; it has to come before any `ReqWshEventData`.

    Source: EClient.reqWshMetaData.
    """

    req_id: int = wire(1)


@incoming(104, since=v.WSHE_CALENDAR, proto=v.PROTOBUF_NEWS_DATA, answers=ReqWshMetaData, ends=True)
class WshMetaData:
    """The events and filters of the calendar.

    Source: EWrapper.wshMetaData.
    """

    req_id: int = wire(1, default=-1)
    data_json: str = wire(2, default="")


@outgoing(103, since=v.WSHE_CALENDAR, proto=v.PROTOBUF_NEWS_DATA)
class CancelWshEventData:
    """Takes back a `ReqWshEventData`.

    Source: EClient.cancelWshEventData.
    """

    req_id: int = wire(1)


@outgoing(102, since=v.WSHE_CALENDAR, proto=v.PROTOBUF_NEWS_DATA, cancel=CancelWshEventData)
class ReqWshEventData:
    """Asks for the events of a contract, or for those that pass a filter, but not for both.

    Source: EClient.reqWshEventData.
    """

    req_id: int = wire(1)
    con_id: int | None = wire(2, default=None)
    """None where a filter says which contracts."""
    filter: str = wire(3, default="", since=v.WSH_EVENT_DATA_FILTERS)
    """JSON, in the terms of `WshMetaData`."""
    fill_watchlist: bool = wire(4, default=False, since=v.WSH_EVENT_DATA_FILTERS)
    """The contracts of the user's watchlists too."""
    fill_portfolio: bool = wire(5, default=False, since=v.WSH_EVENT_DATA_FILTERS)
    """The contracts that the user holds too."""
    fill_competitors: bool = wire(6, default=False, since=v.WSH_EVENT_DATA_FILTERS)
    """The competitors of those contracts too."""
    start_date: str = wire(7, default="", since=v.WSH_EVENT_DATA_FILTERS_DATE)
    """yyyymmdd."""
    end_date: str = wire(8, default="", since=v.WSH_EVENT_DATA_FILTERS_DATE)
    """yyyymmdd."""
    total_limit: int | None = wire(9, default=None, since=v.WSH_EVENT_DATA_FILTERS_DATE)
    """How many events at most."""


E = ReqWshEventData

layout(
    ReqWshEventData,
    E.req_id,
    spelt(E.con_id),  # all clients agree on the number here, even those that else leave it out
    E.filter,
    E.fill_watchlist,
    E.fill_portfolio,
    E.fill_competitors,
    E.start_date,
    E.end_date,
    spelt(E.total_limit),
)


@incoming(
    105, since=v.WSHE_CALENDAR, proto=v.PROTOBUF_NEWS_DATA, answers=ReqWshEventData, ends=True
)
class WshEventData:
    """The events of a `ReqWshEventData`.

    Source: EWrapper.wshEventData.
    """

    req_id: int = wire(1, default=-1)
    data_json: str = wire(2, default="")
