"""Bars of five seconds, as the simulated TWS sends them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from trio_tws._model.real_time_bars import CancelRealTimeBars, RealTimeBars, ReqRealTimeBars
from trio_tws.testing._market_facts import MarketBar
from trio_tws.testing._permissions import has_no_live_data
from trio_tws.testing._table import answers, invalid, is_taken, only_match
from trio_tws.testing._throttle import is_too_much

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._instrument import Instrument
    from trio_tws.testing._market import Market

_SECONDS: Final = 5
_SERVICE: Final = "Invalid Real-time Query"
_SHOWS: Final = frozenset({"TRADES", "MIDPOINT", "BID", "ASK"})


def real_time_bar(
    market: Market, instrument: Instrument, what: str, start: int, req_id: int
) -> RealTimeBars:
    """Gives the bar that begins at an epoch second; if nothing happens it stays at the last price.

    That is so between the trades of slow markets, and in a halt.
    """
    time = datetime.fromtimestamp(start, UTC)
    bar = market.bar(instrument.con_id, start, start + _SECONDS, what)
    if bar is None:
        price = _last_price(market, instrument.con_id, what, start)
        bar = MarketBar(start, price, price, price, price, Decimal(0), Decimal(str(price)), 0)
    has_trades = what == "TRADES"
    return RealTimeBars(
        req_id,
        time,
        bar.open,
        bar.high,
        bar.low,
        bar.close,
        bar.volume if has_trades else None,
        bar.wap if has_trades else None,
        bar.count if has_trades else None,
    )


def _last_price(market: Market, con_id: int, what: str, second: int) -> float:
    """Gives the price of a series that holds at a second; 0 if there was none yet."""
    trade, quote = market.last_trade(con_id, second), market.quote(con_id, second)
    if what == "TRADES":
        return trade.price if trade else 0.0
    if what == "MIDPOINT":
        return market.price(con_id, second)
    assert quote is not None, "what has no quotes has no bars of them"  # noqa: S101
    return quote.bid if what == "BID" else quote.ask


@answers(ReqRealTimeBars)
def _real_time_bars(client: SimulatedClient, request: ReqRealTimeBars) -> None:
    simulator, req_id, what = client.simulator, request.req_id, request.what_to_show
    market = simulator.market
    if is_taken(client, req_id):
        return
    if request.bar_size != _SECONDS or what not in _SHOWS:
        invalid(client, req_id, f"Invalid real-time bars: {request.bar_size} seconds of {what}")
        return
    instrument = only_match(client, req_id, request.contract)
    if instrument is None:
        return
    if not (instrument.has_trades if what == "TRADES" else instrument.has_quotes):
        words = f"{_SERVICE}:No {what} of {instrument.local_symbol}"
        client.send(client.error(req_id, 420, words))
        return
    if has_no_live_data(client, req_id, instrument, 420, _SERVICE):
        return
    if is_too_much(client, request):
        return
    calendar = market.calendar(instrument.con_id)
    start = int(simulator.now()) // _SECONDS * _SECONDS

    def work() -> float:
        nonlocal start
        now = simulator.now()
        start = max(start, int(simulator.network.data_since()) // _SECONDS * _SECONDS)
        while (start := calendar.next_open(start, use_rth=request.use_rth)) + _SECONDS <= now:
            client.send(real_time_bar(market, instrument, what, start, req_id))
            start += _SECONDS
        return (start + _SECONDS - now) / simulator.speed

    client.begin(req_id, request, 0, work)


@answers(CancelRealTimeBars)
def _cancel_real_time_bars(client: SimulatedClient, request: CancelRealTimeBars) -> None:
    """What TWS says to one that is not there is not known; here it is what lines say."""
    req_id = request.req_id
    if not client.end(req_id, ReqRealTimeBars):
        client.send(client.error(req_id, 300, f"Can't find EId with tickerId:{req_id}"))
