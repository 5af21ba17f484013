"""The built-in instruments, and what an instrument refuses to be."""

from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from trio_tws.testing._instruments import INSTRUMENTS, Instrument

BY_NAME = {instrument.local_symbol: instrument for instrument in INSTRUMENTS}
AAPL = BY_NAME["AAPL"]
CALL = BY_NAME["AAPL  271217C00230000"]
every_instrument = pytest.mark.parametrize("instrument", INSTRUMENTS, ids=list(BY_NAME))


def check_digit(body: str) -> int:
    """The last digit of a CUSIP or ISIN, by Luhn's rule on what letters stand for.

    An ISIN spells a letter as two digits and doubles every other digit from the right; a CUSIP
    doubles every other character's value from the left.
    """
    values = [int(character, 36) for character in body]
    if len(body) == 8:
        digits = [value * (1 + index % 2) for index, value in enumerate(values)]
    else:
        spelled = "".join(map(str, values))
        digits = [int(digit) * (2 - index % 2) for index, digit in enumerate(reversed(spelled))]
    return -sum(digit // 10 + digit % 10 for digit in digits) % 10


def test_no_two_have_the_same_con_id_or_name() -> None:
    assert max(Counter(instrument.con_id for instrument in INSTRUMENTS).values()) == 1
    assert len(BY_NAME) == len(INSTRUMENTS)


def test_there_is_one_of_each_kind() -> None:
    kinds = Counter(instrument.sec_type for instrument in INSTRUMENTS)
    assert kinds == {"STK": 5, "FUT": 2, "IND": 1, "CASH": 1, "OPT": 2, "BOND": 1, "CRYPTO": 1}


@every_instrument
def test_its_con_id_fits_the_wire(instrument: Instrument) -> None:
    assert 0 < instrument.con_id < 2**31 - 1


@every_instrument
def test_its_zone_exists(instrument: Instrument) -> None:
    assert ZoneInfo(instrument.time_zone_id)


@every_instrument
def test_its_lists_fit_each_other(instrument: Instrument) -> None:
    exchanges = instrument.valid_exchanges.split(",")
    assert instrument.exchange in exchanges
    assert len(exchanges) == len(instrument.market_rule_ids.split(","))


@every_instrument
def test_its_identifiers_have_the_right_check_digits(instrument: Instrument) -> None:
    for kind, identifier in instrument.identifiers:
        if kind in {"ISIN", "CUSIP"}:
            assert int(identifier[-1]) == check_digit(identifier[:-1]), identifier


def test_the_options_are_on_the_stock() -> None:
    for right in ("C", "P"):
        option = BY_NAME[f"AAPL  271217{right}00230000"]
        assert (option.under_con_id, option.right) == (AAPL.con_id, right)


def test_nothing_is_traded_at_smart_but_what_names_nothing_else() -> None:
    assert AAPL.venue == "NASDAQ"
    kinds = {one.sec_type for one in INSTRUMENTS if one.venue == "SMART"}
    assert kinds == {"OPT", "BOND"}


def test_an_index_has_no_quotes_and_a_pair_no_trades() -> None:
    assert [one.local_symbol for one in INSTRUMENTS if not one.has_quotes] == ["SPX"]
    assert [one.local_symbol for one in INSTRUMENTS if not one.has_trades] == ["EUR.USD"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"con_id": 0},
        {"min_tick": 0.0},
        {"base_price": -1.0},
        {"volatility": -0.1},
        {"spread_ticks": -1},
        {"lot_size": 0},
    ],
    ids=str,
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"'{next(iter(wrong))}' must be"):
        attrs.evolve(AAPL, **wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"strike": 0.0},
        {"right": "CALL"},
        {"last_trade_date_or_contract_month": ""},
        {"under_con_id": 0},
    ],
    ids=str,
)
def test_an_option_without_its_terms_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"lacks its {next(iter(wrong))}"):
        attrs.evolve(CALL, **wrong)
