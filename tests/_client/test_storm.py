"""Many requests at once, some of them wrong, some of them cancelled at any moment.

Each caller gets its own answer or its own error, TWS is left with nothing to do, and the session
with nothing to remember.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from random import Random

import pytest
import trio
import trio.testing

from trio_tws import (
    TWS,
    ReqContractData,
    ReqHistoricalData,
    ReqMktData,
    RequestError,
    Stock,
    open_tws,
)
from trio_tws.testing import open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
KNOWN = ("AAPL", "IBM", "MSFT")
UNKNOWN = ("NONE", "NADA")
AT_ONCE = 60


async def details(tws: TWS, symbol: str) -> None:
    found = await tws.contract_details(Stock(symbol))
    assert {one.contract.symbol for one in found} == {symbol}


async def bars(tws: TWS, symbol: str) -> None:
    assert len(await tws.historical_bars(Stock(symbol), duration="600 S", bar_size="1 min")) == 10


async def time(tws: TWS, symbol: str) -> None:
    assert abs((await tws.current_time()).timestamp() - START.timestamp()) < 100_000


async def ticks(tws: TWS, symbol: str) -> None:
    async with tws.open_ticks(Stock(symbol)) as line:
        for _ in range(3):
            tick = await anext(line)
            request = line.request
            assert isinstance(request, ReqMktData)
            assert getattr(tick, "req_id", None) == request.req_id


USES: tuple[Callable[[TWS, str], Awaitable[None]], ...] = (details, bars, time, ticks)


async def storm(count: int, version: int, seed: int) -> Counter[str]:
    """Makes so many requests; gives how they ended."""
    rng = Random(seed)
    ends: Counter[str] = Counter()
    async with open_simulator(server_version=version, start=START, latency=0.05) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            room = trio.Semaphore(AT_ONCE)

            async def one(
                use: Callable[[TWS, str], Awaitable[None]], symbol: str, patience: float
            ) -> None:
                with trio.move_on_after(patience) as scope:
                    try:
                        await use(tws, symbol)
                        ends["answer"] += 1
                    except RequestError as error:
                        request = error.request
                        assert isinstance(request, ReqContractData | ReqHistoricalData | ReqMktData)
                        assert request.contract.symbol == symbol
                        assert symbol in UNKNOWN
                        ends["error"] += 1
                ends["cancelled"] += scope.cancelled_caught
                room.release()

            async with trio.open_nursery() as nursery:
                for _ in range(count):
                    await room.acquire()
                    symbol = rng.choice(KNOWN + KNOWN + UNKNOWN)
                    patience = rng.choice((60.0, 60.0, rng.uniform(0, 0.2), rng.uniform(0, 5)))
                    nursery.start_soon(one, rng.choice(USES), symbol, patience)
            await trio.sleep(60)
            (client,) = simulator.clients
            assert client.requests == {}
            assert tws._session._conversations == {}
            assert not tws._session.unkeyed.conversations()
    return ends


@pytest.mark.slow
@pytest.mark.parametrize("version", [176, 226])
async def test_each_gets_its_own_answer_or_its_own_error(
    version: int, autojump_clock: trio.testing.MockClock
) -> None:
    ends = await storm(600, version, seed=1)

    assert ends.total() == 600
    assert min(ends[kind] for kind in ("answer", "error", "cancelled")) > 50


@pytest.mark.slow
@pytest.mark.wide
async def test_ten_thousand_times(autojump_clock: trio.testing.MockClock) -> None:
    assert (await storm(10_000, 226, seed=2)).total() == 10_000
