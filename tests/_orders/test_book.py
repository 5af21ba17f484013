"""Which order a message is about, and which orders are kept."""

from decimal import Decimal
from itertools import permutations

import pytest

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
    said,
    status,
    together,
)
from trio_tws._errors import LocalProtocolError
from trio_tws._model.open_orders import OpenOrderEnd, OrderBound
from trio_tws._model.session import Error
from trio_tws._orders.book import MAX_CONFLICTS, IdConflict, TradeBook
from trio_tws._orders.fills import MAX_EARLY_REPORTS
from trio_tws._orders.record import NO_ORDER_ID, TradeRecord
from trio_tws._orders.trade_state import TradePhase
from trio_tws._wire import evolve

OTHER, PERSON = 3, 0


def begun() -> tuple[TradeBook, TradeRecord]:
    book = TradeBook(CLIENT)
    return book, book.begin(ORDER_ID, AAPL, BUY_100)


# Orders of this program ...........................................................................


def test_an_order_that_is_begun_is_ours_and_kept() -> None:
    book, record = begun()

    assert record.state.is_ours
    assert (record.state.order_id, record.state.client_id) == (ORDER_ID, CLIENT)
    assert (record.state.contract, record.state.order) == (AAPL, BUY_100)
    assert book.get(ORDER_ID) is record
    assert list(book) == [record]
    assert (len(book), book.alive(), book.open_records()) == (1, 1, (record,))


def test_an_id_is_used_once() -> None:
    book, record = begun()

    with pytest.raises(LocalProtocolError, match="order id 5 is that of another order of client 7"):
        book.begin(ORDER_ID, AAPL, BUY_100)
    assert list(book) == [record]


@pytest.mark.parametrize(
    "message", [opened(), status(), executed(), OrderBound(PERM_ID, CLIENT, ORDER_ID)], ids=repr
)
def test_a_message_that_names_it_goes_to_it_and_tells_its_perm_id(message: object) -> None:
    book, record = begun()

    assert book.of(message) is record
    assert book.take(message) == (record,)
    assert record.state.perm_id == PERM_ID
    assert book.by_perm(PERM_ID) is record
    assert book.take(message) == ()


def test_a_message_without_its_perm_id_goes_to_it_too() -> None:
    book, record = begun()
    book.take(status(perm_id=0))
    book.take(status("PreSubmitted"))

    assert book.take(status(perm_id=0)) == (record,)
    assert (record.state.perm_id, len(book)) == (PERM_ID, 1)


def test_a_completed_order_is_found_by_its_perm_id() -> None:
    book, record = begun()
    book.take(status())

    assert book.take(completed("Cancelled")) == (record,)
    assert record.state.phase is TradePhase.CANCELLED


def test_an_order_of_an_earlier_session_is_ours() -> None:
    book = TradeBook(CLIENT)
    (record,) = book.take(opened())

    assert record.state.is_ours
    assert book.get(ORDER_ID) is record


# Errors ...........................................................................................


@pytest.mark.parametrize("message", [said(201), Error(ORDER_ID, 201, "words")], ids=repr)
def test_an_error_goes_to_the_order_of_this_program_that_it_names(message: object) -> None:
    book, record = begun()
    book.take(status(client_id=OTHER, perm_id=1))

    assert book.take(message) == (record,)
    assert record.state.phase is TradePhase.REJECTED


@pytest.mark.parametrize("req_id", [6, 0, -1, NO_ORDER_ID])
def test_an_error_that_names_no_such_order_may_be_about_a_request(req_id: int) -> None:
    book, _ = begun()
    book.take(status(order_id=6, client_id=OTHER, perm_id=1))
    book.take(OrderBound(2, CLIENT, -1))

    assert book.take(said(201, req_id=req_id)) == ()
    assert book.of(said(201, req_id=req_id)) is None


# Orders of others .................................................................................


def test_the_same_id_of_two_programs_is_two_orders() -> None:
    book, ours = begun()
    (theirs,) = book.take(status(client_id=OTHER, perm_id=1))

    assert theirs is not ours
    assert not theirs.state.is_ours
    assert book.named(OTHER, ORDER_ID) is theirs
    assert book.get(ORDER_ID) is ours


@pytest.mark.parametrize("order_id", [0, NO_ORDER_ID])
def test_what_a_person_orders_is_known_by_its_perm_id(order_id: int) -> None:
    book = TradeBook(PERSON)
    (one,) = book.take(status(order_id=order_id, client_id=PERSON, perm_id=1))
    (other,) = book.take(opened(order_id=order_id, client_id=PERSON, perm_id=2))
    book.take(executed(order_id=None, client_id=PERSON, perm_id=1))

    assert together(one.state.filled, other.state.filled) == (100, 0)
    assert (one.state.order_id, one.state.is_ours) == (None, False)
    assert book.get(0) is None
    assert [book.by_perm(1), book.by_perm(2), book.by_perm(0)] == [one, other, None]


def test_it_gets_a_number_when_it_is_bound() -> None:
    book = TradeBook(PERSON)
    (record,) = book.take(status(order_id=0, client_id=PERSON, perm_id=1))

    assert book.take(OrderBound(1, PERSON, -3)) == (record,)
    assert (record.state.order_id, record.state.is_ours) == (-3, False)
    assert book.take(said(202, req_id=-3)) == (record,)


def test_an_order_that_has_a_number_is_not_called_by_another() -> None:
    book, record = begun()
    book.take(status())
    book.take(OrderBound(PERM_ID, PERSON, -3))

    assert record.state.order_id == ORDER_ID
    assert book.named(PERSON, -3) is None


def test_without_any_name_the_orders_of_a_program_are_one() -> None:
    book = TradeBook(CLIENT)
    (record,) = book.take(status(order_id=0, client_id=PERSON, perm_id=0))

    assert book.take(status("Inactive", order_id=0, client_id=PERSON, perm_id=0)) == (record,)
    (other,) = book.take(status(order_id=0, client_id=PERSON, perm_id=1))
    assert other is not record


# Names that come late .............................................................................


def test_two_records_of_one_order_become_one_when_that_turns_out() -> None:
    """An execution that has no order id, a status that has no perm_id, and then both."""
    for messages in permutations([executed(order_id=None), status(perm_id=0), cost()]):
        book, record = begun()
        for message in messages:
            book.take(message)
        assert len(book) == 2
        assert book.take(opened()) == (record,)

        assert list(book) == [record]
        assert book.by_perm(PERM_ID) is book.get(ORDER_ID) is record
        assert together(record.state.phase, record.state.filled) == (TradePhase.FILLED, 100)
        assert record.state.commissions == {"USD": Decimal("1.1")}
        assert book.take(cost(amount=2.0)) == (record,)
        assert book.alive() == 0


def test_a_done_record_that_becomes_part_of_another_is_kept_no_longer() -> None:
    book, record = begun()
    book.take(completed("Filled", filled=100))
    assert (len(book), book.alive()) == (2, 1)

    assert book.take(status(perm_id=PERM_ID, remaining=0)) == (record,)
    assert (len(book), book.alive()) == (1, 0)


def test_two_orders_with_numbers_of_their_own_stay_two() -> None:
    book, record = begun()
    book.take(status())
    other = book.begin(6, AAPL, BUY_100)

    assert book.take(status("PreSubmitted", order_id=6)) == (record,)
    assert other.state.phase is TradePhase.SENT


# Numbers that were reset ..........................................................................


def test_one_number_with_two_perm_ids_is_two_orders_and_the_newer_has_the_number() -> None:
    book, older = begun()
    book.take(status("Filled", 100, 0))
    (newer,) = book.take(status(perm_id=901))

    assert newer is not older
    assert book.get(ORDER_ID) is newer
    assert (book.by_perm(PERM_ID), book.by_perm(901)) == (older, newer)
    assert book.conflicts == (IdConflict(CLIENT, ORDER_ID, PERM_ID, 901),)


def test_the_older_one_is_still_found_by_its_perm_id() -> None:
    book, older = begun()
    book.take(status())
    (newer,) = book.take(status(perm_id=901))

    assert book.take(executed()) == (older,)
    assert book.get(ORDER_ID) is newer
    assert len(book.conflicts) == 1


def test_conflicts_are_bounded() -> None:
    book = TradeBook(CLIENT)
    for perm_id in range(1, MAX_CONFLICTS + 10):
        book.take(status(perm_id=perm_id))

    assert len(book.conflicts) == MAX_CONFLICTS
    assert book.conflicts[-1] == IdConflict(CLIENT, ORDER_ID, MAX_CONFLICTS + 8, MAX_CONFLICTS + 9)


# What is about no order ...........................................................................


@pytest.mark.parametrize(
    "message", [opened(order=evolve(BUY_100, what_if=True)), OpenOrderEnd(), "anything"], ids=repr
)
def test_previews_and_other_messages_are_about_no_order(message: object) -> None:
    book, record = begun()

    assert book.of(message) is None
    assert book.take(message) == ()
    assert record.state.phase is TradePhase.SENT


def test_a_report_waits_for_its_execution() -> None:
    book, record = begun()
    assert book.take(cost()) == ()
    assert book.of(cost()) is None

    assert book.take(executed()) == (record,)
    assert record.state.fills[0].report == cost()
    assert book.of(cost()) is record
    assert book.take(cost()) == ()


def test_reports_that_wait_are_bounded() -> None:
    book, record = begun()
    for number in range(MAX_EARLY_REPORTS + 1):
        book.take(cost(f"{number}.01"))
    book.take(executed("0.01", 50))
    book.take(executed("1.01", 50))

    assert [fill.report for fill in record.state.fills] == [None, cost("1.01")]


# What is kept .....................................................................................


def test_done_orders_are_kept_up_to_a_number_and_others_all() -> None:
    book = TradeBook(CLIENT, retention=2)
    for order_id in range(1, 11):
        book.begin(order_id, AAPL, BUY_100)
    for order_id in (9, 3, 7):
        book.take(status("Filled", 100, 0, order_id=order_id, perm_id=100 + order_id))

    assert [record.order_id for record in book] == [1, 2, 3, 4, 5, 6, 7, 8, 10]
    assert (len(book), book.alive(), len(book.open_records())) == (9, 7, 7)
    assert (book.get(9), book.by_perm(109)) == (None, None)


def test_an_order_that_comes_back_to_life_is_kept_again() -> None:
    book, record = begun()
    book.take(said(201))
    assert book.alive() == 0

    book.take(status())
    assert (book.alive(), book.open_records()) == (1, (record,))


@pytest.mark.slow
def test_nothing_is_left_of_ten_thousand_orders_but_those_that_are_kept() -> None:
    book = TradeBook(CLIENT, retention=10)
    for order_id in range(1, 10_001):
        book.begin(order_id, AAPL, BUY_100)
        exec_id = f"{order_id}.01"
        book.take(executed(exec_id, order_id=order_id, perm_id=100_000 + order_id))
        book.take(cost(exec_id))

    assert len(book) == len(book._by_perm) == len(book._by_key) == len(book._by_exec) == 10
    assert len(book._early) == 0


def test_an_order_that_lost_its_number_leaves_that_to_the_newer_one() -> None:
    book = TradeBook(CLIENT, retention=1)
    book.take(status("Filled", 100, 0))
    (newer,) = book.take(status(perm_id=901))
    book.take(status("Filled", 100, 0, order_id=6, perm_id=902))

    assert book.by_perm(PERM_ID) is None
    assert book.get(ORDER_ID) is newer


def test_an_order_without_a_perm_id_is_forgotten_too() -> None:
    book = TradeBook(CLIENT, retention=0)
    record = book.begin(ORDER_ID, AAPL, BUY_100)

    assert book.take(said(201)) == (record,)
    assert list(book) == []
    assert book.get(ORDER_ID) is None


def test_an_order_of_which_only_fills_are_told_does_not_count_as_open() -> None:
    """Lists of executions tell of orders that were done long ago."""
    book = TradeBook(CLIENT)
    (record,) = book.take(executed(shares=40))

    assert (record.is_open, book.alive(), book.open_records()) == (False, 0, ())
    assert list(book) == [record]
    book.take(opened())
    assert (record.is_open, book.alive(), book.open_records()) == (True, 1, (record,))
