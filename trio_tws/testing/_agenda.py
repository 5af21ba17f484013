"""What a simulated TWS has to do for one program, each thing at its time."""

from collections.abc import Awaitable, Callable
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import final

import trio


@final
class Agenda:
    """Acts that are due at a time of trio's clock, done by one task in a fixed order.

    A task for each of them would be the obvious way, but trio lets tasks that are due at the same
    moment run in random order, and a simulator should say the same thing each time.
    """

    def __init__(self) -> None:
        self._acts: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self._has_news = trio.Event()

    def put(self, delay: float, act: Callable[[], None]) -> None:
        """Puts an act down for so many seconds from now; acts of one moment keep their order."""
        heappush(self._acts, (trio.current_time() + delay, next(self._numbers), act))
        self._has_news.set()

    @property
    def is_behind(self) -> bool:
        """Whether something is due that has not been done."""
        return bool(self._acts) and self._acts[0][0] <= trio.current_time()

    async def catch_up(self) -> None:
        """Waits until all that is due now has been done."""
        done = trio.Event()
        self.put(0, done.set)
        await done.wait()

    async def run(self, ready: Callable[[], Awaitable[None]]) -> None:
        """Does what is due, until cancelled; awaits `ready` before each act."""
        while True:
            with trio.move_on_at(self._acts[0][0] if self._acts else inf):
                await self._has_news.wait()
            self._has_news = trio.Event()
            while self.is_behind:
                await ready()
                _, _, act = heappop(self._acts)
                act()
