from decimal import Decimal
from typing import Final

import attrs
import pytest

from trio_tws.testing import INSTRUMENTS, Instrument, Margin, Market
from trio_tws.testing._ledger import Ledger, rate

NOON: Final = 1_705_406_400.0
"""Of a day in January 2024."""
DAY: Final = int(NOON // 86400)
MARKET: Final = Market(INSTRUMENTS)


def instrument(local_symbol: str) -> Instrument:
    return next(one for one in INSTRUMENTS if one.local_symbol == local_symbol)


AAPL: Final = instrument("AAPL")
SAP: Final = instrument("SAP")
FUTURE: Final = instrument("ESZ7")
PAIR: Final = instrument("EUR.USD")
BOND: Final = instrument("IBCID127128131")
COIN: Final = instrument("BTC.USD")
CALL: Final = instrument("AAPL  271217C00230000")


def unit(one: Instrument, now: float = NOON) -> Decimal:
    return Decimal(str(MARKET.price(one.con_id, now)))


def ledger() -> Ledger:
    return Ledger(MARKET, Decimal(100_000))


def test_rates_come_from_the_pairs_of_the_market() -> None:
    assert rate(MARKET, "USD", NOON) == 1
    assert rate(MARKET, "EUR", NOON) == unit(PAIR)
    assert rate(MARKET, "GBP", NOON) is None
    yen = attrs.evolve(PAIR, con_id=1, symbol="USD", currency="JPY", local_symbol="USD.JPY")
    market = Market([yen, AAPL])
    assert rate(market, "JPY", NOON) == 1 / Decimal(str(market.price(1, NOON)))


def test_a_stock_is_paid_for_and_is_worth_its_price() -> None:
    book = ledger()
    assert book.trade(AAPL, Decimal(10), 200.0, Decimal(1), DAY) is None
    (worth,) = book.worths(NOON)
    assert (worth.currency, worth.rate, worth.cash) == ("USD", Decimal(1), Decimal(97_999))
    assert worth.stocks == worth.gross == 10 * unit(AAPL)
    assert worth.unrealized == worth.daily == 10 * unit(AAPL) - 2001
    assert worth.net_liquidation == worth.equity_with_loan == worth.cash + worth.stocks
    assert book.margin(NOON) == Margin(worth.stocks / 2, worth.stocks / 4)


def test_a_future_moves_cash_by_what_it_has_won() -> None:
    book = ledger()
    book.trade(FUTURE, Decimal(2), 6000.0, Decimal(4), DAY)
    (worth,) = book.worths(NOON)
    assert worth.cash == 100_000 - 4 + 100 * (unit(FUTURE) - 6000)
    assert worth.futures_pnl == worth.cash - 100_000
    assert worth.gross == 0
    assert worth.net_liquidation == worth.cash
    assert book.margin(NOON).initial == Decimal("0.08") * 100 * unit(FUTURE)


def test_a_pair_moves_two_currencies() -> None:
    book = ledger()
    book.trade(PAIR, Decimal(1000), 1.1, Decimal(2), DAY)
    dollars, euros = book.worths(NOON)
    assert dollars.cash == 100_000 - 1102
    assert dollars.gross == dollars.stocks == 0
    assert (euros.currency, euros.rate, euros.cash) == ("EUR", unit(PAIR), Decimal(1000))
    assert book.margin(NOON).initial == Decimal("0.03") * 1000 * unit(PAIR)


def test_what_is_traded_in_another_currency_is_owed_in_that() -> None:
    book = ledger()
    book.trade(SAP, Decimal(10), 200.0, Decimal(0), DAY)
    dollars, euros = book.worths(NOON)
    assert dollars.net_liquidation == 100_000
    assert (euros.cash, euros.stocks) == (Decimal(-2000), 10 * unit(SAP))
    total = dollars.in_base(euros)
    assert total.currency == "USD"
    assert total.net_liquidation == 100_000 + (10 * unit(SAP) - 2000) * unit(PAIR)


def test_options_can_not_be_borrowed_on_and_bonds_can() -> None:
    book = ledger()
    book.trade(CALL, Decimal(1), 20.0, Decimal(0), DAY)
    book.trade(BOND, Decimal(1), 80.0, Decimal(0), DAY)
    (worth,) = book.worths(NOON)
    assert worth.options == 100 * unit(CALL)
    assert worth.bonds == 10 * unit(BOND)
    assert worth.net_liquidation - worth.equity_with_loan == worth.options


def test_a_coin_is_worth_what_it_costs_and_nothing_can_be_borrowed_on_it() -> None:
    book = ledger()
    book.trade(COIN, Decimal("0.5"), float(unit(COIN)), Decimal(0), DAY)
    (worth,) = book.worths(NOON)
    assert worth.coins == unit(COIN) / 2
    assert worth.net_liquidation == worth.equity_with_loan == 100_000
    assert book.margin(NOON) == Margin(worth.coins, worth.coins)


def test_an_option_that_was_sold_needs_a_margin_by_its_underlying() -> None:
    book = ledger()
    book.trade(CALL, Decimal(-1), 20.0, Decimal(0), DAY)
    assert book.margin(NOON).initial > 100 * unit(AAPL) / 10


def test_the_profit_of_the_day_begins_at_midnight() -> None:
    book = ledger()
    book.trade(AAPL, Decimal(10), 200.0, Decimal(1), DAY - 1)
    held = book.holding(AAPL.con_id, NOON)
    assert held.daily == 10 * (unit(AAPL) - unit(AAPL, DAY * 86400))
    assert held.average_cost == Decimal("200.1")
    assert (held.market_price, held.market_value) == (float(unit(AAPL)), 10 * unit(AAPL))


def test_what_is_not_held_is_a_holding_of_nothing() -> None:
    held = ledger().holding(AAPL.con_id, NOON)
    assert held.quantity == held.market_value == held.unrealized == held.daily == 0


def test_a_copy_is_another_book() -> None:
    book = ledger()
    copied = book.copy()
    assert copied.trade(AAPL, Decimal(1), 200.0, Decimal(1), DAY) is None
    assert copied.trade(AAPL, Decimal(-1), 201.0, Decimal(1), DAY) == -1
    assert book.holdings == {}
    assert book.cash == {"USD": 100_000}


def test_without_a_rate_nothing_can_be_said() -> None:
    """The books refuse such a trade before it comes here."""
    market = Market([SAP])
    book = Ledger(market, Decimal(0))
    book.trade(SAP, Decimal(1), 200.0, Decimal(0), DAY)
    with pytest.raises(AssertionError, match="without a rate"):
        list(book.worths(NOON))
