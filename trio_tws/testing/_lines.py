"""A simulated market data line: what is told at its start, and what changes then."""

from decimal import Decimal
from typing import Final, final

from trio_tws import _versions as v
from trio_tws._enums import MarketDataKind, TickType
from trio_tws._model.ticks import (
    MarketDataType,
    TickGeneric,
    TickPrice,
    TickReqParams,
    TickSize,
    TickString,
)
from trio_tws._wire import evolve
from trio_tws.testing._data_kinds import DELAY, DELAYED
from trio_tws.testing._greeks import computation_of_model
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market import Market
from trio_tws.testing._market_facts import Quote

_SHORTEST_PAUSE: Final = 1e-6
"""Seconds; where rounding has a look fall short of the next trade, the one after it will not."""

BBO_EXCHANGE: Final = "9c0001"
"""What stands for the exchanges behind the quotes of a stock."""

_SNAPSHOT_PERMISSIONS: Final = 3
_NOTHING: Final = Decimal(0)
_NO_QUOTE: Final = Quote(-1.0, -1.0, _NOTHING, _NOTHING)
_FROZEN: Final = {
    MarketDataKind.LIVE: MarketDataKind.FROZEN,
    MarketDataKind.DELAYED: MarketDataKind.DELAYED_FROZEN,
}
"""What a line has while the market is closed, if that was asked for."""


def until_moved(market: Market, con_id: int, now: float) -> float:
    """Gives the seconds until a market moves, opens or closes, at least a moment."""
    return max(market.next_moment(con_id, now) - now, _SHORTEST_PAUSE)


@final
class Line:
    """One line: tells what a client has to hear, remembering what it was told.

    A size that belongs to a price is told twice, with the price and by itself, as TWS does.
    Sizes are in shares at every server version, as with TWS's setting to send lots switched off.
    """

    def __init__(
        self,
        market: Market,
        instrument: Instrument,
        req_id: int,
        kind: MarketDataKind = MarketDataKind.LIVE,
        *,
        has_model: bool = True,
    ) -> None:
        self._market = market
        self._instrument = instrument
        self._req_id = req_id
        self._kind = kind
        self._has_model = has_model and instrument.sec_type == "OPT"
        self._delay = DELAY if kind is MarketDataKind.DELAYED else 0.0
        self._told: dict[TickType, object] = {}
        self._told_kind: MarketDataKind | None = None
        self._is_open = False

    def news(
        self, now: float, server_version: int, wanted: MarketDataKind = MarketDataKind.LIVE
    ) -> list[object]:
        """Gives what is new at a moment, in epoch seconds; at first what the prices mean.

        While the market is closed there is no bid and no ask, which TWS says with a price of -1,
        but for those who want one of the frozen kinds: they have the last ones.
        """
        then = max(0.0, now - self._delay)
        is_trading = self._market.is_open(self._instrument.con_id, then)
        is_frozen = not is_trading and wanted in _FROZEN.values()
        found: list[object] = []
        if not self._is_open:
            self._is_open = True
            found += self._opening(server_version)
        is_halted = self._market.is_halted(self._instrument.con_id, then)
        if self._is_new(TickType.HALTED, is_halted):
            found.append(TickGeneric(self._req_id, self._type(TickType.HALTED), float(is_halted)))
        shown = _FROZEN[self._kind] if is_frozen else self._kind
        if shown is not self._told_kind:
            self._told_kind = shown
            found.append(MarketDataType(self._req_id, shown))
        self._add_ticks(found, then, has_quotes=is_trading or is_frozen)
        if self._has_model:
            model = computation_of_model(self._market, self._instrument, then, server_version)
            if self._is_new(TickType.MODEL_OPTION, model):
                kind = self._type(TickType.MODEL_OPTION)
                found.append(evolve(model, req_id=self._req_id, tick_type=kind))
        return found

    def pause(self, now: float) -> float:
        """Gives the seconds until there can be more news: nothing moves between two trades.

        TWS looks four times a second at a market that moves all the time.
        """
        then = max(0.0, now - self._delay)
        return until_moved(self._market, self._instrument.con_id, then)

    def _opening(self, server_version: int) -> list[object]:
        if server_version < v.REQ_SMART_COMPONENTS:
            return []
        exchange = BBO_EXCHANGE if self._instrument.sec_type == "STK" else ""
        tick = self._instrument.min_tick
        return [TickReqParams(self._req_id, tick, exchange, _SNAPSHOT_PERMISSIONS)]

    # A list that is handed on: generators within generators take twice the time, and a market
    # moves ten thousand times an hour.

    def _add_ticks(self, found: list[object], now: float, *, has_quotes: bool) -> None:
        con_id = self._instrument.con_id
        quote = self._market.quote(con_id, now)
        if quote is not None and not has_quotes:
            quote = _NO_QUOTE
        if quote is not None:
            self._add(found, TickType.BID, TickType.BID_SIZE, quote.bid, quote.bid_size)
            self._add(found, TickType.ASK, TickType.ASK_SIZE, quote.ask, quote.ask_size)
        trade = self._market.last_trade(con_id, now)
        if trade is not None:
            self._add(found, TickType.LAST, TickType.LAST_SIZE, trade.price, trade.size)
            if self._is_new(TickType.LAST_TIMESTAMP, trade.time):
                kind = self._type(TickType.LAST_TIMESTAMP)
                found.append(TickString(self._req_id, kind, str(trade.time)))
        day = self._market.session(con_id, now)
        if self._instrument.has_trades and self._is_new(TickType.VOLUME, day.volume):
            found.append(TickSize(self._req_id, self._type(TickType.VOLUME), day.volume))
        for kind, price in (
            (TickType.HIGH, day.high),
            (TickType.LOW, day.low),
            (TickType.CLOSE, day.close_previous),
            (TickType.OPEN, day.open),
        ):
            if self._is_new(kind, price):
                found.append(TickPrice(self._req_id, self._type(kind), price, _NOTHING))

    def _add(
        self,
        found: list[object],
        price_type: TickType,
        size_type: TickType,
        price: float,
        size: Decimal,
    ) -> None:
        if self._is_new(price_type, (price, size)):
            found.append(TickPrice(self._req_id, self._type(price_type), price, size))
        if self._is_new(size_type, size):
            found.append(TickSize(self._req_id, self._type(size_type), size))

    def _type(self, live: TickType) -> TickType:
        return DELAYED[live] if self._kind is MarketDataKind.DELAYED else live

    def _is_new(self, kind: TickType, value: object) -> bool:
        if self._told.get(kind) == value:
            return False
        self._told[kind] = value
        return True
