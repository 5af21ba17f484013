"""Taking orders back."""

from trio_tws import _versions as v
from trio_tws._wire import between, const, layout, outgoing, since, spelt, struct, wire


@struct
class OrderCancel:
    """What a regulator wants to know of a cancellation.

    Source: IB's class OrderCancel.
    """

    manual_order_cancel_time: str = wire(1, default="")
    """When a person decided it: ``yyyymmdd-hh:mm:ss`` in UTC."""
    ext_operator: str = wire(2, default="")
    manual_order_indicator: int | None = wire(3, default=None)
    """0 automatic, 1 manual."""


K = OrderCancel


@outgoing(
    4, version=1, version_until=v.CME_TAGGING_FIELDS, proto=v.PROTOBUF_PLACE_ORDER, is_trade=True
)
class CancelOrder:
    """Asks for an order of this client to be cancelled.

    Source: EClient.cancelOrder.
    """

    order_id: int = wire(1)
    order_cancel: OrderCancel = wire(2, factory=OrderCancel)


layout(
    CancelOrder,
    CancelOrder.order_id,
    since(v.MANUAL_ORDER_TIME, K.manual_order_cancel_time),
    between(v.RFQ_FIELDS, v.UNDO_RFQ_FIELDS, const(""), const(""), const("2147483647")),
    since(v.CME_TAGGING_FIELDS, K.ext_operator, spelt(K.manual_order_indicator)),
)


@outgoing(
    58, version=1, version_until=v.CME_TAGGING_FIELDS, proto=v.PROTOBUF_PLACE_ORDER, is_trade=True
)
class ReqGlobalCancel:
    """Asks for every open order to be cancelled, those of other programs and of people too.

    Source: EClient.reqGlobalCancel.
    """

    order_cancel: OrderCancel = wire(1, factory=OrderCancel)


layout(
    ReqGlobalCancel, since(v.CME_TAGGING_FIELDS, K.ext_operator, spelt(K.manual_order_indicator))
)
