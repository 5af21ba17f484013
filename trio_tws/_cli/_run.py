"""Runs a command to its end, which may be Ctrl-C at any moment, and says how it ended."""

import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, NoReturn

import trio
import typer
from rich.text import Text

from trio_tws._cli._console import console, error_console
from trio_tws._errors import TWSError

FAILED: Final = 1
INTERRUPTED: Final = 130
"""What shells take for "ended by Ctrl-C": 128 and the number of the signal."""


def run(
    work: Callable[[], Awaitable[int]],
    when_interrupted: int = INTERRUPTED,
    last_words: str = "Interrupted; the connection is closed and nothing is left running.",
) -> NoReturn:
    """Runs a command and exits with the code it gives, or with 1 after an error of ours.

    Args:
        work: The command.
        when_interrupted: The code after Ctrl-C; 0 for a command that has no other end.
        last_words: What to print after Ctrl-C.

    Raises:
        typer.Exit: Always.
    """
    code: int | None = FAILED
    try:
        code = trio.run(until_interrupted, work)
    except* TWSError as group:
        _tell(group)
    except* (BrokenPipeError, SystemExit):
        pass  # whoever read our output has gone, as `head` does; rich says it with SystemExit
    if code is None:
        console().print(last_words)
        code = when_interrupted
    raise typer.Exit(code)


def _tell(error: TWSError | ExceptionGroup[TWSError]) -> None:
    """Prints an error, or each of a group; words of TWS may have brackets, which mean nothing."""
    if isinstance(error, ExceptionGroup):
        for one in error.exceptions:
            _tell(one)
    else:
        error_console().print(Text.assemble(("Error:", "bold"), f" {error}"))


async def until_interrupted(work: Callable[[], Awaitable[int]]) -> int | None:
    """Awaits the work and gives its code; Ctrl-C cancels it, which gives None.

    Without this, trio would raise KeyboardInterrupt wherever the program happens to be; cancelled,
    it ends as it does on every other occasion, by leaving its blocks.
    """
    code: int | None = None
    caught: BaseException | None = None
    with trio.open_signal_receiver(signal.SIGINT) as signals:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_cancel_at_the_first, signals, nursery.cancel_scope)
            try:
                code = await work()
            except Exception as error:  # noqa: BLE001 - raised again below, outside the nursery
                caught = error
            nursery.cancel_scope.cancel()
    if caught is not None:
        raise caught
    return code


async def _cancel_at_the_first(signals: AsyncIterator[int], scope: trio.CancelScope) -> None:
    async for _ in signals:
        scope.cancel()
