"""One program connected to the simulated TWS: its handshake, its requests, its subscriptions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar, final

import trio
import trio.testing

from trio_tws import _versions as v
from trio_tws._enums import MarketDataKind
from trio_tws._errors import RemoteProtocolError
from trio_tws._model.session import Error, ManagedAccounts, NextValidId, StartApi
from trio_tws.protocol import (
    NEED_DATA,
    Connection,
    EndOfStream,
    Hello,
    MalformedMessage,
    Role,
    ServerHello,
    SessionReady,
    State,
    frame,
)
from trio_tws.testing._agenda import Agenda
from trio_tws.testing._answers import answer
from trio_tws.testing._backlog import Backlog
from trio_tws.testing._farms import farm_of, is_lost_with_data, last_words
from trio_tws.testing._faults import Faults, FaultyStream, Stage, Startup
from trio_tws.testing._order_answers import greet
from trio_tws.testing._outgoing import Outgoing
from trio_tws.testing._throttle import MessageRate

if TYPE_CHECKING:
    from trio_tws.testing._simulator import Simulator

M = TypeVar("M")

MOST_CLIENTS: Final = 32
"""TWS serves no more at a time."""

MOST_KEPT: Final = 10_000
"""How many messages of a program are kept to be looked at; older ones go."""

PATIENCE: Final = 0.05
"""Seconds in which a client id that is in use can still become free.

A program that closes and connects again at once has its end on the way, where nobody has read it.
"""

FAREWELL: Final = 1.0
"""Seconds for a program that is turned away to hear why, and to close its end."""

_READ_SIZE: Final = 64 * 1024
_ACTS_AT_ONCE: Final = 10
"""How many things are done before other tasks have their turn."""

_ID_IN_USE: Final = (
    "Unable to connect as the client id is already in use. Retry with a unique client id."
)
_ELSEWHERE: Final = "127.0.0.2:7496"
_PACED: Final = "+PACEAPI"


@final
class SimulatedClient:
    """The server's end of one connection.

    Attributes:
        client_id: What the program calls itself; None until it has started its session.
        market_data_kind: What it has asked to be given where there is no live data.
        received: The messages it has sent, in order; the last 10,000.
        refused: What it sent before TWS listened, which is dropped; the last 10,000.
        errors: The errors and notices that it was told, in order; the last 10,000.
        requests: What is under way for it: request ids and the requests.
        simulator: The TWS it is connected to.
    """

    def __init__(
        self, simulator: Simulator, stream: trio.abc.HalfCloseableStream, faults: Faults
    ) -> None:
        self.client_id: int | None = None
        self.market_data_kind = MarketDataKind.LIVE
        self.received: list[object] = []
        self.refused: list[object] = []
        self.errors: list[Error] = []
        self.requests: dict[int, object] = {}
        self.simulator = simulator
        self._faults = faults
        self._stream = FaultyStream(stream, faults)
        self._connection = Connection(Role.SERVER, strict=True)
        self._outgoing = Outgoing()
        self._agenda = Agenda()
        self._backlog = Backlog()
        self._rate = MessageRate(simulator.throttle.limits)
        self._session = trio.CancelScope()
        self._is_paced = False
        self._is_answering = False
        self._is_mute = False
        self._is_leaving = False
        self._hears_from = 0.0
        self._acts = 0
        self._left = trio.Event()

    @property
    def has_left(self) -> bool:
        """Whether its end has come: from then on its client id is free."""
        return self._left.is_set()

    @property
    def server_version(self) -> int:
        """The version of this session; 0 until it is agreed."""
        return self._connection.server_version

    async def run(self) -> None:
        """Serves the program until either side closes; nothing of its session outlives this."""
        try:
            with self._session:
                await self._serve()
        finally:
            await trio.aclose_forcefully(self._stream)

    def hang_up(self) -> None:
        """Closes the connection; what was not written yet is lost."""
        self._left.set()
        self._session.cancel()

    def hang_up_when_written(self) -> None:
        """Closes the connection as soon as what was said is written; no more is said."""
        self._left.set()
        self._is_mute = self._is_leaving = True

    async def _serve(self) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._write, nursery.cancel_scope)
            nursery.start_soon(self._agenda.run, self._until_ready)
            await self._read()
            self._left.set()
            nursery.cancel_scope.cancel()

    async def _until_ready(self) -> None:
        """Waits until the program has read enough, and the exchange has done what is due.

        What happens at one moment is mostly said in one write, with which all have less to do. But
        what a program sent before it was hung up on, and was not looked at by then, never is.
        """
        await trio.lowlevel.checkpoint_if_cancelled()
        self._acts += 1
        if self._acts % _ACTS_AT_ONCE == 0 or self._outgoing.is_full:
            await self._outgoing.wait_for_room()
        await self.simulator.exchange.catch_up()

    # What comes ...................................................................................

    async def _read(self) -> None:
        while True:
            try:
                data = await self._stream.receive_some(_READ_SIZE)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                return  # it has gone, or the faults have cut it off
            self._connection.receive_data(bytes(data))
            # One by one: the answer to one event can be what the next is to be read by.
            while (event := self._next_event()) is not NEED_DATA:
                if not (await self._keeps_pace(event) and await self._take(event)):
                    return
            await self._agenda.catch_up()  # which it does not while the program does not read

    def _next_event(self) -> object:
        try:
            return self._connection.next_event()
        except RemoteProtocolError:
            return EndOfStream(0)  # this is no API client: TWS closes without a word

    async def _keeps_pace(self, event: object) -> bool:
        """Counts what came, if that is a message; tells whether the connection goes on."""
        if isinstance(event, Hello | SessionReady | EndOfStream):
            return True
        if self._is_paced:
            await trio.sleep_until(self._rate.opens_at(trio.current_time()))
        excess = self._rate.count(trio.current_time())
        if not excess:
            return True
        if self._rate.warnings >= self.simulator.throttle.limits.warnings:
            await self._turn_away(self.error(-1, 100, excess))
            return False
        self.say(self.error(-1, 100, excess))
        return True

    async def _take(self, event: object) -> bool:
        """Acts on what came; tells whether the connection goes on."""
        match event:
            case EndOfStream():
                return False
            case Hello():
                return self._answer_hello(event)
            case SessionReady():
                pass
            case StartApi() if self.client_id is None:
                _keep(self.received, event)
                return await self._start(event)
            case MalformedMessage():
                _keep(self.received, event)
                self._agenda.put(0, partial(self._tell_unreadable, event))
            case _ if self.client_id is None or trio.current_time() < self._hears_from:
                _keep(self.refused, event)
            case _:
                _keep(self.received, event)
                self._agenda.put(0, partial(self.simulator.director.hear, self, event))
        return True

    def _answer_hello(self, hello: Hello) -> bool:
        version = min(hello.max_version, self.simulator.server_version)
        if self._faults.answer_version is not None:
            version = self._faults.answer_version
        elif version < v.MIN_SERVER_VERSION:
            return False
        self._reach(Stage.HELLO)
        for payload in self._faults.before_version:
            self._put(frame(payload))
        now = datetime.fromtimestamp(self.simulator.now(), self.simulator.zone)
        reply = ServerHello(version, f"{now:%Y%m%d %H:%M:%S}", self.simulator.zone_label)
        self._is_paced = _PACED in hello.options
        if version < 0:
            reply = ServerHello(version, _ELSEWHERE)
        self._put(self._connection.send(reply))
        self._reach(Stage.VERSION)
        return True

    async def _start(self, start: StartApi) -> bool:
        with trio.move_on_after(PATIENCE):
            for one in tuple(self.simulator.clients):
                if one.client_id == start.client_id:
                    await one._left.wait()
        here = [one for one in self.simulator.clients if not one.has_left]
        started = [one.client_id for one in here if one.client_id is not None]
        if start.client_id in started:
            await self._turn_away(self.error(-1, 326, _ID_IN_USE))
            return False
        if len(started) >= MOST_CLIENTS:
            # IB does not say how TWS turns the 33rd program away; others report this.
            await self._turn_away(None)
            return False
        self.client_id = start.client_id
        greets_first = self.simulator.exchange.faults.greets_first
        if greets_first:
            self._agenda.put(0, partial(greet, self))
        for number, fact in enumerate(self._faults.startup, 1):
            self._agenda.put(number * self._faults.startup_delay, partial(self._tell, fact))
        seconds = len(self._faults.startup) * self._faults.startup_delay
        self._agenda.put(seconds, partial(self._reach, Stage.READY))
        if not greets_first:
            self._agenda.put(seconds, partial(greet, self))
        return True

    async def _turn_away(self, reason: Error | None) -> None:
        """Closes this end, and waits for the other: closing at once could cost it the reason."""
        if reason is not None:
            self.say(reason)
        self._is_mute = True  # what is still to be answered would come in between
        try:
            with trio.move_on_after(FAREWELL):
                await self._outgoing.wait_until_written()
                await self._stream.send_eof()
                while await self._stream.receive_some(_READ_SIZE):
                    pass
        except (trio.BrokenResourceError, trio.BusyResourceError):
            pass  # it has not waited for the end, or not read what it was sent before

    def _tell(self, fact: Startup) -> None:
        if fact is Startup.FARMS:
            for code, words in self.simulator.network.notices():
                self.say(self.error(-1, code, words))
            return
        if fact is Startup.ACCOUNTS:
            self.say(ManagedAccounts(self.simulator.accounts))
        else:
            order_id = self.simulator.exchange.next_order_id(self.client_id or 0)
            self.say(NextValidId(order_id))
            self._hears_from = trio.current_time() + self._faults.deaf_for
        self._reach(Stage.ACCOUNTS)

    def _tell_unreadable(self, event: MalformedMessage) -> None:
        req_id = -1 if event.req_id is None else event.req_id
        self.say(self.error(req_id, 320, f"Error reading request. {event.error}"))

    def hear(self, request: object) -> None:
        """Answers a request, at once or when what it needs can be reached."""
        network, req_id = self.simulator.network, getattr(request, "req_id", -1)
        if network.can_reach(request) or (farm_of(request) and req_id in self.requests):
            self._is_answering = True
            answer(self, request)
            self._is_answering = False
        elif farm_of(request) is None:
            self._backlog.put(partial(self.hear, request))
        else:
            self.requests[req_id] = request  # so it can be cancelled, and counts
            network.tell_competition(self, req_id, request)
            self._backlog.put(partial(self._hear_again, req_id, request))

    def _hear_again(self, req_id: int, request: object) -> None:
        if self.requests.get(req_id) is request:  # it was not ended
            del self.requests[req_id]
            self.hear(request)

    # What goes ....................................................................................

    def send(self, message: object) -> None:
        """Queues a message for the program; news from IB waits until there is a way to hear it."""
        if self.simulator.network.is_lost and not self._is_answering:
            self._backlog.keep(message)
        else:
            self.say(message)

    def say(self, message: object) -> None:
        """Queues what TWS itself has to say, unless it is met with silence or the client left."""
        if not self._is_mute and self._connection.state is not State.CLOSED:
            self.simulator.director.tell(self, message)

    def utter(self, message: object) -> None:
        """Queues what the scenario has let pass."""
        if isinstance(message, Error):
            _keep(self.errors, message)
        self._put(self._connection.send(message))

    def error(self, req_id: int, code: int, words: str) -> Error:
        """Makes an error message as this server version has it."""
        time = datetime.fromtimestamp(self.simulator.now(), UTC)
        return Error(req_id, code, words, time=time.replace(microsecond=0))

    def _put(self, data: bytes) -> None:
        if not self._is_mute:
            self._outgoing.put(data)

    def _reach(self, stage: Stage) -> None:
        if self._faults.silent_after is stage:
            self._is_mute = True

    async def _write(self, session: trio.CancelScope) -> None:
        while True:
            data = await self._outgoing.take()
            if self._faults.merge:
                await trio.testing.wait_all_tasks_blocked()
                data += self._outgoing.take_nowait()
            try:
                await self._stream.send_all(data)
            except trio.BrokenResourceError:
                session.cancel()
                return
            if self._is_leaving and not self._outgoing:
                session.cancel()

    # What is under way ............................................................................

    def begin(
        self, req_id: int, request: object, delay: float, work: Callable[[], float | None]
    ) -> None:
        """Does the work of a request, whose id has to be free, in so many seconds, 0 being at once.

        Args:
            req_id: Its id.
            request: The request.
            delay: Seconds until the work is done for the first time.
            work: Does some of it; gives the seconds until there is more, None at its end.
        """
        self.requests[req_id] = request

        def act() -> None:
            if self.requests.get(req_id) is not request:
                return  # it was ended
            if not self.simulator.network.can_reach(request):
                self._backlog.put(act)
                return
            again = work()
            if again is None:
                del self.requests[req_id]
            else:
                self._agenda.put(again, act)

        if delay:
            self._agenda.put(delay, act)
        else:
            act()

    def end(self, req_id: int, kind: type) -> bool:
        """Ends the work of a request of this kind; tells whether there was any."""
        if not isinstance(self.requests.get(req_id), kind):
            return False
        del self.requests[req_id]
        return True

    def resume(self) -> None:
        """Goes on with what waited for IB; what still can't be reached goes on waiting."""
        if not self.simulator.network.is_lost:
            for message in self._backlog.take_news():
                self.say(message)
        for act in self._backlog.take_acts():
            self._agenda.put(0, act)

    def lose_data(self) -> None:
        """Forgets all requests for data, and tells the program of those that TWS tells of."""
        for req_id, request in list(self.requests.items()):
            if is_lost_with_data(request):
                del self.requests[req_id]
                words = last_words(request)
                if words is not None:
                    self.say(self.error(req_id, *words))


def _keep(messages: list[M], message: M) -> None:
    messages.append(message)
    if len(messages) > MOST_KEPT:
        del messages[0]
