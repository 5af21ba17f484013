"""Who waits too long is told so at the right time, and nobody has to look at the clock for it."""

import pytest
import trio
import trio.testing

from tests._client.peer import session
from tests._client.steps import steps
from trio_tws import ConnectionLost
from trio_tws._client._answers import Answers
from trio_tws._client._watch import Watch


async def test_what_comes_in_time_is_given(autojump_clock: object) -> None:
    answers, watch = Answers(), Watch()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch.run)

        async def ask() -> None:
            assert await watch.first(answers, trio.current_time() + 5) == ["answer"]

        async with trio.open_nursery() as asking:
            asking.start_soon(ask)
            await trio.sleep(3)
            answers.deliver(["answer"])
        await trio.sleep(10)
        assert not answers.is_closed
        watch.stop()


@pytest.mark.parametrize("is_over", [False, True])
async def test_what_does_not_come_is_nothing_at_the_deadline_and_may_come_later(
    is_over: bool, autojump_clock: object
) -> None:
    """Though there may be no session any more, whose task would tell."""
    answers, watch = Answers(), Watch()
    if is_over:
        watch.stop()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch.run)
        start = trio.current_time()
        assert await watch.first(answers, start + 5) == []
        assert trio.current_time() == start + 5
        answers.deliver(["late"])
        await trio.sleep(1)
        assert await watch.first(answers, start + 10) == ["late"]
        assert trio.current_time() == start + 6
        watch.stop()


async def test_each_is_told_at_its_own_deadline_in_whatever_order_they_came(
    autojump_clock: object,
) -> None:
    watch = Watch()
    told: list[float] = []
    start = trio.current_time()

    async def ask(seconds: float) -> None:
        assert await watch.first(Answers(), start + seconds) == []
        assert trio.current_time() == start + seconds
        told.append(seconds)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch.run)
        async with trio.open_nursery() as asking:
            for seconds in (7, 3, 5, 1, 9):
                asking.start_soon(ask, seconds)
                await trio.testing.wait_all_tasks_blocked()
        watch.stop()
    assert told == [1, 3, 5, 7, 9]


@pytest.mark.parametrize("comes_first", [True, False])
async def test_what_comes_at_the_very_deadline_is_not_lost(
    comes_first: bool, autojump_clock: trio.testing.MockClock
) -> None:
    answers, watch = Answers(), Watch()
    deadline = trio.current_time() + 5
    found: list[object] = []

    async def ask() -> None:
        found.append(await watch.first(answers, deadline))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch.run)
        nursery.start_soon(ask)
        await trio.testing.wait_all_tasks_blocked()
        autojump_clock.jump(5)
        if comes_first:
            answers.deliver(["answer"])
        watch._look()
        if not comes_first:
            answers.deliver(["answer"])
        await trio.testing.wait_all_tasks_blocked()
        watch.stop()
    assert found == [["answer"] if comes_first else []]
    if not comes_first:
        assert await answers.take() == ["answer"]


async def test_cancelled_it_forgets_who_waited(autojump_clock: object) -> None:
    answers, watch = Answers(), Watch()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch.run)
        with trio.move_on_after(1):
            await watch.first(answers, trio.current_time() + 5)
        await trio.sleep(10)
        answers.deliver(["answer"])
        assert await answers.take() == ["answer"]
        watch.stop()


async def test_nobody_has_to_look_for_each_question(autojump_clock: object) -> None:
    """It looks once in the time that one may wait, however many have come and gone."""
    watch = Watch()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch.run, name="watch")
        await trio.testing.wait_all_tasks_blocked()
        with steps() as made:
            for _ in range(100):
                answers = Answers()
                answers.deliver(["answer"])
                assert await watch.first(answers, trio.current_time() + 30) == ["answer"]
                await trio.sleep(1)
        assert 3 <= made["watch"] <= 4
        watch.stop()


async def test_it_goes_on_while_its_parent_is_cancelled(autojump_clock: object) -> None:
    """As the session does, so that what cleans up can still ask."""
    watch = Watch()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch.run)
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
        with trio.CancelScope(shield=True):
            assert await watch.first(Answers(), trio.current_time() + 2) == []
        watch.stop()


async def test_stopped_before_it_runs_it_does_not_run() -> None:
    watch = Watch()
    watch.stop()
    await watch.run()


async def test_who_still_waits_when_the_session_is_closed_is_told_so(
    autojump_clock: object,
) -> None:
    """At once, and not when the time for an answer is over."""
    async with trio.open_nursery() as nursery:
        async with session() as (tws, _peer):

            async def ask() -> None:
                with pytest.raises(ConnectionLost, match="this side"):
                    await tws.current_time()

            nursery.start_soon(ask)
            await trio.testing.wait_all_tasks_blocked()
            start = trio.current_time()
    assert trio.current_time() - start < 3
