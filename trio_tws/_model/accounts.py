"""What an account is worth: one in every detail with its portfolio, or chosen values of several."""

from decimal import Decimal

from trio_tws import _versions as v
from trio_tws._model.contracts import Contract
from trio_tws._wire import incoming, layout, outgoing, wire


@outgoing(6, version=2, proto=v.PROTOBUF_ACCOUNTS_POSITIONS)
class ReqAccountData:
    """Asks for everything about one account, at once and at each change; False ends it again.

    It is its own cancel. A client has one account at a time: asking for another ends the first
    (2100).

    Source: EClient.reqAccountUpdates.
    """

    subscribe: bool = wire(1, default=True)
    acct_code: str = wire(2, default="")
    """May be empty where the login has one account."""


@incoming(6, version=2, proto=v.PROTOBUF_ACCOUNTS_POSITIONS, answers=ReqAccountData)
class AcctValue:
    """One value of an account; at first all of them, then those that change.

    They are looked at every 3 minutes, and when a position changes.

    Source: EWrapper.updateAccountValue.
    """

    key: str = wire(1, default="")
    """Comes once per currency. With -S, -C, -P or -F behind it, it is of one segment alone.

    While the value of AccountReady is false, the others are not to be trusted.
    """
    val: str = wire(2, default="")
    """A number, true or false, or a word, as the key has it."""
    currency: str = wire(3, default="")
    """BASE for a sum over all currencies; empty for what is no money."""
    account_name: str = wire(4, default="")


@incoming(7, version=8, proto=v.PROTOBUF_ACCOUNTS_POSITIONS, answers=ReqAccountData)
class PortfolioValue:
    """One position of an account and its worth.

    A position that was closed comes once more, with 0, and no more after that.

    Source: EWrapper.updatePortfolio.
    """

    contract: Contract = wire(1, factory=Contract)
    """Text has no exchange in it; fill one in before trading it."""
    position: Decimal | None = wire(2, default=None)
    """Negative if it is short."""
    market_price: float = wire(3, default=0.0)
    """Per unit, in the contract's currency."""
    market_value: float = wire(4, default=0.0)
    average_cost: float = wire(5, default=0.0)
    """Per unit held, so that the multiplier of a derivative is in it."""
    unrealized_pnl: float = wire(6, default=0.0)
    realized_pnl: float = wire(7, default=0.0)
    account_name: str = wire(8, default="")


P, C = PortfolioValue, Contract

layout(
    PortfolioValue,
    C.con_id,
    C.symbol,
    C.sec_type,
    C.last_trade_date_or_contract_month,
    C.strike,
    C.right,
    C.multiplier,
    C.primary_exchange,
    C.currency,
    C.local_symbol,
    C.trading_class,
    P.position,
    P.market_price,
    P.market_value,
    P.average_cost,
    P.unrealized_pnl,
    P.realized_pnl,
    P.account_name,
)


@incoming(8, version=1, proto=v.PROTOBUF_ACCOUNTS_POSITIONS, answers=ReqAccountData)
class AcctUpdateTime:
    """When the values that came before it were taken.

    Source: EWrapper.updateAccountTime.
    """

    time_stamp: str = wire(1, default="")
    """hh:mm in the time zone of TWS."""


@incoming(54, version=1, proto=v.PROTOBUF_ACCOUNTS_POSITIONS, answers=ReqAccountData)
class AcctDownloadEnd:
    """All values and positions have come once; from here on, changes come.

    Source: EWrapper.accountDownloadEnd.
    """

    account_name: str = wire(1, default="")


@outgoing(63, version=1, proto=v.PROTOBUF_ACCOUNTS_POSITIONS)
class CancelAccountSummary:
    """Ends a `ReqAccountSummary`.

    Source: EClient.cancelAccountSummary.
    """

    req_id: int = wire(1)


@outgoing(62, version=1, proto=v.PROTOBUF_ACCOUNTS_POSITIONS, cancel=CancelAccountSummary)
class ReqAccountSummary:
    """Asks for chosen values of several accounts, at once and at each change.

    A client may have two of them at a time (322).

    Source: EClient.reqAccountSummary.
    """

    req_id: int = wire(1)
    group_name: str = wire(2, default="All")
    """All, or a group that an adviser has made."""
    tags: str = wire(3, default="")
    """Comma list of what is wanted: NetLiquidation, BuyingPower, …

    ``$LEDGER`` stands for the cash book in the base currency, ``$LEDGER:EUR`` for that in another,
    ``$LEDGER:ALL`` for that in each.
    """


@incoming(63, version=1, proto=v.PROTOBUF_ACCOUNTS_POSITIONS, answers=ReqAccountSummary)
class AccountSummary:
    """One value of one account; at first all of them, then every 3 minutes those that change.

    Source: EWrapper.accountSummary.
    """

    req_id: int = wire(1, default=-1)
    account: str = wire(2, default="")
    tag: str = wire(3, default="")
    value: str = wire(4, default="")
    currency: str = wire(5, default="")
    """Empty for what is no money."""


@incoming(64, version=1, proto=v.PROTOBUF_ACCOUNTS_POSITIONS, answers=ReqAccountSummary)
class AccountSummaryEnd:
    """All values of a `ReqAccountSummary` have come once; from here on, changes come.

    Source: EWrapper.accountSummaryEnd.
    """

    req_id: int = wire(1, default=-1)


@outgoing(77, version=1, since=v.MODELS_SUPPORT, proto=v.PROTOBUF_ACCOUNTS_POSITIONS)
class CancelAccountUpdatesMulti:
    """Ends a `ReqAccountUpdatesMulti`.

    Source: EClient.cancelAccountUpdatesMulti.
    """

    req_id: int = wire(1)


@outgoing(
    76,
    version=1,
    since=v.MODELS_SUPPORT,
    proto=v.PROTOBUF_ACCOUNTS_POSITIONS,
    cancel=CancelAccountUpdatesMulti,
)
class ReqAccountUpdatesMulti:
    """Asks for the values of an account, of a model portfolio, or of a model in an account.

    They come at once and at each change.

    Source: EClient.reqAccountUpdatesMulti.
    """

    req_id: int = wire(1)
    account: str = wire(2, default="")
    """May be empty if there is a model_code, and the other way round."""
    model_code: str = wire(3, default="")
    ledger_and_nlv: bool = wire(4, default=False)
    """The cash book and the net liquidation value only."""


@incoming(
    73,
    version=1,
    since=v.MODELS_SUPPORT,
    proto=v.PROTOBUF_ACCOUNTS_POSITIONS,
    answers=ReqAccountUpdatesMulti,
)
class AccountUpdateMulti:
    """One value of an account or model; at first all of them, then those that change.

    Source: EWrapper.accountUpdateMulti.
    """

    req_id: int = wire(1, default=-1)
    account: str = wire(2, default="")
    model_code: str = wire(3, default="")
    key: str = wire(4, default="")
    """As of `AcctValue`."""
    value: str = wire(5, default="")
    currency: str = wire(6, default="")
    """BASE for a sum over all currencies; empty for what is no money."""


@incoming(
    74,
    version=1,
    since=v.MODELS_SUPPORT,
    proto=v.PROTOBUF_ACCOUNTS_POSITIONS,
    answers=ReqAccountUpdatesMulti,
)
class AccountUpdateMultiEnd:
    """All values of a `ReqAccountUpdatesMulti` have come once; from here on, changes come.

    Source: EWrapper.accountUpdateMultiEnd.
    """

    req_id: int = wire(1, default=-1)
