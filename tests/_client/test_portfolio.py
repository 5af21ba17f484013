from datetime import UTC, datetime
from decimal import Decimal

import pytest
import trio
import trio.testing

from tests._client.peer import Peer, session
from trio_tws import (
    AcctDownloadEnd,
    Complete,
    Contract,
    Error,
    Gap,
    LocalProtocolError,
    Money,
    PortfolioItem,
    PortfolioValue,
    ReqAccountData,
    RequestError,
    open_tws,
)
from trio_tws.testing import Simulator, open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
ACCOUNTS = ("DU1", "DU2")
AAPL = 265598
SAP = 14204


def trade(simulator: Simulator, account: str, con_id: int, quantity: int) -> None:
    now = simulator.now()
    simulator.books.trade(account, con_id, Decimal(quantity), 200.0, Decimal(1), now)


@pytest.mark.parametrize("version", [100, 176, 226])
async def test_a_portfolio_is_what_an_account_holds_and_its_worth(
    version: int, autojump_clock: object
) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        trade(simulator, "DU1234567", SAP, 10)
        trade(simulator, "DU1234567", AAPL, 10)
        trade(simulator, "DU1234567", AAPL, -10)
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            (item,) = await tws.portfolio()
            price = simulator.market.price(SAP, START.timestamp())
            assert (item.account, item.contract.con_id) == ("DU1234567", SAP)
            assert (item.quantity, item.market_price) == (Decimal(10), price)
            assert item.market_value.currency == "EUR"
            assert item.market_value.amount == 10 * Decimal(str(price))
            assert item.average_cost == Money(Decimal("200.1"), "EUR")
            assert item.unrealized_pnl.amount == 10 * Decimal(str(price)) - 2001
            assert item.realized_pnl == Money(Decimal("0.0"), "EUR")
            await tws.current_time()
            assert simulator.clients[0].requests == {}


async def test_portfolios_of_several_accounts_may_be_asked_for_at_once(
    autojump_clock: object,
) -> None:
    """TWS gives that of one at a time: each waits for its turn, and gets its own."""
    async with open_simulator(accounts=ACCOUNTS, start=START) as simulator:
        trade(simulator, "DU1", AAPL, 1)
        trade(simulator, "DU2", SAP, 2)
        async with open_tws(stream=simulator.open_stream()) as tws:
            found: list[tuple[str, list[PortfolioItem]]] = []

            async def ask(account: str) -> None:
                found.append((account, await tws.portfolio(account)))

            async with trio.open_nursery() as nursery:
                for account in ACCOUNTS * 5:
                    nursery.start_soon(ask, account)
            assert len(found) == 10
            for account, items in found:
                assert [(one.account, one.contract.con_id) for one in items] == [
                    (account, AAPL if account == "DU1" else SAP)
                ]


async def test_a_stream_gives_all_and_then_what_changes(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        trade(simulator, "DU1234567", SAP, 10)
        trade(simulator, "DU1234567", AAPL, 10)
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_portfolio() as items:
                first = [await anext(items) for _ in range(3)]
                assert first[-1] == Complete()
                trade(simulator, "DU1234567", AAPL, -10)
                closed = await anext(items)
                assert isinstance(closed, PortfolioItem)
                assert (closed.contract.con_id, closed.quantity) == (AAPL, Decimal(0))
                assert closed.realized_pnl == Money(Decimal("-2.0"), "USD")
                began = trio.current_time()
                again = await anext(items)
                assert isinstance(again, PortfolioItem)
                assert again.contract.con_id == SAP
                assert trio.current_time() - began == pytest.approx(180, abs=2)
                async with tws.open_portfolio() as later:
                    (item, end) = [await anext(later) for _ in range(2)]
                    assert (item, end) == (again, Complete())
            await tws.current_time()
            assert simulator.clients[0].requests == {}


async def test_another_account_is_refused_while_one_is_followed(autojump_clock: object) -> None:
    async with open_simulator(accounts=ACCOUNTS, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_portfolio("DU1"):
                with pytest.raises(LocalProtocolError, match=r"now follows .*DU1"):
                    async with tws.open_portfolio("DU2"):
                        pass
                assert await tws.account_values("DU2") != []
            async with tws.open_portfolio("DU2") as items:
                assert await anext(items) == Complete()


async def test_one_of_several_accounts_has_to_be_named(autojump_clock: object) -> None:
    async with open_simulator(accounts=ACCOUNTS, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(LocalProtocolError, match="name one of them"):
                await tws.portfolio()
            with pytest.raises(LocalProtocolError, match="name one of them"):
                tws.open_portfolio()


async def test_an_account_that_is_not_there_is_an_error(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(RequestError, match="Invalid account code 'DU9'"):
                await tws.portfolio("DU9")


async def test_other_programs_may_follow_another_account(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        await peer.read_until(ReqAccountData)
        await peer.send(Error(-1, 2101, "Unable to subscribe to account"))

    async with session(act) as (tws, _peer):
        with pytest.raises(RequestError, match="2101"):
            await tws.portfolio()


async def test_what_is_late_from_another_account_is_left_out(autojump_clock: object) -> None:
    late = PortfolioValue(Contract(con_id=AAPL), Decimal(1), account_name="DU1")
    own = PortfolioValue(Contract(con_id=SAP), Decimal(2), account_name="DU2")
    async with session() as (tws, peer):
        tws._session.accounts = ACCOUNTS
        async with tws.open_portfolio("DU2") as items:
            await trio.testing.wait_all_tasks_blocked()
            await peer.send(late, AcctDownloadEnd("DU1"), own, AcctDownloadEnd("DU2"))
            item = await anext(items)
            assert isinstance(item, PortfolioItem)
            assert item.contract.con_id == SAP
            assert await anext(items) == Complete()


async def test_a_position_without_a_quantity_is_closed(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        async with tws.open_portfolio() as items:
            await trio.testing.wait_all_tasks_blocked()
            await peer.send(AcctDownloadEnd("DU1"), PortfolioValue(account_name="DU1"))
            assert await anext(items) == Complete()
            item = await anext(items)
            assert isinstance(item, PortfolioItem)
            assert item.quantity == 0


async def test_a_slow_reader_may_ask_for_gaps(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        async with tws.open_portfolio(buffer=1, overflow="gap") as items:
            await trio.testing.wait_all_tasks_blocked()
            await peer.send(*[AcctDownloadEnd("DU1")] * 3)
            await trio.testing.wait_all_tasks_blocked()
            assert await anext(items) == Gap(2)
