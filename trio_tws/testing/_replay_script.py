"""What a recorded program asked, and what came of each: a recording made ready to be served.

Each message of TWS gets a cause among what the program had sent before it, and is sent again as
long after that cause as it was then. In this order:

- the cost of an execution has the cause of that execution;
- an answer without an id, such as a position, has the last request that it can be an answer to;
  news of an order only until the list that was asked for has ended;
- what names a request or an order has the last message with that id: the request itself, a change
  of the order, or the cancel, if it came after that;
- the end of the connection has whatever was sent last; but if the program was the first to leave,
  it has none, as TWS only followed it, and a slower program is to have its time;
- all else, such as notices about farms, has the start of the session.
"""

from collections.abc import Iterable, Iterator
from typing import Final, final

import attrs

from trio_tws._model.executions import CommissionAndFeesReport, ExecutionData
from trio_tws._model.session import Error, StartApi
from trio_tws.protocol import MalformedMessage, Role, ServerHello, UnknownMessage
from trio_tws.protocol._routing import Route, routes
from trio_tws.testing._recording import Passage, PassageKind
from trio_tws.testing._recording_messages import Decoder
from trio_tws.testing._replay_ids import Id, Renumber, id_of, renumbered


@final
@attrs.frozen(eq=False)
class Answer:
    """A passage from TWS, and the message in it; None if it is no frame."""

    passage: Passage
    message: object
    delay: float
    """Seconds after its cause."""


@final
class Asked:
    """Something that the recorded program sent.

    Attributes:
        message: What it sent.
        id: The id in it.
        pattern: The message without its own id, to be compared.
        answers: What came of it, in its order.
    """

    def __init__(self, number: int, passage: Passage, message: object) -> None:
        self.number: Final = number
        self.offset: Final = passage.offset
        self.message: Final = message
        self.id: Final = id_of(message)
        self.pattern: Final = pattern_of(message, lambda one: one.number)
        self.answers: Final[list[Answer]] = []


@final
@attrs.frozen(eq=False)
class Script:
    """A recording, by causes."""

    hello: Asked | None
    """The program's greeting; what came before its session was started is in its answers."""
    asked: tuple[Asked, ...]
    """What it sent afterwards."""
    server_hello: ServerHello | None


def script_of(passages: Iterable[Passage], *, is_timeline: bool = False) -> Script:
    """Sorts a recording by causes.

    Args:
        passages: The recording.
        is_timeline: Whether the start of the session is the cause of everything after it.
    """
    return _Author(is_timeline=is_timeline).write(passages)


def pattern_of(message: object, translate: Renumber) -> object:
    """Gives a message so that the same message of another program is equal to it.

    Its own id is taken out, and those of orders to which it refers are translated.
    """
    if isinstance(message, MalformedMessage):
        return UnknownMessage(-1, message.payload)  # errors are never equal
    own = id_of(message)
    return renumbered(message, lambda one: 0 if one == own else translate(one))


class _Author:
    def __init__(self, *, is_timeline: bool) -> None:
        self._is_timeline = is_timeline
        self._decoder = Decoder()
        self._hello: Asked | None = None
        self._server_hello: ServerHello | None = None
        self._start: Asked | None = None
        self._asked: list[Asked] = []
        self._by_id: dict[Id, Asked] = {}
        self._by_type: dict[type, Asked] = {}
        self._by_execution: dict[str, Asked] = {}
        self._ended: set[Asked] = set()
        self._has_left = False
        self._routes: dict[type, Route] = {}

    def write(self, passages: Iterable[Passage]) -> Script:
        for passage in passages:
            message = self._decoder.decode(passage)
            if passage.sender is Role.CLIENT:
                self._has_left = self._has_left or passage.kind is PassageKind.CLOSE
                if message is not None:
                    self._ask(passage, message)
                continue
            if isinstance(message, ServerHello):
                self._server_hello = message
                self._routes = routes(message.server_version)
            cause = self._cause(passage, message)
            if cause is not None:
                delay = max(0.0, passage.offset - cause.offset)
                cause.answers.append(Answer(passage, message, delay))
        return Script(self._hello, tuple(self._asked), self._server_hello)

    def _ask(self, passage: Passage, message: object) -> None:
        asked = Asked(len(self._asked), passage, message)
        if self._hello is None:
            self._hello = self._start = asked
            return
        if isinstance(message, StartApi) and self._start is self._hello:
            self._start = asked
        self._asked.append(asked)
        self._by_type[type(message)] = asked
        if asked.id is not None:
            self._by_id[asked.id] = asked

    def _cause(self, passage: Passage, message: object) -> Asked | None:
        """Gives the cause of a passage from TWS; None if it is not to be played.

        Before the program's greeting there is none: a server has nothing to say then.
        """
        if self._is_timeline:
            return self._start
        if passage.kind is PassageKind.CLOSE:
            last = self._asked[-1] if self._asked else self._start
            return None if self._has_left else last
        return next(self._causes(message), self._start)

    def _causes(self, message: object) -> Iterator[Asked]:
        """Gives what may be the cause of a message, the likeliest first."""
        if isinstance(message, CommissionAndFeesReport) and message.exec_id in self._by_execution:
            yield self._by_execution[message.exec_id]
        route = self._routes.get(type(message))
        if route is not None and not route.is_keyed:
            yield from self._lists(route)
        own = id_of(message)
        if own is None:
            return
        ids = [own, attrs.evolve(own, is_order=True)] if isinstance(message, Error) else [own]
        found = [self._by_id[one] for one in ids if one in self._by_id]
        for cause in sorted(found, key=lambda one: -one.number):
            if isinstance(message, ExecutionData):
                self._by_execution[message.execution.exec_id] = cause
            yield cause

    def _lists(self, route: Route) -> Iterator[Asked]:
        asked = [self._by_type[cls] for cls in route.requests if cls in self._by_type]
        if not asked:
            return
        last = max(asked, key=lambda one: one.number)
        if route.is_news_of_orders and last in self._ended:
            return
        if route.is_last:
            self._ended.add(last)
        yield last
