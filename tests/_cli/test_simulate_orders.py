from datetime import UTC, datetime
from decimal import Decimal

import pytest
import trio
from trio.testing import MockClock

from tests.testing.program import Program
from trio_tws import (
    Contract,
    LimitOrder,
    MarketOrder,
    OrderRejected,
    Stock,
    StopOrder,
    open_tws,
)
from trio_tws._cli._simulate_orders import ErrorNews, OrderNews
from trio_tws._model.session import Error, StartApi
from trio_tws.testing import SimulatedClient, Simulator, open_simulator

START = datetime(2026, 1, 15, 15, tzinfo=UTC)
AAPL = Stock("AAPL")


async def test_orders_are_told_as_they_come_and_fill(autojump_clock: MockClock) -> None:
    async with open_simulator(start=START) as simulator:
        orders = OrderNews(simulator.exchange)
        assert list(orders.news()) == []
        price = simulator.market.quote(265598, simulator.now())
        assert price is not None
        async with open_tws(stream=simulator.open_stream(), client_id=3) as tws:
            trade = await tws.place_order(AAPL, MarketOrder("BUY", price.ask_size))
            await trade.done()
            (fill,) = trade.state.fills

            assert list(orders.news()) == [
                f"client 3, order 1: BUY {price.ask_size} AAPL MKT",
                f"client 3, order 1: bought {price.ask_size} AAPL at {price.ask}",
                "client 3, order 1: Filled",
            ]
            simulator.exchange.correct(fill.execution.exec_id, price=100.0)
            assert list(orders.news()) == [
                f"client 3, order 1: corrected: bought {price.ask_size} AAPL at 100.0"
            ]
        assert list(orders.news()) == []


async def test_changes_and_ends_are_told(autojump_clock: MockClock) -> None:
    async with open_simulator(start=START) as simulator:
        orders = OrderNews(simulator.exchange)
        async with open_tws(stream=simulator.open_stream(), client_id=3) as tws:
            trade = await tws.place_order(AAPL, LimitOrder("BUY", 10, 50.0))
            await trade.accepted()
            assert list(orders.news()) == ["client 3, order 1: BUY 10 AAPL LMT 50.0"]
            await trade.modify(LimitOrder("BUY", 10, 51.0, tif="GTC"))
            await trio.sleep(1)
            assert list(orders.news()) == ["client 3, order 1 is now: BUY 10 AAPL LMT 51.0 GTC"]
            await trade.cancel()
            assert list(orders.news()) == ["client 3, order 1: Cancelled"]

            stop = await tws.place_order(AAPL, StopOrder("SELL", 1, 60.0))
            await stop.accepted()
            assert list(orders.news()) == [
                "client 3, order 2: SELL 1 AAPL STP 60.0",
                "client 3, order 2: PreSubmitted",
            ]


async def test_people_and_sales_are_told(autojump_clock: MockClock) -> None:
    async with open_simulator(start=START) as simulator:
        orders = OrderNews(simulator.exchange)
        sale = MarketOrder("SELL", Decimal(1))
        number = simulator.exchange.place_manually(Contract(con_id=265598, exchange="SMART"), sale)
        first, second, third = orders.news()

    who = f"somebody at TWS, order {number}: "
    assert first == f"{who}SELL 1 AAPL MKT"
    assert second.startswith(f"{who}sold 1 AAPL at ")
    assert third == f"{who}Filled"


async def test_errors_are_told_once_and_not_what_is_as_it_should_be(
    autojump_clock: MockClock,
) -> None:
    async with open_simulator(start=START) as simulator:
        errors = ErrorNews()
        async with open_tws(stream=simulator.open_stream(), client_id=3) as tws:
            (client,) = simulator.clients
            assert client.errors
            assert list(errors.news(client)) == []
            refused = await tws.place_order(AAPL, LimitOrder("BUY", 10, 50.003))
            with pytest.raises(OrderRejected):
                await refused.done()
            await (await tws.place_order(AAPL, LimitOrder("BUY", 10, 50.0))).cancel()
            simulator.network.lose()
            await trio.sleep(1)
            price, connection = errors.news(client)
            assert price.startswith("client 3 was told about 1: 110, The price does not conform")
            assert connection.startswith("client 3 was told: 1100, Connectivity between IB")
            assert list(errors.news(client)) == []
        errors.forget(client)
        assert len(list(errors.news(client))) == 2


async def test_who_has_no_session_yet_is_told_of_too(autojump_clock: MockClock) -> None:
    async with open_simulator(start=START) as simulator, open_tws(stream=simulator.open_stream()):
        program = await open_second(simulator)
        errors = ErrorNews()
        (told,) = errors.news(program)
        assert told.startswith("a program was told: 326, Unable to connect as the client id")


async def open_second(simulator: Simulator) -> SimulatedClient:
    """Has a program ask for a client id that is in use."""
    program = Program(simulator.open_stream())
    await program.greet()
    await program.send(StartApi(0))
    await program.until(Error)
    return simulator.clients[-1]
