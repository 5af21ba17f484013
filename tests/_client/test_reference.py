"""Symbols, price steps, exchanges and the login are looked up."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import trio

from tests._client.peer import Peer, session
from trio_tws import (
    TWS,
    FamilyCode,
    LocalProtocolError,
    MarketRule,
    PriceIncrement,
    RemoteProtocolError,
    ReqMarketRule,
    RequestError,
    SecType,
    Stock,
    TickReqParams,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws.testing import open_simulator

VERSIONS = [176, 205, 226]


@asynccontextmanager
async def simulated(version: int = 226) -> AsyncIterator[TWS]:
    async with open_simulator(server_version=version, accounts=("DU1", "DU2")) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            yield tws


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_search_finds_symbols_and_names(version: int) -> None:
    async with simulated(version) as tws:
        (apple,) = await tws.matching_symbols("aap")
        assert (apple.contract.con_id, apple.contract.symbol) == (265598, "AAPL")
        assert (apple.contract.primary_exchange, apple.contract.currency) == ("NASDAQ", "USD")
        assert apple.contract.description == "APPLE INC"
        assert apple.derivative_sec_types == (SecType.OPTION,)
        assert [one.contract.symbol for one in await tws.matching_symbols("Micro")] == ["MSFT"]


async def test_what_is_found_can_be_qualified() -> None:
    async with simulated() as tws:
        (found,) = await tws.matching_symbols("Machines")
        assert (await tws.qualify(found.contract)).symbol == "IBM"


async def test_a_search_that_finds_nothing_is_no_error_but_one_for_nothing_is() -> None:
    async with simulated() as tws:
        assert await tws.matching_symbols("NOSUCH") == []
        with pytest.raises(RequestError, match="321"):
            await tws.matching_symbols("")


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_details_of_a_contract_name_its_price_steps(version: int) -> None:
    async with simulated(version) as tws:
        (apple,) = await tws.contract_details(Stock("AAPL"))
        rules = {int(rule) for rule in apple.details.market_rule_ids.split(",")}
        assert [await tws.market_rule(rule) for rule in rules] == [[PriceIncrement(0.0, 0.01)]]
        with pytest.raises(RequestError, match="321"):
            await tws.market_rule(1)


async def test_each_asks_for_its_own_price_steps(autojump_clock: object) -> None:
    steps: dict[int, list[PriceIncrement]] = {}
    async with simulated() as tws, trio.open_nursery() as nursery:

        async def ask(rule: int) -> None:
            steps[rule] = await tws.market_rule(rule)

        for rule in (26, 67, 239):
            nursery.start_soon(ask, rule)
    assert {rule: one.increment for rule, (one,) in steps.items()} == {
        26: 0.01,
        67: 0.25,
        239: 5e-5,
    }


async def test_the_price_steps_of_another_rule_are_refused(autojump_clock: object) -> None:
    async def answer_another(peer: Peer) -> None:
        await peer.read_until(ReqMarketRule)
        await peer.send(MarketRule(27, (PriceIncrement(0.0, 0.05),)))

    async with session(answer_another) as (tws, _peer):
        with pytest.raises(RemoteProtocolError, match="market rule 27 where 26 was asked for"):
            await tws.market_rule(26)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_line_names_the_exchanges_behind_its_quotes(version: int) -> None:
    async with simulated(version) as tws:
        async with tws.open_ticks(Stock("AAPL")) as ticks:
            first = await anext(ticks)
        assert isinstance(first, TickReqParams)
        components = await tws.smart_components(first.bbo_exchange)
        assert {"ARCA", "NASDAQ", "NYSE"} <= {one.exchange for one in components}
        assert len({one.exchange_letter for one in components}) == len(components)
        with pytest.raises(RequestError, match="321"):
            await tws.smart_components("a")


@pytest.mark.parametrize("version", [v.SERVICE_DATA_TYPE - 1, *VERSIONS])
async def test_the_exchanges_with_market_depth_are_known(version: int) -> None:
    async with simulated(version) as tws:
        found = {(one.exchange, one.sec_type): one for one in await tws.depth_exchanges()}
        assert found["ARCA", SecType.STOCK].service_data_type == "Deep2"
        assert found["CME", SecType.FUTURE].service_data_type == "Deep"


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_login_has_its_facts(version: int) -> None:
    async with simulated(version) as tws:
        assert await tws.family_codes() == [FamilyCode("DU1", ""), FamilyCode("DU2", "")]
        assert await tws.soft_dollar_tiers() == []
        assert not (await tws.user_info()).white_branding_id


METHODS: list[tuple[Callable[[TWS], Awaitable[object]], int]] = [
    (lambda tws: tws.option_parameters(265598), v.SEC_DEF_OPT_PARAMS_REQ),
    (lambda tws: tws.soft_dollar_tiers(), v.SOFT_DOLLAR_TIER),
    (lambda tws: tws.family_codes(), v.REQ_FAMILY_CODES),
    (lambda tws: tws.matching_symbols("AAPL"), v.REQ_MATCHING_SYMBOLS),
    (lambda tws: tws.depth_exchanges(), v.REQ_MKT_DEPTH_EXCHANGES),
    (lambda tws: tws.smart_components("9c0001"), v.REQ_SMART_COMPONENTS),
    (lambda tws: tws.market_rule(26), v.MARKET_RULES),
    (lambda tws: tws.user_info(), v.USER_INFO),
]


@pytest.mark.parametrize(("ask", "since"), METHODS)
async def test_an_older_server_is_not_asked(
    ask: Callable[[TWS], Awaitable[object]], since: int
) -> None:
    async with simulated(since - 1) as tws:
        with pytest.raises(LocalProtocolError, match=f"needs server version {since}"):
            await ask(tws)
        assert await tws.current_time()
    async with simulated(since) as tws:
        await ask(tws)
