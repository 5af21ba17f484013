"""A market to simulate with: a pure function of the instruments, a seed and the time."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from math import floor
from typing import Final, Self, final

import attrs

from trio_tws.testing._bars import BarSize, bar_bounds, check_bar_request, no_data
from trio_tws.testing._calendar_bars import Bounds, bounds_of, growing_bounds
from trio_tws.testing._calendars import Hours, always_open
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market_events import EventfulPath
from trio_tws.testing._path import OptionPath, Path, WalkPath
from trio_tws.testing._sessions import ALWAYS_OPEN, Calendar
from trio_tws.testing._shapes import DAY, Moment, Run, Series, join

__all__ = ["Market", "MarketBar", "Quote", "TradingDay", "MarketTrade"]

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
class MarketTrade:
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
    """Epoch seconds, UTC; where the market closes at times, of a bar of a day or more the midnight
    in UTC of its trading day."""
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
    """A deterministic market of some instruments, open at all times unless it is given hours.

    The same instruments and seed give the same market, whatever is asked of it and in whatever
    order; asking changes nothing. The current time comes in as an argument: epoch seconds, UTC,
    not before 1970.

    Something happens only at whole seconds, at every `trade_interval` of the instrument: a new
    quote appears, which holds until the next, and one trade is made within it. Bars are made of
    exactly these trades and quotes, in whatever way they are asked for.

    Without `hours` it never closes: there are no nights, weekends or holidays in it, and a day is a
    day in UTC. With them, such as `exchange_hours`, nothing is traded while an instrument's
    calendar has it closed, and its quote stays what it was at the close. The price goes its way
    unseen, so that the market opens at another one; and what is shown while it is open is the same,
    second by second, as without hours. Nothing splits, pays or expires.

    What takes `use_rth` looks at regular hours only if that is true.

    The first question about an instrument costs up to 0.1 s, once a process for the same instrument
    and seed; after that a quote or a trade costs less than 5 µs, the session 10 µs, and a day of
    five-minute bars or a year of daily ones 5 ms. An option's bars are counted together minute by
    minute, at 7 ms a day, and remembered. (CPython 3.11, 2026, best of three.)

    Raises:
        ValueError: Two instruments share a con_id, or an option's underlying is not among them; an
            instrument is so volatile that its price could reach zero (when it is first asked for);
            and what `hours` raises.
    """

    def __init__(
        self, instruments: Iterable[Instrument], seed: int = 0, hours: Hours = always_open
    ) -> None:
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
        self._calendars = {
            con_id: hours(instrument) for con_id, instrument in self._instruments.items()
        }
        self._paths: dict[int, EventfulPath] = {}

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
        return self.path(con_id).interval

    def calendar(self, con_id: int) -> Calendar:
        """When the instrument is traded."""
        return self._calendars[con_id]

    def is_open(self, con_id: int, t: float, *, use_rth: bool = False) -> bool:
        """Whether the instrument is traded at epoch second `t`.

        Raises:
            ValueError: `t` is before 1970.
        """
        second, calendar = _second(t), self._calendars[con_id]
        return calendar is ALWAYS_OPEN or calendar.is_open(second, use_rth=use_rth)

    def is_halted(self, con_id: int, t: float) -> bool:
        """Whether a scenario has halted the instrument at epoch second `t`."""
        return self.path(con_id).is_halted(t)

    def next_moment(self, con_id: int, t: float) -> int:
        """The epoch second after `t` at which the next quote appears, or the market closes."""
        second, calendar = _second(t), self._calendars[con_id]
        interval = self.path(con_id).interval
        if calendar is not ALWAYS_OPEN and not calendar.is_open(second):
            return calendar.next_open(second)
        return (second // interval + 1) * interval

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

    def trade(self, con_id: int, second: int) -> MarketTrade | None:
        """The trade that is made at this epoch second.

        None if there is none: the second is no multiple of the instrument's `trade_interval`, the
        market is closed, or it is a currency pair, of which IB publishes no trades.

        Raises:
            ValueError: `second` is before 1970.
        """
        has_trades = self._instruments[con_id].has_trades
        if not has_trades or second % self.path(con_id).interval:
            return None
        if not self.is_open(con_id, second) or self.path(con_id).shown(second) != second:
            return None
        moment = self._moment(con_id, second)
        grid = self._grids[con_id]
        return MarketTrade(second, grid.price(moment.price), grid.size(moment.lots))

    def last_trade(self, con_id: int, t: float, *, use_rth: bool = False) -> MarketTrade | None:
        """The last trade up to epoch second `t`, that included.

        None for a currency pair, and before the first opening.

        Raises:
            ValueError: `t` is before 1970.
        """
        last = self._calendars[con_id].last_open(_second(t), use_rth=use_rth)
        if last is None:
            return None
        path = self.path(con_id)
        last = path.shown(last)
        return self.trade(con_id, last - last % path.interval)

    def session(self, con_id: int, t: float) -> TradingDay:
        """The trading day up to epoch second `t`, the trade of that second included.

        It is a day in UTC if the market never closes. Otherwise it is the day of the last session
        that has begun, in all its hours, and the day before closed with its regular hours.

        Raises:
            ValueError: `t` is before 1970.
        """
        second = _second(t)
        begin, close_previous = self._day(con_id, second)
        has_trades = self._instruments[con_id].has_trades
        series: Series = "TRADES" if has_trades else "MIDPOINT"
        run = self._run(con_id, begin, second + 1, series, use_rth=False)
        previous = self._moment(con_id, close_previous)
        grid = self._grids[con_id]
        if not run.moments:  # it has never been open
            price = grid.price(previous.price_of(series))
            return TradingDay(price, price, price, price, Decimal(0))
        return TradingDay(
            open=grid.price(run.open),
            high=grid.price(run.high),
            low=grid.price(run.low),
            close_previous=grid.price(previous.price_of(series)),
            volume=grid.size(run.weight) if has_trades else Decimal(0),
        )

    def _day(self, con_id: int, second: int) -> tuple[int, int]:
        """When the trading day began, and the last second of the one before it."""
        calendar = self._calendars[con_id]
        if calendar is ALWAYS_OPEN:
            midnight = second - second % DAY
            return midnight, max(0, midnight - 1)
        begin, day = 0, None
        for session in calendar.sessions_before(second + 1):
            if day not in {None, session.day}:
                break
            begin, day = session.start, session.day
        return begin, calendar.last_open(max(0, begin - 1), use_rth=True) or 0

    def bars(
        self,
        con_id: int,
        end: float,
        duration: str,
        bar_size: str,
        what: str,
        *,
        use_rth: bool = False,
    ) -> list[MarketBar]:
        """The historical bars of the time up to `end`, as TWS would send them.

        Args:
            con_id: The instrument.
            end: Epoch seconds, UTC. What happens at this very second is not in the bars.
            duration: How far back to go, as `1 D`; see `parse_duration`.
            bar_size: As `5 mins`; see `BAR_SIZES`.
            what: TRADES, ADJUSTED_LAST (the same here), MIDPOINT, BID, ASK or BID_ASK.
            use_rth: Whether to leave out what is outside regular hours.

        Returns:
            The bars, oldest first. They begin at multiples of the bar size from midnight UTC, on
            Mondays or on the first of a month, and none before the duration does; only the last
            may be cut short. Where the market opens between, one begins with it; bars of days are
            of trading days. Bars in which nothing was traded are left out.

        Raises:
            BarRequestError: TWS would refuse the request, with the code and the text of this
                exception; also if there can be no such data, such as trades of a currency pair.
            ValueError: `end` is before 1970.
        """
        length, size = check_bar_request(duration, bar_size, what)
        self._require_data(con_id, what)
        _second(end)
        calendar = self._calendars[con_id]
        each: Iterator[Bounds]
        if calendar is ALWAYS_OPEN:
            marks = bar_bounds(end, length, size)
            each = (Bounds(start, start, stop) for start, stop in marks)
        else:
            each = bounds_of(calendar, end, length, size, use_rth=use_rth)
        bars = (self._bar(con_id, bounds, what, use_rth=use_rth) for bounds in each)
        return [bar for bar in bars if bar is not None]

    def growing_bar(
        self, con_id: int, t: float, size: BarSize, what: str, *, use_rth: bool = False
    ) -> MarketBar | None:
        """The bar that grows at epoch second `t`, what happens then included.

        Returns:
            The bar, or None if nothing was traded in it by then, or the market is closed.

        Raises:
            BarRequestError: There can be no such data.
            ValueError: `t` is before 1970.
        """
        self._require_data(con_id, what)
        second, calendar = _second(t), self._calendars[con_id]
        if calendar is ALWAYS_OPEN:
            start = size.start(second)
            return self._bar(con_id, Bounds(start, start, second + 1), what, use_rth=use_rth)
        bounds = growing_bounds(calendar, second, size, use_rth=use_rth)
        return None if bounds is None else self._bar(con_id, bounds, what, use_rth=use_rth)

    def bar(
        self, con_id: int, start: int, end: int, what: str, *, use_rth: bool = False
    ) -> MarketBar | None:
        """One bar from epoch second `start` to before `end`, whatever begins or ends in it.

        Returns:
            The bar, or None if nothing was traded in that time.

        Raises:
            BarRequestError: There can be no such data.
            ValueError: `start` is before 1970.
        """
        self._require_data(con_id, what)
        return self._bar(con_id, Bounds(start, _second(start), end), what, use_rth=use_rth)

    def _bar(self, con_id: int, bounds: Bounds, what: str, *, use_rth: bool) -> MarketBar | None:
        start = bounds.label
        grid = self._grids[con_id]
        none = Decimal(-1)

        def run_in(series: Series) -> Run:
            return self._run(con_id, bounds.start, bounds.end, series, use_rth=use_rth)

        if what == "BID_ASK":
            bid, ask = run_in("BID"), run_in("ASK")
            if not bid.moments:
                return None
            low, high = grid.price(bid.low), grid.price(ask.high)
            opened, close = float(grid.average(bid)), float(grid.average(ask))
            return MarketBar(start, opened, high, low, close, none, none, -1)
        run = run_in(_SERIES[what])
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

    def _run(self, con_id: int, start: int, end: int, series: Series, *, use_rth: bool) -> Run:
        """One series of the time in which the market is open."""
        path, calendar = self.path(con_id), self._calendars[con_id]
        if calendar is ALWAYS_OPEN:
            return path.run(start, end, series)
        stretches = calendar.between(start, end, use_rth=use_rth)
        runs = (path.run(opening, close, series) for opening, close in stretches)
        return join((0, run) for run in runs if run.moments)

    def _moment(self, con_id: int, t: float) -> Moment:
        """The moment that holds, which while the market is closed is the last before."""
        second, calendar = _second(t), self._calendars[con_id]
        if calendar is not ALWAYS_OPEN:
            second = calendar.last_open(second) or 0
        return self.path(con_id).moment(second)

    def path(self, con_id: int) -> EventfulPath:
        """The way of an instrument, to which a scenario adds what happens to it."""
        path = self._paths.get(con_id)
        if path is None:
            instrument = self._instruments[con_id]
            way: Path
            if instrument.sec_type == "OPT":
                under = instrument.under_con_id
                way = OptionPath(instrument, self._instruments[under], self.path(under))
            else:
                way = WalkPath(instrument, self._seed)
            path = self._paths[con_id] = EventfulPath(way)
        return path


def _second(t: float) -> int:
    """The whole second that `t` falls in."""
    if t < 0:
        raise ValueError(f"the market begins in 1970, at epoch second 0; {t} is before that")
    return floor(t)
