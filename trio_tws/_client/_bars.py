"""Bars of the past."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from trio_tws._client._topic import Topic
from trio_tws._errors import LocalProtocolError, RemoteProtocolError
from trio_tws._model.bars import HistoricalData, HistoricalDataBar, ReqHistoricalData
from trio_tws._model.contracts import Contract

_EPOCH_SECONDS: Final = 2


@final
@attrs.frozen(weakref_slot=False)
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
            RequestError: 162 for no data, no permission or too many requests; 200 for no such
                contract.
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
                "what='SCHEDULE' asks for no bars; send a ReqHistoricalData with it, and take the "
                "HistoricalSchedule from open_events()"
            )
        request = ReqHistoricalData(
            self._session.take_request_id(),
            contract,
            end_date_time=_end_text(end),
            bar_size_setting=bar_size,
            duration=duration,
            use_rth=use_rth,
            what_to_show=what,
            format_date=_EPOCH_SECONDS,
        )
        answers = await self._ask(request)
        return [
            _bar(bar)
            for answer in answers
            if isinstance(answer, HistoricalData)
            for bar in answer.bars
        ]


def _end_text(end: datetime | None) -> str:
    if end is None:
        return ""
    if end.tzinfo is None:
        raise LocalProtocolError(f"end={end} has no time zone; give an aware datetime")
    return end.astimezone(UTC).strftime("%Y%m%d-%H:%M:%S")


def _bar(bar: HistoricalDataBar) -> Bar:
    return Bar(
        _bar_time(bar.date),
        bar.open,
        bar.high,
        bar.low,
        bar.close,
        bar.volume,
        bar.wap,
        bar.bar_count,
    )


def _bar_time(text: str) -> datetime | date:
    """Reads the time of a bar, in any of the forms that TWS has for it.

    ``1705398600``, ``20240116``, ``20240116-14:30:00`` (UTC, since 214 with a Z), and
    ``20240116 09:30:00 US/Eastern``.

    Raises:
        RemoteProtocolError: It is none of them, or its zone is unknown.
    """
    try:
        if text.isdigit():
            if len(text) == 8:  # noqa: PLR2004 - yyyymmdd; epoch seconds had nine digits by 1973
                return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date()
            return datetime.fromtimestamp(int(text), UTC)
        if "-" in text[:9]:
            return datetime.strptime(text.removesuffix("Z"), "%Y%m%d-%H:%M:%S").replace(tzinfo=UTC)
        day, time, zone = text.split(maxsplit=2)
        local = datetime.strptime(f"{day} {time}", "%Y%m%d %H:%M:%S").replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC)
    except (ValueError, OverflowError, OSError, ZoneInfoNotFoundError) as error:
        raise RemoteProtocolError(f"a bar has the time {text!r}, which can't be read") from error
