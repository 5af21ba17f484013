from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, Final

import pytest
import trio

from tests.testing.program import START, Program, running
from trio_tws import (
    AccountSummary,
    AccountSummaryEnd,
    AccountUpdateMulti,
    AccountUpdateMultiEnd,
    AcctDownloadEnd,
    AcctUpdateTime,
    AcctValue,
    CancelAccountSummary,
    CancelAccountUpdatesMulti,
    CurrentTime,
    Error,
    FADataType,
    PortfolioValue,
    ReplaceFA,
    ReplaceFAEnd,
    ReqAccountData,
    ReqAccountSummary,
    ReqAccountUpdatesMulti,
    ReqCurrentTime,
)
from trio_tws.testing import Simulator

AAPL: Final = 265598
VERSIONS: Final = (103, 176, 226)


@asynccontextmanager
async def session(version: int = 226, **options: Any) -> AsyncIterator[tuple[Simulator, Program]]:
    """A simulator whose last account holds ten shares, and a program."""
    async with running(server_version=version, **options) as simulator:
        trade(simulator, 10)
        yield simulator, await Program.started(simulator)


def trade(simulator: Simulator, quantity: int, con_id: int = AAPL) -> None:
    price, now = simulator.market.price(con_id, simulator.now()), simulator.now()
    account = simulator.accounts[-1]
    simulator.books.trade(account, con_id, Decimal(quantity), price, Decimal(1), now)


def of(kind: type, events: list[object]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


async def rest(program: Program) -> list[Any]:
    """Gives what has come, and does not wait for more."""
    await program.send(ReqCurrentTime())
    return (await program.all_until(CurrentTime))[:-1]


# Summaries ........................................................................................


@pytest.mark.parametrize("version", [100, 176, 226])
async def test_a_summary_gives_all_and_then_what_has_changed(
    version: int, autojump_clock: object
) -> None:
    async with session(version) as (simulator, program):
        await program.send(ReqAccountSummary(7, "All", "NetLiquidation,AccountType , $LEDGER"))
        first = of(AccountSummary, await program.all_until(AccountSummaryEnd))
        assert [one.tag for one in first[:2]] == ["AccountType", "NetLiquidation"]
        assert {one.currency for one in first[2:]} == {"BASE"}
        assert {one.account for one in first} == {"DU1234567"}
        began = trio.current_time()
        changed = await program.until(AccountSummary)
        assert trio.current_time() - began == pytest.approx(180, abs=1)
        assert changed.tag == "NetLiquidation"
        assert changed.value != first[1].value
        worth = simulator.books.worth("DU1234567", simulator.now())
        assert Decimal(changed.value) == worth.net_liquidation.quantize(Decimal("0.01"))
        later = await rest(program)
        assert "AccountType" not in {one.tag for one in later}
        await program.send(CancelAccountSummary(7))
        await trio.sleep(400)
        assert await rest(program) == []


async def test_groups_are_an_advisers(autojump_clock: object) -> None:
    xml = (
        "<ListOfGroups><Group><name>One</name><ListOfAccts><Account><acct>DU3</acct></Account>"
        "</ListOfAccts></Group><Group><name>Two</name><ListOfAccts><String>DU2</String>"
        "<String>DU3</String></ListOfAccts></Group></ListOfGroups>"
    )
    async with session(accounts=("DF1", "DU2", "DU3")) as (_simulator, program):
        await program.send(ReplaceFA(FADataType.GROUPS, xml, 5))
        await program.until(ReplaceFAEnd)
        for group, accounts in (("All", ["DU2", "DU3"]), ("One", ["DU3"]), ("Two", ["DU2", "DU3"])):
            await program.send(ReqAccountSummary(7, group, "NetLiquidation"))
            found = of(AccountSummary, await program.all_until(AccountSummaryEnd))
            assert [one.account for one in found] == accounts
            await program.send(CancelAccountSummary(7))
        error = await program.error(ReqAccountSummary(7, "Three", "NetLiquidation"))
        assert error[:2] == (7, 321)
        assert "Unknown group 'Three'" in error[2]


async def test_an_adviser_without_clients_is_all_there_is(autojump_clock: object) -> None:
    async with session(accounts=("DF1",)) as (_simulator, program):
        await program.send(ReqAccountSummary(7, "All", "NetLiquidation"))
        assert (await program.until(AccountSummary)).account == "DF1"


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (ReqAccountSummary(7, "All", " ,"), "Tags are required"),
        (ReqAccountSummary(7, "Mine", "NetLiquidation"), "Unknown group 'Mine'"),
        (ReqAccountUpdatesMulti(7, "DU9"), "Invalid account code 'DU9'"),
        (ReqAccountUpdatesMulti(7, "DU1234567", "Growth"), "Invalid model code 'Growth'"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    request_: object, words: str, autojump_clock: object
) -> None:
    async with session() as (_simulator, program):
        req_id, code, message = await program.error(request_)
        assert (req_id, code) == (7, 321)
        assert words in message


async def test_two_summaries_are_the_most(autojump_clock: object) -> None:
    async with session() as (_simulator, program):
        await program.send(*(ReqAccountSummary(one, "All", "SMA") for one in (7, 8)))
        assert (await program.error(ReqAccountSummary(8, "All", "SMA")))[:2] == (8, 322)
        req_id, code, words = await program.error(ReqAccountSummary(9, "All", "SMA"))
        assert (req_id, code) == (9, 322)
        assert "Maximum number of account summary requests exceeded" in words
        await program.send(CancelAccountSummary(7), CancelAccountSummary(7))
        await program.send(ReqAccountSummary(9, "All", "SMA"))
        assert (await program.until(AccountSummary)).req_id == 9


# Values, with an id ...............................................................................


@pytest.mark.parametrize("version", VERSIONS)
async def test_updates_give_all_then_changes_at_times_and_at_trades(
    version: int, autojump_clock: object
) -> None:
    async with session(version, accounts=("DU1", "DU2")) as (simulator, program):
        await program.send(ReqAccountUpdatesMulti(7, "DU2"))
        first = of(AccountUpdateMulti, await program.all_until(AccountUpdateMultiEnd))
        assert {one.account for one in first} == {"DU2"}
        assert {"AccountReady", "NetLiquidation", "NetLiquidation-S", "CashBalance"} <= {
            one.key for one in first
        }
        trade(simulator, 5)
        at_once = await rest(program)
        assert "TotalCashValue" in {one.key for one in at_once}
        simulator.books.trade("DU1", AAPL, Decimal(1), 200.0, Decimal(1), simulator.now())
        assert await rest(program) == []
        await trio.sleep(181)
        assert "NetLiquidation" in {one.key for one in await rest(program)}
        await program.send(CancelAccountUpdatesMulti(7), CancelAccountUpdatesMulti(7))
        assert await rest(program) == []
        trade(simulator, 5)
        await trio.sleep(400)
        assert await rest(program) == []


async def test_the_cash_book_can_be_had_alone(autojump_clock: object) -> None:
    async with session() as (_simulator, program):
        await program.send(ReqAccountUpdatesMulti(7, "", "", ledger_and_nlv=True))
        first = of(AccountUpdateMulti, await program.all_until(AccountUpdateMultiEnd))
        assert {one.key for one in first if one.currency == ""} == set()
        assert (await program.error(ReqAccountUpdatesMulti(7, "")))[:2] == (7, 322)


# One account, without an id .......................................................................


@pytest.mark.parametrize("version", [100, 176, 226])
async def test_all_of_an_account_comes_and_then_what_changes(
    version: int, autojump_clock: object
) -> None:
    async with session(version) as (simulator, program):
        await program.send(ReqAccountData(subscribe=True))
        first = await program.all_until(AcctDownloadEnd)
        assert first[-1] == AcctDownloadEnd("DU1234567")
        assert first[-2] == AcctUpdateTime("09:30")  # in New York
        assert len(of(AcctValue, first)) > 100
        (held,) = of(PortfolioValue, first)
        assert (held.account_name, held.contract.con_id, held.position) == ("DU1234567", AAPL, 10)
        assert held.contract.primary_exchange == "NASDAQ"
        price = simulator.market.price(AAPL, START.timestamp())
        assert held.market_price == price
        assert held.average_cost == pytest.approx(price + 0.1)
        assert held.unrealized_pnl == pytest.approx(-1)
        await trio.sleep(181)
        later = await rest(program)
        (held,) = of(PortfolioValue, later)
        assert held.market_price == simulator.market.price(AAPL, START.timestamp() + 180)
        assert of(AcctUpdateTime, later) == [AcctUpdateTime("09:33")]
        assert of(AcctDownloadEnd, later) == []


async def test_a_position_that_is_closed_comes_once_more(autojump_clock: object) -> None:
    async with session(accounts=("DU1", "DU2")) as (simulator, program):
        await program.send(ReqAccountData(subscribe=True, acct_code="DU2"))
        await program.until(AcctDownloadEnd)
        trade(simulator, -10)
        news = await rest(program)
        assert isinstance(news[0], PortfolioValue)
        assert news[0].position == news[0].market_value == news[0].average_cost == 0
        assert news[0].realized_pnl == -2
        assert "TotalCashValue" in {one.key for one in news[1:]}
        simulator.books.trade("DU1", AAPL, Decimal(1), 200.0, Decimal(1), simulator.now())
        assert await rest(program) == []
        await trio.sleep(181)
        assert of(PortfolioValue, await rest(program)) == []


async def test_another_account_takes_the_place_of_the_first(autojump_clock: object) -> None:
    async with session(accounts=("DU1", "DU2")) as (simulator, program):
        await program.send(ReqAccountData(subscribe=True, acct_code="DU1"))
        await program.until(AcctDownloadEnd)
        await program.send(ReqAccountData(subscribe=True, acct_code="DU2"))
        notice = await program.until(Error)
        assert (notice.req_id, notice.code) == (-1, 2100)
        assert (await program.until(AcctDownloadEnd)).account_name == "DU2"
        simulator.books.trade("DU1", AAPL, Decimal(1), 200.0, Decimal(1), simulator.now())
        assert await rest(program) == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_all_programs_follow_the_same_account(version: int, autojump_clock: object) -> None:
    async with session(version, accounts=("DU1", "DU2")) as (simulator, first):
        second, third = [await Program.started(simulator, client_id) for client_id in (2, 3)]
        for program in (first, second):
            await program.send(ReqAccountData(subscribe=True, acct_code="DU1"))
            assert (await program.until(AcctDownloadEnd)).account_name == "DU1"
        other = ReqAccountData(subscribe=True, acct_code="DU2")
        code, words = 2101, "clients are subscribed to a different account."
        assert (await refusal(third, other))[:2] == (-1, code)
        assert (await refusal(third, other))[2].endswith(f"{words}{{1, 2}}")
        assert (await refusal(second, other))[2].endswith(f"{words}{{1}}")
        simulator.books.trade("DU1", AAPL, Decimal(1), 200.0, Decimal(1), simulator.now())
        assert of(PortfolioValue, await rest(second))  # it still follows the first

        for program in (first, second):
            await program.send(ReqAccountData(subscribe=False))
            await rest(program)
        await third.send(other)
        assert (await third.until(AcctDownloadEnd)).account_name == "DU2"


async def refusal(program: Program, request: object) -> tuple[int, int, str]:
    await program.send(request)
    error = next(
        one for one in of(Error, await rest(program)) if one.code not in {2104, 2106, 2158}
    )
    return error.req_id, error.code, error.message


async def test_the_same_account_again_is_told_from_its_beginning(autojump_clock: object) -> None:
    async with session() as (_simulator, program):
        for _ in range(2):
            await program.send(ReqAccountData(subscribe=True))
            assert of(Error, (await program.all_until(AcctDownloadEnd))[3:]) == []


async def test_it_ends_when_that_is_said(autojump_clock: object) -> None:
    async with session() as (simulator, program):
        await program.send(ReqAccountData(subscribe=True))
        await program.until(AcctDownloadEnd)
        await program.send(*[ReqAccountData(subscribe=False)] * 2)
        assert await rest(program) == []
        trade(simulator, 1)
        await trio.sleep(400)
        assert await rest(program) == []


@pytest.mark.parametrize("account", ["DU9", ""])
async def test_an_account_that_is_not_there_is_refused(
    account: str, autojump_clock: object
) -> None:
    async with session(accounts=("DU1", "DU2")) as (_simulator, program):
        request = ReqAccountData(subscribe=True, acct_code=account)
        assert (await program.error(request))[:2] == (-1, 321)
