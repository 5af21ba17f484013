"""The values of an account, under the names and in the words that TWS has for them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from trio_tws.testing._books import Books
from trio_tws.testing._ledger import BASE, AccountWorth

_CENT: Final = Decimal("0.01")
_ZERO: Final = Decimal(0)

_BORROWED: Final = 4
"""How many times the funds available stocks may be bought for within a day, under Regulation T."""

_ALL_CURRENCIES: Final = "BASE"
"""What stands in the place of a currency for a sum over all of them."""

_NOTHING_HELD: Final = (
    "FundValue",
    "FutureOptionValue",
    "FxCashBalance",
    "IssuerOptionValue",
    "MoneyMarketFundValue",
    "MutualFundValue",
    "NetDividend",
    "TBillValue",
    "TBondValue",
    "WarrantValue",
)
"""Lines of the cash book for what nobody can hold here."""

_SEGMENT: Final = "-S"
"""The segment of securities, in which everything is kept here."""


class Figure(NamedTuple):
    """One value of an account."""

    key: str
    value: str
    currency: str
    """Empty for what is no money."""


def facts(books: Books, account: str, now: float) -> list[Figure]:
    """Gives what is said once of an account and has no segment, in the order of the alphabet."""
    worth, margin = books.worth(account, now), books.margin(account, now)
    total = worth.net_liquidation
    excess = worth.equity_with_loan - margin.maintenance
    said = {
        "AccountType": "INDIVIDUAL",
        "Cushion": _ratio(max(excess, _ZERO), total),
        "DayTradesRemaining": "-1",
        **{f"DayTradesRemainingT+{days}": "-1" for days in (1, 2, 3, 4)},
        "HighestSeverity": "0",
        "Leverage": _ratio(worth.gross, total),
        "LookAheadNextChange": "0",
    }
    return [Figure(key, value, "") for key, value in said.items()]


def sums(books: Books, account: str, now: float) -> list[Figure]:
    """Gives the values of the whole account in the base currency, in the order of the alphabet."""
    worth, margin = books.worth(account, now), books.margin(account, now)
    equity = worth.equity_with_loan
    available, excess = equity - margin.initial, equity - margin.maintenance
    said = {
        "AccruedCash": _ZERO,
        "AvailableFunds": available,
        "BuyingPower": max(available, _ZERO) * _BORROWED,
        "EquityWithLoanValue": equity,
        "ExcessLiquidity": excess,
        "FullAvailableFunds": available,
        "FullExcessLiquidity": excess,
        "FullInitMarginReq": margin.initial,
        "FullMaintMarginReq": margin.maintenance,
        "GrossPositionValue": worth.gross,
        "InitMarginReq": margin.initial,
        "LookAheadAvailableFunds": available,
        "LookAheadExcessLiquidity": excess,
        "LookAheadInitMarginReq": margin.initial,
        "LookAheadMaintMarginReq": margin.maintenance,
        "MaintMarginReq": margin.maintenance,
        "NetLiquidation": worth.net_liquidation,
        "PreviousDayEquityWithLoanValue": equity - worth.daily,  # but for what options have won
        "RegTEquity": equity,
        "RegTMargin": margin.initial,
        "SMA": max(available, _ZERO),
        "SettledCash": worth.cash,
        "TotalCashValue": worth.cash,
    }
    return [Figure(key, _money(value), BASE) for key, value in said.items()]


def ledger(books: Books, account: str, now: float, currency: str = "ALL") -> list[Figure]:
    """Gives the cash book of an account.

    Args:
        books: Where the account is.
        account: Its code.
        now: Epoch seconds.
        currency: Of which currency; BASE for the sum, and ALL for that and all currencies.
    """
    pages = {_ALL_CURRENCIES: books.worth(account, now)}
    pages |= {worth.currency: worth for worth in books.worths(account, now)}
    wanted = (
        pages if currency == "ALL" else {name: pages[name] for name in pages if name == currency}
    )
    return [line for name, worth in wanted.items() for line in _page(account, name, worth)]


def _page(account: str, name: str, worth: AccountWorth) -> Iterator[Figure]:
    """Gives the lines of the cash book for one currency."""
    yield Figure("AccountOrGroup", account, name)
    said = {
        "AccruedCash": _ZERO,
        "CashBalance": worth.cash,
        "CorporateBondValue": worth.bonds,
        "Cryptocurrency": worth.coins,
        "FuturesPNL": worth.futures_pnl,
        "NetLiquidationByCurrency": worth.net_liquidation,
        "OptionMarketValue": worth.options,
        "RealizedPnL": worth.realized,
        "StockMarketValue": worth.stocks,
        "TotalCashBalance": worth.cash,
        "UnrealizedPnL": worth.unrealized,
        **dict.fromkeys(_NOTHING_HELD, _ZERO),
    }
    yield Figure("Currency", name, name)
    yield Figure("ExchangeRate", f"{worth.rate:.7f}", name)
    yield Figure("RealCurrency", name, name)
    for key in sorted(said):
        yield Figure(key, _money(said[key]), name)


def everything(books: Books, account: str, now: float, *, ledger_only: bool) -> list[Figure]:
    """Gives all values of an account, as the account window shows them.

    Args:
        books: Where the account is.
        account: Its code.
        now: Epoch seconds.
        ledger_only: Whether only the cash book and the net liquidation value are wanted.
    """
    values = sums(books, account, now)
    if ledger_only:
        values = [one for one in values if one.key == "NetLiquidation"]
        return [*values, *ledger(books, account, now)]
    values = [one for one in values if one.key != "AccruedCash"]  # the cash book has it
    code = [Figure("AccountCode", account, ""), Figure("AccountReady", "true", "")]
    segment = [Figure(one.key + _SEGMENT, one.value, one.currency) for one in values]
    return [
        *code,
        *facts(books, account, now),
        *values,
        *segment,
        *ledger(books, account, now),
    ]


def summary(books: Books, account: str, tags: list[str], now: float) -> list[Figure]:
    """Gives what a summary of an account asks for; a name that TWS does not know has no answer."""
    wanted = set(tags)
    known = sorted([*facts(books, account, now), *sums(books, account, now)])
    found = [one for one in known if one.key in wanted]
    for tag in tags:
        name, _, currency = tag.partition(":")
        if name == "$LEDGER":
            found += ledger(books, account, now, currency or _ALL_CURRENCIES)
    return found


def _money(value: Decimal) -> str:
    return f"{value.quantize(_CENT) + _ZERO:f}"  # adding 0 takes the sign from -0.00


def _ratio(part: Decimal, whole: Decimal) -> str:
    return f"{part / whole:.6f}" if whole else "0"
