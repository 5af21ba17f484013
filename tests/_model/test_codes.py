"""Which codes end the request or order that they name.

The rows are IB's list of message codes, as far as a code does not simply end what it names.
"""

import subprocess
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Final

import attrs
import pytest

from trio_tws import _errors, _model, treat_as_notice
from trio_tws._enums import MarketDataKind
from trio_tws._errors import RequestError
from trio_tws._model.codes import (
    TABLE,
    CodeClass,
    CodeFacts,
    Ends,
    Scope,
    code_table,
    ends_session,
    is_notice,
)

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

SESSION: Final = (100, 326, 357, 438, 1300, 10141)

ENDS: Final = (
    *(101, 102, 103, 104, 106, 109, 135, 162, 200, 201, 203, 320, 321, 322, 354, 385, 420),
    *(2101, 10149, 10168, 10182, 10186, 10187, 10188, 10189, 10190, 10358),
)

UNKNOWN: Final = (-1, 0, 999, 2099, 2200, 65_000)

CONNECTIVITY: Final = (1100, 1101, 1102, 2103, 2104, 2105, 2106, 2110, 2157, 2158)

MET_SINCE: Final = {
    2188,  # historical bars without their last moments; wboayue/rust-ibapi#764
}
"""What no list has yet."""

KNOWN: Final = frozenset(
    map(int, (Path(__file__).parents[1] / "data/codes.txt").read_text(encoding="utf-8").split())
)

SCOPES: Final = {
    CodeClass.INFORMATION: {Scope.REQUEST, Scope.ORDER, Scope.SESSION},
    CodeClass.WARNING: {Scope.REQUEST, Scope.ORDER, Scope.ANY, Scope.SESSION},
    CodeClass.REQUEST: {Scope.REQUEST, Scope.ORDER, Scope.ANY},
    CodeClass.ORDER: {Scope.ORDER, Scope.ANY},
    CodeClass.CANCEL: {Scope.REQUEST, Scope.ORDER},
    CodeClass.CONNECTIVITY: {Scope.SESSION},
    CodeClass.SESSION: {Scope.SESSION},
    CodeClass.CLIENT: {Scope.CALL},
}

ENDS_BY_CLASS: Final = {
    CodeClass.INFORMATION: {Ends.NO},
    CodeClass.WARNING: {Ends.NO},
    CodeClass.REQUEST: {Ends.YES, Ends.LIVE},
    CodeClass.ORDER: {Ends.YES, Ends.NEW},
    CodeClass.CANCEL: {Ends.NO},
    CodeClass.CONNECTIVITY: {Ends.NO},
    CodeClass.SESSION: {Ends.YES},
    CodeClass.CLIENT: {Ends.YES},
}


def classed(code_class: CodeClass) -> set[int]:
    return {code for code, facts in code_table().items() if facts.code_class is code_class}


def test_every_code_is_classed_once() -> None:
    text = files(_model).joinpath(TABLE).read_text(encoding="utf-8")
    rows = Counter(int(line.split("\t")[0]) for line in text.splitlines()[1:])

    assert set(rows) == KNOWN | MET_SINCE
    assert set(rows.values()) == {1}
    assert list(rows) == sorted(rows) == list(code_table())


def test_the_head_of_the_table_names_what_is_read() -> None:
    head = files(_model).joinpath(TABLE).read_text(encoding="utf-8").splitlines()[0].split("\t")
    order = ["code", "class", "scope", "ends", "family", "advice", "meaning"]

    assert head == order
    assert [field.name for field in attrs.fields(CodeFacts)] == ["code", "code_class", *order[2:]]


def test_every_row_agrees_with_itself() -> None:
    for code, facts in code_table().items():
        assert facts.code == code
        assert facts.scope in SCOPES[facts.code_class], facts
        assert facts.ends in ENDS_BY_CLASS[facts.code_class], facts
        assert facts.meaning, facts
        assert not facts.meaning.endswith("."), facts
        assert not facts.advice or facts.advice.endswith("."), facts


def test_what_raises_is_a_kind_of_refusal_and_ends_what_it_names() -> None:
    for facts in code_table().values():
        if facts.family:
            name = facts.family.removesuffix("?")
            assert name == "" or issubclass(getattr(_errors, name), RequestError), facts
            assert facts.ends is not Ends.NO, facts


def test_the_class_of_a_code_is_that_of_the_lists_below() -> None:
    ends = {code for code in ENDS if code not in SESSION}

    assert classed(CodeClass.CANCEL) == set(ANSWERS_TO_CANCELS)
    assert classed(CodeClass.CONNECTIVITY) == set(CONNECTIVITY)
    assert classed(CodeClass.SESSION) == set(SESSION)
    assert set(GOES_ON) <= classed(CodeClass.INFORMATION) | classed(CodeClass.WARNING)
    assert ends <= classed(CodeClass.REQUEST) | classed(CodeClass.ORDER)
    assert set(REFUSED_CHANGES) <= classed(CodeClass.ORDER)
    assert {code for code, facts in code_table().items() if facts.ends is Ends.NEW} == set(
        REFUSED_CHANGES
    )


@pytest.mark.slow
def test_the_table_is_not_read_before_it_is_needed() -> None:
    program = (
        "from trio_tws import open_tws; from trio_tws._model.codes import code_table; "
        "raise SystemExit(code_table.cache_info().currsize)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("code", [*GOES_ON, *SYSTEM, *ANSWERS_TO_CANCELS, *CONNECTIVITY, 2199])
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


def test_a_program_may_add_notices_that_ib_has_added() -> None:
    added, other = 65_191, 65_192  # of no other test: what is added stays so
    assert not is_notice(added, "TWS's words")

    treat_as_notice(added)
    treat_as_notice()

    assert is_notice(added, "TWS's words")
    assert not is_notice(other, "TWS's words")
    assert added not in code_table()


@pytest.mark.parametrize("code", SESSION)
def test_some_codes_are_the_last_words_of_a_session(code: int) -> None:
    assert ends_session(code)


@pytest.mark.parametrize("code", [502, 504, 507, 1100, 1101, 1102, 2104, 2110, 200, 321, *UNKNOWN])
def test_others_are_not(code: int) -> None:
    """502 and its kin are made up by clients; 1100 says that TWS lost IB, not that we lost TWS."""
    assert not ends_session(code)
