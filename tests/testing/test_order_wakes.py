"""When orders are looked at again: as seldom as can be, and never too late."""

from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any, Final

import attrs
import pytest

from tests.testing.trading import (
    AAPL,
    CALL,
    CANCELLED,
    ES,
    EURUSD,
    FILLED,
    MSFT,
    PRE_SUBMITTED,
    STRADDLE,
    SUBMITTED,
    Trader,
    limit,
    order,
    trading,
)
from trio_tws._enums import SecType, TriggerMethod
from trio_tws._model.cancels import CancelOrder
from trio_tws._model.conditions import (
    ExecutionCondition,
    PercentChangeCondition,
    PriceCondition,
    TimeCondition,
    VolumeCondition,
)
from trio_tws._model.contracts import Contract
from trio_tws._model.orders import Order
from trio_tws._wire import evolve
from trio_tws.testing import exchange_hours
from trio_tws.testing._market_events import jump
from trio_tws.testing._order_booked import BookedOrder
from trio_tws.testing._order_wakes import Wakes, next_look

OPENED: Final = datetime(2024, 1, 16, 14, 30, tzinfo=UTC)
CLOSE: Final = datetime(2024, 1, 16, 21, tzinfo=UTC).timestamp()
WITH_LIMIT: Final = {"LMT", "STP LMT", "LIT"}
WITH_STOP: Final = {"STP", "STP LMT", "STP PRT", "MIT", "LIT"}
PEGGED: Final = {"REL", "PASSV REL", "PEG MKT", "PEG MID", "SNAP MKT"}
KINDS: Final = sorted({"MKT", "MTL", "TRAIL", "TRAIL LIMIT"} | WITH_LIMIT | WITH_STOP | PEGGED)


def next_of(trader: Trader, number: int) -> float | None:
    """Gives the seconds until an order is to be looked at."""
    simulator = trader.simulator
    booked = simulator.exchange.book.find(1, number)
    assert booked is not None
    look = next_look(booked, simulator.market, simulator.zone, simulator.now())
    return None if look is None else look - simulator.now()


def drawn(dice: Random, trader: Trader, contract: Contract) -> Order:
    """Makes an order of any kind, near the market."""
    tick, kind = trader.simulator.market.instrument(contract.con_id).min_tick, dice.choice(KINDS)
    bid, is_buy = trader.quote(contract).bid, dice.random() < 0.5

    def near(most: int) -> float:
        return max(tick, round(round(bid / tick + dice.randint(-most, most)) * tick, 6))

    more: dict[str, Any] = {}
    if kind in WITH_LIMIT or (kind in PEGGED and dice.random() < 0.5):
        more["lmt_price"] = near(30)
    if kind in WITH_STOP:
        more["aux_price"] = near(30)
    elif kind in PEGGED:
        more["aux_price"] = 0.0
    if kind == "TRAIL" and dice.random() < 0.5:
        more["trailing_percent"] = 0.1
    elif kind.startswith("TRAIL"):
        more["aux_price"] = round(dice.randint(1, 20) * tick, 6)
    if kind == "TRAIL LIMIT":
        more |= {"lmt_price_offset": 2 * tick, "trail_stop_price": near(30)}
    if kind in {"STP", "TRAIL"} and dice.random() < 0.5:
        more["trigger_method"] = dice.choice(sorted(TriggerMethod))
    if kind == "LMT" and dice.random() < 0.3:
        more["discretionary_amt"] = 3 * tick
    if kind == "STP" and dice.random() < 0.5:
        sign = 1 if is_buy else -1
        more |= {
            "aux_price": round(round(bid / tick + sign * 40) * tick, 6),
            "trigger_price": round(round(bid / tick - sign * 10) * tick, 6),
            "adjusted_order_type": "TRAIL",
            "adjusted_stop_price": round(round(bid / tick + sign * 20) * tick, 6),
            "adjusted_trailing_amount": 20 * tick,
        }
    if dice.random() < 0.3:
        of = dice.choice([AAPL, MSFT])
        price = trader.simulator.market.price(of.con_id, trader.simulator.now())
        more["conditions"] = (
            PriceCondition(
                is_more=dice.random() < 0.5,
                price=round(price + dice.uniform(-0.2, 0.2), 2),
                con_id=of.con_id,
                exchange="SMART",
                trigger_method=dice.choice(sorted(TriggerMethod)),
            ),
        )
        more["conditions_cancel_order"] = dice.random() < 0.3
    lot = {ES: 1, CALL: 1, EURUSD: 25_000}.get(contract, 100)
    size = lot * dice.randint(1, 20)
    return order("BUY" if is_buy else "SELL", size, kind, outside_rth=dice.random() < 0.5, **more)


def state(booked: BookedOrder) -> object:
    """Gives all that can become of an order."""
    return attrs.asdict(booked, recurse=False)


@pytest.mark.slow
@pytest.mark.parametrize("hours", [False, True])
@pytest.mark.parametrize("seed", range(3))
async def test_nothing_becomes_of_an_order_before_it_is_due(
    seed: int, hours: bool, autojump_clock: object
) -> None:
    """Each second all orders are looked at that need not be: none of them has changed."""
    dice = Random(seed)
    near_close = datetime.fromtimestamp(CLOSE - 100, UTC)
    more: dict[str, Any] = {"hours": exchange_hours, "start": near_close} if hours else {}
    async with trading(cash=Decimal(10**9), **more) as trader:
        exchange, market = trader.simulator.exchange, trader.simulator.market
        await trader.news(0.5)
        for second in range(200):
            if second % 10 == 0:
                contract = dice.choice([AAPL, AAPL, MSFT, ES, CALL, EURUSD])
                await trader.place(contract, drawn(dice, trader, contract))
            if second in {80, 160}:
                jump(market, market.instrument(AAPL.con_id), trader.simulator.now(), 0.2)
            if second in {90, 130}:
                path = market.path(MSFT.con_id)
                assert path.halt(trader.simulator.now()) or path.resume(trader.simulator.now())
            await trader.news(1)
            for booked in exchange.book.open():
                before = state(booked)
                exchange._pit.look(booked)
                assert state(booked) == before, booked


async def test_a_limit_order_is_left_alone_until_its_price_comes(autojump_clock: object) -> None:
    async with trading() as trader:
        far = await trader.place(AAPL, limit("BUY", 100, 1.0, tif="GTC"))
        assert next_of(trader, far) == 24 * 3600 + 1
        near = await trader.place(AAPL, limit("BUY", 100, round(trader.quote().bid - 0.3, 2)))
        seconds = next_of(trader, near)
        assert seconds is not None
        assert seconds > 1
        await trader.news(seconds - 0.5)
        assert trader.status(near) is SUBMITTED
        await trader.news(1)
        assert trader.status(near) is FILLED


async def test_what_is_over_or_hangs_on_others_is_not_looked_at(autojump_clock: object) -> None:
    async with trading() as trader:
        parent = await trader.place(AAPL, limit("BUY", 100, 1.0, tif="GTC"))
        child = await trader.place(AAPL, limit("SELL", 100, 900.0, tif="GTC", parent_id=parent))
        assert next_of(trader, child) is None
        await trader.say(CancelOrder(parent))
        assert trader.status(child) is CANCELLED
        assert next_of(trader, child) is None


@pytest.mark.parametrize(
    ("contract", "wanted", "seconds"),
    [
        (AAPL, order("BUY", 10**6), 1),  # there is never enough
        (CALL, order("BUY", 10**5), 60),
        (STRADDLE, limit("BUY", 1, 1.0), 60),
        (AAPL, order("BUY", 100, "TRAIL MIT", aux_price=50.0), 1),
        (
            AAPL,
            order("SELL", 100, "PEG BENCH", starting_price=900.0, reference_contract_id=272093),
            1,
        ),
        (AAPL, order("BUY", 100, "PASSV REL", aux_price=5.0), 1),
        (AAPL, order("BUY", 100, "PASSV REL", aux_price=5.0, lmt_price=1.0), 86_401),
        (EURUSD, limit("BUY", 25_000, 0.5), 86_401),
    ],
)
async def test_where_it_is_not_known_which_prices_count_all_do(
    contract: Contract, wanted: Order, seconds: float, autojump_clock: object
) -> None:
    async with trading(cash=Decimal(10**12)) as trader:
        number = await trader.place(contract, evolve(wanted, tif="GTC"))
        assert next_of(trader, number) == seconds


VOLUME: Final = VolumeCondition(
    is_more=True, volume=2 * 10**9, con_id=MSFT.con_id, exchange="SMART"
)
CHANGE: Final = PercentChangeCondition(
    is_more=True, change_percent=90, con_id=CALL.con_id, exchange="SMART"
)


def below(price: float, contract: Contract = MSFT) -> PriceCondition:
    return PriceCondition(is_more=False, price=price, con_id=contract.con_id, exchange="SMART")


@pytest.mark.parametrize(
    ("conditions", "seconds"),
    [
        ((below(1.0),), 86_401),
        ((below(1.0), below(2.0)), 86_401),
        (
            (
                below(1.0),
                VolumeCondition(
                    is_more=True, volume=2 * 10**9, con_id=MSFT.con_id, exchange="SMART"
                ),
            ),
            1,
        ),
        (
            (
                below(1.0),
                CHANGE,
            ),
            60,
        ),
        ((ExecutionCondition(sec_type=SecType.STOCK, exchange="SMART", symbol="MSFT"),), 1),
        ((below(1.0), TimeCondition(is_more=True, time="20240116-14:31:40")), 100),
    ],
)
async def test_conditions_are_waited_for(
    conditions: tuple[Any, ...], seconds: float, autojump_clock: object
) -> None:
    async with trading() as trader:
        wanted = limit("BUY", 100, 1.0, tif="GTC", conditions=conditions)
        number = await trader.place(AAPL, wanted)
        assert trader.status(number) is PRE_SUBMITTED
        assert next_of(trader, number) == seconds


async def test_conditions_that_have_held_are_forgotten_unless_they_cancel(
    autojump_clock: object,
) -> None:
    async with trading() as trader:
        ask = trader.quote(MSFT).ask
        held = limit("BUY", 100, 1.0, tif="GTC", conditions=(below(ask + 50),))
        number = await trader.place(AAPL, held)
        assert trader.status(number) is SUBMITTED
        assert next_of(trader, number) == 86_401
        wanted = limit(
            "BUY", 100, 1.0, tif="GTC", conditions=(below(ask - 0.2),), conditions_cancel_order=True
        )
        number = await trader.place(AAPL, wanted)
        seconds = next_of(trader, number)
        assert seconds is not None
        assert 0 < seconds < 86_401
        await trader.news(seconds)
        assert trader.status(number) is CANCELLED


async def test_hours_begin_and_end_in_time(autojump_clock: object) -> None:
    start = datetime.fromtimestamp(CLOSE - 100, UTC)
    async with trading(hours=exchange_hours, start=start) as trader:
        regular = await trader.place(AAPL, limit("BUY", 100, 1.0, tif="GTC"))
        all_day = await trader.place(AAPL, limit("BUY", 100, 1.0, tif="GTC", outside_rth=True))
        assert next_of(trader, regular) == 100
        await trader.news(100)
        assert (trader.status(regular), trader.status(all_day)) == (PRE_SUBMITTED, SUBMITTED)
        assert next_of(trader, regular) == 17.5 * 3600
        assert next_of(trader, all_day) == 4 * 3600


async def test_a_moment_is_found_once(autojump_clock: object) -> None:
    async with trading() as trader:
        number = await trader.place(AAPL, limit("BUY", 100, 1.0, tif="GTC"))
        simulator = trader.simulator
        wakes = Wakes(simulator.market, simulator.zone)
        booked = simulator.exchange.book.find(1, number)
        assert booked is not None
        now = simulator.now()
        assert wakes.next([], now) == float("inf")
        assert wakes.is_due(booked, now)
        assert wakes.next([booked], now) == now + 86_401
        assert not wakes.is_due(booked, now)
        assert wakes.next([booked], now + 10) == now + 86_401
        booked.update(lmt_price=2.0)
        assert wakes.is_due(booked, now)
        assert wakes.next([booked], now + 10) == now + 11 + 86_400
        assert not wakes.is_due(booked, now + 86_410)
        assert wakes.is_due(booked, now + 86_411)
        booked.is_parked = True
        assert wakes.next([booked], now) == float("inf")


async def test_what_waits_for_trades_is_always_due(autojump_clock: object) -> None:
    async with trading() as trader:
        condition = ExecutionCondition(sec_type=SecType.STOCK, exchange="SMART", symbol="MSFT")
        wanted = limit("BUY", 100, 1.0, tif="GTC", conditions=(condition,))
        number = await trader.place(AAPL, wanted)
        simulator = trader.simulator
        booked = simulator.exchange.book.find(1, number)
        assert booked is not None
        wakes = Wakes(simulator.market, simulator.zone)
        wakes.next([booked], simulator.now())
        assert wakes.is_due(booked, simulator.now())
