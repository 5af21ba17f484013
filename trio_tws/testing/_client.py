"""One program connected to the simulated TWS: its handshake, its requests, its subscriptions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final, final

import trio
import trio.testing

from trio_tws import _versions as v
from trio_tws._client._outbox import Outbox
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
from trio_tws.testing._faults import Faults, FaultyStream, Stage, Startup

if TYPE_CHECKING:
    from trio_tws.testing._simulator import Simulator

MOST_CLIENTS: Final = 32
"""TWS serves no more at a time."""

MOST_KEPT: Final = 10_000
"""How many messages of a program are kept to be looked at; older ones go."""

FAREWELL: Final = 1.0
"""Seconds for a program that is turned away to hear why, and to close its end."""

FARMS: Final[Mapping[int, str]] = {
    2104: "Market data farm connection is OK:usfarm",
    2106: "HMDS data farm connection is OK:ushmds",
    2158: "Sec-def data farm connection is OK:secdefnj",
}
"""The notices at the start of a session."""

_READ_SIZE: Final = 64 * 1024
_ID_IN_USE: Final = (
    "Unable to connect as the client id is already in use. Retry with a unique client id."
)
_ELSEWHERE: Final = "127.0.0.2:7496"


@final
class SimulatedClient:
    """The server's end of one connection.

    Attributes:
        client_id: What the program calls itself; None until it has started its session.
        received: The messages it has sent, in order; the last 10,000.
        refused: What it sent before TWS listened, which is dropped; the last 10,000.
        requests: What is under way for it: request ids and the requests.
        simulator: The TWS it is connected to.
    """

    def __init__(
        self, simulator: Simulator, stream: trio.abc.HalfCloseableStream, faults: Faults
    ) -> None:
        self.client_id: int | None = None
        self.received: list[object] = []
        self.refused: list[object] = []
        self.requests: dict[int, object] = {}
        self.simulator = simulator
        self._faults = faults
        self._stream = FaultyStream(stream, faults)
        self._connection = Connection(Role.SERVER, strict=True)
        self._outbox = Outbox()
        self._agenda = Agenda()
        self._is_mute = False
        self._hears_from = 0.0

    @property
    def server_version(self) -> int:
        """The version of this session; 0 until it is agreed."""
        return self._connection.server_version

    async def run(self) -> None:
        """Serves the program until either side closes; nothing of its session outlives this."""
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._write, nursery.cancel_scope)
                nursery.start_soon(self._agenda.run, self._outbox.wait_for_room)
                await self._read()
                nursery.cancel_scope.cancel()
        finally:
            await trio.aclose_forcefully(self._stream)

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
                if not await self._take(event):
                    return
            await self._agenda.catch_up()  # which it does not while the program does not read

    def _next_event(self) -> object:
        try:
            return self._connection.next_event()
        except RemoteProtocolError:
            return EndOfStream(0)  # this is no API client: TWS closes without a word

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
                self._agenda.put(0, partial(answer, self, event))
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
        if version < 0:
            reply = ServerHello(version, _ELSEWHERE)
        self._put(self._connection.send(reply))
        self._reach(Stage.VERSION)
        return True

    async def _start(self, start: StartApi) -> bool:
        started = [one.client_id for one in self.simulator.clients if one.client_id is not None]
        if start.client_id in started:
            await self._turn_away(self.error(-1, 326, _ID_IN_USE))
            return False
        if len(started) >= MOST_CLIENTS:
            # IB does not say how TWS turns the 33rd program away; others report this.
            await self._turn_away(None)
            return False
        self.client_id = start.client_id
        for number, fact in enumerate(self._faults.startup, 1):
            self._agenda.put(number * self._faults.startup_delay, partial(self._tell, fact))
        seconds = len(self._faults.startup) * self._faults.startup_delay
        self._agenda.put(seconds, partial(self._reach, Stage.READY))
        return True

    async def _turn_away(self, reason: Error | None) -> None:
        """Closes this end, and waits for the other: closing at once could cost it the reason."""
        if reason is not None:
            self.send(reason)
        try:
            with trio.move_on_after(FAREWELL):
                await self._outbox.wait_until_written()
                await self._stream.send_eof()
                while await self._stream.receive_some(_READ_SIZE):
                    pass
        except trio.BrokenResourceError:
            pass  # it has not waited for the end

    def _tell(self, fact: Startup) -> None:
        if fact is Startup.FARMS:
            for code, words in FARMS.items():
                self.send(self.error(-1, code, words))
            return
        if fact is Startup.ACCOUNTS:
            self.send(ManagedAccounts(self.simulator.accounts))
        else:
            self.send(NextValidId(self.simulator.next_order_id))
            self._hears_from = trio.current_time() + self._faults.deaf_for
        self._reach(Stage.ACCOUNTS)

    def _tell_unreadable(self, event: MalformedMessage) -> None:
        req_id = -1 if event.req_id is None else event.req_id
        self.send(self.error(req_id, 320, f"Error reading request. {event.error}"))

    # What goes ....................................................................................

    def send(self, message: object) -> None:
        """Queues a message for the program, unless it is met with silence or has gone."""
        if not self._is_mute and self._connection.state is not State.CLOSED:
            self._put(self._connection.send(message))

    def error(self, req_id: int, code: int, words: str) -> Error:
        """Makes an error message as this server version has it."""
        time = datetime.fromtimestamp(self.simulator.now(), UTC)
        return Error(req_id, code, words, time=time.replace(microsecond=0))

    def _put(self, data: bytes) -> None:
        if not self._is_mute:
            self._outbox.put(data)

    def _reach(self, stage: Stage) -> None:
        if self._faults.silent_after is stage:
            self._is_mute = True

    async def _write(self, session: trio.CancelScope) -> None:
        while True:
            data = await self._outbox.take()
            if self._faults.merge:
                await trio.testing.wait_all_tasks_blocked()
                data += self._outbox.take_nowait()
            try:
                await self._stream.send_all(data)
            except trio.BrokenResourceError:
                session.cancel()
                return

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


def _keep(messages: list[object], message: object) -> None:
    messages.append(message)
    if len(messages) > MOST_KEPT:
        del messages[0]
