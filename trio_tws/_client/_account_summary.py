"""Account summaries: chosen values of several accounts."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, Literal, cast, overload

import trio

from trio_tws._client._account_data import (
    ValueStream,
    ValueStreamWithGaps,
    value_key,
    values_in,
    values_or_end,
)
from trio_tws._client._inbox import DEFAULT_BUFFER, Overflow
from trio_tws._client._money import AccountValue
from trio_tws._client._session import Session
from trio_tws._client._topic import Topic
from trio_tws._errors import LocalProtocolError
from trio_tws._model.accounts import AccountSummaryEnd, ReqAccountSummary

ACCOUNT_SUMMARY_TAGS: Final = (
    "AccountType",
    "AccruedCash",
    "AvailableFunds",
    "BuyingPower",
    "Cushion",
    "DayTradesRemaining",
    "DayTradesRemainingT+1",
    "DayTradesRemainingT+2",
    "DayTradesRemainingT+3",
    "DayTradesRemainingT+4",
    "EquityWithLoanValue",
    "ExcessLiquidity",
    "FullAvailableFunds",
    "FullExcessLiquidity",
    "FullInitMarginReq",
    "FullMaintMarginReq",
    "GrossPositionValue",
    "HighestSeverity",
    "InitMarginReq",
    "Leverage",
    "LookAheadAvailableFunds",
    "LookAheadExcessLiquidity",
    "LookAheadInitMarginReq",
    "LookAheadMaintMarginReq",
    "LookAheadNextChange",
    "MaintMarginReq",
    "NetLiquidation",
    "PreviousDayEquityWithLoanValue",
    "RegTEquity",
    "RegTMargin",
    "SMA",
    "SettledCash",
    "TotalCashValue",
)
"""Every tag of an account summary but the cash book.

IB's class AccountSummaryTags has ReqTEquity and ReqTMargin instead of RegTEquity and RegTMargin, to
which TWS does not answer (observed: erdewit/ib_insync issue 589).
"""

_MOST_SUMMARIES: Final = 2
"""TWS serves no more to a client at a time: a third is refused with 322."""


class AccountSummaryMethods(Topic):
    """What `TWS` offers about account summaries."""

    def __init__(self, session: Session, response_timeout: float) -> None:
        super().__init__(session, response_timeout)
        self._summaries = trio.Semaphore(_MOST_SUMMARIES)
        self._summary_streams = 0

    async def account_summary(
        self, tags: Iterable[str] = ACCOUNT_SUMMARY_TAGS, *, group: str = "All"
    ) -> list[AccountValue]:
        """Gives chosen values of all accounts, or of a group of them.

        Args:
            tags: What is wanted, in IB's words; all there are unless said otherwise. ``$LEDGER``
                adds the cash book in the base currency, ``$LEDGER:EUR`` that in another,
                ``$LEDGER:ALL`` that in each.
            group: ``All``, or a group that an adviser has made: see `account_groups`.

        Returns:
            The values in the order of TWS, account by account; what TWS does not know is left out.

        Raises:
            RequestError: 321 if TWS does not know the group; 322 if other programs with this client
                have two summaries open.
            ResponseTimeout: Nothing came; the request is taken back.
            LocalProtocolError: No tag is given, or two streams of summaries are open in this
                session, and TWS has no third; nothing was sent.
            ConnectionLost: The session ended.

        A checkpoint. It waits while two other summaries are being answered. TWS would go on with
        changes, so the request is taken back at TWS whether it ends or is cancelled.

        Sends ReqAccountSummary and CancelAccountSummary. Source: EClient.reqAccountSummary.
        """
        names = _joined(tags)
        self._refuse_third_summary()
        async with self._summaries:
            answers = await self._ask(
                ReqAccountSummary(self._session.take_request_id(), group, names),
                lambda answer: isinstance(answer, AccountSummaryEnd),
                goes_on=True,
            )
        return values_in(answers)

    @overload
    def open_account_summary(
        self,
        tags: Iterable[str] = ACCOUNT_SUMMARY_TAGS,
        *,
        group: str = "All",
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[ValueStream]: ...

    @overload
    def open_account_summary(
        self,
        tags: Iterable[str] = ACCOUNT_SUMMARY_TAGS,
        *,
        group: str = "All",
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["gap"],
    ) -> AbstractAsyncContextManager[ValueStreamWithGaps]: ...

    def open_account_summary(
        self,
        tags: Iterable[str] = ACCOUNT_SUMMARY_TAGS,
        *,
        group: str = "All",
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> AbstractAsyncContextManager[ValueStreamWithGaps]:
        """Opens a stream of chosen values of all accounts, or of a group; leaving ends it at TWS.

        First come all of them, then `Complete`, then every three minutes those that have changed.
        It never ends by itself.

        Args:
            tags: What is wanted: see `account_summary`.
            group: ``All``, or a group that an adviser has made.
            buffer: How many values may wait to be taken.
            overflow: What happens to more: see `open_ticks`; ``latest`` keeps the newest of each
                account, tag and currency.

        Raises:
            LocalProtocolError: No tag is given, or two such streams are open in this session, and
                TWS has no third; nothing was sent.
            ConnectionLost: The session ended.

        The iteration raises `RequestError` when TWS ends it: see `account_summary`.

        Entering is a checkpoint; leaving is none, and tells TWS to stop whatever happens.

        Sends ReqAccountSummary, and CancelAccountSummary in the end. Source:
        EClient.reqAccountSummary.
        """
        values = self._open_summary(_joined(tags), group, buffer, overflow)
        return cast("AbstractAsyncContextManager[ValueStreamWithGaps]", values)

    @asynccontextmanager
    async def _open_summary(
        self, tags: str, group: str, buffer: int, overflow: Overflow
    ) -> AsyncIterator[ValueStream]:
        self._refuse_third_summary()
        self._summary_streams += 1
        try:
            async with (
                self._summaries,
                self._subscribe(
                    lambda req_id: ReqAccountSummary(req_id, group, tags),
                    buffer,
                    overflow,
                    value_key,
                ) as source,
            ):
                yield ValueStream(source, values_or_end)
        finally:
            self._summary_streams -= 1

    def _refuse_third_summary(self) -> None:
        if self._summary_streams >= _MOST_SUMMARIES:
            raise LocalProtocolError(
                f"{_MOST_SUMMARIES} streams of account summaries are open, and TWS has no more "
                "for one client: leave one of their blocks, or use account_values()"
            )


def _joined(tags: Iterable[str]) -> str:
    names = tags if isinstance(tags, str) else ",".join(tags)
    if not names:
        raise LocalProtocolError(
            "tags is empty: name what is wanted, such as 'NetLiquidation', or leave it out for all"
        )
    return names
