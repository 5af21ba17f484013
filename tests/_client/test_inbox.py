from itertools import chain

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from trio_tws import Error, Gap, SlowConsumer, Subscription
from trio_tws._client._inbox import Inbox, Overflow
from trio_tws.protocol import Notice

NOTICE = Notice(2104, "ok")


def batches_of(numbers: list[int]) -> list[list[object]]:
    """Cuts the numbers 0, 1, 2, … into batches of these lengths."""
    at = 0
    batches: list[list[object]] = []
    for length in numbers:
        batches.append([*range(at, at + length)])
        at += length
    return batches


def drain(inbox: Inbox) -> list[object]:
    taken: list[object] = []
    while batch := inbox.take_nowait():
        taken += batch
    return taken


lengths = st.lists(st.integers(1, 6), max_size=12)
buffers = st.integers(1, 9)
held = st.tuples(st.lists(st.integers(1, 6), max_size=24), st.integers(1, 40))
"""As the two before, and enough of both that a stream nobody reads holds more than its buffer."""


@given(lengths)
def test_without_a_limit_everything_comes_in_order(numbers: list[int]) -> None:
    inbox = Inbox("test")
    for batch in batches_of(numbers):
        inbox.deliver(batch)
    assert drain(inbox) == [*range(sum(numbers))]
    assert inbox.statistics().buffer is None


@given(lengths, buffers)
def test_raise_delivers_what_fits_and_counts_the_rest(numbers: list[int], buffer: int) -> None:
    inbox = Inbox("test", buffer, "raise")
    for batch in batches_of(numbers):
        inbox.deliver(batch)
    total = sum(numbers)
    assert drain(inbox) == [*range(min(total, buffer))]
    assert inbox.statistics().lost == max(0, total - buffer)
    assert inbox.is_closed == (total > buffer)


@given(held, st.booleans())
def test_gap_keeps_the_newest_and_says_how_many_went(
    case: tuple[list[int], int], closes: bool
) -> None:
    numbers, buffer = case
    inbox = Inbox("test", buffer, "gap")
    for batch in batches_of(numbers):
        inbox.deliver(batch)
    total = sum(numbers)
    before = inbox.statistics()
    if closes:
        inbox.close()
    taken = drain(inbox)
    lost = sum(one.lost for one in taken if isinstance(one, Gap))
    rest = [one for one in taken if not isinstance(one, Gap)]
    assert rest == [*range(lost, total)]
    assert len(rest) <= buffer
    assert inbox.statistics().lost == before.lost == lost
    assert before.waiting == len(rest)
    if lost:
        assert isinstance(taken[0], Gap)
    else:
        assert total <= buffer


@given(held, st.data())
def test_gap_accounts_for_every_event_whenever_it_is_read(
    case: tuple[list[int], int], data: st.DataObject
) -> None:
    numbers, buffer = case
    inbox = Inbox("test", buffer, "gap")
    seen = 0
    for batch in batches_of(numbers):
        inbox.deliver(batch)
        if data.draw(st.booleans()):
            for one in inbox.take_nowait():
                if isinstance(one, Gap):
                    seen += one.lost
                else:
                    assert one == seen
                    seen += 1
    for one in drain(inbox):
        if isinstance(one, Gap):
            seen += one.lost
        else:
            assert one == seen
            seen += 1
    assert seen == sum(numbers)


@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=5), max_size=10), buffers)
def test_latest_keeps_the_newest_of_each_key(keys: list[list[int]], buffer: int) -> None:
    inbox = Inbox("test", buffer, "latest", key=lambda event: event[0])  # type: ignore[index]
    events = [(key, at) for at, key in enumerate(chain.from_iterable(keys))]
    at = 0
    for batch in keys:
        inbox.deliver([*events[at : at + len(batch)]])
        at += len(batch)
    taken = drain(inbox)
    numbers = inbox.statistics()
    assert len(taken) + numbers.replaced == len(events)
    assert taken == sorted(taken, key=lambda event: event[1])  # type: ignore[index]
    newest = {key: event for event in events for key in event[:1]}
    assert set(taken) >= set(newest.values())
    assert len(taken) <= max(buffer, len(newest))
    assert numbers.lost == 0


@pytest.mark.parametrize("overflow", ["gap", "latest"])
def test_errors_and_notices_are_never_dropped(overflow: Overflow) -> None:
    inbox = Inbox("test", 3, overflow, key=lambda event: "all the same")
    error = Error(1, 200, "no")
    inbox.deliver([NOTICE, 1, error])
    inbox.deliver([2, 3, 4, 5])
    taken = drain(inbox)
    assert [one for one in taken if isinstance(one, Notice | Error)] == [NOTICE, error]
    assert taken[-1] == 5


@given(st.lists(st.booleans(), max_size=80), st.integers(1, 24))
def test_what_nobody_reads_keeps_all_errors_and_the_newest_of_the_rest(
    are_notices: list[bool], buffer: int
) -> None:
    inbox = Inbox("test", buffer, "gap")
    events = [NOTICE if is_notice else at for at, is_notice in enumerate(are_notices)]
    for event in events:
        inbox.deliver([event])
    is_full = inbox.is_closed
    taken = drain(inbox)
    lost = sum(one.lost for one in taken if isinstance(one, Gap))
    rest = [one for one in taken if not isinstance(one, Gap)]
    assert len(rest) <= buffer
    assert inbox.statistics().lost == len(events) - len(rest)
    if is_full or inbox.is_closed:
        assert events.count(NOTICE) > buffer
        assert rest == [NOTICE] * buffer
    else:
        assert lost + len(rest) == len(events)
        assert rest.count(NOTICE) == events.count(NOTICE)
        assert [one for one in rest if one is not NOTICE] == [
            one for one in events if one is not NOTICE
        ][lost:]


def test_bytes_are_taken_in_for_events_until_somebody_reads() -> None:
    def read(payload: bytes) -> object:
        reading.append(payload)
        return payload.decode()

    reading: list[bytes] = []
    inbox = Inbox("test", 1_000, "gap", read=read)
    states = [inbox.takes_payloads]
    for _ in range(1_200):
        inbox.deliver([b"old"])
    inbox.deliver([b"1", NOTICE, b"2"])
    assert not reading
    gap, *first = inbox.take_nowait()
    assert gap == Gap(203)
    assert len(reading) == len(first) < 500  # the rest when it is wanted
    states.append(inbox.takes_payloads)
    assert states == [True, False]
    inbox.deliver([3])
    assert [*first, *drain(inbox)] == ["old"] * 997 + ["1", NOTICE, "2", 3]


def test_only_a_stream_that_may_go_unread_and_can_read_takes_bytes() -> None:
    assert not Inbox("test", 10, "gap").takes_payloads
    assert not Inbox("test", 10, "raise", read=bytes.decode).takes_payloads


@pytest.mark.parametrize("overflow", ["gap", "latest"])
async def test_a_buffer_full_of_what_may_not_be_dropped_ends_the_stream(
    overflow: Overflow,
) -> None:
    inbox = Inbox("test", 3, overflow)
    notices: list[object] = [Notice(code, "") for code in range(6)]
    inbox.deliver(notices[:2])
    inbox.deliver([7])
    inbox.deliver(notices[2:])
    assert inbox.is_closed
    taken = [one for one in drain(inbox) if not isinstance(one, Gap)]
    assert taken == notices[:3]
    with pytest.raises(SlowConsumer):
        await inbox.take()
    assert inbox.statistics().lost + inbox.statistics().replaced + len(taken) == 7


async def test_a_slow_consumer_gets_its_error_after_what_was_waiting() -> None:
    inbox = Inbox("ticks", 2, "raise")
    inbox.deliver([1, 2, 3])
    inbox.deliver([4])
    assert await inbox.take() == [1, 2]
    with pytest.raises(SlowConsumer, match="ticks: more than 2") as caught:
        await inbox.take()
    assert caught.value.lost == 2


async def test_wait_holds_the_reader_until_enough_was_taken(autojump_clock: object) -> None:
    inbox = Inbox("test", 300, "wait")
    inbox.deliver([*range(300)])
    with trio.fail_after(1):
        await inbox.catch_up()
    inbox.deliver([300])
    assert inbox.is_behind
    with trio.move_on_after(1) as scope:
        await inbox.catch_up()
    assert scope.cancelled_caught
    async with trio.open_nursery() as nursery:
        nursery.start_soon(inbox.catch_up)
        await trio.testing.wait_all_tasks_blocked()
        assert len(nursery.child_tasks) == 1
        assert len(inbox.take_nowait()) == 300


async def test_a_consumer_that_leaves_lets_the_reader_go_on() -> None:
    inbox = Inbox("test", 1, "wait")
    inbox.deliver([1, 2])
    async with trio.open_nursery() as nursery:
        nursery.start_soon(inbox.catch_up)
        await trio.testing.wait_all_tasks_blocked()
        assert inbox.discard() == 2
    assert not inbox.is_behind


async def test_the_reader_waits_for_a_consumer_that_comes_forward() -> None:
    inbox = Inbox("test", 10_000)
    stream = Subscription[object](inbox, None, lambda: None)
    inbox.deliver([*range(5_000)])
    seen = 0

    async def consume() -> None:
        nonlocal seen
        async for _ in stream:
            seen += 1
            if seen % 100 == 0:
                await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(consume)
        await inbox.catch_up()
        assert seen > 4_500
        nursery.cancel_scope.cancel()


async def test_the_reader_does_not_wait_for_a_consumer_that_does_something_else() -> None:
    inbox = Inbox("test", 10_000)
    states: list[bool] = []
    inbox.deliver([*range(5_000)])
    states.append(inbox.is_behind)  # nobody has begun to read
    assert inbox.take_nowait()
    inbox.deliver([*range(5_000)])
    states.append(inbox.is_behind)
    with trio.fail_after(5):
        await inbox.catch_up()
    inbox.close()
    states.append(inbox.is_behind)
    assert states == [False, True, False]


async def test_a_closed_inbox_ends_after_what_was_waiting() -> None:
    inbox = Inbox("test")
    inbox.deliver([1])
    inbox.close()
    inbox.deliver([2])
    inbox.close(lambda: ValueError("too late"))
    assert await inbox.take() == [1]
    with pytest.raises(StopAsyncIteration):
        await inbox.take()
    assert inbox.take_nowait() == []
    assert inbox.statistics().lost == 0


async def test_an_inbox_closed_with_an_error_raises_a_new_one_each_time() -> None:
    inbox = Inbox("test")
    inbox.close(lambda: ValueError("gone"))
    raised: list[BaseException] = []
    for _ in range(2):
        with pytest.raises(ValueError, match="gone") as caught:
            await inbox.take()
        raised.append(caught.value)
    assert raised[0] is not raised[1]


async def test_taking_can_be_cancelled(autojump_clock: object) -> None:
    inbox = Inbox("test")
    with trio.move_on_after(1) as scope:
        await inbox.take()
    assert scope.cancelled_caught
    inbox.deliver([1])
    assert await inbox.take() == [1]
