"""What a message costs does not depend on how many came before it.

Counted are calls, of functions in C too: unlike a time, nothing else on the machine changes that.
What grows inside of one call would not be seen.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType

import pytest

from tests._orders.telling import AAPL, BUY_100, CLIENT, cost, executed, opened, status
from trio_tws._orders.book import LOOK_AFTER, TradeBook

FEW, MANY = 20, 1_000
KEPT = 50
OTHERS = 1_000_000


def calls(work: Callable[[], object]) -> int:
    """Counts the functions that are called, those in C included."""
    count = 0

    def note(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def reports(number: int) -> list[object]:
    """What TWS tells of an order that fills at once."""
    order_id, perm_id = OTHERS + number, 2 * OTHERS + number
    exec_id = f"{number}.01"
    return [
        opened(order_id=order_id, perm_id=perm_id),
        status("Filled", 100, 0, 10.0, order_id=order_id, perm_id=perm_id),
        executed(exec_id, order_id=order_id, perm_id=perm_id, so_far=100),
        cost(exec_id),
    ]


def hear(book: TradeBook, messages: list[object]) -> None:
    for message in messages:
        book.hear(message)


def cost_of_orders(book: TradeBook, numbers: Iterator[int]) -> float:
    """Gives the calls for each message, of so many orders that the book looks at them too."""
    count = 4 * LOOK_AFTER
    messages = [message for _ in range(count) for message in reports(next(numbers))]
    list(book)
    return calls(lambda: hear(book, messages)) / len(messages)


def test_it_does_not_depend_on_the_orders_that_are_open_or_were() -> None:
    few, many = TradeBook(CLIENT, KEPT), TradeBook(CLIENT, KEPT)
    numbers = iter(range(10 * OTHERS))
    for book, count in ((few, FEW), (many, MANY)):
        for order_id in range(1, count + 1):
            book.begin(order_id, AAPL, BUY_100)
            book.hear(status(order_id=order_id, perm_id=order_id))
        for _ in range(KEPT + count):
            hear(book, reports(next(numbers)))

    assert (few.alive(), many.alive()) == (FEW, MANY)
    assert cost_of_orders(many, numbers) == pytest.approx(cost_of_orders(few, numbers), rel=0.02)


def parts(count: int) -> tuple[TradeBook, list[object]]:
    """Gives a book with an order of so many fills, and more of them with their costs."""
    book = TradeBook(CLIENT)
    hear(book, [executed("first.01", 1), opened(), status("Submitted", 0, 10**6)])
    for number in range(count):
        hear(book, part(number))
    return book, [message for number in range(count, count + FEW) for message in part(number)]


def part(number: int) -> list[object]:
    """A fill, what it cost, and its correction with what that cost."""
    exec_id = f"{number}.01"
    return [
        executed(exec_id, 1, 10.0, number + 2),
        cost(exec_id),
        status("Submitted", number + 2, 10**6 - number - 2),
        executed(f"{number}.02", 1, 9.9, number + 2),
        cost(f"{number}.02"),
    ]


def test_it_does_not_depend_on_the_fills_that_an_order_has() -> None:
    hear(*parts(FEW))  # methods are made when they are first used
    found = list[int]()
    for count in (FEW, MANY):
        book, messages = parts(count)
        found.append(calls(partial(hear, book, messages)))

    assert found[0] == found[1]


def look(book: TradeBook, messages: list[object]) -> None:
    for message in messages:
        book.take(message)


def test_nor_does_it_when_somebody_looks_each_time() -> None:
    """Of the fills a tuple is made then, by one call: nothing else grows with them."""
    look(*parts(FEW))
    found = list[int]()
    for count in (FEW, MANY):
        book, messages = parts(count)
        record = book.by_perm(900)
        assert record is not None
        before = record.state

        found.append(calls(partial(look, book, messages)))
        assert len(record.state.fills) == len(before.fills) + FEW

    assert found[0] == found[1]
