"""A proxy between programs and a TWS that records each session."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Final, final

import attrs
import trio

from trio_tws.protocol import Role
from trio_tws.testing._recording_writer import Recorder

_READ_SIZE: Final = 64 * 1024


@final
@attrs.frozen
class SessionNews:
    """What becomes of one session that a proxy records."""

    number: int
    """The sessions are numbered from 1."""
    what: str
    """What happened, in words."""
    path: Path | None
    """Where it is recorded, if it is."""
    failure: OSError | None = None
    """What went wrong."""


@final
class Proxy:
    """Hands on what passes between programs and a TWS, made by `open_proxy`.

    Args:
        to: Host and port of TWS.
        path: Where the first session is recorded; where a file is already, the next gets a number
            before the suffix.
        tell: Is told what happens.
    """

    def __init__(
        self,
        to: tuple[str, int],
        path: Path,
        tell: Callable[[SessionNews], None],
    ) -> None:
        self._to = to
        self._path = path
        self._tell = tell
        self._sessions = 0

    async def serve(self, program: trio.abc.HalfCloseableStream) -> None:
        """Serves one program until both sides have closed, or one broke."""
        self._sessions += 1
        number = self._sessions

        def tell(what: str, path: Path | None = None, failure: OSError | None = None) -> None:
            self._tell(SessionNews(number, what, path, failure))

        async with program:
            try:
                tws = await trio.open_tcp_stream(*self._to)
            except OSError as error:
                tell("TWS can't be reached", failure=error)
                return
            async with tws:
                try:
                    recorder, path = self._recorder()
                except OSError as error:
                    tell("its file can't be made", failure=error)
                    return
                tell("began", path)
                try:
                    await relay(program, tws, recorder)
                finally:
                    recorder.close()
                    tell("ended", path, recorder.failure)

    def _recorder(self) -> tuple[Recorder, Path]:
        path, numbers = self._path, count(2)
        while True:
            try:
                return Recorder(path), path
            except FileExistsError:
                path = self._path.with_stem(f"{self._path.stem}-{next(numbers)}")


async def relay(
    program: trio.abc.HalfCloseableStream, tws: trio.abc.HalfCloseableStream, recorder: Recorder
) -> None:
    """Hands bytes on, unchanged and at once, until both sides have closed or one broke."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_pass_on, program, tws, recorder, Role.CLIENT, nursery.cancel_scope)
        nursery.start_soon(_pass_on, tws, program, recorder, Role.SERVER, nursery.cancel_scope)


async def _pass_on(
    source: trio.abc.HalfCloseableStream,
    target: trio.abc.HalfCloseableStream,
    recorder: Recorder,
    sender: Role,
    both: trio.CancelScope,
) -> None:
    try:
        while data := bytes(await source.receive_some(_READ_SIZE)):
            # First: an answer can come before this task runs again.
            recorder.feed(sender, data)
            await target.send_all(data)
        recorder.end(sender)
        await target.send_eof()
    except (trio.BrokenResourceError, trio.ClosedResourceError):
        both.cancel()


@asynccontextmanager
async def open_proxy(
    to: tuple[str, int],
    path: Path,
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    tell: Callable[[SessionNews], None] = lambda _: None,
) -> AsyncIterator[int]:
    """Records what passes between programs and a TWS; gives the port on which it listens.

    Leaving the block closes all connections, and every recording has its last line.

    Args:
        to: Host and port of TWS.
        path: Where the first session is recorded.
        port: Where programs connect; 0 lets the system choose.
        host: The address to listen on.
        tell: Is told what becomes of each session.

    Raises:
        OSError: The port is taken, or not allowed.
    """
    proxy = Proxy(to, path, tell)
    listeners = await trio.open_tcp_listeners(port, host=host)
    taken: int = listeners[0].socket.getsockname()[1]
    caught: BaseException | None = None
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.serve_listeners, proxy.serve, listeners)
        try:
            yield taken
        except BaseException as error:  # noqa: BLE001 - raised again below, bare
            caught = error
        nursery.cancel_scope.cancel()
    if caught is not None:
        raise caught
