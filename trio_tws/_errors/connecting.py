"""What keeps a session from coming about."""

from typing import final

from trio_tws._errors.general import TWSError


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
