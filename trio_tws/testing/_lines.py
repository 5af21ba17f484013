"""A simulated market data line: what is told at its start, and what changes then."""

from decimal import Decimal
from math import nan
from typing import Final, final

import attrs

from trio_tws import _versions as v
from trio_tws._enums import MarketDataKind, TickAttrib, TickType
from trio_tws._model.options import TickOptionComputation
from trio_tws._model.ticks import (
    MarketDataType,
    TickGeneric,
    TickPrice,
    TickReqParams,
    TickSize,
    TickString,
)
from trio_tws._wire import evolve
from trio_tws._wire.quick import quick
from trio_tws.testing._data_kinds import DELAY, DELAYED
from trio_tws.testing._greeks import computation_of_model
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market import Market
from trio_tws.testing._market_facts import MarketTrade, Quote, TradingDay

_SHORTEST_PAUSE: Final = 1e-6
"""Seconds; where rounding has a look fall short of the next trade, the one after it will not."""

BBO_EXCHANGE: Final = "9c0001"
"""What stands for the exchanges behind the quotes of a stock."""

_SNAPSHOT_PERMISSIONS: Final = 3
_NOTHING: Final = Decimal(0)
_NO_QUOTE: Final = Quote(-1.0, -1.0, _NOTHING, _NOTHING)

_UNKNOWN: Final = Decimal("nan")
_NO_QUOTE_TOLD: Final = Quote(nan, nan, _UNKNOWN, _UNKNOWN)
_NO_TRADE_TOLD: Final = MarketTrade(-1, nan, _UNKNOWN)
_NO_DAY_TOLD: Final = TradingDay(nan, nan, nan, nan, _UNKNOWN)
"""What stands for what was told before anything was: nothing is equal to it."""

_price = quick(TickPrice)
_size = quick(TickSize)
_string = quick(TickString)
_PLAIN: Final = TickAttrib(0)
_FROZEN: Final = {
    MarketDataKind.LIVE: MarketDataKind.FROZEN,
    MarketDataKind.DELAYED: MarketDataKind.DELAYED_FROZEN,
}
"""What a line has while the market is closed, if that was asked for."""


def until_moved(market: Market, con_id: int, now: float) -> float:
    """Gives the seconds until a market moves, opens or closes, at least a moment."""
    return max(market.next_moment(con_id, now) - now, _SHORTEST_PAUSE)


@final
@attrs.frozen
class _Types:
    """What the ticks of a line are called."""

    bid: TickType
    bid_size: TickType
    ask: TickType
    ask_size: TickType
    last: TickType
    last_size: TickType
    last_timestamp: TickType
    volume: TickType
    high: TickType
    low: TickType
    close: TickType
    open: TickType
    halted: TickType
    model_option: TickType


_TIMELY: Final = _Types(**{name: TickType[name.upper()] for name in attrs.fields_dict(_Types)})
_LATE: Final = _Types(
    **{name: DELAYED[TickType[name.upper()]] for name in attrs.fields_dict(_Types)}
)


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
        self._types = _LATE if kind is MarketDataKind.DELAYED else _TIMELY
        self._quote = _NO_QUOTE_TOLD
        self._trade = _NO_TRADE_TOLD
        self._day = _NO_DAY_TOLD
        self._is_halted: bool | None = None
        self._model: TickOptionComputation | None = None
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
        if is_halted is not self._is_halted:
            self._is_halted = is_halted
            found.append(TickGeneric(self._req_id, self._types.halted, float(is_halted)))
        shown = _FROZEN[self._kind] if is_frozen else self._kind
        if shown is not self._told_kind:
            self._told_kind = shown
            found.append(MarketDataType(self._req_id, shown))
        self._add_ticks(found, then, has_quotes=is_trading or is_frozen)
        if self._has_model:
            model = computation_of_model(self._market, self._instrument, then, server_version)
            if model != self._model:
                self._model = model
                kind = self._types.model_option
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

    # Lists that are handed on, and classes compared field by field: generators within generators
    # and a table of what was told take twice the time, and a market moves 20,000 times a day.

    def _add_ticks(self, found: list[object], now: float, *, has_quotes: bool) -> None:
        con_id = self._instrument.con_id
        quote = self._market.quote(con_id, now)
        if quote is not None:
            self._add_quote(found, quote if has_quotes else _NO_QUOTE)
        trade = self._market.last_trade(con_id, now)
        if trade is not None:
            self._add_trade(found, trade)
        self._add_day(found, self._market.session(con_id, now))

    def _add_quote(self, found: list[object], new: Quote) -> None:
        old, self._quote = self._quote, new
        req_id, types = self._req_id, self._types
        if new.bid != old.bid or new.bid_size != old.bid_size:
            found.append(_price(req_id, types.bid, new.bid, new.bid_size, _PLAIN))
        if new.bid_size != old.bid_size:
            found.append(_size(req_id, types.bid_size, new.bid_size))
        if new.ask != old.ask or new.ask_size != old.ask_size:
            found.append(_price(req_id, types.ask, new.ask, new.ask_size, _PLAIN))
        if new.ask_size != old.ask_size:
            found.append(_size(req_id, types.ask_size, new.ask_size))

    def _add_trade(self, found: list[object], new: MarketTrade) -> None:
        old, self._trade = self._trade, new
        req_id, types = self._req_id, self._types
        if new.price != old.price or new.size != old.size:
            found.append(_price(req_id, types.last, new.price, new.size, _PLAIN))
        if new.size != old.size:
            found.append(_size(req_id, types.last_size, new.size))
        if new.time != old.time:
            found.append(_string(req_id, types.last_timestamp, str(new.time)))

    def _add_day(self, found: list[object], new: TradingDay) -> None:
        old, self._day = self._day, new
        req_id, types = self._req_id, self._types
        if self._instrument.has_trades and new.volume != old.volume:
            found.append(_size(req_id, types.volume, new.volume))
        if new.high != old.high:
            found.append(_price(req_id, types.high, new.high, _NOTHING, _PLAIN))
        if new.low != old.low:
            found.append(_price(req_id, types.low, new.low, _NOTHING, _PLAIN))
        if new.close_previous != old.close_previous:
            found.append(_price(req_id, types.close, new.close_previous, _NOTHING, _PLAIN))
        if new.open != old.open:
            found.append(_price(req_id, types.open, new.open, _NOTHING, _PLAIN))
