"""Which requests an error can mean that names none, because they have no id.

Most errors with id -1 are news of the session. These are not: somebody waits, and no answer will
come. Where the code leaves open who it is, everybody is told who may be meant; to wait in vain is
worse.

Source: EClient's requests without an id, and IB's list of message codes.
"""

from collections.abc import Collection, Mapping
from typing import Final

from trio_tws._model.accounts import ReqAccountData
from trio_tws._model.advisors import ReplaceFA, ReqFA
from trio_tws._model.open_orders import (
    ReqAllOpenOrders,
    ReqAutoOpenOrders,
    ReqCompletedOrders,
    ReqOpenOrders,
)
from trio_tws._model.session import Error, ReqCurrentTime, ReqCurrentTimeInMillis

_ABOUT_ORDERS: Final[tuple[type, ...]] = (
    ReqOpenOrders,
    ReqAllOpenOrders,
    ReqAutoOpenOrders,
    ReqCompletedOrders,
)
_ABOUT_ADVISERS: Final[tuple[type, ...]] = (ReqFA, ReplaceFA)

_MEANT: Final[Mapping[int, tuple[type, ...]]] = {
    327: (ReqAutoOpenOrders,),
    330: _ABOUT_ADVISERS,
    331: _ABOUT_ADVISERS,
    344: _ABOUT_ADVISERS,
    2100: (ReqAccountData,),  # no failure, but the end of what was followed
    2101: (ReqAccountData,),
    10230: _ABOUT_ADVISERS,
    10231: _ABOUT_ADVISERS,
    10238: _ABOUT_ADVISERS,
}
"""Codes that speak of one kind of request."""

_OPEN: Final = frozenset({320, 321, 322})
"""Codes that can be said to any request."""

_HARDLY: Final = frozenset({ReqCurrentTime, ReqCurrentTimeInMillis})
"""There is nothing in these that TWS could find wrong, if it knows them."""

_READ_ONLY: Final = "read-only"


def meant(error: Error, waiting: Collection[type]) -> list[type]:
    """Gives those of the kinds that wait, of requests without an id, that an error may answer.

    In read-only mode TWS says so to what is about orders; to others, only if nobody else waits.
    """
    if error.req_id not in (-1, 0):
        return []
    if error.code not in _OPEN:
        return [kind for kind in waiting if kind in _MEANT.get(error.code, ())]
    if _READ_ONLY in error.message.lower():
        likely = [kind for kind in waiting if kind in _ABOUT_ORDERS]
    else:
        likely = [kind for kind in waiting if kind not in _HARDLY]
    return likely or list(waiting)
