"""All values of an account, or of a model portfolio: cash, equity, margin, in every currency."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Literal, cast, overload

from trio_tws import _versions as v
from trio_tws._client._account_data import (
    AccountTopic,
    ValueStream,
    ValueStreamWithGaps,
    account_followed,
    value_key,
    values_in,
    values_or_end,
)
from trio_tws._client._inbox import DEFAULT_BUFFER, Overflow
from trio_tws._client._money import AccountValue, Complete
from trio_tws._client._subscription import Subscription
from trio_tws._model.accounts import AccountUpdateMultiEnd, ReqAccountUpdatesMulti


class AccountMethods(AccountTopic):
    """What `TWS` offers about the values of an account."""

    async def account_values(
        self,
        account: str | None = None,
        *,
        model_code: str = "",
        ledger_and_nlv: bool = False,
    ) -> list[AccountValue]:
        """Gives all values of an account, of a model portfolio, or of a model in an account.

        Any number of them may be asked for at the same time, of any accounts.

        Args:
            account: Its code; None for the only one of the login, or for a model in all accounts.
            model_code: The model portfolio, if one is meant. Needs server version 103.
            ledger_and_nlv: Whether only the cash book and the net liquidation value are wanted.
                Needs server version 103.

        Returns:
            The values in the order of TWS. While that of ``AccountReady`` is ``false``, the others
            are not to be trusted.

        Raises:
            RequestError: 321 if TWS does not know the account or the model.
            ResponseTimeout: Nothing came; the request is taken back.
            LocalProtocolError: The login has several accounts and none is named, or the server is
                too old for what is asked; nothing was sent.
            ConnectionLost: The session ended.

        A checkpoint. TWS would go on with changes, so the request is taken back at TWS whether it
        ends or is cancelled. Below server version 103 TWS follows one account at a time, and this
        waits until `portfolio` and `open_portfolio` are done with another.

        Sends ReqAccountUpdatesMulti and CancelAccountUpdatesMulti, below server version 103
        ReqAccountData twice. Source: EClient.reqAccountUpdatesMulti, EClient.reqAccountUpdates.
        """
        meant = self._account_meant(account, model_code)
        if self._has_no_multi(model_code, ledger_and_nlv=ledger_and_nlv):
            answers = await self._account_data(meant)
        else:
            req_id = self._session.take_request_id()
            answers = await self._ask(
                ReqAccountUpdatesMulti(req_id, meant, model_code, ledger_and_nlv),
                lambda answer: isinstance(answer, AccountUpdateMultiEnd),
                goes_on=True,
            )
        return values_in(answers)

    @overload
    def open_account_values(
        self,
        account: str | None = None,
        *,
        model_code: str = "",
        ledger_and_nlv: bool = False,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[ValueStream]: ...

    @overload
    def open_account_values(
        self,
        account: str | None = None,
        *,
        model_code: str = "",
        ledger_and_nlv: bool = False,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["gap"],
    ) -> AbstractAsyncContextManager[ValueStreamWithGaps]: ...

    def open_account_values(
        self,
        account: str | None = None,
        *,
        model_code: str = "",
        ledger_and_nlv: bool = False,
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> AbstractAsyncContextManager[ValueStreamWithGaps]:
        """Opens a stream of all values of an account or model; leaving ends it at TWS.

        First come all of them, then `Complete`, then those that have changed: every three minutes,
        and when a position changes. It never ends by itself. Any number of them may be open.

        Args:
            account: Its code; None for the only one of the login, or for a model in all accounts.
            model_code: The model portfolio, if one is meant. Needs server version 103.
            ledger_and_nlv: Whether only the cash book and the net liquidation value are wanted.
                Needs server version 103.
            buffer: How many values may wait to be taken.
            overflow: What happens to more: see `open_ticks`; ``latest`` keeps the newest of each
                account, tag and currency.

        Raises:
            LocalProtocolError: As from `account_values`; below server version 103 also if TWS
                follows another account for this session, which is named.
            ConnectionLost: The session ended.

        The iteration raises `RequestError` when TWS ends it: see `account_values`.

        Entering is a checkpoint; leaving is none, and tells TWS to stop whatever happens.

        Sends ReqAccountUpdatesMulti, and CancelAccountUpdatesMulti in the end, below server version
        103 ReqAccountData for both. Source: EClient.reqAccountUpdatesMulti.
        """
        meant = self._account_meant(account, model_code)
        if self._has_no_multi(model_code, ledger_and_nlv=ledger_and_nlv):
            source = self._follow(account_followed(meant), buffer, overflow)
        else:
            source = self._subscribe(
                lambda req_id: ReqAccountUpdatesMulti(req_id, meant, model_code, ledger_and_nlv),
                buffer,
                overflow,
                value_key,
            )
        values = self._open_values(source, meant)
        return cast("AbstractAsyncContextManager[ValueStreamWithGaps]", values)

    @asynccontextmanager
    async def _open_values(
        self, opened: AbstractAsyncContextManager[Subscription[object]], account: str
    ) -> AsyncIterator[ValueStream]:
        def values(message: object) -> Iterator[AccountValue | Complete]:
            return values_or_end(message) if self._is_of(account, message) else iter(())

        async with opened as source:
            yield ValueStream(source, values)

    def _has_no_multi(self, model_code: str, *, ledger_and_nlv: bool) -> bool:
        """Tells whether an old server has another way; where it has none, the guard refuses."""
        is_old = self._session.server_version < v.MODELS_SUPPORT
        return is_old and not model_code and not ledger_and_nlv
