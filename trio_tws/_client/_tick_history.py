"""Ticks of any length of time, asked for page by page.

Theory of operation. TWS gives up to 1000 ticks from a second on, and then the rest of the last
second; how many there are in a stretch of time, nobody knows before. So each stretch (a day, or
what begins with a session of the schedule) is asked for from its start on, then from the last
second of each answer on, until an answer comes to its end. Several ticks of a second may be equal
and all of them real. What one answer gave of its last second is taken out of the next one, each
tick as often as it was given; whether TWS gave that second whole does not matter then.

Where little happens, an answer reaches far beyond its stretch. What lies there has been asked for
already, or else the stretch takes over the ones after it.
"""

from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final, Generic, Literal, TypeVar, cast, final, overload

import trio

from trio_tws._client._historical_ticks import MOST_TICKS, HistoricalTickMethods
from trio_tws._client._histories import HistoriesMethods, TradingSession
from trio_tws._client._holes import Hole, HoleFinder, silence_finder
from trio_tws._client._inbox import DEFAULT_BUFFER, check_buffer
from trio_tws._client._piecewise import Piecewise, Stretch, check_concurrency
from trio_tws._client._time import TimeMethods
from trio_tws._client._times import write_time
from trio_tws._client._workers import open_workers
from trio_tws._errors import LocalProtocolError
from trio_tws._model.contracts import Contract
from trio_tws._model.historical_ticks import ReqHistoricalTicks
from trio_tws._model.tick_by_tick import MidpointTick, QuoteTick, SingleTick, TradeTick
from trio_tws._wire.late import frozen

T_co = TypeVar("T_co", covariant=True, bound=SingleTick)

_ONE_SECOND: Final = timedelta(seconds=1)
_ONE_DAY: Final = timedelta(days=1)

_What = Literal["TRADES", "BID_ASK", "MIDPOINT"]
_Sessions = Callable[[datetime, datetime], Awaitable[list[TradingSession]]]


@final
@frozen
class TickPosition:
    """How far the ticks of a history have been given.

    Raises:
        LocalProtocolError: The time has no zone, or less than nothing was given.
    """

    time: datetime
    """All ticks before this second; aware."""
    given: int = 0
    """And so many of those in it."""

    def __attrs_post_init__(self) -> None:
        write_time(self.time, "start")
        if self.given < 0:
            raise LocalProtocolError(f"given={self.given}: it counts ticks, from 0 on")


@final
@frozen
class TickHistoryProgress:
    """How far a history of ticks is, as of the moment it is asked."""

    done: int
    """How many pieces have been given whole."""
    total: int
    """How many pieces there are: days in UTC, or sessions of the schedule. How many requests each
    takes depends on how many ticks there are."""
    ticks: int
    """How many ticks have been given."""


@final
class _TickStretch:
    """What is still to be asked for between two moments.

    Args:
        fetch: Gives an answer, of ticks from a moment on.
        start: Where it begins.
        end: Before where it ends.
        given: How many ticks of its first second have been given before.
        following: The stretches after it that nothing has been asked for yet.
    """

    def __init__(
        self,
        fetch: Callable[[datetime], Awaitable[list[SingleTick]]],
        start: datetime,
        end: datetime,
        given: int,
        following: deque[Stretch[SingleTick]],
    ) -> None:
        self.start = start
        self.end = end
        self.pieces = 1
        self.is_whole = False
        self._fetch = fetch
        self._following = following
        self._from = start
        self._skipped = given
        self._given: Counter[SingleTick] = Counter()

    async def ask(self) -> list[SingleTick]:
        """See `Stretch`."""
        answer = await self._fetch(self._from)
        is_cut = len(answer) >= MOST_TICKS
        ticks = [
            tick for tick in sorted(answer, key=lambda tick: tick.time) if tick.time >= self._from
        ]
        if not ticks:
            self.is_whole = True
            return []
        last = ticks[-1].time
        self._take_over(last)
        new = [tick for tick in self._without_given(ticks) if tick.time < self.end]
        if is_cut and last > self._from:
            self._given = Counter(tick for tick in ticks if tick.time == last)
            self._from = last
        else:  # the last second is whole, or TWS gives no more of it
            self._given.clear()
            self._from = last + _ONE_SECOND
        self.is_whole = self._from >= self.end
        return new

    def _take_over(self, last: datetime) -> None:
        following = self._following
        while self.end <= last and following and following[0].start == self.end:
            taken = following.popleft()
            self.end = taken.end
            self.pieces += taken.pieces

    def _without_given(self, ticks: list[SingleTick]) -> list[SingleTick]:
        first = [tick for tick in ticks if tick.time == self._from]
        rest = ticks[len(first) :]
        new: list[SingleTick] = []
        for tick in first[self._skipped :]:
            if self._given[tick]:
                self._given[tick] -= 1
            else:
                new.append(tick)
        self._skipped = 0
        return new + rest


@final
class TickHistory(Generic[T_co]):
    """Ticks of any length of time, oldest first, none twice; made by `TWS.open_tick_history`.

    Iterate it with ``async for``, in one task at a time. Each step honours cancellation, which
    loses no tick; other tasks get a turn at least every 0.5 ms.
    """

    def __init__(
        self,
        nursery: trio.Nursery,
        stretches: "deque[Stretch[SingleTick]]",
        start: TickPosition,
        finder: HoleFinder | None,
        max_concurrent: int,
        buffer: int,
    ) -> None:
        self._second = start.time
        self._given = start.given
        self._finder = finder
        self._ticks = Piecewise(nursery, stretches, self._passed, max_concurrent, buffer)

    def __repr__(self) -> str:
        return f"<TickHistory until {self._second} {self.progress()}>"

    @property
    def position(self) -> TickPosition:
        """Until where all ticks have been given; its time is in UTC.

        As ``start`` of another history it goes on from here.
        """
        return TickPosition(self._second, self._given)

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The sessions of the schedule in which there is not one tick, up to `position`.

        Oldest first. Always empty without ``check_schedule``.
        """
        return tuple(self._finder.holes) if self._finder is not None else ()

    def progress(self) -> TickHistoryProgress:
        """Tells how far it is."""
        return TickHistoryProgress(self._ticks.done, self._ticks.total, self._ticks.given)

    def close(self) -> None:
        """Ends it, and its requests at TWS, at once; leaving the block does the same."""
        self._ticks.close()

    def __aiter__(self) -> "TickHistory[T_co]":
        return self

    async def __anext__(self) -> T_co:
        tick = await self._ticks.next()
        second = tick.time
        if second == self._second:
            self._given += 1
        else:
            self._second, self._given = second, 1
        if self._given == 1 and self._finder is not None:
            self._finder.seen(second)
        return cast(T_co, tick)

    def _passed(self, end: datetime) -> None:
        if self._finder is not None:
            self._finder.passed(end)
        self._second, self._given = end, 0


class TickHistoryMethods(HistoricalTickMethods, HistoriesMethods, TimeMethods):
    """What `TWS` offers about long histories of ticks."""

    @overload
    def open_tick_history(
        self,
        contract: Contract,
        start: datetime | TickPosition,
        end: datetime | None = None,
        *,
        what: Literal["TRADES"] = "TRADES",
        use_rth: bool = True,
        ignore_size: bool = False,
        max_concurrent: int = 4,
        buffer: int = DEFAULT_BUFFER,
        check_schedule: bool = False,
    ) -> AbstractAsyncContextManager[TickHistory[TradeTick]]: ...

    @overload
    def open_tick_history(
        self,
        contract: Contract,
        start: datetime | TickPosition,
        end: datetime | None = None,
        *,
        what: Literal["BID_ASK"],
        use_rth: bool = True,
        ignore_size: bool = False,
        max_concurrent: int = 4,
        buffer: int = DEFAULT_BUFFER,
        check_schedule: bool = False,
    ) -> AbstractAsyncContextManager[TickHistory[QuoteTick]]: ...

    @overload
    def open_tick_history(
        self,
        contract: Contract,
        start: datetime | TickPosition,
        end: datetime | None = None,
        *,
        what: Literal["MIDPOINT"],
        use_rth: bool = True,
        ignore_size: bool = False,
        max_concurrent: int = 4,
        buffer: int = DEFAULT_BUFFER,
        check_schedule: bool = False,
    ) -> AbstractAsyncContextManager[TickHistory[MidpointTick]]: ...

    def open_tick_history(
        self,
        contract: Contract,
        start: datetime | TickPosition,
        end: datetime | None = None,
        *,
        what: _What = "TRADES",
        use_rth: bool = True,
        ignore_size: bool = False,
        max_concurrent: int = 4,
        buffer: int = DEFAULT_BUFFER,
        check_schedule: bool = False,
    ) -> AbstractAsyncContextManager[TickHistory[SingleTick]]:
        """Opens the ticks of any length of time, for the length of a block.

        The time is cut into days, and some of them are asked for at once, ahead of the ticks that
        are being taken; each in as many requests as it takes. The iteration gives the ticks in
        their order, each once, and as many equal ones as TWS has; it ends after the last. Where TWS
        says that there is no data, it goes on with the next day. A step that raises loses nothing:
        the next asks again for what failed. ``history.position`` says how far it came, also for
        another session to go on there; ``history.progress()`` how much there is to come.

        IB allows 60 requests for 1000 ticks in ten minutes, half as many for BID_ASK, so a day of a
        busy stock takes hours: see `Pacing`. Of a second with more ticks than TWS gives in one
        answer, the rest can't be had.

        Args:
            contract: The instrument.
            start: Where the ticks begin, aware; or the ``position`` of another history with the
                same contract, ``what``, ``use_rth`` and ``ignore_size``.
            end: Where they end, aware, None for now: the last tick is before it.
            what: TRADES, BID_ASK or MIDPOINT; it decides what a tick is, see `historical_ticks`.
            use_rth: Whether to leave out what happened outside regular hours.
            ignore_size: Whether to leave out quotes of which only a size is new.
            max_concurrent: How many days may be under way or wait to be taken, 1 to 50.
            buffer: How many ticks may wait to be taken before no more are asked for ahead. An
                answer for each day under way may come on top of that.
            check_schedule: Whether to ask for the trading schedule first, to cut the time where
                sessions begin instead of at midnight in UTC, and to keep in ``history.holes``
                which of them have not one tick.

        Raises:
            LocalProtocolError: A time has no zone, the start is not before the end, or another
                argument is out of its range; or the schedule is wanted of a server below version
                165. Nothing was sent, but for the time of TWS if ``end`` is None.
            RequestError: TWS has no schedule.
            ResponseTimeout: Nothing came to the question for the time or the schedule.
            ConnectionLost: The session ended.

        The iteration raises what `historical_ticks` raises: `PacingViolation`, for one, after which
        it can go on, or `LocalProtocolError` if the server is below version 130; `NoData` at its
        end if there was not a single tick; and `RemoteProtocolError` if a tick has no time.

        Entering is a checkpoint, if it asks for the time or the schedule; leaving takes back at TWS
        what is under way, where the server can (since 215).

        Sends ReqHistoricalTicks as often as it takes, CancelHistoricalTicks for those it is left
        in, ReqHistoricalData for the schedule, and ReqCurrentTime if ``end`` is None. Source: IB's
        page "Historical Time and Sales Data".
        """
        check_concurrency(max_concurrent)
        check_buffer(buffer)
        position = start if isinstance(start, TickPosition) else TickPosition(start)
        write_time(end, "end")

        async def fetch(first: datetime) -> list[SingleTick]:
            request = ReqHistoricalTicks(
                self._session.take_request_id(),
                contract,
                start_date_time=write_time(first, "start"),
                number_of_ticks=MOST_TICKS,
                what_to_show=what,
                use_rth=use_rth,
                ignore_size=ignore_size,
            )
            return await self._past_ticks(request)

        async def sessions(first: datetime, last: datetime) -> list[TradingSession]:
            return await self._sessions_between(contract, first, last, use_rth=use_rth)

        return self._open_tick_history(
            position, end, fetch, sessions if check_schedule else None, max_concurrent, buffer
        )

    @asynccontextmanager
    async def _open_tick_history(
        self,
        start: TickPosition,
        end: datetime | None,
        fetch: Callable[[datetime], Awaitable[list[SingleTick]]],
        sessions: _Sessions | None,
        max_concurrent: int,
        buffer: int,
    ) -> AsyncIterator[TickHistory[SingleTick]]:
        first = _whole_second(start.time)
        last = _whole_second(end or await self.current_time())
        if first >= last:
            raise LocalProtocolError(f"start={start.time} is not before the end, {last}")
        finder = None
        borders = _midnights(first, last)
        if sessions is not None:
            known = await sessions(first, last)
            finder = silence_finder(known, first, last)
            borders = sorted({session.start for session in known})
        borders = [first, *(one for one in borders if first < one < last), last]
        stretches: deque[Stretch[SingleTick]] = deque()
        for begin, stop in pairwise(borders):
            given = start.given if begin == first else 0
            stretches.append(_TickStretch(fetch, begin, stop, given, stretches))
        async with open_workers() as workers:
            position = TickPosition(first, start.given)
            history = TickHistory[SingleTick](
                workers, stretches, position, finder, max_concurrent, buffer
            )
            try:
                yield history
            finally:
                history.close()


def _whole_second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _midnights(start: datetime, end: datetime) -> list[datetime]:
    """Gives where days in UTC begin in a stretch of time, and maybe one before it."""
    midnight = start.replace(hour=0, minute=0, second=0)
    return [midnight + number * _ONE_DAY for number in range((end - midnight) // _ONE_DAY + 1)]
