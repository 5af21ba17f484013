"""Orders that wait for conditions."""

import pytest

from trio_tws import LimitOrder, MarginCondition, TimeCondition, evolve, with_conditions

ORDER = LimitOrder("BUY", 100, 30)
EARLY = TimeCondition(is_more=True, time="20270104-15:00:00")
LOW = MarginCondition(is_more=False, percent=30)


def test_an_order_waits_for_one_condition() -> None:
    assert with_conditions(ORDER, EARLY) == evolve(ORDER, conditions=(EARLY,))


def test_an_order_waits_for_several() -> None:
    first = evolve_or(EARLY)
    assert with_conditions(ORDER, EARLY | LOW).conditions == (first, LOW)
    assert with_conditions(ORDER, EARLY & LOW).conditions == (EARLY, LOW)


def evolve_or(condition: TimeCondition) -> TimeCondition:
    return evolve(condition, is_conjunction_connection=False)


def test_those_before_are_forgotten() -> None:
    waiting = with_conditions(ORDER, EARLY & LOW, cancel_order=True)

    assert with_conditions(waiting, LOW) == with_conditions(ORDER, LOW)


def test_what_becomes_of_them() -> None:
    order = with_conditions(ORDER, LOW, cancel_order=True, ignore_rth=True, include_overnight=True)

    assert order.conditions_cancel_order
    assert order.conditions_ignore_rth
    assert order.conditions_include_overnight


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(ValueError, match="2 groups joined with & can't be joined"):
        with_conditions(ORDER, (EARLY & LOW) | (LOW & EARLY))
