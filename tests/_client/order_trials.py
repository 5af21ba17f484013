"""A program that trades, over a connection that may break or fall silent after any byte.

What the program was given is written down as it is given, and held against what TWS took.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import attrs
import trio
import trio.testing

from trio_tws import (
    TWS,
    LimitOrder,
    MarketOrder,
    OrderInDoubt,
    PlaceOrder,
    ResponseTimeout,
    Stock,
    Trade,
    bracket,
    open_tws,
)
from trio_tws.testing import OrderFaults, open_simulator
from trio_tws.testing._order_booked import BookedOrder

START: Final = datetime(2026, 3, 2, 0, 1, tzinfo=UTC)
"""Just after midnight, from which on each day of the market is made."""
AAPL: Final = Stock("AAPL", con_id=265598)
CLIENT_ID: Final = 1

PATIENCE: Final = 40.0
"""Seconds after which the program is cancelled: longer than all of it takes with a TWS that
answers."""

T = TypeVar("T", Trade, tuple[Trade, ...])


# The connection ...................................................................................


@attrs.frozen
class Break:
    """Where a connection ends; None for nowhere."""

    sent: int | None = None
    """After so many bytes of the client."""
    received: int | None = None
    """After so many bytes that reached it."""
    is_silent: bool = False
    """Bytes are swallowed from there on, and nobody is told; otherwise both ends are."""


class Line(trio.abc.HalfCloseableStream):
    """The client's end of a connection that breaks."""

    def __init__(self, stream: trio.abc.HalfCloseableStream, end: Break) -> None:
        self._stream = stream
        self._break = end
        self.sent = 0
        self.received = 0

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        left = len(data) if self._break.sent is None else self._break.sent - self.sent
        if left > 0:
            await self._stream.send_all(data[:left])
        self.sent += len(data)
        if left < len(data):
            await self._tear()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        limit = self._break.received
        if limit is not None and self.received >= limit:
            await self._tear()
            await trio.sleep_forever()
        data = await self._stream.receive_some(max_bytes)
        kept = len(data) if limit is None else min(len(data), limit - self.received)
        self.received += kept
        return data[:kept]

    async def _tear(self) -> None:
        if not self._break.is_silent:
            await trio.aclose_forcefully(self._stream)
            raise trio.BrokenResourceError

    async def wait_send_all_might_not_block(self) -> None:
        await self._stream.wait_send_all_might_not_block()

    async def send_eof(self) -> None:
        await self._stream.send_eof()

    async def aclose(self) -> None:
        await self._stream.aclose()


# The program ......................................................................................


@attrs.define
class Ledger:
    """What the program asked for, and what it was given."""

    asked: int = 0
    """Orders that were to be placed, by all calls together."""
    trades: list[Trade] = attrs.field(factory=list[Trade])
    """What was returned."""
    changes: Counter[int | None] = attrs.field(factory=Counter[int | None])
    """Changes that were begun, by order id."""
    confirmed: list[Trade] = attrs.field(factory=list[Trade])
    """Orders whose blocks were left, and no exception spoke of them."""
    in_doubt: list[Trade] = attrs.field(factory=list[Trade])
    """Orders whose blocks were left with an `OrderInDoubt` that names them."""
    has_ended: bool = False
    """Whether the program came to its end."""

    async def place(self, tws: TWS, quantity: int, price: float | None = None) -> Trade:
        """Places one order; at the market if no price is given."""
        self.asked += 1
        trade = await tws.place_order(AAPL, order_for(quantity, price))
        self.trades.append(trade)
        return trade

    async def place_bracket(self, tws: TWS) -> tuple[Trade, ...]:
        self.asked += 3
        trades = await tws.place_group(AAPL, BRACKET)
        self.trades += trades
        return trades

    async def change(self, trade: Trade, price: float) -> None:
        self.changes[trade.order_id] += 1
        with suppress(ResponseTimeout):
            await trade.modify(lmt_price=price)

    @asynccontextmanager
    async def block(
        self, opening: AbstractAsyncContextManager[T], count: int = 1
    ) -> AsyncIterator[T]:
        """Opens a block of one or more orders, and writes down how it is left."""
        self.asked += count
        trades: tuple[Trade, ...] = ()
        try:
            async with opening as found:
                trades = _all(found)
                self.trades += trades
                yield found
        except OrderInDoubt as error:
            named = orders_named_by(error)
            for trade in trades:
                (self.in_doubt if trade.order_id in named else self.confirmed).append(trade)
            raise
        except BaseException:
            self.confirmed += trades
            raise
        self.confirmed += trades


BRACKET: Final = bracket(LimitOrder("BUY", 30, 1.0), take_profit=400.0, stop_loss=0.5)


def order_for(quantity: int, price: float | None) -> Any:
    if price is None:
        return MarketOrder("BUY", quantity)
    return LimitOrder("BUY", quantity, price)


def _all(found: Trade | tuple[Trade, ...]) -> tuple[Trade, ...]:
    return (found,) if isinstance(found, Trade) else found


def orders_named_by(error: BaseException | None) -> set[int | None]:
    """Gives the orders that an exception, and those in whose course it came, put in doubt."""
    found = set[int | None]()
    while error is not None:
        if isinstance(error, OrderInDoubt):
            found |= {error.order_id, *error.others}
        error = error.__context__
    return found


Program = Callable[[TWS, Ledger], Awaitable[None]]


async def plain_orders(tws: TWS, ledger: Ledger) -> None:
    """Orders that outlive the program: changed, cancelled, filled, and left as they are."""
    trade = await ledger.place(tws, 10, 1.0)
    await trade.accepted()
    await ledger.change(trade, 2.0)
    with suppress(ResponseTimeout):
        await trade.cancel()
    trade = await ledger.place(tws, 500)
    await trade.settled()
    await ledger.place(tws, 20, 1.0)
    await ledger.place_bracket(tws)


async def tied_orders(tws: TWS, ledger: Ledger) -> None:
    """Orders that end with their blocks: within each other, changed, filled in part, many."""
    async with ledger.block(tws.open_trade(AAPL, order_for(10, 1.0))) as outer:
        async with ledger.block(tws.open_trade(AAPL, order_for(20, 1.0))) as inner:
            await inner.accepted()
            await ledger.change(inner, 2.0)
        async with ledger.block(tws.open_group(AAPL, BRACKET), 3) as (entry, *_):
            await entry.accepted()
        await outer.accepted()
    async with ledger.block(tws.open_trade(AAPL, order_for(5_000, None))) as market:
        await market.wait_for(lambda state: state.filled > 0)


async def few_orders(tws: TWS, ledger: Ledger) -> None:
    """The least that has all in it, to be cut at every byte."""
    trade = await ledger.place(tws, 10, 1.0)
    await trade.accepted()
    await ledger.change(trade, 2.0)
    with suppress(ResponseTimeout):
        await trade.cancel()
    async with ledger.block(tws.open_trade(AAPL, order_for(5_000, None))) as market:
        await market.wait_for(lambda state: state.filled > 0)


PROGRAMS: Final = {"few": few_orders, "plain": plain_orders, "tied": tied_orders}


# The trial ........................................................................................


@attrs.frozen
class Trial:
    """How a program ended, and what it left behind."""

    error: BaseException | None
    """What came out of the session."""
    ledger: Ledger
    placed: Counter[int]
    """How many PlaceOrder came to TWS, by order id."""
    booked: tuple[BookedOrder, ...]
    """The orders in the books of TWS."""
    sent: int
    """Bytes."""
    received: int
    was_cancelled: bool
    """Whether it was; it may have ended by itself all the same."""
    seconds: float

    def check(self) -> None:
        """Holds what the program was given against what TWS took."""
        ledger = self.ledger
        returned = [trade.order_id for trade in ledger.trades]
        assert len(returned) == len(set(returned)) <= ledger.asked
        assert set(self.placed) <= set(returned)
        for order_id, count in self.placed.items():
            assert count <= 1 + ledger.changes[order_id], order_id
        names = [booked.order_id for booked in self.booked]
        assert len(names) == len(set(names))
        assert set(names) <= set(self.placed)
        alive = {booked.order_id for booked in self.booked if not booked.is_done}
        for trade in ledger.confirmed:
            assert trade.is_done, trade
            assert trade.order_id not in alive, trade
        assert not set(ledger.in_doubt) & set(ledger.confirmed)


Wrap = Callable[[Coroutine[Any, Any, None], trio.CancelScope], Awaitable[None]]


async def _as_it_is(work: Coroutine[Any, Any, None], _: trio.CancelScope) -> None:
    await work


async def _session(stream: trio.abc.HalfCloseableStream, program: Program, ledger: Ledger) -> None:
    async with open_tws(stream=stream, client_id=CLIENT_ID, strict=True) as tws:
        with trio.move_on_after(PATIENCE):
            await program(tws, ledger)
            ledger.has_ended = True


def try_out(
    program: Program,
    version: int,
    *,
    end: Break | None = None,
    faults: OrderFaults | None = None,
    wrap: Wrap = _as_it_is,
) -> Trial:
    """Runs a program against a simulated TWS."""

    async def run() -> Trial:
        error: BaseException | None = None
        ledger = Ledger()
        async with open_simulator(
            server_version=version, start=START, order_faults=faults
        ) as simulator:
            line = Line(simulator.open_stream(), end or Break())
            await trio.testing.wait_all_tasks_blocked()
            (client,) = simulator.clients
            with trio.CancelScope() as scope:
                try:
                    await wrap(_session(line, program, ledger), scope)
                except trio.Cancelled:
                    raise
                except BaseException as caught:  # noqa: BLE001 - looked at by the test
                    error = caught
            took = trio.current_time()
            await trio.sleep(5)  # what TWS has begun, it ends
            placed = Counter(
                message.order_id for message in client.received if isinstance(message, PlaceOrder)
            )
            return Trial(
                error,
                ledger,
                placed,
                tuple(simulator.exchange.book),
                line.sent,
                line.received,
                scope.cancel_called,
                took,
            )

    return trio.run(run, clock=trio.testing.MockClock(autojump_threshold=0))
