"""The messages about fundamentals against ib_async: IB's own client has them no longer."""

from typing import Any

import pytest
from ib_async import Contract, TagValue
from ib_async.client import Client
from ib_async.decoder import Decoder
from ibapi.client import EClient
from ibapi.wrapper import EWrapper

from tests._model.facts import message_of, name_of
from tests._model.strategies import OUT, examples
from tests.conformance.official import GONE
from trio_tws import _versions as v
from trio_tws._model.fundamentals import (
    CancelFundamentalData,
    FundamentalData,
    ReqFundamentalData,
)
from trio_tws._wire.fields import spec_of
from trio_tws.protocol._codec import Codec

VERSIONS = (v.MIN_SERVER_VERSION, 157, 178, v.PROTOBUF - 1)
"""Its bodies are the same at all of them; from 201 on the id before the body has another form."""

COUNT = 60


@pytest.mark.parametrize("cls", GONE, ids=name_of)
def test_what_is_said_to_be_gone_is_gone(cls: type) -> None:
    there = EWrapper if spec_of(cls).is_incoming else EClient

    assert not hasattr(there, message_of(cls).official_name)


class Sent(Client):
    """Its client without a connection."""

    def __init__(self) -> None:
        super().__init__(wrapper=None)
        self.frames: list[str] = []

    def isConnected(self) -> bool:
        return True

    def sendMsg(self, msg: str) -> None:
        self.frames.append(msg)


def written(message: ReqFundamentalData | CancelFundamentalData) -> bytes:
    client = Sent()
    if isinstance(message, CancelFundamentalData):
        client.cancelFundamentalData(message.req_id)
    else:
        contract = Contract(
            conId=message.contract.con_id,
            symbol=message.contract.symbol,
            secType=str(message.contract.sec_type),
            exchange=message.contract.exchange,
            primaryExchange=message.contract.primary_exchange,
            currency=message.contract.currency,
            localSymbol=message.contract.local_symbol,
        )
        options = [TagValue(pair.tag, pair.value) for pair in message.fundamental_data_options]
        client.reqFundamentalData(message.req_id, contract, message.report_type, options)
    (frame,) = client.frames
    return frame.encode()


def without_count(payload: bytes) -> bytes:
    """Takes the number of options out, which IB's Java client never wrote."""
    *fields, _, options, after = payload.split(b"\0")
    return b"\0".join([*fields, options, after])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_request_is_what_ib_async_writes_but_for_the_number_of_options(version: int) -> None:
    codec = Codec(version, reads_incoming=True)
    for message in examples(ReqFundamentalData, COUNT):
        assert codec.encode(message) == without_count(written(message))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_cancel_is_what_ib_async_writes(version: int) -> None:
    codec = Codec(version, reads_incoming=True)
    for message in examples(CancelFundamentalData, COUNT):
        assert codec.encode(message) == written(message)


class Told:
    """A wrapper that remembers what it was told."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def fundamentalData(self, *args: Any) -> None:
        self.calls.append(args)


@pytest.mark.parametrize("version", VERSIONS)
def test_ib_async_reads_the_report_that_we_write(version: int) -> None:
    codec = Codec(version, reads_incoming=False)
    for message in examples(FundamentalData, COUNT, OUT):
        told: Any = Told()
        *fields, _ = codec.encode(message).decode().split("\0")

        Decoder(told, version).interpret(fields)

        assert told.calls == [(message.req_id, message.data)]


@pytest.mark.parametrize("cls", GONE, ids=name_of)
def test_from_201_on_the_body_is_the_same_after_an_id_of_four_bytes(cls: type) -> None:
    is_incoming = spec_of(cls).is_incoming
    old = Codec(v.PROTOBUF - 1, reads_incoming=not is_incoming)
    new = Codec(v.MAX_SERVER_VERSION, reads_incoming=not is_incoming)
    for message in examples(cls, COUNT):
        head, _, body = old.encode(message).partition(b"\0")

        assert new.encode(message) == int(head).to_bytes(4) + body
