"""Every trade, quote or midpoint as a stream."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Literal, TypeAlias, cast, get_args, overload

from trio_tws._client._converted import Converted, ConvertedSubscription
from trio_tws._client._inbox import DEFAULT_BUFFER, Gap, Overflow
from trio_tws._client._topic import Topic
from trio_tws._errors import LocalProtocolError, RemoteProtocolError
from trio_tws._model.contracts import Contract
from trio_tws._model.historical_ticks import (
    HistoricalTicks,
    HistoricalTicksBidAsk,
    HistoricalTicksLast,
)
from trio_tws._model.tick_by_tick import (
    MidpointTick,
    QuoteTick,
    ReqTickByTickData,
    SingleTick,
    TickByTick,
    TradeTick,
)

TickKind: TypeAlias = Literal["Last", "AllLast", "BidAsk", "MidPoint"]
"""What a stream of single ticks is made of, in TWS's words."""

_Opened: TypeAlias = AbstractAsyncContextManager[ConvertedSubscription[SingleTick | Gap]]


class TickByTickMethods(Topic):
    """What `TWS` offers about single ticks."""

    @overload
    def open_tick_by_tick(
        self,
        contract: Contract,
        kind: Literal["Last", "AllLast"],
        *,
        number_of_ticks: int = 0,
        ignore_size: bool = False,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[ConvertedSubscription[TradeTick]]: ...

    @overload
    def open_tick_by_tick(
        self,
        contract: Contract,
        kind: Literal["BidAsk"],
        *,
        number_of_ticks: int = 0,
        ignore_size: bool = False,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[ConvertedSubscription[QuoteTick]]: ...

    @overload
    def open_tick_by_tick(
        self,
        contract: Contract,
        kind: Literal["MidPoint"],
        *,
        number_of_ticks: int = 0,
        ignore_size: bool = False,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[ConvertedSubscription[MidpointTick]]: ...

    @overload
    def open_tick_by_tick(
        self,
        contract: Contract,
        kind: TickKind,
        *,
        number_of_ticks: int = 0,
        ignore_size: bool = False,
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> AbstractAsyncContextManager[ConvertedSubscription[SingleTick | Gap]]: ...

    def open_tick_by_tick(
        self,
        contract: Contract,
        kind: TickKind,
        *,
        number_of_ticks: int = 0,
        ignore_size: bool = False,
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> _Opened:
        """Opens a stream of every tick of one kind for a block; leaving cancels it at TWS.

        Where `open_ticks` samples, this misses nothing: ``Last`` and ``AllLast`` give a `TradeTick`
        for each trade, ``BidAsk`` a `QuoteTick` for each quote, ``MidPoint`` a `MidpointTick` for
        each midpoint. Ticks of the past come first, if they were asked for, oldest first; they have
        `is_past`. The stream does not end by itself.

        Args:
            contract: The instrument: no option, no combination, and few indices.
            kind: Last, AllLast (with combinations, derivatives and average-price trades too),
                BidAsk or MidPoint.
            number_of_ticks: How many ticks of the past come first. Needs server version 140.
            ignore_size: Whether to leave out quotes of which only a size is new. Needs server
                version 140.
            buffer: How many messages may wait to be taken; ticks of the past come in few.
            overflow: What happens to more: see `open_ticks`; ``latest`` keeps the newest message.

        Raises:
            LocalProtocolError: There is no such kind, or the request needs a newer server;
                nothing was sent.
            ConnectionLost: The session ended.

        The iteration raises `RequestError` (10189 no such ticks of this contract, no permission, or
        asked again within 15 s; 10190 no stream left, five with most logins; 200 no such contract)
        when TWS refuses it. It raises `RemoteProtocolError` for a tick without a time or of another
        kind; the request is then taken back.

        Entering is a checkpoint; leaving is none, and tells TWS to stop whatever happens.

        Sends ReqTickByTickData, and CancelTickByTickData in the end, both since server version 137.
        Source: EClient.reqTickByTickData.
        """
        if kind not in get_args(TickKind):
            raise LocalProtocolError(f"kind={kind!r}: it is one of {', '.join(get_args(TickKind))}")
        ticks = self._open_tick_by_tick(
            contract, kind, number_of_ticks, ignore_size, buffer, overflow
        )
        return cast("_Opened", ticks)

    @asynccontextmanager
    async def _open_tick_by_tick(
        self,
        contract: Contract,
        kind: str,
        number_of_ticks: int,
        ignore_size: bool,
        buffer: int,
        overflow: Overflow,
    ) -> AsyncIterator[Converted[object]]:
        async with self._subscribe(
            lambda req_id: ReqTickByTickData(req_id, contract, kind, number_of_ticks, ignore_size),
            buffer,
            overflow,
        ) as source:
            yield ConvertedSubscription[object](source, _ticks)


def _ticks(message: object) -> Sequence[SingleTick]:
    if isinstance(message, TickByTick):
        tick = message.last or message.bid_ask or message.mid_point
        if tick is None:
            raise RemoteProtocolError(f"TWS sent {message!r} in place of a tick")
        return (tick,)
    if isinstance(message, HistoricalTicks | HistoricalTicksBidAsk | HistoricalTicksLast):
        return message.ticks
    return ()
