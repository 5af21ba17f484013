"""What happened while nobody was looking."""

from decimal import Decimal

from tests._orders.telling import (
    AAPL,
    BUY_100,
    CLIENT,
    ORDER_ID,
    PERM_ID,
    completed,
    executed,
    opened,
    status,
)
from trio_tws._model.executions import ExecutionData
from trio_tws._model.open_orders import OrderStatus
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._model.positions import PositionData
from trio_tws._orders.book import IdConflict
from trio_tws._orders.known import Known, KnownOrder
from trio_tws._orders.reconcile import (
    OrderGone,
    PositionDifference,
    Reconciliation,
    reconcile,
)
from trio_tws._orders.trade_state import TradePhase
from trio_tws._wire import evolve

OURS = KnownOrder(PERM_ID, CLIENT, ORDER_ID)
UNANSWERED = KnownOrder(0, CLIENT, ORDER_ID)
OF_A_PERSON = KnownOrder(PERM_ID, 0, None)


def found(known: Known, *at_tws: object) -> Reconciliation:
    return reconcile(
        known,
        [one for one in at_tws if isinstance(one, OpenOrder)],
        [one for one in at_tws if isinstance(one, OrderStatus)],
        [one for one in at_tws if isinstance(one, CompletedOrder)],
        [one for one in at_tws if isinstance(one, ExecutionData)],
        [one for one in at_tws if isinstance(one, PositionData)],
    )


def test_nothing_new_is_clean() -> None:
    known = Known((OURS,), frozenset({"a.01"}), {("DU1", AAPL.con_id): Decimal(40)})
    position = PositionData("DU1", AAPL, Decimal(40))

    report = found(known, opened(), status(), executed("a.01", 40), position)
    assert report == Reconciliation()
    assert report.is_clean
    assert found(Known()).is_clean


def test_an_execution_that_was_not_known_is_a_new_fill_once() -> None:
    known = Known(exec_ids=frozenset({"a.01"}))
    corrected, new = executed("a.02", 30), executed("b.01", 10)

    report = found(known, executed("a.01", 40), corrected, new, evolve(new, req_id=9))
    assert report.new_fills == (corrected, new)
    assert not report.is_clean


def test_an_order_that_is_gone_has_an_end_if_the_lists_tell_one() -> None:
    known = Known((OURS,))

    filled = found(known, completed("Filled", filled=100)).orders_gone
    assert [(one.known, one.outcome) for one in filled] == [(OURS, TradePhase.FILLED)]
    (cancelled,) = found(known, completed("Cancelled", "Cancelled by Trader")).orders_gone
    assert cancelled.outcome is TradePhase.CANCELLED
    assert cancelled.state is not None
    assert cancelled.state.completed_status == "Cancelled by Trader"
    (by_status,) = found(known, opened("Cancelled"), status("Cancelled", 0, 0)).orders_gone
    assert by_status.outcome is TradePhase.CANCELLED


def test_an_order_in_no_list_is_gone_without_a_reason() -> None:
    assert found(Known((OURS,))).orders_gone == (OrderGone(OURS, None),)
    assert found(Known((OF_A_PERSON,))).orders_gone == (OrderGone(OF_A_PERSON, None),)


def test_fills_alone_do_not_say_that_it_is_open() -> None:
    (gone,) = found(Known((OURS,)), executed("a.01", 40)).orders_gone

    assert gone.outcome is None
    assert gone.state is not None
    assert gone.state.filled == 40


def test_an_order_that_tws_had_not_answered_is_found_by_its_number() -> None:
    assert found(Known((UNANSWERED,)), opened()).is_clean
    assert found(Known((UNANSWERED,))).orders_gone == (OrderGone(UNANSWERED, None),)


def test_an_order_that_is_known_without_its_perm_id_at_tws_too() -> None:
    assert found(Known((OURS,)), opened(perm_id=0)).is_clean


def test_an_open_order_that_was_not_known_is_told() -> None:
    report = found(Known((OURS,)), opened(), opened(order_id=6, perm_id=901))

    assert [(state.order_id, state.perm_id) for state in report.orders_unknown] == [(6, 901)]
    assert found(Known(), opened(order=evolve(BUY_100, what_if=True))).is_clean


def test_orders_of_people_are_known_by_their_perm_id() -> None:
    person = opened(order_id=0, client_id=0)

    assert found(Known((OF_A_PERSON,)), person).is_clean
    assert [state.perm_id for state in found(Known(), person).orders_unknown] == [PERM_ID]


def test_a_number_that_names_another_order_now_is_a_conflict() -> None:
    conflict = IdConflict(CLIENT, ORDER_ID, PERM_ID, 901)

    report = found(Known((OURS,)), opened(perm_id=901))
    assert report.id_conflicts == (conflict,)
    assert report.orders_gone == (OrderGone(OURS, None),)
    assert [state.perm_id for state in report.orders_unknown] == [901]
    both = found(Known((OURS,)), executed(), opened(perm_id=901))
    assert both.id_conflicts == (conflict,)


def test_positions_are_compared_by_account_and_contract() -> None:
    known = Known(
        positions={("DU1", 1): Decimal(10), ("DU1", 2): Decimal(5), ("DU1", 9): Decimal(0)}
    )

    report = found(
        known,
        PositionData("DU1", evolve(AAPL, con_id=1), Decimal(10)),
        PositionData("DU2", evolve(AAPL, con_id=1), Decimal(-3)),
    )
    assert report.position_differences == (
        PositionDifference("DU1", 2, Decimal(5), Decimal(0)),
        PositionDifference("DU2", 1, Decimal(0), Decimal(-3)),
    )
    assert not report.is_clean
