import pytest
import trio

from trio_tws._client._workers import open_workers


async def test_tasks_end_with_the_block(autojump_clock: object) -> None:
    async with open_workers() as workers:
        workers.start_soon(trio.sleep_forever)
        await trio.sleep(1)
    assert trio.current_time() == 1


async def test_what_the_block_raises_comes_out_bare() -> None:
    with pytest.raises(ZeroDivisionError):
        async with open_workers() as workers:
            workers.start_soon(trio.sleep_forever)
            raise ZeroDivisionError


async def test_a_cancellation_from_outside_does_not_take_its_place() -> None:
    with trio.CancelScope() as scope, pytest.raises(ZeroDivisionError):
        async with open_workers() as workers:
            workers.start_soon(trio.sleep_forever)
            scope.cancel()
            raise ZeroDivisionError


async def test_a_cancelled_block_is_cancelled() -> None:
    with trio.CancelScope() as scope:
        async with open_workers():
            scope.cancel()
            await trio.lowlevel.checkpoint()
    assert scope.cancelled_caught
