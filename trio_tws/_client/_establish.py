"""From a host and a port to a session that is ready, stage by stage.

Each failure is its own exception that says what to look at, because TWS says little: a closed
connection may mean that the API is switched off, that this computer is not trusted, that a dialog
waits to be clicked or that 32 programs are connected. What it was can only be told from the moment
at which it happened.
"""

from collections.abc import Callable
from typing import NoReturn, cast

import trio

from trio_tws._client._lost import refusal_of
from trio_tws._client._pump import READ_SIZE
from trio_tws._client._tcp import TCPStream, open_tcp
from trio_tws._errors import (
    ApiNotEnabled,
    ClientIdInUse,
    ConnectFailed,
    ConnectionRefused,
    HandshakeTimeout,
    NotTWS,
    RemoteProtocolError,
    TooManyClients,
)
from trio_tws._model.session import Error, StartApi
from trio_tws._wire.late import frozen
from trio_tws.protocol import Connection, EndOfStream, Hello, Role, SessionReady, State

_CLIENT_ID_IN_USE = 326
_DISCLAIMER = 10141


@frozen
class Offer:
    """What to connect with.

    Attributes:
        start: The message that starts the session; None if the caller will send it.
    """

    hello: Hello
    start: StartApi | None
    live: bool
    strict: bool
    max_frame: int


@frozen
class Established:
    """A connection that stands, with all that came before it was ready."""

    stream: trio.abc.Stream
    connection: Connection
    early: list[object]


Progress = Callable[[str], None]
"""Is told each stage as it begins."""


async def establish(
    given: trio.abc.Stream | None,
    address: tuple[str, int],
    offer: Offer,
    timeout: float,  # noqa: ASYNC109 - the error names the stage, which a caller's scope can't know
    progress: Progress | None = None,
) -> Established:
    """Connects, unless a stream is given, and shakes hands.

    Raises:
        ConnectFailed: One of its kinds. Nothing is left open.
    """
    stages: list[str] = []

    def enter(stage: str) -> None:
        stages.append(stage)
        if progress is not None:
            progress(stage)

    stream = given
    done = None
    try:
        with trio.move_on_after(timeout):
            enter("the TCP connection")
            stream = stream or await _connect(address)
            done = await _shake_hands(stream, offer, enter)
    finally:
        if done is None and stream is not None:
            await trio.aclose_forcefully(stream)
    if done is None:
        raise HandshakeTimeout(
            f"no answer within {timeout:g} s while waiting for {stages[-1]}", stages[-1]
        )
    return done


async def _connect(address: tuple[str, int]) -> TCPStream:
    host, port = address
    try:
        return await open_tcp(host, port)
    except OSError as error:
        raise ConnectionRefused(f"no connection to {host}:{port} ({_reasons(error)})") from error


def _reasons(error: BaseException) -> str:
    """Gives what the system said; trio tries several addresses, and wraps what they failed with."""
    cause = error.__cause__
    if isinstance(cause, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", cause)
        return "; ".join(map(_reasons, group.exceptions))
    return str(error) if cause is None else _reasons(cause)


async def _shake_hands(stream: trio.abc.Stream, offer: Offer, enter: Progress) -> Established:
    connection = Connection(Role.CLIENT, strict=offer.strict, max_frame=offer.max_frame)
    early: list[object] = []
    enter("the server's version")
    try:
        await _send(stream, connection.send(offer.hello))
        await _read_until(stream, connection, early, State.AGREED)
        if offer.start is not None:
            enter("the accounts and the next order id")
            await _send(stream, connection.send(offer.start))
            await _read_until(stream, connection, early, State.READY)
    except (trio.BrokenResourceError, OSError) as error:
        _refused(connection, early, error)
    except RemoteProtocolError as error:
        raise NotTWS(str(error)) from error
    for event in early:
        refusal = (
            refusal_of(event.accounts, live=offer.live) if isinstance(event, SessionReady) else None
        )
        if refusal is not None:
            raise refusal
    return Established(stream, connection, early)


async def _send(stream: trio.abc.Stream, data: bytes) -> None:
    """Writes a greeting, at once if it can be, as a wait for the answer follows in any case."""
    if isinstance(stream, TCPStream):
        data = data[stream.send_nowait(data) :]
    if data:
        await stream.send_all(data)


async def _read_until(
    stream: trio.abc.Stream, connection: Connection, early: list[object], state: State
) -> None:
    """Reads until the session has come so far; what came beside it is kept."""
    order = list(State)
    while order.index(connection.state) < order.index(state):
        connection.receive_data(bytes(await stream.receive_some(READ_SIZE)))
        while events := connection.events():
            early += events
            if any(isinstance(one, Error) and one.code == _CLIENT_ID_IN_USE for one in events):
                _refused(connection, early, None)
            if isinstance(events[-1], EndOfStream):
                _refused(connection, early, None)


def _refused(connection: Connection, early: list[object], cause: BaseException | None) -> NoReturn:
    """Raises what a connection that was closed too early means."""
    errors = {event.code: event.message for event in early if isinstance(event, Error)}
    said = "".join(f"; TWS said: {message} ({code})" for code, message in errors.items())
    failure: ConnectFailed
    if _CLIENT_ID_IN_USE in errors:
        failure = ClientIdInUse(f"the client id is in use{said}")
    elif _DISCLAIMER in errors:
        failure = ApiNotEnabled(
            f"TWS closed the connection{said}",
            "Accept the paper trading disclaimer in the TWS window.",
        )
    elif connection.server_version == 0:
        failure = ApiNotEnabled(f"TWS closed the connection before it answered{said}")
    else:
        failure = TooManyClients(
            f"TWS closed the connection at the start of the session{said}",
            "It does so without a word when 32 programs are connected: end one of them. Other "
            "causes: the paper trading disclaimer waits in the TWS window, or the client id is in "
            "use.",
        )
    raise failure from cause
