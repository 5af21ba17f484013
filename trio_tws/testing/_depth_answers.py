"""Market depth of the simulated TWS: the quote, and what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final, final

import attrs

from trio_tws._enums import DepthOperation, DepthSide
from trio_tws._model.depth import (
    CancelMktDepth,
    MarketDepth,
    MarketDepthData,
    MarketDepthL2,
    ReqMktDepth,
)
from trio_tws._wire import evolve
from trio_tws.testing._lines import until_moved
from trio_tws.testing._table import answers, invalid, is_taken, only_match
from trio_tws.testing._throttle import is_too_much

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._instrument import Instrument
    from trio_tws.testing._market import Market

_NOT_SUPPORTED: Final = (
    "Deep market data is not supported for this combination of security type/exchange"
)
_SCATTER: Final = 2_654_435_761
"""Knuth's multiplier: prices next to each other get sizes that have nothing to do."""


@final
@attrs.frozen
class Level:
    """One row of the simulated book."""

    price: float
    size: Decimal
    number: int
    """Decides what is arbitrary about the row; the same for a price at all times."""


def levels(
    market: Market, instrument: Instrument, side: DepthSide, rows: int, now: float
) -> list[Level]:
    """Gives one side of a book, best price first: the quote, and a row at each tick behind it."""
    quote = market.quote(instrument.con_id, now)
    if quote is None:
        return []
    tick = Decimal(str(instrument.min_tick))
    best, size, step = quote.ask, quote.ask_size, tick
    if side is DepthSide.BID:
        best, size, step = quote.bid, quote.bid_size, -tick
    found: list[Level] = []
    for row in range(rows):
        price = Decimal(str(best)) + row * step
        if price <= 0:
            break
        number = (int(price / tick) * _SCATTER + instrument.con_id) % 2**32
        lots = 1 + number % (2 * instrument.quote_lots + 1)
        found.append(Level(float(price), lots * instrument.lot_size if row else size, number))
    return found


def changes(
    side: DepthSide, before: Sequence[Level], after: Sequence[Level]
) -> Iterator[tuple[Level, MarketDepthData]]:
    """Gives the rows, each with its level, that make one side of a book into another."""
    left, prices = list(before), {level.price for level in after}
    for at in reversed(range(len(left))):
        if left[at].price not in prices:
            yield left[at], MarketDepthData(at, DepthOperation.DELETE, side, 0.0, Decimal(0))
            del left[at]
    for at, level in enumerate(after):
        is_there = at < len(left) and left[at].price == level.price
        if is_there and left[at] == level:
            continue
        if not is_there:
            left.insert(at, level)
        operation = DepthOperation.UPDATE if is_there else DepthOperation.INSERT
        yield level, MarketDepthData(at, operation, side, level.price, level.size)


@answers(ReqMktDepth)
def _depth(client: SimulatedClient, request: ReqMktDepth) -> None:
    simulator, req_id = client.simulator, request.req_id
    market = simulator.market
    if is_taken(client, req_id):
        return
    if request.num_rows < 1:
        invalid(client, req_id, "Please enter a positive number of rows")
        return
    instrument = only_match(client, req_id, request.contract)
    if instrument is None:
        return
    is_smart = (request.contract.exchange or instrument.exchange) == "SMART"
    if not instrument.has_quotes or is_smart is not request.is_smart_depth:
        client.send(client.error(req_id, 10092, _NOT_SUPPORTED))
        return
    permissions = simulator.permissions
    if not (permissions.live(instrument) and permissions.depth(instrument)):
        client.send(client.error(req_id, 10092, _NOT_SUPPORTED))
        return
    if is_too_much(client, request):
        return
    exchanges = [name for name in instrument.valid_exchanges.split(",") if name != "SMART"]
    if is_smart:
        client.send(client.error(req_id, 2152, f"Exchanges - Depth: {'; '.join(exchanges)}; "))
    told: dict[DepthSide, list[Level]] = {DepthSide.ASK: [], DepthSide.BID: []}

    def work() -> float:
        now = simulator.now()
        for side, before in told.items():
            after = levels(market, instrument, side, request.num_rows, now)
            for level, row in changes(side, before, after):
                client.send(_message(req_id, row, level, exchanges if is_smart else []))
            told[side] = after
        return until_moved(market, instrument.con_id, now) / simulator.speed

    client.begin(req_id, request, 0, work)


def _message(req_id: int, row: MarketDepthData, level: Level, exchanges: Sequence[str]) -> object:
    if not exchanges:
        return MarketDepth(req_id, row)
    maker = exchanges[level.number % len(exchanges)]
    return MarketDepthL2(req_id, evolve(row, market_maker=maker, is_smart_depth=True))


@answers(CancelMktDepth)
def _cancel_depth(client: SimulatedClient, request: CancelMktDepth) -> None:
    req_id = request.req_id
    if not client.end(req_id, ReqMktDepth):
        words = f"Can't find the subscribed market depth with tickerId:{req_id}"
        client.send(client.error(req_id, 310, words))
