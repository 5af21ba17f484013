import pytest
import trio
import trio.testing

from trio_tws._client._outbox import HIGH_WATER, Outbox


async def test_what_waits_is_taken_at_once_and_in_order() -> None:
    outbox = Outbox()
    outbox.put(b"one ")
    outbox.put(b"two")
    assert await outbox.take() == b"one two"
    assert outbox.take_nowait() == b""


async def test_taking_waits_for_something() -> None:
    outbox = Outbox()
    async with trio.open_nursery() as nursery:

        async def take() -> None:
            assert await outbox.take() == b"late"

        nursery.start_soon(take)
        await trio.testing.wait_all_tasks_blocked()
        outbox.put(b"late")


async def test_written_means_that_the_writer_came_back_for_more(autojump_clock: object) -> None:
    outbox = Outbox()
    await outbox.wait_until_written()
    outbox.put(b"data")
    assert await outbox.take() == b"data"
    with trio.move_on_after(1) as scope:
        await outbox.wait_until_written()
    assert scope.cancelled_caught
    async with trio.open_nursery() as nursery:
        nursery.start_soon(outbox.take)
        await outbox.wait_until_written()
        nursery.cancel_scope.cancel()


async def test_a_full_outbox_makes_its_callers_wait(autojump_clock: object) -> None:
    outbox = Outbox()
    outbox.put(bytes(HIGH_WATER))
    with trio.fail_after(1):
        await outbox.wait_for_room()
    outbox.put(b"+")
    with pytest.raises(trio.TooSlowError), trio.fail_after(1):
        await outbox.wait_for_room()


async def test_room_is_there_for_all_who_wait_though_others_keep_sending() -> None:
    outbox = Outbox()
    outbox.put(b"earlier")
    outbox.take_nowait()
    outbox.put(bytes(HIGH_WATER + 1))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(outbox.wait_for_room)
        nursery.start_soon(outbox.wait_for_room)
        await trio.testing.wait_all_tasks_blocked()
        assert outbox.take_nowait()
        outbox.put(b"more")


async def test_waiting_for_room_is_a_checkpoint() -> None:
    with trio.testing.assert_checkpoints():
        await Outbox().wait_for_room()
