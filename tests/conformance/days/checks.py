"""What a client reports of its day, held against the books of the simulator that it spent it with.

What depends on the moment has to agree with one moment of the day.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import attrs

from tests.conformance.days import plan
from trio_tws import _versions as v
from trio_tws._enums import DepthSide, TickByTickKind
from trio_tws._model.tick_by_tick import QuoteTick
from trio_tws.testing import INSTRUMENTS, MarketBar, Simulator
from trio_tws.testing._commissions import commission
from trio_tws.testing._depth_answers import levels
from trio_tws.testing._executions_log import Deal
from trio_tws.testing._news_answers import PROVIDERS
from trio_tws.testing._order_booked import BookedOrder
from trio_tws.testing._tick_by_tick_answers import tick_at

OFFICIAL: Final = "official"
IB_ASYNC: Final = "ib_async"

ACCOUNT: Final = "DU1234567"
CASH: Final = Decimal(1_000_000)
FARMS: Final = {2104, 2106, 2158}
CANCELLED: Final = {162, 202}
CENT: Final = Decimal("0.01")

NEEDS: Final = {
    "chains": v.SEC_DEF_OPT_PARAMS_REQ,
    "providers": v.REQ_NEWS_PROVIDERS,
    "article": v.REQ_NEWS_ARTICLE,
    "news": v.REQ_HISTORICAL_NEWS,
    "growing": v.SYNT_REALTIME_BARS,
    "pnl": v.REALIZED_PNL,
    "pnl_single": v.REALIZED_PNL,
    "trades": v.TICK_BY_TICK,
    "quotes": v.TICK_BY_TICK,
}
"""Since which server version there is a chapter of the report."""


@attrs.frozen
class Day:
    """A client's day."""

    client: str
    version: int
    """That of the session."""
    report: dict[str, Any]
    simulator: Simulator
    began: float
    """The simulated time, in epoch seconds."""
    ended: float

    @property
    def seconds(self) -> range:
        """All seconds of it."""
        return range(int(self.began), int(self.ended) + 2)

    @property
    def orders(self) -> list[BookedOrder]:
        """All orders, of people too."""
        book = self.simulator.exchange.book
        return sorted([*book.open(), *book.done()], key=lambda booked: booked.perm_id)

    def own(self, order_id: int) -> BookedOrder:
        """Gives an order of the client."""
        (found,) = [one for one in self.orders if one.order_id == order_id and not one.is_manual]
        return found

    @property
    def deals(self) -> list[Deal]:
        """All that was traded."""
        return self.simulator.exchange.log.current()


def number(value: Decimal) -> str:
    """Spells a size as the reports do."""
    return f"{value.normalize():f}"


def agrees_once(day: Day, told: object, expected: Callable[[int], object]) -> None:
    """Asserts that something was told that was so at one moment of the day."""
    possible = [expected(second) for second in day.seconds]
    assert told in possible, (told, possible)


# The sessions .....................................................................................


def check_the_sessions(day: Day) -> None:
    report = day.report
    assert "failure" not in report, report["failure"]
    assert report["server_version"] == day.version
    assert report["accounts"] == ACCOUNT
    highest = max(booked.order_id for booked in day.orders)
    if day.client == OFFICIAL:
        expected_id = day.simulator.exchange.next_order_id(plan.CLIENT_ID)
        assert report["next_order_id"] == expected_id
    assert report["next_order_id"] > highest
    surprises = {code for _, code, _ in report["errors"] + report["later_errors"]}
    surprises -= FARMS | CANCELLED
    expected = set()
    if day.client == OFFICIAL and day.version < v.COMPLETED_ORDERS:
        expected.add(321)  # it asks for completed orders at any version
    if day.version < max(NEEDS.values()):
        expected.add(503)
    assert surprises == expected, report["errors"] + report["later_errors"]
    assert sorted(NEEDS.keys() & report) == sorted(
        name for name, since in NEEDS.items() if day.version >= since
    )


def check_what_was_there_before(day: Day) -> None:
    people = [booked for booked in day.orders if booked.is_manual]
    check_state(
        day, day.report["first"], people, [one for one in day.deals if one.booked in people]
    )


def check_what_is_there_on_return(day: Day) -> None:
    check_state(day, day.report["second"], day.orders, day.deals)


def check_state(
    day: Day, told: dict[str, Any], orders: Sequence[BookedOrder], deals: Sequence[Deal]
) -> None:
    """Checks what a client knows once it has asked for everything."""
    was_open = {str(booked.perm_id): as_told(booked) for booked in orders if not booked.filled}
    cancelled = changed_order(day).perm_id
    was_open.pop(str(cancelled), None)
    assert told["orders"] == was_open
    if day.version >= v.COMPLETED_ORDERS:
        done = {str(one.perm_id): str(one.status) for one in orders if one.filled}
        if changed_order(day) in orders:
            done[str(cancelled)] = "Cancelled"
        assert told["completed"] == done
        for booked in orders:
            if "ends" in told and str(booked.perm_id) in done:
                end = [booked.end, number(booked.filled)]
                assert told["ends"][str(booked.perm_id)] == end
    assert told["executions"] == {deal.exec_id: execution(deal) for deal in deals}
    assert told["costs"] == {deal.exec_id: cost(deal) for deal in deals}
    books = day.simulator.books
    held = [books.holding(ACCOUNT, con_id, day.ended) for con_id in {one.con_id for one in deals}]
    assert told["positions"] == {
        str(one.instrument.con_id): [number(one.quantity), float(one.average_cost)] for one in held
    }
    assert told["portfolio"] == {
        str(one.instrument.con_id): [
            number(one.quantity),
            float(one.average_cost),
            float(one.realized.quantize(CENT)),
        ]
        for one in held
    }
    assert told["account"]["TotalCashValue USD"] == str(cash_after(deals))


def as_told(booked: BookedOrder) -> list[Any]:
    """Gives an order as it was while it was open."""
    assert booked.draft.instrument is not None
    return [
        booked.order_id,
        "PreSubmitted" if booked.order.order_type == "STP" else "Submitted",
        "0",
        number(booked.total),
        booked.draft.instrument.con_id,
        booked.order.action,
        booked.order.order_type,
        number(booked.total),
    ]


def execution(deal: Deal) -> list[Any]:
    return [
        deal.con_id,
        "BOT" if deal.is_buy else "SLD",
        number(abs(deal.quantity)),
        deal.price,
        deal.booked.order_id,
        deal.booked.perm_id,
        number(deal.cumulated),
        deal.average,
        ACCOUNT,
    ]


def cost(deal: Deal) -> list[Any]:
    assert deal.cost is not None
    profit = None if deal.profit is None else float(deal.profit)
    return [float(deal.cost), deal.currency, profit]


def cash_after(deals: Iterable[Deal]) -> Decimal:
    spent = sum(
        (deal.quantity * Decimal(str(deal.price)) + (deal.cost or 0) for deal in deals), Decimal(0)
    )
    return (CASH - spent).quantize(CENT)


def changed_order(day: Day) -> BookedOrder:
    """Gives the order about which the client changed its mind."""
    (found,) = [booked for booked in day.orders if booked.total == 150]
    return found


# The market .......................................................................................


def check_what_was_looked_up(day: Day) -> None:
    report, market = day.report, day.simulator.market
    stock = market.instrument(plan.STOCK_ID)
    assert report["details"] == [stock.con_id, stock.long_name, stock.min_tick]
    end = datetime(2024, 1, 17, tzinfo=UTC).timestamp()
    _, duration, size, show = plan.BARS
    bars = market.bars(stock.con_id, end, duration, size, show)
    assert report["bars"] == [as_bar(bar) for bar in bars]
    ranked = [one for one in INSTRUMENTS if one.sec_type == "STK" and one.currency == "USD"]

    def most_active(second: int) -> list[list[int]]:
        by_volume = sorted(ranked, key=lambda one: -market.session(one.con_id, second).volume)
        return [[rank, one.con_id] for rank, one in enumerate(by_volume)]

    agrees_once(day, report["scan"], most_active)
    if "chains" in report:
        (option, _) = [one for one in INSTRUMENTS if one.sec_type == "OPT"]
        assert report["chains"] == [
            [
                exchange,
                stock.con_id,
                option.trading_class,
                option.multiplier,
                [option.last_trade_date_or_contract_month],
                [option.strike],
            ]
            for exchange in sorted(option.valid_exchanges.split(","))
        ]


def check_the_news(day: Day) -> None:
    report, market = day.report, day.simulator.market
    if "providers" in report:
        assert report["providers"] == [list(each) for each in PROVIDERS.items()]
    if "news" not in report:
        return
    times = [moment for moment, *_ in report["news"]]
    assert times == sorted(times, reverse=True)
    for moment, provider, article_id, headline in report["news"]:
        assert plan.NEWS_SINCE <= moment <= plan.NEWS_UNTIL
        assert article_id.startswith(f"{provider}$")
        written = datetime.strptime(moment, "%Y-%m-%d %H:%M:%S.0").replace(tzinfo=UTC).timestamp()
        before = market.price(plan.STOCK_ID, written - 24 * 3600)
        change = 100 * (market.price(plan.STOCK_ID, written) / before - 1)
        assert f"{abs(change):.1f} %" in headline
    _, *_, headline = report["news"][0]
    kind, text = report["article"]
    assert kind == 0
    assert headline in text


def check_what_was_watched(day: Day) -> None:
    report, market = day.report, day.simulator.market
    stock = market.instrument(plan.STOCK_ID)

    def line(second: int) -> dict[str, Any]:
        quote, trade = market.quote(stock.con_id, second), market.trade(stock.con_id, second)
        so_far = market.session(stock.con_id, second)
        assert quote is not None
        assert trade is not None
        return {
            "bid": quote.bid,
            "ask": quote.ask,
            "last": trade.price,
            "bid_size": number(quote.bid_size),
            "ask_size": number(quote.ask_size),
            "last_size": number(trade.size),
            "volume": number(so_far.volume),
            "high": so_far.high,
            "low": so_far.low,
            "open": so_far.open,
            "close": so_far.close_previous,
        }

    def depth(second: int) -> dict[str, Any]:
        return {
            name: [
                [level.price, number(level.size)]
                for level in levels(market, stock, side, plan.ROWS, second)
            ]
            for name, side in {"ask": DepthSide.ASK, "bid": DepthSide.BID}.items()
        }

    agrees_once(day, report["line"], line)
    agrees_once(day, report["depth"], depth)
    if day.client != IB_ASYNC:  # a row that it is to insert takes the place of another there
        assert report.get("own_book", report["depth"]) == report["depth"]
    assert report["real_time_bars"]
    for told in report["real_time_bars"]:
        assert told == trades_from(day, told[0], told[0] + 5)
    if "growing" in report:
        *finished, growing = report["growing"]
        for told in finished:
            assert told == trades_from(day, told[0], told[0] + 5)
        start = growing[0]
        assert growing in [trades_from(day, start, start + width) for width in range(1, 6)]
        assert report["updates"] >= 2


def trades_from(day: Day, start: int, stop: int) -> list[Any]:
    bar = day.simulator.market.bar(plan.STOCK_ID, start, stop, "TRADES")
    assert bar is not None
    return as_bar(bar)


def as_bar(bar: MarketBar) -> list[Any]:
    return [bar.start, bar.open, bar.high, bar.low, bar.close, number(bar.volume), bar.count]


def check_the_single_ticks(day: Day) -> None:
    report, market = day.report, day.simulator.market
    if "trades" not in report:
        return
    stock = market.instrument(plan.STOCK_ID)
    trades = [market.trade(stock.con_id, second) for second in day.seconds]
    check_stretch(
        report["trades"], [[one.time, one.price, number(one.size)] for one in trades if one]
    )
    other = market.instrument(plan.OTHER_ID)
    quotes: list[list[Any]] = []
    for second in day.seconds:
        tick = tick_at(market, other, TickByTickKind.BID_ASK, second, ignore_size=False)
        if isinstance(tick, QuoteTick):
            sizes = [number(tick.size_bid or Decimal(0)), number(tick.size_ask or Decimal(0))]
            quotes.append([second, tick.price_bid, tick.price_ask, *sizes])
    check_stretch(report["quotes"], quotes)


def check_stretch(told: list[list[Any]], all_there_are: list[list[Any]]) -> None:
    """Asserts that ticks were told one after the other, without a gap; some tell no time."""
    assert len(told) >= 2
    if told[0][0] is None:
        told = [one[1:] for one in told]
        all_there_are = [one[1:] for one in all_there_are]
    stretches = [all_there_are[at : at + len(told)] for at in range(len(all_there_are))]
    assert told in stretches, (told, all_there_are)


# Trading ..........................................................................................


def check_the_orders(day: Day) -> None:
    report = day.report
    assert report["changed_to"] == ["150", plan.LOW + 1]
    sequences = [
        [status for status in dict.fromkeys(said) if not status.startswith("Pending")]
        for said in report["statuses"].values()
    ]
    bought, changed, rests, parent, target, stop, sold = sequences
    assert bought == parent == sold == ["Submitted", "Filled"]
    assert changed == ["Submitted", "Cancelled"]
    assert rests == ["Submitted"]
    assert target[-1] == "Submitted"
    assert stop == ["PreSubmitted"]
    assert len(report["stood"].keys() & report["statuses"].keys()) == len(sequences)
    for order_id in report["statuses"]:
        booked = day.own(int(order_id))
        status, filled, left, average, perm_id = report["stood"][order_id]
        assert [filled, left] == [number(booked.filled), number(booked.remaining)]
        assert [average, perm_id] == [booked.average, booked.perm_id]
        assert order_id in report["tidied"] or status == booked.status
    for order_id, status in report["tidied"].items():
        (booked,) = [one for one in day.orders if str(one.order_id) == order_id]
        assert status == booked.status == "Cancelled"
    assert not day.simulator.exchange.book.open()


def check_what_was_traded(day: Day) -> None:
    report = day.report
    deals = [one for one in day.deals if not one.booked.is_manual]
    assert len(deals) >= 3
    assert report["deals"] == {deal.exec_id: execution(deal) for deal in deals}
    assert {name: report["costs"][name] for name in report["deals"]} == {
        deal.exec_id: cost(deal) for deal in deals
    }
    stock, books = day.simulator.market.instrument(plan.STOCK_ID), day.simulator.books
    size, price = Decimal(300), 250.0
    due = commission(stock, size, price)

    def what_if(second: int) -> list[float]:
        preview = books.preview(ACCOUNT, stock.con_id, size, price, due, second)
        return [float(f"{preview.init_margin.after:.2f}"), float(due)]

    margin, charged = report["what_if"]
    agrees_once(day, [round(margin, 2), charged], what_if)


# The account ......................................................................................


def check_the_account(day: Day) -> None:
    report, books = day.report, day.simulator.books

    def summary(second: int) -> dict[str, str]:
        worth = books.worth(ACCOUNT, second)
        return {
            "AccountType": "INDIVIDUAL",
            "GrossPositionValue": str(worth.gross.quantize(CENT)),
            "NetLiquidation": str(worth.net_liquidation.quantize(CENT)),
            "TotalCashValue": str(cash_after(day.deals)),
        }

    def value_now(second: int) -> str:
        return str(books.worth(ACCOUNT, second).net_liquidation.quantize(CENT))

    agrees_once(day, report["summary"], summary)
    agrees_once(day, report["second"]["account"]["NetLiquidation USD"], value_now)
    if "pnl" not in report:
        return

    def pnl(second: int) -> list[float]:
        worth = books.worth(ACCOUNT, second)
        return [cents(value) for value in (worth.daily, worth.unrealized, worth.realized)]

    def pnl_single(second: int) -> list[Any]:
        held = books.holding(ACCOUNT, plan.STOCK_ID, second)
        values = (held.daily, held.unrealized, held.realized, held.market_value)
        return [number(held.quantity), *map(cents, values)]

    agrees_once(day, report["pnl"], pnl)
    agrees_once(day, report["pnl_single"], pnl_single)


def cents(value: Decimal) -> float:
    return float(round(value, 2))


CHECKS: Final = (
    check_the_sessions,
    check_what_was_there_before,
    check_what_is_there_on_return,
    check_what_was_looked_up,
    check_the_news,
    check_what_was_watched,
    check_the_single_ticks,
    check_the_orders,
    check_what_was_traded,
    check_the_account,
)
