"""Every message comes back from bytes as what it was, at every server version that knows it.

By default at the versions where something changes for the message; `-m wide` takes them all, every
message at its share of them.
"""

import functools
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests._model.facts import INCOMING, OUTGOING, class_of, name_of
from tests._model.strategies import messages
from tests._model.survivors import (
    SHARE,
    all_versions,
    differences,
    never_carried,
    some_versions,
    survivors,
)
from trio_tws import _versions as v
from trio_tws._enums import TickType
from trio_tws._errors import LocalProtocolError
from trio_tws._model.bars import HistoricalData, HistoricalDataBar
from trio_tws._model.ticks import TickPrice
from trio_tws._wire.fields import fields_of, spec_of
from trio_tws.protocol._codec import PROTO_OFFSET, Codec

pytestmark = pytest.mark.no_cover

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
ZEROS = {"int": 0, "time (s)": _FIRST, "time (ms)": _FIRST}
"""What an absent field reads as, where a declaration has no default for it."""


@functools.cache
def codecs(version: int) -> tuple[Codec, Codec]:
    """Gives those of a client and of a server, the readers strict."""
    return (
        Codec(version, reads_incoming=True, strict=True),
        Codec(version, reads_incoming=False, strict=True),
    )


def check_sent(message: Any, version: int) -> None:
    client, server = codecs(version)
    cls = class_of(message)
    kept = survivors(message, version)
    lost = differences(message, kept)
    try:
        payload = client.encode(message)
    except LocalProtocolError as error:
        refused = str(error)
        payload = client.encode(kept)
    else:
        refused = ""
    names = {f"{cls.__name__}.{'.'.join(path)}" for path in lost}
    assert (
        refused.partition(" ")[0].replace("[]", "") in names
        if refused
        else lost <= never_carried(cls, version)
    )
    assert_same(server.decode(payload), kept)


def check_received(message: Any, version: int) -> None:
    client, server = codecs(version)

    assert_same(client.decode(server.encode(message)), survivors(message, version))


def assert_same(received: object, expected: object) -> None:
    assert received == expected
    assert repr(received) == repr(expected)  # 100 and 100.00 are equal, and so are 1 and True


def check(message: Any, versions: Iterable[int]) -> None:
    cls = class_of(message)
    checked = check_received if spec_of(cls).is_incoming else check_sent
    for version in versions:
        try:
            checked(message, version)
        except AssertionError as error:
            error.add_note(f"at server version {version}: {message}")
            raise


@pytest.mark.slow
@pytest.mark.parametrize("cls", [*OUTGOING, *INCOMING], ids=name_of)
@settings(max_examples=20)
@given(data=st.data())
def test_a_message_comes_back_as_it_was(cls: type, data: st.DataObject) -> None:
    check(data.draw(messages(cls)), some_versions(cls))


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.parametrize("cls", [*OUTGOING, *INCOMING], ids=name_of)
@settings(max_examples=60)
@given(first=st.integers(0, SHARE - 1), data=st.data())
def test_a_message_comes_back_as_it_was_at_every_version(
    cls: type, first: int, data: st.DataObject
) -> None:
    check(data.draw(messages(cls)), all_versions(cls)[first::SHARE])


@pytest.mark.parametrize("version", [v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION])
def test_a_bar_that_is_not_made_of_trades_says_minus_one(version: int) -> None:
    client, server = codecs(version)
    sent = HistoricalData(req_id=1, bars=(HistoricalDataBar(date="20260320", open=1.5),))

    payload = server.encode(sent)

    assert payload.count(b"-1") == 2 + (version < v.PROTOBUF_HISTORICAL_DATA)  # else a number
    assert client.decode(payload) == sent


@pytest.mark.parametrize("cls", [cls for cls in INCOMING if spec_of(cls).proto], ids=name_of)
def test_an_empty_protobuf_message_reads_as_the_defaults(cls: type) -> None:
    client, _ = codecs(v.MAX_SERVER_VERSION)

    received = client.decode((spec_of(cls).id + PROTO_OFFSET).to_bytes(4))

    assert received == absent(cls)


def absent(cls: type) -> Any:
    """Gives a message or structure of which nothing is there: None wherever that is a value."""
    values: dict[str, Any] = {}
    for field in fields_of(cls):
        if field.is_optional:
            values[field.name] = None
        elif field.struct is not None and not field.is_list:
            values[field.name] = absent(field.struct)
        elif field.default is attrs.NOTHING:
            values[field.name] = ZEROS[field.value_kind.name]
        else:
            values[field.name] = field.default
    return cls(**values)


@pytest.mark.parametrize("version", [v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION])
@pytest.mark.parametrize(
    ("price", "size", "read"),
    [
        (None, None, None),
        (None, Decimal(0), None),
        (None, Decimal(5), None),
        (-1.0, Decimal(0), None),
        (-1.0, Decimal(5), -1.0),  # a combination may cost that much
    ],
)
def test_minus_one_is_no_price_unless_there_is_a_size(
    version: int, price: float | None, size: Decimal | None, read: float | None
) -> None:
    client, server = codecs(version)
    sent = TickPrice(req_id=1, tick_type=TickType.BID, price=price, size=size)

    received = client.decode(server.encode(sent))

    assert received == TickPrice(req_id=1, tick_type=TickType.BID, price=read, size=size)
