"""Streams whose events are made of TWS's messages, when the consumer takes them."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from typing import Generic, Self, TypeVar, cast, final

import trio

from trio_tws._client._inbox import Gap, Inbox, StreamStatistics
from trio_tws._client._session import EventStream
from trio_tws._client._subscription import Subscription
from trio_tws._errors import TWSError
from trio_tws.protocol import Notice

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


def inbox_of(subscription: Subscription[object]) -> Inbox:
    """Gives the inbox of a stream, for `NoticesInOrder`."""
    return subscription._inbox  # pyright: ignore[reportPrivateUsage]  # a part of the same thing


class NoticesInOrder(EventStream):
    """Brings the notices on one request into its stream, where they came between its answers.

    A notice is no answer in the tables, and the session shows it to the streams of everything
    only. This is one of those: it is given each read as a whole, right after the request's own
    inbox has got the answers in it, and before anybody can take them. A notice behind them all goes
    into that inbox; of one before an answer it is kept which answer that is.

    Args:
        inbox: That of the stream.
        subscription: The stream of the request.
        codes: Of the notices that are wanted.
    """

    def __init__(
        self, inbox: Inbox, subscription: Subscription[object], codes: Sequence[int]
    ) -> None:
        super().__init__(inbox, ())
        self._subscription = subscription
        self._codes = codes
        self._before: dict[int, list[object]] = {}

    def deliver(self, batch: list[object]) -> None:
        """Takes the notices out of one read."""
        req_id: object = getattr(self._subscription.request, "req_id", None)
        notices: list[object] = []
        for event in batch:
            if getattr(event, "req_id", None) != req_id:
                continue
            if isinstance(event, Notice):
                if event.code in self._codes:
                    notices.append(event)
            elif notices:
                self._before[id(event)] = notices
                notices = []
        if notices:
            self.inbox.deliver(notices)

    def before(self, event: object) -> list[object]:
        """Gives the notices that came right before an answer, once."""
        return self._before.pop(id(event), [])
