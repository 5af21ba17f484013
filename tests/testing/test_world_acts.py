from datetime import timedelta
from decimal import Decimal

import pytest
import trio

from tests.testing.program import START, Program, running
from trio_tws import (
    ConnectionLost,
    CurrentTime,
    LimitOrder,
    MarketOrder,
    OpenOrder,
    PlaceOrder,
    ReqCurrentTime,
    Stock,
    TickGeneric,
    TickPrice,
    TickType,
    TradePhase,
    open_tws,
)
from trio_tws._model.session import Error
from trio_tws._model.ticks import ReqMktData
from trio_tws.testing import (
    INSTRUMENTS,
    Farm,
    FarmState,
    Rule,
    Scenario,
    Simulator,
    after,
    at,
    before,
    on,
)
from trio_tws.testing._triggers import At
from trio_tws.testing._world_acts import Fill

AAPL = Stock("AAPL")
OPTION = next(one.local_symbol for one in INSTRUMENTS if one.sec_type == "OPT")


def ask(simulator: Simulator) -> float:
    quote = simulator.market.quote(265598, simulator.now())
    assert quote is not None
    return quote.ask


# The market .......................................................................................


async def test_orders_wait_while_it_is_halted(autojump_clock: object) -> None:
    scenario = Scenario(on(PlaceOrder, nth=1).halt("AAPL", seconds=60), at(10).halt("AAPL"))
    async with running(scenario=scenario) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            trade = await tws.place_order(AAPL, MarketOrder("BUY", 1))
            at_once = await tws.place_order(AAPL, MarketOrder("BUY", 1, tif="IOC"))
            other = await tws.place_order(Stock("MSFT"), MarketOrder("BUY", 1))
            await other.filled()
            assert (await at_once.done()).phase is TradePhase.CANCELLED
            assert trio.current_time() < 0.1
            await trade.filled()
            assert round(trio.current_time()) == 60
    assert [str(rule) for rule in scenario.unfired] == ["at(10).halt('AAPL')"]


async def test_lines_say_that_it_is_halted(autojump_clock: object) -> None:
    scenario = Scenario(at(5).halt("AAPL"), at(9).resume("AAPL"), at(10).resume("AAPL"))
    halted: list[tuple[int, float | None]] = []
    moved: set[int] = set()
    async with running(scenario=scenario) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with trio.move_on_after(12.5):
                async with tws.open_ticks(AAPL) as ticks:
                    async for tick in ticks:
                        second = round(trio.current_time())
                        if isinstance(tick, TickGeneric) and tick.tick_type is TickType.HALTED:
                            halted.append((second, tick.value))
                        elif isinstance(tick, TickPrice):
                            moved.add(second)
    assert halted == [(0, 0), (5, 1), (9, 0)]
    assert moved == {0, 1, 2, 3, 4, 9, 10, 11, 12}
    assert len(scenario.unfired) == 1


async def test_a_gap_takes_orders_with_it(autojump_clock: object) -> None:
    scenario = Scenario(at(30).gap("AAPL", -10))
    async with running(scenario=scenario) as simulator:
        before_it = ask(simulator)
        async with open_tws(stream=simulator.open_stream()) as tws:
            trade = await tws.place_order(AAPL, LimitOrder("BUY", 1, round(0.95 * before_it, 2)))
            state = await trade.filled()
            assert round(trio.current_time()) == 30
            assert state.average_price is not None
            assert state.average_price < 0.92 * before_it


async def test_the_price_of_an_option_follows(autojump_clock: object) -> None:
    with pytest.raises(ValueError, match="is an option, whose price follows another"):
        async with running(scenario=Scenario(at(1).gap(OPTION, 5))):
            pass


# Connections ......................................................................................


async def test_the_connections_of_all_break_at_a_time(autojump_clock: object) -> None:
    rules = (at(5).lose_connection(), at(2).lose_connection(after=4))
    scenario = Scenario(*rules)
    async with running(scenario=scenario) as simulator:
        first, second = await Program.started(simulator, 1), await Program.started(simulator, 2)
        await first.rest()
        await second.rest()
        assert round(trio.current_time(), 3) == 5
        await trio.sleep(5)
    assert scenario.unfired == [rules[1]]


async def test_what_came_with_a_request_that_ended_it_is_not_heard(autojump_clock: object) -> None:
    second = on(ReqCurrentTime, nth=2).drop()
    scenario = Scenario(on(ReqCurrentTime, nth=1).lose_connection(), second)
    async with running(scenario=scenario) as simulator:
        program = await Program.started(simulator)
        await program.send(ReqCurrentTime(), ReqCurrentTime())
        await program.rest()
    assert scenario.unfired == [second]


@pytest.mark.parametrize(
    ("rule", "is_taken", "is_told"),
    [
        (on(PlaceOrder).lose_connection(), True, False),
        (before(OpenOrder).lose_connection(), True, False),
        (after(OpenOrder).lose_connection(), True, True),
        (after(OpenOrder).lose_connection(after=1), True, True),
    ],
)
async def test_a_connection_breaks_about_a_message(
    rule: Rule, is_taken: bool, is_told: bool, autojump_clock: object
) -> None:
    scenario = Scenario(rule)
    async with running(scenario=scenario) as simulator:
        other = await Program.started(simulator, 2)
        told = 0
        with pytest.raises(ConnectionLost):
            async with open_tws(stream=simulator.open_stream(), client_id=1) as tws:
                trade = await tws.place_order(AAPL, LimitOrder("BUY", 1, 1.0))
                try:
                    await trade.filled()
                finally:
                    told = trade.perm_id
        assert bool(told) is is_told
        assert bool(simulator.exchange.book.open()) is is_taken
        await other.send(ReqCurrentTime())
        await other.until(CurrentTime)
    assert not scenario.unfired


async def test_ib_is_lost_and_found(autojump_clock: object) -> None:
    scenario = Scenario(at(5).lose_ib(10), at(20).lose_ib(1, keeps_data=False))
    async with running(scenario=scenario) as simulator:
        program = await Program.started(simulator)
        codes: list[tuple[int, int]] = []
        while len(codes) < 4:
            error = await program.until(Error)
            if error.code < 2000:
                codes.append((round(trio.current_time()), error.code))
    assert codes == [(5, 1100), (15, 1102), (20, 1100), (21, 1101)]


async def test_farms_are_lost_for_a_time_or_for_good(autojump_clock: object) -> None:
    rules = (at(1).lose_farm(Farm.HISTORICAL, seconds=5), at(1).lose_farm(Farm.MARKET_DATA))
    async with running(scenario=Scenario(*rules)) as simulator:
        await trio.sleep(2)
        assert simulator.network.state(Farm.HISTORICAL) is FarmState.BROKEN
        await trio.sleep(10)
        assert simulator.network.state(Farm.HISTORICAL) is FarmState.CONNECTED
        assert simulator.network.state(Farm.MARKET_DATA) is FarmState.BROKEN


async def test_somebody_has_the_data_for_a_time_or_for_good(autojump_clock: object) -> None:
    rules = (at(1).compete(seconds=5), at(2).compete(), at(10).compete())
    scenario = Scenario(*rules)
    async with running(scenario=scenario) as simulator:
        program = await Program.started(simulator)
        await trio.sleep(3)
        assert await program.error(ReqMktData(7, AAPL)) == (
            7,
            10197,
            "No market data during competing live session",
        )
        await program.until(TickPrice)
        assert round(trio.current_time(), 3) == 6
        await trio.sleep(100)
        assert simulator.network.is_competing
    assert scenario.unfired == [rules[1]]


@pytest.mark.parametrize("speed", [1, 60])
async def test_tws_restarts(speed: float, autojump_clock: object) -> None:
    async with running(scenario=Scenario(at(60).restart(120)), speed=speed) as simulator:
        program = await Program.started(simulator)
        await program.rest()
        assert round(trio.current_time() * speed, 3) == 60
        assert await Program(simulator.open_stream()).rest() == b""
        await trio.sleep(121 / speed)
        await Program.started(simulator)


async def test_a_test_can_do_what_it_wants(autojump_clock: object) -> None:
    async with running(scenario=Scenario(at(60).do(lambda one: one.network.lose()))) as sim:
        await trio.sleep(61)
        assert sim.network.is_lost


# Orders ...........................................................................................


async def test_fills_are_priced(autojump_clock: object) -> None:
    rules = (
        on(PlaceOrder).fill(10, after=1),
        on(PlaceOrder).fill("20", 2.5, after=2),
        on(PlaceOrder).fill(Decimal(1000), after=3),
        on(PlaceOrder).fill(1, after=4),
        on(PlaceOrder).cancel(after=4),
    )
    scenario = Scenario(*rules)
    async with running(scenario=scenario) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            trade = await tws.place_order(AAPL, LimitOrder("BUY", 100, 1.0))
            await trade.filled()
            assert round(trio.current_time(), 3) == 3
            fills = [(fill.execution.shares, fill.execution.price) for fill in trade.fills]
            await trio.sleep(2)
    assert fills == [(Decimal(10), 1.0), (Decimal(20), 2.5), (Decimal(70), 1.0)]
    assert scenario.unfired == list(rules[3:])


async def test_an_order_without_a_price_is_filled_in_the_middle(autojump_clock: object) -> None:
    scenario = Scenario(at(0).halt("AAPL"), on(PlaceOrder).fill(1))
    async with running(scenario=scenario) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            trade = await tws.place_order(AAPL, MarketOrder("BUY", 1))
            await trade.filled()
        assert 0 < ask(simulator) - trade.fills[0].execution.price < 0.05


async def test_what_has_no_order_has_no_effect(autojump_clock: object) -> None:
    order = on(PlaceOrder)
    rules = (order.fill(1), order.cancel(), order.correct(price=1.0))
    scenario = Scenario(*rules, order.drop(), Rule(At(0), Fill(Decimal(1))))
    async with running(scenario=scenario) as simulator:
        program = await Program.started(simulator)
        await program.send(PlaceOrder(1, AAPL, LimitOrder("BUY", 1, 1.0)), ReqCurrentTime())
        await program.until(CurrentTime)
        scenario.add(*(again := (order.fill(1), order.cancel(), order.correct(price=1.0))))
        assert len(again) == 3
    assert len(scenario.unfired) == 7

    refused = Scenario(*rules)
    async with running(scenario=refused, start=START + timedelta(hours=1)) as simulator:
        program = await Program.started(simulator)
        await program.error(PlaceOrder(0, AAPL, LimitOrder("BUY", 1, 1.0)))
    assert refused.unfired == list(rules)


async def test_the_last_fill_is_corrected(autojump_clock: object) -> None:
    rules = (
        on(PlaceOrder).fill(10, 5.0, after=1),
        on(PlaceOrder).fill(20, 6.0, after=2),
        on(PlaceOrder).correct(price=5.5, after=3),
        on(PlaceOrder).correct(shares=0, after=4),
    )
    scenario = Scenario(*rules)
    async with running(scenario=scenario) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            trade = await tws.place_order(AAPL, LimitOrder("BUY", 100, 1.0))
            await trio.sleep(3.5)
            assert [fill.execution.price for fill in trade.fills] == [5.0, 5.5]
            await trio.sleep(1)
            assert trade.state.filled == 10
    assert not scenario.unfired
