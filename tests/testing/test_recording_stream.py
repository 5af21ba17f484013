import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
import trio
from trio.testing import check_half_closeable_stream, memory_stream_pair

from tests.testing.program import START
from trio_tws import ConnectionLost, Stock, open_tws
from trio_tws.protocol import Role
from trio_tws.testing import (
    Faults,
    PassageKind,
    RecordedStream,
    open_simulator,
    read_recording,
    recorded,
    recorded_messages,
)


@pytest.mark.slow
async def test_it_is_a_stream_like_any_other() -> None:
    async def make() -> tuple[RecordedStream, RecordedStream]:
        one, other = memory_stream_pair()
        return recorded(one, BytesIO()), recorded(other, BytesIO(), end=Role.SERVER)

    await check_half_closeable_stream(make, None)


@pytest.mark.parametrize("version", [176, 226])
async def test_a_session_is_recorded_whole(
    version: int, tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    path = tmp_path / "session.txt"
    began = datetime.now(UTC)
    async with open_simulator(server_version=version, start=START, latency=0.5) as simulator:
        stream = recorded(simulator.open_stream(), path)
        async with open_tws(stream=stream) as tws:
            await tws.contract_details(Stock("AAPL"))
    assert stream.failure is None

    found = list(read_recording(path))
    names = [type(message).__name__ for _, message in recorded_messages(found)]
    assert names[:3] == ["Hello", "ServerHello", "StartApi"]
    assert "ReqContractData" in names
    assert names[-2:] == ["ContractData", "ContractDataEnd"]
    assert found[-3].offset == pytest.approx(0.5)
    assert began <= found[0].time <= datetime.now(UTC)
    assert {one.sender for one in found if one.kind is PassageKind.CLOSE} == set(Role)


async def test_both_ends_write_the_same() -> None:
    ours, theirs = memory_stream_pair()
    files = BytesIO(), BytesIO()
    client = recorded(ours, files[0], started=START)
    server = recorded(theirs, files[1], end=Role.SERVER, started=START)

    await client.wait_send_all_might_not_block()
    await client.send_all(bytearray(b"API\0\0\0\0\x04v176"))
    await server.receive_some()
    await server.send_all(memoryview(b"\0\0\0\x04176\0"))
    await client.receive_some(3)
    await client.receive_some()
    await client.send_eof()
    assert await server.receive_some() == b""
    await server.aclose()
    assert await client.receive_some() == b""
    await client.aclose()

    times = rb"(?m)^[0-9a-f]{8} \d+\.\d+ "
    assert re.sub(times, b"", files[0].getvalue()) == re.sub(times, b"", files[1].getvalue())
    assert files[0].getvalue().endswith(b" # end\n")


@pytest.mark.slow
async def test_a_connection_that_breaks_leaves_a_whole_file(
    autojump_clock: trio.testing.MockClock,
) -> None:
    file = BytesIO()
    async with open_simulator() as simulator:
        stream = recorded(simulator.open_stream(Faults(cut_after=2_000)), file)
        with pytest.raises(ConnectionLost):
            async with open_tws(stream=stream) as tws, tws.open_ticks(Stock("AAPL")) as ticks:
                async for _ in ticks:
                    pass

    file.seek(0)
    found = list(read_recording(file))
    assert sum(len(one.on_the_wire) for one in found if one.sender is Role.SERVER) == 2_000


async def test_a_session_that_is_cancelled_leaves_a_whole_file(
    autojump_clock: trio.testing.MockClock,
) -> None:
    file = BytesIO()
    async with open_simulator() as simulator:
        with trio.move_on_after(1):
            async with open_tws(stream=recorded(simulator.open_stream(), file)):
                await trio.sleep_forever()

    file.seek(0)
    assert len(list(read_recording(file))) > 5
