"""Market data lines as streams."""

from collections.abc import Hashable
from contextlib import AbstractAsyncContextManager
from typing import Literal, TypeAlias, cast, overload

from trio_tws._client._inbox import DEFAULT_BUFFER, Gap, Overflow
from trio_tws._client._subscription import Subscription
from trio_tws._client._topic import Topic
from trio_tws._enums import MarketDataKind
from trio_tws._model.contracts import Contract
from trio_tws._model.news import TickNews
from trio_tws._model.options import DeltaNeutralValidation, TickOptionComputation
from trio_tws._model.ticks import (
    MarketDataType,
    ReqMarketDataType,
    ReqMktData,
    RerouteMktDataReq,
    TickEFP,
    TickGeneric,
    TickPrice,
    TickReqParams,
    TickSize,
    TickSnapshotEnd,
    TickString,
)

Tick: TypeAlias = (
    TickPrice
    | TickSize
    | TickString
    | TickGeneric
    | MarketDataType
    | TickReqParams
    | TickSnapshotEnd
    | TickEFP
    | TickNews
    | TickOptionComputation
    | DeltaNeutralValidation
    | RerouteMktDataReq
)
"""What a line of market data sends."""


class TickMethods(Topic):
    """What `TWS` offers about market data lines."""

    @overload
    def open_ticks(
        self,
        contract: Contract,
        generic_ticks: str = "",
        *,
        snapshot: bool = False,
        regulatory_snapshot: bool = False,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[Subscription[Tick]]: ...

    @overload
    def open_ticks(
        self,
        contract: Contract,
        generic_ticks: str = "",
        *,
        snapshot: bool = False,
        regulatory_snapshot: bool = False,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["gap"],
    ) -> AbstractAsyncContextManager[Subscription[Tick | Gap]]: ...

    def open_ticks(
        self,
        contract: Contract,
        generic_ticks: str = "",
        *,
        snapshot: bool = False,
        regulatory_snapshot: bool = False,
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> AbstractAsyncContextManager[Subscription[Tick | Gap]]:
        """Opens a line of market data for the length of a block; leaving cancels it at TWS.

        The stream gives prices, sizes and other values as TWS samples them (about every 250 ms for
        stocks; not every trade), first of all `TickReqParams` and, if the data is not live,
        `MarketDataType`. A price comes with the size that belongs to it. It ends by itself only for
        a snapshot, after `TickSnapshotEnd`. A `RerouteMktDataReq` says that a contract for
        difference has no line of its own: ask for the one that it names.

        Args:
            contract: What to watch; ``con_id`` and ``exchange`` are enough.
            generic_ticks: Comma list of generic tick ids for more than the usual.
            snapshot: Whether to take one picture of the line, complete after 11 s at the latest.
            regulatory_snapshot: As snapshot, for a fee, without a subscription. Needs server
                version 114.
            buffer: How many ticks may wait to be taken.
            overflow: What happens to more. ``raise``: the stream ends with `SlowConsumer`. ``gap``:
                the oldest go, and a `Gap` stands for them. ``latest``: only the newest tick of each
                type waits, and every headline. ``wait``: the socket is not read, for anybody,
                until there is room.

        Raises:
            LocalProtocolError: The request makes no sense, or needs a newer server; nothing was
                sent.
            ConnectionLost: The session ended.

        The iteration raises, when TWS ends the line, `ContractNotFound`, `NoMarketDataPermission`
        (354), `LimitReached` (101) where no line is left, or another `RequestError`.

        Entering is a checkpoint; leaving is none, and tells TWS to stop whatever happens.

        Sends ReqMktData, and CancelMktData in the end. Source: EClient.reqMktData.
        """
        ticks = self._subscribe(
            lambda req_id: ReqMktData(
                req_id, contract, generic_ticks, snapshot, regulatory_snapshot
            ),
            buffer,
            overflow,
            _tick_key,
        )
        return cast("AbstractAsyncContextManager[Subscription[Tick | Gap]]", ticks)

    async def tick_snapshot(
        self, contract: Contract, *, regulatory_snapshot: bool = False
    ) -> list[Tick]:
        """Gives one picture of a line of market data: what TWS knows of it now.

        Args:
            contract: What to look at; ``con_id`` and ``exchange`` are enough.
            regulatory_snapshot: Whether to buy it, for a cent, where the data is not subscribed.
                Needs server version 114.

        Returns:
            The ticks in the order of TWS, which takes up to 11 s for them. Those that it does not
            have are left out.

        Raises:
            NoMarketDataPermission: The data is not subscribed (354).
            ContractNotFound: There is no such contract (200).
            LimitReached: No line is left (101).
            RequestError: TWS refused it for another reason.
            ResponseTimeout: Nothing came; the request is taken back.
            LocalProtocolError: The server is too old; nothing was sent.
            ConnectionLost: The session ended.

        A checkpoint. Cancelled, it takes the request back. One that costs is never sent twice.

        Sends ReqMktData. Source: EClient.reqMktData.
        """
        request = ReqMktData(
            self._session.take_request_id(),
            contract,
            snapshot=not regulatory_snapshot,
            regulatory_snapshot=regulatory_snapshot,
        )
        answers = await self._ask(request)
        return cast(
            "list[Tick]", [tick for tick in answers if not isinstance(tick, TickSnapshotEnd)]
        )

    async def set_market_data_type(self, kind: MarketDataKind) -> None:
        """Says which market data later requests of this connection want.

        With ``DELAYED``, prices of 15 to 20 minutes ago come where live ones are not subscribed.
        Live data always wins where there is.

        A checkpoint; TWS does not answer. Cancelled, it sends nothing.

        Sends ReqMarketDataType. Source: EClient.reqMarketDataType.
        """
        await self._session.send(ReqMarketDataType(kind))


def _tick_key(tick: object) -> Hashable:
    return type(tick), getattr(tick, "tick_type", getattr(tick, "article_id", None))
