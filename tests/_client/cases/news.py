"""News providers, articles and headlines."""

from datetime import UTC, datetime

from tests._client.cases import Case
from trio_tws import (
    TWS,
    ArticleType,
    Headline,
    HistoricalHeadlines,
    HistoricalNews,
    HistoricalNewsEnd,
    NewsArticle,
    NewsProvider,
    NewsProviders,
    ReqHistoricalNews,
    ReqNewsArticle,
    ReqNewsProviders,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NUMBER = f"BRFG${int(NOON.timestamp()) - 265598 % 21600:08x}{265598:08x}"
BRFG = NewsProvider("BRFG", "Briefing.com General Market Columns")


async def _headlines(tws: TWS) -> object:
    return await tws.historical_news(265598, "BRFG+DJNL", end=NOON, total_results=1)


CASES = [
    Case(
        "news_providers",
        lambda tws: tws.news_providers(),
        ReqNewsProviders,
        lambda request: [NewsProviders((BRFG,))],
        [BRFG],
    ),
    Case(
        "news_article",
        lambda tws: tws.news_article("BRFG", NUMBER),
        ReqNewsArticle,
        lambda request: [NewsArticle(request.req_id, ArticleType.TEXT, "Up.")],
        NewsArticle(1_000_000_000, ArticleType.TEXT, "Up."),
    ),
    Case(
        "historical_news",
        _headlines,
        ReqHistoricalNews,
        lambda request: [
            HistoricalNews(request.req_id, "2026-03-02 11:30:00.0", "BRFG", "BRFG$1", "Up"),
            HistoricalNewsEnd(request.req_id, has_more=True),
        ],
        HistoricalHeadlines(
            (Headline(datetime(2026, 3, 2, 11, 30, tzinfo=UTC), "BRFG", "BRFG$1", "Up"),), True
        ),
    ),
]
