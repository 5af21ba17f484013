"""What the generic tests do not show of ticks: which bit of a mask is which, and unknown types."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from trio_tws import _versions as v
from trio_tws._enums import TickByTickKind
from trio_tws._errors import LocalProtocolError
from trio_tws._model.historical_ticks import (
    HistoricalTicks,
    HistoricalTicksBidAsk,
    HistoricalTicksLast,
)
from trio_tws._model.tick_by_tick import (
    MidpointTick,
    QuoteTick,
    ReqTickByTickData,
    TickAttribBidAsk,
    TickAttribLast,
    TickByTick,
    TradeTick,
)
from trio_tws._wire.classes import evolve
from trio_tws._wire.fields import spec_of
from trio_tws.protocol._codec import Codec
from trio_tws.protocol._events import MalformedMessage

TIME = datetime(2023, 4, 10, 13, 30, tzinfo=UTC)
VERSION = v.PROTOBUF - 1


def check(payload: bytes, message: object) -> None:
    """Holds that these bytes are this message, both ways."""
    assert Codec(VERSION, reads_incoming=True, strict=True).decode(payload) == message
    assert Codec(VERSION, reads_incoming=False).encode(message) == payload


@pytest.mark.parametrize(
    ("mask", "attrib"),
    [
        (0, TickAttribBidAsk()),
        (1, TickAttribBidAsk(bid_past_low=True)),
        (2, TickAttribBidAsk(ask_past_high=True)),
        (3, TickAttribBidAsk(bid_past_low=True, ask_past_high=True)),
    ],
)
def test_a_live_quote_has_the_bid_in_the_first_bit(mask: int, attrib: TickAttribBidAsk) -> None:
    quote = QuoteTick(TIME, attrib, 11.63, 11.83, Decimal(2800), Decimal(100))
    check(
        b"99\x007\x003\x001681133400\x0011.63\x0011.83\x002800\x00100\x00%d\x00" % mask,
        TickByTick(7, TickByTickKind.BID_ASK, bid_ask=quote),
    )


@pytest.mark.parametrize(
    ("mask", "attrib"),
    [
        (0, TickAttribBidAsk()),
        (1, TickAttribBidAsk(ask_past_high=True)),
        (2, TickAttribBidAsk(bid_past_low=True)),
        (3, TickAttribBidAsk(bid_past_low=True, ask_past_high=True)),
    ],
)
def test_a_quote_of_the_past_has_the_ask_in_the_first_bit(
    mask: int, attrib: TickAttribBidAsk
) -> None:
    quote = QuoteTick(TIME, attrib, 11.63, 11.83, Decimal(2800), Decimal(100), is_past=True)
    check(
        b"97\x007\x001\x001681133400\x00%d\x0011.63\x0011.83\x002800\x00100\x001\x00" % mask,
        HistoricalTicksBidAsk(7, (quote,), done=True),
    )


@pytest.mark.parametrize(
    ("mask", "attrib"),
    [
        (0, TickAttribLast()),
        (1, TickAttribLast(past_limit=True)),
        (2, TickAttribLast(unreported=True)),
        (3, TickAttribLast(past_limit=True, unreported=True)),
    ],
)
def test_a_trade_has_the_same_bits_live_and_of_the_past(mask: int, attrib: TickAttribLast) -> None:
    trade = TradeTick(TIME, attrib, 11.7, Decimal(24547), "ISLAND", " O X")
    check(
        b"99\x007\x001\x001681133400\x0011.7\x0024547\x00%d\x00ISLAND\x00 O X\x00" % mask,
        TickByTick(7, TickByTickKind.LAST, last=trade),
    )
    check(
        b"98\x007\x001\x001681133400\x00%d\x0011.7\x0024547\x00ISLAND\x00 O X\x000\x00" % mask,
        HistoricalTicksLast(7, (evolve(trade, is_past=True),)),
    )


def test_what_is_special_about_a_tick_can_be_asked_of_it() -> None:
    for one, other in ((False, True), (True, False)):
        trade = TradeTick(TIME, TickAttribLast(past_limit=one, unreported=other))
        quote = QuoteTick(TIME, TickAttribBidAsk(bid_past_low=one, ask_past_high=other))

        assert (trade.past_limit, trade.unreported) == (one, other)
        assert (quote.bid_past_low, quote.ask_past_high) == (one, other)


@pytest.mark.parametrize(
    ("cls", "tick"),
    [
        (HistoricalTicks, MidpointTick(TIME, 1.0, Decimal(0))),
        (HistoricalTicksBidAsk, QuoteTick(TIME)),
        (HistoricalTicksLast, TradeTick(TIME)),
    ],
)
@pytest.mark.parametrize("version", [VERSION, v.MAX_SERVER_VERSION])
def test_the_message_tells_that_a_tick_is_past(cls: Any, tick: Any, version: int) -> None:
    """Whatever was said of it where it comes from: the bytes don't tell."""
    past = evolve(tick, is_past=True)
    write = Codec(version, reads_incoming=False).encode

    assert write(cls(7, (tick, past))) == write(cls(7, (past, past)))

    decoded = Codec(version, reads_incoming=True, strict=True).decode(write(cls(7, (tick, tick))))

    assert decoded == cls(7, (past, past))
    assert not tick.is_past


def test_an_empty_mask_and_bits_that_are_not_listed_say_nothing() -> None:
    codec = Codec(VERSION, reads_incoming=True, strict=True)
    for mask in (b"", b"4", b"64"):
        tick = codec.decode(
            b"99\x007\x003\x001681133400\x0011.63\x0011.83\x002800\x00100\x00%b\x00" % mask
        )

        assert isinstance(tick, TickByTick)
        assert tick.bid_ask is not None
        assert tick.bid_ask.tick_attrib_bid_ask == TickAttribBidAsk()


def test_a_mask_that_is_no_number_is_malformed() -> None:
    payload = b"99\x007\x003\x001681133400\x0011.63\x0011.83\x002800\x00100\x00x\x00"

    assert isinstance(Codec(VERSION, reads_incoming=True).decode(payload), MalformedMessage)


def test_a_midpoint_has_no_size_live_and_a_filler_in_the_past() -> None:
    check(
        b"99\x007\x004\x001681133400\x0091.355\x00",
        TickByTick(7, TickByTickKind.MID_POINT, mid_point=MidpointTick(TIME, 91.355)),
    )
    check(
        b"96\x007\x001\x001681133400\x000\x0091.355\x000\x001\x00",
        HistoricalTicks(7, (MidpointTick(TIME, 91.355, Decimal(0), is_past=True),), done=True),
    )


def test_a_tick_of_no_type_has_a_time_that_says_nothing() -> None:
    check(b"99\x007\x000\x000\x00", TickByTick(7))

    decoded = Codec(VERSION, reads_incoming=True).decode(b"99\x007\x000\x001681133400\x00")

    assert decoded == TickByTick(7)


def test_a_tick_of_a_type_that_is_not_known_survives() -> None:
    codec = Codec(VERSION, reads_incoming=True)

    decoded = codec.decode(b"99\x007\x005\x001681133400\x0011.63\x00\x00")

    assert decoded == TickByTick(7, TickByTickKind(5))
    assert codec.surplus == {TickByTick: 1}


@pytest.mark.parametrize("kind", [kind for kind in TickByTickKind if kind])
def test_a_tick_without_what_its_type_calls_for_is_refused_in_text(kind: TickByTickKind) -> None:
    with pytest.raises(LocalProtocolError, match="is None"):
        Codec(VERSION, reads_incoming=False).encode(TickByTick(7, kind))


def test_ticks_of_the_past_go_to_a_stream_that_asked_for_them() -> None:
    """They are answers to it, so that they find it by its request id."""
    assert all(
        ReqTickByTickData in spec_of(cls).answers and VERSION not in spec_of(cls).ends
        for cls in (HistoricalTicks, HistoricalTicksBidAsk, HistoricalTicksLast)
    )
