"""Trades, quotes and midpoints of the past, one by one."""

from datetime import datetime
from typing import Final, Literal, TypeAlias, cast, overload

from trio_tws._client._times import write_time
from trio_tws._client._topic import Topic
from trio_tws._errors import LocalProtocolError
from trio_tws._model.contracts import Contract
from trio_tws._model.historical_ticks import (
    HistoricalTicks,
    HistoricalTicksBidAsk,
    HistoricalTicksLast,
    ReqHistoricalTicks,
)
from trio_tws._model.tick_by_tick import MidpointTick, QuoteTick, SingleTick, TradeTick

MOST_TICKS: Final = 1000
"""IB's limit for one request. Source: IB's page "Historical Time and Sales Data"."""

_Ticks: TypeAlias = list[TradeTick] | list[QuoteTick] | list[MidpointTick]
_ANSWERS: Final = (HistoricalTicks, HistoricalTicksBidAsk, HistoricalTicksLast)


class HistoricalTickMethods(Topic):
    """What `TWS` offers about single ticks of the past."""

    @overload
    async def historical_ticks(
        self,
        contract: Contract,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        number: int = MOST_TICKS,
        what: Literal["TRADES"] = "TRADES",
        use_rth: bool = True,
        ignore_size: bool = False,
    ) -> list[TradeTick]: ...

    @overload
    async def historical_ticks(
        self,
        contract: Contract,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        number: int = MOST_TICKS,
        what: Literal["BID_ASK"],
        use_rth: bool = True,
        ignore_size: bool = False,
    ) -> list[QuoteTick]: ...

    @overload
    async def historical_ticks(
        self,
        contract: Contract,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        number: int = MOST_TICKS,
        what: Literal["MIDPOINT"],
        use_rth: bool = True,
        ignore_size: bool = False,
    ) -> list[MidpointTick]: ...

    async def historical_ticks(
        self,
        contract: Contract,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        number: int = MOST_TICKS,
        what: Literal["TRADES", "BID_ASK", "MIDPOINT"] = "TRADES",
        use_rth: bool = True,
        ignore_size: bool = False,
    ) -> _Ticks:
        """Gives up to 1000 ticks from a moment on, or up to one; oldest first.

        Args:
            contract: The instrument.
            start: Where they begin, aware.
            end: Where they end, aware; exactly one of the two has to be given.
            number: How many, 1 to 1000. All ticks of the last second come, so there may be more.
            what: TRADES, BID_ASK or MIDPOINT; it decides what a tick is.
            use_rth: Whether to leave out what happened outside regular hours.
            ignore_size: Whether to leave out quotes of which only a size is new.

        Returns:
            `TradeTick` for trades, `QuoteTick` for quotes, `MidpointTick` for midpoints, with
            `is_past`. Times are to the second, aware, in UTC; prices in the contract's currency.
            Empty only if TWS answers with no ticks; mostly it answers with 10187 instead.

        Raises:
            RequestError: 10187 for no data or no permission; 200 for no such contract.
            ResponseTimeout: Nothing came; the request is taken back.
            RemoteProtocolError: A tick has no time.
            LocalProtocolError: A time has no zone, none or both are given, ``number`` is out of its
                range, or the server is below version 130; nothing was sent.
            ConnectionLost: The session ended.

        A checkpoint; cancelling it cancels the request at TWS where the server can (since 215).

        Sends ReqHistoricalTicks. Source: EClient.reqHistoricalTicks.
        """
        if (start is None) == (end is None):
            raise LocalProtocolError(f"start={start}, end={end}: TWS wants exactly one of the two")
        if not 1 <= number <= MOST_TICKS:
            raise LocalProtocolError(
                f"number={number}: TWS gives 1 to {MOST_TICKS} ticks for one request; "
                "open_tick_history() gives more"
            )
        ticks = await self._past_ticks(
            ReqHistoricalTicks(
                self._session.take_request_id(),
                contract,
                start_date_time=write_time(start, "start"),
                end_date_time=write_time(end, "end"),
                number_of_ticks=number,
                what_to_show=what,
                use_rth=use_rth,
                ignore_size=ignore_size,
            )
        )
        return cast(_Ticks, ticks)

    async def _past_ticks(self, request: ReqHistoricalTicks) -> list[SingleTick]:
        """Gives the ticks of one answer."""
        answers = await self._ask(request, is_last=_is_done)
        return [tick for answer in answers if isinstance(answer, _ANSWERS) for tick in answer.ticks]


def _is_done(answer: object) -> bool:
    return isinstance(answer, _ANSWERS) and answer.done
