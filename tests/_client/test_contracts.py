from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
import trio.testing

from tests._client.peer import Act, Peer, session
from trio_tws import (
    TWS,
    AmbiguousContract,
    Bond,
    BondContractData,
    CancelContractData,
    Contract,
    ContractData,
    ContractDataEnd,
    ContractNotFound,
    Error,
    Forex,
    Future,
    Index,
    InvalidRequest,
    LocalProtocolError,
    Option,
    ReqContractData,
    ReqSecDefOptParams,
    RequestError,
    SecType,
    SecurityDefinitionOptionParameterEnd,
    Stock,
    open_tws,
)
from trio_tws.testing import INSTRUMENTS, open_simulator


@asynccontextmanager
async def simulated(version: int = 226) -> AsyncIterator[TWS]:
    async with open_simulator(server_version=version) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            yield tws


@pytest.mark.parametrize("version", [100, 163, 176, 188, 200, 205, 226])
async def test_every_instrument_is_found_by_its_number(version: int) -> None:
    async with open_simulator(server_version=version) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            for instrument in INSTRUMENTS:
                (found,) = await tws.contract_details(Contract(con_id=instrument.con_id))
                assert found.contract.symbol == instrument.symbol
                assert found.contract.sec_type == instrument.sec_type
                assert found.details.long_name == instrument.long_name
                assert found.details.min_tick == instrument.min_tick
                if instrument.sec_type == "BOND":
                    assert isinstance(found, BondContractData)
                    assert found.details.maturity == instrument.maturity
                    assert found.details.cusip == instrument.cusip
                else:
                    assert isinstance(found, ContractData)
                    assert (
                        found.contract.last_trade_date_or_contract_month
                        == instrument.last_trade_date_or_contract_month
                    )
                    assert found.contract.multiplier == instrument.multiplier


@pytest.mark.parametrize("version", [176, 226])
async def test_contracts_are_found_in_the_words_of_the_field(version: int) -> None:
    async with open_simulator(server_version=version) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            for contract in (
                Stock("IBM", "SMART", "USD"),
                Index("SPX", "CBOE"),
                Forex("EUR.USD"),
                Future("ES", "202712", "CME"),
            ):
                assert len(await tws.contract_details(contract)) == 1
            assert len(await tws.contract_details(Future("ES", exchange="CME"))) == 2
            (option,) = [one for one in INSTRUMENTS if one.sec_type == "OPT" and one.right == "C"]
            (found,) = await tws.contract_details(
                Option("AAPL", option.last_trade_date_or_contract_month, option.strike, "call")
            )
            assert found.contract.con_id == option.con_id
            (bond,) = [one for one in INSTRUMENTS if one.sec_type == "BOND"]
            (found,) = await tws.contract_details(Bond(cusip=bond.cusip))
            assert found.contract.con_id == bond.con_id


async def test_what_was_found_can_be_asked_for_again() -> None:
    for version in (100, 176, 200, 226):
        async with open_simulator(server_version=version) as simulator:
            async with open_tws(stream=simulator.open_stream()) as tws:
                (found,) = await tws.contract_details(Stock("AAPL"))
                (again,) = await tws.contract_details(found.contract)
                assert again.contract == found.contract
                async with tws.open_ticks(found.contract) as ticks:
                    await anext(ticks)
                assert await tws.historical_bars(found.contract, duration="60 S", bar_size="5 secs")


async def test_an_answer_without_a_contract_is_nothing_found(autojump_clock: object) -> None:
    async def end_at_once(peer: Peer) -> None:
        request = await peer.read_until(ReqContractData)
        await peer.send(ContractDataEnd(request.req_id))

    async with session(end_at_once) as (tws, _peer):
        with pytest.raises(ContractNotFound, match="ended its answer without one") as caught:
            await tws.contract_details(Stock("AAPL"))
        assert isinstance(caught.value.request, ReqContractData)


async def test_nothing_found_is_an_error_and_not_an_empty_list() -> None:
    async with open_simulator() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(RequestError, match="No security definition") as caught:
                await tws.contract_details(Stock("NOPE"))
            assert caught.value.code == 200


async def test_an_issuer_needs_a_server_that_knows_issuers() -> None:
    async with open_simulator(server_version=175) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(LocalProtocolError, match=r"issuer_id.*needs server version 176"):
                await tws.contract_details(Bond(issuer_id="e1"))
            assert await tws.current_time()


# The one that is meant ............................................................................


@pytest.mark.parametrize("version", [100, 176, 205, 226])
async def test_the_one_contract_that_is_meant_comes_whole(version: int) -> None:
    async with simulated(version) as tws:
        apple = await tws.qualify(Stock("AAPL", primary_exchange="NASDAQ"))
        assert (apple.con_id, apple.exchange, apple.trading_class) == (265598, "SMART", "NMS")
        assert await tws.qualify(apple) == apple
        assert await tws.qualify(Stock(figi="BBG000B9XRY4")) == apple
        assert await tws.qualify(Stock(isin="US0378331005")) == apple
        assert await tws.qualify(Stock(cusip="037833100")) == apple
        assert await tws.qualify(Contract(con_id=265598, exchange="SMART")) == apple


async def test_a_con_id_is_found_whatever_its_currency() -> None:
    async with simulated() as tws:
        assert (await tws.qualify(Stock(con_id=14204))).currency == "EUR"


async def test_an_expired_contract_stays_one_that_may_be_expired() -> None:
    async with simulated() as tws:
        assert (
            await tws.qualify(Future("ES", "202712", "CME", include_expired=True))
        ).include_expired


async def test_what_means_nothing_is_not_found() -> None:
    async with simulated() as tws:
        with pytest.raises(ContractNotFound, match="No security definition"):
            await tws.qualify(Stock("NOPE"))
        with pytest.raises(InvalidRequest):
            await tws.qualify(Contract())


async def test_what_means_several_is_ambiguous_and_they_are_named() -> None:
    async with simulated() as tws:
        with pytest.raises(AmbiguousContract) as caught:
            await tws.qualify(Future("ES", exchange="CME"))
        assert caught.value.message == (
            "2 contracts match: "
            "con_id=2100000001 ES FUT 20271217 ES x50 CME USD; "
            "con_id=2100000002 ES FUT 20280317 ES x50 CME USD"
        )
        assert caught.value.code == 200
        assert isinstance(caught.value.request, ReqContractData)
        con_ids = [one.con_id for one in caught.value.candidates if isinstance(one, Contract)]
        assert con_ids == [2100000001, 2100000002]


def answers(*contracts: Contract) -> Act:
    """Answers one request with these contracts."""

    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqContractData)
        found = [ContractData(request.req_id, contract) for contract in contracts]
        await peer.send(*found, ContractDataEnd(request.req_id))

    return act


async def test_only_some_of_many_are_named(autojump_clock: object) -> None:
    calls = [
        Contract(
            number, "AAPL", SecType.OPTION, "20271217", 230.0, "C", exchange="SMART", currency="USD"
        )
        for number in range(1, 8)
    ]
    async with session(answers(*calls)) as (tws, _peer):
        with pytest.raises(AmbiguousContract, match="7 contracts match") as caught:
            await tws.qualify(Stock("AAPL"))
    assert "con_id=5 AAPL OPT 20271217 230.0 C SMART USD; and 2 more" in caught.value.message
    assert "con_id=6" not in caught.value.message


async def test_the_listings_of_one_instrument_are_no_ambiguity(autojump_clock: object) -> None:
    def listed(*exchanges: str) -> list[Contract]:
        return [Contract(1, "AAPL", SecType.STOCK, exchange=exchange) for exchange in exchanges]

    async with session(answers(*listed("ARCA", "SMART", "NYSE"))) as (tws, _peer):
        assert (await tws.qualify(Stock("AAPL", ""))).exchange == "SMART"
    async with session(answers(*listed("ARCA", "NYSE"))) as (tws, _peer):
        assert (await tws.qualify(Stock("AAPL", ""))).exchange == "ARCA"


# Several of them ..................................................................................


async def test_several_are_found_in_the_order_in_which_they_are_asked_for() -> None:
    async with simulated() as tws:
        assert await tws.qualify_all() == []
        symbols = ["SPY", "AAPL", "IBM", "MSFT"] * 5
        found = await tws.qualify_all(*map(Stock, symbols))
        assert [one.symbol for one in found] == symbols


async def test_one_that_is_not_found_ends_the_others(autojump_clock: object) -> None:
    async def refuse_the_second(peer: Peer) -> None:
        await peer.read_until(ReqContractData)
        second = await peer.read_until(ReqContractData)
        await peer.send(Error(second.req_id, 200, "No security definition has been found"))

    async with session(refuse_the_second) as (tws, peer):
        with pytest.raises(ContractNotFound):
            await tws.qualify_all(Stock("AAPL"), Stock("NOPE"), Stock("IBM"))
        await trio.testing.wait_all_tasks_blocked()
        assert len([one for one in peer.received if isinstance(one, CancelContractData)]) == 2


async def test_no_more_than_ten_are_asked_for_at_a_time(autojump_clock: object) -> None:
    async def count(peer: Peer) -> None:
        for size in (10, 10, 5):
            await trio.sleep(1)
            asked = [await peer.read_until(ReqContractData) for _ in range(size)]
            assert not [one for one in peer.received if isinstance(one, ReqContractData)]
            for request in asked:
                found = ContractData(request.req_id, Contract(request.req_id))
                await peer.send(found, ContractDataEnd(request.req_id))

    async with session(count) as (tws, _peer):
        assert len(await tws.qualify_all(*[Stock("AAPL")] * 25)) == 25


# Chains of options ................................................................................


@pytest.mark.parametrize("version", [104, 176, 205, 226])
async def test_the_chains_of_an_underlying_are_found_by_any_name_it_has(version: int) -> None:
    async with simulated(version) as tws:
        apple = await tws.qualify(Stock("AAPL"))
        for underlying in (apple, Stock("AAPL"), 265598, Contract(con_id=265598)):
            chains = await tws.option_parameters(underlying)
            assert {chain.exchange for chain in chains} >= {"SMART", "CBOE"}
            for chain in chains:
                assert (chain.underlying_con_id, chain.trading_class) == (265598, "AAPL")
                assert (chain.expirations, chain.strikes) == (("20271217",), (230.0,))
        (cboe,) = await tws.option_parameters(apple, "CBOE")
        assert cboe.exchange == "CBOE"


async def test_what_is_known_of_an_underlying_is_not_asked_for(autojump_clock: object) -> None:
    async def refuse(peer: Peer) -> None:
        while peer.closed_cleanly is None:
            await peer.read()
            assert not [one for one in peer.received if isinstance(one, ReqContractData)]
            for one in peer.received:
                if isinstance(one, ReqSecDefOptParams):
                    assert one.underlying_sec_type == SecType.FUTURE
                    assert one.fut_fop_exchange == "CME"
                    await peer.send(SecurityDefinitionOptionParameterEnd(one.req_id))
            peer.received.clear()

    async with session(refuse) as (tws, _peer):
        assert await tws.option_parameters(Contract(1, "ES", SecType.FUTURE), "CME") == []


async def test_an_underlying_without_options_has_no_chains() -> None:
    async with simulated() as tws:
        assert await tws.option_parameters(Stock("IBM")) == []
        with pytest.raises(ContractNotFound):
            await tws.option_parameters(1)
