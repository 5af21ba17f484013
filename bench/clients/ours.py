"""This project's client, as its users write: ``async for`` over the streams of a session."""

import time
import tracemalloc
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

import trio

from bench.clients.measure import (
    CLIENT_ID,
    HOST,
    Found,
    Heart,
    Meter,
    Runner,
    Task,
    main,
    peak,
    spread,
    stamp,
)
from bench.scenarios import HEARTBEAT, LAST_PRICE, LINES
from trio_tws import TWS, Contract, Stock, TickPrice, TradePhase, open_tws

CONTRACT: Final = Stock("AAPL")


def session(task: Task) -> AbstractAsyncContextManager[TWS]:
    """Opens a session without limits on what it asks for: the server has none."""
    return open_tws(HOST, task.port, client_id=CLIENT_ID, pacing=None)


async def ticks(task: Task) -> Found:
    found: Found = {}
    async with session(task) as tws:
        for count in task.passes:
            meter = Meter()
            await until_last_tick(tws, CONTRACT)
            found = meter.each(count)
    return found


async def until_last_tick(tws: TWS, contract: Contract) -> None:
    """Goes through the events of a line until the last of them."""
    async with tws.open_ticks(contract) as events:
        async for event in events:
            if isinstance(event, TickPrice) and event.price == LAST_PRICE:
                return


async def trades(task: Task) -> Found:
    found: Found = {}
    async with session(task) as tws:
        for count in task.passes:
            meter = Meter()
            async with tws.open_tick_by_tick(CONTRACT, "AllLast") as events:
                async for event in events:
                    if event.price == LAST_PRICE:
                        break
            found = meter.each(count)
    return found


async def history(task: Task) -> Found:
    found: Found = {}
    async with session(task) as tws:
        for count in task.passes:
            meter = Meter()
            bars = await tws.historical_bars(CONTRACT, duration="1 D", bar_size="5 secs")
            found = meter.each(count)
            last = bars[-1]
            assert len(bars) == count
            assert isinstance(last.time, datetime)
            assert last.time.tzinfo is UTC
            assert isinstance(last.volume, Decimal)
    return found | peak()


async def orders(task: Task) -> Found:
    """Lets the session keep the state of each trade, as it always does."""
    found: Found = {}
    async with session(task) as tws:
        for count in task.passes:
            meter = Meter()
            assert await tws.all_open_orders() == []  # all of them are filled when the list ends
            found = meter.each(count)
            last = tws.trade(tws.next_order_id - 1)
            assert last is not None
            assert last.phase is TradePhase.FILLED
            assert len(last.fills) == 1
    return found


async def fan_out(task: Task) -> Found:
    found: Found = {}
    async with session(task) as tws:
        for count in task.passes:
            meter = Meter()
            async with trio.open_nursery() as nursery:
                for at in range(LINES):
                    nursery.start_soon(until_last_tick, tws, Contract(con_id=at + 1))
            found = meter.each(count)
    return found


async def ping(task: Task) -> Found:
    found: Found = {}
    async with session(task) as tws:
        for count in task.passes:
            took: list[float] = []
            meter = Meter()
            for _ in range(count):
                began = time.perf_counter()
                await tws.current_time()
                took.append(time.perf_counter() - began)
            found = meter.each(count) | spread(took)
    return found


async def paced(task: Task) -> Found:
    found: Found = {}
    async with session(task) as tws:
        for count in task.passes:
            ages: list[float] = []
            meter = Meter()
            async with tws.open_tick_by_tick(CONTRACT, "AllLast") as events:
                async for event in events:
                    if event.price == LAST_PRICE:
                        break
                    ages.append(stamp() - event.price)
            found = meter.each(count) | spread(ages)
    return found


async def fairness(task: Task) -> Found:
    heart = Heart()
    async with session(task) as tws:
        for _ in task.passes:
            heart = Heart()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(beat, heart)
                async with tws.open_tick_by_tick(CONTRACT, "AllLast") as events:
                    async for event in events:
                        heart.has_begun = True
                        if event.price == LAST_PRICE:
                            break
                heart.is_over = True
    return heart.found()


async def beat(heart: Heart) -> None:
    """Wants a turn every millisecond."""
    while not heart.is_over:
        due = time.perf_counter() + HEARTBEAT
        await trio.sleep(HEARTBEAT)
        heart.woken(due)


async def connect(task: Task) -> Found:
    found: Found = {}
    for count in task.passes:
        meter = Meter()
        for _ in range(count):
            async with session(task):
                pass
        found = meter.each(count)
    return {"wall_ms": found["wall_us"] / 1e3, "cpu_ms": found["cpu_us"] / 1e3}


async def idle(task: Task) -> Found:
    found: Found = {}

    async def wait(tws: TWS, con_id: int) -> None:
        async with tws.open_ticks(Contract(con_id=con_id)) as events:
            async for _ in events:
                pass

    async with session(task) as tws:
        for count in task.passes:
            async with trio.open_nursery() as nursery:
                tracemalloc.start()
                for at in range(count):
                    nursery.start_soon(wait, tws, at + 1)
                await tws.current_time()  # by then all have sent their requests
                found = {"heap_kib": tracemalloc.get_traced_memory()[0] / count / 1024}
                tracemalloc.stop()
                nursery.cancel_scope.cancel()
    return found


def runner(work: Callable[[Task], Awaitable[Found]]) -> Runner:
    """Makes a plain function of an async one."""

    async def run(task: Task) -> Found:
        return await work(task)

    return lambda task: trio.run(run, task)


RUNNERS: Final = {
    "ticks": runner(ticks),
    "trades": runner(trades),
    "history": runner(history),
    "history-default": runner(history),
    "orders": runner(orders),
    "fan-out": runner(fan_out),
    "ping": runner(ping),
    "paced": runner(paced),
    "fairness": runner(fairness),
    "connect": runner(connect),
    "idle": runner(idle),
}

if __name__ == "__main__":
    main(RUNNERS)
