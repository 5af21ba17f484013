"""Bars of any length of time, asked for piece by piece."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Final, final

import trio

from trio_tws._client._bar_sizes import BarSize, Piece, bar_size_named, cut
from trio_tws._client._bars import Bar, BarMethods, moment_of
from trio_tws._client._histories import HistoriesMethods, TradingSession
from trio_tws._client._holes import Hole, HoleFinder, hole_finder
from trio_tws._client._piecewise import Piecewise, Stretch, check_concurrency
from trio_tws._client._time import TimeMethods
from trio_tws._client._times import write_time
from trio_tws._client._workers import open_workers
from trio_tws._errors import LocalProtocolError
from trio_tws._model.contracts import Contract
from trio_tws._wire.late import frozen

_ONE_DAY: Final = timedelta(days=1)
_NOT_IN_PIECES: Final = {
    "SCHEDULE": "it asks for no bars: use schedule()",
    "ADJUSTED_LAST": "TWS gives it up to now only: use historical_bars()",
}


@final
@frozen
class HistoryProgress:
    """How far a history is, as of the moment it is asked."""

    done: int
    """How many pieces have been given whole."""
    total: int
    """How many pieces there are; each is one request to TWS."""
    bars: int
    """How many bars have been given."""


@final
class _BarStretch:
    """A piece, which is one request."""

    pieces = 1

    def __init__(self, fetch: Callable[[Piece], Awaitable[list[Bar]]], piece: Piece) -> None:
        self.start, self.end = piece.start, piece.end
        self.is_whole = False
        self._fetch = fetch
        self._piece = piece

    async def ask(self) -> list[Bar]:
        """See `Stretch`."""
        bars = await self._fetch(self._piece)
        self.is_whole = True
        return _wanted(bars, self._piece)


@final
class History:
    """Bars of any length of time, oldest first, none twice; made by `TWS.open_history`.

    Iterate it with ``async for``, in one task at a time. Each step honours cancellation, which
    loses no bar; other tasks get a turn at least every 0.5 ms.
    """

    def __init__(
        self,
        nursery: trio.Nursery,
        fetch: Callable[[Piece], Awaitable[list[Bar]]],
        pieces: list[Piece],
        size: BarSize,
        finder: HoleFinder | None,
        max_concurrent: int,
    ) -> None:
        self._size = size
        self._finder = finder
        self._end = pieces[-1].end
        self._position = pieces[0].start
        self._is_cut = False
        stretches: deque[Stretch[Bar]] = deque(_BarStretch(fetch, piece) for piece in pieces)
        self._bars = Piecewise(nursery, stretches, self._passed, max_concurrent)

    def __repr__(self) -> str:
        return f"<History until {self._position} {self.progress()}>"

    @property
    def position(self) -> datetime:
        """Until where all bars have been given; aware, in UTC.

        As ``start`` of another history it goes on from here. A bar that was cut at the end of the
        history, because it was still growing, comes again then, whole.
        """
        return self._position

    @property
    def holes(self) -> tuple[Hole, ...]:
        """Where there are no bars although there was trade by the schedule, up to `position`.

        Oldest first. Always empty without ``check_schedule``.
        """
        return tuple(self._finder.holes) if self._finder is not None else ()

    def progress(self) -> HistoryProgress:
        """Tells how far it is."""
        return HistoryProgress(self._bars.done, self._bars.total, self._bars.given)

    def close(self) -> None:
        """Ends it, and its requests at TWS, at once; leaving the block does the same."""
        self._bars.close()

    def __aiter__(self) -> "History":
        return self

    async def __anext__(self) -> Bar:
        bar = await self._bars.next()
        begin = moment_of(bar)
        if self._finder is not None:
            self._finder.seen(begin)
        # Whether a bar of a week has the date of its first or its last day is not known; the next
        # one has a later date in any case.
        step = min(self._size.length, _ONE_DAY)
        self._is_cut = begin + self._size.length > self._end
        self._position = begin if self._is_cut else begin + step
        return bar

    def _passed(self, end: datetime) -> None:
        if self._finder is not None:
            self._finder.passed(end)
        if not self._is_cut:
            self._position = max(self._position, end)


def _wanted(bars: list[Bar], piece: Piece) -> list[Bar]:
    """Gives the bars that begin in a piece, in their order, each once."""
    by_begin = {moment_of(bar): bar for bar in bars}
    return [by_begin[begin] for begin in sorted(by_begin) if piece.start <= begin < piece.end]


class HistoryMethods(BarMethods, HistoriesMethods, TimeMethods):
    """What `TWS` offers about long histories; it stands on what it offers about short ones."""

    def open_history(
        self,
        contract: Contract,
        start: datetime,
        end: datetime | None = None,
        *,
        bar_size: str = "5 mins",
        what: str = "TRADES",
        use_rth: bool = True,
        max_concurrent: int = 4,
        check_schedule: bool = False,
    ) -> AbstractAsyncContextManager[History]:
        """Opens the bars of any length of time, for the length of a block.

        The time is cut into requests that TWS takes for the bar size, and some of them are under
        way at once, ahead of the bars that are being taken. The iteration gives the bars in their
        order, each once, and ends after the last. Weekends and the like, for which TWS says that
        there is no data, are passed over. A step that raises loses nothing: the next asks again for
        the piece that failed. ``history.position`` says how far it came, also for another session
        to go on there; ``history.progress()`` how much there is to come.

        Args:
            contract: The instrument.
            start: Where the bars begin, aware. `head_timestamp` tells where there are any.
            end: Where they end, aware, None for now: the last bar begins before it. Bars of a day
                and longer count from the midnight in UTC that their date begins with, and the day
                of ``start`` counts as a whole.
            bar_size: In IB's spelling: ``5 secs``, ``1 min``, ``5 mins``, ``1 hour``, ``1 day``, …
            what: TRADES, MIDPOINT, BID, ASK, BID_ASK, …; ADJUSTED_LAST can't be had in pieces.
            use_rth: Whether to leave out what was traded outside regular hours.
            max_concurrent: How many pieces may be under way or wait to be taken, 1 to 50.
            check_schedule: Whether to ask for the trading schedule first, and to keep in
                ``history.holes`` where there was trade by it but no bar. For bars of a day or
                shorter.

        Raises:
            LocalProtocolError: A time has no zone, the start is not before the end, there is no
                such bar size, or another argument is out of its range; or the schedule is wanted of
                a server below version 165. Nothing was sent, but for the time of TWS if ``end`` is
                None.
            RequestError: TWS has no schedule.
            ResponseTimeout: Nothing came to the question for the time or the schedule.
            ConnectionLost: The session ended.

        The iteration raises what `historical_bars` raises: `PacingViolation`, for one, after which
        it can go on; and `NoData` at its end if there was not a single bar.

        Entering is a checkpoint, if it asks for the time or the schedule; leaving cancels at TWS
        what is under way.

        Sends ReqHistoricalData for each piece, CancelHistoricalData for those it is left in, and
        ReqCurrentTime if ``end`` is None. Source: IB's page "Historical Data Limitations".
        """
        size = bar_size_named(bar_size)
        if what in _NOT_IN_PIECES:
            raise LocalProtocolError(f"what={what!r}: {_NOT_IN_PIECES[what]}")
        check_concurrency(max_concurrent)
        if check_schedule and size.length > _ONE_DAY:
            raise LocalProtocolError(
                f"check_schedule=True, bar_size={bar_size!r}: a schedule has days, and says "
                "nothing about longer bars"
            )
        write_time(start, "start")
        write_time(end, "end")

        async def fetch(piece: Piece) -> list[Bar]:
            return await self.historical_bars(
                contract,
                duration=piece.duration,
                bar_size=bar_size,
                what=what,
                end=piece.asked_end,
                use_rth=use_rth,
            )

        async def sessions(first: datetime, last: datetime) -> list[TradingSession]:
            return await self._sessions_between(contract, first, last, use_rth=use_rth)

        return self._open_history(
            start, end, size, fetch, sessions if check_schedule else None, max_concurrent
        )

    @asynccontextmanager
    async def _open_history(
        self,
        start: datetime,
        end: datetime | None,
        size: BarSize,
        fetch: Callable[[Piece], Awaitable[list[Bar]]],
        sessions: Callable[[datetime, datetime], Awaitable[list[TradingSession]]] | None,
        max_concurrent: int,
    ) -> AsyncIterator[History]:
        first = start.astimezone(UTC).replace(microsecond=0)
        if size.has_dates:
            first = first.replace(hour=0, minute=0, second=0)
        last = (end or await self.current_time()).astimezone(UTC).replace(microsecond=0)
        if first >= last:
            raise LocalProtocolError(f"start={start} is not before the end, {last}")
        finder = None
        if sessions is not None:
            finder = hole_finder(await sessions(first, last), first, last, size)
        async with open_workers() as workers:
            history = History(workers, fetch, cut(first, last, size), size, finder, max_concurrent)
            try:
                yield history
            finally:
                history.close()
