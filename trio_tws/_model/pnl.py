"""Profit and loss as they run: of an account or model, and of one position in it."""

from decimal import Decimal

from trio_tws import _versions as v
from trio_tws._wire import incoming, layout, outgoing, wire
from trio_tws._wire.kinds import UNSET_FLOAT


@outgoing(93, since=v.PNL, proto=v.PROTOBUF_SCAN_DATA)
class CancelPnL:
    """Ends a `ReqPnL`.

    Source: EClient.cancelPnL.
    """

    req_id: int = wire(1)


@outgoing(92, since=v.PNL, proto=v.PROTOBUF_SCAN_DATA, cancel=CancelPnL)
class ReqPnL:
    """Asks for the profit and loss of an account, about once a second.

    Source: EClient.reqPnL.
    """

    req_id: int = wire(1)
    account: str = wire(2)
    """An adviser may say All."""
    model_code: str = wire(3, default="")
    """Takes one model portfolio of the account instead of all of it."""


@incoming(94, since=v.PNL, proto=v.PROTOBUF_SCAN_DATA, answers=ReqPnL)
class PnL:
    """The profit and loss of an account; None where TWS does not know it yet.

    It is what the portfolio window of TWS shows, and not always what `AcctValue` says. IB does not
    say in which currency.

    Source: EWrapper.pnl.
    """

    req_id: int = wire(1, default=-1)
    daily_pnl: float | None = wire(2, default=None, unset=UNSET_FLOAT)
    """Since the last reset, whose time is set in TWS."""
    unrealized_pnl: float | None = wire(3, default=None, since=v.UNREALIZED_PNL, unset=UNSET_FLOAT)
    realized_pnl: float | None = wire(4, default=None, since=v.REALIZED_PNL, unset=UNSET_FLOAT)


@outgoing(95, since=v.PNL, proto=v.PROTOBUF_SCAN_DATA)
class CancelPnLSingle:
    """Ends a `ReqPnLSingle`.

    Source: EClient.cancelPnLSingle.
    """

    req_id: int = wire(1)


@outgoing(94, since=v.PNL, proto=v.PROTOBUF_SCAN_DATA, cancel=CancelPnLSingle)
class ReqPnLSingle:
    """Asks for the profit and loss of one position, about once a second.

    Source: EClient.reqPnLSingle.
    """

    req_id: int = wire(1)
    account: str = wire(2)
    """An adviser may say All."""
    con_id: int = wire(4)
    model_code: str = wire(3, default="")
    """Takes one model portfolio of the account instead of all of it."""


Q = ReqPnLSingle

layout(ReqPnLSingle, Q.req_id, Q.account, Q.model_code, Q.con_id)


@incoming(95, since=v.PNL, proto=v.PROTOBUF_SCAN_DATA, answers=ReqPnLSingle)
class PnLSingle:
    """The profit and loss of one position; None where TWS does not know it, as once it is closed.

    Source: EWrapper.pnlSingle.
    """

    req_id: int = wire(1, default=-1)
    pos: Decimal | None = wire(2, default=None)
    """Negative if it is short."""
    daily_pnl: float | None = wire(3, default=None, unset=UNSET_FLOAT)
    """Since the last reset, whose time is set in TWS."""
    unrealized_pnl: float | None = wire(4, default=None, since=v.UNREALIZED_PNL, unset=UNSET_FLOAT)
    realized_pnl: float | None = wire(5, default=None, since=v.REALIZED_PNL, unset=UNSET_FLOAT)
    value: float | None = wire(6, default=None, unset=UNSET_FLOAT)
    """What the position is worth."""
