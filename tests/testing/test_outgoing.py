import trio
from trio.testing import wait_all_tasks_blocked

from trio_tws.testing._outgoing import HIGH_WATER, Outgoing


async def test_frames_go_out_in_their_order_and_together() -> None:
    outgoing = Outgoing()
    assert not outgoing
    outgoing.put(b"one")
    outgoing.put(b"two")
    assert (bool(outgoing), outgoing.size) == (True, 6)
    assert await outgoing.take() == b"onetwo"
    assert (bool(outgoing), outgoing.size) == (False, 0)
    assert outgoing.take_nowait() == b""


async def test_the_writer_waits_for_frames() -> None:
    outgoing, taken = Outgoing(), list[bytes]()

    async def write() -> None:
        while True:
            taken.append(await outgoing.take())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(write)
        await wait_all_tasks_blocked()
        outgoing.put(b"one")
        await wait_all_tasks_blocked()
        outgoing.put(b"two")
        await wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    assert taken == [b"one", b"two"]


async def test_who_says_much_waits_until_there_is_room() -> None:
    outgoing, done = Outgoing(), list[str]()

    async def wait() -> None:
        await outgoing.wait_for_room()
        done.append("room")

    outgoing.put(bytes(HIGH_WATER))
    assert outgoing.take_nowait()
    outgoing.put(bytes(HIGH_WATER))
    seen = [outgoing.is_full]
    await outgoing.wait_for_room()
    outgoing.put(b"more")
    seen.append(outgoing.is_full)
    assert seen == [False, True]
    async with trio.open_nursery() as nursery:
        nursery.start_soon(wait)
        nursery.start_soon(wait)
        await wait_all_tasks_blocked()
        assert done == []
        outgoing.take_nowait()
    assert done == ["room", "room"]


async def test_what_was_taken_is_written_when_more_is_asked_for() -> None:
    outgoing, done = Outgoing(), list[str]()

    async def wait() -> None:
        await outgoing.wait_until_written()
        done.append("written")

    await outgoing.wait_until_written()
    outgoing.put(b"one")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(wait)
        assert await outgoing.take() == b"one"
        await wait_all_tasks_blocked()
        assert done == []
        with trio.move_on_after(0):
            await outgoing.take()
        await wait_all_tasks_blocked()
        assert done == ["written"]
