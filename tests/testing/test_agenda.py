from collections.abc import Callable
from functools import partial

import trio
from trio.testing import wait_all_tasks_blocked

from trio_tws.testing._agenda import Agenda


async def test_acts_are_done_at_their_time_and_those_of_one_moment_in_order(
    autojump_clock: object,
) -> None:
    agenda, done = Agenda(), list[tuple[float, str]]()
    began = trio.current_time()

    def note(name: str) -> None:
        done.append((trio.current_time() - began, name))

    agenda.put(3, partial(note, "late"))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(agenda.run, trio.lowlevel.checkpoint)
        for name in "abcdefgh":
            agenda.put(1, partial(note, name))
        agenda.put(0, partial(note, "at once"))
        await trio.sleep(2)
        agenda.put(0.5, partial(note, "added"))
        await trio.sleep(5)
        nursery.cancel_scope.cancel()
    assert done == [
        (0, "at once"),
        *((1, name) for name in "abcdefgh"),
        (2.5, "added"),
        (3, "late"),
    ]


async def test_an_act_can_put_down_another(autojump_clock: object) -> None:
    agenda, times = Agenda(), list[float]()
    began = trio.current_time()

    def act() -> None:
        times.append(trio.current_time() - began)
        agenda.put(0.25, act)

    agenda.put(0, act)
    with trio.move_on_after(1.1):
        await agenda.run(trio.lowlevel.checkpoint)
    assert times == [0, 0.25, 0.5, 0.75, 1.0]


async def test_nothing_is_done_until_it_is_ready() -> None:
    agenda, done, ready = Agenda(), list[int](), trio.Event()
    for number in range(3):
        act: Callable[[], None] = partial(done.append, number)
        agenda.put(0, act)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(agenda.run, ready.wait)
        await wait_all_tasks_blocked()
        assert done == []
        ready.set()
        await wait_all_tasks_blocked()
        assert done == [0, 1, 2]
        nursery.cancel_scope.cancel()


async def test_one_can_wait_until_it_has_caught_up() -> None:
    agenda, done = Agenda(), list[int]()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(agenda.run, trio.lowlevel.checkpoint)
        for number in range(5):
            agenda.put(0, partial(done.append, number))
        agenda.put(60, partial(done.append, 60))
        await agenda.catch_up()
        assert done == [0, 1, 2, 3, 4]
        nursery.cancel_scope.cancel()


async def test_it_is_behind_while_something_is_due(autojump_clock: object) -> None:
    agenda = Agenda()
    seen = [agenda.is_behind]
    agenda.put(1, lambda: None)
    seen.append(agenda.is_behind)
    await trio.sleep(1)
    seen.append(agenda.is_behind)
    with trio.move_on_after(0.5):
        await agenda.run(trio.lowlevel.checkpoint)
    seen.append(agenda.is_behind)
    assert seen == [False, False, True, False]
