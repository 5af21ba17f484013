"""One order: errors, changes and cancels, its names, and a TWS to hold it against."""

from collections import deque
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests._orders.telling import (
    AAPL,
    BUY_100,
    CLIENT,
    ORDER_ID,
    PERM_ID,
    completed,
    cost,
    executed,
    opened,
    record,
    said,
    status,
    together,
)
from trio_tws._errors import OrderRejected
from trio_tws._model.open_orders import OpenOrderEnd, OrderBound
from trio_tws._model.orders import Order
from trio_tws._model.session import Error
from trio_tws._orders.changes import ChangeOutcome
from trio_tws._orders.record import MAX_WARNINGS, NO_ORDER_ID, TradeRecord
from trio_tws._orders.trade_state import TradePhase
from trio_tws._wire import evolve
from trio_tws.protocol import Notice

DEARER = evolve(BUY_100, lmt_price=11.0)


def changes(told: TradeRecord, message: object) -> bool:
    before = told.state
    told.take(message)
    return told.state is not before


def heard(*messages: object) -> TradeRecord:
    told = record()
    for message in messages:
        told.take(message)
    return told


# What is taken ....................................................................................


@pytest.mark.parametrize(
    "message",
    [
        opened(),
        status(),
        executed(),
        completed("Cancelled"),
        OrderBound(PERM_ID, CLIENT, ORDER_ID),
        said(399),
        said(201),
        said(202),
        said(161),
        Error(ORDER_ID, 399, "words"),
        Error(ORDER_ID, 201, "words"),
    ],
    ids=repr,
)
def test_what_is_new_changes_the_state_and_the_same_again_does_not(message: object) -> None:
    told = record()

    before = told.state
    assert changes(told, message)
    assert told.state != before
    state = told.state
    assert not changes(told, message)
    assert told.state is state


def test_a_report_changes_the_state_when_its_execution_is_there() -> None:
    told = record()

    assert not changes(told, cost())
    assert changes(told, executed())
    assert told.state.commissions == {"USD": Decimal("1.1")}
    assert not changes(told, cost())


def test_previews_and_other_messages_change_nothing() -> None:
    told = record()

    assert not changes(told, opened(order=evolve(BUY_100, what_if=True)))
    assert not changes(told, OpenOrderEnd())
    assert told.state.phase is TradePhase.SENT


def test_an_order_may_be_named_late() -> None:
    told = TradeRecord(0)
    told.take(executed(order_id=NO_ORDER_ID, client_id=0))
    assert (told.state.order_id, told.state.perm_id) == (None, PERM_ID)

    assert changes(told, OrderBound(PERM_ID, 0, -3))
    assert (told.state.order_id, told.state.client_id, told.order_id) == (-3, 0, -3)
    told.take(status(order_id=0, perm_id=0))
    assert (told.state.order_id, told.state.perm_id) == (-3, PERM_ID)


def test_the_same_execution_with_a_name_changes_the_state() -> None:
    told = TradeRecord(0)
    told.take(executed(order_id=None, perm_id=0))

    assert changes(told, executed())
    assert (told.state.order_id, told.state.perm_id) == (ORDER_ID, PERM_ID)


def test_the_status_tells_what_holds_an_order() -> None:
    told = heard(evolve(status("PreSubmitted"), why_held="locate", mkt_cap_price=9.5))

    assert (told.state.why_held, told.state.mkt_cap_price) == ("locate", 9.5)
    assert record().state.why_held == ""


def test_what_was_heard_can_be_told_to_another_record() -> None:
    told = heard(
        opened(),
        status("Submitted", 40, 60, 10.0),
        status("PreSubmitted", 10, 90, 10.0),
        executed("a.01", 40),
        executed("a.02", 30),
        cost("a.02"),
        completed("Cancelled"),
    )
    again = heard(*told.evidence())

    assert again.state == told.state
    assert list(told.exec_ids()) == ["a.01", "a.02"]
    assert list(record().evidence()) == []


WORDS = ("Submitted", "PreSubmitted", "PendingCancel", "Inactive", "Cancelled", "Filled")
NEWS = st.one_of(
    st.builds(opened, st.sampled_from(WORDS)),
    st.builds(
        status,
        st.sampled_from(WORDS),
        st.sampled_from([0, 40, 100]),
        st.sampled_from([None, 0, 60, 100]),
    ),
    st.builds(executed, st.sampled_from(["a.01", "a.02", "b.01"]), st.sampled_from([40, 60])),
    st.builds(completed, st.sampled_from(WORDS)),
    st.builds(said, st.sampled_from([201, 202, 399])),
)


@given(st.lists(NEWS, max_size=6), st.sampled_from([0, 40, 100, 200]))
def test_whether_it_is_done_is_what_its_state_says(news: list[object], quantity: int) -> None:
    told = record(evolve(BUY_100, total_quantity=Decimal(quantity)))
    for message in news:
        told.take(message)
        without_a_state = told.is_done
        assert told.state.is_done == without_a_state


def test_a_fill_is_found_by_the_id_of_any_of_its_versions() -> None:
    told = heard(executed("a.01", 40), executed("a.02", 30))

    assert told.fill_of("a.01") is told.state.fills[0]
    assert told.fill_of("b.01") is None


def test_whether_it_is_open_is_told_without_a_look_at_its_state() -> None:
    assert record().is_open
    assert heard(opened(), status()).is_open
    for last in (status("Filled", 100, 0), status("Cancelled"), executed(), said(201)):
        told = heard(opened(), last)
        assert told.is_done
        assert not told.is_open
        assert told.state.is_done
        assert told.is_done
        told.take(said(399))
        assert told.is_done

    mere_fills = TradeRecord(0)
    mere_fills.take(executed(shares=40))
    assert (mere_fills.is_open, mere_fills.is_done) == (False, False)


def test_the_state_is_the_same_object_if_what_was_told_between_took_itself_back() -> None:
    told = heard(opened(), status())
    state = told.state
    told.take(status("Inactive"))
    told.take(status())

    assert told.state is state


# Remarks ..........................................................................................


def test_remarks_are_kept_and_leave_the_order() -> None:
    told = heard(status(), said(399, "held until the open"), said(201, "Warning: big"))
    told.take(Error(ORDER_ID, 10349, "DAY now"))

    assert told.state.phase is TradePhase.WORKING
    assert [warning.code for warning in told.state.warnings] == [399, 201, 10349]
    assert all(isinstance(warning, Notice) for warning in told.state.warnings)


def test_only_the_newest_remarks_are_kept() -> None:
    told = heard(*(said(399, str(number)) for number in range(MAX_WARNINGS + 5)))

    assert len(told.state.warnings) == MAX_WARNINGS
    assert told.state.warnings[0].message == "5"


# Refused orders ...................................................................................


def test_a_refused_order_has_tws_s_words() -> None:
    told = record()
    told.take(Error(ORDER_ID, 201, "Order rejected - reason: margin", '{"r": 1}'))

    state = told.state
    assert state.phase is TradePhase.REJECTED
    assert isinstance(state.rejection, OrderRejected)
    assert (state.rejection.code, state.rejection.message) == (
        201,
        "Order rejected - reason: margin",
    )
    assert (state.rejection.order_id, state.rejection.perm_id) == (ORDER_ID, 0)
    assert (state.rejection.order, state.rejection.contract) == (BUY_100, AAPL)
    assert state.rejection.advanced_reject_json == '{"r": 1}'
    assert state.rejection.advice.startswith("TWS's words say why")


def test_inactive_and_an_error_are_a_rejection_in_either_order() -> None:
    for messages in ([status("Inactive"), said(201)], [said(201), status("Inactive")]):
        assert heard(*messages).state.phase is TradePhase.REJECTED
    assert heard(status("Inactive")).state.phase is TradePhase.INACTIVE


def test_a_code_that_nobody_knows_rejects_a_new_order_without_advice() -> None:
    rejection = heard(said(65_001, "news")).state.rejection

    assert rejection is not None
    assert (rejection.code, rejection.advice) == (65_001, "")


def test_the_first_refusal_holds() -> None:
    told = heard(said(201, "first"), said(203, "second"), completed("Inactive", "Rejected: why"))

    assert told.state.rejection is not None
    assert told.state.rejection.message == "first"


def test_a_completed_order_that_is_inactive_is_rejected_in_its_words() -> None:
    for word in ("Inactive", "Cancelled"):
        rejection = heard(completed(word, "Rejected by System")).state.rejection
        assert rejection is not None
        assert (rejection.code, rejection.message) == (None, "Rejected by System")


@pytest.mark.parametrize(
    ("word", "words", "phase"),
    [
        ("Filled", "Filled Size: 100", TradePhase.FILLED),
        ("Cancelled", "Cancelled by Trader", TradePhase.CANCELLED),
        ("ApiCancelled", "", TradePhase.CANCELLED),
        ("Inactive", "Cancelled by System", TradePhase.CANCELLED),
        ("Inactive", "", TradePhase.REJECTED),
    ],
)
def test_a_completed_order_is_done(word: str, words: str, phase: TradePhase) -> None:
    assert heard(status("Inactive"), completed(word, words)).state.phase is phase


@pytest.mark.parametrize(
    "word", ["ApiPending", "PendingSubmit", "PreSubmitted", "Submitted", "PendingCancel"]
)
def test_a_rejected_order_lives_if_a_status_says_so(word: str) -> None:
    told = heard(said(201), status(word))

    assert not told.state.is_done
    assert told.state.rejection is None
    assert heard(said(201), opened(word)).state.is_done is False


@pytest.mark.parametrize("word", ["Inactive", "Cancelled", "SomethingNew"])
def test_and_stays_rejected_if_it_says_something_else(word: str) -> None:
    assert heard(said(201), status(word)).state.phase is TradePhase.REJECTED


def test_an_open_order_does_not_bring_it_back_where_there_was_a_status() -> None:
    assert heard(status(), said(201), opened()).state.phase is TradePhase.REJECTED


def test_a_stale_status_does_not_bring_it_back() -> None:
    told = heard(status("Submitted", 50, 50), said(201), status("Submitted", 20, 80))

    assert told.state.phase is TradePhase.REJECTED


def test_filled_beats_a_rejection_and_part_of_it_is_kept_with_it() -> None:
    part = heard(said(201), executed(shares=40)).state
    assert together(part.phase, part.filled) == (TradePhase.REJECTED, 40)

    whole = heard(said(201), executed()).state
    assert (whole.phase, whole.rejection) == (TradePhase.FILLED, None)


# Cancelled orders .................................................................................


def test_202_cancels_before_or_after_the_status() -> None:
    for messages in ([said(202), status("Cancelled")], [status("Cancelled"), said(202)]):
        assert heard(*messages).state.phase is TradePhase.CANCELLED
    assert heard(status(), said(202)).state.phase is TradePhase.CANCELLED


def test_after_202_a_pending_cancel_is_old_news_and_a_live_status_is_not() -> None:
    assert heard(said(202), status("PendingCancel")).state.phase is TradePhase.CANCELLED
    assert heard(said(202), status("Submitted")).state.phase is TradePhase.WORKING


def test_a_refusal_says_more_than_a_cancel() -> None:
    for messages in ([said(201), said(202)], [said(202), said(201)]):
        assert heard(*messages).state.phase is TradePhase.REJECTED


def test_a_refused_cancel_leaves_the_order_and_is_told() -> None:
    told = heard(status())
    told.cancelling()
    told.take(said(161, "not cancellable"))

    assert told.state.phase is TradePhase.WORKING
    assert told.state.cancel_refusal == said(161, "not cancellable")
    told.cancelling()
    assert told.state.cancel_refusal is None


def test_a_cancel_does_not_change_the_phase_until_tws_says_so() -> None:
    told = heard(status())
    before = told.state.phase
    told.cancelling()

    assert told.state.phase is before is TradePhase.WORKING
    assert heard(status(), status("PendingCancel")).state.phase is TradePhase.CANCELLING


def test_a_failure_that_is_no_matter_of_orders_refuses_the_cancel_once() -> None:
    told = heard(status())
    told.cancelling()
    told.take(said(321, "read-only"))
    told.take(said(322, "again"))

    assert told.state.cancel_refusal == said(321, "read-only")
    assert told.state.warnings == (said(322, "again"),)


def test_a_refused_cancel_that_calls_the_order_cancelled_is_right() -> None:
    told = heard(status(), said(10148, "cannot be cancelled, state: Cancelled."))
    assert told.state.phase is TradePhase.CANCELLED

    told = heard(status(), said(10148, "cannot be cancelled, state: Filled."))
    assert told.state.phase is TradePhase.WORKING


# Changes ..........................................................................................


def test_a_change_is_taken_when_an_open_order_shows_it() -> None:
    told = heard(opened(), status())
    change = told.sending(DEARER)
    assert told.state.changes_pending == 1

    assert not changes(told, opened())
    assert changes(told, opened(order=DEARER))
    assert change.outcome is ChangeOutcome.TAKEN
    assert (told.state.changes_pending, told.state.order.lmt_price) == (0, 11.0)


def test_a_refused_change_leaves_the_order_as_it_was() -> None:
    told = heard(opened(), status())
    change = told.sending(DEARER)

    assert changes(told, said(201, "too dear"))
    assert (change.outcome, change.refusal) == (ChangeOutcome.REFUSED, said(201, "too dear"))
    assert told.state.phase is TradePhase.WORKING
    assert told.state.refused_change == said(201, "too dear")
    assert (told.state.changes_pending, told.state.order.lmt_price) == (0, 10.0)
    told.sending(DEARER)
    assert told.state.refused_change is None


def test_a_second_failure_is_about_the_order_again() -> None:
    told = heard(status())
    told.sending(DEARER)
    told.take(said(110))
    told.take(said(201))

    assert told.state.phase is TradePhase.REJECTED


def test_a_change_before_anything_was_heard() -> None:
    """A failure is then about the order itself, unless it can't be."""
    early, refused = record(), record()
    early.sending(DEARER)
    refused.sending(DEARER)
    early.take(said(2102))
    refused.take(said(201))

    assert early.state.phase is TradePhase.SENT
    assert early.state.refused_change == said(2102)
    assert refused.state.phase is TradePhase.REJECTED


def test_an_order_that_hangs_on_another_may_hear_that_its_size_is_zero() -> None:
    child = record(evolve(BUY_100, parent_id=4))
    child.take(said(434))

    assert child.state.phase is TradePhase.SENT
    assert child.state.warnings == (said(434),)


# Against a TWS ....................................................................................


class OneOrder(RuleBasedStateMachine):
    """An order of 100 at a TWS, whose messages travel: each kind in order, the kinds at will."""

    @initialize()
    def place(self) -> None:
        self.record = record()
        self.quantity = 100
        self.parts: list[tuple[int, float, float]] = []
        self.corrections = 0
        self.word = "PreSubmitted"
        self.underway: dict[str, deque[object]] = {
            kind: deque() for kind in ("order", "status", "execution", "cost", "remark")
        }
        self.last: object = None

    @property
    def filled(self) -> int:
        return sum(shares for shares, _, _ in self.parts)

    @property
    def average(self) -> float:
        value = sum(Decimal(shares) * Decimal(str(price)) for shares, price, _ in self.parts)
        return float(value / self.filled) if self.filled else 0.0

    @property
    def is_alive(self) -> bool:
        return self.word not in {"Filled", "Cancelled"}

    def report(self) -> None:
        self.underway["status"].append(
            status(self.word, self.filled, self.quantity - self.filled, self.average)
        )

    @rule()
    def lists(self) -> None:
        self.underway["order"].append(opened(self.word))
        self.report()

    @rule()
    def says_nothing_of_the_status(self) -> None:
        self.underway["order"].append(opened(self.word))

    @precondition(lambda self: self.is_alive)
    @rule(word=st.sampled_from(["PreSubmitted", "Submitted", "Inactive", "PendingCancel"]))
    def goes_on(self, word: str) -> None:
        self.word = word
        self.report()

    @precondition(lambda self: self.filled < self.quantity)
    @rule(share=st.integers(1, 100), cents=st.integers(900, 1_100), is_told=st.booleans())
    def fills(self, share: int, cents: int, *, is_told: bool) -> None:
        """Also after it was cancelled: the fill was on its way."""
        shares = min(share, self.quantity - self.filled)
        exec_id = f"part{len(self.parts)}.01"
        self.parts.append((shares, cents / 100, share / 10))
        price = cents / 100
        self.underway["execution"].append(executed(exec_id, shares, price, self.filled))
        self.underway["cost"].append(cost(exec_id, share / 10))
        if self.filled == self.quantity:
            self.word = "Filled"
        if is_told:
            self.report()

    @precondition(lambda self: self.parts)
    @rule(data=st.data(), cents=st.integers(900, 1_100))
    def corrects_a_price(self, data: st.DataObject, cents: int) -> None:
        number = data.draw(st.integers(0, len(self.parts) - 1))
        shares, _, commission = self.parts[number]
        self.parts[number] = (shares, cents / 100, commission)
        self.corrections += 1
        exec_id = f"part{number}.{1 + self.corrections:02}"
        self.underway["execution"].append(executed(exec_id, shares, cents / 100))

    @precondition(lambda self: self.is_alive)
    @rule(is_error_first=st.booleans())
    def cancels(self, *, is_error_first: bool) -> None:
        self.word = "Cancelled"
        self.report()
        if is_error_first:
            self.record.take(said(202))
            self.last = None

    @rule(number=st.integers(0, 200))
    def remarks(self, number: int) -> None:
        self.underway["remark"].append(said(399, str(number)))

    @rule(kind=st.sampled_from(["order", "status", "execution", "cost", "remark"]))
    def delivers(self, kind: str) -> None:
        if self.underway[kind]:
            self.last = self.underway[kind].popleft()
            self.hear(self.last)

    @rule()
    def delivers_the_last_again(self) -> None:
        if self.last is not None:
            before = self.record.state
            assert not changes(self.record, self.last)
            assert self.record.state is before

    def hear(self, message: object) -> None:
        before = self.record.state
        assert changes(self.record, message) is (self.record.state != before)
        state = self.record.state
        assert before.filled <= state.filled <= self.filled
        assert state.remaining == self.quantity - state.filled
        assert (state.phase is TradePhase.FILLED) is (state.filled == self.quantity)
        if state.phase is TradePhase.CANCELLED:
            assert not self.is_alive

    def teardown(self) -> None:
        self.report()
        for messages in self.underway.values():
            for message in messages:
                self.hear(message)
        state = self.record.state
        expected = {"Filled": TradePhase.FILLED, "Cancelled": TradePhase.CANCELLED}
        if not self.is_alive:
            assert state.phase is expected[self.word]
        assert together(state.status, state.filled) == (self.word, self.filled)
        assert state.average_price == (self.average if self.parts else None)
        paid = sum(Decimal(str(commission)) for _, _, commission in self.parts)
        assert state.commissions == ({"USD": paid} if self.parts else {})


TestOneOrder = pytest.mark.slow(OneOrder.TestCase)
TestOneOrder.settings = settings(stateful_step_count=30)


def test_an_order_of_a_person_has_no_number() -> None:
    told = TradeRecord(0, None, PERM_ID)

    assert (told.state.order_id, told.state.perm_id, told.state.is_ours) == (None, PERM_ID, False)
    assert told.state.order == Order()
