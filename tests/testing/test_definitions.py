from datetime import datetime
from typing import Final

import pytest

from tests.testing.program import START, VERSIONS, running
from trio_tws import Bond, Contract, Stock, open_tws
from trio_tws import _versions as v
from trio_tws._model.contract_details import BondContractData, ContractData, ContractDetails
from trio_tws._wire.fields import fields_of
from trio_tws.testing import INSTRUMENTS, Calendar, DayHours, Instrument, exchange_hours
from trio_tws.testing._definitions import contract_data, matches

BY_ID: Final = {instrument.con_id: instrument for instrument in INSTRUMENTS}
each_instrument = pytest.mark.parametrize(
    "instrument", INSTRUMENTS, ids=lambda instrument: instrument.local_symbol
)


def described(
    instrument: Instrument, wanted: Contract | None = None
) -> ContractData | BondContractData:
    return contract_data(7, instrument, wanted or Contract(), START)


@each_instrument
def test_an_instrument_is_found_by_its_own_definition(instrument: Instrument) -> None:
    answer = described(instrument)
    assert matches(INSTRUMENTS, answer.contract) == [instrument]


@each_instrument
def test_a_definition_has_what_the_instrument_has(instrument: Instrument) -> None:
    answer = described(instrument)
    assert answer.req_id == 7
    assert isinstance(answer, BondContractData) == (instrument.sec_type == "BOND")
    parts: list[tuple[object, type]] = [
        (answer.contract, Contract),
        (answer.details, ContractDetails),
    ]
    for part, kind in parts:
        for name in {field.name for field in fields_of(kind)} - {"strike", "market_name"}:
            if hasattr(instrument, name):
                assert getattr(part, name) == getattr(instrument, name), name
    assert answer.contract.strike == (None if instrument.sec_type == "BOND" else instrument.strike)
    assert answer.details.market_name == (instrument.market_name or instrument.trading_class)
    assert answer.details.real_expiration_date == instrument.last_trade_date_or_contract_month
    assert {pair.tag: pair.value for pair in answer.details.sec_id_list} == dict(
        instrument.identifiers
    )


def test_a_definition_is_for_the_exchange_that_was_asked_about() -> None:
    assert described(BY_ID[265598]).contract.exchange == "SMART"
    assert described(BY_ID[265598], Stock("AAPL", "ARCA")).contract.exchange == "ARCA"


def test_the_market_never_closes() -> None:
    hours = described(INSTRUMENTS[0]).details.trading_hours.split(";")
    assert hours[0] == "20240116:0000-20240116:2359"
    assert hours[-1] == "20240121:0000-20240121:2359"
    assert described(INSTRUMENTS[0]).details.liquid_hours.split(";") == hours


@pytest.mark.parametrize(
    ("wanted", "con_ids"),
    [
        (Contract(con_id=8314), [8314]),
        (Stock("AAPL"), [265598]),
        (Stock("AAPL", "NASDAQ", primary_exchange="NASDAQ"), [265598]),
        (Stock("AAPL", currency="EUR"), []),
        (Bond(isin="US037833AL42"), [127128131]),
        (Bond(cusip="037833AL4"), [127128131]),
        (Stock("AAPL", con_id=1), []),
        (Bond(issuer_id="e1234567"), []),
        (Contract(sec_id="US0378331005"), []),
    ],
)
def test_every_field_that_is_filled_in_must_agree(wanted: Contract, con_ids: list[int]) -> None:
    assert [instrument.con_id for instrument in matches(INSTRUMENTS, wanted)] == con_ids


@pytest.mark.parametrize(
    "version", [*VERSIONS, v.SIZE_RULES - 1, v.LAST_TRADE_DATE, v.BOND_TRADING_HOURS]
)
async def test_definitions_come_over_the_wire_as_they_are(
    autojump_clock: object, version: int
) -> None:
    async with running(server_version=version) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            for instrument in INSTRUMENTS:
                (found,) = await tws.contract_details(Contract(con_id=instrument.con_id))
                made = contract_data(found.req_id, instrument, Contract(), START)
                assert type(found) is type(made)
                assert found.details.long_name == instrument.long_name
                assert found.details.min_tick == instrument.min_tick
                assert found.details.trading_hours == (
                    made.details.trading_hours
                    if isinstance(found, ContractData) or version >= v.BOND_TRADING_HOURS
                    else ""
                )
                if version >= v.PROTOBUF_CONTRACT_DATA:
                    assert found == made


def hours_of(name: str, day: str) -> tuple[list[str], list[str]]:
    """The hours and the regular ones, as they are told at noon in UTC of a day."""
    instrument = next(one for one in INSTRUMENTS if one.local_symbol == name)
    noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    answer = contract_data(7, instrument, Contract(), noon, exchange_hours(instrument))
    details = answer.details
    return details.trading_hours.split(";"), details.liquid_hours.split(";")


def test_hours_are_those_of_the_exchange() -> None:
    """As TWS has told them of AAPL on 14 December 2025, a Sunday."""
    every, regular = hours_of("AAPL", "2025-12-14")
    days = ["20251215", "20251216", "20251217", "20251218", "20251219"]
    assert every == ["20251214:CLOSED", *(f"{day}:0400-{day}:2000" for day in days)]
    assert regular == ["20251214:CLOSED", *(f"{day}:0930-{day}:1600" for day in days)]


def test_hours_have_holidays_half_days_and_nights() -> None:
    every, regular = hours_of("AAPL", "2024-07-03")
    assert every[:2] == ["20240703:0400-20240703:1700", "20240704:CLOSED"]
    assert regular[:2] == ["20240703:0930-20240703:1300", "20240704:CLOSED"]
    every, regular = hours_of("ESZ7", "2024-07-04")
    assert every[:3] == [
        "20240703:1700-20240704:1200",
        "20240704:1700-20240705:1600",
        "20240706:CLOSED",
    ]
    assert regular[:2] == ["20240704:CLOSED", "20240705:0830-20240705:1600"]


def test_hours_with_a_break_have_commas() -> None:
    sap = next(one for one in INSTRUMENTS if one.local_symbol == "SAP")
    calendar = Calendar("MET", lambda _: DayHours("09:00-12:00,13:00-17:30"))
    hours = contract_data(7, sap, Contract(), START, calendar).details.liquid_hours.split(";")
    assert hours[0] == "20240116:0900-20240116:1200,20240116:1300-20240116:1730"
