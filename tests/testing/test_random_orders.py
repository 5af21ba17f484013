"""Whatever is ordered, some things hold: sizes add up, limits are kept, what is done is done."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.testing.trading import AAPL, CALL, ES, MSFT, Trader, order, trading
from trio_tws._model.cancels import CancelOrder
from trio_tws._model.contracts import Contract
from trio_tws._model.executions import CommissionAndFeesReport, ExecutionData
from trio_tws._model.open_orders import OrderStatus
from trio_tws._model.orders import Order
from trio_tws._wire import evolve
from trio_tws.testing import OrderFaults

pytestmark = pytest.mark.no_cover

DONE = {"Filled", "Cancelled", "ApiCancelled"}
KINDS = ["MKT", "LMT", "STP", "STP LMT", "TRAIL", "MIT", "LIT", "MTL", "MIDPRICE", "REL", "PEG MID"]
BY_LIMIT = {"LMT", "STP LMT", "LIT", "MIDPRICE", "REL", "PEG MID"}

steps = st.lists(
    st.fixed_dictionaries(
        {
            "contract": st.sampled_from([AAPL, MSFT, ES, CALL]),
            "action": st.sampled_from(["BUY", "SELL"]),
            "kind": st.sampled_from(KINDS),
            "size": st.integers(1, 30),
            "ticks": st.integers(-30, 30),
            "tif": st.sampled_from(["DAY", "GTC", "IOC", "FOK"]),
            "all_or_none": st.booleans(),
            "group": st.sampled_from(["", "", "one"]),
            "pause": st.sampled_from([0, 0, 1, 20]),
            "cancels": st.booleans(),
        }
    ),
    min_size=1,
    max_size=6,
)


def made(trader: Trader, step: dict[str, Any]) -> Order:
    contract: Contract = step["contract"]
    tick = trader.simulator.market.instrument(contract.con_id).min_tick
    bid = trader.quote(contract).bid
    price = max(tick, round(round(bid / tick + step["ticks"]) * tick, 4))
    size = Decimal(step["size"])
    if contract in {AAPL, MSFT}:
        size *= 100
    return order(
        step["action"],
        size,
        step["kind"],
        lmt_price=price if step["kind"] in BY_LIMIT else None,
        aux_price=0.0 if step["kind"] in {"REL", "PEG MID"} else price,
        tif=step["tif"],
        all_or_none=step["all_or_none"],
        oca_group=step["group"],
        oca_type=1 if step["group"] else 0,
    )


async def trade(plan: list[dict[str, Any]], version: int, faults: OrderFaults) -> Trader:
    async with trading(version, cash=Decimal(10**9), order_faults=faults) as trader:
        placed: dict[int, tuple[Contract, Order]] = {}
        for step in plan:
            wanted = made(trader, step)
            if step["kind"] == "MIDPRICE" and step["contract"] in {ES, CALL}:
                wanted = evolve(wanted, order_type="LMT")
            if step["kind"] == "TRAIL":
                wanted = evolve(wanted, aux_price=abs(step["ticks"]) + 1.0)
            number = await trader.place(step["contract"], wanted)
            placed[number] = (step["contract"], wanted)
            await trader.news(step["pause"])
            if step["cancels"]:
                await trader.say(CancelOrder(number))
        await trader.news(5)
        check(trader, placed)
        return trader


def check(trader: Trader, placed: dict[int, tuple[Contract, Order]]) -> None:
    positions = defaultdict[int, Decimal](Decimal)
    groups = defaultdict[str, set[int]](set)
    for number, (contract, wanted) in placed.items():
        states = [
            one for one in trader.heard if isinstance(one, OrderStatus) and one.order_id == number
        ]
        if not states:
            assert trader.errors(number)[0] == 201, "its group had been filled"
            continue
        fills = [fill.execution for fill in trader.fills(number)]
        shares = sum((fill.shares or Decimal(0) for fill in fills), Decimal(0))
        total = wanted.total_quantity or Decimal(0)
        assert shares <= total
        assert max(state.filled or 0 for state in states) == shares
        if wanted.order_type in BY_LIMIT and wanted.lmt_price is not None:
            for fill in fills:
                is_buy = wanted.action == "BUY"
                assert (
                    (fill.price <= wanted.lmt_price) if is_buy else fill.price >= wanted.lmt_price
                )
        if wanted.all_or_none or wanted.tif == "FOK":
            assert len(fills) <= 1
        if wanted.tif in {"IOC", "FOK"} and not states[-1].why_held:
            assert DONE & {state.status for state in states}
        sign = 1 if wanted.action == "BUY" else -1
        positions[contract.con_id] += sign * shares
        if shares and wanted.oca_group:
            groups[wanted.oca_group].add(number)
    for con_id, held in positions.items():
        assert trader.simulator.books.position("DU1234567", con_id) == held
    assert all(len(numbers) <= 1 for numbers in groups.values())
    deals = {one.execution.exec_id for one in trader.heard if isinstance(one, ExecutionData)}
    reports = [one.exec_id for one in trader.heard if isinstance(one, CommissionAndFeesReport)]
    assert deals == set(reports)
    assert len(reports) == len(deals)


def check_order(trader: Trader) -> None:
    """Nothing is filled after an order has been told to be done."""
    done = set[int]()
    for one in trader.heard:
        if isinstance(one, OrderStatus) and one.status in DONE:
            done.add(one.order_id)
        if isinstance(one, ExecutionData):
            assert one.execution.order_id not in done


@pytest.mark.slow
@pytest.mark.parametrize("version", [176, 226])
@given(plan=steps)
@settings(max_examples=20)
def test_random_orders_keep_the_rules(version: int, plan: list[dict[str, Any]]) -> None:
    clock = trio.testing.MockClock(autojump_threshold=0)
    check_order(trio.run(trade, plan, version, OrderFaults(), clock=clock))


@pytest.mark.slow
@given(plan=steps, seed=st.integers(0, 99))
@settings(max_examples=10)
def test_they_keep_them_when_messages_are_shuffled(plan: list[dict[str, Any]], seed: int) -> None:
    clock = trio.testing.MockClock(autojump_threshold=0)
    faults = OrderFaults(shuffle_seed=seed, commission_delay=2, cancel_delay=1)
    trio.run(trade, plan, 226, faults, clock=clock)


@given(plan=steps)
@settings(max_examples=5)
def test_the_same_orders_make_the_same_trades(plan: list[dict[str, Any]]) -> None:
    heard = [
        trio.run(
            trade,
            plan,
            226,
            OrderFaults(),
            clock=trio.testing.MockClock(autojump_threshold=0),
        ).heard
        for _ in range(2)
    ]
    one, other = ([each for each in found if isinstance(each, ExecutionData)] for found in heard)
    assert one == other
