"""Requests without an id: nothing in an answer says whose it is, and TWS knows each once.

Of a question, everyone who waits for an answer of its type gets it; that only one is under way at a
time is up to those who ask. A subscription is shared: TWS is told of the first who follows it and
of the last who leaves, and whoever comes in between gets what is known so far.
"""

from collections.abc import Callable, Hashable
from itertools import chain
from typing import Final, final

import trio

from trio_tws._client._conversation import Box, Conversation
from trio_tws._client._inbox import Inbox
from trio_tws._model.families import request_error
from trio_tws._model.nameless import meant
from trio_tws._model.session import Error
from trio_tws._wire.late import frozen
from trio_tws.protocol._routing import Route, rivals

_TAIL: Final = 5.0
"""Seconds in which the rest of a list still comes whose subscription was ended in the middle."""


@final
@frozen
class Following:
    """A subscription without an id.

    Attributes:
        request: Begins it.
        stop: Ends it.
        end: The type of the message behind the list that comes first.
        key: Tells what a message replaces that came before it.
    """

    request: object
    stop: object
    end: type
    key: Callable[[object], Hashable]


class Shared:
    """One subscription at TWS, and all who follow it here.

    Attributes:
        following: What was asked for.
        over: Set once the last has left.
    """

    def __init__(self, following: Following) -> None:
        self.following = following
        self.over = trio.Event()
        self.members: list[Conversation[Box]] = []
        self.latest: dict[Hashable, object] = {}
        self.end: object | None = None
        self.left_at = 0.0

    def note(self, event: object) -> None:
        """Keeps what a newcomer has to know."""
        if isinstance(event, self.following.end):
            self.end = event
        else:
            self.latest[self.following.key(event)] = event

    @property
    def known(self) -> list[object]:
        """What has come so far, as a list of its own would be: the newest of each, then the end."""
        return [*self.latest.values(), *([] if self.end is None else [self.end])]


class Unkeyed:
    """The requests of one session that have no id."""

    def __init__(self) -> None:
        self._waiting: dict[type, list[Conversation[Box]]] = {}
        self._shared: dict[type, Shared] = {}
        self._cut_short: dict[type, Shared] = {}

    def add(self, conversation: Conversation[Box]) -> None:
        """Registers a question and who asked it."""
        self._waiting.setdefault(type(conversation.request), []).append(conversation)

    def under_way(self, kind: type) -> Conversation[Box] | None:
        """Gives the first of the questions that TWS has not answered, and that end as this does."""
        for rival in rivals(kind):
            for conversation in self._waiting.get(rival, ()):
                return conversation
        return None

    def forget(self, kind: type) -> None:
        """Gives up those questions: TWS will not answer any more."""
        for rival in rivals(kind):
            self._waiting.pop(rival, None)

    # Subscriptions ................................................................................

    def shared(self, kind: type) -> Shared | None:
        """Gives the subscription of a kind that TWS knows now."""
        return self._shared.get(kind)

    def follow(self, following: Following, inbox: Inbox) -> Conversation[Inbox]:
        """Registers one more follower; TWS has been told of the first.

        A list that the end of an earlier subscription has cut in two is put together: its first
        part is known, and the rest comes now, or all of it comes anew.
        """
        kind = type(following.request)
        shared = self._shared.get(kind)
        if shared is None:
            shared = self._shared[kind] = Shared(following)
            cut = self._cut_short.pop(kind, None)
            if (
                cut is not None
                and cut.following.request == following.request
                and trio.current_time() < cut.left_at + _TAIL
            ):
                shared.latest = cut.latest
        conversation = Conversation(shared.following.request, inbox, None)
        shared.members.append(conversation)
        if shared.known:
            conversation.is_answered = True
            inbox.deliver(shared.known)
        return conversation

    def unfollow(self, conversation: Conversation[Box]) -> object | None:
        """Forgets a follower; gives what TWS has to be told, if it was the last."""
        kind = type(conversation.request)
        shared = self._shared.get(kind)
        if shared is None or conversation not in shared.members:
            return None
        shared.members.remove(conversation)
        if shared.members:
            return None
        self._close(kind)
        if shared.latest and shared.end is None:
            shared.left_at = trio.current_time()
            self._cut_short[kind] = shared
        return shared.following.stop

    def _close(self, kind: type) -> None:
        self._shared.pop(kind).over.set()

    # What comes ...................................................................................

    def take(self, event: object, route: Route) -> list[Conversation[Box]]:
        """Gives an answer to all who asked for it; gives those to whom more is to come."""
        waiting, shared, cut_short = self._waiting, self._shared, self._cut_short
        if not (waiting or shared or cut_short):
            return []  # as it mostly is with reports of orders
        asking: list[Conversation[Box]] = []
        for request in route.requests:
            if request in waiting:
                asking += waiting.pop(request) if route.is_last else waiting[request]
            if request in shared:
                shared[request].note(event)
                asking += shared[request].members
            elif request in cut_short and isinstance(event, cut_short[request].following.end):
                del cut_short[request]
        touched = [conversation for conversation in asking if conversation.add(event)]
        if route.is_last:
            for conversation in asking:
                conversation.end()
        return touched

    def fail(self, error: Error) -> None:
        """Ends what an error can mean that names no request."""
        for kind in meant(error, {*self._waiting, *self._shared}):
            for conversation in self._end(kind):
                conversation.fail(request_error(error, conversation.request))

    def fail_to_read(self, route: Route, error: Exception) -> None:
        """Gives the error to all who wait for an answer that can't be read."""
        for request in route.requests:
            for conversation in self._end(request):
                conversation.fail(error)

    def _end(self, kind: type) -> list[Conversation[Box]]:
        ended = self._waiting.pop(kind, [])
        if kind in self._shared:
            ended = [*ended, *self._shared[kind].members]
            self._close(kind)
        return ended

    def conversations(self) -> list[Conversation[Box]]:
        """Gives all who wait, in no order."""
        following = [shared.members for shared in self._shared.values()]
        return list(chain.from_iterable([*self._waiting.values(), *following]))
