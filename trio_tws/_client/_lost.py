"""The end of a session that stood."""

from typing import final

import trio

from trio_tws._errors import TWSError


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
