"""Order ids: above all that were seen, and each once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_tws._errors import LocalProtocolError
from trio_tws._orders.ids import MAX_ORDER_ID, OrderIds


def test_ids_start_where_tws_says() -> None:
    ids = OrderIds(41)

    assert (ids.next, ids.take(), ids.take(), ids.next) == (41, 41, 42, 43)


def test_ids_start_with_1_if_nobody_says_anything() -> None:
    assert OrderIds().take() == 1


@pytest.mark.parametrize("id_of_a_person", [None, 0, -5, 2**31 - 1])
def test_ids_of_people_in_tws_are_passed_over(id_of_a_person: int | None) -> None:
    ids = OrderIds(7)
    ids.see(id_of_a_person)

    assert ids.take() == 7


@given(st.lists(st.integers(-10, 1_000) | st.none() | st.just("take")))
def test_an_id_is_above_all_that_were_seen_or_taken(doings: list[int | str | None]) -> None:
    ids, highest = OrderIds(), 0
    for doing in doings:
        if isinstance(doing, str):
            assert ids.take() == highest + 1
            highest += 1
        else:
            ids.see(doing)
            highest = max(highest, doing or 0)


def test_several_ids_are_in_a_row() -> None:
    ids = OrderIds(5)

    assert list(ids.take_many(3)) == [5, 6, 7]
    assert ids.take() == 8


def test_ids_that_run_out_are_told_before_one_is_taken() -> None:
    ids = OrderIds(MAX_ORDER_ID)

    with pytest.raises(LocalProtocolError, match="2 order ids from 2147483646 on"):
        ids.take_many(2)
    assert ids.take() == MAX_ORDER_ID
    with pytest.raises(LocalProtocolError, match="another client_id"):
        ids.take()
