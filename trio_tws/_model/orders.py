"""An order: everything that IB lets one say of it."""

from decimal import Decimal

from trio_tws import _versions as v
from trio_tws._enums import TriggerMethod
from trio_tws._model.conditions import VIA_UNKNOWN, Condition
from trio_tws._model.contracts import TAGS, TagValue
from trio_tws._model.reference import SoftDollarTier
from trio_tws._wire import struct, wire
from trio_tws._wire.kinds import FEW_DECIMALS, FLAG_NUMBER, LONG


@struct
class Order:
    """One order, as it is sent to TWS and as TWS reports it.

    None and empty texts mean "not said", and zero is zero. Prices are in the contract's currency
    unless said otherwise, times are ``yyyymmdd hh:mm:ss Zone/Name`` or ``yyyymmdd-hh:mm:ss`` (UTC).

    Source: IB's class Order.
    """

    # Which order it is
    client_id: int = wire(1, default=0)
    """The program that placed it."""
    order_id: int | None = wire(2, default=None)
    """Its number in that program, where TWS repeats it: messages have an order_id of their own."""
    perm_id: int = wire(3, kind=LONG, default=0)
    """Its number in the account, for good; 0 until TWS has one."""
    parent_id: int = wire(4, default=0)
    """The order_id of the order that has to fill first."""
    parent_perm_id: int | None = wire(121, kind=LONG, default=None)

    # What is wanted
    action: str = wire(5, default="")
    """BUY, SELL or SSHORT."""
    total_quantity: Decimal | None = wire(6, kind=FEW_DECIMALS, default=None)
    """0 where cash_qty says how much; below server version 101 a whole number."""
    order_type: str = wire(8, default="")
    """LMT, MKT, STP, STP LMT, TRAIL and many more."""
    lmt_price: float | None = wire(9, default=None)
    aux_price: float | None = wire(10, default=None)
    """The stop price, the trailing amount or the offset, as order_type has it."""
    cash_qty: float | None = wire(106, default=None)
    """How much to spend, in the contract's currency, instead of a quantity."""
    tif: str = wire(11, default="")
    """DAY, GTC, IOC, GTD, OPG, FOK or DTC."""
    good_after_time: str = wire(25, default="")
    good_till_date: str = wire(26, default="")
    transmit: bool = wire(66, default=True)
    """False parks it in TWS until it is sent again."""
    what_if: bool = wire(65, default=False)
    """Asks what it would cost, and places nothing."""
    what_if_type: int | None = wire(
        143, default=None, in_text=False, since=v.ADDITIONAL_ORDER_PARAMS_2
    )
    deactivate: bool = wire(138, default=False, in_text=False, since=v.ADDITIONAL_ORDER_PARAMS_1)
    """Takes a working order off the market without cancelling it."""

    # How it works
    display_size: int | None = wire(7, default=0)
    """How much of it the market may see."""
    all_or_none: bool = wire(16, default=False)
    block_order: bool = wire(17, default=False)
    hidden: bool = wire(18, default=False)
    outside_rth: bool = wire(19, default=False)
    """Outside regular trading hours too."""
    sweep_to_fill: bool = wire(20, default=False)
    percent_offset: float | None = wire(21, default=None)
    """Of a relative order, as a fraction."""
    trailing_percent: float | None = wire(22, default=None)
    trail_stop_price: float | None = wire(23, default=None)
    lmt_price_offset: float | None = wire(99, default=None)
    min_qty: int | None = wire(24, default=None)
    oca_group: str = wire(27, default="")
    """The name of a group of which one fill cancels the rest."""
    oca_type: int = wire(30, default=0)
    """1 cancel the rest, with block; 2 reduce it, with block; 3 reduce it, without."""
    order_ref: str = wire(28, default="")
    """A text of your own; TWS gives it back."""
    rule80_a: str = wire(29, default="")
    """I, A, W, J, U, M, K, Y or N."""
    trigger_method: TriggerMethod = wire(31, default=TriggerMethod.DEFAULT)
    active_start_time: str = wire(32, default="")
    active_stop_time: str = wire(33, default="")
    override_percentage_constraints: bool = wire(67, default=False)
    """Lets a price pass that TWS holds for a slip of the finger."""
    opt_out_smart_routing: bool = wire(77, default=False)
    discretionary_amt: float = wire(76, default=0.0)
    discretionary_up_to_limit_price: bool = wire(113, default=False)
    not_held: bool = wire(83, default=False)
    solicited: bool = wire(85, default=False)
    randomize_size: bool = wire(86, default=False)
    randomize_price: bool = wire(87, default=False)
    use_price_mgmt_algo: bool | None = wire(122, kind=FLAG_NUMBER, default=None)
    duration: int | None = wire(123, default=None)
    """In seconds."""
    post_to_ats: int | None = wire(124, default=None)
    auto_cancel_date: str = wire(114, default="")
    auto_cancel_parent: bool = wire(117, default=False)
    include_overnight: bool = wire(135, default=False)
    imbalance_only: bool = wire(119, default=False)
    route_marketable_to_bbo: bool | None = wire(
        120, kind=FLAG_NUMBER, default=None, since=v.ADDITIONAL_ORDER_PARAMS_2
    )
    seek_price_improvement: bool | None = wire(
        142, kind=FLAG_NUMBER, default=None, in_text=False, since=v.ADDITIONAL_ORDER_PARAMS_2
    )
    post_only: bool = wire(139, default=False, in_text=False, since=v.ADDITIONAL_ORDER_PARAMS_1)
    allow_pre_open: bool = wire(
        140, default=False, in_text=False, since=v.ADDITIONAL_ORDER_PARAMS_1
    )
    ignore_open_auction: bool = wire(
        141, default=False, in_text=False, since=v.ADDITIONAL_ORDER_PARAMS_1
    )
    advanced_error_override: str = wire(125, default="")
    """Comma list of the codes by which an advanced reject may be overridden."""
    order_misc_options: tuple[TagValue, ...] = wire(84, kind=TAGS, default=())

    # Whose it is
    account: str = wire(12, default="")
    settling_firm: str = wire(13, default="")
    clearing_account: str = wire(14, default="")
    clearing_intent: str = wire(15, default="")
    """IB, Away or PTA."""
    open_close: str = wire(68, default="")
    """O, C or empty; TWS also reports ``?``."""
    origin: int = wire(69, default=0)
    """0 customer, 1 firm."""
    short_sale_slot: int = wire(70, default=0)
    """1 shares held by the broker, 2 held elsewhere (then designated_location says where)."""
    designated_location: str = wire(71, default="")
    exempt_code: int = wire(72, default=-1)
    model_code: str = wire(103, default="")
    ext_operator: str = wire(104, default="")
    soft_dollar_tier: SoftDollarTier = wire(105, factory=SoftDollarTier)
    mifid2_decision_maker: str = wire(107, default="")
    mifid2_decision_algo: str = wire(108, default="")
    mifid2_execution_trader: str = wire(109, default="")
    mifid2_execution_algo: str = wire(110, default="")
    is_oms_container: bool = wire(112, default=False)
    manual_order_time: str = wire(126, default="")
    manual_order_indicator: int | None = wire(136, default=None)
    """0 automatic, 1 manual."""
    customer_account: str = wire(132, default="")
    professional_customer: bool = wire(133, default=False)
    submitter: str = wire(137, default="")
    shareholder: str = wire(118, default="")
    fa_group: str = wire(34, default="")
    fa_method: str = wire(35, default="")
    fa_percentage: str = wire(36, default="")

    # What TWS tells of it
    filled_quantity: Decimal | None = wire(115, default=None)
    ref_futures_con_id: int | None = wire(116, default=None)
    bond_accrued_interest: str = wire(134, default="")
    basis_points: float | None = wire(default=None)
    """Of an exchange for physicals; text only."""
    basis_points_type: int | None = wire(default=None)

    # Auctions and pegs to the market
    auction_strategy: int = wire(default=0)
    """1 match, 2 improvement, 3 transparent; text only."""
    starting_price: float | None = wire(78, default=None)
    stock_ref_price: float | None = wire(79, default=None)
    delta: float | None = wire(80, default=None)
    stock_range_lower: float | None = wire(81, default=None)
    stock_range_upper: float | None = wire(82, default=None)
    reference_contract_id: int = wire(88, default=0)
    pegged_change_amount: float = wire(89, default=0.0)
    is_pegged_change_amount_decrease: bool = wire(90, default=False)
    reference_change_amount: float = wire(91, default=0.0)
    reference_exchange_id: str = wire(92, default="")
    min_trade_qty: int | None = wire(127, default=None)
    min_compete_size: int | None = wire(128, default=None)
    compete_against_best_offset: float | None = wire(129, default=None)
    """Infinity for up to the midpoint."""
    mid_offset_at_whole: float | None = wire(130, default=None)
    mid_offset_at_half: float | None = wire(131, default=None)

    # Volatility and delta neutral orders
    volatility: float | None = wire(37, default=None)
    """In percent."""
    volatility_type: int | None = wire(38, default=None)
    """1 daily, 2 annual."""
    continuous_update: bool = wire(39, default=False)
    reference_price_type: int | None = wire(40, default=None)
    """1 average of bid and ask, 2 the bid or the ask."""
    delta_neutral_order_type: str = wire(41, default="")
    """TWS reports the word None where there is none; it may not be sent back."""
    delta_neutral_aux_price: float | None = wire(42, default=None)
    delta_neutral_con_id: int = wire(43, default=0)
    delta_neutral_open_close: str = wire(44, default="")
    delta_neutral_short_sale: bool = wire(45, default=False)
    delta_neutral_short_sale_slot: int = wire(46, default=0)
    delta_neutral_designated_location: str = wire(47, default="")
    delta_neutral_settling_firm: str = wire(73, default="")
    delta_neutral_clearing_account: str = wire(74, default="")
    delta_neutral_clearing_intent: str = wire(75, default="")

    # Scale orders
    scale_init_level_size: int | None = wire(48, default=None)
    scale_subs_level_size: int | None = wire(49, default=None)
    scale_price_increment: float | None = wire(50, default=None)
    scale_price_adjust_value: float | None = wire(51, default=None)
    scale_price_adjust_interval: int | None = wire(52, default=None)
    """In seconds."""
    scale_profit_offset: float | None = wire(53, default=None)
    scale_auto_reset: bool = wire(54, default=False)
    scale_init_position: int | None = wire(55, default=None)
    scale_init_fill_qty: int | None = wire(56, default=None)
    scale_random_percent: bool = wire(57, default=False)
    scale_table: str = wire(58, default="")

    # Hedges
    hedge_type: str = wire(59, default="")
    """D delta, B beta, F currency, P pair."""
    hedge_param: str = wire(60, default="")
    hedge_max_size: int | None = wire(144, default=None, in_text=False, since=v.HEDGE_MAX_SIZE)
    dont_use_auto_price_for_hedge: bool = wire(111, default=False)

    # Algorithms and combinations
    algo_strategy: str = wire(61, default="")
    algo_params: tuple[TagValue, ...] = wire(62, default=())
    """In their order in text; protobuf keeps no order."""
    algo_id: str = wire(63, default="")
    smart_combo_routing_params: tuple[TagValue, ...] = wire(64, default=())
    """In their order in text; protobuf keeps no order."""

    # What a stop turns into
    adjusted_order_type: str = wire(93, default="")
    """TWS reports the word None where there is none."""
    trigger_price: float | None = wire(94, default=None)
    adjusted_stop_price: float | None = wire(95, default=None)
    adjusted_stop_limit_price: float | None = wire(96, default=None)
    adjusted_trailing_amount: float | None = wire(97, default=None)
    adjustable_trailing_unit: int = wire(98, default=0)
    """0 amount, 100 percent."""

    # What it waits for
    conditions: tuple[Condition, ...] = wire(100, via=VIA_UNKNOWN, default=())
    conditions_cancel_order: bool = wire(101, default=False)
    """They cancel the order instead of releasing it."""
    conditions_ignore_rth: bool = wire(102, default=False)
    """They are looked at outside regular trading hours too."""
    conditions_include_overnight: bool = wire(
        145, default=False, in_text=False, since=v.CONDITIONS_INCLUDE_OVERNIGHT
    )
