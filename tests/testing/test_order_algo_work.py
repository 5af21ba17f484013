"""What algorithms take at a moment: shares, prices and pieces, as the real client orders them."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from tests.testing.algos import CON_ID, SOON, START, working
from trio_tws import (
    TWAP,
    VWAP,
    AccumulateDistribute,
    Adaptive,
    AdaptivePriority,
    Algo,
    ArrivalPrice,
    BalanceImpactRisk,
    DarkIce,
    LimitOrder,
    MarketOrder,
    MinimizeImpact,
    PercentOfVolume,
    PriceVariantPercentOfVolume,
    RiskAversion,
    SizeVariantPercentOfVolume,
    TimeVariantPercentOfVolume,
    TWAPStrategy,
)
from trio_tws.testing import open_simulator

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("strategy", list(TWAPStrategy))
async def test_twap_can_wait_for_a_price(strategy: TWAPStrategy, autojump_clock: object) -> None:
    async with working(TWAP(strategy_type=strategy, end_time=SOON)) as run:
        await run.until(SOON)
        fills = [(int(deal.time), deal.price, deal.adds_liquidity) for deal in run.sim.exchange.log]
        assert fills
        for second, price, adds in fills:
            quote = run.sim.market.quote(CON_ID, second)
            assert quote is not None
            if strategy is TWAPStrategy.MARKETABLE:
                assert (price, adds) == (quote.ask, False)
            elif strategy is TWAPStrategy.MATCHING_SAME_SIDE:
                assert (price, adds) == (quote.bid, True)
            elif strategy is TWAPStrategy.MATCHING_MIDPOINT:
                assert price <= round((quote.bid + quote.ask) / 2, 9)


@pytest.mark.parametrize(
    "algo",
    [
        VWAP(max_pct_vol=0.02, end_time=SOON),
        ArrivalPrice(max_pct_vol=0.02, risk_aversion=RiskAversion.GET_DONE, end_time=SOON),
        PercentOfVolume(pct_vol=0.02, end_time=SOON),
        SizeVariantPercentOfVolume(start_pct_vol=0.02, end_pct_vol=0.02, end_time=SOON),
        TimeVariantPercentOfVolume(start_pct_vol=0.02, end_pct_vol=0.02, end_time=SOON),
        PriceVariantPercentOfVolume(
            pct_vol=0.01, delta_pct_vol=9, min_pct_vol4_px=0.02, max_pct_vol4_px=0.02, end_time=SOON
        ),
        BalanceImpactRisk(max_pct_vol=0.02, risk_aversion=RiskAversion.PASSIVE),
        MinimizeImpact(max_pct_vol=0.02),
        ArrivalPrice(max_pct_vol=0.02, risk_aversion="Passive", force_completion=True),
    ],
    ids=lambda algo: type(algo).__name__,
)
async def test_no_more_than_a_share_of_the_volume_is_traded(
    algo: Algo, autojump_clock: object
) -> None:
    async with working(algo, MarketOrder("BUY", 500_000), cash=10**9) as run:
        filled = await run.until(START + timedelta(minutes=1))
        # The moment of the last second has been counted, too.
        assert Decimal("0.9") * run.volume(1) / 50 < filled <= run.volume(1.1) / 50


async def test_a_share_can_change_on_the_way(autojump_clock: object) -> None:
    end = START + timedelta(minutes=4)
    algo = TimeVariantPercentOfVolume(start_pct_vol=0.01, end_pct_vol=0.21, end_time=end)
    async with working(algo, MarketOrder("BUY", 10**5)) as run:
        first = await run.until(START + timedelta(minutes=2))
        both = await run.until(end - timedelta(seconds=2))
        assert 0.05 < first / run.volume(2) < 0.07
        assert 0.15 < (both - first) / (run.volume(4) - run.volume(2)) < 0.17
    size = SizeVariantPercentOfVolume(start_pct_vol=0.2, end_pct_vol=0.01, end_time=SOON)
    async with working(size, MarketOrder("BUY", 30_000)) as run:
        filled = [await run.until(START + timedelta(minutes=at)) for at in (1, 2, 3)]
        steps = [after - before for before, after in pairwise([Decimal(0), *filled])]
        assert steps[0] > steps[1] > steps[2] > 0


@pytest.mark.parametrize("action", ["BUY", "SELL"])
async def test_a_share_can_grow_as_the_price_gets_better(
    action: str, autojump_clock: object
) -> None:
    algo = PriceVariantPercentOfVolume(
        pct_vol=0.1, delta_pct_vol=1000, min_pct_vol4_px=0.01, max_pct_vol4_px=0.3, end_time=SOON
    )
    order = MarketOrder("BUY" if action == "BUY" else "SELL", 10**6)
    async with working(algo, order, cash=10**10) as run:
        await run.until(START + timedelta(minutes=5))
        market, begin = run.sim.market, START.timestamp()
        first = market.price(CON_ID, begin)
        shares: dict[bool, list[Decimal]] = {True: [], False: []}
        for second in range(int(begin), int(begin) + 300):
            price, trade = market.price(CON_ID, second), market.trade(CON_ID, second)
            deals = (deal for deal in run.sim.exchange.log if int(deal.time) == second)
            if trade is not None and abs(price / first - 1) > 0.0003:
                traded = sum(abs(deal.quantity) for deal in deals)
                shares[(price < first) is (action == "BUY")].append(traded / trade.size)
        for is_better, found in shares.items():
            mean = sum(found) / len(found) if found else None
            assert mean is None or (mean > 0.2) is is_better
        assert any(shares.values())


async def test_what_is_to_be_completed_takes_more_of_the_volume_at_last(
    autojump_clock: object,
) -> None:
    end = START + timedelta(minutes=3)
    algo = ArrivalPrice(
        max_pct_vol=0.01, risk_aversion="Get Done", end_time=end, force_completion=True
    )
    async with working(algo, MarketOrder("BUY", 4000)) as run:
        before = await run.until(end - timedelta(seconds=61))
        assert before <= run.volume(2.1) / 100
        after = await run.until(end - timedelta(seconds=1))
        assert after - before > run.volume(3) / 100


@pytest.mark.parametrize("priority", list(AdaptivePriority))
async def test_adaptive_waits_for_a_better_price_and_then_takes_what_there_is(
    priority: AdaptivePriority, autojump_clock: object
) -> None:
    async with working(Adaptive(priority), MarketOrder("BUY", 5000)) as run:
        state = await run.trade.filled()
        patience = {"Urgent": 5, "Normal": 30, "Patient": 120}[priority.value]
        assert state.filled == 5000
        for deal in run.sim.exchange.log:
            quote = run.sim.market.quote(CON_ID, deal.time)
            assert quote is not None
            is_early = deal.time - START.timestamp() < patience
            assert (deal.price <= round((quote.bid + quote.ask) / 2, 9)) is is_early


async def test_a_limit_is_never_passed(autojump_clock: object) -> None:
    async with open_simulator(start=START) as sim:
        price = round(sim.market.price(CON_ID, sim.now()), 2)
    for algo in (Adaptive(), TWAP(end_time=SOON), PercentOfVolume(pct_vol=0.2)):
        async with working(algo, LimitOrder("BUY", 2000, price)) as run:
            await run.until(START + timedelta(minutes=4))
            assert all(deal.price <= price for deal in run.sim.exchange.log)
            assert run.sim.exchange.log.current()


async def test_liquidity_need_not_be_taken(autojump_clock: object) -> None:
    for algo in (VWAP(no_take_liq=True), PercentOfVolume(pct_vol=0.2, no_take_liq=True)):
        async with working(algo) as run:
            await run.until(START + timedelta(minutes=4))
            deals = list(run.sim.exchange.log)
            assert deals
            assert all(deal.adds_liquidity for deal in deals)


async def test_dark_ice_shows_a_part_that_varies(autojump_clock: object) -> None:
    async with working(DarkIce(display_size=100)) as run:
        assert 0 < await run.until(START + timedelta(seconds=10)) < 1500
        await run.trade.filled()
        sizes = {abs(deal.quantity) for deal in run.sim.exchange.log}
        assert len(sizes) > 3
        assert max(sizes) <= 150


async def test_a_large_order_is_cut_into_pieces(autojump_clock: object) -> None:
    algo = AccumulateDistribute(component_size=100, time_between_orders=20)
    async with working(algo, MarketOrder("BUY", 1000)) as run:
        await run.trade.filled()
        assert [round(second / 20) for second in run.seconds()] == list(range(10))
        assert {deal.quantity for deal in run.sim.exchange.log} == {100}


async def test_pieces_can_vary_and_wait_for_each_other(autojump_clock: object) -> None:
    algo = AccumulateDistribute(
        component_size=100,
        time_between_orders=20,
        randomize_time20=True,
        randomize_size55=True,
        wait_for_fill=True,
        active_time_start=SOON,
        active_time_end=SOON + timedelta(minutes=10),
    )
    async with working(algo, MarketOrder("BUY", 1000)) as run:
        await run.trade.filled()
        assert run.seconds()[0] == 600
        sizes = [deal.quantity for deal in run.sim.exchange.log]
        assert all(45 <= size <= 155 for size in sizes[:-1])
        assert len(set(sizes)) > 3
        pauses = [after - before for before, after in pairwise(run.seconds())]
        assert all(15 <= pause <= 25 for pause in pauses if pause > 1)
    far = LimitOrder("BUY", 1000, 1.0)
    waiting = AccumulateDistribute(component_size=100, time_between_orders=60, wait_for_fill=True)
    async with working(waiting, far) as run:
        await run.until(START + timedelta(minutes=2))
        (booked,) = run.sim.exchange.book.open()
        run.sim.exchange.fill(booked, Decimal(100))
        assert await run.until(START + timedelta(minutes=3)) == 100


async def test_the_same_order_does_the_same_each_time(autojump_clock: object) -> None:
    runs: list[list[tuple[float, Decimal]]] = []
    for _ in range(2):
        async with working(DarkIce(display_size=50), MarketOrder("BUY", 500)) as run:
            await run.trade.filled()
            runs.append([(deal.time, deal.quantity) for deal in run.sim.exchange.log])
    assert runs[0] == runs[1]
