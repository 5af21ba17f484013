"""What can be said of a simulated market: a quote, a trade, a bar, a day."""

from decimal import Decimal
from typing import final

import attrs


@final
@attrs.frozen
class Quote:
    """Bid and ask, in the instrument's currency per unit."""

    bid: float
    """What a seller gets; always below the ask."""
    ask: float
    """What a buyer pays."""
    bid_size: Decimal
    """How much is bid for, in units or contracts."""
    ask_size: Decimal
    """How much is offered, in units or contracts."""


@final
@attrs.frozen
class MarketTrade:
    """One trade; of an index one value."""

    time: int
    """Epoch seconds, UTC."""
    price: float
    """In the instrument's currency, from bid to ask."""
    size: Decimal
    """In units or contracts; 0 for an index."""


@final
@attrs.frozen
class MarketBar:
    """A stretch of the market in one line."""

    start: int
    """Epoch seconds, UTC; where the market closes at times, of a bar of a day or more the midnight
    in UTC of its trading day."""
    open: float
    """First price; of BID_ASK the bid's average over time."""
    high: float
    """Highest price; of BID_ASK the highest ask."""
    low: float
    """Lowest price; of BID_ASK the lowest bid."""
    close: float
    """Last price; of BID_ASK the ask's average over time."""
    volume: Decimal
    """Sum of the trades' sizes; -1 for anything but trades."""
    wap: Decimal
    """The trades' average price by size, 0 without volume; -1 for anything but trades."""
    count: int
    """How many trades; -1 for anything but trades."""


@final
@attrs.frozen
class TradingDay:
    """The day so far: of trades, or of the midpoint where no trades are published."""

    open: float
    """First price of the day."""
    high: float
    """Highest price so far."""
    low: float
    """Lowest price so far."""
    close_previous: float
    """Last price of the day before."""
    volume: Decimal
    """Sum of the sizes so far; 0 without trades."""
