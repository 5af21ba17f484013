"""What holds for every request: its own answer or its own error, and nothing left behind."""

from datetime import UTC, datetime

import pytest
import trio
import trio.testing

from tests._client.peer import Peer, session
from trio_tws import (
    CancelMktData,
    ConnectionLost,
    ContractData,
    ContractDataEnd,
    CurrentTime,
    Error,
    LocalProtocolError,
    RemoteProtocolError,
    ReqContractData,
    ReqCurrentTime,
    ReqMktData,
    RequestError,
    ResponseTimeout,
    Stock,
    TickPrice,
    open_tws,
)
from trio_tws.testing import open_simulator

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def silent(peer: Peer) -> None:
    """Reads and says nothing."""
    await peer.read_to_end()


async def test_a_request_that_gets_no_answer_times_out(autojump_clock: object) -> None:
    async with session(silent, response_timeout=7) as (tws, _peer):
        started = trio.current_time()
        with pytest.raises(ResponseTimeout, match="ReqContractData within 7 s") as caught:
            await tws.contract_details(Stock("AAPL"))
        assert trio.current_time() - started == 7
        assert isinstance(caught.value.request, ReqContractData)
        assert caught.value.seconds == 7


async def test_only_the_first_answer_is_timed(autojump_clock: object) -> None:
    async def slowly(peer: Peer) -> None:
        request = await peer.read_until(ReqContractData)
        for _ in range(3):
            await trio.sleep(6)
            await peer.send(ContractData(request.req_id))
        await trio.sleep(6)
        await peer.send(ContractDataEnd(request.req_id))

    async with session(slowly, response_timeout=7) as (tws, _peer):
        assert len(await tws.contract_details(Stock("AAPL"))) == 3


async def test_an_error_ends_its_request_and_no_other() -> None:
    async def answer(peer: Peer) -> None:
        requests = [await peer.read_until(ReqContractData) for _ in range(2)]
        first, second = sorted(requests, key=lambda one: one.req_id)
        await peer.send(
            Error(first.req_id, 200, "No security definition"),
            ContractData(second.req_id),
            ContractDataEnd(second.req_id),
        )

    async with session(answer) as (tws, _peer):
        async with trio.open_nursery() as nursery:

            async def fail() -> None:
                with pytest.raises(RequestError, match="No security definition") as caught:
                    await tws.contract_details(Stock("NOPE"))
                assert caught.value.code == 200
                assert caught.value.advice
                assert isinstance(caught.value.request, ReqContractData)

            nursery.start_soon(fail)
            await trio.testing.wait_all_tasks_blocked()
            assert len(await tws.contract_details(Stock("AAPL"))) == 1


async def test_a_warning_about_a_request_does_not_end_it() -> None:
    async def answer(peer: Peer) -> None:
        request = await peer.read_until(ReqContractData)
        await peer.send(
            Error(request.req_id, 2174, "Warning: You submitted request with no time zone"),
            Error(request.req_id, 10167, "Displaying delayed market data"),
            ContractData(request.req_id),
            ContractDataEnd(request.req_id),
        )

    async with session(answer) as (tws, _peer):
        assert len(await tws.contract_details(Stock("AAPL"))) == 1


async def test_an_answer_that_can_not_be_read_fails_its_request_alone() -> None:
    async def answer(peer: Peer) -> None:
        request = await peer.read_until(ReqContractData)
        bad = b"10\0" + b"%d\0" % request.req_id + b"x\0" * 13
        await peer.stream.send_all(len(bad).to_bytes(4) + bad)
        await peer.read_until(ReqCurrentTime)
        await peer.send(CurrentTime(NOON))

    async with session(answer, version=176) as (tws, _peer):
        with pytest.raises(RemoteProtocolError, match="ContractData") as caught:
            await tws.contract_details(Stock("AAPL"))
        assert b"x\0x\0" in caught.value.payload
        assert await tws.current_time() == NOON


async def test_an_unreadable_answer_without_an_id_fails_those_who_wait_for_its_kind() -> None:
    async def answer(peer: Peer) -> None:
        await peer.read_until(ReqCurrentTime)
        bad = b"49\x001\0soon\0"
        await peer.stream.send_all(len(bad).to_bytes(4) + bad)

    async with session(answer, version=176) as (tws, _peer):
        with pytest.raises(RemoteProtocolError, match=r"CurrentTime\.time"):
            await tws.current_time()


async def test_callers_at_the_same_time_share_one_answer() -> None:
    async def answer(peer: Peer) -> None:
        await peer.read_until(ReqCurrentTime)
        await trio.testing.wait_all_tasks_blocked()
        await peer.send(CurrentTime(NOON))

    times: list[datetime] = []
    async with session(answer) as (tws, peer):

        async def ask() -> None:
            times.append(await tws.current_time())

        async with trio.open_nursery() as nursery:
            for _ in range(5):
                nursery.start_soon(ask)
    assert times == [NOON] * 5
    assert not any(isinstance(event, ReqCurrentTime) for event in peer.received)


async def test_a_caller_that_leaves_takes_nothing_from_the_others(autojump_clock: object) -> None:
    async def answer(peer: Peer) -> None:
        await peer.read_until(ReqCurrentTime)
        await trio.sleep(5)
        await peer.send(CurrentTime(NOON))

    async with session(answer) as (tws, _peer):
        async with trio.open_nursery() as nursery:

            async def leave_early() -> None:
                with trio.move_on_after(1):
                    await tws.current_time()
                    raise AssertionError

            nursery.start_soon(leave_early)
            await trio.sleep(0.5)
            assert await tws.current_time() == NOON


@pytest.mark.parametrize("code", [320, 321, 322])
@pytest.mark.parametrize("req_id", [-1, 0])
async def test_a_failure_without_an_id_ends_the_requests_that_have_none(
    code: int, req_id: int
) -> None:
    async def refuse(peer: Peer) -> None:
        await peer.read_until(ReqCurrentTime)
        await peer.send(Error(req_id, code, "The API interface is currently in Read-Only mode."))

    async with session(refuse) as (tws, _peer):
        with pytest.raises(RequestError, match="Read-Only") as caught:
            await tws.current_time()
        assert caught.value.code == code


async def test_late_answers_are_thrown_away_and_counted(autojump_clock: object) -> None:
    async def late(peer: Peer) -> None:
        request = await peer.read_until(ReqContractData)
        await trio.sleep(10)
        await peer.send(
            ContractData(request.req_id),
            ContractDataEnd(request.req_id),
            Error(request.req_id, 200, "late"),
        )

    async with session(late, version=176) as (tws, _peer):
        with trio.move_on_after(1):
            await tws.contract_details(Stock("AAPL"))
        await trio.sleep(20)
        assert tws.statistics().late_answers == 3


async def test_ids_are_never_used_twice() -> None:
    async def answer(peer: Peer) -> None:
        for _ in range(5):
            request = await peer.read_until(ReqContractData)
            seen.append(request.req_id)
            await peer.send(Error(request.req_id, 200, "no"))

    seen: list[int] = []
    async with session(answer) as (tws, _peer):
        for _ in range(5):
            with pytest.raises(RequestError):
                await tws.contract_details(Stock("AAPL"))
    assert len(set(seen)) == 5
    assert min(seen) >= 1_000_000_000


async def test_request_ids_keep_away_from_order_ids_driven_by_the_clock() -> None:
    async with open_simulator(next_order_id=1_700_000_000) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            assert tws.next_order_id == 1_700_000_000
            async with tws.open_ticks(Stock("AAPL")) as ticks:
                request = ticks.request
                assert isinstance(request, ReqMktData)
                assert request.req_id == 1


async def test_an_id_in_use_is_refused() -> None:
    async with session(silent) as (tws, _peer), tws.open_ticks(Stock("IBM")) as ticks:
        request = ticks.request
        assert isinstance(request, ReqMktData)
        tws._session._next_request_id = request.req_id
        with pytest.raises(LocalProtocolError, match="in use"):
            await tws.contract_details(Stock("AAPL"))


async def test_a_request_the_server_can_not_carry_sends_nothing() -> None:
    async with session(version=113) as (tws, peer):
        with pytest.raises(LocalProtocolError, match="needs server version 114"):
            async with tws.open_ticks(Stock("IBM"), regulatory_snapshot=True):
                raise AssertionError
    assert not any(isinstance(event, ReqMktData) for event in peer.received)


@pytest.mark.parametrize("buffer", [0, -5])
async def test_a_buffer_that_holds_nothing_is_refused(buffer: int) -> None:
    async with session() as (tws, peer):
        with pytest.raises(LocalProtocolError, match="buffer"):
            async with tws.open_ticks(Stock("IBM"), buffer=buffer):
                raise AssertionError
        with pytest.raises(LocalProtocolError, match="buffer"):
            async with tws.open_events(buffer=buffer):
                raise AssertionError
    assert not any(isinstance(event, ReqMktData) for event in peer.received)


async def test_a_stream_that_tws_ended_is_not_cancelled_again() -> None:
    async def refuse(peer: Peer) -> None:
        request = await peer.read_until(ReqMktData)
        await peer.send(Error(request.req_id, 354, "not subscribed"))

    async with session(refuse) as (tws, peer), tws.open_ticks(Stock("IBM")) as ticks:
        with pytest.raises(RequestError, match="354"):
            await anext(ticks)
    assert not any(isinstance(event, CancelMktData) for event in peer.received)


async def test_closing_a_stream_twice_cancels_it_once() -> None:
    async with session() as (tws, peer):
        async with tws.open_ticks(Stock("IBM")) as ticks:
            ticks.close()
            ticks.close()
    assert len([event for event in peer.received if isinstance(event, CancelMktData)]) == 1


async def test_a_loss_in_the_middle_of_an_answer_reaches_a_shielded_caller() -> None:
    async def half(peer: Peer) -> None:
        request = await peer.read_until(ReqContractData)
        await peer.send(ContractData(request.req_id))
        await peer.stream.aclose()

    with pytest.raises(ConnectionLost):
        async with session(half) as (tws, _peer):
            with trio.CancelScope(shield=True):
                await tws.contract_details(Stock("AAPL"))


async def test_an_unreadable_tick_ends_its_stream_and_cancels_it() -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqMktData)
        req_id = request.req_id
        await peer.send(TickPrice(req_id, price=1.5))
        bad = b"1\x006\0%d\x001\0dear\x001\x000\0" % req_id
        await peer.stream.send_all(len(bad).to_bytes(4) + bad)

    async with session(act, version=176) as (tws, peer), tws.open_ticks(Stock("IBM")) as ticks:
        tick = await anext(ticks)
        assert isinstance(tick, TickPrice)
        with pytest.raises(RemoteProtocolError, match=r"TickPrice\.price.*dear"):
            await anext(ticks)
    assert len([event for event in peer.received if isinstance(event, CancelMktData)]) == 1
