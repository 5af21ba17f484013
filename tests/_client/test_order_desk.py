from decimal import Decimal

import pytest
import trio

from tests._client.broker import AAPL, PERM, S, execution, opened, order, report, status
from trio_tws import Error, LocalProtocolError, OrderLimit, OrderLimits, OrderStatus, PlaceOrder
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


async def test_it_tells_whether_a_message_is_about_an_order() -> None:
    desk = OrderDesk(0)
    placed(desk, 1)
    assert desk.take(status(1))
    assert not desk.take(status(1)), "the same is no news"
    assert not desk.take(report()), "of no execution that has come"
    assert desk.has(1)
    assert not desk.has(2)
    assert not desk.take(Error(2, 200, "of a request"))


async def test_a_feed_gives_the_states_and_only_to_those_who_hold_on() -> None:
    desk = OrderDesk(0)
    placed(desk, 1)
    record = desk.book.get(1)
    assert record is not None
    feed = desk.feed(record)
    assert desk.feed(record) is feed
    first = feed.last
    desk.take(status(1))
    assert first.next is feed.last
    assert feed.last.state is record.state
    desk.refresh(record)
    assert feed.last.next is None, "nothing new"
    record.cancelling()
    record.sending(order(lmt_price=1.0))
    desk.refresh(record)
    assert feed.last.state.changes_pending == 1


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
    desk.feed(record)
    inbox = Inbox("news")
    desk.follow(inbox)
    desk.tell_lost(lambda: KeyError("lost"))
    with pytest.raises(KeyError):
        await inbox.take()
