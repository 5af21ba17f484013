"""Orders made by hand, and what became of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, Final

import trio

from tests.testing.program import Program, running
from trio_tws import _versions as v
from trio_tws._enums import OrderStatusName, SecType
from trio_tws._model.contracts import ComboLeg, Contract
from trio_tws._model.executions import ExecutionData
from trio_tws._model.open_orders import OrderStatus
from trio_tws._model.order_reports import OpenOrder
from trio_tws._model.orders import Order
from trio_tws._model.place_order import PlaceOrder
from trio_tws._model.session import CurrentTime, Error, ReqCurrentTime
from trio_tws.testing import Quote, Simulator

AAPL: Final = Contract(con_id=265598, exchange="SMART")
MSFT: Final = Contract(con_id=272093, exchange="SMART")
ES: Final = Contract(con_id=2_100_000_001, exchange="CME")
EURUSD: Final = Contract(con_id=12087792, exchange="IDEALPRO")
CALL: Final = Contract(con_id=2_100_000_003, exchange="SMART")
PUT: Final = Contract(con_id=2_100_000_004, exchange="SMART")
BOND: Final = Contract(con_id=127128131, exchange="SMART")
SPX: Final = Contract(con_id=416904, exchange="CBOE")
STRADDLE: Final = Contract(
    symbol="AAPL",
    sec_type=SecType.COMBO,
    currency="USD",
    exchange="SMART",
    combo_legs=(
        ComboLeg(CALL.con_id, 1, "BUY", "SMART"),
        ComboLeg(PUT.con_id, 1, "BUY", "SMART"),
    ),
)
ACCOUNT: Final = "DU1234567"

FILLED: Final = OrderStatusName.FILLED
CANCELLED: Final = OrderStatusName.CANCELLED
SUBMITTED: Final = OrderStatusName.SUBMITTED
PRE_SUBMITTED: Final = OrderStatusName.PRE_SUBMITTED
PENDING_SUBMIT: Final = OrderStatusName.PENDING_SUBMIT


def order(
    action: str = "BUY", quantity: float | Decimal = 100, kind: str = "MKT", **more: Any
) -> Order:
    """Makes an order."""
    return Order(action=action, total_quantity=Decimal(str(quantity)), order_type=kind, **more)


def limit(action: str, quantity: Decimal | float, price: float, **more: Any) -> Order:
    """Makes a limit order."""
    return order(action, quantity, "LMT", lmt_price=price, **more)


class Trader:
    """A program, and what it has heard of its orders."""

    def __init__(self, simulator: Simulator, program: Program) -> None:
        self.simulator = simulator
        self.program = program
        self.heard: list[object] = []
        self._number = 0

    @classmethod
    async def started(cls, simulator: Simulator, client_id: int = 1) -> Trader:
        """Connects one."""
        trader = cls(simulator, await Program.started(simulator, client_id))
        await trader.news()
        return trader

    async def news(self, seconds: float = 0) -> list[object]:
        """Gives all that has come by some seconds from now, but for notices."""
        await trio.sleep(seconds)
        await self.program.send(ReqCurrentTime())
        found = await self.program.all_until(CurrentTime)
        news = [
            event
            for event in found[:-1]
            if not isinstance(event, Error) or event.code not in range(2103, 2200)
        ]
        self.heard += news
        return news

    async def say(self, *messages: object) -> list[object]:
        """Sends something, and gives what comes at once."""
        await self.program.send(*messages)
        return await self.news()

    async def place(self, contract: Contract, wanted: Order, number: int | None = None) -> int:
        """Places an order, under the next number; gives that."""
        if number is None:
            self._number = number = self._number + 1
        await self.say(PlaceOrder(number, contract, wanted))
        return number

    def status(self, number: int) -> OrderStatusName:
        """Gives the state that was told last."""
        return self.told(number).status

    def told(self, number: int) -> OrderStatus:
        """Gives what was told last of how an order stands."""
        return [
            one for one in self.heard if isinstance(one, OrderStatus) and one.order_id == number
        ][-1]

    def open_order(self, number: int) -> OpenOrder:
        """Gives what was told last of what an order is."""
        return [one for one in self.heard if isinstance(one, OpenOrder) and one.order_id == number][
            -1
        ]

    def fills(self, number: int) -> list[ExecutionData]:
        """Gives the executions of an order."""
        return [
            one
            for one in self.heard
            if isinstance(one, ExecutionData) and one.execution.order_id == number
        ]

    def errors(self, number: int) -> list[int]:
        """Gives the codes of the errors with a number."""
        return [one.code for one in self.heard if isinstance(one, Error) and one.req_id == number]

    def quote(self, contract: Contract = AAPL) -> Quote:
        """Gives what is quoted now."""
        found = self.simulator.market.quote(contract.con_id, self.simulator.now())
        assert found is not None
        return found

    def position(self, contract: Contract = AAPL) -> Decimal:
        """Gives what the account holds."""
        return self.simulator.books.position(ACCOUNT, contract.con_id)


@asynccontextmanager
async def trading(
    version: int = v.MAX_SERVER_VERSION, client_id: int = 1, **arguments: Any
) -> AsyncIterator[Trader]:
    """Runs a simulator, and a program that trades on it."""
    async with running(server_version=version, **arguments) as simulator:
        yield await Trader.started(simulator, client_id)
