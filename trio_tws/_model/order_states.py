"""What TWS makes of an order: its state, its cost, and what goes with it."""

from decimal import Decimal

from trio_tws import _versions as v
from trio_tws._enums import OrderStatusName
from trio_tws._wire import struct, wire


@struct
class OrderAllocation:
    """What an order does to one account of an adviser.

    Source: IB's class OrderAllocation.
    """

    account: str = wire(1, default="")
    position: Decimal | None = wire(2, default=None)
    """Now."""
    position_desired: Decimal | None = wire(3, default=None)
    position_after: Decimal | None = wire(4, default=None)
    desired_alloc_qty: Decimal | None = wire(5, default=None)
    allowed_alloc_qty: Decimal | None = wire(6, default=None)
    is_monetary: bool = wire(7, default=False)


@struct
class OrderState:
    """The state of an order, and for a preview what it would do to the account.

    Amounts are in the account's base currency; None where TWS tells none.

    Source: IB's class OrderState.
    """

    status: OrderStatusName = wire(1, default=OrderStatusName.NONE)
    init_margin_before: float | None = wire(2, default=None)
    maint_margin_before: float | None = wire(3, default=None)
    equity_with_loan_before: float | None = wire(4, default=None)
    init_margin_change: float | None = wire(5, default=None)
    maint_margin_change: float | None = wire(6, default=None)
    equity_with_loan_change: float | None = wire(7, default=None)
    init_margin_after: float | None = wire(8, default=None)
    maint_margin_after: float | None = wire(9, default=None)
    equity_with_loan_after: float | None = wire(10, default=None)
    commission_and_fees: float | None = wire(11, default=None)
    """In commission_and_fees_currency; None where TWS knows only a range."""
    min_commission_and_fees: float | None = wire(12, default=None)
    max_commission_and_fees: float | None = wire(13, default=None)
    commission_and_fees_currency: str = wire(14, default="")
    margin_currency: str = wire(15, default="")
    init_margin_before_outside_rth: float | None = wire(16, default=None)
    maint_margin_before_outside_rth: float | None = wire(17, default=None)
    equity_with_loan_before_outside_rth: float | None = wire(18, default=None)
    init_margin_change_outside_rth: float | None = wire(19, default=None)
    maint_margin_change_outside_rth: float | None = wire(20, default=None)
    equity_with_loan_change_outside_rth: float | None = wire(21, default=None)
    init_margin_after_outside_rth: float | None = wire(22, default=None)
    maint_margin_after_outside_rth: float | None = wire(23, default=None)
    equity_with_loan_after_outside_rth: float | None = wire(24, default=None)
    suggested_size: Decimal | None = wire(25, default=None)
    reject_reason: str = wire(26, default="")
    order_allocations: tuple[OrderAllocation, ...] = wire(27, default=())
    warning_text: str = wire(28, default="")
    completed_time: str = wire(29, default="")
    """``yyyymmdd hh:mm:ss Zone/Name``."""
    completed_status: str = wire(30, default="")
    """In words, such as ``Filled Size: 100``."""


@struct
class AttachedOrders:
    """Orders that are to be placed with another one: a stop and a profit taker.

    Source: IB's class AttachedOrders.
    """

    sl_order_id: int | None = wire(1, default=None, in_text=False, since=v.ATTACHED_ORDERS)
    """The order_id that the stop loss gets."""
    sl_order_type: str = wire(2, default="", in_text=False, since=v.ATTACHED_ORDERS)
    """Its type; IB does not list which it takes."""
    pt_order_id: int | None = wire(3, default=None, in_text=False, since=v.ATTACHED_ORDERS)
    """The order_id that the profit taker gets."""
    pt_order_type: str = wire(4, default="", in_text=False, since=v.ATTACHED_ORDERS)
