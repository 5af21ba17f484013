from decimal import Decimal
from typing import Any

import pytest

from tests.testing.program import START, Program, running
from trio_tws import CurrentTime, ReqCurrentTime
from trio_tws.testing import SimulatedClient
from trio_tws.testing._followers import accounts_meant, at_each_trade

AAPL = 265598


def trade(simulator: Any) -> None:
    account = simulator.accounts[-1]
    now = START.timestamp()
    simulator.books.trade(account, AAPL, Decimal(1), 200.0, Decimal(0), now)


async def test_each_trade_is_told_until_the_request_ends(autojump_clock: object) -> None:
    async with running() as simulator:
        await Program.started(simulator)
        (client,), request, told = simulator.clients, object(), list[tuple[str, int]]()
        client.requests[7] = request
        at_each_trade(client, 7, request, lambda account, con_id: told.append((account, con_id)))
        trade(simulator)
        assert told == [("DU1234567", AAPL)]
        client.requests[7] = object()
        trade(simulator)
        assert len(told) == 1


async def test_a_program_that_has_gone_is_told_nothing(autojump_clock: object) -> None:
    async with running() as simulator:
        program = await Program.started(simulator)
        (client,), request, told = simulator.clients, object(), list[tuple[str, int]]()
        client.requests[7] = request
        at_each_trade(client, 7, request, lambda account, con_id: told.append((account, con_id)))
        await program.stream.aclose()
        await Program.started(simulator, 2)
        trade(simulator)
        assert told == []


async def test_a_model_is_of_those_who_are_invested_in_it(autojump_clock: object) -> None:
    async with running(accounts=("DF1", "DU2", "DU3")) as simulator:
        simulator.desk.models["Growth"] = ("DU2",)
        await Program.started(simulator)
        (client,) = simulator.clients
        for asked in ("", "All", "DU2"):
            assert tuple(accounts_meant(client, 7, asked, "Growth") or ()) == ("DU2",)
        assert accounts_meant(client, 7, "DU3", "Growth") == ["DU3"]


@pytest.mark.parametrize(
    ("accounts", "asked", "meant"),
    [
        (("DU1",), "DU1", ["DU1"]),
        (("DU1",), "", ["DU1"]),
        (("DU1", "DU2"), "DU2", ["DU2"]),
        (("DF1", "DU2", "DU3"), "All", ["DU2", "DU3"]),
        (("DF1",), "All", ["DF1"]),
    ],
)
async def test_accounts_are_named_one_by_one_or_by_an_adviser_all_at_once(
    accounts: tuple[str, ...], asked: str, meant: list[str], autojump_clock: object
) -> None:
    async with running(accounts=accounts) as simulator:
        await Program.started(simulator)
        (client,) = simulator.clients
        assert list(accounts_meant(client, 7, asked) or ()) == meant


@pytest.mark.parametrize(
    ("accounts", "asked", "model", "cause"),
    [
        (("DU1",), "DU9", "", "Invalid account code 'DU9'"),
        (("DU1",), "All", "", "Invalid account code 'All'"),
        (("DU1", "DU2"), "", "", "The account code is required for this operation"),
        (("DU1",), "DU1", "Growth", "Invalid model code 'Growth'"),
    ],
)
async def test_what_is_no_account_is_refused(
    accounts: tuple[str, ...], asked: str, model: str, cause: str, autojump_clock: object
) -> None:
    async with running(accounts=accounts) as simulator:
        program = await Program.started(simulator)
        (client,) = simulator.clients
        assert isinstance(client, SimulatedClient)
        assert accounts_meant(client, 7, asked, model) is None
        req_id, code, words = await program.error(ReqCurrentTime())
        assert (req_id, code) == (7, 321)
        assert words.endswith(cause)
        await program.until(CurrentTime)
