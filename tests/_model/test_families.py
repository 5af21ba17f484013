"""Which exception a refusal is, by its code and by TWS's words.

The words are such as TWS sent to users who published them; names of contracts are changed.
"""

from typing import Final

import pytest

from trio_tws import _errors
from trio_tws._errors import (
    AmbiguousContract,
    CompetingSession,
    ContractNotFound,
    InvalidRequest,
    LimitReached,
    NoData,
    NoMarketDataPermission,
    NotPermitted,
    PacingViolation,
    RequestCancelled,
    RequestError,
)
from trio_tws._model.bars import ReqHistoricalData
from trio_tws._model.builders import Stock
from trio_tws._model.codes import CodeClass, code_table, is_notice
from trio_tws._model.families import WORDS, request_error
from trio_tws._model.session import Error

SERVICE: Final = "Historical Market Data Service error message:"
ELSEWHERE: Final = "Trading TWS session is connected from a different IP address"
NO_PERMISSION: Final = "No market data permissions for ISLAND STK"
MORE_DETAILS: Final = (
    ". Requested market data requires additional subscription for API. See link in 'Market Data "
    "Connections' dialog for more details."
)
INVALID: Final = "Error validating request.-'bN' : cause - "
FAILED: Final = "Error processing request.-'bQ' : cause - "

BY_WORDS: Final = [
    (162, f"{SERVICE}HMDS query returned no data: AAPL@SMART Trades", NoData),
    (162, f"{SERVICE}No historical market data for CAC40/IND@MONEP Bid 1800", NoData),
    (162, f"{SERVICE}No data of type EODChart is available for the exchange 'BEST'", NoData),
    (162, f"{SERVICE}No head time stamp", NoData),
    (162, f"{SERVICE}Historical data request pacing violation", PacingViolation),
    (162, f"{SERVICE}API historical data query cancelled: 7", RequestCancelled),
    (162, f"{SERVICE}API scanner subscription cancelled: 7", RequestCancelled),
    (162, f"{SERVICE}{NO_PERMISSION}", NoMarketDataPermission),
    (162, f"{SERVICE}{NO_PERMISSION}{MORE_DETAILS}", NoMarketDataPermission),
    (162, f"{SERVICE}{ELSEWHERE}", CompetingSession),
    (162, f"{SERVICE}invalid step: 1", InvalidRequest),
    (162, f"{SERVICE}Time length exceed max.", InvalidRequest),
    (162, f"{SERVICE}BEST queries are not supported for this contract", InvalidRequest),
    (162, f"{SERVICE}something new", RequestError),
    (162, "Mensaje de error de los servicios de datos de mercado históricos:x", RequestError),
    (200, "No security definition has been found for the request", ContractNotFound),
    (200, "Invalid destination exchange specified", ContractNotFound),
    (200, "The contract description specified for GLD is ambiguous.", AmbiguousContract),
    (200, "… for ES is ambiguous; you must specify the multiplier.", AmbiguousContract),
    (321, f"{INVALID}Please enter a valid security type", InvalidRequest),
    (321, f"{INVALID}The API interface is currently in Read-Only mode.", NotPermitted),
    (322, f"{FAILED}Duplicate ticker ID for API historical data query", InvalidRequest),
    (322, f"{FAILED}Only 10 simultaneous API scanner subscriptions are allowed.", LimitReached),
    (322, f"{FAILED}Maximum number of account summary requests exceeded", LimitReached),
    (322, "Max number of tick-by-tick requests has been reached", LimitReached),
    (420, f"Invalid Real-time Query:{NO_PERMISSION}{MORE_DETAILS}", NoMarketDataPermission),
    (420, "Invalid Real-time Query:Historical data request pacing violation", PacingViolation),
    (420, "Invalid Real-time Query", RequestError),
    (10172, "Failed to request news article:No data available", NoData),
    (10187, f"Failed to request historical ticks:{NO_PERMISSION}", NoMarketDataPermission),
    (10188, f"Failed to request histogram data:{NO_PERMISSION}", NoMarketDataPermission),
    (10189, f"Failed to request tick-by-tick data.{NO_PERMISSION}.", NoMarketDataPermission),
    (10189, f"Failed to request tick-by-tick data.{ELSEWHERE}", CompetingSession),
    (10189, "… BidAsk tick-by-tick requests are not supported for EUR.USD.", InvalidRequest),
    (65_000, f"Something new:{NO_PERMISSION}", NoMarketDataPermission),
    (65_000, "Something new", RequestError),
]

BY_CODE: Final = [
    (100, "Max rate of messages per second has been exceeded:max=50 rec=51", PacingViolation),
    (101, "Max number of tickers has been reached", LimitReached),
    (102, "Duplicate ticker id", InvalidRequest),
    (309, "Max number (3) of market depth requests has been reached", LimitReached),
    (320, "Error reading request. Message id 20. No data", InvalidRequest),
    (354, "Requested market data is not subscribed.", NoMarketDataPermission),
    (430, "The fundamentals data for the security specified is not available.", NoData),
    (10089, "Requested market data requires additional subscription", NoMarketDataPermission),
    (10092, "Deep market data is not supported for this combination", InvalidRequest),
    (10168, "Requested market data is not subscribed.", NoMarketDataPermission),
    (10182, "Failed to request live updates (disconnected).", RequestCancelled),
    (10186, "Requested market data is not subscribed.", NoMarketDataPermission),
    (10190, "Max number of tick-by-tick requests has been reached.", LimitReached),
    (10276, "News feed is not allowed.", NotPermitted),
    (10314, "End Date/Time: The date, time, or time-zone entered is invalid.", InvalidRequest),
    (10358, "Fundamentals data is not allowed", NotPermitted),
    (201, "Order rejected - reason:No data", RequestError),
]


@pytest.mark.parametrize(("code", "words", "family"), BY_WORDS + BY_CODE)
def test_code_and_words_tell_which_exception_it_is(
    code: int, words: str, family: type[RequestError]
) -> None:
    request = ReqHistoricalData(7, Stock("AAPL"))
    made = request_error(Error(7, code, words), request)

    assert type(made) is family
    assert (made.code, made.message, made.request) == (code, words, request)


@pytest.mark.parametrize(("code", "words", "family"), BY_WORDS + BY_CODE)
def test_words_are_read_whatever_their_case(
    code: int, words: str, family: type[RequestError]
) -> None:
    for text in (words.upper(), words.lower()):
        assert type(request_error(Error(7, code, text), None)) is family


@pytest.mark.parametrize(("part", "family", "advice"), WORDS)
def test_every_row_of_the_words_is_reached(
    part: str, family: type[RequestError], advice: str | None
) -> None:
    made = request_error(Error(7, 162, part), None)

    assert type(made) is family
    assert made.advice == (advice or family.advice)


@pytest.mark.parametrize(
    ("code", "words", "part"),
    [
        (200, "none", "contract_details()"),
        (200, "ambiguous", "primary_exchange"),
        (354, "not subscribed", "set_market_data_type()"),
        (162, "No market data permissions", "there is no delayed data of this kind"),
        (162, "something new", "TWS's words tell"),
        (321, "in Read-Only mode", "Untick"),
        (320, "unreadable", "report"),
        (414, "snapshot", "generic ticks"),
    ],
)
def test_the_advice_is_that_of_the_code_or_of_what_the_words_tell(
    code: int, words: str, part: str
) -> None:
    made = request_error(Error(7, code, words), None)

    assert part in made.advice
    assert made.advice in str(made)


def test_where_nothing_is_known_there_is_no_advice() -> None:
    assert request_error(Error(7, 65_000, "Something new"), None).advice == ""


def test_every_family_is_reached_by_a_code_or_by_words() -> None:
    families = {
        cls
        for cls in vars(_errors).values()
        if isinstance(cls, type) and issubclass(cls, RequestError)
    }
    by_code = {type(request_error(Error(7, code, ""), None)) for code in code_table()}

    assert by_code | {family for _, family, _ in WORDS} == families


def test_every_failure_of_a_request_is_a_family_or_stays_open_or_is_known_to_be_rare() -> None:
    plain = {
        code
        for code, facts in code_table().items()
        if facts.code_class is CodeClass.REQUEST and not facts.family
    }

    assert plain == {331, 415, 2101, 10230, 10238, 10285, 10328, 10346}
    assert not any(is_notice(code, "") for code in plain)
