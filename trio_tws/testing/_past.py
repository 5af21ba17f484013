"""What is known of the past as a whole: since when, how much at which price, and when it was open.

The simulated market is open at all times, and its day is a day in UTC. A schedule tells it in the
exchange's zone, so that in New York the session of a day begins in the evening before, as those of
futures do.
"""

import re
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
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
from trio_tws.testing._bars import DAY, SHOWS, BarRequestError, parse_bar_size, parse_duration
from trio_tws.testing._history import end_of
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market import Market

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
    """Tells since when there are data of an instrument: every market here begins in 1970.

    Raises:
        BarRequestError: TWS would refuse it; it has TWS's code and words.
    """
    if request.what_to_show not in SHOWS:
        text = f"{_INVALID}What to show field is missing or incorrect."
        raise BarRequestError(321, text, value=request.what_to_show)
    market.bar(instrument.con_id, 0, 1, request.what_to_show)
    if request.format_date == _EPOCH_SECONDS:
        return HeadTimestamp(request.req_id, "0")
    text = "19700101-00:00:00"
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
        bar = market.bar(instrument.con_id, start, min(start + size.seconds, stop), "TRADES")
        if bar is not None:
            traded[bar.close] += bar.volume
    items = tuple(HistogramDataEntry(price, traded[price]) for price in sorted(traded))
    return HistogramData(request.req_id, items)


def schedule(
    request: ReqHistoricalData, instrument: Instrument, now: float, zone: ZoneInfo
) -> HistoricalSchedule:
    """Tells when an instrument was traded: all the time, in sessions of a day.

    Raises:
        BarRequestError: TWS would refuse it; it has TWS's code and words.
    """
    length = parse_duration(request.duration)
    if parse_bar_size(request.bar_size_setting).seconds != DAY:
        text = f"{_INVALID}SCHEDULE needs a bar size of 1 day"
        raise BarRequestError(321, text, value=request.bar_size_setting)
    end = max(0.0, min(end_of(request.end_date_time, now, zone), now))
    first = int(length.before(end)) // DAY * DAY
    there = ZoneInfo(instrument.time_zone_id)
    sessions = tuple(
        HistoricalSession(
            _text(midnight, there),
            _text(midnight + DAY, there),
            f"{datetime.fromtimestamp(midnight, UTC):%Y%m%d}",
        )
        for midnight in range(first, int(end) + 1, DAY)
    )
    return HistoricalSchedule(
        request.req_id,
        sessions[0].start_date_time,
        sessions[-1].end_date_time,
        instrument.time_zone_id,
        sessions,
    )


def _text(moment: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(moment, zone):%Y%m%d-%H:%M:%S}"
