"""What a simulated TWS has said and has not written to the socket yet.

The client's own outbox knows lanes and message rates. TWS knows neither towards a program: what it
says goes out in the order in which it is said, as fast as the program reads.
"""

from __future__ import annotations

from typing import Final, final

import trio

HIGH_WATER: Final = 64 * 1024
"""Bytes that may wait before `wait_for_room` waits."""


@final
class Outgoing:
    """Whole frames on their way to the task that writes them; false if there are none.

    Attributes:
        size: How many bytes wait.
    """

    def __init__(self) -> None:
        self.size = 0
        self._frames: list[bytes] = []
        self._filled = trio.Event()
        self._taken = trio.Event()
        self._written = trio.Event()
        self._written.set()

    def __bool__(self) -> bool:
        return bool(self._frames)

    @property
    def is_full(self) -> bool:
        """Whether so much is waiting that no more should be said."""
        return self.size > HIGH_WATER

    def put(self, frame: bytes) -> None:
        """Appends a frame; never waits."""
        if not self._frames:
            self._filled.set()
            if self._written.is_set():
                self._written = trio.Event()
        self._frames.append(frame)
        self.size += len(frame)

    async def take(self) -> bytes:
        """Waits for frames and gives them all; what was taken before counts as written."""
        if not self._frames:
            self._written.set()
            self._filled = trio.Event()
        await self._filled.wait()
        return self.take_nowait()

    def take_nowait(self) -> bytes:
        """Gives all frames that there are; empty if there are none."""
        data = b"".join(self._frames)
        self._frames.clear()
        self.size = 0
        self._taken.set()
        return data

    async def wait_for_room(self) -> None:
        """Waits while too much is waiting already; a checkpoint."""
        await trio.lowlevel.checkpoint()
        while self.is_full:
            if self._taken.is_set():
                self._taken = trio.Event()
            await self._taken.wait()

    async def wait_until_written(self) -> None:
        """Waits until everything has been written."""
        await self._written.wait()
