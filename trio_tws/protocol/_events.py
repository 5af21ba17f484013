"""What a connection tells beside the messages themselves."""

from datetime import datetime
from typing import Self, final

from trio_tws import _versions as v
from trio_tws._errors import RemoteProtocolError
from trio_tws._model.session import Error
from trio_tws._wire.late import frozen


@final
@frozen
class Hello:
    """A client's first words: the server versions it can speak.

    Source: the first bytes of any client, ``API`` + NUL and a frame such as ``v100..226``.
    """

    min_version: int = v.MIN_SERVER_VERSION
    """The oldest server version to accept."""
    max_version: int = v.MAX_SERVER_VERSION
    """The newest server version to speak; TWS takes it, or its own if that is older."""
    options: str = ""
    """Connect options, such as ``+PACEAPI`` (TWS then delays what comes too fast)."""


@final
@frozen
class ServerHello:
    """The server's answer: the version both will speak.

    Source: the first frame of any server.
    """

    server_version: int
    """It decides the layout of every message."""
    time: str = ""
    """The server's wall clock, ``yyyymmdd hh:mm:ss``; empty if it has another form."""
    time_zone: str = ""
    """The zone of that clock as its operating system spells it: EST, 中国标准时间, anything."""


@final
@frozen
class SessionReady:
    """Both the accounts and the next order id are known: requests are welcome."""

    accounts: tuple[str, ...]
    """The accounts of the login, as the last `ManagedAccounts` named them."""
    next_order_id: int
    """The lowest order id that this client may use."""


@final
@frozen
class EndOfStream:
    """The other end has closed the connection."""

    partial: int
    """How many bytes of an unfinished frame it left behind."""


@final
@frozen
class UnknownMessage:
    """A frame with an id that is not in the tables: a newer server, or news before the version."""

    id: int
    """The message's id, without what is added to it for protobuf; -1 before the version."""
    payload: bytes
    """The frame as it came, id included."""


@final
@frozen
class MalformedMessage:
    """A frame that its message's reader could not read. The frames around it are not affected."""

    message_type: type | None
    """The message it should have been; None if not even its id could be read."""
    req_id: int | None
    """The request it belongs to, if that much could be read."""
    payload: bytes
    """The frame as it came, id included."""
    error: RemoteProtocolError
    """What is wrong with it."""


@final
@frozen
class Notice:
    """Something TWS tells that is about no request, or about one that goes on.

    Farms coming and going (2104, 2106, 2158, …), a lost and restored link to IB (1100 to 1102), and
    warnings.
    """

    code: int
    """IB's code."""
    message: str
    """TWS's words, in the language of its window."""
    req_id: int = -1
    """The request or order it is about, or -1."""
    time: datetime | None = None
    """When it happened, aware, in UTC; told since server version 194."""
    advanced_order_reject_json: str = ""
    """What an order was refused for, in JSON; empty otherwise."""

    @classmethod
    def of(cls, error: Error) -> Self:
        """Makes it of the message that told it."""
        return cls(
            error.code,
            error.message,
            error.req_id,
            error.time,
            error.advanced_order_reject_json,
        )


@final
class NeedData:
    """What `Connection.next_event` gives when all that was received has been taken."""

    def __repr__(self) -> str:
        return "NEED_DATA"


NEED_DATA = NeedData()
