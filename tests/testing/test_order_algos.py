"""When algorithms work, and how much is due by then, as the real client orders them."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tests.testing.algos import CON_ID, NEW_YORK, SOON, START, working
from tests.testing.trading import CALL, EURUSD
from trio_tws import (
    TWAP,
    VWAP,
    ArrivalPrice,
    BalanceImpactRisk,
    ClosePrice,
    LimitOrder,
    MarketOrder,
    OrderStatusName,
    RiskAversion,
)
from trio_tws.testing import INSTRUMENTS, Market, exchange_hours
from trio_tws.testing._order_algos import plan_of

pytestmark = pytest.mark.slow

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


async def test_a_change_goes_on_where_it_was(autojump_clock: object) -> None:
    async with working(TWAP(end_time=SOON)) as run:
        before = await run.until(START + timedelta(minutes=5, seconds=30))
        await run.trade.modify(total_quantity=Decimal(6000))
        assert await run.until(START + timedelta(minutes=5, seconds=45)) == 2 * before
        assert (await run.trade.filled()).filled == 6000


async def test_options_have_algorithms_of_their_own(autojump_clock: object) -> None:
    algo = BalanceImpactRisk(max_pct_vol=0.5, risk_aversion=RiskAversion.AGGRESSIVE)
    async with working(algo, MarketOrder("BUY", 20), CALL) as run:
        assert 0 < await run.until(SOON) < 20


def test_where_nothing_will_be_traded_there_is_no_volume_to_follow() -> None:
    market = Market(INSTRUMENTS, hours=exchange_hours)
    saturday = datetime(2026, 1, 17, 15, tzinfo=UTC)
    end = saturday + timedelta(minutes=10)
    plan = plan_of(VWAP(end_time=end), market.instrument(CON_ID), market, saturday.timestamp(), 0.0)
    assert [share for _, share in plan.steps] == [(at + 1) / 10 for at in range(10)]
