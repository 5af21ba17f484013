import pytest

from tests.testing.recordings import C, S, Said, close, loose, passages
from trio_tws._model.session import (
    CurrentTime,
    Error,
    ManagedAccounts,
    NextValidId,
    ReqCurrentTime,
    StartApi,
)
from trio_tws.protocol import Hello, MalformedMessage, ServerHello, UnknownMessage
from trio_tws.testing import recorded_messages
from trio_tws.testing._recording_messages import Decoder


@pytest.mark.parametrize("version", [100, 176, 226])
def test_every_frame_is_read(version: int) -> None:
    found = passages(
        Said(2.0, C, ReqCurrentTime()),
        Said(2.5, S, Error(-1, 2104, "all is well")),
        version=version,
    )
    messages = [message for _, message in recorded_messages([loose(b"API\0"), *found])]

    assert messages == [
        Hello(),
        ServerHello(version, "20260115 10:00:00", "EST"),
        StartApi(7),
        ManagedAccounts(("DU1234567",)),
        NextValidId(5),
        ReqCurrentTime(),
        Error(-1, 2104, "all is well"),
    ]


def test_what_can_not_be_read_is_given_as_it_is() -> None:
    found = passages(Said(2.0, S, b"49\x001\0noon\0"), Said(2.0, S, b"999\0001\0"), version=176)
    *_, (_, bad), (passage, unknown) = recorded_messages(found)

    assert isinstance(bad, MalformedMessage)
    assert bad.message_type is CurrentTime
    assert unknown == UnknownMessage(999, b"999\x001\x00")
    assert passage.offset == 2.0


def test_greetings_that_are_none_are_unknown() -> None:
    decoder = Decoder()
    hello, news, answer, *_ = (
        Said(0, C, b"what?"),
        Said(0, S, b"news"),
        Said(0, S, b"-1\0elsewhere:4002\0"),
    )
    found = passages(hello, news, answer)[-3:]

    assert [decoder.decode(one) for one in found] == [
        UnknownMessage(-1, b"what?"),
        UnknownMessage(-1, b"news"),
        UnknownMessage(-1, b"-1\0elsewhere:4002\0"),
    ]
    assert decoder.server_version == 0


def test_what_is_no_frame_says_nothing() -> None:
    decoder = Decoder()

    assert decoder.decode(loose(b"API\0")) is None
    assert decoder.decode(close(1.0, C)) is None
    assert list(recorded_messages([loose(b"API\0"), close(1.0, C)])) == []
