"""Scenarios as a whole, over the wire; each word has a module of its own too."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import trio

from tests.testing.program import START, Program, running
from trio_tws import (
    Bar,
    CurrentTime,
    LimitOrder,
    MarketOrder,
    OpenOrder,
    OrderRejected,
    OrderStatus,
    PlaceOrder,
    ReqCurrentTime,
    Stock,
    TradePhase,
    open_tws,
)
from trio_tws._model.session import Error, ReqIds
from trio_tws.testing import (
    Scenario,
    ScenarioError,
    Simulator,
    after,
    at,
    before,
    exchange_hours,
    on,
    open_simulator,
)

AAPL = Stock("AAPL")


def test_it_says_what_it_consists_of() -> None:
    scenario = Scenario(at("10:00").halt("AAPL", seconds=300), seed=7)
    scenario.add(on(PlaceOrder, nth=2).reject(201, "no"))

    assert repr(scenario) == (
        "Scenario(at('10:00').halt('AAPL', seconds=300), on(PlaceOrder, nth=2).reject(201, 'no'))"
    )
    assert scenario.unfired == list(scenario.rules)
    assert [scenario.times_fired(rule) for rule in scenario.rules] == [0, 0]


def test_it_is_not_asked_for_rules_of_others() -> None:
    with pytest.raises(ValueError, match=r"at\(1\)\.restart\(\) is not in this scenario"):
        Scenario().times_fired(at(1).restart())


async def test_a_rule_fires_as_often_as_it_is_met(autojump_clock: object) -> None:
    each, second = on(ReqCurrentTime).duplicate(), on(ReqCurrentTime, nth=2).reject(1, "no")
    scenario = Scenario(second, each, on(ReqIds).drop())
    async with running(scenario=scenario) as simulator:
        program = await Program.started(simulator)
        heard: list[str] = []
        for count in (2, 1, 2):
            await program.send(ReqCurrentTime())
            while count:
                event = await program.next()
                if isinstance(event, CurrentTime) or (isinstance(event, Error) and event.code == 1):
                    heard.append(type(event).__name__)
                    count -= 1

    assert heard == ["CurrentTime"] * 2 + ["Error"] + ["CurrentTime"] * 2
    assert scenario.times_fired(each) == 2
    assert scenario.times_fired(second) == 1
    assert [str(rule) for rule in scenario.unfired] == ["on(ReqIds).drop()"]


async def test_one_is_played_once(autojump_clock: object) -> None:
    scenario = Scenario()
    async with running(scenario=scenario) as simulator:
        with pytest.raises(ValueError, match="played already"):
            simulator.play(scenario)
        simulator.play(Scenario(at(0).gap("AAPL", 1)))


async def test_what_cannot_happen_is_said_before_it_begins(autojump_clock: object) -> None:
    with pytest.raises(ValueError, match=r"at\('10:00'\)\.halt\('APPL'\): nothing with the symbol"):
        async with running(scenario=Scenario(at("10:00").halt("APPL"))):
            pytest.fail("it began")


async def test_rules_that_are_added_count_from_then_on(autojump_clock: object) -> None:
    scenario = Scenario()
    async with running(scenario=scenario) as simulator:
        program = await Program.started(simulator)
        with pytest.raises(ValueError, match="is past"):
            scenario.add(on(ReqCurrentTime).drop(), at(START.replace(hour=9)).restart())
        assert scenario.rules == ()
        await program.send(ReqCurrentTime())
        await program.until(CurrentTime)
        scenario.add(on(ReqCurrentTime).reject(321, "too late"))
        assert await program.error(ReqCurrentTime()) == (-1, 321, "too late")


async def test_what_a_test_does_wrong_ends_it_with_the_name_of_the_rule(
    autojump_clock: object,
) -> None:
    """In the simulator's own tasks, so that it can't come out where it is done."""

    def look(order: PlaceOrder) -> bool:
        raise LookupError(order.order_id)

    scenario = Scenario(on(PlaceOrder, where=look).drop())
    with pytest.raises(ScenarioError, match=r"on\(PlaceOrder, where=look\)\.drop\(\): 1") as info:
        async with running(scenario=scenario) as simulator:
            async with open_tws(stream=simulator.open_stream()) as tws:
                await tws.place_order(AAPL, MarketOrder("BUY", 1))
                await trio.sleep_forever()

    assert isinstance(info.value.__cause__, LookupError)


async def test_what_goes_wrong_later_names_its_rule_too(autojump_clock: object) -> None:
    def stumble(simulator: Simulator) -> None:
        raise RuntimeError(str(simulator.now() > 0))

    with pytest.raises(ScenarioError, match=r"at\(60\)\.do\(stumble\): True"):
        async with running(scenario=Scenario(at(60).do(stumble))):
            await trio.sleep_forever()


async def test_what_is_named_already_is_not_named_again(autojump_clock: object) -> None:
    inner = Scenario(at(0).gap("AAPL", -100))
    with pytest.raises(ScenarioError, match=r"^at\(0\)\.gap\('AAPL', -100\): "):
        async with running(scenario=Scenario(at(0).do(lambda one: one.play(inner)))):
            pass


# Whole days .......................................................................................


async def test_a_program_is_rejected_once(autojump_clock: object) -> None:
    scenario = Scenario(on(PlaceOrder, nth=1).reject(201, "Order rejected - reason: no shares"))
    async with running(scenario=scenario) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            first = await tws.place_order(AAPL, MarketOrder("BUY", 1))
            with pytest.raises(OrderRejected, match="no shares"):
                await first.done()
            second = await tws.place_order(AAPL, MarketOrder("BUY", 1))
            await second.filled()
    assert not scenario.unfired


async def test_some_of_an_order_is_filled_and_the_rest_cancelled(autojump_clock: object) -> None:
    bid = on(PlaceOrder, where=lambda placed: placed.order.action == "BUY")
    scenario = Scenario(bid.fill(30, after=5), bid.cancel(after=10))
    async with running(scenario=scenario, latency=0.5) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            trade = await tws.place_order(AAPL, LimitOrder("BUY", 100, 1.0))
            state = await trade.done()
            assert round(trio.current_time()) == 10
    assert state.phase is TradePhase.CANCELLED
    assert (state.filled, state.average_price) == (Decimal(30), 1.0)
    assert not scenario.unfired


@pytest.mark.parametrize("version", [100, 176, 226])
async def test_the_same_seed_brings_the_same(version: int, autojump_clock: object) -> None:
    """Down to the order of the messages; another seed another one."""

    async def day(seed: int) -> list[object]:
        scenario = Scenario(
            before(OpenOrder, OrderStatus).reorder(),
            before(OrderStatus, nth=3).drop(),
            on(PlaceOrder, nth=3).delay(2.5),
            at(4).gap("AAPL", -3),
            seed=seed,
        )
        told: list[object] = []
        async with running(scenario=scenario, server_version=version) as simulator:
            async with open_tws(stream=simulator.open_stream()) as tws:
                for _ in range(5):
                    await tws.place_order(AAPL, LimitOrder("BUY", 100, 170.0))
                    await trio.sleep(1)
                told += [(trade.order_id, trade.state) for trade in tws.trades]
        assert not scenario.unfired
        return told

    first = await day(1)
    assert str(await day(1)) == str(first)


@pytest.mark.slow
async def test_a_day_with_a_halt_and_a_night_passes_at_once(autojump_clock: object) -> None:
    start = datetime(2026, 1, 15, 14, tzinfo=UTC)
    scenario = Scenario(
        at("10:00").halt("AAPL", seconds=600),
        at("11:00").lose_ib(60),
        at("12:30").gap("AAPL", -2),
        at("23:45").lose_ib(600, keeps_data=False),
    )
    async with open_simulator(start=start, hours=exchange_hours, scenario=scenario) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            await trio.sleep(16 * 3600)
            bars = await tws.historical_bars(AAPL, duration="1 D", bar_size="5 mins", use_rth=True)
    day: dict[str, Bar] = {}
    for bar in bars:
        assert isinstance(bar.time, datetime)
        day[f"{bar.time.astimezone(simulator.zone):%H:%M}"] = bar
    assert "10:00" not in day
    assert "09:55" in day
    assert "10:10" in day
    assert day["12:30"].open < 0.99 * day["12:25"].close
    assert not scenario.unfired


async def test_what_is_told_at_last_is_told_before_the_connection_ends(
    autojump_clock: object,
) -> None:
    scenario = Scenario(after(CurrentTime).lose_connection())
    async with running(scenario=scenario) as simulator:
        program = await Program.started(simulator)
        await program.send(ReqCurrentTime())
        await program.until(CurrentTime)
        assert await program.rest() == b""
        again = await Program.started(simulator)
        await again.send(ReqCurrentTime())
        await again.until(CurrentTime)
    assert scenario.times_fired(scenario.rules[0]) == 2
