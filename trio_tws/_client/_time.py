"""The time of TWS."""

from datetime import datetime

from trio_tws._client._topic import Topic
from trio_tws._model.session import CurrentTime, ReqCurrentTime


class TimeMethods(Topic):
    """What `TWS` offers about time."""

    async def current_time(self) -> datetime:
        """Gives the time of TWS, to the second: aware, in UTC.

        It also tells whether TWS still answers; it does so even while it has lost IB. Callers at
        the same time share one answer.

        Raises:
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.

        A checkpoint; cancelling it leaves nothing behind.

        Sends ReqCurrentTime. Source: EClient.reqCurrentTime.
        """
        (answer,) = await self._share(ReqCurrentTime())
        assert isinstance(answer, CurrentTime), "only CurrentTime answers ReqCurrentTime"  # noqa: S101
        return answer.time
