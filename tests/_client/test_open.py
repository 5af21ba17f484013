"""`open_tws` and `connect`: what their scopes promise."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
import trio
import trio.testing

from tests._client.peer import Peer, session, tasks_below
from trio_tws import (
    CancelMktData,
    CancelOrder,
    ConnectionLost,
    LiveAccount,
    LocalProtocolError,
    ManagedAccounts,
    NextValidId,
    Notice,
    Pacing,
    ReqContractData,
    ReqCurrentTime,
    ReqGlobalCancel,
    ReqMktData,
    StartApi,
    Stock,
    TickPrice,
    connect,
    open_tws,
)
from trio_tws._client._open import CLOSE_TIMEOUT
from trio_tws.protocol import (
    DEFAULT_PACING,
    UNPACED,
    Hello,
    MalformedMessage,
    UnknownMessage,
)
from trio_tws.testing import Faults, Stage, Startup, open_simulator


class OwnError(Exception):
    pass


async def close(peer: Peer) -> None:
    """Lets the peer close the connection at once."""
    await peer.stream.aclose()


# Ready means ready ................................................................................


@pytest.mark.parametrize("version", [100, 200, 201, 212, 213, 226])
async def test_a_session_is_ready_with_all_facts_at_hand(version: int) -> None:
    async with open_simulator(server_version=version, accounts=("DU1", "DU2")) as simulator:
        async with open_tws(stream=simulator.open_stream(), client_id=5) as tws:
            assert tws.accounts == ("DU1", "DU2")
            assert tws.next_order_id == 1
            assert tws.server_version == version
            assert tws.connected_at.tzinfo is not None
            assert tws.time_zone_name == "EST"
            assert tws.time_zone == ZoneInfo("America/New_York")
            assert "<TWS connected" in repr(tws)
            assert "DU1, DU2" in repr(tws)
            assert simulator.clients[0].client_id == 5
        assert not tws.is_connected
        assert "disconnected" in repr(tws)


@pytest.mark.parametrize(
    "startup",
    [
        (Startup.ACCOUNTS, Startup.NEXT_ID, Startup.FARMS),
        (Startup.FARMS, Startup.NEXT_ID, Startup.ACCOUNTS),
        (Startup.NEXT_ID, Startup.FARMS, Startup.ACCOUNTS),
    ],
)
@pytest.mark.parametrize("segment", [None, 1, 7])
async def test_what_comes_before_the_session_is_ready_is_kept(
    startup: tuple[Startup, ...], segment: int | None, autojump_clock: object
) -> None:
    faults = Faults(
        startup=startup, startup_delay=2, segment=segment, before_version=(b"84\0a\0b\0",)
    )
    async with open_simulator(faults=faults) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            await trio.testing.wait_all_tasks_blocked()
            await trio.sleep(10)
            found: list[object] = []
            with trio.move_on_after(1):
                async for batch in tws.events.batches():
                    found += batch
            assert isinstance(found[0], UnknownMessage)
            assert {type(event) for event in found[1:]} == {ManagedAccounts, NextValidId, Notice}
            codes = [event.code for event in found if isinstance(event, Notice)]
            assert codes == [2104, 2106, 2158]


async def test_the_offer_and_the_client_id_are_checked_before_anything_is_sent() -> None:
    for wrong in (
        {"client_id": -1},
        {"client_id": 1 << 31},
        {"min_server_version": 99},
        {"max_server_version": 227},
        {"min_server_version": 201, "max_server_version": 200},
        {"event_buffer": 0},
    ):
        with pytest.raises(LocalProtocolError):
            async with open_tws(**wrong):  # type: ignore[arg-type]
                raise AssertionError


async def test_the_offered_range_and_the_options_reach_the_server() -> None:
    async with open_simulator() as simulator:
        async with open_tws(
            stream=simulator.open_stream(),
            max_server_version=176,
            options="+PACEAPI",
            optional_capabilities="x",
        ) as tws:
            assert tws.server_version == 176
            (client,) = simulator.clients
            assert client.received == [StartApi(0, "x")]
            assert client._connection.hello == Hello(100, 176, "+PACEAPI")


async def test_the_limits_are_the_callers_choice() -> None:
    for options, limits in (
        ({}, DEFAULT_PACING),
        ({"pacing": None}, UNPACED),
        ({"pacing": Pacing(market_data_lines=9)}, Pacing(market_data_lines=9)),
    ):
        chosen: dict[str, Any] = options
        async with session(**chosen) as (tws, _peer):
            assert tws.pacing.limits == limits
        async with open_simulator() as simulator, trio.open_nursery() as nursery:
            tws = await connect(nursery, stream=simulator.open_stream(), **chosen)
            assert tws.pacing.limits == limits
            await tws.aclose()


async def test_with_paceapi_the_message_rate_is_left_to_tws_unless_it_is_given() -> None:
    for options, per_second in (
        ({"options": "+PACEAPI"}, None),
        ({"options": "+PACEAPI", "pacing": Pacing(messages_per_second=7)}, 7),
        ({"options": "+PACEAPI", "pacing": Pacing()}, 45),
        ({"options": "+OTHER"}, 45),
    ):
        chosen: dict[str, Any] = options
        async with session(**chosen) as (tws, _peer):
            assert tws.pacing.limits.messages_per_second == per_second
            assert tws.pacing.limits.small_bars == DEFAULT_PACING.small_bars


# What comes out ...................................................................................


async def test_the_bodys_exception_comes_out_bare() -> None:
    error = OwnError("mine")
    with pytest.raises(OwnError) as caught:
        async with session() as (_tws, _peer):
            raise error
    assert caught.value is error


async def test_a_group_from_the_body_stays_a_group() -> None:
    async def fail() -> None:
        raise OwnError

    with pytest.raises(ExceptionGroup) as caught:
        async with session() as (_tws, _peer):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(fail)
                nursery.start_soon(fail)
    assert all(isinstance(one, OwnError) for one in caught.value.exceptions)


async def test_the_users_cancellation_passes_through(autojump_clock: object) -> None:
    before = tasks_below()
    with trio.move_on_after(5) as scope:
        async with session() as (_tws, _peer):
            await trio.sleep_forever()
    assert scope.cancelled_caught
    assert tasks_below() == before


async def test_a_keyboard_interrupt_passes_through() -> None:
    with pytest.raises(KeyboardInterrupt):
        async with session() as (_tws, _peer):
            raise KeyboardInterrupt


async def test_a_lost_connection_cancels_the_body_and_comes_out_once() -> None:
    reached = False
    with pytest.raises(ConnectionLost, match="TWS closed it") as caught:
        async with session(close) as (_tws, _peer):
            try:
                await trio.sleep_forever()
            finally:
                reached = True
    assert reached
    assert isinstance(caught.value, trio.BrokenResourceError)


async def test_many_tasks_in_the_body_still_give_one_bare_loss(autojump_clock: object) -> None:
    async def later(peer: Peer) -> None:
        await trio.sleep(1)
        await peer.stream.aclose()

    with pytest.raises(ConnectionLost):
        async with session(later) as (tws, _peer):
            async with trio.open_nursery() as nursery:
                for _ in range(3):
                    nursery.start_soon(tws.current_time)
                    nursery.start_soon(tws.contract_details, Stock("AAPL"))
                async with tws.open_ticks(Stock("IBM")) as ticks:
                    async for _ in ticks:
                        pass


async def test_a_group_of_nothing_but_losses_is_one_loss(autojump_clock: object) -> None:
    """Tasks that shield themselves see the loss each for itself."""

    async def shielded(tws: Any) -> None:
        with trio.CancelScope(shield=True):
            await tws.current_time()

    with pytest.raises(ConnectionLost):
        async with session(close) as (tws, _peer):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(shielded, tws)
                nursery.start_soon(shielded, tws)


async def test_the_bodys_own_error_wins_over_a_loss() -> None:
    with pytest.raises(OwnError):
        async with session(close) as (_tws, _peer):
            try:
                await trio.sleep_forever()
            finally:
                raise OwnError


async def test_a_body_that_handles_the_loss_ends_as_it_likes() -> None:
    async with session(close) as (tws, _peer):
        with trio.CancelScope(shield=True):
            with pytest.raises(ConnectionLost):
                await tws.current_time()
        assert not tws.is_connected


async def test_after_a_loss_everything_raises_it_and_nothing_is_sent() -> None:
    async with session(close) as (tws, _peer):
        with trio.CancelScope(shield=True):
            with pytest.raises(ConnectionLost):
                await tws.current_time()
            for ask in (
                lambda: tws.send(ReqCurrentTime()),
                tws.current_time,
                lambda: tws.contract_details(Stock("AAPL")),
                lambda: tws.historical_bars(Stock("AAPL")),
            ):
                with pytest.raises(ConnectionLost):
                    await ask()
            with pytest.raises(ConnectionLost):
                async with tws.open_ticks(Stock("AAPL")):
                    raise AssertionError
            with pytest.raises(ConnectionLost):
                async with tws.open_events():
                    raise AssertionError
            with pytest.raises(ConnectionLost):
                async for _ in tws.events:
                    pass


async def test_the_last_words_of_tws_are_in_the_loss() -> None:
    from trio_tws import Error

    async def say(peer: Peer) -> None:
        await peer.send(Error(-1, 1300, "Socket port has been reset to 7500"))
        await peer.stream.aclose()

    with pytest.raises(ConnectionLost, match=r"reset to 7500 \(1300\)"):
        async with session(say) as (_tws, _peer):
            await trio.sleep_forever()


# Cleaning up ......................................................................................


async def test_clean_up_in_a_cancelled_body_still_talks_to_tws(autojump_clock: object) -> None:
    told = None
    async with open_simulator() as simulator:
        with trio.move_on_after(1):
            async with open_tws(stream=simulator.open_stream()) as tws:
                try:
                    await trio.sleep_forever()
                finally:
                    with trio.CancelScope(shield=True):
                        told = await tws.current_time()
    assert told is not None


async def test_what_is_queued_at_the_end_reaches_tws(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        for number in range(100):
            await tws.send(CancelOrder(number))
    cancelled = [event.order_id for event in peer.received if isinstance(event, CancelOrder)]
    assert cancelled == list(range(100))
    assert peer.closed_cleanly


async def test_orders_that_are_queued_at_the_end_go_first_and_have_their_time(
    autojump_clock: object,
) -> None:
    async with session() as (tws, peer):
        started = trio.current_time()
        for number in range(200):
            tws._session.send_nowait(ReqContractData(number, Stock("AAPL")))
        for number in range(100):
            tws._session.send_nowait(CancelOrder(number))
    cancelled = [event.order_id for event in peer.received if isinstance(event, CancelOrder)]
    assert cancelled == list(range(100))
    assert peer.closed_cleanly
    assert trio.current_time() - started <= 3 + CLOSE_TIMEOUT


async def test_requests_that_are_queued_at_the_end_have_a_second(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        started = trio.current_time()
        for number in range(200):
            tws._session.send_nowait(ReqContractData(number, Stock("AAPL")))
    asked = [event.req_id for event in peer.received if isinstance(event, ReqContractData)]
    assert asked == list(range(len(asked)))
    assert 30 < len(asked) < 100
    assert trio.current_time() - started <= CLOSE_TIMEOUT


async def test_a_server_that_does_not_close_holds_nobody_up(autojump_clock: object) -> None:
    started = trio.current_time()
    ours, theirs = trio.testing.memory_stream_pair()
    peer = Peer(theirs, 226)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(peer.greet)
        async with open_tws(stream=ours):
            pass
        nursery.cancel_scope.cancel()
    assert trio.current_time() - started < 2


@pytest.mark.slow
async def test_a_peer_that_closes_first_holds_nobody_up() -> None:
    """Both ends of a real socket leave at once."""
    for _ in range(10):
        with trio.CancelScope() as scope:
            async with open_simulator() as simulator:
                async with open_tws(port=await simulator.listen()) as tws:
                    async with tws.open_ticks(Stock("AAPL")) as ticks:
                        async for _ in ticks:
                            scope.cancel()
        assert scope.cancelled_caught


@pytest.mark.parametrize("is_broken", [False, True])
async def test_orders_that_may_not_have_been_written_are_told(
    autojump_clock: object, *, is_broken: bool
) -> None:
    async def never_written() -> None:
        if is_broken:
            raise trio.BrokenResourceError
        await trio.sleep_forever()

    async with open_simulator() as simulator:
        stream = simulator.open_stream()
        with pytest.raises(ConnectionLost, match="1 messages about orders may not"):
            async with open_tws(stream=stream) as tws:
                stream.send_stream.send_all_hook = never_written
                await tws.send(CancelOrder(5))
        stream = simulator.open_stream()
        with pytest.raises(KeyError):
            async with open_tws(stream=stream) as tws:
                stream.send_stream.send_all_hook = never_written
                await tws.send(CancelOrder(5))
                raise KeyError
        stream = simulator.open_stream()
        with pytest.raises(ExceptionGroup) as caught:
            async with trio.open_nursery() as nursery:
                tws = await connect(nursery, stream=stream)
                stream.send_stream.send_all_hook = never_written
                await tws.send(CancelOrder(5))
                await tws.aclose()
        assert caught.group_contains(ConnectionLost)


# Guards ...........................................................................................


async def test_a_live_account_is_refused_unless_asked_for() -> None:
    async with open_simulator(accounts=("DU1", "U7654321")) as simulator:
        with pytest.raises(LiveAccount, match="U7654321"):
            async with open_tws(stream=simulator.open_stream()):
                raise AssertionError
        async with open_tws(stream=simulator.open_stream(), live=True) as tws:
            assert tws.accounts == ("DU1", "U7654321")


@pytest.mark.parametrize("order", [CancelOrder(1), ReqGlobalCancel()])
async def test_a_read_only_session_refuses_to_trade(order: object) -> None:
    async with session(read_only=True) as (tws, peer):
        with pytest.raises(LocalProtocolError, match="read_only"):
            await tws.send(order)
        with pytest.raises(LocalProtocolError, match="not a message"):
            await tws.send("no message at all")
        await tws.send(ReqCurrentTime())
    assert not any(isinstance(event, type(order)) for event in peer.received)
    assert any(isinstance(event, ReqCurrentTime) for event in peer.received)


# The old mode .....................................................................................


async def test_the_caller_may_start_the_session_itself() -> None:
    async with open_simulator() as simulator:
        async with open_tws(stream=simulator.open_stream(), async_connect=True) as tws:
            assert not tws.accounts
            assert "accounts >" in repr(tws)
            with pytest.raises(LocalProtocolError, match="StartApi"):
                await tws.current_time()
            await tws.start_api(9)
            assert simulator.clients[0].client_id == 9
            assert tws.accounts == ("DU1234567",)
            assert tws.next_order_id == 1
            assert await tws.current_time()
            with pytest.raises(LocalProtocolError):
                await tws.start_api(9)


async def test_the_caller_may_send_start_api_by_hand() -> None:
    async with open_simulator() as simulator:
        async with open_tws(stream=simulator.open_stream(), async_connect=True) as tws:
            await tws.send(StartApi(3))
            async for event in tws.events:
                if isinstance(event, NextValidId):
                    break
            assert tws.accounts == ("DU1234567",)


async def test_a_session_started_by_hand_refuses_a_live_account_too() -> None:
    async with open_simulator(accounts=("U1",)) as simulator:
        with pytest.raises(ConnectionLost, match="not a paper account"):
            async with open_tws(stream=simulator.open_stream(), async_connect=True) as tws:
                await tws.start_api(3)


async def test_a_live_account_that_was_not_asked_for_ends_a_session_at_once() -> None:
    async with open_simulator(accounts=("U1",)) as simulator:
        with pytest.raises(ConnectionLost, match="not a paper account"):
            async with open_tws(stream=simulator.open_stream(), async_connect=True) as tws:
                await tws.send(StartApi(3))
                with trio.fail_after(5):
                    await trio.sleep_forever()


async def test_a_silent_start_by_hand_times_out(autojump_clock: object) -> None:
    from trio_tws import HandshakeTimeout

    async with open_simulator(faults=Faults(silent_after=Stage.VERSION)) as simulator:
        async with open_tws(stream=simulator.open_stream(), async_connect=True) as tws:
            with pytest.raises(HandshakeTimeout, match="30 s"):
                await tws.start_api(3)


async def test_a_start_by_hand_with_a_taken_id_says_so() -> None:
    async with open_simulator() as simulator:
        async with open_tws(stream=simulator.open_stream(), client_id=3):
            with pytest.raises(ConnectionLost, match="already in use"):
                async with open_tws(stream=simulator.open_stream(), async_connect=True) as tws:
                    await tws.start_api(3)


# In a nursery of the caller's .....................................................................


async def test_connect_runs_in_the_callers_nursery() -> None:
    async with open_simulator() as simulator:
        async with trio.open_nursery() as nursery:
            tws = await connect(nursery, stream=simulator.open_stream(), client_id=4)
            assert await tws.current_time()
            await tws.aclose()
            await tws.aclose()
        await trio.testing.wait_all_tasks_blocked()
        assert simulator.clients == []


async def test_a_loss_is_raised_into_the_callers_nursery() -> None:
    with pytest.raises(ExceptionGroup) as caught:
        async with open_simulator(faults=Faults(cut_after=300)) as simulator:
            async with trio.open_nursery() as nursery:
                tws = await connect(nursery, stream=simulator.open_stream())
                async with tws.open_ticks(Stock("AAPL")) as ticks:
                    async for _ in ticks:
                        pass
    assert caught.group_contains(ConnectionLost)


async def test_cancelling_the_callers_nursery_takes_everything_back() -> None:
    async with open_simulator() as simulator:
        async with trio.open_nursery() as nursery:

            async def watch(tws: Any) -> None:
                async with tws.open_ticks(Stock("AAPL")) as ticks:
                    async for _ in ticks:
                        nursery.cancel_scope.cancel()

            tws = await connect(nursery, stream=simulator.open_stream())
            client = simulator.clients[0]
            nursery.start_soon(watch, tws)
        await trio.testing.wait_all_tasks_blocked()
        begun = [event for event in client.received if isinstance(event, ReqMktData)]
        ended = [event for event in client.received if isinstance(event, CancelMktData)]
        assert len(begun) == len(ended) == 1
        assert simulator.clients == []


async def test_closing_what_open_tws_made_is_left_to_it() -> None:
    async with session() as (tws, _peer):
        await tws.aclose()
        assert tws.is_connected


# Several at once ..................................................................................


@pytest.mark.slow
async def test_sessions_do_not_touch_each_other() -> None:
    """Two simulators on two ports, three programs at one of them, of which one is lost."""
    async with open_simulator(server_version=150, accounts=("DU1",)) as one:
        async with open_simulator(accounts=("DU2",)) as other:
            async with (
                open_tws(port=await one.listen(), client_id=1) as first,
                open_tws(port=await other.listen(), client_id=1) as second,
                open_tws(stream=other.open_stream(), client_id=2) as third,
            ):
                with pytest.raises(ConnectionLost):
                    async with open_tws(
                        stream=other.open_stream(Faults(cut_after=400)), client_id=3
                    ) as fourth:
                        async with fourth.open_ticks(Stock("IBM")) as ticks:
                            async for _ in ticks:
                                pass
                assert first.accounts == ("DU1",)
                assert second.accounts == third.accounts == ("DU2",)
                async with (
                    first.open_ticks(Stock("AAPL")) as a,
                    second.open_ticks(Stock("IBM")) as b,
                    third.open_ticks(Stock("MSFT")) as c,
                ):
                    for ticks in (a, b, c):
                        async for tick in ticks:
                            if isinstance(tick, TickPrice):
                                break


async def test_malformed_frames_reach_the_events_and_harm_nobody() -> None:
    async def act(peer: Peer) -> None:
        await peer.stream.send_all(b"\0\0\0\x05\0\0\0\xc9\xff")
        await peer.send(ManagedAccounts(("DU9",)))

    async with session(act) as (tws, _peer):
        async for event in tws.events:
            if isinstance(event, MalformedMessage):
                break
        async for event in tws.events:
            if event == ManagedAccounts(("DU9",)):
                break
        assert tws.accounts == ("DU9",)
