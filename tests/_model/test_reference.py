import pytest

from trio_tws import _versions as v
from trio_tws._enums import SecType
from trio_tws._model.contracts import Contract
from trio_tws._model.reference import (
    ContractDescription,
    DepthMarketDataDescription,
    MktDepthExchanges,
    ReqFamilyCodes,
    SmartComponent,
    SmartComponents,
    SoftDollarTiers,
    SymbolSamples,
)
from trio_tws.protocol._codec import Codec


def client(version: int) -> Codec:
    return Codec(version, reads_incoming=True, strict=True)


def server(version: int) -> Codec:
    return Codec(version, reads_incoming=False, strict=True)


def depth(service: str) -> MktDepthExchanges:
    found = DepthMarketDataDescription("ISLAND", SecType.STOCK, service_data_type=service)
    return MktDepthExchanges((found,))


@pytest.mark.parametrize(("flag", "service"), [(b"1", "Deep2"), (b"0", "Deep"), (b"", "")])
def test_an_old_server_tells_the_second_level_by_a_flag(flag: bytes, service: str) -> None:
    version = v.SERVICE_DATA_TYPE - 1
    payload = b"80\x001\0ISLAND\0STK\0" + flag + b"\0"

    assert client(version).decode(payload) == depth(service)
    assert server(version).encode(depth(service)) == payload


def test_a_service_that_old_servers_do_not_know_is_the_first_level_to_them() -> None:
    assert server(v.SERVICE_DATA_TYPE - 1).encode(depth("Deep3")).endswith(b"\x000\0")


def test_a_newer_server_names_the_service_of_market_depth() -> None:
    payload = b"80\x001\0ISLAND\0STK\0NASDAQ\0Deep2\x001\0"
    found = DepthMarketDataDescription("ISLAND", SecType.STOCK, "NASDAQ", "Deep2", 1)

    assert client(v.SERVICE_DATA_TYPE).decode(payload) == MktDepthExchanges((found,))
    assert client(v.SERVICE_DATA_TYPE).decode(payload[:-2] + b"\0") == MktDepthExchanges(
        (DepthMarketDataDescription("ISLAND", SecType.STOCK, "NASDAQ", "Deep2", None),)
    )


def test_the_names_of_companies_follow_what_is_derived_from_them() -> None:
    old = b"79\x009\x001\x0067890\0AA\0STK\0NYSE\0USD\x002\0OPT\0WAR\0"
    found = Contract(
        con_id=67890, symbol="AA", sec_type=SecType.STOCK, primary_exchange="NYSE", currency="USD"
    )
    derived = (SecType.OPTION, SecType.WARRANT)
    named = Contract(
        con_id=67890,
        symbol="AA",
        sec_type=SecType.STOCK,
        primary_exchange="NYSE",
        currency="USD",
        description="ALCOA CORP",
    )

    assert client(v.BOND_ISSUERID - 1).decode(old) == SymbolSamples(
        9, (ContractDescription(found, derived),)
    )
    assert client(v.BOND_ISSUERID).decode(old + b"ALCOA CORP\0\0") == SymbolSamples(
        9, (ContractDescription(named, derived),)
    )


def test_exchanges_keep_their_letters() -> None:
    payload = b"82\x009\x002\x000\0AMEX\0A\x001\0BOX\0B\0"
    expected = SmartComponents(9, (SmartComponent(0, "AMEX", "A"), SmartComponent(1, "BOX", "B")))

    assert client(176).decode(payload) == expected


def test_there_may_be_no_tiers() -> None:
    assert client(176).decode(b"77\x009\x000\0") == SoftDollarTiers(9)


def test_a_request_without_fields_is_its_id() -> None:
    assert client(v.PROTOBUF - 1).encode(ReqFamilyCodes()) == b"80\0"
    assert client(v.PROTOBUF).encode(ReqFamilyCodes()) == b"\0\0\0\x50"
    assert client(v.MAX_SERVER_VERSION).encode(ReqFamilyCodes()) == b"\0\0\x01\x18"
