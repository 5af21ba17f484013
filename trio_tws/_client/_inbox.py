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

A stream under ``gap`` that nobody has begun to read, as is most often that of all events, has no
channel to go through yet: its events are held in one list, and the oldest go many at once. That of
all events holds bytes in place of the messages they say, and reads them again if somebody comes to
take them. Python's garbage collector goes through all objects again and again, but not through
bytes: ten thousand events that nobody wants would make everything else a fifth slower, and stop it
for 20 ms a few times a second.

Errors and notices are never dropped: ``gap`` and ``latest`` keep them, and if the buffer is full of
them alone, they end as ``raise`` does.

A consumer is slow only if it does something else. One that takes events as fast as it can, but gets
its turns only as often as the receive task gets its own, must not be overrun by a burst: as long as
it comes forward, the receive task lets it, and the rest of the burst waits in the socket.
"""

import sys
from collections.abc import Callable, Hashable, Sized
from typing import Final, Literal, final

import trio

from trio_tws._errors import LocalProtocolError, SlowConsumer
from trio_tws._model.session import Error
from trio_tws._wire.late import frozen
from trio_tws.protocol import MalformedMessage, Notice

Overflow = Literal["raise", "gap", "latest", "wait"]

DEFAULT_BUFFER: Final = 10_000

_LET_CATCH_UP: Final = 256
"""Events that may be left when the receive task reads on."""

_AT_ONCE: Final = 256
"""Events that are taken at once of those that were held, and may have to be read again."""

_HELD_TOO_LONG: Final = 8
"""Where nobody reads, the oldest go once this part of the buffer has come on top of it."""

_PATIENCE: Final = 3
"""Turns of the scheduler without progress after which a consumer counts as busy elsewhere."""

_NEVER_DROPPED: Final = frozenset({Error, Notice, MalformedMessage})


@final
@frozen
class Gap:
    """Stands in a stream where events were dropped because they were not taken in time."""

    lost: int
    """How many."""


@final
@frozen
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


def check_buffer(buffer: int | None) -> None:
    """Refuses a buffer that holds nothing.

    Raises:
        LocalProtocolError: It does.
    """
    if buffer is not None and buffer < 1:
        raise LocalProtocolError(f"buffer={buffer}: a stream has to hold one event at the least")


class Inbox:
    """One conversation's events, between the receive task and the consumer.

    Args:
        label: What the events are, for messages to people.
        buffer: How many may wait; None for any number.
        overflow: What happens to more.
        key: What makes one event replace another under ``latest``.
        read: Makes an event of bytes that were taken in for it; see `takes_payloads`.

    Attributes:
        current: What the consumer has taken and not yet gone through.
        is_closed: Whether nothing more is taken in.
    """

    __slots__ = (
        *("_label", "_buffer", "_overflow", "_key", "_send", "_receive", "current", "_waiting"),
        *("_taken", "_lost", "_gap", "_replaced", "is_closed", "_error", "_room", "_held"),
        *("_most_held", "_read", "__weakref__"),
    )

    def __init__(
        self,
        label: str,
        buffer: int | None = None,
        overflow: Overflow = "raise",
        key: Callable[[object], Hashable] = type,
        *,
        read: Callable[[bytes], object] | None = None,
    ) -> None:
        check_buffer(buffer)
        self._label = label
        self._buffer = sys.maxsize if buffer is None else buffer
        self._overflow = overflow
        self._key = key
        self._send, self._receive = trio.open_memory_channel[list[object]](sys.maxsize)
        self.current: Sized = ()
        self._waiting: int = 0
        self._taken: int = 0
        self._lost: int = 0
        self._gap: int = 0
        self._replaced: int = 0
        self.is_closed = False
        self._error: Callable[[], Exception] | None = None
        self._room: trio.Event | None = None
        self._held: list[object] | None = [] if overflow == "gap" else None
        self._read = read
        self._most_held = self._buffer + self._buffer // _HELD_TOO_LONG

    # The receive task's side ......................................................................

    def deliver(self, batch: list[object]) -> None:
        """Takes in the events of one read; never waits."""
        if self.is_closed:
            if self._error is not None:
                self._lost += len(batch)
            return
        self._waiting += len(batch)
        if self._held is not None:
            self._held += batch
            if self._waiting > self._most_held:
                self._trim()
            return
        if self._waiting > self._buffer:
            batch = self._make_room(batch)
        if batch:
            self._send.send_nowait(batch)

    @property
    def takes_payloads(self) -> bool:
        """Whether the bytes of a message may be delivered in its place, as it may go unread."""
        return self._held is not None and self._read is not None

    @property
    def is_behind(self) -> bool:
        """Whether the receive task should let the consumer catch up before it reads on.

        A stream that nobody has begun to read has no consumer to wait for, but under ``wait``.
        """
        if self._backlog <= _LET_CATCH_UP or self.is_closed:
            return False
        return self._taken > 0 or self._overflow == "wait"

    async def catch_up(self) -> None:
        """Waits as long as the consumer comes forward; under ``wait`` until there is room."""
        left, turns_without = self._backlog, 0
        while left > _LET_CATCH_UP and turns_without < _PATIENCE:
            await trio.lowlevel.checkpoint()
            before, left = left, self._backlog
            turns_without = turns_without + 1 if left >= before else 0
        while self._overflow == "wait" and not self.is_closed and self._waiting > self._buffer:
            self._room = trio.Event()
            await self._room.wait()
            self._room = None

    @property
    def _backlog(self) -> int:
        return self._waiting + len(self.current)

    def close(self, error: Callable[[], Exception] | None = None) -> None:
        """Takes in nothing more; the consumer ends, or gets the error, after what is waiting."""
        self._put_held()
        if not self.is_closed:
            self.is_closed = True
            self._error = error
            self._send.close()
            self._tell_of_room()

    @property
    def has_news(self) -> bool:
        """Whether the consumer would not have to wait."""
        return self._waiting > 0 or self.is_closed

    # The consumer's side ..........................................................................

    async def take(self) -> list[object]:
        """Gives what waits, at least one event; a checkpoint.

        Raises:
            StopAsyncIteration: There is nothing more, and no error.
            Exception: What the inbox was closed with.
        """
        if self._held is not None:
            self._put_held()
        try:
            batch = await self._receive.receive()
        except trio.EndOfChannel:
            error = StopAsyncIteration() if self._error is None else self._error()
            raise error from None
        return self._taken_over(batch)

    def take_nowait(self) -> list[object]:
        """Gives what waits; an empty list if nothing does."""
        self._put_held()
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
        self._trim()
        return StreamStatistics(
            delivered=self._taken,
            waiting=self._waiting,
            lost=self._lost,
            replaced=self._replaced,
            buffer=None if self._buffer == sys.maxsize else self._buffer,
        )

    # Inside .......................................................................................

    def _tell_of_room(self) -> None:
        if self._room is not None:
            self._room.set()

    def _put_held(self) -> None:
        """Lets the channel have what is held: somebody begins to read, or nothing more comes."""
        self._trim()
        if self._held is not None:
            held, self._held = self._held, None
            for at in range(0, len(held), _AT_ONCE):
                self._send.send_nowait(held[at : at + _AT_ONCE])

    def _trim(self) -> None:
        """Drops what is held too long."""
        if self._held is not None and self._waiting > self._buffer:
            held, self._held = self._held, None
            left = self._make_room(held)
            if not self.is_closed:
                self._held = [*self._drain(), *left]

    def _taken_over(self, batch: list[object]) -> list[object]:
        self._waiting -= len(batch)
        self._taken += len(batch)
        if self._waiting <= self._buffer:
            self._tell_of_room()
        if self._gap:
            batch = [Gap(self._gap), *batch]
            self._gap = 0
        if self._read is not None:
            read = self._read
            batch = [read(event) if isinstance(event, bytes) else event for event in batch]
        return batch

    def _make_room(self, batch: list[object]) -> list[object]:
        """Applies the policy; gives what of the new events still has to be put into the channel."""
        if self._overflow == "wait":
            return batch
        if self._overflow == "raise":
            return self._refuse(batch)
        if self._overflow == "gap":
            return self._drop_oldest(batch)
        return self._keep_newest(batch)

    def _refuse(self, batch: list[object]) -> list[object]:
        """Lets in what fits, and closes."""
        surplus = self._waiting - self._buffer
        fitting = batch[: len(batch) - surplus] if surplus < len(batch) else []
        self._waiting -= len(batch) - len(fitting)
        self._lost += len(batch) - len(fitting)
        if fitting:
            self._send.send_nowait(fitting)
        self._close_as_slow()
        return []

    def _close_as_slow(self) -> None:
        label, buffer = self._label, self._buffer
        self.close(lambda: SlowConsumer(label, buffer, self._lost))

    def _drain(self) -> list[object]:
        waiting: list[object] = []
        while True:
            try:
                waiting += self._receive.receive_nowait()
            except trio.WouldBlock:
                return waiting

    def _drop_oldest(self, batch: list[object]) -> list[object]:
        """Drops from the front, a batch at a time; what may not be dropped stays in front."""
        kept: list[object] = []
        dropped = 0
        while batch and self._waiting - dropped > self._buffer:
            try:
                oldest = self._receive.receive_nowait()
            except trio.WouldBlock:  # the newest read alone is more than the buffer
                surplus = self._waiting - dropped - self._buffer
                oldest, batch = batch[:surplus], batch[surplus:]
            keep = _undroppable(oldest)
            kept += keep
            dropped += len(oldest) - len(keep)
        self._waiting -= dropped
        self._lost += dropped
        self._gap += dropped
        if self._waiting > self._buffer:
            return self._give_up([*kept, *self._drain(), *batch])
        if kept:
            self._send.send_nowait([*kept, *self._drain()])
        return batch

    def _give_up(self, events: list[object]) -> list[object]:
        """Closes a stream whose buffer is full of what may not be dropped."""
        self._lost += len(events) - self._buffer
        self._waiting = self._buffer
        self._send.send_nowait(events[: self._buffer])
        self._close_as_slow()
        return []

    def _keep_newest(self, batch: list[object]) -> list[object]:
        """Keeps the newest event of each key, in the order in which those came."""
        everything = [*self._drain(), *batch]
        newest: dict[Hashable, object] = {}
        for at, event in enumerate(everything):
            key = ("undroppable", at) if type(event) in _NEVER_DROPPED else self._key(event)
            newest.pop(key, None)
            newest[key] = event
        left = list(newest.values())
        self._replaced += len(everything) - len(left)
        self._waiting = len(left)
        undroppable = _undroppable(left)
        if len(undroppable) <= self._buffer:
            return left
        self._lost += len(left) - len(undroppable)
        return self._give_up(undroppable)


def _undroppable(events: list[object]) -> list[object]:
    if _NEVER_DROPPED.isdisjoint(map(type, events)):
        return []
    return [event for event in events if type(event) in _NEVER_DROPPED]
