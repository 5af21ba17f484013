"""Contracts in the words of the field: what each kind of instrument needs, and nothing else.

They are functions named like classes, because that is what they read like where they are used. Each
fills in a `Contract`; none asks TWS anything. What can't be right is a ValueError that names it. A
`Contract` made by hand may leave open what a builder wants, to ask for all that match.

An instrument is found by its symbol, or by what is unique: IB's con_id, or an identifier. Where a
con_id or a FIGI says which listing is meant, no currency is filled in: a wrong one finds nothing.
Identifiers are sent with contract_details() and qualify() alone, so that a contract named by one is
qualified before it is used elsewhere.
"""

# ruff: noqa: N802 - see above

from collections.abc import Sequence
from typing import Final

from trio_tws._enums import SecType
from trio_tws._model.contracts import ComboLeg, Contract
from trio_tws._model.derivatives import (
    ContinuousFuture,
    Future,
    FutureOption,
    Option,
    Warrant,
)
from trio_tws._model.terms import currencies, currency_of, need_one, security_id
from trio_tws._wire import evolve

__all__ = [
    "CFD",
    "Bond",
    "Combo",
    "Commodity",
    "ContinuousFuture",
    "Crypto",
    "Forex",
    "Fund",
    "Future",
    "FutureOption",
    "Index",
    "Option",
    "Stock",
    "Warrant",
]

_SIDES: Final = ("BUY", "SELL", "SSHORT")
_FEWEST_LEGS: Final = 2


def Stock(
    symbol: str = "",
    exchange: str = "SMART",
    currency: str | None = None,
    *,
    primary_exchange: str = "",
    con_id: int = 0,
    figi: str = "",
    cusip: str = "",
    isin: str = "",
) -> Contract:
    """Describes a share or an exchange-traded fund.

    Args:
        symbol: IB's: BRK B, where others write BRK.B.
        exchange: Where to trade it.
        currency: What it is quoted in: USD unless given, or left open with a con_id or a FIGI.
        primary_exchange: Tells apart what SMART and a currency leave open: NASDAQ, ARCA, ….
        con_id: IB's number.
        figi: Instead of a symbol, an identifier: a FIGI …
        cusip: … or a CUSIP …
        isin: … or an ISIN, which may be listed in several places and currencies.

    Raises:
        ValueError: Nothing says which, several identifiers do, or one has a typing error.
    """
    need_one("a stock", symbol=symbol, con_id=con_id, figi=figi, cusip=cusip, isin=isin)
    sec_id_type, sec_id = security_id(figi=figi, cusip=cusip, isin=isin)
    return Contract(
        con_id=con_id,
        symbol=symbol,
        sec_type=SecType.STOCK,
        exchange=exchange,
        primary_exchange=primary_exchange,
        currency=currency_of(currency, con_id, figi),
        sec_id_type=sec_id_type,
        sec_id=sec_id,
    )


def Index(
    symbol: str = "",
    exchange: str = "",
    currency: str | None = None,
    *,
    con_id: int = 0,
    figi: str = "",
    isin: str = "",
) -> Contract:
    """Describes an index, which can be watched but not traded.

    Args:
        symbol: IB's: SPX.
        exchange: Who computes it; an index has no SMART.
        currency: What it is computed in: USD unless given, or left open with a con_id or a FIGI.
        con_id: IB's number, with which the exchange can stay open until data is asked for.
        figi: Instead of a symbol, an identifier: a FIGI …
        isin: … or an ISIN.

    Raises:
        ValueError: Nothing says which, or no exchange does; several identifiers are given, or one
            has a typing error.
    """
    need_one("an index", symbol=symbol, con_id=con_id, figi=figi, isin=isin)
    if not con_id:
        need_one("an index", exchange=exchange)
    sec_id_type, sec_id = security_id(figi=figi, isin=isin)
    return Contract(
        con_id=con_id,
        symbol=symbol,
        sec_type=SecType.INDEX,
        exchange=exchange,
        currency=currency_of(currency, con_id, figi),
        sec_id_type=sec_id_type,
        sec_id=sec_id,
    )


def Bond(
    symbol: str = "",
    exchange: str = "SMART",
    currency: str | None = None,
    *,
    con_id: int = 0,
    figi: str = "",
    cusip: str = "",
    isin: str = "",
    issuer_id: str = "",
) -> Contract:
    """Describes a bond; or all bonds of an issuer.

    Args:
        symbol: A symbol, which all bonds of an issuer share; TWS takes a CUSIP in its place, too.
        exchange: Where to trade it.
        currency: What it is quoted in: USD unless given, or left open with a con_id or a FIGI.
        con_id: IB's number.
        figi: Instead of a symbol, an identifier: a FIGI …
        cusip: … or a CUSIP …
        isin: … or an ISIN.
        issuer_id: IB's number for the issuer, from matching_symbols(); needs server version 176.

    Raises:
        ValueError: Nothing says which, several identifiers do, or one has a typing error.
    """
    need_one(
        "a bond",
        symbol=symbol,
        con_id=con_id,
        figi=figi,
        cusip=cusip,
        isin=isin,
        issuer_id=issuer_id,
    )
    sec_id_type, sec_id = security_id(figi=figi, cusip=cusip, isin=isin)
    return Contract(
        con_id=con_id,
        symbol=symbol,
        sec_type=SecType.BOND,
        exchange=exchange,
        currency=currency_of(currency, con_id, figi),
        sec_id_type=sec_id_type,
        sec_id=sec_id,
        issuer_id=issuer_id,
    )


def Fund(
    symbol: str = "",
    exchange: str = "FUNDSERV",
    currency: str | None = None,
    *,
    con_id: int = 0,
    figi: str = "",
    cusip: str = "",
    isin: str = "",
) -> Contract:
    """Describes a mutual fund; an exchange-traded one is a `Stock`.

    Args:
        symbol: IB's: VINIX.
        exchange: Where to trade it.
        currency: What it is quoted in: USD unless given, or left open with a con_id or a FIGI.
        con_id: IB's number.
        figi: Instead of a symbol, an identifier: a FIGI …
        cusip: … or a CUSIP …
        isin: … or an ISIN.

    Raises:
        ValueError: Nothing says which, several identifiers do, or one has a typing error.
    """
    need_one("a fund", symbol=symbol, con_id=con_id, figi=figi, cusip=cusip, isin=isin)
    sec_id_type, sec_id = security_id(figi=figi, cusip=cusip, isin=isin)
    return Contract(
        con_id=con_id,
        symbol=symbol,
        sec_type=SecType.FUND,
        exchange=exchange,
        currency=currency_of(currency, con_id, figi),
        sec_id_type=sec_id_type,
        sec_id=sec_id,
    )


def Forex(pair: str = "", exchange: str = "IDEALPRO", *, con_id: int = 0) -> Contract:
    """Describes a currency pair, such as EURUSD, EUR.USD or EUR/USD: the first is what is bought.

    Raises:
        ValueError: It is not two codes of three letters, or there is neither a pair nor a con_id.
    """
    need_one("a currency pair", pair=pair, con_id=con_id)
    symbol, currency = currencies(pair) if pair else ("", "")
    return Contract(
        con_id=con_id,
        symbol=symbol,
        sec_type=SecType.FOREX,
        exchange=exchange,
        currency=currency,
    )


def Crypto(
    symbol: str = "",
    exchange: str = "PAXOS",
    currency: str | None = None,
    *,
    con_id: int = 0,
) -> Contract:
    """Describes a cryptocurrency, such as BTC.

    ``exchange`` is PAXOS or ZEROHASH, by where the account has its coins. The currency is USD
    unless it is given, or left open with a con_id.

    Raises:
        ValueError: There is neither a symbol nor a con_id.
    """
    return _plain("a cryptocurrency", SecType.CRYPTO, symbol, exchange, currency, con_id)


def Commodity(
    symbol: str = "",
    exchange: str = "SMART",
    currency: str | None = None,
    *,
    con_id: int = 0,
) -> Contract:
    """Describes a commodity for immediate delivery, such as XAUUSD: gold.

    The currency is USD unless it is given, or left open with a con_id.

    Raises:
        ValueError: There is neither a symbol nor a con_id.
    """
    return _plain("a commodity", SecType.COMMODITY, symbol, exchange, currency, con_id)


def CFD(
    symbol: str = "",
    exchange: str = "SMART",
    currency: str | None = None,
    *,
    con_id: int = 0,
) -> Contract:
    """Describes a contract for difference, by the symbol of its underlying or IB's own: IBUS500.

    The currency is USD unless it is given, or left open with a con_id. TWS quotes some of them only
    as what they are on.

    Raises:
        ValueError: There is neither a symbol nor a con_id.
    """
    return _plain("a CFD", SecType.CFD, symbol, exchange, currency, con_id)


def _plain(
    what: str, sec_type: SecType, symbol: str, exchange: str, currency: str | None, con_id: int
) -> Contract:
    need_one(what, symbol=symbol, con_id=con_id)
    return Contract(
        con_id=con_id,
        symbol=symbol,
        sec_type=sec_type,
        exchange=exchange,
        currency=currency_of(currency, con_id),
    )


def Combo(
    legs: Sequence[ComboLeg],
    symbol: str = "",
    exchange: str = "SMART",
    currency: str = "USD",
) -> Contract:
    """Describes several contracts that are traded as one: a spread.

    Args:
        legs: Two or more, each with a con_id (qualify() finds it), a ratio and an action. One
            without an exchange gets that of the combination.
        symbol: The underlying's; of stocks the symbols of all, with commas between.
        exchange: Where to trade it.
        currency: What it is quoted in.

    Raises:
        ValueError: There are fewer than two legs, two for the same contract, or one without a
            con_id, with a ratio below 1, or with an action that is none.
    """
    if len(legs) < _FEWEST_LEGS:
        raise ValueError(f"a combination needs two legs or more, not {len(legs)}")
    for number, leg in enumerate(legs, 1):
        if leg.con_id <= 0:
            raise ValueError(f"leg {number} needs a con_id; qualify() finds it")
        if leg.ratio < 1:
            raise ValueError(f"leg {number} has ratio={leg.ratio}; it is 1 or more")
        if leg.action not in _SIDES:
            raise ValueError(f"leg {number} has action={leg.action!r}; it is BUY, SELL or SSHORT")
    if len({leg.con_id for leg in legs}) < len(legs):
        raise ValueError("two legs are for the same con_id; make them one, with a higher ratio")
    return Contract(
        symbol=symbol,
        sec_type=SecType.COMBO,
        exchange=exchange,
        currency=currency,
        combo_legs=tuple(evolve(leg, exchange=leg.exchange or exchange) for leg in legs),
    )
