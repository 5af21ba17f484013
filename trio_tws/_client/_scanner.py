"""Market scanners."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, suppress
from typing import Literal, cast, overload

from trio_tws._client._inbox import DEFAULT_BUFFER, Gap, Overflow
from trio_tws._client._lost import ConnectionLost
from trio_tws._client._subscription import Subscription
from trio_tws._client._topic import Topic
from trio_tws._model.contracts import TagValue
from trio_tws._model.scanner import (
    CancelScannerSubscription,
    ReqScannerParameters,
    ReqScannerSubscription,
    ScannerData,
    ScannerDataElement,
    ScannerParameters,
    ScannerSubscription,
)
from trio_tws._wire import evolve


class ScannerMethods(Topic):
    """What `TWS` offers about market scanners."""

    async def scanner_parameters(self) -> str:
        """Gives all that may stand in a scanner subscription: instruments, locations, filters.

        Returns:
            One XML document, of about two megabytes, as TWS gives it.

        Raises:
            RequestError: TWS refused it.
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.

        A checkpoint; cancelled, it throws away what comes late. Callers at the same time share one
        answer.

        Sends ReqScannerParameters. Source: EClient.reqScannerParameters.
        """
        answer = await self._one(ReqScannerParameters(), ScannerParameters, shared=True)
        return answer.xml

    async def scan(
        self, subscription: ScannerSubscription, filters: Mapping[str, str] | None = None
    ) -> list[ScannerDataElement]:
        """Gives the contracts that rank highest by some measure now.

        Args:
            subscription: What to scan, and by which measure.
            filters: More filters, by the names in `scanner_parameters`: ``{"usdMarketCapAbove":
                "10000"}``. Needs server version 143.

        Returns:
            One ranking, best first, of 50 contracts at most. Nothing at all is a regular answer: no
            contract passes the filters.

        Raises:
            RequestError: 162 if TWS does not know what to scan or runs ten scans already, 490 for
                no permission.
            ResponseTimeout: Nothing came; the request is taken back.
            ConnectionLost: The session ended.
            LocalProtocolError: A filter needs a newer server; nothing was sent.

        A checkpoint. TWS would go on with a ranking every 30 s, so the request is taken back at
        TWS whether it ends or is cancelled.

        Sends ReqScannerSubscription and CancelScannerSubscription. Source:
        EClient.reqScannerSubscription.
        """
        request = ReqScannerSubscription(
            self._session.take_request_id(), _filtered(subscription, filters)
        )
        answers = await self._ask(request, lambda answer: isinstance(answer, ScannerData))
        ranking = next(answer for answer in answers if isinstance(answer, ScannerData))
        with suppress(ConnectionLost):  # the ranking is here, and nothing is left to be cancelled
            self._session.send_nowait(CancelScannerSubscription(ranking.req_id))
        return list(ranking.elements)

    @overload
    def open_scan(
        self,
        subscription: ScannerSubscription,
        filters: Mapping[str, str] | None = None,
        *,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[Subscription[ScannerData]]: ...

    @overload
    def open_scan(
        self,
        subscription: ScannerSubscription,
        filters: Mapping[str, str] | None = None,
        *,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["gap"],
    ) -> AbstractAsyncContextManager[Subscription[ScannerData | Gap]]: ...

    def open_scan(
        self,
        subscription: ScannerSubscription,
        filters: Mapping[str, str] | None = None,
        *,
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> AbstractAsyncContextManager[Subscription[ScannerData | Gap]]:
        """Opens a stream of rankings, each complete; leaving cancels it at TWS.

        TWS sends one about every 30 s, whether or not it has changed. One without elements says
        that nothing passes the filters. It never ends by itself.

        Args:
            subscription: What to scan, and by which measure.
            filters: More filters: see `scan`.
            buffer: How many rankings may wait to be taken.
            overflow: What happens to more: see `open_ticks`; ``latest`` keeps the newest ranking.

        Raises:
            LocalProtocolError: A filter needs a newer server; nothing was sent.
            ConnectionLost: The session ended.

        The iteration raises `RequestError` when TWS ends it: see `scan`. Ten may be open at once.

        Entering is a checkpoint; leaving is none, and tells TWS to stop whatever happens.

        Sends ReqScannerSubscription, and CancelScannerSubscription in the end. Source:
        EClient.reqScannerSubscription.
        """
        wanted = _filtered(subscription, filters)
        rankings = self._subscribe(
            lambda req_id: ReqScannerSubscription(req_id, wanted), buffer, overflow
        )
        return cast("AbstractAsyncContextManager[Subscription[ScannerData | Gap]]", rankings)


def _filtered(
    subscription: ScannerSubscription, filters: Mapping[str, str] | None
) -> ScannerSubscription:
    more = tuple(TagValue(name, value) for name, value in (filters or {}).items())
    options = subscription.scanner_subscription_filter_options + more
    return evolve(subscription, scanner_subscription_filter_options=options)
