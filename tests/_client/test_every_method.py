"""What is true of every method: its own answer or its own error, and nothing left behind."""

from datetime import UTC, datetime
from typing import Any

import pytest
import trio
import trio.testing

from tests._client.cases import Case, every_case
from tests._client.peer import Act, Peer, session
from tests._client.test_cancel_everywhere import cancelled_at
from trio_tws import (
    ConnectionLost,
    Error,
    RequestError,
    ResponseTimeout,
    open_tws,
)
from trio_tws._wire.fields import spec_of
from trio_tws.protocol._routing import has_req_id
from trio_tws.testing import open_simulator

pytestmark = pytest.mark.no_cover

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
CASES = [(case, version) for case in every_case() for version in case.versions]
ASKED = [(case, version) for case, version in CASES if not case.is_stream]
SIMULATED = [(case, version) for case, version in CASES if case.in_simulator]


def name_of(value: Any) -> str:
    return value.name if isinstance(value, Case) else str(value)


def cancels(case: Case, version: int) -> bool:
    return case.cancel is not None and spec_of(case.cancel).since <= version


def sent(peer: Peer, kind: type | None) -> list[Any]:
    """Gives the messages of a kind that have come."""
    received: list[Any] = peer.received
    return [event for event in received if kind is not None and isinstance(event, kind)]


def answering(case: Case) -> Act:
    """Answers each request of a case, after a while."""

    async def act(peer: Peer) -> None:
        answered = 0
        while peer.closed_cleanly is None:
            await peer.read()
            for request in sent(peer, case.request)[answered:]:
                answered += 1
                await trio.sleep(0.01)
                await peer.send(*case.answers(request))

    return act


@pytest.mark.parametrize(("case", "version"), CASES, ids=name_of)
async def test_it_gives_the_answer(case: Case, version: int, autojump_clock: object) -> None:
    async with session(answering(case), version=version) as (tws, _peer):
        assert await case.use(tws) == case.result


@pytest.mark.parametrize(("case", "version"), CASES, ids=name_of)
async def test_an_error_is_raised_by_who_asked(
    case: Case, version: int, autojump_clock: object
) -> None:
    async def refuse(peer: Peer) -> None:
        reader: Any = peer
        request = await reader.read_until(case.request)
        req_id = request.req_id if has_req_id(case.request) else -1
        await peer.send(Error(req_id, 321, "Error validating request"))

    async with session(refuse, version=version) as (tws, _peer):
        with pytest.raises(RequestError, match="321") as caught:
            await case.use(tws)
        assert isinstance(caught.value.request, case.request)


@pytest.mark.parametrize(("case", "version"), ASKED, ids=name_of)
async def test_silence_is_a_timeout(case: Case, version: int, autojump_clock: object) -> None:
    async with session(version=version, response_timeout=20) as (tws, peer):
        began = trio.current_time()
        with pytest.raises(ResponseTimeout) as caught:
            await case.use(tws)
        assert trio.current_time() - began == pytest.approx(20)
        assert isinstance(caught.value.request, case.request)
        await trio.testing.wait_all_tasks_blocked()
        times = 2 if case.is_harmless else 1  # TWS may not have listened yet
        assert len(sent(peer, case.request)) == times
        assert len(sent(peer, case.cancel)) == (times if cancels(case, version) else 0)


@pytest.mark.parametrize(("case", "version"), CASES, ids=name_of)
async def test_a_lost_connection_is_raised(
    case: Case, version: int, autojump_clock: object
) -> None:
    async def hang_up(peer: Peer) -> None:
        await peer.read_until(case.request)
        await peer.stream.aclose()

    with pytest.raises(ConnectionLost):
        async with session(hang_up, version=version) as (tws, _peer):
            await case.use(tws)


async def cancelled_use(case: Case, version: int, number: int) -> tuple[bool, Peer]:
    async with session(answering(case), version=version) as (tws, peer):

        async def use() -> None:
            await case.use(tws)

        with trio.CancelScope() as scope:
            await cancelled_at(use(), number, scope, [0])
        await trio.sleep(1)
        assert tws.is_connected
    return scope.cancelled_caught, peer


@pytest.mark.slow
@pytest.mark.parametrize(("case", "version"), CASES, ids=name_of)
def test_cancelled_at_any_checkpoint_it_leaves_nothing_behind(case: Case, version: int) -> None:
    for number in range(1, 100):
        was_cancelled, peer = trio.run(
            cancelled_use,
            case,
            version,
            number,
            clock=trio.testing.MockClock(autojump_threshold=0),
        )
        if has_req_id(case.request) and cancels(case, version):
            begun = {request.req_id for request in sent(peer, case.request)}
            ended = {cancel.req_id for cancel in sent(peer, case.cancel)}
            assert ended == begun if was_cancelled or case.is_stream else not ended, number
        if not was_cancelled:
            return
    pytest.fail("it never came to its end")


@pytest.mark.parametrize(("case", "version"), SIMULATED, ids=name_of)
async def test_the_simulated_tws_answers(case: Case, version: int, autojump_clock: object) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            assert type(await case.use(tws)) is type(case.result)
