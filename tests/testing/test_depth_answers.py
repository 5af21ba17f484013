from decimal import Decimal
from typing import Final

import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.testing.program import START, Program, running, session
from trio_tws import (
    CancelMktDepth,
    Contract,
    CurrentTime,
    DepthSide,
    Error,
    Forex,
    Future,
    Index,
    MarketDepth,
    MarketDepthL2,
    ReqCurrentTime,
    ReqMktDepth,
    Stock,
)
from trio_tws._client._book import LiveBook
from trio_tws.testing import INSTRUMENTS, Instrument, Market
from trio_tws.testing._depth_answers import Level, changes, levels

NOW: Final = START.timestamp()
MARKET: Final = Market(INSTRUMENTS)
AAPL: Final = Stock("AAPL")
PAIR: Final = Forex("EURUSD")
SIDES: Final = (DepthSide.ASK, DepthSide.BID)


@pytest.mark.slow
@settings(max_examples=40)
@given(
    st.sampled_from([one for one in INSTRUMENTS if one.has_quotes]),
    st.integers(1, 12),
    st.lists(st.floats(0, 10_000), min_size=1, max_size=5),
)
def test_whoever_applies_the_rows_has_the_book(
    instrument: Instrument, rows: int, steps: list[float]
) -> None:
    live, now = LiveBook(), NOW
    told: dict[DepthSide, list[Level]] = {side: [] for side in SIDES}
    for step in steps:
        now += step
        for side in SIDES:
            after = levels(MARKET, instrument, side, rows, now)
            for _, row in changes(side, told[side], after):
                live.apply(row)
            told[side] = after
        book = live.picture()
        assert not book.misplaced
        for mine, side in zip((book.asks, book.bids), SIDES, strict=True):
            assert [(one.price, one.size) for one in mine] == [
                (one.price, one.size) for one in told[side]
            ]
        quote = MARKET.quote(instrument.con_id, now)
        assert quote is not None
        assert (book.bids[0].price, book.bids[0].size) == (quote.bid, quote.bid_size)
        assert (book.asks[0].price, book.asks[0].size) == (quote.ask, quote.ask_size)
        assert all(one.size and one.size > 0 for one in (*book.bids, *book.asks))
        assert [one.price for one in book.bids] == sorted(
            (one.price for one in book.bids), reverse=True
        )


def test_there_is_no_bid_of_nothing() -> None:
    option = next(one for one in INSTRUMENTS if one.sec_type == "OPT")
    bids = levels(MARKET, option, DepthSide.BID, 100_000, NOW)
    assert len(bids) < 100_000
    assert bids[-1].price > 0
    index = next(one for one in INSTRUMENTS if one.sec_type == "IND")
    assert levels(MARKET, index, DepthSide.BID, 5, NOW) == []


@pytest.mark.parametrize("version", [146, 176, 226])
async def test_smart_depth_names_the_exchanges(version: int, autojump_clock: object) -> None:
    async with session(version) as program:
        req_id, code, words = await _first_error(program, ReqMktDepth(7, AAPL, 5, True))
        assert (req_id, code) == (7, 2152)
        assert "NASDAQ" in words
        row = await program.until(MarketDepthL2)
        assert row.req_id == 7
        assert row.market_depth_data.market_maker in words
        assert row.market_depth_data.is_smart_depth


async def _first_error(program: Program, *messages: object) -> tuple[int, int, str]:
    await program.send(*messages)
    while True:
        error = await program.until(Error)
        if error.req_id != -1:
            return error.req_id, error.code, error.message


async def test_a_book_goes_on_until_it_is_cancelled(autojump_clock: object) -> None:
    async with session() as program:
        await program.send(ReqMktDepth(7, PAIR))
        await trio.sleep(10)
        await program.send(CancelMktDepth(7), ReqCurrentTime())
        rows = [x for x in await program.all_until(CurrentTime) if isinstance(x, MarketDepth)]
        assert len(rows) > 15
        assert rows[0].market_depth_data.size > Decimal(0)  # type: ignore[operator]  # it has one
        await trio.sleep(10)
        await program.send(ReqCurrentTime())
        assert isinstance(await program.next(), CurrentTime)
        words = "Can't find the subscribed market depth with tickerId:7"
        assert await program.error(CancelMktDepth(7)) == (7, 310, words)


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        (ReqMktDepth(7, PAIR, 0), 321, "positive number of rows"),
        (ReqMktDepth(7, Stock("NOSUCH")), 200, "No security definition"),
        (ReqMktDepth(7, Future("ES", exchange="CME")), 200, "ambiguous"),
        (ReqMktDepth(7, AAPL), 10092, "not supported"),
        (ReqMktDepth(7, PAIR, 5, True), 10092, "not supported"),
        (ReqMktDepth(7, Index("SPX", "CBOE")), 10092, "not supported"),
    ],
)
async def test_what_makes_no_sense_is_refused(request_: ReqMktDepth, code: int, words: str) -> None:
    async with session() as program:
        req_id, answered, message = await program.error(request_)
        assert (req_id, answered) == (7, code)
        assert words in message


async def test_a_login_has_three_books() -> None:
    async with running() as simulator:
        one, two = await Program.started(simulator, 1), await Program.started(simulator, 2)
        wanted = Contract(con_id=12087792)
        await one.send(ReqMktDepth(1, wanted), ReqMktDepth(2, wanted), ReqCurrentTime())
        await one.until(CurrentTime)
        assert (await one.error(ReqMktDepth(2, wanted)))[:2] == (2, 322)
        await two.send(ReqMktDepth(1, wanted))
        await two.until(MarketDepth)
        req_id, code, words = await two.error(ReqMktDepth(2, wanted))
        assert (req_id, code) == (2, 309)
        assert "Max number (3)" in words
        await one.send(CancelMktDepth(1), ReqCurrentTime())
        await one.until(CurrentTime)
        await two.send(ReqMktDepth(2, wanted))
        while (await two.until(MarketDepth)).req_id != 2:
            pass
