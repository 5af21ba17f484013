"""Requests that TWS did not hear, and requests without an id, which have to take turns."""

from datetime import UTC, datetime

import pytest
import trio
import trio.testing

from tests._client.peer import Act, Peer, session
from trio_tws import (
    TWS,
    CancelContractData,
    CancelMktData,
    ContractData,
    ContractDataEnd,
    CurrentTime,
    Error,
    FADataType,
    MarketRule,
    NewsProviders,
    RemoteProtocolError,
    ReplaceFA,
    ReqContractData,
    ReqCurrentTime,
    ReqIds,
    ReqMarketRule,
    ReqMktData,
    ReqNewsProviders,
    RequestError,
    ResponseTimeout,
    Stock,
    TickPrice,
    open_tws,
)
from trio_tws.testing import Faults, open_simulator

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def later(*delays: float | None, words: str = "") -> Act:
    """Answers the n-th contract request after so many seconds, or not at all."""

    async def act(peer: Peer) -> None:
        turn = trio.Lock()
        async with trio.open_nursery() as nursery:

            async def answer(req_id: int, delay: float) -> None:
                await trio.sleep(delay)
                async with turn:
                    if words:
                        await peer.send(Error(req_id, 200, words))
                    else:
                        await peer.send(ContractData(req_id), ContractDataEnd(req_id))

            for delay in delays:
                while not (request := next_request(peer)):
                    if peer.closed_cleanly is not None:
                        return
                    await peer.read()
                if delay is not None:
                    nursery.start_soon(answer, request.req_id, delay)
            await peer.read_to_end()
            nursery.cancel_scope.cancel()

    return act


def next_request(peer: Peer) -> ReqContractData | None:
    for at, event in enumerate(peer.received):
        if isinstance(event, ReqContractData):
            del peer.received[at]
            return event
    return None


def cancelled(peer: Peer) -> list[int]:
    return [event.req_id for event in peer.received if isinstance(event, CancelContractData)]


# What TWS did not hear ............................................................................


async def test_a_request_that_was_dropped_is_sent_once_more(autojump_clock: object) -> None:
    async with session(later(None, 0.1)) as (tws, peer):
        began = trio.current_time()
        (found,) = await tws.contract_details(Stock("AAPL"))
        assert trio.current_time() - began == pytest.approx(4.1)
        await trio.testing.wait_all_tasks_blocked()
        assert cancelled(peer) == [found.req_id - 1]


async def test_the_first_answer_counts_whichever_request_it_is_to(autojump_clock: object) -> None:
    async with session(later(5, 5)) as (tws, peer):
        (found,) = await tws.contract_details(Stock("AAPL"))
        assert trio.current_time() == pytest.approx(5, abs=0.1)
        await trio.testing.wait_all_tasks_blocked()
        assert cancelled(peer) == [found.req_id + 1]
        await trio.sleep(10)
        assert tws.statistics().late_answers == 2


async def test_an_error_to_either_is_the_error(autojump_clock: object) -> None:
    async with session(later(None, 1, words="nothing matches")) as (tws, _peer):
        with pytest.raises(RequestError, match="nothing matches"):
            await tws.contract_details(Stock("AAPL"))


async def test_cancelled_in_the_middle_both_are_taken_back(autojump_clock: object) -> None:
    async with session(later(None, None)) as (tws, peer):
        with trio.move_on_after(6):
            await tws.contract_details(Stock("AAPL"))
        await trio.testing.wait_all_tasks_blocked()
        assert len(cancelled(peer)) == 2


async def test_two_answers_at_the_same_moment_are_one(autojump_clock: object) -> None:
    async with session(later(6, 2)) as (tws, _peer):
        (found,) = await tws.contract_details(Stock("AAPL"))
        assert isinstance(found, ContractData)


async def test_of_two_answers_that_come_together_one_is_given(autojump_clock: object) -> None:
    async def answer(peer: Peer) -> None:
        first = await peer.read_until(ReqContractData)
        second = await peer.read_until(ReqContractData)
        ids = (first.req_id, second.req_id)
        await peer.send(*map(ContractData, ids), *map(ContractDataEnd, ids))

    async with session(answer, version=226) as (tws, peer):
        (found,) = await tws.contract_details(Stock("AAPL"))
        assert isinstance(found, ContractData)
        await tws.send(ReqIds())
        await trio.testing.wait_all_tasks_blocked()
        assert cancelled(peer) == []


async def test_a_session_that_has_settled_is_heard(autojump_clock: object) -> None:
    async with session(later(None, 0.1), response_timeout=9) as (tws, _peer):
        await trio.sleep(6)
        with pytest.raises(ResponseTimeout):
            await tws.contract_details(Stock("AAPL"))


async def test_a_request_without_an_id_is_sent_once_more_too(autojump_clock: object) -> None:
    async def answer(peer: Peer) -> None:
        await peer.read_until(ReqCurrentTime)
        await peer.read_until(ReqCurrentTime)
        await peer.send(CurrentTime(NOON))

    async with session(answer) as (tws, _peer):
        assert await tws.current_time() == NOON


@pytest.mark.parametrize("version", [176, 226])
async def test_a_simulated_tws_may_be_deaf_at_first(version: int, autojump_clock: object) -> None:
    async with open_simulator(server_version=version, faults=Faults(deaf_for=3)) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            began = trio.current_time()
            assert len(await tws.contract_details(Stock("AAPL"))) == 1
            assert 4 <= trio.current_time() - began < 5
            (client,) = simulator.clients
            assert len(client.refused) == 1


# Turns ............................................................................................


def rules(delay: float, *, silent_at: int = 0) -> Act:
    """Answers requests for market rules, one after the other, but for one."""

    async def act(peer: Peer) -> None:
        seen = 0
        while peer.closed_cleanly is None:
            await peer.read()
            while asked := [event for event in peer.received if isinstance(event, ReqMarketRule)]:
                seen += 1
                peer.received.remove(asked[0])
                if seen != silent_at:
                    await trio.sleep(delay)
                    await peer.send(MarketRule(asked[0].market_rule_id))

    return act


async def rule(tws: TWS, number: int) -> int:
    (answer,) = await tws._share(ReqMarketRule(number))
    assert isinstance(answer, MarketRule)
    return answer.market_rule_id


async def test_each_gets_the_answer_to_what_it_asked(autojump_clock: object) -> None:
    found: list[tuple[int, int]] = []
    async with session(rules(0.5)) as (tws, _peer):

        async def ask(number: int) -> None:
            found.append((number, await rule(tws, number)))

        async with trio.open_nursery() as nursery:
            for number in (1, 2, 1, 3, 2):
                nursery.start_soon(ask, number)
    assert sorted(found) == [(1, 1), (1, 1), (2, 2), (2, 2), (3, 3)]


async def test_the_answer_to_one_who_left_is_nobody_elses(autojump_clock: object) -> None:
    async with session(rules(2)) as (tws, _peer):
        with trio.move_on_after(1):
            await rule(tws, 1)
        assert await rule(tws, 2) == 2


async def test_an_answer_that_never_came_is_not_waited_for_forever(autojump_clock: object) -> None:
    async with session(rules(0.1, silent_at=1), response_timeout=3) as (tws, _peer):
        with trio.move_on_after(1):
            await rule(tws, 1)
        began = trio.current_time()
        assert await rule(tws, 2) == 2
        assert trio.current_time() - began == pytest.approx(2.1)


async def test_a_new_request_is_sent_once_the_old_one_is_given_up(autojump_clock: object) -> None:
    async with session(rules(0.1, silent_at=1), response_timeout=3) as (tws, _peer):
        with pytest.raises(ResponseTimeout):
            await rule(tws, 1)
        assert await rule(tws, 1) == 1


async def test_one_who_joins_does_not_ask_again(autojump_clock: object) -> None:
    async with session(rules(6)) as (tws, peer):
        await trio.sleep(6)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(rule, tws, 1)
            nursery.start_soon(rule, tws, 1)
            await trio.sleep(5)
            assert not any(isinstance(event, ReqMarketRule) for event in peer.received)


# The parts of topics ..............................................................................


async def test_one_answer_of_a_kind(autojump_clock: object) -> None:
    async def answer(peer: Peer) -> None:
        await peer.read_until(ReqNewsProviders)
        await peer.send(NewsProviders())
        request = await peer.read_until(ReqContractData)
        await peer.send(ContractDataEnd(request.req_id))

    async with session(answer) as (tws, _peer):
        assert await tws._one(ReqNewsProviders(), NewsProviders, shared=True) == NewsProviders()
        assert not await tws._all(ReqContractData(1, Stock("AAPL")), CurrentTime)


async def test_an_end_without_an_answer_is_an_error_of_tws(autojump_clock: object) -> None:
    async def answer(peer: Peer) -> None:
        request = await peer.read_until(ReqContractData)
        await peer.send(ContractDataEnd(request.req_id))

    async with session(answer) as (tws, _peer):
        with pytest.raises(RemoteProtocolError, match="without a ContractData"):
            await tws._one(ReqContractData(1, Stock("AAPL")), ContractData)


async def test_an_answer_may_be_the_last_by_what_it_says(autojump_clock: object) -> None:
    async def answer(peer: Peer) -> None:
        request = await peer.read_until(ReqContractData)
        await peer.send(ContractData(request.req_id), ContractData(request.req_id))

    async with session(answer) as (tws, peer):
        answers = await tws._ask(ReqContractData(1, Stock("AAPL")), lambda answer: True)
        assert len(answers) == 2
        await tws.send(ReqIds())
        await trio.testing.wait_all_tasks_blocked()
        assert not cancelled(peer)


async def test_a_stream_that_was_not_heard_is_asked_for_once_more(autojump_clock: object) -> None:
    async def answer(peer: Peer) -> None:
        first = await peer.read_until(ReqMktData)
        second = await peer.read_until(ReqMktData)
        ids.extend([first.req_id, second.req_id])
        await peer.send(TickPrice(first.req_id, price=1.0), TickPrice(second.req_id, price=2.0))

    ids: list[int] = []
    async with session(answer) as (tws, peer):
        async with tws.open_ticks(Stock("AAPL")) as ticks:
            tick = await anext(ticks)
            assert isinstance(tick, TickPrice)
            assert tick.price == 2.0
            assert ticks.request == ReqMktData(ids[1], Stock("AAPL"))
    assert [e.req_id for e in peer.received if isinstance(e, CancelMktData)] == ids


async def test_a_stream_that_fails_at_once_is_not_asked_for_again(autojump_clock: object) -> None:
    async def answer(peer: Peer) -> None:
        request = await peer.read_until(ReqMktData)
        await peer.send(Error(request.req_id, 200, "no such contract"))

    async with session(answer) as (tws, peer):
        async with tws.open_ticks(Stock("NONE")) as ticks:
            with pytest.raises(RequestError, match="no such contract"):
                await anext(ticks)
            await trio.sleep(10)
    assert not any(isinstance(event, ReqMktData | CancelMktData) for event in peer.received)


async def test_a_stream_may_be_waited_for_piece_by_piece(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        async with tws.open_ticks(Stock("AAPL")) as ticks:
            for _ in range(6):
                with trio.move_on_after(1):
                    await anext(ticks)
            asked = [event for event in peer.received if isinstance(event, ReqMktData)]
            assert len(asked) == 2


async def test_what_costs_or_changes_something_is_never_sent_twice(
    autojump_clock: object,
) -> None:
    async with session() as (tws, peer):
        with pytest.raises(ResponseTimeout):
            await tws.tick_snapshot(Stock("AAPL"), regulatory_snapshot=True)
    asked = [one for one in peer.received if isinstance(one, ReqMktData)]
    assert [(one.snapshot, one.regulatory_snapshot) for one in asked] == [(False, True)]
    async with session() as (tws, peer):
        with pytest.raises(ResponseTimeout):
            await tws.replace_fa(FADataType.GROUPS, "<ListOfGroups/>")
    assert len([one for one in peer.received if isinstance(one, ReplaceFA)]) == 1


@pytest.mark.parametrize("is_refused", [False, True])
async def test_a_stream_that_is_read_late_is_not_asked_for_again(
    autojump_clock: object, *, is_refused: bool
) -> None:
    """What came is in the buffer, and a refusal is not lost."""

    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqMktData)
        await trio.sleep(1)
        refusal = Error(request.req_id, 354, "Requested market data is not subscribed.")
        await peer.send(refusal if is_refused else TickPrice(request.req_id, price=1.0))

    async with session(act) as (tws, peer):
        async with tws.open_ticks(Stock("AAPL")) as ticks:
            await trio.sleep(20)
            if is_refused:
                with pytest.raises(RequestError, match="354"):
                    await anext(ticks)
            else:
                assert isinstance(await anext(ticks), TickPrice)
        assert not [one for one in peer.received if isinstance(one, ReqMktData)]


async def test_a_stream_that_is_silent_is_asked_for_again_when_it_is_read_late(
    autojump_clock: object,
) -> None:
    async with session() as (tws, peer):
        async with tws.open_ticks(Stock("AAPL")) as ticks:
            await trio.sleep(20)
            with trio.move_on_after(1):
                await anext(ticks)
        await trio.testing.wait_all_tasks_blocked()
        assert len([one for one in peer.received if isinstance(one, ReqMktData)]) == 2
