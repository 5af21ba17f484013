"""`open_tws` and `connect`: a session, and the scope that owns its tasks.

The promises of `open_tws`:

1. The body's exception comes out bare, and so does the user's cancellation.
2. When the connection is lost, everything in the body is cancelled, and one `ConnectionLost` comes
   out: never a group that is not the body's own.
3. When the body is cancelled, the session still works while the body cleans up: a ``finally:`` can
   cancel an order. What was queued by then is written, within `CLOSE_TIMEOUT`.
4. When it returns, nothing of it runs.

How: the tasks run in a shielded scope that only the end of the block cancels, so a cancellation
from outside reaches the body first. They record failures and never raise. The nursery is left only
when they have ended, so it has nothing to raise either.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final, cast

import attrs
import trio

from trio_tws import _versions as v
from trio_tws._client._establish import Established, Offer, establish
from trio_tws._client._inbox import check_buffer
from trio_tws._client._lost import ConnectionLost
from trio_tws._client._pump import serve
from trio_tws._client._session import Session
from trio_tws._client._tcp import TCPStream
from trio_tws._client._tws import TWS
from trio_tws._errors import LocalProtocolError
from trio_tws._model.session import StartApi
from trio_tws._orders.limits import OrderLimits
from trio_tws.protocol import MAX_FRAME, Hello
from trio_tws.protocol._limits import DEFAULT_PACING, UNPACED, Pacing

CLOSE_TIMEOUT: Final = 1.0
"""Seconds, at a session's end, for what is queued to be written and for TWS to notice."""

CLEAN_UP_TIME: Final = 0.05
"""Seconds that other tasks of a cancelled nursery have to queue what their clean-up sends.

They are cancelled at the same moment as the session, and nothing tells when they are through.
"""


@asynccontextmanager
async def open_tws(
    host: str = "127.0.0.1",
    port: int = 7497,
    *,
    client_id: int = 0,
    stream: trio.abc.Stream | None = None,
    live: bool = False,
    read_only: bool = False,
    connect_timeout: float = 15.0,
    response_timeout: float = 30.0,
    min_server_version: int = v.MIN_SERVER_VERSION,
    max_server_version: int = v.MAX_SERVER_VERSION,
    options: str = "",
    optional_capabilities: str = "",
    async_connect: bool = False,
    strict: bool = False,
    max_frame: int = MAX_FRAME,
    event_buffer: int = 10_000,
    pacing: Pacing | None = DEFAULT_PACING,
    order_limits: OrderLimits | None = None,
) -> AsyncIterator[TWS]:
    """Opens a session with TWS or IB Gateway for the length of a block.

    Entering returns once the version is agreed and both the accounts and the next order id have
    arrived; whatever came between is kept and delivered by ``tws.events``. Leaving closes the
    connection; orders stay at TWS, data subscriptions end.

    Args:
        host: Where TWS runs.
        port: TWS: 7497 paper, 7496 live; IB Gateway: 4002 paper, 4001 live.
        client_id: Tells this program from the others at the same TWS; 0 also sees what is traded
            by hand in the TWS window.
        stream: A connected stream to use in place of a TCP connection, such as the simulator's or
            one with TLS. It is closed in the end.
        live: Whether an account that is not a paper account is welcome.
        read_only: Whether to refuse, here, every message that trades.
        connect_timeout: Seconds until the session has to be ready.
        response_timeout: Seconds until a request has to have its first answer.
        min_server_version: The oldest server version to accept.
        max_server_version: The newest server version to offer; 200 keeps the session in text.
        options: Connect options; with ``+PACEAPI`` TWS delays what comes too fast.
        optional_capabilities: For `StartApi`; normally empty.
        async_connect: Whether the caller sends `StartApi`: the block then begins as soon as the
            version is agreed, and `TWS.start_api` waits until the session is ready.
        strict: Whether a text message with missing or surplus fields is an error. Otherwise missing
            ones are unset, and surplus ones (TWS may be newer) are ignored and logged once.
        max_frame: The longest message to accept, in bytes.
        event_buffer: How many events ``tws.events`` keeps for whoever reads it; older ones give way
            to a `Gap`.
        pacing: How much and how fast to ask; who asks for more waits. None for no limits. With
            ``+PACEAPI`` among the options, and nothing said here, the message rate is left to TWS.
        order_limits: What an order may not pass, by whatever method it is sent; None for no limits.

    Raises:
        ConnectFailed: No session came about; its subclasses say why, and what to look at.
        ConnectionLost: The session ended while the block ran, and the block was cancelled; or it
            ended after the block, before all orders were written.
        LocalProtocolError: The range of versions, or the client id, makes no sense.

    Source: IB's TWS API, "Connection"; the order of the first messages was observed.
    """
    check_buffer(event_buffer)
    offer = make_offer(
        client_id,
        live=live,
        versions=(min_server_version, max_server_version),
        options=options,
        optional_capabilities=optional_capabilities,
        async_connect=async_connect,
        strict=strict,
        max_frame=max_frame,
    )
    found = await establish(stream, (host, port), offer, connect_timeout)
    session = Session(
        found.connection,
        live=live,
        read_only=read_only,
        pacing=pace(pacing, options),
        client_id=client_id,
        limits=order_limits,
    )
    tws = TWS(session, response_timeout, event_buffer)
    session.dispatch(found.early)
    caught: BaseException | None = None
    body = trio.CancelScope()
    async with trio.open_nursery() as nursery:
        service = _Service(found, session)
        nursery.start_soon(service.run, body)
        nursery.start_soon(session.watch.run)
        try:
            with body:
                yield tws
        except BaseException as error:  # noqa: BLE001 - raised again below, outside the nursery
            caught = error
        finally:
            await service.stop()
    if session.lost is not None and (body.cancelled_caught or _is_group_of_losses(caught)):
        session.raise_if_lost()
    if caught is not None:
        raise caught
    service.raise_if_unsent()


async def connect(
    nursery: trio.Nursery,
    host: str = "127.0.0.1",
    port: int = 7497,
    *,
    client_id: int = 0,
    stream: trio.abc.Stream | None = None,
    live: bool = False,
    read_only: bool = False,
    connect_timeout: float = 15.0,
    response_timeout: float = 30.0,
    min_server_version: int = v.MIN_SERVER_VERSION,
    max_server_version: int = v.MAX_SERVER_VERSION,
    options: str = "",
    optional_capabilities: str = "",
    async_connect: bool = False,
    strict: bool = False,
    max_frame: int = MAX_FRAME,
    event_buffer: int = 10_000,
    pacing: Pacing | None = DEFAULT_PACING,
    order_limits: OrderLimits | None = None,
) -> TWS:
    """Opens a session whose tasks run in a nursery of yours.

    It returns as `open_tws` enters. A lost connection raises `ConnectionLost` into the nursery,
    which cancels all that shares it. End the session with `TWS.aclose`, or by cancelling the
    nursery.

    Args:
        nursery: Where the session's task runs.
        host: As for `open_tws`, and so are all that follow.
        port: See `open_tws`.
        client_id: See `open_tws`.
        stream: See `open_tws`.
        live: See `open_tws`.
        read_only: See `open_tws`.
        connect_timeout: See `open_tws`.
        response_timeout: See `open_tws`.
        min_server_version: See `open_tws`.
        max_server_version: See `open_tws`.
        options: See `open_tws`.
        optional_capabilities: See `open_tws`.
        async_connect: See `open_tws`.
        strict: See `open_tws`.
        max_frame: See `open_tws`.
        event_buffer: See `open_tws`.
        pacing: See `open_tws`.
        order_limits: See `open_tws`.

    Raises:
        ConnectFailed: No session came about.
        LocalProtocolError: The range of versions, or the client id, makes no sense.
    """
    check_buffer(event_buffer)
    offer = make_offer(
        client_id,
        live=live,
        versions=(min_server_version, max_server_version),
        options=options,
        optional_capabilities=optional_capabilities,
        async_connect=async_connect,
        strict=strict,
        max_frame=max_frame,
    )
    found = await establish(stream, (host, port), offer, connect_timeout)
    session = Session(
        found.connection,
        live=live,
        read_only=read_only,
        pacing=pace(pacing, options),
        client_id=client_id,
        limits=order_limits,
    )
    service = _Service(found, session)
    tws = TWS(session, response_timeout, event_buffer, close=service.stop)
    session.dispatch(found.early)
    nursery.start_soon(service.run_in_nursery)
    return tws


def make_offer(
    client_id: int,
    *,
    live: bool,
    versions: tuple[int, int],
    options: str,
    optional_capabilities: str,
    async_connect: bool,
    strict: bool,
    max_frame: int,
) -> Offer:
    """Checks what the caller wants to connect with.

    Raises:
        LocalProtocolError: It makes no sense.
    """
    first, last = versions
    if not v.MIN_SERVER_VERSION <= first <= last <= v.MAX_SERVER_VERSION:
        raise LocalProtocolError(
            f"server versions {first}..{last} can't be offered: this client speaks "
            f"{v.MIN_SERVER_VERSION}..{v.MAX_SERVER_VERSION}"
        )
    if not 0 <= client_id < 1 << 31:
        raise LocalProtocolError(f"client_id={client_id}: TWS takes 0 to {(1 << 31) - 1}")
    start = None if async_connect else StartApi(client_id, optional_capabilities)
    return Offer(Hello(first, last, options), start, live, strict, max_frame)


def pace(pacing: Pacing | None, options: str) -> Pacing:
    """Gives the limits that a session keeps to."""
    if pacing is None:
        return UNPACED
    if pacing is DEFAULT_PACING and "+PACEAPI" in options:
        return attrs.evolve(pacing, messages_per_second=None)
    return pacing


class _Service:
    """The tasks of one session, and their end."""

    def __init__(self, found: Established, session: Session) -> None:
        self._stream = found.stream
        self._session = session
        self._scope = trio.CancelScope()
        self._has_ended = trio.Event()
        if isinstance(found.stream, TCPStream):
            session.outbox.open_shortcut(found.stream.send_nowait)

    async def run(self, body: trio.CancelScope) -> None:
        """Serves until `stop`, whatever is cancelled outside; a loss cancels the body."""
        self._scope.shield = True
        try:
            with self._scope:
                await serve(self._stream, self._session, body.cancel)
        finally:
            self._session.watch.stop()
            self._has_ended.set()

    async def run_in_nursery(self) -> None:
        """Serves until `stop` or until the nursery is cancelled; a loss raises.

        Raises:
            ConnectionLost: The session is lost.
        """
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.run, trio.CancelScope())
            nursery.start_soon(self._session.watch.run)
            try:
                await self._has_ended.wait()
            finally:
                with trio.CancelScope(shield=True):
                    await trio.sleep(CLEAN_UP_TIME)
                await self.stop()
        self._session.raise_if_lost()
        self.raise_if_unsent()

    async def stop(self) -> None:
        """Writes what is queued, closes the connection, and ends the tasks; bounded in time.

        Orders, which go first, have all the time that the message rate makes them take.
        """
        self._session.is_closing = True
        with trio.CancelScope(shield=True):
            if self._session.lost is None and not self._has_ended.is_set():
                with trio.move_on_after(CLOSE_TIMEOUT + self._session.outbox.seconds_for_orders()):
                    await self._session.outbox.wait_until_written()
                    await self._end_sending()
            self._scope.cancel()
            await self._has_ended.wait()
            await trio.aclose_forcefully(self._stream)

    def raise_if_unsent(self) -> None:
        """Raises if orders were still on their way when the session ended.

        Raises:
            ConnectionLost: They were.
        """
        unsent = self._session.outbox.unwritten_orders
        if unsent:
            lost = self._session.lost
            why = "TWS did not take them in time" if lost is None else str(lost)
            raise ConnectionLost(
                f"{unsent} messages about orders may not have reached TWS when the session ended: "
                f"{why}"
            ) from lost

    async def _end_sending(self) -> None:
        """Says that nothing more comes, and waits until TWS closes.

        Closing a socket with unread data in it makes the system throw away what was just sent: a
        cancelled order, say.
        """
        if isinstance(self._stream, trio.abc.HalfCloseableStream):
            with suppress(trio.BrokenResourceError, trio.ClosedResourceError):  # it left first
                await self._stream.send_eof()
                await self._session.ended.wait()


def _is_group_of_losses(error: BaseException | None) -> bool:
    """Tells whether an error is nothing but the loss of the connection, seen by several tasks."""
    if not isinstance(error, BaseExceptionGroup):
        return False
    group = cast("BaseExceptionGroup[BaseException]", error)
    return all(
        isinstance(one, ConnectionLost | trio.Cancelled) or _is_group_of_losses(one)
        for one in group.exceptions
    )
