"""An adviser's orders for groups, as the real client places them: who gets how much."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.testing.trading import AAPL as STOCK
from tests.testing.trading import limit, trading
from trio_tws import (
    TWS,
    CommissionAndFeesReport,
    ExecutionData,
    FADataType,
    LimitOrder,
    MarketOrder,
    Order,
    OrderRejected,
    RequestError,
    SecType,
    Stock,
    Trade,
    evolve,
    open_tws,
)
from trio_tws._model.contracts import ComboLeg, Contract
from trio_tws.testing import Simulator, open_simulator

FORMATS = pytest.mark.parametrize("version", [176, 226])
START = datetime(2026, 1, 15, 15, tzinfo=UTC)
ACCOUNTS = ("DF1", "DU2", "DU3", "DU4")
AAPL = 265598


def group(method: str, *members: tuple[str, str]) -> str:
    accounts = "".join(
        f"<Account><acct>{account}</acct>{amount and f'<amount>{amount}</amount>'}</Account>"
        for account, amount in members
    )
    return (
        f"<ListOfGroups><Group><name>mine</name><defaultMethod>{method}</defaultMethod>"
        f'<ListOfAccts varName="list">{accounts}</ListOfAccts></Group></ListOfGroups>'
    )


@asynccontextmanager
async def advising(
    xml: str = "", version: int = 226, **arguments: Any
) -> AsyncIterator[tuple[Simulator, TWS]]:
    async with open_simulator(
        server_version=version, accounts=ACCOUNTS, start=START, **arguments
    ) as sim:
        async with open_tws(stream=sim.open_stream(), client_id=1) as tws:
            if xml:
                await tws.replace_fa(FADataType.GROUPS, xml)
            yield sim, tws


def held(sim: Simulator) -> list[Decimal]:
    return [sim.books.position(account, AAPL) for account in ACCOUNTS]


async def bought(tws: TWS, order: Order) -> Trade:
    trade = await tws.place_order(await tws.qualify(Stock("AAPL")), order)
    await trade.filled()
    return trade


def fill(sim: Simulator, account: str, quantity: int) -> None:
    price = sim.market.price(AAPL, sim.now())
    sim.books.trade(account, AAPL, Decimal(quantity), price, Decimal(0), sim.now())


EQUAL = [("DU2", ""), ("DU3", ""), ("DU4", "")]
AMOUNTS = [("DU2", "20"), ("DU3", "30"), ("DU4", "50")]


@FORMATS
@pytest.mark.parametrize(
    ("method", "members", "shares"),
    [
        ("Equal", EQUAL, [0, 34, 33, 33]),
        ("EqualQuantity", EQUAL[:2], [0, 50, 50, 0]),
        ("NetLiq", EQUAL, [0, 34, 33, 33]),
        ("Percent", AMOUNTS, [0, 20, 30, 50]),
        ("Ratio", [("DU3", "1.0"), ("DU4", "3.0")], [0, 0, 25, 75]),
        ("ContractsOrShares", AMOUNTS, [0, 20, 30, 50]),
    ],
)
async def test_an_order_is_divided_as_its_group_says(
    method: str,
    members: list[tuple[str, str]],
    shares: list[int],
    version: int,
    autojump_clock: object,
) -> None:
    async with advising(group(method, *members), version) as (sim, tws):
        trade = await bought(tws, MarketOrder("BUY", 100, fa_group="mine"))
        state = trade.state
        assert held(sim) == shares
        assert (state.filled, state.remaining) == (Decimal(100), Decimal(0))
        executions = {one.execution.acct_number: one.execution for one in state.fills}
        assert {name: one.shares for name, one in executions.items()} == {
            account: share for account, share in zip(ACCOUNTS, shares, strict=True) if share
        }
        assert all(one.cum_qty == one.shares for one in executions.values())
        assert len({one.exec_id for one in executions.values()}) == len(executions)
        assert trade.order.account == "DF1"
        assert {one.account: one.quantity for one in await tws.positions()} == {
            name: one.shares for name, one in executions.items()
        }


async def test_the_order_can_name_another_method(autojump_clock: object) -> None:
    async with advising(group("Equal", *AMOUNTS)) as (sim, tws):
        await bought(tws, MarketOrder("BUY", 100, fa_group="mine", fa_method="Percent"))
        assert held(sim) == [0, 20, 30, 50]


@pytest.mark.parametrize("method", ["NetLiq", "AvailableEquity"])
async def test_who_has_more_gets_more(method: str, autojump_clock: object) -> None:
    async with advising(group(method, *EQUAL), cash=Decimal(100_000)) as (sim, tws):
        price = sim.market.price(AAPL, sim.now())
        # A loss of half of all that there was.
        sim.books.trade("DU2", AAPL, Decimal(100), price + 500, Decimal(0), sim.now())
        sim.books.trade("DU2", AAPL, Decimal(-100), price, Decimal(0), sim.now())
        await bought(tws, MarketOrder("BUY", 100, fa_group="mine"))
        assert held(sim) == [0, 20, 40, 40]


async def test_equity_that_stands_behind_something_is_not_available(autojump_clock: object) -> None:
    async with advising(group("AvailableEquity", *EQUAL[:2]), cash=Decimal(100_000)) as (sim, tws):
        fill(sim, "DU2", 400)
        await bought(tws, MarketOrder("BUY", 100, fa_group="mine"))
        assert held(sim)[1] - 400 < held(sim)[2]


async def test_who_has_nothing_gets_nothing(autojump_clock: object) -> None:
    async with advising(group("NetLiq", *EQUAL), cash=Decimal(0)) as (_, tws):
        with pytest.raises(OrderRejected, match="201"):
            await bought(tws, MarketOrder("BUY", 100, fa_group="mine"))


@FORMATS
async def test_sizes_of_accounts_make_the_size_of_the_order(
    version: int, autojump_clock: object
) -> None:
    async with advising(group("ContractsOrShares", *AMOUNTS), version) as (sim, tws):
        unsized = evolve(LimitOrder("BUY", 1, 900.0, fa_group="mine"), total_quantity=Decimal(0))
        trade = await bought(tws, unsized)
        assert trade.order.total_quantity == 100
        assert held(sim) == [0, 20, 30, 50]
        with pytest.raises(OrderRejected, match="144"):
            await bought(tws, MarketOrder("BUY", 99, fa_group="mine"))


async def test_money_of_accounts_makes_the_size_of_the_order(autojump_clock: object) -> None:
    xml = group("MonetaryAmount", ("DU2", "1000"), ("DU3", "2500"), ("DU4", "10"))
    async with advising(xml) as (sim, tws):
        quote = sim.market.quote(AAPL, sim.now())
        assert quote is not None
        trade = await bought(tws, LimitOrder("BUY", 1, 300.0, fa_group="mine"))
        assert trade.order.total_quantity == 11
        assert held(sim) == [0, 3, 8, 0]
        wanted = evolve(MarketOrder("SELL", 1, fa_group="mine"), cash_qty=3510.0)
        trade = await bought(tws, wanted)
        assert held(sim)[1] == 3 - 1000 // Decimal(str(quote.bid))
        with pytest.raises(OrderRejected, match="10294"):
            await bought(tws, evolve(wanted, cash_qty=3500.0))


@FORMATS
@pytest.mark.parametrize(
    ("action", "percent", "shares"),
    [
        ("BUY", "50", [0, 150, -20, 0]),
        ("SELL", "-50", [0, 50, -20, 0]),
        ("SELL", "100", [0, 100, -40, 0]),
        ("BUY", "-100", [0, 100, 0, 0]),
    ],
)
async def test_a_percentage_changes_what_is_held(
    action: Any, percent: str, shares: list[int], version: int, autojump_clock: object
) -> None:
    async with advising(group("PctChange", *EQUAL), version) as (sim, tws):
        fill(sim, "DU2", 100)
        fill(sim, "DU3", -20)
        order = MarketOrder(action, 1, fa_group="mine", fa_percentage=percent)
        await bought(tws, evolve(order, total_quantity=Decimal(0)))
        assert held(sim) == shares


@pytest.mark.parametrize(
    ("xml", "changes", "code"),
    [
        (group("Equal"), {}, 436),
        (group("Equal", *EQUAL), {"fa_group": "other"}, 436),
        (group("Equal", *EQUAL), {"fa_method": "Astrology"}, 321),
        (group("Ratio", *EQUAL), {}, 333),
        (group("Percent", *AMOUNTS[:2]), {}, 10012),
        (group("PctChange", *EQUAL), {}, 10012),
        (group("PctChange", *EQUAL), {"fa_percentage": "0"}, 10012),
        (group("PctChange", *EQUAL), {"fa_percentage": "inf"}, 10012),
        (group("PctChange", *EQUAL), {"fa_percentage": "50"}, 434),
        (group("MonetaryAmount", ("DU2", "1")), {}, 434),
        (group("Ratio", ("DU2", "0")), {}, 201),
    ],
)
async def test_what_cannot_be_divided_is_refused(
    xml: str, changes: dict[str, str], code: int, autojump_clock: object
) -> None:
    async with advising(xml) as (sim, tws):
        order = evolve(MarketOrder("BUY", 100, fa_group="mine"), **changes)
        with pytest.raises(OrderRejected) as excinfo:
            await bought(tws, order)
        assert excinfo.value.code == code
        assert held(sim) == [0, 0, 0, 0]


async def test_accounts_of_others_are_in_no_group(autojump_clock: object) -> None:
    async with advising() as (_, tws):
        with pytest.raises(RequestError) as excinfo:
            await tws.replace_fa(FADataType.GROUPS, group("Equal", ("DU9", "")))
        assert excinfo.value.code == 10231
        with pytest.raises(RequestError) as excinfo:
            await tws.replace_fa(FADataType.GROUPS, group("Ratio", ("DU2", "much")))
        assert excinfo.value.code == 321


@FORMATS
async def test_each_part_of_a_large_order_is_divided(version: int, autojump_clock: object) -> None:
    xml = group("Ratio", ("DU2", "1"), ("DU3", "2"), ("DU4", "4"))
    async with advising(xml, version, cash=Decimal(10**7)) as (sim, tws):
        trade = await bought(tws, MarketOrder("BUY", 7000, fa_group="mine"))
        assert held(sim) == [0, 1000, 2000, 4000]
        state = trade.state
        assert len(state.fills) > 3
        assert all(one.execution.shares for one in state.fills)
        for account, quantity in zip(ACCOUNTS[1:], (1000, 2000, 4000), strict=True):
            mine = [one for one in state.fills if one.execution.acct_number == account]
            assert [one.execution.cum_qty for one in mine][-1] == quantity
            assert sum(one.execution.shares or 0 for one in mine) == quantity


async def test_each_account_pays_for_itself(autojump_clock: object) -> None:
    async with advising(group("Equal", *EQUAL)) as (sim, tws):
        async with tws.open_events(ExecutionData, CommissionAndFeesReport) as events:
            trade = await bought(tws, MarketOrder("BUY", 9, fa_group="mine"))
            costs = [await anext(events) for _ in range(6)]
        reports = [one for one in costs if isinstance(one, CommissionAndFeesReport)]
        assert [one.commission_and_fees for one in reports] == [1.0, 1.0, 1.0]
        assert trade.state.commissions == {"USD": Decimal(3)}
        (booked,) = sim.exchange.book.done()
        assert booked.cost == 3


async def test_a_correction_is_of_one_account(autojump_clock: object) -> None:
    async with advising(group("Equal", *EQUAL)) as (sim, tws):
        trade = await bought(tws, MarketOrder("BUY", 9, fa_group="mine"))
        first = trade.state.fills[0].execution
        sim.exchange.correct(first.exec_id, shares=Decimal(1))
        assert held(sim) == [0, 1, 3, 3]
        (booked,) = sim.exchange.book.done()
        assert booked.filled == 7
        assert booked.tally("DU2").filled == 1
        sim.exchange.bust(first.exec_id)
        tally = booked.tally("DU2")
        assert (tally.filled, tally.average) == (Decimal(0), 0.0)


async def test_what_it_would_do_is_said_of_each_account(autojump_clock: object) -> None:
    async with advising(group("Ratio", ("DU2", "1"), ("DU3", "2"))) as (sim, tws):
        aapl = await tws.qualify(Stock("AAPL"))
        order = MarketOrder("SELL", 300, fa_group="mine")
        fill(sim, "DU2", 50)
        preview = await tws.what_if(aapl, order)
        assert [
            (one.account, *map(str, (one.position, one.position_after, one.allowed_alloc_qty)))
            for one in preview.allocations
        ] == [("DU2", "50", "-50", "100"), ("DU3", "0", "-200", "200")]
        alone = await tws.what_if(aapl, MarketOrder("SELL", 200, account="DU3"))
        assert alone.allocations == ()
        # DU2 is as much short afterwards as it was long, so that only DU3 needs more.
        assert preview.init_margin.before
        assert preview.init_margin.change == alone.init_margin.change
        assert alone.init_margin.change
        assert preview.commission is not None
        assert alone.commission is not None
        assert preview.commission > alone.commission


async def test_each_account_needs_its_own_margin(autojump_clock: object) -> None:
    xml = group("Ratio", ("DU2", "1"), ("DU3", "99"))
    async with advising(xml, cash=Decimal(50_000)) as (_, tws):
        with pytest.raises(OrderRejected, match="MARGIN"):
            await bought(tws, MarketOrder("BUY", 500, fa_group="mine"))


async def test_a_change_keeps_the_division(autojump_clock: object) -> None:
    async with advising(group("ContractsOrShares", *AMOUNTS)) as (sim, tws):
        aapl = await tws.qualify(Stock("AAPL"))
        order = LimitOrder("BUY", 100, 1.0, fa_group="mine")
        trade = await tws.place_order(aapl, order)
        await trade.accepted()
        await tws.replace_fa(FADataType.GROUPS, group("Equal", *EQUAL))
        await trade.modify(total_quantity=Decimal(200))
        await trade.modify(lmt_price=900.0)
        await trade.filled()
        assert held(sim) == [0, 40, 60, 100]


async def test_another_division_is_another_order(autojump_clock: object) -> None:
    async with trading(accounts=ACCOUNTS) as trader:
        wanted = limit("BUY", 100, 1.0, fa_group="All")
        number = await trader.place(STOCK, wanted)
        await trader.place(STOCK, evolve(wanted, fa_method="Equal"), number)
        assert trader.errors(number) == [422]


async def test_a_combination_is_divided_in_wholes(autojump_clock: object) -> None:
    async with advising(group("Equal", *EQUAL[:2])) as (sim, tws):
        straddle = Contract(
            symbol="AAPL",
            sec_type=SecType.COMBO,
            currency="USD",
            exchange="SMART",
            combo_legs=(
                ComboLeg(2_100_000_003, 1, "BUY", "SMART"),
                ComboLeg(2_100_000_004, 2, "BUY", "SMART"),
            ),
        )
        order = MarketOrder("BUY", 3, fa_group="mine")
        trade = await tws.place_order(straddle, order)
        await trade.filled()
        legs = [(account, 2_100_000_004) for account in ("DU2", "DU3")]
        assert [sim.books.position(*leg) for leg in legs] == [4, 2]
        preview = await tws.what_if(straddle, order)
        assert preview.allocations == ()
        for method, code in (("PctChange", 434), ("MonetaryAmount", 10244)):
            await tws.replace_fa(FADataType.GROUPS, group(method, *AMOUNTS))
            with pytest.raises(OrderRejected) as excinfo:
                trade = await tws.place_order(straddle, evolve(order, fa_percentage="50"))
                await trade.filled()
            assert excinfo.value.code == code
