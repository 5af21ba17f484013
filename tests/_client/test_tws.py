"""The raw protocol, beside the methods."""

from datetime import UTC, datetime

import pytest
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from tests._client.peer import Peer, session
from trio_tws import (
    CurrentTime,
    Error,
    Gap,
    LocalProtocolError,
    ManagedAccounts,
    NextValidId,
    Notice,
    ReqCurrentTime,
    ReqIds,
    ReqManagedAccts,
    SlowConsumer,
    TickPrice,
    TickType,
    open_tws,
)
from trio_tws.protocol import MalformedMessage, UnknownMessage
from trio_tws.protocol._framing import frame
from trio_tws.testing import open_simulator


async def test_any_request_can_be_sent_and_its_answer_seen() -> None:
    async with open_simulator(accounts=("DU1", "DU2")) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_events(NextValidId, ManagedAccounts) as events:
                await tws.send(ReqIds())
                assert await anext(events) == NextValidId(1)
                await tws.send(ReqManagedAccts())
                assert await anext(events) == ManagedAccounts(("DU1", "DU2"))


async def test_what_is_no_request_is_refused() -> None:
    async with session() as (tws, _peer):
        for wrong in (TickPrice(1), "text", None):
            with pytest.raises(LocalProtocolError):
                await tws.send(wrong)


async def test_sending_is_a_checkpoint_and_cancelled_sends_nothing() -> None:
    async with session() as (tws, peer):
        with trio.CancelScope() as scope:
            scope.cancel()
            await tws.send(ReqIds())
        assert scope.cancelled_caught
    assert not any(isinstance(event, ReqIds) for event in peer.received)


async def test_events_tell_farms_as_notices_and_errors_as_errors() -> None:
    async def act(peer: Peer) -> None:
        await peer.send(
            Error(-1, 2104, "Market data farm connection is OK:usfarm"),
            Error(77, 201, "Order rejected"),
        )

    async with session(act) as (tws, _peer):
        seen: list[object] = []
        async for event in tws.events:
            seen.append(event)
            match event:
                case Notice(code=2104):
                    pass
                case Error(code=201):
                    break
                case _:
                    pass
        assert [type(event) for event in seen] == [ManagedAccounts, NextValidId, Notice, Error]
        assert not tws.statistics().late_answers


NEWS: list[object] = [
    CurrentTime(datetime(2026, 1, 1, tzinfo=UTC)),
    TickPrice(1_000_000_000, TickType.BID, 2.5),
    Error(-1, 2104, "Market data farm connection is OK:usfarm"),
    Error(77, 201, "Order rejected"),
    NextValidId(5),
]


@pytest.mark.parametrize("version", [176, 226])
@given(reads=st.lists(st.lists(st.sampled_from(NEWS), min_size=1, max_size=6), max_size=8))
@settings(max_examples=25)
def test_events_that_are_read_late_are_what_they_were(
    version: int, reads: list[list[object]]
) -> None:
    """They are held as bytes, but for those which cost nothing more, or which may not be lost."""

    async def act(peer: Peer) -> None:
        for messages in reads:
            await peer.send(*messages)
            await trio.testing.wait_all_tasks_blocked()
        await peer.send(ManagedAccounts(("the end",)))

    async def main() -> None:
        async with session(act, version) as (tws, _peer):
            seen: list[object] = [ManagedAccounts(("DU1",)), NextValidId(1)]
            async with tws.open_events() as events:
                async for event in events:
                    seen.append(event)
                    if event == ManagedAccounts(("the end",)):
                        break
            assert tws.events.statistics().waiting == len(seen)
            assert [await anext(tws.events) for _ in seen] == seen
            await tws.send(ReqCurrentTime())
            assert tws.events.statistics().waiting == 0

    trio.run(main)


async def test_what_is_read_again_is_not_counted_again(caplog: pytest.LogCaptureFixture) -> None:
    async def act(peer: Peer) -> None:
        await peer.stream.send_all(frame(b"9\x001\x0018\x00new\x00"))

    async with session(act, 176) as (tws, _peer):
        async with tws.open_events(NextValidId) as events:
            assert await anext(events) == NextValidId(18)
        counted = dict(tws._session.connection.surplus)
        async for event in tws.events:
            if event == NextValidId(18):
                break
        assert tws._session.connection.surplus == counted == {NextValidId: 1}
    assert caplog.text.count("more fields") == 1


async def test_several_streams_of_events_do_not_take_from_each_other() -> None:
    async with open_simulator() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_events(NextValidId) as one, tws.open_events(NextValidId) as other:
                await tws.send(ReqIds())
                assert await anext(one) == await anext(other) == NextValidId(1)
            await tws.send(ReqIds())
            await tws.current_time()
            assert one.statistics().delivered == 1


async def test_a_slow_reader_of_events_is_told_and_the_session_lives() -> None:
    async def act(peer: Peer) -> None:
        await peer.send(*(NextValidId(number) for number in range(50)))

    async with session(act) as (tws, _peer):
        async with (
            tws.open_events(NextValidId, buffer=10) as strict,
            tws.open_events(NextValidId, buffer=10, overflow="gap") as loose,
        ):
            await trio.testing.wait_all_tasks_blocked()
            with pytest.raises(SlowConsumer) as caught:
                async for _ in strict:
                    pass
            assert caught.value.lost == 40
            assert await anext(loose) == Gap(40)
        assert tws.is_connected


async def test_unknown_and_malformed_messages_are_events_too() -> None:
    async def act(peer: Peer) -> None:
        await peer.stream.send_all(b"\0\0\0\x06\0\0\x01\xc7hi" + b"\0\0\0\x01x")

    async with session(act) as (tws, _peer):
        async with tws.open_events(UnknownMessage, MalformedMessage) as events:
            unknown = await anext(events)
            assert isinstance(unknown, UnknownMessage)
            assert unknown.id == 0x1C7 - 200
            assert unknown.payload == b"\0\0\x01\xc7hi"
            malformed = await anext(events)
            assert isinstance(malformed, MalformedMessage)
            assert malformed.payload == b"x"


async def test_a_stream_of_events_may_be_closed_before_its_block_ends() -> None:
    async with session() as (tws, _peer), tws.open_events() as events:
        events.close()
        with pytest.raises(trio.ClosedResourceError):
            await anext(events)


async def test_reading_events_ends_with_the_stream_alone() -> None:
    async with session() as (tws, _peer):
        tws.events.close()
        with pytest.raises(trio.ClosedResourceError):
            await anext(tws.events)
