"""What the simulated TWS tells beside contracts, and what it refuses to tell."""

import attrs
import pytest

from tests.testing.program import VERSIONS, session
from trio_tws import SecType, Stock
from trio_tws import _versions as v
from trio_tws._model.contracts import ReqContractData
from trio_tws._model.options import (
    ReqSecDefOptParams,
    SecurityDefinitionOptionParameter,
    SecurityDefinitionOptionParameterEnd,
)
from trio_tws._model.reference import (
    FamilyCode,
    FamilyCodes,
    MarketRule,
    MktDepthExchanges,
    PriceIncrement,
    ReqFamilyCodes,
    ReqMarketRule,
    ReqMatchingSymbols,
    ReqMktDepthExchanges,
    ReqSmartComponents,
    ReqSoftDollarTiers,
    ReqUserInfo,
    SmartComponent,
    SmartComponents,
    SoftDollarTiers,
    SymbolSamples,
    UserInfo,
)
from trio_tws.testing import INSTRUMENTS, Instrument
from trio_tws.testing._lines import BBO_EXCHANGE
from trio_tws.testing._reference_answers import MOST_SAMPLES

LATER = [version for version in VERSIONS if version >= v.USER_INFO]
each_version = pytest.mark.parametrize("version", LATER)
APPLE = 265598


def instrument(local_symbol: str) -> Instrument:
    (found,) = [one for one in INSTRUMENTS if one.local_symbol == local_symbol]
    return found


# Symbols ..........................................................................................


@each_version
@pytest.mark.parametrize(
    ("pattern", "symbols"),
    [
        ("AAPL", ["AAPL"]),  # the stock, and neither its options nor its bond
        ("a", ["AAPL"]),
        ("apple i", ["AAPL"]),
        ("s", ["SAP", "SPX", "SPY"]),  # SAP SE, S&P 500 and the trust on it
        ("spx", ["SPX"]),
        ("500", ["SPX", "SPY"]),
        ("eur", ["EUR"]),
        ("bitc", ["BTC"]),
        ("ES", []),  # futures are not found
        (" msft ", ["MSFT"]),
    ],
)
async def test_what_begins_like_the_pattern_is_found(
    version: int, pattern: str, symbols: list[str]
) -> None:
    async with session(version) as program:
        await program.send(ReqMatchingSymbols(7, pattern))
        samples = await program.until(SymbolSamples)
        assert samples.req_id == 7
        found = [one.contract.symbol for one in samples.contract_descriptions]
        assert found == symbols


async def test_the_very_symbol_comes_first_and_there_are_sixteen_at_most() -> None:
    stock = instrument("AAPL")
    many = [
        attrs.evolve(stock, con_id=number, symbol=f"A{number:02}", local_symbol=f"A{number:02}")
        for number in range(1, 30)
    ]
    last = attrs.evolve(stock, con_id=99, symbol="A", local_symbol="A")
    async with session(instruments=[*many, last]) as program:
        await program.send(ReqMatchingSymbols(7, "a"))
        found = (await program.until(SymbolSamples)).contract_descriptions
        assert [one.contract.symbol for one in found[:3]] == ["A", "A01", "A02"]
        assert len(found) == MOST_SAMPLES


@each_version
async def test_a_search_tells_what_there_is_on_an_instrument(version: int) -> None:
    async with session(version) as program:
        await program.send(ReqMatchingSymbols(7, "AAPL"))
        (sample,) = (await program.until(SymbolSamples)).contract_descriptions
        assert sample.derivative_sec_types == (SecType.OPTION,)
        assert sample.contract.primary_exchange == "NASDAQ"
        assert sample.contract.description == ("APPLE INC" if version >= v.BOND_ISSUERID else "")


async def test_a_search_for_nothing_is_refused() -> None:
    async with session() as program:
        req_id, code, words = await program.error(ReqMatchingSymbols(7, " "))
        assert (req_id, code) == (7, 321)
        assert "pattern" in words


# Chains of options ................................................................................


@each_version
async def test_a_chain_is_told_for_each_exchange_and_then_the_end(version: int) -> None:
    exchanges = sorted(instrument("AAPL  271217C00230000").valid_exchanges.split(","))
    async with session(version) as program:
        await program.send(ReqSecDefOptParams(7, "AAPL", SecType.STOCK, APPLE))
        for exchange in exchanges:
            assert await program.until(
                SecurityDefinitionOptionParameter
            ) == SecurityDefinitionOptionParameter(
                7, exchange, APPLE, "AAPL", "100", ("20271217",), (230.0,)
            )
        assert await program.next() == SecurityDefinitionOptionParameterEnd(7)


async def test_series_of_different_classes_and_sizes_are_told_apart() -> None:
    call = instrument("AAPL  271217C00230000")
    series = [
        attrs.evolve(call, con_id=1, local_symbol="1", strike=300.0, valid_exchanges="CBOE,ISE"),
        attrs.evolve(call, con_id=2, local_symbol="2", valid_exchanges="CBOE"),
        attrs.evolve(call, con_id=3, local_symbol="3", valid_exchanges="CBOE", multiplier="10"),
        attrs.evolve(
            call,
            con_id=4,
            local_symbol="4",
            valid_exchanges="CBOE",
            trading_class="2AAPL",
            last_trade_date_or_contract_month="20271210",
        ),
    ]
    async with session(instruments=[instrument("AAPL"), *series]) as program:
        await program.send(ReqSecDefOptParams(7, "AAPL", SecType.STOCK, APPLE))
        found = await program.all_until(SecurityDefinitionOptionParameterEnd)
        chains = [one for one in found if isinstance(one, SecurityDefinitionOptionParameter)]
        assert [
            (one.trading_class, one.multiplier, one.exchange, one.expirations, one.strikes)
            for one in chains
        ] == [
            ("2AAPL", "100", "CBOE", ("20271210",), (230.0,)),
            ("AAPL", "10", "CBOE", ("20271217",), (230.0,)),
            ("AAPL", "100", "CBOE", ("20271217",), (230.0, 300.0)),
            ("AAPL", "100", "ISE", ("20271217",), (300.0,)),
        ]


@pytest.mark.parametrize(
    "request_",
    [
        ReqSecDefOptParams(7, "IBM", SecType.STOCK, 8314),
        ReqSecDefOptParams(7, "AAPL", SecType.FUTURE, APPLE),
        ReqSecDefOptParams(7, "IBM", SecType.STOCK, APPLE),
        ReqSecDefOptParams(7, "AAPL", SecType.STOCK, APPLE, "CME"),
        ReqSecDefOptParams(7, "ES", SecType.INDEX, 11004968),
    ],
)
async def test_where_there_is_no_chain_there_is_only_the_end(request_: ReqSecDefOptParams) -> None:
    async with session() as program:
        await program.send(request_)
        found = await program.all_until(SecurityDefinitionOptionParameterEnd)
        assert not [one for one in found if isinstance(one, SecurityDefinitionOptionParameter)]


@pytest.mark.parametrize("con_id", [0, 1])
async def test_the_chains_of_what_is_not_known_are_refused(con_id: int) -> None:
    async with session() as program:
        request = ReqSecDefOptParams(7, "AAPL", SecType.STOCK, con_id)
        req_id, code, words = await program.error(request)
        assert (req_id, code) == (7, 321)
        assert "Invalid contract id" in words


# Prices and exchanges .............................................................................


@each_version
async def test_each_rule_of_an_instrument_has_its_step(version: int) -> None:
    async with session(version) as program:
        for one in INSTRUMENTS:
            for rule in {int(rule) for rule in one.market_rule_ids.split(",")}:
                await program.send(ReqMarketRule(rule))
                steps = (PriceIncrement(0.0, one.min_tick),)
                assert await program.until(MarketRule) == MarketRule(rule, steps)


async def test_a_rule_of_no_instrument_is_refused() -> None:
    async with session() as program:
        req_id, code, words = await program.error(ReqMarketRule(2))
        assert (req_id, code) == (-1, 321)
        assert "market rule id: 2" in words


@each_version
async def test_the_exchanges_behind_a_stock_are_those_where_it_is_traded(version: int) -> None:
    async with session(version) as program:
        await program.send(ReqSmartComponents(7, BBO_EXCHANGE))
        answer = await program.until(SmartComponents)
        assert answer.req_id == 7
        assert answer.smart_components[0] == SmartComponent(0, "AMEX", "A")
        named = {one.exchange for one in answer.smart_components}
        assert named == set(instrument("AAPL").valid_exchanges.split(",")) - {"SMART"}
        for part in ("bit_number", "exchange_letter"):
            assert len({getattr(one, part) for one in answer.smart_components}) == len(named)


async def test_the_exchanges_behind_anything_else_are_not_known() -> None:
    async with session() as program:
        req_id, code, words = await program.error(ReqSmartComponents(7, "a60001"))
        assert (req_id, code) == (7, 321)
        assert "a60001" in words


@each_version
async def test_there_is_depth_where_there_are_quotes(version: int) -> None:
    async with session(version) as program:
        await program.send(ReqMktDepthExchanges())
        answer = await program.until(MktDepthExchanges)
        found = [(one.exchange, one.sec_type.value) for one in answer.depth_mkt_data_descriptions]
        assert found == sorted(set(found))
        assert {("CME", "FUT"), ("IDEALPRO", "CASH"), ("ARCA", "STK"), ("IBIS", "STK")} <= {*found}
        assert not {one for one in found if "SMART" in one or "IND" in one}


# The login ........................................................................................


@each_version
async def test_the_login_is_an_ordinary_one(version: int) -> None:
    async with session(version, accounts=("DU1", "DU2")) as program:
        await program.send(ReqFamilyCodes(), ReqSoftDollarTiers(7), ReqUserInfo(8))
        families = (FamilyCode("DU1"), FamilyCode("DU2"))
        assert await program.until(FamilyCodes) == FamilyCodes(families)
        assert await program.until(SoftDollarTiers) == SoftDollarTiers(7)
        assert await program.until(UserInfo) == UserInfo(8)


@pytest.mark.parametrize(
    "request_",
    [
        ReqMatchingSymbols(7, "AAPL"),
        ReqSecDefOptParams(7, "AAPL", SecType.STOCK, APPLE),
        ReqSmartComponents(7, BBO_EXCHANGE),
        ReqSoftDollarTiers(7),
        ReqUserInfo(7),
    ],
)
async def test_an_id_that_is_in_use_is_refused(request_: object, autojump_clock: object) -> None:
    async with session(latency=1.0) as program:
        await program.send(ReqContractData(7, Stock("AAPL")))
        assert (await program.error(request_))[:2] == (7, 322)
