"""Comparing what a program knows with what TWS says."""

from typing import TypeVar

from trio_tws import _versions as v
from trio_tws._client._executions import ExecutionMethods
from trio_tws._client._orders import OrderMethods
from trio_tws._client._positions import PositionMethods, all_positions
from trio_tws._model.executions import ExecutionData, ReqExecutions
from trio_tws._model.open_orders import OrderStatus, ReqAllOpenOrders, ReqCompletedOrders
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._model.positions import PositionData
from trio_tws._orders.known import Known
from trio_tws._orders.reconcile import Reconciliation, reconcile

T = TypeVar("T")


class ReconcilingMethods(ExecutionMethods, OrderMethods, PositionMethods):
    """What `TWS` offers to a program that was away."""

    async def reconcile(self, known: Known | None = None) -> Reconciliation:
        """Compares what a program knew with what TWS says, and gives the differences.

        For a program that starts again, or has lost the connection: fills that it missed, orders
        that are gone and how they ended, orders that it does not know, one order id that names two
        orders, positions that are not what they were. What TWS tells becomes known to this session:
        its `trades` are up to date afterwards.

        Args:
            known: What the program knew, made by `known` or read by `Known.from_json`. Without
                it, everything is news. Its order ids are not given to new orders any more:
                an order that never reached TWS leaves its id free there, so reconcile before
                placing any.

        Raises:
            RequestError: 321 in TWS's read-only mode.
            ResponseTimeout: TWS did not answer one of the requests.
            ConnectionLost: The session ended.

        A checkpoint; it changes nothing at TWS. TWS lists the executions and completed orders of
        today, so a program that was away for longer finds its orders gone without a reason.

        Sends ReqAllOpenOrders, ReqExecutions, ReqCompletedOrders (needs server version 150; below,
        how an order ended is told by its executions alone) and ReqPositions. Source: IB's pages of
        these requests.
        """
        known = known or Known()
        desk = self._session.orders
        for one in known.open_orders:
            if one.client_id == desk.client_id:
                desk.ids.see(one.order_id)
        orders = await self._share(ReqAllOpenOrders())
        executions = await self._all(ReqExecutions(self._session.take_request_id()), ExecutionData)
        completed: list[object] = []
        if self._session.server_version >= v.COMPLETED_ORDERS:
            completed = await self._share(ReqCompletedOrders())
        positions = await self._list(all_positions())
        return reconcile(
            known,
            _of(orders, OpenOrder),
            _of(orders, OrderStatus),
            _of(completed, CompletedOrder),
            executions,
            _of(positions, PositionData),
        )

    async def known(self) -> Known:
        """Gives what this session knows of orders, executions and positions, to be kept.

        Kept as JSON (`Known.to_json`), it is what `reconcile` takes after a restart.

        Raises:
            ResponseTimeout: TWS did not list the positions.
            ConnectionLost: The session ended.

        A checkpoint. Sends ReqPositions and CancelPositions.
        """
        positions = _of(await self._list(all_positions()), PositionData)
        return Known.snapshot((one.state for one in self._session.orders.book), positions)


def _of(messages: list[object], kind: type[T]) -> list[T]:
    return [message for message in messages if isinstance(message, kind)]
