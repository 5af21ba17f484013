"""Precautions: what an order may not pass unless somebody says that it is meant."""

from decimal import Decimal
from typing import Any

import attrs
import pytest

from tests.testing.trading import AAPL, FILLED, PENDING_SUBMIT, SUBMITTED, limit, order, trading
from trio_tws import LimitOrder, OrderRejected, Stock, open_tws
from trio_tws._model.config import ApiConfig, ApiPrecautionsConfig
from trio_tws._wire import evolve
from trio_tws.testing import OrderPreset, open_simulator

CAREFUL = OrderPreset(percentage=3, ticks=500, size_limit=Decimal(1000))


@pytest.mark.parametrize("version", [176, 226])
async def test_a_price_far_away_is_taken_only_if_it_is_meant(
    version: int, autojump_clock: object
) -> None:
    async with open_simulator(server_version=version) as sim:
        sim.desk.preset = OrderPreset(percentage=3)
        async with open_tws(stream=sim.open_stream(), client_id=1) as tws:
            aapl = await tws.qualify(Stock("AAPL"))
            quote = sim.market.quote(aapl.con_id, sim.now())
            assert quote is not None
            price = round(quote.ask * 1.04, 2)
            trade = await tws.place_order(aapl, LimitOrder("BUY", 10, price))
            with pytest.raises(OrderRejected, match="Percentage constraint of 3%") as excinfo:
                await trade.filled()
            assert excinfo.value.code == 163
            meant = LimitOrder("BUY", 10, price, override_percentage_constraints=True)
            trade = await tws.place_order(aapl, meant)
            assert (await trade.filled()).filled == 10


@pytest.mark.parametrize(
    ("wanted", "factor", "codes"),
    [
        (limit("BUY", 10, 0), 1.02, []),
        (limit("BUY", 10, 0), 1.031, [163]),
        (limit("BUY", 10, 0), 0.969, [163]),
        (limit("SELL", 10, 0), 0.969, [163]),
        (limit("BUY", 10, 0, parent_id=1), 0.5, []),
        (limit("BUY", 1001, 0), 1.0, [383]),
        (limit("BUY", 1000, 0), 0.98, []),
        (order("BUY", 1000, "STP"), 1.02, []),
        (order("SELL", 10, "STP"), 0.9, [109]),
        (order("BUY", 10, "MIT"), 0.9, [109]),
        (order("BUY", 10, "REL"), 0.01, []),
        (order("BUY", 1001, override_percentage_constraints=True), 1.0, [383]),
    ],
)
async def test_what_goes_against_a_precaution(
    wanted: Any, factor: float, codes: list[int], autojump_clock: object
) -> None:
    async with trading() as trader:
        parent = await trader.place(AAPL, limit("BUY", 10, 1.0))
        trader.simulator.desk.preset = attrs.evolve(CAREFUL, ticks=None)
        price = round(trader.quote().ask * factor, 2)
        field = "lmt_price" if wanted.order_type == "LMT" else "aux_price"
        number = await trader.place(AAPL, evolve(wanted, **{field: price}))
        assert parent == 1
        assert trader.errors(number) == codes


async def test_a_price_can_be_too_many_ticks_away(autojump_clock: object) -> None:
    async with trading() as trader:
        trader.simulator.desk.preset = OrderPreset(ticks=50)
        bid = trader.quote().bid
        number = await trader.place(AAPL, limit("SELL", 10, round(bid + 0.5, 2)))
        assert trader.status(number) is SUBMITTED
        number = await trader.place(AAPL, limit("SELL", 10, round(bid + 0.51, 2)))
        assert trader.errors(number) == [382]


async def test_precautions_can_be_lifted_and_are_for_what_is_transmitted(
    autojump_clock: object,
) -> None:
    async with trading() as trader:
        desk = trader.simulator.desk
        desk.preset = CAREFUL
        wanted = limit("BUY", 10, 1.0, transmit=False)
        parked = await trader.place(AAPL, wanted)
        assert trader.status(parked) is PENDING_SUBMIT
        await trader.place(AAPL, evolve(wanted, transmit=True), parked)
        assert trader.errors(parked) == [163]
        for api in (None, ApiConfig(None), ApiConfig(ApiPrecautionsConfig())):
            desk.config = evolve(desk.config, api=api)
            refused = await trader.place(AAPL, limit("BUY", 10, 1.0))
            assert trader.errors(refused) == [163]
        lifted = ApiConfig(ApiPrecautionsConfig(bypass_order_precautions=True))
        desk.config = evolve(desk.config, api=lifted)
        number = await trader.place(AAPL, order("BUY", 1001))
        assert trader.errors(number) == []
        await trader.place(AAPL, evolve(wanted, transmit=True), parked)
        assert trader.status(parked) is SUBMITTED


async def test_nothing_is_set_up_at_first(autojump_clock: object) -> None:
    async with trading() as trader:
        assert trader.simulator.desk.preset == OrderPreset()
        number = await trader.place(AAPL, limit("BUY", 10, 10_000.0))
        assert trader.status(number) is FILLED


@pytest.mark.parametrize("wrong", [{"percentage": 0}, {"ticks": -1}, {"size_limit": Decimal(0)}])
def test_numbers_are_above_zero(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        OrderPreset(**wrong)
