"""Builders of futures, options and warrants fill in what is needed, and check the terms."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from tests.helpers import at
from trio_tws._enums import SecType
from trio_tws._model.contracts import Contract, ReqContractData
from trio_tws._model.derivatives import ContinuousFuture, Future, FutureOption, Option, Warrant
from trio_tws.protocol import Role, State

END = "last_trade_date_or_contract_month"
DAY = date(2027, 12, 17)

BUILT: list[tuple[Contract, Contract]] = [
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
        Option(con_id=1),
        Contract(con_id=1, sec_type=SecType.OPTION, exchange="SMART"),
    ),
    (
        Option(local_symbol="AAPL  271217P00230000", last_trade_date=DAY, strike=230, right="p"),
        Contract(
            sec_type=SecType.OPTION,
            last_trade_date_or_contract_month="20271217",
            strike=230,
            right="P",
            exchange="SMART",
            currency="USD",
            local_symbol="AAPL  271217P00230000",
        ),
    ),
    (
        FutureOption("GBL", DAY, 138, "C", "EUREX", "EUR", multiplier="1000"),
        Contract(
            symbol="GBL",
            sec_type=SecType.FUTURE_OPTION,
            last_trade_date_or_contract_month="20271217",
            strike=138,
            right="C",
            multiplier="1000",
            exchange="EUREX",
            currency="EUR",
        ),
    ),
    (
        Warrant(isin="DE0007164600", exchange="FWB", currency="EUR"),
        Contract(
            sec_type=SecType.WARRANT,
            exchange="FWB",
            currency="EUR",
            sec_id_type="ISIN",
            sec_id="DE0007164600",
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
        Future("ES", date(2025, 12, 19), "CME", trading_class="ES", include_expired=True),
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
        ContinuousFuture("GBL", "EUREX", "EUR"),
        Contract(
            symbol="GBL", sec_type=SecType.CONTINUOUS_FUTURE, exchange="EUREX", currency="EUR"
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


def test_a_future_without_a_month_stands_for_all_of_them() -> None:
    assert not Future("ES", exchange="CME").last_trade_date_or_contract_month


def test_an_option_on_the_spread_of_two_futures_may_have_any_strike() -> None:
    for strike in (0, -2.5):
        assert FutureOption("CL", "20271217", strike, "C", "NYMEX").strike == strike


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (Option, "an option needs symbol or local_symbol or con_id or figi or isin"),
        (partial(Option, "AAPL"), "last_trade_date='' is no day"),
        (partial(Option, "AAPL", DAY), "strike=None is no price"),
        (partial(Option, "AAPL", DAY, 200.0), "right='' is neither"),
        (partial(Option, "AAPL", "202712", 200.0, "C"), "last_trade_date='202712' is no day"),
        (partial(Option, "AAPL", DAY, 0, "C"), "strike=0 is not above zero"),
        (partial(Option, "AAPL", DAY, 200.0, "X"), "right='X' is neither C .* nor P"),
        (partial(Option, con_id=1, right="X"), "right='X' is neither"),
        (partial(Option, con_id=1, strike=-1), "strike=-1 is not above zero"),
        (partial(Option, con_id=1, last_trade_date="soon"), "last_trade_date='soon' is no day"),
        (FutureOption, "an option on a future needs symbol"),
        (partial(FutureOption, "ES", DAY, float("nan"), "C"), "strike=nan is no price"),
        (Warrant, "a warrant needs symbol"),
        (partial(Warrant, "GOOG", DAY, -1.0, "C"), "strike=-1.0 is not above zero"),
        (Future, "a future needs symbol or local_symbol"),
        (partial(Future, "ES", "Dec 2027", "CME"), f"{END}='Dec 2027' is neither a month nor"),
        (ContinuousFuture, "a continuous future needs symbol or local_symbol or con_id"),
    ],
)
def test_what_can_not_be_right_is_refused(build: Callable[[], Contract], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build()
