"""The simulated TWS on a port, in a thread of its own, for tests of programs that call trio.run."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import trio

from trio_tws import _versions as v
from trio_tws.testing import Faults, open_simulator


@contextmanager
def served(
    *,
    server_version: int = v.MAX_SERVER_VERSION,
    accounts: tuple[str, ...] = ("DU1234567",),
    start: datetime | None = None,
    faults: Faults | None = None,
) -> Iterator[int]:
    """Gives the port of a simulated TWS that runs as long as the block does."""
    is_up = threading.Event()
    told: list[int] = []
    leave: list[trio.CancelScope] = []
    tokens: list[trio.lowlevel.TrioToken] = []

    async def serve() -> None:
        with trio.CancelScope() as scope:
            leave.append(scope)
            tokens.append(trio.lowlevel.current_trio_token())
            async with open_simulator(
                server_version=server_version, accounts=accounts, start=start, faults=faults
            ) as simulator:
                told.append(await simulator.listen())
                is_up.set()
                await trio.sleep_forever()

    thread = threading.Thread(target=trio.run, args=(serve,))
    thread.start()
    assert is_up.wait(30)
    try:
        yield told[0]
    finally:
        tokens[0].run_sync_soon(leave[0].cancel)
        thread.join()
