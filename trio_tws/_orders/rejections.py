"""What an error means for the order that it names.

One message carries them all: a remark on an order that goes on, a no to a new order, to a change or
to a cancel, and the news that an order is cancelled. The code does not say which; for most of them
it takes what the order is doing to tell. The rules, the first that fits:

1. 202 says that the order is cancelled.
2. A code that is said to a cancel refuses that one, and leaves the order.
3. A notice (codes.tsv, words that begin with ``Warning:``) is a remark. So is 434, size is zero,
   for an order that hangs on another.
4. While a change of an order that TWS has heard of is pending, a failure refuses that change. Some
   codes are never said to anything but a change, and do so before TWS has answered the order too.
5. A failure of an order of which nothing was heard rejects it.
6. For one that works, codes that are said to changes are remarks: TWS refuses a change that was
   made elsewhere, or a number that is used twice.
7. A failure that is no matter of orders (read-only API, for instance), and 135, which can't find
   the order, are the answer to a cancel if one is pending, and otherwise remarks.
8. What is left, such as 201, rejects the order. A code that is not in the table rejects a new order
   and is a remark on one that works: to take an order for dead that lives is the dearer mistake.
"""

from enum import Enum
from typing import Final

from trio_tws._model.codes import CodeClass, Ends, Scope, code_table, is_notice
from trio_tws._wire.late import frozen
from trio_tws.protocol import Notice

CANCELLED: Final = 202
NO_SUCH_ORDER: Final = 135
SIZE_IS_ZERO: Final = 434
CANCEL_IMPOSSIBLE: Final = 10148

SAID_TO_CHANGES_ALONE: Final = frozenset({104, 105, 134, NO_SUCH_ORDER, 2102})
"""Change of a filled order, of what can't be changed, or too early; each has no other meaning."""

ID_IN_USE: Final = 103
"""For an order that works, another one was sent with its number, and TWS refused that."""


class Verdict(Enum):
    """What an error does."""

    REMARK = "remark"
    CANCELLED = "cancelled"
    CANCEL_REFUSED = "cancel refused"
    CHANGE_REFUSED = "change refused"
    REJECTED = "rejected"


@frozen
class Doing:
    """What an order is doing when an error names it."""

    is_heard_of: bool = False
    """Whether TWS has said anything of it but errors."""
    is_changing: bool = False
    """Whether a change has been sent that TWS has neither shown nor refused."""
    is_cancelling: bool = False
    """Whether a cancel has been sent that TWS has not refused."""
    is_attached: bool = False
    """Whether it hangs on another order."""


def judge(code: int, message: str, doing: Doing) -> Verdict:
    """Tells what an error does to the order that it names, by the rules above."""
    facts = code_table().get(code)
    if code == CANCELLED:
        return Verdict.CANCELLED
    if facts is not None and facts.code_class is CodeClass.CANCEL and facts.scope is Scope.ORDER:
        return Verdict.CANCEL_REFUSED
    if is_notice(code, message) or (code == SIZE_IS_ZERO and doing.is_attached):
        return Verdict.REMARK
    of_a_change = code in SAID_TO_CHANGES_ALONE
    if doing.is_changing and (doing.is_heard_of or of_a_change):
        return Verdict.CHANGE_REFUSED
    if not doing.is_heard_of:
        return Verdict.REJECTED
    of_orders = facts is not None and facts.code_class is CodeClass.ORDER
    if doing.is_cancelling and (not of_orders or code == NO_SUCH_ORDER):
        return Verdict.CANCEL_REFUSED
    if not of_orders or of_a_change or code == ID_IN_USE or _leaves_what_works(code):
        return Verdict.REMARK
    return Verdict.REJECTED


def _leaves_what_works(code: int) -> bool:
    return code_table()[code].ends is Ends.NEW


def says_cancelled(notice: Notice) -> bool:
    """Tells whether a refused cancel says that the order is cancelled already (10148).

    It says ``…, state: Cancelled``. Filled is not believed in the same way: a fill has a quantity,
    and its execution comes.
    """
    return notice.code == CANCEL_IMPOSSIBLE and notice.message.rstrip(" .").endswith(
        ("state: Cancelled", "state: ApiCancelled")
    )
