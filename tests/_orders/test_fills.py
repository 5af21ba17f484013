"""Fills, their corrections and costs, whatever comes first."""

from decimal import Decimal
from itertools import permutations

import pytest

from tests._orders.telling import SPREAD, cost, executed, together
from trio_tws._model.executions import CommissionAndFeesReport, ExecutionData
from trio_tws._orders.fills import EarlyReports, Fills, FillTotals, split_exec_id
from trio_tws._wire import evolve

Told = ExecutionData | CommissionAndFeesReport


def fills_of(*told: Told) -> Fills:
    fills = Fills()
    for one in told:
        if isinstance(one, ExecutionData):
            fills.add(one)
        else:
            fills.report(one)
    return fills


def totals_of(*told: Told) -> FillTotals:
    return fills_of(*told).totals(is_combo=False)


@pytest.mark.parametrize(
    ("exec_id", "root", "number"),
    [
        ("0000e0d5.65a1b2c3.01.01", "0000e0d5.65a1b2c3.01", 1),
        ("0000e0d5.65a1b2c3.01.12", "0000e0d5.65a1b2c3.01", 12),
        ("no dot", "no dot", 0),
        ("a.letter", "a.letter", 0),
        ("a.", "a.", 0),
        ("a.٣", "a.٣", 0),
        ("", "", 0),
    ],
)
def test_an_exec_id_is_a_fill_and_the_number_of_a_correction(
    exec_id: str, root: str, number: int
) -> None:
    assert split_exec_id(exec_id) == (root, number)


def test_nothing_adds_up_to_nothing() -> None:
    fills = Fills()

    assert not fills
    assert fills.totals(is_combo=False) == FillTotals()


def test_fills_add_up_and_the_average_price_is_theirs() -> None:
    told = totals_of(executed("a.01", 30, 10.0), executed("b.01", 10, 10.4, 40))

    assert told.filled == told.filled_before == 40
    assert told.average_price == 10.1
    assert together(told.cumulative, told.cumulative_price) == (40, 10.4)
    assert not told.is_corrected
    assert [fill.execution.exec_id for fill in told.fills] == ["a.01", "b.01"]


def test_the_same_execution_told_twice_is_one() -> None:
    """Once unasked, once as an answer, which has the id of its request."""
    fills = Fills()
    asked = evolve(executed(), req_id=12)

    assert fills.add(executed())
    assert not fills.add(asked)
    assert fills.totals(is_combo=False).filled == 100


def test_the_same_execution_with_another_content_replaces_the_first() -> None:
    fills = fills_of(executed(price=10.0))

    assert fills.add(executed(price=11.0))
    assert fills.totals(is_combo=False).average_price == 11.0


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_correction_with_the_highest_number_holds_whenever_it_comes(
    order: tuple[int, ...],
) -> None:
    versions: list[Told] = [executed(f"a.01.{n:02}", 100 - 20 * n, 10.0 + n) for n in (1, 2, 11)]
    before = executed("x.01", 5, 1.0)
    told = totals_of(before, *(versions[n] for n in order), executed("y.01", 5, 1.0))

    assert [fill.execution.exec_id for fill in told.fills] == ["x.01", "a.01.11", "y.01"]
    assert told.fills[1].replaces == ("a.01.01", "a.01.02")
    assert told.filled == 10 - 120
    assert told.filled_before == 90
    assert told.is_corrected


def test_a_bust_takes_the_fill_away() -> None:
    told = totals_of(executed("a.01", 100), executed("a.02", 0))

    assert together(told.filled, told.filled_before, told.average_price) == (0, 100, None)
    assert told.is_corrected


def test_a_corrected_price_alone_changes_no_quantity() -> None:
    told = totals_of(executed("a.01", 100, 10.0), executed("a.02", 100, 9.0))

    assert together(told.filled, told.average_price, told.is_corrected) == (100, 9.0, False)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_what_fills_cost_is_joined_to_them_whenever_it_comes(order: tuple[int, ...]) -> None:
    told: list[Told] = [
        executed("a.01", 60),
        executed("b.01", 40),
        cost("a.01", 0.1),
        cost("b.01", 0.2),
    ]
    totals = totals_of(*(told[n] for n in order))

    assert {fill.execution.exec_id: fill.report for fill in totals.fills} == {
        "a.01": cost("a.01", 0.1),
        "b.01": cost("b.01", 0.2),
    }
    assert totals.commissions == {"USD": Decimal("0.3")}


def test_commissions_are_told_apart_by_currency() -> None:
    totals = totals_of(
        executed("a.01"), executed("b.01"), cost("a.01", 1.0, "EUR"), cost("b.01", -0.25, "USD")
    )

    assert totals.commissions == {"EUR": Decimal("1.0"), "USD": Decimal("-0.25")}


def test_a_report_that_comes_twice_counts_once_and_a_newer_one_replaces_it() -> None:
    fills = fills_of(executed())

    assert fills.report(cost(amount=1.0))
    assert not fills.report(cost(amount=1.0))
    assert fills.report(cost(amount=2.0))
    assert fills.totals(is_combo=False).commissions == {"USD": Decimal("2.0")}


def test_a_report_before_its_execution_changes_nothing_yet() -> None:
    fills = fills_of(executed("a.01.01"))

    assert not fills.report(cost("a.01.02"))
    assert not fills.report(cost("elsewhere.01"))
    assert fills.totals(is_combo=False).commissions == {}


def test_a_correction_keeps_the_cost_until_it_has_its_own() -> None:
    fills = fills_of(executed("a.01"), cost("a.01", 1.0), executed("a.02", 90))
    assert fills.totals(is_combo=False).fills[0].report == cost("a.01", 1.0)

    fills.report(cost("a.02", 0.9))
    assert fills.totals(is_combo=False).fills[0].report == cost("a.02", 0.9)
    assert fills.totals(is_combo=False).commissions == {"USD": Decimal("0.9")}


LEGS = [
    executed("whole.01", 1, 2.5, 1, contract=SPREAD),
    executed("leg1.01", 100, 50.0, 100),
    executed("leg2.01", 100, 47.5, 100),
]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_legs_are_fills_that_do_not_add_up(order: tuple[int, ...]) -> None:
    totals = totals_of(*(LEGS[n] for n in order))

    assert len(totals.fills) == 3
    assert together(totals.filled, totals.average_price, totals.cumulative) == (1, 2.5, 1)


def test_legs_do_not_add_up_before_the_whole_has_come_if_the_order_is_known_to_be_one() -> None:
    fills = fills_of(*LEGS[1:])

    assert fills.totals(is_combo=True).filled == 0
    assert fills.totals(is_combo=False).filled == 200


def test_the_totals_stay_the_same_object_until_something_comes() -> None:
    fills = fills_of(executed())
    first = fills.totals(is_combo=False)

    assert fills.totals(is_combo=False) is first
    fills.report(cost())
    assert fills.totals(is_combo=False) is not first


def test_what_was_heard_can_be_told_again() -> None:
    fills = fills_of(executed("a.01"), executed("a.02", 90), cost("a.01"), executed("b.01", 10))
    again = fills_of(*fills.evidence())

    assert again.totals(is_combo=False) == fills.totals(is_combo=False)
    assert list(fills.exec_ids()) == ["a.01", "a.02", "b.01"]


def test_early_reports_are_bounded_and_the_oldest_goes() -> None:
    early = EarlyReports(limit=2)
    for name in ("a", "b", "a", "c"):
        early.add(cost(name))

    assert len(early) == 2
    assert early.pop("b") is None
    assert early.pop("a") == cost("a")
    assert early.pop("a") is None
