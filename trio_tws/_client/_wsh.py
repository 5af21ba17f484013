"""The event calendar of Wall Street Horizon."""

from datetime import date

from trio_tws._client._topic import Topic
from trio_tws._errors import LocalProtocolError
from trio_tws._model.wsh import ReqWshEventData, ReqWshMetaData, WshEventData, WshMetaData


class WshMethods(Topic):
    """What `TWS` offers about the event calendar; the login has to subscribe to it at IB."""

    async def wsh_meta_data(self) -> str:
        """Gives the kinds of events and the filters of the calendar.

        It has to be asked for once in a session before `wsh_events`. One such request may be under
        way at a time.

        Returns:
            One JSON document, as TWS gives it; IB does not publish its form.

        Raises:
            RequestError: 10276 or 10277 for no subscription, 10278 if another is under way, 10279
                if the calendar failed.
            ResponseTimeout: Nothing came; the request is taken back.
            ConnectionLost: The session ended.
            LocalProtocolError: The server is older than version 161; nothing was sent.

        A checkpoint; cancelling it cancels the request at TWS.

        Sends ReqWshMetaData, and CancelWshMetaData if it is left early. Source:
        EClient.reqWshMetaData.
        """
        request = ReqWshMetaData(self._session.take_request_id())
        return (await self._one(request, WshMetaData)).data_json

    async def wsh_events(
        self,
        con_id: int | None = None,
        *,
        filter_json: str = "",
        fill_watchlist: bool = False,
        fill_portfolio: bool = False,
        fill_competitors: bool = False,
        start: date | None = None,
        end: date | None = None,
        total_limit: int | None = None,
    ) -> str:
        """Gives the events of a contract, or those that pass a filter: earnings, dividends, ….

        Args:
            con_id: IB's number for the contract; None where the filter says which.
            filter_json: JSON in the terms of `wsh_meta_data`. Needs server version 171, as do the
                next three.
            fill_watchlist: Whether the contracts of the user's watchlists are meant too.
            fill_portfolio: Whether what the user holds is meant too.
            fill_competitors: Whether the competitors of all these are meant too.
            start: The first day. Needs server version 173, as do the next two.
            end: The last day.
            total_limit: How many events at most; TWS gives no more than 100.

        Returns:
            One JSON document, as TWS gives it; IB does not publish its form.

        Raises:
            RequestError: 10282 if `wsh_meta_data` was not asked for, 10281 if another is under way,
                10283 if the calendar failed, 10309 if the filter makes no sense.
            ResponseTimeout: Nothing came; the request is taken back.
            ConnectionLost: The session ended.
            LocalProtocolError: Both a contract and a filter are given, or something needs a newer
                server; nothing was sent.

        A checkpoint; cancelling it cancels the request at TWS.

        Sends ReqWshEventData, and CancelWshEventData if it is left early. Needs server version 161.
        Source: EClient.reqWshEventData.
        """
        if con_id is not None and filter_json:
            raise LocalProtocolError(
                f"con_id={con_id} and filter_json={filter_json!r} exclude each other; give one"
            )
        request = ReqWshEventData(
            self._session.take_request_id(),
            con_id,
            filter_json,
            fill_watchlist,
            fill_portfolio,
            fill_competitors,
            _day_text(start),
            _day_text(end),
            total_limit,
        )
        return (await self._one(request, WshEventData)).data_json


def _day_text(day: date | None) -> str:
    return "" if day is None else f"{day:%Y%m%d}"
