from datetime import UTC, datetime
from decimal import Decimal

import pytest
import trio
import trio.testing

from tests._client.peer import session
from trio_tws import (
    AccountValue,
    AcctDownloadEnd,
    AcctValue,
    Complete,
    LocalProtocolError,
    Money,
    ReqAccountUpdatesMulti,
    RequestError,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws.testing import Simulator, open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
OLD = v.MODELS_SUPPORT - 1


def trade(simulator: Simulator, account: str, quantity: int) -> None:
    price, now = simulator.market.price(265598, simulator.now()), simulator.now()
    simulator.books.trade(account, 265598, Decimal(quantity), price, Decimal(1), now)


@pytest.mark.parametrize("version", [100, OLD, v.MODELS_SUPPORT, 176, 226])
async def test_several_accounts_at_once_do_not_disturb_each_other(
    version: int, autojump_clock: object
) -> None:
    accounts = ("DU1", "DU2", "DU3")
    async with open_simulator(
        server_version=version, accounts=accounts, start=START, cash=Decimal(1000)
    ) as simulator:
        trade(simulator, "DU2", 1)
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            found: dict[str, list[AccountValue]] = {}

            async def ask(account: str) -> None:
                found[account] = await tws.account_values(account)

            async with trio.open_nursery() as nursery:
                for account in accounts:
                    nursery.start_soon(ask, account)
            for account in accounts:
                assert {one.account for one in found[account]} == {account}
                (cash,) = (
                    one.amount
                    for one in found[account]
                    if (one.tag, one.currency) == ("CashBalance", "USD")
                )
                assert cash is not None
                assert (cash == Money(Decimal("1000.00"), "USD")) is (account != "DU2")
            await tws.current_time()
            assert simulator.clients[0].requests == {}


@pytest.mark.parametrize("version", [OLD, 226])
async def test_a_stream_gives_all_and_then_what_changes(
    version: int, autojump_clock: object
) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_account_values() as values:
                found = [await anext(values)]
                while found[-1] != Complete():
                    found.append(await anext(values))
                assert len(found) > 100
                trade(simulator, "DU1234567", 1)
                with trio.fail_after(1):
                    changed = await anext(values)
                assert isinstance(changed, AccountValue)
            await tws.current_time()
            assert simulator.clients[0].requests == {}


async def test_streams_of_several_accounts_are_open_at_once(autojump_clock: object) -> None:
    async with open_simulator(start=START, accounts=("DU1", "DU2")) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_account_values("DU1") as one, tws.open_account_values("DU2") as two:
                for stream, account in ((one, "DU1"), (two, "DU2")):
                    value = await anext(stream)
                    assert isinstance(value, AccountValue)
                    assert value.account == account


async def test_old_servers_follow_one_account_at_a_time(autojump_clock: object) -> None:
    async with open_simulator(
        server_version=OLD, start=START, accounts=("DU1", "DU2")
    ) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_account_values("DU1"):
                with pytest.raises(LocalProtocolError, match=r"now follows .*DU1"):
                    async with tws.open_account_values("DU2"):
                        pass
                assert await tws.account_values("DU1") != []
                with trio.move_on_after(60) as scope:
                    await tws.account_values("DU2")
                assert scope.cancelled_caught
            assert await tws.account_values("DU2") != []


async def test_values_that_are_late_from_another_account_are_left_out(
    autojump_clock: object,
) -> None:
    async with session(version=OLD) as (tws, peer):
        tws._session.accounts = ("DU1", "DU2")
        async with tws.open_account_values("DU2") as values:
            await trio.testing.wait_all_tasks_blocked()
            await peer.send(AcctValue("SMA", "1", "USD", "DU1"), AcctDownloadEnd("DU1"))
            await peer.send(AcctValue("SMA", "2", "USD", "DU2"), AcctDownloadEnd("DU2"))
            assert await anext(values) == AccountValue("DU2", "SMA", "2", "USD")
            assert await anext(values) == Complete()


async def test_the_cash_book_can_be_had_alone(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            values = await tws.account_values(ledger_and_nlv=True)
            assert "InitMarginReq" not in {one.tag for one in values}
            async with tws.open_account_values(ledger_and_nlv=True) as stream:
                value = await anext(stream)
                assert isinstance(value, AccountValue)
                assert value.tag == "NetLiquidation"


async def test_what_is_not_there_is_an_error(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(RequestError, match="Invalid account code 'DU9'"):
                await tws.account_values("DU9")
            with pytest.raises(RequestError, match="Invalid model code 'Growth'"):
                await tws.account_values(model_code="Growth")
            with pytest.raises(RequestError, match="Invalid model code 'Growth'"):
                async with tws.open_account_values(model_code="Growth") as values:
                    await anext(values)


async def test_what_old_servers_do_not_have_is_refused(autojump_clock: object) -> None:
    async with session(version=OLD) as (tws, peer):
        with pytest.raises(LocalProtocolError, match=str(v.MODELS_SUPPORT)):
            await tws.account_values(model_code="Growth")
        with pytest.raises(LocalProtocolError, match=str(v.MODELS_SUPPORT)):
            async with tws.open_account_values(ledger_and_nlv=True):
                pass
        assert not any(isinstance(one, ReqAccountUpdatesMulti) for one in peer.received)
