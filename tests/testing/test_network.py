"""IB out of reach, as a whole, farm by farm, or because the login is in use elsewhere."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from tests.testing.program import START, Program, running
from trio_tws import (
    LimitOrder,
    Notice,
    OrderStatus,
    RequestCancelled,
    ResponseTimeout,
    Stock,
    open_tws,
)
from trio_tws._model.bars import (
    CancelHistoricalData,
    HistoricalDataUpdate,
    ReqHistoricalData,
)
from trio_tws._model.contracts import ContractDataEnd, ReqContractData
from trio_tws._model.depth import MarketDepthL2, ReqMktDepth
from trio_tws._model.histogram import HeadTimestamp, ReqHeadTimestamp
from trio_tws._model.place_order import PlaceOrder
from trio_tws._model.real_time_bars import RealTimeBars, ReqRealTimeBars
from trio_tws._model.session import CurrentTime, Error, NextValidId, ReqCurrentTime, ReqIds
from trio_tws._model.tick_by_tick import ReqTickByTickData, TickByTick
from trio_tws._model.ticks import CancelMktData, MarketDataType, ReqMktData, TickPrice
from trio_tws.testing import Farm, FarmState, Simulator
from trio_tws.testing._network import WAKING

AAPL, MSFT = Stock("AAPL"), Stock("MSFT")
VERSIONS = (176, 226)
PATIENT = LimitOrder("BUY", Decimal(1), 1.0)
GROWING = ReqHistoricalData(5, AAPL, bar_size_setting="1 min", keep_up_to_date=True)
STREAMS = (
    ReqMktData(1, AAPL),
    ReqMktDepth(2, AAPL, num_rows=2, is_smart_depth=True),
    ReqTickByTickData(3, AAPL),
    ReqRealTimeBars(4, AAPL),
    GROWING,
)
TOLD = (TickPrice, MarketDepthL2, TickByTick, RealTimeBars, HistoricalDataUpdate)


async def heard(program: Program, seconds: float = 30.3) -> list[Any]:
    """Gives all that comes in so many seconds.

    Not in whole ones: the market moves at those, and what is told in the moment in which nobody
    listens any more would be heard the next time.
    """
    events: list[Any] = []
    with trio.move_on_after(seconds):
        while True:
            events.append(await program.next())
    return events


def codes(events: Sequence[object]) -> list[tuple[int, int]]:
    return [(event.req_id, event.code) for event in events if isinstance(event, Error)]


def data(events: Sequence[object]) -> set[type]:
    return {type(event) for event in events} & set(TOLD)


async def streaming(simulator: Simulator) -> Program:
    """Gives a program with one stream of each kind."""
    program = await Program.started(simulator)
    await program.send(*STREAMS)
    assert data(await heard(program)) == set(TOLD)
    return program


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> int:
    found: int = request.param
    return found


# All of IB ........................................................................................


async def test_without_ib_there_is_no_data_but_the_time(
    version: int, autojump_clock: object
) -> None:
    async with running(server_version=version) as simulator:
        program = await streaming(simulator)
        simulator.network.lose()
        events = await heard(program)
        assert codes(events) == [(-1, 1100)]
        assert not data(events)
        await program.send(ReqCurrentTime(), ReqIds(), ReqContractData(9, AAPL))
        assert [type(one) for one in await heard(program)] == [CurrentTime, NextValidId]
        assert set(simulator.clients[0].requests) == {1, 2, 3, 4, 5, 9}


async def test_what_was_kept_goes_on_and_what_was_asked_is_answered(
    version: int, autojump_clock: object
) -> None:
    async with running(server_version=version) as simulator:
        program = await streaming(simulator)
        simulator.network.lose()
        await program.send(ReqContractData(9, AAPL), ReqMktData(10, MSFT), CancelMktData(1))
        await heard(program, 100)
        back = simulator.now()
        simulator.network.restore()
        events = await heard(program)
        assert codes(events)[0] == (-1, 1102)
        assert data(events) == set(TOLD)
        assert any(isinstance(event, ContractDataEnd) for event in events)
        assert {event.req_id for event in events if isinstance(event, TickPrice)} == {10}
        bars = [
            int((event.time or START).timestamp())
            for event in events
            if isinstance(event, RealTimeBars)
        ]
        assert back - 5 <= bars[0] <= back  # those of the time between are lost
        assert bars == [bars[0] + 5 * number for number in range(len(bars))]
        singles = [event.last for event in events if isinstance(event, TickByTick)]
        assert all(tick and tick.time and tick.time.timestamp() > back for tick in singles)


async def test_what_was_lost_ends_as_tws_ends_it(version: int, autojump_clock: object) -> None:
    async with running(server_version=version, latency=1) as simulator:
        program = await Program.started(simulator)
        await program.send(*STREAMS)
        await heard(program)
        await program.send(ReqHeadTimestamp(8, AAPL))
        await wait_all_tasks_blocked()
        simulator.network.lose()
        await program.send(ReqContractData(9, AAPL), ReqHistoricalData(10, AAPL))
        await heard(program)
        simulator.network.restore(keeps_data=False)
        events = await heard(program)
        ends = [(2, 316), (4, 10225), (5, 10182), (8, 162), (10, 162)]
        assert codes(events)[0] == (-1, 1101)
        assert sorted(codes(events)[1:]) == ends
        assert not data(events)
        assert any(isinstance(event, ContractDataEnd) for event in events)
        assert simulator.clients[0].requests == {}
        await program.send(*STREAMS)  # the ids are free, and so are the lines
        assert data(await heard(program)) == set(TOLD)


async def test_cancels_and_doubles_are_answered_meanwhile(
    version: int, autojump_clock: object
) -> None:
    async with running(server_version=version) as simulator:
        program = await streaming(simulator)
        simulator.network.lose()
        await program.send(
            CancelHistoricalData(5), CancelMktData(1), CancelMktData(1), ReqTickByTickData(3, MSFT)
        )
        told = codes(await heard(program))
        assert told == [(-1, 1100), (5, 162), (1, 300), (3, 322)]


async def test_orders_are_worked_unheard_of(version: int, autojump_clock: object) -> None:
    async with running(server_version=version) as simulator:
        program = await Program.started(simulator)
        await program.send(PlaceOrder(1, AAPL, PATIENT))
        assert (await program.until(OrderStatus)).order_id == 1
        simulator.network.lose()
        simulator.exchange.cancel(1, 1)
        await program.send(PlaceOrder(2, AAPL, PATIENT))
        assert codes(await heard(program)) == [(-1, 1100)]
        simulator.network.restore()
        events = await heard(program)
        assert codes(events) == [(-1, 1102), (1, 202)]
        statuses = [event.order_id for event in events if isinstance(event, OrderStatus)]
        assert statuses == sorted(statuses)
        assert set(statuses) == {1, 2}


async def test_who_comes_meanwhile_is_told(version: int, autojump_clock: object) -> None:
    async with running(server_version=version) as simulator:
        simulator.network.lose()
        program = Program(simulator.open_stream())
        await program.greet()
        simulator.network.lose()  # nobody has started, so nobody hears it
        await wait_all_tasks_blocked()
        program = await Program.started(simulator)
        assert codes(await heard(program)) == [(-1, 2110)]
        simulator.network.lose()
        assert codes(await heard(program)) == [(-1, 1100)]


async def test_what_is_not_lost_can_not_be_restored(version: int, autojump_clock: object) -> None:
    async with running(server_version=version) as simulator:
        program = await Program.started(simulator)
        await heard(program)
        simulator.network.restore(keeps_data=False)
        assert await heard(program) == []


async def test_our_client_hears_that_bars_have_ended(version: int, autojump_clock: object) -> None:
    async with (
        running(server_version=version) as simulator,
        open_tws(stream=simulator.open_stream()) as tws,
    ):
        simulator.network.lose()
        assert await tws.current_time()
        with pytest.raises(ResponseTimeout):
            await tws.contract_details(AAPL)
        simulator.network.restore()
        async with tws.open_bars(AAPL, bar_size="1 min") as bars:
            await anext(bars)
            simulator.network.lose()
            simulator.network.restore(keeps_data=False)
            with pytest.raises(RequestCancelled):
                async for _ in bars:
                    pass


# Single farms .....................................................................................


@pytest.mark.parametrize(
    ("farm", "broken", "mended", "silent"),
    [
        (Farm.MARKET_DATA, 2103, 2104, set(TOLD) - {HistoricalDataUpdate}),
        (Farm.HISTORICAL, 2105, 2106, {HistoricalDataUpdate}),
        (Farm.DEFINITIONS, 2157, 2158, set[type]()),
    ],
)
async def test_a_broken_farm_is_silent(
    version: int, autojump_clock: object, farm: Farm, broken: int, mended: int, silent: set[type]
) -> None:
    async with running(server_version=version) as simulator:
        program = await streaming(simulator)
        simulator.network.break_farm(farm)
        assert simulator.network.state(farm) is FarmState.BROKEN
        await program.send(ReqContractData(9, AAPL))
        events = await heard(program)
        assert codes(events) == [(-1, broken)]
        assert data(events) == set(TOLD) - silent
        is_known = any(isinstance(event, ContractDataEnd) for event in events)
        assert is_known is (farm is not Farm.DEFINITIONS)
        simulator.network.mend_farm(farm)
        events = await heard(program)
        assert codes(events) == [(-1, mended)]
        assert data(events) == set(TOLD)
        assert any(isinstance(event, ContractDataEnd) for event in events) is not is_known


async def test_an_idle_farm_wakes_when_it_is_needed(version: int, autojump_clock: object) -> None:
    async with running(server_version=version, idle_farms=True) as simulator:
        program = await Program.started(simulator)
        assert codes(await heard(program)) == [(-1, 2108), (-1, 2107), (-1, 2158)]
        began = trio.current_time()
        await program.send(ReqMktData(1, AAPL), ReqMktData(2, MSFT), CancelMktData(2))
        events = await program.all_until(MarketDataType)
        assert codes(events) == [(-1, 2119), (-1, 2104)]
        assert trio.current_time() - began == WAKING
        await program.send(ReqHeadTimestamp(3, AAPL))
        events = await program.all_until(HeadTimestamp)
        assert codes(events) == [(-1, 2106)]
        assert {event.req_id for event in events if isinstance(event, TickPrice)} == {1}


async def test_a_farm_can_fall_asleep_and_break_while_it_wakes(
    version: int, autojump_clock: object
) -> None:
    async with running(server_version=version) as simulator:
        program = await Program.started(simulator)
        await heard(program)
        simulator.network.idle_farm(Farm.MARKET_DATA)
        await program.send(ReqMktData(1, AAPL))
        await wait_all_tasks_blocked()
        simulator.network.break_farm(Farm.MARKET_DATA)
        assert codes(await heard(program)) == [(-1, 2108), (-1, 2119), (-1, 2103)]


async def test_the_farm_of_definitions_never_sleeps() -> None:
    async with running() as simulator:
        with pytest.raises(ValueError, match="only the farms of market data and of the past"):
            simulator.network.idle_farm(Farm.DEFINITIONS)


async def test_a_farm_stays_broken_when_ib_is_back(version: int, autojump_clock: object) -> None:
    async with running(server_version=version) as simulator:
        program = await streaming(simulator)
        simulator.network.break_farm(Farm.MARKET_DATA)
        simulator.network.lose()
        simulator.network.mend_farm(Farm.HISTORICAL)
        assert not data(await heard(program))
        simulator.network.restore()
        assert data(await heard(program)) == {HistoricalDataUpdate}


# Another login ....................................................................................


async def test_a_login_elsewhere_takes_the_market_data(
    version: int, autojump_clock: object
) -> None:
    async with running(server_version=version) as simulator:
        program = await streaming(simulator)
        simulator.network.compete()
        simulator.network.compete()  # nothing new
        events = await heard(program)
        assert codes(events) == [(number, 10197) for number in (1, 2, 3, 4)]
        assert data(events) == {HistoricalDataUpdate}
        await program.send(ReqMktData(9, MSFT))
        assert codes(await heard(program)) == [(9, 10197)]
        simulator.network.compete(is_competing=False)
        events = await heard(program)
        assert codes(events) == []
        assert data(events) == set(TOLD)
        assert {event.req_id for event in events if isinstance(event, TickPrice)} == {1, 9}


async def test_our_client_goes_on_after_a_competing_session(
    version: int, autojump_clock: object
) -> None:
    async with (
        running(server_version=version) as simulator,
        open_tws(stream=simulator.open_stream()) as tws,
        tws.open_ticks(AAPL) as ticks,
    ):
        await anext(ticks)
        simulator.network.compete()
        await trio.sleep(60)
        simulator.network.compete(is_competing=False)
        with trio.fail_after(60):
            assert not isinstance(await anext(ticks), Notice)
