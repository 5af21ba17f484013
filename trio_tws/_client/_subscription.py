"""The consumer's end of a stream: events one by one, or in the lists they came in."""

from collections.abc import AsyncIterator, Callable, Coroutine
from time import perf_counter
from typing import Final, Generic, TypeVar, cast, final

import attrs
import trio
from trio.lowlevel import checkpoint, checkpoint_if_cancelled

from trio_tws._client._inbox import Inbox, StreamStatistics
from trio_tws._wire.late import frozen

T_co = TypeVar("T_co", covariant=True)

LONGEST_RUN: Final = 0.0005
"""Seconds that one consumer may go through waiting events before other tasks get a turn.

A real checkpoint for each event would cost 4 µs, twice all the rest of the work on it.
"""


@frozen
class Again:
    """How a request is sent once more that TWS may not have heard."""

    at: float
    """When, if nothing has come by then; on trio's clock."""
    send: Callable[[], object]
    """Sends it, and gives what was sent."""


@final
class Subscription(Generic[T_co]):
    """A stream of events, made by one of the ``open_*`` methods.

    Iterate it with ``async for``. Each step honours cancellation; other tasks get a turn when
    nothing is waiting, and at least every 0.5 ms while something is. Iterate it in one task at a
    time.

    The iteration ends when the stream does, and raises what ended it otherwise: `RequestError` if
    TWS ended the request, `SlowConsumer`, `ConnectionLost`, or `RemoteProtocolError` if a message
    of this stream could not be read.

    Attributes:
        request: The request that was sent for it; None for streams of everything.
    """

    __slots__ = ("request", "_inbox", "_close", "_batch", "_turn_ends", "_again", "__weakref__")

    def __init__(
        self,
        inbox: Inbox,
        request: object,
        close: Callable[[], None],
        again: "Again | None" = None,
    ) -> None:
        self.request = request
        self._inbox = inbox
        self._close = close
        self._batch: list[T_co] = []  # the next event is the last in it
        inbox.current = self._batch
        self._turn_ends = 0.0
        self._again = again

    def __repr__(self) -> str:
        name = type(self.request).__name__ if self.request is not None else "events"
        return f"<Subscription {name} {self.statistics()}>"

    def __aiter__(self) -> "Subscription[T_co]":
        return self

    async def __anext__(self) -> T_co:
        if not self._batch:
            self._batch.extend(reversed(await self._next()))
            self._turn_ends = perf_counter() + LONGEST_RUN
        elif perf_counter() < self._turn_ends:
            await checkpoint_if_cancelled()
        else:
            await checkpoint()
            self._turn_ends = perf_counter() + LONGEST_RUN
        return self._batch.pop()

    async def batches(self) -> AsyncIterator[list[T_co]]:
        """Gives the same events in lists, as they came: less work where there are many.

        Each list is a checkpoint. The iteration ends and raises as that over single events does.
        """
        while True:
            batch = self._batch[::-1]
            self._batch.clear()
            if not batch:
                try:
                    batch = await self.take()
                except StopAsyncIteration:
                    return
            yield batch

    def statistics(self) -> StreamStatistics:
        """Gives numbers on this stream as of now: delivered, waiting, lost."""
        numbers = self._inbox.statistics()
        here = len(self._batch)
        return attrs.evolve(
            numbers, delivered=numbers.delivered - here, waiting=numbers.waiting + here
        )

    def close(self) -> None:
        """Ends the stream, and its request at TWS, at once; leaving the block does the same."""
        self._close()

    async def take(self) -> list[T_co]:
        """Gives what came with one read of the socket and is next; a checkpoint.

        Raises:
            StopAsyncIteration: The stream has ended.
        """
        return await self._next()

    def _next(self) -> Coroutine[None, None, list[T_co]]:
        again = self._again
        coming = self._inbox.take() if again is None else self._first(again)
        return cast("Coroutine[None, None, list[T_co]]", coming)

    async def _first(self, again: Again) -> list[object]:
        """Gives what comes first: it shows that TWS heard the request, which stays as it is."""
        if not self._inbox.has_news:
            with trio.move_on_at(again.at):
                batch = await self._inbox.take()
                self._again = None
                return batch
            if not self._inbox.has_news:
                self.request = again.send()
        self._again = None
        return await self._inbox.take()
