"""Many orders in one session, and many sessions of one program.

What a session keeps is bounded by the orders that are alive and those of the done ones that it
keeps on purpose; and no number is ever given to two orders, by whatever tasks and in whatever
sessions they are placed.
"""

import gc
from collections import Counter
from random import Random
from types import FunctionType, ModuleType
from typing import Final, Self

import attrs
import pytest
import trio
import trio.testing

from tests._client.order_trials import AAPL, BRACKET, START, Break, Line, order_for
from trio_tws import (
    TWS,
    ConnectFailed,
    ConnectionLost,
    OrderInDoubt,
    PlaceOrder,
    Trade,
    open_tws,
)
from trio_tws._orders.book import RETENTION
from trio_tws.testing import SimulatedClient, Simulator, TwsLimits, open_simulator

pytestmark = pytest.mark.no_cover

VERSIONS = pytest.mark.parametrize("version", [176, 226])

# Memory ...........................................................................................

ALIVE: Final = 30
AT_ONCE: Final = 60
OUTSIDE: Final = (type, ModuleType, FunctionType, trio.lowlevel.Task)
"""What the walk through a session's memory does not enter: behind these is everything."""


def weigh(root: object) -> Counter[str]:
    """Counts what can be reached from an object, by type."""
    seen = {id(root)}
    found, ahead = Counter[str](), [root]
    while ahead:
        one = ahead.pop()
        found[type(one).__name__] += 1
        for other in gc.get_referents(one):
            if id(other) not in seen and not isinstance(other, OUTSIDE):
                seen.add(id(other))
                ahead.append(other)
    return found


async def live_and_die(tws: TWS, count: int) -> None:
    """Places so many orders, of which each is filled, cancelled or rejected."""
    for at in range(0, count, AT_ONCE):
        trades = list[Trade]()
        for number in range(at, at + AT_ONCE):
            price = (None, 1.0, 1.00001)[number % 3]
            trades.append(await tws.place_order(AAPL, order_for(1, price)))
        await trades[1].accepted()
        for trade in trades[1::3]:
            await trade.request_cancel()
        for trade in trades:
            await trade.wait_for(lambda state: state.is_done)
        assert all(trade.is_done for trade in trades)


async def many(version: int, counts: list[int]) -> list[Counter[str]]:
    weights = list[Counter[str]]()
    async with open_simulator(
        server_version=version, start=START, limits=TwsLimits(orders_per_side=None)
    ) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True, event_buffer=1) as tws:
            alive = [await tws.place_order(AAPL, order_for(1, 1.0)) for _ in range(ALIVE)]
            for count in counts:
                await live_and_die(tws, count)
                await trio.testing.wait_all_tasks_blocked()
                assert len(tws._session.orders.book) == ALIVE + RETENTION
                assert set(tws.trades) == set(alive)
                weights.append(weigh(tws._session))
            assert len(simulator.exchange.book.open()) == ALIVE
    return weights


def check_weights(weights: list[Counter[str]]) -> None:
    first, *others = (weight.total() for weight in weights)
    for weight in others:
        assert weight < first * 1.02, weights[-1] - weights[0]


@pytest.mark.slow
async def test_memory_is_bounded_by_what_is_alive_and_kept(autojump_clock: object) -> None:
    check_weights(await many(226, [RETENTION + 20, 300]))


@pytest.mark.wide
@VERSIONS
async def test_ten_thousand_orders_weigh_no_more_than_one_thousand(
    version: int, autojump_clock: object
) -> None:
    check_weights(await many(version, [RETENTION + 20, 3_000, 3_000, 3_000]))


# Numbers ..........................................................................................


@attrs.frozen
class Step:
    """What a task does next. It is thrown before the tasks run, as their turns are trio's dice."""

    pause: float
    patience: float
    kind: int
    price: float | None

    @classmethod
    def thrown(cls, rng: Random) -> Self:
        return cls(
            rng.choice([0, 0, 0.1, 0.5]),
            rng.choice([0, 1, 30]),
            rng.randrange(5),
            rng.choice([None, 1.0]),
        )


@attrs.define
class Office:
    """A program that is started again and again, with many tasks that place orders."""

    simulator: Simulator
    rng: Random
    client_id: int = 1
    given: list[Trade] = attrs.field(factory=list[Trade])
    """What the session that runs was given."""
    taken: int = 0
    """The highest number that TWS has taken from those before it."""
    count: int = 0
    """How many orders TWS has taken from those before it."""
    endings: Counter[str] = attrs.field(factory=Counter[str])

    async def open(self, seconds: float, end: Break) -> None:
        """Runs the program once, until it ends, is cancelled, or is cut off."""
        days = [[Step.thrown(self.rng) for _ in range(3)] for _ in range(15)]
        line = Line(self.simulator.open_stream(), end)
        await trio.testing.wait_all_tasks_blocked()
        client = self.simulator.clients[-1]
        with trio.move_on_after(seconds) as scope:
            try:
                async with open_tws(stream=line, client_id=self.client_id, strict=True) as tws:
                    async with trio.open_nursery() as nursery:
                        for day in days:
                            nursery.start_soon(self._work, tws, day)
                self.endings["end"] += 1
            except* (ConnectFailed, ConnectionLost, OrderInDoubt):
                self.endings["cut"] += 1
        self.endings["cancelled"] += scope.cancelled_caught
        await trio.sleep(1)
        assert client not in self.simulator.clients
        self.check(client)

    async def _work(self, tws: TWS, day: list[Step]) -> None:
        for step in day:
            await trio.sleep(step.pause)
            with trio.move_on_after(step.patience):
                match step.kind:
                    case 0:
                        self.given += await tws.place_group(AAPL, BRACKET)
                    case 1:
                        await tws.what_if(AAPL, order_for(1, 1.0))
                    case 2:
                        async with tws.open_trade(AAPL, order_for(1, 1.0)) as trade:
                            self.given.append(trade)
                    case _:
                        self.given.append(await tws.place_order(AAPL, order_for(1, step.price)))

    def check(self, client: SimulatedClient) -> None:
        """Looks at the numbers of a session that is over: each is its own, and a new one."""
        sent = [message for message in client.received if isinstance(message, PlaceOrder)]
        numbers = [message.order_id for message in sent]
        previews = {message.order_id for message in sent if message.order.what_if}
        given = [trade.order_id or 0 for trade in self.given]
        assert len(set(numbers)) == len(numbers)
        assert len(set(given)) == len(given)
        assert set(numbers) <= set(given) | previews
        assert min(given, default=self.taken + 1) > self.taken
        for trade in self.given:
            assert trade.state.rejection is None
            assert not trade.state.warnings
        ours = [one for one in self.simulator.exchange.book if one.client_id == self.client_id]
        new = {booked.order_id for booked in ours[self.count :]}
        assert len(new) == len(ours) - self.count
        assert new <= set(numbers) - previews
        self.count = len(ours)
        self.taken = self.simulator.exchange.book.highest(self.client_id)
        self.given.clear()


@pytest.mark.slow
@VERSIONS
async def test_no_number_is_given_to_two_orders(version: int, autojump_clock: object) -> None:
    rng = Random(version)
    async with open_simulator(
        server_version=version, start=START, limits=TwsLimits(orders_per_side=None)
    ) as simulator:
        offices = [Office(simulator, rng, client_id) for client_id in (1, 2)]
        for number in range(12):
            for office in offices:
                place = rng.randrange(100, 4_000)
                end = (Break(), Break(sent=place), Break(received=2 * place))[number % 3]
                await office.open(rng.choice([0.3, 60, 60]), end)
    assert all(office.count > 100 for office in offices)
    endings = sum((office.endings for office in offices), Counter[str]())
    assert min(endings[kind] for kind in ("end", "cut", "cancelled")) > 0


@VERSIONS
async def test_orders_of_many_tasks_at_once_have_numbers_of_their_own(
    version: int, autojump_clock: object
) -> None:
    async with open_simulator(
        server_version=version,
        start=START,
        next_order_id=70,
        limits=TwsLimits(orders_per_side=None),
    ) as simulator:
        office = Office(simulator, Random(0))
        await office.open(120, Break())
    assert office.endings["end"] == 1
    assert office.count > 20
    assert min(booked.order_id for booked in simulator.exchange.book) >= 70
