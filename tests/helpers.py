"""What tests of several modules use."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from trio_tws import _versions as v
from trio_tws._model.session import ManagedAccounts, NextValidId, StartApi
from trio_tws.protocol import Connection, Hello, Role, ServerHello, SessionReady, State

ACCOUNTS: Final = ManagedAccounts(("DU1", "DU2"))
NEXT_ID: Final = NextValidId(17)
READY: Final = SessionReady(("DU1", "DU2"), 17)

_GATES: Final = (
    v.ERROR_TIME,
    v.PROTOBUF,
    v.PROTOBUF_MARKET_DATA,
    v.PROTOBUF_ACCOUNTS_POSITIONS,
    v.PROTOBUF_REST_MESSAGES_3,
)

SOME_VERSIONS: Final = sorted(
    {v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION, *_GATES, *(gate - 1 for gate in _GATES)}
)
"""The ends of the range, and both sides of what changes the first messages of a session."""

ALL_VERSIONS: Final = range(v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION + 1)


class ConnectionPair:
    """A client and a server, back to back: what one sends, the other receives at once.

    It stops at the first thing that the receiver does not take for what was sent.
    """

    def __init__(self, version: int = v.MAX_SERVER_VERSION, *, strict: bool = True) -> None:
        self.version = version
        self.ends = {role: Connection(role, strict=strict) for role in Role}

    @property
    def client(self) -> Connection:
        return self.ends[Role.CLIENT]

    @property
    def server(self) -> Connection:
        return self.ends[Role.SERVER]

    def send(self, role: Role, *messages: object, cuts: Iterable[int] = ()) -> bytes:
        """Sends messages and checks that they arrive; cuts the bytes where told."""
        data = b"".join(self.ends[role].send(message) for message in messages)
        assert self.deliver(role.other, data, cuts=cuts) == list(messages)
        return data

    def deliver(self, role: Role, data: bytes, cuts: Iterable[int] = ()) -> list[object]:
        """Gives bytes to one end, and what it makes of them beside `SessionReady`."""
        receiver = self.ends[role]
        found: list[object] = []
        for piece in pieces(data, cuts):
            receiver.receive_data(piece)
            while events := receiver.events():
                found += events
        return [event for event in found if not isinstance(event, SessionReady)]

    def agree(self) -> "ConnectionPair":
        """Takes both ends to where the version is agreed."""
        self.send(Role.CLIENT, Hello())
        self.send(Role.SERVER, ServerHello(self.version, "20260809 10:11:12", "EST"))
        return self.expect(State.AGREED)

    def start(self) -> "ConnectionPair":
        """Takes both ends to where the session is started."""
        self.agree().send(Role.CLIENT, StartApi(7))
        return self.expect(State.STARTING)

    def ready(self) -> "ConnectionPair":
        """Takes both ends to where requests are welcome."""
        self.start().send(Role.SERVER, ACCOUNTS, NEXT_ID)
        for end in self.ends.values():
            end.events()
        return self.expect(State.READY)

    def expect(self, state: State) -> "ConnectionPair":
        assert {end.state for end in self.ends.values()} == {state}
        return self


def at(role: Role, state: State, version: int = v.MAX_SERVER_VERSION) -> Connection:
    """Gives one end that has come so far."""
    pair = ConnectionPair(version)
    match state:
        case State.IDLE:
            pass
        case State.GREETED:
            pair.send(Role.CLIENT, Hello())
        case State.AGREED:
            pair.agree()
        case State.STARTING:
            pair.start()
        case State.READY:
            pair.ready()
        case State.CLOSED:
            pair.ready().ends[role].receive_data(b"")
            pair.ends[role].events()
    assert pair.ends[role].state is state
    return pair.ends[role]


def pieces(data: bytes, cuts: Iterable[int]) -> Iterator[bytes]:
    """Cuts bytes in two or more, and never gives an empty piece: that would be the end."""
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return (data[start:end] for start, end in pairwise(edges))
