"""Fills, their corrections and costs, whatever comes first."""

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests._orders.telling import AAPL, SPREAD, cost, executed, together
from trio_tws._model.executions import CommissionAndFeesReport, ExecutionData
from trio_tws._orders.fills import EarlyReports, Fills, split_exec_id
from trio_tws._wire import evolve

OTHER = evolve(AAPL, symbol="MSFT")

Told = ExecutionData | CommissionAndFeesReport


def fills_of(*told: Told) -> Fills:
    fills = Fills()
    for one in told:
        if isinstance(one, ExecutionData):
            fills.add(one)
        else:
            fills.report(one)
    return fills


class Totals:
    """All that fills say of themselves."""

    def __init__(self, fills: Fills) -> None:
        sums = fills.quantities(is_combo=False)
        self.fills, self.commissions = fills.all, fills.commissions
        self.filled, self.filled_before = sums.filled, sums.filled_before
        self.average_price, self.is_corrected = sums.average_price, sums.is_corrected
        self.cumulative, self.cumulative_price = sums.cumulative, sums.cumulative_price


def totals_of(*told: Told) -> Totals:
    return Totals(fills_of(*told))


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
    assert (fills.all, fills.commissions, fills.contract) == ((), {}, None)
    for sums in (fills.quantities(is_combo=False), fills.quantities(is_combo=True)):
        assert together(sums.filled, sums.filled_before, sums.cumulative) == (0, 0, 0)
        assert (sums.average_price, sums.cumulative_price, sums.is_corrected) == (None, None, False)


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
    assert fills.quantities(is_combo=False).filled == 100


def test_the_same_execution_with_another_content_replaces_the_first() -> None:
    fills = fills_of(executed(price=10.0))

    assert fills.add(executed(price=11.0))
    assert fills.quantities(is_combo=False).average_price == 11.0


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
    assert fills.commissions == {"USD": Decimal("2.0")}


def test_a_report_before_its_execution_changes_nothing_yet() -> None:
    fills = fills_of(executed("a.01.01"))

    assert not fills.report(cost("a.01.02"))
    assert not fills.report(cost("elsewhere.01"))
    assert fills.commissions == {}


def test_a_correction_keeps_the_cost_until_it_has_its_own() -> None:
    fills = fills_of(executed("a.01"), cost("a.01", 1.0), executed("a.02", 90))
    assert fills.all[0].report == cost("a.01", 1.0)

    fills.report(cost("a.02", 0.9))
    assert fills.all[0].report == cost("a.02", 0.9)
    assert fills.commissions == {"USD": Decimal("0.9")}


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

    assert fills.quantities(is_combo=True).filled == 0
    assert fills.quantities(is_combo=False).filled == 200


def test_the_contract_is_that_of_the_first_fill_or_of_the_whole() -> None:
    assert fills_of(executed("a.01"), executed("b.01", contract=OTHER)).contract is AAPL
    assert fills_of(*LEGS[1:], LEGS[0]).contract is SPREAD


def test_a_fill_that_turns_out_to_be_of_the_whole_or_not_is_counted_so() -> None:
    """Not seen from TWS; a correction of the one that changes the other would be its mistake."""
    leg, whole = executed("a.02", 10, 3.0, 10), executed("a.01", 12, 2.5, 12, contract=SPREAD)
    other = executed("b.01", 5, 2.0, 5, contract=SPREAD)

    told = totals_of(other, whole, leg)
    assert together(told.filled, told.filled_before, told.cumulative) == (5, 5, 5)
    told = totals_of(other, leg, evolve_id(whole, "a.03"))
    assert together(told.filled, told.filled_before, told.cumulative) == (17, 17, 12)
    told = totals_of(other, evolve_id(leg, "a.03"), evolve_id(leg, "a.04"))
    assert together(told.filled, told.filled_before) == (5, 5)


def evolve_id(data: ExecutionData, exec_id: str) -> ExecutionData:
    return evolve(data, execution=evolve(data.execution, exec_id=exec_id))


def test_the_whole_may_be_corrected() -> None:
    told = totals_of(*LEGS, executed("whole.02", 1, 2.4, 1, contract=SPREAD))

    assert together(told.filled, told.average_price, told.cumulative_price) == (1, 2.4, 2.4)
    less = executed("whole.02", 0, 2.4, 0, contract=SPREAD)
    told = totals_of(*LEGS, less)
    assert together(told.filled, told.filled_before, told.cumulative) == (0, 1, 0)


def test_a_fill_is_found_by_the_id_of_any_of_its_versions() -> None:
    fills = fills_of(executed("a.01"), executed("a.02", 90), executed("b.01", 10))
    corrected = fills.of("a.02")

    assert corrected is not None
    assert (corrected.execution.exec_id, corrected.replaces) == ("a.02", ("a.01",))
    assert fills.of("a.01") is corrected
    assert fills.of("c.01") is None


def test_a_report_on_a_version_that_is_known_just_so_is_no_news() -> None:
    fills = fills_of(executed("a.01"), cost("a.01"), executed("a.02", 90))

    assert not fills.report(cost("a.01"))
    assert fills.report(cost("a.01", 2.0))
    assert fills.commissions == {"USD": Decimal("2.0")}
    assert not fills.add(executed("a.01"))


def test_a_report_on_a_correction_may_come_before_it() -> None:
    versions: list[Told] = [executed("a.01"), executed("a.02", 90), cost("a.02", 0.9)]
    for told in permutations(versions):
        fills = fills_of(*told, cost("a.01", 1.0))
        assert fills.commissions == {"USD": Decimal("0.9")}


def numbered(fill: int, number: int) -> str:
    return f"{fill}.{number:02}"


EXEC_IDS = st.builds(numbered, st.integers(0, 3), st.integers(1, 3))
CENTS = st.integers(900, 1100).map(lambda cents: cents / 100)
EXECUTIONS = st.builds(
    executed,
    EXEC_IDS,
    st.integers(0, 60),
    CENTS,
    st.sampled_from([0, 0, 30, 30, 60, 90]),
    contract=st.sampled_from([AAPL, AAPL, AAPL, SPREAD]),
)
COSTS = st.builds(cost, EXEC_IDS, CENTS, st.sampled_from(["USD", "EUR"]))
TOLD = st.lists(EXECUTIONS | COSTS, max_size=12)


@given(told=TOLD, is_combo=st.booleans())
def test_what_is_kept_up_is_what_a_count_of_all_would_give(
    told: list[Told], *, is_combo: bool
) -> None:
    fills = Fills()
    for number, one in enumerate(told):
        before = vars(Totals(fills))
        is_news = fills.add(one) if isinstance(one, ExecutionData) else fills.report(one)
        if not is_news:
            assert vars(Totals(fills)) == before
        check(fills, told[: number + 1], is_combo=is_combo)


def check(fills: Fills, told: list[Told], *, is_combo: bool) -> None:
    """Adds everything up anew, and compares."""
    versions = dict[str, dict[int, ExecutionData]]()
    reports = dict[str, CommissionAndFeesReport]()
    for one in told:
        if isinstance(one, ExecutionData):
            root, number = split_exec_id(one.execution.exec_id)
            versions.setdefault(root, {})[number] = one
        else:
            reports[one.exec_id] = one
    is_combo = is_combo or any(
        isinstance(one, ExecutionData) and one.contract is SPREAD for one in told
    )
    filled = before = most = Decimal(0)
    paid, price = dict[str, Decimal](), None
    for fill, every in zip(fills.all, versions.values(), strict=True):
        latest = every[max(every)]
        assert (fill.contract, fill.execution) == (latest.contract, latest.execution)
        told_of = [
            reports[every[number].execution.exec_id]
            for number in sorted(every)
            if every[number].execution.exec_id in reports
        ]
        assert fill.report == (told_of[-1] if told_of else None)
        for report in told_of[-1:]:
            amount = Decimal(str(report.commission_and_fees))
            paid[report.currency] = paid.get(report.currency, Decimal(0)) + amount
        if is_combo and latest.contract is not SPREAD:
            continue
        filled += latest.execution.shares or 0
        before += max(one.execution.shares or Decimal(0) for one in every.values())
        if (latest.execution.cum_qty or 0) > most:
            most, price = latest.execution.cum_qty or Decimal(0), latest.execution.avg_price
    assert fills.commissions == paid
    sums = fills.quantities(is_combo=is_combo)
    assert (sums.filled, sums.filled_before) == (filled, before)
    assert (sums.cumulative, sums.cumulative_price) == (most, price)


def test_what_is_given_is_the_same_object_until_it_changes() -> None:
    fills = fills_of(executed(), cost())
    first, paid = fills.all, fills.commissions

    assert fills.all is first
    fills.report(cost(amount=2.0))
    assert fills.all is not first
    assert fills.commissions is not paid
    assert paid == {"USD": Decimal("1.1")}
    paid = fills.commissions
    fills.add(executed("b.01"))
    assert fills.commissions is paid


def test_what_was_heard_can_be_told_again() -> None:
    fills = fills_of(executed("a.01"), executed("a.02", 90), cost("a.01"), executed("b.01", 10))
    again = fills_of(*fills.evidence())

    assert vars(Totals(again)) == vars(Totals(fills))
    assert list(fills.exec_ids()) == ["a.01", "a.02", "b.01"]


def test_early_reports_are_bounded_and_the_oldest_goes() -> None:
    early = EarlyReports(limit=2)
    for name in ("a", "b", "a", "c"):
        early.add(cost(name))

    assert len(early) == 2
    assert early.pop("b") is None
    assert early.pop("a") == cost("a")
    assert early.pop("a") is None
