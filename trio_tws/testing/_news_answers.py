"""Answers about news: made-up providers, which write of the prices of the simulated market.

A headline is known by its provider, its moment and its contract, and its number says all three; so
nothing has to be kept, and the same question has the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

import attrs

from trio_tws._enums import ArticleType
from trio_tws._model.news import (
    CancelNewsBulletins,
    HistoricalNews,
    HistoricalNewsEnd,
    NewsArticle,
    NewsBulletins,
    NewsProvider,
    NewsProviders,
    ReqHistoricalNews,
    ReqNewsArticle,
    ReqNewsBulletins,
    ReqNewsProviders,
)
from trio_tws.testing._table import NO_DEFINITION, answers, invalid, is_taken

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._market import Market

PROVIDERS: Final = {
    "BRFG": "Briefing.com General Market Columns",
    "BRFUPDN": "Briefing.com Analyst Actions",
    "DJNL": "Dow Jones Newsletters",
}
"""IB's codes and names of some that most logins may read."""

MOST_HEADLINES: Final = 300
"""TWS gives no more in one answer."""

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
_PERIODS: Final = {"BRFG": 6 * _HOUR, "BRFUPDN": _DAY, "DJNL": 12 * _HOUR}
"""Seconds between two headlines of a provider on the same contract."""

_KEPT: Final = 90 * _DAY
"""How far back the headlines go where nobody says."""

_NEWS_TIME: Final = "%Y-%m-%d %H:%M:%S"

_BULLETINS: Final = -12
"""What stands for the id of the bulletins, which have none, in what is under way: their number."""


@attrs.frozen
class _Story:
    """One headline: who wrote it, when, in epoch seconds, and about what."""

    time: int
    provider: str
    con_id: int

    @property
    def article_id(self) -> str:
        return f"{self.provider}${self.time:08x}{self.con_id:08x}"

    @property
    def when(self) -> datetime:
        return datetime.fromtimestamp(self.time, UTC)

    def headline(self, market: Market) -> str:
        name = market.instrument(self.con_id).long_name
        before = market.price(self.con_id, max(0, self.time - _DAY))
        change = 100 * (market.price(self.con_id, self.time) / before - 1)
        verb = "gains" if change >= 0 else "loses"
        return f"{name} {verb} {abs(change):.1f} % in a day"

    def article(self, market: Market) -> str:
        price = market.price(self.con_id, self.time)
        currency = market.instrument(self.con_id).currency
        at = f"{self.when:%Y-%m-%d %H:%M} UTC"
        return (
            f"<p>{self.headline(market)}.</p>"
            f"<p>At {at} it stood at {price:g} {currency} in the simulated market.</p>"
        )


def _stories(con_id: int, provider: str, start: float, end: float) -> Iterator[_Story]:
    """Gives what a provider wrote of a contract after one moment and up to another, newest first.

    Each contract has its own hour, so that not all is written at once.
    """
    period = _PERIODS[provider]
    offset = con_id % period
    time = int((end + offset) // period) * period - offset
    while time > start:
        yield _Story(time, provider, con_id)
        time -= period


def _story_of(market: Market, provider: str, article_id: str, now: float) -> _Story | None:
    """Finds the headline with a number, if it has been written."""
    digits = article_id.removeprefix(f"{provider}$")
    try:
        time, con_id = int(digits[:8], 16), int(digits[8:], 16)
    except ValueError:
        return None
    is_known = provider in PROVIDERS and any(one.con_id == con_id for one in market.instruments)
    found = _stories(con_id, provider, time - 1, min(time, now)) if is_known else iter(())
    return next((story for story in found if story.article_id == article_id), None)


@answers(ReqNewsProviders)
def _providers(client: SimulatedClient, _: ReqNewsProviders) -> None:
    client.send(NewsProviders(tuple(NewsProvider(*each) for each in PROVIDERS.items())))


@answers(ReqNewsArticle)
def _article(client: SimulatedClient, request: ReqNewsArticle) -> None:
    simulator, req_id = client.simulator, request.req_id
    if is_taken(client, req_id):
        return

    def work() -> None:
        market = simulator.market
        story = _story_of(market, request.provider_code, request.article_id, simulator.now())
        if story is None:
            words = "Failed to request news article: No data available"
            client.send(client.error(req_id, 10172, words))
        else:
            client.send(NewsArticle(req_id, ArticleType.TEXT, story.article(market)))

    client.begin(req_id, request, simulator.latency, work)


@answers(ReqHistoricalNews)
def _history(client: SimulatedClient, request: ReqHistoricalNews) -> None:
    simulator, req_id = client.simulator, request.req_id
    if is_taken(client, req_id):
        return
    providers = request.provider_codes.split("+")
    try:
        end = min(_seconds(request.end_date_time, simulator.now()), simulator.now())
        start = max(_seconds(request.start_date_time, end - _KEPT), 0)
    except ValueError as error:
        invalid(client, req_id, f"Invalid date: {error}")
        return
    if request.total_results < 1:
        invalid(client, req_id, f"Invalid total results: {request.total_results}")
        return
    if not set(providers) <= set(PROVIDERS):
        client.send(client.error(req_id, 10276, "News feed is not allowed."))
        return
    if all(one.con_id != request.con_id for one in simulator.market.instruments):
        client.send(client.error(req_id, 200, NO_DEFINITION))
        return
    most = min(request.total_results, MOST_HEADLINES)

    def work() -> None:
        found = [
            story
            for provider in providers
            for story in islice(_stories(request.con_id, provider, start, end), most + 1)
        ]
        found.sort(key=lambda story: story.time, reverse=True)
        for story in found[:most]:
            headline = story.headline(simulator.market)
            time = f"{story.when:{_NEWS_TIME}}.0"
            client.send(HistoricalNews(req_id, time, story.provider, story.article_id, headline))
        client.send(HistoricalNewsEnd(req_id, len(found) > most))

    client.begin(req_id, request, simulator.latency, work)


def _seconds(text: str, unsaid: float) -> float:
    """Reads a time of a request, taken to be in UTC as in the answers: IB does not say."""
    if not text:
        return unsaid
    return datetime.strptime(text.removesuffix(".0"), _NEWS_TIME).replace(tzinfo=UTC).timestamp()


# Bulletins ........................................................................................


@answers(ReqNewsBulletins)
def _bulletins(client: SimulatedClient, request: ReqNewsBulletins) -> None:
    """Tells one at each full hour, from the midnight of TWS on if the earlier ones are wanted."""
    simulator = client.simulator
    told = int(simulator.now() // _HOUR)
    if request.all_msgs:
        here = datetime.fromtimestamp(simulator.now(), simulator.zone)
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        told = int(-(-midnight // _HOUR)) - 1

    def work() -> float:
        nonlocal told
        now = simulator.now()
        for number in range(told + 1, int(now // _HOUR) + 1):
            client.send(_bulletin(simulator.market, number))
        told = int(now // _HOUR)
        return max(_HOUR - now % _HOUR, 1e-6) / simulator.speed

    client.begin(_BULLETINS, request, 0, work)


def _bulletin(market: Market, number: int) -> NewsBulletins:
    exchanges = sorted({one.primary_exchange or one.exchange for one in market.instruments})
    exchange = exchanges[number % len(exchanges)]
    when = datetime.fromtimestamp(number * _HOUR, UTC)
    return NewsBulletins(number, 1, f"{exchange} trades as usual at {when:%H:%M} UTC", exchange)


@answers(CancelNewsBulletins)
def _cancel_bulletins(client: SimulatedClient, _: CancelNewsBulletins) -> None:
    """One that cancels nothing is met with silence; what TWS does is not known."""
    client.end(_BULLETINS, ReqNewsBulletins)
