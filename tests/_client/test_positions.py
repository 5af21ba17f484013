from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import trio
import trio.testing

from tests._client.peer import Peer, session
from trio_tws import (
    CancelPositions,
    CancelPositionsMulti,
    Complete,
    Contract,
    Gap,
    LocalProtocolError,
    Money,
    Position,
    PositionData,
    PositionEnd,
    PositionMulti,
    PositionMultiEnd,
    ReqPositions,
    ReqPositionsMulti,
    RequestError,
    ResponseTimeout,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws.testing import Simulator, open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
ACCOUNTS = ("DU1", "DU2")
OLD = v.MODELS_SUPPORT - 1
AAPL = 265598
SAP = 14204


def trade(simulator: Simulator, account: str, con_id: int, quantity: int) -> None:
    now = simulator.now()
    simulator.books.trade(account, con_id, Decimal(quantity), 200.0, Decimal(1), now)


def sent(peer: Peer) -> list[type]:
    kinds = (ReqPositions, CancelPositions, ReqPositionsMulti, CancelPositionsMulti)
    return [type(one) for one in peer.received if isinstance(one, kinds)]


def keys(positions: list[Position]) -> list[tuple[str, int]]:
    return [(one.account, one.contract.con_id) for one in positions]


@pytest.mark.parametrize("version", [100, OLD, v.MODELS_SUPPORT, 176, 226])
async def test_positions_are_of_all_accounts_or_of_one(
    version: int, autojump_clock: object
) -> None:
    async with open_simulator(server_version=version, accounts=ACCOUNTS, start=START) as simulator:
        trade(simulator, "DU1", AAPL, 10)
        trade(simulator, "DU2", AAPL, 20)
        trade(simulator, "DU2", SAP, -5)
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            held = await tws.positions()
            assert keys(held) == [("DU1", AAPL), ("DU2", AAPL), ("DU2", SAP)]
            assert held[2].quantity == -5
            assert held[2].average_cost == Money(Decimal("199.8"), "EUR")
            assert keys(await tws.positions("DU2")) == [("DU2", AAPL), ("DU2", SAP)]
            trade(simulator, "DU1", AAPL, -10)
            assert await tws.positions("DU1") == []
            await tws.current_time()
            assert simulator.clients[0].requests == {}


@pytest.mark.parametrize("version", [OLD, 226])
async def test_a_stream_gives_all_and_then_what_changes(
    version: int, autojump_clock: object
) -> None:
    async with open_simulator(server_version=version, accounts=ACCOUNTS, start=START) as simulator:
        trade(simulator, "DU1", AAPL, 10)
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            async with tws.open_positions() as everyone, tws.open_positions("DU2") as one:
                first = await anext(everyone)
                assert isinstance(first, Position)
                assert (first.account, first.quantity) == ("DU1", Decimal(10))
                assert await anext(everyone) == await anext(one) == Complete()
                trade(simulator, "DU1", AAPL, -10)
                trade(simulator, "DU2", SAP, 1)
                closed, opened = await anext(everyone), await anext(everyone)
                assert isinstance(closed, Position)
                assert (closed.account, closed.quantity) == ("DU1", Decimal(0))
                assert opened == await anext(one)
            await tws.current_time()
            assert simulator.clients[0].requests == {}


async def test_all_who_want_all_share_one_subscription(autojump_clock: object) -> None:
    async with open_simulator(accounts=ACCOUNTS, start=START) as simulator:
        trade(simulator, "DU1", AAPL, 10)
        trade(simulator, "DU2", SAP, 10)
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_positions() as first:
                while await anext(first) != Complete():
                    pass
                trade(simulator, "DU1", AAPL, -10)
                await anext(first)
                assert keys(await tws.positions()) == [("DU2", SAP)]
                async with tws.open_positions() as second:
                    found = [await anext(second) for _ in range(2)]
                    assert isinstance(found[0], Position)
                    assert (found[0].account, found[1]) == ("DU2", Complete())
                trade(simulator, "DU2", SAP, 1)
                changed = await anext(first)
                assert isinstance(changed, Position)
                assert changed.quantity == 11
            received = simulator.clients[0].received
            assert sum(isinstance(one, ReqPositions) for one in received) == 1
            await tws.current_time()
            assert sum(isinstance(one, CancelPositions) for one in received) == 1


async def test_what_is_not_there_is_an_error(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(RequestError, match="Invalid account code 'DU9'"):
                await tws.positions("DU9")
            with pytest.raises(RequestError, match="Invalid model code 'Growth'"):
                await tws.positions(model_code="Growth")


async def test_models_need_a_newer_server(autojump_clock: object) -> None:
    async with session(version=OLD) as (tws, peer):
        with pytest.raises(LocalProtocolError, match=str(v.MODELS_SUPPORT)):
            await tws.positions(model_code="Growth")
        with pytest.raises(LocalProtocolError, match=str(v.MODELS_SUPPORT)):
            async with tws.open_positions(model_code="Growth"):
                pass
        assert sent(peer) == []


async def test_a_position_of_a_model_says_so(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqPositionsMulti)
        assert (request.account, request.model_code) == ("", "Growth")
        contract = Contract(con_id=AAPL, currency="USD")
        position = PositionMulti(request.req_id, "DU1", contract, Decimal(3), 1.5, "Growth")
        await peer.send(position, PositionMultiEnd(request.req_id))

    async with session(act) as (tws, _peer):
        (held,) = await tws.positions(model_code="Growth")
        assert held.model_code == "Growth"


def burst(count: int) -> Any:
    async def act(peer: Peer) -> None:
        await peer.read_until(ReqPositions)
        contract = Contract(con_id=AAPL, currency="USD")
        held = [PositionData("DU1", contract, Decimal(number + 1)) for number in range(count)]
        await peer.send(*held, PositionEnd())

    return act


async def test_a_slow_reader_may_ask_for_gaps(autojump_clock: object) -> None:
    async with session(burst(5)) as (tws, _peer):
        async with tws.open_positions(buffer=2, overflow="gap") as positions:
            await trio.testing.wait_all_tasks_blocked()
            assert await anext(positions) == Gap(4)


async def test_latest_keeps_the_newest_of_each(autojump_clock: object) -> None:
    async with session(burst(5)) as (tws, _peer):
        async with tws.open_positions(buffer=1, overflow="latest") as positions:
            await trio.testing.wait_all_tasks_blocked()
            newest = await anext(positions)
            assert isinstance(newest, Position)
            assert newest.quantity == 5
            assert await anext(positions) == Complete()


@pytest.mark.parametrize("account", [None, "DU1"])
async def test_silence_is_a_timeout(account: str | None, autojump_clock: object) -> None:
    async with session(response_timeout=20) as (tws, peer):
        await trio.sleep(10)
        with pytest.raises(ResponseTimeout):
            await tws.positions(account)
        await trio.testing.wait_all_tasks_blocked()
        assert len(sent(peer)) == 2  # one of them its cancel
