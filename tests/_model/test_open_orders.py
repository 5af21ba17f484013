"""What the generic tests do not show of open orders: unknown states, no cap, and real bytes."""

from decimal import Decimal

import pytest

from trio_tws import _versions as v
from trio_tws._enums import OrderStatusName
from trio_tws._model.open_orders import (
    CompletedOrdersEnd,
    OpenOrderEnd,
    OrderBound,
    OrderStatus,
    ReqAllOpenOrders,
    ReqAutoOpenOrders,
    ReqCompletedOrders,
    ReqOpenOrders,
)
from trio_tws.protocol._codec import Codec
from trio_tws.protocol._routing import Route, cancel_of, routes

BOTH_FORMATS = [v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION]
LISTS = (ReqOpenOrders, ReqAllOpenOrders)


def client(version: int) -> Codec:
    return Codec(version, reads_incoming=True, strict=True)


def server(version: int) -> Codec:
    return Codec(version, reads_incoming=False, strict=True)


def dotted(text: str) -> bytes:
    return text.replace("·", "\0").encode()


def test_an_order_without_a_cap_says_zero() -> None:
    payload = dotted("3·1033·Cancelled·0·100·0·137729541·0·0·100··0·")
    status = OrderStatus(
        order_id=1033,
        status=OrderStatusName.CANCELLED,
        filled=Decimal(0),
        remaining=Decimal(100),
        perm_id=137729541,
        client_id=100,
        mkt_cap_price=None,
    )

    assert client(176).decode(payload) == status
    assert server(176).encode(status).endswith(b"\x00100\0\x000\0")


@pytest.mark.parametrize("version", [v.MARKET_CAP_PRICE, v.MAX_SERVER_VERSION])
@pytest.mark.parametrize(("price", "read"), [(0.0, None), (None, None), (187.5, 187.5)])
def test_a_cap_of_zero_is_none(price: float | None, read: float | None, version: int) -> None:
    sent = OrderStatus(order_id=1, mkt_cap_price=price)

    received = client(version).decode(server(version).encode(sent))

    assert received == OrderStatus(order_id=1, mkt_cap_price=read)


def test_an_older_server_says_its_version_and_no_cap() -> None:
    payload = dotted("3·6·7·Filled·100·0·150.25·2147483648·0·150.25·1··")
    status = OrderStatus(
        order_id=7,
        status=OrderStatusName.FILLED,
        filled=Decimal(100),
        remaining=Decimal(0),
        avg_fill_price=150.25,
        perm_id=2147483648,
        last_fill_price=150.25,
        client_id=1,
    )

    assert client(v.MARKET_CAP_PRICE - 1).decode(payload) == status
    assert server(v.MARKET_CAP_PRICE - 1).encode(status) == payload


@pytest.mark.parametrize("version", BOTH_FORMATS)
def test_a_state_that_nobody_has_listed_arrives_as_it_is(version: int) -> None:
    sent = OrderStatus(order_id=1, status=OrderStatusName("PendingReview"))

    received = client(version).decode(server(version).encode(sent))

    assert isinstance(received, OrderStatus)
    assert received.status == "PendingReview"
    assert isinstance(received.status, OrderStatusName)


@pytest.mark.parametrize("version", [v.API_BIND_ORDER, v.MAX_SERVER_VERSION])
def test_an_order_that_was_bound_has_an_id_of_64_bits_and_one_below_zero(version: int) -> None:
    bound = OrderBound(perm_id=1 << 40, client_id=0, order_id=-3)

    assert client(version).decode(server(version).encode(bound)) == bound


def test_the_end_of_a_list_ends_the_request_and_a_status_does_not() -> None:
    found = routes(v.MAX_SERVER_VERSION)

    assert found[OpenOrderEnd] == Route(is_keyed=False, requests=LISTS, is_last=True)
    assert found[CompletedOrdersEnd] == Route(
        is_keyed=False, requests=(ReqCompletedOrders,), is_last=True
    )
    assert found[OrderStatus] == Route(
        is_keyed=False, requests=LISTS, is_last=False, is_news_of_orders=True
    )


def test_to_bind_orders_is_ended_by_the_same_message() -> None:
    assert cancel_of(ReqAutoOpenOrders(), None, 176) is None
    assert client(176).encode(ReqAutoOpenOrders(auto_bind=False)) == dotted("15·1·0·")
