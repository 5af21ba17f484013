from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_tws import Book, BookLevel, DepthOperation, DepthSide, MarketDepthData
from trio_tws._client._book import LiveBook

INSERT, UPDATE, DELETE = DepthOperation.INSERT, DepthOperation.UPDATE, DepthOperation.DELETE
BID, ASK = DepthSide.BID, DepthSide.ASK


def row(
    at: int, operation: DepthOperation, side: DepthSide = BID, price: float = 1.0
) -> MarketDepthData:
    return MarketDepthData(at, operation, side, price, Decimal(2), "ARCA", is_smart_depth=True)


def level(price: float = 1.0) -> BookLevel:
    return BookLevel(price, Decimal(2), "ARCA", is_smart_depth=True)


def book_of(*rows: MarketDepthData) -> Book:
    live = LiveBook()
    for one in rows:
        live.apply(one)
    return live.picture()


def test_a_book_without_rows_is_empty_and_not_valid() -> None:
    assert book_of() == Book()
    assert not book_of().is_valid


def test_rows_are_inserted_updated_and_deleted_on_their_side() -> None:
    book = book_of(
        row(0, INSERT, price=10.0),
        row(0, INSERT, price=11.0),
        row(0, INSERT, ASK, 12.0),
        row(1, UPDATE, price=9.0),
        row(1, INSERT, ASK, 13.0),
        row(0, DELETE, ASK),
    )
    assert book == Book((level(11.0), level(9.0)), (level(13.0),), is_valid=True, sequence=6)


def test_a_picture_stays_as_it_is_and_is_made_once() -> None:
    live = LiveBook()
    live.apply(row(0, INSERT))
    before = live.picture()
    assert live.picture() is before
    live.apply(row(0, DELETE))
    assert before.bids == (level(),)
    assert live.picture() == Book(is_valid=True, sequence=2)


def test_a_cleared_book_is_not_valid_until_a_row_is_put_into_it() -> None:
    live = LiveBook()
    live.apply(row(0, INSERT))
    live.apply(row(7, DELETE))
    live.clear()
    assert live.picture() == Book(sequence=3)
    live.apply(row(0, DELETE))  # a late one of the old book
    assert live.picture() == Book(sequence=4, misplaced=1)
    live.apply(row(0, INSERT))
    assert live.picture().is_valid


@pytest.mark.parametrize(
    ("wrong", "left"),
    [
        (row(3, INSERT, price=5.0), (level(), level(5.0))),
        (row(1, UPDATE, price=5.0), (level(), level(5.0))),
        (row(1, DELETE), (level(),)),
        (row(-1, INSERT), (level(),)),
        (row(-1, DELETE), (level(),)),
        (row(0, DepthOperation(7)), (level(),)),
        (row(0, UPDATE, DepthSide(7)), (level(),)),
    ],
)
def test_a_row_that_does_not_fit_is_counted(
    wrong: MarketDepthData, left: tuple[BookLevel, ...]
) -> None:
    assert book_of(row(0, INSERT), wrong) == Book(left, is_valid=True, sequence=2, misplaced=1)


@attrs.frozen
class Naive:
    """One side of a book, as anybody would write it down."""

    levels: tuple[BookLevel, ...] = ()

    def after(self, one: MarketDepthData) -> "Naive":
        if one.position < 0:
            return self
        made = BookLevel(one.price, one.size, one.market_maker, one.is_smart_depth)
        before, behind = self.levels[: one.position], self.levels[one.position :]
        if one.operation is INSERT:
            return Naive((*before, made, *behind))
        kept = behind[1:]
        return Naive((*before, made, *kept) if one.operation is UPDATE else (*before, *kept))


@given(
    st.lists(
        st.builds(
            row,
            st.integers(-1, 6),
            st.sampled_from([INSERT, INSERT, UPDATE, DELETE]),
            st.sampled_from([BID, ASK]),
            st.floats(1, 9),
        )
    )
)
def test_the_book_is_what_a_naive_one_is(rows: list[MarketDepthData]) -> None:
    naive = {BID: Naive(), ASK: Naive()}
    live = LiveBook()
    for one in rows:
        naive[one.side] = naive[one.side].after(one)
        live.apply(one)
        assert live.picture().bids == naive[BID].levels
        assert live.picture().asks == naive[ASK].levels
