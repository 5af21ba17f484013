"""One end of one session, as bytes in and events out; no I/O, no clock, no tasks.

The two ends are the same class in two roles, so each test of one end tests the other::

    client = Connection(Role.CLIENT)
    to_server = client.send(Hello())
    client.receive_data(from_server)
    while events := client.events(): ...

`send` gives the bytes to put on the wire and changes the state at once: what it gave must be sent.
"""

from collections import deque
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Final, final

from trio_tws import _versions as v
from trio_tws._errors import ConnectFailed, LocalProtocolError, NotTWS, RemoteProtocolError
from trio_tws._model.session import ManagedAccounts, NextValidId, StartApi
from trio_tws.protocol._codec import Codec
from trio_tws.protocol._events import (
    NEED_DATA,
    EndOfStream,
    Hello,
    NeedData,
    ServerHello,
    SessionReady,
    UnknownMessage,
)
from trio_tws.protocol._framing import MAX_FRAME, FrameBuffer, frame
from trio_tws.protocol._handshake import (
    PREAMBLE,
    read_hello,
    read_server_hello,
    write_hello,
    write_server_hello,
)
from trio_tws.protocol._state import Role, State, Step, after, check_may_send

_MOST_EARLY_BYTES: Final = 64 * 1024
"""How much may come before the version. TWS has been seen to send a frame of news; what sends much
more is no TWS."""


@final
class Connection:
    """One end of one session.

    Args:
        role: Which end.
        strict: Whether text messages with missing or left-over fields are malformed, as tests and
            simulators want it; otherwise missing fields read as unset and left-over ones are
            counted in `surplus`.
        max_frame: The longest payload to accept and to send, in bytes.

    Attributes:
        role: Which end.
        state: How far the session has come.
        hello: The client's offer, once it has passed.
        server_hello: The server's choice, once it has passed.
        payloads: What the last list of `events` was read from, one for each; empty if it holds
            anything else.
    """

    def __init__(self, role: Role, *, strict: bool = False, max_frame: int = MAX_FRAME) -> None:
        self.role = role
        self.state = State.IDLE
        self.hello: Hello | None = None
        self.server_hello: ServerHello | None = None
        self._strict = strict
        self._max_frame = max_frame
        self._frames = FrameBuffer(max_frame)
        self._preamble = b"" if role is Role.CLIENT else PREAMBLE
        self.payloads: Collection[bytes] = ()
        self._payloads: deque[bytes] = deque()
        self._made: deque[object] = deque()
        self._failure: RemoteProtocolError | ConnectFailed | None = None
        self._has_ended = False
        self._early_bytes = 0
        self._accounts: tuple[str, ...] | None = None
        self._next_order_id: int | None = None
        self._codec: Codec | None = None

    @property
    def server_version(self) -> int:
        """The agreed version; 0 until it is agreed."""
        return self.server_hello.server_version if self.server_hello is not None else 0

    @property
    def surplus(self) -> Mapping[type, int]:
        """How many messages of each type came with more fields than the tables know."""
        return self._codec.surplus if self._codec is not None else {}

    @property
    def bytes_missing(self) -> int:
        """How many bytes have to come, at the least, before another frame is whole."""
        return self._frames.missing

    # Sending ......................................................................................

    def send(self, message: object) -> bytes:
        """Gives the bytes of a message, or of the two greetings, and takes the step it is.

        A server may choose any version, one that it was not offered too: a simulator wants that.

        Raises:
            LocalProtocolError: It is not this end's turn, or this server version can't carry it;
                the state is as it was.
        """
        step = _STEPS.get(type(message), Step.MESSAGE)
        if step is Step.MESSAGE and self.state is State.READY:  # both ends may, and stay there
            return frame(self._agreed_codec.encode(message), self._max_frame)
        check_may_send(self.role, self.state, step)
        match message:
            case Hello():
                data = PREAMBLE + frame(write_hello(message), self._max_frame)
                self.hello = message
            case ServerHello():
                data = frame(write_server_hello(message), self._max_frame)
                self._agree(message)
            case _:
                data = frame(self._agreed_codec.encode(message), self._max_frame)
        self._step(step, message)
        return data

    # Receiving ....................................................................................

    def receive_data(self, data: bytes) -> None:
        """Takes what was read from the other end; ``b""`` says that it has closed.

        What is received after a failure is thrown away: nothing more can be read.

        Raises:
            LocalProtocolError: There is data after the end; nothing of it was taken.
        """
        if not data:
            self._has_ended = True
        elif self._has_ended:
            raise LocalProtocolError(f"{len(data)} bytes were received after the end of the stream")
        elif self._failure is None:
            try:
                if self._preamble:
                    data = self._without_preamble(data)
                self._frames.feed(data, self._payloads)
            except RemoteProtocolError as error:
                self._failure = error

    def next_event(self) -> object:
        """Gives the next thing that happened, or `NEED_DATA`.

        That is a message of the tables, one of the greetings, `SessionReady`, `UnknownMessage`,
        `MalformedMessage` or `EndOfStream`, after which there is nothing else.

        Raises:
            RemoteProtocolError: What came is no frame, or longer than the limit. Nothing more can
                be read; the same is raised each time.
            ConnectFailed: At a client, one of its kinds: what answered is not a TWS, or none that
                this client can speak to. It, too, is raised each time.
        """
        while self._payloads and not self._made:
            self._take(self._payloads.popleft())
        return self._made.popleft() if self._made else self._last_event()

    def events(self) -> list[object]:
        """Gives all that happened since the last call, in order, as a list.

        It is what `next_event` gives up to a failure, or to `NEED_DATA`, which is not in it. A
        failure is raised by the call after the one that gave what happened before it, so call until
        the list is empty, or ends in `EndOfStream`, before waiting for more bytes::

            while events := connection.events():
                ...

        Raises:
            RemoteProtocolError: As `next_event`.
            ConnectFailed: As `next_event`.
        """
        found: list[object] = []
        read: Collection[bytes] = ()
        if self._made:
            found += self._made
            self._made.clear()
        while self._payloads:
            if self.state is State.READY:  # the hot path: there is nothing to watch for
                read, self._payloads = self._payloads, deque()
                found += self._agreed_codec.decode_all(read)
            else:
                self._take(self._payloads.popleft())
                found += self._made
                self._made.clear()
        is_over = self._has_ended if self._failure is None else not found
        if is_over:
            found.append(self._last_event())
        self.payloads = read if len(read) == len(found) else ()
        return found

    def read_again(self, payload: bytes) -> object:
        """Gives what one of `payloads` says; nothing is counted, and the state stays as it is."""
        return self._second_codec.decode(payload)

    # Inside .......................................................................................

    def _last_event(self) -> EndOfStream | NeedData:
        if self._failure is None and not self._has_ended:
            return NEED_DATA
        self.state = after(self.state, Step.CLOSE)
        if self._failure is not None:
            raise self._failure.with_traceback(None)  # or it would grow each time
        return EndOfStream(self._frames.kept)

    def _take(self, payload: bytes) -> None:
        try:
            if self._codec is None:
                self._take_greeting(payload)
            else:
                self._take_message(self._codec.decode(payload))
        except (RemoteProtocolError, ConnectFailed) as error:
            self._failure = error
            self._payloads.clear()

    def _take_greeting(self, payload: bytes) -> None:
        if self.role is Role.SERVER and self.state is State.IDLE:
            self.hello = read_hello(payload)
            self._made.append(self.hello)
            self._step(Step.HELLO, self.hello)
        elif self.role is Role.CLIENT and self.hello is not None:
            self._take_server_hello(payload, read_server_hello(payload, self.hello))
        else:
            raise RemoteProtocolError(
                f"a frame came out of turn, in the state {self.state.value!r}", payload
            )

    def _take_server_hello(self, payload: bytes, answer: ServerHello | None) -> None:
        if answer is not None:
            self._agree(answer)
            self._made.append(answer)
            self._step(Step.SERVER_HELLO, answer)
            return
        self._early_bytes += len(frame(payload))
        if self._early_bytes > _MOST_EARLY_BYTES:
            raise NotTWS(f"{self._early_bytes} bytes came, and no version among them")
        self._made.append(UnknownMessage(-1, payload))

    def _take_message(self, message: object) -> None:
        self._made.append(message)
        step = _STEPS.get(type(message), Step.MESSAGE)
        if step is Step.START_API and self.state is not State.AGREED:
            step = Step.MESSAGE  # a client that repeats itself starts nothing
        self._step(step, message)

    def _agree(self, answer: ServerHello) -> None:
        self.server_hello = answer
        self._codec = self._make_codec()

    @cached_property
    def _second_codec(self) -> Codec:
        return self._make_codec()

    def _make_codec(self) -> Codec:
        return Codec(
            self.server_version, reads_incoming=self.role is Role.CLIENT, strict=self._strict
        )

    @property
    def _agreed_codec(self) -> Codec:
        assert self._codec is not None, "the state tells"  # noqa: S101 - for type checkers
        return self._codec

    def _step(self, step: Step, message: object) -> None:
        self.state = after(self.state, step)
        match message:
            case ManagedAccounts():
                self._accounts = message.accounts_list
            case NextValidId():
                self._next_order_id = message.order_id
            case _:
                pass
        if self.state is not State.STARTING:
            return
        if self._accounts is not None and self._next_order_id is not None:
            self.state = after(self.state, Step.BOTH_KNOWN)
            self._made.append(SessionReady(self._accounts, self._next_order_id))

    def _without_preamble(self, data: bytes) -> bytes:
        """Takes the bytes before a client's first frame off, or what is left of them."""
        here, self._preamble = self._preamble[: len(data)], self._preamble[len(data) :]
        if not data.startswith(here):
            raise RemoteProtocolError(
                f"a client sends {data[:16]!r} where {PREAMBLE!r} belongs: no API client of "
                f"server version {v.MIN_SERVER_VERSION} or later does"
            )
        return data[len(here) :]


_STEPS: Final[Mapping[type, Step]] = {
    Hello: Step.HELLO,
    ServerHello: Step.SERVER_HELLO,
    StartApi: Step.START_API,
}
"""What takes a step of its own; anything else is a message like any other."""
