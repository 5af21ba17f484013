"""Contracts in the words of the field: what each kind of instrument needs, and nothing else.

They are functions named like classes, because that is what they read like where they are used. Each
fills in a `Contract`; none asks TWS anything.
"""

# ruff: noqa: N802 - see above

from trio_tws._enums import SecType
from trio_tws._model.contracts import Contract

__all__ = ["Bond", "Forex", "Future", "Index", "Option", "Stock"]


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
    """
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
        right: C for a call, P for a put.
        exchange: Where to trade it.
        currency: What it is quoted in.
        multiplier: How many of the underlying it is for, such as 100; empty for any.
        trading_class: Tells apart series such as SPX and SPXW.

    Raises:
        ValueError: The right is neither.
    """
    if right.upper() not in ("C", "P", "CALL", "PUT"):
        raise ValueError(f"right={right!r} is neither C (call) nor P (put)")
    return Contract(
        symbol=symbol,
        sec_type=SecType.OPTION,
        last_trade_date_or_contract_month=last_trade_date,
        strike=strike,
        right=right.upper()[0],
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
    """Describes a future, by symbol and month (yyyymm) or day (yyyymmdd), or by local symbol (ESZ7)."""
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
    """Describes a currency pair, such as EURUSD or EUR.USD: the first is what is bought.

    Raises:
        ValueError: It is not two codes of three letters.
    """
    letters = pair.replace(".", "").replace("/", "").upper()
    if len(letters) != 6 or not letters.isalpha():  # noqa: PLR2004 - two codes of three letters
        raise ValueError(f"{pair!r} is not a currency pair; write it like EURUSD")
    return Contract(
        symbol=letters[:3], sec_type=SecType.FOREX, exchange=exchange, currency=letters[3:]
    )


def Index(symbol: str, exchange: str, currency: str = "USD") -> Contract:
    """Describes an index, which can be watched but not traded."""
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
        ValueError: Both a CUSIP and an ISIN are given.
    """
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
