"""What all runners in Python have in common; it needs nothing but Python.

A runner is started with a kind of scenario, a port, how much the server sends to warm it up and how
much is measured, and prints what it found as one line of JSON.
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
CLIENT_ID: Final = 7

Found = dict[str, float]
"""What was measured, by the name of the metric."""


@dataclass(frozen=True)
class Task:
    """What a runner has to do.

    Attributes:
        port: Where the server is.
        warm: How much comes first.
        count: How much is measured.
    """

    port: int
    warm: int
    count: int

    @property
    def passes(self) -> tuple[int, int]:
        """How much comes in each of the two passes, only the last of which counts."""
        return self.warm, self.count


class Meter:
    """Measures from when it is made."""

    def __init__(self) -> None:
        self._cpu = time.process_time()
        self._wall = time.perf_counter()

    def each(self, count: int) -> Found:
        """Gives the time that each of so many things took, of all threads together."""
        cpu, wall = time.process_time() - self._cpu, time.perf_counter() - self._wall
        return {"cpu_us": cpu / count * 1e6, "wall_us": wall / count * 1e6}


def spread(seconds: Sequence[float]) -> Found:
    """Gives the median and the tail of some times."""
    ordered = sorted(seconds)
    assert ordered, "nothing was measured"
    return {
        "p50_us": ordered[len(ordered) // 2] * 1e6,
        "p99_us": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1e6,
        "max_us": ordered[-1] * 1e6,
    }


def peak() -> Found:
    """Gives the largest size that this process has had."""
    status = Path("/proc/self/status")
    if status.exists():
        (size,) = re.findall(r"VmHWM:\s+(\d+)", status.read_text(encoding="ascii"))
        return {"peak_mib": int(size) / 1024}
    import resource  # noqa: PLC0415 - Windows has none

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"peak_mib": used / 1024 / (1024 if sys.platform == "darwin" else 1)}


class Heart:
    """What the other task in ``fairness`` notes: how much later than it wanted it was woken.

    Attributes:
        has_begun: Whether the first event has come; what was before that does not count.
        is_over: Whether the last one has; the beat that is due then is the last.
    """

    def __init__(self) -> None:
        self.has_begun = False
        self.is_over = False
        self._late: list[float] = []

    def woken(self, due: float) -> None:
        """Notes one beat."""
        if self.has_begun:
            self._late.append(time.perf_counter() - due)

    def found(self) -> Found:
        """Gives how late the beats were."""
        return spread(self._late)


def stamp() -> float:
    """Gives the moment as the server's trades in ``paced`` have it."""
    return time.perf_counter() % 100_000 + 100_000


Runner = Callable[[Task], Found]


def main(runners: Mapping[str, Runner]) -> None:
    """Runs what the command line says, and ends the process.

    It ends at once, because a client may have threads that keep it alive.
    """
    kind, *numbers = sys.argv[1:]
    port, warm, count = map(int, numbers)
    print(json.dumps(runners[kind](Task(port, warm, count))), flush=True)
    os._exit(0)
