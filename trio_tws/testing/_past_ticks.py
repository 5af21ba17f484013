"""Single trades, quotes and midpoints of the past, as the market made them."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain, islice
from math import ceil, floor
from typing import Final
from zoneinfo import ZoneInfo

from trio_tws._model.historical_ticks import (
    HistoricalTicks,
    HistoricalTicksBidAsk,
    HistoricalTicksLast,
    ReqHistoricalTicks,
)
from trio_tws._model.tick_by_tick import MidpointTick, QuoteTick, TradeTick
from trio_tws.testing._bars import BarRequestError
from trio_tws.testing._history import end_of
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market import Market

MOST_TICKS: Final = 1000
"""IB: no request may ask for more ticks than this."""

_INVALID: Final = "Error validating request.-'bN' : cause - "
_FAILED: Final = "Failed to request historical ticks:"


def past_ticks(
    market: Market, instrument: Instrument, request: ReqHistoricalTicks, now: float, zone: ZoneInfo
) -> HistoricalTicks | HistoricalTicksBidAsk | HistoricalTicksLast:
    """Gives the message that answers a request for ticks.

    From a start on, that second included; or up to an end, that second not included, which is how
    bars have it (IB does not say). What has happened by now is told, as in bars. A tick is made at
    most once a second here, as that begins, so the last second is always whole.

    Raises:
        BarRequestError: TWS would refuse it; it has TWS's code, and words of our own where those of
            TWS are not known.
    """
    req_id, con_id, what = request.req_id, instrument.con_id, _checked(request).what_to_show
    has_data = instrument.has_trades if what == "TRADES" else instrument.has_quotes
    seconds = _seconds(market, con_id, request, now, zone) if has_data else []
    if not seconds:
        text = f"{_FAILED}No data for {instrument.local_symbol}@{instrument.exchange} {what}"
        raise BarRequestError(10187, text, value=what)
    if what == "TRADES":
        return HistoricalTicksLast(
            req_id, tuple(_trade(market, instrument, at) for at in seconds), done=True
        )
    if what == "BID_ASK":
        return HistoricalTicksBidAsk(
            req_id, tuple(_quote(market, con_id, at) for at in seconds), done=True
        )
    midpoints = tuple(
        MidpointTick(_moment(at), market.price(con_id, at), Decimal(0), is_past=True)
        for at in seconds
    )
    return HistoricalTicks(req_id, midpoints, done=True)


def _checked(request: ReqHistoricalTicks) -> ReqHistoricalTicks:
    if request.what_to_show not in {"TRADES", "BID_ASK", "MIDPOINT"}:
        text = f"{_INVALID}What to show field is missing or incorrect."
        raise BarRequestError(321, text, value=request.what_to_show)
    if bool(request.start_date_time) == bool(request.end_date_time):
        text = f"{_INVALID}Exactly one of start date/time and end date/time has to be specified"
        raise BarRequestError(321, text, value=request.start_date_time)
    if not 1 <= request.number_of_ticks <= MOST_TICKS:
        text = f"{_INVALID}Number of ticks has to be 1 to {MOST_TICKS}"
        raise BarRequestError(321, text, value=str(request.number_of_ticks))
    return request


def _seconds(
    market: Market, con_id: int, request: ReqHistoricalTicks, now: float, zone: ZoneInfo
) -> list[int]:
    """Gives the seconds of the ticks that are asked for, oldest first: those of an open market."""
    interval, calendar = market.trade_interval(con_id), market.calendar(con_id)
    most, use_rth = request.number_of_ticks, request.use_rth
    stop, path = ceil(now), market.path(con_id)

    def is_told(second: int) -> bool:
        return path.shown(second) == second  # nothing happens to what is halted

    if request.start_date_time:
        start = ceil(max(0.0, end_of(request.start_date_time, now, zone)))
        stretches = calendar.between(start, stop, use_rth=use_rth)
        each = (range(ceil(begin / interval) * interval, end, interval) for begin, end in stretches)
        return list(islice(filter(is_told, chain.from_iterable(each)), most))
    stop = min(stop, floor(end_of(request.end_date_time, now, zone)))
    sessions = calendar.sessions_before(stop, use_rth=use_rth) if stop > 0 else ()
    back = (
        range(ceil(session.start / interval) * interval, min(session.end, stop), interval)[::-1]
        for session in sessions
    )
    return list(islice(filter(is_told, chain.from_iterable(back)), most))[::-1]


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _trade(market: Market, instrument: Instrument, second: int) -> TradeTick:
    trade = market.trade(instrument.con_id, second)
    assert trade is not None, "it is one of the seconds with a trade"  # noqa: S101
    return TradeTick(
        _moment(second),
        price=trade.price,
        size=trade.size,
        exchange=instrument.venue,
        is_past=True,
    )


def _quote(market: Market, con_id: int, second: int) -> QuoteTick:
    quote = market.quote(con_id, second)
    assert quote is not None, "it has quotes"  # noqa: S101
    return QuoteTick(
        _moment(second),
        price_bid=quote.bid,
        price_ask=quote.ask,
        size_bid=quote.bid_size,
        size_ask=quote.ask_size,
        is_past=True,
    )
