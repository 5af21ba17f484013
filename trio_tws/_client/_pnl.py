"""Profit and loss as they run: of an account or model, and of one position in it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final, Literal, cast, overload

import trio

from trio_tws._client._account_data import AccountTopic
from trio_tws._client._inbox import DEFAULT_BUFFER, Gap, Overflow
from trio_tws._client._subscription import Subscription
from trio_tws._errors import LocalProtocolError, ResponseTimeout
from trio_tws._model.contracts import Contract
from trio_tws._model.pnl import PnL, PnLSingle, ReqPnL, ReqPnLSingle

_PATIENCE: Final = 5.0
"""Seconds after an answer without figures in which TWS, which sends one a second, may have some."""


class PnLMethods(AccountTopic):
    """What `TWS` offers about profit and loss as they run."""

    async def pnl(self, account: str | None = None, *, model_code: str = "") -> PnL:
        """Gives the profit and loss of an account, or of a model portfolio in it.

        Args:
            account: Its code; None for the only one of the login. An adviser may say ``All``.
            model_code: The model portfolio, if one is meant.

        Returns:
            The first answer with figures in it. TWS often begins with one that has none; if no
            other comes within 5 s, that. IB does not say in which currency the figures are.

        Raises:
            RequestError: 321 if TWS does not know the account or the model.
            ResponseTimeout: Nothing came; the request is taken back.
            LocalProtocolError: The login has several accounts and none is named, or the server is
                below version 127; nothing was sent.
            ConnectionLost: The session ended.

        A checkpoint. TWS would go on with changes, so the request is taken back at TWS whether it
        ends or is cancelled.

        Sends ReqPnL and CancelPnL. Source: EClient.reqPnL.
        """
        meant = self._account_meant(account)
        figures = await self._figures(lambda req_id: ReqPnL(req_id, meant, model_code))
        return cast(PnL, figures)

    @overload
    def open_pnl(
        self,
        account: str | None = None,
        *,
        model_code: str = "",
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[Subscription[PnL]]: ...

    @overload
    def open_pnl(
        self,
        account: str | None = None,
        *,
        model_code: str = "",
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["gap"],
    ) -> AbstractAsyncContextManager[Subscription[PnL | Gap]]: ...

    def open_pnl(
        self,
        account: str | None = None,
        *,
        model_code: str = "",
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> AbstractAsyncContextManager[Subscription[PnL | Gap]]:
        """Opens a stream of the profit and loss of an account or model; leaving ends it at TWS.

        It comes about once a second while it changes, at first without figures, and never ends by
        itself.

        Args:
            account: Its code; None for the only one of the login. An adviser may say ``All``.
            model_code: The model portfolio, if one is meant.
            buffer: How many may wait to be taken.
            overflow: What happens to more: see `open_ticks`; ``latest`` keeps the newest.

        Raises:
            LocalProtocolError: The login has several accounts and none is named, or the server is
                below version 127; nothing was sent.
            ConnectionLost: The session ended.

        The iteration raises `RequestError` when TWS ends it: see `pnl`.

        Entering is a checkpoint; leaving is none, and tells TWS to stop whatever happens.

        Sends ReqPnL, and CancelPnL in the end. Source: EClient.reqPnL.
        """
        meant = self._account_meant(account)
        stream = self._subscribe(lambda req_id: ReqPnL(req_id, meant, model_code), buffer, overflow)
        return cast("AbstractAsyncContextManager[Subscription[PnL | Gap]]", stream)

    async def position_pnl(
        self, contract: Contract | int, account: str | None = None, *, model_code: str = ""
    ) -> PnLSingle:
        """Gives the profit and loss of one position of an account, or of a model portfolio in it.

        Args:
            contract: What is held, with its con_id, or the con_id itself.
            account: Its code; None for the only one of the login. An adviser may say ``All``.
            model_code: The model portfolio, if one is meant.

        Returns:
            The first answer with figures in it. TWS often begins with one that has none; if no
            other comes within 5 s, as of what is not held, that. IB does not say in which currency
            the figures are.

        Raises:
            RequestError: 321 if TWS does not know the account or the model.
            ResponseTimeout: Nothing came, as may be if nothing is held; the request is taken back.
            LocalProtocolError: The contract has no con_id; the login has several accounts and none
                is named; or the server is below version 127. Nothing was sent.
            ConnectionLost: The session ended.

        A checkpoint. TWS would go on with changes, so the request is taken back at TWS whether it
        ends or is cancelled.

        Sends ReqPnLSingle and CancelPnLSingle. Source: EClient.reqPnLSingle.
        """
        con_id, meant = _con_id(contract), self._account_meant(account)
        figures = await self._figures(
            lambda req_id: ReqPnLSingle(req_id, meant, con_id, model_code)
        )
        return cast(PnLSingle, figures)

    @overload
    def open_position_pnl(
        self,
        contract: Contract | int,
        account: str | None = None,
        *,
        model_code: str = "",
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[Subscription[PnLSingle]]: ...

    @overload
    def open_position_pnl(
        self,
        contract: Contract | int,
        account: str | None = None,
        *,
        model_code: str = "",
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["gap"],
    ) -> AbstractAsyncContextManager[Subscription[PnLSingle | Gap]]: ...

    def open_position_pnl(
        self,
        contract: Contract | int,
        account: str | None = None,
        *,
        model_code: str = "",
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> AbstractAsyncContextManager[Subscription[PnLSingle | Gap]]:
        """Opens a stream of the profit and loss of one position; leaving ends it at TWS.

        It comes about once a second while it changes, at first without figures, and never ends by
        itself.

        Args:
            contract: What is held, with its con_id, or the con_id itself.
            account: Its code; None for the only one of the login. An adviser may say ``All``.
            model_code: The model portfolio, if one is meant.
            buffer: How many may wait to be taken.
            overflow: What happens to more: see `open_ticks`; ``latest`` keeps the newest.

        Raises:
            LocalProtocolError: The contract has no con_id; the login has several accounts and none
                is named; or the server is below version 127. Nothing was sent.
            ConnectionLost: The session ended.

        The iteration raises `RequestError` when TWS ends it: see `position_pnl`.

        Entering is a checkpoint; leaving is none, and tells TWS to stop whatever happens.

        Sends ReqPnLSingle, and CancelPnLSingle in the end. Source: EClient.reqPnLSingle.
        """
        con_id, meant = _con_id(contract), self._account_meant(account)
        stream = self._subscribe(
            lambda req_id: ReqPnLSingle(req_id, meant, con_id, model_code), buffer, overflow
        )
        return cast("AbstractAsyncContextManager[Subscription[PnLSingle | Gap]]", stream)

    async def _figures(self, make_request: Callable[[int], object]) -> PnL | PnLSingle:
        """Gives the first answer with figures, or the last without when the patience is over."""
        async with self._subscribe(make_request, DEFAULT_BUFFER, "raise") as stream:
            return await _first_figures(stream, self._response_timeout)


async def _first_figures(stream: Subscription[object], seconds: float) -> PnL | PnLSingle:
    newest: PnL | PnLSingle | None = None
    with trio.move_on_after(seconds) as scope:
        while newest is None or newest.daily_pnl is None:
            is_first = newest is None
            newest = cast("PnL | PnLSingle", await anext(stream))
            if is_first:
                scope.deadline = trio.current_time() + _PATIENCE
    if newest is None:
        raise ResponseTimeout(stream.request, seconds)
    return newest


def _con_id(contract: Contract | int) -> int:
    con_id = contract if isinstance(contract, int) else contract.con_id
    if con_id < 1:
        raise LocalProtocolError(
            f"contract={contract!r} has no con_id: take the contract of a position, or that of "
            "contract_details()"
        )
    return con_id
