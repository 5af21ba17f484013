"""The envelope: ids, formats, strictness, and what becomes of bytes that can't be read."""

import struct
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests._model.facts import INCOMING, OUTGOING, name_of
from tests._model.strategies import messages
from tests._model.survivors import all_versions, changed, survivors
from trio_tws import _versions as v
from trio_tws._enums import MarketDataKind, TickType
from trio_tws._errors import LocalProtocolError, RemoteProtocolError
from trio_tws._model.bars import HistoricalData, HistoricalDataEnd, ReqHistoricalData
from trio_tws._model.cancels import ReqGlobalCancel
from trio_tws._model.contracts import CancelContractData, Contract, ContractDataEnd
from trio_tws._model.session import (
    CurrentTime,
    Error,
    ManagedAccounts,
    NextValidId,
    ReqCurrentTime,
    ReqIds,
    StartApi,
)
from trio_tws._model.ticks import ReqMarketDataType, TickPrice, TickString
from trio_tws._wire.fields import spec_of
from trio_tws.protocol._codec import Codec
from trio_tws.protocol._events import MalformedMessage, UnknownMessage

LAST_TEXT_ID = v.PROTOBUF - 1
SOME_VERSIONS = (v.MIN_SERVER_VERSION, 176, LAST_TEXT_ID, v.PROTOBUF, v.MAX_SERVER_VERSION)


def client(version: int, *, strict: bool = True) -> Codec:
    return Codec(version, reads_incoming=True, strict=strict)


def server(version: int) -> Codec:
    return Codec(version, reads_incoming=False, strict=True)


def malformed(codec: Codec, payload: bytes) -> MalformedMessage:
    found = codec.decode(payload)
    assert isinstance(found, MalformedMessage)
    assert found.payload == payload == found.error.payload
    return found


# The envelope .....................................................................................


def test_below_201_an_id_is_a_field_like_any_other() -> None:
    assert server(LAST_TEXT_ID).encode(NextValidId(order_id=7)) == b"9\x001\x007\x00"
    assert client(LAST_TEXT_ID).decode(b"9\x001\x007\x00") == NextValidId(order_id=7)


def test_from_201_an_id_is_four_bytes_before_the_text() -> None:
    payload = b"\0\0\0\x091\x007\x00"

    assert server(v.PROTOBUF).encode(NextValidId(order_id=7)) == payload
    assert client(v.PROTOBUF).decode(payload) == NextValidId(order_id=7)


def test_an_id_above_200_says_that_protobuf_follows() -> None:
    payload = struct.pack(">i", 209) + b"\x08\x07"

    assert server(v.PROTOBUF_REST_MESSAGES_3).encode(NextValidId(order_id=7)) == payload
    assert client(v.PROTOBUF_REST_MESSAGES_3).decode(payload) == NextValidId(order_id=7)


def told(found: object) -> object:
    """What can be compared: two errors are never equal."""
    if not isinstance(found, MalformedMessage):
        return found
    return found.message_type, found.req_id, found.payload, str(found.error)


ODD = (
    b"",
    b"\0",
    b"x\x001\0",
    b"9\x001\x00x\0",
    b"9\x001\x007\x008\0",
    b"46\x006\x007\x0045\0\xff\0",
    b"999\x001\0",
    b"\0\0\0\x091\x00x\0",
    struct.pack(">i", 209) + b"\x08",
    struct.pack(">i", 999) + b"\x08",
)
"""Payloads of which hardly one is as it should be, at any version."""


@pytest.mark.parametrize("version", SOME_VERSIONS)
@pytest.mark.parametrize("strict", [True, False])
def test_many_are_read_as_each_of_them(version: int, strict: bool) -> None:
    good = [server(version).encode(message) for message in (NextValidId(7), TickString(7))]
    many, each = (client(version, strict=strict) for _ in range(2))
    payloads = [*good, *ODD, *ODD, *good]

    found = [told(one) for one in many.decode_all(payloads)]

    assert found == [told(each.decode(payload)) for payload in payloads]
    assert many.surplus == each.surplus


def test_a_long_message_among_them_changes_nothing() -> None:
    texts = [TickString(7, value="x" * 200_000), TickString(7)]
    payloads = [server(176).encode(text) for text in texts]

    assert client(176).decode_all(payloads) == texts


@pytest.mark.parametrize("version", [v.PROTOBUF, v.MAX_SERVER_VERSION])
def test_either_format_is_read_whatever_the_version_calls_for(version: int) -> None:
    codec = client(version)

    assert codec.decode(b"\0\0\0\x091\x007\x00") == NextValidId(order_id=7)
    assert codec.decode(struct.pack(">i", 209) + b"\x08\x07") == NextValidId(order_id=7)


def test_a_message_without_fields_is_its_id_alone() -> None:
    codec = client(v.MAX_SERVER_VERSION)

    assert codec.encode(ReqGlobalCancel())[:4] == struct.pack(">i", 258)
    assert codec.encode(ReqCurrentTime()) == struct.pack(">i", 249)
    assert client(LAST_TEXT_ID).encode(ReqCurrentTime()) == b"49\x001\x00"


def test_start_api_is_protobuf_from_213() -> None:
    message = StartApi(client_id=1)

    assert client(v.PROTOBUF_REST_MESSAGES_3 - 1).encode(message) == b"\0\0\x00G2\x001\x00\x00"
    assert client(v.PROTOBUF_REST_MESSAGES_3).encode(message) == struct.pack(">i", 271) + b"\x08\1"


def test_the_same_id_is_another_message_the_other_way() -> None:
    payload = b"9\x001\x007\x00"

    assert isinstance(client(LAST_TEXT_ID).decode(payload), NextValidId)
    assert not isinstance(server(LAST_TEXT_ID).decode(payload), NextValidId)


# What can't be read ...............................................................................


@pytest.mark.parametrize(
    ("version", "payload"),
    [
        (LAST_TEXT_ID, b""),
        (LAST_TEXT_ID, b"\0"),
        (LAST_TEXT_ID, b"nine\x001\x00"),
        (LAST_TEXT_ID, b"9" * 5000),
        (LAST_TEXT_ID, b"\xff\xfe\0"),
        (v.PROTOBUF, b""),
        (v.PROTOBUF, b"\0\0\0"),
    ],
)
def test_a_frame_without_an_id_is_malformed(version: int, payload: bytes) -> None:
    found = malformed(client(version), payload)

    assert found.message_type is None
    assert found.req_id is None
    assert str(found.error).startswith("a frame has no message id")


@pytest.mark.parametrize(
    ("version", "payload", "message_id"),
    [
        (LAST_TEXT_ID, b"999\x001\x00", 999),
        (LAST_TEXT_ID, b"209\x00\x08\x07", 209),  # there is no protobuf yet
        (v.PROTOBUF, struct.pack(">i", 199) + b"1\0", 199),
        (v.PROTOBUF, struct.pack(">i", -5) + b"1\0", -5),
        (v.PROTOBUF, struct.pack(">i", 399) + b"\x08\x07", 199),
    ],
)
def test_an_id_that_no_table_has_is_unknown(version: int, payload: bytes, message_id: int) -> None:
    assert client(version).decode(payload) == UnknownMessage(message_id, payload)


def test_what_has_no_text_form_is_unknown_as_text() -> None:
    payload = struct.pack(">i", 106) + b"1\0"

    assert server(v.CANCEL_CONTRACT_DATA).decode(payload) == UnknownMessage(106, payload)
    assert server(v.CANCEL_CONTRACT_DATA).decode(
        client(v.CANCEL_CONTRACT_DATA).encode(CancelContractData(req_id=1))
    ) == CancelContractData(req_id=1)


def test_a_damaged_text_tells_its_message_its_request_and_its_field() -> None:
    found = malformed(client(176), b"1\x006\x0042\x001\x00dear\x00100\x000\x00")

    assert (found.message_type, found.req_id) == (TickPrice, 42)
    assert "TickPrice.price can't be read" in str(found.error)
    assert "dear" in str(found.error)
    assert isinstance(found.error.__cause__, ValueError)


@pytest.mark.parametrize(
    ("payload", "req_id"),
    [
        (b"1\x006\x00me\x001\x00dear\x00100\x000\x00", None),  # the id is damaged too
        (b"1\x006\x00", None),  # it ends before the id
        (b"17\x007\x00a\x00b\x00x\x00", 7),
        (b"9\x001\x00x\x00", None),  # it has none
        (b"49\x001\x00x\x00", None),
        (b"15\x001\x00a\x00b\x00", None),
        (b"17\x00x\x00a\x00b\x00-1\x00", None),
    ],
)
def test_the_request_of_a_damaged_text_is_read_if_it_can_be(
    payload: bytes, req_id: int | None
) -> None:
    assert malformed(client(176), payload).req_id == req_id


BROKEN = b"\x22\x7f"
"""A text of 127 bytes in field 4, of which there is none."""


@pytest.mark.parametrize(
    ("message_id", "body", "req_id"),
    [
        (1, b"\x08\x2a" + BROKEN, 42),
        (1, b"\x08\x80\x80\x80\x80\x04" + BROKEN, 1 << 30),
        (1, b"\x08\xff\xff\xff\xff\x07" + BROKEN, (1 << 31) - 1),
        (1, b"\x08\xff\xff\xff\xff\x0f" + BROKEN, None),  # more than 31 bits
        (1, b"\x08" + b"\xff" * 9 + b"\x01" + BROKEN, None),  # -1, which is no request
        (1, b"\x08\xff", None),
        (1, BROKEN, None),
        (9, b"\x08\x2a" + BROKEN, None),  # an order id
        (49, b"\x08\x2a" + BROKEN, None),  # a time
    ],
)
def test_the_request_of_a_damaged_protobuf_is_read_if_it_can_be(
    message_id: int, body: bytes, req_id: int | None
) -> None:
    found = malformed(client(v.MAX_SERVER_VERSION), struct.pack(">i", 200 + message_id) + body)

    assert found.req_id == req_id
    assert found.message_type is not None
    assert found.error.__cause__ is not None


def test_a_value_in_protobuf_that_is_no_number_names_its_field() -> None:
    body = b"\x08\x2a\x10\x01\x22\x03few"  # the size is a text there

    found = malformed(client(v.MAX_SERVER_VERSION), struct.pack(">i", 201) + body)

    assert (found.message_type, found.req_id) == (TickPrice, 42)
    assert "TickPrice.size can't be read" in str(found.error)


def test_a_moment_beyond_the_calendar_is_malformed() -> None:
    found = malformed(client(176), b"49\x001\x00" + b"9" * 30 + b"\x00")

    assert found.message_type is CurrentTime


def test_a_reader_of_protobuf_can_be_used_again() -> None:
    codec = client(v.MAX_SERVER_VERSION)

    assert [codec.decode(struct.pack(">i", 209) + bytes((8, n))) for n in (1, 2)] == [
        NextValidId(order_id=1),
        NextValidId(order_id=2),
    ]


def test_a_damaged_frame_does_not_touch_those_after_it() -> None:
    codec = client(176)
    malformed(codec, b"9\x001\x00x\x00")

    assert codec.decode(b"9\x001\x007\x00") == NextValidId(order_id=7)


def test_bytes_that_are_not_utf_8_are_shown_as_what_they_are() -> None:
    assert client(176).decode(b"46\x006\x001\x0045\x00caf\xe9\x00") == TickString(
        req_id=1, tick_type=TickType.LAST_TIMESTAMP, value="caf\\xe9"
    )


# Strictness .......................................................................................


@pytest.mark.parametrize(
    ("payload", "what"),
    [(b"9\x001\x007\x008\x00", "1 fields too many"), (b"9\x001\x00", "too few fields")],
)
def test_a_strict_codec_takes_the_exact_number_of_fields(payload: bytes, what: str) -> None:
    assert f"{what} at server version 176" in str(malformed(client(176), payload).error)


def test_otherwise_fields_left_over_are_counted() -> None:
    codec = client(176, strict=False)

    for _ in range(2):
        assert codec.decode(b"9\x001\x007\x008\x00") == NextValidId(order_id=7)

    assert codec.surplus == {NextValidId: 2}


@pytest.mark.parametrize("payload", [b"9\x001\x00", b"9\x001", b"9\x00", b"9"])
def test_otherwise_missing_fields_read_as_unset(payload: bytes) -> None:
    codec = client(176, strict=False)

    assert codec.decode(payload) == NextValidId(order_id=0)
    assert not codec.surplus


def test_otherwise_a_list_that_breaks_off_is_filled_up() -> None:
    found = client(176, strict=False).decode(b"17\x007\x00a\x00b\x002\x0020260320\x001.5\x00")

    assert isinstance(found, HistoricalData)
    assert [bar.open for bar in found.bars] == [1.5, 0.0]


def test_a_list_longer_than_its_frame_is_malformed_even_so() -> None:
    found = malformed(client(176, strict=False), b"17\x007\x00a\x00b\x00999999999\x00")

    assert found.req_id == 7


# Writing ..........................................................................................


def test_what_is_no_message_is_refused() -> None:
    with pytest.raises(LocalProtocolError, match="int is not a message"):
        client(176).encode(7)


def test_what_the_other_side_sends_is_refused() -> None:
    with pytest.raises(LocalProtocolError, match="NextValidId is what the other side sends"):
        client(176).encode(NextValidId(order_id=7))
    with pytest.raises(LocalProtocolError, match="ReqIds is what the other side sends"):
        server(176).encode(ReqIds())


def test_a_message_that_this_server_does_not_know_is_refused() -> None:
    with pytest.raises(LocalProtocolError, match="needs server version 215, this server has 214"):
        client(v.CANCEL_CONTRACT_DATA - 1).encode(CancelContractData(req_id=1))
    with pytest.raises(LocalProtocolError, match="HistoricalDataEnd needs server version 196"):
        server(v.HISTORICAL_DATA_END - 1).encode(HistoricalDataEnd(req_id=1))


def test_a_field_that_this_server_can_not_carry_is_refused() -> None:
    message = ReqHistoricalData(req_id=1, contract=Contract(), keep_up_to_date=True)

    with pytest.raises(LocalProtocolError, match="keep_up_to_date"):
        client(v.SYNT_REALTIME_BARS - 1).encode(message)
    client(v.SYNT_REALTIME_BARS).encode(message)


@pytest.mark.parametrize("version", [176, v.MAX_SERVER_VERSION])
@pytest.mark.parametrize(
    ("message", "field"),
    [
        (StartApi(client_id=1 << 31), "StartApi.client_id"),
        (StartApi(client_id=1, optional_capabilities="é"), "StartApi.optional_capabilities"),
        (StartApi(client_id=1, optional_capabilities="a\0b"), "StartApi.optional_capabilities"),
        (StartApi(client_id=1, optional_capabilities=7), "StartApi.optional_capabilities"),  # type: ignore[arg-type]  # the mistake
        (StartApi(client_id="one"), "StartApi.client_id"),  # type: ignore[arg-type]  # the mistake
        (StartApi(client_id=None), "StartApi.client_id"),  # type: ignore[arg-type]  # the mistake
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_its_field(
    version: int, message: StartApi, field: str
) -> None:
    codec = client(version)

    with pytest.raises(LocalProtocolError, match=f"{field} can't be sent") as caught:
        codec.encode(message)

    assert caught.value.__cause__ is not None


def test_a_failure_that_is_of_no_field_is_said_of_the_message() -> None:
    with pytest.raises(LocalProtocolError, match="TickString can't be sent"):
        server(176).encode(TickString(req_id=1, tick_type=TickType.LAST_EXCH, value="\ud800"))


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(LocalProtocolError, match="has no time zone"):
        server(176).encode(CurrentTime(time=datetime(2026, 3, 20)))  # noqa: DTZ001 - the mistake


def test_an_encoder_can_be_used_again() -> None:
    codec = client(176)

    assert [
        codec.encode(ReqMarketDataType(market_data_type=MarketDataKind(n))) for n in (1, 3)
    ] == [
        b"59\x001\x001\x00",
        b"59\x001\x003\x00",
    ]


def test_the_error_message_of_each_era() -> None:
    message = Error(req_id=-1, code=2104, message="fine")
    late = changed(message, time=datetime(2026, 3, 20, tzinfo=UTC))

    assert server(v.ERROR_TIME - 1).encode(message) == b"4\x002\x00-1\x002104\x00fine\x00\x00"
    assert server(v.ERROR_TIME).encode(late) == b"4\x00-1\x002104\x00fine\x00\x001773964800000\x00"


# Anything at all ..................................................................................


def accept(codec: Codec, payload: bytes) -> None:
    """The promise: a message, or one of two events that hold the bytes; nothing is raised."""
    found = codec.decode(payload)

    if isinstance(found, MalformedMessage):
        assert found.payload == payload
        assert isinstance(found.error, RemoteProtocolError)
    elif isinstance(found, UnknownMessage):
        assert found.payload == payload
    else:
        assert type(found) in (*INCOMING, *OUTGOING)


@pytest.mark.slow
@pytest.mark.parametrize("version", SOME_VERSIONS)
@pytest.mark.parametrize("strict", [True, False])
@given(payload=st.binary(max_size=200))
def test_any_bytes_are_taken(version: int, payload: bytes, *, strict: bool) -> None:
    for reads_incoming in (True, False):
        accept(Codec(version, reads_incoming=reads_incoming, strict=strict), payload)


CODECS = {
    (version, reads_incoming, strict): Codec(version, reads_incoming=reads_incoming, strict=strict)
    for version in SOME_VERSIONS
    for reads_incoming in (True, False)
    for strict in (True, False)
}


@st.composite
def damaged_frames(draw: st.DrawFn, cls: type) -> tuple[Codec, bytes]:
    """Draws a valid frame in which some places were overwritten, cut out, doubled or cut off."""
    version = draw(
        st.sampled_from([known for known in SOME_VERSIONS if known in all_versions(cls)])
    )
    is_incoming = cls in INCOMING
    message: Any = draw(messages(cls))
    writer = CODECS[version, not is_incoming, True]
    frame = bytearray(writer.encode(survivors(message, version)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(frame)))
        to = min(len(frame), at + draw(st.integers(0, 8)))
        change = draw(st.sampled_from(["overwrite", "cut", "double", "end"]))
        if change == "overwrite":
            frame[at:to] = draw(
                st.binary(max_size=8)
                | st.sampled_from([b"\0", b"-1", b"99999999999", b"1e400", b"NaN", b"\xff"])
            )
        elif change == "cut":
            del frame[at:to]
        elif change == "double":
            frame[at:at] = frame[at:to]
        else:
            del frame[at:]
    return CODECS[version, is_incoming, draw(st.booleans())], bytes(frame)


@pytest.mark.slow
@pytest.mark.parametrize("cls", [*OUTGOING, *INCOMING], ids=name_of)
@settings(max_examples=12)
@given(data=st.data())
def test_damaged_frames_are_taken(cls: type, data: st.DataObject) -> None:
    accept(*data.draw(damaged_frames(cls)))


@pytest.mark.parametrize("cls", INCOMING, ids=name_of)
def test_the_fields_of_one_message_under_the_id_of_another_are_taken(cls: type) -> None:
    codec = client(176)

    for message in (NextValidId(order_id=1), ManagedAccounts(), ContractDataEnd()):
        _, _, fields = server(176).encode(message).partition(b"\0")
        accept(codec, b"%d\0" % spec_of(cls).id + fields)
