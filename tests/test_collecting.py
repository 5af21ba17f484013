"""Python's search for garbage, put off."""

import gc

import pytest

from trio_tws._collecting import collection_paused


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
