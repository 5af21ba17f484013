"""What a search finds."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_tws.testing._instruments import INSTRUMENTS, Instrument
from trio_tws.testing._search import find

CRITERIA = [
    "con_id",
    "symbol",
    "sec_type",
    "exchange",
    "primary_exchange",
    "currency",
    "last_trade_date_or_contract_month",
    "strike",
    "right",
    "multiplier",
    "local_symbol",
    "trading_class",
]


def names(**criteria: Any) -> list[str]:
    return [found.local_symbol for found in find(INSTRUMENTS, **criteria)]


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({"con_id": 265598}, ["AAPL"]),
        ({"con_id": 265598, "symbol": "MSFT"}, []),
        ({"con_id": 1}, []),
        ({"symbol": "AAPL", "sec_type": "STK", "exchange": "SMART", "currency": "USD"}, ["AAPL"]),
        ({"symbol": "AAPL", "sec_type": "STK", "exchange": "IEX"}, ["AAPL"]),
        ({"symbol": "AAPL", "sec_type": "STK", "exchange": "CME"}, []),
        ({"symbol": "IBM", "primary_exchange": "NYSE"}, ["IBM"]),
        ({"symbol": "IBM", "primary_exchange": "ARCA"}, []),
        ({"symbol": "SAP", "currency": "EUR"}, ["SAP"]),
        ({"symbol": "SAP", "currency": "USD"}, []),
        ({"symbol": "ES", "sec_type": "FUT"}, ["ESZ7", "ESH8"]),
        ({"symbol": "ES", "last_trade_date_or_contract_month": "202712"}, ["ESZ7"]),
        ({"symbol": "ES", "last_trade_date_or_contract_month": "20280317"}, ["ESH8"]),
        ({"symbol": "ES", "last_trade_date_or_contract_month": "202901"}, []),
        ({"symbol": "ES", "multiplier": "50"}, ["ESZ7", "ESH8"]),
        ({"symbol": "ES", "multiplier": "50.0"}, ["ESZ7", "ESH8"]),
        ({"symbol": "ES", "multiplier": "5"}, []),
        ({"symbol": "SPX", "multiplier": "5"}, []),
        ({"multiplier": "many"}, []),
        ({"local_symbol": "EUR.USD"}, ["EUR.USD"]),
        ({"trading_class": "XETRA"}, ["SAP"]),
        ({"sec_type": "OPT", "right": "CALL"}, ["AAPL  271217C00230000"]),
        ({"sec_type": "OPT", "right": "C"}, ["AAPL  271217C00230000"]),
        ({"sec_type": "OPT", "right": "PUT"}, ["AAPL  271217P00230000"]),
        ({"sec_type": "OPT", "right": "P", "strike": 230.0}, ["AAPL  271217P00230000"]),
        ({"sec_type": "OPT", "right": "P", "strike": 231.0}, []),
        ({"sec_type": "OPT", "right": "X"}, []),
        ({"sec_id_type": "ISIN", "sec_id": "US0378331005"}, ["AAPL"]),
        ({"sec_id_type": "FIGI", "sec_id": "BBG000B9XRY4"}, ["AAPL"]),
        ({"sec_id_type": "CUSIP", "sec_id": "037833AL4"}, ["IBCID127128131"]),
        ({"sec_id_type": "CUSIP", "sec_id": "US0378331005"}, []),
        ({"sec_id": "US0378331005"}, []),
        ({"symbol": "037833AL4", "sec_type": "BOND"}, ["IBCID127128131"]),
        ({"symbol": "NOSUCH"}, []),
    ],
    ids=str,
)
def test_all_criteria_must_match(criteria: dict[str, Any], found: list[str]) -> None:
    assert names(**criteria) == found


@pytest.mark.parametrize("unset", ["", "0", "?"])
def test_an_unset_right_matches_either(unset: str) -> None:
    assert len(names(sec_type="OPT", right=unset, strike=0.0)) == 2


def test_without_criteria_everything_is_found_in_order_of_con_id() -> None:
    assert find(reversed(INSTRUMENTS)) == sorted(INSTRUMENTS, key=lambda one: one.con_id)


@given(st.sampled_from(INSTRUMENTS), st.sets(st.sampled_from(CRITERIA)))
def test_an_instrument_is_found_by_any_of_its_own_facts(
    instrument: Instrument, criteria: set[str]
) -> None:
    facts = {name: getattr(instrument, name) for name in criteria}
    assert instrument in find(INSTRUMENTS, **facts)
