"""The counts by which the simulated TWS tells that it is asked too much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import attrs
import trio

from trio_tws._model.historical_ticks import ReqHistoricalTicks
from trio_tws._model.real_time_bars import ReqRealTimeBars
from trio_tws._model.tick_by_tick import ReqTickByTickData
from trio_tws.protocol import Rate, Slot
from trio_tws.protocol._counts import Mark, marks_of, slots_of
from trio_tws.protocol._window import SlidingWindow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._limits import TwsLimits

_SERVICE: Final = "Historical Market Data Service error message:"
_TOO_FAST: Final = "Historical data request pacing violation"


@final
@attrs.frozen
class Excess:
    """Why TWS refuses a request that is one too many."""

    code: int
    words: str


@final
class Throttle:
    """The counts of one login, which all its programs share."""

    def __init__(self, limits: TwsLimits) -> None:
        self.limits = limits
        self._windows: dict[Mark, SlidingWindow] = {}

    def take(self, request: object, under_way: Iterable[object], now: float) -> Excess | None:
        """Counts a request, or tells what it is too much of; then it is not counted.

        Args:
            request: The request.
            under_way: All that is under way; the request itself is left out if it is among it.
            now: The time, on trio's clock.
        """
        taken = [slot for one in under_way if one is not request for slot in slots_of(one)]
        for slot in reversed(slots_of(request)):  # what is scarce first
            size = self.limits.size(slot)
            if size is not None and taken.count(slot) >= size:
                return _no_slot(slot, size)
        return self._count(request, now)

    def _count(self, request: object, now: float) -> Excess | None:
        self._windows = {mark: one for mark, one in self._windows.items() if not one.is_empty(now)}
        counted: list[tuple[SlidingWindow, int]] = []
        for mark, weight in marks_of(request).items():
            rate = self.limits.rate(mark[0])
            if rate is None:
                continue
            window = self._windows.setdefault(mark, SlidingWindow(rate))
            count = min(weight, rate.most)
            if window.room(now) < count:
                return _too_soon(request, rate)
            counted.append((window, count))
        for window, count in counted:
            window.record(now, count)
        return None


def is_too_much(client: SimulatedClient, request: object) -> bool:
    """Counts a request for data, or tells its program that it is one too many."""
    clients = client.simulator.clients
    under_way = (request for one in clients for request in one.requests.values())
    excess = client.simulator.throttle.take(request, under_way, trio.current_time())
    if excess is None:
        return False
    req_id: int = getattr(request, "req_id")  # noqa: B009 - only requests with an id come here
    client.send(client.error(req_id, excess.code, excess.words))
    return True


def _no_slot(slot: Slot, size: int) -> Excess:
    match slot:
        case Slot.LINE:
            return Excess(101, "Max number of tickers has been reached")
        case Slot.DEPTH:
            return Excess(309, f"Max number ({size}) of market depth requests has been reached")
        case Slot.TICK_BY_TICK:
            return Excess(10190, "Max number of tick-by-tick requests has been reached.")
        case _:
            only = f"Only {size} simultaneous API historical data requests allowed."
            return Excess(162, f"{_SERVICE}{only}")


def _too_soon(request: object, rate: Rate) -> Excess:
    match request:
        case ReqTickByTickData():
            cause = f"pacing violation, {rate.most} in {rate.seconds:g} s for an instrument"
            return Excess(10189, f"Failed to request tick-by-tick data:{cause}")
        case ReqRealTimeBars():
            return Excess(420, f"Invalid Real-time Query:{_TOO_FAST}")
        case ReqHistoricalTicks():
            return Excess(10187, f"Failed to request historical ticks:{_TOO_FAST}")
        case _:
            return Excess(162, f"{_SERVICE}{_TOO_FAST}")


@final
class MessageRate:
    """The messages of one program in any second; times are those of trio's clock."""

    def __init__(self, limits: TwsLimits) -> None:
        self._most = limits.messages_per_second
        self._window = self._fresh()
        self.warnings = 0
        """How often it was too fast."""

    def opens_at(self, now: float) -> float:
        """Gives when one more may come."""
        return now if self._most is None else self._window.opens_at(now)

    def count(self, now: float) -> str:
        """Counts a message; gives the words of error 100 if it is one too many, else none."""
        if self._most is None:
            return ""
        if self._window.room(now) > 0:
            self._window.record(now)
            return ""
        self._window = self._fresh()
        self.warnings += 1
        words = "Max rate of messages per second has been exceeded:"
        return f"{words}max={self._most} rec={self._most + 1} ({self.warnings})"

    def _fresh(self) -> SlidingWindow:
        return SlidingWindow(Rate(self._most or 1, 1.0))
