"""A TWS that knows nothing but a recording."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from os import PathLike
from typing import final

import trio
import trio.testing

from trio_tws._errors import InternalError
from trio_tws.testing._listening import LOCALHOST, listeners_at
from trio_tws.testing._recording import Passage, read_recording
from trio_tws.testing._replay_script import Script, script_of
from trio_tws.testing._replay_session import ReplayMismatch, ReplaySession


@final
class Replay:
    """A recording that is being served, made by `open_replay`.

    Attributes:
        server_version: The version of the recorded session; 0 if none was agreed.
        failure: Why the block has been cancelled; None if it has not been.
    """

    def __init__(
        self,
        nursery: trio.Nursery,
        block: trio.CancelScope,
        script: Script,
        *,
        speed: float,
        is_timeline: bool,
        on_mismatch: Callable[[ReplayMismatch], None] | None,
    ) -> None:
        hello = script.server_hello
        self.server_version = 0 if hello is None else hello.server_version
        self.failure: Exception | None = None
        self._nursery = nursery
        self._block = block
        self._last: ReplaySession | None = None
        self._session = partial(
            ReplaySession,
            script,
            speed=speed,
            is_timeline=is_timeline,
            on_mismatch=on_mismatch or self._fail,
        )

    @property
    def missing(self) -> tuple[object, ...]:
        """What the recorded program sent and the one that connected last has not, in order."""
        return () if self._last is None else tuple(asked.message for asked in self._last.left)

    def open_stream(
        self,
    ) -> trio.StapledStream[trio.testing.MemorySendStream, trio.testing.MemoryReceiveStream]:
        """Connects a program in memory; gives its end of the stream, for ``open_tws(stream=…)``.

        Each program is served from the beginning.
        """
        ours, theirs = trio.testing.memory_stream_pair()
        self._nursery.start_soon(self._serve, ours)
        return theirs

    async def listen(self, port: int = 0, host: str = LOCALHOST) -> int:
        """Listens on a TCP port for programs in any language; gives the port.

        Args:
            port: The port; 0 lets the system choose one.
            host: The address; anything but this computer's own is logged as a warning, because
                everyone who reaches it can read the recording.

        Raises:
            OSError: The port is taken, or not allowed.
        """
        taken, listeners = await listeners_at(port, host, "a recording")
        self._nursery.start_soon(trio.serve_listeners, self._serve, listeners)
        return taken

    async def _serve(self, stream: trio.abc.HalfCloseableStream) -> None:
        session = self._last = self._session(stream)
        try:
            await session.run()
        except Exception as error:  # noqa: BLE001 - raised by open_replay, bare
            bug = InternalError(f"a bug in serving a recording: {error!r}; please report it")
            bug.__cause__ = error
            self._fail(bug)

    def _fail(self, error: Exception) -> None:
        self.failure = self.failure or error
        self._block.cancel()


@asynccontextmanager
async def open_replay(
    recording: str | PathLike[str] | Iterable[Passage],
    *,
    speed: float = 1.0,
    timeline: bool = False,
    on_mismatch: Callable[[ReplayMismatch], None] | None = None,
) -> AsyncIterator[Replay]:
    """Serves a recording for the length of a block, in the place of TWS.

    A program that sends what the recorded one sent gets the same answers, each as long after its
    request as then. It may choose its own client id, request ids and order ids: they are put into
    the answers. The order of its requests, and the time between them, are left to it. A request
    counts as the same if all else in it is equal, and as often as it was recorded. A cancel too
    many is no mismatch.

    Leaving the block closes all connections. What the block raises comes out bare.

    Args:
        recording: The file, or passages that were read from one: those before the damage, say.
        speed: How many recorded seconds go by in one second of trio's clock; `math.inf` for no
            waiting at all.
        timeline: Whether to send everything at its time after the start of the session, byte by
            byte, whatever the program sends. Ids are then those of the recording.
        on_mismatch: Is called with each request that the recording does not have, which is then
            answered with error 321; None to end the block with it.

    Raises:
        ReplayMismatch: A program sent what the recording does not have; the block was cancelled.
        DamagedRecording: The file is damaged. Nothing was served.
        InternalError: There is a bug in serving it; the block was cancelled.
        OSError: The file can't be read.
        ValueError: The speed is not positive.
    """
    if not speed > 0:
        raise ValueError(f"speed={speed}: time goes forward only")
    passages = read_recording(recording) if isinstance(recording, str | PathLike) else recording
    script = script_of(passages, is_timeline=timeline)
    caught: BaseException | None = None
    block = trio.CancelScope()
    async with trio.open_nursery() as nursery:
        replay = Replay(
            nursery, block, script, speed=speed, is_timeline=timeline, on_mismatch=on_mismatch
        )
        try:
            with block:
                yield replay
        except BaseException as error:  # noqa: BLE001 - raised again below, bare
            caught = error
        nursery.cancel_scope.cancel()
    if replay.failure is not None and (caught is None or isinstance(caught, Exception)):
        raise replay.failure
    if caught is not None:
        raise caught
