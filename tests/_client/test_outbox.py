from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import pytest
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pacing_rules import most_in_any
from trio_tws._client._outbox import HIGH_WATER, Outbox
from trio_tws.protocol._priority import Place, Rank

ORDER = Place(Rank.ORDER)


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


async def test_an_order_does_not_wait_for_the_room_of_requests() -> None:
    outbox = Outbox()
    outbox.put(bytes(HIGH_WATER + 1))
    with trio.fail_after(1):
        await outbox.wait_for_room(Rank.ORDER)


# Who goes first ...................................................................................


async def test_orders_go_before_cancels_and_those_before_requests() -> None:
    outbox = Outbox()
    for data, place in (
        (b"request ", Place(Rank.REQUEST, 1)),
        (b"cancel ", Place(Rank.CANCEL, 2)),
        (b"order ", ORDER),
        (b"request ", Place(Rank.REQUEST, 3)),
        (b"cancel ", Place(Rank.CANCEL, 4)),
        (b"order ", ORDER),
    ):
        outbox.put(data + str(place.key).encode() + b"; ", place)
    assert len(outbox) == 6
    assert await outbox.take() == (
        b"order None; order None; cancel 2; cancel 4; request 1; request 3; "
    )
    assert len(outbox) == 0


async def test_a_cancel_stays_behind_a_request_that_still_waits() -> None:
    outbox = Outbox()
    outbox.put(b"ask 1; ", Place(Rank.REQUEST, 1))
    outbox.put(b"ask 2; ", Place(Rank.REQUEST, 2))
    outbox.put(b"end 1; ", Place(Rank.CANCEL, 1))
    outbox.put(b"end 9; ", Place(Rank.CANCEL, 9))
    assert outbox.take_nowait() == b"end 9; ask 1; ask 2; end 1; "


async def test_a_cancel_whose_request_has_gone_goes_first_again() -> None:
    outbox = Outbox()
    for key in (1, 1):
        outbox.put(b"ask; ", Place(Rank.REQUEST, key))
        outbox.put(b"end; ", Place(Rank.CANCEL, key))
    assert outbox.take_nowait() == b"ask; end; ask; end; "
    outbox.put(b"ask 2; ", Place(Rank.REQUEST, 2))
    outbox.put(b"end; ", Place(Rank.CANCEL, 1))
    assert outbox.take_nowait() == b"end; ask 2; "


async def test_who_put_a_frame_is_told_when_it_is_taken() -> None:
    outbox = Outbox()
    told: list[str] = []
    outbox.put(b"one", on_taken=lambda: told.append("one"))
    outbox.put(b"two")
    outbox.put(b"three", ORDER, lambda: told.append("three"))
    assert told == []
    outbox.take_nowait()
    assert told == ["three", "one"]


# How fast .........................................................................................


async def test_no_more_go_in_a_second_than_allowed_and_the_rest_a_second_later(
    autojump_clock: object,
) -> None:
    outbox = Outbox(10)
    for number in range(25):
        outbox.put(b"%d " % number, ORDER)
    taken: list[tuple[float, int]] = []
    start = trio.current_time()
    while len(outbox):
        data = await outbox.take()
        taken.append((trio.current_time() - start, data.count(b" ")))
    assert taken == [(0, 10), (1, 10), (2, 5)]


async def test_some_room_is_left_to_orders(autojump_clock: object) -> None:
    outbox = Outbox(20)
    for _ in range(50):
        outbox.put(b"request ")
        outbox.put(b"cancel ", Place(Rank.CANCEL, 1))
    assert await outbox.take() == b"cancel " * 18
    outbox.put(b"order ", ORDER)
    outbox.put(b"order ", ORDER)
    with trio.fail_after(0.1):
        assert await outbox.take() == b"order " * 2
    await outbox.take()
    assert trio.current_time() >= 1


async def test_an_order_is_taken_while_a_request_waits_for_its_second(
    autojump_clock: object,
) -> None:
    outbox = Outbox(10)
    for _ in range(10):
        outbox.put(b"request ")
    await outbox.take()
    async with trio.open_nursery() as nursery:

        async def take() -> None:
            start = trio.current_time()
            assert await outbox.take() == b"order "
            assert trio.current_time() - start == 0.25

        nursery.start_soon(take)
        await trio.sleep(0.25)
        outbox.put(b"order ", ORDER)


@pytest.mark.parametrize("per_second", [1, 2])
async def test_requests_go_at_the_lowest_rates_too(per_second: int, autojump_clock: object) -> None:
    outbox = Outbox(per_second)
    for _ in range(5):
        outbox.put(b".")
    start = trio.current_time()
    while len(outbox):
        await outbox.take()
    assert trio.current_time() - start == 4


async def test_nothing_counts_as_written_while_it_waits_for_its_second(
    autojump_clock: object,
) -> None:
    outbox = Outbox(1)
    outbox.put(b"one")
    outbox.put(b"two")

    async def write() -> None:
        while True:
            await outbox.take()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(write)
        start = trio.current_time()
        await outbox.wait_until_written()
        assert trio.current_time() - start == 1
        nursery.cancel_scope.cancel()


async def test_it_tells_how_long_the_orders_take(autojump_clock: object) -> None:
    outbox = Outbox(10)
    for _ in range(30):
        outbox.put(b"request")
    assert outbox.seconds_for_orders() == 0
    for _ in range(21):
        outbox.put(b"order", ORDER)
    assert outbox.seconds_for_orders() == 2
    unpaced = Outbox()
    unpaced.put(b"order", ORDER)
    assert unpaced.seconds_for_orders() == 0


@pytest.mark.slow
@settings(max_examples=60)
@given(st.integers(0, 1 << 32), st.integers(1, 12))
def test_whatever_comes_when_no_second_has_too_many_and_nothing_is_lost_or_out_of_order(
    seed: int, per_second: int
) -> None:
    clock = trio.testing.MockClock(autojump_threshold=0)
    trio.run(some_traffic, Random(seed), per_second, clock=clock)


async def some_traffic(random: Random, per_second: int) -> None:
    """Puts random frames at random times, and looks at what is written and taken."""
    outbox = Outbox(per_second)
    put: list[bytes] = []
    went: list[tuple[float, bytes]] = []
    asked: list[int] = []
    is_writing = False

    async def write() -> None:
        nonlocal is_writing
        while True:
            data = await outbox.take()
            went.append((trio.current_time(), data))
            is_writing = True
            await trio.sleep(random.choice([0, 0, random.random() / 10]))
            is_writing = False

    def send_nowait(data: bytes) -> int:
        assert not is_writing
        size = random.choice([0, len(data), random.randrange(len(data))])
        went.append((trio.current_time(), data[:size]))
        return size

    if random.random() < 0.8:
        outbox.open_shortcut(send_nowait)

    def next_frame(number: int) -> tuple[bytes, Place]:
        rank = random.choice(list(Rank))
        if rank is Rank.ORDER:
            return b"order-%d" % number, ORDER
        if rank is Rank.CANCEL and asked:
            key = asked.pop(random.randrange(len(asked)))
            return b"end-%d" % key, Place(rank, key)
        asked.append(number)
        return b"ask-%d" % number, Place(Rank.REQUEST, number)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(write)
        for number in range(random.randint(1, 80)):
            frame, place = next_frame(number)
            put.append(frame)
            outbox.put(frame + b" ", place)
            await trio.sleep(random.choice([0, 0, 0, random.random(), 2 * random.random()]))
        await outbox.wait_until_written()
        nursery.cancel_scope.cancel()
    order = b"".join(data for _, data in went).split()
    ends = [(at, data.count(b" ")) for at, data in went]
    assert most_in_any(1, ends) <= per_second
    assert sorted(order) == sorted(put)
    for kind in (b"order", b"ask"):
        assert of_kind(kind, order) == of_kind(kind, put)
    for frame in of_kind(b"end", put):
        assert order.index(frame.replace(b"end", b"ask")) < order.index(frame)


def of_kind(kind: bytes, frames: list[bytes]) -> list[bytes]:
    return [frame for frame in frames if frame.startswith(kind)]


async def test_orders_count_until_they_are_written() -> None:
    outbox = Outbox()
    outbox.put(b"order", Place(Rank.ORDER))
    outbox.put(b"request")
    assert outbox.unwritten_orders == 1
    await outbox.take()
    assert outbox.unwritten_orders == 1, "taken, and perhaps not written"
    with trio.move_on_after(0):
        await outbox.take()
    assert outbox.unwritten_orders == 0


# The shortcut .....................................................................................


class Socket:
    """Takes so many bytes at once, each time it is asked; what the writer takes, it writes."""

    def __init__(self, *sizes: int) -> None:
        self.sizes = list(sizes)
        self.written: list[bytes] = []

    def send_nowait(self, data: bytes) -> int:
        size = self.sizes.pop(0)
        self.written.append(data[:size])
        return size


@asynccontextmanager
async def written_through(socket: Socket, per_second: int | None = None) -> AsyncIterator[Outbox]:
    """Gives an outbox with a shortcut, and a writer who waits; looks at what is left at the end."""
    outbox = Outbox(per_second)
    outbox.open_shortcut(socket.send_nowait)

    async def write() -> None:
        while True:
            data = await outbox.take()
            await trio.testing.wait_all_tasks_blocked()
            socket.written.append(data)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(write)
        await trio.testing.wait_all_tasks_blocked()
        yield outbox
        await outbox.wait_until_written()
        nursery.cancel_scope.cancel()
    assert len(outbox) == outbox.unwritten_orders == 0


async def test_a_frame_that_nothing_stands_before_is_written_at_once() -> None:
    socket = Socket(3, 3)
    told: list[bytes] = []
    async with written_through(socket) as outbox:
        outbox.put(b"one", on_taken=lambda: told.extend(socket.written))
        outbox.put(b"two", ORDER)
        assert socket.written == [b"one", b"two"]
        assert told == [b"one"]
        assert len(outbox) == outbox.unwritten_orders == 0
        with trio.fail_after(1):
            await outbox.wait_until_written()
    assert socket.written == [b"one", b"two"]


async def test_before_the_writer_has_come_frames_wait_for_it() -> None:
    socket = Socket()
    outbox = Outbox()
    outbox.open_shortcut(socket.send_nowait)
    outbox.put(b"early")
    assert await outbox.take() == b"early"
    outbox.put(b"while it writes")
    assert await outbox.take() == b"while it writes"


async def test_what_is_left_of_a_frame_goes_before_everything() -> None:
    socket = Socket(2)
    async with written_through(socket) as outbox:
        outbox.put(b"request")
        outbox.put(b"order", ORDER)
        assert outbox.unwritten_orders == 1
    assert socket.written == [b"re", b"quest", b"order"]


async def test_an_order_that_went_in_part_counts_as_unwritten() -> None:
    socket = Socket(2)
    async with written_through(socket) as outbox:
        outbox.put(b"order", ORDER)
        assert outbox.unwritten_orders == 1
        assert len(outbox) == 0
    assert socket.written == [b"or", b"der"]


async def test_what_the_socket_does_not_take_waits_for_the_writer() -> None:
    socket = Socket(0)
    async with written_through(socket) as outbox:
        outbox.put(b"one")
        outbox.put(b"two")
        assert len(outbox) == 2
    assert socket.written == [b"", b"one" + b"two"]


async def test_what_is_written_at_once_counts_in_the_rate(autojump_clock: object) -> None:
    socket = Socket(*[1] * 10)
    start = trio.current_time()
    async with written_through(socket, 10) as outbox:
        for _ in range(12):
            outbox.put(b"r")
        assert len(outbox) == 3
        outbox.put(b"o", ORDER)
        assert outbox.unwritten_orders == 1, "requests wait, and it goes before them in its turn"
        await trio.sleep(0.5)
        assert outbox.unwritten_orders == 0
    assert socket.written == [b"r"] * 9 + [b"o", b"rrr"]
    assert trio.current_time() - start == 1


async def test_an_order_is_written_at_once_from_the_share_of_orders() -> None:
    socket = Socket(*[1] * 10)
    async with written_through(socket, 10) as outbox:
        for _ in range(9):
            outbox.put(b"r")
        outbox.put(b"o", ORDER)
    assert socket.written == [b"r"] * 9 + [b"o"]


async def test_once_the_writer_is_gone_nothing_is_written_past_it() -> None:
    socket = Socket()
    outbox = Outbox()
    outbox.open_shortcut(socket.send_nowait)
    with trio.move_on_after(0):
        await outbox.take()
    outbox.put(b"late")
    assert len(outbox) == 1
