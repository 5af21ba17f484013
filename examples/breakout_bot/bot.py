"""Buys a stock once when it breaks out of the range of its last minutes, with a stop and a profit.

    python examples/breakout_bot/bot.py AAPL --port 7497

To try it without TWS, run `trio-tws simulate` in another window. What can happen to it is in
test_bot.py, beside it.

It lives through lost connections. All its orders bear its name, and what it has bought and sold is
what TWS says of today: so it can be stopped and started at any moment, and goes on where it was.
"""

import argparse
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from decimal import Decimal
from functools import partial

import attrs
import trio

from trio_tws import (
    TWS,
    CancelRefused,
    ConnectFailed,
    ConnectionLost,
    Contract,
    Known,
    LimitOrder,
    MarketOrder,
    Stock,
    TickGeneric,
    TickPrice,
    TickType,
    Trade,
    TWSError,
    bracket,
    open_tws,
)

RECONNECT = 5.0
"""Seconds before it tries to connect again."""


@attrs.frozen
class Plan:
    """What to trade, and how."""

    symbol: str = "AAPL"
    quantity: int = 100
    range_minutes: int = 15
    risk: float = 0.01
    """How far below the entry the stop is, of the price."""
    reward: float = 0.02
    """How far above the entry the profit is taken."""
    entry_seconds: float = 60.0

    @property
    def name(self) -> str:
        """What all orders bear."""
        return f"breakout {self.symbol}"


@attrs.frozen
class Outcome:
    """What was bought and sold today."""

    bought: Decimal = Decimal(0)
    sold: Decimal = Decimal(0)
    paid: float = 0.0
    received: float = 0.0

    @property
    def held(self) -> Decimal:
        """What is left."""
        return self.bought - self.sold

    def __str__(self) -> str:
        gain = self.received - self.paid
        return f"bought {self.bought}, sold {self.sold}, gained {gain:.2f} before commissions"


@attrs.define
class Bot:
    """One plan, over any number of connections."""

    plan: Plan
    tell: Callable[[str], object] = print
    known: Known = attrs.field(factory=Known)
    """What TWS had said when the orders were placed."""

    async def run(self, connect: Callable[[], AbstractAsyncContextManager[TWS]]) -> Outcome:
        """Trades the plan, connecting as often as it takes."""
        while True:
            try:
                async with connect() as tws:
                    return await self.trade(tws)
            except (ConnectionLost, ConnectFailed) as error:
                self.tell(f"again in {RECONNECT:g} s: {error}")
            await trio.sleep(RECONNECT)

    async def trade(self, tws: TWS) -> Outcome:
        """Goes on from wherever the plan stands at TWS."""
        contract = await tws.qualify(Stock(self.plan.symbol))
        entry, exits = await self.pick_up(tws)
        if entry is None and not exits and not (await self.outcome(tws)).bought:
            price = await self.breakout(tws, contract, await self.ceiling(tws, contract))
            entry, exits = await self.enter(tws, contract, price)
        if entry is not None:
            await self.see_entry_done(entry)
        for trade in exits:
            await trade.done()  # one is filled, and TWS cancels the other
        outcome = await self.outcome(tws)
        if outcome.held:
            self.tell(f"{outcome.held} have no stop any more: selling them")
            order = MarketOrder("SELL", outcome.held, order_ref=self.plan.name)
            await (await tws.place_order(contract, order)).filled()
        return await self.outcome(tws)

    async def pick_up(self, tws: TWS) -> tuple[Trade | None, list[Trade]]:
        """Finds the orders that are still open; a bracket that is not whole is taken back."""
        difference = await tws.reconcile(self.known)
        for execution in (fill.execution for fill in difference.new_fills):
            self.tell(f"meanwhile: {execution.side} {execution.shares} at {execution.price}")
        ours = [trade for trade in tws.trades if trade.order.order_ref == self.plan.name]
        exits = [trade for trade in ours if trade.order.action == "SELL"]
        entry = next((trade for trade in ours if trade.order.action == "BUY"), None)
        if entry is not None and len(exits) < 2:
            self.tell("the connection was lost between the orders: taking them back")
            for trade in ours:
                await trade.cancel()
            return None, []
        return entry, exits

    async def outcome(self, tws: TWS) -> Outcome:
        """Asks what was bought and sold today."""
        size, money = {"BOT": Decimal(0), "SLD": Decimal(0)}, {"BOT": 0.0, "SLD": 0.0}
        for fill in await tws.executions():
            one = fill.execution
            if one.order_ref == self.plan.name and one.shares is not None:
                size[one.side] += one.shares
                money[one.side] += float(one.shares) * one.price
        return Outcome(size["BOT"], size["SLD"], money["BOT"], money["SLD"])

    async def ceiling(self, tws: TWS, contract: Contract) -> float:
        """Gives the highest price of the last minutes."""
        seconds = f"{60 * self.plan.range_minutes} S"
        bars = await tws.historical_bars(contract, duration=seconds, bar_size="1 min")
        ceiling = max(bar.high for bar in bars)
        self.tell(f"waiting for {self.plan.symbol} to rise above {ceiling}")
        return ceiling

    async def breakout(self, tws: TWS, contract: Contract, ceiling: float) -> float:
        """Waits until somebody trades above the ceiling; gives the price."""
        price, is_halted = 0.0, False
        async with tws.open_ticks(contract) as ticks:
            async for tick in ticks:
                if isinstance(tick, TickPrice) and tick.tick_type is TickType.LAST:
                    price = tick.price or 0.0
                elif isinstance(tick, TickGeneric) and tick.tick_type is TickType.HALTED:
                    is_halted = bool(tick.value)
                if price > ceiling and not is_halted:
                    break
        return price

    async def enter(self, tws: TWS, contract: Contract, price: float) -> tuple[Trade, list[Trade]]:
        """Places the three orders; TWS begins with the first when it has the last."""
        plan = self.plan
        self.tell(f"breakout at {price}: buying {plan.quantity}")
        order = LimitOrder("BUY", plan.quantity, price, order_ref=plan.name)
        profit, stop = price * (1 + plan.reward), price * (1 - plan.risk)
        orders = bracket(order, take_profit=round(profit, 2), stop_loss=round(stop, 2))
        entry, *exits = await tws.place_group(contract, orders)
        await entry.accepted()
        self.known = await tws.known()
        return entry, exits

    async def see_entry_done(self, entry: Trade) -> None:
        """Gives the entry its time, and takes back what is not bought then."""
        with trio.move_on_after(self.plan.entry_seconds):
            await entry.done()
            return
        self.tell(f"bought {entry.state.filled} only: taking the rest back")
        try:
            await entry.cancel()
        except CancelRefused:  # it is just being filled
            await entry.done()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("symbol", nargs="?", default="AAPL")
    parser.add_argument("--port", type=int, default=7497)
    arguments = parser.parse_args()
    connect = partial(open_tws, port=arguments.port, client_id=12)
    try:
        print(trio.run(Bot(Plan(arguments.symbol)).run, connect))
    except TWSError as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
