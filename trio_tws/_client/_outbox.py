"""What waits to be written to the socket.

Callers append whole frames and never touch the socket; one task writes. So no cancellation of a
caller can tear a frame, and clean-up code can send without awaiting.
"""

from typing import Final

import trio

HIGH_WATER: Final = 64 * 1024
"""Bytes that may wait before `wait_for_room` waits."""


class Outbox:
    """Whole frames on their way to the task that writes them."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._filled = trio.Event()
        self._taken = trio.Event()
        self._written = trio.Event()
        self._written.set()

    def put(self, data: bytes) -> None:
        """Appends frames; never waits."""
        self._parts.append(data)
        self._size += len(data)
        self._filled.set()
        if self._written.is_set():
            self._written = trio.Event()

    async def take(self) -> bytes:
        """Waits for frames and gives all of them; what was taken before counts as written."""
        if not self._parts:
            self._written.set()
            await self._filled.wait()
        self._filled = trio.Event()
        return self.take_nowait()

    def take_nowait(self) -> bytes:
        """Gives all frames that wait; empty if none do."""
        data = b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        self._taken.set()
        return data

    async def wait_for_room(self) -> None:
        """Waits while too much is waiting already; a checkpoint."""
        await trio.lowlevel.checkpoint()
        while self._size > HIGH_WATER:
            if self._taken.is_set():
                self._taken = trio.Event()
            await self._taken.wait()

    async def wait_until_written(self) -> None:
        """Waits until everything has been written."""
        await self._written.wait()
