"""Lines of market data, and what their ticks have told so far."""

from decimal import Decimal
from typing import Final

import attrs

from trio_tws import (
    TWS,
    Contract,
    ContractData,
    Forex,
    Future,
    MarketDataKind,
    MarketDataType,
    RequestError,
    Stock,
    Tick,
    TickPrice,
    TickSize,
    TickType,
)

NOT_SUBSCRIBED: Final = frozenset({354, 10089, 10091, 10168, 10186})
"""What TWS says where the login may not see live prices; delayed ones may be there."""

WATCHED: Final = (Stock("AAPL"), Forex("EURUSD"), Future("ES", exchange="CME"))

_NO_VALUE: Final = "–"
_MILLION: Final = 1_000_000

_Prices = dict[TickType, float | None]
_Sizes = dict[TickType, Decimal | None]

_DELAYED: Final = {
    delayed: live
    for live in TickType
    for delayed in TickType
    if delayed.name == f"DELAYED_{live.name}"
}
"""From the types of delayed ticks to those of live ones."""


@attrs.define(eq=False)
class Line:
    """One instrument, and its market as the ticks have told it so far.

    Attributes:
        name: What to call it.
        contract: The whole contract.
        min_tick: The smallest step of its price, which says how many digits to show.
        kind: Which data it gets.
        ticks: How many ticks have come.
        trouble: What TWS said when it refused or ended the line; empty while all is well.
    """

    name: str
    contract: Contract
    min_tick: float
    kind: MarketDataKind = MarketDataKind.LIVE
    ticks: int = 0
    trouble: str = ""
    _prices: _Prices = attrs.field(factory=dict[TickType, float | None], init=False)
    _sizes: _Sizes = attrs.field(factory=dict[TickType, Decimal | None], init=False)

    def take(self, tick: Tick) -> None:
        """Takes in what a tick tells."""
        self.ticks += 1
        match tick:
            case TickPrice():
                self._prices[_DELAYED.get(tick.tick_type, tick.tick_type)] = tick.price
            case TickSize():
                self._sizes[_DELAYED.get(tick.tick_type, tick.tick_type)] = tick.size
            case MarketDataType():
                self.kind = tick.market_data_type
            case _:
                pass

    @property
    def has_price(self) -> bool:
        """Whether any price has come."""
        return any(price is not None for price in self._prices.values())

    def price(self, kind: TickType) -> str:
        """Gives a price with the digits that its smallest step has."""
        price = self._prices.get(kind)
        return _NO_VALUE if price is None else f"{price:,.{digits(self.min_tick)}f}"

    def size(self, kind: TickType) -> str:
        """Gives a size, in millions where it has them."""
        size = self._sizes.get(kind)
        if size is None or (kind is not TickType.VOLUME and not size):
            return _NO_VALUE
        return f"{size / _MILLION:,.1f}M" if size >= _MILLION else f"{size.normalize():,f}"

    @property
    def change(self) -> float | None:
        """How far the price is from the last close, in percent; None as long as one is missing.

        It is the last trade that counts, or where none is published the middle of bid and ask.
        """
        close = self._prices.get(TickType.CLOSE)
        now = self._prices.get(TickType.LAST)
        bid, ask = self._prices.get(TickType.BID), self._prices.get(TickType.ASK)
        if now is None and bid is not None and ask is not None:
            now = (bid + ask) / 2
        return 100 * (now / close - 1) if now is not None and close else None

    @property
    def change_text(self) -> str:
        """The change in percent, with its sign."""
        return _NO_VALUE if self.change is None else f"{self.change:+z.2f}%"


def digits(min_tick: float) -> int:
    """Gives how many digits after the point a smallest step has: 2 for 0.25, 5 for 0.00005."""
    exponent = Decimal(repr(min_tick)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


async def find(tws: TWS, wanted: Contract) -> Line:
    """Looks a contract up and makes a line of it; of several, of the one that expires first.

    Raises:
        RequestError: TWS knows none.
    """
    found = [one for one in await tws.contract_details(wanted) if isinstance(one, ContractData)]
    first = min(found, key=lambda one: one.contract.last_trade_date_or_contract_month)
    return Line(
        first.contract.local_symbol or first.contract.symbol,
        first.contract,
        first.details.min_tick or 0.01,
    )


async def watch(tws: TWS, line: Line) -> None:
    """Feeds a line until TWS ends it: with live data, or where TWS refuses that with delayed."""
    for kind in (MarketDataKind.LIVE, MarketDataKind.DELAYED):
        if kind is MarketDataKind.DELAYED:
            await tws.set_market_data_type(kind)
        try:
            await _feed(tws, line)
        except RequestError as error:
            line.trouble = f"{error.message} ({error.code})"
            if error.code not in NOT_SUBSCRIBED:
                return


async def _feed(tws: TWS, line: Line) -> None:
    async with tws.open_ticks(line.contract) as ticks:
        async for tick in ticks:
            line.take(tick)
