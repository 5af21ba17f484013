"""What TWS knows beside contracts: symbols, exchanges, price ladders, and facts about the login."""

from trio_tws import _versions as v
from trio_tws._enums import SecType
from trio_tws._model.contracts import Contract
from trio_tws._wire import each, in_kind, incoming, layout, outgoing, since, struct, until, wire
from trio_tws._wire.kinds import own_kind


@struct
class SoftDollarTier:
    """A tier by which commissions pay for research; it can be named in an order.

    Source: IB's class SoftDollarTier.
    """

    name: str = wire(1, default="")
    val: str = wire(2, default="")
    display_name: str = wire(3, default="")
    """For people; TWS tells it, an order need not."""


@outgoing(79, since=v.SOFT_DOLLAR_TIER, proto=v.PROTOBUF_REST_MESSAGES_2)
class ReqSoftDollarTiers:
    """Asks for the soft dollar tiers of the login; only advisers and funds have any.

    Source: EClient.reqSoftDollarTiers.
    """

    req_id: int = wire(1)


@incoming(
    77,
    since=v.SOFT_DOLLAR_TIER,
    proto=v.PROTOBUF_REST_MESSAGES_2,
    answers=ReqSoftDollarTiers,
    ends=True,
)
class SoftDollarTiers:
    """All tiers of the login, or none; the whole answer to a `ReqSoftDollarTiers`.

    Source: EWrapper.softDollarTiers.
    """

    req_id: int = wire(1, default=-1)
    tiers: tuple[SoftDollarTier, ...] = wire(2, default=())


@outgoing(80, since=v.REQ_FAMILY_CODES, proto=v.PROTOBUF_REST_MESSAGES_2)
class ReqFamilyCodes:
    """Asks which accounts of the login belong to a family.

    Source: EClient.reqFamilyCodes.
    """


@struct
class FamilyCode:
    """The family that an account belongs to.

    Source: IB's class FamilyCode.
    """

    account_id: str = wire(1, default="")
    family_code_str: str = wire(2, default="")
    """The same for all accounts of a family; empty for an account without one."""


@incoming(
    78,
    since=v.REQ_FAMILY_CODES,
    proto=v.PROTOBUF_REST_MESSAGES_2,
    answers=ReqFamilyCodes,
    ends=True,
)
class FamilyCodes:
    """The families of the accounts; the whole answer to a `ReqFamilyCodes`.

    Source: EWrapper.familyCodes.
    """

    family_codes: tuple[FamilyCode, ...] = wire(1, default=())


@outgoing(104, since=v.USER_INFO, proto=v.PROTOBUF_REST_MESSAGES_2)
class ReqUserInfo:
    """Asks under whose brand the login is.

    Source: EClient.reqUserInfo.
    """

    req_id: int = wire(1)


@incoming(
    107,
    since=v.USER_INFO,
    proto=v.PROTOBUF_REST_MESSAGES_2,
    answers=ReqUserInfo,
    ends=True,
)
class UserInfo:
    """The brand of the login; the whole answer to a `ReqUserInfo`.

    Source: EWrapper.userInfo.
    """

    req_id: int = wire(1, default=-1)
    white_branding_id: str = wire(2, default="")
    """Empty for a customer of IB itself."""


@outgoing(81, since=v.REQ_MATCHING_SYMBOLS, proto=v.PROTOBUF_REST_MESSAGES_2)
class ReqMatchingSymbols:
    """Asks which stocks and other underlyings have a symbol or name that begins with some text.

    Source: EClient.reqMatchingSymbols.
    """

    req_id: int = wire(1)
    pattern: str = wire(2)
    """The beginning of a symbol, or of a word of a company's name."""


@struct
class ContractDescription:
    """One instrument that a search found, with what is derived from it.

    Source: IB's class ContractDescription.
    """

    contract: Contract = wire(1, factory=Contract)
    """Its con_id, symbol, sec_type, primary_exchange and currency; since server version 176 also
    its description (the company's name), and for a bond its issuer_id."""
    derivative_sec_types: tuple[SecType, ...] = wire(2, default=())
    """Which kinds of instruments have it as their underlying."""


@incoming(
    79,
    since=v.REQ_MATCHING_SYMBOLS,
    proto=v.PROTOBUF_REST_MESSAGES_2,
    answers=ReqMatchingSymbols,
    ends=True,
)
class SymbolSamples:
    """What a search found, at most 16 instruments; the whole answer to a `ReqMatchingSymbols`.

    Source: EWrapper.symbolSamples.
    """

    req_id: int = wire(1, default=-1)
    contract_descriptions: tuple[ContractDescription, ...] = wire(2, default=())


C = Contract

layout(
    SymbolSamples,
    SymbolSamples.req_id,
    each(
        SymbolSamples.contract_descriptions,
        C.con_id,
        C.symbol,
        C.sec_type,
        C.primary_exchange,
        C.currency,
        each(ContractDescription.derivative_sec_types),
        since(v.BOND_ISSUERID, C.description, C.issuer_id),
    ),
)


@outgoing(91, since=v.MARKET_RULES, proto=v.PROTOBUF_REST_MESSAGES_2)
class ReqMarketRule:
    """Asks for one ladder of price steps.

    Source: EClient.reqMarketRule.
    """

    market_rule_id: int = wire(1)
    """From `ContractDetails`, which names one for each exchange of the contract."""


@struct
class PriceIncrement:
    """One rung of a ladder: the step of prices from its edge up to the edge of the next.

    Source: IB's class PriceIncrement.
    """

    low_edge: float = wire(1, default=0.0)
    increment: float = wire(2, default=0.0)


@incoming(
    93,
    since=v.MARKET_RULES,
    proto=v.PROTOBUF_REST_MESSAGES_2,
    answers=ReqMarketRule,
    ends=True,
)
class MarketRule:
    """One ladder of price steps; the whole answer to a `ReqMarketRule`, of which it names the rule.

    Source: EWrapper.marketRule.
    """

    market_rule_id: int = wire(1, default=0)
    price_increments: tuple[PriceIncrement, ...] = wire(2, default=())


@outgoing(83, since=v.REQ_SMART_COMPONENTS, proto=v.PROTOBUF_REST_MESSAGES_2)
class ReqSmartComponents:
    """Asks which exchanges stand behind the letters in ticks such as the exchange of the bid.

    TWS answers only while the market is open.

    Source: EClient.reqSmartComponents.
    """

    req_id: int = wire(1)
    bbo_exchange: str = wire(2)
    """From the `TickReqParams` of a line."""


@struct
class SmartComponent:
    """One exchange behind a smart quote.

    Source: IB's class SmartComponent.
    """

    bit_number: int = wire(1, default=0)
    """Its place in a mask of exchanges."""
    exchange: str = wire(2, default="")
    exchange_letter: str = wire(3, default="")
    """What stands for it in a tick."""


@incoming(
    82,
    since=v.REQ_SMART_COMPONENTS,
    proto=v.PROTOBUF_REST_MESSAGES_2,
    answers=ReqSmartComponents,
    ends=True,
)
class SmartComponents:
    """The exchanges behind smart quotes; the whole answer to a `ReqSmartComponents`.

    Source: EWrapper.smartComponents.
    """

    req_id: int = wire(1, default=-1)
    smart_components: tuple[SmartComponent, ...] = wire(2, default=())


@outgoing(82, since=v.REQ_MKT_DEPTH_EXCHANGES, proto=v.PROTOBUF_REST_MESSAGES_3)
class ReqMktDepthExchanges:
    """Asks which exchanges offer market depth.

    Source: EClient.reqMktDepthExchanges.
    """


def _read_is_deep2(text: str) -> str:
    return ("Deep2" if int(text) else "Deep") if text else ""


def _write_is_deep2(service: str) -> str:
    return str(int(service == "Deep2")) if service else ""


_IS_DEEP2 = own_kind("is_deep2", _read_is_deep2, _write_is_deep2)
"""The service as a flag, from when there were two."""


@struct
class DepthMarketDataDescription:
    """Market depth that an exchange offers for a kind of instrument.

    Source: IB's class DepthMktDataDescription.
    """

    exchange: str = wire(1, default="")
    sec_type: SecType = wire(2, default=SecType.NONE)
    listing_exch: str = wire(3, default="", since=v.SERVICE_DATA_TYPE)
    """Where the instruments are listed."""
    service_data_type: str = wire(4, default="")
    """Deep, or Deep2 where it is of the second level."""
    agg_group: int | None = wire(5, default=None, since=v.SERVICE_DATA_TYPE)
    """The smart-routing group; None if TWS names none."""


@incoming(
    80,
    since=v.REQ_MKT_DEPTH_EXCHANGES,
    proto=v.PROTOBUF_REST_MESSAGES_3,
    answers=ReqMktDepthExchanges,
    ends=True,
)
class MktDepthExchanges:
    """Where there is market depth; the whole answer to a `ReqMktDepthExchanges`.

    Source: EWrapper.mktDepthExchanges.
    """

    depth_mkt_data_descriptions: tuple[DepthMarketDataDescription, ...] = wire(1, default=())


D = DepthMarketDataDescription

layout(
    MktDepthExchanges,
    each(
        MktDepthExchanges.depth_mkt_data_descriptions,
        D.exchange,
        D.sec_type,
        until(v.SERVICE_DATA_TYPE, in_kind(_IS_DEEP2, D.service_data_type)),
        D.listing_exch,
        since(v.SERVICE_DATA_TYPE, D.service_data_type),
        D.agg_group,
    ),
)
