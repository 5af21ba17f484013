"""What was traded: executions, joined with what they cost."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Final, cast

import trio

from trio_tws._client._converted import ConvertedSubscription
from trio_tws._client._inbox import Inbox
from trio_tws._client._topic import Topic
from trio_tws._model.executions import (
    CommissionAndFeesReport,
    ExecutionData,
    ExecutionFilter,
    ReqExecutions,
)
from trio_tws._orders.fills import Fills
from trio_tws._orders.trade_state import Fill

REPORT_WAIT: Final = 3.0
"""Seconds behind a list of executions in which the reports on their costs are awaited.

They mostly come before its end; IB does not say when at the latest.
"""

_ALL: Final = ExecutionFilter()
_LABEL: Final = "open_executions"


class ExecutionMethods(Topic):
    """What `TWS` offers about executions."""

    async def executions(self, exec_filter: ExecutionFilter = _ALL) -> list[Fill]:
        """Gives the executions since midnight, corrected, and each with what it cost.

        Args:
            exec_filter: Which are wanted. Up to 7 days back come where the trade log of TWS shows
                them, or where the filter names the days, which needs server version 200.

        Returns:
            Those of this client, of client 0 also those of orders that people made in TWS, of the
            master client all; in the order of TWS. A correction stands where the corrected one
            stood. An empty list where nothing was traded. ``report`` is None where TWS has not told
            the cost within 3 seconds after the last of them.

        Raises:
            RequestError: TWS refused the filter (321).
            ResponseTimeout: Nothing came.
            LocalProtocolError: The filter needs a newer server; nothing was sent.
            ConnectionLost: The session ended.

        A checkpoint. What it brings is news to the orders that this session knows, too.

        Sends ReqExecutions. Source: EClient.reqExecutions.
        """
        fills = Fills()
        async with self._listen((CommissionAndFeesReport,), Inbox(_LABEL)) as reports:
            request = ReqExecutions(self._session.take_request_id(), exec_filter)
            found = await self._all(request, ExecutionData)
            for data in found:
                fills.add(data)
            with trio.move_on_after(REPORT_WAIT):
                while not all(one.report for one in fills.all):
                    fills.report(cast("CommissionAndFeesReport", await anext(reports)))
        return list(fills.all)

    @asynccontextmanager
    async def open_executions(self) -> AsyncIterator[ConvertedSubscription[Fill]]:
        """Opens a stream of executions as they happen, for the length of a block.

        Each comes when TWS tells it, and again with its ``report`` when TWS tells what it cost, and
        again if it is corrected: ``execution.exec_id`` and ``replaces`` say which it is. Executions
        of this client, of client 0 also those of orders that people made in TWS, of the master
        client all. None is ever dropped, and those of before come from `executions`.

        Raises:
            ConnectionLost: The session ended.

        Entering is a checkpoint; leaving is none. Sends nothing: TWS tells them unasked.
        """
        async with self._listen((ExecutionData, CommissionAndFeesReport), Inbox(_LABEL)) as news:
            yield ConvertedSubscription[Fill](news, self._joined)

    def _joined(self, message: object) -> Iterator[Fill]:
        """Gives a fill as the book of orders has it: with its report, and with what it replaces."""
        if isinstance(message, ExecutionData):
            if message.req_id != -1:
                return  # somebody has asked for it
            exec_id = message.execution.exec_id
        else:
            exec_id = cast("CommissionAndFeesReport", message).exec_id
        record = self._session.orders.book.of(message)
        known = None if record is None else record.fill_of(exec_id)
        if known is not None and known.execution.exec_id == exec_id:
            yield known
        elif isinstance(message, ExecutionData) and known is None:
            yield Fill(message.contract, message.execution)
        # else it has been corrected meanwhile, and the correction comes behind
