"""Python's search for garbage, put off while there is none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """Keeps Python from looking for garbage in a block that only makes objects which stay.

    It would go through all of them again and again while their number grows, which takes a third
    of the time of reading 100,000 bars, and a sixth of importing the package (Python 3.11, 2026).
    The block must not await anything.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
