"""Builders fill in what TWS needs of each kind of instrument, and refuse what can't be right."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.helpers import at
from trio_tws._enums import SecType
from trio_tws._model.builders import Bond, Forex, Future, Index, Option, Stock
from trio_tws._model.contracts import Contract, ReqContractData
from trio_tws.protocol import Role, State

DATE = "last_trade_date_or_contract_month"

BUILT: list[tuple[Contract, Contract]] = [
    (
        Stock("AAPL"),
        Contract(symbol="AAPL", sec_type=SecType.STOCK, exchange="SMART", currency="USD"),
    ),
    (
        Stock("MSFT", "SMART", "USD", primary_exchange="NASDAQ"),
        Contract(
            symbol="MSFT",
            sec_type=SecType.STOCK,
            exchange="SMART",
            primary_exchange="NASDAQ",
            currency="USD",
        ),
    ),
    (
        Stock(con_id=265598),
        Contract(con_id=265598, sec_type=SecType.STOCK, exchange="SMART", currency="USD"),
    ),
    (
        Option("SPX", "20271217", 5000, "call", "CBOE", multiplier="100", trading_class="SPXW"),
        Contract(
            symbol="SPX",
            sec_type=SecType.OPTION,
            last_trade_date_or_contract_month="20271217",
            strike=5000,
            right="C",
            multiplier="100",
            exchange="CBOE",
            currency="USD",
            trading_class="SPXW",
        ),
    ),
    (
        Future("ES", "202712", "CME"),
        Contract(
            symbol="ES",
            sec_type=SecType.FUTURE,
            last_trade_date_or_contract_month="202712",
            exchange="CME",
            currency="USD",
        ),
    ),
    (
        Future(local_symbol="FDAX 20271217 M", exchange="EUREX", currency="EUR", multiplier="25"),
        Contract(
            sec_type=SecType.FUTURE,
            exchange="EUREX",
            currency="EUR",
            local_symbol="FDAX 20271217 M",
            multiplier="25",
        ),
    ),
    (
        Future("ES", "20251219", "CME", trading_class="ES", include_expired=True),
        Contract(
            symbol="ES",
            sec_type=SecType.FUTURE,
            last_trade_date_or_contract_month="20251219",
            exchange="CME",
            currency="USD",
            trading_class="ES",
            include_expired=True,
        ),
    ),
    (
        Forex("EURUSD"),
        Contract(symbol="EUR", sec_type=SecType.FOREX, exchange="IDEALPRO", currency="USD"),
    ),
    (
        Index("DAX", "EUREX", "EUR"),
        Contract(symbol="DAX", sec_type=SecType.INDEX, exchange="EUREX", currency="EUR"),
    ),
    (
        Bond(cusip="912810TW8"),
        Contract(
            sec_type=SecType.BOND,
            exchange="SMART",
            currency="USD",
            sec_id_type="CUSIP",
            sec_id="912810TW8",
        ),
    ),
    (
        Bond(isin="US912810TW80"),
        Contract(
            sec_type=SecType.BOND,
            exchange="SMART",
            currency="USD",
            sec_id_type="ISIN",
            sec_id="US912810TW80",
        ),
    ),
    (
        Bond(issuer_id="e1234567"),
        Contract(sec_type=SecType.BOND, exchange="SMART", currency="USD", issuer_id="e1234567"),
    ),
    (
        Bond("912810TW8", con_id=1),
        Contract(
            con_id=1, symbol="912810TW8", sec_type=SecType.BOND, exchange="SMART", currency="USD"
        ),
    ),
]


@pytest.mark.parametrize(("built", "expected"), BUILT)
def test_a_builder_fills_in_what_the_instrument_needs(built: Contract, expected: Contract) -> None:
    assert built == expected


@pytest.mark.parametrize("built", [built for built, _ in BUILT])
def test_what_is_built_can_be_sent(built: Contract) -> None:
    client, server = (at(role, State.READY) for role in (Role.CLIENT, Role.SERVER))

    server.receive_data(client.send(ReqContractData(1, built)))

    assert server.events() == [ReqContractData(1, built)]


@pytest.mark.parametrize(
    ("right", "meant"), [("C", "C"), ("c", "C"), ("CALL", "C"), ("P", "P"), ("Put", "P")]
)
def test_a_right_may_be_a_letter_or_a_word(right: str, meant: str) -> None:
    assert Option("AAPL", "20271217", 200.0, right).right == meant


@pytest.mark.parametrize("pair", ["EURUSD", "eurusd", "EUR.USD", "EUR/USD"])
def test_a_currency_pair_may_be_written_in_several_ways(pair: str) -> None:
    assert Forex(pair) == Forex("EURUSD")


def test_a_future_without_a_month_stands_for_all_of_them() -> None:
    assert not Future("ES", exchange="CME").last_trade_date_or_contract_month


def test_a_strike_may_be_zero_or_less() -> None:
    """Options on spreads have such strikes."""
    assert [Option("CL", "20271217", strike, "C").strike for strike in (0, -2.5)] == [0, -2.5]


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (Stock, "a stock needs symbol or con_id"),
        (partial(Option, "", "20271217", 200.0, "C"), "an option needs symbol"),
        (partial(Option, "AAPL", "202712", 200.0, "C"), "last_trade_date='202712' is no day"),
        (partial(Option, "AAPL", "2027-12-17", 200.0, "C"), "is no day; write it as 20271217"),
        (partial(Option, "AAPL", "", 200.0, "C"), "last_trade_date='' is no day"),
        (partial(Option, "AAPL", "20271217", float("nan"), "C"), "strike=nan is no price"),
        (partial(Option, "AAPL", "20271217", float("inf"), "C"), "strike=inf is no price"),
        (partial(Option, "AAPL", "20271217", 200.0, "X"), "right='X' is neither C .* nor P"),
        (partial(Option, "AAPL", "20271217", 200.0, ""), "right='' is neither"),
        (Future, "a future needs symbol or local_symbol"),
        (partial(Future, "ES", "Dec 2027", "CME"), f"{DATE}='Dec 2027' is neither a month nor"),
        (partial(Future, "ES", "2027121", "CME"), "write it as 202712 or 20271217"),
        (partial(Forex, "EURUS"), "'EURUS' is no currency pair; write it like EURUSD"),
        (partial(Forex, "E.URUSD"), "is no currency pair"),
        (partial(Forex, "EUR-USD"), "is no currency pair"),
        (partial(Forex, "ÄÖÜUSD"), "is no currency pair"),
        (partial(Forex, "EURUSD\n"), "is no currency pair"),
        (partial(Index, "", "CBOE"), "an index needs symbol"),
        (partial(Index, "SPX", ""), "an index needs exchange"),
        (Bond, "a bond needs symbol or con_id or cusip or isin or issuer_id"),
        (partial(Bond, cusip="C", isin="I"), "give cusip='C' or isin='I', not both"),
    ],
)
def test_what_can_not_be_right_is_refused(build: Callable[[], Contract], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build()
