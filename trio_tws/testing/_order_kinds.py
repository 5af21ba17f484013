"""The types of orders that are simulated: what brings each to the market, and what it pays there.

What TWS calls an order type is two things at once: something to wait for, and a price. A limit if
touched waits for a price and is a limit order then. The table says both, and what has to be filled
in. A type that is not in it is refused with 387.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final, final

import attrs

from trio_tws._enums import SecType


class Waits(Enum):
    """What has to happen before an order is on the market."""

    FOR_NOTHING = "nothing"
    FOR_STOP = "stop"
    """The price gets worse: up to aux_price for a buyer."""
    FOR_TOUCH = "touch"
    """The price gets better: down to aux_price for a buyer."""
    FOR_TRAIL = "trail"
    """As a stop, which follows the price."""
    FOR_TRAILED_TOUCH = "trailed touch"
    """As a touch, which follows the price."""
    FOR_OPENING = "opening"
    FOR_CLOSE = "close"


TRAILS: Final = frozenset({Waits.FOR_TRAIL, Waits.FOR_TRAILED_TOUCH})
"""What is waited for at a price that follows the market."""


class Pays(Enum):
    """How an order on the market finds its price."""

    ANY = "any"
    """A market order."""
    LIMIT = "limit"
    """lmt_price."""
    FIRST_PRICE = "first price"
    """Any at first; for the rest the price of the first fill."""
    PROTECTED = "protected"
    """Twenty ticks beyond the quote of the moment in which it comes to the market."""
    TRAILED_LIMIT = "trailed limit"
    """lmt_price_offset beyond the stop."""
    OWN_SIDE = "own side"
    """The bid for a buyer, better by the offset: relative."""
    BEHIND_OWN_SIDE = "behind own side"
    """The bid for a buyer, worse by the offset: passive relative."""
    OTHER_SIDE = "other side"
    """The ask for a buyer, less the offset: pegged to the market."""
    MIDDLE = "middle"
    """Between bid and ask, less the offset for a buyer."""
    MIDPRICE = "midprice"
    """Between bid and ask, without an offset."""
    STOCK = "stock"
    """Moves with the stock of an option, by delta."""
    BENCHMARK = "benchmark"
    """Moves with another instrument."""
    VOLATILITY = "volatility"
    """What an option is worth at a volatility."""


@final
@attrs.frozen
class OrderKind:
    """One type of order."""

    pays: Pays
    waits: Waits = Waits.FOR_NOTHING
    needs: tuple[str, ...] = ()
    """Fields of the order without which it makes no sense."""
    sec_types: frozenset[SecType] | None = None
    """What it is for; None for everything but bonds, and combinations where it has to be priced."""
    is_fixed: bool = False
    """Whether it keeps the price at which it came to the market: snap orders."""


_STOCKS: Final = frozenset({SecType.STOCK})
_OPTIONS: Final = frozenset({SecType.OPTION})
_EVERYTHING: Final = frozenset(SecType)

_LIMIT: Final = ("lmt_price",)
_STOP: Final = ("aux_price",)
_BOTH: Final = ("lmt_price", "aux_price")

KINDS: Final[Mapping[str, OrderKind]] = {
    "MKT": OrderKind(Pays.ANY, sec_types=_EVERYTHING),
    "LMT": OrderKind(Pays.LIMIT, needs=_LIMIT, sec_types=_EVERYTHING),
    "STP": OrderKind(Pays.ANY, Waits.FOR_STOP, _STOP),
    "STP LMT": OrderKind(Pays.LIMIT, Waits.FOR_STOP, _BOTH),
    "STP PRT": OrderKind(Pays.PROTECTED, Waits.FOR_STOP, _STOP),
    "MIT": OrderKind(Pays.ANY, Waits.FOR_TOUCH, _STOP),
    "LIT": OrderKind(Pays.LIMIT, Waits.FOR_TOUCH, _BOTH),
    "TRAIL": OrderKind(Pays.ANY, Waits.FOR_TRAIL),
    "TRAIL LIMIT": OrderKind(Pays.TRAILED_LIMIT, Waits.FOR_TRAIL),
    "TRAIL MIT": OrderKind(Pays.ANY, Waits.FOR_TRAILED_TOUCH),
    "TRAIL LIT": OrderKind(Pays.TRAILED_LIMIT, Waits.FOR_TRAILED_TOUCH),
    "MTL": OrderKind(Pays.FIRST_PRICE),
    "BOX TOP": OrderKind(Pays.FIRST_PRICE),
    "MKT PRT": OrderKind(Pays.PROTECTED),
    "MOC": OrderKind(Pays.ANY, Waits.FOR_CLOSE),
    "LOC": OrderKind(Pays.LIMIT, Waits.FOR_CLOSE, _LIMIT),
    "MOO": OrderKind(Pays.ANY, Waits.FOR_OPENING),
    "LOO": OrderKind(Pays.LIMIT, Waits.FOR_OPENING, _LIMIT),
    "MIDPRICE": OrderKind(Pays.MIDPRICE, sec_types=_STOCKS),
    "REL": OrderKind(Pays.OWN_SIDE),
    "PASSV REL": OrderKind(Pays.BEHIND_OWN_SIDE),
    "PEG PRI": OrderKind(Pays.OWN_SIDE),
    "PEG BEST": OrderKind(Pays.OWN_SIDE),
    "PEG MKT": OrderKind(Pays.OTHER_SIDE),
    "PEG MID": OrderKind(Pays.MIDDLE),
    "PEG STK": OrderKind(Pays.STOCK, needs=("starting_price", "delta"), sec_types=_OPTIONS),
    "PEG BENCH": OrderKind(Pays.BENCHMARK, needs=("starting_price", "reference_contract_id")),
    "SNAP PRIM": OrderKind(Pays.OWN_SIDE, is_fixed=True),
    "SNAP MKT": OrderKind(Pays.OTHER_SIDE, is_fixed=True),
    "SNAP MID": OrderKind(Pays.MIDDLE, is_fixed=True),
    "VOL": OrderKind(Pays.VOLATILITY, needs=("volatility",), sec_types=_OPTIONS),
}
"""What is known of each type, under the name that TWS reports."""

_SPELLINGS: Final[Mapping[str, str]] = {
    "STPLMT": "STP LMT",
    "TRAILLMT": "TRAIL LIMIT",
    "TRAIL LMT": "TRAIL LIMIT",
    "MIDPX": "MIDPRICE",
    "BOXTOP": "BOX TOP",
    "RELATIVE": "REL",
    "PEGBEST": "PEG BEST",
    "PEGMID": "PEG MID",
    "PEGMKT": "PEG MKT",
    "PEGSTK": "PEG STK",
    "PEGBENCH": "PEG BENCH",
    "PEGPRI": "PEG PRI",
    "MARKET": "MKT",
    "LIMIT": "LMT",
}
"""Other ways to write them, which TWS takes."""


def kind_of(order_type: str, tif: str = "") -> OrderKind | None:
    """Gives what is known of an order type; None if it is not simulated.

    Args:
        order_type: As the order says it.
        tif: Its time in force: with OPG a market order is one for the opening. ``AUC``, an order
            for the auction, fills then too.
    """
    name = _SPELLINGS.get(order_type, order_type)
    if tif in {"OPG", "AUC"}:
        name = {"MKT": "MOO", "LMT": "LOO", "MTL": "LOO"}.get(name, name)
    return KINDS.get(name)
