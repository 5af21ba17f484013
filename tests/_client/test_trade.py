from decimal import Decimal

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from tests._client.broker import (
    AAPL,
    PERM,
    S,
    execution,
    opened,
    order,
    placed,
    report,
    status,
)
from tests._client.peer import Peer, session
from trio_tws import (
    CancelOrder,
    CancelRefused,
    ConnectionLost,
    Error,
    LocalProtocolError,
    ModifyRefused,
    OpenOrder,
    OpenOrderEnd,
    OrderCancel,
    OrderCancelled,
    OrderRejected,
    PlaceOrder,
    ReqAllOpenOrders,
    ResponseTimeout,
    Trade,
    TradePhase,
    TradeState,
)
from trio_tws._wire import evolve

VERSIONS = pytest.mark.parametrize("version", [176, 226])


def words(states: list[TradeState]) -> list[tuple[TradePhase, int]]:
    return [(state.phase, int(state.filled)) for state in states]


@VERSIONS
async def test_its_states_are_iterated_until_it_is_done(
    version: int, autojump_clock: object
) -> None:
    async def act(peer: Peer) -> None:
        request = await placed(peer)
        same = status(request.order_id)
        await peer.send(same, same, execution(request.order_id, 40), report())
        await trio.sleep(1)
        await peer.send(status(request.order_id, S.SUBMITTED, 40))
        await peer.send(execution(request.order_id, 60, "0002.01.01"), report("0002.01.01"))
        await peer.send(status(request.order_id, S.FILLED, 100))

    async with session(act, version=version) as (tws, _peer):
        trade = await tws.place_order(AAPL, order())
        assert trade.phase is TradePhase.SENT
        states = [state async for state in trade]
        found = words(states)
        assert found[0] == (TradePhase.SENT, 0)
        assert found[-1] == (TradePhase.FILLED, 100)
        assert len(set(states)) == len(states), "the same twice is no news"
        assert [filled for _, filled in found] == sorted(filled for _, filled in found)
        state = await trade.settled()
        assert state is trade.state
        assert state.commissions == {"USD": Decimal(2)}
        assert (trade.order_id, trade.perm_id) == (1, PERM + 1)
        assert trade.contract.con_id == 265598
        assert trade.order.lmt_price == 150.0
        assert [int(fill.execution.shares or 0) for fill in trade.fills] == [40, 60]
        assert trade.is_done
        assert repr(trade) == "<Trade 1 filled: BUY 100 AAPL LMT, 100 filled>"


async def test_tasks_iterate_it_each_for_itself(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await placed(peer)
        await trio.sleep(1)
        await peer.send(status(request.order_id, S.FILLED, 100))

    async with session(act) as (tws, _peer):
        trade = await tws.place_order(AAPL, order())
        seen: list[list[TradeState]] = []
        async with trio.open_nursery() as nursery:
            for _ in range(3):

                @nursery.start_soon
                async def watch() -> None:
                    seen.append([state async for state in trade])

        assert seen[0] == seen[1] == seen[2]
        assert words([state async for state in trade]) == [(TradePhase.FILLED, 100)]


async def test_states_may_be_gone_through_in_two_goes(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await placed(peer)
        await trio.sleep(1)
        await peer.send(execution(request.order_id))

    async with session(act) as (tws, _peer):
        trade = await tws.place_order(AAPL, order())
        with trio.move_on_after(2):
            await trade.settled()
        assert trade.is_done
        states = aiter(trade)
        assert (await anext(states)).phase is TradePhase.FILLED
        assert [state async for state in states] == []
    async with session(act) as (tws, _peer):
        trade = await tws.place_order(AAPL, order())
        states = aiter(trade)
        assert (await anext(states)).phase is TradePhase.SENT
        assert words([state async for state in states])[-1] == (TradePhase.FILLED, 100)


@VERSIONS
async def test_it_waits_for_what_it_is_asked_for(version: int, autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(PlaceOrder)
        await trio.sleep(1)
        await peer.send(opened(request), status(request.order_id))
        await trio.sleep(1)
        await peer.send(status(request.order_id, S.FILLED, 100))
        await trio.sleep(1)
        await peer.send(execution(request.order_id))
        await trio.sleep(1)
        await peer.send(report())

    async with session(act, version=version) as (tws, _peer):
        trade = await tws.place_order(AAPL, order())
        assert (await trade.accepted()).phase is TradePhase.WORKING
        assert trio.current_time() == pytest.approx(1)
        assert (await trade.filled()).phase is TradePhase.FILLED
        assert (await trade.done()) is trade.state
        assert trio.current_time() == pytest.approx(2)
        assert (await trade.settled()).fills[0].report == report()
        assert trio.current_time() == pytest.approx(4)


@VERSIONS
async def test_a_rejection_is_raised_by_all_that_waits(
    version: int, autojump_clock: object
) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(PlaceOrder)
        await peer.send(Error(request.order_id, 201, "Order rejected - reason: no money"))

    async with session(act, version=version) as (tws, _peer):
        trade = await tws.place_order(AAPL, order())
        for wait in (trade.accepted, trade.done, trade.filled, trade.settled):
            with pytest.raises(OrderRejected, match=r"order 1 .*201.*no money") as caught:
                await wait()
            assert caught.value.order == order()
            assert caught.value.order_id == 1
        states = aiter(trade)
        assert (await anext(states)).phase is TradePhase.REJECTED
        with pytest.raises(OrderRejected):
            await anext(states)
        assert (await trade.cancel()).phase is TradePhase.REJECTED  # what is done is done


async def test_a_warning_changes_nothing_and_is_kept(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await placed(peer)
        for code in (399, 10349):
            await peer.send(Error(request.order_id, code, "Order Message: repriced"))

    async with session(act) as (tws, _peer):
        trade = await tws.place_order(AAPL, order())
        state = await trade.wait_for(lambda state: len(state.warnings) == 2)
        assert state.phase is TradePhase.WORKING
        assert [notice.code for notice in state.warnings] == [399, 10349]


# Cancelling .......................................................................................


@VERSIONS
async def test_a_cancel_waits_for_its_confirmation(version: int, autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await placed(peer)
        cancel = await peer.read_until(CancelOrder)
        assert cancel.order_id == request.order_id
        await peer.send(status(request.order_id, S.PENDING_CANCEL))
        await trio.sleep(100)  # the exchange is closed
        await peer.send(
            Error(request.order_id, 202, "Order Canceled - reason:"),
            status(request.order_id, S.CANCELLED),
        )

    async with session(act, version=version) as (tws, _peer):
        trade = await tws.place_order(AAPL, order())
        await trade.accepted()
        assert (await trade.cancel()).phase is TradePhase.CANCELLED
        assert trio.current_time() >= 100
        with pytest.raises(OrderCancelled, match="order 1") as caught:
            await trade.filled()
        assert caught.value.state is trade.state
        assert (await trade.done()).phase is TradePhase.CANCELLED


async def test_a_fill_may_win_over_a_cancel(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await placed(peer)
        await peer.read_until(CancelOrder)
        await peer.send(
            status(request.order_id, S.PENDING_CANCEL),
            execution(request.order_id),
            Error(
                request.order_id, 161, "Cancel attempted when order is not in a cancellable state"
            ),
            status(request.order_id, S.FILLED, 100),
        )

    async with session(act) as (tws, _peer):
        trade = await tws.place_order(AAPL, order())
        assert (await trade.cancel()).phase is TradePhase.FILLED


async def test_a_refused_cancel_is_told(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await placed(peer)
        await peer.read_until(CancelOrder)
        await peer.send(Error(request.order_id, 161, "not in a cancellable state"))
        await peer.read_until(CancelOrder)
        await peer.send(
            status(request.order_id, S.PENDING_CANCEL),
            Error(request.order_id, 10148, "can not be cancelled, state: PendingCancel"),
        )

    async with session(act) as (tws, _peer):
        trade = await tws.place_order(AAPL, order())
        await trade.accepted()
        with pytest.raises(CancelRefused, match="161"):
            await trade.cancel()
        assert trade.phase is TradePhase.WORKING
        with pytest.raises(CancelRefused, match="10148"):
            await trade.cancel()


async def test_a_cancel_that_tws_does_not_answer_is_told(autojump_clock: object) -> None:
    async with session(placed_only) as (tws, peer):
        trade = await tws.place_order(AAPL, order())
        await trade.accepted()
        with pytest.raises(ResponseTimeout, match="CancelOrder"):
            await trade.cancel(OrderCancel("20260302-10:00:00"))
        assert trade.phase is TradePhase.WORKING
        cancel = CancelOrder(1, OrderCancel("20260302-10:00:00"))
        assert [one for one in peer.received if isinstance(one, CancelOrder)] == [cancel]


async def placed_only(peer: Peer) -> None:
    await placed(peer)


# Changing .........................................................................................


@VERSIONS
async def test_a_change_sends_the_whole_order_cleaned(version: int, autojump_clock: object) -> None:
    sent: list[PlaceOrder] = []

    async def act(peer: Peer) -> None:
        request = await peer.read_until(PlaceOrder)
        told = evolve(
            opened(request).order,
            delta_neutral_order_type="None",
            adjusted_order_type="None",
            trail_stop_price=151.5,
            volatility=0.2,
        )
        await peer.send(
            OpenOrder(request.order_id, request.contract, told, opened(request).order_state),
            status(request.order_id),
        )
        for _ in range(2):
            change = await peer.read_until(PlaceOrder)
            sent.append(change)
            await trio.sleep(1)
            await peer.send(opened(change), status(change.order_id))

    async with session(act, version=version) as (tws, _peer):
        trade = await tws.place_order(AAPL, order(order_ref="mine"))
        await trade.accepted()
        state = await trade.modify(lmt_price=151.0, total_quantity=200)
        assert (state.order.lmt_price, state.order.total_quantity) == (151.0, Decimal(200))
        assert state.changes_pending == 0
        state = await trade.modify(order(lmt_price=152.0))
        assert state.order.lmt_price == 152.0
    assert [one.order_id for one in sent] == [1, 1]
    first = sent[0].order
    assert (first.order_ref, first.open_close, first.delta_neutral_order_type) == ("mine", "", "")
    assert (first.trail_stop_price, first.volatility, first.transmit) == (None, None, True)


@VERSIONS
@pytest.mark.parametrize("code", [110, 105, 201])
async def test_a_refused_change_leaves_the_order_as_it_was(
    version: int, code: int, autojump_clock: object
) -> None:
    async def act(peer: Peer) -> None:
        await placed(peer)
        change = await peer.read_until(PlaceOrder)
        await peer.send(Error(change.order_id, code, "The price does not conform"))

    async with session(act, version=version) as (tws, _peer):
        trade = await tws.place_order(AAPL, order())
        await trade.accepted()
        with pytest.raises(ModifyRefused, match=f"order 1 .*{code}"):
            await trade.modify(lmt_price=150.001)
        assert trade.phase is TradePhase.WORKING
        assert trade.order.lmt_price == 150.0


async def test_an_order_that_is_done_first_is_told_and_never_placed_anew(
    autojump_clock: object,
) -> None:
    async def act(peer: Peer) -> None:
        await placed(peer)
        change = await peer.read_until(PlaceOrder)
        await peer.send(status(change.order_id, S.FILLED, 100))

    async with session(act) as (tws, peer):
        trade = await tws.place_order(AAPL, order())
        await trade.accepted()
        assert (await trade.modify(lmt_price=151.0)).phase is TradePhase.FILLED
        with pytest.raises(LocalProtocolError, match="order 1 is filled"):
            await trade.modify(lmt_price=152.0)
        await wait_all_tasks_blocked()
        assert not [one for one in peer.received if isinstance(one, PlaceOrder)]


async def test_a_change_that_tws_does_not_answer_is_told(autojump_clock: object) -> None:
    async with session(placed_only) as (tws, _peer):
        trade = await tws.place_order(AAPL, order())
        await trade.accepted()
        with pytest.raises(ResponseTimeout, match="PlaceOrder"):
            await trade.modify(aux_price=1.0, trailing_percent=2.0, tif="GTC")
        assert trade.state.changes_pending == 1


async def test_a_change_gives_the_state_that_has_it(autojump_clock: object) -> None:
    """News of something else may come just before it, in the same segment."""

    async def act(peer: Peer) -> None:
        await placed(peer)
        change = await peer.read_until(PlaceOrder)
        await peer.send(status(change.order_id, filled=10), opened(change))

    async with session(act) as (tws, _peer):
        trade = await tws.place_order(AAPL, order())
        await trade.accepted()
        state = await trade.modify(lmt_price=151.0)
        assert state.filled == 10
        assert (state.order.lmt_price, state.changes_pending) == (151.0, 0)


# Those of others ..................................................................................


async def test_what_belongs_to_others_can_not_be_changed(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        await peer.read_until(ReqAllOpenOrders)
        theirs, by_hand = PlaceOrder(5, AAPL, order()), PlaceOrder(0, AAPL, order())
        await peer.send(
            opened(theirs, client_id=7),
            status(5, client_id=7),
            opened(by_hand),
            status(0),
            OpenOrderEnd(),
        )

    async with session(act) as (tws, peer):
        theirs, by_hand = await tws.all_open_orders()
        assert not theirs.state.is_ours
        for trade, why in ((theirs, "client 7"), (by_hand, "auto_open_orders")):
            with pytest.raises(LocalProtocolError, match=why):
                await trade.cancel()
            with pytest.raises(LocalProtocolError, match=why):
                await trade.modify(lmt_price=1.0)
        assert theirs != by_hand
        assert theirs == tws.trades[0]
        assert hash(theirs) == hash(tws.trades[0])
        assert theirs != 5
        assert not [one for one in peer.received if isinstance(one, CancelOrder | PlaceOrder)]


# The end of the session ...........................................................................


async def test_a_lost_connection_ends_all_that_waits(autojump_clock: object) -> None:
    caught: list[type] = []
    placed_here: list[Trade] = []

    async def act(peer: Peer) -> None:
        await placed(peer)
        await trio.sleep(1)
        await peer.stream.aclose()

    with pytest.raises(ConnectionLost):
        async with session(act) as (tws, _peer):
            trade = await tws.place_order(AAPL, order())
            placed_here.append(trade)
            async with trio.open_nursery() as nursery:

                async def wait() -> None:
                    with trio.CancelScope(shield=True):
                        try:
                            await trade.done()
                        except ConnectionLost:
                            caught.append(ConnectionLost)

                async def iterate() -> None:
                    with trio.CancelScope(shield=True):
                        try:
                            async for _ in trade:
                                pass
                        except ConnectionLost:
                            caught.append(ConnectionLost)

                nursery.start_soon(wait)
                nursery.start_soon(iterate)
            await trio.sleep(1)
    assert caught == [ConnectionLost] * 2
    assert [one.phase for one in placed_here] == [TradePhase.WORKING]


async def test_cancelled_before_its_turn_nothing_is_sent(autojump_clock: object) -> None:
    async with session(placed_only) as (tws, peer):
        with trio.CancelScope() as scope:
            scope.cancel()
            await tws.place_order(AAPL, order())
        assert scope.cancelled_caught
        trade = await tws.place_order(AAPL, order())
        assert trade.order_id == 1
        await trade.accepted()
        for act in (trade.cancel, trade.modify):
            with trio.CancelScope() as scope:
                scope.cancel()
                await act()
            assert scope.cancelled_caught
        await wait_all_tasks_blocked()
        assert not [one for one in peer.received if isinstance(one, CancelOrder | PlaceOrder)]
