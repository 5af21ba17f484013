"""What the dispatch does that no method shows."""

from datetime import UTC, datetime

import pytest

from tests.helpers import at
from trio_tws import (
    ConnectionLost,
    CurrentTime,
    InternalError,
    OpenOrder,
    OpenOrderEnd,
    RemoteProtocolError,
    ReqCurrentTime,
    ReqOpenOrders,
)
from trio_tws._client._event_stream import EventStream
from trio_tws._client._inbox import Inbox
from trio_tws._client._session import Session
from trio_tws.protocol import MalformedMessage, Role, State

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def ready() -> Session:
    connection = at(Role.CLIENT, State.READY, 176)
    return Session(connection, live=False, read_only=False)


async def test_the_first_reason_of_a_loss_stays() -> None:
    session = await ready()
    session.lose("first")
    session.lose("second")
    session.break_down(ZeroDivisionError())
    with pytest.raises(ConnectionLost, match="first"):
        session.raise_if_lost()


async def test_a_bug_is_raised_as_one_each_time_with_its_cause() -> None:
    session = await ready()
    session.break_down(ZeroDivisionError("a bug"))
    for _ in range(2):
        with pytest.raises(InternalError, match="a bug") as caught:
            session.raise_if_lost()
        assert isinstance(caught.value.__cause__, ZeroDivisionError)


async def test_a_request_without_an_id_stays_on_the_books_until_it_is_answered() -> None:
    session = await ready()
    conversation = session.begin(ReqCurrentTime(), Inbox("time"))
    session.leave(conversation)
    assert session.unkeyed.under_way(ReqCurrentTime) is conversation
    session.dispatch([CurrentTime(NOON)])
    assert session.unkeyed.under_way(ReqCurrentTime) is None
    session.leave(conversation)


async def test_an_answer_without_an_id_that_is_not_the_last_keeps_the_request_open() -> None:
    session = await ready()
    asked = session.begin(ReqOpenOrders(), Inbox("open orders"))
    stages: list[tuple[list[object], bool]] = []
    for read in (
        [OpenOrder(1), OpenOrder(2)],
        [OpenOrder(3)],
        [OpenOrderEnd(), OpenOrder(4)],
    ):
        session.dispatch([*read])
        stages.append((asked.inbox.take_nowait(), asked.is_open))
    assert stages == [
        ([OpenOrder(1), OpenOrder(2)], True),
        ([OpenOrder(3)], True),
        ([OpenOrderEnd()], False),
    ]


async def test_the_next_order_id_only_grows() -> None:
    from trio_tws import NextValidId

    session = await ready()
    session.dispatch([NextValidId(50), NextValidId(7)])
    assert session.next_order_id == 50


async def test_a_malformed_answer_to_nobody_is_an_event_and_no_more() -> None:
    session = await ready()
    inbox = Inbox("events")
    session.streams.add(EventStream(inbox, ()))
    error = RemoteProtocolError("unreadable")
    for req_id in (5, None):
        event = MalformedMessage(None, req_id, b"x", error)
        session.dispatch([event])
        assert inbox.take_nowait() == [event]


async def test_a_stream_of_some_types_gets_nothing_else() -> None:
    session = await ready()
    inbox = Inbox("times")
    session.streams.add(EventStream(inbox, (CurrentTime,)))
    session.dispatch([MalformedMessage(None, None, b"x", RemoteProtocolError("unreadable"))])
    assert inbox.take_nowait() == []
    session.dispatch([CurrentTime(NOON)])
    assert inbox.take_nowait() == [CurrentTime(NOON)]
