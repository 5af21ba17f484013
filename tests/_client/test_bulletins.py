from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import trio
import trio.testing

from tests._client.peer import Peer, session
from tests._client.test_cancel_everywhere import cancelled_at
from trio_tws import (
    CancelNewsBulletins,
    ConnectionLost,
    CurrentTime,
    Gap,
    LocalProtocolError,
    NewsBulletins,
    RemoteProtocolError,
    ReqCurrentTime,
    ReqNewsBulletins,
    SlowConsumer,
    open_tws,
)
from trio_tws.testing import open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)


def bulletin(number: int) -> NewsBulletins:
    return NewsBulletins(number, 1, "News", "NYSE")


def asked(peer: Peer) -> list[Any]:
    """Gives what has come about bulletins, in order."""
    kinds = (ReqNewsBulletins, CancelNewsBulletins)
    return [message for message in peer.received if isinstance(message, kinds)]


@pytest.mark.parametrize("version", [100, 176, 226])
async def test_those_of_today_come_first_and_then_each_new_one(
    version: int, autojump_clock: object
) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            async with tws.open_news_bulletins() as bulletins:
                found = [await anext(bulletins) for _ in range(11)]  # 0:00 to 10:00 in New York
                assert simulator.now() < START.timestamp() + 1
                found.append(await anext(bulletins))
                assert simulator.now() == pytest.approx(START.timestamp() + 3600, abs=1)
                first = found[0].msg_id
                assert [one.msg_id for one in found] == list(range(first, first + 12))
            await tws.current_time()
            assert simulator.clients[0].requests == {}


async def test_all_who_read_share_one_subscription_until_the_last_leaves(
    autojump_clock: object,
) -> None:
    async def act(peer: Peer) -> None:
        await peer.read_until(ReqCurrentTime)
        await peer.send(bulletin(1), CurrentTime(START))

    async with session(act) as (tws, peer):
        async with tws.open_news_bulletins(all_messages=False) as first:
            async with tws.open_news_bulletins(all_messages=False) as second:
                await tws.current_time()
                assert await anext(first) == await anext(second) == bulletin(1)
                second.close()
                second.close()
            await trio.testing.wait_all_tasks_blocked()
            assert asked(peer) == [ReqNewsBulletins(all_msgs=False)]
        await trio.testing.wait_all_tasks_blocked()
        assert asked(peer) == [ReqNewsBulletins(all_msgs=False), CancelNewsBulletins()]
        async with tws.open_news_bulletins(all_messages=False):
            pass
        await trio.testing.wait_all_tasks_blocked()
        assert len(asked(peer)) == 4


async def test_who_comes_later_and_wants_those_of_today_has_them_told_again(
    autojump_clock: object,
) -> None:
    async with session() as (tws, peer):
        async with tws.open_news_bulletins(all_messages=False):
            async with tws.open_news_bulletins():
                await trio.testing.wait_all_tasks_blocked()
                assert asked(peer) == [
                    ReqNewsBulletins(all_msgs=False),
                    ReqNewsBulletins(all_msgs=True),
                ]


async def test_a_bulletin_that_can_not_be_read_is_told_after_those_before_it(
    autojump_clock: object,
) -> None:
    async def act(peer: Peer) -> None:
        await peer.read_until(ReqNewsBulletins)
        sent = peer.connection.send(bulletin(1)), peer.connection.send(bulletin(2))
        await peer.stream.send_all(sent[0] + sent[1].replace(b"\x002\x00", b"\x00x\x00"))

    async with session(act, version=176) as (tws, peer):
        async with tws.open_news_bulletins() as bulletins:
            assert await anext(bulletins) == bulletin(1)
            with pytest.raises(RemoteProtocolError):
                await anext(bulletins)
        await trio.testing.wait_all_tasks_blocked()
        assert asked(peer) == [CancelNewsBulletins()]


def burst(count: int) -> Callable[[Peer], Any]:
    async def act(peer: Peer) -> None:
        await peer.read_until(ReqNewsBulletins)
        await peer.send(*map(bulletin, [1, 1, *range(2, count + 1)]))

    return act


async def test_a_slow_reader_is_told(autojump_clock: object) -> None:
    async with session(burst(5)) as (tws, _peer):
        async with tws.open_news_bulletins(buffer=2) as bulletins:
            await trio.testing.wait_all_tasks_blocked()
            with pytest.raises(SlowConsumer):
                async for _ in bulletins:
                    pass


async def test_a_reader_may_ask_for_gaps(autojump_clock: object) -> None:
    async with session(burst(5)) as (tws, _peer):
        async with tws.open_news_bulletins(buffer=2, overflow="gap") as bulletins:
            await trio.testing.wait_all_tasks_blocked()
            assert await anext(bulletins) == Gap(4)
            assert await anext(bulletins) == bulletin(4)


async def test_latest_keeps_each_bulletin_once(autojump_clock: object) -> None:
    async with session(burst(3)) as (tws, _peer):
        async with tws.open_news_bulletins(buffer=1, overflow="latest") as bulletins:
            await trio.testing.wait_all_tasks_blocked()
            assert [await anext(bulletins) for _ in range(3)] == [*map(bulletin, [1, 2, 3])]


async def test_a_buffer_that_holds_nothing_is_refused(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        with pytest.raises(LocalProtocolError, match="buffer=0"):
            async with tws.open_news_bulletins(buffer=0):
                pass
        await trio.testing.wait_all_tasks_blocked()
        assert asked(peer) == []


async def test_a_lost_connection_is_raised(autojump_clock: object) -> None:
    async def hang_up(peer: Peer) -> None:
        await peer.read_until(ReqNewsBulletins)
        await peer.stream.aclose()

    with pytest.raises(ConnectionLost):
        async with session(hang_up) as (tws, _peer):
            async with tws.open_news_bulletins() as bulletins:
                await anext(bulletins)


async def tell_one(peer: Peer) -> None:
    while peer.closed_cleanly is None:
        await peer.read()
        if asked(peer) == [ReqNewsBulletins()]:
            await peer.send(bulletin(1))


async def use(number: int) -> tuple[bool, Peer]:
    async with session(tell_one) as (tws, peer):

        async def read() -> None:
            async with tws.open_news_bulletins() as bulletins:
                await anext(bulletins)

        with trio.CancelScope() as scope:
            await cancelled_at(read(), number, scope, [0])
        await trio.testing.wait_all_tasks_blocked()
    return scope.cancelled_caught, peer


def test_cancelled_at_any_checkpoint_it_leaves_nothing_behind() -> None:
    for number in range(1, 20):
        clock = trio.testing.MockClock(autojump_threshold=0)
        was_cancelled, peer = trio.run(use, number, clock=clock)
        came = asked(peer)
        assert came in ([], [ReqNewsBulletins(), CancelNewsBulletins()])
        assert came or was_cancelled
        if not was_cancelled:
            return
    pytest.fail("it never came to its end")
