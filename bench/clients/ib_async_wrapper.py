"""ib_async below its ``Ticker`` objects: a ``Wrapper`` of one's own gets each message as a call."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from ib_async import IB, Client, Contract
from ib_async.wrapper import Wrapper

from bench.clients.measure import CLIENT_ID, HOST, Found, Meter, Runner, Task, main, spread, stamp
from bench.scenarios import LAST_PRICE

CONTRACT: Final = Contract(
    conId=265598, symbol="AAPL", secType="STK", exchange="SMART", currency="USD"
)


class Raw(Wrapper):
    """What a user writes who wants no more than the messages."""

    def __init__(self, ib: IB) -> None:
        super().__init__(ib)
        self.over = asyncio.Event()
        self.seen = 0
        self.ages: list[float] = []
        self.is_stamped = False

    def priceSizeTick(self, reqId: int, tickType: int, price: float, size: float) -> None:
        self.seen += 1
        if price == LAST_PRICE:
            self.over.set()

    def tickSize(self, reqId: int, tickType: int, size: float) -> None:
        self.seen += 1

    def tickByTickAllLast(
        self, reqId: int, tickType: int, time: int, price: float, *rest: Any
    ) -> None:
        self.seen += 1
        if price == LAST_PRICE:
            self.over.set()
        elif self.is_stamped:
            self.ages.append(stamp() - price)


async def opened(task: Task) -> tuple[Client, Raw]:
    """Connects without asking for anything more."""
    raw = Raw(IB())
    client = Client(raw)
    client.MaxRequests = 0
    await client.connectAsync(HOST, task.port, CLIENT_ID)
    return client, raw


async def stream(task: Task, *, is_line: bool, is_stamped: bool = False) -> Found:
    client, raw = await opened(task)
    raw.is_stamped = is_stamped
    found: Found = {}
    for req_id, count in enumerate(task.passes, 1):
        raw.seen = 0
        raw.ages.clear()
        raw.over.clear()
        meter = Meter()
        if is_line:
            client.reqMktData(req_id, CONTRACT, "", False, False, [])
        else:
            client.reqTickByTickData(req_id, CONTRACT, "AllLast", 0, False)
        await raw.over.wait()
        found = meter.each(count)
        if is_stamped:
            found |= spread(raw.ages)
        else:
            assert raw.seen == count
    client.disconnect()
    return found


def runner(work: Callable[[Task], Awaitable[Found]]) -> Runner:
    """Makes a plain function of an async one."""

    async def run(task: Task) -> Found:
        return await work(task)

    return lambda task: asyncio.run(run(task))


RUNNERS: Final = {
    "ticks": runner(lambda task: stream(task, is_line=True)),
    "trades": runner(lambda task: stream(task, is_line=False)),
    "paced": runner(lambda task: stream(task, is_line=False, is_stamped=True)),
}

if __name__ == "__main__":
    main(RUNNERS)
