"""Contracts and their details."""

import ibapi.contract
import ibapi.tag_value

from tests._model.facts import class_of, message_of
from tests._model.survivors import changed
from tests.conformance.official import EXPECTED, NOT_THERE, OBJECTS, Expected, field_of
from trio_tws._model.contract_details import BondContractData, ContractData
from trio_tws._model.contracts import ComboLeg, Contract, DeltaNeutralContract, TagValue
from trio_tws._wire.fields import spec_of

OBJECTS.update(
    {
        ComboLeg: ibapi.contract.ComboLeg,
        Contract: ibapi.contract.Contract,
        DeltaNeutralContract: ibapi.contract.DeltaNeutralContract,
        TagValue: ibapi.tag_value.TagValue,
    }
)

NOT_THERE[ComboLeg] = frozenset({"per_leg_price"})  # a list of its own in its Order


def _contract_data(message: ContractData | BondContractData, version: int) -> list[Expected]:
    contract, details = message.contract, message.details
    if isinstance(message, BondContractData) and spec_of(BondContractData).is_proto(version):
        # It takes the maturity out of this text and leaves the text where it was.
        zone = details.time_zone_id if details.last_trade_time else ""
        parts = (details.maturity, details.last_trade_time, zone)
        packed = " ".join(part for part in parts if part) if details.maturity else ""
        contract = changed(contract, last_trade_date_or_contract_month=packed)
    values = {
        "reqId": (message.req_id, field_of(type(message), "req_id")),
        "contractDetails": ((contract, details), field_of(type(message), "details")),
    }
    return [Expected(message_of(class_of(message)).official_name, values)]


EXPECTED[BondContractData] = EXPECTED[ContractData] = _contract_data
