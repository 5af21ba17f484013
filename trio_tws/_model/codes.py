"""What an error code does to the request or order it names.

TWS sends greetings, warnings and failures in one message; the code decides. Source: IB's list of
message codes, and what other clients learnt of those which it does not explain.

A code that is not here ends what it names: to wait for an answer that will not come is worse than
to be told of a warning too loudly. Only where an order may live on is it the other way round.
"""

from typing import Final

from trio_tws._enums import MarketDataKind

_SYSTEM_NOTICES: Final = frozenset(range(2100, 2200)) - {
    2101,  # account updates are refused: other programs follow another account
    2102,  # a change is refused: the order is still being processed
}
"""Farms, links and other states of TWS."""

_NOTICES: Final = frozenset(
    {
        *(131, 165, 316, 317, 399, 404, 481, 492),
        *(10018, 10019, 10090, 10167, 10197, 10225, 10233, 10288, 10310, 10311, 10329),
        *(10331, 10332, 10333, 10334, 10347, 10349),
    }
)
"""What is told beside the answers; the request or order goes on.

Two of them end the data without ending the request, which is to be cancelled and sent again: 316
(depth halted) and 10225 (real-time bars bust).
"""

_ANSWERS_TO_CANCELS: Final = frozenset(
    {
        *(136, 137, 161, 10147, 10148),  # the order can't be cancelled, and stays what it is
        202,  # the order is cancelled, which its status tells too
        *(300, 310, 365, 366, 10185, 10280, 10284),  # what was to be cancelled had ended before
    }
)
"""What is said to a cancel, in the name of what was to be cancelled."""

_REFUSED_CHANGES: Final = frozenset(
    {
        *(105, 110, 134, 329, 422, 434, 440, 444, 462, 2102),
        *(10241, 10242, 10308, 10326, 10327, 10341),
    }
)
"""What ends a new order, and leaves a working one as it was. 434, size zero, is no more than a
notice for an order that is attached to another."""

_DELAYED_INSTEAD: Final = frozenset({10089, 10091})
"""Live data is not subscribed, delayed data is there: it flows if it was asked for."""

_DELAYED_KINDS: Final = frozenset({MarketDataKind.DELAYED, MarketDataKind.DELAYED_FROZEN})

_ENDS_OF_THE_SESSION: Final = frozenset({100, 326, 357, 438, 1300, 10141})
"""What TWS says before it closes the connection."""

UNIDENTIFIED_FAILURES: Final = frozenset({320, 321, 322})
"""Failures that TWS reports with id -1 or 0 when the request has no id."""


def is_notice(
    code: int,
    message: str,
    wanted: MarketDataKind = MarketDataKind.LIVE,
    *,
    is_working: bool = False,
) -> bool:
    """Tells whether the request or order that an error names goes on after it.

    Args:
        code: IB's code.
        message: TWS's words; those that begin with ``Warning:`` are a notice under any code.
        wanted: The market data that the connection asks for.
        is_working: Whether the error names an order that works already, so that only a change to it
            is refused, or one that is attached to such an order.
    """
    if code in _DELAYED_INSTEAD and wanted in _DELAYED_KINDS:
        return True
    if code in _REFUSED_CHANGES and is_working:
        return True
    return (
        code in _NOTICES
        or code in _SYSTEM_NOTICES
        or code in _ANSWERS_TO_CANCELS
        or message.startswith("Warning:")
    )


def ends_session(code: int) -> bool:
    """Tells whether TWS says this before it closes the connection."""
    return code in _ENDS_OF_THE_SESSION


_ASK_FOR_DELAYED: Final = (
    "Subscribe to the data at IB, or ask for delayed data with set_market_data_type()."
)

ADVICE: Final = {
    100: "Send less, or connect with options='+PACEAPI', with which TWS delays instead.",
    101: "All market data lines of the login are in use; end some.",
    162: "TWS's words tell whether there is no data, no permission, or too many requests.",
    200: "Check symbol, sec_type, exchange and currency; contract_details() lists what matches.",
    320: "TWS could not read the request: please report it.",
    321: "TWS's words name the parameter; with a read-only API no order is possible.",
    354: _ASK_FOR_DELAYED,
    420: "Wait before asking for real-time bars again, or subscribe to the data at IB.",
    10089: _ASK_FOR_DELAYED,
    10091: _ASK_FOR_DELAYED,
    10168: _ASK_FOR_DELAYED,
    10186: _ASK_FOR_DELAYED,
}
"""What to do about the commonest failures."""
