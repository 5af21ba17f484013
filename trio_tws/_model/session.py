"""The session itself: start, accounts, ids, time, and the message that carries every error."""

from datetime import datetime

from trio_tws import _versions as v
from trio_tws._enums import ServerLogLevel
from trio_tws._wire import incoming, outgoing, wire
from trio_tws._wire.kinds import ESCAPED, MILLIS, SECONDS, own_kind


def _read_commas(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)


COMMA_LIST = own_kind("comma_list", _read_commas, ",".join, packs_list=True)


@outgoing(71, version=2, proto=v.PROTOBUF_REST_MESSAGES_3)
class StartApi:
    """Starts the session; TWS takes nothing else before it.

    Source: EClient.startApi.
    """

    client_id: int = wire(1)
    """Tells the programs at one TWS apart; 0 or more."""
    optional_capabilities: str = wire(2, default="")
    """Normally empty; IB does not publish what may stand here."""


@outgoing(17, version=1, proto=v.PROTOBUF_ACCOUNTS_POSITIONS)
class ReqManagedAccts:
    """Asks for the accounts of the login; TWS also tells them unasked when a session starts.

    Source: EClient.reqManagedAccts.
    """


@incoming(15, version=1, proto=v.PROTOBUF_ACCOUNTS_POSITIONS, answers=ReqManagedAccts, ends=True)
class ManagedAccounts:
    """The accounts of the login.

    Source: EWrapper.managedAccounts.
    """

    accounts_list: tuple[str, ...] = wire(1, kind=COMMA_LIST, default=())
    """Account codes; an adviser's first is the master account."""


def is_paper(account: str) -> bool:
    """Tells a paper account from one with real money: the codes of paper accounts begin with D."""
    return account.startswith("D")


@outgoing(8, version=1, proto=v.PROTOBUF_REST_MESSAGES_3)
class ReqIds:
    """Asks for the next order id; nothing is reserved by it.

    Source: EClient.reqIds.
    """

    num_ids: int = wire(1, default=1)
    """TWS ignores it."""


@incoming(9, version=1, proto=v.PROTOBUF_REST_MESSAGES_3, answers=ReqIds, ends=True)
class NextValidId:
    """The lowest order id that this client may use.

    Source: EWrapper.nextValidId.
    """

    order_id: int = wire(1)


@outgoing(49, version=1, proto=v.PROTOBUF_REST_MESSAGES_3)
class ReqCurrentTime:
    """Asks for the time of TWS; answered even while TWS itself has lost IB.

    Source: EClient.reqCurrentTime.
    """


@incoming(49, version=1, proto=v.PROTOBUF_REST_MESSAGES_3, answers=ReqCurrentTime, ends=True)
class CurrentTime:
    """The time of TWS, to the second.

    Source: EWrapper.currentTime.
    """

    time: datetime = wire(1, kind=SECONDS)
    """Aware, in UTC."""


@outgoing(105, since=v.CURRENT_TIME_IN_MILLIS, proto=v.PROTOBUF_REST_MESSAGES_3)
class ReqCurrentTimeInMillis:
    """Asks for the time of TWS, to the millisecond.

    Source: EClient.reqCurrentTimeInMillis.
    """


@incoming(
    109,
    since=v.CURRENT_TIME_IN_MILLIS,
    proto=v.PROTOBUF_REST_MESSAGES_3,
    answers=ReqCurrentTimeInMillis,
    ends=True,
)
class CurrentTimeInMillis:
    """The time of TWS, to the millisecond.

    Source: EWrapper.currentTimeInMillis.
    """

    time: datetime = wire(1, kind=MILLIS)
    """Aware, in UTC."""


@outgoing(14, version=1, proto=v.PROTOBUF_REST_MESSAGES_3)
class SetServerLogLevel:
    """Says how much TWS writes into its log about this program; nothing answers it.

    Source: EClient.setServerLogLevel.
    """

    log_level: ServerLogLevel = wire(1, default=ServerLogLevel.ERROR)


@incoming(4, version=2, version_until=v.ERROR_TIME, proto=v.PROTOBUF)
class Error:
    """Everything from a greeting to a fatal failure: the code decides which.

    Source: EWrapper.error.
    """

    req_id: int = wire(1, default=-1)
    """The id of the request or order it is about; -1 if it is about none."""
    code: int = wire(3, default=0)
    """IB's error code."""
    message: str = wire(4, kind=ESCAPED, default="")
    """TWS's words, in the language of its window."""
    advanced_order_reject_json: str = wire(
        5, kind=ESCAPED, default="", since=v.ADVANCED_ORDER_REJECT
    )
    """What an order was refused for, in JSON; empty otherwise."""
    time: datetime | None = wire(2, kind=MILLIS, default=None, since=v.ERROR_TIME)
    """When it happened, aware, in UTC."""
