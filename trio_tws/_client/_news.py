"""News: who writes it, the headlines of the past, whole articles, and IB's own bulletins."""

from datetime import UTC, datetime
from typing import Final, final

from trio_tws._client._topic import Topic
from trio_tws._errors import LocalProtocolError, RemoteProtocolError
from trio_tws._model.news import (
    HistoricalNews,
    HistoricalNewsEnd,
    NewsArticle,
    NewsProvider,
    NewsProviders,
    ReqHistoricalNews,
    ReqNewsArticle,
    ReqNewsProviders,
)
from trio_tws._wire.late import frozen

_MOST_HEADLINES: Final = 300
_TIME: Final = "%Y-%m-%d %H:%M:%S.%f"


@final
@frozen(weakref_slot=False)
class Headline:
    """One headline of the past."""

    time: datetime
    """Aware, in UTC."""
    provider_code: str
    article_id: str
    """What `news_article` wants."""
    headline: str
    """Some providers begin it with facts for machines, in braces."""


@final
@frozen
class HistoricalHeadlines:
    """The headlines of one stretch of time."""

    headlines: tuple[Headline, ...]
    """In the order of TWS, which is newest first."""
    has_more: bool
    """Whether that time holds more headlines than were asked for."""


class NewsMethods(Topic):
    """What `TWS` offers about news, but for IB's bulletins."""

    async def news_providers(self) -> list[NewsProvider]:
        """Gives the news providers that the login may read through the API.

        Returns:
            One object for each, in the order of TWS. None at all is a regular answer: of a login
            without news.

        Raises:
            RequestError: TWS refused it.
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.
            LocalProtocolError: The server is older than version 115; nothing was sent.

        A checkpoint; cancelling it leaves nothing behind. Callers at the same time share one
        answer.

        Sends ReqNewsProviders. Source: EClient.reqNewsProviders.
        """
        answer = await self._one(ReqNewsProviders(), NewsProviders, shared=True)
        return list(answer.news_providers)

    async def news_article(self, provider_code: str, article_id: str) -> NewsArticle:
        """Gives the whole article behind a headline.

        Args:
            provider_code: Of the headline.
            article_id: Of the headline.

        Returns:
            The article: text or HTML, or a file in base64, as its ``article_type`` says.

        Raises:
            RequestError: 10172 if TWS has no such article.
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.
            LocalProtocolError: The server is older than version 116; nothing was sent.

        A checkpoint; cancelled, it throws away what comes late, as TWS can't be told to stop.

        Sends ReqNewsArticle. Source: EClient.reqNewsArticle.
        """
        req_id = self._session.take_request_id()
        return await self._one(ReqNewsArticle(req_id, provider_code, article_id), NewsArticle)

    async def historical_news(
        self,
        con_id: int,
        provider_codes: str,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        total_results: int = _MOST_HEADLINES,
    ) -> HistoricalHeadlines:
        """Gives the headlines about a contract in one stretch of time.

        Args:
            con_id: IB's number for the contract.
            provider_codes: Codes of `news_providers`, with ``+`` between them: ``BRFG+DJNL``.
            start: Where it begins, aware; this moment itself is not in it. None for as far back as
                TWS goes.
            end: Where it ends, aware; this moment is in it. None for now.
            total_results: How many headlines at most; TWS gives no more than 300.

        Returns:
            The headlines, and whether there are more: then ask again with the time of the oldest as
            ``end``. None at all is a regular answer: nothing was written.

        Raises:
            RequestError: 10276 or 10277 if the login may not read a provider.
            ResponseTimeout: Nothing came.
            RemoteProtocolError: A headline has a time that can't be read.
            LocalProtocolError: ``start`` or ``end`` has no time zone, or the server is older than
                version 117; nothing was sent.
            ConnectionLost: The session ended.

        A checkpoint; cancelled, it throws away what comes late, as TWS can't be told to stop.

        Sends ReqHistoricalNews. IB does not say in which time zone TWS reads the times; we send
        UTC, as its answers have it. Source: EClient.reqHistoricalNews.
        """
        request = ReqHistoricalNews(
            self._session.take_request_id(),
            con_id,
            provider_codes,
            _time_text("start", start),
            _time_text("end", end),
            total_results,
        )
        answers = await self._ask(request)
        headlines = [_headline(one) for one in answers if isinstance(one, HistoricalNews)]
        has_more = any(isinstance(one, HistoricalNewsEnd) and one.has_more for one in answers)
        return HistoricalHeadlines(tuple(headlines), has_more)


def _time_text(name: str, moment: datetime | None) -> str:
    if moment is None:
        return ""
    if moment.tzinfo is None:
        raise LocalProtocolError(f"{name}={moment} has no time zone; give an aware datetime")
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}.0"


def _headline(news: HistoricalNews) -> Headline:
    try:
        time = datetime.strptime(news.time, _TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise RemoteProtocolError(
            f"a headline has the time {news.time!r}, which can't be read"
        ) from error
    return Headline(time, news.provider_code, news.article_id, news.headline)
