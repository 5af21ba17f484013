from datetime import UTC, datetime, timedelta

import pytest
import trio

from tests.testing.program import START, Program, running, session
from trio_tws._model.news import (
    CancelNewsBulletins,
    HistoricalNews,
    HistoricalNewsEnd,
    NewsArticle,
    NewsBulletins,
    NewsProviders,
    ReqHistoricalNews,
    ReqNewsArticle,
    ReqNewsBulletins,
    ReqNewsProviders,
)
from trio_tws._model.session import CurrentTime, ReqCurrentTime
from trio_tws.testing import INSTRUMENTS, Instrument

AAPL = 265598
ALL = "BRFG+BRFUPDN+DJNL"
UNWRITTEN = f"BRFG${int(START.timestamp()) + 1:08x}{AAPL:08x}"


async def headlines(program: Program, request: ReqHistoricalNews) -> list[HistoricalNews]:
    await program.send(request)
    found = await program.all_until(HistoricalNewsEnd)
    return [one for one in found if isinstance(one, HistoricalNews)]


async def test_the_providers_are_those_that_write() -> None:
    async with session() as program:
        await program.send(ReqNewsProviders())
        codes = [one.code for one in (await program.until(NewsProviders)).news_providers]
        assert "+".join(codes) == ALL
        found = await headlines(program, ReqHistoricalNews(7, AAPL, ALL))
        assert {one.provider_code for one in found} == set(codes)


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=[one.local_symbol for one in INSTRUMENTS])
async def test_every_instrument_has_headlines_and_each_its_article(instrument: Instrument) -> None:
    async with session() as program:
        request = ReqHistoricalNews(7, instrument.con_id, "DJNL", total_results=1)
        (one,) = await headlines(program, request)
        await program.send(ReqNewsArticle(8, "DJNL", one.article_id))
        assert one.headline in (await program.until(NewsArticle)).article_text


async def test_headlines_are_newest_first_after_the_start_and_up_to_the_end() -> None:
    async with session() as program:
        wide = await headlines(program, ReqHistoricalNews(7, AAPL, ALL))
        times = [one.time for one in wide]
        assert times == sorted(times, reverse=True)
        assert times[0] <= f"{START:%Y-%m-%d %H:%M:%S}.0"
        first, last = wide[20].time, wide[10].time
        narrow = await headlines(program, ReqHistoricalNews(8, AAPL, ALL, first, last))
        assert narrow == [
            HistoricalNews(8, one.time, one.provider_code, one.article_id, one.headline)
            for one in wide
            if first < one.time <= last
        ]


async def test_the_number_of_headlines_is_limited_and_the_end_tells_of_more() -> None:
    async with session() as program:
        await program.send(ReqHistoricalNews(7, AAPL, ALL, total_results=9999))
        assert len(await program.all_until(HistoricalNewsEnd)) > 300
        for wanted, has_more in ((3, True), (4, False)):
            since = f"{START - timedelta(days=1):%Y-%m-%d %H:%M:%S}"
            await program.send(ReqHistoricalNews(7, AAPL, "BRFG", since, "", wanted))
            *found, end = await program.all_until(HistoricalNewsEnd)
            assert (len(found), end) == (wanted, HistoricalNewsEnd(7, has_more))


async def test_what_makes_no_sense_is_refused() -> None:
    async with session() as program:
        for request, code in (
            (ReqHistoricalNews(7, AAPL, "NOSUCH"), 10276),
            (ReqHistoricalNews(7, AAPL, ""), 10276),
            (ReqHistoricalNews(7, 4711, "BRFG"), 200),
            (ReqHistoricalNews(7, AAPL, "BRFG", "yesterday"), 321),
            (ReqHistoricalNews(7, AAPL, "BRFG", total_results=0), 321),
            (ReqNewsArticle(7, "BRFG", "BRFG$1"), 10172),
            (ReqNewsArticle(7, "NOSUCH", f"NOSUCH${0:08x}{AAPL:08x}"), 10172),
            (ReqNewsArticle(7, "BRFG", f"BRFG${0:08x}{4711:08x}"), 10172),
            (ReqNewsArticle(7, "BRFG", UNWRITTEN), 10172),
        ):
            assert (await program.error(request))[:2] == (7, code), request


async def test_an_id_is_used_once_at_a_time() -> None:
    async with session(latency=1) as program:
        for request in (ReqHistoricalNews(7, AAPL, "BRFG"), ReqNewsArticle(8, "BRFG", "BRFG$1")):
            assert (await program.error(request, request))[1] == 322


# Bulletins ........................................................................................


async def bulletins_until_now(program: Program) -> list[object]:
    await program.send(ReqCurrentTime())
    return (await program.all_until(CurrentTime))[:-1]


async def test_bulletins_come_at_each_full_hour(autojump_clock: object) -> None:
    async with running(start=START, speed=2) as simulator:
        program = await Program.started(simulator)
        await program.send(ReqNewsBulletins(all_msgs=False))
        first, second = [await program.until(NewsBulletins) for _ in range(2)]
        assert second.msg_id == first.msg_id + 1
        time = datetime.fromtimestamp(simulator.now(), UTC)
        assert time - START == pytest.approx(timedelta(hours=1.5), abs=timedelta(seconds=1))
        assert "15:00" in first.news_message


async def test_those_of_today_are_told_once_more_to_who_asks_again(
    autojump_clock: object,
) -> None:
    async with session() as program:
        await program.send(ReqNewsBulletins())
        await trio.sleep(0.1)
        found = await bulletins_until_now(program)
        today = [one for one in found if isinstance(one, NewsBulletins)]
        assert len(today) == 10  # from midnight to 9:00 in New York
        await program.send(ReqNewsBulletins())
        assert await bulletins_until_now(program) == today
        await trio.sleep(3600)
        assert len(await bulletins_until_now(program)) == 1


async def test_a_cancel_ends_them(autojump_clock: object) -> None:
    async with session() as program:
        await program.send(ReqNewsBulletins(all_msgs=False), CancelNewsBulletins())
        await program.send(CancelNewsBulletins())
        await trio.sleep(10_000)
        found = await bulletins_until_now(program)
        assert not any(isinstance(one, NewsBulletins) for one in found)
