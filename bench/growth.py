"""Measures whether a message costs more the more there is of something else.

``python -m bench.growth`` prints a table and keeps the numbers in ``.bench/growth.json``. A session
reads the same messages each time, while something else grows: what waits in a stream and is not
taken, the streams that are open, the orders that are known, the requests that were made before.
"""

import json
import queue
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from itertools import count, islice
from typing import Final

import trio

from bench.environments import FOLDER
from bench.frames import CONTRACT, Frames
from bench.scenarios import LAST_PRICE, TEXT
from trio_tws import TWS, Subscription, Tick, TickPrice, open_tws
from trio_tws._enums import OrderStatusName
from trio_tws._model.open_orders import OpenOrderEnd, OrderStatus, ReqAllOpenOrders
from trio_tws._model.order_reports import OpenOrder
from trio_tws._model.order_states import OrderState
from trio_tws._model.orders import Order
from trio_tws._model.session import (
    CurrentTime,
    ManagedAccounts,
    NextValidId,
    ReqCurrentTime,
    StartApi,
)
from trio_tws.protocol import Connection, EndOfStream, Hello, Role, ServerHello

RESULTS: Final = FOLDER / "growth.json"
SIZES: Final = (1, 10, 100, 1_000, 10_000)
MESSAGES: Final = 5_000
"""How many are measured at a time."""
ROUNDS: Final = 8
"""How often they are measured in one session; the best counts, since whatever else a machine does
makes it slower."""
TURNS: Final = 3
"""How many sessions there are of each size."""
OTHER_ORDERS: Final = 99

_frames: Final = Frames(TEXT)
_NOW: Final = datetime(2026, 1, 15, 15, tzinfo=UTC)


class Server:
    """The other end of a socket: it answers what it must, and sends what it is given."""

    def __init__(self) -> None:
        self.client, self._socket = socket.socketpair()
        self._out: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.orders = 0
        for work in (self._read, self._write):
            threading.Thread(target=work, daemon=True).start()

    def send(self, data: bytes) -> None:
        """Sends bytes in a thread of its own."""
        self._out.put(data)

    def _write(self) -> None:
        while data := self._out.get():
            self._socket.sendall(data)
        self._socket.close()

    def _read(self) -> None:
        connection = Connection(Role.SERVER)
        while True:
            connection.receive_data(self._socket.recv(65536))
            for event in connection.events():
                match event:
                    case Hello():
                        hello = ServerHello(TEXT, "20260115 10:00:00", "EST")
                        self.send(connection.send(hello))
                    case StartApi():
                        self.send(_frames.join([ManagedAccounts(("DU1",)), NextValidId(1)]))
                    case ReqCurrentTime():
                        self.send(_frames.frame(CurrentTime(_NOW)))
                    case ReqAllOpenOrders():
                        self.send(_open_orders(self.orders))
                    case EndOfStream():
                        self.send(b"")
                        return
                    case _:
                        pass


@asynccontextmanager
async def session() -> AsyncIterator[tuple[TWS, Server]]:
    """Opens a session without limits over a pair of sockets."""
    server = Server()
    stream = trio.SocketStream(trio.socket.from_stdlib_socket(server.client))
    async with open_tws(stream=stream, client_id=0, pacing=None) as tws:
        yield tws, server


Once = Callable[[], Awaitable[float]]
"""Lets the messages come once; gives the process time that they took, in seconds."""


@asynccontextmanager
async def backlog(tws: TWS, server: Server, size: int) -> AsyncIterator[Once]:
    """Ticks of one stream, of which so many are always left untaken."""
    async with tws.open_ticks(CONTRACT, buffer=size + 2 * MESSAGES) as ticks:
        req_id = _req_id(ticks)
        server.send(_ticks(req_id, size))
        await _until_arrived(ticks, size)

        async def once() -> float:
            arrived = _arrived(ticks)
            began = time.process_time()
            server.send(_ticks(req_id, MESSAGES))
            for _ in range(MESSAGES):
                await anext(ticks)
            await _until_arrived(ticks, arrived + MESSAGES)
            return time.process_time() - began

        yield once


@asynccontextmanager
async def streams(tws: TWS, server: Server, size: int) -> AsyncIterator[Once]:
    """Ticks of one stream, of so many that are open."""
    async with AsyncExitStack() as stack:
        for _ in range(size - 1):
            await stack.enter_async_context(tws.open_ticks(CONTRACT))
        yield partial(_one_stream, tws, server)


@asynccontextmanager
async def orders(tws: TWS, server: Server, size: int) -> AsyncIterator[Once]:
    """News of orders in turn, of which so many are open beside a few.

    The few are there because it is another question, and another code path, whether an order has
    the news before, too.
    """
    size += OTHER_ORDERS
    server.orders = size
    await tws.all_open_orders()
    numbers = count()

    async def once() -> float:
        news = [_status(at % size + 1, at // size % 90 + 1) for at in islice(numbers, MESSAGES)]
        return await _one_stream(tws, server, b"".join(map(_frames.frame, news)))

    yield once


@asynccontextmanager
async def age(tws: TWS, server: Server, size: int) -> AsyncIterator[Once]:
    """Ticks of one stream, in a session that has made so many requests before."""
    for _ in range(size):
        await tws.current_time()
    yield partial(_one_stream, tws, server)


Axis = Callable[[TWS, Server, int], AbstractAsyncContextManager[Once]]
"""Lets something grow to a size, before the messages come."""

AXES: Final[Mapping[str, tuple[str, Axis]]] = {
    "backlog": ("events that wait in the stream", backlog),
    "streams": ("streams that are open", streams),
    "orders": (f"orders that are open, beside {OTHER_ORDERS}", orders),
    "age": ("requests that were answered before", age),
}
"""What grows, in words, and what measures it."""


async def measure(axis: str, size: int) -> float:
    """Gives the process time of one message, in microseconds: the best of a new session."""
    _, grown = AXES[axis]
    async with session() as (tws, server), grown(tws, server, size) as once:
        return min([await once() for _ in range(ROUNDS)]) / MESSAGES * 1e6


def measure_all(sizes: Iterable[int]) -> dict[str, dict[int, float]]:
    """Gives the best of some turns, in which the sizes take their turns too."""
    found: dict[str, dict[int, float]] = {axis: {} for axis in AXES}
    wanted = tuple(sizes)
    for axis, best in found.items():
        for _ in range(TURNS):
            for size in wanted:
                cost = trio.run(measure, axis, size)
                best[size] = min(cost, best.get(size, cost))
    return found


async def _one_stream(tws: TWS, server: Server, data: bytes | None = None) -> float:
    """Opens a stream, and sends the data, or else ticks of that stream, until its last tick."""
    async with tws.open_ticks(CONTRACT) as ticks:
        req_id = _req_id(ticks)
        whole = (_ticks(req_id, MESSAGES) if data is None else data) + _last(req_id)
        began = time.process_time()
        server.send(whole)
        async for tick in ticks:
            if isinstance(tick, TickPrice) and tick.price == LAST_PRICE:
                break
        return time.process_time() - began


async def _until_arrived(ticks: Subscription[Tick], number: int) -> None:
    while _arrived(ticks) < number:
        await trio.lowlevel.checkpoint()


def _arrived(ticks: Subscription[Tick]) -> int:
    """Gives how many events have come so far, taken or not."""
    numbers = ticks.statistics()
    return numbers.delivered + numbers.waiting


def _req_id(ticks: Subscription[Tick]) -> int:
    found: object = getattr(ticks.request, "req_id", None)
    assert isinstance(found, int)
    return found


def _ticks(req_id: int, number: int) -> bytes:
    """Makes so many frames, without the one that ends them."""
    return _frames.ticks(req_id, number + 1)[: -len(_last(req_id))]


def _last(req_id: int) -> bytes:
    return _frames.ticks(req_id, 1)


def _open_orders(last: int) -> bytes:
    reports = [
        OpenOrder(
            number,
            CONTRACT,
            Order(
                order_id=number,
                perm_id=1_000_000 + number,
                action="BUY",
                total_quantity=Decimal(100),
                order_type="LMT",
                lmt_price=100.0,
                account="DU1",
            ),
            OrderState(status=OrderStatusName.SUBMITTED),
        )
        for number in range(1, last + 1)
    ]
    return _frames.join([*reports, OpenOrderEnd()])


def _status(number: int, filled: int) -> OrderStatus:
    return OrderStatus(
        order_id=number,
        status=OrderStatusName.SUBMITTED,
        filled=Decimal(filled),
        remaining=Decimal(100 - filled),
        avg_fill_price=100.0,
        perm_id=1_000_000 + number,
        last_fill_price=100.0,
    )


def main() -> None:
    """Measures, prints and keeps."""
    found = measure_all(SIZES)
    FOLDER.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(table(found))


def read() -> dict[str, dict[int, float]]:
    """Gives what was measured last; nothing if that was never."""
    if not RESULTS.exists():
        return {}
    kept: dict[str, dict[str, float]] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return {axis: {int(size): cost for size, cost in costs.items()} for axis, costs in kept.items()}


def table(found: Mapping[str, Mapping[int, float]]) -> str:
    """Gives what was found as Markdown."""
    sizes = list(next(iter(found.values())))
    rows = [
        "| what grows | " + " | ".join(f"{size:,}" for size in sizes) + " |",
        "|---|" + "---|" * len(sizes),
    ]
    for axis, costs in found.items():
        shown = " | ".join(f"{costs[size]:.2f}" for size in sizes)
        rows.append(f"| {AXES[axis][0]} | {shown} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
