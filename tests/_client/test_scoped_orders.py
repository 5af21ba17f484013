import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from tests._client.broker import AAPL, PERM, S, execution, opened, order, placed, status
from tests._client.peer import Peer, session
from trio_tws import (
    TWS,
    CancelOrder,
    ConnectionLost,
    Error,
    LimitOrder,
    LocalProtocolError,
    OpenOrderEnd,
    OrderInDoubt,
    PlaceOrder,
    ReqAllOpenOrders,
    ReqGlobalCancel,
    Trade,
    TradePhase,
    bracket,
)

VERSIONS = pytest.mark.parametrize("version", [176, 226])


async def obliging(peer: Peer) -> None:
    """Takes one order, and cancels it when asked to."""
    request = await placed(peer)
    await peer.read_until(CancelOrder)
    await peer.send(status(request.order_id, S.PENDING_CANCEL))
    await trio.sleep(1)
    await peer.send(status(request.order_id, S.CANCELLED))


def cancels(peer: Peer) -> list[int]:
    return [one.order_id for one in peer.received if isinstance(one, CancelOrder)]


def the_order(tws: TWS) -> Trade:
    """The one that was placed."""
    trade = tws.trade(1)
    assert trade is not None
    return trade


@VERSIONS
async def test_the_end_of_the_block_cancels_the_order(version: int, autojump_clock: object) -> None:
    async with session(obliging, version=version) as (tws, _peer):
        async with tws.open_trade(AAPL, order()) as trade:
            await trade.accepted()
        assert trade.phase is TradePhase.CANCELLED


async def test_an_exception_leaves_no_order_and_comes_out_bare(autojump_clock: object) -> None:
    async with session(obliging) as (tws, _peer):
        with pytest.raises(KeyError):
            async with tws.open_trade(AAPL, order()):
                raise KeyError
        assert the_order(tws).phase is TradePhase.CANCELLED


async def test_a_cancellation_leaves_no_order(autojump_clock: object) -> None:
    async with session(obliging) as (tws, _peer):
        with trio.move_on_after(5) as scope:
            async with tws.open_trade(AAPL, order()) as trade:
                await trade.filled()
        assert scope.cancelled_caught
        assert the_order(tws).phase is TradePhase.CANCELLED
        assert trio.current_time() == pytest.approx(6)


async def test_the_end_of_the_program_leaves_no_order(autojump_clock: object) -> None:
    """The session is left in the middle of a block of an order in another task."""
    async with session(obliging) as (tws, _peer):
        async with trio.open_nursery() as nursery:

            async def bot() -> None:
                async with tws.open_trade(AAPL, order()):
                    await trio.sleep_forever()

            nursery.start_soon(bot)
            await trio.sleep(1)
            (trade,) = tws.trades
            nursery.cancel_scope.cancel()
        assert trade.phase is TradePhase.CANCELLED


@VERSIONS
async def test_an_order_that_is_done_is_left_alone(version: int, autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await placed(peer)
        await peer.send(execution(request.order_id), status(request.order_id, S.FILLED, 100))
        request = await peer.read_until(PlaceOrder)
        await peer.send(Error(request.order_id, 201, "no"))

    async with session(act, version=version) as (tws, peer):
        async with tws.open_trade(AAPL, order()) as trade:
            await trade.filled()
        async with tws.open_trade(AAPL, order()) as trade:
            await trade.wait_for(lambda state: state.is_done)
        assert trade.phase is TradePhase.REJECTED
        assert cancels(peer) == []


async def test_a_fill_on_the_way_out_is_a_fill(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await placed(peer)
        await peer.read_until(CancelOrder)
        await peer.send(
            execution(request.order_id),
            Error(request.order_id, 10148, "can not be cancelled, state: Filled"),
        )

    async with session(act) as (tws, _peer):
        async with tws.open_trade(AAPL, order()) as trade:
            await trade.accepted()
        assert trade.phase is TradePhase.FILLED


async def test_a_cancel_that_is_refused_is_sent_again(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await placed(peer)
        for _ in range(3):
            await peer.read_until(CancelOrder)
            await peer.send(Error(request.order_id, 161, "not in a cancellable state"))
        await peer.read_until(CancelOrder)
        await peer.send(status(request.order_id, S.CANCELLED))

    async with session(act) as (tws, _peer):
        async with tws.open_trade(AAPL, order()) as trade:
            await trade.accepted()
        assert trade.phase is TradePhase.CANCELLED
        assert trio.current_time() == pytest.approx(1.5)


@pytest.mark.parametrize("is_cancelled", [False, True])
async def test_without_confirmation_the_order_is_named(
    autojump_clock: object, *, is_cancelled: bool
) -> None:
    async def act(peer: Peer) -> None:
        await placed(peer)

    async with session(act) as (tws, _peer):
        with pytest.raises(OrderInDoubt, match=rf"order 1, perm_id {PERM + 1}.* 5 s") as caught:
            with trio.CancelScope() as scope:
                async with tws.open_trade(AAPL, order(), cancel_timeout=5) as trade:
                    await trade.accepted()
                    if is_cancelled:
                        scope.cancel()
                        await trio.sleep_forever()
        assert caught.value.order_id == 1
        assert caught.value.state is the_order(tws).state
        assert isinstance(caught.value.__context__, trio.Cancelled) == is_cancelled
        assert trio.current_time() == pytest.approx(5)


async def test_a_lost_connection_puts_the_order_in_doubt(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        await placed(peer)
        await peer.stream.aclose()

    with pytest.raises(OrderInDoubt, match=r"order 1,.*reconcile\(\)") as caught:
        async with session(act) as (tws, _peer):
            async with tws.open_trade(AAPL, order()) as trade:
                await trade.filled()
    assert isinstance(caught.value.__cause__, ConnectionLost)
    assert trio.current_time() == 0


@VERSIONS
async def test_a_group_ends_with_its_block(version: int, autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        for _ in range(3):
            await placed(peer)
        await peer.send(execution(1), status(1, S.FILLED, 100))
        for _ in range(2):
            cancel = await peer.read_until(CancelOrder)
            await peer.send(status(cancel.order_id, S.CANCELLED))

    group = bracket(LimitOrder("BUY", 100, 150.0), take_profit=160.0, stop_loss=140.0)
    async with session(act, version=version) as (tws, _peer):
        async with tws.open_group(AAPL, group) as (entry, profit, loss):
            await entry.filled()
        assert profit.phase is loss.phase is TradePhase.CANCELLED


async def test_all_of_a_group_that_are_in_doubt_are_named(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        for _ in range(3):
            await placed(peer)
        await peer.stream.aclose()

    group = bracket(LimitOrder("BUY", 100, 150.0), take_profit=160.0, stop_loss=140.0)
    with pytest.raises(OrderInDoubt, match=r"order 1,.*for order 2, 3") as caught:
        async with session(act) as (tws, _peer):
            async with tws.open_group(AAPL, group) as trades:
                await trades[0].filled()
    assert caught.value.others == (2, 3)


async def test_what_can_not_be_placed_opens_no_block(autojump_clock: object) -> None:
    async with session(read_only=True) as (tws, peer):
        with pytest.raises(LocalProtocolError):
            async with tws.open_trade(AAPL, order()):
                pytest.fail("it was opened")
        with pytest.raises(LocalProtocolError):
            await tws.cancel_all()
        await wait_all_tasks_blocked()
        assert cancels(peer) == []


# The end of all ...................................................................................


@VERSIONS
async def test_all_orders_are_cancelled_and_confirmed(version: int, autojump_clock: object) -> None:
    theirs = PlaceOrder(70, AAPL, order())

    async def act(peer: Peer) -> None:
        mine = await placed(peer)
        await peer.read_until(ReqGlobalCancel)
        for _ in range(2):
            await peer.read_until(ReqAllOpenOrders)
            await peer.send(opened(mine), opened(theirs, client_id=9), OpenOrderEnd())
        await peer.send(Error(1, 202, "Order Canceled"), status(1, S.CANCELLED))
        await peer.read_until(ReqAllOpenOrders)
        await peer.send(opened(theirs, client_id=9), OpenOrderEnd())
        await peer.read_until(ReqAllOpenOrders)
        await peer.send(OpenOrderEnd())

    async with session(act, version=version) as (tws, _peer):
        mine = await tws.place_order(AAPL, order())
        await mine.accepted()
        first, second = await tws.cancel_all()
        assert first == mine
        assert mine.phase is TradePhase.CANCELLED
        assert second.state.client_id == 9
        assert trio.current_time() >= 2


async def test_where_there_are_no_orders_it_is_done_at_once(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        await peer.read_until(ReqAllOpenOrders)
        await peer.send(OpenOrderEnd())

    async with session(act) as (tws, peer):
        assert await tws.cancel_all() == []
        assert ReqGlobalCancel() in peer.received
        assert trio.current_time() == 0


async def test_an_order_that_is_not_listed_yet_is_waited_for(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        await placed(peer)
        await peer.read_until(ReqAllOpenOrders)
        await peer.send(OpenOrderEnd())
        await trio.sleep(0.3)
        await peer.send(status(1, S.CANCELLED))
        await peer.read_until(ReqAllOpenOrders)
        await peer.send(OpenOrderEnd())

    async with session(act) as (tws, _peer):
        mine = await tws.place_order(AAPL, order())
        await mine.accepted()
        await tws.cancel_all()
        assert mine.phase is TradePhase.CANCELLED
        assert trio.current_time() == pytest.approx(0.3)
