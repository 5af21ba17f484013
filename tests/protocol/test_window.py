import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.pacing_rules import most_in_any
from trio_tws.protocol import Rate, SlidingWindow

gaps = st.lists(
    st.one_of(st.just(0.0), st.floats(0, 0.01), st.floats(0, 3)), min_size=1, max_size=200
)


@pytest.mark.slow
@given(gaps, st.integers(1, 8))
@example([0.0] * 200, 45)
def test_no_second_has_more_than_the_rate_wherever_it_begins(gaps: list[float], most: int) -> None:
    """Whatever comes when, if each goes as soon as it may, and in its order."""
    window = SlidingWindow(Rate(most, 1))
    arrival, now, went = 0.0, 0.0, list[tuple[float, int]]()
    for gap in gaps:
        arrival += gap
        now = max(now, arrival)
        opens_at = window.opens_at(now)
        assert (opens_at <= now) == (window.room(now) > 0)
        now = max(now, opens_at)
        assert window.room(now) > 0
        window.record(now)
        went.append((now, 1))
    assert most_in_any(1, went) <= most


@pytest.mark.slow
@given(gaps, st.integers(1, 8))
def test_nobody_waits_longer_than_has_to_be(gaps: list[float], most: int) -> None:
    """What went so many places before is a second old at the moment a wait ends, and not older."""
    window = SlidingWindow(Rate(most, 1))
    arrival, now, went = 0.0, 0.0, list[float]()
    for gap in gaps:
        arrival += gap
        ready = max(now, arrival)
        now = max(ready, window.opens_at(ready))
        if now > ready:
            assert now == went[-most] + 1
        window.record(now)
        went.append(now)


@pytest.mark.slow
@given(gaps, st.integers(1, 8), st.integers(1, 40))
def test_the_last_of_many_goes_when_it_was_said_to(
    gaps: list[float], most: int, count: int
) -> None:
    window = SlidingWindow(Rate(most, 1))
    now = 0.0
    for gap in gaps[:20]:
        now = max(now + gap, window.opens_at(now + gap))
        window.record(now)
    expected = window.opens_at(now, count)
    for _ in range(count):
        now = max(now, window.opens_at(now))
        window.record(now)
    assert abs(now - expected) < 1e-6


def test_several_that_go_at_once_are_counted_one_by_one() -> None:
    window = SlidingWindow(Rate(5, 2))
    window.record(10.0, 3)
    assert window.room(10.0) == 2
    assert window.opens_at(10.0, 2) == 10.0
    assert window.opens_at(10.0, 3) == 12.0
    assert window.room(12.0) == 5


def test_what_goes_out_of_turn_is_counted_too() -> None:
    window = SlidingWindow(Rate(2, 1))
    window.record(0.0, 3)
    assert window.room(0.5) == -1
    assert window.opens_at(0.5) == 1.0


def test_what_is_about_to_go_counts_as_if_it_went_now() -> None:
    window = SlidingWindow(Rate(3, 10))
    window.record(0.0)
    window.hold(2)
    assert window.room(5.0) == 0
    assert window.opens_at(5.0) == 10.0
    assert window.opens_at(5.0, 2) == 15.0
    assert window.opens_at(6.0, 2) == 16.0
    window.record_held(6.0)
    assert window.opens_at(7.0, 2) == 16.0
    assert window.opens_at(7.0, 3) == 17.0
    window.record_held(8.0)
    assert window.opens_at(8.0, 3) == 18.0
    assert window.opens_at(8.0, 4) == 20.0


def test_it_is_empty_when_the_last_that_went_is_too_long_ago_to_count() -> None:
    window = SlidingWindow(Rate(3, 10))
    assert window.is_empty(0.0)
    window.hold()
    assert not window.is_empty(100.0)
    window.record_held(100.0)
    assert not window.is_empty(109.9)
    assert window.is_empty(110.0)


def test_a_copy_goes_its_own_way_and_what_was_held_goes_in_it() -> None:
    window = SlidingWindow(Rate(3, 10))
    window.record(0.0)
    window.hold()
    copied = window.copy(5.0)
    assert copied.opens_at(5.0, 3) == 15.0
    copied.record(6.0)
    assert window.room(6.0) == 1
    assert copied.room(6.0) == 0
