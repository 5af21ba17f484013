"""What waits to be written to the socket.

Callers append whole frames, and one task writes. So no cancellation of a caller can tear a frame,
and clean-up code can send without awaiting.

A frame that nothing stands before, not even the message rate, takes a shortcut, if the stream has
one: it is written at once, as far as the system takes it. A turn of the writer and one more for the
caller would take longer than the whole way to TWS and back. What is left of such a frame goes first
of all.

Frames wait in three lanes, each in its own order: orders, cancels, requests. The writer takes as
many at once as the message rate allows, in this order of lanes. A share of the rate is left to
orders, so that one does not wait because a hundred requests have just gone. A cancel whose request
still waits goes behind it: two messages about the same thing stay in their order.
"""

import math
import sys
from collections import Counter, deque
from collections.abc import Callable, Hashable
from typing import Final

import trio

from trio_tws._wire.late import frozen
from trio_tws.protocol._limits import Rate
from trio_tws.protocol._priority import PLAIN, Place, Rank
from trio_tws.protocol._window import SlidingWindow

HIGH_WATER: Final = 64 * 1024
"""Bytes that may wait in a lane before `wait_for_room` waits."""

_SHARE_OF_ORDERS: Final = 10
"""One message in so many is kept for orders."""


@frozen
class _Frame:
    data: bytes
    key: Hashable
    on_taken: Callable[[], None] | None


class _Lane:
    """Frames in their order."""

    def __init__(self) -> None:
        self.size = 0
        self._frames: deque[_Frame] = deque()

    def __len__(self) -> int:
        return len(self._frames)

    def put(self, frame: _Frame) -> None:
        self._frames.append(frame)
        self.size += len(frame.data)

    def take(self, most: int) -> list[_Frame]:
        taken = [self._frames.popleft() for _ in range(min(most, len(self._frames)))]
        self.size -= sum(len(frame.data) for frame in taken)
        return taken


class Outbox:
    """Whole frames on their way to the task that writes them.

    Args:
        per_second: How many frames may be taken in any second; None for any number.
    """

    def __init__(self, per_second: int | None = None) -> None:
        self._window: SlidingWindow | None = None
        self._kept = 0
        if per_second is not None:
            self._window = SlidingWindow(Rate(per_second, 1))
            self._kept = min(math.ceil(per_second / _SHARE_OF_ORDERS), per_second - 1)
        self._lanes = [_Lane() for _ in Rank]
        self._waiting = 0
        self._requested: Counter[Hashable] = Counter()
        self._orders_in_hand = 0
        self._send_nowait: Callable[[bytes], int] = _send_nothing
        self._begun = b""
        self._is_idle = False
        self._filled = trio.Event()
        self._taken = trio.Event()
        self._written = trio.Event()
        self._written.set()

    def __len__(self) -> int:
        """Gives how many frames wait."""
        return self._waiting

    def open_shortcut(self, send_nowait: Callable[[bytes], int]) -> None:
        """Lets frames be written past the writer.

        Args:
            send_nowait: Writes what the system takes at once, and gives how many bytes that are; it
                never waits or raises. It is not called while the writer writes.
        """
        self._send_nowait = send_nowait

    def put(
        self, data: bytes, place: Place = PLAIN, on_taken: Callable[[], None] | None = None
    ) -> None:
        """Appends a frame, or writes it if it may go now; never waits.

        Args:
            data: The whole frame.
            place: Where it stands among the others.
            on_taken: Is called when the writer takes it, or as it is written.
        """
        if self.write(data, place.rank):
            if on_taken is not None:
                on_taken()
            return
        is_behind = place.key is not None and place.key in self._requested
        rank = Rank.REQUEST if is_behind else place.rank
        if rank is Rank.REQUEST:
            self._requested[place.key] += 1
        self._lanes[rank].put(_Frame(data, place.key, on_taken))
        self._waiting += 1
        self._wake()

    def write(self, data: bytes, rank: Rank) -> bool:
        """Writes a frame at once, if nothing stands before it; tells whether it is on its way.

        What does not fit follows by itself, before anything else.
        """
        if not self._is_idle or self._begun or self._waiting:
            return False
        now = 0.0
        if self._window is not None:
            now = trio.current_time()
            if self._window.room(now) <= self._kept_from(rank):
                return False
        written = self._send_nowait(data)
        if not written:
            return False
        if self._window is not None:
            self._window.record(now)
        if written < len(data):
            self._begun = data[written:]
            self._orders_in_hand += rank is Rank.ORDER
            self._wake()
        return True

    def _wake(self) -> None:
        self._filled.set()
        if self._written.is_set():
            self._written = trio.Event()

    async def take(self) -> bytes:
        """Waits for frames that may go and gives them; what was taken before counts as written."""
        self._orders_in_hand = 0
        while not self._begun:
            if not self._waiting:
                self._written.set()
            opens_at = self._opens_at()
            if opens_at <= trio.current_time():
                return self.take_nowait()
            self._filled = trio.Event()
            self._is_idle = True
            try:
                with trio.move_on_at(opens_at):
                    await self._filled.wait()
            finally:
                self._is_idle = False
        begun, self._begun = self._begun, b""
        return begun

    def take_nowait(self) -> bytes:
        """Gives all frames that may go now; empty if none may."""
        now = trio.current_time()
        room = sys.maxsize if self._window is None else self._window.room(now)
        frames = self._lanes[Rank.ORDER].take(room)
        self._orders_in_hand += len(frames)
        room -= self._kept
        frames += self._lanes[Rank.CANCEL].take(max(room - len(frames), 0))
        requests = self._lanes[Rank.REQUEST].take(max(room - len(frames), 0))
        for frame in requests:
            self._requested[frame.key] -= 1
            if not self._requested[frame.key]:
                del self._requested[frame.key]
        frames += requests
        self._waiting -= len(frames)
        if self._window is not None:
            self._window.record(now, len(frames))
        self._taken.set()
        for frame in frames:
            if frame.on_taken is not None:
                frame.on_taken()
        return b"".join(frame.data for frame in frames)

    def _opens_at(self) -> float:
        """Gives when the next frame may go; infinite if there is none."""
        now = trio.current_time()
        if not self._waiting:
            return math.inf
        if self._window is None:
            return now
        first = Rank.ORDER if self._lanes[Rank.ORDER] else Rank.REQUEST
        return self._window.opens_at(now, 1 + self._kept_from(first))

    def _kept_from(self, rank: Rank) -> int:
        """Gives how much of the rate is not for a frame of that rank."""
        return 0 if rank is Rank.ORDER else self._kept

    def has_room(self, rank: Rank) -> bool:
        """Tells whether not too much is waiting already of the same rank."""
        return self._lanes[rank].size <= HIGH_WATER

    async def wait_for_room(self, rank: Rank = Rank.REQUEST) -> None:
        """Waits while too much is waiting already of the same rank; a checkpoint."""
        await trio.lowlevel.checkpoint()
        while not self.has_room(rank):
            if self._taken.is_set():
                self._taken = trio.Event()
            await self._taken.wait()

    async def wait_until_written(self) -> None:
        """Waits until everything has been written."""
        await self._written.wait()

    @property
    def unwritten_orders(self) -> int:
        """How many messages about orders wait, or were taken and may not have been written."""
        return len(self._lanes[Rank.ORDER]) + self._orders_in_hand

    def seconds_for_orders(self) -> float:
        """Gives how long the message rate takes to let all orders through that wait."""
        orders = len(self._lanes[Rank.ORDER])
        if self._window is None or not orders:
            return 0.0
        now = trio.current_time()
        return self._window.opens_at(now, orders) - now


def _send_nothing(_: bytes) -> int:
    """Stands for the shortcut of a stream that has none."""
    return 0
