"""Whatever is traded, nothing comes from nowhere: money, shares and prices add up.

What programs hear over the wire is counted here anew and held against the books and the market.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import pytest
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.testing.program import START
from tests.testing.trading import AAPL, CALL, ES, EURUSD, PUT, STRADDLE, Trader, order, trading
from trio_tws import Bar, RealTimeBar, SingleTick, TradeTick, open_tws
from trio_tws._client._times import read_time
from trio_tws._enums import SecType
from trio_tws._model.contracts import Contract
from trio_tws._model.executions import CommissionAndFeesReport, ExecutionData
from trio_tws._model.orders import Order
from trio_tws.testing import Market, open_simulator
from trio_tws.testing._market_events import jump

ACCOUNTS: Final = ("DU1", "DU2")
CASH: Final = Decimal(10**9)
LOTS: Final = {AAPL.con_id: 100, EURUSD.con_id: 25_000}
WITH_LIMIT: Final = {"LMT", "STP LMT", "LIT", "TRAIL LIMIT"}
WITH_STOP: Final = {"STP", "STP LMT", "MIT", "LIT"}

T = TypeVar("T")
Plan = list[dict[str, Any]]

plans = st.lists(
    st.fixed_dictionaries(
        {
            "who": st.sampled_from([0, 1]),
            "account": st.sampled_from(ACCOUNTS),
            "contract": st.sampled_from([AAPL, AAPL, ES, CALL, PUT, EURUSD, STRADDLE]),
            "action": st.sampled_from(["BUY", "SELL"]),
            "kind": st.sampled_from(["MKT", "LMT", "LMT", "STP", "STP LMT", "MIT", "LIT", "TRAIL"]),
            "size": st.integers(1, 60),
            "ticks": st.integers(-20, 20),
            "pause": st.sampled_from([0, 0, 1, 30, 61]),
            "jump": st.sampled_from([0, 0, 0, -0.2, 0.2]),
        }
    ),
    min_size=2,
    max_size=10,
)


def made(trader: Trader, step: Mapping[str, Any]) -> Order:
    """Makes an order near the market; one for a combination is of a type that such can have."""
    contract: Contract = step["contract"]
    kind, is_combo = step["kind"], contract is STRADDLE
    if is_combo:
        kind = "LMT" if step["ticks"] else "MKT"
    of = CALL if is_combo else contract
    tick = trader.simulator.market.instrument(of.con_id).min_tick
    price = trader.quote(of).bid * (2 if is_combo else 1)
    price = max(tick, round(round(price / tick + step["ticks"]) * tick, 6))
    return order(
        step["action"],
        step["size"] * LOTS.get(contract.con_id, 1),
        kind,
        account=step["account"],
        lmt_price=price if kind in WITH_LIMIT else None,
        aux_price=10 * tick if kind == "TRAIL" else price if kind in WITH_STOP else None,
        tif="GTC",
    )


class Placed:
    """An order, when it was placed, and what it has got: of a combination the whole of it."""

    def __init__(self, trader: Trader, number: int, wanted: Order, second: int) -> None:
        self.wanted = wanted
        self.second = second
        self.is_buy = wanted.action == "BUY"
        self._trader = trader
        self._number = number

    @property
    def fills(self) -> list[ExecutionData]:
        """What was told of it, without the legs of a combination."""
        told = self._trader.fills(self._number)
        wholes = [one for one in told if one.contract.sec_type is SecType.COMBO]
        return wholes or told

    @property
    def legs(self) -> list[ExecutionData]:
        """What was told of instruments."""
        told = self._trader.fills(self._number)
        return [one for one in told if one.contract.sec_type is not SecType.COMBO]


async def live(plan: Plan) -> None:
    """Lives through a plan, and counts what has come of it."""
    async with trading(cash=CASH, accounts=ACCOUNTS) as first:
        market, placed = first.simulator.market, list[Placed]()
        traders = [first, await Trader.started(first.simulator, 2)]
        await first.news(0.5)
        for step in plan:
            who: int = step["who"]
            trader, now = traders[who], first.simulator.now()
            wanted = made(trader, step)
            number = await trader.place(step["contract"], wanted)
            placed.append(Placed(trader, number, wanted, int(now)))
            if step["jump"]:
                jump(market, market.instrument(AAPL.con_id), now, step["jump"])
            await trader.news(step["pause"])
        await trio.sleep(65)
        for trader in traders:
            await trader.news()
        executions = [one for order in placed for one in order.legs]
        assert len(executions) == sum(1 for deal in first.simulator.exchange.log if deal.con_id)
        check_money(first, executions, costs_of(traders))
        check_supply(market, executions)
        check_prices(market, executions)
        for one in placed:
            check_order(market, one)


def costs_of(traders: list[Trader]) -> dict[str, Decimal]:
    """Gives the commission of each execution, by its id."""
    return {
        one.exec_id: Decimal(str(one.commission_and_fees))
        for trader in traders
        for one in trader.heard
        if isinstance(one, CommissionAndFeesReport)
    }


def signed(one: ExecutionData) -> Decimal:
    """Gives how many units came, or went."""
    shares = one.execution.shares or Decimal(0)
    return shares if one.execution.side == "BOT" else -shares


def check_money(
    trader: Trader, executions: list[ExecutionData], costs: Mapping[str, Decimal]
) -> None:
    """An account has what it began with, but for fills and commissions, at the prices of now."""
    market, now, books = trader.simulator.market, trader.simulator.now(), trader.simulator.books
    euro = Decimal(str(market.price(EURUSD.con_id, now)))
    for account in ACCOUNTS:
        worth, held = CASH, defaultdict[int, Decimal](Decimal)
        for one in executions:
            if one.execution.acct_number != account:
                continue
            instrument = market.instrument(one.contract.con_id)
            unit = Decimal(str(one.execution.price)) * Decimal(instrument.multiplier or 1)
            worth -= signed(one) * unit + costs[one.execution.exec_id]
            held[instrument.con_id] += signed(one)
        for con_id, quantity in held.items():
            assert books.position(account, con_id) == quantity
            instrument = market.instrument(con_id)
            price = Decimal(str(market.price(con_id, now)))
            is_pair = instrument.sec_type == SecType.FOREX
            worth += quantity * (euro if is_pair else price * Decimal(instrument.multiplier or 1))
        assert books.worth(account, now).net_liquidation == worth


def moment_of(market: Market, one: ExecutionData) -> int:
    """Gives the second at which the moment of an execution began."""
    second = int(read_time(one.execution.time, ZoneInfo("US/Eastern")).timestamp())
    return second - second % market.trade_interval(one.contract.con_id)


def check_supply(market: Market, executions: list[ExecutionData]) -> None:
    """At each moment, no more is bought than was offered, and sold than was bid for or traded."""
    taken = defaultdict[tuple[int, int, str], Decimal](Decimal)
    for one in executions:
        adds = one.execution.last_liquidity == 1
        source = "trade" if adds else "ask" if one.execution.side == "BOT" else "bid"
        taken[one.contract.con_id, moment_of(market, one), source] += abs(signed(one))
    for (con_id, second, source), quantity in taken.items():
        quote, trade = market.quote(con_id, second), market.trade(con_id, second)
        assert quote is not None
        sizes = {"ask": quote.ask_size, "bid": quote.bid_size, "trade": trade and trade.size}
        assert quantity <= (sizes[source] or 0)


def check_prices(market: Market, executions: list[ExecutionData]) -> None:
    """Executions lie within the quotes of their moment, as the trades of the market do."""
    for one in executions:
        quote = market.quote(one.contract.con_id, moment_of(market, one))
        assert quote is not None
        assert quote.bid <= one.execution.price <= quote.ask


def check_order(market: Market, one: Placed) -> None:
    """Nothing fills through its limit, and no stop before its trigger."""
    wanted = one.wanted
    for fill in one.fills:
        price, limit = fill.execution.price, wanted.lmt_price
        if limit is not None:
            assert price <= limit if one.is_buy else price >= limit
        if wanted.order_type in WITH_STOP:
            level = wanted.aux_price or 0.0
            is_up = one.is_buy is not (wanted.order_type in {"MIT", "LIT"})
            seen = list(prices_seen(market, fill, one.second, is_up=is_up))
            assert max(seen) >= level if is_up else min(seen) <= level
    if len(one.fills) < len(one.legs):
        net = sum(leg.execution.price * float(signed(leg)) for leg in one.legs)
        whole = sum(fill.execution.price * float(signed(fill)) for fill in one.fills)
        assert net == pytest.approx(whole)


def prices_seen(market: Market, fill: ExecutionData, since: int, *, is_up: bool) -> list[float]:
    """Gives the prices that count for a stop, from when it came until it was filled."""
    con_id, last = fill.contract.con_id, moment_of(market, fill)
    interval = market.trade_interval(con_id)
    seconds = range(since - since % interval, last + 1, interval)
    if fill.contract.sec_type in {SecType.STOCK, SecType.FUTURE}:
        trades = [market.trade(con_id, second) for second in seconds]
        return [trade.price for trade in trades if trade is not None]
    quotes = [market.quote(con_id, second) for second in seconds]
    return [quote.bid if is_up else quote.ask for quote in quotes if quote is not None]


@pytest.mark.slow
@given(plan=plans)
@settings(max_examples=20)
def test_money_and_shares_come_from_somewhere(plan: Plan) -> None:
    trio.run(live, plan, clock=trio.testing.MockClock(autojump_threshold=0))


# Bars .............................................................................................


def bars_of(ticks: Sequence[SingleTick], seconds: int) -> dict[datetime, object]:
    """Makes bars out of trades: open, high, low, close, volume, and how many trades."""
    found = defaultdict[datetime, list[TradeTick]](list)
    for tick in ticks:
        assert isinstance(tick, TradeTick)
        second = int(tick.time.timestamp())
        found[datetime.fromtimestamp(second - second % seconds, UTC)].append(tick)
    return {
        begin: (
            trades[0].price,
            max(trade.price for trade in trades),
            min(trade.price for trade in trades),
            trades[-1].price,
            sum((trade.size or Decimal(0) for trade in trades), Decimal(0)),
            len(trades),
        )
        for begin, trades in found.items()
    }


def traded(tick: SingleTick) -> object:
    assert isinstance(tick, TradeTick)
    return tick.time, tick.price, tick.size


def told(bar: Bar | RealTimeBar) -> object:
    return bar.open, bar.high, bar.low, bar.close, bar.volume, bar.count


@pytest.mark.parametrize("contract", [AAPL, ES])
async def test_bars_are_their_ticks(contract: Contract, autojump_clock: object) -> None:
    """Those that come as they grow, those of five seconds and those of the past."""
    live, of_five, kept = list[SingleTick](), list[RealTimeBar](), list[Bar]()
    async with (
        open_simulator(start=START) as simulator,
        open_tws(stream=simulator.open_stream()) as tws,
        tws.open_tick_by_tick(contract, "AllLast") as ticks,
        tws.open_real_time_bars(contract) as real_time_bars,
        tws.open_bars(contract, bar_size="1 min", duration="300 S") as updates,
    ):
        jump(simulator.market, simulator.market.instrument(contract.con_id), simulator.now(), 0.3)
        with trio.move_on_after(210.5):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(collect, ticks, live)
                nursery.start_soon(collect, real_time_bars, of_five)
                async for update in updates:
                    if update.is_closed:
                        kept.append(update.bar)
        minutes = await tws.historical_bars(contract, bar_size="1 min", duration="180 S")
        fives = await tws.historical_bars(contract, bar_size="5 secs", duration="180 S")
        end = int(simulator.now()) + 1
        await trio.sleep(10)
        past = await tws.historical_ticks(contract, start=START)

    assert [traded(tick) for tick in live] == [traded(tick) for tick in past][1:211]
    assert len(live) == 210
    by_minute, by_five = (
        bars_of([tick for tick in past if tick.time.timestamp() < end], size) for size in (60, 5)
    )
    assert {bar.time: told(bar) for bar in minutes}.items() <= by_minute.items()
    assert len(minutes) == 3
    assert {bar.time: told(bar) for bar in fives}.items() <= by_five.items()
    assert len(fives) == 36
    assert {bar.time: told(bar) for bar in of_five}.items() <= by_five.items()
    assert len(of_five) == 42
    grown = {bar.time: told(bar) for bar in kept if bar.time in by_minute}
    assert grown.items() <= by_minute.items()
    assert len(grown) == 3


async def collect(stream: AsyncIterator[T], found: list[T]) -> None:
    while True:
        found.append(await anext(stream))
