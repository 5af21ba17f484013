"""A consumer that is slow, at a hundred thousand ticks: nothing is lost that is not told.

With each policy, what was delivered and what was reported as lost or replaced makes up what TWS
sent. The ticks are numbered, and come over a stream as text and as protobuf, so that it shows where
one is missing, wherever on the way it went.
"""

from datetime import UTC, datetime
from itertools import groupby
from typing import Final

import pytest
import trio

from tests._client.peer import Peer, session
from trio_tws import (
    CurrentTime,
    Error,
    Gap,
    ReqCurrentTime,
    ReqMktData,
    RequestError,
    SlowConsumer,
    Stock,
    Subscription,
    TickGeneric,
    TickType,
)

SENT: Final = 100_000
IN_ONE_SEGMENT: Final = 500
BUFFER: Final = 2_000
KINDS: Final = (TickType.HALTED, TickType.SHORTABLE, TickType.TRADE_RATE, TickType.VOLUME_RATE)

AAPL = Stock("AAPL")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.no_cover,
    pytest.mark.parametrize("version", [176, 226]),
]


async def flood(peer: Peer) -> None:
    """Sends numbered ticks of several types, a segment each 10 ms, and then ends the line.

    The question for the time is answered when all of that has been sent.
    """
    req_id = (await peer.read_until(ReqMktData)).req_id
    for first in range(0, SENT, IN_ONE_SEGMENT):
        numbers = range(first, first + IN_ONE_SEGMENT)
        await peer.send(*(TickGeneric(req_id, kind_of(one), float(one)) for one in numbers))
        await trio.sleep(0.01)
    await peer.send(Error(req_id, 354, "Requested market data is not subscribed."))
    await peer.read_until(ReqCurrentTime)
    await peer.send(CurrentTime(NOON))


def kind_of(number: int) -> TickType:
    return KINDS[number % len(KINDS)]


async def take_slowly(ticks: Subscription[object]) -> list[int | Gap]:
    """Gives the numbers of the ticks, and the gaps between them; takes a third of what is sent."""
    taken: list[int | Gap] = []
    with pytest.raises((RequestError, SlowConsumer)):
        async for tick in ticks:
            assert isinstance(tick, TickGeneric | Gap)
            taken.append(tick if isinstance(tick, Gap) else int(tick.value or 0))
            if len(taken) % 1_000 == 0:
                await trio.sleep(0.06)
    return taken


async def test_raise_gives_the_first_ones_and_counts_the_rest(
    version: int, autojump_clock: object
) -> None:
    async with session(flood, version=version) as (tws, _peer):
        async with tws.open_ticks(AAPL, buffer=BUFFER, overflow="raise") as ticks:
            taken = await take_slowly(ticks)
            await trio.sleep(60)
            numbers = ticks.statistics()
            with pytest.raises(SlowConsumer) as caught:
                await anext(ticks)
    assert taken == list(range(len(taken)))
    assert len(taken) >= BUFFER
    assert (numbers.delivered, numbers.waiting, numbers.replaced) == (len(taken), 0, 0)
    assert numbers.delivered + numbers.lost == SENT
    assert caught.value.lost == numbers.lost


async def test_gap_stands_where_ticks_are_missing_and_counts_them(
    version: int, autojump_clock: object
) -> None:
    async with session(flood, version=version) as (tws, _peer):
        async with tws.open_ticks(AAPL, buffer=BUFFER, overflow="gap") as ticks:
            taken = await take_slowly(ticks)
            numbers = ticks.statistics()
    next_number, gaps = 0, list[Gap]()
    for one in taken:
        if isinstance(one, Gap):
            next_number += one.lost
            gaps.append(one)
        else:
            assert one == next_number
            next_number += 1
    assert next_number == SENT
    assert len(gaps) > 10
    assert sum(gap.lost for gap in gaps) == numbers.lost
    assert (numbers.delivered, numbers.waiting, numbers.replaced) == (len(taken) - len(gaps), 0, 0)
    assert numbers.delivered + numbers.lost == SENT


async def test_latest_keeps_the_newest_of_each_type_and_counts_the_others(
    version: int, autojump_clock: object
) -> None:
    async with session(flood, version=version) as (tws, _peer):
        async with tws.open_ticks(AAPL, buffer=BUFFER, overflow="latest") as ticks:
            taken = await take_slowly(ticks)
            numbers = ticks.statistics()
    assert all(isinstance(one, int) for one in taken)
    told = [one for one in taken if isinstance(one, int)]
    for _kind, group in groupby(sorted(told, key=lambda one: one % 4), lambda one: one % 4):
        of_kind = list(group)
        assert of_kind == sorted(set(of_kind))
    assert sorted(told)[-4:] == list(range(SENT - 4, SENT))
    assert (numbers.delivered, numbers.waiting, numbers.lost) == (len(taken), 0, 0)
    assert numbers.replaced > SENT / 2
    assert numbers.delivered + numbers.replaced == SENT


async def test_wait_loses_none_and_keeps_the_socket_waiting(
    version: int, autojump_clock: object
) -> None:
    most_waiting = 0

    async def watch(ticks: Subscription[object]) -> None:
        nonlocal most_waiting
        while True:
            most_waiting = max(most_waiting, ticks.statistics().waiting)
            await trio.sleep(0.005)

    async with session(flood, version=version) as (tws, _peer), trio.open_nursery() as nursery:
        async with tws.open_ticks(AAPL, buffer=BUFFER, overflow="wait") as ticks:
            nursery.start_soon(watch, ticks)
            taken = await take_slowly(ticks)
            numbers = ticks.statistics()
        nursery.cancel_scope.cancel()
    assert taken == list(range(SENT))
    assert (numbers.delivered, numbers.waiting) == (SENT, 0)
    assert (numbers.lost, numbers.replaced) == (0, 0)
    assert BUFFER < most_waiting < SENT / 5
