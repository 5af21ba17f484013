"""The hours of the exchanges whose instruments the simulator knows.

These are plain rules and no calendar library, of which there are several: what a test needs is the
shape of a year (nights, weekends, holidays, half days, summer time), the same on every computer and
after every update. The libraries know more exchanges and each day that was an exception, and bring
pandas or tables that change under a test; none of them knows the extended hours of IB. Where that
matters, a `Calendar` of your own takes its hours from one of them.

Sources: the tradingHours and liquidHours that TWS gives (AAPL: ``0400-2000`` and ``0930-1600``, as
users of TWS have published them); the pages on trading hours of NYSE, Cboe, CME Group and Xetra;
IB's page on IDEALPRO. Of futures TWS shows no regular hours on American holidays, although CME is
open in the morning. Not known, and so ours: the hours in which IB trades bonds, and when IDEALPRO
keeps a holiday.
"""

from collections.abc import Callable
from datetime import date
from typing import Final, TypeAlias

from trio_tws._enums import SecType
from trio_tws.testing._holidays import (
    Holidays,
    american_bond_holidays,
    american_half_days,
    american_holidays,
    currency_holidays,
    futures_half_days,
    futures_holidays,
    xetra_holidays,
)
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._sessions import ALWAYS_OPEN, CLOSED, Calendar, DayHours

__all__ = ["Hours", "always_open", "exchange_hours"]

Hours: TypeAlias = Callable[[Instrument], Calendar]
"""What says when each instrument of a market is traded."""

_SATURDAY: Final = 5


def _weekdays(zone: str, full: DayHours, *others: tuple[Holidays, DayHours]) -> Calendar:
    """Makes the calendar of what is traded from Monday to Friday, on some days at other hours."""

    def hours(day: date) -> DayHours:
        if day.weekday() >= _SATURDAY:
            return CLOSED
        special = (special for days, special in others if day in days(day.year))
        return next(special, full)

    return Calendar(zone, hours)


_AMERICAN_STOCKS: Final = _weekdays(
    "America/New_York",
    DayHours("09:30-16:00", "04:00-20:00"),
    (american_holidays, CLOSED),
    (american_half_days, DayHours("09:30-13:00", "04:00-17:00")),
)
_AMERICAN_OPTIONS: Final = _weekdays(
    "America/New_York",
    DayHours("09:30-16:00"),
    (american_holidays, CLOSED),
    (american_half_days, DayHours("09:30-13:00")),
)
_AMERICAN_BONDS: Final = _weekdays(
    "America/New_York",
    DayHours("08:00-17:00"),
    (american_bond_holidays, CLOSED),
    (american_half_days, DayHours("08:00-14:00")),
)
_AMERICAN_INDICES: Final = _weekdays(
    "America/Chicago",
    DayHours("08:30-15:00"),
    (american_holidays, CLOSED),
    (american_half_days, DayHours("08:30-12:00")),
)
_AMERICAN_FUTURES: Final = _weekdays(
    "America/Chicago",
    DayHours("08:30-16:00", "17:00-16:00"),
    (futures_holidays, CLOSED),
    (futures_half_days, DayHours("", "17:00-12:00")),
    (american_half_days, DayHours("08:30-12:15", "17:00-12:15")),
)
_CURRENCIES: Final = _weekdays(
    "America/New_York", DayHours("17:15-17:00"), (currency_holidays, CLOSED)
)
_XETRA: Final = _weekdays("Europe/Berlin", DayHours("09:00-17:30"), (xetra_holidays, CLOSED))

_BY_EXCHANGE: Final = {
    (SecType.STOCK, "IBIS"): _XETRA,
    (SecType.FUTURE, "CME"): _AMERICAN_FUTURES,
    (SecType.INDEX, "CBOE"): _AMERICAN_INDICES,
}
_BY_CURRENCY: Final = {
    (SecType.STOCK, "USD"): _AMERICAN_STOCKS,
    (SecType.OPTION, "USD"): _AMERICAN_OPTIONS,
    (SecType.BOND, "USD"): _AMERICAN_BONDS,
}
_BY_KIND: Final = {SecType.FOREX: _CURRENCIES, SecType.CRYPTO: ALWAYS_OPEN}


def always_open(_: Instrument) -> Calendar:
    """Gives hours without an end: nothing ever closes, and a day is a day in UTC."""
    return ALWAYS_OPEN


def exchange_hours(instrument: Instrument) -> Calendar:
    """Gives the hours of an instrument's exchange, with its holidays and half days.

    American stocks from 09:30 to 16:00 in New York, and from 04:00 to 20:00 outside regular hours;
    their options in regular hours only; futures of CME from Sunday to Friday at 17:00 in New York,
    with a break of an hour each day; currencies likewise, with a break of a quarter; bonds, indices
    of Cboe and stocks of Xetra on their weekdays; crypto always.

    Raises:
        ValueError: Its exchange is not known here. A function of your own can give its `Calendar`,
            and ask this one for the others.
    """
    kind = SecType(instrument.sec_type)
    found = (
        _BY_KIND.get(kind)
        or _BY_EXCHANGE.get((kind, instrument.primary_exchange or instrument.exchange))
        or _BY_CURRENCY.get((kind, instrument.currency))
    )
    if found is None:
        raise ValueError(
            f"{instrument.local_symbol}: the hours of {kind} at {instrument.exchange} are not"
            " known; give hours=, a function of yours that makes a Calendar for it"
        )
    return found
