"""The root of the tree, and what may happen anywhere."""

from typing import final


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
