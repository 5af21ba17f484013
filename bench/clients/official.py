"""IB's own client: a class that is both ends, callbacks in the thread of ``run``."""

import threading
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from ibapi.client import EClient
from ibapi.common import BarData, TickAttrib, TickAttribLast
from ibapi.contract import Contract
from ibapi.execution import Execution
from ibapi.order import Order
from ibapi.order_state import OrderState
from ibapi.wrapper import EWrapper

from bench.clients.measure import (
    CLIENT_ID,
    HOST,
    Found,
    Heart,
    Meter,
    Task,
    main,
    peak,
    spread,
    stamp,
)
from bench.scenarios import HEARTBEAT, LAST_PRICE, LINES

PATIENCE: Final = 600.0


def contract(con_id: int = 265598) -> Contract:
    """Makes what to ask for."""
    made = Contract()
    made.conId = con_id
    made.symbol = "AAPL"
    made.secType = "STK"
    made.exchange = "SMART"
    made.currency = "USD"
    return made


class App(EWrapper, EClient):
    """What a user writes: it inherits the callbacks and overrides those it wants."""

    def __init__(self) -> None:
        EWrapper.__init__(self)
        EClient.__init__(self, self)
        self.is_ready = threading.Event()
        self.is_over = threading.Event()
        self.heart = Heart()
        self.open_lines = 1
        self.seen = 0
        self.bars: list[tuple[datetime, BarData]] = []
        self.ages: list[float] = []
        self.is_stamped = False
        self.orders: dict[int, Order] = {}
        self.statuses: dict[int, str] = {}
        self.executions: dict[int, list[Execution]] = {}

    def start(self, task: Task) -> None:
        """Connects, and returns when requests are welcome."""
        self.connect(HOST, task.port, CLIENT_ID)
        threading.Thread(target=self.run, daemon=True).start()
        if not self.is_ready.wait(PATIENCE):
            raise TimeoutError("the session did not become ready")

    def wait(self) -> None:
        """Waits for the end of what was asked for."""
        if not self.is_over.wait(PATIENCE):
            raise TimeoutError("the last event did not come")
        self.is_over.clear()

    def error(
        self,
        reqId: int,
        errorTime: int,
        errorCode: int,
        errorString: str,
        advancedOrderRejectJson: str = "",
    ) -> None:
        """Does nothing: the default logs."""

    def nextValidId(self, orderId: int) -> None:
        self.is_ready.set()

    def currentTime(self, time: int) -> None:
        self.is_over.set()

    def tickPrice(self, reqId: int, tickType: int, price: float, attrib: TickAttrib) -> None:
        self.seen += 1
        if price == LAST_PRICE:
            self.open_lines -= 1
            if not self.open_lines:
                self.is_over.set()

    def tickSize(self, reqId: int, tickType: int, size: Decimal) -> None:
        self.seen += 1

    def tickByTickAllLast(
        self,
        reqId: int,
        tickType: int,
        time: int,
        price: float,
        size: Decimal,
        tickAttribLast: TickAttribLast,
        exchange: str,
        specialConditions: str,
    ) -> None:
        if price == LAST_PRICE:
            self.is_over.set()
        elif self.is_stamped:
            self.ages.append(stamp() - price)
        else:
            self.heart.has_begun = True
        self.seen += 1

    def historicalData(self, reqId: int, bar: BarData) -> None:
        self.bars.append((datetime.fromtimestamp(int(bar.date), UTC), bar))

    def historicalDataEnd(self, reqId: int, start: str, end: str) -> None:
        self.is_over.set()

    def openOrder(
        self, orderId: int, contract: Contract, order: Order, orderState: OrderState
    ) -> None:
        self.orders[orderId] = order
        self.seen += 1

    def orderStatus(self, orderId: int, status: str, *rest: Any) -> None:
        self.statuses[orderId] = status
        self.seen += 1

    def execDetails(self, reqId: int, contract: Contract, execution: Execution) -> None:
        self.executions.setdefault(execution.orderId, []).append(execution)
        self.seen += 1

    def openOrderEnd(self) -> None:
        self.is_over.set()


def started(task: Task) -> App:
    """Makes a client that is connected."""
    app = App()
    app.start(task)
    return app


def ticks(task: Task) -> Found:
    app, found = started(task), Found()
    for req_id, count in enumerate(task.passes, 1):
        app.open_lines = 1
        meter = Meter()
        app.reqMktData(req_id, contract(), "", False, False, [])
        app.wait()
        found = meter.each(count)
    return found


def fan_out(task: Task) -> Found:
    app, found = started(task), Found()
    for at, count in enumerate(task.passes):
        app.open_lines = LINES
        meter = Meter()
        for line in range(LINES):
            app.reqMktData(1 + at * LINES + line, contract(line + 1), "", False, False, [])
        app.wait()
        found = meter.each(count)
    return found


def trades(task: Task) -> Found:
    app, found = started(task), Found()
    for req_id, count in enumerate(task.passes, 1):
        app.seen = 0
        meter = Meter()
        app.reqTickByTickData(req_id, contract(), "AllLast", 0, False)
        app.wait()
        found = meter.each(count)
        assert app.seen == count
    return found


def history(task: Task) -> Found:
    app, found = started(task), Found()
    for req_id, count in enumerate(task.passes, 1):
        app.bars.clear()
        meter = Meter()
        app.reqHistoricalData(req_id, contract(), "", "1 D", "5 secs", "TRADES", 1, 2, False, [])
        app.wait()
        found = meter.each(count)
        assert len(app.bars) == count
    return found | peak()


def orders(task: Task) -> Found:
    """Keeps the last of each report, by order: the least that a program has to do."""
    app, found = started(task), Found()
    for count in task.passes:
        app.seen = 0
        meter = Meter()
        app.reqAllOpenOrders()
        app.wait()
        found = meter.each(count)
        assert app.seen == count
    return found


def ping(task: Task) -> Found:
    app, found = started(task), Found()
    for count in task.passes:
        took: list[float] = []
        meter = Meter()
        for _ in range(count):
            began = time.perf_counter()
            app.reqCurrentTime()
            app.wait()
            took.append(time.perf_counter() - began)
        found = meter.each(count) | spread(took)
    return found


def paced(task: Task) -> Found:
    app, found = started(task), Found()
    app.is_stamped = True
    for req_id, count in enumerate(task.passes, 1):
        app.ages.clear()
        meter = Meter()
        app.reqTickByTickData(req_id, contract(), "AllLast", 0, False)
        app.wait()
        found = meter.each(count) | spread(app.ages)
    return found


def fairness(task: Task) -> Found:
    """The other task is another thread, as it has to be with this client."""
    app = started(task)
    for req_id in range(1, len(task.passes) + 1):
        app.heart = Heart()
        beating = threading.Thread(target=beat, args=[app.heart], daemon=True)
        beating.start()
        app.reqTickByTickData(req_id, contract(), "AllLast", 0, False)
        app.wait()
        app.heart.is_over = True
        beating.join(PATIENCE)
    return app.heart.found()


def beat(heart: Heart) -> None:
    """Wants a turn every millisecond."""
    while not heart.is_over:
        due = time.perf_counter() + HEARTBEAT
        time.sleep(HEARTBEAT)
        heart.woken(due)


def connect(task: Task) -> Found:
    found: Found = {}
    for count in task.passes:
        meter = Meter()
        for _ in range(count):
            started(task).disconnect()
        found = meter.each(count)
    return {"wall_ms": found["wall_us"] / 1e3, "cpu_ms": found["cpu_us"] / 1e3}


RUNNERS: Final = {
    "ticks": ticks,
    "trades": trades,
    "history": history,
    "orders": orders,
    "fan-out": fan_out,
    "ping": ping,
    "paced": paced,
    "fairness": fairness,
    "connect": connect,
}

if __name__ == "__main__":
    main(RUNNERS)
