import gc
from decimal import Decimal

import pytest
import trio
import trio.testing

from tests._client.broker import AAPL, PERM, S, execution, opened, order, report, status
from trio_tws import (
    Error,
    LocalProtocolError,
    OrderLimit,
    OrderLimits,
    OrderStatus,
    PlaceOrder,
    TradePhase,
)
from trio_tws._client._inbox import Inbox
from trio_tws._client._order_desk import OrderDesk


def placed(desk: OrderDesk, order_id: int) -> None:
    desk.sent(PlaceOrder(order_id, AAPL, order()))
    desk.begin(order_id, AAPL, order())


async def test_ids_of_this_client_raise_the_next_one_and_those_of_others_do_not() -> None:
    desk = OrderDesk(3)
    desk.take(status(10, client_id=3))
    desk.take(status(20, client_id=4))
    desk.take(opened(PlaceOrder(11, AAPL, order()), client_id=3))
    desk.take(execution(12, client_id=3))
    assert desk.ids.next == 13


async def test_it_takes_news_of_orders_and_passes_over_what_is_about_none() -> None:
    desk = OrderDesk(0)
    placed(desk, 1)
    record = desk.book.get(1)
    assert record is not None
    leave = desk.follow(inbox := Inbox("news"))
    desk.take(status(1))
    assert inbox.take_nowait() == [record]
    desk.take(status(1))
    assert inbox.take_nowait() == [], "the same is no news"
    desk.take(report())
    assert inbox.take_nowait() == [], "of no execution that has come"
    desk.take(Error(2, 200, "of a request"))
    leave()
    desk.take(report())
    assert desk.has(1)
    assert not desk.has(2)


async def test_states_hang_together_for_those_who_hold_on() -> None:
    desk = OrderDesk(0)
    placed(desk, 1)
    record = desk.book.get(1)
    assert record is not None
    first = desk.link(record)
    assert desk.link(record) is first
    desk.take(status(1))
    second = desk.link(record)
    assert first.next is second
    assert second.state is record.state
    desk.take(status(1))
    desk.cancelling(record)
    assert desk.link(record) is second, "nothing new"
    desk.sending(record, order(lmt_price=1.0))
    assert desk.link(record) is second.next
    assert desk.link(record).state.changes_pending == 1


async def test_what_nobody_holds_any_more_leaves_the_newest_alone() -> None:
    desk = OrderDesk(0)
    placed(desk, 1)
    record = desk.book.get(1)
    assert record is not None
    first = desk.link(record)
    older = desk._links[record]
    desk.take(status(1))
    newest = first.next
    del first
    gc.collect()
    assert older() is None
    assert desk.link(record) is newest


async def test_no_state_is_made_for_those_who_do_not() -> None:
    desk = OrderDesk(0)
    placed(desk, 1)
    record = desk.book.get(1)
    assert record is not None
    link = desk.link(record)
    desk.take(status(1))
    assert desk.link(record) is link.next
    del link
    gc.collect()
    assert not desk._links
    desk.take(status(1, S.FILLED, 100))
    assert not desk._links
    assert desk.link(record).state.phase is TradePhase.FILLED


async def test_followers_get_the_records_that_have_news_until_they_leave() -> None:
    desk = OrderDesk(0)
    inbox = Inbox("news")
    leave = desk.follow(inbox)
    placed(desk, 1)
    desk.take(status(1))
    record = desk.book.get(1)
    assert inbox.take_nowait() + inbox.take_nowait() == [record, record]
    leave()
    leave()
    desk.take(status(1, S.CANCELLED))
    assert inbox.is_closed


async def test_a_list_is_turned_into_orders_each_once_in_its_order() -> None:
    desk = OrderDesk(0)
    listed = [opened(PlaceOrder(2, AAPL, order())), status(2), status(1), Error(9, 200, "else")]
    for message in listed:
        desk.take(message)
    assert desk.find(listed) == [desk.book.by_perm(PERM + 2), desk.book.by_perm(PERM + 1)]


async def test_what_is_done_is_not_changed() -> None:
    desk = OrderDesk(0)
    placed(desk, 1)
    record = desk.book.get(1)
    assert record is not None
    desk.require_alive(record)
    assert desk.require_ours(record, "changing") == 1
    desk.take(status(1, S.FILLED, 100))
    with pytest.raises(LocalProtocolError, match="order 1 is filled"):
        desk.require_alive(record)


@pytest.mark.parametrize(
    ("message", "why"),
    [(status(5, client_id=7), "of client 7"), (status(0), "auto_open_orders")],
)
async def test_what_belongs_to_others_is_not_changed(message: OrderStatus, why: str) -> None:
    desk = OrderDesk(0)
    desk.take(message)
    (record,) = desk.book
    with pytest.raises(LocalProtocolError, match=why):
        desk.require_ours(record, "cancelling")


async def test_orders_of_a_minute_ago_are_forgotten(autojump_clock: object) -> None:
    desk = OrderDesk(0, OrderLimits(max_orders_a_minute=2))
    for number in range(1, 7):
        desk.check(PlaceOrder(number, AAPL, order()))
        placed(desk, number)
        await trio.sleep(31)
    desk.check(PlaceOrder(8, AAPL, order(what_if=True)))
    OrderDesk(0).check(PlaceOrder(8, AAPL, order()))


async def test_what_is_changed_is_no_new_order_to_the_limits() -> None:
    desk = OrderDesk(0, OrderLimits(max_open_orders=1, max_quantity=Decimal(100)))
    desk.check(PlaceOrder(1, AAPL, order()))
    placed(desk, 1)
    desk.check(PlaceOrder(1, AAPL, order(lmt_price=151.0)))
    with pytest.raises(OrderLimit, match="max_open_orders"):
        desk.check(PlaceOrder(2, AAPL, order()))
    later = desk.started_as(7)
    assert later.client_id == 7
    with pytest.raises(OrderLimit, match="max_quantity"):
        later.check(PlaceOrder(2, AAPL, order(total_quantity=Decimal(200))))


async def test_the_end_of_the_session_is_told_to_all_who_wait() -> None:
    desk = OrderDesk(0)
    placed(desk, 1)
    record = desk.book.get(1)
    assert record is not None
    inbox = Inbox("news")
    desk.follow(inbox)
    async with trio.open_nursery() as nursery:
        for _ in range(2):
            nursery.start_soon(desk.link(record).wait)
        await trio.testing.wait_all_tasks_blocked()
        desk.tell_lost(lambda: KeyError("lost"))
    with pytest.raises(KeyError):
        await inbox.take()
