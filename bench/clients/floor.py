"""The bare steps, without a client: what any client under Trio has to do for each message.

Receive, find the frames, split the fields, convert them, build an object with slots, hand it to an
``async for`` in another task. There is no error handling, no table, no state, and no check for
cancellation at each event. The greetings and the requests are made by this project's codec, before
anything is measured.
"""

import math
import struct
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Final, Self

import attrs
import trio

from bench.clients.floor_protobuf import Bars, Price, Size, Trades
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
from bench.scenarios import HEARTBEAT, LAST_PRICE, LINES, PROTOBUF
from trio_tws import Contract, Stock
from trio_tws._model.bars import ReqHistoricalData
from trio_tws._model.session import ReqCurrentTime, StartApi
from trio_tws._model.tick_by_tick import ReqTickByTickData
from trio_tws._model.ticks import ReqMktData
from trio_tws.protocol import Connection, Hello, Role, State

CONTRACT: Final = Stock("AAPL")
READ_SIZE: Final = 16 * 1024
WIDE_READ: Final = 64 * 1024
"""The same where there are many to wake."""
LONGEST_RUN: Final = 0.0005


@attrs.define(weakref_slot=False)
class TickPrice:
    """A price of a line."""

    req_id: int
    tick_type: int
    price: float
    size: Decimal
    attribs: int


@attrs.define(weakref_slot=False)
class TickSize:
    """A size of a line."""

    req_id: int
    tick_type: int
    size: Decimal


@attrs.define(weakref_slot=False)
class Trade:
    """A trade."""

    req_id: int
    tick_type: int
    time: datetime
    price: float
    size: Decimal
    attribs: int
    exchange: str
    special_conditions: str


@attrs.define(weakref_slot=False)
class Bar:
    """A bar."""

    time: datetime
    open: float
    high: float
    low: float
    close: float
    volume: Decimal
    wap: Decimal
    count: int


def read_text(payload: bytes) -> object:
    """Reads one of the messages that this knows, from text."""
    fields = payload.decode().split("\0")
    kind = fields[0]
    if kind == "1":
        _, _, req_id, tick_type, price, size, attribs, _ = fields
        return TickPrice(int(req_id), int(tick_type), float(price), Decimal(size), int(attribs))
    if kind == "2":
        _, _, req_id, tick_type, size, _ = fields
        return TickSize(int(req_id), int(tick_type), Decimal(size))
    if kind == "99":
        _, req_id, tick_type, moment, price, size, attribs, exchange, special, _ = fields
        return Trade(
            int(req_id),
            int(tick_type),
            datetime.fromtimestamp(int(moment), UTC),
            float(price),
            Decimal(size),
            int(attribs),
            exchange,
            special,
        )
    if kind == "17":
        each = iter(fields[5:])
        return [
            Bar(
                datetime.fromtimestamp(int(moment), UTC),
                float(first),
                float(high),
                float(low),
                float(last),
                Decimal(volume),
                Decimal(wap),
                int(count),
            )
            for moment, first, high, low, last, volume, wap, count in zip(*[each] * 8, strict=False)
        ]
    return fields


def read_protobuf(payload: bytes) -> object:
    """Reads one of the messages that this knows, from protobuf."""
    (kind,) = struct.unpack_from(">i", payload)
    body = payload[4:]
    if kind == 201:
        p = Price.FromString(body)
        return TickPrice(p.req_id, p.tick_type, p.price, Decimal(p.size), p.attribs)
    if kind == 202:
        s = Size.FromString(body)
        return TickSize(s.req_id, s.tick_type, Decimal(s.size))
    if kind == 299:
        t = Trades.FromString(body)
        last = t.last
        return Trade(
            t.req_id,
            t.tick_type,
            datetime.fromtimestamp(last.time, UTC),
            last.price,
            Decimal(last.size),
            0,
            last.exchange,
            last.special_conditions,
        )
    if kind == 217:
        return [
            Bar(
                datetime.fromtimestamp(int(b.date), UTC),
                b.open,
                b.high,
                b.low,
                b.close,
                Decimal(b.volume),
                Decimal(b.wap),
                b.count,
            )
            for b in Bars.FromString(body).bars
        ]
    return body


class Events:
    """What was received, event by event: the consumer's end."""

    def __init__(self, most_lists: float = 1) -> None:
        self.send, self._receive = trio.open_memory_channel[list[object]](most_lists)
        self._batch: deque[object] = deque()
        self._turn_ends = 0.0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> object:
        if not self._batch:
            self._batch.extend(await self._receive.receive())
            self._turn_ends = time.perf_counter() + LONGEST_RUN
        elif time.perf_counter() > self._turn_ends:
            await trio.lowlevel.checkpoint()
            self._turn_ends = time.perf_counter() + LONGEST_RUN
        return self._batch.popleft()


@attrs.define
class Line:
    """A connection on which requests may be made."""

    stream: trio.SocketStream
    connection: Connection
    events: Events

    async def ask(self, request: object) -> None:
        """Sends a request."""
        await self.stream.send_all(self.connection.send(request))


async def receive(
    stream: trio.SocketStream,
    read: Callable[[bytes], object],
    hand_over: Callable[[list[object]], Awaitable[None]],
    most: int = READ_SIZE,
) -> None:
    """Reads until cancelled; hands over one list of events for each read."""
    unpack = struct.Struct(">I").unpack_from
    parts: list[bytes] = []
    kept, wanted = 0, 4
    while True:
        size = 256 * 1024 if wanted - kept > most else most
        data = bytes(await stream.receive_some(size))
        parts.append(data)
        kept += len(data)
        if kept < wanted:
            continue
        data = b"".join(parts)
        found: list[object] = []
        at, end, wanted = 0, kept, 4
        while end - at >= 4:
            (length,) = unpack(data, at)
            if at + 4 + length > end:
                wanted = 4 + length
                break
            found.append(read(data[at + 4 : at + 4 + length]))
            at += 4 + length
        parts, kept = [data[at:]], end - at
        if found:
            await hand_over(found)


@asynccontextmanager
async def line(task: Task) -> AsyncIterator[Line]:
    """Connects, and reads in a task of its own."""
    stream, connection = await greet(task)
    is_protobuf = connection.server_version == PROTOBUF
    events = Events()
    async with stream, trio.open_nursery() as nursery:
        read = read_protobuf if is_protobuf else read_text
        nursery.start_soon(receive, stream, read, events.send.send)
        yield Line(stream, connection, events)
        nursery.cancel_scope.cancel()


async def greet(task: Task) -> tuple[trio.SocketStream, Connection]:
    """Connects, and goes through the greetings."""
    stream = await trio.open_tcp_stream(HOST, task.port)
    connection = Connection(Role.CLIENT)
    await stream.send_all(connection.send(Hello()))
    while connection.state is not State.READY:
        connection.receive_data(bytes(await stream.receive_some(READ_SIZE)))
        connection.events()
        if connection.state is State.AGREED:
            await stream.send_all(connection.send(StartApi(CLIENT_ID)))
    return stream, connection


async def ticks(task: Task) -> Found:
    found: Found = {}
    async with line(task) as peer:
        for req_id, count in enumerate(task.passes, 1):
            meter = Meter()
            await peer.ask(ReqMktData(req_id, CONTRACT))
            await until_last_tick(peer.events)
            found = meter.each(count)
    return found


async def fan_out(task: Task) -> Found:
    """Shares what one read has brought among the lines: one list for each."""
    found: Found = {}
    stream, connection = await greet(task)
    async with stream:
        for turn, count in enumerate(task.passes):
            meter = Meter()
            lines = {turn * LINES + at: Events(math.inf) for at in range(1, LINES + 1)}
            async with trio.open_nursery() as nursery:
                nursery.start_soon(receive, stream, read_text, partial(share, lines), WIDE_READ)
                async with trio.open_nursery() as readers:
                    for con_id, (req_id, events) in enumerate(lines.items(), 1):
                        request = ReqMktData(req_id, Contract(con_id=con_id))
                        await stream.send_all(connection.send(request))
                        readers.start_soon(until_last_tick, events)
                nursery.cancel_scope.cancel()
            found = meter.each(count)
    return found


async def share(lines: Mapping[int, Events], found: list[object]) -> None:
    """Hands each line its events of one read, and lets them all have their turn."""
    parts: defaultdict[int, list[object]] = defaultdict(list)
    for event in found:
        if isinstance(event, (TickPrice, TickSize)):
            parts[event.req_id].append(event)
    for req_id, part in parts.items():
        lines[req_id].send.send_nowait(part)
    await trio.lowlevel.checkpoint()


async def until_last_tick(events: Events) -> None:
    """Goes through the events of a line until the last of them."""
    async for event in events:
        if type(event) is TickPrice and event.price == LAST_PRICE:
            return


async def trades(task: Task) -> Found:
    found: Found = {}
    async with line(task) as peer:
        for req_id, count in enumerate(task.passes, 1):
            meter = Meter()
            await peer.ask(ReqTickByTickData(req_id, CONTRACT, "AllLast"))
            async for event in peer.events:
                if type(event) is Trade and event.price == LAST_PRICE:
                    break
            found = meter.each(count)
    return found


async def history(task: Task) -> Found:
    found: Found = {}
    async with line(task) as peer:
        for req_id, count in enumerate(task.passes, 1):
            meter = Meter()
            await peer.ask(ReqHistoricalData(req_id, CONTRACT, format_date=2))
            async for event in peer.events:
                if isinstance(event, list):
                    found = meter.each(count)
                    assert len(event) == count
                    break
    return found | peak()


async def ping(task: Task) -> Found:
    found: Found = {}
    stream, connection = await greet(task)
    question = connection.send(ReqCurrentTime())
    async with stream:
        for count in task.passes:
            took: list[float] = []
            meter = Meter()
            for _ in range(count):
                began = time.perf_counter()
                await stream.send_all(question)
                int((await stream.receive_some(READ_SIZE)).split(b"\0")[-2])
                took.append(time.perf_counter() - began)
            found = meter.each(count) | spread(took)
    return found


async def paced(task: Task) -> Found:
    found: Found = {}
    async with line(task) as peer:
        for req_id, count in enumerate(task.passes, 1):
            ages: list[float] = []
            meter = Meter()
            await peer.ask(ReqTickByTickData(req_id, CONTRACT, "AllLast"))
            async for event in peer.events:
                assert type(event) is Trade
                if event.price == LAST_PRICE:
                    break
                ages.append(stamp() - event.price)
            found = meter.each(count) | spread(ages)
    return found


async def fairness(task: Task) -> Found:
    heart = Heart()
    async with line(task) as peer:
        for req_id in range(1, len(task.passes) + 1):
            heart = Heart()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(beat, heart)
                await peer.ask(ReqTickByTickData(req_id, CONTRACT, "AllLast"))
                async for event in peer.events:
                    heart.has_begun = True
                    if type(event) is Trade and event.price == LAST_PRICE:
                        break
                heart.is_over = True
    return heart.found()


async def beat(heart: Heart) -> None:
    """Wants a turn every millisecond."""
    while not heart.is_over:
        due = time.perf_counter() + HEARTBEAT
        await trio.sleep(HEARTBEAT)
        heart.woken(due)


def runner(work: Callable[[Task], Awaitable[Found]]) -> Runner:
    """Makes a plain function of an async one."""

    async def run(task: Task) -> Found:
        return await work(task)

    return lambda task: trio.run(run, task)


RUNNERS: Final = {
    "ticks": runner(ticks),
    "trades": runner(trades),
    "fan-out": runner(fan_out),
    "history": runner(history),
    "ping": runner(ping),
    "paced": runner(paced),
    "fairness": runner(fairness),
}

if __name__ == "__main__":
    main(RUNNERS)
