"""What was traded, and what it cost."""

from decimal import Decimal

from trio_tws import _versions as v
from trio_tws._enums import OptionExerciseType, SecType
from trio_tws._model.contracts import CONTRACT_IN, Contract
from trio_tws._wire import incoming, layout, outgoing, struct, wire
from trio_tws._wire.kinds import FEW_DECIMALS, LONG, UNSET_FLOAT, UNSET_INT


@struct
class ExecutionFilter:
    """Which executions are wanted: those that match all that is filled in.

    Source: IB's class ExecutionFilter.
    """

    client_id: int = wire(1, default=0)
    """0 for those of all clients that this one may see."""
    acct_code: str = wire(2, default="")
    time: str = wire(3, default="")
    """The earliest: ``yyyymmdd-hh:mm:ss`` (UTC) or ``yyyymmdd hh:mm:ss Zone/Name``."""
    symbol: str = wire(4, default="")
    sec_type: SecType = wire(5, default=SecType.NONE)
    exchange: str = wire(6, default="")
    side: str = wire(7, default="")
    """BUY or SELL, where the executions themselves say BOT and SLD."""
    last_n_days: int | None = wire(
        8, default=None, since=v.PARAMETRIZED_DAYS_OF_EXECUTIONS, unset=UNSET_INT
    )
    specific_dates: tuple[int, ...] = wire(9, default=(), since=v.PARAMETRIZED_DAYS_OF_EXECUTIONS)
    """Days as numbers, yyyymmdd: 20260320."""


@outgoing(7, version=3, proto=v.PROTOBUF)
class ReqExecutions:
    """Asks for the executions since midnight, with the `CommissionAndFeesReport` of each.

    Up to 7 days come where the trade log of TWS shows them, or where the filter names the days.

    Source: EClient.reqExecutions.
    """

    req_id: int = wire(1)
    exec_filter: ExecutionFilter = wire(2, factory=ExecutionFilter)


@struct
class Execution:
    """One fill of an order, or a correction of one.

    Source: IB's class Execution.
    """

    order_id: int | None = wire(1, default=None, unset=UNSET_INT)
    """0, a negative number or None (TWS sends 2147483647) for what a person ordered in TWS."""
    exec_id: str = wire(2, default="")
    """The same fill may come twice, unasked and as an answer.

    A correction has the id of what it replaces but for the digits after the last dot: where
    ``….01`` was wrong, ``….02`` is right.
    """
    time: str = wire(3, default="")
    """``yyyymmdd hh:mm:ss Zone/Name``; ``yyyymmdd-hh:mm:ss`` if TWS is set to UTC.

    Below server version 174 without a zone, and with two blanks, in the zone of TWS.
    """
    acct_number: str = wire(4, default="")
    exchange: str = wire(5, default="")
    side: str = wire(6, default="")
    """BOT or SLD, where orders say BUY and SELL."""
    shares: Decimal | None = wire(7, kind=FEW_DECIMALS, default=None)
    """Of this fill."""
    price: float = wire(8, default=0.0)
    """Per unit, in the contract's currency, without commission."""
    perm_id: int = wire(9, kind=LONG, default=0)
    client_id: int = wire(10, default=0)
    liquidation: bool = wire(11, default=False)
    """Whether IB closed the position by force."""
    cum_qty: Decimal | None = wire(12, kind=FEW_DECIMALS, default=None)
    """Of the order so far."""
    avg_price: float = wire(13, default=0.0)
    """Of the order so far, without commission."""
    order_ref: str = wire(14, default="")
    ev_rule: str = wire(15, default="")
    ev_multiplier: float = wire(16, default=0.0)
    model_code: str = wire(17, default="", since=v.MODELS_SUPPORT)
    last_liquidity: int = wire(18, default=0, since=v.LAST_LIQUIDITY)
    """0 not told, 1 added, 2 removed, 3 routed out."""
    pending_price_revision: bool = wire(19, default=False, since=v.PENDING_PRICE_REVISION)
    """The price is going to be corrected."""
    submitter: str = wire(20, default="", since=v.SUBMITTER)
    opt_exercise_or_lapse_type: OptionExerciseType = wire(
        21, default=OptionExerciseType.NONE, in_text=False
    )


@incoming(11, version=10, version_until=v.LAST_LIQUIDITY, proto=v.PROTOBUF, answers=ReqExecutions)
class ExecutionData:
    """One execution: an answer to a `ReqExecutions`, or unasked as it happens.

    Of a combination comes one for the whole and one for each leg, all with the same order id.

    Source: EWrapper.execDetails.
    """

    req_id: int = wire(1, default=-1)
    """-1 if it comes unasked."""
    contract: Contract = wire(2, factory=Contract)
    execution: Execution = wire(3, factory=Execution)


E = Execution

layout(
    ExecutionData,
    ExecutionData.req_id,
    E.order_id,
    *CONTRACT_IN,
    E.exec_id,
    E.time,
    E.acct_number,
    E.exchange,
    E.side,
    E.shares,
    E.price,
    E.perm_id,
    E.client_id,
    E.liquidation,
    E.cum_qty,
    E.avg_price,
    E.order_ref,
    E.ev_rule,
    E.ev_multiplier,
    E.model_code,
    E.last_liquidity,
    E.pending_price_revision,
    E.submitter,
    alike_after=E.order_ref,
)


@incoming(55, version=1, proto=v.PROTOBUF, answers=ReqExecutions, ends=True)
class ExecutionDataEnd:
    """All executions of a `ReqExecutions` have come; commissions may still follow.

    Source: EWrapper.execDetailsEnd.
    """

    req_id: int = wire(1, default=-1)


@incoming(59, version=1, proto=v.PROTOBUF_REST_MESSAGES_1)
class CommissionAndFeesReport:
    """What one execution cost; it follows each `ExecutionData`, at once or seconds later.

    It names the execution and no request, though a `ReqExecutions` brings it again.

    Source: EWrapper.commissionAndFeesReport.
    """

    exec_id: str = wire(1, default="")
    commission_and_fees: float = wire(2, default=0.0)
    """In the report's currency."""
    currency: str = wire(3, default="")
    realized_pnl: float | None = wire(4, default=None, unset=UNSET_FLOAT)
    """In the report's currency; None for a trade that closes nothing."""
    yield_: float | None = wire(5, default=None, unset=UNSET_FLOAT)
    """Of a bond."""
    yield_redemption_date: str = wire(6, default="")
    """Of a bond, yyyymmdd; otherwise empty or 0."""
