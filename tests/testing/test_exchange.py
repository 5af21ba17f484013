"""Orders from their placing to their end, over the wire."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.testing.program import Program
from tests.testing.trading import (
    AAPL,
    ACCOUNT,
    CALL,
    CANCELLED,
    ES,
    EURUSD,
    FILLED,
    MSFT,
    PENDING_SUBMIT,
    PRE_SUBMITTED,
    PUT,
    SPX,
    STRADDLE,
    SUBMITTED,
    Trader,
    limit,
    order,
    trading,
)
from trio_tws._client._times import read_time
from trio_tws._enums import OrderStatusName
from trio_tws._model.cancels import CancelOrder, ReqGlobalCancel
from trio_tws._model.conditions import TimeCondition
from trio_tws._model.executions import CommissionAndFeesReport, ExecutionData, ReqExecutions
from trio_tws._model.open_orders import OrderStatus
from trio_tws._model.order_reports import OpenOrder
from trio_tws._model.place_order import PlaceOrder
from trio_tws._model.session import NextValidId, ReqIds
from trio_tws._model.ticks import ReqMktData, TickString
from trio_tws._wire import evolve
from trio_tws.testing import OrderFaults

FORMATS = pytest.mark.parametrize("version", [176, 226])
BEFORE_MIDNIGHT = datetime(2024, 1, 17, 4, 59, tzinfo=UTC)
"""In New York, by a minute."""


def kinds(messages: list[object]) -> list[str]:
    return [type(message).__name__ for message in messages]


# Fills ............................................................................................


@FORMATS
async def test_a_market_order_takes_what_is_offered(version: int, autojump_clock: object) -> None:
    async with trading(version) as trader:
        ask = trader.quote().ask
        number = await trader.place(AAPL, order("BUY", 100))
        assert kinds(trader.heard) == [
            "OpenOrder",
            "OrderStatus",
            "ExecutionData",
            "OpenOrder",
            "OrderStatus",
            "CommissionAndFeesReport",
        ]
        (fill,) = trader.fills(number)
        assert (fill.req_id, fill.execution.side, fill.execution.price) == (-1, "BOT", ask)
        assert (fill.contract.symbol, fill.execution.acct_number) == ("AAPL", ACCOUNT)
        told = trader.told(number)
        assert (told.status, told.filled, told.remaining) == (FILLED, Decimal(100), Decimal(0))
        assert told.perm_id == fill.execution.perm_id > 2**32
        (report,) = (one for one in trader.heard if isinstance(one, CommissionAndFeesReport))
        assert (report.commission_and_fees, report.realized_pnl) == (1.0, None)
        assert trader.open_order(number).order_state.commission_and_fees == 1.0
        assert trader.position() == 100


@FORMATS
async def test_what_is_more_than_is_offered_fills_in_parts(
    version: int, autojump_clock: object
) -> None:
    async with trading(version) as trader:
        first = trader.quote().bid_size
        number = await trader.place(AAPL, order("SELL", 2000))
        assert trader.told(number).filled == first < 2000
        assert trader.status(number) is SUBMITTED
        await trader.news(30)
        assert trader.status(number) is FILLED
        shares = [fill.execution.shares or 0 for fill in trader.fills(number)]
        assert sum(shares) == 2000
        assert len(shares) > 1
        assert len({fill.execution.exec_id for fill in trader.fills(number)}) == len(shares)
        assert trader.position() == -2000


async def test_a_limit_order_gets_a_better_price_where_there_is_one(autojump_clock: object) -> None:
    async with trading() as trader:
        ask = trader.quote().ask
        number = await trader.place(AAPL, limit("BUY", 100, round(ask + 1, 2)))
        assert trader.told(number).avg_fill_price == ask


async def test_a_limit_order_waits_for_its_price(autojump_clock: object) -> None:
    async with trading() as trader:
        price = round(trader.quote().bid - 0.05, 2)
        number = await trader.place(AAPL, limit("BUY", 100, price, tif="GTC"))
        assert trader.status(number) is SUBMITTED
        await trader.news(3600)
        assert trader.status(number) is FILLED
        assert all(fill.execution.price <= price for fill in trader.fills(number))


async def test_two_orders_do_not_get_the_same_shares(autojump_clock: object) -> None:
    async with trading() as trader:
        offered = trader.quote().ask_size
        first = await trader.place(AAPL, order("BUY", offered))
        second = await trader.place(AAPL, order("BUY", 100))
        assert trader.status(first) is FILLED
        assert trader.told(second).filled == 0
        await trader.news(1)
        assert trader.status(second) is FILLED


async def test_what_closes_a_position_has_a_profit(autojump_clock: object) -> None:
    async with trading() as trader:
        await trader.place(AAPL, order("BUY", 100))
        await trader.place(AAPL, order("SELL", 100))
        reports = [one for one in trader.heard if isinstance(one, CommissionAndFeesReport)]
        assert [report.realized_pnl is None for report in reports] == [True, False]
        assert trader.position() == 0


# Time in force ....................................................................................


async def test_an_order_that_is_to_fill_at_once_ends_with_the_rest(autojump_clock: object) -> None:
    async with trading() as trader:
        offered = trader.quote().ask_size
        number = await trader.place(AAPL, order("BUY", offered + 100, tif="IOC"))
        assert (trader.status(number), trader.told(number).filled) == (CANCELLED, offered)
        assert trader.errors(number) == [202]
        await trader.news(10)
        number = await trader.place(AAPL, order("BUY", 100_000, "MKT", tif="FOK", account=ACCOUNT))
        assert trader.errors(number) == [201]
        number = await trader.place(AAPL, order("BUY", 3000, "MKT", tif="FOK"))
        assert (trader.status(number), trader.told(number).filled) == (CANCELLED, Decimal(0))


@pytest.mark.parametrize(
    "wanted",
    [
        {"tif": "DAY"},
        {},
        {"tif": "GTD", "good_till_date": "20240117-05:00:00"},
        {"tif": "GTD", "good_till_date": "20240117 00:00:00 US/Eastern"},
        {"tif": "GTD", "good_till_date": "20240116"},
        {"duration": 60},
    ],
)
async def test_an_order_ends_at_its_time(wanted: dict[str, Any], autojump_clock: object) -> None:
    async with trading(start=BEFORE_MIDNIGHT) as trader:
        number = await trader.place(AAPL, limit("BUY", 100, 1.0, **wanted))
        await trader.news(59)
        assert trader.status(number) is SUBMITTED
        await trader.news(1.5)
        assert trader.status(number) is CANCELLED


async def test_an_order_till_cancelled_by_hand_is_set_aside(autojump_clock: object) -> None:
    async with trading(start=BEFORE_MIDNIGHT) as trader:
        wanted = limit("BUY", 100, 1.0, tif="DTC")
        number = await trader.place(AAPL, wanted)
        await trader.news(61)
        assert trader.status(number) is OrderStatusName.INACTIVE
        await trader.place(AAPL, wanted, number)
        assert trader.status(number) is SUBMITTED


async def test_an_order_can_wait_for_its_time(autojump_clock: object) -> None:
    async with trading() as trader:
        later = order("BUY", 100, good_after_time="20240116-15:00:00")
        number = await trader.place(AAPL, later)
        assert trader.status(number) is PRE_SUBMITTED
        await trader.news(1799)
        assert trader.status(number) is PRE_SUBMITTED
        await trader.news(2)
        assert trader.status(number) is FILLED


@pytest.mark.parametrize(
    ("wanted", "hours"),
    [
        (order(kind="MOC"), 6.5),
        (order(kind="LOC", lmt_price=500.0), 6.5),
        (order(tif="OPG"), 24),
        (order(kind="MOO"), 24),
        (order(kind="MTL", tif="AUC", lmt_price=500.0), 24),
    ],
)
async def test_an_order_for_an_auction_fills_then_in_one_piece(
    wanted: Any, hours: float, autojump_clock: object
) -> None:
    async with trading(cash=Decimal(10**8)) as trader:
        number = await trader.place(AAPL, evolve(wanted, total_quantity=Decimal(5000)))
        assert trader.status(number) is PRE_SUBMITTED
        await trader.news(hours * 3600 - 1)
        assert trader.status(number) is PRE_SUBMITTED
        await trader.news(1.5)
        assert trader.status(number) is FILLED
        assert len(trader.fills(number)) == 1


async def test_an_order_for_the_close_that_does_not_get_its_price_ends(
    autojump_clock: object,
) -> None:
    async with trading() as trader:
        number = await trader.place(AAPL, order(kind="LOC", lmt_price=1.0))
        await trader.news(6.5 * 3600 + 1)
        assert trader.status(number) is CANCELLED


# Stops ............................................................................................


@FORMATS
async def test_a_stop_waits_for_its_price(version: int, autojump_clock: object) -> None:
    async with trading(version) as trader:
        stop = round(trader.quote().bid - 0.2, 2)
        number = await trader.place(AAPL, order("SELL", 100, "STP", aux_price=stop, tif="GTC"))
        assert (trader.status(number), trader.told(number).why_held) == (PRE_SUBMITTED, "trigger")
        await trader.news(3600)
        told = trader.told(number)
        assert (told.status, told.why_held) == (FILLED, "")


async def test_a_trailing_stop_follows_and_then_sells(autojump_clock: object) -> None:
    async with trading() as trader:
        begin = trader.quote().bid
        trail = order("SELL", 100, "TRAIL", aux_price=0.1, tif="GTC")
        number = await trader.place(AAPL, trail)
        first = trader.open_order(number).order.trail_stop_price
        assert first == pytest.approx(begin - 0.1, abs=0.03)
        await trader.news(3600)
        assert trader.status(number) is FILLED
        assert (trader.open_order(number).order.trail_stop_price or 0) >= (first or 0)


# Changes ..........................................................................................


@FORMATS
async def test_an_order_can_be_changed(version: int, autojump_clock: object) -> None:
    async with trading(version) as trader:
        ask = trader.quote().ask
        number = await trader.place(AAPL, limit("BUY", 100, round(ask - 5, 2)))
        perm_id = trader.told(number).perm_id
        changed = evolve(trader.open_order(number).order, total_quantity=Decimal(200))
        await trader.place(AAPL, changed, number)
        assert trader.open_order(number).order.total_quantity == 200
        await trader.place(AAPL, evolve(changed, lmt_price=ask, transmit=True), number)
        assert (trader.status(number), trader.told(number).perm_id) == (FILLED, perm_id)
        await trader.place(AAPL, changed, number)
        assert trader.errors(number) == [104]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"action": "SELL"}, 105),
        ({"parent_id": 7}, 10341),
        ({"oca_group": "other"}, 10326),
        ({"oca_type": 2}, 10327),
        ({"cash_qty": 5.0}, 10241),
        ({"total_quantity": Decimal(10**9)}, 201),
        ({"lmt_price": 1.001}, 110),
    ],
)
async def test_a_change_that_cannot_be_leaves_the_order(
    changes: dict[str, Any], code: int, autojump_clock: object
) -> None:
    async with trading() as trader:
        wanted = limit("BUY", 100, 1.0, oca_group="one", oca_type=1)
        number = await trader.place(AAPL, wanted)
        await trader.place(AAPL, evolve(wanted, **changes), number)
        assert trader.errors(number) == [code]
        assert trader.simulator.exchange.book.open()[0].order.lmt_price == 1.0
        await trader.place(MSFT, wanted, number)
        assert trader.errors(number) == [code, 105]


async def test_less_than_what_is_filled_cannot_be_wanted(autojump_clock: object) -> None:
    async with trading() as trader:
        quote = trader.quote()
        wanted = limit("BUY", quote.ask_size + 1000, quote.ask)
        number = await trader.place(AAPL, wanted)
        await trader.place(AAPL, evolve(wanted, total_quantity=Decimal(1)), number)
        assert trader.errors(number) == [201]


async def test_a_change_needs_an_order_that_is_settled(autojump_clock: object) -> None:
    faults = OrderFaults(acknowledge_delay=1, cancel_delay=5)
    async with trading(order_faults=faults) as trader:
        wanted = limit("BUY", 100, 1.0)
        number = await trader.place(AAPL, wanted)
        await trader.place(AAPL, wanted, number)
        assert trader.errors(number) == [2102]
        await trader.news(2)
        assert trader.status(number) is SUBMITTED
        await trader.place(AAPL, evolve(wanted, lmt_price=2.0), number)
        await trader.say(CancelOrder(number))
        await trader.place(AAPL, wanted, number)
        assert trader.errors(number) == [2102, 2102]
        await trader.news(5)
        assert trader.status(number) is CANCELLED
        await trader.place(AAPL, wanted, number)
        assert trader.errors(number)[-1] == 103


async def test_a_change_can_come_too_late(autojump_clock: object) -> None:
    async with trading() as trader:
        wanted = limit("BUY", 100, 1.0)
        number = await trader.place(AAPL, wanted)
        trader.simulator.exchange.faults = OrderFaults(acknowledge_delay=1)
        await trader.place(AAPL, wanted, number)
        await trader.say(CancelOrder(number))
        await trader.news(2)
        assert trader.errors(number) == [202, 104]


# Cancels ..........................................................................................


@FORMATS
async def test_an_order_can_be_cancelled_once(version: int, autojump_clock: object) -> None:
    async with trading(version) as trader:
        number = await trader.place(AAPL, limit("BUY", 100, 1.0))
        await trader.say(CancelOrder(number))
        assert (trader.status(number), trader.errors(number)) == (CANCELLED, [202])
        await trader.say(CancelOrder(number))
        assert trader.errors(number) == [202, 10148]
        await trader.say(CancelOrder(77))
        assert trader.errors(77) == [10147]
        number = await trader.place(AAPL, order())
        await trader.say(CancelOrder(number))
        assert trader.errors(number) == [161]


async def test_an_order_that_is_to_be_cancelled_may_still_fill(autojump_clock: object) -> None:
    async with trading(order_faults=OrderFaults(cancel_delay=30)) as trader:
        number = await trader.place(AAPL, order("BUY", 2000))
        await trader.say(CancelOrder(number))
        assert trader.status(number) is OrderStatusName.PENDING_CANCEL
        await trader.say(CancelOrder(number), ReqGlobalCancel())
        assert trader.errors(number) == [10148]
        await trader.news(60)
        assert trader.status(number) is FILLED
        assert trader.errors(number) == [10148]


async def test_an_order_can_be_cancelled_before_anybody_has_seen_it(autojump_clock: object) -> None:
    async with trading(latency=1) as trader:
        number = await trader.place(AAPL, order())
        assert trader.heard == []
        await trader.say(CancelOrder(number))
        await trader.news(5)
        assert trader.status(number) is OrderStatusName.API_CANCELLED
        assert trader.position() == 0


async def test_all_orders_of_all_can_be_cancelled(autojump_clock: object) -> None:
    async with trading() as trader:
        other = await Trader.started(trader.simulator, 2)
        mine, theirs = [await one.place(AAPL, limit("BUY", 100, 1.0)) for one in (trader, other)]
        await trader.say(ReqGlobalCancel())
        await other.news()
        assert trader.status(mine) is other.status(theirs) is CANCELLED


# Numbers ..........................................................................................


async def test_numbers_only_grow_and_are_those_of_one_client(autojump_clock: object) -> None:
    async with trading() as trader:
        await trader.place(AAPL, order(), 50)
        await trader.place(AAPL, order(), 49)
        assert trader.errors(49) == [103]
        for number in (0, -5):
            await trader.place(AAPL, order(), number)
            assert trader.errors(number) == [10149]
        other = await Trader.started(trader.simulator, 2)
        await other.place(AAPL, limit("BUY", 1, 1.0), 50)
        assert other.status(50) is SUBMITTED
        assert await trader.say(ReqIds()) == [NextValidId(51)]
        person = await Trader.started(trader.simulator, 0)
        await person.place(AAPL, order(), -5)
        assert person.errors(-5) == [135]


# What goes with an order ..........................................................................


async def test_an_order_can_be_parked(autojump_clock: object) -> None:
    async with trading() as trader:
        wanted = order("BUY", 100, transmit=False)
        number = await trader.place(AAPL, wanted)
        await trader.news(10)
        assert trader.status(number) is PENDING_SUBMIT
        await trader.place(AAPL, evolve(wanted, transmit=True), number)
        assert trader.status(number) is FILLED
        number = await trader.place(AAPL, wanted)
        await trader.say(CancelOrder(number))
        assert trader.status(number) is OrderStatusName.API_CANCELLED


async def test_an_order_can_be_set_aside(autojump_clock: object) -> None:
    async with trading() as trader:
        wanted = limit("BUY", 100, 1.0)
        number = await trader.place(AAPL, wanted)
        await trader.place(AAPL, evolve(wanted, deactivate=True), number)
        assert trader.status(number) is OrderStatusName.INACTIVE
        await trader.place(AAPL, wanted, number)
        assert trader.status(number) is SUBMITTED


async def placed_bracket(trader: Trader, entry: Any, profit: float, loss: float) -> list[int]:
    parent = await trader.place(AAPL, evolve(entry, transmit=False))
    gain = limit("SELL", 100, profit, parent_id=parent, transmit=False, tif="GTC")
    stop = order("SELL", 100, "STP", aux_price=loss, parent_id=parent, tif="GTC")
    return [parent, await trader.place(AAPL, gain), await trader.place(AAPL, stop)]


@FORMATS
async def test_a_bracket_opens_and_then_closes_once(version: int, autojump_clock: object) -> None:
    async with trading(version) as trader:
        ask = trader.quote().ask
        entry = limit("BUY", 100, ask)
        parent, gain, stop = await placed_bracket(
            trader, entry, round(ask + 0.3, 2), round(ask - 0.3, 2)
        )
        assert trader.status(parent) is FILLED
        assert trader.status(gain) is SUBMITTED
        assert trader.told(stop).why_held == "trigger"
        await trader.news(3600)
        assert {trader.status(gain), trader.status(stop)} == {FILLED, CANCELLED}
        assert trader.position() == 0


async def test_children_wait_for_their_parent_and_go_with_it(autojump_clock: object) -> None:
    async with trading() as trader:
        numbers = await placed_bracket(trader, limit("BUY", 100, 1.0), 500.0, 0.5)
        parent, gain, stop = numbers
        assert (trader.told(gain).why_held, trader.told(stop).why_held) == (
            "child",
            "child,trigger",
        )
        await trader.say(CancelOrder(parent))
        assert {trader.status(number) for number in numbers} == {CANCELLED}
        late = await trader.place(AAPL, limit("SELL", 100, 500.0, parent_id=parent))
        assert trader.errors(late) == [201]
        lost = await trader.place(AAPL, limit("SELL", 100, 500.0, parent_id=999))
        assert trader.errors(lost) == [10006]


async def test_children_of_what_was_filled_in_part_close_that_part(autojump_clock: object) -> None:
    async with trading() as trader:
        quote = trader.quote()
        entry = limit("BUY", quote.ask_size + 100, quote.ask, tif="IOC")
        parent, gain, _ = await placed_bracket(trader, entry, 500.0, 1.0)
        assert trader.status(parent) is CANCELLED
        assert trader.told(gain).remaining == min(100, quote.ask_size)
        small = await trader.place(AAPL, limit("BUY", quote.ask_size + 100, 1.0, transmit=False))
        child = await trader.place(AAPL, limit("SELL", 100, 500.0, parent_id=small))
        assert trader.status(child) is PRE_SUBMITTED


async def test_a_hedge_gets_its_size_from_its_parent(autojump_clock: object) -> None:
    async with trading() as trader:
        parent = await trader.place(AAPL, order("BUY", 100, transmit=False))
        pair = order("SELL", 0, hedge_type="P", hedge_param="2", parent_id=parent)
        hedge = await trader.place(MSFT, pair)
        assert trader.status(parent) is FILLED
        assert (trader.told(hedge).filled or 0) + (trader.told(hedge).remaining or 0) == 200


@pytest.mark.parametrize("oca_type", [0, 1, 2, 3])
async def test_one_fill_of_a_group_ends_the_others(oca_type: int, autojump_clock: object) -> None:
    async with trading() as trader:
        group: dict[str, Any] = {"oca_group": "either", "oca_type": oca_type}
        waiting = await trader.place(AAPL, limit("BUY", 100, 1.0, **group))
        apart = await trader.place(AAPL, limit("BUY", 100, 1.0))
        taken = await trader.place(MSFT, order("BUY", 100, **group))
        assert (trader.status(taken), trader.status(waiting)) == (FILLED, CANCELLED)
        assert trader.status(apart) is SUBMITTED
        late = await trader.place(MSFT, order("BUY", 100, **group))
        assert trader.errors(late) == [201]


async def test_a_part_of_a_group_reduces_the_others(autojump_clock: object) -> None:
    async with trading() as trader:
        group: dict[str, Any] = {"oca_group": "either", "oca_type": 2}
        quote = trader.quote()
        waiting = await trader.place(AAPL, limit("BUY", 1000, 1.0, **group))
        size = 2 * quote.ask_size
        await trader.place(AAPL, limit("BUY", size, quote.ask, **group))
        assert trader.told(waiting).remaining == 500
        assert trader.status(waiting) is SUBMITTED


async def test_a_condition_releases_an_order_or_ends_it(autojump_clock: object) -> None:
    later = TimeCondition(is_more=True, time="20240116-14:31:00")
    async with trading() as trader:
        released = await trader.place(AAPL, order(conditions=(later,)))
        ended = await trader.place(
            AAPL, limit("BUY", 100, 1.0, conditions=(later,), conditions_cancel_order=True)
        )
        assert (trader.status(released), trader.status(ended)) == (PRE_SUBMITTED, SUBMITTED)
        await trader.news(61)
        assert (trader.status(released), trader.status(ended)) == (FILLED, CANCELLED)


@FORMATS
async def test_a_combination_trades_its_legs(version: int, autojump_clock: object) -> None:
    async with trading(version) as trader:
        price = round(trader.quote(CALL).ask + trader.quote(PUT).ask, 2)
        number = await trader.place(STRADDLE, limit("BUY", 1, price))
        whole, call, put = trader.fills(number)
        assert whole.contract.sec_type == "BAG"
        assert whole.execution.price == price
        assert call.execution.price + put.execution.price == pytest.approx(price)
        assert (trader.position(CALL), trader.position(PUT)) == (Decimal(1), Decimal(1))
        assert trader.told(number).avg_fill_price == price
        reports = [one.exec_id for one in trader.heard if isinstance(one, CommissionAndFeesReport)]
        assert reports == [call.execution.exec_id, put.execution.exec_id]


@FORMATS
async def test_money_can_be_spent_instead_of_a_quantity(
    version: int, autojump_clock: object
) -> None:
    async with trading(version) as trader:
        number = await trader.place(AAPL, order("BUY", 0, cash_qty=1000.0))
        ask = Decimal(str(trader.quote().ask))
        assert trader.told(number).filled == Decimal(1000) / ask // Decimal("0.0001") * Decimal(
            "0.0001"
        )
        number = await trader.place(EURUSD, order("BUY", 0, cash_qty=1000.0))
        assert trader.told(number).filled == 1000 // Decimal(str(trader.quote(EURUSD).ask))


@FORMATS
async def test_an_order_can_ask_what_it_would_do(version: int, autojump_clock: object) -> None:
    async with trading(version) as trader:
        number = await trader.place(AAPL, order("BUY", 100, what_if=True))
        (answer,) = trader.heard
        assert isinstance(answer, OpenOrder)
        state = answer.order_state
        assert (answer.order_id, state.status) == (number, PRE_SUBMITTED)
        assert (state.init_margin_change or 0) > 0
        assert state.commission_and_fees == 1.0
        assert trader.simulator.exchange.book.open() == []
        again = await trader.place(AAPL, order(), number)
        assert trader.errors(again) == [103]
        dear = await trader.place(AAPL, order("BUY", 10**6, what_if=True))
        assert trader.errors(dear) == [201]
        assert await trader.say(ReqIds()) == [NextValidId(dear + 1)]


@pytest.mark.parametrize(
    ("contract", "wanted", "code"),
    [
        (AAPL, order("BUY", 10**6), 201),
        (SPX, order(), 203),
        (AAPL, limit("BUY", 1, 1.001), 110),
        (AAPL, order(kind="NO SUCH"), 387),
        (evolve(AAPL, con_id=0, symbol="NOSUCH"), order(), 200),
    ],
)
async def test_what_cannot_be_is_refused(
    contract: Any, wanted: Any, code: int, autojump_clock: object
) -> None:
    async with trading() as trader:
        number = await trader.place(contract, wanted)
        assert trader.errors(number) == [code]
        assert len(trader.heard) == 1


# People ...........................................................................................


async def test_a_person_can_trade_and_cancel(autojump_clock: object) -> None:
    async with trading() as trader:
        exchange = trader.simulator.exchange
        exchange.place_manually(AAPL, order("BUY", 100))
        perm_id = exchange.place_manually(ES, limit("BUY", 1, 1.0))
        number = await trader.place(AAPL, limit("BUY", 1, 1.0))
        assert trader.fills(0) == []
        assert trader.position() == 100
        exchange.cancel_manually(trader.told(number).perm_id)
        exchange.cancel_manually(perm_id)
        await trader.news()
        assert trader.status(number) is CANCELLED
        assert exchange.book.open() == []
        with pytest.raises(ValueError, match="387"):
            exchange.place_manually(AAPL, order(kind="NO SUCH"))


@FORMATS
async def test_an_execution_can_be_corrected_and_taken_back(
    version: int, autojump_clock: object
) -> None:
    async with trading(version) as trader:
        number = await trader.place(AAPL, order("BUY", 100))
        (first,) = trader.fills(number)
        exchange = trader.simulator.exchange
        second = exchange.correct(first.execution.exec_id, price=200.0)
        assert second == first.execution.exec_id[:-2] + "02"
        await trader.news()
        assert trader.fills(number)[-1].execution.price == 200.0
        assert trader.told(number).avg_fill_price == 200.0
        exchange.correct(second, shares=Decimal(60))
        await trader.news()
        assert (trader.position(), trader.told(number).filled) == (Decimal(60), Decimal(60))
        exchange.bust(second)
        await trader.news()
        assert (trader.position(), trader.told(number).filled) == (Decimal(0), Decimal(0))
        assert trader.fills(number)[-1].execution.exec_id.endswith(".04")
        sold = await trader.place(AAPL, order("SELL", 100))
        exchange.correct(trader.fills(sold)[0].execution.exec_id, shares=Decimal(50))
        assert trader.position() == -50
        with pytest.raises(KeyError):
            exchange.correct("nothing")


@FORMATS
async def test_a_fill_of_before_a_change_can_be_corrected_after_it(
    version: int, autojump_clock: object
) -> None:
    async with trading(version) as trader:
        number = await trader.place(AAPL, limit("BUY", 5_000, trader.quote().ask))
        (first, *_) = trader.fills(number)
        others = (trader.told(number).filled or 0) - (first.execution.shares or 0)
        await trader.say(PlaceOrder(number, AAPL, limit("BUY", 6_000, 1.0)))
        trader.simulator.exchange.correct(first.execution.exec_id, shares=Decimal(7))
        await trader.news()
        assert trader.told(number).filled == others + 7
        assert trader.position() == others + 7


async def test_a_leg_can_be_corrected(autojump_clock: object) -> None:
    async with trading() as trader:
        number = await trader.place(STRADDLE, order("BUY", 1))
        _, call, _ = trader.fills(number)
        before = trader.told(number).avg_fill_price
        trader.simulator.exchange.correct(call.execution.exec_id, price=1.0)
        assert trader.told(number).avg_fill_price == before
        found = await trader.say(ReqExecutions(1))
        assert sum(isinstance(one, ExecutionData) for one in found) >= 4


async def test_a_child_can_be_changed(autojump_clock: object) -> None:
    async with trading() as trader:
        _, gain, _ = await placed_bracket(trader, limit("BUY", 100, 1.0), 500.0, 0.5)
        wanted = trader.open_order(gain).order
        await trader.place(AAPL, evolve(wanted, lmt_price=400.0), gain)
        assert trader.open_order(gain).order.lmt_price == 400.0
        assert trader.status(gain) is PRE_SUBMITTED


async def test_what_is_due_at_one_moment_is_done_once(autojump_clock: object) -> None:
    async with trading() as trader:
        later: dict[str, Any] = {
            "good_after_time": "20240116-14:30:03",
            "oca_group": "one",
            "oca_type": 1,
        }
        first = await trader.place(AAPL, order("BUY", 100, **later))
        second = await trader.place(MSFT, order("BUY", 100, **later))
        await trader.place(MSFT, limit("BUY", 100, 1.0))
        await trader.news(5)
        assert (trader.status(first), trader.status(second)) == (FILLED, CANCELLED)


async def test_who_has_not_said_who_it_is_hears_nothing(autojump_clock: object) -> None:
    async with trading() as trader:
        silent = Program(trader.simulator.open_stream())
        await silent.greet()
        number = await trader.place(AAPL, order())
        assert trader.status(number) is FILLED


# Faults ...........................................................................................


async def test_states_can_be_told_twice(autojump_clock: object) -> None:
    async with trading(order_faults=OrderFaults(repeats_status=True)) as trader:
        await trader.place(AAPL, limit("BUY", 1, 1.0))
        told = [one for one in trader.heard if isinstance(one, OrderStatus)]
        assert len(told) == 2
        assert told[0] == told[1]


async def test_messages_can_come_in_another_order_each_time_the_same(
    autojump_clock: object,
) -> None:
    orders = set[tuple[str, ...]]()
    for seed in (1, 1, 2, 3, 4):
        async with trading(order_faults=OrderFaults(shuffle_seed=seed)) as trader:
            await trader.place(AAPL, order())
            orders.add(tuple(kinds(trader.heard)))
    assert len({tuple(sorted(one)) for one in orders}) == 1
    assert 1 < len(orders) <= 4


async def test_costs_can_come_later(autojump_clock: object) -> None:
    async with trading(order_faults=OrderFaults(commission_delay=3)) as trader:
        await trader.place(AAPL, order())
        assert "CommissionAndFeesReport" not in kinds(trader.heard)
        assert kinds(await trader.news(4)) == ["CommissionAndFeesReport"]


async def test_tws_can_be_deaf_or_mute(autojump_clock: object) -> None:
    async with trading(order_faults=OrderFaults(is_deaf=True)) as trader:
        await trader.place(AAPL, order())
        assert (list(trader.heard), trader.position()) == (list[object](), Decimal(0))
        trader.simulator.exchange.faults = OrderFaults(is_mute=True)
        await trader.place(AAPL, order())
        assert (list(trader.heard), trader.position()) == (list[object](), Decimal(100))


async def test_without_orders_it_sleeps(autojump_clock: object) -> None:
    async with trading(speed=100.0) as trader:
        number = await trader.place(AAPL, order("BUY", 2000))
        await trader.news(1)
        assert trader.status(number) is FILLED
        assert not [one for one in await trader.news(10**6) if isinstance(one, ExecutionData)]


async def test_a_scenario_fills_and_ends_orders(autojump_clock: object) -> None:
    async with trading() as trader:
        exchange = trader.simulator.exchange
        number = await trader.place(AAPL, limit("BUY", 100, 1.0))
        booked = exchange.book.find(1, number)
        assert booked is not None
        assert exchange.fill(booked, Decimal(30))
        assert exchange.fill(booked, Decimal(10), 0.5)
        assert (booked.filled, booked.average) == (Decimal(40), 0.875)
        assert exchange.end(booked)
        assert not exchange.fill(booked, Decimal(10))
        assert not exchange.end(booked)
        await trader.news()
        assert (trader.status(number), trader.position()) == (CANCELLED, Decimal(40))


# Time .............................................................................................


async def test_what_a_moment_brings_is_traded_before_it_is_told(autojump_clock: object) -> None:
    """Whatever order the scheduler chooses; and what need not be looked at sleeps on."""
    async with trading() as trader:
        far = await trader.place(AAPL, limit("BUY", 100, 1.0, tif="GTC"))
        await trader.say(ReqMktData(900, AAPL))
        for number in range(2, 8):
            price = round(trader.quote().bid - 0.02 * number, 2)
            await trader.place(AAPL, limit("BUY", 100, price, tif="GTC"), number)
            await trader.news(61.5)
        fills = [place for place, one in enumerate(trader.heard) if isinstance(one, ExecutionData)]
        assert len(fills) > 3
        for place in fills:
            fill = trader.heard[place]
            assert isinstance(fill, ExecutionData)
            ticks = (one for one in trader.heard[place:] if isinstance(one, TickString))
            then = read_time(fill.execution.time, ZoneInfo("US/Eastern"))
            assert int(next(ticks).value or 0) >= then.timestamp()
        assert trader.status(far) is SUBMITTED
