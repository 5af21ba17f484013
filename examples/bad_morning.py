"""A morning on which much goes wrong, as a scenario, to see how a program takes it.

    trio-tws simulate --start 2026-01-15T09:25 --hours exchange --scenario examples/bad_morning.py

With --speed 60 it takes a few minutes. The same scenario is for tests: in one with the fixtures of
trio_tws[testing], ``scenario.add(*bad_morning.scenario().rules)``.
"""

from trio_tws import ExecutionData, OrderStatus, PlaceOrder
from trio_tws.testing import Farm, Scenario, after, at, before, on


def is_large(placed: PlaceOrder) -> bool:
    """Whether an order is for more than what the exchange likes this morning."""
    return placed.order.total_quantity is not None and placed.order.total_quantity > 1_000


def scenario() -> Scenario:
    """Makes a new one: each is played once."""
    return Scenario(
        # The market
        at("09:31").gap("AAPL", -4),
        at("09:35").halt("AAPL", seconds=300),
        at("10:15").gap("SPX", -1.5),
        # The way to IB
        at("09:45").lose_farm(Farm.HISTORICAL, seconds=120),
        at("10:00").lose_ib(30),
        at("10:05").lose_ib(30, keeps_data=False),
        at("10:20").compete(seconds=60),
        at("10:30").restart(45),
        # Orders
        on(PlaceOrder, where=is_large).reject(201, "Order rejected - reason: too large for today"),
        on(PlaceOrder, nth=2).delay(2),
        before(OrderStatus).duplicate(),
        before(ExecutionData).reorder(within=0.5),
        after(ExecutionData, nth=3).lose_connection(),
    )
