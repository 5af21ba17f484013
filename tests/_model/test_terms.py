"""Terms are checked, and written the way TWS takes them."""

from datetime import UTC, date, datetime

import pytest

from trio_tws._model.terms import (
    currencies,
    currency_of,
    day,
    day_or_month,
    need_one,
    right_of,
    security_id,
    strike_price,
)
from trio_tws.testing import INSTRUMENTS

IDENTIFIERS = [pair for instrument in INSTRUMENTS for pair in instrument.identifiers]


def test_something_has_to_say_which_instrument_is_meant() -> None:
    need_one("a stock", symbol="AAPL", con_id=0)
    need_one("a stock", symbol="", con_id=265598)
    need_one("an index", exchange="CBOE")
    with pytest.raises(ValueError, match="a stock needs symbol or con_id"):
        need_one("a stock", symbol="", con_id=0)
    with pytest.raises(ValueError, match="con_id=-1 is none of IB's numbers"):
        need_one("a stock", symbol="", con_id=-1)


def test_the_currency_is_dollars_unless_it_is_given_or_not_needed() -> None:
    assert currency_of(None, 0) == "USD"
    assert not currency_of(None, 14204)
    assert not currency_of(None, 0, "BBG000BG7DY8")
    assert currency_of("EUR", 14204) == "EUR"
    assert not currency_of("", 0)


def test_a_day_is_a_date_or_eight_digits() -> None:
    assert day("end", date(2027, 12, 7)) == day("end", "20271207") == "20271207"
    assert day_or_month("end", date(2027, 12, 7)) == day_or_month("end", "20271207") == "20271207"
    assert day_or_month("end", "202712") == "202712"


@pytest.mark.parametrize("text", ["", "2027-12-17", "2027121", "20271232", "20270229", "²0271217"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"end='{text}' is no day; write it as 20271217"):
        day("end", text)
    with pytest.raises(ValueError, match=f"end='{text}' is neither a month nor a day"):
        day_or_month("end", text)


def test_a_month_is_one_of_twelve_and_no_day() -> None:
    with pytest.raises(ValueError, match="end='202713' is neither"):
        day_or_month("end", "202713")
    with pytest.raises(ValueError, match="end='202712' is no day"):
        day("end", "202712")


def test_a_moment_is_no_day_because_that_depends_on_the_zone() -> None:
    moment = datetime(2027, 12, 17, 23, tzinfo=UTC)
    for write in (day, day_or_month):
        with pytest.raises(ValueError, match=r"is a moment; give its day, with \.date\(\)"):
            write("end", moment)


def test_a_strike_is_above_zero_unless_it_is_that_of_a_spread() -> None:
    assert strike_price(0.5) == 0.5
    for strike in (0, -2.5):
        assert strike_price(strike, may_be_negative=True) == strike
        with pytest.raises(ValueError, match=f"strike={strike} is not above zero"):
            strike_price(strike)


@pytest.mark.parametrize("strike", [None, float("nan"), float("inf")])
def test_what_is_no_price_is_no_strike(strike: float | None) -> None:
    with pytest.raises(ValueError, match=f"strike={strike} is no price"):
        strike_price(strike, may_be_negative=True)


@pytest.mark.parametrize(
    ("right", "meant"), [("C", "C"), ("c", "C"), ("CALL", "C"), ("P", "P"), ("Put", "P")]
)
def test_a_right_may_be_a_letter_or_a_word(right: str, meant: str) -> None:
    assert right_of(right) == meant


@pytest.mark.parametrize("right", ["", "X", "?", "0"])
def test_what_is_no_right_is_refused(right: str) -> None:
    with pytest.raises(ValueError, match=r"is neither C \(call\) nor P \(put\)"):
        right_of(right)


@pytest.mark.parametrize("pair", ["EURUSD", "eurusd", "EUR.USD", "EUR/USD"])
def test_a_currency_pair_may_be_written_in_several_ways(pair: str) -> None:
    assert currencies(pair) == ("EUR", "USD")


@pytest.mark.parametrize(
    "pair", ["", "EURUS", "E.URUSD", "EUR-USD", "ÄÖÜUSD", "EURUSD\n", "EUREUR"]
)
def test_what_is_no_currency_pair_is_refused(pair: str) -> None:
    with pytest.raises(ValueError, match="is no currency pair; write it like EURUSD"):
        currencies(pair)


@pytest.mark.parametrize(("kind", "identifier"), [*IDENTIFIERS, ("CUSIP", "837649128")])
def test_an_identifier_is_known_by_its_kind(kind: str, identifier: str) -> None:
    assert security_id(**{kind.lower(): identifier.lower()}) == (kind, identifier)


@pytest.mark.parametrize(("kind", "identifier"), IDENTIFIERS)
def test_a_wrong_digit_is_a_typing_error(kind: str, identifier: str) -> None:
    for digit in set("0123456789") - {identifier[-1]}:
        with pytest.raises(ValueError, match="has a typing error"):
            security_id(**{kind.lower(): identifier[:-1] + digit})


@pytest.mark.parametrize("kind", ["figi", "cusip", "isin"])
@pytest.mark.parametrize(
    "text", ["AAPL", " 037833100", "US037833100", "BBG000A9XRY4C", "03783310²"]
)
def test_what_does_not_look_like_an_identifier_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"is no {kind.upper()} by its form"):
        security_id(**{kind: text})


def test_one_identifier_is_enough() -> None:
    assert security_id() == ("", "")
    with pytest.raises(ValueError, match="give only one of figi='F', cusip='C', isin='I'"):
        security_id(figi="F", cusip="C", isin="I")
