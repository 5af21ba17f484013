"""Where the events of one conversation wait to be taken.

Theory of operation. The receive task hands over one list of events for each socket read, through a
trio memory channel; the consumer takes the list and gives its events out one by one. A channel
operation for each event would cost four times all the rest of the work on it.

The channel itself is unbounded, and what waits in it is counted in events. When the count passes
``buffer``, the overflow policy acts, at once, in the receive task:

- ``raise``: nothing more is taken in; after what is waiting, the consumer gets `SlowConsumer`.
- ``gap``: the oldest events go, and a `Gap` stands where they were.
- ``latest``: of the events with equal keys only the newest stays.
- ``wait``: the receive task stops reading the socket until there is room.

Errors and notices are never dropped: ``gap`` and ``latest`` keep them, and if the buffer is full of
them alone, they end as ``raise`` does.
"""

import math
from collections.abc import Callable, Hashable
from typing import Final, Literal, final

import attrs
import trio

from trio_tws._errors import SlowConsumer
from trio_tws._model.session import Error
from trio_tws.protocol import MalformedMessage, Notice

Overflow = Literal["raise", "gap", "latest", "wait"]

DEFAULT_BUFFER: Final = 10_000

_NEVER_DROPPED: Final = frozenset({Error, Notice, MalformedMessage})


@final
@attrs.frozen
class Gap:
    """Stands in a stream where events were dropped because they were not taken in time."""

    lost: int
    """How many."""


@final
@attrs.frozen
class StreamStatistics:
    """Numbers on one stream, as of the moment they are asked for."""

    delivered: int
    """How many events the consumer has taken."""
    waiting: int
    """How many wait to be taken."""
    lost: int
    """How many were dropped, reported with a `Gap` or a `SlowConsumer`."""
    replaced: int
    """How many gave way to a newer one with the same key."""
    buffer: int | None
    """How many may wait; None for any number."""


class Inbox:
    """One conversation's events, between the receive task and the consumer.

    Args:
        label: What the events are, for messages to people.
        buffer: How many may wait; None for any number.
        overflow: What happens to more.
        key: What makes one event replace another under ``latest``.
    """

    def __init__(
        self,
        label: str,
        buffer: int | None = None,
        overflow: Overflow = "raise",
        key: Callable[[object], Hashable] = type,
    ) -> None:
        self._label = label
        self._buffer = math.inf if buffer is None else buffer
        self._overflow = overflow
        self._key = key
        self._send, self._receive = trio.open_memory_channel[list[object]](math.inf)
        self._waiting = 0
        self._taken = 0
        self._lost = 0
        self._gap = 0
        self._replaced = 0
        self._is_closed = False
        self._error: Callable[[], Exception] | None = None
        self._room = trio.Event()

    # The receive task's side ......................................................................

    def deliver(self, batch: list[object]) -> None:
        """Takes in the events of one read; never waits."""
        if self._is_closed:
            if self._error is not None:
                self._lost += len(batch)
            return
        self._waiting += len(batch)
        if self._waiting > self._buffer:
            batch = self._make_room(batch)
        if batch:
            self._send.send_nowait(batch)

    @property
    def is_full(self) -> bool:
        """Whether the receive task has to wait for the consumer."""
        return self._overflow == "wait" and not self._is_closed and self._waiting > self._buffer

    async def wait_for_room(self) -> None:
        """Waits until the consumer has taken enough, or is gone."""
        while self.is_full:
            self._room = trio.Event()
            await self._room.wait()

    def close(self, error: Callable[[], Exception] | None = None) -> None:
        """Takes in nothing more; the consumer ends, or gets the error, after what is waiting."""
        if not self._is_closed:
            self._is_closed = True
            self._error = error
            self._send.close()
            self._room.set()

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is taken in."""
        return self._is_closed

    # The consumer's side ..........................................................................

    async def take(self) -> list[object]:
        """Gives what waits, at least one event; a checkpoint.

        Raises:
            trio.EndOfChannel: There is nothing more, and no error.
            Exception: What the inbox was closed with.
        """
        try:
            batch = await self._receive.receive()
        except trio.EndOfChannel:
            if self._error is None:
                raise
            raise self._error() from None
        return self._taken_over(batch)

    def take_nowait(self) -> list[object]:
        """Gives what waits; an empty list if nothing does."""
        try:
            batch = self._receive.receive_nowait()
        except (trio.WouldBlock, trio.EndOfChannel):
            return []
        return self._taken_over(batch)

    def discard(self) -> int:
        """Ends the inbox for good; gives the number of events that nobody will take."""
        self.close()
        left, self._waiting = self._waiting, 0
        self._receive.close()
        return left

    def statistics(self) -> StreamStatistics:
        """Gives the numbers as of now."""
        return StreamStatistics(
            delivered=self._taken,
            waiting=self._waiting,
            lost=self._lost,
            replaced=self._replaced,
            buffer=None if math.isinf(self._buffer) else int(self._buffer),
        )

    # Inside .......................................................................................

    def _taken_over(self, batch: list[object]) -> list[object]:
        self._waiting -= len(batch)
        self._taken += len(batch)
        if self._waiting <= self._buffer:
            self._room.set()
        if self._gap:
            batch = [Gap(self._gap), *batch]
            self._gap = 0
        return batch

    def _make_room(self, batch: list[object]) -> list[object]:
        match self._overflow:
            case "wait":
                return batch
            case "raise":
                return self._refuse(batch)
            case "gap":
                return self._drop_oldest(batch)
            case "latest":
                return self._keep_newest(batch)

    def _refuse(self, batch: list[object]) -> list[object]:
        """Lets in what fits, and closes."""
        room = max(0, len(batch) - int(self._waiting - self._buffer))
        self._waiting -= len(batch) - room
        self._lost += len(batch) - room
        if room:
            self._send.send_nowait(batch[:room])
        label, buffer = self._label, int(self._buffer)
        self.close(lambda: SlowConsumer(label, buffer, self._lost))
        return []

    def _drain(self) -> list[object]:
        waiting: list[object] = []
        while True:
            try:
                waiting += self._receive.receive_nowait()
            except trio.WouldBlock:
                return waiting

    def _drop_oldest(self, batch: list[object]) -> list[object]:
        """Drops whole batches from the front; what may not be dropped goes first in their stead."""
        kept: list[object] = []
        dropped = 0
        while self._waiting - dropped > self._buffer:
            try:
                oldest = self._receive.receive_nowait()
            except trio.WouldBlock:
                surplus = int(self._waiting - dropped - self._buffer)
                oldest, batch = batch[:surplus], batch[surplus:]
            keep = _kept(oldest)
            kept += keep
            dropped += len(oldest) - len(keep)
            if len(kept) > self._buffer:
                return self._overrun(kept, batch, dropped)
            if not batch:
                break
        self._waiting -= dropped
        self._lost += dropped
        self._gap += dropped
        if kept:
            rest = self._drain()
            self._send.send_nowait([*kept, *rest])
        return batch

    def _overrun(self, kept: list[object], batch: list[object], dropped: int) -> list[object]:
        """Gives up a stream whose buffer is full of what may not be dropped."""
        rest = [*kept, *self._drain(), *batch]
        limit = int(self._buffer)
        self._waiting = limit
        self._lost += dropped + len(rest) - limit
        self._gap += dropped
        self._send.send_nowait(rest[:limit])
        label = self._label
        self.close(lambda: SlowConsumer(label, limit, self._lost))
        return []

    def _keep_newest(self, batch: list[object]) -> list[object]:
        newest: dict[Hashable, object] = {}
        everything = [*self._drain(), *batch]
        for at, event in enumerate(everything):
            key = ("kept", at) if type(event) in _NEVER_DROPPED else self._key(event)
            newest.pop(key, None)  # so that the order is that of the last arrival
            newest[key] = event
        left = list(newest.values())
        kept = _kept(left)
        if len(kept) > self._buffer:
            return self._overrun(kept, [], len(left) - len(kept))
        self._replaced += len(everything) - len(left)
        self._waiting = len(left)
        return left


def _kept(events: list[object]) -> list[object]:
    if _NEVER_DROPPED.isdisjoint(map(type, events)):
        return []
    return [event for event in events if type(event) in _NEVER_DROPPED]
