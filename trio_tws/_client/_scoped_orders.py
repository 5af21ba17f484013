"""Orders that are tied to a block, and the end of all orders.

Leaving a block with an order in it means that the order is done, and known to be: this waits for
TWS's word, in a shield, for a bounded time. Where the word does not come, the exception names the
order. Nothing is quieter than that: neither the end of the block, nor an exception or a
cancellation that leaves it, nor the loss of the connection.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import trio

from trio_tws._client._orders import OrderMethods
from trio_tws._client._trade import Trade
from trio_tws._errors import OrderInDoubt, TWSError
from trio_tws._model.cancels import OrderCancel, ReqGlobalCancel
from trio_tws._model.contracts import Contract
from trio_tws._model.orders import Order
from trio_tws._orders.groups import OrderGroup

DEFAULT_CANCEL_TIMEOUT: Final = 10.0
"""Seconds that the end of a block waits for TWS to confirm that its orders are done."""

_AGAIN: Final = 0.5
"""Seconds after which a cancel is sent again that TWS refused while the order lived.

It does so for an order that is just on its way to the exchange (161).
"""

_LOOK_AGAIN: Final = 1.0
"""Seconds after which TWS is asked again which orders are open."""

_NO_CANCEL: Final = OrderCancel()


class ScopedOrderMethods(OrderMethods):
    """What `TWS` offers about orders that end with a block, or all at once."""

    @asynccontextmanager
    async def open_trade(
        self,
        contract: Contract,
        order: Order,
        *,
        cancel_timeout: float = DEFAULT_CANCEL_TIMEOUT,
        reference_price: float | None = None,
    ) -> AsyncIterator[Trade]:
        """Places an order that never outlives its block.

        Leaving the block in any way (its end, an exception, a cancellation, the end of the
        program's nursery) leaves the order filled, rejected, or cancelled, and confirmed as that by
        TWS: an order that is not done then is cancelled. What was filled stays filled.

        Args:
            contract: What to trade, and where.
            order: What to do.
            cancel_timeout: Seconds that leaving waits for TWS to confirm it; in a shield, so no
                cancellation cuts it short.
            reference_price: See `place_order`.

        Raises:
            OrderInDoubt: Leaving could not confirm what became of the order: it names the order,
                and why. Whatever left the block is its context; a lost connection is its cause.
            LocalProtocolError: As by `place_order`; nothing was sent.
            OrderLimit: The limits of this session forbid it; nothing was sent.
            ConnectionLost: The session had ended; nothing was sent.

        Entering and leaving are checkpoints.

        Sends PlaceOrder, and CancelOrder in the end. Source: EClient.placeOrder.
        """
        trade = await self.place_order(contract, order, reference_price=reference_price)
        try:
            yield trade
        finally:
            await self._end((trade,), cancel_timeout)

    @asynccontextmanager
    async def open_group(
        self,
        contract: Contract,
        group: OrderGroup,
        *,
        cancel_timeout: float = DEFAULT_CANCEL_TIMEOUT,
        reference_price: float | None = None,
    ) -> AsyncIterator[tuple[Trade, ...]]:
        """Places orders that belong together, and that never outlive their block.

        As `open_trade`, for all of them: those that are not done at the end are cancelled. The
        entry of a bracket that was filled is not undone by that: a block that must not leave a
        position without its stop waits for the stop, or closes the position itself.

        Args:
            contract: What those trade that have no contract of their own.
            group: The orders, made by `bracket`, `one_cancels_all` and their kind.
            cancel_timeout: As for `open_trade`, for all of them together.
            reference_price: See `place_order`.

        Raises:
            OrderInDoubt: Leaving could not confirm what became of one of them; of several, it
                speaks of the first, and has the ids of the ``others``.
            LocalProtocolError: As by `place_group`; nothing was sent.
            OrderLimit: The limits of this session forbid one of them; nothing was sent.
            ConnectionLost: The session had ended; nothing was sent.

        Entering and leaving are checkpoints.

        Sends a PlaceOrder for each, and a CancelOrder for each in the end.
        """
        trades = await self.place_group(contract, group, reference_price=reference_price)
        try:
            yield trades
        finally:
            await self._end(trades, cancel_timeout)

    async def _end(self, trades: Sequence[Trade], seconds: float) -> None:
        reason = f"TWS did not confirm its cancel within {seconds:g} s"
        cause: Exception | None = None
        with trio.CancelScope(shield=True, deadline=trio.current_time() + seconds):
            try:
                async with trio.open_nursery(strict_exception_groups=True) as nursery:
                    for trade in trades:
                        nursery.start_soon(self._see_it_done, trade)
            except* TWSError as errors:
                cause = _first(errors)
                reason = str(cause)
        in_doubt = [trade for trade in trades if not trade.is_done]
        if in_doubt:
            first, *others = in_doubt
            raise OrderInDoubt(
                first.order_id,
                first.perm_id,
                reason,
                first.state,
                others=tuple(other.order_id for other in others),
            ) from cause

    async def _see_it_done(self, trade: Trade) -> None:
        while not trade.is_done:
            await trade.request_cancel()
            refused = await trade.wait_for(
                lambda state: state.is_done or state.cancel_refusal is not None
            )
            if refused.is_done:
                return
            with trio.move_on_after(_AGAIN):
                await trade.wait_for(lambda state: state.is_done)

    async def cancel_all(self, order_cancel: OrderCancel = _NO_CANCEL) -> list[Trade]:
        """Cancels every open order, of all clients and of people in TWS, and waits until they are.

        TWS lists the open orders before and after, again and again until there are none: what
        becomes of the orders of others it does not tell by itself.

        Args:
            order_cancel: What a regulator wants to know; needs server version 192.

        Returns:
            The orders that were open, in the order of TWS. Of own ones the state tells what became
            of them; those of others are as they were when they were last listed.

        Raises:
            LocalProtocolError: The session is ``read_only``; nothing was sent.
            RequestError: 321 in TWS's read-only mode.
            ResponseTimeout: TWS did not list the open orders.
            ConnectionLost: The session ended; whether the orders are cancelled is not known.

        A checkpoint. It has no end of its own: an order that can't be cancelled now, as when its
        exchange is closed, is waited for. Give it time with `trio.fail_after`.

        Sends ReqGlobalCancel, and ReqAllOpenOrders. Source: EClient.reqGlobalCancel.
        """
        await self._session.send(ReqGlobalCancel(order_cancel))
        cancelled: dict[Trade, None] = {}
        while True:
            listed = await self._list_all()
            cancelled.update(dict.fromkeys(listed))
            left = [trade for trade in listed if not trade.is_done]
            own = [trade for trade in self.trades if trade.state.is_ours]
            if not left and not own:
                return list(cancelled)
            with trio.move_on_after(_LOOK_AGAIN):
                for trade in own:
                    await trade.wait_for(lambda state: state.is_done)
                if len(own) < len(left):
                    await trio.sleep(_LOOK_AGAIN)


def _first(error: TWSError | BaseExceptionGroup[TWSError]) -> TWSError:
    """Gives the first of several errors."""
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error
