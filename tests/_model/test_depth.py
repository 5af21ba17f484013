"""What the generic tests do not show of market depth: how it is cancelled, and real bytes."""

from decimal import Decimal

import pytest

from trio_tws import _versions as v
from trio_tws._enums import DepthOperation, DepthSide
from trio_tws._errors import LocalProtocolError
from trio_tws._model.contracts import Contract
from trio_tws._model.depth import (
    CancelMktDepth,
    MarketDepth,
    MarketDepthData,
    MarketDepthL2,
    ReqMktDepth,
)
from trio_tws.protocol._codec import Codec
from trio_tws.protocol._routing import cancel_of

SMART = ReqMktDepth(7, Contract(con_id=265598, exchange="SMART"), is_smart_depth=True)


@pytest.mark.parametrize("is_smart_depth", [False, True])
def test_the_cancel_repeats_whether_the_depth_is_smart(*, is_smart_depth: bool) -> None:
    request = ReqMktDepth(7, Contract(), is_smart_depth=is_smart_depth)

    cancel = cancel_of(request, 7, v.SMART_DEPTH)

    assert cancel == CancelMktDepth(7, is_smart_depth)


def test_smart_depth_needs_a_server_that_knows_it() -> None:
    with pytest.raises(LocalProtocolError, match=f"is_smart_depth.*{v.SMART_DEPTH}"):
        Codec(v.SMART_DEPTH - 1, reads_incoming=True).encode(SMART)

    assert Codec(v.SMART_DEPTH, reads_incoming=True).encode(SMART).endswith(b"\x005\x001\x00\x00")


def test_a_primary_exchange_needs_a_server_that_knows_it() -> None:
    request = ReqMktDepth(7, Contract(symbol="IBM", primary_exchange="NYSE"))

    with pytest.raises(LocalProtocolError, match="primary_exchange"):
        Codec(v.MKT_DEPTH_PRIM_EXCHANGE - 1, reads_incoming=True).encode(request)


def test_the_market_maker_stands_before_the_operation() -> None:
    row = MarketDepthData(2, DepthOperation.UPDATE, DepthSide.BID, 150.25, Decimal(300), "ARCA")
    payload = b"13\x001\x007\x002\x00ARCA\x001\x001\x00150.25\x00300\x00"
    codec = Codec(v.SMART_DEPTH - 1, reads_incoming=True, strict=True)

    assert codec.decode(payload) == MarketDepthL2(7, row)


def test_a_book_without_market_makers_has_none_in_text() -> None:
    row = MarketDepthData(0, DepthOperation.DELETE, DepthSide.ASK, 0.0, Decimal(0))
    payload = b"12\x001\x007\x000\x002\x000\x000.0\x000\x00"
    codec = Codec(v.SMART_DEPTH, reads_incoming=True, strict=True)

    assert codec.decode(payload) == MarketDepth(7, row)
