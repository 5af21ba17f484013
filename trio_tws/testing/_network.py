"""What is between the simulated TWS and IB: whether it is there, and what programs hear of it.

While something is out of reach, requests that need it are taken and met with silence, and go on
when it is there again. The current time, ids and the like TWS knows by itself.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, final

import trio

from trio_tws._model.session import (
    ReqCurrentTime,
    ReqCurrentTimeInMillis,
    ReqIds,
    ReqManagedAccts,
    SetServerLogLevel,
)
from trio_tws._model.ticks import ReqMarketDataType
from trio_tws.testing._agenda import Agenda
from trio_tws.testing._farms import Farm, FarmState, farm_notice, farm_of, is_cancel_of_data

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._simulator import Simulator

WAKING: Final = 1.0
"""Seconds for an idle farm to wake."""

_BY_ITSELF: Final = (
    ReqCurrentTime,
    ReqCurrentTimeInMillis,
    ReqIds,
    ReqManagedAccts,
    ReqMarketDataType,
    SetServerLogLevel,
)
"""What TWS answers without IB."""

_LOST: Final = "Connectivity between IBKR and Trader Workstation has been lost."
_RESTORED: Final = "Connectivity between IBKR and Trader Workstation has been restored"
_BROKEN: Final = (
    "Connectivity between Trader Workstation and server is broken. "
    "It will be restored automatically."
)
_COMPETITION: Final = "No market data during competing live session"


@final
class Network:
    """The connections of the simulated TWS to IB, as `Simulator.network`.

    Attributes:
        is_lost: Whether IB is out of reach altogether.
        is_competing: Whether the login has its market data elsewhere.
    """

    def __init__(self, simulator: Simulator, *, idle_farms: bool) -> None:
        self._simulator = simulator
        self._idle_farms = idle_farms
        self._agenda = Agenda()
        self._states: dict[Farm, FarmState] = {}
        self._resumed_at: float = 0
        self.is_lost = False
        self.is_competing = False
        self.start()

    async def run(self) -> None:
        """Wakes farms when it is time, until cancelled."""
        await self._agenda.run(trio.lowlevel.checkpoint)

    def start(self) -> None:
        """Connects as at the start of TWS; no program hears of it."""
        can_idle = (Farm.MARKET_DATA, Farm.HISTORICAL) if self._idle_farms else ()
        self._states = {
            farm: FarmState.IDLE if farm in can_idle else FarmState.CONNECTED for farm in Farm
        }
        self.is_lost = False

    # All of IB ....................................................................................

    def lose(self) -> None:
        """Loses IB: all programs are told 1100, again if it is lost already.

        Until `restore`, requests are taken and met with silence, but for the current time and what
        else TWS knows by itself. Orders are worked at the exchange, unheard of.
        """
        self.is_lost = True
        self._announce(1100, _LOST)

    def restore(self, *, keeps_data: bool = True) -> None:
        """Has IB back, if it is lost.

        First the programs hear of that, then of what has become of their orders, and then what they
        asked meanwhile is answered.

        Args:
            keeps_data: Whether requests for data live on, code 1102. Otherwise it is 1101, and TWS
                has forgotten them, those that were made meanwhile too: bars that grow end with
                10182, other questions about the past with 162 or 10187, depth with 316, real-time
                bars with 10225, the others in silence.
        """
        if not self.is_lost:
            return
        self.is_lost = False
        if keeps_data:
            farms = "; ".join(farm.value for farm in Farm)
            self._announce(
                1102, f"{_RESTORED} - data maintained. All data farms are connected: {farms}."
            )
        else:
            self._announce(1101, f"{_RESTORED} - data lost.")
            for client in self._simulator.clients:
                client.lose_data()
        self._resume(Farm.MARKET_DATA)

    # Single farms .................................................................................

    def state(self, farm: Farm) -> FarmState:
        """Gives how a farm is connected."""
        return self._states[farm]

    def break_farm(self, farm: Farm) -> None:
        """Loses a farm: 2103, 2105 or 2157 to all. What needs it is silent until `mend_farm`."""
        self._set(farm, FarmState.BROKEN)

    def mend_farm(self, farm: Farm) -> None:
        """Has a farm back: 2104, 2106 or 2158 to all. What needs it goes on."""
        self._set(farm, FarmState.CONNECTED)
        self._resume(farm)

    def idle_farm(self, farm: Farm) -> None:
        """Lets a farm fall asleep: 2107 or 2108 to all. What needs it wakes it, within a second.

        Raises:
            ValueError: This farm never sleeps.
        """
        if farm_notice(farm, FarmState.IDLE) is None:
            raise ValueError(f"{farm}: only the farms of market data and of the past fall asleep")
        self._set(farm, FarmState.IDLE)

    def _set(self, farm: Farm, state: FarmState) -> None:
        self._states[farm] = state
        notice = farm_notice(farm, state)
        if notice is not None:
            self._announce(*notice)

    def _wake(self, farm: Farm) -> None:
        self._set(farm, FarmState.WAKING)
        self._agenda.put(WAKING, partial(self._awake, farm))

    def _awake(self, farm: Farm) -> None:
        if self._states[farm] is FarmState.WAKING:  # it was not broken meanwhile
            self.mend_farm(farm)

    # Another login ................................................................................

    def compete(self, is_competing: bool = True) -> None:
        """Has somebody use the login's market data elsewhere, or no longer.

        Lines, depth, real-time bars and tick-by-tick data get 10197, those that are open and those
        that are asked for meanwhile, and have no data until it ends; then they go on by themselves.
        """
        if is_competing is self.is_competing:
            return
        self.is_competing = is_competing
        if not is_competing:
            self._resume(Farm.MARKET_DATA)
            return
        for client in self._simulator.clients:
            for req_id, request in list(client.requests.items()):
                self.tell_competition(client, req_id, request)

    def tell_competition(self, client: SimulatedClient, req_id: int, request: object) -> None:
        """Tells a program that this request has no data, if it needs market data."""
        if self.is_competing and farm_of(request) is Farm.MARKET_DATA:
            client.say(client.error(req_id, 10197, _COMPETITION))

    # What programs ask ............................................................................

    def notices(self) -> list[tuple[int, str]]:
        """Gives code and words of what a program is told at its start."""
        if self.is_lost:
            return [(2110, _BROKEN)]
        found = [farm_notice(farm, self._states[farm]) for farm in Farm]
        return [notice for notice in found if notice is not None]

    def can_reach(self, request: object) -> bool:
        """Tells whether a request can be worked on now; wakes the farm that it needs."""
        if self.is_lost:
            return isinstance(request, _BY_ITSELF) or is_cancel_of_data(request)
        farm = farm_of(request)
        if farm is None:
            return True
        if self._states[farm] is FarmState.IDLE:
            self._wake(farm)
        if self.is_competing and farm is Farm.MARKET_DATA:
            return False
        return self._states[farm] is FarmState.CONNECTED

    def data_since(self) -> float:
        """Gives since when, in epoch seconds, market data has come without a break."""
        return self._resumed_at

    def _resume(self, farm: Farm) -> None:
        if farm is Farm.MARKET_DATA:
            self._resumed_at = self._simulator.now()
        for client in self._simulator.clients:
            client.resume()

    def _announce(self, code: int, words: str) -> None:
        for client in self._simulator.clients:
            if client.client_id is not None:
                client.say(client.error(-1, code, words))
