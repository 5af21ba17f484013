"""The portfolio of an account: what it holds, and what that is worth."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from decimal import Decimal
from typing import Literal, TypeAlias, cast, final, overload

from trio_tws._client._account_data import AccountTopic, account_followed
from trio_tws._client._converted import ConvertedSubscription
from trio_tws._client._inbox import DEFAULT_BUFFER, Gap, Overflow
from trio_tws._client._money import Complete, Money, money_of
from trio_tws._model.accounts import AcctDownloadEnd, PortfolioValue
from trio_tws._model.contracts import Contract
from trio_tws._wire.late import frozen


@final
@frozen
class PortfolioItem:
    """What an account holds of one contract, and its worth; money is in the contract's currency.

    IB does not say that it is, and TWS does not name the currency.
    """

    account: str
    """The account's code."""
    contract: Contract
    """Without an exchange to trade it at; fill one in before."""
    quantity: Decimal
    """Units or contracts; negative if it is short, 0 if it has been closed."""
    market_price: float
    """Per unit, as the market quotes it."""
    market_value: Money
    """Of all of it; negative if it is short."""
    average_cost: Money
    """Per unit held; the multiplier of a derivative is in it."""
    unrealized_pnl: Money
    """The profit if all of it were closed at the market price."""
    realized_pnl: Money
    """The profit of what was closed, since the last reset of the day."""


_Items: TypeAlias = ConvertedSubscription[PortfolioItem | Complete]
_ItemsOrGaps: TypeAlias = ConvertedSubscription[PortfolioItem | Complete | Gap]


class PortfolioMethods(AccountTopic):
    """What `TWS` offers about portfolios.

    TWS gives these figures of one account at a time to each client, and knows no other request for
    them. So those who ask for different accounts wait for each other; those who ask for the same
    one share the answer.
    """

    async def portfolio(self, account: str | None = None) -> list[PortfolioItem]:
        """Gives what an account holds, and what that is worth.

        Args:
            account: Its code; None for the only one of the login.

        Returns:
            One for each contract, in the order of TWS; an empty list where nothing is held.

        Raises:
            RequestError: 321 if TWS does not know the account; 2101 if it follows another one for
                other programs.
            ResponseTimeout: Nothing came; the request is taken back.
            LocalProtocolError: The login has several accounts and none is named; nothing was sent.
            ConnectionLost: The session ended.

        A checkpoint. It waits while TWS follows another account for this session, with
        `open_portfolio` until that block is left; `positions` and `account_values` never wait for
        that. TWS would go on with changes, so the request is taken back at TWS whether it ends or
        is cancelled, unless others share it.

        Sends ReqAccountData twice. Source: EClient.reqAccountUpdates.
        """
        answers = await self._account_data(self._account_meant(account))
        items = [_item(answer) for answer in answers if isinstance(answer, PortfolioValue)]
        return [item for item in items if item.quantity]

    @overload
    def open_portfolio(
        self,
        account: str | None = None,
        *,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[_Items]: ...

    @overload
    def open_portfolio(
        self,
        account: str | None = None,
        *,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["gap"],
    ) -> AbstractAsyncContextManager[_ItemsOrGaps]: ...

    def open_portfolio(
        self,
        account: str | None = None,
        *,
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> AbstractAsyncContextManager[_ItemsOrGaps]:
        """Opens a stream of what an account holds and its worth; leaving ends it at TWS.

        First come all positions, then `Complete`, then those that have changed: every three
        minutes, and when one is traded. One that is closed comes once more with a quantity of 0.
        It never ends by itself. Any number of them may be open for the same account.

        Args:
            account: Its code; None for the only one of the login.
            buffer: How many messages on the account may wait to be taken, its values among them.
            overflow: What happens to more: see `open_ticks`; ``latest`` keeps the newest of each
                contract.

        Raises:
            LocalProtocolError: The login has several accounts and none is named; or TWS follows
                another account for this session, which is named. Nothing was sent.
            ConnectionLost: The session ended.

        The iteration raises `RequestError` when TWS ends it: see `portfolio`.

        Entering is a checkpoint; leaving is none, and tells TWS to stop whatever happens.

        Sends ReqAccountData, and the same in the end. Source: EClient.reqAccountUpdates.
        """
        items = self._open_portfolio(self._account_meant(account), buffer, overflow)
        return cast("AbstractAsyncContextManager[_ItemsOrGaps]", items)

    @asynccontextmanager
    async def _open_portfolio(
        self, account: str, buffer: int, overflow: Overflow
    ) -> AsyncIterator[_Items]:
        is_complete = False

        def items(message: object) -> Iterator[PortfolioItem | Complete]:
            nonlocal is_complete
            if not self._is_of(account, message):
                return
            if isinstance(message, AcctDownloadEnd):
                is_complete = True
                yield Complete()
            elif isinstance(message, PortfolioValue) and (message.position or is_complete):
                yield _item(message)  # what was closed before somebody joined is no news

        async with self._follow(account_followed(account), buffer, overflow) as source:
            yield _Items(source, items)


def _item(message: PortfolioValue) -> PortfolioItem:
    currency = message.contract.currency
    return PortfolioItem(
        message.account_name,
        message.contract,
        message.position or Decimal(0),
        message.market_price,
        money_of(message.market_value, currency),
        money_of(message.average_cost, currency),
        money_of(message.unrealized_pnl, currency),
        money_of(message.realized_pnl, currency),
    )
