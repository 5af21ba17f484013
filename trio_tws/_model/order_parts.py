"""What placed, open and completed orders have in common on the wire."""

from trio_tws._model.contracts import ComboLeg, Contract
from trio_tws._model.orders import Order
from trio_tws._wire import beside, each, when
from trio_tws._wire.layout import is_positive, is_set

O, L = Order, ComboLeg  # noqa: E741 - the letter of Order

LEGS = (
    each(
        Contract.combo_legs,
        L.con_id,
        L.ratio,
        L.action,
        L.exchange,
        L.open_close,
        L.short_sale_slot,
        L.designated_location,
        L.exempt_code,
    ),
    beside(Contract.combo_legs, L.per_leg_price),
    each(O.smart_combo_routing_params),
)

SCALE = (
    O.scale_init_level_size,
    O.scale_subs_level_size,
    O.scale_price_increment,
    when(
        O.scale_price_increment,
        is_positive,
        O.scale_price_adjust_value,
        O.scale_price_adjust_interval,
        O.scale_profit_offset,
        O.scale_auto_reset,
        O.scale_init_position,
        O.scale_init_fill_qty,
        O.scale_random_percent,
    ),
)

HEDGE = (O.hedge_type, when(O.hedge_type, is_set, O.hedge_param))

DELTA_NEUTRAL = (
    O.delta_neutral_con_id,
    O.delta_neutral_settling_firm,
    O.delta_neutral_clearing_account,
    O.delta_neutral_clearing_intent,
    O.delta_neutral_open_close,
    O.delta_neutral_short_sale,
    O.delta_neutral_short_sale_slot,
    O.delta_neutral_designated_location,
)

ALGO = (O.algo_strategy, when(O.algo_strategy, is_set, each(O.algo_params)))

PEG_BENCH = when(
    O.order_type,
    frozenset({"PEG BENCH", "PEGBENCH"}),
    O.reference_contract_id,
    O.is_pegged_change_amount_decrease,
    O.pegged_change_amount,
    O.reference_change_amount,
    O.reference_exchange_id,
)

CONDITIONS = (
    each(O.conditions),
    when(O.conditions, is_set, O.conditions_ignore_rth, O.conditions_cancel_order),
)
