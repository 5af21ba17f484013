"""Counts the turns that tasks get from the scheduler, which do not depend on the machine."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import trio


class Steps(trio.abc.Instrument):
    """Counts the steps of each task, by its name."""

    def __init__(self) -> None:
        self.by_name: Counter[str] = Counter()

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self.by_name[task.name] += 1


@contextmanager
def steps() -> Iterator[Counter[str]]:
    """Gives the steps that tasks make during the block, by the names of the tasks."""
    counting = Steps()
    trio.lowlevel.add_instrument(counting)
    try:
        yield counting.by_name
    finally:
        trio.lowlevel.remove_instrument(counting)
