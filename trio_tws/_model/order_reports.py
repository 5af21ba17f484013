"""What TWS tells of orders: those that are open, and those of today that are done."""

from trio_tws import _versions as v
from trio_tws._model.contracts import CONTRACT_IN, Contract
from trio_tws._model.open_orders import (
    ReqAllOpenOrders,
    ReqAutoOpenOrders,
    ReqCompletedOrders,
    ReqOpenOrders,
)
from trio_tws._model.order_parts import (
    ALGO,
    CONDITIONS,
    DELTA_NEUTRAL,
    HEDGE,
    LEGS,
    PEG_BENCH,
    SCALE,
)
from trio_tws._model.order_states import OrderState
from trio_tws._model.orders import Order
from trio_tws._model.reference import SoftDollarTier
from trio_tws._wire import (
    const,
    each,
    in_kind,
    incoming,
    layout,
    maybe,
    since,
    spelt,
    until,
    when,
    wire,
)
from trio_tws._wire.kinds import FLAG_NUMBER
from trio_tws._wire.layout import is_set


@incoming(
    5,
    version=34,
    version_until=v.ORDER_CONTAINER,
    proto=v.PROTOBUF_PLACE_ORDER,
    answers=(ReqOpenOrders, ReqAllOpenOrders, ReqAutoOpenOrders),
)
class OpenOrder:
    """An order that is open, was placed or changed, or could be placed (``what_if``).

    It answers the requests for open orders, and comes unasked whenever TWS takes note of an order,
    as often as it likes.

    Source: EWrapper.openOrder.
    """

    order_id: int = wire(1, default=0)
    """0 or negative for orders of people, 2147483647 for those of some other programs."""
    contract: Contract = wire(2, factory=Contract)
    order: Order = wire(3, factory=Order)
    order_state: OrderState = wire(4, factory=OrderState)


@incoming(
    101,
    since=v.COMPLETED_ORDERS,
    proto=v.PROTOBUF_COMPLETED_ORDER,
    answers=ReqCompletedOrders,
)
class CompletedOrder:
    """An order of today that is filled, cancelled or rejected; its perm_id says which.

    Source: EWrapper.completedOrder.
    """

    contract: Contract = wire(1, factory=Contract)
    order: Order = wire(2, factory=Order)
    order_state: OrderState = wire(3, factory=OrderState)


C, O, S, T = Contract, Order, OrderState, SoftDollarTier  # noqa: E741 - the letter of Order

layout(
    OpenOrder,
    OpenOrder.order_id,
    *CONTRACT_IN,
    O.action,
    O.total_quantity,
    O.order_type,
    O.lmt_price,
    O.aux_price,
    O.tif,
    O.oca_group,
    O.account,
    O.open_close,
    O.origin,
    O.order_ref,
    O.client_id,
    O.perm_id,
    O.outside_rth,
    O.hidden,
    O.discretionary_amt,
    O.good_after_time,
    const(""),  # shares of accounts, no longer in use
    O.fa_group,
    O.fa_method,
    O.fa_percentage,
    until(v.FA_PROFILE_DESUPPORT, const("")),  # the FA profile
    since(v.MODELS_SUPPORT, O.model_code),
    O.good_till_date,
    O.rule80_a,
    O.percent_offset,
    O.settling_firm,
    O.short_sale_slot,
    O.designated_location,
    O.exempt_code,
    O.auction_strategy,
    O.starting_price,
    O.stock_ref_price,
    O.delta,
    O.stock_range_lower,
    O.stock_range_upper,
    O.display_size,
    O.block_order,
    O.sweep_to_fill,
    O.all_or_none,
    O.min_qty,
    O.oca_type,
    const("0"),  # electronic trade only
    const("0"),  # firm quotes only
    const(""),  # NBBO price cap
    O.parent_id,
    O.trigger_method,
    O.volatility,
    O.volatility_type,
    O.delta_neutral_order_type,
    O.delta_neutral_aux_price,
    when(O.delta_neutral_order_type, is_set, *DELTA_NEUTRAL),
    O.continuous_update,
    O.reference_price_type,
    O.trail_stop_price,
    O.trailing_percent,
    O.basis_points,
    O.basis_points_type,
    C.combo_legs_descrip,
    *LEGS,
    *SCALE,
    *HEDGE,
    O.opt_out_smart_routing,
    O.clearing_account,
    O.clearing_intent,
    O.not_held,
    maybe(C.delta_neutral_contract),
    *ALGO,
    O.solicited,
    O.what_if,
    S.status,
    since(
        v.WHAT_IF_EXT_FIELDS,
        S.init_margin_before,
        S.maint_margin_before,
        S.equity_with_loan_before,
        S.init_margin_change,
        S.maint_margin_change,
        S.equity_with_loan_change,
    ),
    S.init_margin_after,
    S.maint_margin_after,
    S.equity_with_loan_after,
    S.commission_and_fees,
    S.min_commission_and_fees,
    S.max_commission_and_fees,
    S.commission_and_fees_currency,
    since(
        v.FULL_ORDER_PREVIEW_FIELDS,
        S.margin_currency,
        S.init_margin_before_outside_rth,
        S.maint_margin_before_outside_rth,
        S.equity_with_loan_before_outside_rth,
        S.init_margin_change_outside_rth,
        S.maint_margin_change_outside_rth,
        S.equity_with_loan_change_outside_rth,
        S.init_margin_after_outside_rth,
        S.maint_margin_after_outside_rth,
        S.equity_with_loan_after_outside_rth,
        S.suggested_size,
        S.reject_reason,
        each(S.order_allocations),
    ),
    S.warning_text,
    O.randomize_size,
    O.randomize_price,
    since(
        v.PEGGED_TO_BENCHMARK,
        PEG_BENCH,
        *CONDITIONS,
        O.adjusted_order_type,
        spelt(
            O.trigger_price,
            O.trail_stop_price,  # once more; this one counts
            O.lmt_price_offset,
            O.adjusted_stop_price,
            O.adjusted_stop_limit_price,
            O.adjusted_trailing_amount,
        ),
        O.adjustable_trailing_unit,
    ),
    since(v.SOFT_DOLLAR_TIER, T.name, T.val, T.display_name),
    since(v.CASH_QTY, spelt(O.cash_qty)),
    since(v.AUTO_PRICE_FOR_HEDGE, O.dont_use_auto_price_for_hedge),
    since(v.ORDER_CONTAINER, O.is_oms_container),
    since(v.D_PEG_ORDERS, O.discretionary_up_to_limit_price),
    since(v.PRICE_MGMT_ALGO, O.use_price_mgmt_algo),
    since(v.DURATION, O.duration),
    since(v.POST_TO_ATS, O.post_to_ats),
    since(v.AUTO_CANCEL_PARENT, O.auto_cancel_parent),
    since(
        v.PEGBEST_PEGMID_OFFSETS,
        O.min_trade_qty,
        O.min_compete_size,
        O.compete_against_best_offset,
        O.mid_offset_at_whole,
        O.mid_offset_at_half,
    ),
    since(v.CUSTOMER_ACCOUNT, O.customer_account),
    since(v.PROFESSIONAL_CUSTOMER, O.professional_customer),
    since(v.BOND_ACCRUED_INTEREST, O.bond_accrued_interest),
    since(v.INCLUDE_OVERNIGHT, O.include_overnight),
    since(v.CME_TAGGING_FIELDS_IN_OPEN_ORDER, O.ext_operator, O.manual_order_indicator),
    since(v.SUBMITTER, O.submitter),
    since(v.IMBALANCE_ONLY, O.imbalance_only),
    alike_after=O.perm_id,
)

layout(
    CompletedOrder,
    *CONTRACT_IN,
    O.action,
    O.total_quantity,
    O.order_type,
    O.lmt_price,
    O.aux_price,
    O.tif,
    O.oca_group,
    O.account,
    O.open_close,
    O.origin,
    O.order_ref,
    O.perm_id,
    O.outside_rth,
    O.hidden,
    O.discretionary_amt,
    O.good_after_time,
    O.fa_group,
    O.fa_method,
    O.fa_percentage,
    until(v.FA_PROFILE_DESUPPORT, const("")),  # the FA profile
    since(v.MODELS_SUPPORT, O.model_code),
    O.good_till_date,
    O.rule80_a,
    O.percent_offset,
    O.settling_firm,
    O.short_sale_slot,
    O.designated_location,
    O.exempt_code,
    O.starting_price,
    O.stock_ref_price,
    O.delta,
    O.stock_range_lower,
    O.stock_range_upper,
    O.display_size,
    O.sweep_to_fill,
    O.all_or_none,
    O.min_qty,
    O.oca_type,
    O.trigger_method,
    O.volatility,
    O.volatility_type,
    O.delta_neutral_order_type,
    O.delta_neutral_aux_price,
    when(
        O.delta_neutral_order_type,
        is_set,
        O.delta_neutral_con_id,
        O.delta_neutral_short_sale,
        O.delta_neutral_short_sale_slot,
        O.delta_neutral_designated_location,
    ),
    O.continuous_update,
    O.reference_price_type,
    O.trail_stop_price,
    O.trailing_percent,
    C.combo_legs_descrip,
    *LEGS,
    *SCALE,
    *HEDGE,
    O.clearing_account,
    O.clearing_intent,
    O.not_held,
    maybe(C.delta_neutral_contract),
    *ALGO,
    O.solicited,
    S.status,
    O.randomize_size,
    O.randomize_price,
    since(v.PEGGED_TO_BENCHMARK, PEG_BENCH, *CONDITIONS),
    spelt(O.trail_stop_price, O.lmt_price_offset),  # once more; this one counts
    since(v.CASH_QTY, spelt(O.cash_qty)),
    since(v.AUTO_PRICE_FOR_HEDGE, O.dont_use_auto_price_for_hedge),
    since(v.ORDER_CONTAINER, O.is_oms_container),
    O.auto_cancel_date,
    O.filled_quantity,
    O.ref_futures_con_id,
    O.auto_cancel_parent,
    O.shareholder,
    O.imbalance_only,
    in_kind(FLAG_NUMBER, O.route_marketable_to_bbo),
    O.parent_perm_id,
    S.completed_time,
    S.completed_status,
    since(
        v.PEGBEST_PEGMID_OFFSETS,
        O.min_trade_qty,
        O.min_compete_size,
        O.compete_against_best_offset,
        O.mid_offset_at_whole,
        O.mid_offset_at_half,
    ),
    since(v.CUSTOMER_ACCOUNT, O.customer_account),
    since(v.PROFESSIONAL_CUSTOMER, O.professional_customer),
    since(v.SUBMITTER, O.submitter),
    alike_after=O.perm_id,
)
