"""Tasks that work for a block and end with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio


@asynccontextmanager
async def open_workers() -> AsyncIterator[trio.Nursery]:
    """Opens a nursery whose tasks end at once when the block does; they may not raise.

    What the block raises comes out bare.
    """
    caught: BaseException | None = None
    async with trio.open_nursery() as nursery:
        try:
            yield nursery
        except BaseException as error:  # noqa: BLE001 - raised again below, bare
            caught = error
        # A cancellation from outside must not replace what was caught.
        nursery.cancel_scope.shield = True
        nursery.cancel_scope.cancel()
    if caught is not None:
        raise caught
