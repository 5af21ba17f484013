"""What is known of the past as a whole: since when, how much at which price, and when it was open.

A market that never closes has days in UTC. A schedule tells them in the exchange's zone, so that in
New York the session of a day begins in the evening before, as those of futures do.
"""

import re
from collections import defaultdict
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from itertools import takewhile
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from trio_tws import _versions as v
from trio_tws._model.bars import HistoricalSchedule, HistoricalSession, ReqHistoricalData
from trio_tws._model.histogram import (
    HeadTimestamp,
    HistogramData,
    HistogramDataEntry,
    ReqHeadTimestamp,
    ReqHistogramData,
)
from trio_tws.testing._bars import (
    DAY,
    SHOWS,
    BarRequestError,
    Duration,
    no_data,
    parse_bar_size,
    parse_duration,
)
from trio_tws.testing._calendar_bars import start_of
from trio_tws.testing._history import end_of, require_aggregated
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market import Market
from trio_tws.testing._sessions import ALWAYS_OPEN, Calendar, MarketSession

_EPOCH_SECONDS: Final = 2
_INVALID: Final = "Error validating request.-'bN' : cause - "

_PERIOD: Final = re.compile(r"([1-9][0-9]{0,3}) (second|minute|hour|day|week|month)s?")
_SECONDS: Final = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": DAY,
    "week": 7 * DAY,
    "month": 30 * DAY,
}

_GRAIN: Final = ((1800, "1 secs"), (8 * 3600, "1 min"), (40 * DAY, "1 hour"))
"""Up to so many seconds a histogram is counted in bars of this size; beyond, day by day."""


def head_timestamp(
    market: Market, instrument: Instrument, request: ReqHeadTimestamp, server_version: int
) -> HeadTimestamp:
    """Tells since when there are data of an instrument: here since its first opening from 1970 on.

    Raises:
        BarRequestError: TWS would refuse it; it has TWS's code and words.
    """
    if request.what_to_show not in SHOWS:
        text = f"{_INVALID}What to show field is missing or incorrect."
        raise BarRequestError(321, text, value=request.what_to_show)
    require_aggregated(instrument, request.what_to_show, server_version)
    market.bar(instrument.con_id, 0, 1, request.what_to_show)
    first = market.calendar(instrument.con_id).next_open(0, use_rth=request.use_rth)
    if request.format_date == _EPOCH_SECONDS:
        return HeadTimestamp(request.req_id, str(first))
    text = _text(first, UTC)
    if server_version >= v.ADD_Z_SUFFIX_TO_UTC_DATE_TIME:
        text += "Z"
    return HeadTimestamp(request.req_id, text)


def histogram(
    market: Market, instrument: Instrument, request: ReqHistogramData, now: float
) -> HistogramData:
    """Tells how much was traded at which price; all of it, bar by bar at each bar's last price.

    Raises:
        BarRequestError: TWS would refuse it; it has TWS's code, and words of our own for a period
            that makes no sense.
    """
    found = _PERIOD.fullmatch(request.time_period)
    if found is None:
        text = f"{_INVALID}Time period is invalid: {request.time_period}"
        raise BarRequestError(321, text, value=request.time_period)
    seconds = int(found[1]) * _SECONDS[found[2]]
    name = next((name for most, name in _GRAIN if seconds <= most), "1 day")
    size = parse_bar_size(name)
    traded: defaultdict[float, Decimal] = defaultdict(Decimal)
    stop = int(now)
    for start in range(max(0, stop - seconds), stop, size.seconds):
        after = min(start + size.seconds, stop)
        bar = market.bar(instrument.con_id, start, after, "TRADES", use_rth=request.use_rth)
        if bar is not None:
            traded[bar.close] += bar.volume
    items = tuple(HistogramDataEntry(price, traded[price]) for price in sorted(traded))
    return HistogramData(request.req_id, items)


def schedule(
    request: ReqHistoricalData,
    instrument: Instrument,
    now: float,
    zone: ZoneInfo,
    calendar: Calendar = ALWAYS_OPEN,
) -> HistoricalSchedule:
    """Tells when an instrument was traded: in sessions of a day, if the market never closes.

    A session that has begun is told as a whole.

    Raises:
        BarRequestError: TWS would refuse it; it has TWS's code and words. Also if there was no
            session in that time, in words of our own.
    """
    length = parse_duration(request.duration)
    if parse_bar_size(request.bar_size_setting).seconds != DAY:
        text = f"{_INVALID}SCHEDULE needs a bar size of 1 day"
        raise BarRequestError(321, text, value=request.bar_size_setting)
    end = max(0.0, min(end_of(request.end_date_time, now, zone), now))
    there = ZoneInfo(instrument.time_zone_id)
    found = _sessions(calendar, length, end, use_rth=request.use_rth)
    if not found:
        name = f"{instrument.local_symbol}@{instrument.exchange} Schedule"
        raise no_data(f"HMDS query returned no data: {name}", value=request.duration)
    sessions = tuple(
        HistoricalSession(
            _text(session.start, there), _text(session.end, there), f"{session.day:%Y%m%d}"
        )
        for session in found
    )
    return HistoricalSchedule(
        request.req_id,
        sessions[0].start_date_time,
        sessions[-1].end_date_time,
        instrument.time_zone_id,
        sessions,
    )


def _sessions(
    calendar: Calendar, length: Duration, end: float, *, use_rth: bool
) -> list[MarketSession]:
    if calendar is ALWAYS_OPEN:
        # The day of the end is there even if the end is its first second.
        first, last = length.before(end), int(end) + 1
    else:
        first = start_of(calendar, end, length, has_dates=False, use_rth=use_rth)
        last = ceil(end)
    each = calendar.sessions_from(int(first), use_rth=use_rth)
    return list(takewhile(lambda session: session.start < last, each))


def _text(moment: int, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(moment, zone):%Y%m%d-%H:%M:%S}"
