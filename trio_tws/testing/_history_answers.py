"""What the simulated TWS answers about the past: bars, also those that grow, ticks, and facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from trio_tws import _versions as v
from trio_tws._model.bars import (
    CancelHistoricalData,
    ReqHistoricalData,
)
from trio_tws._model.histogram import (
    CancelHeadTimestamp,
    CancelHistogramData,
    ReqHeadTimestamp,
    ReqHistogramData,
)
from trio_tws._model.historical_ticks import CancelHistoricalTicks, ReqHistoricalTicks
from trio_tws.testing._bars import BarRequestError, parse_bar_size
from trio_tws.testing._history import historical_answers, updates
from trio_tws.testing._past import head_timestamp, histogram, schedule
from trio_tws.testing._past_ticks import past_ticks
from trio_tws.testing._permissions import has_no_live_data
from trio_tws.testing._table import answers, invalid, is_taken, only_match
from trio_tws.testing._throttle import is_too_much

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._instrument import Instrument

_SHORTEST_TO_GROW = 5
"""Seconds; IB: bars that are kept up to date are of 5 seconds or more."""

_SERVICE = "Historical Market Data Service error message"
_TICKS_SERVICE = "Failed to request historical ticks"


# Bars .............................................................................................


@answers(ReqHistoricalData)
def _history(client: SimulatedClient, request: ReqHistoricalData) -> None:
    simulator, req_id = client.simulator, request.req_id
    if is_taken(client, req_id):
        return
    wrong = _cannot_grow(request) if request.keep_up_to_date else ""
    if wrong:
        invalid(client, req_id, wrong)
        return
    if is_too_much(client, request):
        return
    found: list[Instrument] = []

    def work() -> float | None:
        if found:
            return _grow(client, request, found[0])
        instrument = only_match(client, req_id, request.contract)
        if instrument is None or has_no_live_data(client, req_id, instrument, 162, _SERVICE):
            return None
        try:
            messages = _past(client, request, instrument)
        except BarRequestError as error:
            client.send(client.error(req_id, error.code, error.text))
            return None
        for message in messages:
            client.send(message)
        if not request.keep_up_to_date:
            return None
        found.append(instrument)
        return _pause(client, instrument)

    client.begin(req_id, request, simulator.latency, work)


def _cannot_grow(request: ReqHistoricalData) -> str:
    """Gives why bars can't be kept up to date as asked, in words of our own; empty if they can."""
    if request.end_date_time:
        return "End Date/Time has to be empty for keepUpToDate"
    if request.what_to_show == "SCHEDULE":
        return "keepUpToDate is not applicable to SCHEDULE"
    try:
        size = parse_bar_size(request.bar_size_setting)
    except BarRequestError:
        return ""  # the past is refused for it, with TWS's words
    return "" if size.seconds >= _SHORTEST_TO_GROW else "keepUpToDate needs bars of 5 secs or more"


def _past(
    client: SimulatedClient, request: ReqHistoricalData, instrument: Instrument
) -> list[object]:
    simulator, version = client.simulator, client.server_version
    now = simulator.now()
    if request.what_to_show == "SCHEDULE" and version >= v.HISTORICAL_SCHEDULE:
        calendar = simulator.market.calendar(instrument.con_id)
        return [schedule(request, instrument, now, simulator.zone, calendar)]
    return historical_answers(simulator.market, instrument, request, now, simulator.zone, version)


def _pause(client: SimulatedClient, instrument: Instrument) -> float:
    """Gives the seconds until something happens: nothing does between two trades, or at night."""
    simulator = client.simulator
    now = simulator.now()
    left = simulator.market.next_moment(instrument.con_id, now) - now
    return max(left, 1e-6) / simulator.speed  # where rounding falls short, the next look does not


def _grow(client: SimulatedClient, request: ReqHistoricalData, instrument: Instrument) -> float:
    """Tells the newest bar as it is now. TWS does every few seconds; here with each trade."""
    simulator, version = client.simulator, client.server_version
    market, now, zone = simulator.market, simulator.now(), simulator.zone
    for message in updates(market, instrument, request, now, zone, version):
        client.send(message)
    return _pause(client, instrument)


@answers(CancelHistoricalData)
def _cancel_history(client: SimulatedClient, request: CancelHistoricalData) -> None:
    req_id = request.req_id
    if client.end(req_id, ReqHistoricalData):
        cause = f"API historical data query cancelled: {req_id}"
        words = f"{_SERVICE}:{cause}"
        client.send(client.error(req_id, 162, words))
    else:
        _tell_unknown(client, req_id)


def _tell_unknown(client: SimulatedClient, req_id: int) -> None:
    words = f"No historical data query found for ticker id:{req_id}"
    client.send(client.error(req_id, 366, words))


# Ticks ............................................................................................


@answers(ReqHistoricalTicks)
def _ticks(client: SimulatedClient, request: ReqHistoricalTicks) -> None:
    simulator = client.simulator

    def make(instrument: Instrument) -> object:
        return past_ticks(simulator.market, instrument, request, simulator.now(), simulator.zone)

    _answer_once(client, request, make)


@answers(CancelHistoricalTicks)
def _cancel_ticks(client: SimulatedClient, request: CancelHistoricalTicks) -> None:
    """How TWS confirms this is not known; here it does not."""
    client.end(request.req_id, ReqHistoricalTicks)


# What is known of the past as a whole .............................................................


@answers(ReqHeadTimestamp)
def _head_timestamp(client: SimulatedClient, request: ReqHeadTimestamp) -> None:
    simulator, version = client.simulator, client.server_version

    def make(instrument: Instrument) -> object:
        return head_timestamp(simulator.market, instrument, request, version)

    _answer_once(client, request, make)


@answers(CancelHeadTimestamp)
def _cancel_head_timestamp(client: SimulatedClient, request: CancelHeadTimestamp) -> None:
    """Other clients send this after the answer too, and nobody tells of a refusal."""
    client.end(request.req_id, ReqHeadTimestamp)


@answers(ReqHistogramData)
def _histogram(client: SimulatedClient, request: ReqHistogramData) -> None:
    simulator = client.simulator

    def make(instrument: Instrument) -> object:
        return histogram(simulator.market, instrument, request, simulator.now())

    _answer_once(client, request, make)


@answers(CancelHistogramData)
def _cancel_histogram(client: SimulatedClient, request: CancelHistogramData) -> None:
    """How TWS confirms this is not known; here it does not."""
    client.end(request.req_id, ReqHistogramData)


def _answer_once(
    client: SimulatedClient,
    request: ReqHistoricalTicks | ReqHeadTimestamp | ReqHistogramData,
    make: Callable[[Instrument], object],
) -> None:
    """Answers a request about one instrument with one message, or with why there is none."""
    req_id = request.req_id
    if is_taken(client, req_id):
        return

    missing = (
        (10187, _TICKS_SERVICE) if isinstance(request, ReqHistoricalTicks) else (162, _SERVICE)
    )

    def work() -> None:
        instrument = only_match(client, req_id, request.contract)
        if instrument is None or has_no_live_data(client, req_id, instrument, *missing):
            return
        try:
            message = make(instrument)
        except BarRequestError as error:
            message = client.error(req_id, error.code, error.text)
        client.send(message)

    if not is_too_much(client, request):
        client.begin(req_id, request, client.simulator.latency, work)
