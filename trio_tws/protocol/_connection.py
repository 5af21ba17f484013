"""One end of one session, as bytes in and events out; no I/O, no clock, no tasks.

The two ends are the same class in two roles, so each test of one end tests the other::

    client = Connection(Role.CLIENT)
    to_server = client.send(Hello())
    client.receive_data(from_server)
    for event in client.events(): ...

`send` gives the bytes to put on the wire and changes the state at once: what it gave must be sent.
"""

from collections import deque
from typing import final

from trio_tws import _versions as v
from trio_tws._errors import ConnectFailed, NotTWS, RemoteProtocolError
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

_MOST_EARLY_FRAMES = 256
"""How many frames may come before the version. TWS has been seen to send one; a server that sends
many is none."""


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
        self._payloads: deque[bytes] = deque()
        self._made: deque[object] = deque()
        self._failure: Exception | None = None
        self._ended = False
        self._early_frames = 0
        self._accounts: tuple[str, ...] | None = None
        self._next_order_id: int | None = None
        self._codec: Codec | None = None

    @property
    def server_version(self) -> int:
        """The agreed version; 0 until it is agreed."""
        return self.server_hello.server_version if self.server_hello is not None else 0

    @property
    def surplus(self) -> dict[type, int]:
        """How many messages of each type came with more fields than the tables know."""
        return dict(self._codec.surplus) if self._codec is not None else {}

    @property
    def bytes_missing(self) -> int:
        """How many bytes have to come, at the least, before another frame is whole."""
        return self._frames.missing

    # Sending ......................................................................................

    def send(self, message: object) -> bytes:
        """Gives the bytes of a message, or of the two greetings, and takes the step it is.

        Raises:
            LocalProtocolError: It is not this end's turn, or this server version can't carry it; the
                state is as it was.
        """
        step = _STEPS.get(type(message), Step.MESSAGE)
        check_may_send(self.role, self.state, step)
        if isinstance(message, Hello):
            data = PREAMBLE + frame(write_hello(message), self._max_frame)
            self.hello = message
        elif isinstance(message, ServerHello):
            data = frame(write_server_hello(message), self._max_frame)
            self._agree(message)
        else:
            data = frame(self._agreed_codec().encode(message), self._max_frame)
        self._step(step, message)
        return data

    # Receiving ....................................................................................

    def receive_data(self, data: bytes) -> None:
        """Takes what was read from the other end; ``b""`` says that it has closed."""
        if not data:
            self._ended = True
            return
        if self._failure is not None:
            return
        payloads: list[bytes] = []
        try:
            self._frames.feed(self._without_preamble(data), payloads)
        except RemoteProtocolError as error:
            self._failure = error
        finally:
            self._payloads += payloads

    def next_event(self) -> object:
        """Gives the next thing that happened, or `NEED_DATA`.

        That is a message of the tables, one of the greetings, `SessionReady`, `UnknownMessage`,
        `MalformedMessage` or `EndOfStream`.

        Raises:
            RemoteProtocolError: What came is no frame, or longer than the limit. Nothing more can be
                read; the same is raised each time.
            ConnectFailed: At a client, one of its kinds: what answered is not a TWS, or none that this
                client can speak to.
        """
        while not self._made:
            if self._payloads:
                try:
                    self._take(self._payloads.popleft())
                except (RemoteProtocolError, ConnectFailed) as error:
                    self._fail(error)
            elif self._failure is not None:
                self.state = State.CLOSED
                raise self._failure
            elif self._ended:
                if self.state is not State.CLOSED:
                    self.state = after(self.state, Step.CLOSE)
                return EndOfStream(self._frames.kept)
            else:
                return NEED_DATA
        return self._made.popleft()

    def events(self) -> list[object]:
        """Gives all that happened since the last call, in order; may be empty.

        Raises:
            RemoteProtocolError: As `next_event`; what happened before it was given by an earlier call.
            ConnectFailed: As `next_event`.
        """
        if self.state is State.READY and self._codec is not None and not self._made:
            return self._decode_all(self._codec)
        found: list[object] = []
        try:
            while not isinstance(event := self.next_event(), NeedData):
                found.append(event)
                if isinstance(event, EndOfStream):
                    break
        except Exception:
            if not found:
                raise
        return found

    # Inside .......................................................................................

    def _decode_all(self, codec: Codec) -> list[object]:
        """The hot path: a ready session has nothing to watch for in a message."""
        found = list(map(codec.decode, self._payloads))
        self._payloads.clear()
        if not found:
            event = self.next_event()
            return [] if isinstance(event, NeedData) else [event]
        return found

    def _take(self, payload: bytes) -> None:
        if self.state is State.IDLE and self.role is Role.SERVER:
            self.hello = read_hello(payload)
            self._made.append(self.hello)
            self._step(Step.HELLO, self.hello)
        elif self.state is State.GREETED and self.role is Role.CLIENT:
            self._take_server_hello(payload)
        elif self._codec is None:
            raise RemoteProtocolError(f"a frame came out of turn, in the state {self.state.value!r}", payload)
        else:
            message = self._codec.decode(payload)
            self._made.append(message)
            step = _STEPS.get(type(message), Step.MESSAGE)
            if step is not Step.START_API or self.state is State.AGREED:
                self._step(step, message)

    def _take_server_hello(self, payload: bytes) -> None:
        assert self.hello is not None, "a client in GREETED has said hello"
        answer = read_server_hello(payload, self.hello)
        if answer is None:
            self._early_frames += 1
            if self._early_frames > _MOST_EARLY_FRAMES:
                raise NotTWS(f"{self._early_frames} frames came, and none with a version")
            self._made.append(UnknownMessage(-1, payload))
            return
        self._agree(answer)
        self._made.append(answer)
        self._step(Step.SERVER_HELLO, answer)

    def _agree(self, answer: ServerHello) -> None:
        self.server_hello = answer
        self._codec = Codec(
            answer.server_version,
            reads_incoming=self.role is Role.CLIENT,
            strict=self._strict,
        )

    def _agreed_codec(self) -> Codec:
        assert self._codec is not None, "no message may be sent before the version is agreed"
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
        if self.state is State.STARTING and self._accounts is not None and self._next_order_id is not None:
            self.state = after(self.state, Step.BOTH_KNOWN)
            self._made.append(SessionReady(self._accounts, self._next_order_id))

    def _without_preamble(self, data: bytes) -> bytes:
        """Takes the bytes before a client's first frame off."""
        if not self._preamble:
            return data
        here, self._preamble = self._preamble[: len(data)], self._preamble[len(data) :]
        if not data.startswith(here):
            raise RemoteProtocolError(f"a client begins with {data[:16]!r}; it is no API client of v100 or later")
        return data[len(here) :]

    def _fail(self, error: Exception) -> None:
        self._failure = error
        self._payloads.clear()


_STEPS = {Hello: Step.HELLO, ServerHello: Step.SERVER_HELLO, StartApi: Step.START_API}
