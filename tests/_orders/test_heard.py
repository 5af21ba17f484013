"""How an order stands by all that was heard, in whatever order it was heard."""

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests._orders.telling import (
    AAPL,
    BUY_100,
    SPREAD,
    completed,
    cost,
    executed,
    opened,
    record,
    status,
    together,
)
from trio_tws._enums import OrderStatusName
from trio_tws._model.contracts import Contract
from trio_tws._model.open_orders import OrderStatus
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._model.orders import Order
from trio_tws._orders.heard import Heard, filled_by, standing, status_total
from trio_tws._orders.record import TradeRecord
from trio_tws._orders.trade_state import TradePhase, TradeState
from trio_tws._wire import evolve


def after(*messages: object, of: TradeRecord | None = None) -> TradeState:
    told = record() if of is None else of
    for message in messages:
        told.take(message)
    return told.state


def facts(state: TradeState) -> tuple[object, ...]:
    return (state.phase, state.filled, state.remaining, state.average_price)


# Any interleaving .................................................................................

FILL = [opened("Filled"), status("Filled", 100, 0, 10.0), executed(so_far=100), cost()]
SILENT_FILL = [opened(), status(), executed(so_far=100), cost()]


@pytest.mark.parametrize("messages", list(permutations(FILL)))
def test_a_fill_is_a_fill_in_all_24_orders_of_its_messages(messages: tuple[object, ...]) -> None:
    assert after(*messages) == after(*FILL)
    assert facts(after(*messages)) == (TradePhase.FILLED, 100, 0, 10.0)
    assert after(*messages).commissions == {"USD": Decimal("1.1")}


@pytest.mark.parametrize("messages", list(permutations(SILENT_FILL)))
def test_and_also_if_no_status_says_so(messages: tuple[object, ...]) -> None:
    assert after(*messages) == after(*SILENT_FILL)
    assert facts(after(*messages)) == (TradePhase.FILLED, 100, 0, 10.0)


KINDS: dict[str, tuple[list[object], ...]] = {
    "filled in parts": (
        [opened("PreSubmitted"), opened(), opened("Filled")],
        [status("PreSubmitted"), status("Submitted", 30, 70, 10.0), status("Filled", 100, 0, 10.7)],
        [executed("a.01", 30, 10.0, 30), executed("b.01", 70, 11.0, 100)],
        [cost("a.01"), cost("b.01")],
    ),
    "cancelled with a part filled": (
        [opened("Submitted"), opened("Cancelled")],
        [status(), status("PendingCancel", 0, 100), status("Cancelled", 30, 0, 10.0)],
        [executed("a.01", 30, 10.0, 30)],
        [cost("a.01")],
    ),
    "filled after the cancel": (
        [opened("PendingCancel"), opened("Cancelled")],
        [status("PendingCancel"), status("Cancelled", 60, 40, 10.0)],
        [executed("a.01", 60, 10.0, 60), executed("b.01", 40, 10.0, 100)],
        [cost("b.01"), cost("a.01")],
    ),
    "corrected": (
        [opened(), opened()],
        [status("Submitted", 50, 50, 10.0), status("Submitted", 40, 60, 9.0)],
        [executed("a.02", 40, 9.0, 40), executed("a.01", 50, 10.0, 50)],
        [cost("a.01"), cost("a.02")],
    ),
    "working": (
        [opened("PendingSubmit"), opened("Inactive"), opened("Submitted")],
        [status("PendingSubmit"), status("Submitted"), status("Submitted", 20, 80, 10.0)],
        [executed("a.01", 20, 10.0, 20), executed("b.01", 30, 10.5, 50)],
        [],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kinds", KINDS.values(), ids=KINDS)
@given(data=st.data())
def test_any_interleaving_that_keeps_each_kind_in_order_ends_the_same(
    kinds: tuple[list[object], ...], data: st.DataObject
) -> None:
    turns = [number for number, messages in enumerate(kinds) for _ in messages]
    left = [iter(messages) for messages in kinds]
    messages = [next(left[number]) for number in data.draw(st.permutations(turns))]

    state, in_turn = after(*messages), after(*(one for kind in kinds for one in kind))
    assert set(state.fills) == set(in_turn.fills)
    assert evolve_fills(state) == evolve_fills(in_turn)


def evolve_fills(state: TradeState) -> TradeState:
    """The state without the order of its fills, which is that of their arrival."""
    return evolve(state, fills=())


# Words ............................................................................................


@pytest.mark.parametrize(
    ("word", "phase"),
    [
        ("ApiPending", TradePhase.WORKING),
        ("PendingSubmit", TradePhase.WORKING),
        ("PreSubmitted", TradePhase.WORKING),
        ("Submitted", TradePhase.WORKING),
        ("PendingCancel", TradePhase.CANCELLING),
        ("Inactive", TradePhase.INACTIVE),
        ("Cancelled", TradePhase.CANCELLED),
        ("ApiCancelled", TradePhase.CANCELLED),
        ("Filled", TradePhase.FILLED),
        ("SomethingNew", TradePhase.WORKING),
    ],
)
def test_a_word_makes_a_phase(word: str, phase: TradePhase) -> None:
    for message in (opened(word), status(word)):
        state = after(message)
        assert (state.phase, state.status) == (phase, word)


def test_before_anything_is_heard_it_is_sent() -> None:
    state = record().state

    assert facts(state) == (TradePhase.SENT, 0, 100, None)
    assert (state.contract, state.order, state.status) == (AAPL, BUY_100, "")


def test_the_order_status_has_the_word_and_not_the_open_order() -> None:
    assert after(status("PreSubmitted"), opened("Submitted")).status == "PreSubmitted"
    assert after(opened("Submitted"), status("PreSubmitted")).status == "PreSubmitted"
    assert after(status("Submitted"), opened("Inactive")).phase is TradePhase.WORKING


def test_unless_the_open_order_says_that_it_is_over() -> None:
    assert after(opened("Cancelled"), status("Submitted")).phase is TradePhase.CANCELLED
    assert after(opened("Cancelled"), status("Filled", 100, 0)).status == "Filled"
    assert after(opened("Filled"), status("Submitted")).phase is TradePhase.FILLED


def test_a_status_that_knows_of_less_is_stale() -> None:
    state = after(status("Submitted", 60, 40), status("PreSubmitted", 0, 100))

    assert together(state.status, state.filled, state.remaining) == ("Submitted", 60, 40)


def test_inactive_comes_back() -> None:
    assert after(status("Inactive"), status("Submitted")).phase is TradePhase.WORKING


def test_pending_cancel_is_alive() -> None:
    assert not after(status("PendingCancel")).is_done


def test_a_fill_after_the_cancel_is_a_fill() -> None:
    cancelled = status("Cancelled", 0, 100)

    part = after(cancelled, executed(shares=40))
    assert facts(part) == (TradePhase.CANCELLED, 40, 60, 10.0)
    assert facts(after(cancelled, executed())) == (TradePhase.FILLED, 100, 0, 10.0)


def test_filled_beats_every_other_word_for_good() -> None:
    filled = status("Filled", 100, 0, 10.0)

    for word in ("Submitted", "Cancelled", "Inactive", "PendingCancel"):
        assert after(filled, status(word, 100, 0)).phase is TradePhase.FILLED
        assert after(status(word), filled).phase is TradePhase.FILLED


# Quantities and prices ............................................................................


def test_the_most_that_anyone_says_is_filled() -> None:
    assert after(status("Submitted", 60, 40), executed(shares=40)).filled == 60
    assert after(status("Submitted", 30, 70), executed(shares=40)).filled == 40
    assert after(executed(shares=10, so_far=70)).filled == 70


def test_fills_that_explain_the_quantity_have_the_price() -> None:
    state = after(status("Submitted", 40, 60, 9.9), executed("a.01", 40, 10.0, 40))

    assert together(state.filled, state.remaining, state.average_price) == (40, 60, 10.0)


def test_else_the_status_has_it_or_the_fill_that_knows_of_the_most() -> None:
    by_status = after(status("Submitted", 60, 40, 9.9), executed(shares=40, so_far=40))
    by_fill = after(status("Submitted", 20, 80, 9.9), executed(shares=40, price=10.5, so_far=70))

    assert by_status.average_price == 9.9
    assert together(by_fill.average_price, by_fill.remaining) == (10.5, 30)


def test_there_is_no_price_while_nothing_is_filled() -> None:
    assert after(status("Submitted", 0, 100, 0.0)).average_price is None


def test_the_rest_of_a_cancelled_order_is_worked_out() -> None:
    """TWS says the rest, or 0."""
    for remaining in (0, 70):
        state = after(status("Cancelled", 30, remaining, 10.0))
        assert facts(state) == (TradePhase.CANCELLED, 30, 70, 10.0)


def test_a_reduced_order_is_filled_when_tws_says_so() -> None:
    """An OCA group that reduces: the OpenOrder may keep the old quantity."""
    half = after(opened(), status("Submitted", 0, 50))
    assert half.remaining == 50

    state = after(opened(), status("Submitted", 20, 30), status("Filled", 50, 0, 10.0))
    assert facts(state) == (TradePhase.FILLED, 50, 0, 10.0)


def test_filled_without_a_quantity_is_all_of_it() -> None:
    assert facts(after(opened("Filled"))) == (TradePhase.FILLED, 100, 0, None)
    part = after(executed(shares=40), opened("Filled"))
    assert facts(part) == (TradePhase.FILLED, 100, 0, 10.0)


def test_a_bust_lowers_what_is_filled() -> None:
    told = [status("Submitted", 60, 40, 10.0), executed("a.01", 60), executed("a.02", 0)]

    assert facts(after(*told)) == (TradePhase.WORKING, 0, 100, None)
    assert facts(after(*reversed(told))) == (TradePhase.WORKING, 0, 100, None)


def test_an_order_that_only_its_fills_made_full_is_not_any_more_after_a_bust() -> None:
    told = [opened(), executed("a.01", 100)]
    assert after(*told).phase is TradePhase.FILLED

    assert facts(after(*told, executed("a.02", 50))) == (TradePhase.WORKING, 50, 50, 10.0)


def test_one_that_tws_called_filled_stays_done_and_its_quantity_is_what_is_left() -> None:
    told = [status("Filled", 100, 0, 10.0), executed("a.01", 100), executed("a.02", 50)]

    assert facts(after(*told)) == (TradePhase.FILLED, 50, 50, 10.0)
    bust = after(*told, executed("a.03", 0))
    assert facts(bust) == (TradePhase.FILLED, 0, 100, None)


def test_after_a_correction_the_last_status_counts_and_not_the_fullest() -> None:
    told = [
        status("Submitted", 60, 40, 10.0),
        status("PreSubmitted", 50, 50, 10.0),
        executed("a.01", 60),
        executed("a.02", 50),
    ]

    state = after(*told)
    assert together(state.status, state.filled, state.remaining) == ("PreSubmitted", 50, 50)
    more = after(*told, status("Submitted", 90, 10, 10.1))
    assert together(more.filled, more.average_price) == (90, 10.1)


CASH = Order(7, action="BUY", total_quantity=Decimal(0), order_type="MKT", cash_qty=1_000.0)


def test_an_order_for_cash_has_no_whole_and_is_filled_when_tws_says_so() -> None:
    sent = record(CASH)
    assert (sent.state.phase, sent.state.remaining) == (TradePhase.SENT, None)

    part = after(opened(order=CASH), executed(shares=3), of=record(CASH))
    assert facts(part) == (TradePhase.WORKING, 3, None, 10.0)
    done = after(status("Filled", 3, 0, 10.0), of=record(CASH))
    assert facts(done) == (TradePhase.FILLED, 3, 0, 10.0)
    cancelled = after(status("Cancelled", 0, 0), of=record(CASH))
    assert facts(cancelled) == (TradePhase.CANCELLED, 0, 0, None)


def test_a_larger_quantity_that_is_pending_is_the_whole() -> None:
    order = record()
    order.take(opened())
    order.sending(evolve(BUY_100, total_quantity=Decimal(200)))
    assert after(executed(), of=order).phase is TradePhase.WORKING

    order.take(opened(order=evolve(BUY_100, total_quantity=Decimal(200))))
    assert facts(order.state) == (TradePhase.WORKING, 100, 100, 10.0)


def test_of_a_combination_the_whole_counts_and_legs_are_fills() -> None:
    ten = evolve(BUY_100, total_quantity=Decimal(10))
    told = [
        executed("whole.01", 10, 2.5, 10, contract=SPREAD),
        executed("leg1.01", 10, 50.0, 10),
        executed("leg2.01", 10, 47.5, 10),
        status("Filled", 10, 0, 2.5),
    ]
    for messages in permutations(told):
        state = after(*messages, of=record(ten, SPREAD))
        assert facts(state) == (TradePhase.FILLED, 10, 0, 2.5)
        assert len(state.fills) == 3
    assert after(told[1], of=record(ten, SPREAD)).filled == 0


# Lists of completed orders ........................................................................


def test_a_list_of_completed_orders_ends_an_order() -> None:
    filled = after(completed("Filled", "Filled Size: 100", 100))
    cancelled = after(completed("Cancelled", "Cancelled by Trader", 30))
    rejected = after(completed("Inactive", "Rejected by System"))

    assert facts(filled) == (TradePhase.FILLED, 100, 0, None)
    assert filled.completed_status == "Filled Size: 100"
    assert facts(cancelled) == (TradePhase.CANCELLED, 30, 70, None)
    assert (rejected.phase, rejected.status) == (TradePhase.REJECTED, "Inactive")
    assert after(status("Submitted"), completed("Cancelled")).status == "Cancelled"


# An order that was not sent from here .............................................................


def foreign(*messages: object) -> TradeState:
    return after(*messages, of=TradeRecord(3))


def test_what_is_known_of_a_foreign_order_is_what_was_told() -> None:
    nothing = foreign()
    assert (nothing.contract, nothing.order) == (Contract(), Order())
    assert nothing.order_state.status is OrderStatusName.NONE

    by_status = foreign(status("Submitted", 20, 80, 10.0))
    assert facts(by_status) == (TradePhase.WORKING, 20, 80, 10.0)
    by_fill = foreign(executed("leg.01"), executed("whole.01", 1, contract=SPREAD))
    assert by_fill.contract is SPREAD
    assert foreign(executed()).contract is AAPL
    by_list = foreign(completed("Filled", filled=100))
    assert together(by_list.contract, by_list.order.total_quantity) == (AAPL, 100)
    reported = foreign(opened("PreSubmitted"))
    assert (reported.contract, reported.order_state.status) == (AAPL, "PreSubmitted")


def test_what_was_sent_or_told_is_more_than_mere_fills() -> None:
    assert Heard(None, None).is_mere_fills
    assert not Heard(AAPL, BUY_100).is_mere_fills
    for name, told in (
        ("open_order", OpenOrder(1)),
        ("last_status", status()),
        ("completed", CompletedOrder(AAPL, BUY_100)),
    ):
        heard = Heard(None, None)
        setattr(heard, name, told)
        assert not heard.is_mere_fills
        assert heard.is_anything


def test_fills_make_up_the_whole_that_a_status_tells() -> None:
    assert foreign(status("Submitted", 0, 100), executed()).phase is TradePhase.FILLED
    assert foreign(executed()).phase is TradePhase.WORKING


# The small parts ..................................................................................


def test_a_status_may_say_nothing_of_quantities() -> None:
    silent = OrderStatus(5, OrderStatusName.SUBMITTED)

    assert filled_by(None) == filled_by(silent) == 0
    assert status_total(None) == status_total(silent) == 0
    assert status_total(status("Cancelled", 30, 0)) == 0
    assert status_total(status("Submitted", 30, 70)) == 100
    heard = Heard(AAPL, Order())
    heard.last_status = heard.fullest_status = silent
    assert standing(heard).remaining is None
