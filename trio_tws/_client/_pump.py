"""The two tasks of a session: one reads the socket, one writes it.

They record why they ended and never raise: each waiter raises it for itself, so that a lost
connection can't come out as a group of errors.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import trio

from trio_tws._client._session import Session
from trio_tws._errors import RemoteProtocolError
from trio_tws.protocol import EndOfStream

READ_SIZE: Final = 16 * 1024
"""Bytes to read at once. More is not faster, and makes other tasks wait longer for their turn."""

_READ_SIZE_IN_LONG_FRAMES: Final = 256 * 1024

_FEW: Final = 16
"""Conversations for which `READ_SIZE` is enough."""

_MOST_TIMES: Final = 4


async def serve(stream: trio.abc.Stream, session: Session, on_lost: Callable[[], None]) -> None:
    """Reads and writes until cancelled, or until the session is lost, which is told at once."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_until_lost, _receive, stream, session, on_lost, nursery.cancel_scope)
        nursery.start_soon(_until_lost, _send, stream, session, on_lost, nursery.cancel_scope)


async def _until_lost(
    work: Callable[[trio.abc.Stream, Session], Awaitable[None]],
    stream: trio.abc.Stream,
    session: Session,
    on_lost: Callable[[], None],
    both: trio.CancelScope,
) -> None:
    try:
        await work(stream, session)
    except RemoteProtocolError as error:
        session.lose(str(error), error)
    except (trio.BrokenResourceError, trio.ClosedResourceError, OSError) as error:
        session.lose(f"the network connection broke ({error.__cause__ or error})", error)
    except Exception as error:  # noqa: BLE001 - recorded, and raised by everyone who waits
        session.break_down(error)
    lost = session.lost
    if lost is not None:
        both.cancel()
        on_lost()
        session.tell_lost(lost)


async def _receive(stream: trio.abc.Stream, session: Session) -> None:
    connection = session.connection
    while True:
        data = await stream.receive_some(_read_size(connection.bytes_missing, session.spread))
        connection.receive_data(bytes(data))
        while events := connection.events():
            for inbox in session.dispatch(events, connection.payloads):
                await inbox.catch_up()
            if isinstance(events[-1], EndOfStream):
                session.ended.set()
                if not session.is_closing:
                    session.lose("TWS closed it")
                return
            if session.lost is not None:  # a live account that was not asked for
                return
        if connection.surplus:
            session.tell_surplus()


def _read_size(missing: int, spread: int) -> int:
    """Gives how many bytes to read.

    Args:
        missing: How many bytes belong to the frame that is under way.
        spread: To how many conversations what was read last belonged. To wake a task costs as much
            as six messages; so where there are many tasks, each should get more than a few at once.
    """
    if missing > READ_SIZE:
        return _READ_SIZE_IN_LONG_FRAMES
    return READ_SIZE * min(_MOST_TIMES, 1 + spread // _FEW)


async def _send(stream: trio.abc.Stream, session: Session) -> None:
    while True:
        await stream.send_all(await session.outbox.take())
