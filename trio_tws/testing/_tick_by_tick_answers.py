"""Single ticks of the simulated TWS: the trades and quotes that its lines sample, one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from trio_tws._enums import TickByTickKind
from trio_tws._model.historical_ticks import (
    HistoricalTicks,
    HistoricalTicksBidAsk,
    HistoricalTicksLast,
)
from trio_tws._model.tick_by_tick import (
    CancelTickByTickData,
    MidpointTick,
    QuoteTick,
    ReqTickByTickData,
    SingleTick,
    TickByTick,
    TradeTick,
)
from trio_tws._wire.classes import evolve
from trio_tws.testing._lines import until_moved
from trio_tws.testing._permissions import has_no_live_data
from trio_tws.testing._table import answers, invalid, is_taken, only_match
from trio_tws.testing._throttle import is_too_much

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._instrument import Instrument
    from trio_tws.testing._market import Market
    from trio_tws.testing._sessions import Calendar

MOST_PAST: Final = 1000
"""TWS gives no more ticks of the past; here they are looked for in as many thousand seconds."""

_SERVICE: Final = "Failed to request tick-by-tick data"

_KINDS: Final = {
    "Last": TickByTickKind.LAST,
    "AllLast": TickByTickKind.ALL_LAST,
    "BidAsk": TickByTickKind.BID_ASK,
    "MidPoint": TickByTickKind.MID_POINT,
}


def tick_at(
    market: Market, instrument: Instrument, kind: TickByTickKind, second: int, *, ignore_size: bool
) -> SingleTick | None:
    """Gives the tick of one kind at an epoch second; None if nothing is new then."""
    con_id = instrument.con_id
    time = datetime.fromtimestamp(second, UTC)
    if kind in (TickByTickKind.LAST, TickByTickKind.ALL_LAST):
        trade = market.trade(con_id, second)
        if trade is None:
            return None
        return TradeTick(time, price=trade.price, size=trade.size, exchange=instrument.venue)
    if kind is TickByTickKind.MID_POINT:
        price = market.price(con_id, second)
        return MidpointTick(time, price) if price != market.price(con_id, second - 1) else None
    quote, before = market.quote(con_id, second), market.quote(con_id, second - 1)
    if quote is None or before is None or quote == before:
        return None
    if ignore_size and (quote.bid, quote.ask) == (before.bid, before.ask):
        return None
    return QuoteTick(
        time,
        price_bid=quote.bid,
        price_ask=quote.ask,
        size_bid=quote.bid_size,
        size_ask=quote.ask_size,
    )


@answers(ReqTickByTickData)
def _tick_by_tick(client: SimulatedClient, request: ReqTickByTickData) -> None:
    simulator, req_id = client.simulator, request.req_id
    if is_taken(client, req_id):
        return
    kind = _KINDS.get(request.tick_type)
    if kind is None or request.number_of_ticks < 0:
        invalid(client, req_id, f"Invalid tick type or number of ticks: {request.tick_type}")
        return
    instrument = only_match(client, req_id, request.contract)
    if instrument is None:
        return
    if not _has_ticks(instrument, kind):
        words = f"{request.tick_type} tick-by-tick requests are not supported for "
        words = f"{_SERVICE}:{words}{instrument.local_symbol}"
        client.send(client.error(req_id, 10189, words))
        return
    if has_no_live_data(client, req_id, instrument, 10189, _SERVICE):
        return
    if is_too_much(client, request):
        return
    market, calendar = simulator.market, simulator.market.calendar(instrument.con_id)
    told = int(simulator.now())

    def ticks(seconds: Iterable[int]) -> Iterator[SingleTick]:
        each = (
            tick_at(market, instrument, kind, second, ignore_size=request.ignore_size)
            for second in seconds
        )
        return (tick for tick in each if tick is not None)

    def work() -> float:
        nonlocal told
        now = simulator.now()
        told = max(told, int(simulator.network.data_since()))
        stretches = calendar.between(told + 1, int(now) + 1)
        for tick in ticks(chain.from_iterable(range(*stretch) for stretch in stretches)):
            client.send(_live(req_id, kind, tick))
        told = int(now)
        return until_moved(market, instrument.con_id, now) / simulator.speed

    if request.number_of_ticks:
        seconds = _open_seconds(calendar, told)
        found = ticks(islice(seconds, MOST_PAST * 1000))
        newest = islice(found, min(request.number_of_ticks, MOST_PAST))
        past = [evolve(tick, is_past=True) for tick in newest]
        client.send(_past(req_id, kind, past[::-1]))
    client.begin(req_id, request, 0, work)


def _open_seconds(calendar: Calendar, second: int) -> Iterator[int]:
    """Gives the seconds in which a market was open, this one and those before, newest first."""
    for session in calendar.sessions_before(second + 1):
        yield from range(min(second, session.end - 1), max(session.start, 1) - 1, -1)


def _has_ticks(instrument: Instrument, kind: TickByTickKind) -> bool:
    if instrument.sec_type == "OPT":
        return False
    if kind in (TickByTickKind.BID_ASK, TickByTickKind.MID_POINT):
        return instrument.has_quotes
    return instrument.has_trades


def _live(req_id: int, kind: TickByTickKind, tick: SingleTick) -> TickByTick:
    match tick:
        case TradeTick():
            return TickByTick(req_id, kind, last=tick)
        case QuoteTick():
            return TickByTick(req_id, kind, bid_ask=tick)
        case _:
            return TickByTick(req_id, kind, mid_point=tick)


def _past(req_id: int, kind: TickByTickKind, ticks: Sequence[SingleTick]) -> object:
    if kind is TickByTickKind.MID_POINT:
        found = tuple(tick for tick in ticks if isinstance(tick, MidpointTick))
        return HistoricalTicks(req_id, found, done=True)
    if kind is TickByTickKind.BID_ASK:
        quotes = tuple(tick for tick in ticks if isinstance(tick, QuoteTick))
        return HistoricalTicksBidAsk(req_id, quotes, done=True)
    trades = tuple(tick for tick in ticks if isinstance(tick, TradeTick))
    return HistoricalTicksLast(req_id, trades, done=True)


@answers(CancelTickByTickData)
def _cancel_tick_by_tick(client: SimulatedClient, request: CancelTickByTickData) -> None:
    """What TWS says to one that is not there is not known; here it is what lines say."""
    req_id = request.req_id
    if not client.end(req_id, ReqTickByTickData):
        client.send(client.error(req_id, 300, f"Can't find EId with tickerId:{req_id}"))
