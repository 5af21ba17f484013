"""Algorithms, as the real client orders them: what they do from their start to their end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import trio

from tests.testing.trading import AAPL as AAPL_CONTRACT
from tests.testing.trading import CALL, EURUSD
from trio_tws import (
    TWAP,
    TWS,
    VWAP,
    AccumulateDistribute,
    Adaptive,
    AdaptivePriority,
    Algo,
    ArrivalPrice,
    BalanceImpactRisk,
    ClosePrice,
    Contract,
    DarkIce,
    LimitOrder,
    MarketOrder,
    MinimizeImpact,
    Order,
    OrderStatusName,
    PercentOfVolume,
    PriceVariantPercentOfVolume,
    RiskAversion,
    SizeVariantPercentOfVolume,
    TimeVariantPercentOfVolume,
    Trade,
    TWAPStrategy,
    open_tws,
    with_algo,
)
from trio_tws.testing import Simulator, open_simulator

pytestmark = pytest.mark.slow

NEW_YORK = ZoneInfo("America/New_York")
START = datetime(2026, 1, 15, 10, tzinfo=NEW_YORK).astimezone(UTC)
SOON = START + timedelta(minutes=10)
BUY = MarketOrder("BUY", 3000)
CON_ID = AAPL_CONTRACT.con_id


class Run:
    """One order that is worked off."""

    def __init__(self, sim: Simulator, tws: TWS, trade: Trade) -> None:
        self.sim = sim
        self.tws = tws
        self.trade = trade

    async def until(self, then: datetime) -> Decimal:
        """Lets the time pass; gives how much is filled then."""
        await trio.sleep(then.timestamp() - self.sim.now())
        await self.tws.current_time()
        return self.trade.state.filled

    def seconds(self) -> list[float]:
        """When its fills came, in seconds from the start."""
        return [deal.time - START.timestamp() for deal in self.sim.exchange.log]

    def volume(self, minutes: float) -> Decimal:
        """What has been traded by everybody from the start on."""
        seconds = range(int(START.timestamp()), int(START.timestamp() + minutes * 60))
        trades = (self.sim.market.trade(CON_ID, second) for second in seconds)
        return sum((trade.size for trade in trades if trade is not None), Decimal(0))


@asynccontextmanager
async def working(
    algo: Algo,
    order: Order = BUY,
    contract: Contract = AAPL_CONTRACT,
    version: int = 226,
    cash: int = 10**8,
) -> AsyncIterator[Run]:
    async with open_simulator(
        server_version=version, start=START, cash=Decimal(cash), zone="America/New_York"
    ) as sim:
        async with open_tws(stream=sim.open_stream(), client_id=1) as tws:
            trade = await tws.place_order(contract, with_algo(order, algo))
            await trade.accepted()
            yield Run(sim, tws, trade)


FORMATS = pytest.mark.parametrize("version", [176, 226])


@FORMATS
async def test_twap_trades_the_same_each_minute(version: int, autojump_clock: object) -> None:
    async with working(TWAP(end_time=SOON), version=version) as run:
        assert await run.until(START + timedelta(seconds=59)) == 300
        assert await run.until(START + timedelta(minutes=5)) in {1500, 1800}
        assert (await run.trade.filled()).filled == 3000
        assert max(run.seconds()) <= 600
        assert run.trade.state.status is OrderStatusName.FILLED


async def test_it_waits_for_its_start_and_knows_times_of_day(autojump_clock: object) -> None:
    algo = TWAP(
        start_time=time(10, 10, tzinfo=NEW_YORK), end_time=time(15, 20, tzinfo=ZoneInfo("UTC"))
    )
    async with working(algo) as run:
        assert run.trade.state.status is OrderStatusName.PRE_SUBMITTED
        assert await run.until(SOON - timedelta(seconds=1)) == 0
        assert await run.until(SOON + timedelta(seconds=59)) == 300
        await run.trade.filled()
        assert min(run.seconds()) == 600
        assert 1140 <= max(run.seconds()) < 1200


async def test_what_is_left_at_the_end_is_cancelled_unless_it_may_go_on(
    autojump_clock: object,
) -> None:
    far = LimitOrder("BUY", 100, 1.0)
    async with working(TWAP(end_time=SOON), far) as run:
        await run.until(SOON + timedelta(seconds=1))
        assert run.trade.state.status is OrderStatusName.CANCELLED
    async with working(TWAP(end_time=SOON, allow_past_end_time=True), far) as run:
        await run.until(SOON + timedelta(seconds=1))
        assert run.trade.state.status is OrderStatusName.SUBMITTED


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


async def test_vwap_follows_the_volume(autojump_clock: object) -> None:
    async with working(VWAP(end_time=SOON)) as run:
        half = await run.until(START + timedelta(minutes=5))
        share = run.volume(6) / run.volume(10)
        assert half / 3000 == pytest.approx(share, abs=Decimal("0.01"))
        state = await run.trade.filled()
        bars = run.sim.market.bars(CON_ID, SOON.timestamp(), "600 S", "1 min", "TRADES")
        volume = sum(bar.volume for bar in bars)
        vwap = float(sum(bar.wap * bar.volume for bar in bars) / volume)
        assert state.average_price == pytest.approx(vwap, rel=0.0005)


async def test_what_has_no_volume_is_traded_evenly(autojump_clock: object) -> None:
    order = MarketOrder("BUY", 60_000)
    async with working(VWAP(end_time=SOON), order, EURUSD) as run:
        assert await run.until(START + timedelta(seconds=30)) == 6000
    tomorrow = START + timedelta(days=2)
    async with working(VWAP(end_time=tomorrow), MarketOrder("BUY", 2880)) as run:
        assert await run.until(START + timedelta(minutes=9, seconds=30)) == 10


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


async def test_who_is_averse_to_risk_hurries(autojump_clock: object) -> None:
    done: dict[RiskAversion, Decimal] = {}
    for risk in RiskAversion:
        algo = ArrivalPrice(max_pct_vol=0.5, risk_aversion=risk)
        async with working(algo, MarketOrder("BUY", 1000)) as run:
            done[risk] = await run.until(SOON)
    amounts = [done[risk] for risk in RiskAversion]
    assert amounts == sorted(amounts, reverse=True)
    assert amounts[0] == 1000
    assert amounts[1] < 1000
    assert amounts[3] > 0


async def test_the_close_is_what_some_wait_for(autojump_clock: object) -> None:
    close = datetime(2026, 1, 15, 16, tzinfo=NEW_YORK).astimezone(UTC)
    algo = ClosePrice(max_pct_vol=0.5, risk_aversion=RiskAversion.GET_DONE, force_completion=True)
    async with working(algo) as run:
        assert await run.until(close - timedelta(minutes=11)) == 0
        assert run.trade.state.status is OrderStatusName.PRE_SUBMITTED
        await run.trade.filled()
        assert await run.until(close) == 3000
        assert max(run.seconds()) <= (close - START).total_seconds()


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


async def test_a_change_goes_on_where_it_was(autojump_clock: object) -> None:
    async with working(TWAP(end_time=SOON)) as run:
        before = await run.until(START + timedelta(minutes=5, seconds=30))
        await run.trade.modify(total_quantity=Decimal(6000))
        assert await run.until(START + timedelta(minutes=5, seconds=45)) == 2 * before
        assert (await run.trade.filled()).filled == 6000


async def test_the_same_order_does_the_same_each_time(autojump_clock: object) -> None:
    runs: list[list[tuple[float, Decimal]]] = []
    for _ in range(2):
        async with working(DarkIce(display_size=50), MarketOrder("BUY", 500)) as run:
            await run.trade.filled()
            runs.append([(deal.time, deal.quantity) for deal in run.sim.exchange.log])
    assert runs[0] == runs[1]


async def test_options_have_algorithms_of_their_own(autojump_clock: object) -> None:
    algo = BalanceImpactRisk(max_pct_vol=0.5, risk_aversion=RiskAversion.AGGRESSIVE)
    async with working(algo, MarketOrder("BUY", 20), CALL) as run:
        assert 0 < await run.until(SOON) < 20
