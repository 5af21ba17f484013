from datetime import UTC, datetime
from decimal import Decimal

import pytest
import trio
import trio.testing

from tests._client.peer import Peer, session
from trio_tws import (
    CancelPnL,
    Contract,
    Gap,
    LocalProtocolError,
    PnL,
    PnLSingle,
    ReqPnL,
    RequestError,
    ResponseTimeout,
    Stock,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws.testing import Simulator, open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
AAPL = 265598
MSFT = 272093


def trade(simulator: Simulator) -> None:
    account = simulator.accounts[-1]
    price, now = simulator.market.price(AAPL, simulator.now()), simulator.now()
    simulator.books.trade(account, AAPL, Decimal(10), price, Decimal(1), now)


@pytest.mark.parametrize("version", [v.PNL, 176, 226])
async def test_it_is_the_first_with_figures_and_nothing_runs_on(
    version: int, autojump_clock: object
) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        trade(simulator)
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            whole = await tws.pnl()
            assert whole.daily_pnl is not None
            assert whole.daily_pnl != 0
            single = await tws.position_pnl(AAPL)
            assert single.pos == 10
            assert single.daily_pnl is not None
            assert (await tws.position_pnl(Contract(con_id=AAPL), "DU1234567")).pos == 10
            await tws.current_time()
            assert simulator.clients[0].requests == {}


async def test_where_there_are_none_it_says_so(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            began = trio.current_time()
            found = await tws.position_pnl(MSFT)
            assert trio.current_time() - began == pytest.approx(5)
            assert found == PnLSingle(found.req_id, Decimal(0))


async def test_it_comes_each_second_as_a_stream(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        trade(simulator)
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_pnl() as whole, tws.open_position_pnl(AAPL) as single:
                assert (await anext(whole)).daily_pnl is None
                assert (await anext(single)).daily_pnl is None
                for _ in range(5):
                    assert (await anext(whole)).daily_pnl == (await anext(single)).daily_pnl
            await tws.current_time()
            assert simulator.clients[0].requests == {}


async def test_what_is_not_there_is_an_error(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(RequestError, match="Invalid account code 'DU9'"):
                await tws.pnl("DU9")
            with pytest.raises(RequestError, match="Invalid model code 'Growth'"):
                await tws.position_pnl(AAPL, model_code="Growth")


async def test_what_is_not_said_is_refused(autojump_clock: object) -> None:
    async with open_simulator(accounts=("DU1", "DU2"), start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(LocalProtocolError, match="name one of them"):
                await tws.pnl()
            with pytest.raises(LocalProtocolError, match="name one of them"):
                tws.open_pnl(model_code="Growth")
            with pytest.raises(LocalProtocolError, match="has no con_id"):
                await tws.position_pnl(Stock("AAPL"), "DU1")
            with pytest.raises(LocalProtocolError, match="has no con_id"):
                tws.open_position_pnl(0, "DU1")


async def test_it_needs_a_newer_server(autojump_clock: object) -> None:
    async with session(version=v.PNL - 1) as (tws, peer):
        with pytest.raises(LocalProtocolError, match=str(v.PNL)):
            await tws.pnl()
        assert not any(isinstance(one, ReqPnL) for one in peer.received)


async def test_silence_is_a_timeout(autojump_clock: object) -> None:
    async with session(response_timeout=20) as (tws, peer):
        await trio.sleep(10)
        began = trio.current_time()
        with pytest.raises(ResponseTimeout) as caught:
            await tws.pnl()
        assert trio.current_time() - began == pytest.approx(20)
        assert isinstance(caught.value.request, ReqPnL)
        await trio.testing.wait_all_tasks_blocked()
        assert sum(isinstance(one, CancelPnL) for one in peer.received) == 1


async def test_a_slow_reader_may_ask_for_gaps(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqPnL)
        await peer.send(*[PnL(request.req_id, float(number)) for number in range(3)])

    async with session(act) as (tws, _peer):
        async with tws.open_pnl(buffer=1, overflow="gap") as figures:
            await trio.testing.wait_all_tasks_blocked()
            assert await anext(figures) == Gap(2)
            newest = await anext(figures)
            assert isinstance(newest, PnL)
            assert newest.daily_pnl == 2


async def test_the_patience_begins_with_the_first_answer(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqPnL)
        await trio.sleep(15)
        for figures in (PnL(request.req_id), PnL(request.req_id), PnL(request.req_id, 1.5)):
            await peer.send(figures)
            await trio.sleep(2)

    async with session(act, response_timeout=16) as (tws, _peer):
        await trio.sleep(10)
        assert (await tws.pnl()).daily_pnl == 1.5
