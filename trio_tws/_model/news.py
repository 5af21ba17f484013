"""News: bulletins, the headlines of a line, those of the past, and whole articles."""

from datetime import datetime

from trio_tws import _versions as v
from trio_tws._enums import ArticleType
from trio_tws._model.contracts import TAGS, TagValue
from trio_tws._model.ticks import ReqMktData
from trio_tws._wire import incoming, outgoing, struct, wire
from trio_tws._wire.kinds import MILLIS


@outgoing(13, version=1, proto=v.PROTOBUF_NEWS_DATA)
class CancelNewsBulletins:
    """Ends a `ReqNewsBulletins`.

    Source: EClient.cancelNewsBulletins.
    """


@outgoing(12, version=1, proto=v.PROTOBUF_NEWS_DATA, cancel=CancelNewsBulletins)
class ReqNewsBulletins:
    """Asks for IB's own bulletins as they come.

    Source: EClient.reqNewsBulletins.
    """

    all_msgs: bool = wire(1, default=True)
    """Those that came earlier today too."""


@incoming(14, version=1, proto=v.PROTOBUF_NEWS_DATA, answers=ReqNewsBulletins)
class NewsBulletins:
    """One bulletin.

    Source: EWrapper.updateNewsBulletin.
    """

    msg_id: int = wire(1, default=0)
    msg_type: int = wire(2, default=0)
    """1 news; 2 and 3 an exchange that closed or opened. IB contradicts itself: in its description
    of the callback 2 is closed, among the constants of its clients it is open."""
    news_message: str = wire(3, default="")
    origin_exch: str = wire(4, default="")
    """The exchange that it comes from."""


@incoming(84, since=v.TICK_NEWS, proto=v.PROTOBUF_NEWS_DATA, answers=ReqMktData)
class TickNews:
    """A headline on a line that asked for generic tick 292, or of a contract of type NEWS.

    Source: EWrapper.tickNews.
    """

    req_id: int = wire(1, default=-1)
    timestamp: datetime | None = wire(2, kind=MILLIS, default=None)
    """Aware, in UTC."""
    provider_code: str = wire(3, default="")
    article_id: str = wire(4, default="")
    """What `ReqNewsArticle` wants."""
    headline: str = wire(5, default="")
    extra_data: str = wire(6, default="")


@outgoing(85, since=v.REQ_NEWS_PROVIDERS, proto=v.PROTOBUF_NEWS_DATA)
class ReqNewsProviders:
    """Asks for the news providers that the login may read.

    Source: EClient.reqNewsProviders.
    """


@struct
class NewsProvider:
    """One news provider."""

    code: str = wire(1, default="")
    name: str = wire(2, default="")


@incoming(
    85,
    since=v.REQ_NEWS_PROVIDERS,
    proto=v.PROTOBUF_NEWS_DATA,
    answers=ReqNewsProviders,
    ends=True,
)
class NewsProviders:
    """The news providers that the login may read.

    Source: EWrapper.newsProviders.
    """

    news_providers: tuple[NewsProvider, ...] = wire(1, default=())


@outgoing(84, since=v.REQ_NEWS_ARTICLE, proto=v.PROTOBUF_NEWS_DATA)
class ReqNewsArticle:
    """Asks for the article behind a headline.

    Source: EClient.reqNewsArticle.
    """

    req_id: int = wire(1)
    provider_code: str = wire(2)
    article_id: str = wire(3)
    news_article_options: tuple[TagValue, ...] = wire(
        4, kind=TAGS, default=(), since=v.NEWS_QUERY_ORIGINS
    )
    """IB does not say what may stand here."""


@incoming(
    83, since=v.REQ_NEWS_ARTICLE, proto=v.PROTOBUF_NEWS_DATA, answers=ReqNewsArticle, ends=True
)
class NewsArticle:
    """The whole of an article.

    Source: EWrapper.newsArticle.
    """

    req_id: int = wire(1, default=-1)
    article_type: ArticleType = wire(2, default=ArticleType.TEXT)
    article_text: str = wire(3, default="")
    """Plain text or HTML; base64 where the type is binary."""


@outgoing(86, since=v.REQ_HISTORICAL_NEWS, proto=v.PROTOBUF_NEWS_DATA)
class ReqHistoricalNews:
    """Asks for the headlines about a contract in a span of time.

    Source: EClient.reqHistoricalNews.
    """

    req_id: int = wire(1)
    con_id: int = wire(2)
    provider_codes: str = wire(3)
    """Codes of `NewsProviders`, with ``+`` between them."""
    start_date_time: str = wire(4, default="")
    """``yyyy-mm-dd hh:mm:ss.0``, or empty; IB does not say in which time zone."""
    end_date_time: str = wire(5, default="")
    """In the same form."""
    total_results: int = wire(6, default=300)
    """How many headlines at most; TWS gives no more than 300."""
    historical_news_options: tuple[TagValue, ...] = wire(
        7, kind=TAGS, default=(), since=v.NEWS_QUERY_ORIGINS
    )
    """IB does not say what may stand here."""


@incoming(86, since=v.REQ_HISTORICAL_NEWS, proto=v.PROTOBUF_NEWS_DATA, answers=ReqHistoricalNews)
class HistoricalNews:
    """One headline of a `ReqHistoricalNews`.

    Source: EWrapper.historicalNews.
    """

    req_id: int = wire(1, default=-1)
    time: str = wire(2, default="")
    """``yyyy-mm-dd hh:mm:ss.0`` in UTC."""
    provider_code: str = wire(3, default="")
    article_id: str = wire(4, default="")
    """What `ReqNewsArticle` wants."""
    headline: str = wire(5, default="")


@incoming(
    87,
    since=v.REQ_HISTORICAL_NEWS,
    proto=v.PROTOBUF_NEWS_DATA,
    answers=ReqHistoricalNews,
    ends=True,
)
class HistoricalNewsEnd:
    """All headlines of a `ReqHistoricalNews` have come.

    Source: EWrapper.historicalNewsEnd.
    """

    req_id: int = wire(1, default=-1)
    has_more: bool = wire(2, default=False)
    """Whether the span of time holds more than were asked for."""
