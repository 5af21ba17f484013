"""Who hears of which orders and executions, and what lists of them say."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest

from tests.testing.program import Program, running
from tests.testing.trading import (
    AAPL,
    CALL,
    CANCELLED,
    FILLED,
    MSFT,
    SUBMITTED,
    Trader,
    limit,
    order,
    trading,
)
from trio_tws import _versions as v
from trio_tws._enums import ExerciseAction, OptionExerciseType
from trio_tws._model.cancels import CancelOrder, ReqGlobalCancel
from trio_tws._model.config import ApiConfig, ApiSettingsConfig
from trio_tws._model.executions import (
    CommissionAndFeesReport,
    ExecutionData,
    ExecutionDataEnd,
    ExecutionFilter,
    ReqExecutions,
)
from trio_tws._model.open_orders import (
    CompletedOrdersEnd,
    OpenOrderEnd,
    OrderBound,
    OrderStatus,
    ReqAllOpenOrders,
    ReqAutoOpenOrders,
    ReqCompletedOrders,
    ReqOpenOrders,
)
from trio_tws._model.options import ExerciseOptions
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._model.place_order import PlaceOrder
from trio_tws._model.session import Error, ManagedAccounts, NextValidId, StartApi
from trio_tws._wire import evolve
from trio_tws.testing import OrderFaults, Simulator

FORMATS = pytest.mark.parametrize("version", [100, 176, 226])
FAR = limit("BUY", 100, 1.0, tif="GTC")


def ids(messages: list[object]) -> list[int]:
    return [one.order_id for one in messages if isinstance(one, OpenOrder)]


def set_api(simulator: Simulator, **changes: Any) -> None:
    api = simulator.desk.config.api
    assert api is not None
    assert api.settings is not None
    settings = evolve(api.settings, **changes)
    simulator.desk.config = evolve(simulator.desk.config, api=evolve(api, settings=settings))


# Open orders ......................................................................................


@FORMATS
async def test_open_orders_are_those_of_the_client(version: int) -> None:
    async with trading(version) as trader:
        other = await Trader.started(trader.simulator, 2)
        mine = await trader.place(AAPL, FAR, 5)
        await other.place(AAPL, FAR, 9)
        listed = await trader.say(ReqOpenOrders())
        assert [type(one) for one in listed] == [OpenOrder, OrderStatus, OpenOrderEnd]
        assert ids(listed) == [mine]
        everything = await trader.say(ReqAllOpenOrders())
        assert ids(everything) == [5, 9]
        clients = [one.client_id for one in everything if isinstance(one, OrderStatus)]
        assert clients == [1, 2]


async def test_tws_puts_words_where_there_is_nothing() -> None:
    async with trading() as trader:
        number = await trader.place(AAPL, limit("BUY", 100, 1.0))
        told = trader.open_order(number).order
        assert (told.open_close, told.delta_neutral_order_type, told.adjusted_order_type) == (
            "?",
            "None",
            "None",
        )
        assert told.tif == "DAY"
        await trader.place(AAPL, evolve(told, lmt_price=1.5), number)
        assert trader.open_order(number).order.lmt_price == 1.5


@FORMATS
async def test_orders_outlive_their_client_and_are_told_when_it_is_back(
    version: int, autojump_clock: object
) -> None:
    async with running(server_version=version) as simulator:
        trader = await Trader.started(simulator)
        await trader.place(AAPL, order("BUY", 2000), 7)
        await trader.place(MSFT, FAR, 8)
        await trader.program.stream.aclose()
        watcher = await Trader.started(simulator, 2)
        await watcher.news(60)

        program = Program(simulator.open_stream())
        await program.greet()
        await program.send(StartApi(1))
        assert await program.until(NextValidId) == NextValidId(9)
        again = Trader(simulator, program)
        assert ids(await again.news()) == [8]
        found = await again.say(ReqExecutions(3))
        shares = [one.execution.shares or 0 for one in found if isinstance(one, ExecutionData)]
        assert sum(shares) == 2000
        assert len(shares) > 1
        assert sum(isinstance(one, CommissionAndFeesReport) for one in found) == len(shares)
        assert found[-1] == ExecutionDataEnd(3)


async def test_orders_can_be_told_before_all_else_or_not_at_all(autojump_clock: object) -> None:
    async with running(order_faults=OrderFaults(greets_first=True)) as simulator:
        trader = await Trader.started(simulator)
        await trader.place(AAPL, FAR)
        await trader.program.stream.aclose()
        for wanted in (True, False):
            set_api(simulator, download_open_orders_on_connection=wanted)
            program = Program(simulator.open_stream())
            await program.greet()
            await program.send(StartApi(1))
            found = [type(one) for one in await program.all_until(ManagedAccounts)]
            assert (OpenOrder in found) is wanted
            await program.stream.aclose()


async def test_settings_that_are_not_there_forbid_nothing(autojump_clock: object) -> None:
    for api in (None, ApiConfig(settings=None), ApiConfig(settings=ApiSettingsConfig())):
        async with running() as simulator:
            simulator.desk.config = evolve(simulator.desk.config, api=api)
            trader = await Trader.started(simulator)
            number = await trader.place(AAPL, FAR)
            assert trader.status(number) is SUBMITTED


# Client 0 and the master ..........................................................................


@FORMATS
async def test_the_master_hears_of_all_orders(version: int) -> None:
    async with trading(version, client_id=3, master_client_id=3) as master:
        trader = await Trader.started(master.simulator)
        await trader.place(AAPL, order("BUY", 100), 7)
        await trader.place(AAPL, FAR, 8)
        await trader.say(CancelOrder(8))
        await master.news()
        assert master.status(7) is FILLED
        assert master.status(8) is CANCELLED
        assert len(master.fills(7)) == 1
        assert master.errors(8) == []
        assert trader.errors(8) == [202]
        found = await master.say(ReqExecutions(1))
        assert any(isinstance(one, ExecutionData) for one in found)
        await master.place(AAPL, FAR, 9)
        assert master.status(9) is SUBMITTED


@FORMATS
async def test_client_0_binds_the_orders_of_people(version: int) -> None:
    async with trading(version, client_id=0) as trader:
        exchange = trader.simulator.exchange
        perm_id = exchange.place_manually(AAPL, FAR)
        assert await trader.news() == []
        assert ids(await trader.say(ReqAllOpenOrders())) == [0]
        found = await trader.say(ReqOpenOrders())
        assert ids(found) == [-1, -1]
        bound = [one for one in found if isinstance(one, OrderBound)]
        assert bound == ([OrderBound(perm_id, 0, -1)] if version >= v.API_BIND_ORDER else [])
        await trader.place(AAPL, evolve(FAR, lmt_price=2.0), -1)
        assert trader.open_order(-1).order.lmt_price == 2.0
        assert ids(await trader.say(ReqOpenOrders())) == [-1]

        await trader.say(ReqAutoOpenOrders(auto_bind=True))
        exchange.place_manually(AAPL, order("BUY", 100))
        await trader.news()
        assert trader.status(-2) is FILLED
        await trader.say(ReqAutoOpenOrders(auto_bind=False))
        exchange.place_manually(MSFT, order("BUY", 100))
        await trader.news()
        assert len(trader.fills(0)) == 2


async def test_only_client_0_can_have_orders_bound() -> None:
    async with trading() as trader:
        error = (await trader.say(ReqAutoOpenOrders()))[0]
        assert isinstance(error, Error)
        assert (error.req_id, error.code) == (-1, 321)


# Executions .......................................................................................


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({}, 2),
        ({"client_id": 1}, 2),
        ({"client_id": 2}, 0),
        ({"acct_code": "DU1234567"}, 2),
        ({"acct_code": "DU7"}, 0),
        ({"symbol": "AAPL"}, 1),
        ({"sec_type": "STK"}, 2),
        ({"sec_type": "FUT"}, 0),
        ({"exchange": "SMART"}, 2),
        ({"exchange": "CME"}, 0),
        ({"side": "BUY"}, 1),
        ({"side": "SLD"}, 1),
        ({"side": "NO SUCH"}, 0),
        ({"time": "20240116-14:30:00"}, 2),
        ({"time": "20240116-14:31:00"}, 0),
        ({"time": "yesterday"}, 0),
        ({"last_n_days": 2}, 2),
        ({"specific_dates": (20240116, 20240101)}, 2),
        ({"specific_dates": (20240101,)}, 0),
    ],
)
async def test_executions_can_be_chosen(wanted: dict[str, Any], count: int) -> None:
    async with trading() as trader:
        await trader.place(AAPL, order("BUY", 100))
        await trader.place(MSFT, order("SELL", 100))
        found = await trader.say(ReqExecutions(1, ExecutionFilter(**wanted)))
        deals = [one for one in found if isinstance(one, ExecutionData)]
        assert len(deals) == count
        assert all(deal.req_id == 1 for deal in deals)


async def test_executions_are_those_of_today_and_of_this_client(autojump_clock: object) -> None:
    late = datetime(2024, 1, 17, 4, 59, tzinfo=UTC)
    async with trading(start=late) as trader:
        other = await Trader.started(trader.simulator, 2)
        await trader.place(AAPL, order("BUY", 100))
        assert len(await trader.say(ReqExecutions(1))) == 3
        assert len(await other.say(ReqExecutions(1))) == 1
        assert len(await trader.say(ReqCompletedOrders())) == 2
        await trader.news(120)
        assert len(await trader.say(ReqExecutions(1))) == 1
        assert len(await trader.say(ReqCompletedOrders())) == 1
        two_days = ExecutionFilter(last_n_days=2)
        assert len(await trader.say(ReqExecutions(1, two_days))) == 3


# Completed orders .................................................................................


@pytest.mark.parametrize("version", [176, 226])
async def test_completed_orders_say_what_became_of_them(
    version: int, autojump_clock: object
) -> None:
    async with trading(version) as trader:
        await trader.place(AAPL, order("BUY", 100), 7)
        await trader.place(AAPL, FAR, 8)
        await trader.say(CancelOrder(8))
        await trader.place(AAPL, FAR, 9)
        trader.simulator.exchange.place_manually(AAPL, order("BUY", 100))
        *done, end = await trader.say(ReqCompletedOrders())
        assert end == CompletedOrdersEnd()
        told = [
            (one.order_state.status, one.order_state.completed_status, one.order.filled_quantity)
            for one in done
            if isinstance(one, CompletedOrder)
        ]
        assert told == [
            (FILLED, "Filled Size: 100", Decimal(100)),
            (CANCELLED, "Cancelled by Trader", Decimal(0)),
            (FILLED, "Filled Size: 100", Decimal(100)),
        ]
        first = done[0]
        assert isinstance(first, CompletedOrder)
        assert first.order.perm_id == trader.told(7).perm_id
        assert first.order_state.completed_time == "20240116 09:30:00 US/Eastern"
        assert len(await trader.say(ReqCompletedOrders(api_only=True))) == 3


# Reading only .....................................................................................


@pytest.mark.parametrize(
    "request_",
    [
        PlaceOrder(7, AAPL, FAR),
        CancelOrder(7),
        ReqGlobalCancel(),
        ExerciseOptions(7, CALL, ExerciseAction.EXERCISE, 1),
        ReqOpenOrders(),
        ReqAllOpenOrders(),
        ReqAutoOpenOrders(),
        ReqCompletedOrders(),
    ],
)
async def test_what_may_only_read_does_nothing_about_orders(request_: object) -> None:
    async with trading() as trader:
        set_api(trader.simulator, read_only_api=True)
        (error,) = await trader.say(request_)
        assert isinstance(error, Error)
        assert (error.req_id, error.code) == (getattr(request_, "order_id", -1), 321)
        assert "Read-Only" in error.message
        assert await trader.say(ReqExecutions(1)) == [ExecutionDataEnd(1)]


# Exercise .........................................................................................


@FORMATS
async def test_options_can_be_exercised(version: int) -> None:
    async with trading(version) as trader:
        await trader.place(CALL, order("BUY", 2))
        before = trader.simulator.market.instrument(CALL.con_id).strike
        await trader.say(ExerciseOptions(7, CALL, ExerciseAction.EXERCISE, 1))
        assert trader.status(7) is FILLED
        option, stock = trader.fills(7)
        assert (option.execution.side, option.execution.price) == ("SLD", 0.0)
        assert (stock.execution.side, stock.execution.price) == ("BOT", before)
        assert (trader.position(CALL), trader.position(AAPL)) == (Decimal(1), Decimal(100))
        if version >= v.PROTOBUF:
            kind = option.execution.opt_exercise_or_lapse_type
            assert kind is OptionExerciseType.EXERCISE
        await trader.say(ExerciseOptions(8, CALL, ExerciseAction.LAPSE, 1))
        assert trader.errors(8) == [322]
        await trader.say(ExerciseOptions(9, CALL, ExerciseAction.LAPSE, 1, override=True))
        assert (trader.position(CALL), trader.position(AAPL)) == (Decimal(0), Decimal(100))


@pytest.mark.parametrize(
    ("contract", "action", "count"),
    [(AAPL, 1, 1), (CALL, 3, 1), (CALL, 1, 0), (CALL, 1, 1)],
)
async def test_what_is_not_there_cannot_be_exercised(
    contract: Any, action: int, count: int
) -> None:
    async with trading() as trader:
        await trader.say(ExerciseOptions(7, contract, ExerciseAction(action), count))
        assert trader.errors(7) == [322]


async def test_a_put_sells_what_it_is_on() -> None:
    from tests.testing.trading import PUT

    async with trading() as trader:
        await trader.place(PUT, order("BUY", 1))
        await trader.say(ExerciseOptions(7, PUT, ExerciseAction.EXERCISE, 1, override=True))
        assert trader.position(AAPL) == -100


async def test_numbers_begin_anew_once_a_client_has_no_orders() -> None:
    async with trading() as trader:
        await trader.place(AAPL, order(), 50)
        busy = await Trader.started(trader.simulator, 2)
        await busy.place(AAPL, FAR, 60)
        trader.simulator.exchange.book.forget_numbers()
        assert [trader.simulator.exchange.next_order_id(one) for one in (1, 2)] == [1, 61]
        await trader.place(AAPL, order(), 50)
        assert trader.status(50) is FILLED


def test_faults_have_their_ranges() -> None:
    with pytest.raises(ValueError):
        OrderFaults(commission_delay=-1)
    with pytest.raises(ValueError):
        OrderFaults(cancel_delay=-1)
    with pytest.raises(ValueError):
        OrderFaults(acknowledge_delay=-1)
    assert attrs.evolve(OrderFaults(), acknowledge_delay=0.0).acknowledge_delay == 0
