"""Bars of the past."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, final

from trio_tws._client._times import read_bar_time, write_time
from trio_tws._client._topic import Topic
from trio_tws._collecting import collection_paused
from trio_tws._errors import LocalProtocolError
from trio_tws._model.bars import HistoricalData, HistoricalDataBar, ReqHistoricalData
from trio_tws._model.contracts import Contract
from trio_tws._wire.late import frozen
from trio_tws._wire.quick import quick

EPOCH_SECONDS: Final = 2
"""The format in which times are asked for, so that no zone has to be guessed."""


@final
@frozen(weakref_slot=False)
class Bar:
    """What a price did in one stretch of time."""

    time: datetime | date
    """When it begins: an aware datetime in UTC. Bars of a day and longer have a date: the
    exchange's trading day, which for futures and currencies is not the calendar's."""
    open: float
    """In the contract's currency, as are high, low and close."""
    high: float
    low: float
    close: float
    volume: Decimal | None
    """Shares or contracts; lots of 100 for US stocks below server version 175. None for bars that
    are not made of trades."""
    wap: Decimal | None
    """The volume-weighted average price; None for bars that are not made of trades."""
    count: int | None
    """How many trades; None for bars that are not made of trades."""


class BarMethods(Topic):
    """What `TWS` offers about historical bars."""

    async def historical_bars(
        self,
        contract: Contract,
        *,
        duration: str = "1 D",
        bar_size: str = "5 mins",
        what: str = "TRADES",
        end: datetime | None = None,
        use_rth: bool = True,
    ) -> list[Bar]:
        """Gives the bars of one stretch of the past, oldest first.

        Args:
            contract: The instrument.
            duration: How far back: a number and S, D, W, M or Y.
            bar_size: In IB's spelling: ``5 secs``, ``1 min``, ``5 mins``, ``1 hour``, ``1 day``, …
            what: TRADES, MIDPOINT, BID, ASK, BID_ASK, ADJUSTED_LAST, …
            end: Where it ends, aware; None for now.
            use_rth: Whether to leave out what was traded outside regular hours.

        Returns:
            At least one bar; TWS answers nothing at all with error 162.

        Raises:
            NoData: There are none.
            PacingViolation: TWS has had too many requests; only where the session's own pacing is
                off, or another program shares the login.
            NoMarketDataPermission: The data is not subscribed.
            ContractNotFound: There is no such contract.
            RequestError: TWS refused it for another reason.
            ResponseTimeout: Nothing came; the request is taken back.
            RemoteProtocolError: A bar has a time that can't be read.
            LocalProtocolError: ``end`` has no time zone, or ``what`` is SCHEDULE, to which TWS
                answers with no bars but with a `HistoricalSchedule`; nothing was sent.
            ConnectionLost: The session ended.

        A checkpoint; cancelling it cancels the request at TWS.

        Sends ReqHistoricalData, and CancelHistoricalData if it is left early. Times are asked for
        as epoch seconds, so no time zone has to be guessed. Source: EClient.reqHistoricalData.
        """
        if what == "SCHEDULE":
            raise LocalProtocolError(
                "what='SCHEDULE' asks for no bars but for a HistoricalSchedule: use schedule()"
            )
        request = ReqHistoricalData(
            self._session.take_request_id(),
            contract,
            end_date_time=write_time(end, "end"),
            bar_size_setting=bar_size,
            duration=duration,
            use_rth=use_rth,
            what_to_show=what,
            format_date=EPOCH_SECONDS,
        )
        answers = await self._ask(request)
        with collection_paused():
            return [
                bar_of(bar)
                for answer in answers
                if isinstance(answer, HistoricalData)
                for bar in answer.bars
            ]


_bar = quick(Bar)


def bar_of(bar: HistoricalDataBar) -> Bar:
    """Makes a bar of one as TWS sends it.

    Raises:
        RemoteProtocolError: Its time can't be read.
    """
    return _bar(
        read_bar_time(bar.date),
        bar.open,
        bar.high,
        bar.low,
        bar.close,
        bar.volume,
        bar.wap,
        bar.bar_count,
    )


def moment_of(bar: Bar) -> datetime:
    """Gives when a bar begins: of one with a date its midnight, in UTC."""
    if isinstance(bar.time, datetime):
        return bar.time
    return datetime(bar.time.year, bar.time.month, bar.time.day, tzinfo=UTC)
