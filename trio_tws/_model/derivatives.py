"""Builders of contracts that end on a day: futures, options, warrants; see `_model.builders`.

Each is found by its underlying's symbol and its terms, or by what is unique: IB's con_id, the
exchange's own symbol, a FIGI, an ISIN. Then the terms need not be given, but are checked if they
are.
"""

# ruff: noqa: N802 - see there

from datetime import date

from trio_tws._enums import SecType
from trio_tws._model.contracts import Contract
from trio_tws._model.terms import (
    currency_of,
    day,
    day_or_month,
    need_one,
    right_of,
    security_id,
    strike_price,
)


def Option(
    symbol: str = "",
    last_trade_date: str | date = "",
    strike: float | None = None,
    right: str = "",
    exchange: str = "SMART",
    currency: str | None = None,
    *,
    multiplier: str = "",
    trading_class: str = "",
    local_symbol: str = "",
    con_id: int = 0,
    figi: str = "",
    isin: str = "",
) -> Contract:
    """Describes an option on a share or an index.

    Args:
        symbol: The underlying's.
        last_trade_date: A date, or yyyymmdd.
        strike: In the option's currency, above zero.
        right: C or CALL, P or PUT, in any case.
        exchange: Where to trade it.
        currency: What it is quoted in: USD unless given, or left open with a con_id or a FIGI.
        multiplier: How many of the underlying it is for, such as 100; empty for any.
        trading_class: Tells apart series such as SPX and SPXW.
        local_symbol: Instead of all terms: the OCC's symbol, with its blanks …
        con_id: … or IB's number …
        figi: … or a FIGI …
        isin: … or an ISIN.

    Raises:
        ValueError: Nothing says which, the date is no day, the strike is no price, the right is
            neither, several identifiers are given, or one has a typing error.
    """
    return _by_terms(
        "an option",
        SecType.OPTION,
        symbol=symbol,
        last_trade_date=last_trade_date,
        strike=strike,
        right=right,
        exchange=exchange,
        currency=currency,
        multiplier=multiplier,
        trading_class=trading_class,
        local_symbol=local_symbol,
        con_id=con_id,
        figi=figi,
        isin=isin,
    )


def FutureOption(
    symbol: str = "",
    last_trade_date: str | date = "",
    strike: float | None = None,
    right: str = "",
    exchange: str = "",
    currency: str | None = None,
    *,
    multiplier: str = "",
    trading_class: str = "",
    local_symbol: str = "",
    con_id: int = 0,
    figi: str = "",
    isin: str = "",
) -> Contract:
    """Describes an option on a future.

    Args:
        symbol: The future's: ES.
        last_trade_date: A date, or yyyymmdd: the option's own, not the future's.
        strike: In the option's currency; options on spreads have strikes of any sign.
        right: C or CALL, P or PUT, in any case.
        exchange: Where it is traded; there is no SMART for it.
        currency: What it is quoted in: USD unless given, or left open with a con_id or a FIGI.
        multiplier: Tells apart contracts of different sizes; empty for any.
        trading_class: Tells apart series, such as weekly ones.
        local_symbol: Instead of all terms: the exchange's own symbol …
        con_id: … or IB's number …
        figi: … or a FIGI …
        isin: … or an ISIN.

    Raises:
        ValueError: Nothing says which, the date is no day, the strike is no price, the right is
            neither, several identifiers are given, or one has a typing error.
    """
    return _by_terms(
        "an option on a future",
        SecType.FUTURE_OPTION,
        symbol=symbol,
        last_trade_date=last_trade_date,
        strike=strike,
        right=right,
        exchange=exchange,
        currency=currency,
        multiplier=multiplier,
        trading_class=trading_class,
        local_symbol=local_symbol,
        con_id=con_id,
        figi=figi,
        isin=isin,
    )


def Warrant(
    symbol: str = "",
    last_trade_date: str | date = "",
    strike: float | None = None,
    right: str = "",
    exchange: str = "",
    currency: str | None = None,
    *,
    multiplier: str = "",
    trading_class: str = "",
    local_symbol: str = "",
    con_id: int = 0,
    figi: str = "",
    isin: str = "",
) -> Contract:
    """Describes a warrant.

    Args:
        symbol: The underlying's.
        last_trade_date: A date, or yyyymmdd.
        strike: In the warrant's currency, above zero.
        right: C or CALL, P or PUT, in any case.
        exchange: Where it is traded: FWB.
        currency: What it is quoted in: USD unless given, or left open with a con_id or a FIGI.
        multiplier: How much of the underlying it is for, such as 0.01; empty for any.
        trading_class: Tells apart series.
        local_symbol: Instead of all terms: the exchange's own symbol …
        con_id: … or IB's number …
        figi: … or a FIGI …
        isin: … or an ISIN.

    Raises:
        ValueError: Nothing says which, the date is no day, the strike is no price, the right is
            neither, several identifiers are given, or one has a typing error.
    """
    return _by_terms(
        "a warrant",
        SecType.WARRANT,
        symbol=symbol,
        last_trade_date=last_trade_date,
        strike=strike,
        right=right,
        exchange=exchange,
        currency=currency,
        multiplier=multiplier,
        trading_class=trading_class,
        local_symbol=local_symbol,
        con_id=con_id,
        figi=figi,
        isin=isin,
    )


def _by_terms(
    what: str,
    sec_type: SecType,
    *,
    symbol: str,
    last_trade_date: str | date,
    strike: float | None,
    right: str,
    exchange: str,
    currency: str | None,
    multiplier: str,
    trading_class: str,
    local_symbol: str,
    con_id: int,
    figi: str,
    isin: str,
) -> Contract:
    need_one(what, symbol=symbol, local_symbol=local_symbol, con_id=con_id, figi=figi, isin=isin)
    sec_id_type, sec_id = security_id(figi=figi, isin=isin)
    is_unique = bool(local_symbol or con_id or sec_id)
    if last_trade_date or not is_unique:
        last_trade_date = day("last_trade_date", last_trade_date)
    if strike is not None or not is_unique:
        strike = strike_price(strike, may_be_negative=sec_type == SecType.FUTURE_OPTION)
    if right or not is_unique:
        right = right_of(right)
    return Contract(
        con_id=con_id,
        symbol=symbol,
        sec_type=sec_type,
        last_trade_date_or_contract_month=str(last_trade_date),
        strike=strike,
        right=right,
        multiplier=multiplier,
        exchange=exchange,
        currency=currency_of(currency, con_id, figi),
        local_symbol=local_symbol,
        trading_class=trading_class,
        sec_id_type=sec_id_type,
        sec_id=sec_id,
    )


def Future(
    symbol: str = "",
    last_trade_date_or_contract_month: str | date = "",
    exchange: str = "",
    currency: str | None = None,
    *,
    local_symbol: str = "",
    multiplier: str = "",
    trading_class: str = "",
    include_expired: bool = False,
    con_id: int = 0,
    figi: str = "",
    isin: str = "",
) -> Contract:
    """Describes a future, by symbol and month or day, or by local symbol (ESZ7).

    Args:
        symbol: The underlying's: ES.
        last_trade_date_or_contract_month: yyyymm, yyyymmdd or a date; empty for every month, which
            is of use for contract_details() alone.
        exchange: Where it is traded; there is no SMART for futures.
        currency: What it is quoted in: USD unless given, or left open with a con_id or a FIGI.
        local_symbol: The exchange's own symbol, which has the month in it.
        multiplier: Tells apart contracts of different sizes.
        trading_class: Tells apart series, such as weekly ones.
        include_expired: Whether contract_details() and historical_bars() find it up to two years
            after its end.
        con_id: IB's number.
        figi: Instead of a symbol, an identifier: a FIGI …
        isin: … or an ISIN.

    Raises:
        ValueError: Nothing says which, the date is no month or day, several identifiers are given,
            or one has a typing error.
    """
    need_one(
        "a future", symbol=symbol, local_symbol=local_symbol, con_id=con_id, figi=figi, isin=isin
    )
    end = last_trade_date_or_contract_month
    sec_id_type, sec_id = security_id(figi=figi, isin=isin)
    return Contract(
        con_id=con_id,
        symbol=symbol,
        sec_type=SecType.FUTURE,
        last_trade_date_or_contract_month=(
            day_or_month("last_trade_date_or_contract_month", end) if end else ""
        ),
        multiplier=multiplier,
        exchange=exchange,
        currency=currency_of(currency, con_id, figi),
        local_symbol=local_symbol,
        trading_class=trading_class,
        sec_id_type=sec_id_type,
        sec_id=sec_id,
        include_expired=include_expired,
    )


def ContinuousFuture(
    symbol: str = "",
    exchange: str = "",
    currency: str | None = None,
    *,
    local_symbol: str = "",
    multiplier: str = "",
    trading_class: str = "",
    con_id: int = 0,
) -> Contract:
    """Describes the series that has the leading month of a future at each time.

    It has historical bars up to now and contract details; it can't be watched or traded.

    Args:
        symbol: The underlying's: ES.
        exchange: Where it is traded; there is no SMART for futures.
        currency: What it is quoted in: USD unless given, or left open with a con_id.
        local_symbol: The exchange's own symbol.
        multiplier: Tells apart contracts of different sizes.
        trading_class: Tells apart series, such as weekly ones.
        con_id: IB's number: that of the future which leads now.

    Raises:
        ValueError: Nothing says which.
    """
    need_one("a continuous future", symbol=symbol, local_symbol=local_symbol, con_id=con_id)
    return Contract(
        con_id=con_id,
        symbol=symbol,
        sec_type=SecType.CONTINUOUS_FUTURE,
        multiplier=multiplier,
        exchange=exchange,
        currency=currency_of(currency, con_id),
        local_symbol=local_symbol,
        trading_class=trading_class,
    )
