from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import trio
import trio.testing

from trio_tws import LocalProtocolError, NoData
from trio_tws._client._piecewise import Piecewise, Stretch, check_concurrency
from trio_tws._client._workers import open_workers

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


class Numbers:
    """A day with numbers, in several answers; an exception among them is raised once."""

    def __init__(self, day: int, *answers: list[int] | Exception, pause: float = 1) -> None:
        self.start = START + day * DAY
        self.end = self.start + DAY
        self.pieces = 1
        self.asked = 0
        self._answers = deque(answers)
        self._pause = pause

    @property
    def is_whole(self) -> bool:
        return not self._answers

    async def ask(self) -> list[int]:
        self.asked += 1
        await trio.sleep(self._pause)
        answer = self._answers.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer


def nothing() -> NoData:
    return NoData(162, "no data", None)


@asynccontextmanager
async def taking(
    *days: Numbers, most: int = 2, buffer: int | None = None
) -> AsyncIterator[tuple[Piecewise[int], list[datetime]]]:
    passed: list[datetime] = []
    waiting: deque[Stretch[int]] = deque(days)
    async with open_workers() as workers:
        yield Piecewise(workers, waiting, passed.append, most, buffer), passed


async def take_all(numbers: Piecewise[int]) -> list[int]:
    taken: list[int] = []
    while True:
        try:
            taken.append(await numbers.next())
        except StopAsyncIteration:
            return taken


async def test_numbers_come_in_the_order_of_their_days(autojump_clock: object) -> None:
    slow = Numbers(0, [1], [], [2, 3], pause=9)
    days = (slow, Numbers(1, []), Numbers(2, nothing()), Numbers(3, [4]))
    async with taking(*days) as (numbers, passed):
        assert (numbers.done, numbers.total, numbers.given) == (0, 4, 0)
        assert [await numbers.next() for _ in range(3)] == [1, 2, 3]
        assert (numbers.done, passed) == (0, [])
        assert await take_all(numbers) == [4]
        assert (numbers.done, numbers.total, numbers.given) == (4, 4, 4)
        assert passed == [day.end for day in days]
        assert await take_all(numbers) == []


async def test_so_many_are_begun_and_not_taken(autojump_clock: object) -> None:
    days = [Numbers(day, [day]) for day in range(5)]
    async with taking(*days, most=2) as (numbers, _passed):
        await trio.sleep(60)
        assert [day.asked for day in days] == [1, 1, 0, 0, 0]
        assert await numbers.next() == 0
        await trio.sleep(60)
        assert [day.asked for day in days] == [1, 1, 1, 0, 0]


async def test_what_waits_is_bounded_but_for_the_first(autojump_clock: object) -> None:
    days = [Numbers(day, *([number] for number in range(9))) for day in range(3)]
    async with taking(*days, most=3, buffer=5) as (numbers, _passed):
        await trio.sleep(60)
        asked = [day.asked for day in days]
        assert 5 <= sum(asked) <= 5 + 2 + 2  # what each of the others was at, and two of the first
        for _ in range(4):
            await numbers.next()
        await trio.sleep(60)
        assert days[0].asked >= 6  # two more than were taken
        assert await take_all(numbers) == [*range(4, 9), *range(9), *range(9)]


async def test_what_went_wrong_is_told_when_it_is_its_turn_and_then_asked_again(
    autojump_clock: object,
) -> None:
    days = (Numbers(0, [1], KeyError("a"), [2]), Numbers(1, KeyError("b"), KeyError("c"), [3]))
    async with taking(*days) as (numbers, _passed):
        await trio.sleep(60)
        assert days[1].asked == 1
        assert await numbers.next() == 1
        with pytest.raises(KeyError, match="a"):
            await numbers.next()
        assert await numbers.next() == 2
        for name in ("b", "c"):
            with pytest.raises(KeyError, match=name):
                await numbers.next()
        assert await take_all(numbers) == [3]


async def test_nothing_at_all_is_an_error_every_time(autojump_clock: object) -> None:
    async with taking(Numbers(0, nothing()), Numbers(1, [])) as (numbers, passed):
        for _ in range(2):
            with pytest.raises(NoData):
                await numbers.next()
        assert len(passed) == 2


async def test_what_has_no_number_and_no_refusal_ends(autojump_clock: object) -> None:
    async with taking(Numbers(0, [])) as (numbers, _passed):
        assert await take_all(numbers) == []


async def test_closed_it_gives_no_more(autojump_clock: object) -> None:
    async with taking(Numbers(0, [1, 2]), Numbers(1, [3])) as (numbers, _passed):
        assert await numbers.next() == 1
        numbers.close()
        with pytest.raises(trio.ClosedResourceError):
            await numbers.next()


async def test_closed_while_somebody_waits_it_tells(autojump_clock: object) -> None:
    async with taking(Numbers(0, [1], pause=60)) as (numbers, _passed):

        async def wait() -> None:
            with pytest.raises(trio.ClosedResourceError):
                await numbers.next()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(wait)
            await trio.testing.wait_all_tasks_blocked()
            numbers.close()
        assert trio.current_time() < 1


async def test_others_get_their_turn() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await trio.lowlevel.checkpoint()

    async with taking(Numbers(0, list(range(10_000)), pause=0)) as (numbers, _passed):
        await numbers.next()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(count)
            assert len(await take_all(numbers)) == 9_999
            nursery.cancel_scope.cancel()
        assert turns > 0


@pytest.mark.parametrize("most", [0, 51])
def test_tws_takes_so_many_at_once(most: int) -> None:
    check_concurrency(50)
    with pytest.raises(LocalProtocolError, match="1 to 50"):
        check_concurrency(most)
