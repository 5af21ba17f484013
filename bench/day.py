"""Runs a trading day in virtual time: ``python -m bench.day``, ``--seed 7``, ``--hours 1``.

Ten stocks move once a second and a program watches all of them; it places two hundred orders
of many kinds, each at its time, by the prices that it has seen. What it is told and what it says
are real bytes. The day is run twice, which has to give the same bytes to the last one.
"""

import argparse
import hashlib
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import attrs
import trio
import trio.testing

from trio_tws import TWS, Contract, Order, TickPrice, TickType, open_tws
from trio_tws.testing import INSTRUMENTS, Instrument, exchange_hours, open_simulator

OPENS: Final = datetime(2024, 1, 16, 9, 30, tzinfo=ZoneInfo("America/New_York"))
"""An ordinary Tuesday."""

HOURS: Final = 6.5
ORDERS: Final = 200
MARGIN: Final = 30.0
"""Seconds that are run before the opening, and after the end."""

_SYMBOLS: Final = ("ADA", "BEA", "CID", "DON", "EVA", "FAY", "GUS", "HAL", "IDA", "JIM")
_KINDS: Final = (
    *("MKT", "LMT", "LMT", "LMT", "STP", "STP", "STP LMT", "TRAIL", "TRAIL LIMIT"),
    *("LIT", "MIT", "REL", "PEG MID", "MIDPRICE", "MOC", "LOC"),
)
_SET_OFF: Final = frozenset({"STP", "STP LMT", "LIT", "MIT"})
_WITH_LIMIT: Final = frozenset({"LMT", "STP LMT", "LIT", "LOC"})


@dataclass(frozen=True)
class Day:
    """What came of one run.

    Attributes:
        digest: Of all bytes, of both ways.
        size: How many bytes there were.
        ticks: How many messages about prices the program has read.
        fills: How many executions there were.
        seconds: Of the processor.
    """

    digest: str
    size: int
    ticks: int
    fills: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.seconds:6.1f} s of the processor, {self.size:,} bytes, {self.ticks:,} ticks, "
            f"{self.fills:,} fills, {self.digest}"
        )


class Wire(trio.abc.Stream):
    """A stream that takes note of all that passes."""

    def __init__(self, stream: trio.abc.Stream) -> None:
        self.size = 0
        self._stream = stream
        self._ways = (hashlib.sha256(), hashlib.sha256())

    @property
    def digest(self) -> str:
        """What tells these bytes from others."""
        both = b"".join(way.digest() for way in self._ways)
        return hashlib.sha256(both).hexdigest()[:16]

    def _note(self, way: int, data: bytes | bytearray | memoryview) -> None:
        self.size += len(data)
        self._ways[way].update(data)

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """Sends, and takes note of it."""
        self._note(0, data)
        await self._stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        """Waits as the stream does."""
        await self._stream.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        """Receives, and takes note of it."""
        data = bytes(await self._stream.receive_some(max_bytes))
        self._note(1, data)
        return data

    async def aclose(self) -> None:
        """Closes the stream."""
        await self._stream.aclose()


def instruments() -> tuple[Instrument, ...]:
    """Ten stocks."""
    stock = INSTRUMENTS[0]
    return tuple(
        attrs.evolve(
            stock,
            con_id=2_100_000_100 + number,
            symbol=symbol,
            local_symbol=symbol,
            long_name=symbol,
            identifiers=(),
            base_price=40.0 * number,
        )
        for number, symbol in enumerate(_SYMBOLS, 1)
    )


@dataclass
class Seen:
    """What the program knows of one stock."""

    contract: Contract
    price: float | None = None
    ticks: int = 0


async def watch(
    tws: TWS, seen: Seen, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    """Reads one line until cancelled; has started once it is open."""
    async with tws.open_ticks(seen.contract, overflow="wait") as ticks:
        task_status.started()
        async for tick in ticks:
            seen.ticks += 1
            match tick:
                case TickPrice(tick_type=TickType.LAST, price=price):
                    seen.price = price
                case _:
                    pass


def draw(dice: Random, price: float) -> Order:
    """Makes an order near a price."""
    kind, is_buy = dice.choice(_KINDS), dice.random() < 0.5
    near = round(price * (1 + dice.uniform(-0.01, 0.01)), 2)
    far = round(price * dice.uniform(0.001, 0.01), 2)
    is_trailing = kind.startswith("TRAIL")
    is_set_off = kind in _SET_OFF
    is_pegged = kind in {"REL", "PEG MID"}
    return Order(
        action="BUY" if is_buy else "SELL",
        total_quantity=Decimal(100 * dice.randrange(1, 30)),
        order_type=kind,
        lmt_price=near if kind in _WITH_LIMIT else None,
        lmt_price_offset=0.05 if kind == "TRAIL LIMIT" else None,
        trail_stop_price=round(price + (far if is_buy else -far), 2) if is_trailing else None,
        aux_price=far if is_trailing else 0.0 if is_pegged else near if is_set_off else None,
        tif=dice.choice(("DAY", "DAY", "GTC")),
    )


async def trade(tws: TWS, stocks: list[Seen], dice: Random, seconds: float, orders: int) -> None:
    """Places orders at their times, which are between two moments of the market."""
    began = trio.current_time() + 0.5
    for then in sorted(dice.randrange(int(seconds)) for _ in range(orders)):
        await trio.sleep_until(began + MARGIN + then)
        seen = dice.choice(stocks)
        if seen.price is not None:
            await tws.place_order(seen.contract, draw(dice, seen.price))
    await trio.sleep_until(began + MARGIN + seconds + MARGIN)


async def live(seed: int, seconds: float, orders: int) -> Day:
    """Lives through the day; needs trio's mock clock."""
    began = time.process_time()
    listed = instruments()
    stocks = [Seen(Contract(con_id=one.con_id, exchange=one.exchange)) for one in listed]
    async with open_simulator(
        instruments=listed,
        seed=seed,
        hours=exchange_hours,
        start=OPENS - timedelta(seconds=MARGIN),
        cash=Decimal(10**9),
    ) as simulator:
        wire = Wire(simulator.open_stream())
        async with open_tws(stream=wire, client_id=1) as tws, trio.open_nursery() as nursery:
            for one in stocks:
                await nursery.start(watch, tws, one)
            await trade(tws, stocks, Random(seed), seconds, orders)
            digest, size = wire.digest, wire.size  # the lines may end in any order
            nursery.cancel_scope.cancel()
        fills = len(simulator.exchange.log.current())
    ticks = sum(one.ticks for one in stocks)
    return Day(digest, size, ticks, fills, time.process_time() - began)


def run(seed: int = 0, *, seconds: float = HOURS * 3600, orders: int = ORDERS) -> Day:
    """Runs one day, from the opening on."""
    clock = trio.testing.MockClock(autojump_threshold=0)
    return trio.run(partial(live, seed, seconds, orders), clock=clock)


def main() -> None:
    """Runs what the command line asks for."""
    parser = argparse.ArgumentParser("bench.day", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="tells one day from another")
    parser.add_argument("--hours", type=float, default=HOURS, help="how much of the day")
    parser.add_argument("--orders", type=int, default=ORDERS, help="how many in that time")
    arguments = parser.parse_args()
    days: list[Day] = []
    for _ in range(2):
        days.append(run(arguments.seed, seconds=arguments.hours * 3600, orders=arguments.orders))
        print(days[-1], flush=True)
    is_same = len({day.digest for day in days}) == 1
    print("all bytes are the same" if is_same else "the bytes differ")
    sys.exit(0 if is_same else 1)


if __name__ == "__main__":
    main()
