from decimal import Decimal
from typing import Final

from trio_tws import ACCOUNT_SUMMARY_TAGS
from trio_tws.testing import INSTRUMENTS, Books, Market
from trio_tws.testing._account_figures import Figure, everything, facts, ledger, summary, sums

NOON: Final = 1_705_406_400.0
MARKET: Final = Market(INSTRUMENTS)
AAPL: Final = 265598
PAIR: Final = 12087792
CENT: Final = Decimal("0.01")


def books(cash: int = 100_000) -> Books:
    return Books(["DU1"], MARKET, Decimal(cash))


def traded() -> Books:
    one = books()
    one.trade("DU1", AAPL, Decimal(100), 200.0, Decimal(1), NOON)
    one.trade("DU1", PAIR, Decimal(1000), 1.1, Decimal(0), NOON)
    return one


def value(figures: list[Figure], key: str, currency: str) -> Decimal:
    (found,) = (one.value for one in figures if (one.key, one.currency) == (key, currency))
    return Decimal(found)


def test_sums_are_of_all_currencies_and_to_the_cent() -> None:
    one = traded()
    figures, worth, margin = sums(one, "DU1", NOON), one.worth("DU1", NOON), one.margin("DU1", NOON)
    assert figures == sorted(figures)
    assert value(figures, "NetLiquidation", "USD") == worth.net_liquidation.quantize(CENT)
    assert value(figures, "TotalCashValue", "USD") == worth.cash.quantize(CENT)
    assert value(figures, "InitMarginReq", "USD") == margin.initial.quantize(CENT)
    available = worth.equity_with_loan - margin.initial
    assert value(figures, "AvailableFunds", "USD") == available.quantize(CENT)
    assert value(figures, "BuyingPower", "USD") == (4 * available).quantize(CENT)


def test_there_is_no_minus_before_a_zero() -> None:
    one = books()
    one.trade("DU1", AAPL, Decimal(1), 200.0, Decimal("0.001"), NOON)
    one.trade("DU1", AAPL, Decimal(-1), 200.0, Decimal("0.001"), NOON)
    assert ("RealizedPnL", "0.00", "USD") in ledger(one, "DU1", NOON)


def test_facts_are_no_money() -> None:
    figures = facts(traded(), "DU1", NOON)
    assert {one.currency for one in figures} == {""}
    assert 0 < value(figures, "Leverage", "") < 1
    assert 0 < value(figures, "Cushion", "") < 1


def test_an_account_without_money_has_no_ratios() -> None:
    assert value(facts(books(0), "DU1", NOON), "Cushion", "") == 0


def test_the_cash_book_has_a_page_for_each_currency_and_one_for_all() -> None:
    one = traded()
    figures = ledger(one, "DU1", NOON)
    assert list(dict.fromkeys(figure.currency for figure in figures)) == ["BASE", "USD", "EUR"]
    assert value(figures, "CashBalance", "EUR") == 1000
    assert value(figures, "CashBalance", "USD") == 100_000 - 20_001 - 1100
    assert value(figures, "CashBalance", "BASE") == one.worth("DU1", NOON).cash.quantize(CENT)
    assert value(figures, "ExchangeRate", "EUR") == Decimal(str(MARKET.price(PAIR, NOON)))


def test_one_page_of_it_can_be_had() -> None:
    one = traded()
    assert {figure.currency for figure in ledger(one, "DU1", NOON, "EUR")} == {"EUR"}
    assert ledger(one, "DU1", NOON, "GBP") == []


def test_everything_is_the_facts_the_sums_by_segment_and_the_cash_book() -> None:
    one = traded()
    figures = everything(one, "DU1", NOON, ledger_only=False)
    assert figures[:2] == [("AccountCode", "DU1", ""), ("AccountReady", "true", "")]
    assert value(figures, "NetLiquidation", "USD") == value(figures, "NetLiquidation-S", "USD")
    assert figures[-len(ledger(one, "DU1", NOON)) :] == ledger(one, "DU1", NOON)
    assert len(set(figures)) == len(figures)


def test_the_cash_book_comes_with_the_net_liquidation_value_if_no_more_is_wanted() -> None:
    one = traded()
    figures = everything(one, "DU1", NOON, ledger_only=True)
    assert figures[0].key == "NetLiquidation"
    assert figures[1:] == ledger(one, "DU1", NOON)


def test_a_summary_is_what_was_wanted_in_the_order_of_the_alphabet() -> None:
    one = traded()
    tags = ["NetLiquidation", "Cushion", "NoSuchTag", "$LEDGER:EUR"]
    figures = summary(one, "DU1", tags, NOON)
    assert [figure.key for figure in figures[:2]] == ["Cushion", "NetLiquidation"]
    assert figures[2:] == ledger(one, "DU1", NOON, "EUR")
    assert summary(one, "DU1", ["$LEDGER"], NOON) == ledger(one, "DU1", NOON, "BASE")
    assert summary(one, "DU1", ["$LEDGER:ALL"], NOON) == ledger(one, "DU1", NOON)


def test_every_tag_that_the_client_asks_for_is_there() -> None:
    figures = summary(traded(), "DU1", list(ACCOUNT_SUMMARY_TAGS), NOON)
    assert sorted(figure.key for figure in figures) == sorted(ACCOUNT_SUMMARY_TAGS)
