"""What a connection tells beside the messages: plain values that can't change."""

import copy
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from trio_tws import _versions as v
from trio_tws._errors import RemoteProtocolError
from trio_tws.protocol import (
    NEED_DATA,
    EndOfStream,
    Hello,
    MalformedMessage,
    NeedData,
    Notice,
    ServerHello,
    SessionReady,
    UnknownMessage,
)

EVENTS: list[Any] = [
    Hello(100, 200, "+PACEAPI"),
    ServerHello(176, "20260809 10:11:12", "EST"),
    SessionReady(("DU1",), 17),
    EndOfStream(3),
    UnknownMessage(999, b"999\0"),
    MalformedMessage(None, None, b"", RemoteProtocolError("no id")),
    Notice(2104, "farm is OK", 7, datetime(2026, 8, 9, tzinfo=UTC), "{}"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_is_a_value_that_can_not_be_changed(event: Any) -> None:
    same = copy.copy(event)

    assert same == event
    assert hash(same) == hash(event)
    for field in attrs.fields(event.__class__):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(event, field.name, None)


def test_a_hello_offers_every_version_that_is_spoken_here() -> None:
    assert Hello() == Hello(v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION, "")


def test_a_choice_may_come_without_a_time() -> None:
    assert ServerHello(176) == ServerHello(176, "", "")


def test_a_notice_is_about_nothing_in_particular_unless_told() -> None:
    notice = Notice(1100, "Connectivity between IB and Trader Workstation has been lost.")

    assert (notice.req_id, notice.time, notice.advanced_order_reject_json) == (-1, None, "")


def test_need_data_says_what_it_is() -> None:
    assert isinstance(NEED_DATA, NeedData)
    assert repr(NEED_DATA) == "NEED_DATA"
