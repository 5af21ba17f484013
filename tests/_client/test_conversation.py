"""One request and its answers: who waits for its end, and what the consumer gets."""

import pytest
import trio

from trio_tws import ReqCurrentTime
from trio_tws._client._conversation import Conversation
from trio_tws._client._inbox import Inbox


def begun() -> Conversation[Inbox]:
    return Conversation(ReqCurrentTime(), Inbox("times"), None)


@pytest.mark.parametrize("fails", [False, True])
async def test_all_who_wait_for_the_end_see_it(fails: bool, autojump_clock: object) -> None:
    conversation = begun()
    seen: list[float] = []

    async def wait() -> None:
        await conversation.over()
        seen.append(trio.current_time())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(wait)
        nursery.start_soon(wait)
        await trio.sleep(3)
        assert conversation.is_open
        if fails:
            conversation.fail(ValueError("no"))
        else:
            conversation.end()
    assert seen == [3.0, 3.0]
    assert not conversation.is_open


async def test_an_end_that_has_come_is_not_waited_for(autojump_clock: object) -> None:
    conversation = begun()
    conversation.end()
    with trio.fail_after(1):
        await conversation.over()


async def test_answers_of_one_read_come_together_and_before_the_end() -> None:
    assert not begun().is_answered
    conversation = begun()
    assert conversation.add(1)
    assert not conversation.add(2)
    conversation.taker(3)
    assert conversation.is_answered
    conversation.flush()
    conversation.flush()
    assert conversation.add(4)
    conversation.end()
    assert await conversation.inbox.take() == [1, 2, 3]
    assert await conversation.inbox.take() == [4]
    with pytest.raises(StopAsyncIteration):
        await conversation.inbox.take()


async def test_answers_come_before_the_error() -> None:
    conversation = begun()
    conversation.add(1)
    conversation.fail(ValueError("no"))
    assert await conversation.inbox.take() == [1]
    with pytest.raises(ValueError, match="no"):
        await conversation.inbox.take()
