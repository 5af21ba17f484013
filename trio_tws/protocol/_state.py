"""The session as a state machine: a table, and nothing else.

Theory of operation. A session goes forward only, and both ends go through the same states, so one
table serves both; what differs is who takes which step. A step is something that passes over the
wire::

    IDLE ──HELLO──> GREETED ──SERVER_HELLO──> AGREED ──START_API──> STARTING ──BOTH_KNOWN──> READY

HELLO and START_API are the client's, SERVER_HELLO is the server's, and BOTH_KNOWN is taken by
itself when the accounts and the next order id have both passed, in either order, whatever else
came between. Any state goes to CLOSED.

Three facts shape it. The version is agreed before any message has a layout, so frames that come in
GREETED can't be read, only kept (news has been seen there). In AGREED a client may send nothing but
START_API: what it sends earlier has wedged IB Gateway sessions. And TWS may send anything from
AGREED on, orders of an earlier session among it, so nothing it sends is ever out of turn.

Rules for this file: it knows no bytes and no messages; a step is legal only if the table has it.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from trio_tws._errors import LocalProtocolError


class Role(Enum):
    """Which end of the wire a connection is."""

    CLIENT = "client"
    SERVER = "server"

    @property
    def other(self) -> "Role":
        """The other end."""
        return Role.SERVER if self is Role.CLIENT else Role.CLIENT


class State(Enum):
    """How far a session has come."""

    IDLE = "idle"
    """Nothing has passed."""
    GREETED = "greeted"
    """The client has offered its versions."""
    AGREED = "agreed"
    """The server has chosen one; the client's StartApi is due."""
    STARTING = "starting"
    """The session is started; accounts or next order id are still missing."""
    READY = "ready"
    """Requests are welcome."""
    CLOSED = "closed"
    """Nothing passes any more."""


class Step(Enum):
    """What takes a session forward, or passes without doing so."""

    HELLO = "Hello"
    """The client offers its versions."""
    SERVER_HELLO = "ServerHello"
    """The server chooses one."""
    START_API = "StartApi"
    """The client starts the session."""
    BOTH_KNOWN = "accounts and next order id"
    """Both have passed; this step passes nothing itself."""
    MESSAGE = "any message"
    """Any message of the tables but StartApi."""
    CLOSE = "end of stream"
    """The other end has closed, or what it sent can't be read."""


TRANSITIONS: Final[Mapping[State, Mapping[Step, State]]] = {
    State.IDLE: {Step.HELLO: State.GREETED, Step.CLOSE: State.CLOSED},
    State.GREETED: {Step.SERVER_HELLO: State.AGREED, Step.CLOSE: State.CLOSED},
    State.AGREED: {
        Step.START_API: State.STARTING,
        Step.MESSAGE: State.AGREED,
        Step.CLOSE: State.CLOSED,
    },
    State.STARTING: {
        Step.MESSAGE: State.STARTING,
        Step.BOTH_KNOWN: State.READY,
        Step.CLOSE: State.CLOSED,
    },
    State.READY: {Step.MESSAGE: State.READY, Step.CLOSE: State.CLOSED},
    State.CLOSED: {Step.CLOSE: State.CLOSED},
}
"""Where each step leads. A step that a state does not list can't be taken in it."""

MAY_SEND: Final[Mapping[Role, Mapping[State, frozenset[Step]]]] = {
    Role.CLIENT: {
        State.IDLE: frozenset({Step.HELLO}),
        State.GREETED: frozenset(),
        State.AGREED: frozenset({Step.START_API}),
        State.STARTING: frozenset({Step.MESSAGE}),
        State.READY: frozenset({Step.MESSAGE}),
        State.CLOSED: frozenset(),
    },
    Role.SERVER: {
        State.IDLE: frozenset(),
        State.GREETED: frozenset({Step.SERVER_HELLO}),
        State.AGREED: frozenset({Step.MESSAGE}),
        State.STARTING: frozenset({Step.MESSAGE}),
        State.READY: frozenset({Step.MESSAGE}),
        State.CLOSED: frozenset(),
    },
}
"""What each end may send in each state. What it may receive is whatever the table lets pass."""


def after(state: State, step: Step) -> State:
    """Gives the state that a step leads to.

    Raises:
        LocalProtocolError: The state does not have that step.
    """
    try:
        return TRANSITIONS[state][step]
    except KeyError:
        raise LocalProtocolError(f"{step.value} has no place in state {state.value!r}") from None


def check_may_send(role: Role, state: State, step: Step) -> None:
    """Refuses to send what is not this end's turn.

    Raises:
        LocalProtocolError: It is not.
    """
    allowed = MAY_SEND[role][state]
    if step not in allowed:
        names = ", ".join(sorted(one.value for one in allowed)) or "nothing"
        raise LocalProtocolError(
            f"a {role.value} can't send {step.value} in state {state.value!r}; it may send {names}"
        )
