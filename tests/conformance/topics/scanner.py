"""Market scanners."""

from typing import Any

import ibapi.scanner
from ibapi.const import UNSET_INTEGER

from tests.conformance.official import (
    CALLS,
    EXPECTED,
    NOT_THERE,
    OBJECTS,
    Expected,
    callback,
    field_of,
    theirs,
)
from trio_tws import _versions as v
from trio_tws._model.contract_details import ContractDetails
from trio_tws._model.scanner import (
    ReqScannerSubscription,
    ScannerData,
    ScannerDataElement,
    ScannerSubscription,
)

OBJECTS[ScannerSubscription] = ibapi.scanner.ScannerSubscription
NOT_THERE[ScannerSubscription] = frozenset(
    {"scanner_subscription_filter_options", "scanner_subscription_options"}
)


def _req_scanner_subscription(client: Any, message: ReqScannerSubscription) -> None:
    ours = message.subscription
    there = theirs(ours, field_of(ReqScannerSubscription, "subscription"))
    # Protobuf has 64 bits for these two; unset they are what its 32-bit fields are.
    if ours.above_volume is None:
        there.aboveVolume = UNSET_INTEGER
    if ours.average_option_volume_above is None:
        there.averageOptionVolumeAbove = UNSET_INTEGER
    options, filters = (
        theirs(getattr(ours, name), field_of(ScannerSubscription, name))
        for name in ("scanner_subscription_options", "scanner_subscription_filter_options")
    )
    if client.serverVersion() < v.SCANNER_GENERIC_OPTS:
        assert not filters
        filters = None  # it refuses an empty list, too
    client.reqScannerSubscription(message.req_id, there, options, filters)


def _scanner_data(message: ScannerData, version: int) -> list[Expected]:
    req_id = (message.req_id, field_of(ScannerData, "req_id"))
    calls: list[Expected] = []
    for element in message.elements:
        values = {
            name: (getattr(element, own), field_of(ScannerDataElement, own))
            for name, own in (
                ("rank", "rank"),
                ("distance", "distance"),
                ("benchmark", "benchmark"),
                ("projection", "projection"),
                ("legsStr", "legs_str"),
            )
        }
        details = (element.contract, ContractDetails(market_name=element.market_name))
        values["reqId"] = req_id
        values["contractDetails"] = (details, field_of(ScannerDataElement, "contract"))
        calls.append(Expected("scannerData", values))
    return [*calls, callback("scannerDataEnd", message)]


CALLS[ReqScannerSubscription] = _req_scanner_subscription
EXPECTED[ScannerData] = _scanner_data
