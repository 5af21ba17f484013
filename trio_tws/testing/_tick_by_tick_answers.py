"""Single ticks of the simulated TWS: the trades and quotes that its lines sample, one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from trio_tws._enums import TickByTickKind
from trio_tws._model.historical_ticks import (
    HistoricalTicks,
    HistoricalTicksBidAsk,
    HistoricalTicksLast,
)
from trio_tws._model.tick_by_tick import (
    CancelTickByTickData,
    HistoricalTick,
    HistoricalTickBidAsk,
    HistoricalTickLast,
    ReqTickByTickData,
    TickByTick,
)
from trio_tws.testing._lines import until_next
from trio_tws.testing._table import answers, invalid, is_taken, only_match

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._instrument import Instrument
    from trio_tws.testing._market import Market

MOST_STREAMS: Final = 5
"""A login with 100 market data lines gets no more at a time."""

MOST_PAST: Final = 1000
"""TWS gives no more ticks of the past; here they are looked for in as many thousand seconds."""

_KINDS: Final = {
    "Last": TickByTickKind.LAST,
    "AllLast": TickByTickKind.ALL_LAST,
    "BidAsk": TickByTickKind.BID_ASK,
    "MidPoint": TickByTickKind.MID_POINT,
}

SingleTick: TypeAlias = HistoricalTickLast | HistoricalTickBidAsk | HistoricalTick


def tick_at(
    market: Market, instrument: Instrument, kind: TickByTickKind, second: int, *, ignore_size: bool
) -> SingleTick | None:
    """Gives the tick of one kind at an epoch second; None if nothing is new then."""
    con_id = instrument.con_id
    time = datetime.fromtimestamp(second, UTC)
    if kind in (TickByTickKind.LAST, TickByTickKind.ALL_LAST):
        trade = market.trade(con_id, second)
        exchange = instrument.primary_exchange or instrument.exchange
        return trade and HistoricalTickLast(
            time, price=trade.price, size=trade.size, exchange=exchange
        )
    if kind is TickByTickKind.MID_POINT:
        price = market.price(con_id, second)
        return HistoricalTick(time, price) if price != market.price(con_id, second - 1) else None
    quote, before = market.quote(con_id, second), market.quote(con_id, second - 1)
    if quote is None or before is None or quote == before:
        return None
    if ignore_size and (quote.bid, quote.ask) == (before.bid, before.ask):
        return None
    return HistoricalTickBidAsk(
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
        words = f"Failed to request tick-by-tick data:{words}{instrument.local_symbol}"
        client.send(client.error(req_id, 10189, words))
        return
    if _open_streams(client) >= MOST_STREAMS:
        words = "Max number of tick-by-tick requests has been reached."
        client.send(client.error(req_id, 10190, words))
        return
    market = simulator.market
    told = int(simulator.now())

    def ticks(seconds: range) -> list[SingleTick]:
        wanted = min(request.number_of_ticks, MOST_PAST) if seconds.step < 0 else len(seconds)
        each = (
            tick_at(market, instrument, kind, second, ignore_size=request.ignore_size)
            for second in seconds
        )
        return list(islice((tick for tick in each if tick is not None), wanted))

    def work() -> float:
        nonlocal told
        now = simulator.now()
        for tick in ticks(range(told + 1, int(now) + 1)):
            client.send(_live(req_id, kind, tick))
        told = int(now)
        return until_next(market.trade_interval(instrument.con_id), now) / simulator.speed

    if request.number_of_ticks:
        past = ticks(range(told, max(0, told - MOST_PAST * 1000), -1))
        client.send(_past(req_id, kind, past[::-1]))
    client.begin(req_id, request, 0, work)


def _has_ticks(instrument: Instrument, kind: TickByTickKind) -> bool:
    if instrument.sec_type == "OPT":
        return False
    if kind in (TickByTickKind.BID_ASK, TickByTickKind.MID_POINT):
        return instrument.has_quotes
    return instrument.has_trades


def _open_streams(client: SimulatedClient) -> int:
    """How many the login has open, in all its programs."""
    under_way = [one.requests.values() for one in client.simulator.clients]
    return sum(isinstance(request, ReqTickByTickData) for each in under_way for request in each)


def _live(req_id: int, kind: TickByTickKind, tick: SingleTick) -> TickByTick:
    match tick:
        case HistoricalTickLast():
            return TickByTick(req_id, kind, last=tick)
        case HistoricalTickBidAsk():
            return TickByTick(req_id, kind, bid_ask=tick)
        case _:
            return TickByTick(req_id, kind, mid_point=tick)


def _past(req_id: int, kind: TickByTickKind, ticks: Sequence[SingleTick]) -> object:
    if kind is TickByTickKind.MID_POINT:
        found = tuple(tick for tick in ticks if isinstance(tick, HistoricalTick))
        return HistoricalTicks(req_id, found, done=True)
    if kind is TickByTickKind.BID_ASK:
        quotes = tuple(tick for tick in ticks if isinstance(tick, HistoricalTickBidAsk))
        return HistoricalTicksBidAsk(req_id, quotes, done=True)
    trades = tuple(tick for tick in ticks if isinstance(tick, HistoricalTickLast))
    return HistoricalTicksLast(req_id, trades, done=True)


@answers(CancelTickByTickData)
def _cancel_tick_by_tick(client: SimulatedClient, request: CancelTickByTickData) -> None:
    """What TWS says to one that is not there is not known; here it is what lines say."""
    req_id = request.req_id
    if not client.end(req_id, ReqTickByTickData):
        client.send(client.error(req_id, 300, f"Can't find EId with tickerId:{req_id}"))
