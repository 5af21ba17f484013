"""A market to simulate with: a pure function of the instruments, a seed and the time."""

from collections.abc import Iterable
from decimal import Decimal
from math import floor
from typing import Final, Self, final

import attrs

from trio_tws.testing._bars import bar_bounds, check_bar_request, no_data
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._path import OptionPath, Path, WalkPath
from trio_tws.testing._shapes import DAY, Moment, Run, Series

__all__ = ["Market", "MarketBar", "Quote", "TradingDay", "Trade"]

_SERIES: Final[dict[str, Series]] = {
    "TRADES": "TRADES",
    "ADJUSTED_LAST": "TRADES",  # Nothing ever splits or pays here.
    "MIDPOINT": "MIDPOINT",
    "BID": "BID",
    "ASK": "ASK",
}


@final
@attrs.frozen
class Quote:
    """Bid and ask, in the instrument's currency per unit."""

    bid: float
    """What a seller gets; always below the ask."""
    ask: float
    """What a buyer pays."""
    bid_size: Decimal
    """How much is bid for, in units or contracts."""
    ask_size: Decimal
    """How much is offered, in units or contracts."""


@final
@attrs.frozen
class Trade:
    """One trade; of an index one value."""

    time: int
    """Epoch seconds, UTC."""
    price: float
    """In the instrument's currency, from bid to ask."""
    size: Decimal
    """In units or contracts; 0 for an index."""


@final
@attrs.frozen
class MarketBar:
    """A stretch of the market in one line."""

    start: int
    """Epoch seconds, UTC."""
    open: float
    """First price; of BID_ASK the bid's average over time."""
    high: float
    """Highest price; of BID_ASK the highest ask."""
    low: float
    """Lowest price; of BID_ASK the lowest bid."""
    close: float
    """Last price; of BID_ASK the ask's average over time."""
    volume: Decimal
    """Sum of the trades' sizes; -1 for anything but trades."""
    wap: Decimal
    """The trades' average price by size, 0 without volume; -1 for anything but trades."""
    count: int
    """How many trades; -1 for anything but trades."""


@final
@attrs.frozen
class TradingDay:
    """The day so far: of trades, or of the midpoint where no trades are published."""

    open: float
    """First price of the day."""
    high: float
    """Highest price so far."""
    low: float
    """Lowest price so far."""
    close_previous: float
    """Last price of the day before."""
    volume: Decimal
    """Sum of the sizes so far; 0 without trades."""


@final
@attrs.frozen
class _Grid:
    """An instrument's prices and sizes, out of half ticks and lots."""

    half_tick: Decimal
    digits: int
    lot_size: Decimal

    @classmethod
    def of(cls, instrument: Instrument) -> Self:
        """The grid of an instrument."""
        half_tick = Decimal(str(instrument.min_tick)) / 2
        digits = max(0, -int(half_tick.as_tuple().exponent))
        return cls(half_tick, digits, instrument.lot_size)

    def price(self, half_ticks: int) -> float:
        """The float that is nearest to the price, so that it prints without a tail of digits."""
        return round(half_ticks * float(self.half_tick), self.digits)

    def average(self, run: Run) -> Decimal:
        """The average price by weight, to three more digits; 0 if there is no weight."""
        if not run.weight:
            return Decimal(0)
        exact = self.half_tick * run.weighted / run.weight
        return exact.quantize(Decimal(1).scaleb(-self.digits - 3))

    def size(self, lots: int) -> Decimal:
        """So many lots, in units."""
        return lots * self.lot_size


@final
class Market:
    """A deterministic market of some instruments, open at all times.

    The same instruments and seed give the same market, whatever is asked of it and in whatever
    order; asking changes nothing. The current time comes in as an argument: epoch seconds, UTC,
    not before 1970.

    Something happens only at whole seconds, at every `trade_interval` of the instrument: a new
    quote appears, which holds until the next, and one trade is made within it. Bars are made of
    exactly these trades and quotes, in whatever way they are asked for.

    It never closes: there are no nights, weekends or holidays in it, a day is a day in UTC, and
    the trading hours of the exchanges play no part yet. Nothing splits, pays or expires.

    The first question about an instrument costs up to 0.1 s, once a process for the same instrument
    and seed; after that a quote or a trade costs less than 5 µs, the session 10 µs, and a day of
    five-minute bars or a year of daily ones 5 ms. An option's bars are counted together minute by
    minute, at 7 ms a day, and remembered. (CPython 3.11, 2026, best of three.)

    Raises:
        ValueError: Two instruments share a con_id, or an option's underlying is not among them; an
            instrument is so volatile that its price could reach zero (when it is first asked for).
    """

    def __init__(self, instruments: Iterable[Instrument], seed: int = 0) -> None:
        """Open the market; `seed` tells it from others with the same instruments."""
        self._seed: Final = seed
        self._instruments: dict[int, Instrument] = {}
        for instrument in instruments:
            if instrument.con_id in self._instruments:
                raise ValueError(f"two instruments have the con_id {instrument.con_id}")
            self._instruments[instrument.con_id] = instrument
        for instrument in self._instruments.values():
            under = self._instruments.get(instrument.under_con_id)
            if instrument.sec_type == "OPT" and (under is None or under.sec_type == "OPT"):
                raise ValueError(
                    f"{instrument.local_symbol}: its underlying, con_id {instrument.under_con_id},"
                    " has to be in the market too, and be no option"
                )
        self._grids = {
            con_id: _Grid.of(instrument) for con_id, instrument in self._instruments.items()
        }
        self._paths: dict[int, Path] = {}

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """All that is traded here, in the order given."""
        return tuple(self._instruments.values())

    def instrument(self, con_id: int) -> Instrument:
        """The instrument with this con_id.

        Raises:
            KeyError: It is not traded here. So for every method that takes a con_id.
        """
        return self._instruments[con_id]

    def trade_interval(self, con_id: int) -> int:
        """How many seconds there are from one quote, and one trade, to the next."""
        return self._path(con_id).interval

    def price(self, con_id: int, t: float) -> float:
        """The midpoint at epoch second `t`, on half the tick grid; of an index its value.

        Raises:
            ValueError: `t` is before 1970.
        """
        moment = self._moment(con_id, t)
        return self._grids[con_id].price(moment.price_of("MIDPOINT"))

    def quote(self, con_id: int, t: float) -> Quote | None:
        """Bid and ask at epoch second `t`, on the tick grid; None for an index, which has none.

        Raises:
            ValueError: `t` is before 1970.
        """
        if not self._instruments[con_id].has_quotes:
            return None
        moment = self._moment(con_id, t)
        grid = self._grids[con_id]
        return Quote(
            bid=grid.price(moment.bid),
            ask=grid.price(moment.ask),
            bid_size=grid.size(moment.bid_lots),
            ask_size=grid.size(moment.ask_lots),
        )

    def trade(self, con_id: int, second: int) -> Trade | None:
        """The trade that is made at this epoch second.

        None if there is none: the second is no multiple of the instrument's `trade_interval`, or
        it is a currency pair, of which IB publishes no trades.

        Raises:
            ValueError: `second` is before 1970.
        """
        has_trades = self._instruments[con_id].has_trades
        if not has_trades or second % self._path(con_id).interval:
            return None
        moment = self._moment(con_id, second)
        grid = self._grids[con_id]
        return Trade(second, grid.price(moment.price), grid.size(moment.lots))

    def session(self, con_id: int, t: float) -> TradingDay:
        """The UTC day up to epoch second `t`, the trade of that second included.

        Raises:
            ValueError: `t` is before 1970.
        """
        second = _second(t)
        midnight = second - second % DAY
        has_trades = self._instruments[con_id].has_trades
        series: Series = "TRADES" if has_trades else "MIDPOINT"
        run = self._path(con_id).run(midnight, second + 1, series)
        previous = self._moment(con_id, max(0, midnight - 1))
        grid = self._grids[con_id]
        return TradingDay(
            open=grid.price(run.open),
            high=grid.price(run.high),
            low=grid.price(run.low),
            close_previous=grid.price(previous.price_of(series)),
            volume=grid.size(run.weight) if has_trades else Decimal(0),
        )

    def bars(
        self, con_id: int, end: float, duration: str, bar_size: str, what: str
    ) -> list[MarketBar]:
        """The historical bars of the time up to `end`, as TWS would send them.

        Args:
            con_id: The instrument.
            end: Epoch seconds, UTC. What happens at this very second is not in the bars.
            duration: How far back to go, as `1 D`; see `parse_duration`.
            bar_size: As `5 mins`; see `BAR_SIZES`.
            what: TRADES, ADJUSTED_LAST (the same here), MIDPOINT, BID, ASK or BID_ASK.

        Returns:
            The bars, oldest first. They begin at multiples of the bar size from midnight UTC, on
            Mondays or on the first of a month, and none before the duration does; only the last
            may be cut short. Bars in which nothing was traded are left out.

        Raises:
            BarRequestError: TWS would refuse the request, with the code and the text of this
                exception; also if there can be no such data, such as trades of a currency pair.
            ValueError: `end` is before 1970.
        """
        length, size = check_bar_request(duration, bar_size, what)
        self._require_data(con_id, what)
        _second(end)
        bounds = bar_bounds(end, length, size)
        bars = (self._bar(con_id, start, stop, what) for start, stop in bounds)
        return [bar for bar in bars if bar is not None]

    def bar(self, con_id: int, start: int, end: int, what: str) -> MarketBar | None:
        """One bar from epoch second `start` to before `end`: for bars that grow or arrive live.

        Returns:
            The bar, or None if nothing was traded in that time.

        Raises:
            BarRequestError: There can be no such data.
            ValueError: `start` is before 1970.
        """
        self._require_data(con_id, what)
        return self._bar(con_id, _second(start), end, what)

    def _bar(self, con_id: int, start: int, end: int, what: str) -> MarketBar | None:
        path = self._path(con_id)
        grid = self._grids[con_id]
        none = Decimal(-1)
        if what == "BID_ASK":
            bid, ask = path.run(start, end, "BID"), path.run(start, end, "ASK")
            if not bid.moments:
                return None
            low, high = grid.price(bid.low), grid.price(ask.high)
            opened, close = float(grid.average(bid)), float(grid.average(ask))
            return MarketBar(start, opened, high, low, close, none, none, -1)
        run = path.run(start, end, _SERIES[what])
        if not run.moments:
            return None
        has_sizes = _SERIES[what] == "TRADES"
        return MarketBar(
            start=start,
            open=grid.price(run.open),
            high=grid.price(run.high),
            low=grid.price(run.low),
            close=grid.price(run.close),
            volume=grid.size(run.weight) if has_sizes else none,
            wap=grid.average(run) if has_sizes else none,
            count=run.moments if has_sizes else -1,
        )

    def _require_data(self, con_id: int, what: str) -> None:
        instrument = self._instruments[con_id]
        series = _SERIES.get(what)
        if series == "TRADES":
            has_data = instrument.has_trades
        else:
            has_data = instrument.has_quotes and (series is not None or what == "BID_ASK")
        if not has_data:
            name = f"{instrument.local_symbol}@{instrument.exchange} {what.capitalize()}"
            raise no_data(f"HMDS query returned no data: {name}", value=what)

    def _moment(self, con_id: int, t: float) -> Moment:
        return self._path(con_id).moment(_second(t))

    def _path(self, con_id: int) -> Path:
        path = self._paths.get(con_id)
        if path is None:
            instrument = self._instruments[con_id]
            if instrument.sec_type == "OPT":
                under = instrument.under_con_id
                path = OptionPath(instrument, self._instruments[under], self._path(under))
            else:
                path = WalkPath(instrument, self._seed)
            self._paths[con_id] = path
        return path


def _second(t: float) -> int:
    """The whole second that `t` falls in."""
    if t < 0:
        raise ValueError(f"the market begins in 1970, at epoch second 0; {t} is before that")
    return floor(t)
