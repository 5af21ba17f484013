"""One program that is served a recording."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache, partial
from typing import Final, final

import attrs
import trio

from trio_tws._errors import RemoteProtocolError
from trio_tws._model import MESSAGES
from trio_tws._model.session import Error, StartApi
from trio_tws._wire.fields import spec_of
from trio_tws.protocol import NEED_DATA, Connection, EndOfStream, Hello, Role
from trio_tws.testing._agenda import Agenda
from trio_tws.testing._outgoing import Outgoing
from trio_tws.testing._recording import PassageKind
from trio_tws.testing._replay_ids import Id, id_of, renumbered
from trio_tws.testing._replay_script import Answer, Asked, Script, pattern_of

FAREWELL: Final = 1.0
"""Seconds for a program to close its end where the recorded TWS has closed its own."""

_READ_SIZE: Final = 64 * 1024
_REFUSED: Final = 321


@final
class ReplayMismatch(AssertionError):
    """A program sent what the recording does not have, or not once more.

    Attributes:
        sent: What it sent.
        nearest: The next message of that kind which the recording has, and which it has not sent
            yet; None if there is none.
    """

    def __init__(self, sent: object, nearest: object | None) -> None:
        name = type(sent).__name__
        words = f"the program sent {sent!r}, and the recording has no {name} that is left"
        if nearest is not None:
            told = ", ".join(_differences(sent, nearest))
            words = f"the program sent a {name} that the recording does not have; {told}"
        super().__init__(words)
        self.sent = sent
        self.nearest = nearest


@final
class _Lane:
    """What comes of one message of the program."""

    def __init__(self, asked: Asked, own: Id | None) -> None:
        self.asked = asked
        self.own = own
        self.began_at = trio.current_time()
        self.is_over = False


@final
class ReplaySession:
    """The server's end of one connection.

    Attributes:
        left: What the recorded program sent and this one has not.
    """

    def __init__(
        self,
        script: Script,
        stream: trio.abc.HalfCloseableStream,
        *,
        speed: float,
        is_timeline: bool,
        on_mismatch: Callable[[ReplayMismatch], None],
    ) -> None:
        self.left: list[Asked] = list(script.asked)
        self._script = script
        self._stream = stream
        self._speed = speed
        self._is_timeline = is_timeline
        self._on_mismatch = on_mismatch
        self._connection = Connection(Role.SERVER)
        self._outgoing = Outgoing()
        self._agenda = Agenda()
        self._lanes: list[_Lane] = []
        self._theirs: dict[Id, Id] = {}
        self._ours: dict[Id, Id] = {}
        self._has_closed = trio.Event()

    async def run(self) -> None:
        """Serves the program until either side closes."""
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._write, nursery.cancel_scope)
                nursery.start_soon(self._agenda.run, self._outgoing.wait_for_room)
                nursery.start_soon(self._close, nursery.cancel_scope)
                await self._read()
                nursery.cancel_scope.cancel()
        finally:
            await trio.aclose_forcefully(self._stream)

    # What comes ...................................................................................

    async def _read(self) -> None:
        while True:
            try:
                data = await self._stream.receive_some(_READ_SIZE)
                self._connection.receive_data(bytes(data))
                while (event := self._connection.next_event()) is not NEED_DATA:
                    if isinstance(event, EndOfStream):
                        return
                    self._take(event)
            except (trio.BrokenResourceError, trio.ClosedResourceError, RemoteProtocolError):
                return

    def _take(self, event: object) -> None:
        match event:
            case Hello():
                if self._script.server_hello is not None:
                    self._connection.send(self._script.server_hello)  # its own bytes are played
                if self._script.hello is None:  # nothing was said: nobody is there
                    self._has_closed.set()
                else:
                    self._begin(self._script.hello, None)
            case _:
                self._answer(event)

    def _answer(self, message: object) -> None:
        asked = self._match(message)
        own = id_of(message)
        if asked is not None:
            self.left.remove(asked)
            if own is not None and asked.id is not None:
                self._theirs[own] = asked.id
                self._ours[asked.id] = own
        self._end_what_is_cancelled(type(message), own)
        if asked is not None:
            self._begin(asked, own)
        elif not self._is_timeline and type(message) not in _cancels():
            self._refuse(message, own)

    def _match(self, message: object) -> Asked | None:
        """Finds what the recorded program sent when it sent the same."""
        alike = [asked for asked in self.left if type(asked.message) is type(message)]
        if isinstance(message, StartApi):  # whatever client it is
            return alike[0] if alike else None
        own = id_of(message)
        if own is not None and (own.is_order or type(message) in _cancels()):
            # It is about something that is there already, if its id is known.
            known = self._theirs.get(own)
            taken = set(self._ours)
            alike = [one for one in alike if (one.id == known if known else one.id not in taken)]
        pattern = pattern_of(message, self._translate)
        return next((asked for asked in alike if asked.pattern == pattern), None)

    def _translate(self, theirs: Id) -> int:
        return self._theirs.get(theirs, theirs).number

    def _refuse(self, message: object, own: Id | None) -> None:
        alike = (one.message for one in self.left if type(one.message) is type(message))
        self._on_mismatch(ReplayMismatch(message, next(alike, None)))
        if own is not None:
            words = "Error validating request.-'the recording has no such request'"
            error = Error(own.number, _REFUSED, words)
            self._outgoing.put(self._connection.send(error))

    def _end_what_is_cancelled(self, cancel: type, own: Id | None) -> None:
        requests = _cancels().get(cancel, ())
        for lane in self._lanes:
            if type(lane.asked.message) in requests and lane.own == own:
                lane.is_over = True

    # What goes ....................................................................................

    def _begin(self, asked: Asked, own: Id | None) -> None:
        lane = _Lane(asked, own)
        self._lanes = [one for one in self._lanes if not one.is_over] + [lane]
        self._play(lane, 0)

    def _play(self, lane: _Lane, at: int) -> None:
        """Puts down an answer for its time, and after it the next."""
        if at == len(lane.asked.answers):
            lane.is_over = True
            return
        answer = lane.asked.answers[at]
        due = lane.began_at + answer.delay / self._speed
        self._agenda.put(max(0.0, due - trio.current_time()), partial(self._say, lane, at))

    def _say(self, lane: _Lane, at: int) -> None:
        if lane.is_over:
            return
        answer = lane.asked.answers[at]
        if answer.passage.kind is PassageKind.CLOSE:
            self._has_closed.set()
            return
        self._outgoing.put(self._bytes_of(answer, lane))
        self._play(lane, at + 1)

    def _bytes_of(self, answer: Answer, lane: _Lane) -> bytes:
        """Gives the recorded bytes; others only if the ids in them have to be others."""
        if type(answer.message) not in _known():
            return answer.passage.on_the_wire

        def number(one: Id) -> int:
            asked = lane.asked.id
            is_own = one == asked
            if asked is not None and isinstance(answer.message, Error):
                is_own = one.number == asked.number
            own = lane.own if is_own else self._ours.get(one)
            return one.number if own is None else own.number

        message = renumbered(answer.message, number)
        if message == answer.message:
            return answer.passage.on_the_wire
        return self._connection.send(message)

    async def _write(self, session: trio.CancelScope) -> None:
        while True:
            data = await self._outgoing.take()
            try:
                await self._stream.send_all(data)
            except trio.BrokenResourceError:
                session.cancel()
                return

    async def _close(self, session: trio.CancelScope) -> None:
        await self._has_closed.wait()
        await self._outgoing.wait_until_written()
        with suppress(trio.BrokenResourceError):  # it has left first
            await self._stream.send_eof()
        await trio.sleep(FAREWELL)
        session.cancel()


@cache
def _cancels() -> Mapping[type, tuple[type, ...]]:
    """Gives what each cancel of a request takes back; those of orders are answered themselves."""
    found: dict[type, tuple[type, ...]] = {}
    for cls in MESSAGES.outgoing.values():
        cancel = spec_of(cls).cancel
        if cancel is not None:
            found[cancel] = (*found.get(cancel, ()), cls)
    return found


@cache
def _known() -> frozenset[type]:
    return frozenset(MESSAGES.incoming.values())


def _differences(sent: object, recorded: object) -> Iterable[str]:
    """Tells in which fields two messages of a type differ, but for their ids."""
    cls = type(sent)
    for attribute in attrs.fields(cls) if attrs.has(cls) else ():
        ours: object = getattr(sent, attribute.name)
        theirs: object = getattr(recorded, attribute.name)
        if ours != theirs and attribute.name not in {"req_id", "order_id"}:
            yield f"{attribute.name} is {ours!r}, and {theirs!r} in the recording"
