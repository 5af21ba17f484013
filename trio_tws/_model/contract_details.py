"""What TWS knows of a contract: hours, rules, sizes, and the particulars of bonds and funds."""

from decimal import Decimal
from itertools import takewhile

from trio_tws import _versions as v
from trio_tws._model.contracts import Contract, ReqContractData, TagValue
from trio_tws._wire import (
    between,
    const,
    each,
    incoming,
    layout,
    since,
    split,
    struct,
    when,
    wire,
)
from trio_tws._wire.kinds import ESCAPED, FLOAT, FLOAT_TEXT

_WHOLE = FLOAT.but(write='float_text({x}).removesuffix(".0")')
"""A float that other clients read as an integer, and end their loop at ``1.0``."""


@struct
class IneligibilityReason:
    """Why a contract may not be traded by this login."""

    id: str = wire(1, default="")
    description: str = wire(2, default="")


@struct
class ContractDetails:
    """Everything about a contract but the contract itself.

    Source: IB's class ContractDetails.
    """

    market_name: str = wire(1, default="")
    min_tick: float = wire(2, kind=FLOAT_TEXT, default=0.0)
    """The smallest step of its price, in its currency, somewhere on its ladder."""
    order_types: str = wire(3, default="")
    """Comma list."""
    valid_exchanges: str = wire(4, default="")
    """Comma list, parallel to market_rule_ids."""
    price_magnifier: int = wire(5, default=0)
    """Prices are quoted in 1/price_magnifier of the currency."""
    under_con_id: int = wire(6, default=0)
    long_name: str = wire(7, kind=ESCAPED, default="")
    contract_month: str = wire(8, default="")
    """yyyymm."""
    industry: str = wire(9, default="")
    category: str = wire(10, default="")
    subcategory: str = wire(11, default="")
    time_zone_id: str = wire(12, default="")
    """The zone of the hours below: an IANA name, or an old abbreviation."""
    trading_hours: str = wire(13, default="")
    """``yyyymmdd:hhmm-yyyymmdd:hhmm;yyyymmdd:CLOSED;…`` in time_zone_id."""
    liquid_hours: str = wire(14, default="")
    """The regular session, in the same form."""
    ev_rule: str = wire(15, default="")
    ev_multiplier: float = wire(16, kind=_WHOLE, default=0.0)
    sec_id_list: tuple[TagValue, ...] = wire(17, default=())
    """Other identifiers: ISIN, CUSIP."""
    agg_group: int | None = wire(18, default=None)
    under_symbol: str = wire(19, default="")
    under_sec_type: str = wire(20, default="")
    market_rule_ids: str = wire(21, default="")
    """Comma list, parallel to valid_exchanges."""
    real_expiration_date: str = wire(22, default="")
    """yyyymmdd."""
    stock_type: str = wire(23, default="")
    min_size: Decimal | None = wire(24, default=None)
    size_increment: Decimal | None = wire(25, default=None)
    suggested_size_increment: Decimal | None = wire(26, default=None)
    fund_name: str = wire(27, default="")
    fund_family: str = wire(28, default="")
    fund_type: str = wire(29, default="")
    fund_front_load: str = wire(30, default="")
    fund_back_load: str = wire(31, default="")
    fund_back_load_time_interval: str = wire(32, default="")
    fund_management_fee: str = wire(33, default="")
    fund_closed: bool = wire(34, default=False)
    fund_closed_for_new_investors: bool = wire(35, default=False)
    fund_closed_for_new_money: bool = wire(36, default=False)
    fund_notify_amount: str = wire(37, default="")
    fund_minimum_initial_purchase: str = wire(38, default="")
    fund_subsequent_minimum_purchase: str = wire(39, default="")
    fund_blue_sky_states: str = wire(40, default="")
    fund_blue_sky_territories: str = wire(41, default="")
    fund_distribution_policy_indicator: str = wire(42, default="")
    """N accumulation, Y income."""
    fund_asset_type: str = wire(43, default="")
    """000 others, 001 money market, 002 fixed income, 003 multi-asset, 004 equity, …"""
    cusip: str = wire(44, default="")
    issue_date: str = wire(45, default="")
    ratings: str = wire(46, default="")
    bond_type: str = wire(47, default="")
    coupon: float = wire(48, default=0.0)
    """Per cent a year."""
    coupon_type: str = wire(49, default="")
    convertible: bool = wire(50, default=False)
    callable: bool = wire(51, default=False)
    putable: bool = wire(52, default=False)
    desc_append: str = wire(53, default="")
    next_option_date: str = wire(54, default="")
    next_option_type: str = wire(55, default="")
    next_option_partial: bool = wire(56, default=False)
    notes: str = wire(57, default="")
    ineligibility_reason_list: tuple[IneligibilityReason, ...] = wire(58, default=())
    event_contract_1: str = wire(59, default="", in_text=False)
    event_contract_description_1: str = wire(60, default="", in_text=False)
    event_contract_description_2: str = wire(61, default="", in_text=False)
    min_algo_size: Decimal | None = wire(62, default=None, in_text=False)
    last_price_precision: Decimal | None = wire(63, default=None, in_text=False)
    last_size_precision: Decimal | None = wire(64, default=None, in_text=False)
    settlement_method: str = wire(65, default="", in_text=False)
    maturity: str = wire(default="")
    """A bond's, yyyymmdd; packed into the contract's last trade date."""
    last_trade_time: str = wire(default="")
    """hh:mm:ss or hh:mm in time_zone_id; packed into the contract's last trade date."""


@incoming(
    10,
    version=8,
    version_until=v.SIZE_RULES,
    proto=v.PROTOBUF_CONTRACT_DATA,
    answers=ReqContractData,
)
class ContractData:
    """One contract that matches a `ReqContractData`.

    Source: EWrapper.contractDetails.
    """

    req_id: int = wire(1, default=-1)
    contract: Contract = wire(2, factory=Contract)
    details: ContractDetails = wire(3, factory=ContractDetails)


@incoming(
    18,
    version=6,
    version_until=v.SIZE_RULES,
    proto=v.PROTOBUF_CONTRACT_DATA,
    answers=ReqContractData,
)
class BondContractData:
    """One bond that matches a `ReqContractData`.

    Source: EWrapper.bondContractDetails.
    """

    req_id: int = wire(1, default=-1)
    contract: Contract = wire(2, factory=Contract)
    details: ContractDetails = wire(3, factory=ContractDetails)


def _date_parts(text: str) -> list[str]:
    return text.split("-") if "-" in text else text.split()


def _read_date_and_time(text: str) -> tuple[str, ...]:
    parts = [*_date_parts(text), "", ""]
    return parts[0], parts[1]


def _read_date_time_and_zone(text: str) -> tuple[str, ...]:
    parts = [*_date_parts(text), "", "", ""]
    return parts[0], parts[1], parts[2]


def _join_date_parts(date: str, time: str, zone: str = "") -> str:
    """Writes a date with what follows it; what has nothing before it has no place there."""
    return " ".join(takewhile(bool, (date, time, zone)))


C, D, R = Contract, ContractDetails, IneligibilityReason

_SIZES = (D.min_size, D.size_increment, D.suggested_size_increment)

layout(
    ContractData,
    ContractData.req_id,
    C.symbol,
    C.sec_type,
    split(
        C.last_trade_date_or_contract_month,
        D.last_trade_time,
        read=_read_date_and_time,
        write=_join_date_parts,
    ),
    since(v.LAST_TRADE_DATE, C.last_trade_date),
    C.strike,
    C.right,
    C.exchange,
    C.currency,
    C.local_symbol,
    D.market_name,
    C.trading_class,
    C.con_id,
    D.min_tick,
    between(v.MD_SIZE_MULTIPLIER, v.SIZE_RULES, const("1")),
    C.multiplier,
    D.order_types,
    D.valid_exchanges,
    D.price_magnifier,
    D.under_con_id,
    D.long_name,
    C.primary_exchange,
    D.contract_month,
    D.industry,
    D.category,
    D.subcategory,
    D.time_zone_id,
    D.trading_hours,
    D.liquid_hours,
    D.ev_rule,
    D.ev_multiplier,
    each(D.sec_id_list),
    since(v.AGG_GROUP, D.agg_group),
    since(v.UNDERLYING_INFO, D.under_symbol, D.under_sec_type),
    since(v.MARKET_RULES, D.market_rule_ids),
    since(v.REAL_EXPIRATION_DATE, D.real_expiration_date),
    since(v.STOCK_TYPE, D.stock_type),
    between(v.FRACTIONAL_SIZE_SUPPORT, v.SIZE_RULES, const("1")),
    since(v.SIZE_RULES, *_SIZES),
    since(
        v.FUND_DATA_FIELDS,
        when(
            C.sec_type,
            "FUND",
            D.fund_name,
            D.fund_family,
            D.fund_type,
            D.fund_front_load,
            D.fund_back_load,
            D.fund_back_load_time_interval,
            D.fund_management_fee,
            D.fund_closed,
            D.fund_closed_for_new_investors,
            D.fund_closed_for_new_money,
            D.fund_notify_amount,
            D.fund_minimum_initial_purchase,
            D.fund_subsequent_minimum_purchase,
            D.fund_blue_sky_states,
            D.fund_blue_sky_territories,
            D.fund_distribution_policy_indicator,
            D.fund_asset_type,
        ),
    ),
    since(v.INELIGIBILITY_REASONS, each(D.ineligibility_reason_list)),
)

layout(
    BondContractData,
    BondContractData.req_id,
    C.symbol,
    C.sec_type,
    D.cusip,
    D.coupon,
    split(
        D.maturity,
        D.last_trade_time,
        D.time_zone_id,
        read=_read_date_time_and_zone,
        write=_join_date_parts,
        proto=C.last_trade_date_or_contract_month,
    ),
    D.issue_date,
    D.ratings,
    D.bond_type,
    D.coupon_type,
    D.convertible,
    D.callable,
    D.putable,
    D.desc_append,
    C.exchange,
    C.currency,
    D.market_name,
    C.trading_class,
    C.con_id,
    D.min_tick,
    between(v.MD_SIZE_MULTIPLIER, v.SIZE_RULES, const("1")),
    D.order_types,
    D.valid_exchanges,
    D.next_option_date,
    D.next_option_type,
    D.next_option_partial,
    D.notes,
    D.long_name,
    since(v.BOND_TRADING_HOURS, D.time_zone_id, D.trading_hours, D.liquid_hours),
    D.ev_rule,
    D.ev_multiplier,
    each(D.sec_id_list),
    since(v.AGG_GROUP, D.agg_group),
    since(v.MARKET_RULES, D.market_rule_ids),
    since(v.SIZE_RULES, *_SIZES),
)
