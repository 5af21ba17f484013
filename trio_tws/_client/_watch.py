"""What looks at the clock for all who wait for an answer in a session.

A cancel scope with a deadline for each question takes a third of what trio does for the whole of
it, and nearly no question comes to need it. So one task sleeps until the first of the deadlines
that stood when it last looked. By then most of those questions have been answered; it looks again,
and sleeps on.
"""

import math

import trio

from trio_tws._client._answers import Answers
from trio_tws._client._lost import ConnectionLost


class Watch:
    """The deadlines of those who wait."""

    def __init__(self) -> None:
        self._deadlines: dict[Answers, float] = {}
        self._sleep = trio.CancelScope()
        self._wakes_at = math.inf
        self._is_over = False

    async def run(self) -> None:
        """Looks at the clock until `stop`, whatever is cancelled outside."""
        while not self._is_over:
            with trio.CancelScope(deadline=self._wakes_at, shield=True) as self._sleep:
                await trio.sleep_forever()
            self._look()

    def stop(self) -> None:
        """Ends `run`; who still waits finds the session closed."""
        self._is_over = True
        self._sleep.cancel()
        for answers in self._deadlines:
            answers.close(_closed)

    def _look(self) -> None:
        now = trio.current_time()
        for answers, deadline in self._deadlines.items():
            if deadline <= now:
                answers.expire()
        still = (deadline for deadline in self._deadlines.values() if deadline > now)
        self._wakes_at = min(still, default=math.inf)

    async def first(self, answers: Answers, deadline: float) -> list[object]:
        """Gives what comes first; a checkpoint.

        Args:
            answers: Where it comes.
            deadline: Until when something has to come, on trio's clock.

        Returns:
            The answers; none if they have not come in time.

        Raises:
            Exception: What they were closed with.
            ConnectionLost: The session was closed in the meantime.
        """
        if self._is_over:
            with trio.CancelScope(deadline=deadline):
                return await answers.take()
            return []
        self._deadlines[answers] = deadline
        if deadline < self._wakes_at:
            self._wakes_at = self._sleep.deadline = deadline
        try:
            return await answers.take()
        finally:
            del self._deadlines[answers]


def _closed() -> ConnectionLost:
    return ConnectionLost("this side has closed it")
