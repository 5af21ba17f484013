"""What accounts hold."""

from collections.abc import AsyncIterator, Hashable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from decimal import Decimal
from functools import cache
from typing import Literal, TypeAlias, cast, final, overload

from trio_tws import _versions as v
from trio_tws._client._converted import ConvertedSubscription
from trio_tws._client._inbox import DEFAULT_BUFFER, Gap, Overflow
from trio_tws._client._money import Complete, Money, money_of
from trio_tws._client._subscription import Subscription
from trio_tws._client._topic import Topic
from trio_tws._client._unkeyed import Following
from trio_tws._model.contracts import Contract
from trio_tws._model.positions import (
    CancelPositions,
    PositionData,
    PositionEnd,
    PositionMulti,
    PositionMultiEnd,
    ReqPositions,
    ReqPositionsMulti,
)
from trio_tws._wire.late import frozen


@final
@frozen
class Position:
    """What an account, or a model portfolio in it, holds of one contract."""

    account: str
    """The account's code."""
    contract: Contract
    """Without an exchange to trade it at; fill one in before."""
    quantity: Decimal
    """Units or contracts; negative if it is short, 0 if it has been closed."""
    average_cost: Money
    """Per unit held, in the contract's currency; the multiplier of a derivative is in it."""
    model_code: str = ""
    """The model portfolio, if it was asked for by model."""


_Positions: TypeAlias = ConvertedSubscription[Position | Complete]
_PositionsOrGaps: TypeAlias = ConvertedSubscription[Position | Complete | Gap]


class PositionMethods(Topic):
    """What `TWS` offers about positions."""

    async def positions(
        self, account: str | None = None, *, model_code: str = ""
    ) -> list[Position]:
        """Gives what is held: by all accounts of the login, by one of them, or by a model.

        Args:
            account: Its code; None for all.
            model_code: The model portfolio, if one is meant. Needs server version 103.

        Returns:
            One for each account and contract, in the order of TWS; an empty list where nothing is
            held.

        Raises:
            RequestError: 321 if TWS does not know the account or the model; below server version
                103 nothing is held by an account that it does not know.
            ResponseTimeout: Nothing came; the request is taken back.
            LocalProtocolError: The server is too old for models; nothing was sent.
            ConnectionLost: The session ended.

        A checkpoint. TWS would go on with changes, so the request is taken back at TWS whether it
        ends or is cancelled. Those who ask for all at the same time, and streams of all, share one
        request.

        Sends ReqPositions and CancelPositions; for one account or model ReqPositionsMulti and
        CancelPositionsMulti. Source: EClient.reqPositions, EClient.reqPositionsMulti.
        """
        if self._takes_all(account, model_code):
            answers = await self._list(all_positions())
        else:
            req_id = self._session.take_request_id()
            answers = await self._ask(
                ReqPositionsMulti(req_id, account or "", model_code),
                lambda answer: isinstance(answer, PositionMultiEnd),
                goes_on=True,
            )
        found = [position for position in map(_position, answers) if position is not None]
        return [one for one in found if one.quantity and account in (None, one.account)]

    @overload
    def open_positions(
        self,
        account: str | None = None,
        *,
        model_code: str = "",
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[_Positions]: ...

    @overload
    def open_positions(
        self,
        account: str | None = None,
        *,
        model_code: str = "",
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["gap"],
    ) -> AbstractAsyncContextManager[_PositionsOrGaps]: ...

    def open_positions(
        self,
        account: str | None = None,
        *,
        model_code: str = "",
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> AbstractAsyncContextManager[_PositionsOrGaps]:
        """Opens a stream of what is held; leaving ends it at TWS.

        First come all positions, then `Complete`, then each that changes; one that is closed comes
        once more with a quantity of 0. It never ends by itself. Any number of them may be open;
        those of all accounts share one subscription at TWS, which ends with the last of them.

        Args:
            account: Its code; None for all.
            model_code: The model portfolio, if one is meant. Needs server version 103.
            buffer: How many positions may wait to be taken.
            overflow: What happens to more: see `open_ticks`; ``latest`` keeps the newest of each
                account, contract and model.

        Raises:
            LocalProtocolError: The server is too old for models; nothing was sent.
            ConnectionLost: The session ended.

        The iteration raises `RequestError` when TWS ends it: see `positions`.

        Entering is a checkpoint; leaving is none, and tells TWS to stop whatever happens.

        Sends ReqPositions, and CancelPositions in the end; for one account or model
        ReqPositionsMulti and CancelPositionsMulti. Source: EClient.reqPositions.
        """
        if self._takes_all(account, model_code):
            opened = self._follow(all_positions(), buffer, overflow)
        else:
            opened = self._subscribe(
                lambda req_id: ReqPositionsMulti(req_id, account or "", model_code),
                buffer,
                overflow,
                _key,
            )
        positions = self._open_positions(opened, account)
        return cast("AbstractAsyncContextManager[_PositionsOrGaps]", positions)

    @asynccontextmanager
    async def _open_positions(
        self, opened: AbstractAsyncContextManager[Subscription[object]], account: str | None
    ) -> AsyncIterator[_Positions]:
        is_complete = False

        def positions(message: object) -> Iterator[Position | Complete]:
            nonlocal is_complete
            position = _position(message)
            if position is None:
                is_complete = True
                yield Complete()
            elif account in (None, position.account) and (position.quantity or is_complete):
                yield position  # what was closed before somebody joined is no news

        async with opened as source:
            yield _Positions(source, positions)

    def _takes_all(self, account: str | None, model_code: str) -> bool:
        """Tells whether all positions are asked for; old servers have no other way to one's."""
        is_old = self._session.server_version < v.MODELS_SUPPORT
        return not model_code and (account is None or is_old)


def _position(message: object) -> Position | None:
    """Makes a position of a message; None for the end of the list."""
    if isinstance(message, PositionData):
        quantity, model_code = message.position, ""
    elif isinstance(message, PositionMulti):
        quantity, model_code = message.pos, message.model_code
    else:
        return None
    cost = money_of(message.avg_cost, message.contract.currency)
    return Position(message.account, message.contract, quantity or Decimal(0), cost, model_code)


def _key(message: object) -> Hashable:
    """Tells which positions are the same one."""
    position = _position(message)
    if position is None:
        return type(message).__name__
    return position.account, position.contract.con_id, position.model_code


@cache
def all_positions() -> Following:
    """Gives what is followed by all who ask for the positions of all accounts."""
    return Following(ReqPositions(), CancelPositions(), PositionEnd, _key)
