"""What an order sees of the market at a moment: of one instrument, or of a combination."""

from __future__ import annotations

from decimal import Decimal
from math import floor
from typing import final

import attrs

from trio_tws.testing._market import Market

_ZERO = Decimal(0)


@final
@attrs.frozen
class Leg:
    """One instrument of an order; an order for no combination has one, with the ratio 1."""

    con_id: int
    ratio: Decimal = Decimal(1)
    """How many of it there are in one of the order; negative if buying the order sells it."""


@final
@attrs.frozen
class View:
    """The market of one moment, which holds until the next.

    Of a combination the prices are net and can be negative, and its sizes are what the scarcest leg
    allows; nobody trades it, so it has no trades.
    """

    since: int
    """When it began, in epoch seconds."""
    bid: float | None = None
    """What a seller gets; None for an index, as the ask."""
    ask: float | None = None
    """What a buyer pays."""
    bid_size: Decimal = _ZERO
    """How much can be sold at the bid."""
    ask_size: Decimal = _ZERO
    """How much can be bought at the ask."""
    last: float | None = None
    """The price of the trade with which it began; None where no trades are published."""
    last_size: Decimal = _ZERO
    """The size of that trade."""

    @property
    def middle(self) -> float | None:
        """The price between bid and ask; the last price where there are none."""
        if self.bid is None or self.ask is None:
            return self.last
        return (self.bid + self.ask) / 2


def view_of(market: Market, legs: tuple[Leg, ...], now: float) -> View:
    """Looks at the market of an order."""
    views = [_of_instrument(market, leg.con_id, now) for leg in legs]
    if len(legs) == 1:
        return views[0]
    bid = ask = 0.0
    bid_sizes, ask_sizes = list[Decimal](), list[Decimal]()
    since = max(view.since for view in views)
    for leg, view in zip(legs, views, strict=True):
        if view.bid is None or view.ask is None:
            return View(since)
        ratio, size = float(leg.ratio), abs(leg.ratio)
        is_bought = leg.ratio > 0
        bid += ratio * (view.bid if is_bought else view.ask)
        ask += ratio * (view.ask if is_bought else view.bid)
        bid_sizes.append((view.bid_size if is_bought else view.ask_size) // size)
        ask_sizes.append((view.ask_size if is_bought else view.bid_size) // size)
    return View(since, round(bid, 6), round(ask, 6), min(bid_sizes), min(ask_sizes))


def _of_instrument(market: Market, con_id: int, now: float) -> View:
    interval = market.trade_interval(con_id)
    since = floor(now) // interval * interval
    quote, trade = market.quote(con_id, since), market.trade(con_id, since)
    quoted = (
        (None, None, _ZERO, _ZERO)
        if quote is None
        else (quote.bid, quote.ask, quote.bid_size, quote.ask_size)
    )
    traded = (None, _ZERO) if trade is None else (trade.price, trade.size)
    return View(since, *quoted, *traded)
