"""The order book of one stream, made of its rows in their order; no I/O.

TWS sends what changes: insert, update or delete the row at a position. It sends no picture of the
book, so a row that does not fit can not be put right. None makes this fail:

- An insert or an update beyond the end of its side is put at the end.
- A delete of a row that is not there, a position below 0, and a side or an operation that is not
  known change nothing.

Either is counted in `Book.misplaced`. Positions beyond the rows that were asked for are kept: TWS
has them for a moment, and deletes them itself.
"""

from decimal import Decimal
from typing import final

from trio_tws._enums import DepthOperation, DepthSide
from trio_tws._model.depth import MarketDepthData
from trio_tws._wire.late import frozen


@final
@frozen(weakref_slot=False)
class BookLevel:
    """One row of an order book."""

    price: float
    """In the contract's currency, per unit."""
    size: Decimal | None
    """How much is bid for, or offered, at this row."""
    market_maker: str
    """Whose row it is: a market maker, or the exchange if the depth is SMART; empty if not told."""
    is_smart_depth: bool


@final
@frozen
class Book:
    """An order book at one moment; it does not change when the stream goes on."""

    bids: tuple[BookLevel, ...] = ()
    """Best price first, as TWS orders them."""
    asks: tuple[BookLevel, ...] = ()
    """Best price first, as TWS orders them."""
    is_valid: bool = False
    """Whether there have been rows since the start, or since TWS emptied the book."""
    sequence: int = 0
    """How many rows and resets the book has seen: equal numbers of one stream are equal books."""
    misplaced: int = 0
    """How many rows did not fit since the book was last empty; with any, it may be wrong."""


class LiveBook:
    """A book that rows are applied to."""

    def __init__(self) -> None:
        self._sides: dict[DepthSide, list[BookLevel]] = {DepthSide.BID: [], DepthSide.ASK: []}
        self._is_valid = False
        self._sequence = 0
        self._misplaced = 0
        self._picture: Book | None = None

    def apply(self, row: MarketDepthData) -> None:
        """Does what a row says; what does not fit is told in the docstring of this module."""
        self._sequence += 1
        self._picture = None
        levels, at = self._sides.get(row.side), row.position
        known = row.operation in (
            DepthOperation.INSERT,
            DepthOperation.UPDATE,
            DepthOperation.DELETE,
        )
        if levels is None or not known or at < 0:
            self._misplaced += 1
            return
        is_insert = row.operation is DepthOperation.INSERT
        self._misplaced += at >= len(levels) + is_insert
        if row.operation is DepthOperation.DELETE:
            del levels[at : at + 1]
            return
        levels[at : at if is_insert else at + 1] = [
            BookLevel(row.price, row.size, row.market_maker, row.is_smart_depth)
        ]
        self._is_valid = True

    def clear(self) -> None:
        """Empties the book; it is not valid until a row is put into it."""
        for levels in self._sides.values():
            levels.clear()
        self._is_valid = False
        self._misplaced = 0
        self._sequence += 1
        self._picture = None

    def picture(self) -> Book:
        """Gives the book as of now; the same object until it changes."""
        if self._picture is None:
            self._picture = Book(
                tuple(self._sides[DepthSide.BID]),
                tuple(self._sides[DepthSide.ASK]),
                self._is_valid,
                self._sequence,
                self._misplaced,
            )
        return self._picture
