"""A market to simulate with: a pure function of the instruments, a seed and the time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from math import floor
from typing import Final, final

import attrs

from trio_tws.testing._bars import BarSize, bar_bounds, check_bar_request, no_data
from trio_tws.testing._calendar_bars import Bounds, bounds_of, growing_bounds
from trio_tws.testing._calendars import Hours, always_open
from trio_tws.testing._grid import Grid
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market_events import EventfulPath
from trio_tws.testing._market_facts import MarketBar, MarketTrade, Quote, TradingDay
from trio_tws.testing._path import OptionPath, Path, WalkPath
from trio_tws.testing._sessions import ALWAYS_OPEN, Calendar
from trio_tws.testing._shapes import DAY, Level, Moment, Run, Series, join

__all__ = ["Market"]

_SERIES: Final[dict[str, Series]] = {
    "TRADES": "TRADES",
    "ADJUSTED_LAST": "TRADES",  # Nothing ever splits or pays here.
    "AGGTRADES": "TRADES",
    "MIDPOINT": "MIDPOINT",
    "BID": "BID",
    "ASK": "ASK",
}


@attrs.define
class _SoFar:
    """What a trading day has brought before a second, unless something has happened since.

    It is asked for second by second, so what is new is joined to it.
    """

    end: int
    """That second."""
    until: int
    """When the next day may begin."""
    events: int
    """How much had happened."""
    run: Run
    previous: Moment
    """The last of the day before."""
    day: TradingDay | None = None
    """The same in prices, once it was asked for."""

    def add(self, more: Run, grid: Grid, series: Series) -> None:
        """Joins what is new to it; most seconds add to the volume and to nothing else."""
        old, self.run = self.run, self.run.then(more) if self.run.moments else more
        day, self.day = self.day, None
        if day is not None and (old.high, old.low) == (self.run.high, self.run.low):
            volume = grid.size(self.run.weight) if series == "TRADES" else day.volume
            self.day = TradingDay(day.open, day.high, day.low, day.close_previous, volume)


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
            con_id: Grid.of(instrument) for con_id, instrument in self._instruments.items()
        }
        self._calendars = {
            con_id: hours(instrument) for con_id, instrument in self._instruments.items()
        }
        self._paths: dict[int, EventfulPath] = {}
        self._listeners: list[Callable[[], None]] = []
        self._days: dict[int, _SoFar] = {}
        self.events = 0
        """How often something has happened to it that was not to be foreseen: a halt, a jump."""

    def listen(self, callback: Callable[[], None]) -> None:
        """Has a function called whenever something has happened to it."""
        self._listeners.append(callback)

    def _happen(self) -> None:
        self.events += 1
        for listener in self._listeners:
            listener()

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

    def level(self, con_id: int, series: Series, price: float, *, is_up: bool) -> Level:
        """A price that a series of the instrument can come to, rising or falling."""
        return self._grids[con_id].level(series, price, is_up=is_up)

    def next_reach(self, con_id: int, t: float, levels: Sequence[Level]) -> int:
        """The first epoch second after `t` that may come to one of some levels.

        None before it does. It is no later than when regular or all hours begin or end, or a day,
        and may be earlier than need be: of an option, and while the instrument is halted.
        """
        start, calendar = self.next_moment(con_id, t), self._calendars[con_id]
        end = start + DAY
        if calendar is not ALWAYS_OPEN:
            second = _second(t)
            if not calendar.is_open(second):
                return start
            for use_rth in (False, True):
                session = next(calendar.sessions_from(second, use_rth=use_rth))
                end = min(end, session.end if session.start <= second else session.start)
        found = self.path(con_id).reach(start, end, levels)
        return end if found is None else found

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
        return self._trade(con_id, second) if self.is_open(con_id, second) else None

    def _trade(self, con_id: int, second: int) -> MarketTrade | None:
        """The trade of a moment that begins while it is open."""
        path, grid = self.path(con_id), self._grids[con_id]
        if path.shown(second) != second:
            return None
        moment = path.moment(second)
        return MarketTrade(second, grid.price(moment.price), grid.size(moment.lots))

    def last_trade(self, con_id: int, t: float, *, use_rth: bool = False) -> MarketTrade | None:
        """The last trade up to epoch second `t`, that included.

        None for a currency pair, and before the first opening.

        Raises:
            ValueError: `t` is before 1970.
        """
        last = self._calendars[con_id].last_open(_second(t), use_rth=use_rth)
        if last is None or not self._instruments[con_id].has_trades:
            return None
        path = self.path(con_id)
        last = path.shown(last)
        return self._trade(con_id, last - last % path.interval)  # hours begin at whole minutes

    def session(self, con_id: int, t: float) -> TradingDay:
        """The trading day up to epoch second `t`, the trade of that second included.

        It is a day in UTC if the market never closes. Otherwise it is the day of the last session
        that has begun, in all its hours, and the day before closed with its regular hours.

        Raises:
            ValueError: `t` is before 1970.
        """
        second = _second(t)
        has_trades = self._instruments[con_id].has_trades
        series: Series = "TRADES" if has_trades else "MIDPOINT"
        known, grid = self._day_so_far(con_id, second, series), self._grids[con_id]
        if known.day is None:
            run, price = known.run, grid.price(known.previous.price_of(series))
            if not run.moments:  # it has never been open
                return TradingDay(price, price, price, price, Decimal(0))
            known.day = TradingDay(
                open=grid.price(run.open),
                high=grid.price(run.high),
                low=grid.price(run.low),
                close_previous=price,
                volume=grid.size(run.weight) if has_trades else Decimal(0),
            )
        return known.day

    def _day_so_far(self, con_id: int, second: int, series: Series) -> _SoFar:
        """The day up to a second, that included."""
        known, end = self._days.get(con_id), second + 1
        if known is None or not known.end <= end <= known.until or known.events != self.events:
            begin, until, before = self._day(con_id, second)
            run = self._run(con_id, begin, end, series, use_rth=False)
            known = _SoFar(end, until, self.events, run, self._moment(con_id, before))
            self._days[con_id] = known
        elif known.end < end:
            more = self._run(con_id, known.end, end, series, use_rth=False)
            if more.moments:
                known.add(more, self._grids[con_id], series)
            known.end = end
        return known

    def _day(self, con_id: int, second: int) -> tuple[int, int, int]:
        """When the trading day began, when the next may, and the last second of that before it."""
        calendar = self._calendars[con_id]
        if calendar is ALWAYS_OPEN:
            midnight = second - second % DAY
            return midnight, midnight + DAY, max(0, midnight - 1)
        begin, day = 0, None
        for session in calendar.sessions_before(second + 1):
            if day not in {None, session.day}:
                break
            begin, day = session.start, session.day
        ahead = calendar.sessions_from(second)
        until = next(session.start for session in ahead if session.start > second)
        return begin, until, calendar.last_open(max(0, begin - 1), use_rth=True) or 0

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
            what: TRADES, ADJUSTED_LAST (the same here), MIDPOINT, BID, ASK or BID_ASK; AGGTRADES of
                crypto, which are the same again.
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
        if what == "AGGTRADES":
            has_data = instrument.sec_type == "CRYPTO"
        elif series == "TRADES":
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
        stretches = [*calendar.between(start, end, use_rth=use_rth)]
        if len(stretches) == 1:
            return path.run(*stretches[0], series)
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
            path = self._paths[con_id] = EventfulPath(way, self._happen)
        return path


def _second(t: float) -> int:
    """The whole second that `t` falls in."""
    if t < 0:
        raise ValueError(f"the market begins in 1970, at epoch second 0; {t} is before that")
    return floor(t)
