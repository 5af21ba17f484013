from datetime import UTC, datetime

import pytest
import trio

from trio_tws import open_tws
from trio_tws.testing import open_simulator


@pytest.mark.parametrize("version", [100, 200, 212, 213, 226])
async def test_the_time_is_that_of_tws(version: int, autojump_clock: object) -> None:
    start = datetime(2026, 3, 2, 15, tzinfo=UTC)
    async with open_simulator(server_version=version, start=start) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            assert await tws.current_time() == start
            await trio.sleep(61)
            assert await tws.current_time() == datetime(2026, 3, 2, 15, 1, 1, tzinfo=UTC)
