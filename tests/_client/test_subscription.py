import pytest
import trio

from trio_tws import Subscription
from trio_tws._client._inbox import Inbox
from trio_tws._client._subscription import Again


def make(inbox: Inbox, closed: list[bool] | None = None) -> Subscription[object]:
    return Subscription(inbox, None, lambda: None if closed is None else closed.append(True))


async def test_events_come_one_by_one_and_the_stream_ends() -> None:
    inbox = Inbox("test")
    inbox.deliver([1, 2])
    inbox.deliver([3])
    inbox.close()
    assert [event async for event in make(inbox)] == [1, 2, 3]


async def test_batches_come_as_they_were_delivered() -> None:
    inbox = Inbox("test")
    inbox.deliver([1, 2, 3])
    inbox.deliver([4])
    inbox.close()
    stream = make(inbox)
    assert await anext(stream) == 1
    assert [batch async for batch in stream.batches()] == [[2, 3], [4]]


async def test_what_ended_the_stream_is_raised_after_its_events() -> None:
    inbox = Inbox("test")
    inbox.deliver([1])
    inbox.close(lambda: ValueError("ended"))
    stream = make(inbox)
    assert await anext(stream) == 1
    with pytest.raises(ValueError, match="ended"):
        await anext(stream)
    with pytest.raises(ValueError, match="ended"):
        async for _ in stream.batches():
            pass


async def test_each_step_honours_a_cancellation_and_loses_nothing() -> None:
    inbox = Inbox("test")
    inbox.deliver([*range(10)])
    stream = make(inbox)
    seen: list[object] = []
    with trio.CancelScope() as scope:
        async for event in stream:
            seen.append(event)
            if event == 4:
                scope.cancel()
    assert scope.cancelled_caught
    assert seen == [0, 1, 2, 3, 4]
    assert await anext(stream) == 5


async def test_other_tasks_get_turns_while_much_is_waiting() -> None:
    inbox = Inbox("test")
    inbox.deliver([*range(300_000)])
    inbox.close()
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await trio.lowlevel.checkpoint()
            turns += 1

    async with trio.open_nursery() as nursery:
        nursery.start_soon(count)
        async for _ in make(inbox):
            pass
        nursery.cancel_scope.cancel()
    # 300,000 events take far longer than ten of the runs that one consumer may make.
    assert turns > 10


async def test_the_numbers_count_single_events() -> None:
    inbox = Inbox("test", 10)
    inbox.deliver([1, 2, 3])
    stream = make(inbox)
    assert (stream.statistics().delivered, stream.statistics().waiting) == (0, 3)
    await anext(stream)
    assert (stream.statistics().delivered, stream.statistics().waiting) == (1, 2)
    assert stream.statistics().buffer == 10
    assert "waiting=2" in repr(stream)
    assert "ValueError" in repr(Subscription[object](inbox, ValueError(), lambda: None))


async def test_closing_tells_the_session() -> None:
    closed: list[bool] = []
    make(Inbox("test"), closed).close()
    assert closed == [True]


@pytest.mark.parametrize(("delay", "times"), [(1, 0), (10, 1)])
async def test_what_may_not_have_been_heard_is_sent_again_once_in_time(
    delay: int, times: int, autojump_clock: object
) -> None:
    inbox = Inbox("numbers")
    sent: list[int] = []

    def send() -> object:
        sent.append(1)
        return "again"

    async def deliver() -> None:
        await trio.sleep(delay)
        inbox.deliver([7])

    stream = Subscription[int](inbox, "first", inbox.close, Again(trio.current_time() + 5, send))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(deliver)
        assert await anext(stream) == 7
    assert stream.request == ("again" if times else "first")
    inbox.deliver([8])
    assert await anext(stream) == 8
    assert len(sent) == times


@pytest.mark.parametrize("has_waited", [True, False])
async def test_what_has_been_answered_is_not_sent_again(
    has_waited: bool, autojump_clock: object
) -> None:
    inbox = Inbox("numbers")
    sent: list[bool] = []

    async def deliver() -> None:
        if not has_waited:
            await trio.sleep(1)
        inbox.deliver([1])
        await trio.sleep(10)
        inbox.deliver([2])

    again = Again(trio.current_time() + 5, lambda: sent.append(True))
    stream = Subscription[int](inbox, "first", inbox.close, again)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(deliver)
        await trio.sleep(0.5)
        assert [await anext(stream), await anext(stream)] == [1, 2]
    assert not sent


async def test_a_consumer_that_gave_up_once_has_it_sent_again_all_the_same(
    autojump_clock: object,
) -> None:
    inbox = Inbox("numbers")
    again = Again(trio.current_time() + 5, lambda: inbox.deliver([1]))
    stream = Subscription[int](inbox, "first", inbox.close, again)
    with trio.move_on_after(1):
        await anext(stream)
    assert await anext(stream) == 1
    assert trio.current_time() == 5


async def test_what_comes_at_the_last_moment_is_not_sent_again(autojump_clock: object) -> None:
    inbox = Inbox("numbers")
    sent: list[bool] = []

    async def deliver() -> None:
        inbox.deliver([7])

    again = Again(trio.current_time(), lambda: sent.append(True))
    stream = Subscription[int](inbox, "first", inbox.close, again)
    async with trio.open_nursery() as nursery:
        # It comes when the reader has looked and its time is up, but before trio has told it so.
        nursery.start_soon(deliver)
        assert await anext(stream) == 7
    assert not sent
