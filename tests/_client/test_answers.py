"""What one task waits for: it gets all that comes, in order, and then the end or the error."""

import pytest
import trio
import trio.testing

from trio_tws._client._answers import Answers


async def test_who_waits_gets_what_comes_and_what_comes_meanwhile() -> None:
    answers = Answers()
    async with trio.open_nursery() as nursery:

        async def ask() -> None:
            assert await answers.take() == [1, 2, 3]
            assert not answers.are_complete
            assert await answers.take() == [4]
            assert answers.are_complete

        nursery.start_soon(ask)
        await trio.testing.wait_all_tasks_blocked()
        answers.deliver([1])
        answers.deliver([2, 3])
        await trio.testing.wait_all_tasks_blocked()
        answers.deliver([4])
        answers.close()
        answers.deliver([5])


async def test_taking_what_has_come_is_a_checkpoint_that_loses_nothing() -> None:
    answers = Answers()
    answers.deliver([1])
    with trio.CancelScope() as scope:
        scope.cancel()
        await answers.take()
    assert scope.cancelled_caught
    with trio.testing.assert_checkpoints():
        assert await answers.take() == [1]


async def test_waiting_can_be_cancelled_and_what_comes_later_stays(autojump_clock: object) -> None:
    answers = Answers()
    with trio.move_on_after(1) as scope:
        await answers.take()
    assert scope.cancelled_caught
    answers.deliver([1])
    assert await answers.take() == [1]


async def test_nothing_more_comes_after_the_end() -> None:
    answers = Answers()
    answers.deliver([1])
    answers.close()
    answers.close(lambda: ValueError("too late"))
    states = [answers.are_complete]
    assert await answers.take() == [1]
    states.append(answers.are_complete)
    assert states == [False, True]
    with trio.testing.assert_checkpoints():
        assert await answers.take() == []


async def test_an_error_comes_after_the_answers_and_is_a_new_one_each_time() -> None:
    answers = Answers()
    answers.deliver([1])
    answers.close(lambda: ValueError("gone"))
    assert await answers.take() == [1]
    assert not answers.are_complete
    raised: list[BaseException] = []
    for _ in range(2):
        with pytest.raises(ValueError, match="gone") as caught:
            await answers.take()
        raised.append(caught.value)
    assert raised[0] is not raised[1]


async def test_who_waits_is_told_of_an_error() -> None:
    answers = Answers()
    async with trio.open_nursery() as nursery:

        async def ask() -> None:
            with pytest.raises(ValueError, match="gone"):
                await answers.take()

        nursery.start_soon(ask)
        await trio.testing.wait_all_tasks_blocked()
        answers.close(lambda: ValueError("gone"))


@pytest.mark.parametrize("comes_first", [True, False])
async def test_what_comes_as_it_expires_is_given_at_once_or_kept(comes_first: bool) -> None:
    answers = Answers()
    found: list[list[object]] = []
    async with trio.open_nursery() as nursery:

        async def ask() -> None:
            found.append(await answers.take())
            found.append(await answers.take())

        nursery.start_soon(ask)
        await trio.testing.wait_all_tasks_blocked()
        if comes_first:
            answers.deliver([1])
        answers.expire()
        if not comes_first:
            answers.deliver([1])
        await trio.testing.wait_all_tasks_blocked()
        answers.deliver([2])
        nursery.start_soon(trio.lowlevel.checkpoint)
    assert found == ([[1], [2]] if comes_first else [[], [1]])


async def test_where_nobody_waits_nothing_expires() -> None:
    answers = Answers()
    answers.expire()
    answers.deliver([1])
    assert await answers.take() == [1]


async def test_what_is_discarded_takes_in_nothing_more() -> None:
    answers = Answers()
    answers.deliver([1])
    answers.discard()
    answers.deliver([2])
    assert answers.is_closed
    assert answers.are_complete
