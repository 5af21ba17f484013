"""Contracts in the words of the field: what each kind of instrument needs, and nothing else.

They are functions named like classes, because that is what they read like where they are used. Each
fills in a `Contract`; none asks TWS anything. What can't be right is a ValueError that names it. A
`Contract` made by hand may leave open what a builder wants, to ask for all that match.
"""

# ruff: noqa: N802 - see above

import math
import re
from typing import Final

from trio_tws._enums import SecType
from trio_tws._model.contracts import Contract

__all__ = ["Bond", "Forex", "Future", "Index", "Option", "Stock"]

_PAIR: Final = re.compile(r"([A-Z]{3})[./]?([A-Z]{3})")
_DAY: Final = re.compile(r"\d{8}", re.ASCII)
_MONTH_OR_DAY: Final = re.compile(r"\d{6}|\d{8}", re.ASCII)
_RIGHTS: Final = {"C": "C", "CALL": "C", "P": "P", "PUT": "P"}


def Stock(
    symbol: str = "",
    exchange: str = "SMART",
    currency: str = "USD",
    *,
    primary_exchange: str = "",
    con_id: int = 0,
) -> Contract:
    """Describes a share or an exchange-traded fund.

    ``primary_exchange`` (NASDAQ, ARCA, …) tells apart what SMART and a currency leave open.

    Raises:
        ValueError: There is neither a symbol nor a con_id.
    """
    _need_one("a stock", symbol=symbol, con_id=con_id)
    return Contract(
        con_id=con_id,
        symbol=symbol,
        sec_type=SecType.STOCK,
        exchange=exchange,
        primary_exchange=primary_exchange,
        currency=currency,
    )


def Option(
    symbol: str,
    last_trade_date: str,
    strike: float,
    right: str,
    exchange: str = "SMART",
    currency: str = "USD",
    *,
    multiplier: str = "",
    trading_class: str = "",
) -> Contract:
    """Describes an option on a share or an index.

    Args:
        symbol: The underlying's.
        last_trade_date: yyyymmdd.
        strike: In the option's currency.
        right: C or CALL, P or PUT.
        exchange: Where to trade it.
        currency: What it is quoted in.
        multiplier: How many of the underlying it is for, such as 100; empty for any.
        trading_class: Tells apart series such as SPX and SPXW.

    Raises:
        ValueError: There is no symbol, the date is no day, the strike is no number, or the right is
            neither.
    """
    _need_one("an option", symbol=symbol)
    if not _DAY.fullmatch(last_trade_date):
        raise ValueError(f"last_trade_date={last_trade_date!r} is no day; write it as 20271217")
    if not math.isfinite(strike):
        raise ValueError(f"strike={strike!r} is no price")
    if right.upper() not in _RIGHTS:
        raise ValueError(f"right={right!r} is neither C (call) nor P (put)")
    return Contract(
        symbol=symbol,
        sec_type=SecType.OPTION,
        last_trade_date_or_contract_month=last_trade_date,
        strike=strike,
        right=_RIGHTS[right.upper()],
        multiplier=multiplier,
        exchange=exchange,
        currency=currency,
        trading_class=trading_class,
    )


def Future(
    symbol: str = "",
    last_trade_date_or_contract_month: str = "",
    exchange: str = "",
    currency: str = "USD",
    *,
    local_symbol: str = "",
    multiplier: str = "",
    trading_class: str = "",
    include_expired: bool = False,
) -> Contract:
    """Describes a future, by symbol and month or day, or by local symbol (ESZ7).

    Args:
        symbol: The underlying's: ES.
        last_trade_date_or_contract_month: yyyymm or yyyymmdd; empty for every month, which is of
            use for contract_details() alone.
        exchange: Where it is traded; there is no SMART for futures.
        currency: What it is quoted in.
        local_symbol: The exchange's own symbol, which has the month in it.
        multiplier: Tells apart contracts of different sizes.
        trading_class: Tells apart series, such as weekly ones.
        include_expired: Whether contract_details() and historical_bars() find it up to two years
            after its end.

    Raises:
        ValueError: There is neither a symbol nor a local symbol, or the date is no month or day.
    """
    _need_one("a future", symbol=symbol, local_symbol=local_symbol)
    date = last_trade_date_or_contract_month
    if date and not _MONTH_OR_DAY.fullmatch(date):
        raise ValueError(
            f"last_trade_date_or_contract_month={date!r} is neither a month nor a day; write it as "
            "202712 or 20271217"
        )
    return Contract(
        symbol=symbol,
        sec_type=SecType.FUTURE,
        last_trade_date_or_contract_month=last_trade_date_or_contract_month,
        multiplier=multiplier,
        exchange=exchange,
        currency=currency,
        local_symbol=local_symbol,
        trading_class=trading_class,
        include_expired=include_expired,
    )


def Forex(pair: str, exchange: str = "IDEALPRO") -> Contract:
    """Describes a currency pair, such as EURUSD, EUR.USD or EUR/USD: the first is what is bought.

    Raises:
        ValueError: It is not two codes of three letters.
    """
    codes = _PAIR.fullmatch(pair.upper())
    if codes is None:
        raise ValueError(f"{pair!r} is no currency pair; write it like EURUSD")
    return Contract(symbol=codes[1], sec_type=SecType.FOREX, exchange=exchange, currency=codes[2])


def Index(symbol: str, exchange: str, currency: str = "USD") -> Contract:
    """Describes an index, which can be watched but not traded.

    Raises:
        ValueError: There is no symbol or no exchange; an index has no SMART.
    """
    _need_one("an index", symbol=symbol)
    _need_one("an index", exchange=exchange)
    return Contract(symbol=symbol, sec_type=SecType.INDEX, exchange=exchange, currency=currency)


def Bond(
    symbol: str = "",
    exchange: str = "SMART",
    currency: str = "USD",
    *,
    con_id: int = 0,
    cusip: str = "",
    isin: str = "",
    issuer_id: str = "",
) -> Contract:
    """Describes a bond, by CUSIP, ISIN or con_id; or all bonds of an issuer.

    ``issuer_id`` needs server version 176. TWS also takes a CUSIP in the place of the symbol.

    Raises:
        ValueError: Nothing says which bond, or both a CUSIP and an ISIN do.
    """
    _need_one("a bond", symbol=symbol, con_id=con_id, cusip=cusip, isin=isin, issuer_id=issuer_id)
    if cusip and isin:
        raise ValueError(f"give cusip={cusip!r} or isin={isin!r}, not both")
    return Contract(
        con_id=con_id,
        symbol=symbol,
        sec_type=SecType.BOND,
        exchange=exchange,
        currency=currency,
        sec_id_type="CUSIP" if cusip else "ISIN" if isin else "",
        sec_id=cusip or isin,
        issuer_id=issuer_id,
    )


def _need_one(what: str, **given: str | int) -> None:
    if not any(given.values()):
        raise ValueError(f"{what} needs {' or '.join(given)}")
