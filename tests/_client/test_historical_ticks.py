from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests._client.peer import Peer, session
from trio_tws import (
    CancelHistoricalTicks,
    Forex,
    HistoricalTicksLast,
    LocalProtocolError,
    NoData,
    ReqHistoricalTicks,
    Stock,
    TradeTick,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws.testing import open_simulator

AAPL = Stock("AAPL")
START = datetime(2026, 3, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize("version", [v.HISTORICAL_TICKS, 176, 226])
async def test_ticks_are_those_of_the_market(version: int) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            trades = await tws.historical_ticks(AAPL, end=START)
            start = START - timedelta(minutes=5)
            quotes = await tws.historical_ticks(AAPL, start=start, number=50, what="BID_ASK")
            middles = await tws.historical_ticks(AAPL, start=start, number=50, what="MIDPOINT")
            with pytest.raises(NoData):
                await tws.historical_ticks(Forex("EURUSD"), end=START)
        market = simulator.market
    assert len(trades) == 1000
    assert len(quotes) == len(middles) == 50
    assert quotes[0].time == middles[0].time == start
    for tick in trades:
        trade = market.trade(265598, int(tick.time.timestamp()))
        assert trade is not None
        assert (tick.price, tick.size) == (trade.price, trade.size)
    for quote, middle in zip(quotes, middles, strict=True):
        assert quote.time == middle.time
        at = quote.time.timestamp()
        made = market.quote(265598, at)
        assert made is not None
        assert (quote.price_bid, quote.price_ask) == (made.bid, made.ask)
        assert (quote.size_bid, quote.size_ask) == (made.bid_size, made.ask_size)
        assert middle.price == market.price(265598, at)


async def test_all_messages_up_to_the_last_are_joined() -> None:
    async def answer(peer: Peer) -> None:
        request = await peer.read_until(ReqHistoricalTicks)
        assert (request.start_date_time, request.end_date_time) == ("", "20260302-15:00:00")
        assert (request.number_of_ticks, request.ignore_size) == (7, True)
        for price in (1.0, 2.0, 3.0):
            ticks = (TradeTick(START, price=price),)
            await peer.send(HistoricalTicksLast(request.req_id, ticks, done=price == 3))

    async with session(answer) as (tws, peer):
        ticks = await tws.historical_ticks(AAPL, end=START, number=7, ignore_size=True)
        assert [tick.price for tick in ticks] == [1.0, 2.0, 3.0]
        assert all(tick.is_past for tick in ticks)
    assert not [one for one in peer.received if isinstance(one, CancelHistoricalTicks)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "exactly one"),
        ({"start": START, "end": START}, "exactly one"),
        ({"start": START.replace(tzinfo=None)}, "start=.* no time zone"),
        ({"end": START.replace(tzinfo=None)}, "end=.* no time zone"),
        ({"end": START, "number": 0}, "number=0"),
        ({"end": START, "number": 1001}, "number=1001"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_nothing_is_sent(
    arguments: dict[str, Any], words: str
) -> None:
    async with session() as (tws, peer):
        with pytest.raises(LocalProtocolError, match=words):
            await tws.historical_ticks(AAPL, **arguments)
    assert not [one for one in peer.received if isinstance(one, ReqHistoricalTicks)]
