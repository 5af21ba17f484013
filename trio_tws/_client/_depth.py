"""Market depth as streams, each with the order book that its rows make."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final, Literal, TypeAlias, final

from trio_tws._client._book import Book, LiveBook
from trio_tws._client._conversation import Manner
from trio_tws._client._converted import Converted
from trio_tws._client._inbox import DEFAULT_BUFFER
from trio_tws._client._subscription import Subscription
from trio_tws._client._topic import Topic
from trio_tws._model.contracts import Contract
from trio_tws._model.depth import (
    MarketDepth,
    MarketDepthData,
    MarketDepthL2,
    ReqMktDepth,
    RerouteMktDepthReq,
)
from trio_tws.protocol import Notice

Depth: TypeAlias = MarketDepthData | Notice | RerouteMktDepthReq
"""What a stream of market depth sends."""

_HALTED: Final = 316
_RESET: Final = 317
_EXCHANGES: Final = 2152

_WITH_NOTICES: Final = Manner(notices=frozenset({_HALTED, _RESET, _EXCHANGES}))


@final
class DepthSubscription(Converted[Depth]):
    """A stream of market depth, made by `TWS.open_depth`.

    It is iterated, ends and raises as a `Subscription` does; `book` is what the events make that
    were taken so far.
    """

    def __init__(self, source: Subscription[object]) -> None:
        super().__init__(source, self._take)
        self._live = LiveBook()

    @property
    def book(self) -> Book:
        """The order book as of the last event taken; of `batches`, of the last list."""
        return self._live.picture()

    def _take(self, event: object) -> Iterable[object]:
        if isinstance(event, Notice) and event.code in (_HALTED, _RESET):
            self._live.clear()
        if isinstance(event, MarketDepth | MarketDepthL2):
            self._live.apply(event.market_depth_data)
            yield event.market_depth_data
        else:
            yield event


class DepthMethods(Topic):
    """What `TWS` offers about market depth."""

    @asynccontextmanager
    async def open_depth(
        self,
        contract: Contract,
        rows: int = 5,
        *,
        smart: bool = False,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "wait"] = "raise",
    ) -> AsyncIterator[DepthSubscription]:
        """Opens the order book of an instrument for a block; leaving cancels it at TWS.

        The stream gives the changes to the book's rows in their order, and its ``book`` is what
        they make. Between them come notices that concern the book: 317, TWS starts it anew, so it
        is empty and not valid until the next row; 316, it is halted, so it is empty for good, and
        has to be opened again; 2152, which exchanges SMART depth covers. A `RerouteMktDepthReq`
        says that a contract for difference has no book of its own: ask for the one that it names.
        The stream does not end by itself.

        Args:
            contract: What to watch, with the exchange whose book it is.
            rows: How many rows of each side; TWS may exceed it for a moment.
            smart: Whether to put the books of several exchanges into one; the contract's exchange
                is then SMART. Needs server version 146.
            buffer: How many changes may wait to be taken.
            overflow: What happens to more. ``raise``: the stream ends with `SlowConsumer`.
                ``wait``: the socket is not read, for anybody, until there is room. A book of which
                a change is missing is wrong, so none can be dropped.

        Raises:
            LocalProtocolError: The request needs a newer server; nothing was sent.
            ConnectionLost: The session ended.

        The iteration raises `RequestError` (309 no book left, three with most logins; 10092 no
        depth for this contract; 200 no such contract) when TWS refuses it.

        Entering is a checkpoint; leaving is none, and tells TWS to stop whatever happens.

        Sends ReqMktDepth, and CancelMktDepth in the end. Source: EClient.reqMktDepth.
        """
        async with self._subscribe(
            lambda req_id: ReqMktDepth(req_id, contract, rows, smart),
            buffer,
            overflow,
            manner=_WITH_NOTICES,
        ) as source:
            yield DepthSubscription(source)
