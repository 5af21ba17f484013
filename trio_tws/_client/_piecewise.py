"""A long past, asked for stretch by stretch: some of them at once, taken in their order.

Theory of operation. What is wanted is cut into stretches of time before anything is asked. A task
for each stretch asks for it, in one request or in several. At most ``max_concurrent`` stretches are
begun and not yet taken, which bounds the requests at TWS. Where one may take many requests,
``buffer`` bounds what waits in memory: while that much does, only the stretch that is being taken
is asked for more. The tasks live in a nursery of the block, and never raise: what goes wrong with a
stretch is raised by the step of the iteration that comes to it, and the step after that asks again.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from typing import Final, Generic, Protocol, TypeVar, final

import trio

from trio_tws._errors import LocalProtocolError, NoData

T = TypeVar("T")

_MOST_CONCURRENT: Final = 50
"""IB's limit on historical requests that are open at once."""

_LONGEST_RUN: Final = 0.0005
"""Seconds that one consumer may go through what waits before other tasks get a turn."""

_AHEAD: Final = 2
"""Answers that may wait of the stretch that is being taken, whatever waits of the others."""


def check_concurrency(max_concurrent: int) -> None:
    """Refuses more at once than TWS takes, and none at all.

    Raises:
        LocalProtocolError: It is one of these.
    """
    if not 1 <= max_concurrent <= _MOST_CONCURRENT:
        raise LocalProtocolError(f"max_concurrent={max_concurrent}: it is 1 to {_MOST_CONCURRENT}")


class Stretch(Protocol[T]):
    """A stretch of time, and what is still to be asked for in it."""

    @property
    def start(self) -> datetime:
        """Where it begins."""
        ...

    @property
    def end(self) -> datetime:
        """Before where it ends."""
        ...

    @property
    def pieces(self) -> int:
        """How many of the pieces it is that were cut; more than one if it has taken others over."""
        ...

    @property
    def is_whole(self) -> bool:
        """Whether there is nothing more to ask for."""
        ...

    async def ask(self) -> list[T]:
        """Makes the next request, and gives what is new in its answer.

        One that raises changes nothing: it can be made again. After `NoData` it is not.
        """
        ...


@final
class _Work(Generic[T]):
    """A stretch under way, and what waits of it."""

    def __init__(self, stretch: Stretch[T]) -> None:
        self.stretch = stretch
        self.scope = trio.CancelScope()
        self.batches: deque[list[T]] = deque()
        self.error: Exception | None = None
        self.is_running = False
        self.is_whole = False


@final
class Piecewise(Generic[T]):
    """Gives what is in stretches of time one by one; the work of iterators.

    Args:
        nursery: Where the tasks live.
        stretches: Oldest first; what is begun is taken out of it, here or by a stretch.
        passed: Is told the end of each stretch of which everything was given.
        max_concurrent: How many may be begun and not yet taken.
        buffer: How much may wait before only the first is asked for more; None for any number.

    Attributes:
        total: How many stretches there were.
        done: How many of them have been given whole.
        given: How much was given.
    """

    def __init__(
        self,
        nursery: trio.Nursery,
        stretches: "deque[Stretch[T]]",
        passed: Callable[[datetime], None],
        max_concurrent: int,
        buffer: int | None = None,
    ) -> None:
        self.total = len(stretches)
        self.done = 0
        self.given = 0
        self._nursery = nursery
        self._stretches = stretches
        self._passed = passed
        self._max_concurrent = max_concurrent
        self._buffer = buffer
        self._under_way: deque[_Work[T]] = deque()
        self._waiting = 0
        self._came = trio.lowlevel.ParkingLot()
        self._room = trio.lowlevel.ParkingLot()
        self._current: Stretch[T] | None = None
        self._items: deque[T] = deque()
        self._no_data: NoData | None = None
        self._is_closed = False
        self._turn_ends = 0.0
        self._begin_more()

    # The consumer's side ..........................................................................

    async def next(self) -> T:
        """Gives the next; a checkpoint, which lets others run every 0.5 ms.

        Raises:
            StopAsyncIteration: There are no more.
            NoData: The same, and there was none at all.
            Exception: What went wrong with a stretch; it can be asked for again.
        """
        if self._is_closed:
            raise trio.ClosedResourceError
        if self._items and perf_counter() < self._turn_ends:
            await trio.lowlevel.checkpoint_if_cancelled()
        else:
            await trio.lowlevel.checkpoint()
            self._turn_ends = perf_counter() + _LONGEST_RUN
        while not self._items:
            await self._take()
        self.given += 1
        return self._items.popleft()

    def close(self) -> None:
        """Ends what is under way."""
        self._is_closed = True
        for work in self._under_way:
            work.scope.cancel()

    async def _take(self) -> None:
        """Takes the next answer; puts away the stretch that is given before it takes another."""
        self._put_away()
        if not self._under_way:
            if not self.given and self._no_data is not None:
                raise self._no_data
            raise StopAsyncIteration
        work = self._under_way[0]
        if not (work.is_running or work.is_whole or work.batches or work.error):  # it was raised
            self._begin(work)
        while work.is_running and not work.batches:
            await self._came.park()
        if self._is_closed:
            raise trio.ClosedResourceError
        if work.batches:
            batch = work.batches.popleft()
            self._waiting -= len(batch)
            self._items.extend(batch)
        elif work.error is not None:
            error, work.error = work.error, None
            raise error
        if work.is_whole and not work.batches:
            self._under_way.popleft()
            self._current = work.stretch
            self._begin_more()
        self._room.unpark_all()

    def _put_away(self) -> None:
        if self._current is not None:
            stretch, self._current = self._current, None
            self.done += stretch.pieces
            self._passed(stretch.end)

    # The side of the tasks ........................................................................

    def _begin_more(self) -> None:
        while self._stretches and len(self._under_way) < self._max_concurrent:
            work = _Work(self._stretches.popleft())
            self._under_way.append(work)
            self._begin(work)

    def _begin(self, work: _Work[T]) -> None:
        work.is_running = True
        work.scope = trio.CancelScope()
        self._nursery.start_soon(self._run, work)

    async def _run(self, work: _Work[T]) -> None:
        with work.scope:
            try:
                await self._ask(work)
            except NoData as error:  # a weekend, or before there was any
                self._no_data = error
                work.is_whole = True
            except Exception as error:  # noqa: BLE001 - raised by the iteration
                work.error = error
            finally:
                work.is_running = False
                self._came.unpark_all()

    async def _ask(self, work: _Work[T]) -> None:
        while not work.is_whole:
            while not self._has_room(work):
                await self._room.park()
            batch = await work.stretch.ask()
            work.is_whole = work.stretch.is_whole
            if batch:
                work.batches.append(batch)
                self._waiting += len(batch)
                self._came.unpark_all()

    def _has_room(self, work: _Work[T]) -> bool:
        if self._buffer is None or self._waiting < self._buffer:
            return True
        return work is self._under_way[0] and len(work.batches) < _AHEAD
