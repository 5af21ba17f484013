"""Market scanners."""

from tests._client.cases import Case
from trio_tws import (
    TWS,
    CancelScannerSubscription,
    Contract,
    ReqScannerParameters,
    ReqScannerSubscription,
    ScannerData,
    ScannerDataElement,
    ScannerParameters,
    ScannerSubscription,
)

GAINERS = ScannerSubscription(
    instrument="STK", location_code="STK.US.MAJOR", scan_code="TOP_PERC_GAIN"
)
FIRST = ScannerDataElement(0, Contract(265598), "NMS")


async def _first_ranking(tws: TWS) -> object:
    async with tws.open_scan(GAINERS) as rankings:
        return list((await anext(rankings)).elements)


CASES = [
    Case(
        "scanner_parameters",
        lambda tws: tws.scanner_parameters(),
        ReqScannerParameters,
        lambda request: [ScannerParameters("<ScanParameterResponse/>")],
        "<ScanParameterResponse/>",
    ),
    Case(
        "scan",
        lambda tws: tws.scan(GAINERS),
        ReqScannerSubscription,
        lambda request: [ScannerData(request.req_id, (FIRST,))],
        [FIRST],
        cancel=CancelScannerSubscription,
        is_stream=True,  # TWS goes on, so it is cancelled whatever happens
    ),
    Case(
        "open_scan",
        _first_ranking,
        ReqScannerSubscription,
        lambda request: [ScannerData(request.req_id, (FIRST,))],
        [FIRST],
        cancel=CancelScannerSubscription,
        is_stream=True,
    ),
]
