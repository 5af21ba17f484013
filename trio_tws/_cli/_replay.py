"""`trio-tws replay`: a recording in the place of TWS, for programs in any language."""

import math
from pathlib import Path
from typing import Annotated

import trio
import typer
from rich.console import Console

from trio_tws._cli._console import console
from trio_tws._cli._listening import speak_for_library, warn_if_open
from trio_tws._cli._recordings import RECORDING, failures_told, tell_failure
from trio_tws._cli._run import FAILED, run
from trio_tws._cli._session_facts import DEFAULT_PORT
from trio_tws.testing import DamagedRecording, Passage, open_replay, read_recording


def replay(
    file: Annotated[Path, RECORDING],
    port: Annotated[int, typer.Option(min=0, help="0: any that is free.")] = DEFAULT_PORT,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    speed: Annotated[str, typer.Option(help="10: ten times as fast; max: at once.")] = "1",
    timeline: Annotated[
        bool, typer.Option("--timeline", help="Send all at its time, whatever the program asks.")
    ] = False,
) -> None:
    """Serve a recording in the place of TWS until Ctrl-C, to programs in any language.

    A program that asks what the recorded one asked gets the same answers; its ids may be others.
    What is not in the recording is answered with error 321. Of a damaged file, what comes before
    the damage is served.
    """
    pace = _speed(speed)
    with failures_told():
        passages = _intact(file)
    speak_for_library()
    run(
        lambda: _replay(console(), passages, (host, port), speed=pace, timeline=timeline),
        when_interrupted=0,
        last_words="The replay has ended.",
    )


def _speed(text: str) -> float:
    try:
        speed = math.inf if text == "max" else float(text)
    except ValueError:
        speed = math.nan
    if not speed > 0:
        raise typer.BadParameter(f"{text!r} is no positive number, nor max", param_hint="--speed")
    return speed


def _intact(file: Path) -> list[Passage]:
    passages: list[Passage] = []
    try:
        passages.extend(read_recording(file))
    except DamagedRecording as error:
        if not passages:
            raise
        tell_failure(error)
    return passages


async def _replay(
    out: Console,
    passages: list[Passage],
    address: tuple[str, int],
    *,
    speed: float,
    timeline: bool,
) -> int:
    host, port = address
    async with open_replay(
        passages, speed=speed, timeline=timeline, on_mismatch=tell_failure
    ) as served:
        try:
            taken = await served.listen(port, host)
            out.print(f"A recording is served on {host}:{taken}", style="bold", soft_wrap=True)
            warn_if_open(out, host, "READ IT")
            out.print(f"Server version {served.server_version}. Ctrl-C ends it.", style="dim")
            out.file.flush()
            await trio.sleep_forever()
        except OSError as error:
            out.print(f"Can't listen on {host}:{port}: {error.strerror or error}")
            return FAILED
