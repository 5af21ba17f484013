"""The data farms at IB behind the simulated TWS: which request needs which, and their notices."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from trio_tws._model.bars import ReqHistoricalData
from trio_tws._model.contracts import ReqContractData
from trio_tws._model.depth import ReqMktDepth
from trio_tws._model.histogram import ReqHeadTimestamp, ReqHistogramData
from trio_tws._model.historical_ticks import ReqHistoricalTicks
from trio_tws._model.options import ReqCalcImpliedVolat, ReqCalcOptionPrice, ReqSecDefOptParams
from trio_tws._model.real_time_bars import ReqRealTimeBars
from trio_tws._model.reference import ReqMatchingSymbols
from trio_tws._model.scanner import ReqScannerSubscription
from trio_tws._model.tick_by_tick import ReqTickByTickData
from trio_tws._model.ticks import ReqMktData
from trio_tws._wire.fields import spec_of


class Farm(Enum):
    """A data farm of IB; the value is the name that the notices give."""

    MARKET_DATA = "usfarm"
    HISTORICAL = "ushmds"
    DEFINITIONS = "secdefnj"


class FarmState(Enum):
    """How a farm is connected to TWS."""

    CONNECTED = "connected"
    BROKEN = "broken"
    IDLE = "idle"
    """It wakes with the first request that needs it."""
    WAKING = "waking"


_OK: Final = "farm connection is OK"
_BROKEN: Final = "farm connection is broken"
_IDLE: Final = "farm connection is inactive but should be available upon demand."

_NOTICES: Final[Mapping[tuple[Farm, FarmState], tuple[int, str]]] = {
    (Farm.MARKET_DATA, FarmState.BROKEN): (2103, f"Market data {_BROKEN}:"),
    (Farm.MARKET_DATA, FarmState.CONNECTED): (2104, f"Market data {_OK}:"),
    (Farm.HISTORICAL, FarmState.BROKEN): (2105, f"HMDS data {_BROKEN}:"),
    (Farm.HISTORICAL, FarmState.CONNECTED): (2106, f"HMDS data {_OK}:"),
    (Farm.HISTORICAL, FarmState.IDLE): (2107, f"HMDS data {_IDLE}"),
    (Farm.MARKET_DATA, FarmState.IDLE): (2108, f"Market data {_IDLE}"),
    (Farm.MARKET_DATA, FarmState.WAKING): (2119, "Market data farm is connecting:"),
    (Farm.DEFINITIONS, FarmState.BROKEN): (2157, f"Sec-def data {_BROKEN}:"),
    (Farm.DEFINITIONS, FarmState.CONNECTED): (2158, f"Sec-def data {_OK}:"),
}

_NEEDS: Final[Mapping[type, Farm]] = {
    ReqMktData: Farm.MARKET_DATA,
    ReqMktDepth: Farm.MARKET_DATA,
    ReqTickByTickData: Farm.MARKET_DATA,
    ReqRealTimeBars: Farm.MARKET_DATA,
    ReqCalcImpliedVolat: Farm.MARKET_DATA,
    ReqCalcOptionPrice: Farm.MARKET_DATA,
    ReqHistoricalData: Farm.HISTORICAL,
    ReqHistoricalTicks: Farm.HISTORICAL,
    ReqHeadTimestamp: Farm.HISTORICAL,
    ReqHistogramData: Farm.HISTORICAL,
    ReqScannerSubscription: Farm.HISTORICAL,
    ReqContractData: Farm.DEFINITIONS,
    ReqMatchingSymbols: Farm.DEFINITIONS,
    ReqSecDefOptParams: Farm.DEFINITIONS,
}

_CANCELS: Final = frozenset(spec_of(request).cancel for request in _NEEDS)

_SERVICE: Final = "Historical Market Data Service error message:"
_DISCONNECT: Final = "HMDS server disconnect occurred.  Attempting reconnection..."


def farm_of(request: object) -> Farm | None:
    """Gives the farm that a request needs; None for what is no data. All that need one have ids."""
    return _NEEDS.get(type(request))


def is_cancel_of_data(message: object) -> bool:
    """Tells whether a message takes back what needs a farm, which TWS does by itself."""
    return type(message) in _CANCELS


def farm_notice(farm: Farm, state: FarmState) -> tuple[int, str] | None:
    """Gives code and words of the notice about a farm; None where none is known."""
    known = _NOTICES.get((farm, state))
    return known and (known[0], known[1] + farm.value)


def is_lost_with_data(request: object) -> bool:
    """Tells whether TWS forgets a request when IB says that the data is lost (1101)."""
    return farm_of(request) in (Farm.MARKET_DATA, Farm.HISTORICAL)


def last_words(request: object) -> tuple[int, str] | None:
    """Gives code and words with which TWS forgets a request; None for what dies in silence."""
    match request:
        case ReqHistoricalData(keep_up_to_date=True):
            return 10182, "Failed to request live updates (disconnected)."
        case ReqHistoricalData() | ReqHeadTimestamp() | ReqHistogramData():
            return 162, f"{_SERVICE}{_DISCONNECT}"
        case ReqHistoricalTicks():
            return 10187, f"Failed to request historical ticks:{_DISCONNECT}"
        case ReqMktDepth():
            return 316, "Market depth data has been HALTED. Please re-subscribe."
        case ReqRealTimeBars():
            event = "Bust event occurred, current subscription is deactivated."
            return 10225, f"{event} Please resubscribe real-time bars immediately."
        case _:
            return None
