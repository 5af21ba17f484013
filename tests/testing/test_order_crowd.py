"""How many orders there may be on one side, and which of them count."""

from decimal import Decimal

import pytest

from tests.testing.trading import AAPL, MSFT, PRE_SUBMITTED, SUBMITTED, limit, order, trading
from trio_tws import LimitOrder, OrderRejected, Stock, open_tws
from trio_tws._wire import evolve
from trio_tws.testing import TwsLimits, open_simulator

FAR = limit("BUY", 10, 1.0)


@pytest.mark.parametrize("version", [176, 226])
async def test_the_sixteenth_order_is_refused(version: int, autojump_clock: object) -> None:
    async with open_simulator(server_version=version) as sim:
        async with open_tws(stream=sim.open_stream(), client_id=1, pacing=None) as tws:
            aapl = await tws.qualify(Stock("AAPL"))
            trades = [await tws.place_order(aapl, LimitOrder("BUY", 1, 1.0)) for _ in range(15)]
            for trade in trades:
                await trade.accepted()
            refused = await tws.place_order(aapl, LimitOrder("BUY", 1, 1.0))
            with pytest.raises(OrderRejected, match="minimum of 15 orders") as excinfo:
                await refused.accepted()
            assert excinfo.value.code == 201
            await trades[0].cancel()
            again = await tws.place_order(aapl, LimitOrder("BUY", 1, 1.0))
            await again.accepted()


async def test_what_counts_is_one_side_of_one_contract_for_one_account(
    autojump_clock: object,
) -> None:
    limits = TwsLimits(orders_per_side=1)
    async with trading(limits=limits, accounts=("DU1", "DU2")) as trader:
        mine = evolve(FAR, account="DU1")
        for contract, wanted in (
            (AAPL, mine),
            (MSFT, mine),
            (AAPL, evolve(mine, action="SELL", lmt_price=900.0)),
            (AAPL, evolve(mine, account="DU2")),
        ):
            assert trader.status(await trader.place(contract, wanted)) is SUBMITTED
        assert trader.errors(await trader.place(AAPL, mine)) == [201]


async def test_what_waits_for_its_parent_or_is_parked_does_not_count(
    autojump_clock: object,
) -> None:
    async with trading(limits=TwsLimits(orders_per_side=1)) as trader:
        parent = await trader.place(AAPL, FAR)
        for _ in range(2):
            child = evolve(limit("SELL", 10, 900.0), parent_id=parent)
            assert trader.status(await trader.place(AAPL, child)) is PRE_SUBMITTED
        parked = await trader.place(AAPL, evolve(FAR, transmit=False))
        assert trader.errors(parked) == []
        assert trader.status(await trader.place(AAPL, limit("SELL", 10, 900.0))) is SUBMITTED


async def test_without_limits_there_is_room_for_all(autojump_clock: object) -> None:
    async with trading(limits=None, cash=Decimal(10**8)) as trader:
        for _ in range(20):
            await trader.place(AAPL, order("SELL", 1, "LMT", lmt_price=900.0))
        assert len(trader.simulator.exchange.book.open()) == 20
