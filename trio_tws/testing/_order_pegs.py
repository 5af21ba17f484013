"""The worst price that an order takes at a moment: its limit, or what it follows."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import sqrt
from typing import Final, final

import attrs

from trio_tws._model.orders import Order
from trio_tws.testing._greeks import years_left
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market import Market
from trio_tws.testing._order_kinds import Pays
from trio_tws.testing._order_views import View
from trio_tws.testing._path import option_price

TICKS_OF_PROTECTION: Final = 20
"""How far from the quote a protected order goes; the exchanges have numbers of their own."""

_DAYS_OF_TRADING: Final = 252
_DAILY: Final = 1


@final
@attrs.frozen
class Peg:
    """What the price of an order depends on besides the quotes."""

    market: Market
    instrument: Instrument | None
    """What is ordered; None for a combination."""
    now: float
    tick: float
    """Of the prices."""
    anchor: float | None = None
    """Where the price that it follows was when the order came."""


def limit_of(pays: Pays, order: Order, view: View, peg: Peg, *, is_buy: bool) -> float | None:
    """Gives the worst price at which an order trades now, None for any.

    A followed price never goes beyond lmt_price, if that is filled in.
    """
    match pays:
        case Pays.ANY | Pays.FIRST_PRICE:
            return None
        case Pays.LIMIT | Pays.TRAILED_LIMIT:
            return order.lmt_price
        case _:
            price = _followed(pays, order, view, peg, is_buy)
    if price is None:
        return order.lmt_price
    rounded = on_tick(price, peg.tick, is_buy=is_buy)
    cap = order.lmt_price
    if not cap or pays is Pays.VOLATILITY:
        return rounded
    return min(rounded, cap) if is_buy else max(rounded, cap)


def on_tick(price: float, tick: float, *, is_buy: bool) -> float:
    """Rounds to a price that can be quoted, away from the other side."""
    step = Decimal(str(tick))
    # What floats have lost in the way must not cost a whole tick.
    ticks = (Decimal(str(round(price, 9))) / step).to_integral_value(
        ROUND_FLOOR if is_buy else ROUND_CEILING
    )
    return float(ticks * step)


def _followed(pays: Pays, order: Order, view: View, peg: Peg, is_buy: bool) -> float | None:
    sign = 1 if is_buy else -1
    own, other = (view.bid, view.ask) if is_buy else (view.ask, view.bid)
    match pays:
        case Pays.STOCK:
            return _with_stock(order, peg)
        case Pays.BENCHMARK:
            return _with_benchmark(order, peg)
        case Pays.VOLATILITY:
            return _at_volatility(order, peg)
        case Pays.MIDPRICE:
            return view.middle
        case Pays.MIDDLE:
            return None if view.middle is None else view.middle - sign * _offset(order, view.middle)
        case _ if own is None or other is None:
            return None
        case Pays.OWN_SIDE:
            return own + sign * _offset(order, own)
        case Pays.BEHIND_OWN_SIDE:
            return own - sign * _offset(order, own)
        case Pays.OTHER_SIDE:
            return other - sign * _offset(order, other)
        case _:  # PROTECTED
            return other + sign * TICKS_OF_PROTECTION * peg.tick


def _offset(order: Order, price: float) -> float:
    if order.percent_offset:
        return abs(price) * order.percent_offset
    return order.aux_price or 0.0


def followed_con_id(pays: Pays, order: Order, instrument: Instrument | None) -> int | None:
    """Gives the con_id of what an order's price moves with, if that is another instrument."""
    if pays is Pays.BENCHMARK:
        return order.reference_contract_id
    if pays in {Pays.STOCK, Pays.VOLATILITY} and instrument is not None:
        return instrument.under_con_id
    return None


def _with_stock(order: Order, peg: Peg) -> float | None:
    moved = _moved(order, peg, followed_con_id(Pays.STOCK, order, peg.instrument))
    start, delta = order.starting_price, order.delta
    return None if start is None or delta is None else start + moved * delta / 100


def _with_benchmark(order: Order, peg: Peg) -> float | None:
    moved = _moved(order, peg, order.reference_contract_id)
    start, step = order.starting_price, order.pegged_change_amount
    if order.is_pegged_change_amount_decrease:
        step = -step
    each = order.reference_change_amount
    return None if start is None else start + (moved / each * step if each else 0.0)


def _moved(order: Order, peg: Peg, con_id: int | None) -> float:
    if con_id is None:
        return 0.0
    price = peg.market.price(con_id, peg.now)
    origin = order.stock_ref_price or peg.anchor
    return 0.0 if origin is None else price - origin


def _at_volatility(order: Order, peg: Peg) -> float | None:
    option = peg.instrument
    if option is None or order.volatility is None:
        return None
    volatility = order.volatility / 100
    if order.volatility_type == _DAILY:
        volatility *= sqrt(_DAYS_OF_TRADING)
    return option_price(
        spot=peg.market.price(option.under_con_id, peg.now),
        strike=option.strike,
        right=option.right,
        volatility=volatility,
        years=years_left(option, peg.now),
    )
