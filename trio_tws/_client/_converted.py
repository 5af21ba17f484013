"""Streams whose events are made of TWS's messages, when the consumer takes them."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from itertools import chain
from time import perf_counter
from typing import Generic, Self, TypeVar, cast, final

from trio.lowlevel import checkpoint, checkpoint_if_cancelled

from trio_tws._client._inbox import Gap, StreamStatistics
from trio_tws._client._subscription import LONGEST_RUN, Subscription
from trio_tws._errors import TWSError

T_co = TypeVar("T_co", covariant=True)


class Converted(Generic[T_co]):
    """What the streams of this kind have in common.

    Args:
        source: The stream of messages.
        convert: Makes any number of events of a message, each when it is taken; what it raises
            ends the stream.
    """

    def __init__(
        self, source: Subscription[object], convert: Callable[[object], Iterable[object]]
    ) -> None:
        self._source = source
        self._convert = convert
        self._events: Iterator[T_co] = iter(())
        self._turn_ends = 0.0

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._source!r}>"

    @property
    def request(self) -> object:
        """The request that was sent for it."""
        return self._source.request

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T_co:
        is_turn = False
        while True:
            try:
                for event in self._events:
                    if is_turn:  # it began with these
                        return event
                    try:
                        if perf_counter() < self._turn_ends:
                            await checkpoint_if_cancelled()
                        else:
                            await checkpoint()
                            self._turn_ends = perf_counter() + LONGEST_RUN
                    except BaseException:
                        self._events = chain((event,), self._events)
                        raise
                    return event
            except TWSError:
                self._fail()
                raise
            self._events = self._made_of(await self._source.take())
            self._turn_ends = perf_counter() + LONGEST_RUN
            is_turn = True

    async def batches(self) -> AsyncIterator[list[T_co]]:
        """Gives the same events in lists, as they came: less work where there are many.

        Each list is a checkpoint. The iteration ends and raises as that over single events does.
        """
        await checkpoint()
        while True:
            events: list[T_co] = []
            try:
                events.extend(self._events)
            except TWSError:
                self._fail()
                if events:
                    yield events
                raise
            if events:
                yield events
            try:
                self._events = self._made_of(await self._source.take())
            except StopAsyncIteration:
                return

    def statistics(self) -> StreamStatistics:
        """Gives numbers on this stream as of now, counted in messages of TWS."""
        return self._source.statistics()

    def close(self) -> None:
        """Ends the stream, and its request at TWS, at once; leaving the block does the same."""
        self._source.close()

    def _fail(self) -> None:
        """Ends the stream where a message can't be converted, and those behind it with it."""
        self._events = iter(())
        self.close()

    def _made_of(self, messages: list[object]) -> Iterator[T_co]:
        gaps = messages[:1] if type(messages[0]) is Gap else []  # it stands nowhere else
        made = chain.from_iterable(map(self._convert, messages[len(gaps) :]))
        return cast("Iterator[T_co]", chain(gaps, made) if gaps else made)


@final
class ConvertedSubscription(Converted[T_co]):
    """A stream of events that are made of TWS's messages, by one of the ``open_*`` methods.

    It is iterated, ends and raises as a `Subscription` does. A message may have several events;
    ``buffer``, `Gap` and the statistics count messages.
    """
