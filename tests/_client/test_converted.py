from collections.abc import Iterator

import pytest
import trio

from trio_tws import RemoteProtocolError, ReqMktData, Stock
from trio_tws._client._converted import ConvertedSubscription
from trio_tws._client._inbox import Gap, Inbox
from trio_tws._client._subscription import Subscription

REQUEST = ReqMktData(7, Stock("AAPL"))


class Source:
    """A stream of numbers, and what is made of each: itself, as often as it says."""

    def __init__(self) -> None:
        self.inbox = Inbox("numbers")
        self.is_closed = False
        self.raw = Subscription[object](self.inbox, REQUEST, self.close)
        self.stream = ConvertedSubscription[int](self.raw, self.times)

    def close(self) -> None:
        self.is_closed = True

    def times(self, message: object) -> Iterator[int]:
        assert isinstance(message, int)
        if message < 0:
            raise RemoteProtocolError("below zero")
        yield from [message] * message


async def test_a_message_has_any_number_of_events() -> None:
    source = Source()
    source.inbox.deliver([2, 0, 1])
    source.inbox.deliver([Gap(3)])
    source.inbox.close()
    assert [event async for event in source.stream] == [2, 2, 1, Gap(3)]


async def test_batches_give_the_rest_first_and_nothing_empty() -> None:
    source = Source()
    source.inbox.deliver([3])
    assert await anext(source.stream) == 3
    source.inbox.deliver([0])
    source.inbox.deliver([1, 2])
    source.inbox.close()
    assert [batch async for batch in source.stream.batches()] == [[3, 3], [1, 2, 2]]
    assert [batch async for batch in source.stream.batches()] == []


async def test_every_step_honours_cancellation() -> None:
    source = Source()
    source.inbox.deliver([3])
    await anext(source.stream)
    with trio.CancelScope() as scope:
        scope.cancel()
        await anext(source.stream)
    assert scope.cancelled_caught
    assert await anext(source.stream) == 3


async def test_what_can_not_be_converted_ends_the_stream() -> None:
    source = Source()
    source.inbox.deliver([1, -1])
    assert await anext(source.stream) == 1
    with pytest.raises(RemoteProtocolError, match="below zero"):
        await anext(source.stream)
    assert source.is_closed


@pytest.mark.parametrize(("numbers", "expected"), [([2, -1, 3], [[2, 2]]), ([-1, 3], [])])
async def test_what_was_made_before_it_comes_first_and_nothing_after(
    numbers: list[object], expected: list[list[int]]
) -> None:
    source = Source()
    source.inbox.deliver(numbers)
    source.inbox.close()
    batches = source.stream.batches()
    assert [await anext(batches) for _ in expected] == expected
    with pytest.raises(RemoteProtocolError, match="below zero"):
        await anext(batches)
    assert source.is_closed
    assert [batch async for batch in source.stream.batches()] == []
    assert [event async for event in source.stream] == []


async def test_it_tells_what_its_source_does() -> None:
    source = Source()
    source.inbox.deliver([1, 1])
    assert source.stream.request is REQUEST
    assert source.stream.statistics().waiting == 2
    assert "ConvertedSubscription" in repr(source.stream)
    assert "ReqMktData" in repr(source.stream)
    source.stream.close()
    assert source.is_closed
