from datetime import UTC, datetime
from decimal import Decimal

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from tests._client.broker import AAPL, PERM, S, execution, opened, order, placed, status
from tests._client.peer import Peer, session
from trio_tws import (
    CompletedOrder,
    CompletedOrdersEnd,
    ConnectionLost,
    ContractData,
    ContractDataEnd,
    Error,
    ExerciseAction,
    ExerciseOptions,
    GroupedOrder,
    LimitOrder,
    LocalProtocolError,
    MarketOrder,
    OpenOrder,
    OpenOrderEnd,
    OrderGroup,
    OrderLimit,
    OrderLimits,
    OrderRejected,
    OrderState,
    PlaceOrder,
    ReqAllOpenOrders,
    ReqAutoOpenOrders,
    ReqCompletedOrders,
    ReqContractData,
    ReqIds,
    ReqOpenOrders,
    RequestError,
    ResponseTimeout,
    Stock,
    Trade,
    TradePhase,
    bracket,
    evolve,
)
from trio_tws import _versions as v

VERSIONS = pytest.mark.parametrize("version", [176, 226])
NOTHING = OrderState()


def sent(peer: Peer) -> list[PlaceOrder]:
    return [one for one in peer.received if isinstance(one, PlaceOrder)]


# Placing ..........................................................................................


@VERSIONS
async def test_each_order_gets_an_id_that_nothing_had_before(
    version: int, autojump_clock: object
) -> None:
    async def act(peer: Peer) -> None:
        await peer.read_until(ReqIds)
        await peer.send(opened(PlaceOrder(90, AAPL, order())))  # from an earlier session
        await peer.send(status(95), status(999, client_id=3), execution(97))
        for _ in range(21):
            await placed(peer)

    async with session(act, version=version) as (tws, _peer):
        assert tws.next_order_id == 1
        await tws.send(PlaceOrder(40, AAPL, order()))  # by hand
        assert tws.next_order_id == 41
        await tws.send(ReqIds())
        await wait_all_tasks_blocked()
        assert tws.next_order_id == 98
        trades: list[Trade] = []
        async with trio.open_nursery() as nursery:
            for _ in range(20):

                @nursery.start_soon
                async def place() -> None:
                    trades.append(await tws.place_order(AAPL, order()))

        assert [trade.order_id for trade in trades] == list(range(98, 118))
        for trade in trades:
            await trade.accepted()
        assert tws.trade(100) in trades
        assert tws.trade(1000) is None
        assert {trade.order_id for trade in tws.trades} == {40, 90, 95, 999, *range(98, 118)}


async def test_what_can_not_be_sent_takes_no_id(autojump_clock: object) -> None:
    async with session(version=176) as (tws, peer):
        with pytest.raises(LocalProtocolError, match="manual_order_indicator"):
            await tws.place_order(AAPL, order(manual_order_indicator=1))
        with pytest.raises(LocalProtocolError, match=r"what_if\(\)"):
            await tws.place_order(AAPL, order(what_if=True))
        assert tws.next_order_id == 1
        assert tws.trades == ()
        await wait_all_tasks_blocked()
        assert sent(peer) == []


async def test_a_session_that_only_reads_places_nothing(autojump_clock: object) -> None:
    async with session(read_only=True) as (tws, peer):
        for act in (tws.place_order, tws.what_if):
            with pytest.raises(LocalProtocolError, match="read_only"):
                await act(AAPL, order())
        await wait_all_tasks_blocked()
        assert sent(peer) == []


async def test_the_limits_of_a_session_hold_for_every_method(autojump_clock: object) -> None:
    limits = OrderLimits(max_quantity=Decimal(100), max_notional=Decimal(20_000), max_open_orders=3)

    async def act(peer: Peer) -> None:
        await placed(peer)
        await peer.read_until(PlaceOrder)

    async with session(act, order_limits=limits) as (tws, _peer):
        with pytest.raises(OrderLimit, match="max_quantity allows 100, not 101"):
            await tws.place_order(AAPL, order(total_quantity=Decimal(101)))
        with pytest.raises(OrderLimit, match="max_quantity"):
            await tws.send(PlaceOrder(1, AAPL, order(total_quantity=Decimal(101))))
        with pytest.raises(OrderLimit, match="max_notional"):
            await tws.place_order(AAPL, MarketOrder("BUY", 100))
        with pytest.raises(OrderLimit, match="max_notional"):
            await tws.place_order(AAPL, MarketOrder("BUY", 100), reference_price=300.0)
        trade = await tws.place_order(AAPL, order())
        await trade.accepted()
        with pytest.raises(OrderLimit, match="max_quantity"):
            await trade.modify(total_quantity=200)
        with pytest.raises(OrderLimit, match="max_open_orders"):
            await tws.place_group(AAPL, bracket(order(), take_profit=160.0, stop_loss=140.0))
        await tws.place_order(AAPL, MarketOrder("BUY", 100), reference_price=100.0)
        assert len(tws.trades) == 2
        await tws.send(PlaceOrder(9, AAPL, order(what_if=True, total_quantity=Decimal(500))))


async def test_orders_a_minute_are_counted_by_the_minute(autojump_clock: object) -> None:
    async with session(order_limits=OrderLimits(max_orders_a_minute=2)) as (tws, _peer):
        for _ in range(3):
            for _ in range(2):
                await tws.place_order(AAPL, order())
            with pytest.raises(OrderLimit, match="max_orders_a_minute"):
                await tws.place_order(AAPL, order())
            await trio.sleep(61)


@VERSIONS
async def test_a_group_is_sent_as_a_whole(version: int, autojump_clock: object) -> None:
    async with session(version=version) as (tws, peer):
        group = bracket(LimitOrder("BUY", 100, 150.0), take_profit=160.0, stop_loss=140.0)
        entry, profit, loss = await tws.place_group(AAPL, group)
        assert [trade.order_id for trade in (entry, profit, loss)] == [1, 2, 3]
        await wait_all_tasks_blocked()
        first, *children = sent(peer)
        assert (first.order_id, first.order.transmit, first.order.parent_id) == (1, False, 0)
        assert [(one.order_id, one.order.transmit, one.order.parent_id) for one in children] == [
            (2, False, 1),
            (3, True, 1),
        ]
        assert tws.next_order_id == 4


async def test_a_group_of_which_one_can_not_be_sent_is_not_sent(autojump_clock: object) -> None:
    msft = Stock("MSFT")
    async with session(version=176) as (tws, peer):
        bad = OrderGroup(
            (GroupedOrder(order()), GroupedOrder(order(manual_order_indicator=1), contract=msft))
        )
        with pytest.raises(LocalProtocolError, match="manual_order_indicator"):
            await tws.place_group(AAPL, bad)
        with pytest.raises(LocalProtocolError, match=r"what_if\(\)"):
            await tws.place_group(AAPL, OrderGroup((GroupedOrder(order(what_if=True)),)))
        two = OrderGroup((GroupedOrder(order()), GroupedOrder(order(), contract=msft)))
        _, other = await tws.place_group(AAPL, two)
        assert other.contract == msft
        await wait_all_tasks_blocked()
        assert [one.contract.symbol for one in sent(peer)] == ["AAPL", "MSFT"]


@VERSIONS
async def test_exercising_options_is_an_order(version: int, autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ExerciseOptions)
        assert (request.order_id, request.exercise_quantity) == (1, 2)
        assert request.exercise_action is ExerciseAction.EXERCISE
        await peer.send(status(1, S.PRE_SUBMITTED))
        request = await peer.read_until(ExerciseOptions)
        await peer.send(Error(request.order_id, 322, "No unlapsed position exists"))

    async with session(act, version=version) as (tws, _peer):
        trade = await tws.exercise_options(AAPL, 2)
        assert (await trade.accepted()).phase is TradePhase.WORKING
        refused = await tws.exercise_options(AAPL, 1, ExerciseAction.LAPSE, account="DU1")
        with pytest.raises(OrderRejected, match="No unlapsed position"):
            await refused.accepted()


async def test_what_is_exercised_makes_sense(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        with pytest.raises(LocalProtocolError, match="quantity=0"):
            await tws.exercise_options(AAPL, 0)
        with pytest.raises(LocalProtocolError, match="decided_at"):
            await tws.exercise_options(AAPL, 1, decided_at=datetime(2026, 3, 2))  # noqa: DTZ001
        await tws.exercise_options(AAPL, 1, decided_at=datetime(2026, 3, 2, tzinfo=UTC))
        await wait_all_tasks_blocked()
        (request,) = [one for one in peer.received if isinstance(one, ExerciseOptions)]
        assert request.manual_order_time == "20260302-00:00:00"


# Previews .........................................................................................


def preview(request: PlaceOrder, state: OrderState) -> OpenOrder:
    return OpenOrder(request.order_id, request.contract, request.order, state)


FIGURES = OrderState(
    S.PRE_SUBMITTED,
    init_margin_before=1.0,
    init_margin_change=2.0,
    init_margin_after=3.0,
    maint_margin_before=4.0,
    maint_margin_change=5.0,
    maint_margin_after=6.0,
    equity_with_loan_before=7.0,
    equity_with_loan_change=8.0,
    equity_with_loan_after=9.0,
    commission_and_fees=1.25,
    commission_and_fees_currency="USD",
)


@VERSIONS
async def test_a_preview_gives_figures_and_places_nothing(
    version: int, autojump_clock: object
) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(PlaceOrder)
        assert request.order.what_if
        assert request.order.transmit
        await peer.send(Error(request.order_id, 399, "Order Message: it will be held"))
        await peer.send(preview(request, FIGURES))

    async with session(act, version=version) as (tws, _peer):
        found = await tws.what_if(AAPL, order(transmit=False))
        margin = found.init_margin
        assert (margin.before, margin.change, margin.after) == (1.0, 2.0, 3.0)
        assert (found.maint_margin.after, found.equity_with_loan.after) == (6.0, 9.0)
        assert (found.commission, found.commission_currency) == (1.25, "USD")
        assert found.commission_range == (None, None)
        assert tws.trades == ()
        assert tws.next_order_id == 2


async def test_a_full_preview_since_195(autojump_clock: object) -> None:
    full = evolve(
        FIGURES,
        margin_currency="EUR",
        init_margin_after_outside_rth=10.0,
        maint_margin_after_outside_rth=11.0,
        equity_with_loan_after_outside_rth=12.0,
        reject_reason="no",
        warning_text="careful",
    )

    async def act(peer: Peer) -> None:
        await peer.send(preview(await peer.read_until(PlaceOrder), full))

    async with session(act) as (tws, _peer):
        found = await tws.what_if(AAPL, order())
        assert found.order_state == full
        assert found.margin_currency == "EUR"
        outside = found.init_margin_outside_rth, found.maint_margin_outside_rth
        assert [one.after for one in (*outside, found.equity_with_loan_outside_rth)] == [
            10.0,
            11.0,
            12.0,
        ]
        assert (found.reject_reason, found.warning_text) == ("no", "careful")
        assert found.allocations == ()


@pytest.mark.parametrize("delay", [1, 10])
async def test_figures_that_come_second_are_waited_for_but_not_for_long(
    delay: int, autojump_clock: object
) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(PlaceOrder)
        await peer.send(preview(request, OrderState(S.PRE_SUBMITTED)))
        await trio.sleep(delay)
        await peer.send(preview(request, FIGURES))

    async with session(act) as (tws, _peer):
        found = await tws.what_if(AAPL, order())
        assert found.order_state == (FIGURES if delay == 1 else OrderState(S.PRE_SUBMITTED))
        await trio.sleep(20)


async def test_a_preview_of_what_is_refused_raises_it(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(PlaceOrder)
        await peer.send(Error(request.order_id, 201, "Order rejected - reason: no"))
        await peer.read_until(PlaceOrder)

    async with session(act) as (tws, _peer):
        with pytest.raises(OrderRejected, match=r"order 1 .*201.*no"):
            await tws.what_if(AAPL, order())
        with pytest.raises(ResponseTimeout, match="PlaceOrder"):
            await tws.what_if(AAPL, order())
        assert tws.trades == ()


@pytest.mark.parametrize("has_end", [True, False])
async def test_answers_to_a_request_by_hand_with_the_same_number_are_no_preview(
    has_end: bool, autojump_clock: object
) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(PlaceOrder)
        one = ContractData(request.order_id)
        await peer.send(*([one, ContractDataEnd(request.order_id)] if has_end else [one]))
        await trio.sleep(10)
        await peer.send(preview(request, FIGURES))

    async with session(act) as (tws, _peer):
        await tws.send(ReqContractData(tws.next_order_id, AAPL))
        found = await tws.what_if(AAPL, order())
        assert found.order_state == FIGURES


async def test_a_preview_is_no_open_order(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(PlaceOrder)
        await peer.read_until(ReqOpenOrders)
        await peer.send(preview(request, FIGURES), preview(evolve(request, order_id=77), FIGURES))
        await peer.send(OpenOrderEnd())

    async with session(act) as (tws, _peer):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(tws.what_if, AAPL, order())
            assert await tws.open_orders() == []


# Those that there are .............................................................................


@VERSIONS
async def test_open_orders_are_trades(version: int, autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        mine = await placed(peer)
        await peer.read_until(ReqOpenOrders)
        await peer.send(opened(mine), status(1), opened(PlaceOrder(2, AAPL, order())), status(2))
        await peer.send(OpenOrderEnd())

    async with session(act, version=version) as (tws, _peer):
        mine = await tws.place_order(AAPL, order())
        first, second = await tws.open_orders()
        assert first == mine
        assert second.state.is_ours
        assert second.order_id == 2
        assert tws.next_order_id == 3


@pytest.mark.parametrize("ask", [ReqOpenOrders, ReqAllOpenOrders])
async def test_an_order_that_ends_meanwhile_is_not_listed_as_open(
    ask: type, autojump_clock: object
) -> None:
    async def act(peer: Peer) -> None:
        mine = await placed(peer)
        await peer.read_until(ask)
        await peer.send(opened(mine, S.CANCELLED), status(1, S.CANCELLED), OpenOrderEnd())

    async with session(act) as (tws, _peer):
        mine = await tws.place_order(AAPL, order())
        await mine.accepted()
        is_own = ask is ReqOpenOrders
        assert await (tws.open_orders() if is_own else tws.all_open_orders()) == []
        assert mine.phase is TradePhase.CANCELLED


async def test_lists_that_end_alike_take_turns(autojump_clock: object) -> None:
    """OpenOrderEnd does not say which list it ends."""

    async def act(peer: Peer) -> None:
        await peer.read_until(ReqOpenOrders)
        await trio.sleep(5)
        assert not [one for one in peer.received if isinstance(one, ReqAllOpenOrders)]
        await peer.send(OpenOrderEnd())
        await peer.read_until(ReqAllOpenOrders)
        await peer.send(opened(PlaceOrder(7, AAPL, order()), client_id=3), OpenOrderEnd())

    async with session(act) as (tws, _peer):
        async with trio.open_nursery() as nursery:

            @nursery.start_soon
            async def ask_own() -> None:
                assert await tws.open_orders() == []

            await wait_all_tasks_blocked()
            (theirs,) = await tws.all_open_orders()
            assert theirs.state.client_id == 3


@VERSIONS
async def test_completed_orders_are_trades_by_their_perm_id(
    version: int, autojump_clock: object
) -> None:
    done = evolve(order(), perm_id=PERM + 1, filled_quantity=Decimal(100))
    state = OrderState(S.FILLED, completed_status="Filled Size: 100")

    async def act(peer: Peer) -> None:
        await placed(peer)
        request = await peer.read_until(ReqCompletedOrders)
        assert request.api_only
        await peer.send(CompletedOrder(AAPL, done, state), CompletedOrdersEnd())

    async with session(act, version=version) as (tws, _peer):
        mine = await tws.place_order(AAPL, order())
        await mine.accepted()
        assert await tws.completed_orders(api_only=True) == [mine]
        assert mine.phase is TradePhase.FILLED
        assert mine.state.completed_status == "Filled Size: 100"


async def test_read_only_mode_of_tws_is_told(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        for kind in (ReqOpenOrders, ReqAllOpenOrders, ReqCompletedOrders):
            await peer.read_until(kind)
            await peer.send(Error(-1, 321, "The API interface is currently in Read-Only mode."))

    async with session(act) as (tws, _peer):
        for ask in (tws.open_orders, tws.all_open_orders, tws.completed_orders):
            with pytest.raises(RequestError, match="Read-Only"):
                await ask()


async def test_completed_orders_need_a_newer_server(autojump_clock: object) -> None:
    async with session(version=v.COMPLETED_ORDERS - 1) as (tws, _peer):
        with pytest.raises(LocalProtocolError, match="150"):
            await tws.completed_orders()


async def test_client_0_binds_what_people_order(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        await tws.auto_open_orders()
        await tws.auto_open_orders(auto_bind=False)
        await wait_all_tasks_blocked()
        asked = [one for one in peer.received if isinstance(one, ReqAutoOpenOrders)]
        assert asked == [ReqAutoOpenOrders(True), ReqAutoOpenOrders(False)]
    async with session(client_id=5) as (tws, _peer):
        with pytest.raises(LocalProtocolError, match="client 5"):
            await tws.auto_open_orders()


async def test_news_of_every_order_come_as_a_stream(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        await placed(peer)
        await peer.send(opened(PlaceOrder(0, AAPL, order())), status(0))

    async with session(act) as (tws, _peer):
        async with tws.open_trades() as trades:
            mine = await tws.place_order(AAPL, order())
            news = [await anext(trades)]
            while news[-1].perm_id != PERM:
                news.append(await anext(trades))
            assert set(news[:-1]) == {mine}
            assert mine.phase is TradePhase.WORKING


async def test_a_lost_connection_ends_the_stream_of_news() -> None:
    with pytest.raises(ConnectionLost):
        async with session() as (tws, peer):
            async with tws.open_trades() as trades:
                await peer.stream.aclose()
                await anext(trades)


async def test_the_client_id_of_a_session_started_later_counts(autojump_clock: object) -> None:
    async with session(async_connect=True) as (tws, peer):
        await tws.start_api(client_id=4)
        trade = await tws.place_order(AAPL, order())
        await wait_all_tasks_blocked()
        await peer.send(status(1, client_id=4))
        assert (await trade.accepted()).client_id == 4
