from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import pytest
import trio

from tests.testing.program import START, Program, running
from trio_tws import (
    CancelPnL,
    CancelPnLSingle,
    CurrentTime,
    PnL,
    PnLSingle,
    ReqCurrentTime,
    ReqPnL,
    ReqPnLSingle,
)
from trio_tws import _versions as v
from trio_tws.testing import Simulator

AAPL: Final = 265598
MSFT: Final = 272093


@asynccontextmanager
async def session(version: int = 226, **options: Any) -> AsyncIterator[tuple[Simulator, Program]]:
    """A simulator whose accounts hold ten shares each, and a program."""
    async with running(server_version=version, **options) as simulator:
        for account in simulator.accounts:
            price, now = simulator.market.price(AAPL, simulator.now()), simulator.now()
            simulator.books.trade(account, AAPL, Decimal(10), price, Decimal(1), now)
        yield simulator, await Program.started(simulator)


async def rest(program: Program) -> list[Any]:
    """Gives what has come, and does not wait for more."""
    await program.send(ReqCurrentTime())
    return (await program.all_until(CurrentTime))[:-1]


def gain(simulator: Simulator, seconds: int) -> float:
    start = START.timestamp()
    move = simulator.market.price(AAPL, start + seconds) - simulator.market.price(AAPL, start)
    return round(10 * move - 1, 2)


@pytest.mark.parametrize("version", [v.PNL, v.UNREALIZED_PNL, 176, 226])
async def test_it_comes_each_second_while_it_changes(version: int, autojump_clock: object) -> None:
    async with session(version) as (simulator, program):
        await program.send(ReqPnL(7, "DU1234567"))
        assert await program.until(PnL) == PnL(7)
        news = await program.until(PnL)
        assert news.daily_pnl == pytest.approx(gain(simulator, 1))
        if version >= v.REALIZED_PNL:
            assert (news.unrealized_pnl, news.realized_pnl) == (news.daily_pnl, 0)
        await trio.sleep(60)
        later = [one.daily_pnl for one in await rest(program)]
        assert later[-1] == pytest.approx(gain(simulator, 60), abs=0.5)
        assert all(one != two for one, two in pairwise(later))
        await program.send(CancelPnL(7))
        await trio.sleep(60)
        assert await rest(program) == []


@pytest.mark.parametrize("version", [v.PNL, 176, 226])
async def test_that_of_a_position_says_how_much_is_held(
    version: int, autojump_clock: object
) -> None:
    async with session(version) as (simulator, program):
        await program.send(ReqPnLSingle(7, "DU1234567", AAPL))
        assert await program.until(PnLSingle) == PnLSingle(7, Decimal(10))
        news = await program.until(PnLSingle)
        assert news.pos == 10
        assert news.daily_pnl == pytest.approx(gain(simulator, 1))
        price = simulator.market.price(AAPL, START.timestamp() + 1)
        assert news.value == pytest.approx(10 * price, abs=0.01)
        now = simulator.now()
        simulator.books.trade("DU1234567", AAPL, Decimal(-10), 200.0, Decimal(1), now)
        await trio.sleep(2)
        assert (await rest(program))[-1] == PnLSingle(7, Decimal(0))
        await program.send(CancelPnLSingle(7))
        await program.send(ReqPnL(8, "DU1234567"))
        await program.until(PnL)
        realized = (await program.until(PnL)).realized_pnl
        assert realized == (realized_in(simulator) if version >= v.REALIZED_PNL else None)


def realized_in(simulator: Simulator) -> float:
    return round(float(simulator.books.worth("DU1234567", simulator.now()).realized), 2)


async def test_an_adviser_may_ask_for_all_accounts_at_once(autojump_clock: object) -> None:
    async with session(accounts=("DF1", "DU2", "DU3")) as (simulator, program):
        await program.send(ReqPnL(7, "All"), ReqPnLSingle(8, "All", AAPL))
        assert (await program.until(PnLSingle)).pos == 20
        news = await program.until(PnL)
        assert news.daily_pnl == pytest.approx(2 * gain(simulator, 1), abs=0.011)


@pytest.mark.parametrize("con_id", [MSFT, 99])
async def test_of_what_is_not_held_nothing_is_known(con_id: int, autojump_clock: object) -> None:
    async with session() as (_simulator, program):
        await program.send(ReqPnLSingle(7, "DU1234567", con_id))
        await trio.sleep(10)
        found = [one for one in await rest(program) if isinstance(one, PnLSingle)]
        assert found == [PnLSingle(7, Decimal(0))]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (ReqPnL(7, "DU9"), 321),
        (ReqPnL(7, "DU1234567", "Growth"), 321),
        (ReqPnLSingle(7, "DU9", AAPL), 321),
        (CancelPnL(7), 10185),
        (CancelPnLSingle(7), 10185),
    ],
)
async def test_what_makes_no_sense_is_refused(
    request_: object, code: int, autojump_clock: object
) -> None:
    async with session() as (_simulator, program):
        assert (await program.error(request_))[:2] == (7, code)


async def test_an_id_is_used_once_at_a_time(autojump_clock: object) -> None:
    async with session() as (_simulator, program):
        await program.send(ReqPnL(7, "DU1234567"))
        assert (await program.error(ReqPnL(7, "DU1234567")))[:2] == (7, 322)
        assert (await program.error(ReqPnLSingle(7, "DU1234567", AAPL)))[:2] == (7, 322)
