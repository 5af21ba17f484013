import heapq
import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count, cycle
from random import Random
from typing import Final

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pacing_rules import shortest, violations
from trio_tws import (
    Contract,
    ReqContractData,
    ReqHeadTimestamp,
    ReqHistoricalData,
    ReqHistoricalTicks,
    ReqMktData,
    ReqMktDepth,
    ReqRealTimeBars,
    ReqTickByTickData,
)
from trio_tws.protocol import UNPACED, Pacing, Rate, RequestPacing, Slot, Ticket
from trio_tws.protocol._counts import is_counted, slots_of

EXACT: Final = Pacing(margin=0)


def instrument(number: int, exchange: str = "SMART") -> Contract:
    return Contract(con_id=number, exchange=exchange)


def bars(number: int = 1, size: str = "5 secs", what: str = "TRADES", end: str = "") -> object:
    return ReqHistoricalData(0, instrument(number), end, size, what_to_show=what)


def drive(
    pacing: Pacing,
    arrivals: Sequence[tuple[float, object]],
    *,
    sending: Sequence[float] = (0.0,),
    working: Sequence[float] = (0.0,),
) -> list[tuple[float, object]]:
    """Lets requests come at their times; gives when each was sent, in that order.

    What may go is on its way for one of the seconds of ``sending``, and keeps its slots for one of
    those of ``working``, or for ever.
    """
    rules = RequestPacing(pacing)
    serial, sending_, working_ = count(), cycle(sending), cycle(working)
    happens: list[tuple[float, int, Callable[[float], None]]] = []
    sent: list[tuple[float, object]] = []
    limits = {Slot(name): value for name, value in attrs.asdict(pacing).items() if name in SLOTS}

    def at(time: float, what: Callable[[float], None]) -> None:
        if time < math.inf:
            heapq.heappush(happens, (time, next(serial), what))

    def come(request: object) -> Callable[[float], None]:
        return lambda _: void(rules.join(request))

    def go(ticket: Ticket) -> Callable[[float], None]:
        def record(now: float) -> None:
            rules.record(ticket, now)
            sent.append((now, ticket.request))
            at(now + next(working_), lambda _: rules.finish(ticket))

        return record

    for time, request in arrivals:
        at(time, come(request))
    again = math.inf
    while happens or again < math.inf:
        if happens and happens[0][0] <= again:
            now, _, what = heapq.heappop(happens)
            what(now)
        else:
            now = again
        while True:
            ticket, again = rules.next(now)
            if ticket is None:
                break
            rules.queue(ticket)
            for slot in ticket.slots:
                assert rules.taken(slot) <= (limits[slot] or math.inf)
            at(now + next(sending_), go(ticket))
    return sent


SLOTS: Final = {slot.value for slot in Slot}


def void(_: object) -> None:
    pass


def any_request(random: Random) -> object:
    """Draws a request, from so few that many share a limit."""
    contract = instrument(random.randint(1, 3), random.choice(["SMART", "SMART", "ISLAND"]))
    what = random.choice(["TRADES", "TRADES", "MIDPOINT", "BID_ASK"])
    end = random.choice(["", "20260302-15:00:00", "20260302-16:00:00"])
    kind = random.randint(0, 19)
    if kind < 10:
        size = random.choice(["1 secs", "5 secs", "30 secs", "1 min", "1 day"])
        return ReqHistoricalData(0, contract, end, size, what_to_show=what)
    if kind < 13:
        return ReqHistoricalTicks(0, contract, end, what_to_show=what)
    if kind < 15:
        return ReqRealTimeBars(0, contract)
    if kind < 17:
        return ReqTickByTickData(0, contract)
    return random.choice([ReqMktData, ReqMktDepth, ReqContractData, ReqHeadTimestamp])(0, contract)


def some_arrivals(random: Random, most: int = 150) -> list[tuple[float, object]]:
    time, arrivals = 0.0, list[tuple[float, object]]()
    for _ in range(random.randint(1, most)):
        time += random.choice([0, 0, 0, random.random(), 20 * random.random()])
        arrivals.append((time, any_request(random)))
    return arrivals


# All rules at once ................................................................................


@pytest.mark.slow
@settings(max_examples=60)
@given(st.integers(0, 1 << 32), st.booleans())
def test_nothing_is_ever_sent_that_ib_refuses_and_everything_is_sent(
    seed: int, lined: bool
) -> None:
    """Though nobody knows how long what may go is on its way to the socket."""
    random = Random(seed)
    arrivals = some_arrivals(random)
    limits = attrs.evolve(EXACT, open_history=3, messages_per_second=4)
    if lined:
        limits = attrs.evolve(limits, market_data_lines=4, market_depth=2, tick_by_tick=1)
    sent = drive(
        limits,
        arrivals,
        sending=[random.choice([0, 0, 0.5 * random.random()]) for _ in range(7)],
        working=[random.choice([0, 0.1, 3, 30]) for _ in range(5)],
    )
    assert violations(sent) == []
    assert len(sent) == len(arrivals)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.integers(0, 1 << 32))
def test_requests_of_a_kind_go_in_the_order_they_came(seed: int) -> None:
    arrivals = some_arrivals(Random(seed))
    sent = drive(EXACT, arrivals)

    rules = RequestPacing(EXACT)
    tickets = {id(request): rules.ticket(request) for _, request in arrivals}

    def by_kind(requests: Sequence[tuple[float, object]]) -> dict[frozenset[object], list[int]]:
        kinds = dict[frozenset[object], list[int]]()
        for _, request in requests:
            kinds.setdefault(tickets[id(request)].needs, []).append(id(request))
        return kinds

    assert by_kind(sent) == by_kind(arrivals)


def plan(kind: str) -> list[object]:
    """500 requests for the past."""
    match kind:
        case "many contracts":
            return [bars(number) for number in range(500)]
        case "one contract":
            return [bars(end=f"{number}") for number in range(500)]
        case "a fifth are quotes":
            whats = ["BID_ASK", "TRADES", "TRADES", "TRADES", "TRADES"]
            return [bars(number, what=whats[number % 5]) for number in range(500)]
        case "some are quotes, anywhere":
            random = Random(1)
            whats = ["BID_ASK"] * 100 + ["TRADES"] * 400
            random.shuffle(whats)
            return [bars(number, what=what) for number, what in enumerate(whats)]
        case "quotes last":
            return [bars(n, what="BID_ASK" if n >= 400 else "TRADES") for n in range(500)]
        case "half are of days":
            return [bars(n, size="1 day" if n % 2 else "5 secs", end=f"{n}") for n in range(500)]
        case "each five times":
            return [bars(number // 5) for number in range(500)]
        case "one, 500 times":
            return [bars() for _ in range(500)]
        case _:
            random = Random(kind)
            return [any_request(random) for _ in range(500)]


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize(
    "kind",
    [
        "many contracts",
        "one contract",
        "a fifth are quotes",
        "some are quotes, anywhere",
        "quotes last",
        "half are of days",
        "each five times",
        "one, 500 times",
    ],
)
@pytest.mark.parametrize("pacing", [EXACT, Pacing()])
def test_a_plan_of_500_requests_takes_little_more_than_the_shortest_time(
    kind: str, pacing: Pacing
) -> None:
    requests = plan(kind)
    sent = drive(pacing, [(0, request) for request in requests], working=[0.5])
    took = sent[-1][0]
    assert len(sent) == 500
    assert violations(sent) == []
    assert shortest(requests) - 1e-3 <= took <= shortest(requests) * 1.05


def test_the_counter_of_violations_finds_them() -> None:
    """Without it the tests above would prove nothing."""
    assert violations([(float(n), bars(n)) for n in range(61)]) != []
    assert violations([(float(n), bars(n, what="BID_ASK")) for n in range(31)]) != []
    assert violations([(0, bars(end=f"{n}")) for n in range(6)]) != []
    assert violations([(0, bars(what="BID_ASK", end=f"{n}")) for n in range(3)]) != []
    assert violations([(0, bars()), (14.9, bars())]) != []
    assert violations([(0, ReqTickByTickData(0, instrument(1)))] * 2) != []
    assert violations([(0, bars(1)), (0, bars(2)), (15, bars(1))]) == []


# One rule after the other .........................................................................


def when(pacing: Pacing, *requests: object) -> list[float]:
    """Gives when each goes, in the order they went, if all come at once and none ever ends."""
    return [at for at, _ in drive(pacing, [(0, one) for one in requests], working=[math.inf])]


def test_sixty_go_in_ten_minutes_and_real_time_bars_are_among_them() -> None:
    requests: list[object] = [bars(number) for number in range(40)]
    requests += [ReqHistoricalTicks(0, instrument(number)) for number in range(10)]
    requests += [ReqRealTimeBars(0, instrument(number)) for number in range(11)]
    assert when(attrs.evolve(EXACT, open_history=None), *requests) == [0] * 60 + [600]


def test_quotes_count_twice() -> None:
    requests = [bars(number, what="BID_ASK") for number in range(31)]
    assert when(EXACT, *requests) == [0] * 30 + [600]


def test_the_sixth_of_a_series_waits_for_the_first_to_be_two_seconds_old() -> None:
    assert when(EXACT, *(bars(end=f"{n}") for n in range(11))) == [0] * 5 + [2] * 5 + [4]
    quotes = [bars(end=f"{n}", what="BID_ASK") for n in range(5)]
    assert when(EXACT, *quotes) == [0, 0, 2, 2, 4]


def test_what_is_identical_waits_for_15_seconds() -> None:
    assert when(EXACT, bars(), bars(), bars(2)) == [0, 0, 15]


def test_the_margin_is_added_to_each() -> None:
    assert when(Pacing(margin=0.5), bars(), bars()) == [0, 15.5]


def test_tick_by_tick_data_of_one_instrument_is_asked_for_every_15_seconds() -> None:
    one, other = (ReqTickByTickData(0, instrument(number)) for number in (1, 2))
    assert when(EXACT, one, one, other) == [0, 0, 15]


def test_larger_bars_wait_for_nothing_but_a_place_among_the_open_ones() -> None:
    days = [bars(size="1 day") for _ in range(51)]
    assert when(EXACT, *days) == [0] * 50
    assert when(attrs.evolve(EXACT, open_history=None), *days) == [0] * 51


@pytest.mark.parametrize(
    ("limits", "request_", "most"),
    [
        (Pacing(market_data_lines=3), ReqMktData(0, instrument(1)), 3),
        (Pacing(market_data_lines=3), ReqRealTimeBars(0, instrument(1)), 3),
        (Pacing(market_data_lines=3), ReqMktDepth(0, instrument(1)), 3),
        (Pacing(market_depth=2), ReqMktDepth(0, instrument(1)), 2),
        (Pacing(tick_by_tick=2, same_tick_by_tick=None), ReqTickByTickData(0, instrument(1)), 2),
        (Pacing(market_data_lines=3), ReqContractData(0, instrument(1)), 10),
        (Pacing(), ReqMktData(0, instrument(1)), 10),
    ],
)
def test_what_is_open_is_limited_where_a_limit_is_set(
    limits: Pacing, request_: object, most: int
) -> None:
    assert len(when(limits, *[request_] * 10)) == most


def test_nothing_waits_where_there_are_no_limits() -> None:
    requests = [bars(what="BID_ASK")] * 200 + [ReqTickByTickData(0, instrument(1))] * 200
    assert when(UNPACED, *requests) == [0] * 400


def test_a_limit_of_one_lets_through_what_counts_twice() -> None:
    limits = attrs.evolve(EXACT, small_bars=Rate(1, 600), same_series=None)
    assert when(limits, *(bars(n, what="BID_ASK") for n in range(3))) == [0, 600, 1200]


# Who goes before whom .............................................................................


def test_nobody_waits_behind_one_who_needs_something_else() -> None:
    small, days = [bars(number) for number in range(61)], bars(size="1 day")
    line, contract = ReqMktData(0, instrument(1)), ReqContractData(0, instrument(1))
    limits = Pacing(open_history=None)
    sent = drive(limits, [(0, one) for one in (*small, days, line, contract)])
    assert [request for at, request in sent if at == 0] == [*small[:60], days, line, contract]


def test_what_counts_twice_is_not_passed_for_ever() -> None:
    """One place gets free every ten seconds; whoever needs two keeps the first until the second."""
    quotes = bars(1000, what="BID_ASK")
    steady: list[tuple[float, object]] = [(10.0 * n, bars(n)) for n in range(120)]
    sent = drive(EXACT, sorted([*steady, (595.0, quotes)], key=lambda one: one[0]))
    (went,) = [at for at, request in sent if request is quotes]
    assert went == 610


def test_room_that_is_too_small_for_the_first_goes_to_others_if_that_puts_nobody_off() -> None:
    quotes = [bars(number, what="BID_ASK") for number in range(3)]
    trades = [bars(number) for number in range(59 + 3)]
    arrivals = [(0.0, one) for one in (*trades[:59], *quotes, *trades[59:])]
    sent = drive(attrs.evolve(EXACT, open_history=None), arrivals)
    assert [request for at, request in sent if at == 0] == trades[:60]
    assert [request for at, request in sent if at == 600] == [*quotes, *trades[60:]]


def test_who_waits_for_one_thing_takes_nothing_of_another() -> None:
    rules = RequestPacing(attrs.evolve(EXACT, market_data_lines=1, small_bars=Rate(1, 600)))
    rules.queue(rules.ticket(ReqMktData(0, instrument(1))))
    rules.join(ReqRealTimeBars(0, instrument(1)))  # waits for the line
    small = rules.join(bars())
    assert rules.next(0) == (small, 0)


# Steps ............................................................................................


def test_what_is_about_to_be_sent_counts_as_if_it_went_now() -> None:
    rules = RequestPacing(EXACT)
    first = rules.join(bars())
    rules.queue(first)
    second = rules.join(bars())
    assert rules.next(100) == (None, 115)
    rules.record(first, 101)
    assert rules.next(115) == (None, 116)
    assert rules.next(116) == (second, 116)


def test_no_more_are_about_to_be_sent_than_can_go_in_half_a_second() -> None:
    rules = RequestPacing(Pacing(messages_per_second=4))
    tickets = [rules.join(ReqContractData(0, instrument(n))) for n in range(3)]
    for ticket in tickets[:2]:
        assert rules.next(0) == (ticket, 0)
        rules.queue(ticket)
    assert rules.next(0) == (None, math.inf)
    rules.record(tickets[0], 0)
    assert rules.next(0) == (tickets[2], 0)


def test_what_is_counted_nowhere_passes_while_there_is_room_in_the_queue() -> None:
    rules = RequestPacing(Pacing(messages_per_second=4))
    request = ReqContractData(0, instrument(1))
    for _ in range(2):
        assert rules.lets_pass(request)
        rules.queue(rules.ticket(request))
    assert not rules.lets_pass(request)
    assert rules.at_once(request, 0) is None


def test_one_may_always_be_about_to_be_sent() -> None:
    rules = RequestPacing(Pacing(messages_per_second=1))
    ticket = rules.join(ReqContractData(0, instrument(1)))
    assert rules.next(0) == (ticket, 0)


def test_who_leaves_the_line_is_not_called_and_may_leave_again() -> None:
    rules = RequestPacing(Pacing())
    first, second = rules.join(bars(1)), rules.join(bars(2))
    rules.leave(first)
    rules.leave(first)
    assert rules.next(0) == (second, 0)
    assert rules.waiting == 1


def test_slots_are_given_back_once() -> None:
    rules = RequestPacing(Pacing())
    ticket, other = (rules.ticket(ReqMktDepth(0, instrument(1))) for _ in range(2))
    rules.queue(ticket)
    rules.queue(other)
    assert rules.taken(Slot.LINE) == rules.taken(Slot.DEPTH) == 2
    rules.finish(ticket)
    rules.finish(ticket)
    assert rules.taken(Slot.LINE) == rules.taken(Slot.DEPTH) == 1


def test_what_no_rate_looks_back_to_is_forgotten() -> None:
    rules = RequestPacing(EXACT)
    ticket = rules.ticket(bars())
    for number in range(100):
        ticket = rules.ticket(bars(number))
        rules.queue(ticket)
        rules.record(ticket, 1000.0 * number)
        rules.finish(ticket)
    assert len(rules._recent) == 3
    del ticket
    assert len(rules._windows) == 3


@pytest.mark.slow
@settings(max_examples=40)
@given(st.integers(0, 1 << 32))
def test_what_goes_at_once_is_what_would_be_called_first_from_the_line(seed: int) -> None:
    random = Random(seed)
    rules = RequestPacing(Pacing(open_history=3, tick_by_tick=2))
    for now, request in some_arrivals(random):
        at_once = rules.at_once(request, now)
        is_free = at_once is not None and not is_counted(request)
        assert rules.lets_pass(request) == is_free
        ticket = rules.join(request)
        called, _ = rules.next(now)
        assert (at_once is not None) == (called is ticket)
        rules.leave(ticket)
        if at_once is not None and random.random() < 0.8:
            rules.queue(at_once)
            rules.record(at_once, now)
        if at_once is not None and random.random() < 0.5:
            rules.finish(at_once)


def test_nobody_passes_a_line_at_once() -> None:
    rules = RequestPacing(Pacing())
    other = rules.join(bars(1))
    assert rules.at_once(bars(2), 0) is None
    assert not rules.lets_pass(ReqContractData(0, instrument(1)))
    rules.leave(other)
    ticket = rules.at_once(bars(2), 0)
    assert ticket is not None
    assert ticket.request == bars(2)


def test_an_empty_line_has_nothing_to_wait_for() -> None:
    assert RequestPacing(Pacing()).next(0) == (None, math.inf)


# How long .........................................................................................


@pytest.mark.slow
@settings(max_examples=40)
@given(st.integers(0, 1 << 32))
def test_it_tells_how_long_a_request_will_wait(seed: int) -> None:
    """If all that may go is sent at once, and the past is answered at once."""
    random = Random(seed)
    requests = [request for _, request in some_arrivals(random, 100)]
    *before, last = requests
    rules = RequestPacing(EXACT)
    for request in before:
        rules.join(request)
    said = rules.how_long(last, 0)
    sent = drive(EXACT, [(0, request) for request in requests])
    (went,) = [at for at, request in sent if request is last]
    assert said == pytest.approx(went)
    assert rules.waiting == len(before)


def test_it_takes_what_is_about_to_be_sent_as_sent() -> None:
    rules = RequestPacing(EXACT)
    first, second = rules.ticket(bars()), rules.ticket(bars(2))
    rules.queue(first)
    rules.queue(second)
    rules.record(second, 90)
    assert rules.how_long(bars(), 100) == 15
    assert rules.how_long(bars(2), 100) == 5
    assert rules.how_long(bars(3), 100) == 0


def test_it_does_not_know_when_others_are_closed() -> None:
    rules = RequestPacing(Pacing(market_data_lines=1, open_history=1))
    rules.queue(rules.ticket(ReqMktData(0, instrument(1))))
    assert rules.how_long(ReqMktData(0, instrument(2)), 0) is None
    assert rules.how_long(bars(), 0) == 0
    kept = ReqHistoricalData(0, instrument(1), bar_size_setting="1 min", keep_up_to_date=True)
    rules.queue(rules.ticket(bars(size="1 day")))
    assert rules.how_long(bars(), 0) == 0
    rules.queue(rules.ticket(kept))
    assert rules.how_long(bars(), 0) is None


def test_asking_how_long_changes_nothing() -> None:
    rules = RequestPacing(EXACT)
    rules.queue(rules.ticket(bars()))
    waiting = rules.join(bars(2))
    for _ in range(2):
        assert rules.how_long(bars(2), 0) == 15
        assert rules.next(0) == (waiting, 0)
        assert rules.taken(Slot.HISTORY) == 1


def test_every_slot_is_one_that_a_pacing_can_limit() -> None:
    assert {slot.value for slot in Slot} <= set(attrs.asdict(Pacing()))
    assert Counter(slots_of(ReqMktDepth(0, instrument(1)))) == {Slot.LINE: 1, Slot.DEPTH: 1}
