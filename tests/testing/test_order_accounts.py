"""Orders for model portfolios, and what is held, gained and kept in each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import trio

from tests.testing.trading import AAPL as STOCK
from tests.testing.trading import FILLED, order, trading
from trio_tws import (
    TWS,
    Complete,
    FADataType,
    LimitOrder,
    MarketOrder,
    OrderRejected,
    Position,
    RequestError,
    Stock,
    Trade,
    evolve,
    open_tws,
)
from trio_tws.testing import Simulator, open_simulator

FORMATS = pytest.mark.parametrize("version", [176, 226])
START = datetime(2026, 1, 15, 15, tzinfo=UTC)
ADVISER = ("DF1", "DU2", "DU3")
AAPL = 265598


@asynccontextmanager
async def investing(
    version: int = 226, accounts: tuple[str, ...] = ADVISER
) -> AsyncIterator[tuple[Simulator, TWS]]:
    async with open_simulator(server_version=version, accounts=accounts, start=START) as sim:
        sim.desk.models = {"Tech": accounts[1:] or accounts, "Value": accounts[-1:]}
        async with open_tws(stream=sim.open_stream(), client_id=1) as tws:
            yield sim, tws


async def bought(tws: TWS, quantity: int, **options: str) -> Trade:
    wanted = evolve(MarketOrder("BUY", quantity), **options)
    trade = await tws.place_order(await tws.qualify(Stock("AAPL")), wanted)
    await trade.filled()
    return trade


@FORMATS
async def test_a_model_has_positions_of_its_own(version: int, autojump_clock: object) -> None:
    async with investing(version) as (sim, tws):
        await bought(tws, 30, account="DU3", model_code="Tech")
        await bought(tws, 5, account="DU3", model_code="Value")
        await bought(tws, 7, account="DU3")
        assert sim.books.position("DU3", AAPL) == 42
        found = {
            model: [
                (one.account, str(one.quantity), one.model_code)
                for one in await tws.positions("DU3", model_code=model)
            ]
            for model in ("", "Tech", "Value")
        }
        assert found == {
            "": [("DU3", "42", "")],
            "Tech": [("DU3", "30", "Tech")],
            "Value": [("DU3", "5", "Value")],
        }


@FORMATS
async def test_an_adviser_orders_for_all_of_a_model(version: int, autojump_clock: object) -> None:
    async with investing(version) as (sim, tws):
        trade = await bought(tws, 31, account="DF1", model_code="Tech")
        assert [sim.books.position(one, AAPL) for one in ADVISER] == [0, 16, 15]
        assert {fill.execution.model_code for fill in trade.state.fills} == {"Tech"}
        await bought(tws, 4, model_code="Value")
        assert [sim.books.position(one, AAPL) for one in ADVISER] == [0, 16, 19]
        held = await tws.positions(model_code="Tech")
        assert {one.account: str(one.quantity) for one in held} == {"DU2": "16", "DU3": "15"}


async def test_positions_of_a_model_are_followed(autojump_clock: object) -> None:
    async with investing() as (_, tws):
        async with tws.open_positions(model_code="Tech") as positions:
            assert await anext(positions) == Complete()
            await bought(tws, 9, account="DU2")
            await bought(tws, 3, account="DU2", model_code="Tech")
            change = await anext(positions)
            assert isinstance(change, Position)
            assert (change.account, str(change.quantity), change.model_code) == ("DU2", "3", "Tech")


@FORMATS
async def test_profit_and_loss_is_that_of_the_model(version: int, autojump_clock: object) -> None:
    async with investing(version, ("DU1",)) as (sim, tws):
        await bought(tws, 10, model_code="Tech")
        await bought(tws, 90)
        await trio.sleep(600)
        whole = await tws.pnl("DU1")
        part = await tws.pnl("DU1", model_code="Tech")
        single = await tws.position_pnl(AAPL, "DU1", model_code="Tech")
        books, now = sim.books.of_model("Tech"), sim.now()
        lately = [books.worth("DU1", now - second).unrealized for second in range(10)]
        figures = {round(float(gain), 2) for gain in lately}
        assert {part.unrealized_pnl, single.unrealized_pnl} <= figures
        assert whole.unrealized_pnl not in figures
        assert str(single.pos) == "10"


@FORMATS
async def test_values_are_those_of_the_model(version: int, autojump_clock: object) -> None:
    async with investing(version) as (_, tws):
        await bought(tws, 10, account="DU2", model_code="Tech")
        values = {
            one.tag: one
            for one in await tws.account_values("DU2", model_code="Tech")
            if one.currency in {"USD", ""}
        }
        assert values["StockMarketValue"].model_code == "Tech"
        assert 2000 < (values["StockMarketValue"].number or 0) < 2300
        assert (values["CashBalance"].number or 0) < 0
        both = {one.tag: one for one in await tws.account_values("DU2")}
        assert (both["NetLiquidation"].number or 0) > 900_000


async def test_a_correction_is_one_of_the_model_too(autojump_clock: object) -> None:
    async with investing() as (sim, tws):
        trade = await bought(tws, 10, account="DU2", model_code="Tech")
        sim.exchange.correct(trade.state.fills[0].execution.exec_id, shares=Decimal(4))
        assert sim.books.position("DU2", AAPL) == 4
        assert sim.books.of_model("Tech").position("DU2", AAPL) == 4


@pytest.mark.parametrize(
    "options",
    [
        {"model_code": "Other", "account": "DU2"},
        {"model_code": "Value", "account": "DU2"},
        {"model_code": "Tech", "account": "DF1", "fa_group": "All"},
    ],
)
async def test_who_is_not_invested_in_a_model_cannot_order_for_it(
    options: dict[str, str], autojump_clock: object
) -> None:
    async with investing() as (_, tws):
        with pytest.raises(OrderRejected) as excinfo:
            await bought(tws, 10, **options)
        assert excinfo.value.code == 321


async def test_there_are_no_models_at_first(autojump_clock: object) -> None:
    async with open_simulator() as sim, open_tws(stream=sim.open_stream()) as tws:
        assert sim.desk.models == {}
        with pytest.raises(RequestError, match="Invalid model code 'Tech'"):
            await tws.pnl(model_code="Tech")


async def test_a_change_stays_in_its_model(autojump_clock: object) -> None:
    async with investing() as (sim, tws):
        aapl = await tws.qualify(Stock("AAPL"))
        wanted = evolve(LimitOrder("BUY", 10, 1.0), account="DF1", model_code="Tech")
        trade = await tws.place_order(aapl, wanted)
        await trade.accepted()
        await trade.modify(lmt_price=900.0, total_quantity=Decimal(20))
        await trade.filled()
        assert [sim.books.of_model("Tech").position(one, AAPL) for one in ADVISER] == [0, 10, 10]


async def test_a_group_can_say_how_much_is_ordered(autojump_clock: object) -> None:
    xml = (
        "<ListOfGroups><Group><name>g</name><defaultMethod>ContractsOrShares</defaultMethod>"
        "<ListOfAccts><Account><acct>DU3</acct><amount>7</amount></Account></ListOfAccts>"
        "</Group></ListOfGroups>"
    )
    async with investing() as (sim, tws):
        await tws.replace_fa(FADataType.GROUPS, xml)
        trade = await bought(tws, 7, fa_group="g")
        assert trade.order.total_quantity == 7
        assert sim.books.position("DU3", AAPL) == 7


async def test_an_order_names_its_account_where_there_are_several(autojump_clock: object) -> None:
    async with trading(accounts=("DU2", "DU3")) as trader:
        await trader.place(STOCK, order(), 1)
        assert trader.errors(1) == [435]
        await trader.place(STOCK, order(account="DU9"), 2)
        assert trader.errors(2) == [321]
        await trader.place(STOCK, order(fa_group="All"), 3)
        assert trader.errors(3) == [344]
        await trader.place(STOCK, order(quantity=10, account="DU3"), 4)
        assert trader.status(4) is FILLED
        books = trader.simulator.books
        assert [books.position(one, AAPL) for one in ("DU2", "DU3")] == [0, 10]


async def test_an_adviser_names_an_account_or_a_group(autojump_clock: object) -> None:
    async with trading(accounts=("DF1", "DU2", "DU3")) as trader:
        for number, wanted, codes in (
            (1, {}, [436]),
            (2, {"account": "DU9"}, [321]),
            (3, {"account": "DU2", "fa_group": "All"}, [201]),
            (4, {"account": "DF1", "fa_group": "All"}, []),
        ):
            await trader.place(STOCK, order(quantity=10, **wanted), number)
            assert trader.errors(number) == codes
        assert trader.status(4) is FILLED
        books = trader.simulator.books
        assert [books.position(one, AAPL) for one in ("DU2", "DU3")] == [5, 5]
