"""ib_async and ib_insync, which share their names: events of ``Ticker`` objects, awaited requests.

The library comes as an argument; each is installed in an environment of its own.
"""

import asyncio
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

from bench.clients.measure import (
    CLIENT_ID,
    HOST,
    Found,
    Heart,
    Meter,
    Runner,
    Task,
    peak,
    spread,
    stamp,
)
from bench.scenarios import HEARTBEAT, LAST_PRICE, LINES

_CON_ID: Final = 265598


class Work:
    """All kinds of work, with one library."""

    def __init__(self, library: Any) -> None:
        self._library = library

    def runners(self) -> dict[str, Runner]:
        """Gives the runners by the kind of scenario."""
        return {
            "ticks": _runner(self.ticks),
            "trades": _runner(self.trades),
            "history": _runner(self.history),
            "history-default": _runner(self.history_default),
            "orders": _runner(self.orders),
            "fan-out": _runner(self.fan_out),
            "ping": _runner(self.ping),
            "paced": _runner(self.paced),
            "fairness": _runner(self.fairness),
            "connect": _runner(self.connect),
            "idle": _runner(self.idle),
        }

    def contract(self, con_id: int = _CON_ID) -> Any:
        return self._library.Contract(
            conId=con_id, symbol="AAPL", secType="STK", exchange="SMART", currency="USD"
        )

    async def session(self, task: Task) -> Any:
        """Opens a session without limits on what it asks for: the server has none."""
        ib = self._library.IB()
        ib.client.MaxRequests = 0
        await ib.connectAsync(HOST, task.port, CLIENT_ID)
        return ib

    async def ticks(self, task: Task) -> Found:
        return await self._lines(task, 1)

    async def fan_out(self, task: Task) -> Found:
        return await self._lines(task, LINES)

    async def _lines(self, task: Task, lines: int) -> Found:
        ib = await self.session(task)
        found: Found = {}
        for at, count in enumerate(task.passes):
            over = asyncio.Event()
            left = lines

            def on_update(ticker: Any, over: asyncio.Event = over) -> None:
                nonlocal left
                for tick in ticker.ticks:
                    if tick.price == LAST_PRICE:
                        left -= 1
                        if not left:
                            over.set()

            meter = Meter()
            for line in range(lines):
                ticker = ib.reqMktData(self.contract(1 + at * lines + line))
                ticker.updateEvent += on_update
            await over.wait()
            found = meter.each(count)
        ib.disconnect()
        return found

    async def _all_trades(self, ib: Any, at: int, handle: Callable[[Any], None]) -> None:
        """Hands each trade of a stream to a function, the last one apart."""
        over = asyncio.Event()

        def on_update(ticker: Any) -> None:
            for trade in ticker.tickByTicks:
                if trade.price == LAST_PRICE:
                    over.set()
                else:
                    handle(trade)

        ticker = ib.reqTickByTickData(self.contract(1 + at), "AllLast")
        ticker.updateEvent += on_update
        await over.wait()

    async def trades(self, task: Task) -> Found:
        ib = await self.session(task)
        found: Found = {}
        for at, count in enumerate(task.passes):
            seen = 0

            def handle(_: Any) -> None:
                nonlocal seen
                seen += 1

            meter = Meter()
            await self._all_trades(ib, at, handle)
            found = meter.each(count)
            assert seen == count - 1
        ib.disconnect()
        return found

    async def history(self, task: Task) -> Found:
        return await self._history(task, formatDate=2)

    async def history_default(self, task: Task) -> Found:
        return await self._history(task)

    async def _history(self, task: Task, **options: int) -> Found:
        ib = await self.session(task)
        found: Found = {}
        for count in task.passes:
            meter = Meter()
            bars = await ib.reqHistoricalDataAsync(
                self.contract(), "", "1 D", "5 secs", "TRADES", useRTH=True, **options
            )
            found = meter.each(count)
            assert len(bars) == count
            assert bars[-1].date.tzinfo is not None
        ib.disconnect()
        return found | peak()

    async def orders(self, task: Task) -> Found:
        """Lets the library keep the state of each trade, as it always does."""
        ib = await self.session(task)
        found: Found = {}
        for count in task.passes:
            meter = Meter()
            trades = await ib.reqAllOpenOrdersAsync()
            found = meter.each(count)
            assert len(trades) == count // 3
            assert len(trades[-1].fills) == 1
        ib.disconnect()
        return found

    async def ping(self, task: Task) -> Found:
        ib = await self.session(task)
        found: Found = {}
        for count in task.passes:
            took: list[float] = []
            meter = Meter()
            for _ in range(count):
                began = time.perf_counter()
                await ib.reqCurrentTimeAsync()
                took.append(time.perf_counter() - began)
            found = meter.each(count) | spread(took)
        ib.disconnect()
        return found

    async def paced(self, task: Task) -> Found:
        ib = await self.session(task)
        found: Found = {}
        for at, count in enumerate(task.passes):
            ages: list[float] = []

            def handle(trade: Any, ages: list[float] = ages) -> None:
                ages.append(stamp() - trade.price)

            meter = Meter()
            await self._all_trades(ib, at, handle)
            found = meter.each(count) | spread(ages)
        ib.disconnect()
        return found

    async def fairness(self, task: Task) -> Found:
        ib = await self.session(task)
        heart = Heart()
        for at in range(len(task.passes)):
            heart = Heart()
            beating = asyncio.ensure_future(_beat(heart))
            await self._all_trades(ib, at, partial(_begin, heart))
            heart.is_over = True
            await beating
        ib.disconnect()
        return heart.found()

    async def connect(self, task: Task) -> Found:
        found: Found = {}
        for count in task.passes:
            meter = Meter()
            for _ in range(count):
                ib = await self.session(task)
                ib.disconnect()
            found = meter.each(count)
        return {"wall_ms": found["wall_us"] / 1e3, "cpu_ms": found["cpu_us"] / 1e3}

    async def idle(self, task: Task) -> Found:
        ib = await self.session(task)
        found: Found = {}
        for at, count in enumerate(task.passes):
            tracemalloc.start()
            for line in range(count):
                ib.reqMktData(self.contract(1 + at * task.warm + line))
            await ib.reqCurrentTimeAsync()
            found = {"heap_kib": tracemalloc.get_traced_memory()[0] / count / 1024}
            tracemalloc.stop()
        ib.disconnect()
        return found


async def _beat(heart: Heart) -> None:
    while not heart.is_over:
        due = time.perf_counter() + HEARTBEAT
        await asyncio.sleep(HEARTBEAT)
        heart.woken(due)


def _begin(heart: Heart, _: object) -> None:
    heart.has_begun = True


def _runner(work: Callable[[Task], Awaitable[Found]]) -> Runner:
    async def run(task: Task) -> Found:
        return await work(task)

    return lambda task: asyncio.run(run(task))
