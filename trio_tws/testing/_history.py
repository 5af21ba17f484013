"""Historical bars in the words of the wire: the end as it is asked for, the times as told."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trio_tws import _versions as v
from trio_tws._enums import SecType
from trio_tws._model.bars import (
    HistoricalData,
    HistoricalDataBar,
    HistoricalDataEnd,
    HistoricalDataUpdate,
    ReqHistoricalData,
)
from trio_tws.testing._bars import (
    DAY,
    BarRequestError,
    check_bar_request,
    no_data,
    parse_bar_size,
)
from trio_tws.testing._calendar_bars import start_of
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market import Market
from trio_tws.testing._market_facts import MarketBar
from trio_tws.testing._sessions import ALWAYS_OPEN

_EPOCH_SECONDS: Final = 2
_BAD_END: Final = (
    "End Date/Time: The date, time, or time-zone entered is invalid. The correct format is "
    "yyyymmdd hh:mm:ss xx/xxxx where yyyymmdd and xx/xxxx are optional."
)


def historical_answers(
    market: Market,
    instrument: Instrument,
    request: ReqHistoricalData,
    now: float,
    zone: ZoneInfo,
    server_version: int,
) -> list[object]:
    """Gives the messages that answer a request for bars.

    Args:
        market: Where the bars come from.
        instrument: What was asked about.
        request: What was asked.
        now: The simulated time, in epoch seconds.
        zone: The time zone of the simulated TWS.
        server_version: The version of the session.

    Raises:
        BarRequestError: TWS would refuse it; it has TWS's code and words.
    """
    size, what = request.bar_size_setting, request.what_to_show
    length, bar_size = check_bar_request(request.duration, size, what)
    end = min(end_of(request.end_date_time, now, zone), now)
    require_aggregated(instrument, what, server_version)
    con_id, use_rth = instrument.con_id, request.use_rth
    bars: list[MarketBar] = []
    if end >= 0:
        bars = market.bars(con_id, end, request.duration, size, what, use_rth=use_rth)
    if not bars:
        name = f"{instrument.local_symbol}@{instrument.exchange} {what.capitalize()}"
        raise no_data(f"HMDS query returned no data: {name}", value=request.end_date_time)
    is_daily, calendar = bar_size.seconds >= DAY, market.calendar(con_id)
    begin = length.before(end)
    if calendar is not ALWAYS_OPEN:
        begin = start_of(calendar, end, length, has_dates=is_daily, use_rth=use_rth)
    sent = tuple(
        _wire_bar(bar, _time_text(bar.start, request, instrument, zone, server_version, is_daily))
        for bar in bars
    )
    first, last = _local(begin, zone), _local(end, zone)
    if server_version < v.HISTORICAL_DATA_END:
        return [HistoricalData(request.req_id, first, last, sent)]
    return [
        HistoricalData(request.req_id, bars=sent),
        HistoricalDataEnd(request.req_id, first, last),
    ]


def require_aggregated(instrument: Instrument, what: str, server_version: int) -> None:
    """Refuses trades of crypto, of which newer servers have them aggregated only.

    Raises:
        BarRequestError: They were asked for; code 10299.
    """
    is_new = server_version >= v.CRYPTO_AGGREGATED_TRADES
    if is_new and instrument.sec_type == SecType.CRYPTO and what == "TRADES":
        words = "Expected what to show is AGGTRADES, please use that instead of TRADES."
        raise BarRequestError(10299, words, value=what)


def updates(
    market: Market,
    instrument: Instrument,
    request: ReqHistoricalData,
    now: float,
    zone: ZoneInfo,
    server_version: int,
) -> list[HistoricalDataUpdate]:
    """Gives the message about the bar that grows at this moment, its second included.

    Nothing if nothing has been traded in it yet, or the market is closed. The request is one that
    `historical_answers` took.
    """
    size = parse_bar_size(request.bar_size_setting)
    con_id, what = instrument.con_id, request.what_to_show
    bar = market.growing_bar(con_id, now, size, what, use_rth=request.use_rth)
    if bar is None:
        return []
    is_daily = size.seconds >= DAY
    text = _time_text(bar.start, request, instrument, zone, server_version, is_daily)
    return [HistoricalDataUpdate(request.req_id, _wire_bar(bar, text))]


def end_of(text: str, now: float, zone: ZoneInfo) -> float:
    """Reads a time of a request in epoch seconds: empty, UTC with a dash, or local.

    Raises:
        BarRequestError: It makes no sense; code 10314.
    """
    if not text:
        return now
    try:
        if "-" in text[:9]:
            moment = datetime.strptime(f"{text.removesuffix('Z')}Z", "%Y%m%d-%H:%M:%S%z")
        else:
            day, time, *named = text.split(maxsplit=2)
            local = datetime.strptime(f"{day} {time}Z", "%Y%m%d %H:%M:%S%z")
            moment = local.replace(tzinfo=ZoneInfo(named[0]) if named else zone)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:  # OSError: "US" is a directory
        raise BarRequestError(10314, _BAD_END, value=text) from error
    return moment.timestamp()


def _local(moment: float, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(moment, zone):%Y%m%d  %H:%M:%S}"


def _time_text(
    start: int,
    request: ReqHistoricalData,
    instrument: Instrument,
    zone: ZoneInfo,
    server_version: int,
    is_daily: bool,
) -> str:
    """Writes a bar's time as this server version does for the format that was asked for."""
    if is_daily:
        return f"{datetime.fromtimestamp(start, UTC):%Y%m%d}"
    if request.format_date == _EPOCH_SECONDS:
        return str(start)
    if server_version < v.INSTRUMENT_TIMEZONE:
        return _local(start, zone)
    local = datetime.fromtimestamp(start, ZoneInfo(instrument.time_zone_id))
    return f"{local:%Y%m%d %H:%M:%S} {instrument.time_zone_id}"


def _wire_bar(bar: MarketBar, date: str) -> HistoricalDataBar:
    has_trades = bar.count >= 0
    return HistoricalDataBar(
        date=date,
        open=bar.open,
        high=bar.high,
        low=bar.low,
        close=bar.close,
        volume=bar.volume if has_trades else None,
        wap=bar.wap if has_trades else None,
        bar_count=bar.count if has_trades else None,
    )
