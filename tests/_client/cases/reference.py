"""What is looked up: contracts, symbols, chains, price steps, exchanges, the login."""

from tests._client.cases import Case
from trio_tws import (
    CancelContractData,
    Contract,
    ContractData,
    ContractDataEnd,
    ContractDescription,
    DepthMarketDataDescription,
    FamilyCode,
    FamilyCodes,
    MarketRule,
    MktDepthExchanges,
    PriceIncrement,
    ReqContractData,
    ReqFamilyCodes,
    ReqMarketRule,
    ReqMatchingSymbols,
    ReqMktDepthExchanges,
    ReqSecDefOptParams,
    ReqSmartComponents,
    ReqSoftDollarTiers,
    ReqUserInfo,
    SecType,
    SecurityDefinitionOptionParameter,
    SecurityDefinitionOptionParameterEnd,
    SmartComponent,
    SmartComponents,
    SoftDollarTier,
    SoftDollarTiers,
    Stock,
    SymbolSamples,
    UserInfo,
)

AAPL = Contract(265598, "AAPL", SecType.STOCK, exchange="SMART", currency="USD")
SAMPLE = ContractDescription(
    Contract(265598, "AAPL", SecType.STOCK, primary_exchange="NASDAQ", currency="USD"),
    (SecType.OPTION,),
)
CHAIN = SecurityDefinitionOptionParameter(
    1_000_000_000, "CBOE", 265598, "AAPL", "100", ("20271217",), (230.0,)
)
RUNG = PriceIncrement(0.0, 0.01)
COMPONENT = SmartComponent(1, "ARCA", "P")
DEPTH = DepthMarketDataDescription("ARCA", SecType.STOCK, "", "Deep2", 1)
FAMILY = FamilyCode("DU1", "")
TIER = SoftDollarTier("tier", "1", "Tier 1")

CASES = [
    Case(
        "qualify",
        lambda tws: tws.qualify(Stock("AAPL", primary_exchange="NASDAQ")),
        ReqContractData,
        lambda request: [ContractData(request.req_id, AAPL), ContractDataEnd(request.req_id)],
        AAPL,
        cancel=CancelContractData,
    ),
    Case(
        "qualify_all",
        lambda tws: tws.qualify_all(Stock("AAPL", primary_exchange="NASDAQ")),
        ReqContractData,
        lambda request: [ContractData(request.req_id, AAPL), ContractDataEnd(request.req_id)],
        [AAPL],
        cancel=CancelContractData,
    ),
    Case(
        "option_parameters",
        lambda tws: tws.option_parameters(AAPL),
        ReqSecDefOptParams,
        lambda request: [CHAIN, SecurityDefinitionOptionParameterEnd(request.req_id)],
        [CHAIN],
    ),
    Case(
        "matching_symbols",
        lambda tws: tws.matching_symbols("aap"),
        ReqMatchingSymbols,
        lambda request: [SymbolSamples(request.req_id, (SAMPLE,))],
        [SAMPLE],
    ),
    Case(
        "market_rule",
        lambda tws: tws.market_rule(26),
        ReqMarketRule,
        lambda request: [MarketRule(request.market_rule_id, (RUNG,))],
        [RUNG],
    ),
    Case(
        "smart_components",
        lambda tws: tws.smart_components("9c0001"),
        ReqSmartComponents,
        lambda request: [SmartComponents(request.req_id, (COMPONENT,))],
        [COMPONENT],
    ),
    Case(
        "depth_exchanges",
        lambda tws: tws.depth_exchanges(),
        ReqMktDepthExchanges,
        lambda request: [MktDepthExchanges((DEPTH,))],
        [DEPTH],
    ),
    Case(
        "family_codes",
        lambda tws: tws.family_codes(),
        ReqFamilyCodes,
        lambda request: [FamilyCodes((FAMILY,))],
        [FAMILY],
    ),
    Case(
        "soft_dollar_tiers",
        lambda tws: tws.soft_dollar_tiers(),
        ReqSoftDollarTiers,
        lambda request: [SoftDollarTiers(request.req_id, (TIER,))],
        [TIER],
    ),
    Case(
        "user_info",
        lambda tws: tws.user_info(),
        ReqUserInfo,
        lambda request: [UserInfo(request.req_id, "brand")],
        UserInfo(1_000_000_000, "brand"),
    ),
]
