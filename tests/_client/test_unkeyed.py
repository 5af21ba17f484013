"""Subscriptions without an id, shared by all who follow them; shown with those of positions."""

from collections.abc import Hashable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from tests._client.peer import Peer, session
from trio_tws import (
    TWS,
    AcctDownloadEnd,
    AcctValue,
    CancelPositions,
    ConnectionLost,
    Contract,
    CurrentTime,
    Error,
    LocalProtocolError,
    PositionData,
    PositionEnd,
    RemoteProtocolError,
    ReqAccountData,
    ReqCurrentTime,
    ReqPositions,
    RequestError,
    ResponseTimeout,
    Subscription,
)
from trio_tws._client._conversation import Conversation
from trio_tws._client._inbox import Inbox
from trio_tws._client._unkeyed import Following, Unkeyed
from trio_tws.protocol import frame
from trio_tws.protocol._routing import routes

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def key(message: object) -> Hashable:
    if isinstance(message, PositionData):
        return message.account, message.contract.con_id
    return message.key if isinstance(message, AcctValue) else None


POSITIONS = Following(ReqPositions(), CancelPositions(), PositionEnd, key)
END = PositionEnd()


def position(con_id: int, held: int = 100) -> PositionData:
    return PositionData("DU1", Contract(con_id), Decimal(held), 1.0)


def account(code: str) -> Following:
    asked = ReqAccountData(True, code), ReqAccountData(False, code)
    return Following(*asked, AcctDownloadEnd, key)


def sent(peer: Peer) -> list[object]:
    kinds = ReqPositions | CancelPositions | ReqAccountData
    return [one for one in peer.received if isinstance(one, kinds)]


async def take(stream: Subscription[object], number: int) -> list[object]:
    return [await anext(stream) for _ in range(number)]


@pytest.mark.parametrize("version", [176, 226])
async def test_all_share_one_and_a_newcomer_gets_what_is_known(
    version: int, autojump_clock: object
) -> None:
    async with session(version=version) as (tws, peer):
        async with tws._follow(POSITIONS, 10, "raise") as first:
            await wait_all_tasks_blocked()
            await peer.send(position(1), position(2), END, position(1, 50))
            assert await take(first, 4) == [position(1), position(2), END, position(1, 50)]
            async with tws._follow(POSITIONS, 10, "raise") as second:
                assert await take(second, 3) == [position(1, 50), position(2), END]
                await peer.send(position(3))
                assert await take(first, 1) == await take(second, 1) == [position(3)]
            await peer.send(position(4))
            assert await take(first, 1) == [position(4)]
            assert sent(peer) == [ReqPositions()]
        await wait_all_tasks_blocked()
        assert sent(peer) == [ReqPositions(), CancelPositions()]


async def test_closed_twice_it_is_taken_back_once(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        async with tws._follow(POSITIONS, 10, "raise") as stream:
            stream.close()
            stream.close()
        await wait_all_tasks_blocked()
        assert sent(peer) == [ReqPositions(), CancelPositions()]


async def test_a_list_ends_and_is_taken_back(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        while ReqPositions() not in peer.received:
            await peer.read()
        await peer.send(position(1))
        await trio.sleep(60)  # slow, but on its way
        await peer.send(position(2), END)

    async with session(act) as (tws, peer):
        both: list[list[object]] = []
        async with trio.open_nursery() as nursery:
            for _ in range(2):

                @nursery.start_soon
                async def ask() -> None:
                    both.append(await tws._list(POSITIONS))

        assert both == [[position(1), position(2), END]] * 2
        await wait_all_tasks_blocked()
        assert sent(peer) == [ReqPositions(), CancelPositions()]


async def test_silence_is_told_and_right_after_the_start_asked_again(
    autojump_clock: object,
) -> None:
    async with session() as (tws, peer):
        with pytest.raises(ResponseTimeout, match="ReqPositions"):
            await tws._list(POSITIONS)
        await wait_all_tasks_blocked()
        assert sent(peer) == [ReqPositions(), ReqPositions(), CancelPositions()]
        assert trio.current_time() == pytest.approx(30, abs=0.1)
        with pytest.raises(ResponseTimeout):
            await tws._list(POSITIONS)
        await wait_all_tasks_blocked()
        assert len(sent(peer)) == 5


async def leave_in_the_middle(tws: TWS, peer: Peer) -> None:
    async with tws._follow(POSITIONS, 10, "raise") as stream:
        await wait_all_tasks_blocked()
        await peer.send(position(1))
        await take(stream, 1)


@pytest.mark.parametrize("is_cut", [False, True])
async def test_a_list_that_was_left_in_the_middle_is_whole_for_the_next(
    autojump_clock: object, *, is_cut: bool
) -> None:
    """Nobody knows whether TWS stops in the middle of a list when it is told to."""
    async with session() as (tws, peer):
        await leave_in_the_middle(tws, peer)
        async with tws._follow(POSITIONS, 10, "raise") as stream:
            await wait_all_tasks_blocked()
            await peer.send(*([position(1)] if is_cut else []), position(2), END)
            came = await take(stream, 3 + is_cut)
        assert came == [position(1), *([position(1)] if is_cut else []), position(2), END]


async def test_the_rest_of_it_is_not_awaited_for_long(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        await leave_in_the_middle(tws, peer)
        await trio.sleep(6)
        async with tws._follow(POSITIONS, 10, "raise") as stream:
            await wait_all_tasks_blocked()
            await peer.send(position(2), END)
            assert await take(stream, 2) == [position(2), END]


async def test_the_rest_of_it_is_thrown_away_where_nobody_asks(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        await leave_in_the_middle(tws, peer)
        await peer.send(position(2))
        await peer.send(END)
        await wait_all_tasks_blocked()
        async with tws._follow(POSITIONS, 10, "raise") as stream:
            await wait_all_tasks_blocked()
            await peer.send(position(3), END)
            assert await take(stream, 2) == [position(3), END]


async def test_of_what_tws_follows_one_at_a_time_a_second_is_refused_or_waits(
    autojump_clock: object,
) -> None:
    value = AcctValue("AccountReady", "true", "", "DU2")

    async def act(peer: Peer) -> None:
        while ReqAccountData(True, "DU2") not in peer.received:
            await peer.read()
        await peer.send(value, AcctDownloadEnd("DU2"))

    async with session(act) as (tws, peer):
        async with trio.open_nursery() as nursery:
            async with tws._follow(account("DU1"), 10, "raise"):
                with pytest.raises(LocalProtocolError, match=r"now follows .*'DU1'.*'DU2'"):
                    async with tws._follow(account("DU2"), 10, "raise"):
                        pytest.fail("it was opened")

                @nursery.start_soon
                async def wait() -> None:
                    assert await tws._list(account("DU2")) == [value, AcctDownloadEnd("DU2")]
                    assert trio.current_time() >= 100

                await trio.sleep(100)
        await wait_all_tasks_blocked()
        assert sent(peer)[-4:] == [
            ReqAccountData(True, "DU1"),
            ReqAccountData(False, "DU1"),
            ReqAccountData(True, "DU2"),
            ReqAccountData(False, "DU2"),
        ]


async def test_a_refusal_ends_it_for_all(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        async with tws._follow(POSITIONS, 10, "raise") as first:
            async with tws._follow(POSITIONS, 10, "raise") as second:
                await wait_all_tasks_blocked()
                await peer.send(Error(-1, 321, "Error validating request"))
                for stream in (first, second):
                    with pytest.raises(RequestError, match="321"):
                        await anext(stream)
        await wait_all_tasks_blocked()
        assert sent(peer) == [ReqPositions()]


async def test_a_lost_connection_ends_it_for_all() -> None:
    with pytest.raises(ConnectionLost):
        async with session() as (tws, peer):
            async with tws._follow(POSITIONS, 10, "raise") as stream:
                await wait_all_tasks_blocked()
                await peer.stream.aclose()
                await anext(stream)


async def test_nothing_is_followed_in_a_session_that_has_ended() -> None:
    async with session() as (tws, _peer):
        pass
    with pytest.raises(LocalProtocolError, match="closed"):
        async with tws._follow(POSITIONS, 10, "raise"):
            pytest.fail("it was opened")


async def test_what_can_not_be_read_ends_questions_and_subscriptions(
    autojump_clock: object,
) -> None:
    async with session(version=176) as (tws, peer):
        async with tws._follow(POSITIONS, 10, "raise") as stream:
            await wait_all_tasks_blocked()
            await peer.stream.send_all(frame(b"61\x003\x00DU1\x00no number\x00"))
            with pytest.raises(RemoteProtocolError):
                await anext(stream)
        await wait_all_tasks_blocked()
        async with trio.open_nursery() as nursery:

            @nursery.start_soon
            async def ask() -> None:
                with pytest.raises(RemoteProtocolError):
                    await tws.current_time()

            await wait_all_tasks_blocked()
            await peer.stream.send_all(frame(b"49\x001\x00noon\x00"))


async def test_questions_are_answered_all_at_once_or_given_up() -> None:
    unkeyed, asked = Unkeyed(), ReqCurrentTime()
    route = routes(226)[CurrentTime]
    for _ in range(2):
        unkeyed.add(Conversation(asked, Inbox("answers"), None))
        assert unkeyed.under_way(ReqCurrentTime) is unkeyed.conversations()[0]
    first, second = unkeyed.conversations()
    assert unkeyed.take(CurrentTime(NOON), route) == [first, second]
    assert unkeyed.under_way(ReqCurrentTime) is None
    assert await first.inbox.take() == await second.inbox.take() == [CurrentTime(NOON)]
    unkeyed.add(first)
    unkeyed.forget(ReqCurrentTime)
    assert unkeyed.conversations() == []
    assert unkeyed.take(CurrentTime(NOON), route) == []
