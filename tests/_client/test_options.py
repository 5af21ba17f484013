from datetime import UTC, datetime

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from tests._client.peer import Peer, session
from trio_tws import (
    CancelCalcImpliedVolat,
    CancelCalcOptionPrice,
    ConnectionLost,
    Contract,
    ReqCalcImpliedVolat,
    ReqCalcOptionPrice,
    RequestError,
    ResponseTimeout,
    Stock,
    TickOptionComputation,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws.testing import INSTRUMENTS, open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
OPTION = Contract(con_id=next(one.con_id for one in INSTRUMENTS if one.sec_type == "OPT"))


@pytest.mark.parametrize("version", [v.MIN_SERVER_VERSION, 176, v.MAX_SERVER_VERSION])
async def test_price_and_volatility_are_each_others_answer(
    version: int, autojump_clock: object
) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            priced = await tws.option_price(OPTION, 0.31, 230.0)
            assert priced.opt_price is not None
            back = await tws.implied_volatility(OPTION, priced.opt_price, 230.0)
            assert back.implied_vol == pytest.approx(0.31)
            assert back.delta == pytest.approx(priced.delta)
            assert back.und_price == 230.0
            impossible = await tws.implied_volatility(OPTION, 10_000.0, 230.0)
            assert impossible.implied_vol is None
            with pytest.raises(RequestError, match="no option"):
                await tws.option_price(Stock("AAPL"), 0.31, 230.0)


async def test_what_was_sent_twice_is_cancelled_twice(autojump_clock: object) -> None:
    """Right after the start TWS may not listen: the request goes out again, under a new id."""

    async def act(peer: Peer) -> None:
        await peer.read_until(ReqCalcOptionPrice)
        again = await peer.read_until(ReqCalcOptionPrice)
        await peer.send(TickOptionComputation(again.req_id, delta=0.5))

    async with session(act) as (tws, peer):
        computed = await tws.option_price(OPTION, 0.3, 230.0)
        assert computed.delta == 0.5
        await wait_all_tasks_blocked()
        ended = [x.req_id for x in peer.received if isinstance(x, CancelCalcOptionPrice)]
        assert sorted(ended) == [computed.req_id - 1, computed.req_id]


@pytest.mark.parametrize("version", [176, 226])
async def test_silence_is_a_timeout(version: int, autojump_clock: object) -> None:
    async with session(version=version, response_timeout=20) as (tws, peer):
        began = trio.current_time()
        with pytest.raises(ResponseTimeout) as caught:
            await tws.implied_volatility(OPTION, 10.0, 230.0)
        assert isinstance(caught.value.request, ReqCalcImpliedVolat)
        assert trio.current_time() - began == pytest.approx(20)
        await wait_all_tasks_blocked()
        assert len([x for x in peer.received if isinstance(x, CancelCalcImpliedVolat)]) == 2


async def test_an_answer_before_the_end_of_the_session_is_given() -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqCalcOptionPrice)
        await peer.send(TickOptionComputation(request.req_id, delta=0.5))
        await peer.stream.aclose()

    with pytest.raises(ConnectionLost):
        async with session(act) as (tws, _peer):
            computed = await tws.option_price(OPTION, 0.3, 230.0)
            assert computed.delta == 0.5
            await tws.option_price(OPTION, 0.3, 230.0)
