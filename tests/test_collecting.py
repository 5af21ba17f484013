"""Python's search for garbage, put off."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from trio_tws._collecting import collection_paused, settle


class Ring:
    """What only the search for garbage can free."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def _not_by_itself() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


def test_it_goes_on_after_the_block_whatever_happens() -> None:
    with collection_paused():
        assert not gc.isenabled()
    assert gc.isenabled()

    with pytest.raises(ZeroDivisionError), collection_paused():
        raise ZeroDivisionError
    assert gc.isenabled()


def test_a_program_that_wants_none_gets_none() -> None:
    gc.disable()
    try:
        with collection_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.usefixtures("_not_by_itself")
def test_what_has_settled_is_looked_at_with_everything_and_not_before() -> None:
    alive = weakref.ref(Ring())
    settle()
    gc.collect(generation=1)
    assert alive() is not None
    assert gc.get_freeze_count() == 0

    gc.collect()
    assert alive() is None


@pytest.mark.usefixtures("_not_by_itself")
def test_what_a_program_has_frozen_stays_frozen() -> None:
    gc.freeze()
    frozen = gc.get_freeze_count()

    settle()

    assert gc.get_freeze_count() == frozen > 0
