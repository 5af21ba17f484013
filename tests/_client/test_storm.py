"""Many requests at once, some of them wrong, some of them cancelled at any moment.

Each caller gets its own answer or its own error, TWS is left with nothing to do, and the session
with nothing to remember.
"""

import gc
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from random import Random

import attrs
import pytest
import trio
import trio.testing

from tests._client.cases import Case, every_case
from trio_tws import (
    TWS,
    LimitReached,
    LocalProtocolError,
    ReqContractData,
    ReqHistoricalData,
    ReqMktData,
    RequestError,
    Stock,
    open_tws,
)
from trio_tws.testing import Simulator, open_simulator

pytestmark = pytest.mark.no_cover

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
KNOWN = ("AAPL", "IBM", "MSFT")
UNKNOWN = ("NONE", "NADA")
AT_ONCE = 60

Use = Callable[[TWS, str], Awaitable[None]]


# What is done .....................................................................................


async def details(tws: TWS, symbol: str) -> None:
    found = await tws.contract_details(Stock(symbol))
    assert {one.contract.symbol for one in found} == {symbol}


async def bars(tws: TWS, symbol: str) -> None:
    assert len(await tws.historical_bars(Stock(symbol), duration="600 S", bar_size="1 min")) == 10


async def time(tws: TWS, symbol: str) -> None:
    assert (await tws.current_time()).timestamp() > START.timestamp() - 1


async def ticks(tws: TWS, symbol: str) -> None:
    async with tws.open_ticks(Stock(symbol)) as line:
        for _ in range(3):
            tick = await anext(line)
            request = line.request
            assert isinstance(request, ReqMktData)
            assert getattr(tick, "req_id", None) == request.req_id


BY_SYMBOL: tuple[Use, ...] = (details, bars, time, ticks)


def of_case(case: Case) -> Use:
    """Makes a use of a case, which knows its own instrument."""

    async def use(tws: TWS, _symbol: str) -> None:
        try:
            assert type(await case.use(tws)) is type(case.result)
        except LimitReached as error:  # many do the same at once
            if not isinstance(error.request, case.request):
                raise
        except LocalProtocolError as error:  # a limit that is known here
            if "no more for one client" not in str(error):
                raise

    use.__name__ = case.name
    return use


def uses(version: int) -> list[Use]:
    """Gives everything that the simulated TWS answers at a version."""
    cases = [
        case
        for case in every_case()
        if case.in_simulator and min(case.versions) <= version and max(case.versions) >= 176
    ]
    return [*BY_SYMBOL, *map(of_case, cases)]


# The storm ........................................................................................


@attrs.define
class Storm:
    """Makes requests of all kinds, and counts how they end, by what was done."""

    tws: TWS
    simulator: Simulator
    rng: Random
    ends: Counter[str] = attrs.field(factory=Counter[str])
    answered: Counter[str] = attrs.field(factory=Counter[str])

    async def blow(self, count: int) -> None:
        """Makes so many, and waits until it is calm.

        The dice are thrown here, as the order in which tasks run differs from time to time.
        """
        rng, room = self.rng, trio.Semaphore(AT_ONCE)
        kinds = uses(self.simulator.server_version)
        async with trio.open_nursery() as nursery:
            for _ in range(count):
                await room.acquire()
                use = rng.choice(rng.choice((BY_SYMBOL, kinds)))
                symbol = rng.choice(KNOWN + KNOWN + UNKNOWN)
                patience = rng.choice((60.0, 60.0, rng.uniform(0, 0.2), rng.uniform(0, 5)))
                nursery.start_soon(self._one, use, symbol, patience, room)
        await trio.sleep(60)

    async def _one(self, use: Use, symbol: str, patience: float, room: trio.Semaphore) -> None:
        with trio.move_on_after(patience) as scope:
            try:
                await use(self.tws, symbol)
                self.ends["answer"] += 1
                self.answered[getattr(use, "__name__", "")] += 1
            except RequestError as error:
                request = error.request
                assert use in BY_SYMBOL
                assert isinstance(request, ReqContractData | ReqHistoricalData | ReqMktData)
                assert request.contract.symbol == symbol
                assert symbol in UNKNOWN
                self.ends["error"] += 1
        self.ends["cancelled"] += scope.cancelled_caught
        room.release()

    def assert_calm(self) -> None:
        """Looks at what should be over."""
        (client,) = self.simulator.clients
        assert client.requests == {}
        session = self.tws._session
        assert session._conversations == {}
        assert not session.unkeyed.conversations()
        assert len(session.streams) == 1  # that of tws.events
        pacing = self.tws.pacing
        assert (pacing.waiting, pacing.queued, pacing.open_history) == (0, 0, 0)
        assert (pacing.market_data_lines, pacing.market_depth, pacing.tick_by_tick) == (0, 0, 0)

    def memory(self) -> int:
        """Counts what the garbage collector knows of, without what the simulator keeps to show."""
        (client,) = self.simulator.clients
        client.received.clear()
        gc.collect()
        return len(gc.get_objects())


async def storm(*counts: int, version: int, seed: int) -> tuple[Storm, list[int]]:
    """Blows several times; gives how large the memory was after each."""
    async with open_simulator(server_version=version, start=START, latency=0.05) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True, event_buffer=1) as tws:
            blowing, memory = Storm(tws, simulator, Random(seed)), list[int]()
            for count in counts:
                await blowing.blow(count)
                blowing.assert_calm()
                memory.append(blowing.memory())
    return blowing, memory


@pytest.mark.slow
@pytest.mark.parametrize("version", [176, 226])
async def test_each_gets_its_own_answer_or_its_own_error(
    version: int, autojump_clock: trio.testing.MockClock
) -> None:
    blowing, _memory = await storm(600, version=version, seed=1)

    ends = blowing.ends
    assert ends.total() == 600
    assert min(ends[kind] for kind in ("answer", "error", "cancelled")) > 30


@pytest.mark.slow
@pytest.mark.wide
async def test_ten_thousand_times(autojump_clock: trio.testing.MockClock) -> None:
    blowing, memory = await storm(5_000, 5_000, version=226, seed=2)

    assert blowing.ends.total() == 10_000
    assert {use.__name__ for use in uses(226)} == {*blowing.answered}
    assert memory[1] < memory[0] + 2_000  # less than one object for two requests
