"""Orders that wait for conditions, or are cancelled by them."""

from trio_tws._model.conditions import JoinedConditions, KnownCondition
from trio_tws._model.orders import Order
from trio_tws._wire import evolve


def with_conditions(
    order: Order,
    conditions: KnownCondition | JoinedConditions,
    *,
    cancel_order: bool = False,
    ignore_rth: bool = False,
    include_overnight: bool = False,
) -> Order:
    """Gives an order that waits until conditions hold.

    Args:
        order: Any order. Those that it had before are forgotten.
        conditions: One condition, or several joined with ``&`` (all have to hold) and ``|`` (one is
            enough). They are sent in an order of our own: how they are joined is what counts.
        cancel_order: They cancel the order instead of releasing it; IB does so with limit orders.
        ignore_rth: They are looked at outside regular trading hours, too.
        include_overnight: They are looked at overnight, too; needs server version 226.

    Raises:
        ValueError: They are joined in a way that TWS has no form for: see `JoinedConditions`.
    """
    joined = (
        conditions
        if isinstance(conditions, JoinedConditions)
        else JoinedConditions(((conditions,),))
    )
    return evolve(
        order,
        conditions=joined.chain(),
        conditions_cancel_order=cancel_order,
        conditions_ignore_rth=ignore_rth,
        conditions_include_overnight=include_overnight,
    )
