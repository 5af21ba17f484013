"""`open_replay`: what its block promises, and whole sessions of our own client."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import trio

from tests.testing.program import START
from tests.testing.recordings import C, Said, passages, written
from trio_tws import (
    InternalError,
    RequestError,
    Stock,
    open_tws,
)
from trio_tws._model.session import ReqCurrentTime
from trio_tws.testing import (
    DamagedRecording,
    Passage,
    ReplayMismatch,
    open_replay,
    open_simulator,
    read_recording,
    recorded,
)


async def morning(stream: Any, client_id: int) -> list[object]:
    """A program with a little of everything; gives what it was told."""
    told: list[object] = []
    async with open_tws(stream=stream, client_id=client_id) as tws:
        told += [tws.server_version, tws.accounts, await tws.current_time()]
        told += await tws.contract_details(Stock("AAPL"))
        told += await tws.historical_bars(Stock("MSFT"), duration="1 D", bar_size="1 hour")
        try:
            await tws.contract_details(Stock("NOTHING"))
        except RequestError as error:
            told.append((error.code, error.message))
        with trio.move_on_after(20):
            async with tws.open_ticks(Stock("AAPL")) as ticks:
                async for tick in ticks:
                    told.append(tick)
        told += await tws.positions()
    return told


@pytest.mark.slow
@pytest.mark.parametrize("version", [176, 226])
@pytest.mark.parametrize("speed", [1, 5])
async def test_a_session_of_the_simulator_comes_out_the_same(
    version: int, speed: float, tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    path = tmp_path / "session.txt"
    async with open_simulator(server_version=version, start=START, latency=0.5) as simulator:
        told = await morning(recorded(simulator.open_stream(), path), 1)

    async with open_replay(path, speed=speed) as replay:
        began = trio.current_time()
        again = await morning(replay.open_stream(), 2)
        assert replay.missing == ()
        assert replay.failure is None

    assert len(told) > 50
    assert again == told
    assert 20 < trio.current_time() - began < 25


async def test_a_recording_is_served_on_a_port() -> None:
    async with open_replay(passages(version=176), speed=float("inf")) as replay:
        port = await replay.listen()
        for client_id in range(2):
            async with open_tws(port=port, client_id=client_id) as tws:
                assert tws.server_version == 176
        assert replay.missing == ()


async def test_who_else_can_read_it_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    async with open_replay([]) as replay:
        assert await replay.listen(host="0.0.0.0")
        (words,) = caplog.messages
        assert words.startswith("a recording listens on 0.0.0.0")


async def test_before_anybody_connects_nothing_is_missing() -> None:
    async with open_replay(passages(Said(2, C, ReqCurrentTime()))) as replay:
        assert replay.missing == ()


async def test_what_the_block_raises_comes_out_bare() -> None:
    with pytest.raises(KeyError):
        async with open_replay(passages()):
            raise KeyError


async def test_a_mismatch_comes_out_though_it_breaks_the_program(
    autojump_clock: trio.testing.MockClock,
) -> None:
    with pytest.raises(ReplayMismatch, match="ReqContractData"):
        async with open_replay(passages()) as replay:
            async with open_tws(stream=replay.open_stream()) as tws:
                await tws.contract_details(Stock("AAPL"))


async def test_being_cancelled_is_no_mismatch(autojump_clock: trio.testing.MockClock) -> None:
    with trio.move_on_after(1) as scope:
        async with open_replay(passages()) as replay:
            async with open_tws(stream=replay.open_stream()):
                await trio.sleep_forever()

    assert scope.cancelled_caught


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
async def test_time_goes_forward(speed: float) -> None:
    with pytest.raises(ValueError, match="time goes forward only"):
        async with open_replay(passages(), speed=speed):
            pass


async def test_a_damaged_file_is_told_before_anything_is_served(tmp_path: Path) -> None:
    path = tmp_path / "session.txt"
    path.write_bytes(written(passages())[:-5])
    with pytest.raises(DamagedRecording, match=r"line 8: the file is cut"):
        async with open_replay(path):
            raise AssertionError


async def test_the_part_before_the_damage_can_be_served(
    autojump_clock: trio.testing.MockClock,
) -> None:
    found: list[Passage] = []
    try:
        found.extend(read_recording(BytesIO(written(passages())[:-5])))
    except DamagedRecording:
        async with open_replay(found) as replay, open_tws(stream=replay.open_stream()) as tws:
            assert tws.next_order_id == 5


async def test_a_bug_of_ours_is_called_one() -> None:
    class Odd(trio.abc.HalfCloseableStream):
        async def send_all(self, data: object) -> None: ...
        async def wait_send_all_might_not_block(self) -> None: ...
        async def send_eof(self) -> None: ...
        async def aclose(self) -> None: ...
        async def receive_some(self, max_bytes: int | None = None) -> bytes:
            raise ZeroDivisionError

    with pytest.raises(InternalError, match="please report it"):
        async with open_replay(passages()) as replay:
            await replay._serve(Odd())
            await trio.sleep_forever()
