"""Who asks for more than TWS takes waits, in order, and may stop waiting at any moment."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import attrs
import pytest
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from tests._client.peer import Peer, session
from tests._client.steps import steps
from tests._client.test_cancel_everywhere import cancelled_at
from tests.pacing_rules import most_in_any, shortest, violations
from trio_tws import (
    TWS,
    CancelHistoricalData,
    CancelMktData,
    CancelOrder,
    ConnectionLost,
    Contract,
    ContractData,
    ContractDataEnd,
    CurrentTime,
    Error,
    HistoricalData,
    HistoricalDataBar,
    HistoricalDataEnd,
    LocalProtocolError,
    Order,
    Pacing,
    PlaceOrder,
    Rate,
    ReqContractData,
    ReqCurrentTime,
    ReqHistoricalData,
    ReqMktData,
    ReqMktDepth,
    ReqTickByTickData,
    RequestError,
    Stock,
)
from trio_tws._client._outbox import HIGH_WATER
from trio_tws._client._pacer import Pacer
from trio_tws.protocol import DEFAULT_PACING, UNPACED, EndOfStream

BAR = HistoricalDataBar("20260302", 1.0, 1.0, 1.0, 1.0)
SLOW = Pacing(messages_per_second=None, identical=Rate(1, 10), margin=0)
"""Identical requests every ten seconds."""


def bars(req_id: int = 0, symbol: str = "AAPL", **more: Any) -> ReqHistoricalData:
    """The request that `TWS.historical_bars` makes of it."""
    return ReqHistoricalData(
        req_id, Stock(symbol), bar_size_setting="5 secs", format_date=2, **more
    )


# Turns ............................................................................................


@asynccontextmanager
async def writing(pacer: Pacer) -> AsyncIterator[list[tuple[float, bytes]]]:
    """Takes what is queued, as the send task does; gives what it took, and when."""
    taken: list[tuple[float, bytes]] = []
    start = trio.current_time()

    async def write() -> None:
        while True:
            data = await pacer.outbox.take()
            taken.append((trio.current_time() - start, data))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(write)
        yield taken
        await pacer.outbox.wait_until_written()
        nursery.cancel_scope.cancel()


async def send(pacer: Pacer, message: object, data: bytes = b"x") -> None:
    async with pacer.turn(message):
        pacer.put(message, data)


async def test_who_has_to_wait_goes_in_the_order_they_came(autojump_clock: object) -> None:
    pacer = Pacer(SLOW)
    async with writing(pacer) as taken:
        async with trio.open_nursery() as nursery:
            for number in range(5):
                nursery.start_soon(send, pacer, bars(number), b"%d" % number)
                await trio.testing.wait_all_tasks_blocked()
            assert pacer.statistics().waiting == 4
    assert taken == [(10 * n, b"%d" % n) for n in range(5)]
    assert pacer.statistics().waiting == 0


async def test_nobody_waits_behind_one_who_needs_something_else(autojump_clock: object) -> None:
    pacer = Pacer(SLOW)
    async with writing(pacer) as taken:
        async with trio.open_nursery() as nursery:
            for data, request in ((b"1", bars(1)), (b"2", bars(2)), (b"3", bars(3, "IBM"))):
                nursery.start_soon(send, pacer, request, data)
                await trio.testing.wait_all_tasks_blocked()
    assert taken == [(0, b"1"), (0, b"3"), (10, b"2")]


async def test_what_makes_room_wakes_who_waits(autojump_clock: object) -> None:
    pacer = Pacer(Pacing(market_data_lines=1))
    first, second = ReqMktData(1, Stock("AAPL")), ReqMktData(2, Stock("IBM"))
    async with writing(pacer) as taken, trio.open_nursery() as nursery:
        await send(pacer, first)
        nursery.start_soon(send, pacer, second, b"second")
        await trio.sleep(1000)
        assert pacer.statistics().market_data_lines == 1
        pacer.finish(first)
        pacer.finish(first)
    assert taken[1:] == [(1000, b"second")]


async def test_entering_is_a_checkpoint_whether_or_not_there_is_a_limit() -> None:
    for message in (bars(), CancelOrder(1), "no message"):
        pacer = Pacer(DEFAULT_PACING)
        with trio.testing.assert_checkpoints():
            async with pacer.turn(message):
                pass


async def test_who_waits_anyway_enters_without_yielding_unless_it_has_to_wait(
    autojump_clock: object,
) -> None:
    pacer = Pacer(SLOW)
    async with writing(pacer) as taken:
        with steps() as made:
            async with pacer.turn(bars(1), then_waits=True):
                pacer.put(bars(1), b"1")
        assert not made
        with trio.testing.assert_checkpoints():
            async with pacer.turn(bars(2), then_waits=True):
                pacer.put(bars(2), b"2")
    assert taken == [(0, b"1"), (10, b"2")]


async def test_who_waits_anyway_waits_for_room_in_the_queue_too() -> None:
    pacer = Pacer(UNPACED)
    pacer.outbox.put(bytes(HIGH_WATER + 1))
    entered = False

    async def enter() -> None:
        nonlocal entered
        async with pacer.turn(bars(1), then_waits=True):
            entered = True

    async with trio.open_nursery() as nursery:
        nursery.start_soon(enter)
        await trio.testing.wait_all_tasks_blocked()
        assert not entered
        pacer.outbox.take_nowait()


async def test_who_waits_anyway_and_was_cancelled_does_not_enter() -> None:
    pacer = Pacer(SLOW)
    with trio.CancelScope() as scope:
        scope.cancel()
        async with pacer.turn(bars(1), then_waits=True):
            pytest.fail("it entered")
    assert scope.cancelled_caught
    assert pacer.statistics().waiting == 0


async def test_what_is_counted_nowhere_is_written_past_the_queue_in_its_turn(
    autojump_clock: object,
) -> None:
    pacer = Pacer(Pacing(messages_per_second=10))
    written: list[bytes] = []

    def send_nowait(data: bytes) -> int:
        written.append(data)
        return len(data)

    async with writing(pacer) as taken:
        await trio.testing.wait_all_tasks_blocked()
        pacer.outbox.open_shortcut(send_nowait)
        for number in range(12):
            await send(pacer, ReqContractData(number, Stock("AAPL")), b"%d" % number)
    assert written == [b"%d" % number for number in range(9)]
    assert taken == [(1, b"91011")]


async def test_nobody_gets_a_turn_when_there_is_nothing_to_send_to(autojump_clock: object) -> None:
    """Neither who comes then, nor who has waited."""
    lost = False

    def raise_if_lost() -> None:
        if lost:
            raise ConnectionLost("in a test")

    async def fail(message: object) -> None:
        with pytest.raises(ConnectionLost):
            await send(pacer, message)

    pacer = Pacer(SLOW, raise_if_lost)
    async with writing(pacer) as taken, trio.open_nursery() as nursery:
        await send(pacer, bars(1), b"1")
        nursery.start_soon(fail, bars(2))
        await trio.testing.wait_all_tasks_blocked()
        lost = True
        await fail(CancelOrder(1))
        await fail(bars(3))
        pacer.stop()
    assert taken == [(0, b"1")]
    assert pacer.statistics().waiting == 0


async def test_a_turn_that_was_not_used_goes_to_the_next(autojump_clock: object) -> None:
    pacer = Pacer(Pacing(open_history=1))
    first = bars(0)

    async def fail(request: object) -> None:
        with pytest.raises(LocalProtocolError):
            async with pacer.turn(request):
                raise LocalProtocolError("not like this")

    with trio.fail_after(1):
        async with writing(pacer) as taken, trio.open_nursery() as nursery:
            await send(pacer, first)
            for number, symbol in enumerate(("A", "B", "C")):
                nursery.start_soon(fail, bars(number, symbol))
                await trio.testing.wait_all_tasks_blocked()
            nursery.start_soon(send, pacer, bars(4, "D"))
            await trio.testing.wait_all_tasks_blocked()
            pacer.finish(first)
    assert len(taken) == 2
    assert pacer.statistics().open_history == 1


async def test_what_is_sent_out_of_turn_is_counted_too(autojump_clock: object) -> None:
    pacer = Pacer(SLOW)
    async with writing(pacer) as taken:
        pacer.put(bars(1), b"1")
        await send(pacer, bars(2), b"2")
    assert taken == [(0, b"1"), (10, b"2")]


async def test_what_is_sent_out_of_turn_takes_nobodys_turn(autojump_clock: object) -> None:
    pacer = Pacer(SLOW)
    async with writing(pacer) as taken:
        async with pacer.turn(bars(1)):
            pacer.put(bars(2, "IBM"), b"2")
    assert taken == [(0, b"2")]
    assert pacer.statistics().waiting == 0


async def test_when_a_request_is_sent_counts_and_not_when_it_was_queued(
    autojump_clock: object,
) -> None:
    """The message rate holds the first one up, and so it does the second."""
    pacer = Pacer(attrs.evolve(SLOW, messages_per_second=10))
    orders = [CancelOrder(number) for number in range(35)]
    async with writing(pacer) as taken:
        for order in orders:
            pacer.put(order, b"o")
        await send(pacer, bars(1), b"1")
        await send(pacer, bars(2), b"2")
    assert taken == [
        (0, b"o" * 10),
        (1, b"o" * 10),
        (2, b"o" * 10),
        (3, b"o" * 5 + b"1"),
        (13, b"2"),
    ]


async def test_no_more_wait_in_the_queue_than_go_in_half_a_second(autojump_clock: object) -> None:
    """The rest wait for their turn, where they can be cancelled without a trace."""
    pacer = Pacer(Pacing(messages_per_second=10))
    requests = [ReqContractData(number, Stock("AAPL")) for number in range(35)]
    async with writing(pacer) as taken, trio.open_nursery() as nursery:
        for request in requests:
            nursery.start_soon(send, pacer, request)
        await trio.testing.wait_all_tasks_blocked()
        assert pacer.statistics().queued == 5
        assert pacer.statistics().waiting == 21
    sent = Counter(at for at, data in taken for _ in data)
    assert sent == {0: 9, 1: 9, 2: 9, 3: 8}


# Cancellation .....................................................................................


async def test_who_stops_waiting_leaves_nothing_behind(autojump_clock: object) -> None:
    pacer = Pacer(SLOW)
    scope = trio.CancelScope()

    async def wait() -> None:
        with scope:
            await send(pacer, bars(2), b"2")

    async with writing(pacer) as taken, trio.open_nursery() as nursery:
        await send(pacer, bars(1), b"1")
        nursery.start_soon(wait)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(send, pacer, bars(3), b"3")
        await trio.sleep(5)
        scope.cancel()  # the one who looks at the clock for all
        await trio.testing.wait_all_tasks_blocked()
        assert pacer.statistics().waiting == 1
    assert taken == [(0, b"1"), (10, b"3")]


async def test_who_is_called_and_cancelled_at_the_same_time_passes_the_turn_on(
    autojump_clock: object,
) -> None:
    pacer = Pacer(attrs.evolve(SLOW, open_history=1))
    first = bars(1, "A")
    async with writing(pacer) as taken, trio.open_nursery() as nursery:
        await send(pacer, first, b"1")
        scope = trio.CancelScope()

        async def wait() -> None:
            with scope:
                await send(pacer, bars(2, "B"), b"2")

        nursery.start_soon(wait)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(send, pacer, bars(3, "C"), b"3")
        await trio.testing.wait_all_tasks_blocked()
        scope.cancel()
        pacer.finish(first)  # calls the one that has been cancelled and has not noticed
    assert taken == [(0, b"1"), (0, b"3")]


async def paced_work(tws: TWS) -> None:
    """Requests that wait for each other, for their time, for a line, and for the message rate."""
    for _ in range(2):
        await ask_for_bars(tws)
        async with tws.open_ticks(Stock("AAPL")):
            await tws.contract_details(Stock("AAPL"))
            await tws.send(bars(7))


def in_virtual_time(work: Callable[..., Any], *arguments: object) -> Any:
    clock = trio.testing.MockClock(autojump_threshold=0)
    return trio.run(work, *arguments, clock=clock)


async def cancelled_among_others(number: int) -> bool:
    """Three do the same work, and one of them is cancelled at its checkpoint of that number."""
    server = Server(answers_after=0.5)
    limits = Pacing(open_history=1, market_data_lines=1, messages_per_second=2)
    scope = trio.CancelScope()

    async def be_cancelled() -> None:
        with scope:
            await cancelled_at(paced_work(tws), number, scope, [0])

    async with session(server.serve, pacing=limits) as (tws, _peer):
        with trio.fail_after(200):  # whatever the one leaves behind would hold the others up
            async with trio.open_nursery() as nursery:
                nursery.start_soon(paced_work, tws)
                nursery.start_soon(be_cancelled)
                nursery.start_soon(paced_work, tws)
        await trio.sleep(5)
        numbers = tws.pacing
        assert (numbers.waiting, numbers.queued) == (0, 0)
        assert (numbers.open_history, numbers.market_data_lines) == (0, 0)
    assert violations(server.log) == []
    assert server.per_second() <= 2
    opened = [one.req_id for _, one in server.log if isinstance(one, ReqMktData)]
    closed = [one.req_id for _, one in server.log if isinstance(one, CancelMktData)]
    assert opened == closed
    return scope.cancelled_caught


@pytest.mark.slow
def test_cancelled_at_any_checkpoint_a_wait_leaves_nothing_behind() -> None:
    number = 1
    while in_virtual_time(cancelled_among_others, number):
        number += 1
    assert number > 15


async def test_a_loss_ends_all_waiting_also_for_those_who_shield_themselves(
    autojump_clock: object,
) -> None:
    async def leave(peer: Peer) -> None:
        await peer.read_until(ReqHistoricalData)
        await trio.sleep(2)
        await peer.stream.aclose()

    async with session(leave, pacing=SLOW) as (tws, _peer), trio.open_nursery() as nursery:

        async def ask() -> None:
            with trio.CancelScope(shield=True), pytest.raises(ConnectionLost):
                await ask_for_bars(tws)

        for _ in range(3):
            nursery.start_soon(ask)
        await trio.sleep(1)
        assert tws.pacing.waiting == 2
    assert trio.current_time() < 10


# In a session .....................................................................................


class Server:
    """Answers at once or after a while, and writes down what came when."""

    def __init__(self, answers_after: float = 0) -> None:
        self.log: list[tuple[float, object]] = []
        self._answers_after = answers_after
        self._start = 0.0
        self._lock = trio.Lock()

    @property
    def end(self) -> float:
        return self.log[-1][0]

    async def serve(self, peer: Peer) -> None:
        self._start = trio.current_time()
        async with trio.open_nursery() as nursery:
            while peer.closed_cleanly is None:
                events = await peer.read()
                now = trio.current_time() - self._start
                self.log += [(now, one) for one in events if not isinstance(one, EndOfStream)]
                answers = [one for event in events for one in self.answers(event)]
                nursery.start_soon(self.answer, peer, answers)
            nursery.cancel_scope.cancel()

    async def answer(self, peer: Peer, answers: list[object]) -> None:
        await trio.sleep(self._answers_after)
        async with self._lock:
            await peer.send(*answers)

    def answers(self, event: object) -> list[object]:
        from datetime import UTC, datetime

        match event:
            case ReqHistoricalData(req_id=req_id):
                return [HistoricalData(req_id, bars=(BAR,)), HistoricalDataEnd(req_id)]
            case ReqContractData(req_id=req_id):
                return [ContractData(req_id), ContractDataEnd(req_id)]
            case ReqCurrentTime():
                return [CurrentTime(datetime(2026, 1, 1, tzinfo=UTC))]
            case CancelHistoricalData(req_id=req_id):
                return [Error(req_id, 162, "API historical data query cancelled")]
            case _:
                return []

    def per_second(self) -> int:
        return most_in_any(1, [(at, 1) for at, _ in self.log])


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("kind", ["many contracts", "quotes too", "asked twice"])
async def test_a_plan_of_500_requests_takes_little_more_than_the_shortest_time(
    kind: str, autojump_clock: object
) -> None:
    """All at once, in as many tasks; 80 minutes of trio's clock."""
    number_of = {"asked twice": 250}.get(kind, 500)

    async def ask(number: int) -> None:
        contract = Contract(con_id=1 + number % number_of, exchange="SMART")
        what = "BID_ASK" if kind == "quotes too" and number % 5 == 0 else "TRADES"
        assert await tws.historical_bars(contract, bar_size="5 secs", what=what)

    server = Server(answers_after=0.3)
    async with session(server.serve) as (tws, _peer):
        async with trio.open_nursery() as nursery:
            for number in range(500):
                nursery.start_soon(ask, number)
    sent = [(at, one) for at, one in server.log if isinstance(one, ReqHistoricalData)]
    assert len(sent) == 500
    assert violations(sent) == []
    assert server.per_second() <= 45
    assert sent[-1][0] <= 1.05 * shortest([one for _, one in sent])


@pytest.mark.slow
@pytest.mark.no_cover
@settings(max_examples=15)
@given(st.integers(0, 1 << 32))
def test_whatever_is_asked_when_tws_gets_what_it_allows_and_orders_are_quick(seed: int) -> None:
    in_virtual_time(some_traffic, Random(seed))


async def some_traffic(random: Random) -> None:
    server = Server(answers_after=0.05)
    placed: list[float] = []
    async with session(server.serve) as (tws, _peer):

        async def ask(number: int) -> None:
            await trio.sleep(random.choice([0, 3 * random.random()]))
            if number % 3:
                await tws.contract_details(Stock("AAPL"))
            else:
                async with tws.open_ticks(Stock("IBM")):
                    await trio.sleep(random.random())

        async def trade() -> None:
            for number in range(20):
                await trio.sleep(0.25)
                placed.append(trio.current_time() - server._start)
                await tws.send(PlaceOrder(number, Stock("IBM"), Order()))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(trade)
            for number in range(random.randint(1, 200)):
                nursery.start_soon(ask, number)
    assert server.per_second() <= 45
    orders = [(at, one.order_id) for at, one in server.log if isinstance(one, PlaceOrder)]
    assert [order_id for _, order_id in orders] == list(range(20))
    assert [at for at, _ in orders] == pytest.approx(placed)
    events = [event for _, event in server.log]
    for event in events:
        if isinstance(event, ReqMktData):
            assert events.index(event) < events.index(CancelMktData(event.req_id))


async def test_a_response_has_its_time_from_when_the_request_is_sent(
    autojump_clock: object,
) -> None:
    server = Server(answers_after=1)
    async with session(server.serve, response_timeout=3) as (tws, _peer):
        async with trio.open_nursery() as nursery:
            for _ in range(300):
                nursery.start_soon(tws.contract_details, Stock("AAPL"))
    assert server.end > 6


async def test_without_pacing_nothing_waits(autojump_clock: object) -> None:
    server = Server()
    async with session(server.serve, pacing=None) as (tws, _peer):
        assert tws.pacing.limits == UNPACED
        async with trio.open_nursery() as nursery:
            for _ in range(200):
                nursery.start_soon(ask_for_bars, tws)
    assert len(server.log) == 200
    assert server.end == 0


async def ask_for_bars(tws: TWS) -> None:
    await tws.historical_bars(Stock("AAPL"), bar_size="5 secs")


async def test_who_wants_one_line_too_many_waits_until_one_is_closed(
    autojump_clock: object,
) -> None:
    server = Server()
    limits = Pacing(market_data_lines=2)
    async with session(server.serve, pacing=limits) as (tws, _peer), trio.open_nursery() as nursery:

        async def watch(symbol: str, seconds: float) -> None:
            async with tws.open_ticks(Stock(symbol)):
                await trio.sleep(seconds)

        for symbol, seconds in (("A", 50), ("B", 20), ("C", 10), ("D", 10)):
            nursery.start_soon(watch, symbol, seconds)
            await trio.testing.wait_all_tasks_blocked()
        assert tws.pacing.waiting == 2
        assert tws.pacing.market_data_lines == 2
        assert tws.how_long(ReqMktData(0, Stock("E"))) is None
    story = [
        (at, one.contract.symbol if isinstance(one, ReqMktData) else "")
        for at, one in server.log
        if isinstance(one, ReqMktData | CancelMktData)
    ]
    assert story == [
        (0, "A"), (0, "B"), (20, ""), (20, "C"), (30, ""), (30, "D"), (40, ""), (50, ""),
    ]  # fmt: skip


async def test_a_line_that_tws_refused_is_free_when_its_block_is_left() -> None:
    async def refuse(peer: Peer) -> None:
        request = await peer.read_until(ReqMktData)
        await peer.send(Error(request.req_id, 354, "not subscribed"))

    async with session(refuse, pacing=Pacing(market_data_lines=1)) as (tws, _peer):
        with pytest.raises(RequestError):
            async with tws.open_ticks(Stock("A")) as ticks:
                await anext(ticks)
        assert tws.pacing.market_data_lines == 0
        with trio.fail_after(1):
            async with tws.open_ticks(Stock("B")):
                assert tws.pacing.market_data_lines == 1


async def test_bars_that_are_kept_up_to_date_are_open_until_their_block_is_left(
    autojump_clock: object,
) -> None:
    server = Server()
    limits = attrs.evolve(SLOW, open_history=1)
    async with session(server.serve, pacing=limits) as (tws, _peer), trio.open_nursery() as nursery:
        async with tws.open_bars(Stock("AAPL"), bar_size="5 secs"):
            nursery.start_soon(ask_for_bars, tws)
            await trio.sleep(100)
            assert (tws.pacing.open_history, tws.pacing.waiting) == (1, 1)
            assert tws.how_long(bars()) is None
    assert [at for at, one in server.log if isinstance(one, ReqHistoricalData)] == [0, 100]
    assert tws.pacing.open_history == 0


async def test_a_line_that_is_asked_for_again_is_still_one(autojump_clock: object) -> None:
    """As happens right after the start, when TWS may not have heard."""
    async with session(pacing=Pacing(market_data_lines=2)) as (tws, peer):
        async with tws.open_ticks(Stock("A")) as ticks:
            with trio.move_on_after(20):
                await anext(ticks)
            assert len([one for one in peer.received if isinstance(one, ReqMktData)]) == 2
            assert tws.pacing.market_data_lines == 1
        assert tws.pacing.market_data_lines == 0


async def test_a_request_that_can_not_be_sent_holds_nobody_up() -> None:
    limits = Pacing(market_data_lines=1)
    async with session(version=113, pacing=limits) as (tws, _peer):
        with pytest.raises(LocalProtocolError, match="114"):
            async with tws.open_ticks(Stock("A"), regulatory_snapshot=True):
                raise AssertionError
        with trio.fail_after(1):
            async with tws.open_ticks(Stock("B")):
                pass


async def test_what_is_sent_raw_waits_too_but_holds_no_line(autojump_clock: object) -> None:
    server = Server()
    limits = attrs.evolve(SLOW, market_data_lines=1)
    async with session(server.serve, pacing=limits) as (tws, _peer):
        await tws.send(bars(1))
        await tws.send(bars(2))
        assert tws.pacing.open_history == 0
        for req_id in (3, 4):
            await tws.send(ReqMktData(req_id, Stock("AAPL")))
    assert [at for at, _ in server.log] == [0, 10, 10, 10]


async def test_it_tells_what_is_in_use_and_how_long_a_wait_would_be(
    autojump_clock: object,
) -> None:
    server = Server(answers_after=4)
    async with session(server.serve, pacing=SLOW) as (tws, _peer):
        assert tws.how_long(bars()) == 0
        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(ask_for_bars, tws)
            await trio.sleep(1)
            assert tws.pacing.waiting == 2
            assert tws.pacing.open_history == 1
            assert tws.how_long(bars(duration="1 D")) == pytest.approx(29)
            assert tws.how_long(bars(duration="2 D")) == 0
            assert tws.how_long(PlaceOrder(1, Stock("A"), Order())) == 0
            await tws.send(ReqTickByTickData(1, Stock("A")))
            async with tws.open_ticks(Stock("A")):
                assert tws.pacing.market_data_lines == 1
        assert (tws.pacing.waiting, tws.pacing.open_history, tws.pacing.queued) == (0, 0, 0)


def test_books_and_streams_are_numbers_of_their_own() -> None:
    async def use() -> None:
        pacer = Pacer(UNPACED)
        for request in (ReqMktDepth(1, Stock("A")), ReqTickByTickData(2, Stock("A"))):
            pacer.put(request, b"x")
        numbers = pacer.statistics()
        assert (numbers.market_data_lines, numbers.market_depth, numbers.tick_by_tick) == (2, 1, 1)
        assert numbers.queued == 2

    trio.run(use)
