"""Bars that are kept up to date, as streams."""

from collections.abc import AsyncIterator, Hashable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, Literal, cast, final, overload

from trio_tws._client._bars import EPOCH_SECONDS, Bar, bar_of, moment_of
from trio_tws._client._conversation import Manner
from trio_tws._client._converted import ConvertedSubscription
from trio_tws._client._inbox import DEFAULT_BUFFER, Gap, Overflow
from trio_tws._client._topic import Topic
from trio_tws._errors import LocalProtocolError
from trio_tws._model.bars import (
    HistoricalData,
    HistoricalDataEnd,
    HistoricalDataUpdate,
    ReqHistoricalData,
)
from trio_tws._model.contracts import Contract
from trio_tws._wire.late import frozen


@final
@frozen(weakref_slot=False)
class BarUpdate:
    """A bar as it is now, and whether it stays so."""

    bar: Bar
    is_closed: bool
    """Whether it is complete; otherwise it comes again."""


_GOES_ON: Final = Manner(goes_on=True)


class BarStreamMethods(Topic):
    """What `TWS` offers about bars that are kept up to date."""

    @overload
    def open_bars(
        self,
        contract: Contract,
        *,
        bar_size: str = "5 mins",
        duration: str = "1 D",
        what: str = "TRADES",
        use_rth: bool = True,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[ConvertedSubscription[BarUpdate]]: ...

    @overload
    def open_bars(
        self,
        contract: Contract,
        *,
        bar_size: str = "5 mins",
        duration: str = "1 D",
        what: str = "TRADES",
        use_rth: bool = True,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["gap"],
    ) -> AbstractAsyncContextManager[ConvertedSubscription[BarUpdate | Gap]]: ...

    def open_bars(
        self,
        contract: Contract,
        *,
        bar_size: str = "5 mins",
        duration: str = "1 D",
        what: str = "TRADES",
        use_rth: bool = True,
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> AbstractAsyncContextManager[ConvertedSubscription[BarUpdate | Gap]]:
        """Opens a stream of bars, from the past on into the future, for the length of a block.

        First come the bars of the past, oldest first. All but the last of them are closed. The last
        one comes again and again as it grows, every few seconds while there is trade, then once
        more as closed, right before the first state of the next one. So each bar is closed exactly
        once, when its successor shows itself, and a program that wants complete bars takes those
        with ``is_closed`` and leaves the rest. TWS itself does not say that a bar is complete: one
        in a market that stands still is closed only by the next trade. Should TWS correct an older
        bar, that comes as closed once more.

        Args:
            contract: The instrument.
            bar_size: In IB's spelling, ``5 secs`` or longer: ``1 min``, ``5 mins``, ``1 hour``, …
            duration: How much of the past comes first: a number and S, D, W, M or Y.
            what: TRADES, MIDPOINT, BID, ASK, BID_ASK, …
            use_rth: Whether to leave out what is traded outside regular hours.
            buffer: How many messages of TWS may wait to be taken; the past is one.
            overflow: What happens to more: see `open_ticks`; ``latest`` keeps the newest state of
                each bar. After a `Gap` a bar may be closed with a state that is not its last.

        Raises:
            LocalProtocolError: ``what`` is SCHEDULE, or the server is below version 124; nothing
                was sent.
            ConnectionLost: The session ended.

        The iteration raises `RequestError` (162 no data, no permission, or TWS has ended the stream
        by itself; 10182 TWS has lost IB; 200 no such contract) when TWS ends it, and
        `RemoteProtocolError` for a bar whose time can't be read.

        Entering is a checkpoint; leaving is none, and tells TWS to stop whatever happens.

        Sends ReqHistoricalData, and CancelHistoricalData in the end. Source:
        EClient.reqHistoricalData, EWrapper.historicalDataUpdate.
        """
        if what == "SCHEDULE":
            raise LocalProtocolError("what='SCHEDULE' asks for no bars: use schedule()")
        bars = self._open_bars(contract, bar_size, duration, what, use_rth, buffer, overflow)
        return cast("AbstractAsyncContextManager[ConvertedSubscription[BarUpdate | Gap]]", bars)

    @asynccontextmanager
    async def _open_bars(
        self,
        contract: Contract,
        bar_size: str,
        duration: str,
        what: str,
        use_rth: bool,
        buffer: int,
        overflow: Overflow,
    ) -> AsyncIterator[ConvertedSubscription[object]]:
        def request(req_id: int) -> ReqHistoricalData:
            return ReqHistoricalData(
                req_id,
                contract,
                bar_size_setting=bar_size,
                duration=duration,
                use_rth=use_rth,
                what_to_show=what,
                format_date=EPOCH_SECONDS,
                keep_up_to_date=True,
            )

        async with self._subscribe(request, buffer, overflow, _key, _GOES_ON) as source:
            yield ConvertedSubscription[object](source, _Growth().updates)


def _key(message: object) -> Hashable:
    """Tells the states of one bar, of which only the newest counts."""
    return type(message), message.bar.date if isinstance(message, HistoricalDataUpdate) else None


class _Growth:
    """Tells from the bars as TWS sends them which are closed."""

    def __init__(self) -> None:
        self._newest: Bar | None = None

    def updates(self, message: object) -> Iterator[BarUpdate]:
        """Gives what a message says of the bars."""
        if isinstance(message, HistoricalDataUpdate):
            yield from self._grown(bar_of(message.bar))
            return
        if isinstance(message, HistoricalDataEnd):
            return
        for sent in cast(HistoricalData, message).bars:
            yield from self._next(bar_of(sent))
        if self._newest is not None:
            yield BarUpdate(self._newest, is_closed=False)

    def _next(self, bar: Bar) -> Iterator[BarUpdate]:
        if self._newest is not None:
            yield BarUpdate(self._newest, is_closed=True)
        self._newest = bar

    def _grown(self, bar: Bar) -> Iterator[BarUpdate]:
        if self._newest is not None and moment_of(bar) < moment_of(self._newest):
            yield BarUpdate(bar, is_closed=True)
            return
        if self._newest is not None and bar.time == self._newest.time:
            self._newest = bar
        else:
            yield from self._next(bar)
        yield BarUpdate(bar, is_closed=False)
