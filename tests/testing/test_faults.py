import contextlib
from typing import Any

import pytest
import trio
from trio.testing import memory_stream_pair, wait_all_tasks_blocked

from tests.testing.program import Program, running
from trio_tws import Stock, open_tws
from trio_tws._model.session import StartApi
from trio_tws.protocol import Hello, ServerHello
from trio_tws.testing import Faults, FaultyStream

MESSAGES = (b"one", b"second", b"", b"the third")
WHOLE = b"".join(MESSAGES)


async def received(faults: Faults) -> tuple[list[bytes], bool]:
    """Sends all; gives the segments that arrive, and whether the connection broke."""
    ours, theirs = memory_stream_pair()
    stream = FaultyStream(ours, faults)
    segments: list[bytes] = []
    has_broken = False

    async def read() -> None:
        segments.extend([bytes(segment) async for segment in theirs])

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read)
        try:
            for message in MESSAGES:
                await stream.send_all(message)
                await wait_all_tasks_blocked()
        except trio.BrokenResourceError:
            has_broken = True
        await stream.aclose()
    return segments, has_broken


async def test_without_faults_everything_passes() -> None:
    assert await received(Faults()) == ([b"one", b"second", b"the third"], False)


@pytest.mark.parametrize("cut_after", range(len(WHOLE) + 2))
async def test_a_cut_lets_so_many_bytes_through(cut_after: int) -> None:
    segments, has_broken = await received(Faults(cut_after=cut_after))
    assert b"".join(segments) == WHOLE[:cut_after]
    assert has_broken == (cut_after <= len(WHOLE))


@pytest.mark.parametrize("size", range(1, 12))
async def test_segments_have_the_size_that_was_asked_for(size: int) -> None:
    segments, has_broken = await received(Faults(segment=size))
    assert b"".join(segments) == WHOLE
    assert not has_broken
    expected = [
        len(message[at:][:size]) for message in MESSAGES for at in range(0, len(message), size)
    ]
    assert [len(segment) for segment in segments] == expected


@pytest.mark.parametrize("place", range(len(WHOLE) + 1))
async def test_garbage_comes_once_and_where_it_was_asked_for(place: int) -> None:
    segments, _ = await received(Faults(garbage=b"***", garbage_after=place))
    assert b"".join(segments) == WHOLE[:place] + b"***" + WHOLE[place:]


async def test_garbage_after_the_end_never_comes() -> None:
    segments, _ = await received(Faults(garbage=b"***", garbage_after=len(WHOLE) + 1))
    assert b"".join(segments) == WHOLE


async def test_a_cut_counts_garbage_too() -> None:
    segments, _ = await received(Faults(garbage=b"***", garbage_after=2, cut_after=4, segment=1))
    assert segments == [b"o", b"n", b"*", b"*"]


async def test_receiving_is_left_alone() -> None:
    ours, theirs = memory_stream_pair()
    stream = FaultyStream(ours, Faults(segment=1, cut_after=0, garbage=b"***"))
    await theirs.send_all(b"hello")
    assert await stream.receive_some() == b"hello"
    await theirs.send_all(b"hello")
    assert await stream.receive_some(2) == b"he"
    await stream.wait_send_all_might_not_block()
    await stream.send_eof()
    assert await theirs.receive_some() == b""


@pytest.mark.parametrize(
    "wrong",
    [{"cut_after": -1}, {"segment": 0}, {"garbage_after": -1}, {"startup_delay": -0.5}],
)
def test_numbers_below_their_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Faults(**wrong)


# Over a whole session .............................................................................


@pytest.mark.parametrize("version", [176, 226])
async def test_a_connection_can_break_after_any_byte(version: int, autojump_clock: object) -> None:
    async def bytes_received(faults: Faults) -> bytes:
        async with running(server_version=version, faults=faults) as simulator:
            program = Program(simulator.open_stream())
            received = b""
            with trio.move_on_after(1), contextlib.suppress(trio.BrokenResourceError):
                await program.send(Hello())
                while data := await program.stream.receive_some():
                    received += data
                    program.connection.receive_data(bytes(data))
                    if isinstance(program.connection.next_event(), ServerHello):
                        await program.send(StartApi(1))
            await wait_all_tasks_blocked()
            assert bool(simulator.clients) == (faults.cut_after is None)
        return received

    whole = await bytes_received(Faults())
    assert len(whole) > 200
    for cut_after in (*range(40), *range(40, len(whole), 11), len(whole)):
        assert await bytes_received(Faults(cut_after=cut_after)) == whole[:cut_after]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 100])
async def test_bytes_can_come_in_segments(size: int) -> None:
    async with running(faults=Faults(segment=size)) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            (found,) = await tws.contract_details(Stock("AAPL"))
            assert found.contract.con_id == 265598
