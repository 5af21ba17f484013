from decimal import Decimal

import pytest

from tests._client.broker import AAPL, PERM, S, execution, opened, order, placed, status
from tests._client.peer import Act, Peer, session
from trio_tws import (
    CancelPositions,
    CompletedOrder,
    CompletedOrdersEnd,
    ExecutionDataEnd,
    Known,
    KnownOrder,
    OpenOrderEnd,
    OrderState,
    PlaceOrder,
    PositionData,
    PositionEnd,
    ReqAllOpenOrders,
    ReqCompletedOrders,
    ReqExecutions,
    ReqPositions,
    ResponseTimeout,
    TradePhase,
    evolve,
)
from trio_tws import _versions as v

HELD = PositionData("DU1", AAPL, Decimal(100), 150.0)


def tells(*, lists_completed: bool = True) -> Act:
    """A TWS with one order open, one filled, and what it brought."""

    async def act(peer: Peer) -> None:
        await peer.read_until(ReqAllOpenOrders)
        await peer.send(opened(PlaceOrder(2, AAPL, order())), status(2), OpenOrderEnd())
        request = await peer.read_until(ReqExecutions)
        await peer.send(execution(1, req_id=request.req_id), ExecutionDataEnd(request.req_id))
        if lists_completed:
            await peer.read_until(ReqCompletedOrders)
            done = evolve(order(), perm_id=PERM + 1, filled_quantity=Decimal(100))
            state = OrderState(S.FILLED, completed_status="Filled Size: 100")
            await peer.send(CompletedOrder(AAPL, done, state), CompletedOrdersEnd())
        await peer.read_until(ReqPositions)
        await peer.send(HELD, PositionEnd())

    return act


@pytest.mark.parametrize("version", [v.COMPLETED_ORDERS - 1, 176, 226])
async def test_what_happened_meanwhile_is_told(version: int, autojump_clock: object) -> None:
    act = tells(lists_completed=version >= v.COMPLETED_ORDERS)
    known = Known((KnownOrder(PERM + 1, 0, 1),))
    async with session(act, version=version) as (tws, peer):
        found = await tws.reconcile(known)
        assert not found.is_clean
        assert [fill.execution.exec_id for fill in found.new_fills] == ["0001.01.01"]
        (gone,) = found.orders_gone
        assert gone.known == known.open_orders[0]
        expected = TradePhase.FILLED if version >= v.COMPLETED_ORDERS else None
        assert gone.outcome is expected
        assert [state.order_id for state in found.orders_unknown] == [2]
        (difference,) = found.position_differences
        assert (difference.known, difference.actual) == (Decimal(0), Decimal(100))
        assert tws.next_order_id == 3  # above what was listed
        assert [trade.order_id for trade in tws.trades] == [2]
        assert CancelPositions() not in peer.received[:-1]


async def test_what_a_session_knew_is_no_news_to_the_next(autojump_clock: object) -> None:
    async def first(peer: Peer) -> None:
        await placed(peer)
        await peer.send(execution(1), status(1, S.FILLED, 100))
        await placed(peer)
        await peer.read_until(ReqPositions)
        await peer.send(HELD, PositionEnd())

    async with session(first) as (tws, _peer):
        trade = await tws.place_order(AAPL, order())
        await trade.filled()
        other = await tws.place_order(AAPL, order())
        await other.accepted()
        kept = (await tws.known()).to_json()
    async with session(tells()) as (tws, _peer):
        assert (await tws.reconcile(Known.from_json(kept))).is_clean


async def test_a_tws_that_does_not_list_is_told(autojump_clock: object) -> None:
    async with session() as (tws, _peer):
        with pytest.raises(ResponseTimeout, match="ReqAllOpenOrders"):
            await tws.reconcile()


async def test_the_id_of_an_order_that_never_reached_tws_is_not_given_again(
    autojump_clock: object,
) -> None:
    known = Known((KnownOrder(0, 0, 7), KnownOrder(0, 5, 90)))
    async with session(tells()) as (tws, _peer):
        found = await tws.reconcile(known)
        assert tws.next_order_id == 8
        assert [one.outcome for one in found.orders_gone] == [None, None]
