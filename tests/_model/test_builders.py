"""Builders fill in what TWS needs of each kind of instrument, and refuse what can't be right."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.helpers import at
from trio_tws._enums import SecType
from trio_tws._model.builders import (
    CFD,
    Bond,
    Combo,
    Commodity,
    Crypto,
    Forex,
    Fund,
    Index,
    Stock,
)
from trio_tws._model.contracts import ComboLeg, Contract, ReqContractData
from trio_tws.protocol import Role, State

BUY_ONE = ComboLeg(1, 1, "BUY")

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
        Contract(con_id=265598, sec_type=SecType.STOCK, exchange="SMART"),
    ),
    (
        Stock(figi="bbg000b9xry4"),
        Contract(
            sec_type=SecType.STOCK, exchange="SMART", sec_id_type="FIGI", sec_id="BBG000B9XRY4"
        ),
    ),
    (
        Stock(isin="US0378331005", currency="EUR", exchange="IBIS"),
        Contract(
            sec_type=SecType.STOCK,
            exchange="IBIS",
            currency="EUR",
            sec_id_type="ISIN",
            sec_id="US0378331005",
        ),
    ),
    (
        Fund("VINIX"),
        Contract(symbol="VINIX", sec_type=SecType.FUND, exchange="FUNDSERV", currency="USD"),
    ),
    (
        Crypto("BTC"),
        Contract(symbol="BTC", sec_type=SecType.CRYPTO, exchange="PAXOS", currency="USD"),
    ),
    (
        Commodity("XAUUSD"),
        Contract(symbol="XAUUSD", sec_type=SecType.COMMODITY, exchange="SMART", currency="USD"),
    ),
    (
        CFD("IBDE40", currency="EUR"),
        Contract(symbol="IBDE40", sec_type=SecType.CFD, exchange="SMART", currency="EUR"),
    ),
    (CFD(con_id=1), Contract(con_id=1, sec_type=SecType.CFD, exchange="SMART")),
    (
        Combo((ComboLeg(1, 1, "BUY"), ComboLeg(2, 2, "SELL", "CBOE")), "AAPL"),
        Contract(
            symbol="AAPL",
            sec_type=SecType.COMBO,
            exchange="SMART",
            currency="USD",
            combo_legs=(ComboLeg(1, 1, "BUY", "SMART"), ComboLeg(2, 2, "SELL", "CBOE")),
        ),
    ),
    (
        Forex(con_id=12087792),
        Contract(con_id=12087792, sec_type=SecType.FOREX, exchange="IDEALPRO"),
    ),
    (Index(con_id=416904), Contract(con_id=416904, sec_type=SecType.INDEX)),
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
        Contract(con_id=1, symbol="912810TW8", sec_type=SecType.BOND, exchange="SMART"),
    ),
]


@pytest.mark.parametrize(("built", "expected"), BUILT)
def test_a_builder_fills_in_what_the_instrument_needs(built: Contract, expected: Contract) -> None:
    assert built == expected


@pytest.mark.parametrize("built", [built for built, _ in BUILT if not built.combo_legs])
def test_what_is_built_can_be_sent(built: Contract) -> None:
    """But for the legs of a combination, whose details nobody can ask for."""
    client, server = (at(role, State.READY) for role in (Role.CLIENT, Role.SERVER))

    server.receive_data(client.send(ReqContractData(1, built)))

    assert server.events() == [ReqContractData(1, built)]


@pytest.mark.parametrize("pair", ["EURUSD", "eurusd", "EUR.USD", "EUR/USD"])
def test_a_currency_pair_may_be_written_in_several_ways(pair: str) -> None:
    assert Forex(pair) == Forex("EURUSD")


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (Stock, "a stock needs symbol or con_id or figi or cusip or isin"),
        (partial(Forex, "EURUS"), "'EURUS' is no currency pair; write it like EURUSD"),
        (Forex, "a currency pair needs pair or con_id"),
        (partial(Index, "", "CBOE"), "an index needs symbol"),
        (partial(Index, "SPX", ""), "an index needs exchange"),
        (Bond, "a bond needs symbol or con_id or figi or cusip or isin or issuer_id"),
        (partial(Bond, cusip="C", isin="I"), "give only one of cusip='C', isin='I'"),
        (Fund, "a fund needs symbol"),
        (Crypto, "a cryptocurrency needs symbol or con_id"),
        (Commodity, "a commodity needs symbol or con_id"),
        (CFD, "a CFD needs symbol or con_id"),
        (partial(Combo, ()), "needs two legs or more, not 0"),
        (partial(Combo, (BUY_ONE,)), "needs two legs or more, not 1"),
        (partial(Combo, (BUY_ONE, BUY_ONE)), "two legs are for the same con_id"),
        (partial(Combo, (BUY_ONE, ComboLeg(0, 1, "SELL"))), "leg 2 needs a con_id"),
        (partial(Combo, (ComboLeg(2, 0, "SELL"), BUY_ONE)), "leg 1 has ratio=0; it is 1 or more"),
        (partial(Combo, (BUY_ONE, ComboLeg(2, 1, "sell"))), "leg 2 has action='sell'; it is BUY"),
    ],
)
def test_what_can_not_be_right_is_refused(build: Callable[[], Contract], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build()
