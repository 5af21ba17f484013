"""A connection cut at every byte of a whole session.

Whatever the byte, the outcome is one bare exception of the right kind, promptly, with nothing left
running; before the session is ready a `ConnectFailed`, after it `ConnectionLost`.
"""

from datetime import UTC, datetime

import attrs
import pytest
import trio
import trio.testing

from tests._client.peer import tasks_below
from trio_tws import ConnectFailed, ConnectionLost, Stock, TickPrice, open_tws
from trio_tws.testing import Faults, open_simulator

pytestmark = pytest.mark.no_cover

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
DONE = "done"


@attrs.frozen
class Outcome:
    """How a session ended, and how far it came."""

    error: BaseException | None
    was_ready: bool
    tasks_left: int
    bytes_sent: int


async def small_session(version: int, cut_after: int | None) -> Outcome:
    """Runs a session that asks for one thing of each kind, over a connection that may be cut."""
    error: BaseException | None = None
    ready = False
    async with open_simulator(server_version=version, start=START) as simulator:
        await trio.testing.wait_all_tasks_blocked()  # its own tasks have begun
        before = tasks_below()
        counting = CountingStream(simulator.open_stream(Faults(cut_after=cut_after)))
        try:
            async with open_tws(stream=counting, strict=True) as tws:
                ready = True
                await tws.current_time()
                (details,) = await tws.contract_details(Stock("AAPL"))
                async with tws.open_ticks(details.contract) as ticks:
                    async for tick in ticks:
                        if isinstance(tick, TickPrice):
                            break
                await tws.historical_bars(details.contract, duration="300 S", bar_size="1 min")
                await trio.sleep(1)
        except BaseException as caught:  # noqa: BLE001 - looked at by the test
            error = caught
        # The server's own task ends in its own time.
        await trio.testing.wait_all_tasks_blocked()
        left = tasks_below() - before
    return Outcome(error, ready, left, counting.count)


class CountingStream(trio.abc.HalfCloseableStream):
    """Counts what is received."""

    def __init__(self, stream: trio.abc.HalfCloseableStream) -> None:
        self.stream = stream
        self.count = 0

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        data = await self.stream.receive_some(max_bytes)
        self.count += len(data)
        return data

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await self.stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self.stream.wait_send_all_might_not_block()

    async def send_eof(self) -> None:
        await self.stream.send_eof()

    async def aclose(self) -> None:
        await self.stream.aclose()


def run(version: int, cut_after: int | None) -> Outcome:
    return trio.run(
        small_session, version, cut_after, clock=trio.testing.MockClock(autojump_threshold=0)
    )


def check_cuts(version: int, cuts: range) -> None:
    for cut in cuts:
        outcome = run(version, cut)
        expected = ConnectionLost if outcome.was_ready else ConnectFailed
        assert isinstance(outcome.error, expected), (version, cut, outcome)
        assert outcome.tasks_left == 0, (version, cut, outcome)


@pytest.mark.slow
@pytest.mark.parametrize("version", [100, 176, 200, 201, 226])
def test_a_cut_anywhere_ends_in_one_bare_error(version: int) -> None:
    whole = run(version, None)
    assert whole.error is None
    assert whole.tasks_left == 0

    # The handshake byte by byte, the rest in steps that share no factor with any frame's length.
    check_cuts(version, range(120))
    check_cuts(version, range(120, whole.bytes_sent, 97))


@pytest.mark.wide
@pytest.mark.parametrize("version", [100, 226])
def test_a_cut_at_every_byte_ends_in_one_bare_error(version: int) -> None:
    check_cuts(version, range(run(version, None).bytes_sent))


@pytest.mark.parametrize("cut_after", [10, 40, 400, 1500])
def test_a_cut_of_a_real_socket_ends_in_one_bare_error(cut_after: int) -> None:
    async def over_tcp() -> BaseException | None:
        async with open_simulator(start=START, faults=Faults(cut_after=cut_after)) as simulator:
            port = await simulator.listen()
            try:
                async with open_tws(port=port) as tws:
                    (details,) = await tws.contract_details(Stock("AAPL"))
                    async with tws.open_ticks(details.contract) as ticks:
                        async for _ in ticks:
                            pass
            except BaseException as error:  # noqa: BLE001 - looked at by the test
                return error
            return None

    error = trio.run(over_tcp)
    assert isinstance(error, ConnectionLost if cut_after > 100 else ConnectFailed), error
