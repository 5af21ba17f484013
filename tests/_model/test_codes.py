"""Which codes end the request or order that they name.

The rows are IB's list of message codes, as far as a code does not simply end what it names.
"""

from typing import Final

import pytest

from trio_tws._enums import MarketDataKind
from trio_tws._model.codes import ADVICE, UNIDENTIFIED_FAILURES, ends_session, is_notice

GOES_ON: Final = {
    131: "sweep-to-fill and display size ignored",
    165: "historical data or scanner notice",
    316: "market depth halted",
    317: "market depth reset",
    399: "order message",
    404: "shares not yet located for short sale",
    481: "order size was reduced",
    492: "scanner result is limited",
    2109: "outside-hours flag ignored",
    2111: "algo start or end moved",
    2113: "bond size must be a multiple",
    2130: "products trade with a currency price factor",
    2137: "order would turn the position",
    2148: "value derived from the position is invalid",
    2150: "position-derived value invalid",
    2152: "smart depth: exchanges with and without permission",
    2161: "price cap notice",
    2168: "eTradeOnly no longer supported",
    2169: "firmQuoteOnly no longer supported",
    2174: "date given without time zone",
    2176: "sizes were trimmed",
    10018: "orders use economic value rule",
    10019: "trades use economic value rule",
    10090: "some of the requested ticks are not subscribed",
    10167: "delayed data is shown",
    10197: "no market data because of a competing session",
    10225: "bust event: real-time bars are off",
    10233: "defaults came from the cash preset",
    10288: "crypto market order confirmation",
    10310: "hint on the solicited flag",
    10311: "direct routing may cost more",
    10329: "order will be routed directly",
    10331: "stop order notice",
    10332: "crypto volatility notice",
    10333: "option exercise at the money",
    10334: "confirm omnibus account",
    10347: "limited liquidity",
    10349: "time in force was set to DAY by a preset",
}

SYSTEM: Final = (2100, 2103, 2104, 2105, 2106, 2107, 2108, 2110, 2119, 2157, 2158)
"""Farms and links, and account updates taken over by a new subscription."""

ANSWERS_TO_CANCELS: Final = {
    136: "the order cannot be cancelled",
    137: "too close to its start to be cancelled",
    161: "no longer cancellable",
    202: "order was cancelled",
    300: "no market data with this id",
    310: "no market depth with this id",
    365: "no scanner subscription with this id",
    366: "no historical query with this id",
    10147: "order to be cancelled was not found",
    10148: "order cannot be cancelled in its state",
    10185: "no PnL subscription with this id",
    10280: "WSH meta data cancel failed",
    10284: "WSH event cancel failed",
}

REFUSED_CHANGES: Final = {
    105: "modification changed too much",
    110: "price is not a multiple of the minimum tick",
    134: "modification failed",
    329: "modification cannot change the order type",
    422: "account and clearing attributes cannot be changed",
    434: "size is zero",
    440: "algo cannot be modified",
    444: "volatility combo not yet acknowledged",
    462: "replacement of the order refused",
    2102: "order still being processed",
    10241: "cash-quantity order cannot be modified",
    10242: "fractional order cannot be modified",
    10308: "post-to-ATS cannot be revised",
    10326: "OCA group cannot be revised",
    10327: "OCA type cannot be revised",
    10341: "parent id cannot be changed",
}

ENDS: Final = (
    *(101, 102, 103, 104, 106, 109, 135, 162, 200, 201, 203, 320, 321, 322, 354, 385, 420),
    *(2101, 10149, 10168, 10182, 10186, 10187, 10188, 10189, 10190, 10358),
)

UNKNOWN: Final = (-1, 0, 999, 2099, 2200, 65_000)


@pytest.mark.parametrize("code", [*GOES_ON, *SYSTEM, *ANSWERS_TO_CANCELS])
def test_a_notice_leaves_what_it_names_as_it_is(code: int) -> None:
    assert is_notice(code, "TWS's words")
    assert is_notice(code, "TWS's words", is_working=True)


@pytest.mark.parametrize("code", [*ENDS, *UNKNOWN])
def test_a_failure_ends_what_it_names(code: int) -> None:
    assert not is_notice(code, "TWS's words")
    assert not is_notice(code, "TWS's words", MarketDataKind.DELAYED, is_working=True)


@pytest.mark.parametrize("code", REFUSED_CHANGES)
def test_a_refused_change_ends_a_new_order_and_leaves_a_working_one(code: int) -> None:
    assert not is_notice(code, REFUSED_CHANGES[code])
    assert is_notice(code, REFUSED_CHANGES[code], is_working=True)


@pytest.mark.parametrize("code", [10089, 10091])
def test_delayed_data_flows_only_where_it_was_asked_for(code: int) -> None:
    goes_on = {kind for kind in MarketDataKind if is_notice(code, "not subscribed", kind)}

    assert goes_on == {MarketDataKind.DELAYED, MarketDataKind.DELAYED_FROZEN}
    assert not is_notice(code, "not subscribed")


@pytest.mark.parametrize("code", [*ENDS, *UNKNOWN, *REFUSED_CHANGES, 10089])
def test_words_that_begin_with_warning_are_a_notice_under_any_code(code: int) -> None:
    assert is_notice(code, "Warning: your order will not be placed at the exchange until 09:30")
    assert not is_notice(code, "No Warning: it failed")


@pytest.mark.parametrize("code", [100, 326, 357, 438, 1300, 10141])
def test_some_codes_are_the_last_words_of_a_session(code: int) -> None:
    assert ends_session(code)


@pytest.mark.parametrize("code", [502, 504, 507, 1100, 1101, 1102, 2104, 2110, 200, 321, 322])
def test_others_are_not(code: int) -> None:
    """502 and its kin are made up by clients; 1100 says that TWS lost IB, not that we lost TWS."""
    assert not ends_session(code)


def test_failures_of_requests_without_an_id_are_failures() -> None:
    assert sorted(UNIDENTIFIED_FAILURES) == [320, 321, 322]
    assert not any(is_notice(code, "") for code in UNIDENTIFIED_FAILURES)


def test_advice_is_given_for_what_ends_something() -> None:
    for code, advice in ADVICE.items():
        assert ends_session(code) or not is_notice(code, "")
        assert advice.endswith(".")
