"""Answers about what accounts are worth: chosen values, all of them, and the portfolio of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from trio_tws._enums import FADataType
from trio_tws._model.accounts import (
    AccountSummary,
    AccountSummaryEnd,
    AccountUpdateMulti,
    AccountUpdateMultiEnd,
    AcctDownloadEnd,
    AcctUpdateTime,
    AcctValue,
    CancelAccountSummary,
    CancelAccountUpdatesMulti,
    PortfolioValue,
    ReqAccountData,
    ReqAccountSummary,
    ReqAccountUpdatesMulti,
)
from trio_tws.testing._account_figures import Figure, everything, summary
from trio_tws.testing._followers import (
    ACCOUNT_DATA,
    EVERY_THREE_MINUTES,
    accounts_meant,
    at_each_trade,
)
from trio_tws.testing._position_answers import contract_held
from trio_tws.testing._table import answers, invalid, is_taken

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._simulator import Simulator

MOST_SUMMARIES: Final = 2
"""TWS serves no more to a program at a time."""

# The summary ......................................................................................


@answers(ReqAccountSummary)
def _summary(client: SimulatedClient, request: ReqAccountSummary) -> None:
    """Gives the values wanted, in the order of the alphabet, and later those that have changed."""
    simulator, req_id = client.simulator, request.req_id
    if is_taken(client, req_id):
        return
    open_now = [one for one in client.requests.values() if isinstance(one, ReqAccountSummary)]
    if len(open_now) >= MOST_SUMMARIES:
        cause = "Maximum number of account summary requests exceeded"
        words = f"Error processing request.-'bQ' : cause - {cause}"
        client.send(client.error(req_id, 322, words))
        return
    tags = [tag.strip() for tag in request.tags.split(",") if tag.strip()]
    accounts = _accounts_in_group(simulator, request.group_name)
    if not tags or not accounts:
        cause = "Tags are required" if not tags else f"Unknown group '{request.group_name}'"
        invalid(client, req_id, cause)
        return
    told: dict[str, list[Figure]] = {}

    def work() -> float:
        is_first = not told
        for account in accounts:
            figures = summary(simulator.books, account, tags, simulator.now())
            for key, value, currency in _news(figures, told.get(account, [])):
                client.send(AccountSummary(req_id, account, key, value, currency))
            told[account] = figures
        if is_first:
            client.send(AccountSummaryEnd(req_id))
        return EVERY_THREE_MINUTES / simulator.speed

    client.begin(req_id, request, 0, work)


def _news(figures: Sequence[Figure], told: Sequence[Figure]) -> list[Figure]:
    known = set(told)
    return [figure for figure in figures if figure not in known]


def _accounts_in_group(simulator: Simulator, group: str) -> Sequence[str]:
    """Finds the accounts of a group; none if there is no such group."""
    is_adviser = simulator.desk.is_adviser
    if group == "All":
        return (
            simulator.accounts[1:] if is_adviser and simulator.accounts[1:] else simulator.accounts
        )
    if not is_adviser:
        return ()
    xml = simulator.desk.advice[FADataType.GROUPS]
    for one in ET.fromstring(xml.encode()).iter("Group"):  # noqa: S314 - checked when it was set
        if one.findtext("name") == group:
            named = {each.text for tag in ("String", "acct") for each in one.iter(tag)}
            return [account for account in simulator.accounts if account in named]
    return ()


@answers(CancelAccountSummary)
def _cancel_summary(client: SimulatedClient, request: CancelAccountSummary) -> None:
    """One that cancels nothing is met with silence; what TWS does is not known."""
    client.end(request.req_id, ReqAccountSummary)


# All values, with an id ...........................................................................


@answers(ReqAccountUpdatesMulti)
def _updates(client: SimulatedClient, request: ReqAccountUpdatesMulti) -> None:
    simulator, req_id = client.simulator, request.req_id
    if is_taken(client, req_id):
        return
    accounts = accounts_meant(client, req_id, request.account, request.model_code)
    if accounts is None:
        return
    told: dict[str, list[Figure]] = {}
    model = request.model_code
    books = simulator.books.of_model(model)

    def tell(account: str) -> None:
        figures = everything(books, account, simulator.now(), ledger_only=request.ledger_and_nlv)
        for key, value, currency in _news(figures, told.get(account, [])):
            client.send(AccountUpdateMulti(req_id, account, model, key, value, currency))
        told[account] = figures

    def work() -> float:
        is_first = not told
        for account in accounts:
            tell(account)
        if is_first:
            client.send(AccountUpdateMultiEnd(req_id))
        return EVERY_THREE_MINUTES / simulator.speed

    def on_trade(account: str, _con_id: int) -> None:
        if account in accounts:
            tell(account)

    client.begin(req_id, request, 0, work)
    at_each_trade(client, req_id, request, on_trade, books)


@answers(CancelAccountUpdatesMulti)
def _cancel_updates(client: SimulatedClient, request: CancelAccountUpdatesMulti) -> None:
    """One that cancels nothing is met with silence; what TWS does is not known."""
    client.end(request.req_id, ReqAccountUpdatesMulti)


# All of one account, without an id ................................................................


@answers(ReqAccountData)
def _account_data(client: SimulatedClient, request: ReqAccountData) -> None:
    """Begins or ends the one subscription of a program; to begin another ends the first (2100).

    All programs have to follow the same account (2101). In which form TWS lists those that follow
    another one was published for one program only (erdewit/ib_insync#197).
    """
    former = client.requests.get(ACCOUNT_DATA)
    if not request.subscribe:
        client.end(ACCOUNT_DATA, ReqAccountData)
        return
    accounts = accounts_meant(client, -1, request.acct_code)
    if accounts is None:
        return
    others = ", ".join(map(str, _followers_of_others(client, request)))
    if others:
        words = "Unable subscribe to account as the following clients are subscribed to a different"
        client.send(client.error(-1, 2101, f"{words} account.{{{others}}}"))
        return
    if isinstance(former, ReqAccountData) and former.acct_code != request.acct_code:
        words = "API client has been unsubscribed from account data."
        client.send(client.error(-1, 2100, f"New account data requested from TWS.  {words}"))
    _follow_account(client, request, accounts)


def _followers_of_others(client: SimulatedClient, wanted: ReqAccountData) -> list[int]:
    """Gives the ids of the other clients that follow another account than is wanted."""
    simulator = client.simulator
    first = simulator.accounts[0]  # without a code it is the only one
    return [
        one.client_id or 0
        for one in simulator.clients
        if one is not client
        and isinstance(followed := one.requests.get(ACCOUNT_DATA), ReqAccountData)
        and (followed.acct_code or first) != (wanted.acct_code or first)
    ]


def _follow_account(
    client: SimulatedClient, request: ReqAccountData, accounts: Sequence[str]
) -> None:
    simulator, name = client.simulator, request.acct_code or accounts[0]
    books = simulator.books
    told: dict[str, list[Figure]] = {}

    def tell(account: str) -> None:
        figures = everything(books, account, simulator.now(), ledger_only=False)
        for key, value, currency in _news(figures, told.get(account, [])):
            client.send(AcctValue(key, value, currency, account))
        told[account] = figures

    def show(account: str, con_id: int) -> None:
        client.send(portfolio_value(simulator, account, con_id))

    def work() -> float:
        is_first = not told
        for account in accounts:
            tell(account)
            for con_id in books.held(account):
                show(account, con_id)
        here = datetime.fromtimestamp(simulator.now(), simulator.zone)
        client.send(AcctUpdateTime(f"{here:%H:%M}"))
        if is_first:
            client.send(AcctDownloadEnd(name))
        return EVERY_THREE_MINUTES / simulator.speed

    def on_trade(account: str, con_id: int) -> None:
        if account in accounts:
            show(account, con_id)
            tell(account)

    client.begin(ACCOUNT_DATA, request, 0, work)
    at_each_trade(client, ACCOUNT_DATA, request, on_trade)


def portfolio_value(simulator: Simulator, account: str, con_id: int) -> PortfolioValue:
    """Makes the message about one holding and its worth."""
    held = simulator.books.holding(account, con_id, simulator.now())
    return PortfolioValue(
        contract_held(held.instrument, in_portfolio=True),
        held.quantity,
        held.market_price,
        round(float(held.market_value), 2),
        float(held.average_cost),
        round(float(held.unrealized), 2),
        round(float(held.realized), 2),
        account,
    )
