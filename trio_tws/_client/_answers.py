"""Where the answers to one question wait for the task that asked it.

A stream has an `Inbox`: its events may be more than its consumer takes in time. A question has one
task that waits for all that comes, so there is nothing to bound and nothing to count, and what lies
here is a list. To make, use and close a channel for it would take a sixth of a whole round trip.
"""

from collections.abc import Callable
from typing import final

import trio
from trio.lowlevel import Abort, Task, current_task, reschedule, wait_task_rescheduled


@final
class Answers:
    """The answers to one question.

    Attributes:
        is_closed: Whether nothing more is taken in.
    """

    __slots__ = ("_came", "is_closed", "_error", "_waiter", "_is_late")

    def __init__(self) -> None:
        self._came: list[object] = []
        self.is_closed = False
        self._error: Callable[[], Exception] | None = None
        self._waiter: Task | None = None
        self._is_late = False

    # The receive task's side ......................................................................

    def deliver(self, batch: list[object]) -> None:
        """Takes in the answers of one read, and keeps the list; never waits."""
        if self.is_closed:
            return
        if self._came:
            self._came += batch
        else:
            self._came = batch
            self._wake()

    def close(self, error: Callable[[], Exception] | None = None) -> None:
        """Takes in nothing more; who waits gets what has come, and the error after that."""
        if not self.is_closed:
            self.is_closed = True
            self._error = error
            self._wake()

    def expire(self) -> None:
        """Lets the task go on that waits, if nothing has come."""
        if self._waiter is not None:
            self._is_late = True
            self._wake()

    # The side of the task that asked ..............................................................

    @property
    def are_complete(self) -> bool:
        """Whether everything has come and was taken, and nothing went wrong."""
        return self.is_closed and not self._came and self._error is None

    async def take(self) -> list[object]:
        """Waits for answers and gives them; none where it expired, or all were taken before.

        A checkpoint. Only one task may do this at a time.

        Raises:
            Exception: What it was closed with.
        """
        if self._came or self.is_closed:
            await trio.lowlevel.checkpoint()
        else:
            self._waiter = current_task()
            await wait_task_rescheduled(self._stop_waiting)
        if self._is_late:
            self._is_late = False
            return []
        if not self._came and self._error is not None:
            raise self._error()
        came, self._came = self._came, []
        return came

    def discard(self) -> None:
        """Ends it for good."""
        self.is_closed = True
        self._came = []

    # Inside .......................................................................................

    def _wake(self) -> None:
        if self._waiter is not None:
            waiter, self._waiter = self._waiter, None
            reschedule(waiter)

    def _stop_waiting(self, _: object) -> Abort:
        self._waiter = None
        return Abort.SUCCEEDED
