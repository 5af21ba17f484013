"""What an error code does to the request it names.

TWS sends greetings, warnings and failures in one message; the code decides. Source: IB's list of
message codes, and what other clients learnt of those which it does not explain.
"""

from typing import Final

from trio_tws._enums import MarketDataKind

_WARNINGS: Final = frozenset(
    {
        # notices and partial data: the request goes on
        *(165, 316, 317, 399, 404, 434, 481, 492),
        *(10018, 10019, 10090, 10167, 10197, 10225, 10233, 10288, 10310, 10311, 10329),
        *(10331, 10332, 10333, 10334, 10347, 10349),
        # answers to a cancel: what it was for goes on, or had ended already
        *(131, 136, 137, 161, 202, 300, 310, 365, 366, 10147, 10148, 10185),
    }
)
_DELAYED_INSTEAD: Final = frozenset({10089, 10091})
"""Live data is not subscribed, delayed data is there: it flows if it was asked for."""

_DELAYED_KINDS: Final = frozenset({MarketDataKind.DELAYED, MarketDataKind.DELAYED_FROZEN})

_SYSTEM_RANGE: Final = range(2100, 2200)
"""Farms, links and other states of TWS."""

_ENDS_OF_THE_SESSION: Final = frozenset({100, 326, 357, 502, 504, 506, 507, 1300, 10141})
"""What TWS says before it closes the connection."""

UNIDENTIFIED_FAILURES: Final = frozenset({320, 321, 322})
"""Failures that TWS reports with id -1 or 0 when the request has no id."""


def is_notice(code: int, message: str, wanted: MarketDataKind = MarketDataKind.LIVE) -> bool:
    """Tells whether a request goes on after this.

    Args:
        code: IB's code.
        message: TWS's words.
        wanted: The market data that the connection asks for.
    """
    if code in _DELAYED_INSTEAD:
        return wanted in _DELAYED_KINDS
    return code in _WARNINGS or code in _SYSTEM_RANGE or message.startswith("Warning:")


def ends_session(code: int) -> bool:
    """Tells whether TWS says this before it closes the connection."""
    return code in _ENDS_OF_THE_SESSION


ADVICE: Final = {
    100: "Send less, or connect with options='+PACEAPI', with which TWS delays instead.",
    101: "All market data lines of the login are in use; end some.",
    162: "TWS's words tell whether there is no data, no permission, or too many requests.",
    200: "Check symbol, sec_type, exchange and currency; contract_details() lists what matches.",
    320: "TWS could not read the request: please report it.",
    321: "TWS's words name the parameter; with a read-only API no order is possible.",
    354: "Subscribe to the data at IB, or ask for delayed data with market_data_type().",
    420: "Wait before asking for real-time bars again, or subscribe to the data at IB.",
    10089: "Subscribe to the data at IB, or ask for delayed data with market_data_type().",
    10091: "Subscribe to the data at IB, or ask for delayed data with market_data_type().",
    10168: "Subscribe to the data at IB, or ask for delayed data with market_data_type().",
    10186: "Subscribe to the data at IB, or ask for delayed data with market_data_type().",
}
"""What to do about the commonest failures."""
