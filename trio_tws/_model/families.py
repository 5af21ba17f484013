"""Which `RequestError` a failure is: its code tells, and where the code leaves it open, the words.

One code may mean many things: 162 is whatever the historical data service has to say. TWS's words
are then all there is to go by. They are compared in English, whatever their case; another language
gives a plain `RequestError`, or the code's own kind if it has one.

Sources of the words: IB's page "Historical Data Limitations" (pacing), and messages that users of
other clients have published, such as erdewit/ib_insync#268 (cancelled) and #461 (permissions),
QuantConnect/Lean#607 (no data, pacing) and wrighter/ib-scripts#1 (a step that does not fit, and TWS
in Spanish).
"""

from typing import Final

from trio_tws import _errors
from trio_tws._errors import (
    AmbiguousContract,
    CompetingSession,
    InvalidRequest,
    LimitReached,
    NoData,
    NoMarketDataPermission,
    NotPermitted,
    PacingViolation,
    RequestCancelled,
    RequestError,
)
from trio_tws._model.codes import code_table
from trio_tws._model.session import Error

_OPEN: Final = "?"

_SUBSCRIBE: Final = "Subscribe to the data at IB; there is no delayed data of this kind."
_SHORTER: Final = "Ask for less at once, or for longer bars."

WORDS: Final[tuple[tuple[str, type[RequestError], str | None], ...]] = (
    ("pacing violation", PacingViolation, None),
    ("query cancelled", RequestCancelled, None),
    ("subscription cancelled", RequestCancelled, None),
    ("different ip address", CompetingSession, None),
    ("no market data permissions", NoMarketDataPermission, _SUBSCRIBE),
    ("requires additional subscription", NoMarketDataPermission, _SUBSCRIBE),
    ("read-only mode", NotPermitted, "Untick 'Read-Only API' in Global Configuration > API."),
    ("max number of", LimitReached, None),
    ("maximum number of", LimitReached, None),
    ("simultaneous", LimitReached, None),
    ("ambiguous", AmbiguousContract, None),
    ("invalid step", InvalidRequest, _SHORTER),
    ("time length exceed", InvalidRequest, _SHORTER),
    ("not supported", InvalidRequest, None),
    ("no data", NoData, None),
    ("no historical market data", NoData, None),
    ("no head time stamp", NoData, None),
)
"""A part of TWS's words in lower case, what it tells, and what to do where the kind's own advice
does not fit; the first that is found holds."""


def request_error(error: Error, request: object) -> RequestError:
    """Makes the exception for a request that an error has ended, with what to do about it."""
    facts = code_table().get(error.code)
    family, own_advice = (_OPEN, "") if facts is None else (facts.family, facts.advice)
    if family.endswith(_OPEN):
        words = error.message.lower()
        for part, told, advice in WORDS:
            if part in words:
                return told(error.code, error.message, request, advice)
    name = family.removesuffix(_OPEN) or RequestError.__name__
    made: type[RequestError] = getattr(_errors, name)
    return made(error.code, error.message, request, own_advice or None)
