"""One order with an algorithm, as the real client places it, and what becomes of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import trio

from tests.testing.trading import AAPL as AAPL_CONTRACT
from trio_tws import (
    TWS,
    Algo,
    Contract,
    MarketOrder,
    Order,
    Trade,
    open_tws,
    with_algo,
)
from trio_tws.testing import Simulator, open_simulator

NEW_YORK = ZoneInfo("America/New_York")
START = datetime(2026, 1, 15, 10, tzinfo=NEW_YORK).astimezone(UTC)
SOON = START + timedelta(minutes=10)
BUY = MarketOrder("BUY", 3000)
CON_ID = AAPL_CONTRACT.con_id


class Run:
    """One order that is worked off."""

    def __init__(self, sim: Simulator, tws: TWS, trade: Trade) -> None:
        self.sim = sim
        self.tws = tws
        self.trade = trade

    async def until(self, then: datetime) -> Decimal:
        """Lets the time pass; gives how much is filled then."""
        await trio.sleep(then.timestamp() - self.sim.now())
        await self.tws.current_time()
        return self.trade.state.filled

    def seconds(self) -> list[float]:
        """When its fills came, in seconds from the start."""
        return [deal.time - START.timestamp() for deal in self.sim.exchange.log]

    def volume(self, minutes: float) -> Decimal:
        """What has been traded by everybody from the start on."""
        seconds = range(int(START.timestamp()), int(START.timestamp() + minutes * 60))
        trades = (self.sim.market.trade(CON_ID, second) for second in seconds)
        return sum((trade.size for trade in trades if trade is not None), Decimal(0))


@asynccontextmanager
async def working(
    algo: Algo,
    order: Order = BUY,
    contract: Contract = AAPL_CONTRACT,
    version: int = 226,
    cash: int = 10**8,
) -> AsyncIterator[Run]:
    async with open_simulator(
        server_version=version, start=START, cash=Decimal(cash), zone="America/New_York"
    ) as sim:
        async with open_tws(stream=sim.open_stream(), client_id=1) as tws:
            trade = await tws.place_order(contract, with_algo(order, algo))
            await trade.accepted()
            yield Run(sim, tws, trade)
