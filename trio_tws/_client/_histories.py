"""An instrument's past as a whole: since when, how much at which price, and when it was open."""

from datetime import date, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Final, final

from trio_tws import _versions as v
from trio_tws._client._bars import EPOCH_SECONDS
from trio_tws._client._times import (
    read_day,
    read_schedule_time,
    read_time,
    read_zone,
    write_time,
)
from trio_tws._client._topic import Topic
from trio_tws._errors import LocalProtocolError
from trio_tws._model.bars import HistoricalSchedule, HistoricalSession, ReqHistoricalData
from trio_tws._model.contracts import Contract
from trio_tws._model.histogram import (
    HeadTimestamp,
    HistogramData,
    HistogramDataEntry,
    ReqHeadTimestamp,
    ReqHistogramData,
)
from trio_tws._wire.late import frozen

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_ONE_DAY: Final = timedelta(days=1)
_DAYS_OF_A_YEAR: Final = 365
"""A longer duration has to be said in years."""


@final
@frozen(weakref_slot=False)
class TradingSession:
    """A stretch of time in which an instrument was traded, or will be."""

    start: datetime
    """Aware, in UTC, as is end."""
    end: datetime
    trading_day: date
    """The day that it counts for; for futures it often begins the evening before."""


@final
@frozen(weakref_slot=False)
class TradingSchedule:
    """When an instrument was traded."""

    start: datetime
    """Where the schedule begins: aware, in UTC, as is end."""
    end: datetime
    time_zone: str
    """The exchange's time zone, as TWS names it."""
    sessions: tuple[TradingSession, ...]
    """Oldest first; a day may have several, or none."""


class HistoriesMethods(Topic):
    """What `TWS` offers about an instrument's past as a whole."""

    async def head_timestamp(
        self, contract: Contract, *, what: str = "TRADES", use_rth: bool = True
    ) -> datetime:
        """Gives the time since which there are data of an instrument: aware, in UTC.

        Args:
            contract: The instrument.
            what: TRADES, MIDPOINT, BID, ASK, and some more that bars have.
            use_rth: Whether to leave out what was traded outside regular hours.

        Raises:
            RequestError: `NoData` if there are none of this kind; 200 for no such contract; 162 for
                no permission.
            ResponseTimeout: Nothing came; the request is taken back.
            RemoteProtocolError: The time can't be read.
            LocalProtocolError: The server is below version 118; nothing was sent.
            ConnectionLost: The session ended.

        A checkpoint; cancelling it cancels the request at TWS (since 123).

        Sends ReqHeadTimestamp. Asked for as epoch seconds, so no zone has to be guessed. Source:
        EClient.reqHeadTimeStamp.
        """
        request = ReqHeadTimestamp(
            self._session.take_request_id(),
            contract,
            use_rth=use_rth,
            what_to_show=what,
            format_date=EPOCH_SECONDS,
        )
        answer = await self._one(request, HeadTimestamp)
        return read_time(answer.head_timestamp, what="a head timestamp")

    async def histogram(
        self, contract: Contract, *, period: str = "1 week", use_rth: bool = True
    ) -> list[HistogramDataEntry]:
        """Gives how much of an instrument was traded at which price.

        Args:
            contract: The instrument.
            period: How far back from now: a number and a unit in words, as in ``3 days``.
            use_rth: Whether to leave out what was traded outside regular hours.

        Returns:
            One object for each price, in the order of TWS. Prices in the contract's currency, sizes
            in shares or contracts. Empty if TWS answers so: it knows of no trade in that time.

        Raises:
            RequestError: 10188 or 162 for no data or no permission, 200 for no such contract.
            ResponseTimeout: Nothing came; the request is taken back.
            LocalProtocolError: The server is below version 119; nothing was sent.
            ConnectionLost: The session ended.

        A checkpoint; cancelling it cancels the request at TWS.

        Sends ReqHistogramData. Source: EClient.reqHistogramData.
        """
        request = ReqHistogramData(self._session.take_request_id(), contract, use_rth, period)
        answer = await self._one(request, HistogramData)
        return list(answer.items)

    async def schedule(
        self,
        contract: Contract,
        *,
        duration: str = "1 M",
        end: datetime | None = None,
        use_rth: bool = True,
    ) -> TradingSchedule:
        """Gives when an instrument was traded, session by session, oldest first.

        Args:
            contract: The instrument.
            duration: How far back: a number and D, W, M or Y.
            end: Where it ends, aware; None for now.
            use_rth: Whether to give regular hours only, or all in which there is trading.

        Raises:
            RequestError: 162 for no data or no permission, 200 for no such contract.
            ResponseTimeout: Nothing came; the request is taken back.
            RemoteProtocolError: A time can't be read, or is in a zone that this computer does not
                know.
            LocalProtocolError: ``end`` has no time zone, or the server is below version 165;
                nothing was sent.
            ConnectionLost: The session ended.

        A checkpoint; cancelling it cancels the request at TWS.

        Sends ReqHistoricalData with ``SCHEDULE`` as what to show, and bars of a day, the only ones
        that TWS takes for it. Source: EClient.reqHistoricalData, EWrapper.historicalSchedule.
        """
        if self._session.server_version < v.HISTORICAL_SCHEDULE:
            raise LocalProtocolError(
                f"a schedule needs server version {v.HISTORICAL_SCHEDULE}; this one has "
                f"{self._session.server_version}: update TWS"
            )
        request = ReqHistoricalData(
            self._session.take_request_id(),
            contract,
            end_date_time=write_time(end, "end"),
            bar_size_setting="1 day",
            duration=duration,
            use_rth=use_rth,
            what_to_show="SCHEDULE",
            format_date=EPOCH_SECONDS,
        )
        answer = await self._one(request, HistoricalSchedule)
        zone = read_zone(answer.time_zone, "a schedule's time zone")
        return TradingSchedule(
            read_schedule_time(answer.start_date_time, zone),
            read_schedule_time(answer.end_date_time, zone),
            answer.time_zone,
            tuple(_session(session, zone) for session in answer.sessions),
        )

    async def _sessions_between(
        self, contract: Contract, start: datetime, end: datetime, *, use_rth: bool
    ) -> list[TradingSession]:
        """Gives the sessions of a stretch of time, and maybe some before it."""
        days = ceil((end - start) / _ONE_DAY) + 1
        duration = f"{days} D" if days <= _DAYS_OF_A_YEAR else f"{ceil(days / _DAYS_OF_A_YEAR)} Y"
        found = await self.schedule(contract, duration=duration, end=end, use_rth=use_rth)
        return list(found.sessions)


def _session(session: HistoricalSession, zone: "ZoneInfo") -> TradingSession:
    return TradingSession(
        read_schedule_time(session.start_date_time, zone),
        read_schedule_time(session.end_date_time, zone),
        read_day(session.ref_date, "a session's trading day"),
    )
