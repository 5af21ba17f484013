"""One day of IB's own Python client; prints what it was told, as JSON.

    python -m tests.conformance.days.official PORT

What this server version does not know has no place in the report.
"""

import json
import os
import sys
import time
from decimal import Decimal
from typing import Any

from ibapi.execution import ExecutionFilter
from ibapi.order_cancel import OrderCancel
from ibapi.scanner import ScannerSubscription

from tests.conformance.days import plan
from tests.conformance.days.official_desk import Desk, contract, number, order, unless_unset
from trio_tws import _versions as v

ENDS = {"Filled", "Cancelled", "ApiCancelled", "Inactive"}

STOCK = contract(**plan.STOCK)
OTHER = contract(**plan.OTHER)


# The state of things ..............................................................................


def synchronize(desk: Desk) -> dict[str, Any]:
    """Asks for all there is, as a program does when it starts."""
    client, found = desk.client, dict[str, Any]()
    client.reqAutoOpenOrders(True)
    at = desk.ask_nameless("openOrderEnd", client.reqOpenOrders)
    found["orders"] = orders_told(desk, at)
    at = desk.ask_nameless("completedOrdersEnd", lambda: client.reqCompletedOrders(False))
    if at is not None:
        told = desk.told("completedOrder", since=at)
        found["completed"] = {one.permId: state.status for _, one, state in told}
        found["ends"] = {
            one.permId: [state.completedStatus, number(one.filledQuantity)]
            for _, one, state in told
        }
    at = desk.ask_nameless("positionEnd", client.reqPositions)
    found["positions"] = {
        held.conId: [number(size), cost]
        for _, held, size, cost in desk.told("position", since=at or 0)
    }
    client.cancelPositions()
    at = desk.ask_nameless("accountDownloadEnd", lambda: client.reqAccountUpdates(True, ""))
    found["account"] = {
        f"{key} {currency}": value
        for key, value, currency, _ in desk.told("updateAccountValue", since=at or 0)
    }
    found["portfolio"] = {
        held.conId: [number(size), cost, realized]
        for held, size, _, _, cost, _, realized, _ in desk.told("updatePortfolio", since=at or 0)
    }
    client.reqAccountUpdates(False, "")
    req_id = desk.ask("execDetailsEnd", lambda one: client.reqExecutions(one, ExecutionFilter()))
    found["executions"] = executions(desk, req_id)
    found["costs"] = costs(desk)
    return found


def orders_told(desk: Desk, since: int | None) -> dict[int, Any]:
    kinds = {
        one.permId: [held.conId, one.action, one.orderType, number(one.totalQuantity)]
        for _, held, one, _ in desk.told("openOrder", since=since or 0)
    }
    return {
        perm_id: [order_id, status, number(filled), number(left), *kinds[perm_id]]
        for order_id, status, filled, left, _, perm_id, *_ in desk.told(
            "orderStatus", since=since or 0
        )
    }


def executions(desk: Desk, req_id: int) -> dict[str, Any]:
    return {
        one.execId: [
            held.conId,
            one.side,
            number(one.shares),
            one.price,
            one.orderId,
            one.permId,
            number(one.cumQty),
            one.avgPrice,
            one.acctNumber,
        ]
        for _, held, one in desk.told("execDetails", req_id)
    }


def costs(desk: Desk) -> dict[str, Any]:
    return {
        one.execId: [one.commissionAndFees, one.currency, unless_unset(one.realizedPNL)]
        for (one,) in desk.told("commissionAndFeesReport")
    }


# The market .......................................................................................


def look_up(desk: Desk) -> dict[str, Any]:
    client, found = desk.client, dict[str, Any]()
    req_id = desk.ask("contractDetailsEnd", lambda one: client.reqContractDetails(one, STOCK))
    ((_, details),) = desk.told("contractDetails", req_id)
    found["details"] = [details.contract.conId, details.longName, details.minTick]
    end, duration, size, show = plan.BARS
    req_id = desk.ask(
        "historicalDataEnd",
        lambda one: client.reqHistoricalData(
            one, STOCK, end, duration, size, show, 0, 2, False, []
        ),
    )
    found["bars"] = [bar(one) for _, one in desk.told("historicalData", req_id)]
    found["scan"] = scan(desk)
    req_id = desk.ask(
        "securityDefinitionOptionParameterEnd",
        lambda one: client.reqSecDefOptParams(one, "AAPL", "", "STK", plan.STOCK_ID),
    )
    if desk.told("securityDefinitionOptionParameterEnd", req_id):
        found["chains"] = [
            [exchange, under, name, multiplier, sorted(days), sorted(strikes)]
            for _, exchange, under, name, multiplier, days, strikes in desk.told(
                "securityDefinitionOptionParameter", req_id
            )
        ]
    return found | news(desk)


def scan(desk: Desk) -> list[Any]:
    wanted = ScannerSubscription()
    filters: list[Any] | None = []
    if desk.client.serverVersion() < v.SCANNER_GENERIC_OPTS:
        filters = None  # an empty list is too much for it
    wanted.instrument, wanted.locationCode, wanted.scanCode = plan.SCAN
    req_id = desk.ask(
        "scannerDataEnd",
        lambda one: desk.client.reqScannerSubscription(one, wanted, [], filters),
    )
    desk.client.cancelScannerSubscription(req_id)
    return [
        [rank, details.contract.conId] for _, rank, details, *_ in desk.told("scannerData", req_id)
    ]


def news(desk: Desk) -> dict[str, Any]:
    client, found = desk.client, dict[str, Any]()
    at = desk.ask_nameless("newsProviders", client.reqNewsProviders)
    if at is None:
        return found
    ((providers,),) = desk.told("newsProviders", since=at)
    found["providers"] = [[one.code, one.name] for one in providers]
    codes = "+".join(one.code for one in providers)
    req_id = desk.ask(
        "historicalNewsEnd",
        lambda one: client.reqHistoricalNews(
            one, plan.STOCK_ID, codes, plan.NEWS_SINCE, plan.NEWS_UNTIL, 10, []
        ),
    )
    told = desk.told("historicalNews", req_id)
    if not told:
        return found
    found["news"] = [list(headline[1:]) for headline in told]
    _, _, provider, article_id, _ = told[0]
    req_id = desk.ask(
        "newsArticle", lambda one: client.reqNewsArticle(one, provider, article_id, [])
    )
    ((_, kind, text),) = desk.told("newsArticle", req_id)
    return found | {"article": [kind, text]}


def bar(one: Any) -> list[Any]:
    return [int(one.date), one.open, one.high, one.low, one.close, number(one.volume), one.barCount]


def watch(desk: Desk) -> dict[str, Any]:
    """Opens a stream of each kind, and closes all of them after some time."""
    client, found = desk.client, dict[str, Any]()
    line, depth, bars, growing, trades, quotes = (desk.req_id() for _ in range(6))
    listed = contract(**plan.STOCK | {"exchange": plan.LISTED_AT})
    duration, size, show = plan.GROWING
    client.reqMktData(line, STOCK, "", False, False, [])
    client.reqMktDepth(depth, listed, plan.ROWS, False, [])
    client.reqRealTimeBars(bars, STOCK, 5, "TRADES", False, [])
    can_grow = client.serverVersion() >= v.SYNT_REALTIME_BARS
    if can_grow:
        client.reqHistoricalData(growing, STOCK, "", duration, size, show, 0, 2, True, [])
    client.reqTickByTickData(trades, STOCK, "AllLast", 0, False)
    client.reqTickByTickData(quotes, OTHER, "BidAsk", 0, False)
    time.sleep(plan.WATCH)
    desk.come_to_rest()
    client.cancelMktData(line)
    client.cancelMktDepth(depth, False)
    client.cancelRealTimeBars(bars)
    if can_grow:
        client.cancelHistoricalData(growing)
    has_singles = client.serverVersion() >= v.TICK_BY_TICK
    if has_singles:
        client.cancelTickByTickData(trades)
        client.cancelTickByTickData(quotes)
    desk.come_to_rest()
    found["line"] = picture(desk, line)
    found["depth"] = book(desk.told("updateMktDepth", depth))
    found["real_time_bars"] = [
        [start, first, high, low, last, number(volume), count]
        for _, start, first, high, low, last, volume, _, count in desk.told("realtimeBar", bars)
    ]
    if can_grow:
        updates = desk.told("historicalDataUpdate", growing)
        told = [bar(one) for _, one in desk.told("historicalData", growing) + updates]
        found["growing"] = [*{one[0]: one for one in told}.values()]
        found["updates"] = len(updates)
    if has_singles:
        found["trades"] = [
            [second, price, number(size)]
            for _, _, second, price, size, *_ in desk.told("tickByTickAllLast", trades)
        ]
        found["quotes"] = [
            [second, bid, ask, number(bid_size), number(ask_size)]
            for _, second, bid, ask, bid_size, ask_size, *_ in desk.told("tickByTickBidAsk", quotes)
        ]
    return found


TICKS = {1: "bid", 2: "ask", 4: "last", 6: "high", 7: "low", 9: "close", 14: "open"}
SIZES = {0: "bid_size", 3: "ask_size", 5: "last_size", 8: "volume"}


def picture(desk: Desk, req_id: int) -> dict[str, Any]:
    """Gives what a line stood at in the end."""
    prices = {TICKS[kind]: price for _, kind, price, _ in desk.told("tickPrice", req_id)}
    sizes = {SIZES[kind]: number(size) for _, kind, size in desk.told("tickSize", req_id)}
    return prices | sizes


def book(rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Does to a book what each row says."""
    sides: dict[int, list[Any]] = {0: [], 1: []}
    for _, at, operation, side, price, size in rows:
        level = [[price, number(size)]]
        sides[side][at : at + (operation != 0)] = [] if operation == 2 else level
    return {"ask": sides[0], "bid": sides[1]}


# Trading ..........................................................................................


def trade(desk: Desk) -> dict[str, Any]:
    """Buys, changes its mind, sets a bracket, and sells."""
    client, ids = desk.client, iter(range(desk.next_order_id, desk.next_order_id + 100))
    found: dict[str, Any] = {}

    def place(order_id: int, **fields: Any) -> None:
        if client.serverVersion() < v.CASH_QTY:
            fields["cashQty"] = 0.0  # what it means by none is too much for it
        client.placeOrder(order_id, STOCK, order(**fields))

    def until(order_id: int, *statuses: str) -> None:
        def has_come() -> bool:
            told = desk.told("orderStatus", order_id)
            return bool(told) and told[-1][1] in statuses

        desk.wait(has_come, (order_id, statuses))

    bought = next(ids)
    place(bought, action="BUY", orderType="MKT", totalQuantity=Decimal(200))
    until(bought, "Filled")

    changed = next(ids)
    limit = {"action": "BUY", "orderType": "LMT"}
    place(changed, **limit, totalQuantity=Decimal(100), lmtPrice=plan.LOW)
    until(changed, "Submitted")
    place(changed, **limit, totalQuantity=Decimal(150), lmtPrice=plan.LOW + 1)
    desk.wait(lambda: terms(desk, changed) == ["150", plan.LOW + 1], "the change")
    found["changed_to"] = terms(desk, changed)
    client.cancelOrder(changed, OrderCancel())
    until(changed, "Cancelled")

    rests = next(ids)
    place(rests, **limit, totalQuantity=Decimal(70), lmtPrice=plan.LOW, tif="GTC")
    until(rests, "Submitted")

    parent, target, stop = next(ids), next(ids), next(ids)
    size = {"totalQuantity": Decimal(100)}
    child = {"action": "SELL", **size, "parentId": parent}
    place(parent, **limit, **size, lmtPrice=plan.HIGH, transmit=False)
    place(target, **child, orderType="LMT", lmtPrice=plan.HIGH, transmit=False)
    place(stop, **child, orderType="STP", auxPrice=plan.LOW, transmit=True)
    until(parent, "Filled")
    until(target, "Submitted")
    until(stop, "PreSubmitted")

    sold = next(ids)
    place(sold, action="SELL", orderType="MKT", totalQuantity=Decimal(50))
    until(sold, "Filled")

    asked = next(ids)
    place(asked, **limit, totalQuantity=Decimal(300), lmtPrice=250.0, whatIf=True)
    desk.wait(lambda: desk.told("openOrder", asked), "what if")
    ((_, _, _, state),) = desk.told("openOrder", asked)
    found["what_if"] = [float(state.initMarginAfter), state.commissionAndFees]

    desk.wait(lambda: set(all_deals(desk)) <= set(costs(desk)), "what it cost")
    desk.come_to_rest()
    found["statuses"] = {
        order_id: [told[1] for told in desk.told("orderStatus", order_id)]
        for order_id in (bought, changed, rests, parent, target, stop, sold)
    }
    found["stood"] = {
        told[0]: [told[1], number(told[2]), number(told[3]), told[4], told[5]]
        for told in desk.told("orderStatus")
    }
    found["deals"], found["costs"] = all_deals(desk), costs(desk)
    return found


def terms(desk: Desk, order_id: int) -> list[Any]:
    _, _, told, _ = desk.told("openOrder", order_id)[-1]
    return [number(told.totalQuantity), told.lmtPrice]


def all_deals(desk: Desk) -> dict[str, Any]:
    return executions(desk, -1)


def account(desk: Desk) -> dict[str, Any]:
    client, found = desk.client, dict[str, Any]()
    tags = ",".join(plan.SUMMARY)
    req_id = desk.ask("accountSummaryEnd", lambda one: client.reqAccountSummary(one, "All", tags))
    client.cancelAccountSummary(req_id)
    found["summary"] = {told[2]: told[3] for told in desk.told("accountSummary", req_id)}
    req_id = desk.ask("pnl", lambda one: client.reqPnL(one, desk.accounts, ""))
    if not desk.told("pnl", req_id):
        return found
    single = desk.ask(
        "pnlSingle", lambda one: client.reqPnLSingle(one, desk.accounts, "", plan.STOCK_ID)
    )
    # What comes first is empty.
    desk.wait(lambda: len(desk.told("pnl", req_id)) > 1, "profit and loss")
    desk.wait(lambda: len(desk.told("pnlSingle", single)) > 1, "profit and loss of one")
    client.cancelPnL(req_id)
    client.cancelPnLSingle(single)
    found["pnl"] = [unless_unset(value) for value in desk.told("pnl", req_id)[-1][1:]]
    _, size, *values = desk.told("pnlSingle", single)[-1]
    return found | {"pnl_single": [number(size), *map(unless_unset, values)]}


def tidy_up(desk: Desk) -> dict[str, Any]:
    """Cancels what is open: one order by its number, then all."""
    (first, *others) = sorted(one for one, *_ in desk.told("orderStatus") if one > 0)
    desk.client.cancelOrder(first, OrderCancel())
    desk.wait(lambda: desk.told("orderStatus", first)[-1][1] == "Cancelled", first)
    desk.client.reqGlobalCancel(OrderCancel())
    desk.wait(
        lambda: {*{told[0]: told[1] for told in desk.told("orderStatus")}.values()} <= ENDS, others
    )
    return {told[0]: told[1] for told in desk.told("orderStatus")}


def main() -> None:
    """Does the day, twice connected, and prints what was said."""
    port, said = int(sys.argv[1]), dict[str, Any]()
    try:
        desk = Desk(port)
        said |= {"accounts": desk.accounts, "server_version": desk.client.serverVersion()}
        said["first"] = synchronize(desk)
        said |= look_up(desk) | watch(desk)
        said |= trade(desk) | account(desk)
        desk.close()
        said["errors"] = desk.errors()
        desk = Desk(port)
        said["next_order_id"] = desk.next_order_id
        said["second"] = synchronize(desk)
        said["tidied"] = tidy_up(desk)
        desk.close()
        said["later_errors"] = desk.errors()
    except Exception as error:  # noqa: BLE001 - the test says that there should be none
        said["failure"] = repr(error)
    sys.stdout.write(json.dumps(said))
    sys.stdout.flush()
    os._exit(0)


main()
