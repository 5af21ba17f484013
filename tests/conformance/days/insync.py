"""One day of ib_async or of ib_insync; prints what it reports, as JSON.

    python -m tests.conformance.days.insync PORT ib_async

The one goes back to the other, and what is used here they have alike. What it knows after its
default start-up is read from it without another question.
"""

import asyncio
import importlib
import json
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.conformance.days import plan

lib = importlib.import_module(sys.argv[2])

PATIENCE = 8.0
SHORT = 1e-3


def number(value: Any) -> str:
    """Gives a size as a number that has one spelling."""
    return f"{Decimal(str(value)).normalize():f}"


def known(value: float) -> float | None:
    """Gives None for what they say instead of nothing."""
    return None if value != value or value > 1e300 else value  # noqa: PLR0124 - not a number


async def until(enough: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not enough():  # noqa: ASYNC110 - what they know has no event of its own
            await asyncio.sleep(SHORT)


# The state of things ..............................................................................


async def synchronize(ib: Any, port: int) -> dict[str, Any]:
    """Connects as it does by default, which asks for everything."""
    await ib.connectAsync("127.0.0.1", port, plan.CLIENT_ID)
    values = [one for one in ib.accountValues() if one.account == ib.managedAccounts()[0]]
    return {
        "orders": {
            one.order.permId: [
                one.order.orderId,
                one.orderStatus.status,
                number(one.orderStatus.filled),
                number(one.orderStatus.remaining),
                one.contract.conId,
                one.order.action,
                one.order.orderType,
                number(one.order.totalQuantity),
            ]
            for one in ib.openTrades()
        },
        "completed": {
            one.order.permId: one.orderStatus.status for one in ib.trades() if one.isDone()
        },
        "positions": {
            one.contract.conId: [number(one.position), one.avgCost] for one in ib.positions()
        },
        "account": {f"{one.tag} {one.currency}": one.value for one in values},
        "portfolio": {
            one.contract.conId: [number(one.position), one.averageCost, one.realizedPNL]
            for one in ib.portfolio()
        },
        "executions": executions(ib.fills()),
        "costs": costs(ib.fills()),
    }


def executions(fills: list[Any]) -> dict[str, Any]:
    return {
        one.execution.execId: [
            one.contract.conId,
            one.execution.side,
            number(one.execution.shares),
            one.execution.price,
            one.execution.orderId,
            one.execution.permId,
            number(one.execution.cumQty),
            one.execution.avgPrice,
            one.execution.acctNumber,
        ]
        for one in fills
    }


def costs(fills: list[Any]) -> dict[str, Any]:
    reports = [one.commissionReport for one in fills if one.commissionReport.execId]
    return {one.execId: [one.commission, one.currency, one.realizedPNL or None] for one in reports}


# The market .......................................................................................


async def look_up(ib: Any, stock: Any) -> dict[str, Any]:
    (details,) = await ib.reqContractDetailsAsync(stock)
    end, duration, size, show = plan.BARS
    bars = await ib.reqHistoricalDataAsync(
        stock, end, duration, size, show, useRTH=False, formatDate=2
    )
    instrument, location, code = plan.SCAN
    wanted = lib.ScannerSubscription(instrument=instrument, locationCode=location, scanCode=code)
    ranked = await ib.reqScannerDataAsync(wanted)
    chains = await ib.reqSecDefOptParamsAsync("AAPL", "", "STK", plan.STOCK_ID)
    providers = await ib.reqNewsProvidersAsync()
    codes = "+".join(one.code for one in providers)
    news = await ib.reqHistoricalNewsAsync(
        plan.STOCK_ID, codes, plan.NEWS_SINCE, plan.NEWS_UNTIL, 10
    )
    article = await ib.reqNewsArticleAsync(news[0].providerCode, news[0].articleId)
    return {
        "details": [details.contract.conId, details.longName, details.minTick],
        "bars": [bar(one) for one in bars],
        "scan": [[one.rank, one.contractDetails.contract.conId] for one in ranked],
        "chains": [
            [
                one.exchange,
                int(one.underlyingConId),
                one.tradingClass,
                one.multiplier,
                sorted(one.expirations),
                sorted(one.strikes),
            ]
            for one in chains
        ],
        "providers": [[one.code, one.name] for one in providers],
        "news": [
            [f"{one.time:%Y-%m-%d %H:%M:%S}.0", one.providerCode, one.articleId, one.headline]
            for one in news
        ],
        "article": [article.articleType, article.articleText],
    }


def bar(one: Any) -> list[Any]:
    moment = getattr(one, "date", None) or one.time
    first = one.open_ if hasattr(one, "open_") else one.open
    count = one.barCount if hasattr(one, "barCount") else one.count
    return [
        int(moment.timestamp()),
        first,
        one.high,
        one.low,
        one.close,
        number(one.volume),
        count,
    ]


async def watch(ib: Any, stock: Any) -> dict[str, Any]:
    """Opens a stream of each kind, and closes all of them after some time."""
    listed = lib.Contract(conId=plan.STOCK_ID, **plan.STOCK | {"exchange": plan.LISTED_AT})
    duration, size, show = plan.GROWING
    line = ib.reqMktData(stock)
    depth = ib.reqMktDepth(listed, plan.ROWS)
    bars = ib.reqRealTimeBars(stock, 5, "TRADES", useRTH=False)
    found: dict[str, Any] = {"trades": [], "quotes": [], "updates": 0}
    rows: list[Any] = []

    def moved(ticker: Any) -> None:
        rows.extend(ticker.domTicks)

    depth.updateEvent += moved

    def grew(_bars: Any, _is_new: bool) -> None:
        found["updates"] += 1

    def ticked(ticker: Any) -> None:
        for one in ticker.tickByTicks:
            if hasattr(one, "bidPrice"):  # its time is that at which it came
                sizes = [number(one.bidSize), number(one.askSize)]
                found["quotes"].append([None, one.bidPrice, one.askPrice, *sizes])
            else:
                found["trades"].append([None, one.price, number(one.size)])

    growing = await ib.reqHistoricalDataAsync(
        stock, "", duration, size, show, useRTH=False, formatDate=2, keepUpToDate=True
    )
    growing.updateEvent += grew
    (other,) = await ib.qualifyContractsAsync(lib.Contract(**plan.OTHER))
    for ticker in (
        ib.reqTickByTickData(stock, "AllLast"),
        ib.reqTickByTickData(other, "BidAsk"),
    ):
        ticker.updateEvent += ticked
    await asyncio.sleep(plan.WATCH)
    await ib.reqCurrentTimeAsync()
    found |= {"line": picture(line), "depth": book(rows)}
    # What it makes of the rows itself; cancelling empties it.
    found["own_book"] = {
        side: [[row.price, number(row.size)] for row in rows]
        for side, rows in {"ask": depth.domAsks, "bid": depth.domBids}.items()
    }
    ib.cancelMktData(stock)
    ib.cancelMktDepth(listed)
    ib.cancelRealTimeBars(bars)
    ib.cancelHistoricalData(growing)
    ib.cancelTickByTickData(stock, "AllLast")
    ib.cancelTickByTickData(other, "BidAsk")
    await ib.reqCurrentTimeAsync()
    return found | {
        "real_time_bars": [bar(one) for one in bars],
        "growing": [bar(one) for one in growing],
    }


def picture(line: Any) -> dict[str, Any]:
    """Gives what a line stands at."""
    prices = ("bid", "ask", "last", "high", "low", "close", "open")
    sizes = {"bidSize": "bid_size", "askSize": "ask_size", "lastSize": "last_size"}
    sizes["volume"] = "volume"
    return {name: getattr(line, name) for name in prices} | {
        name: number(getattr(line, theirs)) for theirs, name in sizes.items()
    }


def book(rows: list[Any]) -> dict[str, Any]:
    """Does to a book what each row says."""
    sides: dict[int, list[Any]] = {0: [], 1: []}
    for row in rows:
        level = [] if row.operation == 2 else [[row.price, number(row.size)]]
        sides[row.side][row.position : row.position + (row.operation != 0)] = level
    return {"ask": sides[0], "bid": sides[1]}


# Trading ..........................................................................................


async def trade(ib: Any, stock: Any) -> dict[str, Any]:
    """Buys, changes its mind, sets a bracket, and sells."""
    trades: list[Any] = []

    def place(one: Any) -> Any:
        trades.append(ib.placeOrder(stock, one))
        return trades[-1]

    def stands(one: Any, *statuses: str) -> Any:
        return until(lambda: one.orderStatus.status in statuses)

    await stands(place(lib.MarketOrder("BUY", 200)), "Filled")

    changed = place(lib.LimitOrder("BUY", 100, plan.LOW))
    await stands(changed, "Submitted")
    changed.order.totalQuantity, changed.order.lmtPrice = 150, plan.LOW + 1
    before = len(changed.log)
    ib.placeOrder(stock, changed.order)
    await until(lambda: changed.orderStatus.remaining == 150)
    assert changed.log[before].message == "Modify"
    changed_to = [number(changed.order.totalQuantity), changed.order.lmtPrice]
    ib.cancelOrder(changed.order)
    await stands(changed, "Cancelled")

    rests = place(lib.LimitOrder("BUY", 70, plan.LOW, tif="GTC"))
    await stands(rests, "Submitted")

    bracket = ib.bracketOrder("BUY", 100, plan.HIGH, plan.HIGH, plan.LOW)
    parent, target, stop = [place(one) for one in bracket]
    await stands(parent, "Filled")
    await stands(target, "Submitted")
    await stands(stop, "PreSubmitted")

    await stands(place(lib.MarketOrder("SELL", 50)), "Filled")
    preview = await ib.whatIfOrderAsync(stock, lib.LimitOrder("BUY", 300, 250.0))
    ours = [fill for one in trades for fill in one.fills]
    await until(lambda: all(one.commissionReport.execId for one in ours))
    await ib.reqCurrentTimeAsync()
    return {
        "changed_to": changed_to,
        "what_if": [float(preview.initMarginAfter), preview.commission],
        "statuses": {one.order.orderId: [entry.status for entry in one.log] for one in trades},
        "stood": {
            one.order.orderId: [
                one.orderStatus.status,
                number(one.orderStatus.filled),
                number(one.orderStatus.remaining),
                one.orderStatus.avgFillPrice,
                one.orderStatus.permId,
            ]
            for one in trades
        },
        "deals": executions(ours),
        "costs": costs(ours),
    }


async def account(ib: Any) -> dict[str, Any]:
    (name,) = ib.managedAccounts()
    values = await ib.accountSummaryAsync(name)
    pnl = ib.reqPnL(name)
    single = ib.reqPnLSingle(name, "", plan.STOCK_ID)
    # What comes first is empty.
    await until(lambda: known(pnl.dailyPnL) is not None and known(single.value) is not None)
    ib.cancelPnL(name)
    ib.cancelPnLSingle(name, "", plan.STOCK_ID)
    return {
        "summary": {one.tag: one.value for one in values if one.tag in plan.SUMMARY},
        "pnl": [known(one) for one in (pnl.dailyPnL, pnl.unrealizedPnL, pnl.realizedPnL)],
        "pnl_single": [
            number(single.position),
            *(
                known(one)
                for one in (single.dailyPnL, single.unrealizedPnL, single.realizedPnL, single.value)
            ),
        ],
    }


async def tidy_up(ib: Any) -> dict[str, Any]:
    """Cancels what is open: one order by its number, then all."""
    trades = sorted(ib.openTrades(), key=lambda one: one.order.orderId)
    first = next(one for one in trades if one.order.orderId > 0)
    ib.cancelOrder(first.order)
    await until(first.isDone)
    ib.reqGlobalCancel()
    await until(lambda: all(one.isDone() for one in trades))
    return {one.order.orderId: one.orderStatus.status for one in trades}


async def day(port: int, said: dict[str, Any]) -> None:
    """Does the day, twice connected."""
    ib = lib.IB()

    def err(req_id: int, code: int, words: str, _contract: Any) -> None:
        errors.append([req_id, code, words])

    errors: list[Any] = []
    said["errors"] = errors
    ib.errorEvent += err
    said["first"] = await synchronize(ib, port)
    said["accounts"] = ",".join(ib.managedAccounts())
    said["server_version"] = ib.client.serverVersion()
    (stock,) = await ib.qualifyContractsAsync(lib.Contract(**plan.STOCK))
    said |= await look_up(ib, stock)
    said |= await watch(ib, stock)
    said |= await trade(ib, stock)
    said |= await account(ib)
    ib.disconnect()
    errors = said["later_errors"] = []
    said["second"] = await synchronize(ib, port)
    said["next_order_id"] = ib.client.getReqId()
    said["tidied"] = await tidy_up(ib)
    ib.disconnect()


async def main() -> None:
    """Prints what was said, and what went wrong."""
    said: dict[str, Any] = {}
    try:
        await day(int(sys.argv[1]), said)
    except Exception as error:  # noqa: BLE001 - the test says that there should be none
        said["failure"] = repr(error)
    sys.stdout.write(json.dumps(said))


asyncio.run(main())
