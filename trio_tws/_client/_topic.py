"""What the methods of every topic are made of: ask and await the answers, or open a stream."""

import math
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import trio

from trio_tws._client._answers import Answers
from trio_tws._client._conversation import ANSWERED, Box, Conversation, Manner
from trio_tws._client._event_stream import EventStream
from trio_tws._client._inbox import Inbox, Overflow, check_buffer
from trio_tws._client._session import Session
from trio_tws._client._subscription import Again, Subscription
from trio_tws._client._unkeyed import Following
from trio_tws._errors import LocalProtocolError, RemoteProtocolError, ResponseTimeout, TWSError
from trio_tws._model.advisors import ReplaceFA
from trio_tws._model.bars import ReqHistoricalData
from trio_tws._model.config import UpdateConfig
from trio_tws._model.historical_ticks import ReqHistoricalTicks
from trio_tws._model.tick_by_tick import ReqTickByTickData
from trio_tws._model.ticks import ReqMktData

T = TypeVar("T")

_SETTLING: Final = 5.0
"""Seconds after the start in which TWS may drop what it is sent: its farms still connect."""

_GRACE: Final = 4.0
"""Seconds without an answer after which a request of that time is sent again, once."""

_GRACE_OF_HISTORY: Final = 16.0
"""The same for what TWS refuses to be asked twice within 15 seconds."""

_HISTORY: Final = (ReqHistoricalData, ReqHistoricalTicks, ReqTickByTickData)


_CHANGES_SOMETHING: Final = (ReplaceFA, UpdateConfig)


def _is_harmless(request: object) -> bool:
    """Tells whether a request may reach TWS twice: some cost money, and some change settings."""
    if isinstance(request, ReqMktData):
        return not request.regulatory_snapshot
    return not isinstance(request, _CHANGES_SOMETHING)


class Topic:
    """The base of the method groups that `TWS` is assembled of."""

    def __init__(self, session: Session, response_timeout: float) -> None:
        self._session = session
        self._response_timeout = response_timeout

    # Answers ......................................................................................

    async def _ask(
        self,
        request: object,
        is_last: Callable[[object], bool] | None = None,
        *,
        goes_on: bool = False,
    ) -> list[object]:
        """Sends a request and gives its answers, the end marker included.

        Cancelled, it takes the request back at TWS. Right after the start, when TWS may not listen
        yet, a request that gets no answer is sent once more.

        Args:
            request: The request; its id is used for nothing else.
            is_last: Tells which answer is the last, where the tables do not say it.
            goes_on: Whether TWS sends more after that one, so that it has to be told to stop.

        Raises:
            RequestError: TWS ended it.
            ResponseTimeout: Nothing came within the response timeout; the request is taken back.
            ConnectionLost: The session ended.
            RemoteProtocolError: An answer could not be read.
        """
        async with self._session.pacer.turn(request, then_waits=True):
            conversation = self._session.begin(request, Answers())
        first, last = self._patience(conversation)
        try:
            answers = await self._session.watch.first(conversation.inbox, first)
            if not answers and first < last:
                again = self._session.begin(self._session.renewed(request), Answers())
                conversation, answers = await self._race(conversation, again, last)
            answers = await self._rest(conversation, answers, is_last)
            if is_last is not None and not goes_on:
                self._session.finish(conversation)
            return answers
        finally:
            self._session.leave(conversation)

    def _patience(self, conversation: Conversation[Box]) -> tuple[float, float]:
        """Gives until when a request waits for its first answer, on trio's clock.

        That is before it is sent once more, and before it is given up.
        """
        began, request = conversation.began_at, conversation.request
        last = began + self._response_timeout
        if began >= self._session.ready_at + _SETTLING or not _is_harmless(request):
            return last, last
        grace = _GRACE_OF_HISTORY if isinstance(request, _HISTORY) else _GRACE
        return min(began + grace, last), last

    async def _race(
        self, first: Conversation[Answers], second: Conversation[Answers], deadline: float
    ) -> tuple[Conversation[Answers], list[object]]:
        """Gives what comes first to either of two, and which it is; the other is taken back."""
        winner, answers = first, list[object]()
        failures: list[TWSError] = []

        async def wait_for(one: Conversation[Answers]) -> None:
            nonlocal winner, answers
            failure, came = None, list[object]()
            try:
                came = await one.inbox.take()
            except TWSError as error:
                failure = error
            if not nursery.cancel_scope.cancel_called:  # the other was not quicker
                winner, answers = one, came
                failures.extend([failure] if failure is not None else [])
                nursery.cancel_scope.cancel()

        try:
            async with trio.open_nursery() as nursery:
                nursery.cancel_scope.deadline = deadline
                nursery.start_soon(wait_for, first)
                nursery.start_soon(wait_for, second)
        finally:
            self._session.leave(first if winner is second else second)
        for failure in failures:
            self._session.leave(winner)
            raise failure
        return winner, answers

    async def _rest(
        self,
        conversation: Conversation[Answers],
        answers: list[object],
        is_last: Callable[[object], bool] | None = None,
    ) -> list[object]:
        """Gives the answers that came first, and all others."""
        if not answers:
            raise ResponseTimeout(conversation.request, self._response_timeout)
        while not conversation.inbox.are_complete:
            if is_last is not None and any(map(is_last, answers)):
                break
            answers += await conversation.inbox.take()
        return answers

    async def _share(self, request: object) -> list[object]:
        """As `_ask`, for a request without an id: nothing in an answer says whose it is.

        Callers of the same thing share one answer, if none of it has come yet. Others wait until
        TWS has answered those before them, whether or not anybody still waits for that.
        """
        conversation = await self._turn(request)
        first, last = self._patience(conversation)
        try:
            answers = await self._session.watch.first(conversation.inbox, first)
            if not answers and first < last:
                self._session.send_nowait(request)
                answers = await self._session.watch.first(conversation.inbox, last)
            return await self._rest(conversation, answers)
        finally:
            self._session.leave(conversation)

    async def _turn(self, request: object) -> Conversation[Answers]:
        kind = type(request)
        while True:
            async with self._session.pacer.turn(request, then_waits=True):
                under_way = self._session.unkeyed.under_way(kind)
                if under_way is None:
                    return self._session.begin(request, Answers())
            end = under_way.began_at + self._response_timeout
            if end <= trio.current_time():
                self._session.unkeyed.forget(kind)
            elif under_way.request == request and not under_way.is_answered:
                return self._session.join(under_way, Answers())
            else:
                with trio.move_on_at(end):
                    await under_way.over()

    async def _one(self, request: object, kind: type[T], *, shared: bool = False) -> T:
        """Gives the only answer to a request.

        Raises:
            RemoteProtocolError: TWS ended the request without one.
        """
        answers = await (self._share(request) if shared else self._ask(request))
        for answer in answers:
            if isinstance(answer, kind):
                return answer
        raise RemoteProtocolError(
            f"TWS ended {type(request).__name__} without a {kind.__name__}: {answers}"
        )

    async def _all(self, request: object, kind: type[T], *, shared: bool = False) -> list[T]:
        """Gives the answers of one kind to a request, in the order of TWS."""
        answers = await (self._share(request) if shared else self._ask(request))
        return [answer for answer in answers if isinstance(answer, kind)]

    # Streams ......................................................................................

    @asynccontextmanager
    async def _subscribe(
        self,
        make_request: Callable[[int], object],
        buffer: int,
        overflow: Overflow,
        key: Callable[[object], Hashable] = type,
        manner: Manner = ANSWERED,
    ) -> AsyncIterator[Subscription[object]]:
        """Sends a request and gives the stream of its answers; leaving takes it back at TWS.

        Right after the start, one that stays silent is sent once more, as by `_ask`.
        """
        check_buffer(buffer)
        request = make_request(self._session.take_request_id())
        inbox = Inbox(type(request).__name__, buffer, overflow, key)
        async with self._session.pacer.turn(request):
            conversation = self._session.begin(request, inbox, manner)

        def send_again() -> object:
            nonlocal conversation
            conversation = self._session.replace(conversation)
            return conversation.request

        first, last = self._patience(conversation)
        subscription = Subscription[object](
            inbox,
            request,
            lambda: self._session.leave(conversation),
            Again(first, send_again) if first < last else None,
        )
        try:
            yield subscription
        finally:
            subscription.close()

    @asynccontextmanager
    async def _listen(
        self, types: tuple[type, ...], inbox: Inbox
    ) -> AsyncIterator[Subscription[object]]:
        """Gives the stream of all messages of some types, whoever asked for them; none for all."""
        await self._session.ready_to_send()
        stream = EventStream(inbox, types)
        self._session.streams.add(stream)
        subscription = Subscription[object](
            inbox, None, lambda: self._session.streams.remove(stream)
        )
        try:
            yield subscription
        finally:
            subscription.close()

    # Subscriptions without an id ..................................................................

    @asynccontextmanager
    async def _follow(
        self,
        following: Following,
        buffer: int | None,
        overflow: Overflow,
        *,
        waits: bool = False,
    ) -> AsyncIterator[Subscription[object]]:
        """Gives the stream of a subscription without an id: first the list, its end, then changes.

        All who open it share one subscription at TWS, which the last to leave ends.

        Args:
            following: What to follow.
            buffer: How many events may wait to be taken.
            overflow: What happens to more.
            waits: Whether to wait where TWS can follow one such thing only, and follows another.

        Raises:
            LocalProtocolError: It does, and `waits` is false.
        """
        check_buffer(buffer)
        inbox = Inbox(type(following.request).__name__, buffer, overflow, following.key)
        conversation = await self._join(following, inbox, waits=waits)

        def send_again() -> object:
            self._session.send_nowait(following.request)
            return following.request

        first, last = self._patience(conversation)
        subscription = Subscription[object](
            inbox,
            following.request,
            lambda: self._session.unfollow(conversation),
            Again(first, send_again) if first < last else None,
        )
        try:
            yield subscription
        finally:
            subscription.close()

    async def _join(
        self, following: Following, inbox: Inbox, *, waits: bool
    ) -> Conversation[Inbox]:
        kind = type(following.request)
        while True:
            async with self._session.pacer.turn(following.request):
                other = self._session.unkeyed.shared(kind)
                if other is None or other.following.request == following.request:
                    return self._session.follow(following, inbox)
            if not waits:
                raise LocalProtocolError(
                    f"TWS follows one {kind.__name__} at a time for each client, and now follows "
                    f"{other.following.request}: leave that block before opening "
                    f"{following.request}"
                )
            await other.over.wait()

    async def _list(self, following: Following) -> list[object]:
        """Gives what a subscription without an id begins with, its end included, and leaves it.

        Where TWS can follow one such thing only, and follows another, it waits until that is over.

        Raises:
            ResponseTimeout: Nothing came within the response timeout.
        """
        answers: list[object] = []
        async with self._follow(following, None, "raise", waits=True) as stream:
            deadline = trio.current_time() + self._response_timeout
            while not answers or not isinstance(answers[-1], following.end):
                with trio.move_on_at(math.inf if answers else deadline) as scope:
                    answers.append(await anext(stream))
                if scope.cancelled_caught:
                    raise ResponseTimeout(following.request, self._response_timeout)
        return answers
