"""What each request is counted in: the rates of its kind, and the slots it takes while it is open.

Source: IB's TWS API, "Historical Data Limitations", "Market Data Lines", "Tick-by-Tick Data". That
the time of the earliest data counts as a request for the past is others' experience.
"""

from collections.abc import Hashable, Mapping
from enum import Enum
from typing import Final

from trio_tws._model.bars import ReqHistoricalData
from trio_tws._model.contracts import Contract
from trio_tws._model.depth import ReqMktDepth
from trio_tws._model.histogram import ReqHeadTimestamp
from trio_tws._model.historical_ticks import ReqHistoricalTicks
from trio_tws._model.real_time_bars import ReqRealTimeBars
from trio_tws._model.tick_by_tick import ReqTickByTickData
from trio_tws._model.ticks import ReqMktData
from trio_tws._wire import evolve

_LONGEST_SMALL_BAR: Final = 30
"""Seconds."""


class Slot(Enum):
    """What a request takes for as long as it is open; each has its limit in `Pacing`."""

    HISTORY = "open_history"
    LINE = "market_data_lines"
    DEPTH = "market_depth"
    TICK_BY_TICK = "tick_by_tick"


Mark = tuple[str, Hashable]
"""One count: the name of a rate in `Pacing`, and what is counted, such as one instrument."""


def marks_of(request: object) -> dict[Mark, int]:
    """Gives the counts that a request goes into, and how often it is counted in each.

    Only what takes a slot is counted.
    """
    if not is_counted(request):
        return {}
    match request:
        case ReqHistoricalData(bar_size_setting=size) if not _is_small(size):
            return {}
        case (
            ReqHistoricalData(contract=contract, what_to_show=what)
            | ReqHistoricalTicks(contract=contract, what_to_show=what)
        ):
            weight = 2 if what == "BID_ASK" else 1
            return {
                ("small_bars", None): weight,
                ("same_series", (_place(contract), what)): weight,
                ("identical", evolve(request, req_id=0)): 1,
            }
        case ReqRealTimeBars():
            return {("small_bars", None): 1}
        case ReqTickByTickData(contract=contract):
            return {("same_tick_by_tick", contract.con_id or contract): 1}
        case _:
            return {}


def is_counted(request: object) -> bool:
    """Tells whether a request takes a slot, or goes into a count but that of all messages."""
    return type(request) in _SLOTS


def slots_of(request: object) -> tuple[Slot, ...]:
    """Gives what a request takes while it is open."""
    return _SLOTS.get(type(request), ())


_SLOTS: Final[Mapping[type, tuple[Slot, ...]]] = {
    ReqHistoricalData: (Slot.HISTORY,),
    ReqHistoricalTicks: (Slot.HISTORY,),
    ReqHeadTimestamp: (Slot.HISTORY,),
    ReqMktData: (Slot.LINE,),
    ReqRealTimeBars: (Slot.LINE,),
    ReqMktDepth: (Slot.LINE, Slot.DEPTH),
    ReqTickByTickData: (Slot.LINE, Slot.TICK_BY_TICK),
}


def ends_by_itself(request: object) -> bool:
    """Tells whether a request that takes a slot gives it back without being cancelled."""
    if isinstance(request, ReqHistoricalData):
        return not request.keep_up_to_date
    return Slot.HISTORY in slots_of(request)


def _place(contract: Contract) -> Hashable:
    """Gives what tells an instrument at one exchange from others."""
    return (contract.con_id, contract.exchange) if contract.con_id else contract


def _is_small(bar_size: str) -> bool:
    number, _, unit = bar_size.partition(" ")
    return unit.startswith("sec") and number.isdigit() and int(number) <= _LONGEST_SMALL_BAR
