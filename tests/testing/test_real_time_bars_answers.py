from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

import pytest
import trio

from tests.testing.program import START, session
from trio_tws import (
    CancelRealTimeBars,
    Contract,
    CurrentTime,
    Forex,
    Index,
    RealTimeBars,
    ReqCurrentTime,
    ReqRealTimeBars,
    Stock,
)
from trio_tws.testing import INSTRUMENTS, Market, Scenario, at, exchange_hours
from trio_tws.testing._real_time_bars_answers import real_time_bar

AAPL: Final = Stock("AAPL")
OPTION: Final = Contract(con_id=next(one.con_id for one in INSTRUMENTS if one.sec_type == "OPT"))


@pytest.mark.parametrize("version", [100, 176, 226])
async def test_each_bar_comes_once_until_they_are_cancelled(
    version: int, autojump_clock: object
) -> None:
    async with session(version, start=START + timedelta(seconds=3.7)) as program:
        await program.send(ReqRealTimeBars(7, AAPL))
        await trio.sleep(60)
        await program.send(CancelRealTimeBars(7), ReqCurrentTime())
        bars = [x for x in await program.all_until(CurrentTime) if isinstance(x, RealTimeBars)]
        times = [START + timedelta(seconds=5 * number) for number in range(12)]
        assert [bar.time for bar in bars] == times
        await trio.sleep(60)
        await program.send(ReqCurrentTime())
        assert isinstance(await program.next(), CurrentTime)


async def test_without_trades_a_bar_stays_at_the_last_price(autojump_clock: object) -> None:
    """The simulated options trade once a minute."""
    async with session() as program:
        await program.send(ReqRealTimeBars(7, OPTION))
        first, second = await program.until(RealTimeBars), await program.until(RealTimeBars)
        assert first.count == 1
        assert second.count == 0
        assert second.volume == Decimal(0)
        assert second.open == second.high == second.low == second.close == first.close


@pytest.mark.parametrize("what", ["TRADES", "MIDPOINT", "BID", "ASK"])
async def test_in_a_halt_a_bar_stays_where_it_was(what: str, autojump_clock: object) -> None:
    halted = Scenario(at(1).halt("AAPL"))
    async with session(start=START, scenario=halted) as program:
        await program.send(ReqRealTimeBars(7, AAPL, 5, what))
        first, *others = [await program.until(RealTimeBars) for _ in range(3)]
    for bar in others:
        assert bar.open == bar.high == bar.low == bar.close == first.close
        assert (bar.volume, bar.count) == ((Decimal(0), 0) if what == "TRADES" else (None, None))


def test_before_anything_was_traded_a_bar_of_trades_is_at_zero() -> None:
    market = Market(INSTRUMENTS, hours=exchange_hours)
    aapl = next(one for one in INSTRUMENTS if one.local_symbol == "AAPL")
    assert real_time_bar(market, aapl, "TRADES", 0, 7).close == 0


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        (ReqRealTimeBars(7, AAPL, 10), 321, "10 seconds"),
        (ReqRealTimeBars(7, AAPL, 5, "BID_ASK"), 321, "of BID_ASK"),
        (ReqRealTimeBars(7, Stock("NOSUCH")), 200, "No security definition"),
        (ReqRealTimeBars(7, Forex("EURUSD")), 420, "No TRADES of EUR.USD"),
        (ReqRealTimeBars(7, Index("SPX", "CBOE"), 5, "BID"), 420, "No BID of SPX"),
        (CancelRealTimeBars(7), 300, "Can't find EId with tickerId:7"),
    ],
)
async def test_what_makes_no_sense_is_refused(request_: object, code: int, words: str) -> None:
    async with session() as program:
        req_id, answered, message = await program.error(request_)
        assert (req_id, answered) == (7, code)
        assert words in message


async def test_an_id_is_used_once_at_a_time() -> None:
    async with session() as program:
        await program.send(ReqRealTimeBars(7, AAPL))
        assert (await program.error(ReqRealTimeBars(7, AAPL)))[:2] == (7, 322)


@pytest.mark.parametrize("use_rth", [True, False])
async def test_while_it_is_closed_there_are_none(use_rth: bool, autojump_clock: object) -> None:
    """From Friday evening on, over a weekend with a holiday."""
    close = datetime(2024, 1, 12, 21, tzinfo=UTC)
    opening = datetime(2024, 1, 16, 14, 30, tzinfo=UTC)
    if not use_rth:
        close, opening = datetime(2024, 1, 13, 1, tzinfo=UTC), opening.replace(hour=9, minute=0)
    start = close - timedelta(seconds=12)
    async with session(start=start, hours=exchange_hours) as program:
        await program.send(ReqRealTimeBars(7, AAPL, use_rth=use_rth))
        bars = [await program.until(RealTimeBars) for _ in range(5)]
    seconds = timedelta(seconds=5)
    assert [bar.time for bar in bars] == [
        *(close - ahead * seconds for ahead in (3, 2, 1)),
        *(opening + ahead * seconds for ahead in (0, 1)),
    ]
