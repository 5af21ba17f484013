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
    ├── SlowConsumer            a stream's buffer is full; the connection lives on
    └── InternalError           a bug in trio_tws: please report it

Each says what it is about, the value, and the way out. `LocalProtocolError` is always raised before
anything is sent.
"""

from typing import final

__all__ = [
    "AmbiguousContract",
    "ApiNotEnabled",
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
    "NoData",
    "NoMarketDataPermission",
    "NotPermitted",
    "NotTWS",
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


class TWSError(Exception):
    """The root of every exception that trio_tws raises on purpose."""


@final
class LocalProtocolError(TWSError):
    """You asked for something that the protocol, or the server at the other end, can't do.

    Raised before anything is sent; the session is as it was.
    """


@final
class RemoteProtocolError(TWSError):
    """TWS, or what listens in its place, sent something that can't be understood.

    Attributes:
        payload: The bytes that could not be read, without the length prefix; empty if the frame
            itself was at fault.
    """

    def __init__(self, message: str, payload: bytes = b"") -> None:
        super().__init__(message)
        self.payload = payload


class ConnectFailed(TWSError):
    """No session came about. Nothing is left open.

    Attributes:
        code: IB's error code for this failure, or None where IB has none.
        advice: What to look at.
    """

    code: int | None = None
    advice: str = "See whether TWS or IB Gateway runs, is logged in, and allows API connections."

    def __init__(self, message: str, advice: str | None = None) -> None:
        self.message = message
        if advice is not None:
            self.advice = advice
        super().__init__(f"{message}. {self.advice}")


@final
class ConnectionRefused(ConnectFailed):
    """The TCP connection itself failed: nothing listens there, or the way is barred (502)."""

    code = 502
    advice = (
        "Start TWS or IB Gateway and log in; under Global Configuration > API > Settings tick "
        "'Enable ActiveX and Socket Clients' and compare 'Socket port' (7496 live and 7497 paper "
        "for TWS, 4001 and 4002 for IB Gateway)."
    )


@final
class ApiNotEnabled(ConnectFailed):
    """The connection was accepted and closed again without an answer."""

    advice = (
        "In Global Configuration > API > Settings, tick 'Enable ActiveX and Socket Clients', and "
        "add this computer to 'Trusted IPs' or untick 'Allow connections from localhost only'. A "
        "paper account's disclaimer may be waiting for a click in the TWS window."
    )


@final
class ClientIdInUse(ConnectFailed):
    """Another program is connected with this client id (326)."""

    code = 326
    advice = (
        "Choose another client_id, or end the other program. TWS keeps an id busy for some seconds "
        "after its program vanished."
    )


@final
class TooManyClients(ConnectFailed):
    """TWS serves 32 programs at a time, and has them."""

    advice = "End one of the programs that are connected to this TWS."


@final
class HandshakeTimeout(ConnectFailed):
    """The other end went silent before the session was ready.

    Attributes:
        stage: What was being waited for when the time was up.
    """

    advice = (
        "Look at the TWS window: a dialog ('Accept incoming connection?', a login, a two-factor "
        "prompt) keeps the API silent, and so does a login that is still under way."
    )

    def __init__(self, message: str, stage: str) -> None:
        super().__init__(message)
        self.stage = stage


@final
class ServerTooOld(ConnectFailed):
    """The server's version is below all that this client speaks (503)."""

    code = 503
    advice = "Update TWS or IB Gateway."


@final
class ServerTooNew(ConnectFailed):
    """The server chose a version above all that it was offered (506)."""

    code = 506
    advice = "Update trio_tws, or offer a range with max_server_version=."


@final
class NotTWS(ConnectFailed):
    """What came back are not the bytes of a TWS: a wrong length, or no version (507)."""

    code = 507
    advice = "Check the port: another program may be listening there."


@final
class Redirected(ConnectFailed):
    """TWS asks the client to connect somewhere else, which is never done unasked.

    Attributes:
        address: ``host`` or ``host:port``, as TWS gave it.
    """

    code = 502
    advice = "If you trust that address, connect to it."

    def __init__(self, message: str, address: str) -> None:
        super().__init__(message)
        self.address = address


@final
class LiveAccount(ConnectFailed):
    """The login has an account that is not a paper account, and ``live=True`` was not given."""

    advice = "Pass live=True if real money is what you mean, or log in to the paper account."


class RequestError(TWSError):
    """TWS ended a request with an error. The session lives on.

    Raised as it is where none of the kinds below fits, or where TWS's words would tell the kind and
    are not in English.

    Attributes:
        code: IB's error code, such as 200 (no security definition).
        message: TWS's own words.
        request: The request that failed, as it was sent.
        advice: What to do about it; empty where nothing better is known than TWS's words.
    """

    advice: str = ""

    def __init__(
        self, code: int, message: str, request: object = None, advice: str | None = None
    ) -> None:
        self.code = code
        self.message = message
        self.request = request
        if advice is not None:
            self.advice = advice
        what = f" to {type(request).__name__}" if request is not None else ""
        hint = f" ({self.advice})" if self.advice else ""
        super().__init__(f"TWS answered error {code}{what}: {message}{hint}")


@final
class ContractNotFound(RequestError):
    """No contract matches what was asked for (200)."""

    advice = "Check symbol, sec_type, exchange and currency; contract_details() lists what matches."


@final
class AmbiguousContract(RequestError):
    """Several contracts match where one is needed (200).

    Attributes:
        candidates: Those that match, each a `trio_tws.Contract`; none where only TWS knows them.
    """

    advice = (
        "Give con_id and exchange, or more of the contract: primary_exchange, currency, multiplier "
        "or trading_class; contract_details() lists what matches."
    )
    candidates: tuple[object, ...] = ()


@final
class NoData(RequestError):
    """There is no such data: none of that kind for this contract, or none at that time (162)."""

    advice = "Ask for another time, or for another kind of data."


class NotPermitted(RequestError):
    """The account, the login or a setting of TWS does not allow the request."""

    advice = "See what the account is permitted, and what TWS's settings allow."


@final
class NoMarketDataPermission(NotPermitted):
    """The market data is not subscribed (354, 10089, 10168; 162 and others by TWS's words)."""

    advice = "Subscribe to the data at IB, or ask for delayed data with set_market_data_type()."


@final
class CompetingSession(RequestError):
    """The login's market data is in use elsewhere: it goes to one session of a user at a time."""

    advice = "Log out where else this user is logged in, such as on a phone, and ask again."


@final
class PacingViolation(RequestError):
    """Too many requests came in too short a time (100; 162 and others by TWS's words)."""

    advice = (
        "Wait, and ask again: IB allows 60 requests for small bars in ten minutes, 6 of one kind "
        "in two seconds, and the same one every 15 seconds."
    )


@final
class LimitReached(RequestError):
    """Too many requests of this kind are open at once (101, 309, 10190)."""

    advice = "End some of those that are open."


@final
class InvalidRequest(RequestError):
    """TWS can't make sense of the request, or not of one of its parameters (321, 10314)."""

    advice = "TWS's words name what is wrong."


@final
class RequestCancelled(RequestError):
    """The request was cancelled: by its own cancel, or by TWS when it lost IB (162, 10182)."""

    advice = "If you did not cancel it, ask again."


@final
class ResponseTimeout(TWSError):
    """No answer came to a request. What was asked is cancelled at TWS where it can be.

    Attributes:
        request: The request, as it was sent.
        seconds: How long was waited.
    """

    def __init__(self, request: object, seconds: float) -> None:
        super().__init__(
            f"no answer to {type(request).__name__} within {seconds:g} s; TWS may be busy, logged "
            "out or waiting in a dialog (response_timeout= sets the wait)"
        )
        self.request = request
        self.seconds = seconds


@final
class SlowConsumer(TWSError):
    """A stream's buffer is full, because events came faster than they were taken.

    The stream has ended and is cancelled at TWS; the connection and all else live on.

    Attributes:
        lost: How many events were not delivered.
    """

    def __init__(self, what: str, buffer: int, lost: int) -> None:
        super().__init__(
            f"{what}: more than {buffer} events were waiting and {lost} were lost; take them "
            "faster, or choose buffer= and overflow= ('gap', 'latest' or 'wait')"
        )
        self.lost = lost


@final
class InternalError(TWSError):
    """A bug in trio_tws. Please report it with the traceback."""
