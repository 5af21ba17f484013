"""The exceptions of trio_tws, as a tree.

::

    TWSError
    ├── LocalProtocolError      you asked for what can't be done; nothing was sent
    ├── RemoteProtocolError     TWS sent what can't be understood (507)
    ├── ConnectFailed           no session came about; .advice says what to check
    │   ├── ConnectionRefused       no TCP connection (502)
    │   ├── ApiNotEnabled           connected and closed again without a word
    │   ├── ClientIdInUse           another program uses this client id (326)
    │   ├── TooManyClients          TWS serves 32 programs at most
    │   ├── HandshakeTimeout        silence; .stage says how far it went
    │   ├── ServerTooOld            (503)
    │   ├── ServerTooNew            (506)
    │   ├── NotTWS                  the bytes are not those of a TWS (507)
    │   ├── Redirected              TWS names another host
    │   └── LiveAccount             a live account, and live=True was not given
    ├── ConnectionLost          a session that stood has ended; trio's BrokenResourceError too
    ├── RequestError            TWS said no to a request: .code, .message, .request, .advice
    │   ├── ContractNotFound        no contract matches
    │   ├── AmbiguousContract       several do
    │   ├── NoData                  there is none of that kind, or none at that time
    │   ├── NotPermitted            the account, the login or a setting of TWS does not allow it
    │   │   └── NoMarketDataPermission  the market data is not subscribed
    │   ├── CompetingSession        the login's market data is in use elsewhere
    │   ├── PacingViolation         too many requests in too short a time
    │   ├── LimitReached            too many at once
    │   ├── InvalidRequest          TWS can't make sense of it
    │   └── RequestCancelled        a cancel, or TWS itself, has ended it
    ├── ResponseTimeout         no answer to a request within ``response_timeout``
    ├── OrderRejected           TWS or IB said no to an order; it does not work
    ├── OrderCancelled          the order was cancelled, and somebody waited for its fill
    ├── OrderInDoubt            nobody can say for sure what became of the order
    ├── ModifyRefused           TWS said no to a change; the order works on as it was
    ├── CancelRefused           TWS said no to a cancel; the order is as it was
    ├── OrderLimit              the program's own limits forbid the order; nothing was sent
    ├── SlowConsumer            a stream's buffer is full; the connection lives on
    └── InternalError           a bug in trio_tws: please report it

Each says what it is about, the value, and the way out. `LocalProtocolError` is always raised before
anything is sent, and so is `OrderLimit`. The latter is no kind of the former: to ask for what can't
be done is a mistake of the program, but limits are there to be met, and a strategy may well go on.
"""

from trio_tws._errors.connecting import (
    ApiNotEnabled,
    ClientIdInUse,
    ConnectFailed,
    ConnectionRefused,
    HandshakeTimeout,
    LiveAccount,
    NotTWS,
    Redirected,
    ServerTooNew,
    ServerTooOld,
    TooManyClients,
)
from trio_tws._errors.general import (
    InternalError,
    LocalProtocolError,
    RemoteProtocolError,
    ResponseTimeout,
    SlowConsumer,
    TWSError,
)
from trio_tws._errors.orders import (
    CancelRefused,
    ModifyRefused,
    OrderCancelled,
    OrderInDoubt,
    OrderLimit,
    OrderRejected,
)
from trio_tws._errors.requests import (
    AmbiguousContract,
    CompetingSession,
    ContractNotFound,
    InvalidRequest,
    LimitReached,
    NoData,
    NoMarketDataPermission,
    NotPermitted,
    PacingViolation,
    RequestCancelled,
    RequestError,
)

__all__ = [
    "AmbiguousContract",
    "ApiNotEnabled",
    "CancelRefused",
    "ClientIdInUse",
    "CompetingSession",
    "ConnectFailed",
    "ConnectionRefused",
    "ContractNotFound",
    "HandshakeTimeout",
    "InternalError",
    "InvalidRequest",
    "LimitReached",
    "LiveAccount",
    "LocalProtocolError",
    "ModifyRefused",
    "NoData",
    "NoMarketDataPermission",
    "NotPermitted",
    "NotTWS",
    "OrderCancelled",
    "OrderInDoubt",
    "OrderLimit",
    "OrderRejected",
    "PacingViolation",
    "Redirected",
    "RemoteProtocolError",
    "RequestCancelled",
    "RequestError",
    "ResponseTimeout",
    "ServerTooNew",
    "ServerTooOld",
    "SlowConsumer",
    "TWSError",
    "TooManyClients",
]
