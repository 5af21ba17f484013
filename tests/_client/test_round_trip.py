"""How many turns of the scheduler a message takes, over a real socket.

A turn costs as much as most of the other work on a small message, and how many there are does not
depend on the machine.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

import pytest
import trio
import trio.testing

from tests._client.peer import Act, Peer
from tests._client.steps import steps
from trio_tws import (
    TWS,
    ContractData,
    ContractDataEnd,
    CurrentTime,
    LimitOrder,
    PlaceOrder,
    ReqContractData,
    ReqCurrentTime,
    ReqMktData,
    Stock,
    open_tws,
)

NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
TIMES: Final = 20
OF_SESSION: Final = "trio_tws._client._pump._until_lost"
"""The name of the two tasks of a session."""


@asynccontextmanager
async def session_over_tcp(act: Act) -> AsyncIterator[TWS]:
    async def serve(stream: trio.SocketStream) -> None:
        peer = Peer(stream, 176)
        await peer.greet()
        await act(peer)
        await peer.read_to_end()

    async with trio.open_nursery() as nursery:
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, serve, [listener])
        async with open_tws(port=listener.socket.getsockname()[1]) as tws:
            yield tws
        nursery.cancel_scope.cancel()


async def steps_of(work: Callable[[TWS], Awaitable[None]], act: Act) -> Counter[str]:
    """Does some work several times; gives the steps that it took, by who made them.

    What is done the first time comes before the count, and the limits let all of it pass.
    """
    async with session_over_tcp(act) as tws:

        async def several_times() -> None:
            for _ in range(TIMES):
                await work(tws)

        await work(tws)
        await trio.testing.wait_all_tasks_blocked()
        with steps() as made:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(several_times, name="caller")
        return Counter({name: made[name] for name in ("caller", OF_SESSION)})


async def answer_all(peer: Peer) -> None:
    while peer.closed_cleanly is None:
        for event in await peer.read():
            match event:
                case ReqCurrentTime():
                    await peer.send(CurrentTime(NOON))
                case ReqContractData(req_id=req_id):
                    await peer.send(ContractData(req_id), ContractDataEnd(req_id))
                case _:
                    pass


async def ask_the_time(tws: TWS) -> None:
    assert await tws.current_time() == NOON


async def ask_for_a_contract(tws: TWS) -> None:
    assert len(await tws.contract_details(Stock("AAPL"))) == 1


@pytest.mark.parametrize("ask", [ask_the_time, ask_for_a_contract])
async def test_a_question_takes_one_step_of_the_asker_and_one_of_the_reader(
    ask: Callable[[TWS], Awaitable[None]],
) -> None:
    """It is written by the asker, and nobody comes in between."""
    assert await steps_of(ask, answer_all) == {"caller": 1 + TIMES, OF_SESSION: TIMES}


async def place(tws: TWS) -> None:
    await tws.place_order(Stock("AAPL"), LimitOrder("BUY", 1, 100))


async def just_send(tws: TWS) -> None:
    await tws.send(ReqMktData(1, Stock("AAPL")))


@pytest.mark.parametrize("send", [place, just_send])
async def test_what_is_sent_takes_one_checkpoint_and_no_other_task(
    send: Callable[[TWS], Awaitable[None]],
) -> None:
    assert await steps_of(send, answer_all) == {"caller": 1 + TIMES, OF_SESSION: 0}


async def test_an_order_is_at_tws_by_the_time_that_it_is_placed() -> None:
    """Nothing has to run after it: no task of the session, and no other."""

    async def act(peer: Peer) -> None:
        await peer.read_until(PlaceOrder)
        seen.set()

    seen = trio.Event()
    async with session_over_tcp(act) as tws:
        await trio.testing.wait_all_tasks_blocked()
        await place(tws)
        assert tws.pacing.queued == 0
        assert tws._session.outbox.unwritten_orders == 0
        await seen.wait()
