import pytest

from trio_tws import (
    Bond,
    BondContractData,
    Contract,
    ContractData,
    Forex,
    Future,
    Index,
    LocalProtocolError,
    Option,
    RequestError,
    Stock,
    open_tws,
)
from trio_tws.testing import INSTRUMENTS, open_simulator


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
