"""Answers about market scanners, which rank what is traded here."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from trio_tws._enums import SecType
from trio_tws._model.contracts import Contract
from trio_tws._model.scanner import (
    CancelScannerSubscription,
    ReqScannerParameters,
    ReqScannerSubscription,
    ScannerData,
    ScannerDataElement,
    ScannerParameters,
    ScannerSubscription,
)
from trio_tws.testing._table import answers

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._instrument import Instrument
    from trio_tws.testing._market import Market

MOST_ROWS: Final = 50
"""TWS ranks no more."""

PAUSE: Final = 30.0
"""Seconds from one ranking to the next."""

_DAY: Final = 24 * 3600
_SERVICE: Final = "Historical Market Data Service"

_KINDS: Final = {
    "STK": ("US Stocks", "STK.US.MAJOR", SecType.STOCK),
    "STOCK.EU": ("European Stocks", "STK.EU.IBIS", SecType.STOCK),
    "FUT.US": ("US Futures", "FUT.CME", SecType.FUTURE),
    "IND.US": ("US Indexes", "IND.US", SecType.INDEX),
}
"""Instrument codes: a name, the location, and what is ranked."""


def _gain(instrument: Instrument, market: Market, now: float) -> float:
    midnight = now - now % _DAY
    before = market.price(instrument.con_id, max(0, midnight - 1))
    return market.price(instrument.con_id, now) / before - 1


def _loss(instrument: Instrument, market: Market, now: float) -> float:
    return -_gain(instrument, market, now)


def _volume(instrument: Instrument, market: Market, now: float) -> float:
    return float(market.session(instrument.con_id, now).volume)


def _turnover(instrument: Instrument, market: Market, now: float) -> float:
    return _volume(instrument, market, now) * market.price(instrument.con_id, now)


_MEASURES: Final[dict[str, tuple[str, Callable[[Instrument, Market, float], float]]]] = {
    "TOP_PERC_GAIN": ("Top % Gainers", _gain),
    "TOP_PERC_LOSE": ("Top % Losers", _loss),
    "MOST_ACTIVE": ("Most Active", _volume),
    "MOST_ACTIVE_USD": ("Most Active ($)", _turnover),
}
"""Scan codes: a name, and what is measured."""

_ABOVE: Final = "priceAbove"
_BELOW: Final = "priceBelow"
"""The filters by name that are known here; others, which TWS may know, filter nothing out."""


@answers(ReqScannerParameters)
def _parameters(client: SimulatedClient, _: ReqScannerParameters) -> None:
    instruments = "".join(
        f"<Instrument><name>{escape(name)}</name><type>{code}</type></Instrument>"
        for code, (name, _, _) in _KINDS.items()
    )
    locations = "".join(
        f"<Location><locationCode>{location}</locationCode><instruments>{code}</instruments>"
        "</Location>"
        for code, (_, location, _) in _KINDS.items()
    )
    scans = "".join(
        f"<ScanType><displayName>{escape(name)}</displayName><scanCode>{code}</scanCode></ScanType>"
        for code, (name, _) in _MEASURES.items()
    )
    filters = "".join(
        f"<AbstractField><code>{name}</code></AbstractField>" for name in (_ABOVE, _BELOW)
    )
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ScanParameterResponse>'
        f"<InstrumentList>{instruments}</InstrumentList>"
        f"<LocationTree>{locations}</LocationTree>"
        f"<ScanTypeList>{scans}</ScanTypeList>"
        f"<FilterList>{filters}</FilterList></ScanParameterResponse>\n"
    )
    client.send(ScannerParameters(xml))


@answers(ReqScannerSubscription)
def _scan(client: SimulatedClient, request: ReqScannerSubscription) -> None:
    simulator, req_id, wanted = client.simulator, request.req_id, request.subscription
    if req_id in client.requests:
        client.send(client.error(req_id, 385, "Duplicate ticker ID for API scanner subscription"))
        return
    running = [one for one in client.requests.values() if isinstance(one, ReqScannerSubscription)]
    refusal = _refusal(wanted)
    most = simulator.throttle.limits.scanners
    if most is not None and len(running) >= most:
        refusal = f"Only {most} simultaneous API scanner subscriptions are allowed."
    if refusal:
        client.send(client.error(req_id, 162, f"{_SERVICE} error message:{refusal}"))
        return

    def work() -> float:
        elements = _ranking(simulator.market, wanted, simulator.now())
        if not elements:
            words = f"{_SERVICE} query message:no items retrieved"
            client.send(client.error(req_id, 165, words))
        client.send(ScannerData(req_id, elements))
        return PAUSE / simulator.speed

    client.begin(req_id, request, simulator.latency, work)


def _refusal(wanted: ScannerSubscription) -> str:
    """Says what is wrong with a scan; empty if nothing is."""
    if wanted.instrument not in _KINDS:
        return f"Unknown instrument {wanted.instrument!r}"
    if not wanted.location_code:
        return "No location"
    if wanted.scan_code not in _MEASURES:
        return f"Unknown scan code {wanted.scan_code!r}"
    try:
        _bounds(wanted)
    except ValueError as error:
        return f"Invalid filter: {error}"
    return ""


def _bounds(wanted: ScannerSubscription) -> tuple[float, float]:
    """Gives the prices between which a scan looks.

    Raises:
        ValueError: One of them is no number.
    """
    options = wanted.scanner_subscription_filter_options
    above = [float(option.value) for option in options if option.tag == _ABOVE]
    below = [float(option.value) for option in options if option.tag == _BELOW]
    low = 0.0 if wanted.above_price is None else wanted.above_price
    high = inf if wanted.below_price is None else wanted.below_price
    return max([low, *above]), min([high, *below])


def _ranking(
    market: Market, wanted: ScannerSubscription, now: float
) -> tuple[ScannerDataElement, ...]:
    _, _, sec_type = _KINDS[wanted.instrument]
    _, measure = _MEASURES[wanted.scan_code]
    (low, high), least = _bounds(wanted), wanted.above_volume
    is_dollars = not wanted.instrument.endswith(".EU")
    found = [
        instrument
        for instrument in market.instruments
        if instrument.sec_type == sec_type
        and (instrument.currency == "USD") is is_dollars
        and low <= market.price(instrument.con_id, now) <= high
        and not (least and _volume(instrument, market, now) < least)
    ]
    found.sort(key=lambda instrument: (-measure(instrument, market, now), instrument.con_id))
    rows = MOST_ROWS if wanted.number_of_rows < 0 else min(wanted.number_of_rows, MOST_ROWS)
    return tuple(_element(rank, instrument) for rank, instrument in enumerate(found[:rows]))


def _element(rank: int, instrument: Instrument) -> ScannerDataElement:
    contract = Contract(
        con_id=instrument.con_id,
        symbol=instrument.symbol,
        sec_type=SecType(instrument.sec_type),
        last_trade_date_or_contract_month=instrument.last_trade_date_or_contract_month,
        exchange=instrument.exchange,
        currency=instrument.currency,
        local_symbol=instrument.local_symbol,
        trading_class=instrument.trading_class,
    )
    return ScannerDataElement(rank, contract, instrument.market_name or instrument.trading_class)


@answers(CancelScannerSubscription)
def _cancel_scan(client: SimulatedClient, request: CancelScannerSubscription) -> None:
    req_id = request.req_id
    if client.end(req_id, ReqScannerSubscription):
        cause = f"API scanner subscription cancelled: {req_id}"
        client.send(client.error(req_id, 162, f"{_SERVICE} error message:{cause}"))
    else:
        words = f"No scanner subscription found for ticker id:{req_id}"
        client.send(client.error(req_id, 365, words))
