"""What TWS tells of accounts, and the one account that it follows for a client in every detail.

What comes of that account has no id. When another account is asked for, values of the one before
may still be on their way, its end marker among them; each message names its account, and what is
of another one is left out.
"""

import math
from collections.abc import Hashable, Iterable, Iterator
from typing import TypeAlias

import trio

from trio_tws._client._converted import ConvertedSubscription
from trio_tws._client._inbox import Gap
from trio_tws._client._money import AccountValue, Complete
from trio_tws._client._topic import Topic
from trio_tws._client._unkeyed import Following
from trio_tws._errors import LocalProtocolError, ResponseTimeout
from trio_tws._model.accounts import (
    AccountSummary,
    AccountSummaryEnd,
    AccountUpdateMulti,
    AccountUpdateMultiEnd,
    AcctDownloadEnd,
    AcctValue,
    PortfolioValue,
    ReqAccountData,
)

ValueStream: TypeAlias = ConvertedSubscription[AccountValue | Complete]
ValueStreamWithGaps: TypeAlias = ConvertedSubscription[AccountValue | Complete | Gap]


class AccountTopic(Topic):
    """The base of what `TWS` offers about accounts."""

    def _account_meant(self, account: str | None, model_code: str = "") -> str:
        """Gives the account that a caller means.

        Raises:
            LocalProtocolError: It has to be named.
        """
        if account or model_code:
            return account or ""
        accounts = self._session.accounts
        if account is None and len(accounts) == 1:
            return accounts[0]
        raise LocalProtocolError(
            f"account={account!r}: which one is meant? The login has {len(accounts)} accounts "
            f"({', '.join(accounts)}); name one of them"
        )

    def _is_of(self, account: str, message: object) -> bool:
        """Tells whether a message without an id is of this account, and not late from another.

        An adviser may ask for all accounts under one name, so that answers have other names.
        """
        name = message.account_name if isinstance(message, _NAMED) else account
        known = self._session.accounts
        return name == account or name not in known or account not in known

    async def _account_data(self, account: str) -> list[object]:
        """Gives all that TWS tells of an account, and the end marker; others wait in a queue.

        Raises:
            ResponseTimeout: Nothing came within the response timeout.
        """
        answers: list[object] = []
        following = account_followed(account)
        async with self._follow(following, None, "raise", waits=True) as stream:
            deadline = trio.current_time() + self._response_timeout
            while not answers or not isinstance(answers[-1], AcctDownloadEnd):
                with trio.move_on_at(math.inf if answers else deadline) as scope:
                    answer = await anext(stream)
                    answers += [answer] if self._is_of(account, answer) else []
                if scope.cancelled_caught:
                    raise ResponseTimeout(following.request, self._response_timeout)
        return answers


_NAMED = (AcctValue, PortfolioValue, AcctDownloadEnd)


def account_followed(account: str) -> Following:
    """Tells how one account is followed."""
    request = ReqAccountData(subscribe=True, acct_code=account)
    stop = ReqAccountData(subscribe=False, acct_code=account)
    return Following(request, stop, AcctDownloadEnd, account_data_key)


def account_data_key(message: object) -> Hashable:
    """Tells what a message about the account that is followed replaces."""
    if isinstance(message, PortfolioValue):
        return message.account_name, message.contract.con_id
    return value_key(message)


# Values ...........................................................................................


def value_of(message: object) -> AccountValue | None:
    """Gives what a message says of the value of an account, if it says anything of that."""
    match message:
        case AccountSummary():
            return AccountValue(message.account, message.tag, message.value, message.currency)
        case AcctValue():
            return AccountValue(message.account_name, message.key, message.val, message.currency)
        case AccountUpdateMulti():
            return AccountValue(
                message.account, message.key, message.value, message.currency, message.model_code
            )
        case _:
            return None


def values_in(messages: Iterable[object]) -> list[AccountValue]:
    """Gives the values that messages tell of, in their order."""
    return [value for value in map(value_of, messages) if value is not None]


def values_or_end(message: object) -> Iterator[AccountValue | Complete]:
    """Gives what a message is in a stream of values."""
    value = value_of(message)
    if value is not None:
        yield value
    elif isinstance(message, AccountSummaryEnd | AccountUpdateMultiEnd | AcctDownloadEnd):
        yield Complete()


def value_key(message: object) -> Hashable:
    """Tells which message a newer one replaces: that on the same value."""
    value = value_of(message)
    if value is None:
        return type(message).__name__
    return value.account, value.tag, value.currency, value.model_code
