"""The end of a session that stood, and the refusal of one."""

from typing import final

import trio

from trio_tws._errors import InternalError, LiveAccount, TWSError
from trio_tws._model.session import is_paper


@final
class ConnectionLost(TWSError, trio.BrokenResourceError):
    """A session has ended: TWS closed it, the network broke, or the bytes made no sense.

    Everything that ran inside is cancelled, and requests that were under way got no answer. What
    was sent may or may not have arrived. It is trio's `BrokenResourceError` too.

    Attributes:
        reason: Why, in words.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"the connection to TWS is lost: {reason}")
        self.reason = reason


def again(lost: ConnectionLost | InternalError) -> Exception:
    """Makes an exception for one waiter: a shared one would mix their tracebacks."""
    again = (
        ConnectionLost(lost.reason)
        if isinstance(lost, ConnectionLost)
        else InternalError(str(lost))
    )
    again.__cause__ = lost.__cause__
    return again


def refusal_of(accounts: tuple[str, ...], *, live: bool) -> LiveAccount | None:
    """Gives the reason not to go on with these accounts, if there is one."""
    real = [account for account in accounts if not is_paper(account)]
    if live or not real:
        return None
    return LiveAccount(f"{', '.join(real)} is not a paper account")
