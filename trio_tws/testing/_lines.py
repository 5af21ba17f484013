"""A simulated market data line: what is told at its start, and what changes then."""

from collections.abc import Iterator
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
from trio_tws.testing._greeks import computation_of_model
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market import Market, Trade

_SHORTEST_PAUSE: Final = 1e-6
"""Seconds; where rounding has a look fall short of the next trade, the one after it will not."""

BBO_EXCHANGE: Final = "9c0001"
"""What stands for the exchanges behind the quotes of a stock."""

_SNAPSHOT_PERMISSIONS: Final = 3


def until_next(step: float, now: float) -> float:
    """Gives the seconds until the next multiple of a step, at least a moment."""
    return max(step - now % step, _SHORTEST_PAUSE)


@final
class Line:
    """One line: tells what a client has to hear, remembering what it was told.

    A size that belongs to a price is told twice, with the price and by itself, as TWS does.
    Sizes are in shares at every server version, as with TWS's setting to send lots switched off.
    """

    def __init__(self, market: Market, instrument: Instrument, req_id: int) -> None:
        self._market = market
        self._instrument = instrument
        self._req_id = req_id
        self._told: dict[TickType, object] = {}
        self._is_open = False

    def news(self, now: float, server_version: int) -> Iterator[object]:
        """Gives what is new at a moment, in epoch seconds; at first what the prices mean."""
        if not self._is_open:
            self._is_open = True
            yield from self._opening(server_version)
        yield from self._ticks(now)
        if self._instrument.sec_type == "OPT":
            model = computation_of_model(self._market, self._instrument, now, server_version)
            if self._is_new(TickType.MODEL_OPTION, model):
                yield evolve(model, req_id=self._req_id)

    def pause(self, now: float) -> float:
        """Gives the seconds until there can be more news: nothing moves between two trades.

        TWS looks four times a second at a market that moves all the time.
        """
        return until_next(self._market.trade_interval(self._instrument.con_id), now)

    def _opening(self, server_version: int) -> Iterator[object]:
        if server_version >= v.REQ_SMART_COMPONENTS:
            exchange = BBO_EXCHANGE if self._instrument.sec_type == "STK" else ""
            yield TickReqParams(
                self._req_id, self._instrument.min_tick, exchange, _SNAPSHOT_PERMISSIONS
            )
        yield TickGeneric(self._req_id, TickType.HALTED, 0.0)
        yield MarketDataType(self._req_id, MarketDataKind.LIVE)

    def _ticks(self, now: float) -> Iterator[object]:
        con_id = self._instrument.con_id
        quote = self._market.quote(con_id, now)
        if quote is not None:
            yield from self._priced(TickType.BID, TickType.BID_SIZE, quote.bid, quote.bid_size)
            yield from self._priced(TickType.ASK, TickType.ASK_SIZE, quote.ask, quote.ask_size)
        trade = self._last_trade(now)
        if trade is not None:
            yield from self._priced(TickType.LAST, TickType.LAST_SIZE, trade.price, trade.size)
            if self._is_new(TickType.LAST_TIMESTAMP, trade.time):
                yield TickString(self._req_id, TickType.LAST_TIMESTAMP, str(trade.time))
        day = self._market.session(con_id, now)
        if self._instrument.has_trades and self._is_new(TickType.VOLUME, day.volume):
            yield TickSize(self._req_id, TickType.VOLUME, day.volume)
        for kind, price in (
            (TickType.HIGH, day.high),
            (TickType.LOW, day.low),
            (TickType.CLOSE, day.close_previous),
            (TickType.OPEN, day.open),
        ):
            if self._is_new(kind, price):
                yield TickPrice(self._req_id, kind, price, Decimal(0))

    def _last_trade(self, now: float) -> Trade | None:
        con_id = self._instrument.con_id
        interval = self._market.trade_interval(con_id)
        return self._market.trade(con_id, int(now // interval) * interval)

    def _priced(
        self, price_type: TickType, size_type: TickType, price: float, size: Decimal
    ) -> Iterator[object]:
        if self._is_new(price_type, (price, size)):
            yield TickPrice(self._req_id, price_type, price, size)
        if self._is_new(size_type, size):
            yield TickSize(self._req_id, size_type, size)

    def _is_new(self, kind: TickType, value: object) -> bool:
        if self._told.get(kind) == value:
            return False
        self._told[kind] = value
        return True
