"""Placing an order: the longest message, and the one that must never be wrong."""

from decimal import Decimal
from math import isinf

from trio_tws import _versions as v
from trio_tws._model.contracts import CONTRACT_OUT, Contract
from trio_tws._model.order_parts import (
    ALGO,
    CONDITIONS,
    DELTA_NEUTRAL,
    HEDGE,
    LEGS,
    PEG_BENCH,
    SCALE,
)
from trio_tws._model.order_states import AttachedOrders
from trio_tws._model.orders import Order
from trio_tws._model.reference import SoftDollarTier
from trio_tws._wire import (
    between,
    const,
    in_kind,
    layout,
    maybe,
    outgoing,
    since,
    spelt,
    until,
    when,
    wire,
)
from trio_tws._wire.kinds import DECIMAL
from trio_tws._wire.layout import is_set


@outgoing(
    3,
    version=45,
    version_until=v.ORDER_CONTAINER,
    proto=v.PROTOBUF_PLACE_ORDER,
    is_trade=True,
)
class PlaceOrder:
    """Places an order; with the order_id of a working order of this client it changes that one.

    Source: EClient.placeOrder.
    """

    order_id: int = wire(1)
    contract: Contract = wire(2)
    order: Order = wire(3)
    attached_orders: AttachedOrders = wire(4, factory=AttachedOrders, in_text=False)


def _write_whole(quantity: Decimal) -> str:
    number = Decimal(quantity)
    if number != int(number):
        raise ValueError(f"{quantity} is not whole; servers below version 101 take no fractions")
    return str(int(number))


WHOLE = DECIMAL.but(name="whole", write="{write}({x})", names={"write": _write_whole})
"""A quantity without a fraction."""

_PEG_BEST = frozenset({"PEG BEST", "PEGBEST"})
_PEG_MID = frozenset({"PEG MID", "PEGMID"})


def _takes_mid_offsets(order_type: str, offset: float | None) -> bool:
    return order_type in _PEG_MID or (
        order_type in _PEG_BEST and offset is not None and isinf(offset)
    )


C, O, T = Contract, Order, SoftDollarTier  # noqa: E741 - the letter of Order

layout(
    PlaceOrder,
    PlaceOrder.order_id,
    *CONTRACT_OUT,
    C.sec_id_type,
    C.sec_id,
    O.action,
    until(v.FRACTIONAL_POSITIONS, in_kind(WHOLE, O.total_quantity)),
    since(v.FRACTIONAL_POSITIONS, O.total_quantity),
    O.order_type,
    O.lmt_price,
    O.aux_price,
    O.tif,
    O.oca_group,
    O.account,
    O.open_close,
    O.origin,
    O.order_ref,
    O.transmit,
    O.parent_id,
    O.block_order,
    O.sweep_to_fill,
    spelt(O.display_size),
    O.trigger_method,
    O.outside_rth,
    O.hidden,
    when(C.sec_type, "BAG", *LEGS),
    const(""),  # shares of accounts, no longer in use
    O.discretionary_amt,
    O.good_after_time,
    O.good_till_date,
    O.fa_group,
    O.fa_method,
    O.fa_percentage,
    until(v.FA_PROFILE_DESUPPORT, const("")),  # the FA profile
    since(v.MODELS_SUPPORT, O.model_code),
    O.short_sale_slot,
    O.designated_location,
    O.exempt_code,
    O.oca_type,
    O.rule80_a,
    O.settling_firm,
    O.all_or_none,
    O.min_qty,
    O.percent_offset,
    const("0"),  # electronic trade only
    const("0"),  # firm quotes only
    const(""),  # NBBO price cap
    O.auction_strategy,
    O.starting_price,
    O.stock_ref_price,
    O.delta,
    O.stock_range_lower,
    O.stock_range_upper,
    O.override_percentage_constraints,
    O.volatility,
    O.volatility_type,
    O.delta_neutral_order_type,
    O.delta_neutral_aux_price,
    when(O.delta_neutral_order_type, is_set, *DELTA_NEUTRAL),
    O.continuous_update,
    O.reference_price_type,
    O.trail_stop_price,
    O.trailing_percent,
    *SCALE,
    O.scale_table,
    O.active_start_time,
    O.active_stop_time,
    *HEDGE,
    O.opt_out_smart_routing,
    O.clearing_account,
    O.clearing_intent,
    O.not_held,
    maybe(C.delta_neutral_contract),
    *ALGO,
    O.algo_id,
    O.what_if,
    O.order_misc_options,
    O.solicited,
    O.randomize_size,
    O.randomize_price,
    since(
        v.PEGGED_TO_BENCHMARK,
        PEG_BENCH,
        *CONDITIONS,
        O.adjusted_order_type,
        spelt(
            O.trigger_price,
            O.lmt_price_offset,
            O.adjusted_stop_price,
            O.adjusted_stop_limit_price,
            O.adjusted_trailing_amount,
        ),
        O.adjustable_trailing_unit,
    ),
    since(v.EXT_OPERATOR, O.ext_operator),
    since(v.SOFT_DOLLAR_TIER, T.name, T.val),
    since(v.CASH_QTY, spelt(O.cash_qty)),
    since(v.DECISION_MAKER, O.mifid2_decision_maker, O.mifid2_decision_algo),
    since(v.MIFID_EXECUTION, O.mifid2_execution_trader, O.mifid2_execution_algo),
    since(v.AUTO_PRICE_FOR_HEDGE, O.dont_use_auto_price_for_hedge),
    since(v.ORDER_CONTAINER, O.is_oms_container),
    since(v.D_PEG_ORDERS, O.discretionary_up_to_limit_price),
    since(v.PRICE_MGMT_ALGO, O.use_price_mgmt_algo),
    since(v.DURATION, spelt(O.duration)),
    since(v.POST_TO_ATS, spelt(O.post_to_ats)),
    since(v.AUTO_CANCEL_PARENT, O.auto_cancel_parent),
    since(v.ADVANCED_ORDER_REJECT, O.advanced_error_override),
    since(v.MANUAL_ORDER_TIME, O.manual_order_time),
    since(
        v.PEGBEST_PEGMID_OFFSETS,
        when(C.exchange, "IBKRATS", O.min_trade_qty),
        when(O.order_type, _PEG_BEST, O.min_compete_size, O.compete_against_best_offset),
        when(
            (O.order_type, O.compete_against_best_offset),
            _takes_mid_offsets,
            O.mid_offset_at_whole,
            O.mid_offset_at_half,
        ),
    ),
    since(v.CUSTOMER_ACCOUNT, O.customer_account),
    since(v.PROFESSIONAL_CUSTOMER, O.professional_customer),
    between(v.RFQ_FIELDS, v.UNDO_RFQ_FIELDS, const(""), const("2147483647")),
    since(v.INCLUDE_OVERNIGHT, O.include_overnight),
    since(v.CME_TAGGING_FIELDS, spelt(O.manual_order_indicator)),
    since(v.IMBALANCE_ONLY, O.imbalance_only),
    O.route_marketable_to_bbo,  # never in text: so young is no text server
)
