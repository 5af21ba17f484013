"""What the methods of every topic are made of: ask and await the answers, or open a stream."""

from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager

import trio

from trio_tws._client._conversation import Conversation
from trio_tws._client._inbox import Inbox, Overflow, check_buffer
from trio_tws._client._session import Session
from trio_tws._client._subscription import Subscription
from trio_tws._errors import ResponseTimeout


class Topic:
    """The base of the method groups that `TWS` is assembled of."""

    def __init__(self, session: Session, response_timeout: float) -> None:
        self._session = session
        self._response_timeout = response_timeout

    async def _ask(self, request: object) -> list[object]:
        """Sends a request and gives its answers, the end marker included.

        Cancelled, it takes the request back at TWS.

        Raises:
            RequestError: TWS ended it.
            ResponseTimeout: Nothing came within the response timeout; the request is taken back.
            ConnectionLost: The session ended.
            RemoteProtocolError: An answer could not be read.
        """
        await self._session.ready_to_send()
        inbox = Inbox(type(request).__name__)
        conversation = self._session.begin(request, inbox)
        return await self._collect(conversation)

    async def _share(self, request: object) -> list[object]:
        """As `_ask`, for a request without an id: callers at the same time share one answer."""
        await self._session.ready_to_send()
        conversation = self._session.join(request, Inbox(type(request).__name__))
        return await self._collect(conversation)

    async def _collect(self, conversation: Conversation) -> list[object]:
        try:
            answers: list[object] = []
            with trio.move_on_after(self._response_timeout):
                answers = await conversation.inbox.take()
            if not answers:
                raise ResponseTimeout(conversation.request, self._response_timeout)
            while True:
                try:
                    answers += await conversation.inbox.take()
                except trio.EndOfChannel:
                    return answers
        finally:
            self._session.leave(conversation)

    @asynccontextmanager
    async def _subscribe(
        self,
        make_request: Callable[[int], object],
        buffer: int,
        overflow: Overflow,
        key: Callable[[object], Hashable] = type,
    ) -> AsyncIterator[Subscription[object]]:
        """Sends a request and gives the stream of its answers; leaving takes it back at TWS."""
        check_buffer(buffer)
        await self._session.ready_to_send()
        request = make_request(self._session.take_request_id())
        inbox = Inbox(type(request).__name__, buffer, overflow, key)
        conversation = self._session.begin(request, inbox)
        subscription = Subscription[object](
            inbox, request, lambda: self._session.leave(conversation)
        )
        try:
            yield subscription
        finally:
            subscription.close()
