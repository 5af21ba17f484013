from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests._client.peer import Peer, session
from trio_tws import (
    Headline,
    HistoricalHeadlines,
    HistoricalNews,
    HistoricalNewsEnd,
    LocalProtocolError,
    NewsProvider,
    NewsProviders,
    RemoteProtocolError,
    ReqHistoricalNews,
    ReqNewsProviders,
    RequestError,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws.testing import open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
ATHENS = timezone(timedelta(hours=2))


@pytest.mark.parametrize("version", [v.REQ_HISTORICAL_NEWS, 176, 226])
async def test_a_headline_leads_to_its_article(version: int, autojump_clock: object) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            codes = "+".join(provider.code for provider in await tws.news_providers())
            found = await tws.historical_news(265598, codes, total_results=5)
            assert found.has_more
            assert len(found.headlines) == 5
            for headline in found.headlines:
                article = await tws.news_article(headline.provider_code, headline.article_id)
                assert headline.headline in article.article_text


async def test_all_headlines_come_by_asking_again_from_the_oldest(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            start = START - timedelta(days=4)
            whole = await tws.historical_news(265598, "BRFG", start=start)
            first = await tws.historical_news(265598, "BRFG", start=start, total_results=10)
            oldest = first.headlines[-1].time - timedelta(seconds=1)
            rest = await tws.historical_news(265598, "BRFG", start=start, end=oldest)
            assert not whole.has_more
            assert first.headlines + rest.headlines == whole.headlines


async def test_no_headlines_are_a_regular_answer_and_no_provider_is_not(
    autojump_clock: object,
) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            nothing = await tws.historical_news(265598, "BRFG", start=START, end=START)
            assert nothing == HistoricalHeadlines((), has_more=False)
            with pytest.raises(RequestError, match="10276"):
                await tws.historical_news(265598, "NOSUCH")


async def test_times_are_asked_for_in_utc(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqHistoricalNews)
        assert request.start_date_time == "2026-03-02 10:00:00.0"
        assert request.end_date_time == ""
        news = HistoricalNews(request.req_id, "2026-03-02 11:00:00.5", "DJNL", "DJNL$1", "Words")
        await peer.send(news, HistoricalNewsEnd(request.req_id))

    async with session(act) as (tws, _peer):
        start = datetime(2026, 3, 2, 12, tzinfo=ATHENS)
        found = await tws.historical_news(265598, "DJNL", start=start)
        time = datetime(2026, 3, 2, 11, 0, 0, 500_000, tzinfo=UTC)
        assert found.headlines == (Headline(time, "DJNL", "DJNL$1", "Words"),)


@pytest.mark.parametrize("name", ["start", "end"])
async def test_a_time_without_a_zone_is_refused(name: str, autojump_clock: object) -> None:
    async with session() as (tws, peer):
        naive = START.replace(tzinfo=None)
        with pytest.raises(LocalProtocolError, match=f"{name}=2026-03-02 15:00:00 has no time"):
            await tws.historical_news(
                265598,
                "DJNL",
                start=naive if name == "start" else None,
                end=naive if name == "end" else None,
            )
        assert not any(isinstance(message, ReqHistoricalNews) for message in peer.received)


async def test_a_time_of_tws_that_makes_no_sense_is_told(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqHistoricalNews)
        await peer.send(HistoricalNews(request.req_id, "noon"), HistoricalNewsEnd(request.req_id))

    async with session(act) as (tws, _peer):
        with pytest.raises(RemoteProtocolError, match="'noon'"):
            await tws.historical_news(265598, "DJNL")


async def test_a_server_that_is_too_old_is_told_before_anything_is_sent(
    autojump_clock: object,
) -> None:
    async with session(version=v.REQ_NEWS_PROVIDERS - 1) as (tws, peer):
        with pytest.raises(LocalProtocolError, match=str(v.REQ_NEWS_PROVIDERS)):
            await tws.news_providers()
        assert not any(isinstance(message, ReqNewsProviders) for message in peer.received)


async def test_a_login_without_providers_gets_none(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        await peer.read_until(ReqNewsProviders)
        await peer.send(NewsProviders())
        await peer.read_until(ReqNewsProviders)
        await peer.send(NewsProviders((NewsProvider("DJNL", "Dow"),)))

    async with session(act) as (tws, _peer):
        assert await tws.news_providers() == []
        assert await tws.news_providers() == [NewsProvider("DJNL", "Dow")]
