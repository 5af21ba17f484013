"""A small session, cancelled at its n-th checkpoint, for every n.

No frame is torn, everything that was begun at TWS is taken back, and what comes out is the user's
own cancellation.
"""

import types
from collections.abc import Callable, Coroutine, Generator
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
import trio
import trio.testing

from tests._client.test_cut_everywhere import CountingStream
from trio_tws import (
    CancelContractData,
    CancelHistoricalData,
    CancelMktData,
    ReqContractData,
    ReqHistoricalData,
    ReqMktData,
    Stock,
    open_tws,
)
from trio_tws.protocol import Connection, EndOfStream, MalformedMessage, Role, ServerHello
from trio_tws.testing import open_simulator

pytestmark = pytest.mark.no_cover

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@types.coroutine
def cancelled_at(
    work: Coroutine[Any, Any, None], number: int, scope: trio.CancelScope, count: list[int]
) -> Generator[Any, Any, None]:
    """Runs a coroutine, and cancels the scope as it comes to its checkpoint of that number."""
    resume: Callable[[Any], Any] = work.send
    value: Any = None
    while True:
        try:
            trap = resume(value)
        except StopIteration:
            return
        count[0] += 1
        if count[0] == number:
            scope.cancel()
        try:
            value = yield trap
            resume = work.send
        except BaseException as error:  # noqa: BLE001 - looked at by the test
            value, resume = error, work.throw


class RecordingStream(CountingStream):
    """Keeps what is sent."""

    def __init__(self, stream: trio.abc.HalfCloseableStream) -> None:
        super().__init__(stream)
        self.sent = b""

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += bytes(data)
        await super().send_all(data)


async def use(stream: trio.abc.HalfCloseableStream) -> None:
    """A session with a request of each kind, and two streams at once."""
    async with open_tws(stream=stream, client_id=1) as tws:
        await tws.current_time()
        (details,) = await tws.contract_details(Stock("AAPL"))
        async with (
            tws.open_ticks(details.contract) as first,
            tws.open_ticks(Stock("IBM")) as second,
        ):
            await anext(first)
            await anext(second)
            await tws.historical_bars(details.contract, duration="300 S", bar_size="1 min")
            await anext(first)
            await tws.send(ReqMktData(7, Stock("MSFT")))
            await tws.send(CancelMktData(7))


@attrs.frozen
class Ending:
    """What a cancelled session left behind."""

    was_cancelled: bool
    error: BaseException | None
    sent: bytes
    clients_left: int


async def cancelled_session(version: int, number: int) -> Ending:
    error: BaseException | None = None
    async with open_simulator(server_version=version, start=START, latency=0.01) as simulator:
        stream = RecordingStream(simulator.open_stream())
        with trio.CancelScope() as scope:
            try:
                await cancelled_at(use(stream), number, scope, [0])
            except trio.Cancelled:
                assert scope.cancel_called
                error = None
                raise
            except BaseException as caught:  # noqa: BLE001 - looked at by the test
                error = caught
        await trio.testing.wait_all_tasks_blocked()
        return Ending(scope.cancelled_caught, error, stream.sent, len(simulator.clients))


def requests_in(sent: bytes, version: int) -> list[object]:
    """Reads what a client sent, as a server does; fails on anything torn."""
    server = Connection(Role.SERVER, strict=True)
    server.receive_data(sent[:21])
    found = server.events()
    if len(sent) > 21:
        server.send(ServerHello(version))
    server.receive_data(sent[21:])
    server.receive_data(b"")
    while not found or not isinstance(found[-1], EndOfStream):
        found.append(server.next_event())
    assert not any(isinstance(event, MalformedMessage) for event in found)
    assert found[-1] == EndOfStream(partial=0)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("version", [100, 200, 226])
def test_a_session_cancelled_at_any_checkpoint_leaves_nothing_behind(version: int) -> None:
    number = 0
    while True:
        number += 1
        ending = trio.run(
            cancelled_session,
            version,
            number,
            clock=trio.testing.MockClock(autojump_threshold=0),
        )
        assert ending.error is None, (number, ending.error)
        assert ending.clients_left == 0, number
        sent = requests_in(ending.sent, version)
        begun = {event.req_id for event in sent if isinstance(event, ReqMktData)} - {7}
        ended = {event.req_id for event in sent if isinstance(event, CancelMktData)} - {7}
        assert begun == ended, number
        if not ending.was_cancelled:
            break
    assert number > 20
    assert len(begun) == 2


async def test_leaving_while_bars_are_under_way_cancels_them_at_tws(autojump_clock: object) -> None:
    async with open_simulator(server_version=176, latency=5) as simulator:
        stream = RecordingStream(simulator.open_stream())
        async with open_tws(stream=stream) as tws:
            with trio.move_on_after(1):
                await tws.historical_bars(Stock("AAPL"))
        (request,) = [e for e in requests_in(stream.sent, 176) if isinstance(e, ReqHistoricalData)]
        (cancel,) = [
            e for e in requests_in(stream.sent, 176) if isinstance(e, CancelHistoricalData)
        ]
        assert request.req_id == cancel.req_id


@pytest.mark.parametrize(("version", "cancels"), [(214, 0), (215, 1)])
async def test_leaving_a_contract_search_cancels_it_where_the_server_can(
    version: int, cancels: int, autojump_clock: object
) -> None:
    async with open_simulator(server_version=version, latency=5) as simulator:
        stream = RecordingStream(simulator.open_stream())
        async with open_tws(stream=stream) as tws:
            with trio.move_on_after(1):
                await tws.contract_details(Stock("AAPL"))
            await trio.sleep(10)
            assert tws.statistics().late_answers == (0 if cancels else 2)
        sent = requests_in(stream.sent, version)
        assert len([event for event in sent if isinstance(event, ReqContractData)]) == 1
        assert len([event for event in sent if isinstance(event, CancelContractData)]) == cancels
