from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, Final

import pytest

from tests.testing.program import Program, running
from trio_tws import (
    CancelPositions,
    CancelPositionsMulti,
    CurrentTime,
    PositionData,
    PositionEnd,
    PositionMulti,
    PositionMultiEnd,
    ReqCurrentTime,
    ReqPositions,
    ReqPositionsMulti,
)
from trio_tws.testing import INSTRUMENTS, Simulator
from trio_tws.testing._position_answers import contract_held

AAPL: Final = 265598
FUTURE: Final = next(one for one in INSTRUMENTS if one.sec_type == "FUT")
ACCOUNTS: Final = ("DU1", "DU2")


@asynccontextmanager
async def session(version: int = 226) -> AsyncIterator[tuple[Simulator, Program]]:
    """A simulator in which each of two accounts holds something, and a program."""
    async with running(server_version=version, accounts=ACCOUNTS) as simulator:
        trade(simulator, "DU1", AAPL, 10)
        trade(simulator, "DU2", FUTURE.con_id, -2)
        yield simulator, await Program.started(simulator)


def trade(simulator: Simulator, account: str, con_id: int, quantity: int) -> None:
    now = simulator.now()
    simulator.books.trade(account, con_id, Decimal(quantity), 200.0, Decimal(1), now)


async def rest(program: Program) -> list[Any]:
    """Gives what has come, and does not wait for more."""
    await program.send(ReqCurrentTime())
    return (await program.all_until(CurrentTime))[:-1]


def test_a_contract_that_is_held_has_no_exchange_to_trade_it_at() -> None:
    stock = next(one for one in INSTRUMENTS if one.con_id == AAPL)
    held = contract_held(stock, in_portfolio=False)
    assert (held.exchange, held.primary_exchange) == ("NASDAQ", "")  # as recorded
    held = contract_held(stock, in_portfolio=True)
    assert (held.exchange, held.primary_exchange) == ("", "NASDAQ")
    held = contract_held(FUTURE, in_portfolio=False)
    assert (held.exchange, held.multiplier, held.local_symbol) == ("", "50", "ESZ7")


@pytest.mark.parametrize("version", [100, 176, 226])
async def test_positions_are_those_of_all_accounts_and_then_what_changes(
    version: int, autojump_clock: object
) -> None:
    async with session(version) as (simulator, program):
        await program.send(ReqPositions())
        await program.until(PositionData)
        second = await program.until(PositionData)
        assert (second.account, second.contract.con_id) == ("DU2", FUTURE.con_id)
        assert (second.position, second.avg_cost) == (Decimal(-2), 200 * 50 - 0.5)
        assert isinstance(await program.next(), PositionEnd)
        trade(simulator, "DU1", AAPL, -10)
        (closed,) = await rest(program)
        assert (closed.account, closed.position, closed.avg_cost) == ("DU1", 0, 0)
        await program.send(ReqPositions())
        assert (await program.until(PositionData)).account == "DU2"
        assert isinstance(await program.next(), PositionEnd)
        trade(simulator, "DU1", AAPL, 1)
        assert len(await rest(program)) == 1
        await program.send(CancelPositions(), CancelPositions())
        assert await rest(program) == []
        trade(simulator, "DU1", AAPL, 1)
        assert await rest(program) == []


@pytest.mark.parametrize("version", [103, 176, 226])
async def test_those_of_one_account_have_an_id(version: int, autojump_clock: object) -> None:
    async with session(version) as (simulator, program):
        await program.send(ReqPositionsMulti(7, "DU1"))
        held = await program.until(PositionMulti)
        assert (held.req_id, held.account, held.pos) == (7, "DU1", Decimal(10))
        assert held.model_code == ""
        assert isinstance(await program.next(), PositionMultiEnd)
        trade(simulator, "DU2", AAPL, 1)
        trade(simulator, "DU1", AAPL, 1)
        (changed,) = await rest(program)
        assert (changed.account, changed.pos) == ("DU1", 11)
        await program.send(CancelPositionsMulti(7), CancelPositionsMulti(7))
        assert await rest(program) == []
        trade(simulator, "DU1", AAPL, 1)
        assert await rest(program) == []


async def test_what_makes_no_sense_is_refused(autojump_clock: object) -> None:
    async with session() as (_simulator, program):
        assert (await program.error(ReqPositionsMulti(7, "DU9")))[:2] == (7, 321)
        await program.send(ReqPositionsMulti(7, "DU1"))
        assert (await program.error(ReqPositionsMulti(7, "DU1")))[:2] == (7, 322)
