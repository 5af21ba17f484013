"""Which orders there are, and how they stand."""

from decimal import Decimal

from trio_tws import _versions as v
from trio_tws._enums import OrderStatusName
from trio_tws._wire import incoming, outgoing, wire
from trio_tws._wire.kinds import FEW_DECIMALS, LONG


@outgoing(5, version=1, proto=v.PROTOBUF_COMPLETED_ORDER)
class ReqOpenOrders:
    """Asks for the open orders of this client; client 0 gets those that people made in TWS too.

    Client 0 binds those to itself by it; see `OrderBound`.

    Source: EClient.reqOpenOrders.
    """


@outgoing(16, version=1, proto=v.PROTOBUF_COMPLETED_ORDER)
class ReqAllOpenOrders:
    """Asks for the open orders of all clients and people, as they stand now.

    Those of others have order ids of their own, which may be ours as well: tell them apart by
    perm_id. What becomes of them is not told afterwards.

    Source: EClient.reqAllOpenOrders.
    """


@outgoing(15, version=1, proto=v.PROTOBUF_COMPLETED_ORDER)
class ReqAutoOpenOrders:
    """Asks for orders that people make in TWS from now on; for client 0 alone.

    Nothing answers it, and False ends it again.

    Source: EClient.reqAutoOpenOrders.
    """

    auto_bind: bool = wire(1, default=True)


@incoming(
    3,
    version=6,
    version_until=v.MARKET_CAP_PRICE,
    proto=v.PROTOBUF_PLACE_ORDER,
    answers=(ReqOpenOrders, ReqAllOpenOrders),
)
class OrderStatus:
    """How an order stands, unasked as it changes, and with each order of a list that was asked for.

    The same often comes twice, and a change may never come: an order can be filled with no more
    than its executions to show for it.

    Source: EWrapper.orderStatus.
    """

    order_id: int = wire(1, default=0)
    """0 or a negative number for what a person ordered in TWS."""
    status: OrderStatusName = wire(2, default=OrderStatusName.NONE)
    filled: Decimal | None = wire(3, kind=FEW_DECIMALS, default=None)
    remaining: Decimal | None = wire(4, kind=FEW_DECIMALS, default=None)
    """Of a cancelled order the rest, or 0."""
    avg_fill_price: float = wire(5, default=0.0)
    """In the contract's currency; net for a combination, 0 while nothing is filled."""
    perm_id: int = wire(6, kind=LONG, default=0)
    """Names the order for good, among those of all clients; 0 until it has one."""
    parent_id: int = wire(7, default=0)
    """The order id of the order that it is attached to; 0 if there is none."""
    last_fill_price: float = wire(8, default=0.0)
    """Not reliable; the executions are."""
    client_id: int = wire(9, default=0)
    why_held: str = wire(10, default="")
    """locate, trigger, or both; empty if it is not held."""
    mkt_cap_price: float | None = wire(11, default=None, since=v.MARKET_CAP_PRICE, unset=0)
    """The price at which IB caps the order; None while it does not."""


@incoming(
    53,
    version=1,
    proto=v.PROTOBUF_PLACE_ORDER,
    answers=(ReqOpenOrders, ReqAllOpenOrders),
    ends=True,
)
class OpenOrderEnd:
    """All open orders that were asked for have come.

    Source: EWrapper.openOrderEnd.
    """


@incoming(100, since=v.API_BIND_ORDER, proto=v.PROTOBUF_COMPLETED_ORDER)
class OrderBound:
    """An order that a person made in TWS has an id by which client 0 can change it.

    Source: EWrapper.orderBound.
    """

    perm_id: int = wire(1, kind=LONG, default=0)
    client_id: int = wire(2, default=0)
    order_id: int = wire(3, default=0)
    """A negative number."""


@outgoing(99, since=v.COMPLETED_ORDERS, proto=v.PROTOBUF_COMPLETED_ORDER)
class ReqCompletedOrders:
    """Asks for the orders of today that are done, cancelled ones included.

    Source: EClient.reqCompletedOrders.
    """

    api_only: bool = wire(1, default=False)
    """Leaves out what people ordered in TWS."""


@incoming(
    102,
    since=v.COMPLETED_ORDERS,
    proto=v.PROTOBUF_COMPLETED_ORDER,
    answers=ReqCompletedOrders,
    ends=True,
)
class CompletedOrdersEnd:
    """All completed orders that were asked for have come.

    Source: EWrapper.completedOrdersEnd.
    """
