"""Streams whose events are made of TWS's messages, when the consumer takes them."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Generic, Self, TypeVar, cast, final

import trio

from trio_tws._client._inbox import Gap, StreamStatistics
from trio_tws._client._subscription import Subscription
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
        self._events: Iterator[object] = iter(())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._source!r}>"

    @property
    def request(self) -> object:
        """The request that was sent for it."""
        return self._source.request

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T_co:
        await trio.lowlevel.checkpoint_if_cancelled()
        while True:
            for event in self._events:
                return cast("T_co", event)
            self._events = self._events_of(await anext(self._source))

    async def batches(self) -> AsyncIterator[list[T_co]]:
        """Gives the same events in lists, as they came: less work where there are many.

        Each list is a checkpoint. The iteration ends and raises as that over single events does.
        """
        await trio.lowlevel.checkpoint()
        left = list(self._events)
        if left:
            yield cast("list[T_co]", left)
        async for messages in self._source.batches():
            events = [event for message in messages for event in self._events_of(message)]
            if events:
                yield cast("list[T_co]", events)

    def statistics(self) -> StreamStatistics:
        """Gives numbers on this stream as of now, counted in messages of TWS."""
        return self._source.statistics()

    def close(self) -> None:
        """Ends the stream, and its request at TWS, at once; leaving the block does the same."""
        self._source.close()

    def _events_of(self, message: object) -> Iterator[object]:
        if isinstance(message, Gap):
            yield message
            return
        try:
            yield from self._convert(message)
        except TWSError:
            self.close()
            raise


@final
class ConvertedSubscription(Converted[T_co]):
    """A stream of events that are made of TWS's messages, by one of the ``open_*`` methods.

    It is iterated, ends and raises as a `Subscription` does. A message may have several events;
    ``buffer``, `Gap` and the statistics count messages.
    """
