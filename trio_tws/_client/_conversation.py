"""One request and its answers, as the session keeps it."""

from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar, final

import trio

from trio_tws._client._answers import Answers
from trio_tws._client._inbox import Inbox
from trio_tws._wire.late import frozen

Box = Inbox | Answers
AnyBox = TypeVar("AnyBox", bound=Box)
Box_co = TypeVar("Box_co", bound=Box, covariant=True)


class Keyed(Protocol):
    """A message that names its request."""

    @property
    def req_id(self) -> int: ...


@final
@frozen
class Manner:
    """What is particular about a conversation, and not in the tables."""

    goes_on: bool = False
    """Whether more comes after what is the last answer to other requests of its kind."""
    notices: frozenset[int] = frozenset()
    """The codes of notices on it that belong between its answers."""


ANSWERED: Final = Manner()
"""Nothing is particular."""


class Conversation(Generic[Box_co]):
    """A request under way.

    Attributes:
        request: The request, as it was sent.
        inbox: Where its answers wait: an `Inbox` for a stream, `Answers` for a question.
        req_id: Its id; None for a request that has none.
        manner: What is particular about it.
        is_answered: Whether anything has come.
        is_open: Whether TWS still works on it, so that leaving means cancelling.
        began_at: When it was sent, on trio's clock.
    """

    __slots__ = (
        *("request", "inbox", "req_id", "manner", "is_answered", "is_open", "began_at"),
        *("_over", "_batch"),
    )

    def __init__(
        self, request: object, inbox: Box_co, req_id: int | None, manner: Manner = ANSWERED
    ) -> None:
        self.request = request
        self.inbox = inbox
        self.req_id = req_id
        self.manner = manner
        self.is_answered = False
        self.is_open = True
        self.began_at = trio.current_time()
        self._over: trio.Event | None = None
        self._batch: list[object] = []

    async def over(self) -> None:
        """Waits until TWS has ended it."""
        if self._over is None:
            self._over = trio.Event()
            if not self.is_open:
                self._over.set()
        await self._over.wait()

    def _is_over(self) -> None:
        self.is_open = False
        if self._over is not None:
            self._over.set()

    def add(self, event: object) -> bool:
        """Takes in one answer of a read that is under way; tells whether it is the first of it."""
        self._batch.append(event)
        self.is_answered = True
        return len(self._batch) == 1

    @property
    def taker(self) -> Callable[[object], None]:
        """Takes in one more answer of a read, the fast way; until the next `flush`."""
        return self._batch.append

    def flush(self) -> None:
        """Hands what was taken in to the consumer."""
        if self._batch:
            batch, self._batch = self._batch, []
            self.inbox.deliver(batch)

    def end(self) -> None:
        """The last answer has come."""
        self._is_over()
        self.flush()
        self.inbox.close()

    def fail(self, error: Exception) -> None:
        """TWS has ended the request, or its answer can't be read; the consumer gets the error."""
        self._is_over()
        self.flush()
        self.inbox.close(lambda: error)
