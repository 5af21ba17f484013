"""Bars of five seconds as streams."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, cast, final, overload

from trio_tws._client._conversation import Manner
from trio_tws._client._converted import Converted, ConvertedSubscription
from trio_tws._client._inbox import DEFAULT_BUFFER, Gap, Overflow
from trio_tws._client._topic import Topic
from trio_tws._errors import RemoteProtocolError
from trio_tws._model.contracts import Contract
from trio_tws._model.families import request_error
from trio_tws._model.real_time_bars import RealTimeBars, ReqRealTimeBars
from trio_tws._model.session import Error
from trio_tws._wire.late import frozen
from trio_tws.protocol import Notice

_SECONDS: Final = 5
_WITH_BUST: Final = Manner(notices=frozenset({10225}))
"""A trade was bust, and the bars are off."""


@final
@frozen(weakref_slot=False)
class RealTimeBar:
    """What a price did in five seconds; it does not change afterwards."""

    time: datetime
    """When it begins; aware, in UTC."""
    open: float
    """In the contract's currency, as are high, low and close."""
    high: float
    low: float
    close: float
    volume: Decimal | None
    """Shares or contracts; None for bars that are not made of trades."""
    wap: Decimal | None
    """The volume-weighted average price; None for bars that are not made of trades."""
    count: int | None
    """How many trades; None for bars that are not made of trades."""


class RealTimeBarMethods(Topic):
    """What `TWS` offers about bars of five seconds."""

    @overload
    def open_real_time_bars(
        self,
        contract: Contract,
        what: str = "TRADES",
        *,
        use_rth: bool = True,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[ConvertedSubscription[RealTimeBar]]: ...

    @overload
    def open_real_time_bars(
        self,
        contract: Contract,
        what: str = "TRADES",
        *,
        use_rth: bool = True,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["gap"],
    ) -> AbstractAsyncContextManager[ConvertedSubscription[RealTimeBar | Gap]]: ...

    def open_real_time_bars(
        self,
        contract: Contract,
        what: str = "TRADES",
        *,
        use_rth: bool = True,
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> AbstractAsyncContextManager[ConvertedSubscription[RealTimeBar | Gap]]:
        """Opens a stream of bars of five seconds for a block; leaving cancels it at TWS.

        Each bar comes once, when it is complete, oldest first and from now on. The stream does not
        end by itself.

        Args:
            contract: The instrument.
            what: TRADES, MIDPOINT, BID or ASK.
            use_rth: Whether there are bars in regular trading hours only.
            buffer: How many bars may wait to be taken.
            overflow: What happens to more: see `open_ticks`; ``latest`` keeps the newest bar.

        Raises:
            ConnectionLost: The session ended.

        The iteration raises `RequestError` (420 no permission or too many requests, 200 no such
        contract) when TWS refuses it; and with 10225 when a trade was bust, after which there are
        no bars until they are asked for again. It raises `RemoteProtocolError` for a bar without a
        time. The request is then taken back.

        Entering is a checkpoint; leaving is none, and tells TWS to stop whatever happens.

        Sends ReqRealTimeBars, and CancelRealTimeBars in the end. Source: EClient.reqRealTimeBars.
        """
        bars = self._open_real_time_bars(contract, what, use_rth, buffer, overflow)
        return cast("AbstractAsyncContextManager[ConvertedSubscription[RealTimeBar | Gap]]", bars)

    @asynccontextmanager
    async def _open_real_time_bars(
        self, contract: Contract, what: str, use_rth: bool, buffer: int, overflow: Overflow
    ) -> AsyncIterator[Converted[object]]:
        async with self._subscribe(
            lambda req_id: ReqRealTimeBars(req_id, contract, _SECONDS, what, use_rth),
            buffer,
            overflow,
            manner=_WITH_BUST,
        ) as source:

            def convert(event: object) -> Iterator[object]:
                if isinstance(event, Notice):
                    error = Error(event.req_id, event.code, event.message, time=event.time)
                    raise request_error(error, source.request)
                yield _bar(event)

            yield ConvertedSubscription[object](source, convert)


def _bar(bar: object) -> RealTimeBar:
    if not isinstance(bar, RealTimeBars) or bar.time is None:
        raise RemoteProtocolError(f"TWS sent {bar!r} in place of a bar with a time")
    return RealTimeBar(
        bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.wap, bar.count
    )
