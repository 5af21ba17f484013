"""What the simulated TWS computes of options: Black and Scholes, without interest or dividends."""

import math
from typing import Final

from trio_tws import _versions as v
from trio_tws._enums import TickType
from trio_tws._model.options import TickOptionComputation
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market import Market
from trio_tws.testing._path import expiry_of, option_price
from trio_tws.testing._shapes import YEAR

_HIGHEST_VOLATILITY: Final = 10.0
_HALVINGS: Final = 60
_DAYS: Final = 365
_OF_RETURNS: Final = 0


def computation_of_model(
    market: Market, option: Instrument, now: float, server_version: int
) -> TickOptionComputation:
    """Gives what TWS's model says of an option at a moment; it holds until the option moves."""
    interval = market.trade_interval(option.con_id)
    begin = now - now % interval
    spot = market.price(option.under_con_id, begin)
    kind = TickType.MODEL_OPTION
    return computation(kind, option, spot, option.volatility, begin, server_version)


def computation(
    kind: TickType,
    option: Instrument,
    spot: float,
    volatility: float | None,
    now: float,
    server_version: int,
    price: float | None = None,
) -> TickOptionComputation:
    """Gives price and greeks of an option.

    Args:
        kind: What it is computed from.
        option: The option.
        spot: The price of the underlying.
        volatility: As a fraction, a year; None if there is none, and then there are no greeks.
        now: The simulated time, in epoch seconds.
        server_version: The version of the session.
        price: The option's price; None to compute it.
    """
    attrib = _OF_RETURNS if server_version >= v.PRICE_BASED_VOLATILITY else None
    years = years_left(option, now)
    if not volatility or not years:
        return TickOptionComputation(
            tick_type=kind, tick_attrib=attrib, opt_price=price, und_price=spot
        )
    if price is None:
        price = _value(option, spot, volatility, years)
    root = math.sqrt(years)
    up = math.log(spot / option.strike) / (volatility * root) + volatility * root / 2
    density = math.exp(-up * up / 2) / math.sqrt(2 * math.pi)
    call_delta = math.erfc(-up / math.sqrt(2)) / 2
    return TickOptionComputation(
        tick_type=kind,
        tick_attrib=attrib,
        implied_vol=volatility,
        delta=call_delta if option.right == "C" else call_delta - 1,
        opt_price=price,
        pv_dividend=0.0,
        gamma=density / (spot * volatility * root),
        vega=spot * density * root / 100,
        theta=-spot * density * volatility / (2 * root) / _DAYS,
        und_price=spot,
    )


def implied_volatility(option: Instrument, price: float, spot: float, now: float) -> float | None:
    """Gives the volatility at which an option has a price; None if there is none, up to 1000 %."""
    years = years_left(option, now)
    low, high = 0.0, _HIGHEST_VOLATILITY
    least, most = (_value(option, spot, volatility, years) for volatility in (low, high))
    if not least < price < most:
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _value(option, spot, middle, years) < price:
            low = middle
        else:
            high = middle
    return high


def years_left(option: Instrument, now: float) -> float:
    """Gives the years until an option expires; 0 when it has."""
    return max(0.0, expiry_of(option) - now) / YEAR


def _value(option: Instrument, spot: float, volatility: float, years: float) -> float:
    return option_price(
        spot=spot, strike=option.strike, right=option.right, volatility=volatility, years=years
    )
