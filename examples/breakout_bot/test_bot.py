"""What happens to the bot, as scenarios: `pytest examples/breakout_bot`.

The fixtures come with trio_tws[testing]. The tests take hours of a simulated day, and no time.
"""

from collections.abc import Awaitable, Callable

import pytest
import trio

from examples.breakout_bot.bot import Bot, Outcome, Plan
from trio_tws import (
    ExecutionData,
    OpenOrder,
    OrderRejected,
    OrderStatus,
    OrderStatusName,
    PlaceOrder,
    open_tws,
)
from trio_tws.testing import Rule, Scenario, Simulator, after, at, before, on

Run = Callable[[], Awaitable[Outcome]]

FALL = at(1).gap("AAPL", -3)
"""So that the price is far below what it was in the last minutes, and nothing happens by itself."""
BREAKOUT = at(60).gap("AAPL", 5)
PROFIT = at(1800).gap("AAPL", 4)
LOSS = at(1800).gap("AAPL", -4)

BUY = on(PlaceOrder, where=lambda placed: placed.order.action == "BUY")
SELL = on(PlaceOrder, where=lambda placed: placed.order.action == "SELL")


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def run(tws_simulator: Simulator, told: list[str]) -> Run:
    async def run() -> Outcome:
        bot = Bot(Plan("AAPL"), told.append)
        with trio.fail_after(24 * 3600):
            return await bot.run(lambda: open_tws(stream=tws_simulator.open_stream(), client_id=12))

    return run


@pytest.mark.server_version(100, 176, 226)
@pytest.mark.parametrize(("end", "gain"), [(PROFIT, 1), (LOSS, -1)])
async def test_it_takes_the_profit_or_the_loss(
    run: Run, scenario: Scenario, end: Rule, gain: int
) -> None:
    scenario.add(FALL, BREAKOUT, end)
    outcome = await run()

    assert outcome.bought == outcome.sold == 100
    assert (outcome.received - outcome.paid) * gain > 0
    assert 1800 <= trio.current_time() < 1801
    assert not scenario.unfired


async def test_a_rejected_entry_ends_it(
    run: Run, scenario: Scenario, tws_simulator: Simulator
) -> None:
    scenario.add(FALL, BREAKOUT, BUY.reject(201, "Order rejected - reason: no funds"))
    with pytest.raises(OrderRejected, match="no funds"):
        await run()

    assert tws_simulator.exchange.book.open() == []


async def test_what_was_bought_in_time_has_its_stop(
    run: Run, scenario: Scenario, told: list[str]
) -> None:
    scenario.add(FALL, BREAKOUT, LOSS)
    scenario.add(BUY.halt("AAPL", seconds=300), BUY.fill(30, after=10))
    outcome = await run()

    assert "bought 30 only: taking the rest back" in told
    assert outcome.bought == outcome.sold == 30
    assert not scenario.unfired


async def test_what_was_not_bought_in_time_is_let_go(run: Run, scenario: Scenario) -> None:
    scenario.add(FALL, BREAKOUT, BUY.halt("AAPL"))

    assert await run() == Outcome()


async def test_a_halt_is_waited_for(run: Run, scenario: Scenario) -> None:
    orders: list[float] = []
    scenario.add(FALL, at(30).halt("AAPL", seconds=600), BREAKOUT, PROFIT)
    scenario.add(BUY.do(lambda _: orders.append(trio.current_time())))
    outcome = await run()

    assert outcome.sold == 100
    assert min(orders) >= 630


@pytest.mark.parametrize("end", [PROFIT, LOSS])
async def test_it_finds_its_orders_again(
    run: Run, scenario: Scenario, told: list[str], end: Rule
) -> None:
    filled = after(OrderStatus, where=lambda told: told.status is OrderStatusName.FILLED, nth=1)
    scenario.add(FALL, BREAKOUT, filled.lose_connection(after=60), end)
    outcome = await run()

    assert outcome.bought == outcome.sold == 100
    assert told[2].startswith("again in 5 s: the connection to TWS is lost")
    assert not scenario.unfired


async def test_it_hears_of_what_it_missed(run: Run, scenario: Scenario, told: list[str]) -> None:
    scenario.add(FALL, BREAKOUT, PROFIT, at(1799).lose_connection())
    outcome = await run()

    assert outcome.bought == outcome.sold == 100
    assert told[-1].startswith("meanwhile: SLD ")


async def test_half_a_bracket_is_taken_back(run: Run, scenario: Scenario, told: list[str]) -> None:
    """TWS has taken the entry, and the connection broke before the others."""
    entry = on(PlaceOrder, nth=1)
    scenario.add(FALL, BREAKOUT, entry.lose_connection(), PROFIT)
    outcome = await run()

    assert "the connection was lost between the orders: taking them back" in told
    assert outcome.bought == outcome.sold == 100
    assert not scenario.unfired


async def test_a_position_without_a_stop_is_sold(
    run: Run, scenario: Scenario, told: list[str]
) -> None:
    scenario.add(FALL, BREAKOUT, SELL.cancel(after=600))
    outcome = await run()

    assert told[-1] == "100 have no stop any more: selling them"
    assert outcome.held == 0
    assert trio.current_time() < 700


@pytest.mark.parametrize("end", [PROFIT, LOSS])
async def test_the_order_of_messages_does_not_matter(
    run: Run, scenario: Scenario, end: Rule
) -> None:
    # Not the answer to a question about executions, which has an id, and an end.
    news = before(
        OpenOrder,
        OrderStatus,
        ExecutionData,
        where=lambda told: not isinstance(told, ExecutionData) or told.req_id == -1,
    )
    scenario.add(FALL, BREAKOUT, end, news.duplicate(), news.reorder(within=0.5))
    outcome = await run()

    assert outcome.bought == outcome.sold == 100


async def test_a_restart_of_tws_changes_nothing(run: Run, scenario: Scenario) -> None:
    scenario.add(FALL, BREAKOUT, at(600).restart(90), at(900).lose_ib(120), PROFIT)
    outcome = await run()

    assert outcome.bought == outcome.sold == 100
