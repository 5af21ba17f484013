"""IB's own bulletins: one subscription at TWS, shared by all who read them here.

The request has no id, and neither have the bulletins; TWS knows of one subscription for each
program. So readers are counted: the first has it begun, the last has it ended.
"""

from collections.abc import AsyncIterator, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Literal, cast, overload

from trio_tws._client._event_stream import EventStream
from trio_tws._client._inbox import DEFAULT_BUFFER, Gap, Inbox, Overflow, check_buffer
from trio_tws._client._session import Session
from trio_tws._client._subscription import Subscription
from trio_tws._client._topic import Topic
from trio_tws._model.news import CancelNewsBulletins, NewsBulletins, ReqNewsBulletins
from trio_tws.protocol import MalformedMessage


class _Bulletins(EventStream):
    """The bulletins as one reader gets them, and the end of it if one can't be read."""

    def __init__(self, inbox: Inbox) -> None:
        super().__init__(inbox, (NewsBulletins,))

    def deliver(self, batch: list[object]) -> None:
        for at, event in enumerate(batch):
            if isinstance(event, MalformedMessage) and event.message_type is NewsBulletins:
                super().deliver(batch[:at])
                self._fail(event.error)
                return
        super().deliver(batch)

    def _fail(self, error: Exception) -> None:
        self.inbox.close(lambda: error)


class BulletinMethods(Topic):
    """What `TWS` offers about IB's bulletins."""

    def __init__(self, session: Session, response_timeout: float) -> None:
        super().__init__(session, response_timeout)
        self._bulletin_readers = 0

    @overload
    def open_news_bulletins(
        self,
        *,
        all_messages: bool = True,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[Subscription[NewsBulletins]]: ...

    @overload
    def open_news_bulletins(
        self,
        *,
        all_messages: bool = True,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["gap"],
    ) -> AbstractAsyncContextManager[Subscription[NewsBulletins | Gap]]: ...

    def open_news_bulletins(
        self,
        *,
        all_messages: bool = True,
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> AbstractAsyncContextManager[Subscription[NewsBulletins | Gap]]:
        """Opens the stream of IB's own bulletins, such as of exchanges that close.

        It may be silent for days, and ends only when it is left. Any number of tasks may open it:
        they share one subscription, which ends at TWS when the last of them leaves.

        Args:
            all_messages: Whether those of earlier today come first. One who asks for them while
                others listen has TWS tell them again, and to all; ``msg_id`` tells them apart.
            buffer: How many bulletins may wait to be taken.
            overflow: What happens to more: see `open_ticks`; ``latest`` keeps all of them, but each
                only once.

        Raises:
            LocalProtocolError: The buffer holds nothing; nothing was sent.
            ConnectionLost: The session ended.

        The iteration raises `RemoteProtocolError` if a bulletin can't be read. Nothing names a
        refusal by TWS as one of this request, so `events` alone would tell of it; none is known.

        Entering is a checkpoint; leaving is none, and tells TWS to stop whatever happens.

        Sends ReqNewsBulletins, and CancelNewsBulletins in the end. Source:
        EClient.reqNewsBulletins.
        """
        bulletins = self._open_bulletins(buffer, overflow, all_messages=all_messages)
        return cast("AbstractAsyncContextManager[Subscription[NewsBulletins | Gap]]", bulletins)

    @asynccontextmanager
    async def _open_bulletins(
        self, buffer: int, overflow: Overflow, *, all_messages: bool
    ) -> AsyncIterator[Subscription[object]]:
        check_buffer(buffer)
        request = ReqNewsBulletins(all_messages)
        async with self._session.pacer.turn(request):
            if all_messages or not self._bulletin_readers:
                self._session.send_nowait(request)
            stream = _Bulletins(Inbox("open_news_bulletins", buffer, overflow, _bulletin_key))
            self._session.streams.add(stream)
            self._bulletin_readers += 1
        is_open = True

        def close() -> None:
            nonlocal is_open
            self._session.streams.remove(stream)
            if is_open:
                is_open = False
                self._leave_bulletins()

        subscription = Subscription[object](stream.inbox, request, close)
        try:
            yield subscription
        finally:
            subscription.close()

    def _leave_bulletins(self) -> None:
        self._bulletin_readers -= 1
        if not self._bulletin_readers and self._session.lost is None:
            self._session.send_nowait(CancelNewsBulletins())


def _bulletin_key(bulletin: object) -> Hashable:
    return getattr(bulletin, "msg_id", None)
